"""The log of decisions: each list served and each plan, with what it takes to make it again. It only grows."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from service.storage.database import Database
from service.storage.engine import one_of, transaction
from service.storage.schema import DECISIONS, POLICIES, PSEUDONYMS

LIST, LISTS, PLAN = "list", "lists", "plan"  # one person's list, everybody's, a plan
RANKING = "ranking"  # of a caller's own candidates for one person
OF_PERSONS = (LIST, RANKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision.

    Parameters
    ----------
    kind : ``list``, ``ranking``, ``lists`` or ``plan``.
    subject : The employee, empty for everybody, or the plan's id.
    as_of, change : The day that counted as today, and the last change of rows that it knew.
    catalog, model : Versions: ``c-...``, and ``m-...`` or ``rule``.
    policy : The whole policy as JSON.
    request : What was asked for.
    result : Digest of what came out.
    """

    kind: str
    subject: str
    as_of: date
    change: int
    catalog: str
    model: str
    policy: str
    request: dict[str, Any]
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDecision:
    """A decision as logged; `subject` of a list or ranking is the pseudonym of the employee."""

    decision: str
    made_at: datetime
    author: str
    content: Decision


def log_decision(database: Database, made: Decision) -> str:
    """Log a decision, and return its id.

    Notes
    -----
    On PostgreSQL it need not take its turn among the writers: it reads nothing that they could change.
    """
    with transaction(database.engine, is_writer=True, in_turn=False) as connection:
        return insert_decision(connection, database, made)


def new_decision_id() -> str:
    """Return a fresh id."""
    return f"d-{uuid.uuid4().hex[:16]}"


def insert_decision(connection: sa.Connection, database: Database, made: Decision) -> str:
    """Add a decision within a transaction that writes, and return its id."""
    identifier = new_decision_id()
    insert_entry(connection, LoggedDecision(
        decision=identifier, made_at=database.clock(), author=database.author, content=made
    ))  # fmt: skip
    return identifier


def insert_entry(connection: sa.Connection, entry: LoggedDecision) -> None:
    """Add an entry within a transaction that writes."""
    insert_entries(connection, [entry])


def insert_entries(connection: sa.Connection, entries: Sequence[LoggedDecision]) -> None:
    """Add entries within a transaction that writes; many cost little more than one."""
    policies = {_policy_id(entry.content.policy): entry.content.policy for entry in entries}
    _add_unless_known(connection, POLICIES, [{"policy": key, "document": text} for key, text in policies.items()])
    people = {entry.content.subject for entry in entries if entry.content.kind in OF_PERSONS}
    pseudonyms = _pseudonyms(connection, sorted(people))
    if entries:
        connection.execute(sa.insert(DECISIONS), [_as_row(entry, pseudonyms) for entry in entries])


@lru_cache(maxsize=8)
def _policy_id(policy: str) -> str:
    return hashlib.sha256(policy.encode()).hexdigest()[:16]


def _as_row(entry: LoggedDecision, pseudonyms: dict[str, str]) -> dict[str, Any]:
    made = entry.content
    return {
        "decision": entry.decision, "made_at": entry.made_at, "author": entry.author, "kind": made.kind,
        "subject": pseudonyms[made.subject] if made.kind in OF_PERSONS else made.subject, "as_of": made.as_of,
        "change": made.change, "catalog": made.catalog, "model": made.model, "policy": _policy_id(made.policy),
        "request": json.dumps(made.request, sort_keys=True), "result": made.result,
    }  # fmt: skip


def _add_unless_known(connection: sa.Connection, stored: sa.Table, rows: list[dict[str, str]]) -> None:
    """Append rows whose keys are not there; another transaction may be appending the same ones just now."""
    if not rows:
        return
    (key,) = stored.primary_key.columns
    columns, marks = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
    known = f"SELECT 1 FROM {stored.name} WHERE {key.name} = :{key.name}"  # noqa: S608 (our own names)
    connection.execute(
        sa.text(
            f"INSERT INTO {stored.name} ({columns}) SELECT {marks} WHERE NOT EXISTS ({known}) ON CONFLICT DO NOTHING"
        ),
        rows,
    )


def _pseudonyms(connection: sa.Connection, people: list[str]) -> dict[str, str]:
    """Return the pseudonyms of people, drawn at random the first time; erasing them unties the log from people."""
    query = sa.select(PSEUDONYMS.c.employee, PSEUDONYMS.c.pseudonym).where(one_of(PSEUDONYMS.c.employee, people))
    found = {str(row.employee): str(row.pseudonym) for row in connection.execute(query)} if people else {}
    new = [{"employee": one, "pseudonym": f"e-{uuid.uuid4().hex}"} for one in people if one not in found]
    if new:
        _add_unless_known(connection, PSEUDONYMS, new)
        found = {str(row.employee): str(row.pseudonym) for row in connection.execute(query)}
    return found


def employee_of(database: Database, pseudonym: str) -> str | None:
    """Return who a pseudonym stands for; None once they were erased."""
    with transaction(database.engine) as connection:
        query = sa.select(PSEUDONYMS.c.employee).where(PSEUDONYMS.c.pseudonym == pseudonym)
        return connection.execute(query).scalar()


def list_decisions(database: Database, n_last: int | None = None, decision: str | None = None) -> list[LoggedDecision]:
    """Return decisions, newest first: the last few, or the one of an id."""
    query = sa.select(DECISIONS, POLICIES.c.document).join(POLICIES, POLICIES.c.policy == DECISIONS.c.policy)
    query = query.order_by(DECISIONS.c.made_at.desc(), DECISIONS.c.decision).limit(n_last)
    if decision is not None:
        query = query.where(DECISIONS.c.decision == decision)
    with transaction(database.engine) as connection:
        return [
            LoggedDecision(decision=row.decision, made_at=row.made_at, author=row.author, content=Decision(
                kind=row.kind, subject=row.subject, as_of=row.as_of, change=row.change, catalog=row.catalog,
                model=row.model, policy=row.document, request=json.loads(row.request), result=row.result,
            )) for row in connection.execute(query)
        ]  # fmt: skip


def plans_before(connection: sa.Connection, plan_id: str) -> list[str]:
    """Return the plans that a plan was made from, the nearest first."""
    found: list[str] = []
    waiting = [plan_id]
    while waiting:
        is_made = (DECISIONS.c.kind == PLAN) & (DECISIONS.c.subject == waiting.pop())
        query = sa.select(DECISIONS.c.request).where(is_made).order_by(DECISIONS.c.made_at, DECISIONS.c.decision)
        for request in connection.execute(query).scalars():
            earlier = json.loads(request).get("earlier")
            if earlier is not None and earlier not in {plan_id, *found}:
                found.append(earlier)
                waiting.append(earlier)
    return found
