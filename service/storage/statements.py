"""What people say of suggestions and seats; each statement stands as it was made, and an answer points to it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from service.storage.schema import METADATA, Moment

# of a supervisor; of an employee about a seat; of an employee; of a planner about one of these
NOMINATED, ENDORSED, NOT_ENDORSED = "nominated", "endorsed", "not-endorsed"
ACCEPTED, DECLINED = "seat-accepted", "seat-declined"
CLAIMED, OBJECTED, NOT_WANTED = "already-taken", "objection", "not-relevant"
CONFIRMED, REFUSED, ANSWERED = "claim-confirmed", "claim-refused", "answer"

STATEMENTS = sa.Table(
    "statements", METADATA,
    sa.Column("statement", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("employee", sa.Text, nullable=False, index=True),
    sa.Column("training", sa.Text),
    sa.Column("offering", sa.Text),
    sa.Column("plan", sa.Text),
    sa.Column("words", sa.Text),
    sa.Column("answers", sa.Text, index=True),
)  # fmt: skip

STATEMENT_FILES = sa.Table(
    "statement_files", METADATA,
    sa.Column("statement", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing said.

    Parameters
    ----------
    statement : Its id.
    made_at, author, kind : When, by whom, and what kind of thing.
    employee : Whom it is about.
    training, offering, plan : What it is about; None where it is about none.
    words : In the author's own words; None without.
    answers : Statement that it answers; None for none.
    """

    statement: str
    made_at: datetime
    author: str
    kind: str
    employee: str
    training: str | None = None
    offering: str | None = None
    plan: str | None = None
    words: str | None = None
    answers: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A file that goes with a statement."""

    name: str
    media_type: str
    content: bytes


def new_statement_id() -> str:
    """Return the id of a statement to be made."""
    return f"s-{uuid.uuid4().hex}"


def add_statement(connection: sa.Connection, said: Statement, proof: Proof | None = None) -> None:
    """Store a statement with its proof."""
    values = {name: getattr(said, name) for name in Statement.__dataclass_fields__}
    connection.execute(sa.insert(STATEMENTS).values(**values))
    if proof is not None:
        connection.execute(sa.insert(STATEMENT_FILES).values(
            statement=said.statement, name=proof.name, media_type=proof.media_type, content=proof.content
        ))  # fmt: skip


def is_said_already(connection: sa.Connection, said: Statement, proof: Proof | None = None) -> bool:
    """Tell whether the author's last word on the very same thing is this one, and nobody has answered it."""
    about = (STATEMENTS.c[name] for name in ("author", "employee", "training", "offering", "plan", "answers"))
    query = sa.select(STATEMENTS).where(*(column.is_not_distinct_from(getattr(said, column.name)) for column in about))
    last = connection.execute(query.order_by(STATEMENTS.c.made_at.desc()).limit(1)).first()
    if last is None or (last.kind, last.words) != (said.kind, said.words):
        return False
    return not is_answered(connection, last.statement) and proof_of(connection, last.statement) == proof


def is_answered(connection: sa.Connection, statement: str) -> bool:
    """Tell whether somebody has answered a statement."""
    query = sa.select(STATEMENTS.c.statement).where(STATEMENTS.c.answers == statement)
    return connection.execute(query.limit(1)).first() is not None


def find_statements(
    connection: sa.Connection, *, employees: Sequence[str] | None = None, kinds: Sequence[str] | None = None
) -> list[Statement]:
    """Return statements about some people and of some kinds, all when None; the newest first."""
    wanted = {name: list(some) for name, some in (("employee", employees), ("kind", kinds)) if some is not None}
    return [Statement(**row) for row in connection.execute(_query(*wanted), wanted).mappings()]


@cache
def _query(*columns: str) -> sa.Select[Any]:
    """Return the query by some columns; it is made once, as that takes longer than to run it."""
    query = sa.select(STATEMENTS).order_by(STATEMENTS.c.made_at.desc(), STATEMENTS.c.statement)
    return query.where(*(STATEMENTS.c[name].in_(sa.bindparam(name, expanding=True)) for name in columns))


def statement_of(connection: sa.Connection, statement: str) -> Statement | None:
    """Return a statement by its id; None where there is none."""
    row = connection.execute(sa.select(STATEMENTS).where(STATEMENTS.c.statement == statement)).mappings().first()
    return None if row is None else Statement(**row)


def proof_of(connection: sa.Connection, statement: str) -> Proof | None:
    """Return the file that goes with a statement; None without."""
    query = sa.select(STATEMENT_FILES).where(STATEMENT_FILES.c.statement == statement)
    row = connection.execute(query).first()
    return None if row is None else Proof(name=row.name, media_type=row.media_type, content=row.content)


def with_proof(connection: sa.Connection, statements: Sequence[Statement]) -> frozenset[str]:
    """Return which statements have a file."""
    ids = [one.statement for one in statements]
    query = sa.select(STATEMENT_FILES.c.statement).where(STATEMENT_FILES.c.statement.in_(ids))
    return frozenset(connection.execute(query).scalars())


def erase_statements(connection: sa.Connection, employee: str) -> int:
    """Delete what was said about a person, with its files; return the number of statements."""
    mine = sa.select(STATEMENTS.c.statement).where(STATEMENTS.c.employee == employee)
    connection.execute(sa.delete(STATEMENT_FILES).where(STATEMENT_FILES.c.statement.in_(mine)))
    return connection.execute(sa.delete(STATEMENTS).where(STATEMENTS.c.employee == employee)).rowcount
