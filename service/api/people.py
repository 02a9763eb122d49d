"""One person over HTTP: past trainings and hours, everything on file handed out, and erased."""

import datetime as dt
from typing import Any, Literal

import msgspec
from litestar import Router, delete, get
from litestar.params import FromPath

from recommender.learning_hours import hours_by_form
from recommender.workforce import Workforce
from service import records
from service.api.context import Call, check_reach, known_caller, parts_of, reach_of_call, rule
from service.api.problems import errors
from service.people import erase_person, person_document
from service.pipeline import Office
from service.snapshot import person_in
from service.storage.database import Database
from service.storage.engine import transaction
from training_catalog.hour_rules import rules_in_force
from training_catalog.tables_people import EMPLOYMENT_TYPES


class PastTraining(msgspec.Struct, kw_only=True):
    """One past training."""

    training: str | None
    name: str
    start: dt.date | None
    end: dt.date | None
    hours: float | None
    status: str | None


class FormHours(msgspec.Struct, kw_only=True):
    """What a development form counts this year.

    Parameters
    ----------
    form, name : Its code and name; empty for trainings whose form is not on file.
    recorded, counted : JP on record, and what counts of them after the form's monthly limit.
    per, rate : What the form is counted by, and the JP of one; null where no rule is on file.
    daily_cap, monthly_sessions : Most JP a day, most sessions a month; null for no limit.
    """

    form: str
    name: str
    recorded: float
    counted: float
    per: Literal["actual", "day", "session", "semester", "assignment", "visit"] | None = None
    rate: float | None = None
    daily_cap: float | None = None
    monthly_sessions: int | None = None


class PersonHistory(msgspec.Struct, kw_only=True):
    """What a person took, and the JP of this year against floor and cap; null where there is no limit."""

    employee: str
    year: int
    hours: float
    hours_floor: float | None
    hours_cap: float | None
    by_form: list[FormHours]
    items: list[PastTraining]


class Erased(msgspec.Struct, kw_only=True):
    """How many rows were erased."""

    rows: int


class PersonDocument(msgspec.Struct, kw_only=True):
    """Everything on file about a person."""

    employee: str
    tables: dict[str, list[dict[str, Any]]]
    changes: dict[str, list[dict[str, Any]]]
    decisions: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    seats: list[dict[str, Any]]
    statements: list[dict[str, Any]]


def check_person(request: Call, employee: str) -> None:
    """Refuse a person who is not on file, or not within reach."""
    with transaction(parts_of(request).database.engine) as connection:
        found = records.read_record(connection, "employees", employee, records.EVERYONE)
    check_reach(reach_of_call(request), employee, found.values["unit"] or "")


@get("/employees/{employee:str}/history", operation_id="get_history", opt=rule("people.read"), responses=errors(404),
     summary="Past trainings and hours of one person", sync_to_thread=True)  # fmt: skip
def get_history(request: Call, employee: FromPath[str]) -> PersonHistory:
    """Return what a person took, newest first, and this year's hours."""
    return history_of(request, employee)


def history_of(request: Call, employee: str) -> PersonHistory:
    """Return what a person within reach took, newest first, and this year's hours."""
    parts, year = parts_of(request), parts_of(request).settings.today().year
    check_person(request, employee)
    snapshot = parts.snapshots.current(parts.watch.look())
    with transaction(parts.database.engine) as connection:
        person, _ = person_in(snapshot, parts.database, connection, employee)
        rows = parts.database.read_rows_of(connection, "history", employee)
    kind = EMPLOYMENT_TYPES[int(person.crew.employment_type[0])]
    rows = rows.sort_values("end_date", ascending=False, kind="stable")
    plain = rows.astype(object).where(rows.notna(), None)
    items = [
        PastTraining(training=r["training"], name=r["training_name"], start=_day(r["start_date"]),
                     end=_day(r["end_date"]), hours=r["hours"], status=r["status"]) for r in plain.to_dict("records")
    ]  # fmt: skip
    limits, by_form = parts.policy.plan, _by_form(parts.database, person.crew, person.office, year)
    return PersonHistory(employee=employee, year=year, hours=sum(form.counted for form in by_form), items=items,
                         by_form=by_form,
                         hours_floor=limits.hours_floor.get(kind), hours_cap=limits.hours_cap.get(kind))  # fmt: skip


def _by_form(database: Database, crew: Workforce, office: Office, year: int) -> list[FormHours]:
    """Return what each form counts for the one person of a workforce."""
    found = hours_by_form(crew, office.catalog, year)
    rules = rules_in_force(database.read("hour_rules"), office.on).astype(object)
    known = {rule["form"]: rule for rule in rules.where(rules.notna(), None).to_dict("records")}
    return [
        FormHours(form=form, name=(rule := known.get(form, {})).get("name") or "", recorded=recorded, counted=counted,
                  per=rule.get("per"), rate=rule.get("rate"), daily_cap=rule.get("daily_cap"),
                  monthly_sessions=rule.get("monthly_session_cap"))
        for form, recorded, counted in zip(found.form.tolist(), found.recorded.tolist(), found.counted.tolist(),
                                           strict=True)
    ]  # fmt: skip


def _day(moment: Any) -> dt.date | None:  # noqa: ANN401 (a timestamp of pandas, or None)
    return None if moment is None else moment.date()


@get("/employees/{employee:str}/export", operation_id="export_employee", opt=rule("people.export"),
     responses=errors(404), summary="Everything on file about a person", sync_to_thread=True)  # fmt: skip
def export_employee(request: Call, employee: FromPath[str]) -> PersonDocument:
    """Return everything on file about a person: rows with their changes, lists served, seats in plans."""
    return document_of(request, employee)


def document_of(request: Call, employee: str) -> PersonDocument:
    """Return everything on file about a person within reach."""
    check_person(request, employee)
    document = person_document(parts_of(request).database, employee)
    return msgspec.convert(msgspec.to_builtins(document, enc_hook=str), PersonDocument)


@delete("/employees/{record_id:str}", operation_id="erase_employee", opt=rule("people.erase"), responses=errors(404),
        status_code=200, summary="Erase a person", sync_to_thread=True)  # fmt: skip
def erase_employee(request: Call, record_id: FromPath[str]) -> Erased:
    """Erase a person; the log of decisions keeps a pseudonym that nobody can resolve."""
    check_person(request, record_id)
    parts = parts_of(request)
    database = Database(parts.database.engine, author=known_caller(request).subject, clock=parts.database.clock)
    return Erased(rows=erase_person(database, record_id))


def people_router() -> Router:
    """Return the routes of one person."""
    return Router(path="/", route_handlers=[get_history, export_employee, erase_employee], tags=["employees"])
