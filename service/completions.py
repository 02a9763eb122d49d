"""Completed seats as training history: each completion once, whichever tells of it first, the seat or a file."""

from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from service.storage.database import Database
from service.storage.engine import one_of
from service.storage.history import Writing, set_aside
from service.storage.people import is_of
from service.storage.schema import CHANGES, DATABASE_TABLES, ROW_KEY, SINCE, UNTIL, VERSIONS
from service.titles import with_titles
from training_catalog.frames import canonical
from training_catalog.tables import table

HISTORY = "history"
FROM_SEAT = "seat "  # the source of a change begins so where a seat made the row
TELLING = frozenset({HISTORY, "trainings", "training_titles"})  # tables after whose change files may tell of more
_OVER = ("completed", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a seat tells the training history.

    Parameters
    ----------
    employee, training : Who took what.
    training_name : Its official title, which is part of the row's key.
    start_date, end_date : Days of the class; it counts from the last one on.
    status : ``completed`` or ``failed``.
    hours : JP, as they are when it is noted: a training that changes later changes no past.
    """

    employee: str
    training: str
    training_name: str
    start_date: date
    end_date: date
    status: str
    hours: float | None


def enter_completion(database: Database, writing: Writing, done: Completion) -> None:
    """Enter a completion, unless the person is not on file or their history tells of it already."""
    people = DATABASE_TABLES["employees"]
    is_on_file = sa.select(people.c.employee).where(people.c.employee == done.employee)
    if writing.connection.execute(is_on_file).first() is None:
        return
    frame = canonical(pd.DataFrame([asdict(done)]), table(HISTORY))
    told = _with_titles(database, writing, database.read_rows_of(writing.connection, HISTORY, done.employee))
    if _pairs(frame, told).empty:
        database.upsert(writing, HISTORY, frame, frozenset(Completion.__dataclass_fields__))


def take_back(writing: Writing, employee: str, source: str) -> None:
    """Take back what a seat entered, and nothing that a file has told since; what stood there before stands again.

    Parameters
    ----------
    writing : In its transaction.
    employee, source : Whose row, and which change's source made it.
    """
    connection, stored, versions = writing.connection, DATABASE_TABLES[HISTORY], VERSIONS[HISTORY]
    query = sa.select(stored.c[ROW_KEY], stored.c[SINCE]).join(CHANGES, CHANGES.c.change == stored.c[SINCE])
    for row in connection.execute(query.where(is_of(stored, employee), CHANGES.c.source == source)).all():
        set_aside(writing, HISTORY, [row.row_key])
        kept = [column.name for column in stored.c if column.name != SINCE]
        before = sa.select(*[versions.c[name] for name in kept], sa.literal(writing.touch(HISTORY), sa.BigInteger))
        is_before = (versions.c[ROW_KEY] == row.row_key) & (versions.c[UNTIL] == row.since)
        connection.execute(sa.insert(stored).from_select([*kept, SINCE], before.where(is_before)))


def leave_to_files(database: Database, writing: Writing) -> None:
    """Set aside rows of seats where another row tells of the same completion: that one stands, with its own title."""
    connection, stored = writing.connection, DATABASE_TABLES[HISTORY]
    of_seats = sa.select(stored.c.employee, stored.c[ROW_KEY]).join(CHANGES, CHANGES.c.change == stored.c[SINCE])
    made = connection.execute(of_seats.where(CHANGES.c.source.startswith(FROM_SEAT, autoescape=True))).all()
    if not made:
        return
    keys = {row.row_key for row in made}
    names = table(HISTORY).column_names
    of_them = sa.select(stored.c[ROW_KEY], *[stored.c[name] for name in names])
    found = connection.execute(of_them.where(one_of(stored.c.employee, {row.employee for row in made}))).all()
    rows = canonical(pd.DataFrame([row[1:] for row in found], columns=list(names)), table(HISTORY))
    rows = _with_titles(database, writing, rows).assign(**{ROW_KEY: [row.row_key for row in found]})
    is_made = rows[ROW_KEY].isin(keys)
    twice = sorted(set(_pairs(rows[is_made], rows[~is_made])[ROW_KEY]))
    if twice:
        set_aside(writing, HISTORY, twice)
        writing.touch(HISTORY)


def _with_titles(database: Database, writing: Writing, history: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the training that a written title means."""
    if history["training"].notna().all():
        return history
    titles = database.read("training_titles", writing.connection)
    return with_titles({HISTORY: history, "training_titles": titles})[HISTORY]


def _pairs(mine: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `mine` of which another one tells as well: person, training and days that touch."""
    over = others["status"].fillna("completed").isin(_OVER)
    last = others["end_date"].fillna(others["start_date"])
    theirs = pd.DataFrame({
        "employee": others["employee"], "training": others["training"], "last": last,
        "first": others["start_date"].fillna(last),
    })[over & others["training"].notna()]  # fmt: skip
    both = mine.merge(theirs, on=["employee", "training"])
    return both[(both["first"] <= both["end_date"]) & (both["last"] >= both["start_date"].fillna(both["end_date"]))]
