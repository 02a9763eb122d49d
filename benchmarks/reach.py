"""Claim: with an office's records no estimate comes much closer to the best plan than the product, about seven eighths.

Draws the cities of plan_city.py and plans with two estimates that nobody could have: both know the simulation's own
formulas and settings. *Records* knows of each person what the office wrote down: levels are believed as assessments,
self-ratings and the person's other levels tell (variances by moments from the records), motivation and support are
everybody's mean, and completion is the fitted model's. *Traits* knows each person's motivation, support and interest
as well. Prints what each plan truly closes as a share of the best possible plan's, beside the product's own.

    python benchmarks/reach.py [--people 5200] [--first 1] [--seeds 3] [--seconds 15]
"""

import argparse
import time
from dataclasses import fields, replace

import numpy as np
from plan_city import ON, best_possible, city_tables, demand_for, reference_tables, truth_of, what_serves
from scipy.special import ndtri

from recommender.allocation.limits import SolveLimits
from recommender.allocation.solve import solve
from recommender.budget import build_budget
from recommender.gap import find_gaps
from recommender.levels import Belief, believe, learn_spread
from recommender.planning_problem import build_problem
from recommender.policy import Policy, RankingRules
from recommender.simulation.city import simulate_city
from recommender.simulation.truth import Truth, true_benefit, true_completion
from recommender.workforce_tables import build_workforce
from training_catalog.catalog import build_catalog
from training_catalog.columns import FloatArray, IndexArray, look_up
from training_catalog.training import Trainings

NODES = ndtri((np.arange(15) + 0.5) / 15)  # of a standard normal, equally likely


def expected(truth: Truth, trainings: Trainings, pairs: tuple[IndexArray, IndexArray],
             belief: Belief) -> FloatArray:  # fmt: skip
    """Return each pair's benefit by the simulation's formulas, averaged over what levels may be."""
    above, spread = belief.above, belief.spread
    parts = [
        true_benefit(replace(truth, level=truth.required + above + node * spread), trainings, *pairs) for node in NODES
    ]
    return np.mean(parts, axis=0)


def one_city(seed: int, n_people: int, seconds: float) -> dict[str, float]:
    """Return the shares of one city."""
    reference, policy = reference_tables(), Policy()
    city = simulate_city(np.random.default_rng(seed), n_people=n_people, on=ON, reference=reference)
    tables = city_tables(city, reference)
    catalog = build_catalog(tables, ON)
    workforce = build_workforce(tables, catalog)
    model = what_serves(workforce, catalog, policy, seed)
    budget = build_budget(tables, workforce.units, ON.year)
    wide = replace(policy, ranking=RankingRules(n_candidates=30), plan=replace(policy.plan, minimum_benefit=0.0))
    own, demand = (demand_for(workforce, catalog, model, rules) for rules in (policy, wide))
    truth, trainings = city.truth, catalog.trainings
    gaps = find_gaps(workforce, catalog, ON, policy.gap)
    at = look_up(gaps.keys, truth.employee * truth.n_competencies + truth.competency)
    own_belief = believe(workforce, gaps, ON, learn_spread(workforce, gaps, catalog.competencies, ON))
    belief = Belief(**{column.name: getattr(own_belief, column.name)[at] for column in fields(Belief)})
    usual = replace(truth, motivation=np.full_like(truth.motivation, truth.motivation.mean()),
                    support=np.full_like(truth.support, truth.support.mean()), interest=truth.interest[:0])  # fmt: skip
    pairs = (demand.employee, demand.training)
    records = expected(usual, trainings, pairs, belief) / true_completion(usual, trainings, *pairs)
    estimates = {
        "product": (own, policy),
        "records": (replace(demand, benefit=records * demand.completion), wide),
        "traits": (replace(demand, benefit=expected(truth, trainings, pairs, belief)), wide),
    }
    best = best_possible(city, workforce, catalog, budget, policy, seconds)
    shares = {}
    for name, (brought, rules) in estimates.items():
        planning = build_problem(brought, workforce, catalog, budget, rules)
        found = solve(planning.problem, SolveLimits(seconds=seconds, clock=time.monotonic))
        shares[name] = truth_of(city, catalog, planning, brought, found.chosen) / best
    return shares


def main() -> None:
    """Print each seed's shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5_200)
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds")
    parser.add_argument("--seconds", type=float, default=15.0, help="for each plan")
    given = parser.parse_args()
    for seed in range(given.first, given.first + given.seeds):
        shares = one_city(seed, given.people, given.seconds)
        print(f"seed {seed}: " + ", ".join(f"{name} {share:.3f}" for name, share in shares.items()), flush=True)


if __name__ == "__main__":
    main()
