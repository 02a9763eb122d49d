"""A second process weighs the whole program while the search goes on: taken where the clock ended the search."""

import time
from dataclasses import replace

import numpy as np
import pytest
from problems import SolverHere, SolverSilent, make_problem

from recommender.allocation.aside import NOBODY, Aside
from recommender.allocation.exact import build_model
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.result import Status
from recommender.allocation.solve import solve_with
from recommender.allocation.verify import verify

LIMITS = SolveLimits(seconds=30.0, gap=0.0, clock=time.monotonic)


def assignment(*, n_people=60, n_places=5, room=12):
    """Everybody must go to one of some places, each with room for so many and just enough in all."""
    rng = np.random.default_rng(0)
    options = [
        {"who": who, "where": where, "benefit": float(rng.integers(1, 50)), "cost": 1, "mandatory": True}
        for who in range(n_people) for where in range(n_places)
    ]  # fmt: skip
    classes = [{"training": 0, "max": room} for _ in range(n_places)]
    return make_problem(budgets=[n_people], classes=classes, options=options, n_people=n_people)


def found_aside(problem):
    deadline = Deadline(LIMITS)
    with Aside(deadline, 0) as aside:
        aside.begin(build_model(problem))
        while not aside.is_over and deadline.left() > 0:
            time.sleep(0.05)
        yield aside, deadline


def test_a_plan_found_aside_is_taken_where_the_search_got_no_answer():
    problem = assignment()
    best = solve_with(problem, LIMITS, Deadline(LIMITS), SolverHere(), NOBODY)
    for aside, deadline in found_aside(problem):
        alone = solve_with(problem, LIMITS, deadline, SolverSilent())
        beside = solve_with(problem, LIMITS, deadline, SolverSilent(), aside)
    assert alone.status == Status.INFEASIBLE or alone.objective < best.objective
    assert beside.objective == pytest.approx(best.objective)
    assert beside.bound == pytest.approx(best.bound)
    assert verify(problem, beside) == ()


def test_a_search_that_ends_by_itself_answers_the_same_with_and_without_it():
    problem = assignment()
    alone = solve_with(problem, LIMITS, Deadline(LIMITS), SolverHere(), NOBODY)
    for aside, deadline in found_aside(problem):
        beside = solve_with(problem, LIMITS, deadline, SolverHere(), aside)
    assert alone.status == Status.OPTIMAL
    assert np.array_equal(alone.chosen, beside.chosen)


def test_little_time_and_tiny_problems_start_no_process():
    for problem, seconds in ((assignment(n_people=4, room=2), 60.0), (assignment(), 2.0)):
        with Aside(Deadline(replace(LIMITS, seconds=seconds)), 0) as aside:
            aside.begin(build_model(problem))
            assert aside.plan() is None
            assert aside._thread is None


def test_demands_that_the_search_left_open_are_met_by_a_plan_found_aside():
    rng = np.random.default_rng(1)
    free = [(who, where, 50.0 if where == 0 else float(rng.integers(1, 20))) for who in range(48) for where in range(5)]
    options = [
        {"who": who, "where": where, "benefit": worth, "cost": 1, "mandatory": True} for who, where, worth in free
    ]
    options += [{"who": who, "where": 0, "benefit": 1.0, "cost": 1, "mandatory": True} for who in range(48, 60)]
    classes = [{"training": 0, "max": 12} for _ in range(5)]
    problem = make_problem(budgets=[60], classes=classes, options=options, n_people=60)
    for aside, deadline in found_aside(problem):
        alone = solve_with(problem, LIMITS, deadline, SolverSilent())
        beside = solve_with(problem, LIMITS, deadline, SolverSilent(), aside)
    assert alone.status == Status.INFEASIBLE
    assert beside.status != Status.INFEASIBLE
    assert len(beside.chosen) == 60
    assert beside.clashes == ()
    assert beside.stopped_by_clock or beside.status == Status.OPTIMAL
    assert verify(problem, beside) == ()
