"""The frames of a plan: seats, lines, classes, gaps before and after, and people."""

from datetime import date

import numpy as np
import pandas as pd

from recommender.allocation.capacity import line_reserves
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.recount import LineTotals
from recommender.allocation.result import Allocation
from recommender.allocation.why import Reasons
from recommender.budget import Budget
from recommender.demand import Demand
from recommender.gap import Gaps
from recommender.plan import ASSIGNMENT_COLUMNS, GAP_COLUMNS, LINE_COLUMNS, OFFERING_COLUMNS, PERSON_COLUMNS
from recommender.planning_problem import PlanningProblem
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, TextArray, join_groups
from training_catalog.quantities import DAYS_PER_YEAR
from training_catalog.tables_people import EMPLOYMENT_TYPES
from training_catalog.training import MODES

AGE_BANDS = ((0, 30), (30, 40), (40, 50), (50, 200))  # years; for the fairness report
AGE_BAND_NAMES = ("<30", "30-39", "40-49", ">=50", "")
PRICE_PER = 1_000_000  # line prices are shown for a million rupiah


def named(ids: TextArray, rows: IndexArray) -> TextArray:
    """Return ids by row; -1 reads as empty."""
    return np.append(ids, "")[rows]


def _topic_codes(demand: Demand, rows: IndexArray, catalog: Catalog) -> list[str]:
    """Return the competencies of each row, joined; largest share first is not needed here: code order."""
    bounds, codes = demand.topic_bounds, catalog.competencies.ids[demand.topic]
    return [";".join(codes[bounds[row] : bounds[row + 1]]) for row in rows]


def assignments_frame(
    planning: PlanningProblem, allocation: Allocation, demand: Demand, workforce: Workforce, catalog: Catalog,
    budget: Budget,
) -> pd.DataFrame:  # fmt: skip
    """Return one row a seat, by employee, then offering."""
    chosen, options = allocation.chosen, planning.problem.options
    row = planning.demand_row[chosen]
    offering = demand.offering[row]
    frame = pd.DataFrame({
        "employee": workforce.ids[demand.employee[row]],
        "unit": named(workforce.units.ids, workforce.unit[demand.employee[row]]),
        "offering": catalog.offerings.ids[offering],
        "training": catalog.trainings.ids[demand.training[row]],
        "mode": np.asarray(MODES)[catalog.offerings.mode[offering]],
        "start": catalog.offerings.start[offering].astype("datetime64[s]"),
        "end": catalog.offerings.end[offering].astype("datetime64[s]"),
        "hours": catalog.class_hours[offering],
        "fee": demand.fee[row],
        "travel": demand.travel[row],
        "cost": demand.cost[row],
        "fee_line": named(budget.ids, planning.fee_line[chosen]),
        "travel_line": named(budget.ids, planning.travel_line[chosen]),
        "benefit": demand.benefit[row],
        "low": demand.lower[row],
        "high": demand.upper[row],
        "completion": demand.completion[row],
        "competencies": _topic_codes(demand, row, catalog),
        "mandatory": options.is_mandatory[chosen],
        "pinned": options.is_pinned[chosen],
    })  # fmt: skip
    return frame[list(ASSIGNMENT_COLUMNS)].sort_values(["employee", "offering"], ignore_index=True)


def opened_classes(problem: AllocationProblem, allocation: Allocation) -> IndexArray:
    """Return how many seats are taken in each class; a class with none is not opened."""
    return np.bincount(problem.options.offering[allocation.chosen], minlength=len(problem.classes.ids)).astype(np.int64)


def lines_frame(
    planning: PlanningProblem, allocation: Allocation, workforce: Workforce, budget: Budget
) -> pd.DataFrame:
    """Return one row a line: planned + reserve + free = amount - reserved - spent."""
    problem = planning.problem
    planned = LineTotals(problem).spent(allocation.chosen)
    reserve = np.minimum(line_reserves(problem), np.maximum(problem.lines.amount - planned, 0))
    frame = pd.DataFrame({
        "line": budget.ids,
        "name": budget.names,
        "unit": named(workforce.units.ids, budget.unit),
        "account": budget.account,
        "funding_source": budget.funding_source,
        "parent": named(budget.ids, budget.parent),
        "amount": budget.amount,
        "reserved": budget.reserved,
        "spent": budget.spent,
        "planned": planned,
        "reserve": reserve,
        "free": problem.lines.amount - planned - reserve,
        "price": allocation.line_prices * PRICE_PER,
    })  # fmt: skip
    return frame[list(LINE_COLUMNS)]


def offerings_frame(
    planning: PlanningProblem, allocation: Allocation, catalog: Catalog, budget: Budget, reasons: Reasons
) -> pd.DataFrame:
    """Return one row a class that could open, with the reason why it does or does not."""
    problem, rows = planning.problem, planning.offering_row
    taken = opened_classes(problem, allocation)
    offerings = catalog.offerings
    frame = pd.DataFrame({
        "offering": problem.classes.ids,
        "training": catalog.trainings.ids[offerings.training[rows]],
        "mode": np.asarray(MODES)[offerings.mode[rows]],
        "start": offerings.start[rows].astype("datetime64[s]"),
        "end": offerings.end[rows].astype("datetime64[s]"),
        "city": offerings.city[rows],
        "province": offerings.province[rows],
        "opened": taken > 0,
        "seats_min": problem.classes.seats_min,
        "seats": problem.classes.seats_max,
        "taken": taken,
        "wanted": reasons.n_wanted,
        "fixed_cost": problem.classes.fixed_cost,
        "line": named(budget.ids, problem.classes.line),
        "code": reasons.class_codes(),
    })  # fmt: skip
    return frame[list(OFFERING_COLUMNS)]


def _closed_cells(planning: PlanningProblem, allocation: Allocation, demand: Demand, n_competencies: int) -> pd.Series:
    """Return expected levels closed by (person, competency)."""
    row = planning.demand_row[allocation.chosen]
    left, topic = join_groups(demand.topic_bounds, row)
    key = demand.employee[row[left]] * n_competencies + demand.topic[topic]
    closed = demand.benefit[row[left]] * demand.topic_share[topic]
    return pd.Series(closed).groupby(key).sum()


def gaps_frame(
    planning: PlanningProblem, allocation: Allocation, demand: Demand, gaps: Gaps, workforce: Workforce,
    catalog: Catalog,
) -> pd.DataFrame:  # fmt: skip
    """Return weighted levels by unit and competency before and after; needs that are assumed are included."""
    closed = _closed_cells(planning, allocation, demand, gaps.n_competencies)
    before = gaps.need * gaps.weight
    by_cell = closed.reindex(gaps.keys, fill_value=0.0).to_numpy()
    frame = pd.DataFrame({
        "unit": named(workforce.units.ids, workforce.unit[gaps.employee]),
        "competency": catalog.competencies.ids[gaps.competency],
        "before": before,
        "closed": np.minimum(by_cell, before),
        "n_people": (before > 0).astype(np.int64),
    })  # fmt: skip
    cells = frame[before > 0].groupby(["unit", "competency"], as_index=False).sum()
    return cells.assign(after=cells.before - cells.closed)[list(GAP_COLUMNS)]


def age_bands(birth_date: np.ndarray, on: date) -> TextArray:
    """Return the band of each age on a day; empty where it is not known."""
    age = (np.datetime64(on, "D") - birth_date).astype("timedelta64[D]").astype(np.float64) / DAYS_PER_YEAR
    band = np.searchsorted([low for low, _ in AGE_BANDS[1:]], age, side="right")
    return np.asarray(AGE_BAND_NAMES)[np.where(np.isnat(birth_date), len(AGE_BANDS), band)]


def report_groups(workforce: Workforce, on: date) -> dict[str, TextArray]:
    """Return sex and age band of everybody, for reports of fairness only; empty where not known."""
    return {"sex": np.asarray(("", "M", "F"))[workforce.sex], "age_band": age_bands(workforce.birth_date, on)}


def people_frame(
    planning: PlanningProblem, allocation: Allocation, demand: Demand, gaps: Gaps, workforce: Workforce, on: date
) -> pd.DataFrame:
    """Return one row a person: need, closed, trainings, hours; sex and age band for the fairness report only."""
    row = planning.demand_row[allocation.chosen]
    who, problem = demand.employee[row], planning.problem
    n_people = workforce.n_people

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(who, weights=values, minlength=n_people).astype(np.float64)

    frame = pd.DataFrame({
        "employee": workforce.ids,
        "unit": named(workforce.units.ids, workforce.unit),
        "employment_type": np.asarray(EMPLOYMENT_TYPES)[workforce.employment_type],
        **report_groups(workforce, on),
        "need": np.bincount(gaps.employee, weights=gaps.need * gaps.weight, minlength=n_people),
        "closed": total(demand.benefit[row]),
        "n_trainings": np.bincount(who, minlength=n_people),
        "hours_taken": planning.hours_taken,
        "hours_planned": total(problem.classes.hours[problem.options.offering[allocation.chosen]]),
        "hours_floor": problem.people.hours_floor + np.where(problem.people.hours_floor > 0, planning.hours_taken, 0.0),
        "hours_cap": problem.people.hours_cap + planning.hours_taken,
    })  # fmt: skip
    return frame[list(PERSON_COLUMNS)]
