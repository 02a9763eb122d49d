"""The demand and the budget as one allocation problem: who may pay what, hours, days away, mandates and pins."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.problem import AllocationProblem, Classes, Earmark, Lines, People, Rules
from recommender.allocation.problem import Options as ProblemOptions
from recommender.budget import FEE, TRAVEL, Budget, payers
from recommender.demand import Demand, mandated_pairs, pinned_rows
from recommender.learning_hours import hours_taken
from recommender.policy import Policy
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, freeze, join_groups, look_up
from training_catalog.tables_people import EMPLOYMENT_TYPES
from training_catalog.training import ONLINE

MOST_ALTERNATIVES = 2  # funding sources offered to the solver for one fee


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningProblem:
    """An allocation problem and how its rows came about.

    Parameters
    ----------
    problem : What the solver sees.
    demand_row : Row of the demand behind each option.
    fee_line, travel_line : Budget line that pays each part of an option; -1 where there is nothing to pay.
    offering_row : Row of the catalogue's offerings behind each class.
    hours_taken : JP each person already has in the year.
    unpayable : Rows of the demand that no budget line may pay.
    unopenable : Rows of the catalogue's offerings whose fixed cost no line may pay.
    """

    problem: AllocationProblem
    demand_row: IndexArray
    fee_line: IndexArray
    travel_line: IndexArray
    offering_row: IndexArray
    hours_taken: FloatArray
    unpayable: IndexArray
    unopenable: IndexArray

    def __post_init__(self) -> None:
        freeze(self)


def _by_type(limits: dict[str, float], missing: float) -> FloatArray:
    return np.array([limits.get(name, missing) for name in EMPLOYMENT_TYPES])


def _people(workforce: Workforce, policy: Policy, taken: FloatArray) -> People:
    plan = policy.plan
    floor = _by_type(plan.hours_floor, 0.0)[workforce.employment_type]
    cap = _by_type(plan.hours_cap, np.inf)[workforce.employment_type]
    return People(
        ids=workforce.ids,
        unit=workforce.unit,
        unit_ids=workforce.units.ids,
        unit_headcount=workforce.units.headcount,
        hours_floor=np.maximum(floor - taken, 0.0),
        hours_cap=np.maximum(cap - taken, 0.0),
        max_trainings=np.full(workforce.n_people, plan.max_trainings, dtype=np.int64),
    )


def _classes(catalog: Catalog, rows: IndexArray, budget: Budget, workforce: Workforce) -> Classes:
    """Describe the classes; a class that names no line is paid by the office's own line for its form."""
    offerings = catalog.offerings
    form = catalog.trainings.form[offerings.training[rows]]
    office = {str(f): payers(budget, workforce.units, FEE, str(f))[-1] for f in np.unique(form)}
    by_default = np.array([office[str(f)][0] if len(office[str(f)]) else -1 for f in form], dtype=np.int64)
    named = look_up(budget.ids, offerings.line[rows])
    return Classes(
        ids=offerings.ids[rows],
        training=catalog.trainings.series[offerings.training[rows]],
        training_ids=catalog.trainings.ids,
        fixed_cost=offerings.fixed_cost[rows],
        line=np.where(offerings.line[rows] == "", by_default, named),
        seats_min=offerings.seats_min[rows],
        seats_max=offerings.seats_max[rows],
        start=offerings.start[rows],
        end=offerings.end[rows],
        hours=catalog.class_hours[rows],
        is_away=offerings.mode[rows] != ONLINE,
    )


def _line_table(budget: Budget, workforce: Workforce, purpose: str, forms: list[str]) -> IndexArray:
    """Return who pays: shape (n_forms, n_units + 1, MOST_ALTERNATIVES), -1 where nobody does."""
    table = np.full((len(forms), len(workforce.units.ids) + 1, MOST_ALTERNATIVES), -1, dtype=np.int64)
    for i, form in enumerate(forms):
        for unit, lines in enumerate(payers(budget, workforce.units, purpose, form)):
            n = min(len(lines), MOST_ALTERNATIVES)
            table[i, unit, :n] = lines[:n]
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payment:
    """Rows of the demand with the lines that pay; a row stands once for each alternative."""

    row: IndexArray
    fee_line: IndexArray
    travel_line: IndexArray
    unpayable: IndexArray


def _payments(demand: Demand, workforce: Workforce, catalog: Catalog, budget: Budget) -> _Payment:
    """Find the lines that pay each option's fee and travel."""
    forms, form = np.unique(catalog.trainings.form[demand.training], return_inverse=True)
    names = [str(name) for name in forms]
    unit = workforce.unit[demand.employee]  # -1 reads the last column: people without a unit
    fee = _line_table(budget, workforce, FEE, names)[form, unit]
    travel = _line_table(budget, workforce, TRAVEL, names)[form, unit, 0]
    fee[demand.fee == 0] = np.array([-1] * MOST_ALTERNATIVES)
    travel = np.where(demand.travel == 0, -1, travel)
    payable = ((demand.fee == 0) | (fee[:, 0] >= 0)) & ((demand.travel == 0) | (travel >= 0))
    first = np.flatnonzero(payable)
    second = np.flatnonzero(payable & (fee[:, 1] >= 0))
    row = np.concatenate([first, second])
    fee_line = np.concatenate([fee[first, 0], fee[second, 1]])
    order = np.lexsort((fee_line, row))
    row = row[order]
    return _Payment(row=row, fee_line=fee_line[order], travel_line=travel[row], unpayable=np.flatnonzero(~payable))


def _charges(demand: Demand, payment: _Payment, n_lines: int) -> csr_array:
    """Return options x lines in whole rupiah; a line that pays both parts stands once."""
    n_options = len(payment.row)
    option = np.tile(np.arange(n_options, dtype=np.int64), 2)
    line = np.concatenate([payment.fee_line, payment.travel_line])
    amount = np.concatenate([demand.fee[payment.row], demand.travel[payment.row]])
    paid = (line >= 0) & (amount > 0)
    charges = coo_array((amount[paid], (option[paid], line[paid])), shape=(n_options, n_lines)).tocsr()
    charges.sum_duplicates()
    return charges


def _addresses(demand: Demand, rows: IndexArray, n_competencies: int, *, wanted: bool) -> csr_array:
    """Return options x competencies: what each option works on."""
    if not wanted:
        return csr_array((len(rows), 0), dtype=np.bool_)
    left, row = join_groups(demand.topic_bounds, rows)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(left, minlength=len(rows)))])
    topics = csr_array(
        (np.ones(len(row), dtype=np.bool_), demand.topic[row], bounds), shape=(len(rows), n_competencies)
    )
    topics.sort_indices()
    return topics


def _rules(demand: Demand, catalog: Catalog, policy: Policy) -> Rules:
    """Translate the policy; earmarks name topics, the solver wants trainings."""
    waits = np.flatnonzero(demand.needs_first >= 0)
    series = catalog.trainings.series
    pairs = {(int(series[demand.training[i]]), int(series[demand.needs_first[i]])) for i in waits}
    advanced = np.array(sorted({pair[0] for pair in pairs}), dtype=np.int64)
    free = np.flatnonzero((demand.needs_first < 0) & np.isin(series[demand.training], advanced))
    waived = {(int(demand.employee[i]), int(series[demand.training[i]])) for i in free}
    earmarks = tuple(
        Earmark(
            name=money.name,
            trainings=tuple(int(t) for t in np.flatnonzero(np.isin(catalog.trainings.topic, np.asarray(money.topics)))),
            at_most=money.at_most,
            at_least=money.at_least,
        )
        for money in policy.earmarks
    )
    plan = policy.plan
    return Rules(
        away_share=plan.away_share,
        hours_weight=plan.hours_weight,
        unit_floor_share=plan.unit_floor_share,
        reserve_share=plan.reserve_share,
        stability_weight=plan.stability_weight,
        prerequisites=tuple(sorted(pairs)),
        waived=frozenset(waived),
        earmarks=earmarks,
    )


def _affordable(
    demand: Demand, workforce: Workforce, catalog: Catalog, budget: Budget, policy: Policy
) -> tuple[_Payment, IndexArray]:
    """Return what can be paid, was not ruled out, and is in a class whose fixed cost some line may pay.

    Returns
    -------
    payment : Rows of the demand that remain, with their lines.
    unopenable : Offerings whose fixed cost no line may pay.
    """
    payment = _payments(demand, workforce, catalog, budget)
    allowed = np.isin(payment.row, _without(demand, workforce, catalog, policy))
    rows = np.unique(demand.offering[payment.row[allowed]])
    classes = _classes(catalog, rows, budget, workforce)
    unopenable = rows[(classes.fixed_cost > 0) & (classes.line < 0)]
    kept = np.flatnonzero(allowed & ~np.isin(demand.offering[payment.row], unopenable))
    remaining = _Payment(
        row=payment.row[kept],
        fee_line=payment.fee_line[kept],
        travel_line=payment.travel_line[kept],
        unpayable=payment.unpayable,
    )
    return remaining, unopenable


def _options(
    demand: Demand,
    payment: _Payment,
    rows: IndexArray,
    workforce: Workforce,
    catalog: Catalog,
    policy: Policy,
    n_lines: int,
    earlier: tuple[IndexArray, IndexArray] | None,
) -> ProblemOptions:
    """Build the options; a choice with two funding sources is two, and either meets a pin."""
    width = len(catalog.offerings.ids)
    row = payment.row
    keys = demand.employee[row] * width + demand.offering[row]
    people, classes = pinned_rows(workforce, catalog, policy)
    whom, what = mandated_pairs(workforce, catalog, policy)
    series, n_trainings = catalog.trainings.series, len(catalog.trainings.ids)
    pairs = demand.employee[row] * n_trainings + series[demand.training[row]]
    return ProblemOptions(
        employee=demand.employee[row],
        offering=np.searchsorted(rows, demand.offering[row]).astype(np.int64),
        benefit=demand.benefit[row],
        charges=_charges(demand, payment, n_lines),
        is_mandatory=np.isin(pairs, whom * n_trainings + series[what]),
        is_pinned=np.isin(keys, people * width + classes),
        was_chosen=np.isin(keys, earlier[0] * width + earlier[1]) if earlier else np.zeros(len(row), dtype=np.bool_),
        addresses=_addresses(demand, row, len(catalog.competencies.ids), wanted=policy.plan.one_training_per_deficit),
    )


def _without(demand: Demand, workforce: Workforce, catalog: Catalog, policy: Policy) -> IndexArray:
    """Return the rows of the demand that the planner did not rule out."""
    people = look_up(workforce.ids, np.asarray([choice.employee for choice in policy.excluded], dtype=np.str_))
    classes = look_up(catalog.offerings.ids, np.asarray([choice.offering for choice in policy.excluded], dtype=np.str_))
    width = len(catalog.offerings.ids)
    banned = people * width + classes
    return np.flatnonzero(~np.isin(demand.employee * width + demand.offering, banned[(people >= 0) & (classes >= 0)]))


def build_problem(
    demand: Demand, workforce: Workforce, catalog: Catalog, budget: Budget, policy: Policy,
    earlier: tuple[IndexArray, IndexArray] | None = None,
) -> PlanningProblem:  # fmt: skip
    """Build the allocation problem of a year.

    Parameters
    ----------
    demand : Options of everybody.
    workforce, catalog, budget, policy : People, classes, money and rules.
    earlier : (employee, offering) of an earlier plan, whose choices are worth keeping.

    Notes
    -----
    A fee is charged to the nearest line upwards whose account fits the form, travel to the nearest travel line.
    Editions of one training count as the same training.
    """
    payment, unopenable = _affordable(demand, workforce, catalog, budget, policy)
    rows = np.unique(demand.offering[payment.row])
    taken = hours_taken(workforce, catalog, budget.year)
    problem = AllocationProblem(
        lines=Lines(ids=budget.ids, amount=budget.available, parent=budget.parent),
        people=_people(workforce, policy, taken),
        classes=_classes(catalog, rows, budget, workforce),
        options=_options(demand, payment, rows, workforce, catalog, policy, len(budget.ids), earlier),
        rules=_rules(demand, catalog, policy),
    )
    return PlanningProblem(
        problem=problem,
        demand_row=payment.row,
        fee_line=payment.fee_line,
        travel_line=payment.travel_line,
        offering_row=rows,
        hours_taken=taken,
        unpayable=payment.unpayable,
        unopenable=unopenable,
    )
