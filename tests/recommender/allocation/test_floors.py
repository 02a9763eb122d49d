"""HiGHS asked whether anything is worth more than a floor, against every choice tried; and what it tells on the way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csc_array
from test_laws import QUICK

from recommender.allocation.highs import Aim, run_highs
from recommender.allocation.program import Program

WIDTH = 10


def knapsack(seed, width=WIDTH, n_rows=3, constant=0.0):
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 30, (n_rows, width)).astype(np.float64)
    return Program(
        matrix=csc_array(weight), cost=rng.integers(1, 40, width).astype(np.float64), lower=np.zeros(width),
        upper=np.ones(width), is_integer=np.ones(width, dtype=np.bool_), row_lower=np.full(n_rows, -np.inf),
        row_upper=np.floor(weight.sum(axis=1) * 0.4), n_options=width, constant=constant,
    )  # fmt: skip


def best_of(program):
    points = np.arange(2**WIDTH)[:, None] >> np.arange(WIDTH) & 1
    keeps = (points @ program.matrix.toarray().T <= program.row_upper).all(axis=1)
    return program.constant + float((points[keeps] @ program.cost).max())


@QUICK
@given(st.integers(0, 2**32 - 1), st.sampled_from((-250.0, 0.0, 100.0)), st.sampled_from(Aim))
def test_a_floor_is_proved_where_nothing_is_worth_more_and_else_the_best_is_found(seed, constant, aim):
    program = knapsack(seed, constant=constant)
    best = best_of(program)
    above = run_highs(program, None, seconds=20.0, gap=0.0, seed=0, floor=best + 0.5, aim=aim)
    assert above.bound == best + 0.5
    assert above.is_infeasible or above.is_optimal
    below = run_highs(program, None, seconds=20.0, gap=0.0, seed=0, floor=best - 0.5, aim=aim)
    assert below.bound == pytest.approx(best)
    assert below.values is not None
    assert program.constant + program.cost @ below.values == pytest.approx(best)


def test_a_linear_program_s_own_value_is_its_bound():
    program = replace(knapsack(2), is_integer=np.zeros(WIDTH, dtype=np.bool_))
    answer = run_highs(program, None, seconds=20.0, gap=0.0, seed=0, floor=1.0)
    assert answer.values is not None
    assert answer.bound == pytest.approx(program.cost @ answer.values)
    assert answer.bound >= best_of(program)


def test_the_bound_is_told_while_the_search_goes_on_though_there_is_no_plan_yet():
    told = []
    program = knapsack(1, width=60, n_rows=5)
    answer = run_highs(program, None, seconds=20.0, gap=0.0, seed=0, nodes=300, floor=1.0, aim=Aim.BOUND,
                       report=told.append)  # fmt: skip
    bounds = [report.bound for report in told if report.values is None]
    assert len(bounds) > 1
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] < np.inf
    assert bounds[-1] >= answer.bound - 1e-6 * answer.bound
