"""What the office holds about one person, handed out as one document, or erased."""

import uuid
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import sqlalchemy as sa

from recommender.plan import Plan
from service.ledger.corrections import free_seats
from service.ledger.pages import page_in
from service.plan_document import FRAMES, pack_plan, unpack_plan
from service.storage.database import Database
from service.storage.decisions import list_decisions
from service.storage.engine import transaction
from service.storage.history import changes_of
from service.storage.ledger import LEDGER_SEATS
from service.storage.mentions import without_number, without_number_in_json
from service.storage.people import EMPLOYEE, drop_old_bytes, erase_rows, personal_tables, pseudonym_on_file, rows_of
from service.storage.schema import PLANS
from service.storage.statements import find_statements
from training_catalog.errors import UnknownIdError


def person_document(database: Database, employee: str) -> dict[str, Any]:
    """Return everything on file about a person: each row with its changes, lists served, and seats in plans.

    Raises
    ------
    UnknownIdError
        When nothing is on file about anybody of that number.
    """
    with transaction(database.engine) as connection:
        changes = {name: changes_of(connection, name, employee) for name in personal_tables()}
        tables = {name: rows_of(connection, name, employee) for name in changes}
        pseudonym = pseudonym_on_file(connection, employee)
        query = sa.select(LEDGER_SEATS).where(LEDGER_SEATS.c.employee == employee).order_by(LEDGER_SEATS.c.seat)
        said = [asdict(one) for one in find_statements(connection, employees=[employee])]
        paid = [dict(row) for row in connection.execute(query).mappings()]
    seats = _seats(database, employee)
    if not (any(changes.values()) or pseudonym or seats or paid or said):
        raise UnknownIdError(EMPLOYEE, employee)
    return {
        "employee": employee,
        "tables": tables,
        "changes": {name: [asdict(change) for change in made] for name, made in changes.items()},
        "decisions": [
            {"decision": one.decision, "made_at": one.made_at, "author": one.author, **asdict(one.content)}
            for one in list_decisions(database)
            if pseudonym is not None and one.content.subject == pseudonym
        ],
        "plans": seats,
        "seats": paid,
        "statements": said,
    }


def _rows(frame: pd.DataFrame, employee: str) -> list[dict[str, Any]]:
    """Return a person's rows with plain values: None for missing, ISO dates."""
    mine = frame[frame[EMPLOYEE] == employee].copy()
    for name in mine.select_dtypes("datetime"):
        mine[name] = mine[name].dt.strftime("%Y-%m-%d")
    plain = mine.astype(object).where(mine.notna(), None)
    return [dict(zip(plain.columns, row, strict=True)) for row in plain.itertuples(index=False, name=None)]


def _seats(database: Database, employee: str) -> list[dict[str, Any]]:
    """Return what each stored plan says of a person."""
    found = []
    for entry in database.list_plans():
        stored = database.load_plan(entry.plan_id)
        if stored is None:
            continue
        plan = unpack_plan(stored.document)
        parts = {name: _rows(getattr(plan, name), employee) for name in ("assignments", "unmet", "people")}
        if any(parts.values()):
            found.append({"plan": entry.plan_id, **parts})
    return found


def erase_person(database: Database, employee: str, *, is_last: bool = True) -> int:
    """Erase a person: rows and their earlier versions, and their number in plans and policies; return the rows.

    Seats that are not over are given back with their money, by movements that name no person. In plans, their seats and
    policies a pseudonym that nobody can resolve takes the number's place, so that totals stay true. The log of
    decisions keeps the pseudonym it always had, and nothing says any longer whose it was.

    Parameters
    ----------
    database, employee : Where, and whom.
    is_last : Whether old bytes are to go as well; once is enough after several people.

    Raises
    ------
    UnknownIdError
        When nothing is on file about anybody of that number.
    """
    with database.writing("erasure") as writing:
        known = pseudonym_on_file(writing.connection, employee)
        pseudonym = known or f"e-{uuid.uuid4().hex}"
        n_rows = erase_rows(writing, employee, pseudonym)
        with page_in(writing.connection, writing.author, writing.clock()) as page:
            free_seats(page, employee)
        n_plans = _erase_from_plans(writing.connection, employee, pseudonym)
        is_theirs = LEDGER_SEATS.c.employee == employee
        writing.connection.execute(sa.update(LEDGER_SEATS).where(is_theirs).values(employee=pseudonym))
        if not (n_rows or n_plans or known):
            raise UnknownIdError(EMPLOYEE, employee)
    if is_last:
        drop_old_bytes(database.engine)
    return n_rows


def _erase_from_plans(connection: sa.Connection, employee: str, pseudonym: str) -> int:
    """Put a pseudonym in the place of a person in every plan, one plan at a time; return the number of plans."""
    n_plans = 0
    for plan_id in connection.execute(sa.select(PLANS.c.plan_id)).scalars().all():
        is_this = PLANS.c.plan_id == plan_id
        plan = unpack_plan(connection.execute(sa.select(PLANS.c.document).where(is_this)).scalar_one())
        document, before = pack_plan(_without(plan, employee, pseudonym)), pack_plan(plan)
        if document != before:
            connection.execute(sa.update(PLANS).where(is_this).values(document=document))
            n_plans += 1
    return n_plans


def _without(plan: Plan, employee: str, pseudonym: str) -> Plan:
    frames, change = {name: getattr(plan, name).copy() for name in FRAMES}, without_number(employee, pseudonym)
    for frame in frames.values():
        for column in frame.select_dtypes(["object", "string"]):
            holds = frame[column].str.contains(employee, regex=False).fillna(value=False).astype(bool)
            frame.loc[holds, column] = frame.loc[holds, column].map(change)
    rules = without_number_in_json(employee, pseudonym)(plan.provenance.rules)
    violations = tuple(change(violation) for violation in plan.violations)
    return replace(plan, **frames, violations=violations, provenance=replace(plan.provenance, rules=rules))
