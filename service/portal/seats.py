"""A person's place in the plan: offered, accepted, declined, waiting, with the reason; and objections."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from litestar import Response, get, post

from recommender.plan import Plan
from service.api.context import Call, parts_of, rule
from service.api.people import document_of
from service.api.problems import wording_of
from service.ledger.pages import find_seats
from service.pipeline import fetch_plan
from service.plan_why import why_rows
from service.portal.forms import Form, form_of
from service.portal.own import own_number
from service.portal.page import THREAD, go, show
from service.portal.said import answered_of, said_of, say
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_SEATS
from service.storage.statements import ACCEPTED, DECLINED, OBJECTED, Statement

# What a seat is to its owner, by its state in the ledger and the owner's own answer.
STATES = {
    "offered": "Offered: please answer", "accepted": "Accepted by you", "declined": "Declined by you",
    "enrolled": "Enrolled", "completed": "Completed", "failed": "Not passed", "cancelled": "Cancelled",
}  # fmt: skip
TONES = {"offered": "care", "accepted": "good", "declined": "bad", "enrolled": "good", "completed": "good"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSeat:
    """A seat as its owner sees it, with what was answered to them."""

    plan: str
    offering: str
    name: str
    start: date
    end: date
    place: str
    hours: float
    state: str
    can_answer: bool
    answers: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlan:
    """What the approved plan of a year says of a person: seats, or why there is none; and whether it weighed them."""

    plan: str
    year: int
    seats: tuple[OwnSeat, ...]
    reasons: tuple[str, ...]
    has_weighed: bool


def own_plans(call: Call, employee: str) -> list[OwnPlan]:
    """Return what approved plans say of a person, the latest year first, its seats by first day."""
    database, wording = parts_of(call).database, wording_of(call)
    approved = [stored for stored in database.list_plans() if stored.state == "approved"]
    with transaction(database.engine) as connection:
        states = {(seat.plan, seat.offering): seat.state
                  for seat in find_seats(connection, LEDGER_SEATS.c.employee == employee)}  # fmt: skip
    answers: dict[tuple[str | None, str | None], str] = {}
    for said in reversed(said_of(call, [employee], ACCEPTED, DECLINED)):
        answers[said.plan, said.offering] = said.kind
    told: dict[tuple[str | None, str | None], tuple[Statement, ...]] = {}
    for one in answered_of(call, employee, DECLINED):
        told[one.said.plan, one.said.offering] = (*one.answers, *told.get((one.said.plan, one.said.offering), ()))
    found, names = [], _names(call)
    for stored in sorted(approved, key=lambda one: -int(one.summary["year"])):
        plan = fetch_plan(database, stored.plan_id)
        seats = tuple(
            replace(seat, answers=told.get((stored.plan_id, seat.offering), ()))
            for seat in _seats(plan, stored.plan_id, employee, states, answers, names)
        )
        reasons = () if seats else tuple(_reason(row, names) for row in why_rows(plan, employee, wording, names))
        found.append(OwnPlan(plan=stored.plan_id, year=plan.provenance.year, seats=seats, reasons=reasons,
                             has_weighed=employee in set(plan.people["employee"])))  # fmt: skip
    return found


def _names(call: Call) -> dict[str, str]:
    parts = parts_of(call)
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings
    return dict(zip(trainings.ids.tolist(), trainings.names.tolist(), strict=True))


def _reason(row: dict[str, Any], names: dict[str, str]) -> str:
    """Return why there is no seat, with the training that it is about by its name."""
    training = row["training"]
    return f"{names.get(training, training)}: {row['text']}" if training else str(row["text"])


def _seats(plan: Plan, plan_id: str, employee: str, states: dict[tuple[str, str], str],
           answers: dict[tuple[str | None, str | None], str], names: dict[str, str],
) -> tuple[OwnSeat, ...]:  # fmt: skip
    places = plan.offerings.set_index("offering")["city"].to_dict()
    seats = []
    mine = plan.assignments[plan.assignments["employee"] == employee].sort_values(["start", "offering"])
    for row in mine.to_dict("records"):
        held = states.get((plan_id, row["offering"]), "reserved")
        state = _state(held, answers.get((plan_id, row["offering"])))
        seats.append(OwnSeat(
            plan=plan_id, offering=row["offering"], name=names.get(row["training"], row["training"]),
            start=row["start"].date(), end=row["end"].date(), place=places.get(row["offering"]) or "",
            hours=float(row["hours"]), state=state, can_answer=held == "reserved", answers=(),
        ))  # fmt: skip
    return tuple(seats)


def _state(held: str, answer: str | None) -> str:
    if held != "reserved":
        return held
    return {ACCEPTED: "accepted", DECLINED: "declined"}.get(answer or "", "offered")


@get("/my-plan", opt=rule("people.read"), **THREAD)
def own_plan(request: Call) -> Response[str]:
    """Show a person's place in the plan."""
    return _plan_page(request, Form())


def _plan_page(call: Call, form: Form, status: int = 200) -> Response[str]:
    plans = own_plans(call, own_number(call))
    return show(call, "my_plan.html.j2", status=status, form=form, plans=plans, states=STATES, tones=TONES)


@post("/my-plan", opt=rule("feedback.give"), **THREAD)
def answer_seat(request: Call) -> Response[Any]:
    """Accept or decline an offered seat; the latest answer counts."""
    form, wording, employee = form_of(request), wording_of(request), own_number(request)
    kind = form.button("kind", (ACCEPTED, DECLINED), wording.text("Choose one of the answers."))
    wanted = (form.get("plan"), form.get("offering"))
    seats = {(seat.plan, seat.offering): seat for plan in own_plans(request, employee) for seat in plan.seats}
    if wanted not in seats or not seats[wanted].can_answer:
        form.faults[""] = wording.text("This seat is not offered to you any more; look at the page again.")
    elif kind == DECLINED and not form.get("words"):
        form.faults[f"words-{form.get('offering')}"] = wording.text(
            "Say why, so that the planner can find something better."
        )
    if form.faults or kind is None:
        return _plan_page(request, form, 422)
    say(request, kind, employee, plan=wanted[0], offering=wanted[1], words=form.get("words") or None)
    return go("/my-plan", "seat")


@get("/my-data", opt=rule("people.export"), **THREAD)
def own_data(request: Call) -> Response[str]:
    """Show what is on file, how to get it, and objections with their answers."""
    return _data_page(request, Form())


def _data_page(call: Call, form: Form, status: int = 200) -> Response[str]:
    employee = own_number(call)
    document = document_of(call, employee)
    counts = {name: len(rows) for name, rows in document.tables.items() if rows}
    return show(call, "my_data.html.j2", status=status, form=form, counts=counts, n_lists=len(document.decisions),
                objections=answered_of(call, employee, OBJECTED))  # fmt: skip


@post("/my-data", opt=rule("feedback.give"), **THREAD)
def object_to(request: Call) -> Response[Any]:
    """Take an objection to an automated suggestion or to the plan; a person answers it."""
    form, wording = form_of(request), wording_of(request)
    if not form.get("words"):
        form.faults["words"] = wording.text("Say what you object to.")
    if form.get("training") and form.get("training") not in _names(request):
        form.faults["training"] = wording.text("No training of this code is on file.")
    if form.faults:
        return _data_page(request, form, 422)
    say(request, OBJECTED, own_number(request), training=form.get("training") or None, words=form.get("words"))
    return go("/my-data", "objection")


def seat_handlers() -> list[Any]:
    """Return the routes of a person's place in the plan, and of objections."""
    return [own_plan, answer_seat, own_data, object_to]
