"""What was noted of a seat put right: another cost, or a completion that was none; and seats of nobody given back."""

import sqlalchemy as sa

from service.ledger.classes import hold_again, settle_classes
from service.ledger.pages import CORRECT, ENROL, FEE, RELEASE, TRAVEL, UNDO, Page, Seat, find_seats
from service.storage.database import APPROVED
from service.storage.ledger import CANCELLED, ENROLLED, LEDGER_ENTRIES, LEDGER_SEATS, LIVE, RESERVED, TAKEN
from service.storage.schema import PLANS
from training_catalog.errors import ConflictError, InvalidValueError

ERASE = "erase"  # the event that gives back the seats of who is erased


def correct(page: Page, seat: Seat, event: str, cost: int | None) -> Seat:
    """Say what a seat that is over really cost: the difference moves, on the fee where one is paid.

    Raises
    ------
    InvalidValueError
        When no cost is said, or no line pays for the seat.
    ConflictError
        When a line has not enough left.
    """
    if cost is None:
        raise InvalidValueError("cost", None, "whole rupiah from 0: what the seat really cost")
    if cost == seat.spent:
        return seat
    if not (seat.fee_line or seat.travel_line):
        raise InvalidValueError("cost", cost, "0, as no budget line pays for this seat")
    more = cost - seat.spent
    fee = max(more, -seat.fee_spent) if seat.fee_line else 0
    page.book(seat, CORRECT, event, {FEE: (0, fee), TRAVEL: (0, more - fee)})
    return page.change(seat, fee_spent=seat.fee_spent + fee, travel_spent=seat.travel_spent + more - fee)


def undo(page: Page, seat: Seat, event: str, _cost: int | None) -> Seat:
    """Take back that a seat is over: what was spent comes back, and what was reserved before is reserved again.

    In a plan that is no longer approved nothing is reserved again, and the seat is cancelled.

    Raises
    ------
    ConflictError
        When another plan has given the person a seat in the class since, or a line has not enough left.
    """
    is_kept = _is_approved(page, seat.plan)
    if is_kept:
        _refuse_second_seat(page, seat)
    fee, travel = _reserved_before(page, seat) if is_kept else (0, 0)
    page.book(seat, UNDO, event, {FEE: (fee, -seat.fee_spent), TRAVEL: (travel, -seat.travel_spent)})
    state = CANCELLED if not is_kept else ENROLLED if _n_events(page, seat.seat, ENROL) else RESERVED
    back = page.change(seat, state=state, fee_reserved=fee, travel_reserved=travel, fee_spent=0, travel_spent=0)
    hold_again(page, seat.offering)
    settle_classes(page, [seat.offering])
    return back


def _is_approved(page: Page, plan: str) -> bool:
    return page.connection.execute(sa.select(PLANS.c.state).where(PLANS.c.plan_id == plan)).scalar() == APPROVED


def _refuse_second_seat(page: Page, seat: Seat) -> None:
    seats = LEDGER_SEATS.c
    others = find_seats(page.connection, seats.employee == seat.employee, seats.offering == seat.offering,
                        seats.seat != seat.seat, seats.state.in_(TAKEN))  # fmt: skip
    if others:
        raise ConflictError("plan '{plan}' has given this person a seat in class {offering} since; cancel that one "
                            "first", plan=others[0].plan, offering=seat.offering)  # fmt: skip


def _reserved_before(page: Page, seat: Seat) -> tuple[int, int]:
    """Return what was reserved of fee and travel until the seat was over: what the last release gave back."""
    entries = LEDGER_ENTRIES.c
    is_release = (entries.seat == seat.seat) & (entries.kind == RELEASE)
    query = sa.select(entries.event, entries.part, entries.reserved).where(is_release).order_by(entries.entry.desc())
    given = page.connection.execute(query).all()
    back = {row.part: -row.reserved for row in given if row.event == given[0].event}
    return back.get(FEE, 0), back.get(TRAVEL, 0)


def n_undone(page: Page, seat: str) -> int:
    """Return how often it was taken back that a seat is over: what is noted since is another event."""
    return _n_events(page, seat, UNDO)


def _n_events(page: Page, seat: str, kind: str) -> int:
    entries = LEDGER_ENTRIES.c
    query = sa.select(sa.func.count(sa.distinct(entries.event))).where(entries.seat == seat, entries.kind == kind)
    return int(page.connection.execute(query).scalar_one())


def free_seats(page: Page, employee: str) -> int:
    """Give back the seats of a person that are not over, in every plan; return their number."""
    live = find_seats(page.connection, LEDGER_SEATS.c.employee == employee, LEDGER_SEATS.c.state.in_(LIVE))
    for seat in live:
        page.book(seat, RELEASE, ERASE, {FEE: (-seat.fee_reserved, 0), TRAVEL: (-seat.travel_reserved, 0)})
        page.change(seat, state=CANCELLED, fee_reserved=0, travel_reserved=0)
    settle_classes(page, {seat.offering for seat in live})
    return len(live)
