"""Who attended: the seats of an approved plan by class, many noted in one go, each with what it really cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath

from service import records
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.people import check_person
from service.api.problems import wording_of
from service.ledger.events import COMPLETE, FAIL, seat_event
from service.ledger.pages import ENROL
from service.ledger.seat_list import count_by_state, list_seats, seats_where
from service.portal.desk.plan_head import Shown, show_plan, shown_plan
from service.portal.desk.plan_list import may_call
from service.portal.desk.view import asked_for, paged, query_of, with_all
from service.portal.forms import Form, form_of, row_numbers
from service.portal.page import THREAD, go, reader_of
from service.storage.engine import transaction
from service.storage.ledger import CANCELLED, COMPLETED, ENROLLED, FAILED, LIVE, RESERVED
from service.wording import Wording
from training_catalog.errors import BangkomError, InvalidValueError

STATES = {RESERVED: "Seat reserved", ENROLLED: "Enrolled", COMPLETED: "Completed", FAILED: "Not passed",
          CANCELLED: "Cancelled"}  # fmt: skip
SEAT_TONES = {RESERVED: "", ENROLLED: "", COMPLETED: "good", FAILED: "care", CANCELLED: ""}
OPEN = "open"  # choice of the filter: what is not over
KINDS = (COMPLETE, FAIL, ENROL)  # what may be noted of many at once
AMOUNT = "Accepted: whole rupiah such as 2.500.000, or nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """A row of the form: which seat, as which version it was shown, and what it cost.

    Parameters
    ----------
    n : Number of the row.
    employee, name, offering, version : Whose seat, in which class, as it was shown.
    cost : Rupiah; None for what was reserved.
    """

    n: str
    employee: str
    name: str
    offering: str
    version: int | None
    cost: int | None


def _states_asked(call: Call) -> tuple[str, Sequence[str]]:
    """Return which states a page is narrowed to: the choice, and what it means."""
    asked = asked_for(call, "state")
    if asked == OPEN:
        return OPEN, LIVE
    return (asked, (asked,)) if asked in STATES else ("", tuple(STATES))


def _page(call: Call, shown: Shown, form: Form, status: int = 200) -> Response[str]:
    wording, text, offering = wording_of(call), asked_for(call, "q"), asked_for(call, "class")
    where = seats_where(shown.plan_id, records.within("employees", reach_of_call(call)), text=text, offering=offering)
    chosen, states = _states_asked(call)
    with transaction(parts_of(call).database.engine) as connection:
        counts = count_by_state(connection, where)
        pages = paged(call, sum(counts.get(state, 0) for state in states))
        rows = list_seats(connection, where, states, pages.shown)
    numbers = row_numbers(form, ("employee", "class"), [(row.seat.employee, row.seat.offering) for row in rows])
    all_counts = {"": sum(counts.values()), OPEN: sum(counts.get(state, 0) for state in LIVE), **counts}
    words = {"": "All", OPEN: "Not over yet", **STATES}
    choices = [(state, f"{wording.text(word)} ({wording.number(all_counts.get(state, 0))})")
               for state, word in words.items()]  # fmt: skip
    return show_plan(
        call, "desk/plan_seats.html.j2", shown, status=status, tab="/seats", form=_in_sight(form, numbers),
        rows=list(zip(numbers, rows, strict=True)), pages=pages, text=text, offering=offering, chosen=chosen,
        choices=choices, seat_states=STATES, seat_tones=SEAT_TONES, may_note=may_call(call, "seats.note"),
        all_ticked=bool(asked_for(call, "all")), tick_all=with_all(call), address=reader_of(call).address,
    )  # fmt: skip


def _in_sight(form: Form, numbers: Sequence[str]) -> Form:
    """Return a form whose faults of rows that are shown no longer stand above it."""
    shown = {f"cost-{n}" for n in numbers}
    gone = [text for name, text in form.faults.items() if name.startswith("cost-") and name not in shown]
    form.faults = {name: text for name, text in form.faults.items() if text not in gone}
    if gone:
        form.faults[""] = "; ".join([*([form.faults[""]] if "" in form.faults else []), *gone])
    return form


@get("/plans/{plan_id:str}/seats", opt=rule("plans.read"), **THREAD)
def seats(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show the seats of an approved plan within reach, by class."""
    return _page(request, shown_plan(request, plan_id), Form())


def ticked_rows(form: Form, fault: str) -> list[Ticked]:
    """Return the rows of a form that are ticked; a cost that is none is noted as a fault beside it."""
    found = []
    for n in sorted(form.all("ticked")):
        version = form.get(f"version-{n}")
        found.append(Ticked(
            n=n, employee=form.get(f"employee-{n}"), name=form.get(f"name-{n}"), offering=form.get(f"class-{n}"),
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,  # noqa: PLR2004 (fits an integer)
            cost=form.rupiah(f"cost-{n}", fault),
        ))  # fmt: skip
    return [row for row in found if row.employee and row.offering]


@post("/plans/{plan_id:str}/seats", opt=rule("seats.note"), **THREAD)
def note_seats(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Note of every ticked seat that it was completed, was not, or that the person is enrolled."""
    shown, form, wording = shown_plan(request, plan_id), form_of(request), wording_of(request)
    kind = form.button("kind", KINDS, wording.text("Choose what happened by one of the buttons."))
    rows = ticked_rows(form, wording.text(AMOUNT))
    if not rows:
        form.faults[""] = wording.text("Tick at least one seat.")
    if form.faults or kind is None:
        return _page(request, shown, form, 422)
    n_stored = sum(_note(request, plan_id, form, kind, row) for row in rows)
    if form.faults:
        form.values["ticked"] = [row.n for row in rows if f"cost-{row.n}" in form.faults]
        form.faults[""] = wording.text("{n} of {total} are stored; what is wrong with the others stands beside each.",
                                       n=wording.number(n_stored), total=wording.number(len(rows)))  # fmt: skip
        return _page(request, shown, form, 409)
    query = query_of(request)
    return go(f"{shown.path}/seats?{urlencode(query)}" if query else f"{shown.path}/seats", "seat-noted")


def _note(call: Call, plan_id: str, form: Form, kind: str, row: Ticked) -> bool:
    """Note one seat; what is wrong with it stands beside its row, under the person's name."""
    check_person(call, row.employee)
    try:
        seat_event(parts_of(call).database, plan_id, row.employee, row.offering, kind, known_caller(call).subject,
                   cost=row.cost, version=row.version)  # fmt: skip
    except BangkomError as error:
        form.faults[f"cost-{row.n}"] = f"{row.name or row.employee}: {said_to_planner(error, wording_of(call))}"
        return False
    return True


def said_to_planner(error: BangkomError, wording: Wording) -> str:
    """Return an error as it stands beside a field of a form: what is accepted there, without the field's name."""
    if isinstance(error, InvalidValueError):
        accepted = error.accepted if isinstance(error.accepted, BangkomError) else BangkomError(error.accepted)
        return wording.text("Accepted: {accepted}.", accepted=accepted.said(wording.text))
    return error.said(wording.text)


def plan_seats_handlers() -> list[Any]:
    """Return the routes of the list of seats."""
    return [seats, note_seats]
