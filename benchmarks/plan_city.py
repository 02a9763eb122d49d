"""Claim: planning a city costs little beyond the solver, and its plan is close to the best possible one.

Prints, over several seeds of a simulated city: the time of everything but the solver as a ratio to the solver's own
time; the proven gap; and what each plan truly closes (planted truth) as a share of the best plan found when the truth
is known, beside four usual practices under the same budget, seats and rules.

    python benchmarks/plan_city.py [--people 5200] [--first 1] [--seeds 10] [--seconds 30]
"""

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.baseline import BaselineRule, BenefitPredictor
from recommender.allocation.greedy import fill, ratio_scores
from recommender.allocation.limits import SolveLimits
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.solve import solve
from recommender.budget import Budget, build_budget
from recommender.demand import Demand, demand_of, gather_demand
from recommender.planning_problem import PlanningProblem, build_problem
from recommender.policy import Policy, RankingRules
from recommender.simulation.city import City, simulate_city
from recommender.simulation.truth import true_benefit, true_plan_benefit
from recommender.use_cases import fit_models, recommend_in_chunks
from recommender.workforce import Assessments, Workforce
from recommender.workforce_tables import build_workforce
from service.reference import open_office
from training_catalog.catalog import Catalog, build_catalog
from training_catalog.columns import FloatArray, IndexArray
from training_catalog.frames import Tables, empty_frame
from training_catalog.tables import TABLES

ON = date(2027, 1, 4)
PRACTICES = ("largest deficit first", "cheapest hours first", "random eligible", "past practice")


def reference_tables() -> Tables:
    """Return the tables that every new database begins with."""
    with tempfile.TemporaryDirectory() as folder:
        return open_office(f"sqlite:///{Path(folder) / 'reference.db'}").read_all()


def city_tables(city: City, reference: Tables) -> Tables:
    """Join a city's tables with the reference ones."""
    joined = {}
    for table in TABLES:
        parts = [t[table.name] for t in (city.tables, reference) if table.name in t and len(t[table.name])]
        joined[table.name] = pd.concat(parts, ignore_index=True) if parts else empty_frame(table)
    return joined


def all_knowing(city: City, workforce: Workforce) -> Workforce:
    """Return the workforce as if every true level had been assessed today."""
    truth = city.truth
    n = len(truth.level)
    known = Assessments(
        employee=truth.employee.copy(), competency=truth.competency.copy(), level=truth.level.copy(),
        on=np.full(n, np.datetime64(ON, "D")), method=np.zeros(n, dtype=np.int64),
    )  # fmt: skip
    return replace(workforce, assessments=known)


def demand_for(workforce: Workforce, catalog: Catalog, model: BenefitPredictor, policy: Policy) -> Demand:
    """Return everybody's options."""
    chunks = recommend_in_chunks(workforce, catalog, model, ON, policy)
    return gather_demand(demand_of(lists, catalog, policy, ON.year, first) for first, _, lists in chunks)


def truth_of(city: City, catalog: Catalog, planning: PlanningProblem, demand: Demand, chosen: IndexArray) -> float:
    """Return what chosen options truly close."""
    rows = planning.demand_row[chosen]
    return true_plan_benefit(city.truth, catalog.trainings, demand.employee[rows], demand.training[rows])


def practice_scores(problem: AllocationProblem, demand: Demand, rows: IndexArray, name: str, workforce: Workforce,
                    rng: np.random.Generator) -> FloatArray:  # fmt: skip
    """Score options as a usual practice would order them."""
    options = problem.options
    hours = problem.classes.hours[options.offering]
    if name == "largest deficit first":
        need = np.bincount(demand.employee, weights=demand.benefit, minlength=workforce.n_people)
        return 1e3 * need[options.employee] + options.benefit
    if name == "cheapest hours first":
        return hours / (options.cost + ratio_floor(problem) + 1.0)
    if name == "random eligible":
        return rng.random(len(rows)) + 1e-9
    rating = np.zeros(workforce.n_people)
    rating[workforce.ratings.employee] = workforce.ratings.goodness  # the last one stays
    popular = np.bincount(
        workforce.history.training[workforce.history.training >= 0], minlength=len(problem.classes.training_ids)
    )
    return (
        rating[options.employee] * 10
        + popular[problem.classes.training[options.offering]] / 1e3
        + rng.random(len(rows))
    )


def ratio_floor(problem: AllocationProblem) -> FloatArray:
    """Return each option's share of its class's fixed cost."""
    wanted = np.bincount(problem.options.offering, minlength=len(problem.classes.ids))
    seats = np.maximum(np.minimum(wanted, problem.classes.seats_max), 1)
    return (problem.classes.fixed_cost / seats)[problem.options.offering]


def by_practice(problem: AllocationProblem, scores: FloatArray) -> IndexArray:
    """Fill a plan in the order of a practice, under every rule."""
    placement = Placement(problem)
    fill(placement, np.argsort(-scores, kind="stable").astype(np.int64))
    return placement.as_array()


def best_possible(city: City, workforce: Workforce, catalog: Catalog, budget: Budget, policy: Policy,
                  seconds: float) -> float:  # fmt: skip
    """Return what the best plan found closes when every level and every effect is known."""
    wide = replace(policy, ranking=RankingRules(n_candidates=30), plan=replace(policy.plan, minimum_benefit=0.0))
    demand = demand_for(all_knowing(city, workforce), catalog, BaselineRule(), wide)
    known = true_benefit(city.truth, catalog.trainings, demand.employee, demand.training)
    demand = replace(demand, benefit=known)
    planning = build_problem(demand, workforce, catalog, budget, wide)
    allocation = solve(planning.problem, SolveLimits(seconds=seconds, clock=time.monotonic))
    return truth_of(city, catalog, planning, demand, allocation.chosen)


def what_serves(workforce: Workforce, catalog: Catalog, policy: Policy, seed: int) -> BenefitPredictor:
    """Fit a model on the city's past, and return it where it was approved, else the rule."""
    fitted = fit_models(workforce, catalog, ON, policy, np.random.default_rng(seed))
    return fitted.model if fitted.verdict.code == "approved" else BaselineRule()


def one_city(seed: int, n_people: int, seconds: float, reference: Tables) -> dict[str, float]:
    """Run everything for one seed and return its figures."""
    city = simulate_city(np.random.default_rng(seed), n_people=n_people, on=ON, reference=reference)
    tables = city_tables(city, reference)
    policy = Policy()
    begun = time.monotonic()
    catalog = build_catalog(tables, ON)
    workforce = build_workforce(tables, catalog)
    model = what_serves(workforce, catalog, policy, seed)
    budget = build_budget(tables, workforce.units, ON.year)
    demand = demand_for(workforce, catalog, model, policy)
    planning = build_problem(demand, workforce, catalog, budget, policy)
    everything_else = time.monotonic() - begun
    begun = time.monotonic()
    allocation = solve(planning.problem, SolveLimits(seconds=seconds, clock=time.monotonic))
    solving = time.monotonic() - begun
    best = best_possible(city, workforce, catalog, budget, policy, seconds)
    figures = {
        "time ratio": everything_else / solving, "proven gap": allocation.gap,
        "model serves": float(not isinstance(model, BaselineRule)),
        "bangkom": truth_of(city, catalog, planning, demand, allocation.chosen) / best,
        "greedy by value for money": truth_of(city, catalog, planning, demand,
                                              by_practice(planning.problem, ratio_scores(planning.problem))) / best,
    }  # fmt: skip
    for name in PRACTICES:
        rng = np.random.default_rng(seed)
        scores = practice_scores(planning.problem, demand, planning.demand_row, name, workforce, rng)
        figures[name] = truth_of(city, catalog, planning, demand, by_practice(planning.problem, scores)) / best
    return figures


def main() -> None:
    """Print each seed's figures, then the median and the spread."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds")
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    reference = reference_tables()
    rows = []
    for seed in range(given.first, given.first + given.seeds):
        rows.append(one_city(seed, given.people, given.seconds, reference))
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in rows[-1].items()), flush=True)
    print(
        f"\n{given.people} people, {given.seconds:g} s for each solve; shares of the best possible plan's true benefit"
    )
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        print(f"{name:28} median {np.median(values):6.3f}   from {values.min():6.3f} to {values.max():6.3f}")


if __name__ == "__main__":
    main()
