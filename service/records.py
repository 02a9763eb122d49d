"""Records one by one: read by page, written through the same checks as files, each with its version."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from service.access import Reach
from service.completions import TELLING, leave_to_files
from service.imports import checks
from service.imports.report import Problem
from service.imports.rows import Rows
from service.record_checks import check_cells, check_repeats, check_years, row_keys_of
from service.storage.database import UNCHANGED, Database
from service.storage.engine import one_of
from service.storage.held import is_held
from service.storage.history import Writing, set_aside
from service.storage.people import EMPLOYEE, personal_tables
from service.storage.schema import DATABASE_TABLES, KEY_SEPARATOR, ROW_KEY, SINCE
from service.titles import match_history
from service.wording import Wording
from training_catalog.errors import InvalidValueError, UnknownIdError
from training_catalog.frames import canonical
from training_catalog.schema import Table
from training_catalog.tables import TABLES, table

_ESCAPES = (("~", "~0"), ("/", "~1"), (KEY_SEPARATOR, "~2"))
_VERSION = re.compile(r'(W/)?("[^"]*")')
STORED, SAME, REFUSED = "stored", "unchanged", "refused"
LEDGER = "ledger"  # what holds a row that no other row refers to


def public_id(row_key: str) -> str:
    """Return a row's key as one path segment: the key itself, where it has one part without slashes.

    Examples
    --------
    >>> public_id("199001012015011001"), public_id("A/1" + chr(31) + "M.01")
    ('199001012015011001', 'A~11~2M.01')
    """
    for plain, escaped in _ESCAPES:
        row_key = row_key.replace(plain, escaped)
    return row_key if row_key.strip(".") else row_key.replace(".", "~3")


def row_key_of(identifier: str) -> str:
    """Return the key that `public_id` made an id of."""
    for plain, escaped in ((".", "~3"), *reversed(_ESCAPES)):
        identifier = identifier.replace(escaped, plain)
    return identifier


def to_cursor(name: str, row_key: str) -> str:
    """Return a key as a cursor of a table's list."""
    return base64.urlsafe_b64encode(f"{name}/{row_key}".encode()).decode().rstrip("=")


def from_cursor(name: str, cursor: str) -> str:
    """Return the key of a cursor of a table's list.

    Raises
    ------
    InvalidValueError
        When it is none, or one of another list: rows would be passed over without a word.
    """
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError, UnicodeDecodeError):
        key = "\0"
    of, _, key = key.partition("/")
    if of != name or "\0" in key:  # which is in no key of ours
        raise InvalidValueError("cursor", cursor, "what 'next' of the page before says")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row.

    Parameters
    ----------
    identifier, etag : Its id, and its version.
    values : By column; None for missing.
    """

    identifier: str
    etag: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one row of a write.

    Parameters
    ----------
    identifier : Its id; empty where the key is not clear.
    state : ``stored``, ``unchanged`` or ``refused``.
    etag : Its version; empty when refused.
    problems : What was found.
    """

    identifier: str
    state: str
    etag: str = ""
    problems: list[Problem] = field(default_factory=list)


EVERYONE = Reach(everyone=True, units=frozenset(), employee=None)


class PreconditionError(Exception):
    """The row is not at the version that the caller knows."""


class OutOfReachError(Exception):
    """What is asked for is not the caller's to see.

    Parameters
    ----------
    employee : Number of the person it is about; empty for nobody.
    """

    def __init__(self, employee: str = "") -> None:
        super().__init__(employee)
        self.employee = employee


def _etag(since: int) -> str:
    return f'"c{since}"'


def _record(declared: Table, row: Any) -> Record:  # noqa: ANN401 (a row of the database)
    values = {column: getattr(row, column) for column in declared.column_names}
    return Record(identifier=public_id(row.row_key), etag=_etag(row.since), values=values)


def within(name: str, reach: Reach) -> sa.ColumnElement[bool]:
    """Return the condition on rows of a personal table that are within reach."""
    stored, people = DATABASE_TABLES[name], DATABASE_TABLES["employees"]
    if reach.everyone or name not in personal_tables():
        return sa.true()
    own = stored.c[EMPLOYEE] == (reach.employee or "")
    if not reach.units:
        return own
    if name == "employees":
        return sa.or_(own, stored.c.unit.in_(reach.units))
    theirs = sa.select(people.c[EMPLOYEE]).where(people.c.unit.in_(reach.units))
    return sa.or_(own, stored.c[EMPLOYEE].in_(theirs))


def read_page(
    connection: sa.Connection, name: str, reach: Reach, *, limit: int, cursor: str | None = None,
    where: Mapping[str, str | None] | None = None,
) -> tuple[list[Record], str | None]:  # fmt: skip
    """Return rows in order of their keys, and the cursor of the next page; rows that come or go move no others."""
    stored = DATABASE_TABLES[name]
    query = sa.select(stored).where(within(name, reach)).order_by(stored.c[ROW_KEY]).limit(limit + 1)
    for column, value in (where or {}).items():
        if value is not None:
            query = query.where(stored.c[column] == value)
    if cursor is not None:
        query = query.where(stored.c[ROW_KEY] > from_cursor(name, cursor))
    rows = connection.execute(query).all()
    following = to_cursor(name, rows[limit - 1].row_key) if len(rows) > limit else None
    return [_record(table(name), row) for row in rows[:limit]], following


def read_record(connection: sa.Connection, name: str, identifier: str, reach: Reach) -> Record:
    """Return a row.

    Raises
    ------
    UnknownIdError
        When there is none, or none within reach: the two are not told apart.
    """
    stored = DATABASE_TABLES[name]
    query = sa.select(stored).where(stored.c[ROW_KEY] == row_key_of(identifier), within(name, reach))
    row = connection.execute(query).first()
    if row is None:
        raise UnknownIdError(EMPLOYEE if name == "employees" else name, identifier)
    return _record(table(name), row)


def _code_column(target: str) -> str:
    """Return the column that references to a table name: of a key of several, the first (a budget line of any year)."""
    return table(target).key[0]


def _known(connection: sa.Connection, target: str, values: list[str], reach: Reach) -> set[str]:
    """Return which of some ids are on file within reach."""
    code = DATABASE_TABLES[target].c[_code_column(target)]
    query = sa.select(code).where(one_of(code, values), within(target, reach)).distinct()
    return set(connection.execute(query).scalars())


def _check_references(rows: Rows, connection: sa.Connection, reach: Reach) -> None:
    """Refuse rows that refer to what is not on file; somebody out of reach is answered like nobody."""
    for column in rows.table.columns:
        if column.references is None or column.name not in rows.given:
            continue
        values = rows.frame[column.name]
        known = _known(connection, column.references, sorted(set(values.dropna())), reach)
        if column.references == rows.table.name:
            known |= set(rows.frame[_code_column(rows.table.name)])
        for row in np.flatnonzero(values.notna().to_numpy() & ~values.isin(known).to_numpy()).tolist():
            rows.refuse(row, "reference-unknown", "not on file in {table}", column=column.name,
                        value=values.iloc[row], table=column.references)  # fmt: skip


def _check_values(rows: Rows, database: Database, connection: sa.Connection) -> None:
    """Check rows by the rules of their table."""
    name = rows.table.name
    check_cells(rows)
    check_years(rows)
    checks.check_rows(rows, lambda other: database.read(other, connection))
    for column in {"parent", "series"} & rows.given:
        above = database.read(name, connection).dropna(subset=[column])
        checks.check_circles(rows, dict(zip(above[rows.table.key[0]], above[column], strict=True)), column)
    if name == "prerequisites":
        checks.check_order(rows, database.read(name, connection))


def may_add(name: str, reach: Reach) -> bool:
    """Tell whether rows may be added: people only by who sees everybody, or a number taken would show who is on file.

    Parameters
    ----------
    name, reach : Table, and whose rows the caller sees.
    """
    return name != "employees" or reach.everyone


def _check_reach(rows: Rows, connection: sa.Connection, reach: Reach) -> None:
    """Refuse rows of people whom the caller may not write, or would lose."""
    if reach.everyone or rows.table.name not in personal_tables():
        return
    people, is_person = DATABASE_TABLES["employees"], rows.table.name == "employees"
    named = sorted(set(rows.frame[EMPLOYEE].dropna()))
    query = sa.select(people.c[EMPLOYEE], people.c.unit).where(
        one_of(people.c[EMPLOYEE], named), within("employees", reach)
    )
    units = {row.employee: row.unit for row in connection.execute(query)}
    for row, employee in enumerate(rows.frame[EMPLOYEE]):
        if employee not in units:
            if is_person:  # rows of other tables: their reference is refused already
                rows.refuse(row, "unknown-id", "nobody of this number is in your units; people are added by who may "
                            "write all of them", column=EMPLOYEE)  # fmt: skip
        elif units[employee] not in reach.units:
            rows.refuse(row, "out-of-reach", "outside the units that you may write", column=EMPLOYEE)
        elif is_person and rows.frame["unit"].iloc[row] not in reach.units:
            rows.refuse(row, "out-of-reach", "outside the units that you may write", column="unit")


def write_records(
    database: Database, writing: Writing, name: str, values: list[dict[str, Any]], reach: Reach, wording: Wording
) -> list[Outcome]:
    """Check rows as an import does, and store those without an error.

    Parameters
    ----------
    database, writing : Where to.
    name, values : Table, and rows by column.
    reach, wording : Whose rows may be written, and the language of problems.
    """
    declared = table(name)
    frame = canonical(pd.DataFrame(values, columns=list(declared.column_names), dtype=object), declared)
    rows = Rows(table=declared, frame=frame, line=np.arange(len(frame)), refused=np.zeros(len(frame), dtype=np.bool_),
                given=frozenset(declared.column_names), wording=wording)  # fmt: skip
    _check_values(rows, database, writing.connection)
    _check_references(rows, writing.connection, reach)
    _check_reach(rows, writing.connection, reach)
    check_repeats(rows)
    kept = np.flatnonzero(~rows.refused)
    counts = database.upsert(writing, name, rows.frame.iloc[kept].reset_index(drop=True))
    kinds = dict(zip(kept.tolist(), counts.kinds.tolist(), strict=True))
    if name == "history" and (counts.kinds != UNCHANGED).any():
        match_history(database, writing, {"history"})
    if name in TELLING and (counts.kinds != UNCHANGED).any():
        leave_to_files(database, writing)
    return _outcomes(rows, kinds, writing.connection)


def _outcomes(rows: Rows, kinds: dict[int, int], connection: sa.Connection) -> list[Outcome]:
    stored, keys = DATABASE_TABLES[rows.table.name], row_keys_of(rows)
    query = sa.select(stored.c[ROW_KEY], stored.c[SINCE]).where(one_of(stored.c[ROW_KEY], keys))
    since = {row.row_key: int(row.since) for row in connection.execute(query)}
    outcomes = []
    for row, key in enumerate(keys):
        state = REFUSED if row not in kinds else SAME if kinds[row] == UNCHANGED else STORED
        outcomes.append(Outcome(
            identifier=public_id(key), state=state, etag="" if state == REFUSED else _etag(since[key]),
            problems=[problem for problem in rows.problems if problem.line == row],
        ))  # fmt: skip
    return outcomes


def check_precondition(connection: sa.Connection, name: str, identifier: str, reach: Reach, *, if_match: str | None,
                       if_none_match: str | None) -> None:  # fmt: skip
    """Check what the caller knows of a row against what is on file; a row out of reach is not there.

    Raises
    ------
    PreconditionError
        When it has changed since, is gone, or is there where it must not be.
    """
    stored = DATABASE_TABLES[name]
    query = sa.select(stored.c[SINCE]).where(stored.c[ROW_KEY] == row_key_of(identifier), within(name, reach))
    since = connection.execute(query).scalar()
    now = None if since is None else _etag(since)
    if if_match is not None and not is_listed(now, if_match):
        raise PreconditionError
    if if_none_match is not None and is_listed(now, if_none_match, is_weak=True):
        raise PreconditionError


def is_listed(etag: str | None, header: str, *, is_weak: bool = False) -> bool:
    """Tell whether a version is among those of a header ``If-Match`` or ``If-None-Match`` (RFC 9110, 13.1).

    Parameters
    ----------
    etag : The version on file; None where there is none.
    header : ``*``, or versions in quotes.
    is_weak : Whether versions that are marked as weak count: for ``If-None-Match`` alone.

    Examples
    --------
    >>> is_listed('"c2"', '"c1","c2"'), is_listed('"c2"', 'W/"c2"'), is_listed(None, "*"), is_listed('"c2"', " * ")
    (True, False, False, True)
    """
    if etag is None:
        return False
    if header.strip() == "*":
        return True
    return any(found == etag and (is_weak or not weak) for weak, found in _VERSION.findall(header))


def uses_of(connection: sa.Connection, name: str, identifier: str) -> list[str]:
    """Return the tables with rows that refer to a row, and to no other of its code; the ledger where it holds money."""
    key, found = row_key_of(identifier), []
    if is_held(connection, name, key):
        return [LEDGER]
    code, own = key.partition(KEY_SEPARATOR)[0], DATABASE_TABLES[name]
    others = sa.select(own.c[ROW_KEY]).where(own.c[_code_column(name)] == code, own.c[ROW_KEY] != key).limit(1)
    if connection.execute(others).first() is not None:
        return []  # the budget line of another year
    for declared in TABLES:
        for column in declared.columns:
            stored = DATABASE_TABLES[declared.name]
            if column.references != name:
                continue
            query = sa.select(stored.c[ROW_KEY]).where(stored.c[column.name] == code, stored.c[ROW_KEY] != key)
            if connection.execute(query.limit(1)).first() is not None:
                found.append(declared.name)
    return sorted(set(found))


def delete_record(writing: Writing, name: str, identifier: str) -> None:
    """Take a row from the table; its earlier versions stay."""
    set_aside(writing, name, [row_key_of(identifier)])
    writing.touch(name)
