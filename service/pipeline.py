"""From the database to the use cases and back: load an office once, run, keep what came out."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

import msgspec
import numpy as np
import pandas as pd
import sqlalchemy as sa

from models.artifact import pack
from models.service_link import ServiceLink
from recommender.allocation.limits import SolveLimits
from recommender.budget import build_budget
from recommender.explanation import Context
from recommender.habits import Habits, learn_habits
from recommender.levels import Expected, expect
from recommender.person_features import is_short_of_time
from recommender.plan import Plan, Proof
from recommender.plan_making import PlanInputs
from recommender.policy import Policy
from recommender.service_effect import build_unit_outcomes, link_service
from recommender.use_cases import FittedModel, fit_models, make_plan, measure_effects
from recommender.workforce import Workforce
from recommender.workforce_tables import build_workforce
from service.auth.journal import Entry, actor_of, record
from service.effect_answer import effects_card
from service.evidence_answer import evidence_card, lists_card, objections_to
from service.nation.workers import run_in, usual_processes
from service.plan_document import pack_plan, proof_of, unpack_plan
from service.predictor import Predictor, load_predictor
from service.spelling import those_named
from service.storage.database import APPROVED, DRAFT, REJECTED, Database
from service.storage.decisions import Decision, insert_decision
from service.storage.engine import transaction
from service.storage.history import last_change
from service.storage.kept import KeptTables
from service.titles import with_titles
from training_catalog.catalog import Catalog, build_catalog, content_digest
from training_catalog.columns import SUGGESTIONS, IndexArray, find_rows, look_up
from training_catalog.errors import InputError, UnknownIdError
from training_catalog.frames import Tables, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything loaded for one day; `change` is the last change of rows that is in it."""

    tables: Tables
    catalog: Catalog
    workforce: Workforce
    predictor: Predictor
    on: date
    change: int = 0

    def person(self, employee: str) -> IndexArray:
        """Return the row of an employee, as an array of one.

        Raises
        ------
        UnknownIdError
            When nobody has that id; with who is named so.
        """
        try:
            return find_rows("employee", self.workforce.ids, [employee])
        except UnknownIdError as error:
            named = those_named(self.tables["employees"], employee, SUGGESTIONS)
            raise UnknownIdError("employee", employee, named or error.suggestions) from error


def standards_version(catalog: Catalog) -> str:
    """Return a version of frameworks and competencies alone: what levels mean, whatever is taught or required."""
    known = catalog.competencies
    parts = (known.ids, known.framework, known.weight, known.direction, known.lowest, known.highest)
    return f"s-{content_digest(*parts)[:12]}"


def load_office(database: Database, on: date, change: int | None = None, model_id: str | None = None) -> Office:
    """Load every table and build catalogue, workforce and predictor for a day.

    Parameters
    ----------
    database, on : From where, and the day that counts as today.
    change : Rows as they were after this change; as they are when None.
    model_id : What predicts; the approved model when None.

    Raises
    ------
    InputError
        When nobody has been imported yet.
    """
    with transaction(database.engine) as connection:
        seen = last_change(connection) if change is None else change
        tables = database.read_all(connection, change)
    office = _office_of(tables, database, on, seen, model_id)
    if not office.workforce.n_people:
        raise InputError("employees: the database holds nobody yet; import your files first")
    return office


def load_present(kept: KeptTables, on: date) -> Office:
    """Load the office of this moment, also one without people; only what has changed since the last time is read."""
    with transaction(kept.database.engine) as connection:
        seen = last_change(connection)
        tables = kept.read_all(connection)
    return _office_of(tables, kept.database, on, seen, None)


def _office_of(tables: Tables, database: Database, on: date, seen: int, model_id: str | None) -> Office:
    tables = with_titles(tables)
    catalog = build_catalog(tables, on)
    return Office(
        tables=tables,
        catalog=catalog,
        workforce=build_workforce(tables, catalog),
        predictor=load_predictor(database, model_id),
        on=on,
        change=seen,
    )


def service_links(office: Office) -> tuple[ServiceLink, ...]:
    """Estimate what history says about trainings and the units' service."""
    return link_service(office.workforce, build_unit_outcomes(office.tables, office.workforce, office.on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What one person's list takes from everybody's records.

    Parameters
    ----------
    expected : What everybody's levels say of people of whom little is known, see `recommender.levels.expect`.
    links : What history says about trainings and the units' service.
    past : What everybody's past choices say of trainings.
    """

    expected: Expected
    links: tuple[ServiceLink, ...]
    past: Habits


def background_of(office: Office, policy: Policy) -> Background:
    """Work out what lists take from everybody's records."""
    expected = expect(office.workforce, office.catalog, office.on, policy.gap)
    past = learn_habits(office.workforce, office.catalog, office.on)
    return Background(expected=expected, links=service_links(office), past=past)


def explanation_context(office: Office, crew: Workforce, policy: Policy, links: tuple[ServiceLink, ...]) -> Context:
    """Return what explanations need for some people."""
    short_staffed, full_calendar = is_short_of_time(crew, office.on, policy.ranking)
    return Context(
        is_short_staffed=short_staffed,
        has_full_calendar=full_calendar,
        service_links=links,
        rules=policy.ranking,
    )


def learn(
    database: Database, office: Office, policy: Policy, seed: int, *,
    also: Callable[[sa.Connection, str, FittedModel], object] = lambda _connection, _model_id, _fitted: None,
) -> tuple[str, FittedModel]:  # fmt: skip
    """Fit, judge and keep a model; one that nothing stands against serves from now on.

    Parameters
    ----------
    database, office, policy : Where, what is known, and how levels are read.
    seed : Seed of the comparison's bootstrap.
    also : Called last within the transaction that stores.

    Returns
    -------
    model_id : ``m-...``.
    fitted : The model with comparison and verdict.
    """
    fitted = fit_models(office.workforce, office.catalog, office.on, policy, np.random.default_rng(seed))
    payload, manifest = pack(
        fitted.model,
        created_on=office.on,
        verdict=fitted.verdict.words,
        n_rows=fitted.n_rows,
        details={
            "cut": fitted.cut.isoformat(),
            "cuts": " ".join(cut.isoformat() for cut in fitted.cuts),
            "catalog": office.catalog.version,
            "code": fitted.verdict.code,
        },
    )
    manifest_document = manifest.to_dict()
    manifest_document["evidence"] = evidence_card(fitted.evidence)
    manifest_document["lists"] = lists_card(fitted.lists)
    manifest_document["reference"] = msgspec.to_builtins(asdict(fitted.reference), enc_hook=float)
    manifest_document["standards"] = standards_version(office.catalog)
    state = REJECTED if objections_to(manifest_document) else APPROVED
    manifest_document["figures"] = msgspec.to_builtins(asdict(fitted.verdict), enc_hook=float)
    manifest_document["effects"] = effects_card(
        measure_effects(office.workforce, office.catalog, office.on), office.catalog, service_links(office)
    )

    def enter(connection: sa.Connection) -> None:
        if state == APPROVED:
            entry = Entry(actor=actor_of(database.author), kind="model-approved", subject=f"model:{manifest.model_id}",
                          details={"by": "verdict"})  # fmt: skip
            record(connection, database.clock(), entry)
        also(connection, manifest.model_id, fitted)

    database.save_model(manifest.model_id, manifest=manifest_document, payload=payload, state=state,
                        created_on=office.on, also=enter)  # fmt: skip
    return manifest.model_id, fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What a planner asks for.

    Parameters
    ----------
    year : Budget and plan year.
    policy : Rules.
    budget_factor : Every line is multiplied by it.
    name : Name of the plan.
    time_limit : Seconds for the solver.
    gap : Gap at which the solver may stop.
    seed : Seed of the solver.
    """

    year: int
    policy: Policy
    budget_factor: Fraction = Fraction(1)
    name: str = ""
    time_limit: float = 60.0
    gap: float = 1e-4
    seed: int = 0


def limits_of(request: PlanRequest) -> SolveLimits:
    """Return what a search may use: the time asked for, and beyond a city every core."""
    processes = usual_processes()
    return SolveLimits(seconds=request.time_limit, gap=request.gap, seed=request.seed, clock=time.monotonic,
                       run=run_in(processes), processes=processes)  # fmt: skip


def decide(
    office: Office,
    request: PlanRequest,
    *,
    earlier: pd.DataFrame | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
    on_found: Callable[[float, float], None] = lambda _value, _bound: None,
    taken: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Plan:
    """Make a plan.

    Parameters
    ----------
    office, request : What is known, and what is asked for.
    earlier : Assignments of a plan whose choices are worth keeping.
    on_progress : Called with the number of people ranked.
    on_found : Called with the value of the best plan so far and the proven bound.
    taken : What approved plans hold of each line, see `recommender.budget.build_budget`.
    """
    budget = build_budget(office.tables, office.workforce.units, request.year, request.budget_factor, taken)
    inputs = PlanInputs(
        model=office.predictor.identifier,
        model_state=office.predictor.state,
        verdict=office.predictor.verdict,
        policy=request.policy,
        earlier=earlier_rows(office, earlier) if earlier is not None else None,
    )
    return make_plan(
        office.workforce, office.catalog, office.predictor.predictor, budget, request.policy, office.on,
        inputs=inputs, limits=replace(limits_of(request), tell=on_found), on_progress=on_progress,
    )  # fmt: skip


def earlier_rows(office: Office, assignments: pd.DataFrame) -> tuple[IndexArray, IndexArray]:
    """Return (employee, offering) of an earlier plan's seats that still exist."""
    people = look_up(office.workforce.ids, text_of(assignments, "employee"))
    classes = look_up(office.catalog.offerings.ids, text_of(assignments, "offering"))
    known = (people >= 0) & (classes >= 0)
    return people[known], classes[known]


AlsoKept = Callable[[sa.Connection, str, Plan], object]  # told of a plan and its id within the transaction


def keep_plan(database: Database, plan: Plan, name: str, made: Decision, also: AlsoKept) -> str:
    """Store a plan as a draft and log the decision, and return the plan's id, derived from its content."""
    document = pack_plan(plan)
    plan_id = f"p-{content_digest(document)[:12]}"
    summary = {**asdict(plan.totals), "name": name, "year": plan.provenance.year,
               "on": plan.provenance.on.isoformat(), "verified": not plan.violations}  # fmt: skip
    database.save_plan(
        plan_id,
        summary=summary,
        document=document,
        state=DRAFT,
        created_on=plan.provenance.on,
        also=lambda connection: (
            insert_decision(connection, database, replace(made, subject=plan_id)),
            also(connection, plan_id, plan),
        ),
    )
    return plan_id


def _document(database: Database, plan_id: str) -> bytes:
    stored = database.load_plan(plan_id)
    if stored is None:
        known = tuple(entry.plan_id for entry in database.list_plans())
        raise UnknownIdError("plan", plan_id, known[:SUGGESTIONS])
    return stored.document


def fetch_plan(database: Database, plan_id: str) -> Plan:
    """Return a stored plan.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    """
    return unpack_plan(_document(database, plan_id))


def fetch_proof(database: Database, plan_id: str) -> Proof | None:
    """Return what a stored plan is recounted from; None where it is gone, or the plan is older than proofs are.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    """
    return proof_of(_document(database, plan_id))


KEEP_WEIGHT = 100.0  # levels: more than any training closes, so that only what must change changes


def replan_request(
    database: Database, earlier: Plan, on: date, time_limit: float, name: str = ""
) -> tuple[Office, PlanRequest]:
    """Return the office of today, and a request that keeps every choice of an earlier plan that still stands."""
    rules = msgspec.json.decode(earlier.provenance.rules, type=Policy)
    kept = replace(rules, plan=replace(rules.plan, stability_weight=KEEP_WEIGHT))
    office = load_office(database, max(on, earlier.provenance.on))
    return office, PlanRequest(year=earlier.provenance.year, policy=kept, time_limit=time_limit, name=name)


def without_offerings(office: Office, cancelled: tuple[str, ...]) -> Office:
    """Return the office with some classes cancelled.

    Raises
    ------
    UnknownIdError
        When a class is not known.
    """
    is_open = office.catalog.offerings.is_open.copy()
    is_open[find_rows("offering", office.catalog.offerings.ids, cancelled)] = False
    offerings = replace(office.catalog.offerings, is_open=is_open)
    return replace(office, catalog=replace(office.catalog, offerings=offerings))
