"""Small plans that are stored as the program stores them, and what their books must say."""

import itertools
from collections import defaultdict
from datetime import date

import pandas as pd
import sqlalchemy as sa

from recommender.plan import (
    ASSIGNMENT_COLUMNS,
    GAP_COLUMNS,
    LINE_COLUMNS,
    OFFERING_COLUMNS,
    PERSON_COLUMNS,
    UNMET_COLUMNS,
    Plan,
    PlanTotals,
    Provenance,
)
from service.ledger.books import balances
from service.pipeline import keep_plan
from service.storage.decisions import PLAN, Decision
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_CLASSES, LEDGER_ENTRIES, LEDGER_SEATS

ON = date(2027, 1, 4)
_numbers = itertools.count()


def _frame(columns, rows=()):
    return pd.DataFrame([{**dict.fromkeys(columns), **row} for row in rows], columns=list(columns))


def plan_of(*seats, year=2027, classes=(), violations=()):
    """Return a plan of seats, each ``NIP CLASS FEE LINE TRAVEL LINE``, and classes, each ``CLASS COST LINE``."""
    rows = []
    for seat in seats:
        nip, offering, fee, fee_line, travel, travel_line = (*seat.split(), "0", "-")[:6]
        rows.append({"employee": nip, "offering": offering, "fee": int(fee), "travel": int(travel),
                     "cost": int(fee) + int(travel), "fee_line": fee_line.strip("-"),
                     "travel_line": travel_line.strip("-")})  # fmt: skip
    opened = [
        {"offering": o, "opened": True, "fixed_cost": int(c), "line": line} for o, c, line in map(str.split, classes)
    ]
    cost = sum(row["cost"] for row in rows) + sum(row["fixed_cost"] for row in opened)
    return Plan(
        totals=PlanTotals(status="optimal", objective=float(next(_numbers)), bound=0.0, gap=0.0, benefit=0.0, cost=cost,
                          assignments=len(rows), people=len(rows)),
        provenance=Provenance(on=ON, year=year, catalog="c-0", workforce="w-0", policy="", model="rule",
                              model_state="rule", verdict="", solver="", seed=0, seconds=0.0, stopped_by_clock=False,
                              tie_rule=""),
        assignments=_frame(ASSIGNMENT_COLUMNS, rows).astype({"fee": "int64", "travel": "int64", "cost": "int64"}),
        offerings=_frame(OFFERING_COLUMNS, opened).astype({"opened": "bool", "fixed_cost": "int64"}),
        lines=_frame(LINE_COLUMNS), unmet=_frame(UNMET_COLUMNS), gaps=_frame(GAP_COLUMNS),
        people=_frame(PERSON_COLUMNS), clashes=_frame(("code", "subject")), violations=violations,
    )  # fmt: skip


def keep(database, *seats, earlier=None, **given):
    """Store a plan as a draft, and return its id."""
    made = plan_of(*seats, **given)
    decision = Decision(kind=PLAN, subject="", as_of=ON, change=0, catalog="c-0", model="rule", policy="{}",
                        request={"earlier": earlier}, result="")  # fmt: skip
    return keep_plan(database, made, "", decision, lambda *_: None)


def put_lines(database, *lines):
    """Store budget lines, each ``LINE YEAR AMOUNT PARENT RESERVED SPENT``."""
    rows = []
    for line in lines:
        name, year, amount, parent, reserved, spent = (*line.split(), *("-", "0", "0")[len(line.split()) - 3 :])
        rows.append({"line": name, "name": name, "year": int(year), "amount": int(amount), "reserved": int(reserved),
                     "spent": int(spent), "parent": None if parent == "-" else parent})  # fmt: skip
    with database.writing() as writing:
        database.upsert(writing, "budgets", pd.DataFrame(rows))


def check_books(database, year):
    """Recount the books of a year from the entries, the seats and the classes, and compare; return both sums."""
    with transaction(database.engine) as connection:
        entries = connection.execute(sa.select(LEDGER_ENTRIES).where(LEDGER_ENTRIES.c.year == year)).all()
        seats = connection.execute(sa.select(LEDGER_SEATS).where(LEDGER_SEATS.c.year == year)).all()
        classes = connection.execute(sa.select(LEDGER_CLASSES).where(LEDGER_CLASSES.c.year == year)).all()
    lines = {one.line: one for one in balances(database, year)}
    entered, expected = defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0])
    for entry in entries:
        for line in _with_above(entry.line, lines):
            entered[line][0] += entry.reserved
            entered[line][1] += entry.spent
    of_things = [(s.fee_line, s.fee_reserved, s.fee_spent) for s in seats]
    of_things += [(s.travel_line, s.travel_reserved, s.travel_spent) for s in seats]
    of_things += [(c.line, c.amount * (c.state == "reserved"), c.amount * (c.state == "spent")) for c in classes]
    for paying, reserved, spent in of_things:
        for line in _with_above(paying, lines):
            expected[line][0] += reserved
            expected[line][1] += spent
    for line, one in lines.items():
        assert [one.reserved, one.spent] == entered[line] == expected[line], line
        assert min(one.reserved, one.spent, one.free) >= 0, one
        assert one.amount == one.imported_reserved + one.imported_spent + one.reserved + one.spent + one.free
    live = {c.offering for c in classes if c.state == "reserved"}
    assert live <= {s.offering for s in seats if s.state in ("reserved", "enrolled")}
    return sum(one.reserved for one in lines.values()), sum(one.spent for one in lines.values())


def _with_above(line, lines):
    while line:
        yield line
        line = lines[line].parent


def held(books):
    """Return reserved and spent of the lines of 2027, once the books were recounted."""
    check_books(books, 2027)
    return {one.line: (one.reserved, one.spent) for one in balances(books, 2027)}
