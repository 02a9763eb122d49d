"""The fixed cost of a class: reserved once, spent when it is held, given back when nobody is left."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from service.ledger.pages import UNDO, Page
from service.storage.ledger import COMPLETED, FAILED, LEDGER_CLASSES, LEDGER_SEATS, LIVE, RESERVED

SPENT, RELEASED = "spent", "released"  # states of a class, besides reserved


def _find(page: Page, offering: str) -> Any:  # noqa: ANN401 (a row of the database)
    return page.connection.execute(sa.select(LEDGER_CLASSES).where(LEDGER_CLASSES.c.offering == offering)).first()


def _change(page: Page, offering: str, **values: object) -> Any:  # noqa: ANN401 (as above)
    """Change a class, and return it as it is now."""
    changed = sa.update(LEDGER_CLASSES).where(LEDGER_CLASSES.c.offering == offering)
    page.connection.execute(changed.values(version=LEDGER_CLASSES.c.version + 1, **values))
    return _find(page, offering)


def open_class(
    page: Page, offering: str, *, plan: str, year: int, line: str, amount: int, instead_of: Iterable[str] = ()
) -> None:
    """Reserve the fixed cost of a class for a plan, unless another plan did or it was held already.

    Parameters
    ----------
    page : The transaction.
    offering, plan, year, line, amount : What, for which plan, and what it takes of which line.
    instead_of : Plans in whose place this one comes: what they reserved for the class is given back.
    """
    row = _find(page, offering)
    if row is None:
        page.connection.execute(sa.insert(LEDGER_CLASSES).values(
            offering=offering, plan=plan, year=year, line=line, state=RESERVED, version=1, amount=amount,
        ))  # fmt: skip
        page.book_class(_find(page, offering), RESERVED, amount)
        return
    if row.state == SPENT or (row.state == RESERVED and row.plan not in instead_of):
        return
    if row.state == RESERVED:
        page.book_class(row, RELEASED, -row.amount)
    page.book_class(
        _change(page, offering, plan=plan, year=year, line=line, state=RESERVED, amount=amount), RESERVED, amount
    )


def hold_class(page: Page, offering: str) -> None:
    """Spend the fixed cost of a class that is held."""
    row = _find(page, offering)
    if row is not None and row.state == RESERVED:
        page.book_class(_change(page, offering, state=SPENT), SPENT, -row.amount, row.amount)


def hold_again(page: Page, offering: str) -> None:
    """Reserve the fixed cost of a class again where no seat says any longer that it was held."""
    row, seats = _find(page, offering), LEDGER_SEATS.c
    held = sa.select(seats.seat).where(seats.offering == offering, seats.state.in_((COMPLETED, FAILED))).limit(1)
    if row is not None and row.state == SPENT and page.connection.execute(held).first() is None:
        page.book_class(_change(page, offering, state=RESERVED), UNDO, row.amount, -row.amount)


def settle_classes(page: Page, offerings: Iterable[str]) -> None:
    """Give back the fixed cost of classes in which no seat is left, or hand it to a plan that still has one."""
    for offering in sorted(set(offerings)):
        row = _find(page, offering)
        if row is None or row.state != RESERVED:
            continue
        seats = LEDGER_SEATS.c
        query = sa.select(seats.plan).where(seats.offering == offering, seats.state.in_(LIVE)).distinct()
        plans = sorted(page.connection.execute(query).scalars())
        if row.plan in plans:
            continue
        page.book_class(row, RELEASED, -row.amount)
        if plans:
            page.book_class(_change(page, offering, plan=plans[0]), RESERVED, row.amount)
        else:
            _change(page, offering, state=RELEASED)


def classes_of(page: Page, plans: Iterable[str]) -> list[str]:
    """Return the classes whose fixed cost some plans reserve."""
    is_theirs = LEDGER_CLASSES.c.plan.in_(list(plans)) & (LEDGER_CLASSES.c.state == RESERVED)
    return list(page.connection.execute(sa.select(LEDGER_CLASSES.c.offering).where(is_theirs)).scalars())
