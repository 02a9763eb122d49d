"""What waits for a person's answer: objections, claims with their proof, declined seats; and what supervisors said."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post
from litestar.params import FromPath

from service import records
from service.access import Reach
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.people import check_person
from service.api.problems import wording_of
from service.ledger.events import CANCEL, seat_event
from service.ledger.pages import find_seats
from service.portal.desk.view import names_of
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go, show
from service.portal.said import said_of, say
from service.storage.engine import one_of, transaction
from service.storage.ledger import LEDGER_SEATS, LIVE
from service.storage.schema import DATABASE_TABLES, ROW_KEY
from service.storage.statements import (
    ANSWERED,
    CLAIMED,
    CONFIRMED,
    DECLINED,
    ENDORSED,
    NOMINATED,
    NOT_ENDORSED,
    OBJECTED,
    REFUSED,
    Statement,
    proof_of,
    statement_of,
    with_proof,
)
from training_catalog.errors import ConflictError, UnknownIdError

WORDS = {
    OBJECTED: "Objection", CLAIMED: "Has taken it already", DECLINED: "Declines the seat", NOMINATED: "Nominated",
    ENDORSED: "Endorsed", NOT_ENDORSED: "Not endorsed",
}  # fmt: skip
ANSWERS = {OBJECTED: (ANSWERED,), CLAIMED: (CONFIRMED, REFUSED), DECLINED: (CANCEL, ANSWERED)}
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A statement that waits, and whom it is about."""

    said: Statement
    name: str
    has_proof: bool


def _names(connection: sa.Connection, reach: Reach, numbers: set[str]) -> dict[str, str]:
    people = DATABASE_TABLES["employees"]
    query = sa.select(people.c.employee, people.c.name).where(records.within("employees", reach))
    return {
        str(row.employee): str(row.name) for row in connection.execute(query.where(one_of(people.c.employee, numbers)))
    }


def _with_names(call: Call, statements: list[Statement]) -> list[Waiting]:
    """Return statements about people within reach, with their names."""
    with transaction(parts_of(call).database.engine) as connection:
        names = _names(connection, reach_of_call(call), {one.employee for one in statements})
        proofs = with_proof(connection, statements)
    return [Waiting(said=one, name=names[one.employee], has_proof=one.statement in proofs)
            for one in statements if one.employee in names]  # fmt: skip


def _open(call: Call) -> list[Statement]:
    """Return what nobody has answered yet, the oldest first; a declined seat waits while its money is reserved."""
    answered = {one.answers for one in said_of(call, None, ANSWERED, CONFIRMED, REFUSED)}
    waiting = [one for one in said_of(call, None, *ANSWERS) if one.statement not in answered]
    with transaction(parts_of(call).database.engine) as connection:
        live = {(seat.plan, seat.employee, seat.offering)
                for seat in find_seats(connection, LEDGER_SEATS.c.state.in_(LIVE))}  # fmt: skip
    return [one for one in reversed(waiting) if one.kind != DECLINED or (one.plan, one.employee, one.offering) in live]


@get("/inbox", opt=rule("inbox.answer"), **THREAD)
def inbox(request: Call) -> Response[str]:
    """Show what waits, and what supervisors said."""
    return _page(request, Form(), "")


def _page(call: Call, form: Form, statement: str, status: int = 200) -> Response[str]:
    waiting = _with_names(call, _open(call))
    told = _with_names(call, said_of(call, None, NOMINATED, ENDORSED, NOT_ENDORSED))
    names = names_of(call, "trainings", sorted({one.said.training for one in (*waiting, *told) if one.said.training}))
    classes = _taught(call, sorted({one.said.offering for one in waiting if one.said.offering}))
    return show(call, "inbox.html.j2", status=status, names=names, classes=classes, form=form,
                wrong=statement, waiting=waiting[:MOST], n_waiting=len(waiting),
                told=told[:MOST], n_told=len(told), words=WORDS)  # fmt: skip


def _taught(call: Call, offerings: list[str]) -> dict[str, str]:
    """Return the title of what each class teaches, where both are on file."""
    stored, trainings = DATABASE_TABLES["offerings"].c, DATABASE_TABLES["trainings"].c
    query = sa.select(stored.offering, trainings.name).join_from(
        DATABASE_TABLES["offerings"], DATABASE_TABLES["trainings"], trainings[ROW_KEY] == stored.training
    )
    with transaction(parts_of(call).database.engine) as connection:
        rows = connection.execute(query.where(one_of(stored[ROW_KEY], offerings))).all() if offerings else []
    return {str(row.offering): str(row.name) for row in rows}


def _find(call: Call, statement: str) -> Statement:
    with transaction(parts_of(call).database.engine) as connection:
        found = statement_of(connection, statement)
    if found is None:
        raise UnknownIdError("statement", statement)
    check_person(call, found.employee)
    return found


@get("/inbox/{statement:str}/proof", opt=rule("inbox.answer"), **THREAD)
def read_file(request: Call, statement: FromPath[str]) -> Response[bytes]:
    """Hand out the file that goes with a claim."""
    found = _find(request, statement)
    with transaction(parts_of(request).database.engine) as connection:
        proof = proof_of(connection, found.statement)
    if proof is None:
        raise UnknownIdError("file", statement)
    suffix = proof.media_type.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{found.statement}.{suffix}"'}
    return Response(content=proof.content, media_type=proof.media_type, headers=headers)


@post("/inbox/{statement:str}", opt=rule("inbox.answer"), **THREAD)
def answer(request: Call, statement: FromPath[str]) -> Response[Any]:
    """Answer an objection, confirm or refuse a claim, or give a declined seat back."""
    found, form, wording = _find(request, statement), form_of(request), wording_of(request)
    action = form.button("action", ANSWERS.get(found.kind, ()), wording.text("Choose one of the answers."))
    if action in {ANSWERED, REFUSED} and not form.get("words"):
        form.faults[f"words-{statement}"] = wording.text("Say it in words; the employee reads them.")
    if action is not None and not form.faults:
        kind, words = ANSWERED if action == CANCEL else action, form.get("words") or None
        answers = _answers(request, found)
        if not answers:
            _act(request, found, action, form)
        elif (kind, words) not in {(one.kind, one.words) for one in answers}:  # else the form was sent twice by a slip
            form.faults[""] = wording.text("Somebody has answered this meanwhile.")
    if form.faults:
        return _page(request, form, statement, 422)
    return go("/inbox", "answered")


def _answers(call: Call, found: Statement) -> list[Statement]:
    """Return how a statement has been answered."""
    said = said_of(call, [found.employee], ANSWERED, CONFIRMED, REFUSED)
    return [one for one in said if one.answers == found.statement]


def _act(call: Call, found: Statement, action: str, form: Form) -> None:
    words = form.get("words") or None
    if action == CONFIRMED:
        _confirm(call, found, form)
    elif action == CANCEL:
        try:
            seat_event(parts_of(call).database, found.plan or "", found.employee, found.offering or "", CANCEL,
                       known_caller(call).subject)  # fmt: skip
        except ConflictError as error:
            form.faults[""] = error.said(wording_of(call).text)
    if not form.faults:
        kind = ANSWERED if action == CANCEL else action
        say(call, kind, found.employee, training=found.training, offering=found.offering, plan=found.plan, words=words,
            answers=found.statement)  # fmt: skip


def _confirm(call: Call, found: Statement, form: Form) -> None:
    """Enter a training that somebody has taken into their history."""
    wording, parts = wording_of(call), parts_of(call)
    ended = form.day("ended", wording.text("A day such as 2027-03-31 or 31/03/2027."))
    if ended is None or ended > parts.settings.today():
        fault = wording.text("The last day of the training is needed, and lies in the past.")
        form.faults[f"ended-{found.statement}"] = form.faults.pop("ended", fault)
        return
    values = _history_row(call, found, ended)
    with parts.database.writing_as(known_caller(call).subject, "portal") as writing:
        outcome = records.write_records(parts.database, writing, "history", [values], reach_of_call(call), wording)[0]
    if outcome.state == records.REFUSED:
        form.faults[""] = "; ".join(problem.message for problem in outcome.problems)


def _history_row(call: Call, found: Statement, ended: date) -> dict[str, Any]:
    parts = parts_of(call)
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings
    rows = dict(zip(trainings.ids.tolist(), range(len(trainings.ids)), strict=True))
    row = rows.get(found.training or "")
    known = {} if row is None else {"training_name": str(trainings.names[row]),
                                    "hours": float(trainings.hours[row]) or None}  # fmt: skip
    return {"employee": found.employee, "training": found.training, "end_date": ended, "status": "completed",
            "training_name": found.training, **known}  # fmt: skip


def inbox_handlers() -> list[Any]:
    """Return the routes of what waits for an answer."""
    return [inbox, read_file, answer]
