"""The ledger read: what each budget line has left, and every movement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_ENTRIES, LEDGER_LINES
from service.storage.ledger_lines import added_up, book_lines
from service.storage.schema import DATABASE_TABLES

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBalance:
    """A budget line: what the office's own books say, and what approved plans hold on top.

    Parameters
    ----------
    line, year, parent : Which one; the parent is empty for none.
    amount, imported_reserved, imported_spent : As imported, in whole rupiah.
    reserved, spent : Held by approved plans, by those of the lines below as well.
    free : What is left; below zero where the books were cut afterwards.
    """

    line: str
    year: int
    parent: str
    amount: int
    imported_reserved: int
    imported_spent: int
    reserved: int
    spent: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A movement; `seat` is empty for the fixed cost of a class, `line` where nothing is to be paid."""

    entry: int
    made_at: datetime
    author: str
    plan: str
    year: int
    line: str
    seat: str
    offering: str
    part: str
    kind: str
    reserved: int
    spent: int


def balances(database: Database, year: int | None = None) -> list[LineBalance]:
    """Return every budget line of a year, or of all, by year and code: with those above it that the books name now."""
    budgets = DATABASE_TABLES["budgets"].c
    with transaction(database.engine) as connection:
        years = [year] if year is not None else _years(connection, budgets.year)
        stored = connection.execute(sa.select(LEDGER_LINES).where(LEDGER_LINES.c.year.in_(years))).all()
        books = {one: book_lines(connection, one) for one in years}
    found = []
    for one, lines in books.items():
        held = added_up({row.line: (row.own_reserved, row.own_spent) for row in stored if row.year == one},
                        {line: book.parent for line, book in lines.items()})  # fmt: skip
        for line, book in sorted(lines.items()):
            reserved, spent = held.get(line, (0, 0))
            found.append(LineBalance(
                line=line, year=one, parent=book.parent, amount=book.amount, imported_reserved=book.reserved,
                imported_spent=book.spent, reserved=reserved, spent=spent,
                free=book.amount - book.reserved - book.spent - reserved - spent,
            ))  # fmt: skip
    return found


def _years(connection: sa.Connection, year: sa.ColumnElement[int]) -> Sequence[int]:
    return connection.execute(sa.select(year).distinct().order_by(year)).scalars().all()


def entries(
    database: Database, line: str | None = None, plan: str | None = None, limit: int = MOST_ENTRIES,
    before: int | None = None, seat: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Return movements, newest first.

    Parameters
    ----------
    database, line, plan : Where, and of which line and plan; of all when None.
    limit : How many at most.
    before : Number of the entry before which the list begins; it continues an earlier one.
    seat : Of which seat; of everything when None.
    """
    columns = LEDGER_ENTRIES.c
    wanted = [column for column in columns if column.name != "event"]
    query = sa.select(*wanted).order_by(columns.entry.desc()).limit(limit)
    for column, value in ((columns.line, line), (columns.plan, plan), (columns.seat, seat)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(columns.entry < before)
    with transaction(database.engine) as connection:
        return [Entry(**row) for row in connection.execute(query).mappings()]
