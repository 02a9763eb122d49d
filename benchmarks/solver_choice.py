"""Claim: highspy from a start plan never holds less than scipy's milp, which takes no start, in the same time.

Both run HiGHS on the very same program of a simulated office. Prints, for each seed, the plan's value with milp as a
ratio to the value with highspy (0 when milp has no plan at all), and the greedy start's value as the floor.

    python benchmarks/solver_choice.py [--people 300] [--seeds 3] [--seconds 10]
"""

import argparse
import time

import numpy as np
from plan_city import ON, city_tables, demand_for, reference_tables
from scipy.optimize import Bounds, LinearConstraint, milp

from models.baseline import BaselineRule
from recommender.allocation.constraints import build_program
from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.highs import run_highs
from recommender.allocation.layout import layout_of
from recommender.allocation.placement import Placement
from recommender.allocation.program import Program
from recommender.budget import build_budget
from recommender.planning_problem import build_problem
from recommender.policy import Policy
from recommender.simulation.city import simulate_city
from recommender.workforce_tables import build_workforce
from training_catalog.catalog import build_catalog
from training_catalog.columns import FloatArray
from training_catalog.frames import Tables


def office_program(seed: int, n_people: int, reference: Tables) -> tuple[Program, FloatArray]:
    """Return the program of a simulated office and a greedy plan to begin from."""
    city = simulate_city(np.random.default_rng(seed), n_people=n_people, on=ON, reference=reference)
    tables, policy = city_tables(city, reference), Policy()
    catalog = build_catalog(tables, ON)
    workforce = build_workforce(tables, catalog)
    demand = demand_for(workforce, catalog, BaselineRule(), policy)
    budget = build_budget(tables, workforce.units, ON.year)
    problem = build_problem(demand, workforce, catalog, budget, policy).problem
    layout = layout_of(problem)
    return build_program(layout), layout.point(greedy(Placement(problem), ratio_scores(problem)))


def main() -> None:
    """Print a line for each seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    reference = reference_tables()
    for seed in range(1, given.seeds + 1):
        program, start = office_program(seed, given.people, reference)
        floor = float(program.cost @ start) + program.constant
        begun = time.monotonic()
        ours = run_highs(program, start, seconds=given.seconds, gap=1e-4, seed=0)
        our_seconds = time.monotonic() - begun
        begun = time.monotonic()
        theirs = milp(
            -program.cost, integrality=program.is_integer.astype(int), bounds=Bounds(program.lower, program.upper),
            constraints=LinearConstraint(program.matrix, program.row_lower, program.row_upper),
            options={"time_limit": given.seconds, "mip_rel_gap": 1e-4},
        )  # fmt: skip
        their_seconds = time.monotonic() - begun
        value = floor if ours.values is None else float(program.cost @ ours.values) + program.constant
        other = 0.0 if theirs.x is None else program.constant - float(theirs.fun)
        print(f"seed {seed}: {program.n_options} options; value milp/highspy {other / value:.4f}, "
              f"greedy/highspy {floor / value:.4f}, time milp/highspy {their_seconds / our_seconds:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
