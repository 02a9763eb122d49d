"""Laws of prices in parts and of decided classes, against every choice tried."""

import time
from dataclasses import replace
from itertools import accumulate, chain, combinations, repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import claim, make_problem, tiny_problems
from test_laws import FEW, QUICK, solved

from recommender.allocation.ascent import find_prices
from recommender.allocation.branching import branch
from recommender.allocation.dual import price, price_only
from recommender.allocation.greedy import greedy
from recommender.allocation.layout import layout_of
from recommender.allocation.limits import Engine
from recommender.allocation.parts import parts_of
from recommender.allocation.placement import Placement
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.proving import rests_above, settled
from recommender.allocation.relaxation import CLOSED, FREE, OPENED, Relaxation
from recommender.allocation.verify import verify


def plans(problem):
    """Yield every plan that keeps every rule, with its value."""
    rows = range(len(problem.options.employee))
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            allocation = claim(problem, chosen)
            if not verify(problem, allocation):
                yield list(chosen), allocation.objective


def drawn(relaxed, seed):
    rng = np.random.default_rng(seed)
    prices = rng.exponential(0.5, relaxed.n_prices) * rng.integers(0, 2, relaxed.n_prices)
    return np.minimum(prices, relaxed.highest)


@QUICK
@given(tiny_problems(), st.integers(0, 2**32 - 1))
def test_under_any_prices_the_bounds_of_the_parts_add_up_to_the_bound_of_the_whole(problem, seed):
    relaxed = Relaxation(problem)
    prices, parts = drawn(relaxed, seed), parts_of(relaxed, smallest=1)
    bounds = [part.relaxed.evaluate(prices[part.place]).bound for part in parts.parts]
    assert parts.bound(prices, bounds) == pytest.approx(relaxed.evaluate(prices).bound, abs=1e-9)


def two_regions():
    """Two regions share a line and an earmark; each has a class of its own, and both the one that anybody can join."""
    classes = [{"training": k, "fixed": 2, "max": 2, "min": 2} for k in range(2)] + [{"training": 2}]
    options = [{"who": who, "where": where, "benefit": 1.0 + who / 8, "cost": 1}
               for who in range(6) for where in (who // 3, 2)]  # fmt: skip
    return make_problem(budgets=[7], n_people=6, classes=classes, options=options, people={"most": [1] * 6},
                        rules=Rules(earmarks=(Earmark(name="M", trainings=(0, 2), at_most=5),)))  # fmt: skip


def test_regions_that_share_money_and_a_class_with_room_for_all_are_parts_of_their_own():
    relaxed = Relaxation(two_regions())
    parts = parts_of(relaxed, smallest=1)
    assert [part.relaxed.persons.tolist() for part in parts.parts] == [[0, 1, 2], [3, 4, 5]]
    assert [part.classes.tolist() for part in parts.parts] == [[0, 2], [1, 2]]
    assert len(parts_of(relaxed).parts) == 1
    prices = drawn(relaxed, 1)
    bounds = [part.relaxed.evaluate(prices[part.place]).bound for part in parts.parts]
    assert parts.bound(prices, bounds) == pytest.approx(relaxed.evaluate(prices).bound, abs=1e-9)


@QUICK
@given(tiny_problems(), st.integers(0, 2**32 - 1))
def test_prices_for_decided_classes_bound_every_plan_that_agrees(problem, seed):
    relaxed = Relaxation(problem)
    decided = np.random.default_rng(seed).choice([FREE, OPENED, CLOSED], len(problem.classes.ids))
    decided[~relaxed.has_choice] = FREE
    bound = relaxed.evaluate(drawn(relaxed, seed), decided).bound
    for chosen, value in plans(problem):
        opened = np.isin(np.arange(len(decided)), problem.options.offering[chosen])
        if (opened[decided == OPENED]).all() and not opened[decided == CLOSED].any():
            assert bound >= value - 1e-6


@FEW
@given(tiny_problems())
def test_a_plan_above_the_floor_holds_nothing_that_was_left_out(problem):
    """Each of the best plans, with a floor so near below it that any margin too narrow would leave it out."""
    priced = price(Relaxation(problem), seconds=5.0, now=time.monotonic)
    found = sorted(plans(problem), key=lambda row: -row[1])[:12]
    assert priced.bound >= found[0][1] - 1e-6
    layout = layout_of(problem)
    for chosen, value in found:
        further = settled(priced, value - 1e-6, seconds=5.0, now=time.monotonic)
        assert priced.bound >= further.bound >= found[0][1] - 1e-6
        for told in (priced, further):
            rests = [rest for _, rest in rests_above(told, value - 1e-6)]
            assert any(rest.holds(layout, np.array(chosen, dtype=np.int64)) for rest in rests)


def test_the_lesser_of_two_options_is_kept_down_to_what_a_plan_with_it_is_worth():
    """One person may take one of two: with the lesser a plan is worth 0.5 of 1, and no floor below leaves it out."""
    options = [{"who": 0, "where": where, "benefit": benefit} for where, benefit in ((0, 1.0), (1, 0.5))]
    problem = make_problem(budgets=[9], n_people=1, classes=[{"training": 0}, {"training": 1}], options=options,
                           people={"most": [1]})  # fmt: skip
    priced = price(Relaxation(problem), seconds=5.0, now=time.monotonic)
    assert priced.bound == pytest.approx(1.0)
    for floor, kept in ((0.499, [True, True]), (0.501, [True, False])):
        ((bound, rest),) = rests_above(priced, floor)
        assert (bound, rest.options.tolist()) == (priced.bound, kept)


def at_prices(relaxed, prices):
    """Return what these prices tell, with nothing decided."""
    bound = relaxed.evaluate(prices).bound
    priced = price_only(relaxed, seconds=5.0, now=time.monotonic)
    (branching,) = priced.branchings
    leaf = branching.best
    ascent = replace(leaf.ascent, prices=prices[priced.parts.parts[0].place], bound=bound)
    return replace(priced, bound=bound, branchings=(replace(branching, leaves=(replace(leaf, ascent=ascent),)),))


@QUICK
@given(tiny_problems(), st.integers(0, 2**32 - 1))
def test_under_any_prices_a_plan_above_the_floor_holds_nothing_that_was_left_out(problem, seed):
    relaxed = Relaxation(problem)
    priced = at_prices(relaxed, drawn(relaxed, seed))
    for chosen, value in plans(problem):
        ((_, rest),) = rests_above(priced, value - 1e-6)
        assert rest.holds(layout_of(problem), np.array(chosen, dtype=np.int64))


def test_who_sits_in_a_class_that_does_not_earn_its_opening_loses_what_it_lacks():
    """Half a level for a rupiah: a class that costs 3 lacks 1.5, and a place elsewhere is worth 0.1 less than in it."""
    classes = [{"fixed": 3, "max": 2, "training": 0}, {"training": 1}]
    options = [{"who": who, "where": where, "benefit": benefit, "cost": where}
               for who in range(2) for where, benefit in enumerate((1.6, 2.0))]  # fmt: skip
    problem = make_problem(budgets=[4], n_people=2, classes=classes, options=options, people={"most": [1] * 2})
    relaxed = Relaxation(problem)
    prices = np.zeros(relaxed.n_prices)
    prices[0] = 4 * 0.5
    priced = at_prices(relaxed, prices)
    assert priced.bound == pytest.approx(5.2)
    for floor, kept in ((3.6, [True, True] * 2), (3.8, [False, True] * 2)):
        ((_, rest),) = rests_above(priced, floor)
        assert rest.options.tolist() == kept
        assert not rest.is_opened.any()


def one_class_and_a_half():
    """A kind of courses may cost 9, which opens one class of 6 and half another; four people of 4 sit two in each."""
    classes = [{"fixed": 6, "max": 2, "training": 0}, {"fixed": 6, "max": 2, "training": 1}]
    options = [{"who": who, "where": who // 2, "benefit": 4.0} for who in range(4)]
    rules = Rules(earmarks=(Earmark(name="M", trainings=(0, 1), at_most=9),))
    return make_problem(budgets=[99], n_people=4, classes=classes, options=options, rules=rules)


def test_deciding_one_of_two_classes_proves_what_prices_alone_do_not():
    priced = price(Relaxation(one_class_and_a_half()), seconds=5.0, now=time.monotonic)
    assert priced.root.bound == pytest.approx(12.0, abs=0.05)
    assert 8.0 <= priced.bound < 10.0
    assert sorted(priced.decided.tolist()) == [CLOSED, OPENED]


def test_a_future_above_the_floor_is_decided_further_and_one_below_it_stays():
    undecided = price_only(Relaxation(one_class_and_a_half()), seconds=5.0, now=time.monotonic)
    (branching,) = undecided.branchings
    told = replace(undecided, branchings=(replace(branching, leaves=(replace(branching.best, is_polished=True),)),))
    further = settled(told, 9.0, seconds=5.0, now=time.monotonic)
    assert told.bound == pytest.approx(12.0, abs=0.05)
    assert 8.0 <= further.bound < 10.0
    assert all((leaf.decided != FREE).any() for leaf in further.branchings[0].leaves)
    assert not further.branchings[0].was_hurried
    assert settled(told, 12.5, seconds=5.0, now=time.monotonic).branchings[0].leaves == told.branchings[0].leaves
    assert settled(told, 9.0, seconds=-1.0, now=time.monotonic).branchings[0].was_hurried
    assert settled(undecided, 9.0, seconds=5.0, now=time.monotonic) is undecided


def seconds_of(first, early, late):
    """Return a clock by which the first pass, the nine after it and all later ones take so many seconds each."""
    lasts = chain([0.0, first], repeat(early, 9), repeat(late))
    return accumulate(lasts).__next__


@pytest.mark.parametrize(("clock", "is_hurried"), [
    (seconds_of(first=1.0, early=1.0, late=0.0), True),
    (seconds_of(first=15.0, early=0.1, late=0.1), False),
    (seconds_of(first=0.1, early=0.1, late=2.0), True),
], ids=["steps were short for a while", "only the first pass was slow", "the passes were fewer"])  # fmt: skip
def test_a_search_that_the_clock_changed_says_so(clock, is_hurried):
    relaxed = Relaxation(make_problem(budgets=[3], n_people=2, classes=[{}], options=[
        {"who": who, "where": 0, "benefit": 1.0 + who, "cost": 2} for who in (0, 1)]))  # fmt: skip
    assert find_prices(relaxed, passes=50, seconds=20.0, now=clock).was_hurried == is_hurried


def test_the_clock_ends_decisions_and_the_bound_stays():
    relaxed = Relaxation(two_regions())
    (part,) = parts_of(relaxed).parts
    found = branch(part, np.zeros(relaxed.n_prices), most=5, seconds=0.0, now=time.monotonic)
    assert len(found.leaves) == 1
    assert found.bound <= relaxed.evaluate(np.zeros(relaxed.n_prices)).bound


def jobs_for_tight_agents(n_jobs, n_agents, seed):
    """Everybody must go to one of the agents' classes, whose lines hold little more than all need."""
    rng = np.random.default_rng(seed)
    loads = rng.integers(5, 25, (n_jobs, n_agents))
    cap = int(loads.mean() * n_jobs / n_agents * 0.85)
    options = [
        {"who": job, "where": agent, "benefit": float(rng.integers(1, 30)), "cost": {agent: int(loads[job, agent])},
         "mandatory": True}
        for job in range(n_jobs) for agent in range(n_agents)
    ]  # fmt: skip
    classes = [{"training": 0, "line": agent} for agent in range(n_agents)]
    return make_problem(budgets=[cap] * n_agents, classes=classes, options=options, n_people=n_jobs)


@pytest.mark.parametrize("engine", [Engine.EXACT, Engine.DUAL])
def test_demands_that_compete_for_little_money_are_all_met(engine):
    problem = jobs_for_tight_agents(40, 4, seed=3)
    first = greedy(Placement(problem), np.zeros(len(problem.options.employee)))
    allocation = solved(problem, seconds=5.0, engine=engine)
    assert len(first) < 40 == len(allocation.chosen)
    assert verify(problem, allocation) == ()
    assert allocation.gap < 0.01
