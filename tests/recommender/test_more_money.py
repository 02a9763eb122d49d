"""More money on one line, planned again."""

import itertools
import time
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.allocation.limits import SolveLimits
from recommender.allocation.solve import solve
from recommender.more_money import climb, with_more
from tests.examples import tries
from tests.recommender.allocation.problems import make_problem, tiny_problems

LIMITS = SolveLimits(seconds=20.0, clock=time.monotonic)


def two_lines(amounts=(10, 3)):
    """Return three people of whom the line below pays for one with each three it holds; the line above holds it."""
    options = [{"who": who, "where": who, "benefit": 1.0 + who, "cost": {1: 3}} for who in range(3)]
    return make_problem(budgets=list(amounts), parents=[-1, 0], classes=[{"training": k} for k in range(3)],
                        options=options, n_people=3)  # fmt: skip


def climbed(problem, amounts, line=1):
    first = solve(problem, LIMITS)
    return list(climb(problem, first.chosen, line, amounts, partial(solve, limits=LIMITS)))


def test_each_amount_closes_what_it_pays_for():
    steps = climbed(two_lines(), (2, 3, 6, 9))
    assert [(step.more, step.value, step.seats, step.cost) for step in steps] == [
        (0, 3.0, 1, 3), (2, 3.0, 1, 3), (3, 5.0, 2, 6), (6, 6.0, 3, 9), (9, 6.0, 3, 9),
    ]  # fmt: skip
    assert all(step.bound == pytest.approx(step.value) for step in steps)


def test_the_lines_that_hold_a_line_grow_with_it():
    richer = with_more(two_lines((3, 3)), np.array([0]), 1, 3)
    assert richer.lines.amount.tolist() == [6, 6]
    assert [step.seats for step in climbed(two_lines((3, 3)), (3,))] == [1, 2]


@settings(max_examples=tries(4, 6))
@given(problem=tiny_problems(), more=st.lists(st.integers(1, 60), min_size=1, max_size=2, unique=True))
def test_more_money_never_makes_a_plan_worth_less(problem, more):
    values = [step.value for step in climbed(problem, sorted(more), line=0)]
    assert all(later >= earlier - 1e-9 for earlier, later in itertools.pairwise(values))
