"""An allocation put together into a plan: frames, totals, reasons, provenance."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from recommender.allocation.limits import TIE_RULE, SolveLimits
from recommender.allocation.result import Allocation, Clash, Status
from recommender.allocation.verify import Violation
from recommender.allocation.why import Reasons, WhyNot
from recommender.budget import Budget
from recommender.demand import Demand, mandated_pairs, pinned_rows
from recommender.eligibility import CODE, REASONS, judge_pairs, lapsed_enrolments, person_reasons, what_is_done
from recommender.gap import Gaps
from recommender.plan import UNMET_COLUMNS, Plan, PlanTotals, Proof, Provenance
from recommender.plan_tables import (
    assignments_frame,
    gaps_frame,
    lines_frame,
    named,
    offerings_frame,
    opened_classes,
    people_frame,
)
from recommender.planning_problem import PlanningProblem
from recommender.policy import EligibilityRules, Policy
from recommender.travel import unpriced_places
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog, content_digest
from training_catalog.columns import IndexArray

CLASH_COLUMNS = ("code", "subject", "limit", "needed", "available", "people")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """What a plan must say of where it comes from.

    Parameters
    ----------
    model, model_state, verdict : Predictor's id, ``model`` or ``rule``, and the verdict's words.
    policy : Rules, whose digest goes into the provenance.
    earlier : (employee, offering) of an earlier plan whose choices are worth keeping.
    """

    model: str
    model_state: str
    verdict: str
    policy: Policy
    earlier: tuple[IndexArray, IndexArray] | None = None


def _unmet_row(answer: WhyNot, planning: PlanningProblem, workforce: Workforce, catalog: Catalog) -> tuple[object, ...]:
    options, classes = planning.problem.options, planning.problem.classes
    who, where = int(options.employee[answer.option]), int(options.offering[answer.option])
    unit = int(workforce.unit[who])
    later = answer.next_offering
    training = catalog.offerings.training[planning.offering_row[where]]
    return (
        str(workforce.ids[who]), str(workforce.units.ids[unit]) if unit >= 0 else "", answer.code,
        str(catalog.trainings.ids[training]), str(classes.ids[where]), float(options.benefit[answer.option]),
        answer.needs, answer.limit, answer.cutoff, answer.instead,
        str(classes.ids[later]) if later >= 0 else "",
        classes.start[later].astype("datetime64[s]") if later >= 0 else np.datetime64("NaT", "s"), answer.next_code,
    )  # fmt: skip


def _without_options(
    planning: PlanningProblem, gaps: Gaps, workforce: Workforce, rules: EligibilityRules, on: date
) -> list[tuple[object, ...]]:
    """Return people with a need for whom no class could even be considered, and who may take nothing at all."""
    has_need = np.bincount(gaps.employee, weights=gaps.need, minlength=workforce.n_people) > 0
    has_need[np.unique(planning.problem.options.employee)] = False
    who = np.flatnonzero(has_need)
    barred = person_reasons(workforce, on, rules)[who].tolist()
    return [
        (person, unit, "not-eligible" if reason else "no-offering", "", "", np.nan, 0,
         REASONS[reason] if reason else "", np.nan, "", "", np.datetime64("NaT", "s"), "")
        for person, unit, reason in zip(workforce.ids[who], named(workforce.units.ids, workforce.unit[who]), barred,
                                        strict=True)
    ]  # fmt: skip


def unmet_frame(
    reasons: Reasons, planning: PlanningProblem, gaps: Gaps, workforce: Workforce, catalog: Catalog,
    rules: EligibilityRules, on: date,
) -> pd.DataFrame:  # fmt: skip
    """Return one row a person with a need and nothing chosen: the limit that binds, what it takes, the next chance."""
    rows = [_unmet_row(answer, planning, workforce, catalog) for answer in reasons.unmet()]
    rows += _without_options(planning, gaps, workforce, rules, on)
    frame = pd.DataFrame(rows, columns=list(UNMET_COLUMNS))
    frame["next_start"] = frame["next_start"].astype("datetime64[s]")
    frame["needs"] = frame["needs"].astype("int64")
    return frame.sort_values("employee", kind="stable", ignore_index=True)


def demands_out_of_reach(
    planning: PlanningProblem, workforce: Workforce, catalog: Catalog, policy: Policy, on: date
) -> tuple[Clash, ...]:
    """Return the demands that no class could even be considered for, so that the solver never saw them.

    Parameters
    ----------
    planning : What the solver saw.
    workforce, catalog, policy, on : People, trainings, mandates and pins, the day.

    Returns
    -------
    One clash for each training and reason: ``no-offering`` with the pinned class, if any, as its limit, or
    ``not-eligible`` with the eligibility reason. Who took the training already, or is enrolled in it, has met a
    mandate; the inactive and retired are not asked.
    """
    employee, training = mandated_pairs(workforce, catalog, policy)
    series, options, width = catalog.trainings.series, planning.problem.options, len(catalog.trainings.ids)
    rules = policy.eligibility
    done = np.logical_or(*what_is_done(workforce, catalog, on, rules, employee=employee, training=training))
    done |= person_reasons(workforce, on, rules)[employee] == CODE["inactive"]
    seen = options.employee * width + planning.problem.classes.training[options.offering]
    lost = ~done & ~np.isin(employee * width + series[training], seen)
    who, which = pinned_rows(workforce, catalog, policy)
    classes = len(catalog.offerings.ids)
    shown = options.employee * classes + planning.offering_row[options.offering]
    unseen = ~np.isin(who * classes + which, shown)
    who, which = who[unseen], which[unseen]
    employee = np.concatenate([employee[lost], who])
    training = np.concatenate([training[lost], catalog.offerings.training[which]])
    pinned = np.concatenate([np.full(lost.sum(), ""), catalog.offerings.ids[which]])
    reasons = judge_pairs(workforce, catalog, on, rules, employee=employee, training=training).reason
    groups: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one, what, offering, reason in zip(employee, training, pinned, reasons, strict=True):
        is_free = reason in (CODE["eligible"], CODE["past"], CODE["closed"])
        key = ("no-offering", str(offering)) if is_free else ("not-eligible", REASONS[int(reason)])
        groups[(str(catalog.trainings.ids[what]), *key)].add(str(workforce.ids[one]))
    return tuple(
        Clash(code=code, subject=subject, limit=limit, needed=len(people), available=0, people=tuple(sorted(people)))
        for (subject, code, limit), people in sorted(groups.items())
    )


def _clash_frame(clashes: tuple[Clash, ...]) -> pd.DataFrame:
    rows = [(c.code, c.subject, c.limit, c.needed, c.available, ";".join(c.people)) for c in clashes]
    return pd.DataFrame(rows, columns=list(CLASH_COLUMNS))


def _totals(planning: PlanningProblem, allocation: Allocation) -> PlanTotals:
    """Add the plan up, without what keeping earlier choices counted for: no plan that keeps as many is worth more."""
    options, classes = planning.problem.options, planning.problem.classes
    opened = opened_classes(planning.problem, allocation) > 0
    weight = planning.problem.rules.stability_weight
    kept = int(options.was_chosen[allocation.chosen].sum()) if weight else 0
    plain = replace(allocation, objective=allocation.objective - weight * kept, bound=allocation.bound - weight * kept)
    return PlanTotals(
        status=str(allocation.status),
        objective=plain.objective,
        bound=plain.bound,
        gap=plain.gap,
        kept=kept,
        benefit=float(options.benefit[allocation.chosen].sum()),
        cost=int(options.cost[allocation.chosen].sum()) + int(classes.fixed_cost[opened].sum()),
        assignments=len(allocation.chosen),
        people=len(np.unique(options.employee[allocation.chosen])),
    )


def _warnings(
    planning: PlanningProblem, allocation: Allocation, workforce: Workforce, catalog: Catalog, budget: Budget,
    policy: Policy, on: date,
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    """Return what the planner should know: demands given up, no budget, price or line, enrolments that lapsed."""
    found = [] if allocation.is_unmet_proved else [("demands-not-proved", "")]
    found += [] if len(budget.ids) else [("no-budget", str(budget.year))]
    found += [("no-price", place) for place in unpriced_places(catalog, workforce.units)]
    found += [("no-line-for-class", str(catalog.offerings.ids[row])) for row in planning.unopenable.tolist()]
    if len(planning.unpayable):
        found.append(("no-line-for-fee", str(len(planning.unpayable))))
    n_lapsed = int(lapsed_enrolments(workforce, on, policy.eligibility).sum())
    if n_lapsed:
        found.append(("lapsed-enrolment", str(n_lapsed)))
    return tuple(found)


def _provenance(
    allocation: Allocation,
    workforce: Workforce,
    catalog: Catalog,
    budget: Budget,
    on: date,
    inputs: PlanInputs,
    limits: SolveLimits,
) -> Provenance:
    return Provenance(
        on=on,
        year=budget.year,
        catalog=catalog.version,
        workforce=f"w-{content_digest(workforce)[:12]}",
        policy=f"r-{content_digest(repr(inputs.policy))[:12]}",
        model=inputs.model,
        model_state=inputs.model_state,
        verdict=inputs.verdict,
        solver=allocation.solver,
        seed=limits.seed,
        seconds=limits.seconds,
        stopped_by_clock=allocation.stopped_by_clock,
        tie_rule=TIE_RULE,
        rules=json.dumps(asdict(inputs.policy)),
    )


def put_together(
    planning: PlanningProblem,
    allocation: Allocation,
    violations: tuple[Violation, ...],
    *,
    demand: Demand,
    gaps: Gaps,
    workforce: Workforce,
    catalog: Catalog,
    budget: Budget,
    on: date,
    inputs: PlanInputs,
    limits: SolveLimits,
) -> Plan:
    """Put a plan together from its allocation."""
    lost = demands_out_of_reach(planning, workforce, catalog, inputs.policy, on)
    if lost:
        allocation = replace(allocation, status=Status.INFEASIBLE, clashes=(*lost, *allocation.clashes))
    reasons = Reasons(planning.problem, allocation.chosen)
    return Plan(
        totals=_totals(planning, allocation),
        provenance=_provenance(allocation, workforce, catalog, budget, on, inputs, limits),
        assignments=assignments_frame(planning, allocation, demand, workforce, catalog, budget),
        lines=lines_frame(planning, allocation, workforce, budget),
        offerings=offerings_frame(planning, allocation, catalog, budget, reasons),
        unmet=unmet_frame(reasons, planning, gaps, workforce, catalog, inputs.policy.eligibility, on),
        gaps=gaps_frame(planning, allocation, demand, gaps, workforce, catalog),
        people=people_frame(planning, allocation, demand, gaps, workforce, on),
        clashes=_clash_frame(allocation.clashes),
        violations=tuple(str(violation) for violation in violations),
        warnings=_warnings(planning, allocation, workforce, catalog, budget, inputs.policy, on),
        proof=Proof(problem=planning.problem, allocation=allocation),
    )
