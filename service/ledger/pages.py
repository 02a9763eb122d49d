"""One transaction on the ledger: seats and classes change, and what moves is gathered and entered at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.ledger import CANCELLED, LEDGER_ENTRIES, LEDGER_SEATS, LIVE
from service.storage.ledger_lines import NO_LINE, Posting, post
from service.storage.watch import touch_seats
from training_catalog.errors import ConflictError

RESERVE, ENROL, RELEASE, SPEND, REFUND, REPRICE = "reserve", "enrol", "release", "spend", "refund", "reprice"
CORRECT, UNDO = "correct", "undo"
FEE, TRAVEL, CLASS = "fee", "travel", "class"  # parts of the cost: of a seat, of a seat, of a whole class


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person's place in a class of an approved plan, with its money in whole rupiah.

    Parameters
    ----------
    seat, plan, employee, offering, year : Which one, and whose.
    state : ``reserved``, ``enrolled``, ``completed``, ``cancelled`` or ``failed``.
    version : Grows with every change.
    fee_line, travel_line : Lines that pay; empty where there was nothing to pay.
    fee_reserved, travel_reserved, fee_spent, travel_spent : What is held of them.
    """

    seat: str
    plan: str
    employee: str
    offering: str
    year: int
    state: str
    version: int
    fee_line: str
    travel_line: str
    fee_reserved: int
    travel_reserved: int
    fee_spent: int
    travel_spent: int

    @property
    def reserved(self) -> int:
        """What is reserved for it."""
        return self.fee_reserved + self.travel_reserved

    @property
    def spent(self) -> int:
        """What was spent on it."""
        return self.fee_spent + self.travel_spent

    @property
    def is_live(self) -> bool:
        """Whether its money is reserved."""
        return self.state in LIVE


def find_seats(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Seat]:
    """Return seats, by their id."""
    query = sa.select(LEDGER_SEATS).where(*conditions).order_by(LEDGER_SEATS.c.seat)
    return [Seat(**row) for row in connection.execute(query).mappings()]


@dataclass(slots=True, kw_only=True)
class Page:
    """A transaction on the ledger.

    Parameters
    ----------
    connection : Its connection; it writes in its turn.
    author, made_at : Who, and when.
    postings : What will be entered.
    """

    connection: sa.Connection
    author: str
    made_at: datetime
    postings: list[Posting] = field(default_factory=list)

    def book(self, seat: Seat, kind: str, event: str, amounts: dict[str, tuple[int, int]]) -> None:
        """Note movements of a seat: reserved and spent of each part; one without any is entered all the same."""
        lines = {FEE: seat.fee_line, TRAVEL: seat.travel_line}
        moving = {part: moves for part, moves in amounts.items() if any(moves)} or {FEE: (0, 0)}
        for part, (reserved, spent) in moving.items():
            self.postings.append(Posting(
                plan=seat.plan, year=seat.year, line=lines[part], seat=seat.seat, offering=seat.offering, part=part,
                kind=kind, event=event, reserved=reserved, spent=spent,
            ))  # fmt: skip

    def book_class(self, row: Any, event: str, reserved: int, spent: int = 0) -> None:  # noqa: ANN401 (a row of the database)
        """Note a movement of a class's fixed cost; its version makes the event one of its own."""
        kind = SPEND if spent > 0 else UNDO if spent else RESERVE if reserved > 0 else RELEASE
        self.postings.append(Posting(
            plan=row.plan, year=row.year, line=row.line, seat=NO_LINE, offering=row.offering, part=CLASS, kind=kind,
            event=f"{event}:{row.version}", reserved=reserved, spent=spent,
        ))  # fmt: skip

    def change(self, seat: Seat, **values: object) -> Seat:
        """Change a seat that is still at the version that was read, and return it as it is then.

        Raises
        ------
        ConflictError
            When somebody changed it since.
        """
        is_this = (LEDGER_SEATS.c.seat == seat.seat) & (LEDGER_SEATS.c.version == seat.version)
        changed = sa.update(LEDGER_SEATS).where(is_this).values(version=seat.version + 1, **values)
        if self.connection.execute(changed).rowcount != 1:
            raise ConflictError("the seat in class {offering} was changed at this moment", offering=seat.offering)
        return replace(seat, version=seat.version + 1, **values)  # type: ignore[arg-type] # columns by name

    def release(self, seat: Seat, event: str) -> None:
        """Give back what a seat reserves and cancel it."""
        self.book(seat, RELEASE, event, {FEE: (-seat.fee_reserved, 0), TRAVEL: (-seat.travel_reserved, 0)})
        self.change(seat, state=CANCELLED, fee_reserved=0, travel_reserved=0)

    def is_entered(self, seat: str, event: str) -> bool:
        """Return whether an event of a seat was entered before."""
        entries = LEDGER_ENTRIES.c
        query = sa.select(entries.entry).where(entries.seat == seat, entries.event == event)
        return self.connection.execute(query).first() is not None

    def spent_by(self, seat: str, event: str) -> int:
        """Return what an event of a seat spent, in rupiah."""
        entries = LEDGER_ENTRIES.c
        is_its = (entries.seat == seat) & entries.event.in_([event, f"{event}:cost"])
        return int(self.connection.execute(sa.select(sa.func.sum(entries.spent)).where(is_its)).scalar() or 0)


@contextmanager
def new_page(database: Database, author: str) -> Iterator[Page]:
    """Open one transaction on the ledger: all of it, or nothing."""
    with (
        transaction(database.engine, is_writer=True) as connection,
        page_in(connection, author, database.clock()) as page,
    ):
        yield page


@contextmanager
def page_in(connection: sa.Connection, author: str, made_at: datetime) -> Iterator[Page]:
    """Open a page within a transaction that writes other things as well."""
    page = Page(connection=connection, author=author, made_at=made_at)
    yield page
    post(connection, page.postings, author=author, made_at=made_at)
    if page.postings:
        touch_seats(connection)
