"""What happens to a seat after approval: enrolled, completed, failed, cancelled, refunded, and at another price."""

from dataclasses import replace

import sqlalchemy as sa

from service.ledger.attended import tell_history
from service.ledger.classes import hold_class, settle_classes
from service.ledger.corrections import correct, n_undone, undo
from service.ledger.pages import (
    CORRECT,
    ENROL,
    FEE,
    REFUND,
    RELEASE,
    REPRICE,
    SPEND,
    TRAVEL,
    UNDO,
    Page,
    Seat,
    find_seats,
    new_page,
)
from service.storage.database import Database
from service.storage.ledger import CANCELLED, COMPLETED, ENROLLED, FAILED, LEDGER_SEATS, LIVE, RESERVED
from service.storage.schema import DATABASE_TABLES
from training_catalog.errors import Amount, BangkomError, ConflictError, InvalidValueError, UnknownIdError

COMPLETE, FAIL, CANCEL = "complete", "fail", "cancel"
FROM = {  # what may happen -> states in which it may
    ENROL: (RESERVED,),
    COMPLETE: LIVE,
    FAIL: LIVE,
    CANCEL: LIVE,
    REFUND: (COMPLETED, FAILED, CANCELLED),
    CORRECT: (COMPLETED, FAILED, CANCELLED),
    UNDO: (COMPLETED, FAILED),
}
NO_COST = (ENROL, UNDO)
Parts = dict[str, int]  # rupiah by part


def seat_event(
    database: Database, plan_id: str, employee: str, offering: str, kind: str, author: str, key: str | None = None,
    cost: int | None = None, version: int | None = None,
) -> Seat:  # fmt: skip
    """Note what happened to a seat, and move its money; the same event twice moves nothing twice.

    A seat that is completed or failed enters the person's training history in the same transaction, and leaves it where
    that is undone.

    Parameters
    ----------
    database, plan_id, employee, offering, author : Where, which seat, and who notes it.
    kind : ``enrol``, ``complete``, ``fail``, ``cancel``, ``refund``, ``correct`` or ``undo``.
    key : Tells a repeated call from another event; needed only where the same kind may happen again, as refunds do.
    cost : Rupiah: what a completed or failed seat cost (what was reserved when None), what a cancelled one costs all
        the same (nothing when None), what comes back, or what a seat really cost that was noted with another cost.
    version : At which the caller saw the seat: nothing moves when it has changed since, unless by this very event.

    Raises
    ------
    UnknownIdError
        When the plan has no such seat.
    InputError
        When the kind or the cost is not accepted.
    ConflictError
        When the seat is in another state or changed since it was seen, the event was noted with another cost, or a line
        has not enough left.
    """
    if kind not in FROM:
        raise InvalidValueError("kind", kind, ", ".join(FROM))
    if cost is not None and (cost < 0 or kind in NO_COST):
        raise InvalidValueError("cost", cost, "whole rupiah from 0, and none for enrol and undo")
    with new_page(database, author) as page:
        seat = _seat(page, plan_id, employee, offering)
        event = f"{kind}:{key}" if key is not None else _event(page, seat, kind, version)
        if page.is_entered(seat.seat, event):
            _refuse_another_cost(page, seat, event, cost)
            if kind == CORRECT and version is not None and cost != seat.spent:  # somebody else's, from the same version
                raise _changed_since(seat)
            tell_history(database, page, seat)
            return seat
        _refuse_stale(seat, kind, version)
        changed = _EVENTS[kind](page, seat, event, cost)
        tell_history(database, page, changed)
        return changed


def _refuse_stale(seat: Seat, kind: str, version: int | None) -> None:
    """Refuse what does not follow from a seat's state, and what somebody asks for who saw it in another one."""
    if seat.state not in FROM[kind]:
        raise ConflictError("the seat in class {offering} is {kind}; accepted: {accepted}", offering=seat.offering,
                            kind=seat.state, accepted=tuple(map(BangkomError, FROM[kind])))  # fmt: skip
    if version not in {None, seat.version}:
        raise _changed_since(seat)


def _changed_since(seat: Seat) -> ConflictError:
    return ConflictError("somebody has changed the seat in class {offering} meanwhile; look at it as it is now",
                         offering=seat.offering)  # fmt: skip


def _event(page: Page, seat: Seat, kind: str, version: int | None) -> str:
    """Return the event of a call without a key: one of its own where the same kind may happen again."""
    if kind in {REFUND, CORRECT, UNDO}:
        return f"{kind}:{seat.version if version is None else version}"
    n_times = n_undone(page, seat.seat)
    return f"{kind}#{n_times}" if n_times else kind


def _refuse_another_cost(page: Page, seat: Seat, event: str, cost: int | None) -> None:
    """Refuse an event that was entered with another cost: nothing would move, and whoever calls would not know."""
    told = abs(page.spent_by(seat.seat, event))
    if cost is not None and cost != told and not event.startswith(CORRECT):  # whose movement is a difference
        raise ConflictError("this was noted before, with {told}, and moves nothing again; what came back since is "
                            "noted as a refund, and another cost as a correction", told=Amount(told))  # fmt: skip


def _seat(page: Page, plan_id: str, employee: str, offering: str) -> Seat:
    seats = LEDGER_SEATS.c
    is_this = (seats.plan == plan_id) & (seats.employee == employee) & (seats.offering == offering)
    found = find_seats(page.connection, is_this)
    if not found:
        wanted = f"{plan_id} {offering}"
        raise UnknownIdError("seat", wanted)
    return found[0]


def _enrol(page: Page, seat: Seat, event: str, _cost: int | None) -> Seat:
    page.book(seat, ENROL, event, {})
    return page.change(seat, state=ENROLLED)


def _divide(seat: Seat, cost: int) -> Parts:
    """Divide what a seat cost into fee and travel: a difference falls on the fee where one is paid.

    Raises
    ------
    InvalidValueError
        When something was paid for a seat that no line pays for.
    """
    if seat.fee_line:
        travel = min(seat.travel_reserved, cost)
        return {FEE: cost - travel, TRAVEL: travel}
    if cost and not seat.travel_line:
        raise InvalidValueError("cost", cost, "0, as no budget line pays for this seat")
    return {FEE: 0, TRAVEL: cost}


def _end(page: Page, seat: Seat, event: str, spent: Parts, state: str) -> Seat:
    """Give back what is reserved and spend what it cost."""
    back = {FEE: (-seat.fee_reserved, 0), TRAVEL: (-seat.travel_reserved, 0)}
    page.book(seat, RELEASE, event, back)
    if any(spent.values()):
        page.book(seat, SPEND, f"{event}:cost", {part: (0, amount) for part, amount in spent.items()})
    return page.change(seat, state=state, fee_reserved=0, travel_reserved=0, fee_spent=spent[FEE],
                  travel_spent=spent[TRAVEL])  # fmt: skip


def _complete(page: Page, seat: Seat, event: str, cost: int | None) -> Seat:
    ended = _end(page, seat, event, _divide(seat, seat.reserved if cost is None else cost), COMPLETED)
    hold_class(page, seat.offering)
    return ended


def _fail(page: Page, seat: Seat, event: str, cost: int | None) -> Seat:
    ended = _end(page, seat, event, _divide(seat, seat.reserved if cost is None else cost), FAILED)
    hold_class(page, seat.offering)
    return ended


def _cancel(page: Page, seat: Seat, event: str, cost: int | None) -> Seat:
    without_travel = replace(seat, travel_reserved=0)
    ended = _end(page, seat, event, _divide(without_travel, cost or 0), CANCELLED)
    settle_classes(page, [seat.offering])
    return ended


def _refund(page: Page, seat: Seat, event: str, cost: int | None) -> Seat:
    amount = seat.spent if cost is None else cost
    if not 0 < amount <= seat.spent:
        raise InvalidValueError("cost", amount, BangkomError("1 to {spent}, what was spent on the seat",
                                                             spent=Amount(seat.spent)))  # fmt: skip
    fee = min(amount, seat.fee_spent)
    page.book(seat, REFUND, event, {FEE: (0, -fee), TRAVEL: (0, fee - amount)})
    return page.change(seat, fee_spent=seat.fee_spent - fee, travel_spent=seat.travel_spent - (amount - fee))


_EVENTS = {ENROL: _enrol, COMPLETE: _complete, FAIL: _fail, CANCEL: _cancel, REFUND: _refund, CORRECT: correct,
           UNDO: undo}  # fmt: skip


def cancel_class(database: Database, offering: str, author: str) -> list[Seat]:
    """Cancel every seat of a class that is not over, in every plan; its money and the class's fixed cost come back."""
    with new_page(database, author) as page:
        live = find_seats(page.connection, LEDGER_SEATS.c.offering == offering, LEDGER_SEATS.c.state.in_(LIVE))
        ended = [_end(page, seat, CANCEL, {FEE: 0, TRAVEL: 0}, CANCELLED) for seat in live]
        settle_classes(page, [offering])
    return ended


def reprice(database: Database, offering: str, fee: int, author: str) -> list[Seat]:
    """Give the seats of a class that are not over another fee, in every plan; all of them, or none.

    Parameters
    ----------
    database, offering, author : Where, which class, and who.
    fee : Whole rupiah a seat.

    Returns
    -------
    The seats whose fee changed.

    Raises
    ------
    UnknownIdError
        When there is no such class.
    InvalidValueError
        When the fee is negative.
    ConflictError
        When no approved plan has a seat in the class, no line pays the fee of a seat, or a line has not enough left.
    """
    if fee < 0:
        raise InvalidValueError("fee", fee, "whole rupiah from 0")
    with new_page(database, author) as page:
        seats = find_seats(page.connection, LEDGER_SEATS.c.offering == offering)
        if not seats:
            raise _no_seats(page, offering)
        changing = [seat for seat in seats if seat.is_live and seat.fee_reserved != fee]
        if any(not seat.fee_line for seat in changing):
            raise ConflictError("class {offering} was free, so no budget line pays its fee; plan again",
                                offering=offering)  # fmt: skip
        changed = []
        for seat in changing:
            page.book(seat, REPRICE, f"{REPRICE}:{seat.version}", {FEE: (fee - seat.fee_reserved, 0)})
            changed.append(page.change(seat, fee_reserved=fee))
    return changed


def _no_seats(page: Page, offering: str) -> BangkomError:
    """Return what is true of a class in which no approved plan has a seat."""
    classes = DATABASE_TABLES["offerings"].c
    if page.connection.execute(sa.select(classes.offering).where(classes.offering == offering)).first() is None:
        return UnknownIdError("offering", offering)
    return ConflictError("no approved plan has a seat in class {offering}, so no price of one can change; plans made "
                         "from now on take the price on file", offering=offering)  # fmt: skip
