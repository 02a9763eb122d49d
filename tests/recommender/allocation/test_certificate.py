"""What prices prove, recounted: equal to the search's own claim, and never below the best plan, whatever the prices."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import best_by_trying, make_problem, tiny_problems
from test_laws import QUICK, proven, solved

from recommender.allocation.certificate import dual_bound
from recommender.allocation.exact import demands
from recommender.allocation.priced_rows import FLOOR
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.verify import verify


def drawn(relaxed, seed):
    """Return random prices, half of them zero."""
    rng = np.random.default_rng(seed)
    prices = rng.exponential(0.5, relaxed.n_prices) * rng.integers(0, 2, relaxed.n_prices)
    return np.minimum(prices, relaxed.highest)


@QUICK
@given(tiny_problems(demanded=True), st.integers(0, 2**32 - 1))
def test_the_recount_of_any_prices_equals_the_search_s_own(problem, seed):
    chosen = solved(problem).chosen
    relaxed = Relaxation(problem, tuple(group for group in demands(problem) if np.isin(group, chosen).any()))
    prices = drawn(relaxed, seed)
    recount = dual_bound(problem, relaxed.named(prices), chosen.tolist())
    assert recount == pytest.approx(relaxed.evaluate(prices).bound, abs=1e-6)


@QUICK
@given(tiny_problems(), st.integers(0, 2**32 - 1))
def test_any_prices_recounted_prove_a_valid_bound(problem, seed):
    relaxed = Relaxation(problem)
    assert dual_bound(problem, relaxed.named(drawn(relaxed, seed)), []) >= best_by_trying(problem)[2] - 1e-6


@QUICK
@given(tiny_problems(demanded=True))
def test_every_plan_comes_with_prices_that_prove_its_bound(problem):
    allocation = solved(problem)
    assert dual_bound(problem, allocation.prices, allocation.chosen.tolist()) <= allocation.price_bound + 1e-6
    assert allocation.bound <= max(allocation.price_bound, allocation.objective) + 1e-9


def test_a_class_that_nobody_can_attend_opens_for_no_price():
    """Opening it would spend 5,000 of the 9,000 rupiah that an earmark asks for, and count 0.005 levels."""
    classes = [{"training": 0}, {"training": 1, "fixed": 5_000}]
    marks = (Earmark(name="M", trainings=(1,), at_least=9_000),)
    problem = make_problem(budgets=[9_000], n_people=1, classes=classes,
                           options=[{"who": 0, "where": 0, "benefit": 1.0}], rules=Rules(earmarks=marks))  # fmt: skip
    relaxed = Relaxation(problem)
    prices = np.where(relaxed.priced.kind == FLOOR, relaxed.priced.highest, 0.0)
    prices = np.concatenate([prices, np.zeros(relaxed.n_prices - len(prices))])
    assert relaxed.evaluate(prices).bound == pytest.approx(1.0 - 0.009)
    assert dual_bound(problem, relaxed.named(prices), []) == pytest.approx(1.0 - 0.009)
    assert best_by_trying(problem)[2] == pytest.approx(1.0 - 0.009)


def test_a_day_away_is_priced_on_the_last_day_too():
    """Two of a unit want the same day, and one may be away."""
    options = [{"who": who, "where": 0, "benefit": 1.0} for who in (0, 1)]
    problem = make_problem(budgets=[9], n_people=2, classes=[{"day": 0}], options=options, people={"unit": [0, 0]},
                           rules=Rules(away_share=0.5))  # fmt: skip
    relaxed = Relaxation(problem)
    prices = np.full(relaxed.n_prices, 0.25)
    assert dual_bound(problem, relaxed.named(prices), []) == pytest.approx(relaxed.evaluate(prices).bound)
    assert proven(problem) == pytest.approx(1.0, abs=0.01)


def one_class_too_dear():
    options = [{"who": who, "where": 0, "benefit": 1.0, "cost": 2} for who in range(3)]
    return make_problem(budgets=[3], n_people=3, classes=[{}], options=options)


def test_a_claim_that_the_prices_do_not_prove_is_caught():
    problem = one_class_too_dear()
    allocation = replace(solved(problem), price_bound=1.0)
    assert [(v.code, v.limit) for v in verify(problem, allocation)] == [("bound", "prices")]
    assert verify(problem, replace(allocation, price_bound=1.51)) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": np.array([-0.1])},
        {"cover_bounds": np.array([0, 1]), "cover_class": np.array([0]), "covers": np.array([1.0])},
    ],
)
def test_prices_below_zero_or_for_demands_that_nobody_makes_prove_nothing(wrong):
    problem = one_class_too_dear()
    assert dual_bound(problem, replace(solved(problem).prices, **wrong), []) == np.inf


@pytest.mark.parametrize(("n_payers", "proven"), [(1, 5.0), (2, 7.0)])
def test_money_that_pays_for_one_class_alone_is_there_once_it_opens(n_payers, proven):
    """Two people cost 3 each of line 1, which holds 6, in a class that another line opens for all it holds, 5.

    At 1 for a rupiah of opening and 1/3 for one of line 1 nobody gains and the class stays shut: its own money proves
    nothing then, and 2 where another class is paid from it, too.
    """
    classes = [{"training": 0, "fixed": 5}, {"training": 1}]
    options = [{"who": 0, "where": 0, "benefit": 1.0, "cost": {1: 3}}, {"who": 1, "where": 0, "benefit": 1.0,
               "cost": {1: 3}}, {"who": 0, "where": 1, "cost": {1: 1}, "benefit": 0.0}]  # fmt: skip
    problem = make_problem(budgets=[5, 6], n_people=2, classes=classes, options=options[: 1 + n_payers])
    relaxed = Relaxation(problem)
    prices = np.zeros(relaxed.n_prices)
    prices[:2] = 5.0, 6 / 3
    assert relaxed.evaluate(prices).bound == pytest.approx(proven)
    assert dual_bound(problem, relaxed.named(prices), []) == pytest.approx(proven)
