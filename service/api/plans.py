"""Plans over HTTP: made as jobs, read within the caller's reach, compared, explained, approved."""

import datetime as dt
import math
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from recommender.plan import Plan
from service.access import Reach
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.jobs import JobStatus, Word, submit
from service.api.once import IdempotencyKey, once
from service.api.problems import errors, wording_of
from service.exports.plan_files import plan_file
from service.exports.plan_names import NAMED, names_from
from service.inline import Code
from service.ledger.approval import approve_plan
from service.pipeline import fetch_plan, fetch_proof
from service.plan_answer import differences, plan_document, price_rows
from service.plan_prices import limit_rows
from service.plan_why import plan_reasons, why_rows, why_training
from service.schemas.difference import Difference
from service.schemas.told import LimitPrice, Price, PriceList, Why, WhyList
from training_catalog.errors import UnknownIdError

PlanId = Annotated[str, msgspec.Meta(pattern=r"^p-[0-9a-f]{1,64}$")]
KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip


class PlanRow(msgspec.Struct, kw_only=True):
    """A plan in a list; `gap` is the proven share that a better plan may be worth more, null where none is proven."""

    plan: str
    state: str
    created_on: dt.date
    name: str
    year: int
    status: str
    gap: float | None
    cost: int
    assignments: int
    people: int


class PlanList(msgspec.Struct, kw_only=True):
    """Plans, newest first."""

    items: list[PlanRow]


class PlanLine(msgspec.Struct, kw_only=True):
    """A budget line of a plan, in whole rupiah; `price` is the benefit of one more rupiah."""

    line: str
    planned: int
    reserve: int
    spent: int
    free: int
    price: float


class PlanLines(msgspec.Struct, kw_only=True):
    """The lines of a plan."""

    plan: str
    lines: list[PlanLine]


class PlanOffering(msgspec.Struct, kw_only=True):
    """A class of a plan, and why it does or does not open."""

    offering: str
    opened: bool
    seats: int
    taken: int
    code: str


class Verified(msgspec.Struct, kw_only=True):
    """What the recount found."""

    ok: bool
    violations: list[str]


class Seat(msgspec.Struct, kw_only=True):
    """A person in a class."""

    employee: str
    offering: str
    training: str
    cost: int
    benefit: float


class Unmet(msgspec.Struct, kw_only=True):
    """A person with a need and nothing chosen, and why."""

    employee: str
    code: str
    text: str
    needs: int
    training: str | None
    offering: str | None


class PlanDocument(msgspec.Struct, kw_only=True):
    """A plan; people are those within the caller's reach, totals are the whole plan's."""

    plan: str
    state: str
    year: int
    status: str
    objective: float
    bound: float | None
    gap: float | None
    benefit: float
    cost: int
    assignments: int
    people: int
    lines: list[PlanLine]
    offerings: list[PlanOffering]
    clashes: list[dict[str, Any]]
    unmet_by_code: dict[str, int]
    warnings: list[list[str]]
    verified: Verified
    model: str
    model_state: str
    catalog: str
    solver: str
    stopped_by_clock: bool
    tie_rule: str
    chosen: list[Seat] | None = None
    unmet: list[Unmet] | None = None


class PlanAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to plan; `policy` has the fields of a policy file, `budget_factor` multiplies every line."""

    year: Annotated[int, msgspec.Meta(ge=2000, le=2100)] | None = None
    policy: dict[str, Any] = {}
    budget_factor: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,4}([.,/][0-9]{1,6})?$")] = "1"
    name: Word = ""
    time_limit: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 60.0
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0


class ReplanAsk(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Classes that are cancelled."""

    cancelled: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=1_000)]
    time_limit: Annotated[float, msgspec.Meta(ge=1, le=86_400)] = 60.0


def seen_by(plan: Plan, reach: Reach) -> Plan:
    """Return a plan with only the people, lines and gaps that are within reach."""
    if reach.everyone:
        return plan
    frames = {name: getattr(plan, name) for name in ("assignments", "unmet", "people")}
    kept = {name: frame[frame["unit"].isin(reach.units) | (frame["employee"] == (reach.employee or ""))]
            for name, frame in frames.items()}  # fmt: skip
    by_unit = {name: getattr(plan, name)[getattr(plan, name)["unit"].isin(reach.units)] for name in ("lines", "gaps")}
    return replace(plan, **kept, **by_unit, clashes=plan.clashes.iloc[:0])


def plan_for(call: Call, plan_id: str) -> Plan:
    """Return a plan as the caller may see it.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    """
    return seen_by(fetch_plan(parts_of(call).database, plan_id), reach_of_call(call))


def _document(call: Call, plan_id: str, *, full: bool) -> PlanDocument:
    stored = parts_of(call).database.load_plan(plan_id)
    document = plan_document(plan_id, plan_for(call, plan_id), wording_of(call), full=full)
    if not reach_of_call(call).everyone:  # they name people of every unit
        document["verified"]["violations"] = []
    return msgspec.convert({"state": "" if stored is None else stored.state, **document}, PlanDocument, strict=False)


def plan_rows(call: Call) -> list[PlanRow]:
    """Return every plan with its totals, newest first."""
    names = ("name", "year", "status", "cost", "assignments", "people")
    return [
        PlanRow(plan=p.plan_id, state=p.state, created_on=p.created_on, gap=_finite(p.summary.get("gap")),
                **{name: p.summary[name] for name in names})
        for p in parts_of(call).database.list_plans()
    ]  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def plan_content(call: Call, plan_id: str, kind: str) -> tuple[str, bytes]:
    """Return name and content of a file of a plan as the caller may see it: CSV, XLSX or Parquet."""
    names = names_from(parts_of(call).database.read_some(NAMED), lang=wording_of(call).lang)
    return plan_file(plan_for(call, plan_id), names, f".{kind}", wording=wording_of(call))


def reasons_in(call: Call, plan: Plan, employee: str) -> list[Why]:
    """Return what a plan, as far as the caller may see it, says of one person.

    Raises
    ------
    UnknownIdError
        When there is no such person in it.
    """
    _find_person(plan, employee)
    return _told(why_rows(plan, employee, wording_of(call), _training_names(call)))


def reasons_about(call: Call, plan_id: str, plan: Plan, employee: str, trainings: list[str]) -> list[list[Why]]:
    """Return what a plan, as far as the caller may see it, says of each of some trainings for one person.

    Raises
    ------
    UnknownIdError
        When there is no such person in it, or no such training on file.
    """
    _find_person(plan, employee)
    parts, wording, names = parts_of(call), wording_of(call), _training_names(call)
    answers = plan_reasons(parts.database, plan_id) if trainings else None
    return [
        _told(why_training(plan, answers, employee, code, wording, names, lambda: parts.answers.list_now(employee)))
        for code in trainings
    ]


def _find_person(plan: Plan, employee: str) -> None:
    if employee not in set(plan.people["employee"]):
        raise UnknownIdError("employee", employee)


def _training_names(call: Call) -> dict[str, str]:
    trainings = parts_of(call).snapshots.current(parts_of(call).watch.look()).office.catalog.trainings
    return dict(zip(trainings.ids.tolist(), trainings.names.tolist(), strict=True))


def _told(rows: list[dict[str, Any]]) -> list[Why]:
    return [Why(**{**row, "training": row["training"] or None, "offering": row["offering"] or None}) for row in rows]


def limits_in(call: Call, plan_id: str, plan: Plan) -> list[LimitPrice]:
    """Return what limits of classes and rules cost in a plan, as far as the caller may see it."""
    parts = parts_of(call)
    proof, units = (
        fetch_proof(parts.database, plan_id),
        parts.snapshots.current(parts.watch.look()).office.workforce.units,
    )
    if proof is None:
        return []
    names = dict(zip(units.ids.tolist(), units.names.tolist(), strict=True))
    return [LimitPrice(**row) for row in limit_rows(plan, proof, wording_of(call), _training_names(call), names)]


def difference(call: Call, one: str, other: str) -> Difference:
    """Return what differs from one plan to another, as far as the caller may see them."""
    answers = plan_reasons(parts_of(call).database, other)
    found = differences(plan_for(call, one), plan_for(call, other), answers, wording_of(call))
    return msgspec.convert(found, Difference, strict=False)


_THREAD: dict[str, Any] = {"sync_to_thread": True}


@get("/plans", operation_id="list_plans", opt=rule("plans.read"), responses=errors(), summary="Plans", **_THREAD)
def list_plans(request: Call) -> PlanList:
    """Return the plans, newest first."""
    return PlanList(items=plan_rows(request))


@post("/plans", operation_id="make_plan", opt=rule("plans.make"), status_code=202, responses=errors(413, 415),
      summary="Make a plan", **_THREAD)  # fmt: skip
def make_plan(request: Call, data: JSONBody[PlanAsk], idempotency_key: IdempotencyKey = None) -> Response[JobStatus]:
    """Put in a plan; the plan's id and totals are the job's result."""
    asked = {name: value for name, value in msgspec.to_builtins(data).items() if value is not None}
    return submit(request, "plan", asked, key=once(request, idempotency_key, msgspec.json.encode(data)))


@get("/plans/{plan_id:str}", operation_id="read_plan", opt=rule("plans.read"), responses=errors(404),
     summary="A plan", **_THREAD)  # fmt: skip
def read_plan(
    request: Call, plan_id: FromPath[str],
    full: Annotated[bool, QueryParameter(description="Also who was chosen, and why not.")] = False,  # noqa: FBT002 (a query parameter)
) -> PlanDocument:  # fmt: skip
    """Return a plan with its totals, and its people where asked for."""
    return _document(request, plan_id, full=full)


@get("/plans/{plan_id:str}/files/{kind:str}", operation_id="read_plan_file", opt=rule("plans.read"),
     responses=errors(404), media_type="application/octet-stream", summary="A plan's seats", **_THREAD)  # fmt: skip
def read_plan_file(
    request: Call, plan_id: FromPath[str], kind: FromPath[Literal["csv", "xlsx", "parquet"]]
) -> Response[bytes]:
    """Return the seats as CSV, XLSX or Parquet; also at `/plans/{plan_id}.csv` and the like."""
    name, content = plan_content(request, plan_id, kind)
    headers = {"Content-Disposition": f'attachment; filename="{plan_id}-{name}"'}
    return Response(content=content, media_type=KINDS[kind], headers=headers)


@get("/plans/{plan_id:str}/lines", operation_id="read_plan_lines", opt=rule("plans.read"), responses=errors(404),
     summary="A plan's budget lines", **_THREAD)  # fmt: skip
def read_lines(request: Call, plan_id: FromPath[str]) -> PlanLines:
    """Return the lines: planned, reserve, spent and free."""
    return PlanLines(plan=plan_id, lines=_document(request, plan_id, full=False).lines)


@get("/plans/{plan_id:str}/prices", operation_id="read_plan_prices", opt=rule("plans.read"), responses=errors(404),
     summary="What one more rupiah would buy", **_THREAD)  # fmt: skip
def read_prices(request: Call, plan_id: FromPath[str]) -> PriceList:
    """Return the lines by what one more million rupiah would buy, and what seats and rules cost."""
    plan = plan_for(request, plan_id)
    return PriceList(plan=plan_id, unit="weighted levels per million rupiah", limits=limits_in(request, plan_id, plan),
                     prices=[Price(**row) for row in price_rows(plan)])  # fmt: skip


@get("/plans/{plan_id:str}/why", operation_id="why_in_plan", opt=rule("plans.read"), responses=errors(404),
     summary="Why a person got a class, or nothing", **_THREAD)  # fmt: skip
def read_why(
    request: Call, plan_id: FromPath[str], employee: Annotated[str, QueryParameter(max_length=64)],
    training: Annotated[str | None, QueryParameter(max_length=200)] = None,
) -> WhyList:  # fmt: skip
    """Return what the plan says of one person; with `training`, why its classes were or were not chosen for them."""
    plan = plan_for(request, plan_id)
    reasons = (reasons_in(request, plan, employee) if training is None
               else reasons_about(request, plan_id, plan, employee, [training])[0])  # fmt: skip
    return WhyList(plan=plan_id, employee=employee, reasons=reasons)


@get("/plans/{plan_id:str}/compare", operation_id="compare_plans", opt=rule("plans.read"), responses=errors(404),
     summary="Two plans side by side", **_THREAD)  # fmt: skip
def compare(
    request: Call, plan_id: FromPath[str], other: Annotated[str, QueryParameter(max_length=80, description="A plan.")]
) -> Difference:
    """Return what differs from one plan to another."""
    return difference(request, plan_id, other)


@post("/plans/{plan_id:str}/approve", operation_id="approve_plan", opt=rule("plans.sign"), status_code=200,
      responses=errors(404, 409), summary="Approve a plan", **_THREAD)  # fmt: skip
def approve(request: Call, plan_id: FromPath[str]) -> PlanDocument:
    """Approve a plan whose recount agrees and whose demands are met, and reserve its money line by line."""
    approve_plan(parts_of(request).database, plan_id, known_caller(request).subject)
    return _document(request, plan_id, full=False)


@post("/plans/{plan_id:str}/replan", operation_id="replan", opt=rule("plans.make"), status_code=202,
      responses=errors(404, 413, 415), summary="Plan again after classes were cancelled", **_THREAD)  # fmt: skip
def replan(request: Call, plan_id: FromPath[str], data: JSONBody[ReplanAsk],
           idempotency_key: IdempotencyKey = None) -> Response[JobStatus]:  # fmt: skip
    """Put in a plan that keeps every choice which still stands."""
    fetch_plan(parts_of(request).database, plan_id)
    asked = {"plan": plan_id, **msgspec.to_builtins(data)}
    return submit(request, "replan", asked, key=once(request, idempotency_key, msgspec.json.encode(data)))


def plan_router() -> Router:
    """Return the routes of plans."""
    handlers = [list_plans, make_plan, read_plan, read_plan_file, read_lines, read_prices, read_why, compare, approve,
                replan]  # fmt: skip
    return Router(path="/", route_handlers=handlers, tags=["plans"])
