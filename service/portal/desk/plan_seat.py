"""One seat of an approved plan: how it stands, what moved, and what may be noted, corrected or taken back."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath

from service import records
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.people import check_person
from service.api.problems import wording_of
from service.ledger.books import entries
from service.ledger.events import CANCEL, COMPLETE, FAIL, FROM, seat_event
from service.ledger.pages import CORRECT, ENROL, REFUND, UNDO
from service.ledger.seat_list import SeatRow, list_seats, seats_where
from service.portal.desk.budget import WORDS
from service.portal.desk.plan_head import Shown, show_plan, shown_plan
from service.portal.desk.plan_list import may_call
from service.portal.desk.plan_seats import AMOUNT, SEAT_TONES, STATES, said_to_planner
from service.portal.desk.view import asked_for
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_SEATS
from training_catalog.errors import BangkomError, UnknownIdError

COST_FIELDS = {  # what happened -> the field that says its amount; None where there is none
    ENROL: None, COMPLETE: "cost_end", FAIL: "cost_end", CANCEL: "cost_cancel", CORRECT: "cost_correct",
    REFUND: "cost_refund", UNDO: None,
}  # fmt: skip


def _found(call: Call, plan_id: str, employee: str, offering: str) -> SeatRow:
    """Return a seat within the reader's reach.

    Raises
    ------
    UnknownIdError
        When the plan has no such seat, or not for this reader.
    """
    reach = records.within("employees", reach_of_call(call))
    where = (*seats_where(plan_id, reach, offering=offering), LEDGER_SEATS.c.employee == employee)
    with transaction(parts_of(call).database.engine) as connection:
        found = list_seats(connection, where, tuple(STATES), slice(0, 1)) if offering else []
    if not found:
        wanted = f"{plan_id} {offering}"
        raise UnknownIdError("seat", wanted)
    return found[0]


def _page(call: Call, shown: Shown, row: SeatRow, form: Form, status: int = 200) -> Response[str]:
    seat = row.seat
    may_note = row.name is not None and may_call(call, "seats.note")
    allowed = {kind for kind, states in FROM.items() if seat.state in states} if may_note else set()
    if not seat.spent:
        allowed -= {REFUND}
    if not (seat.fee_line or seat.travel_line):
        allowed -= {CORRECT}
    moves = entries(parts_of(call).database, plan=seat.plan, seat=seat.seat)
    return show_plan(
        call, "desk/plan_seat.html.j2", shown, status=status, tab="/seats", form=form, row=row, seat=seat,
        name=row.name or seat.employee, allowed=allowed, moves=moves, words=WORDS, seat_states=STATES,
        seat_tones=SEAT_TONES,
    )  # fmt: skip


@get("/plans/{plan_id:str}/seat", opt=rule("plans.read"), **THREAD)
def seat_page(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show a seat with its money, and what may be noted of it."""
    row = _found(request, plan_id, asked_for(request, "employee"), asked_for(request, "class"))
    return _page(request, shown_plan(request, plan_id), row, Form())


@post("/plans/{plan_id:str}/seat", opt=rule("seats.note"), **THREAD)
def note_seat(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Note what happened to a seat, correct its cost, or take back what was noted."""
    form, wording = form_of(request), wording_of(request)
    employee, offering = form.get("employee"), form.get("class")
    check_person(request, employee)
    row, shown = _found(request, plan_id, employee, offering), shown_plan(request, plan_id)
    kind = form.button("kind", COST_FIELDS, wording.text("Choose what happened by one of the buttons."))
    field = COST_FIELDS.get(kind or "")
    cost = form.rupiah(field, wording.text(AMOUNT)) if field else None
    if kind == CORRECT and cost is None:
        form.faults.setdefault("cost_correct", wording.text("This must be filled in."))
    if form.faults or kind is None:
        return _page(request, shown, row, form, 422)
    version = form.whole("version", "", least=0, most=10**9)
    try:
        seat_event(parts_of(request).database, plan_id, employee, offering, kind, known_caller(request).subject,
                   cost=cost, version=version)  # fmt: skip
    except BangkomError as error:
        now = _found(request, plan_id, employee, offering)
        form.faults[(field or "") if now.seat.state in FROM[kind] else ""] = said_to_planner(error, wording)
        return _page(request, shown, now, form, 409)
    address = urlencode({"employee": employee, "class": offering})
    return go(f"{shown.path}/seat?{address}", "seat-noted")


def plan_seat_handlers() -> list[Any]:
    """Return the routes of one seat."""
    return [seat_page, note_seat]
