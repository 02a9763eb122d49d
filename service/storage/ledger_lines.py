"""Movements on budget lines: entered once, and added up on each line and those above it in the same transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from service.storage.ledger import CEILING, LEDGER_ENTRIES, LEDGER_LINES
from service.storage.schema import DATABASE_TABLES
from training_catalog.errors import Amount, BangkomError, ConflictError

Moves = Mapping[str, tuple[int, int]]  # line -> change of reserved, and of spent, in rupiah
NO_LINE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One movement, as it is entered.

    Parameters
    ----------
    plan, year : Whose, and of which budget year.
    line : Line that pays; empty where there is nothing to pay.
    seat, offering, part : What for: ``fee`` or ``travel`` of a seat, or a ``class`` of no seat.
    kind : What happened.
    event : Which time it happened; the same event of the same thing is entered once.
    reserved, spent : Rupiah by which the line's amounts change.
    """

    plan: str
    year: int
    line: str
    seat: str
    offering: str
    part: str
    kind: str
    event: str
    reserved: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A budget line as the office's own books have it; `available` is what they leave."""

    line: str
    parent: str
    amount: int
    reserved: int
    spent: int

    @property
    def available(self) -> int:
        """What the books leave: never below zero."""
        return max(self.amount - self.reserved - self.spent, 0)


def book_lines(connection: sa.Connection, year: int) -> dict[str, BookLine]:
    """Return the lines of a year as imported."""
    stored = DATABASE_TABLES["budgets"]
    query = sa.select(*[stored.c[name] for name in ("line", "parent", "amount", "reserved", "spent")])
    return {
        row.line: BookLine(line=row.line, parent=row.parent or NO_LINE, amount=row.amount or 0,
                           reserved=row.reserved or 0, spent=row.spent or 0)
        for row in connection.execute(query.where(stored.c.year == year))
    }  # fmt: skip


def above(line: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield a line and those above it.

    Examples
    --------
    >>> list(above("a", {"a": "b", "b": ""}))
    ['a', 'b']
    """
    seen: set[str] = set()
    while line and line not in seen:
        seen.add(line)
        yield line
        line = parents.get(line, NO_LINE)


def added_up(own: Moves, parents: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return reserved and spent of lines with what is held of those below them.

    Examples
    --------
    >>> added_up({"a": (5, 1)}, {"a": "b"})
    {'a': (5, 1), 'b': (5, 1)}
    """
    total: dict[str, tuple[int, int]] = {}
    for line, (reserved, spent) in own.items():
        for one in above(line, parents):
            before = total.get(one, (0, 0))
            total[one] = (before[0] + reserved, before[1] + spent)
    return total


def last_entry(connection: sa.Connection) -> int:
    """Return the number of the newest entry; 0 when there is none."""
    return int(connection.execute(sa.select(sa.func.max(LEDGER_ENTRIES.c.entry))).scalar() or 0)


def held(connection: sa.Connection, year: int, until: int, without: Sequence[str] = ()) -> dict[str, tuple[int, int]]:
    """Return what entries hold of each line that pays: reserved and spent.

    Parameters
    ----------
    connection, year : Where, and of which budget year.
    until : Number of the last entry that counts.
    without : Plans whose reservations do not count; what was spent does.
    """
    entries = LEDGER_ENTRIES.c
    counted = sa.case((entries.plan.in_(without), 0), else_=entries.reserved)
    query = sa.select(entries.line, sa.func.sum(counted), sa.func.sum(entries.spent)).group_by(entries.line)
    query = query.where(entries.year == year, entries.entry <= until, entries.line != NO_LINE)
    return {line: (int(reserved), int(spent)) for line, reserved, spent in connection.execute(query)}


def post(connection: sa.Connection, postings: Sequence[Posting], *, author: str, made_at: datetime) -> None:
    """Enter movements within a transaction that writes in its turn, and move the lines.

    Raises
    ------
    ConflictError
        When a line has not enough left.
    """
    if not postings:
        return
    first = last_entry(connection) + 1
    moves: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for posting in postings:
        reserved, spent = moves[posting.year].get(posting.line, (0, 0))
        moves[posting.year][posting.line] = (reserved + posting.reserved, spent + posting.spent)
    for year, by_line in sorted(moves.items()):
        move(connection, year, {line: by_line[line] for line in by_line if line != NO_LINE})
    connection.execute(sa.insert(LEDGER_ENTRIES), [
        {"entry": first + n, "made_at": made_at, "author": author, **asdict(posting)}
        for n, posting in enumerate(postings)
    ])  # fmt: skip


def move(connection: sa.Connection, year: int, moves: Moves) -> None:
    """Change what is held of lines and of those above them.

    Notes
    -----
    The database's own check refuses what a line has not left, whoever else writes at this moment. A line that the
    office's books cut below what is held can give back, and takes nothing more.

    Raises
    ------
    ConflictError
        When a line has not enough left.
    """
    books = book_lines(connection, year)
    parents = {line: book.parent for line, book in books.items()}
    touched = sorted({one for line in moves for one in above(line, parents)})
    _add_lines(connection, year, touched, parents)
    _hang_again(connection, year, parents)
    total = dict.fromkeys(touched, (0, 0))
    for line, (reserved, spent) in moves.items():
        for one in above(line, parents):
            total[one] = (total[one][0] + reserved, total[one][1] + spent)
    available = {line: books[line].available if line in books else 0 for line in touched}
    _refuse_shortfalls(connection, year, total, available)
    changes = [
        {"of_year": year, "of_line": line, "available": available[line], "more": total[line][0],
         "more_spent": total[line][1], "own": moves.get(line, (0, 0))[0], "own_more_spent": moves.get(line, (0, 0))[1]}
        for line in touched if any(total[line]) or any(moves.get(line, (0, 0)))
    ]  # fmt: skip
    if not changes:
        return
    try:
        connection.execute(_change_query(), changes)
    except IntegrityError as error:
        if CEILING not in str(error.orig):
            raise
        raise ConflictError("the money of a budget line is gone: another plan took it at this moment") from error


def _change_query() -> sa.Update:
    """Return the update of one line, in which the database adds up: no amount that was read before is written."""
    lines, available = LEDGER_LINES.c, sa.bindparam("available", type_=sa.BigInteger)
    before = lines.reserved + lines.spent
    is_line = (lines.year == sa.bindparam("of_year")) & (lines.line == sa.bindparam("of_line"))
    return sa.update(LEDGER_LINES).where(is_line).values(
        ceiling=sa.case((before > available, before), else_=available),
        reserved=lines.reserved + sa.bindparam("more", type_=sa.BigInteger),
        spent=lines.spent + sa.bindparam("more_spent", type_=sa.BigInteger),
        own_reserved=lines.own_reserved + sa.bindparam("own", type_=sa.BigInteger),
        own_spent=lines.own_spent + sa.bindparam("own_more_spent", type_=sa.BigInteger),
    )  # fmt: skip


def _add_lines(connection: sa.Connection, year: int, lines: Sequence[str], parents: Mapping[str, str]) -> None:
    """Begin lines that nothing was ever held of."""
    amounts = [column.name for column in LEDGER_LINES.c if column.name not in {"year", "line", "parent"}]
    insert = sa.text(
        f"INSERT INTO {LEDGER_LINES.name} (year, line, parent, {', '.join(amounts)}) "  # noqa: S608 (our own names)
        f"VALUES (:year, :line, :parent, {', '.join('0' * len(amounts))}) ON CONFLICT DO NOTHING"
    )
    rows = [{"year": year, "line": line, "parent": parents.get(line, NO_LINE)} for line in lines]
    if rows:
        connection.execute(insert, rows)


def _hang_again(connection: sa.Connection, year: int, parents: Mapping[str, str]) -> None:
    """Add up anew where a line has another one above it since the last movement."""
    stored = {row.line: row for row in connection.execute(sa.select(LEDGER_LINES).where(LEDGER_LINES.c.year == year))}
    if all(row.parent == parents.get(line, NO_LINE) for line, row in stored.items()):
        return
    total = added_up({line: (row.own_reserved, row.own_spent) for line, row in stored.items()}, parents)
    _add_lines(connection, year, sorted(set(total) - set(stored)), parents)
    for line, (reserved, spent) in sorted(total.items()):
        is_line = (LEDGER_LINES.c.year == year) & (LEDGER_LINES.c.line == line)
        connection.execute(sa.update(LEDGER_LINES).where(is_line).values(
            parent=parents.get(line, NO_LINE), reserved=reserved, spent=spent, ceiling=reserved + spent,
        ))  # fmt: skip


def _refuse_shortfalls(connection: sa.Connection, year: int, total: Moves, available: Mapping[str, int]) -> None:
    """Name every line that has not enough left, before anything moves."""
    is_of_year = sa.select(LEDGER_LINES).where(LEDGER_LINES.c.year == year)
    stored = {row.line: row.reserved + row.spent for row in connection.execute(is_of_year)}
    short = []
    for line, (reserved, spent) in total.items():
        needed, free = reserved + spent, max(available[line] - stored[line], 0)
        if needed > free:
            money = {"needed": Amount(needed), "free": Amount(free), "short": Amount(needed - free)}
            short.append(BangkomError("line {line}: {needed} needed, {free} free, {short} short", line=line, **money))
    if short:
        raise ConflictError("the money is not there: {lines}", lines=tuple(short))
