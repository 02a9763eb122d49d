"""What people say of their lists, and keys of requests that may come twice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from service.storage.schema import DECISIONS, FEEDBACK, PSEUDONYMS, REQUEST_KEYS

KEY_DAYS = 7  # how long a request's key is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One thing said.

    Parameters
    ----------
    feedback : Its id.
    made_at, author, said_on : When, by whom, and the day it counts for.
    decision : The list it is about.
    employee, training, offering, kind : Who, of what, and what is said.
    """

    feedback: str
    made_at: datetime
    author: str
    said_on: date
    decision: str
    employee: str
    training: str
    offering: str | None
    kind: str


def add_feedback(connection: sa.Connection, said: Feedback) -> bool:
    """Store what was said; return False where it is stored already."""
    if connection.execute(sa.select(FEEDBACK.c.feedback).where(FEEDBACK.c.feedback == said.feedback)).first():
        return False
    connection.execute(sa.insert(FEEDBACK).values(
        **{name: getattr(said, name) for name in Feedback.__dataclass_fields__}
    ))  # fmt: skip
    return True


def is_list_of(connection: sa.Connection, decision: str, employee: str) -> bool:
    """Tell whether a list was made for a person."""
    pseudonym = sa.select(PSEUDONYMS.c.pseudonym).where(PSEUDONYMS.c.employee == employee).scalar_subquery()
    query = sa.select(DECISIONS.c.decision).where(DECISIONS.c.decision == decision, DECISIONS.c.subject == pseudonym)
    return connection.execute(query).first() is not None


def same_request(connection: sa.Connection, caller: str, key: str, digest: str, moment: datetime) -> bool:
    """Remember a request's key; return False where it stood for another request before."""
    mine = (REQUEST_KEYS.c.caller == caller, REQUEST_KEYS.c.request_key == key)
    connection.execute(sa.delete(REQUEST_KEYS).where(REQUEST_KEYS.c.made_at < moment - timedelta(days=KEY_DAYS)))
    known = connection.execute(sa.select(REQUEST_KEYS.c.digest).where(*mine)).scalar()
    if known is None:
        connection.execute(sa.text(
            "INSERT INTO request_keys (caller, request_key, made_at, digest) VALUES (:caller, :key, :made_at, :digest) "
            "ON CONFLICT DO NOTHING"
        ).bindparams(sa.bindparam("made_at", type_=REQUEST_KEYS.c.made_at.type)),
            {"caller": caller, "key": key, "made_at": moment, "digest": digest})  # fmt: skip
        known = connection.execute(sa.select(REQUEST_KEYS.c.digest).where(*mine)).scalar()
    return known == digest


def answer_of(connection: sa.Connection, caller: str, key: str) -> str | None:
    """Return what a request with a key was answered; None where nothing was kept."""
    mine = (REQUEST_KEYS.c.caller == caller, REQUEST_KEYS.c.request_key == key)
    return connection.execute(sa.select(REQUEST_KEYS.c.answer).where(*mine)).scalar()


def keep_answer(connection: sa.Connection, caller: str, key: str, answer: str) -> None:
    """Keep what a request with a key was answered, in the transaction that did what it asks."""
    mine = (REQUEST_KEYS.c.caller == caller, REQUEST_KEYS.c.request_key == key)
    connection.execute(sa.update(REQUEST_KEYS).where(*mine).values(answer=answer))


def forget_answers(connection: sa.Connection, employee: str) -> None:
    """Forget what was answered about a person; an empty answer says that there was one."""
    about = REQUEST_KEYS.c.answer.contains(employee, autoescape=True)
    connection.execute(sa.update(REQUEST_KEYS).where(about).values(answer=""))
