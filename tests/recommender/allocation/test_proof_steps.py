"""Floors of a proof by the time that is left, and what is likeliest in any future."""

import time

import numpy as np
import pytest
from problems import make_problem
from test_floors import best_of, knapsack

from recommender.allocation import highs
from recommender.allocation.dual import price, price_only
from recommender.allocation.floors import LADDER, Floors
from recommender.allocation.highs import Solver
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.proving import likeliest
from recommender.allocation.relaxation import OPENED, Relaxation


def ways(took, left):
    """Return how far the floors are where each proof takes the seconds given."""
    floors, found = Floors(), []
    for seconds in took:
        found.append(floors.next(left))
        floors.through(seconds)
        left -= seconds
    return [*found, floors.next(left)], floors.is_shortened


def test_where_there_is_time_floors_go_down_the_ladder_to_the_plan():
    assert ways((0.1, 0.2, 0.3), 1000.0) == ([*LADDER, 0.0], False)


def test_a_floor_is_as_far_as_the_time_left_will_do_for():
    found, is_shortened = ways((1.0,), 6.0)
    assert is_shortened
    assert LADDER[0] < found[1] < LADDER[1]
    assert ways((1.0,), 4.0)[0][1] < found[1]


def test_where_the_next_proof_would_hardly_do_more_there_is_none():
    assert ways((1.0,), 1.9) == ([LADDER[0], 0.0], True)


def test_a_proof_that_took_much_longer_than_the_one_before_shortens_the_next_way():
    flat, steep = ways((1.0, 1.2), 40.0)[0], ways((0.01, 1.2), 39.01)[0]
    assert flat[:2] == steep[:2] == list(LADDER[:2])
    assert flat[2] == LADDER[2] > steep[2] > 0.0


def two_classes_of_which_one_is_paid_for():
    """Money opens one of two classes, and a kind may cost no more: who sits in either is worth nearly the same."""
    classes = [{"fixed": 6, "max": 2, "training": 0}, {"fixed": 6, "max": 2, "training": 1}]
    options = [{"who": who, "where": who // 2, "benefit": 4.0 + 0.01 * (who // 2)} for who in range(4)]
    rules = Rules(earmarks=(Earmark(name="M", trainings=(0, 1), at_most=9),))
    return make_problem(budgets=[99], n_people=4, classes=classes, options=options, rules=rules)


def test_what_is_likeliest_lies_in_several_futures_where_the_best_has_too_little():
    priced = price(Relaxation(two_classes_of_which_one_is_paid_for()), seconds=5.0, now=time.monotonic)
    assert np.flatnonzero(priced.decided == OPENED).tolist() == [1]
    assert likeliest(priced, 2).options.tolist() == [False, False, True, True]
    both = likeliest(priced, 4)
    assert both.options.all()
    assert not both.is_opened.any()


def test_what_is_likeliest_is_all_there_is_where_more_is_asked_for():
    priced = price_only(Relaxation(two_classes_of_which_one_is_paid_for()), seconds=5.0, now=time.monotonic)
    assert likeliest(priced, 9).options.all()


def test_a_solver_that_began_before_it_is_asked_answers_the_same():
    program = knapsack(3)
    with Solver(Deadline(SolveLimits(seconds=60.0, clock=time.monotonic)), 0) as solver:
        solver.begin()
        assert solver.solve(program, seconds=30.0, gap=0.0).bound == pytest.approx(best_of(program))


def test_a_solver_that_has_not_begun_when_the_time_is_up_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(highs, "GRACE_SECONDS", 0.0)
    with Solver(Deadline(SolveLimits(seconds=0.01, clock=time.monotonic)), 0) as solver:
        assert solver.solve(knapsack(3), seconds=0.01, gap=0.0) is highs.NO_ANSWER
