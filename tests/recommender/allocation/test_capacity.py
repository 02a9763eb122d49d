"""What lines may carry, in whole rupiah and by the shares as they are written."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import make_problem
from test_laws import solved

from recommender.allocation.capacity import line_caps, line_reserves, raise_for
from recommender.allocation.problem import Rules
from recommender.allocation.verify import verify


def kept(amount, share):
    return make_problem(budgets=[amount], n_people=1, classes=[{}], options=[], rules=Rules(reserve_share=share))


@pytest.mark.parametrize(
    ("amount", "share", "reserve"),
    [(100, 0.29, 29), (1000, 0.57, 570), (3, 0.5, 1), (7, 0.0, 0), (7, 1.0, 7), (10**15 + 3, 0.1, 10**14)],
)
def test_a_share_counts_as_it_is_written(amount, share, reserve):
    assert line_reserves(kept(amount, share)).tolist() == [reserve]
    assert line_caps(kept(amount, share)).tolist() == [amount - reserve]


def test_solver_and_recount_keep_the_same_rupiah_back():
    options = [{"who": 0, "where": 0, "benefit": 1.0, "cost": 71}, {"who": 0, "where": 1, "benefit": 2.0, "cost": 72}]
    problem = make_problem(
        budgets=[100], n_people=1, classes=[{}, {}], options=options, rules=Rules(reserve_share=0.29)
    )
    found = solved(problem)
    assert found.chosen.tolist() == [0]
    assert not verify(problem, found)
    too_dear = verify(problem, replace(found, chosen=np.array([1])))
    assert ("budget", 72, 71) in {(one.code, one.found, one.allowed) for one in too_dear}


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from([0.0, 0.05, 0.1, 0.29, 0.5, 0.999, 0.9999]))
def test_a_line_is_raised_by_as_little_as_lets_so_much_more_be_planned(amount, short, share):
    def planned(more):
        return int(line_caps(kept(amount + more, share))[0])

    more = raise_for(kept(amount, share), 0, short)
    assert planned(more) - planned(0) >= short
    assert planned(more - 1) - planned(0) < short
