"""The budget: each line with what is planned, reserved, spent and free, below the line that holds it; and movements."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from litestar import Response, get

from service.api.context import Call, parts_of, rule
from service.ledger.books import LineBalance, balances, entries
from service.portal.desk.plan_list import budget_years
from service.portal.desk.view import asked_for, paged
from service.portal.page import THREAD, show
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from training_catalog.errors import UnknownIdError

DEEPEST = 6  # levels that are shown further to the right; deeper lines stand below the last of them
MOST_MOVEMENTS = 50
WORDS = {
    "reserve": "Reserved", "release": "Given back", "enrol": "Enrolled", "spend": "Spent", "refund": "Refunded",
    "reprice": "Another price", "reserved": "Reserved", "released": "Given back", "spent": "Spent", "fee": "Fee",
    "travel": "Travel", "class": "Opening the class", "correct": "Cost corrected", "undo": "Record withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A line in the tree: how deep it stands, and its name."""

    balance: LineBalance
    depth: int
    name: str


def tree_of(lines: list[LineBalance], names: dict[str, str]) -> list[Branch]:
    """Return lines with those below each right after it, in order of their codes; no line is lost, even in a circle."""
    below: dict[str, list[LineBalance]] = defaultdict(list)
    known = {line.line for line in lines}
    for line in lines:
        below[line.parent if line.parent in known and line.parent != line.line else ""].append(line)
    found: list[Branch] = []
    seen: set[str] = set()

    def put(line: LineBalance, depth: int) -> None:
        if line.line in seen:
            return
        seen.add(line.line)
        found.append(Branch(balance=line, depth=min(depth, DEEPEST), name=names.get(line.line, "")))
        for one in below[line.line]:
            put(one, depth + 1)

    for line in [*below[""], *lines]:
        put(line, 0)
    return found


def _names(call: Call, year: int) -> dict[str, str]:
    stored = DATABASE_TABLES["budgets"].c
    query = sa.select(stored.line, stored.name).where(stored.year == year, stored.name.is_not(None))
    with transaction(parts_of(call).database.engine) as connection:
        return {str(line): str(name) for line, name in connection.execute(query)}


def _year(call: Call, years: list[int]) -> int:
    """Return the year asked for, else this one, else the last on file."""
    asked, today = asked_for(call, "year"), parts_of(call).settings.today().year
    if asked in {str(year) for year in years}:
        return int(asked)
    return today if today in years or not years else years[-1]


@get("/budget", opt=rule("ledger.read"), **THREAD)
def budget(request: Call) -> Response[str]:
    """Show every line of a year."""
    years = budget_years(request)
    year = _year(request, years)
    rows = tree_of(balances(parts_of(request).database, year), _names(request, year))
    pages = paged(request, len(rows))
    tops = [row.balance for row in rows if row.depth == 0]
    sums = {name: sum(getattr(one, name) for one in tops)
            for name in ("amount", "imported_reserved", "imported_spent", "reserved", "spent", "free")}  # fmt: skip
    return show(request, "desk/budget.html.j2", rows=rows[pages.shown], pages=pages, years=years, year=year, sums=sums)


@get("/budget/line", opt=rule("ledger.read"), **THREAD)
def budget_line(request: Call) -> Response[str]:
    """Show a line and its movements, newest first.

    Raises
    ------
    UnknownIdError
        When there is no such line.
    """
    code, before = asked_for(request, "line"), asked_for(request, "before")
    database = parts_of(request).database
    lines = [line for line in balances(database) if line.line == code]
    if not lines:
        raise UnknownIdError("budget line", code)
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None  # noqa: PLR2004 (fits a database's integer)
    found = entries(database, line=code, limit=MOST_MOVEMENTS + 1, before=start)
    following = found[MOST_MOVEMENTS - 1].entry if len(found) > MOST_MOVEMENTS else None
    return show(request, "desk/budget_line.html.j2", code=code, lines=lines, moves=found[:MOST_MOVEMENTS], words=WORDS,
                name=_names(request, lines[-1].year).get(code, ""), following=following)  # fmt: skip


def budget_handlers() -> list[Any]:
    """Return the routes of the budget."""
    return [budget, budget_line]
