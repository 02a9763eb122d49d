"""A problem in regions: nothing is lost by the cut, shares hold, and the answer is an answer to the whole."""

import time
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import best_by_trying, make_problem, tiny_problems
from test_laws import QUICK

from recommender.allocation.asked import Asked, Outline
from recommender.allocation.certificate import dual_bound
from recommender.allocation.joined import solve_in_regions
from recommender.allocation.limits import SolveLimits
from recommender.allocation.nation import BRISK, HASTY, LIGHT, THOROUGH, effort_for
from recommender.allocation.objective import worth
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.recount import LineTotals
from recommender.allocation.region_plan import plan_region, wish_of
from recommender.allocation.regions import cut
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.result import Status
from recommender.allocation.together import Together
from recommender.allocation.verify import verify


def two_towns(money=12):
    """Two towns with a class each share a line; each class costs 2 to open and 2 a seat; three people want each."""
    classes = [{"training": i, "fixed": 2, "min": 2, "max": 3, "hours": 8} for i in (0, 1)]
    options = [{"who": who, "where": who // 3, "benefit": 1.0 + 0.1 * who, "cost": 2} for who in range(6)]
    return make_problem(budgets=[money], n_people=6, classes=classes, options=options)


ANY_TIME = {"seconds": 60, "clock": time.monotonic}
LITTLE_TIME = {"seconds": 1e-3, "clock": lambda: 0.0}  # the least effort, and no clock that ends it
EFFORTS = pytest.mark.parametrize("limits", [ANY_TIME, LITTLE_TIME], ids=["thorough", "hasty"])


def answer(problem, largest=3, **limits):
    return solve_in_regions(problem, cut(problem, largest), SolveLimits(**{**ANY_TIME, **limits}))


def together_of(regions):
    relaxed = [Relaxation(region.problem) for region in regions.regions]
    rows = [region.shared_rows(each.priced) for region, each in zip(regions.regions, relaxed, strict=True)]
    crossing = regions.crossing
    return Together(relaxed, [own for own, _ in rows], [place for _, place in rows], limit=crossing.limit,
                    highest=crossing.highest)  # fmt: skip


def test_towns_that_share_a_line_are_two_regions_and_the_line_crosses():
    regions = cut(two_towns(), largest=3)
    assert [region.problem.people.ids.tolist() for region in regions.regions] == [["E00", "E01", "E02"],
                                                                                  ["E03", "E04", "E05"]]  # fmt: skip
    assert regions.crossing.ids.tolist() == ["L00"]
    assert regions.crossing.amount.tolist() == [12]


def test_a_line_of_few_people_holds_them_together():
    assert len(cut(two_towns(), largest=6).regions) == 1


def test_a_reserve_is_kept_once():
    problem = two_towns(money=100)
    kept = make_problem(budgets=[100], n_people=1, classes=[{}], options=[], rules=Rules(reserve_share=0.2))
    assert cut(kept).crossing.amount.tolist() == []
    assert cut(kept).regions[0].problem.lines.amount.tolist() == []
    assert cut(problem, largest=3).crossing.amount.tolist() == [100]


def test_prices_that_one_town_told_are_corrected_by_what_both_take():
    """60 rupiah, 2 a seat; the town that is asked holds 30 at first, and the other's 30 people gain so much that they
    take 60 at any price: both take 90. 30 x 60/90 = 20 are left for the asked, both take 80; then 20 x 60/80 = 15.
    """
    classes = [{"training": i, "hours": 8} for i in (0, 1)]
    options = [{"who": who, "where": who // 30, "benefit": (1.0 + 0.01 * who) * (100 if who < 30 else 1), "cost": 2}
               for who in range(60)]  # fmt: skip
    regions = cut(make_problem(budgets=[60], n_people=60, classes=classes, options=options), largest=30)
    outlines = [Outline(people=30, wanted=np.array([60.0])) for _ in regions.regions]
    asked = Asked([partial(copy, region) for region in regions.regions], outlines, regions.crossing, most=30)
    assert asked.numbers.tolist() == [1]
    for both in (90, 80, 75):
        shared = asked.search(passes=300, seconds=60, now=time.monotonic).shared
        wishes = [wish_of(region, shared, None, passes=100, seconds=60, clock=time.monotonic)
                  for region in regions.regions]  # fmt: skip
        taken = sum(wish.use for wish in wishes)
        assert taken == pytest.approx(both, abs=2)
        asked.correct(taken)


@EFFORTS
def test_everybody_sits_where_the_money_does(limits):
    """16 = two classes at 2 + six seats at 2."""
    problem = two_towns(money=16)
    found = answer(problem, **limits)
    assert found.objective == pytest.approx(7.5)
    assert verify(problem, found) == ()
    assert dual_bound(problem, found.prices, found.chosen.tolist()) == pytest.approx(found.price_bound)


@QUICK
@given(tiny_problems(), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_any_prices_of_the_regions_together_prove_a_bound_on_the_whole(problem, largest, seed):
    together = together_of(cut(problem, largest))
    rng = np.random.default_rng(seed)
    prices = np.minimum(rng.exponential(0.5, together.n_prices) * rng.integers(0, 2, together.n_prices),
                        together.highest)  # fmt: skip
    assert together.evaluate(prices).bound >= best_by_trying(problem)[2] - 1e-6


@QUICK
@given(tiny_problems(), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_choice_is_worth_and_takes_the_same_in_regions(problem, largest, seed):
    regions = cut(problem, largest)
    chosen = np.flatnonzero(np.random.default_rng(seed).integers(0, 2, len(problem.options.employee)))
    parts = [(region, np.flatnonzero(np.isin(own.options, chosen)))
             for region, own in zip(regions.regions, regions.members, strict=True)]  # fmt: skip
    use = sum(region.use(part) for region, part in parts)
    value = sum(region.worth(part) for region, part in parts) - regions.crossing.cost_of_missing(use)
    assert value == pytest.approx(worth(problem, chosen).objective)
    lines = np.searchsorted(problem.lines.ids, regions.crossing.ids)
    assert use[: len(lines)].tolist() == LineTotals(problem).spent(chosen)[lines].tolist()


@pytest.mark.long
@EFFORTS
@settings(max_examples=25)
@given(problem=tiny_problems(demanded=True))
def test_an_answer_in_regions_keeps_every_rule_and_its_bound_holds(limits, problem):
    found = answer(problem, largest=2, **limits)
    assert verify(problem, found) == ()
    assert found.price_bound == pytest.approx(max(dual_bound(problem, found.prices, found.chosen.tolist()),
                                                  found.objective), abs=1e-6)  # fmt: skip
    if found.status != Status.INFEASIBLE:
        assert found.bound >= best_by_trying(problem)[2] - 1e-6


def test_each_region_s_plan_is_told_with_what_the_others_still_lack():
    """More money than everybody needs; three people of a town that waits lack 8 JP each, at 0.25 levels: 6 levels."""
    problem, told = two_towns(money=18), []
    people, rules = problem.people, problem.rules
    problem = replace(problem, people=replace(people, hours_floor=np.full(6, 8.0)),
                      rules=replace(rules, hours_weight=0.25))  # fmt: skip
    found = answer(problem, tell=lambda *figures: told.append(figures))
    values, bounds = zip(*told, strict=True)
    assert values[:2] == (pytest.approx(1.0 + 1.1 + 1.2 - 6.0), pytest.approx(7.5))
    assert (np.diff(bounds) <= 1e-9).all()
    assert told[-1] == (pytest.approx(found.objective), pytest.approx(found.bound))


def test_a_floor_of_an_earmark_is_met_by_the_regions_together():
    """At least 8 rupiah for the training of the second town, whose people gain little."""
    classes = [{"training": i, "hours": 8} for i in (0, 1)]
    options = [{"who": who, "where": who // 2, "benefit": 2.0 - who // 2, "cost": 4} for who in range(4)]
    marks = (Earmark(name="second", trainings=(1,), at_least=8),)
    problem = make_problem(budgets=[16], n_people=4, classes=classes, options=options, rules=Rules(earmarks=marks))
    found = answer(problem, largest=2)
    assert found.chosen.tolist() == [0, 1, 2, 3]
    assert verify(problem, found) == ()


def test_a_demand_that_its_region_s_share_would_not_pay_is_met_with_what_others_left():
    """The second town must have a class for 9 of the 10 rupiah, which gains nothing; the first would use 8 of them."""
    classes = [{"training": i, "hours": 8} for i in (0, 1)]
    options = [
        *({"who": who, "where": 0, "benefit": 3.0, "cost": 2} for who in range(4)),
        {"who": 4, "where": 1, "benefit": 0.0, "cost": 9, "mandatory": True},
    ]
    problem = make_problem(budgets=[10], n_people=5, classes=classes, options=options)
    found = answer(problem, largest=4)
    assert 4 in found.chosen.tolist()
    assert found.status != Status.INFEASIBLE
    assert verify(problem, found) == ()


def test_an_earmark_s_cap_is_shared_by_all_regions():
    classes = [{"training": i, "hours": 8} for i in (0, 1)]
    options = [{"who": who, "where": who // 2, "benefit": 1.0 + 0.1 * who, "cost": 4} for who in range(4)]
    marks = (Earmark(name="both", trainings=(0, 1), at_most=8),)
    problem = make_problem(budgets=[16], n_people=4, classes=classes, options=options, rules=Rules(earmarks=marks))
    found = answer(problem, largest=2)
    assert verify(problem, found) == ()
    assert len(found.chosen) == 2


@pytest.mark.long
def test_processes_and_the_order_of_work_change_nothing():
    problem = two_towns(money=11)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        apart = answer(problem, run=pool.map, processes=2)
    here = answer(problem)
    backwards = answer(problem, run=lambda task, items: iter([task(i) for i in list(items)[::-1]][::-1]))
    for other in (apart, backwards):
        assert other.chosen.tolist() == here.chosen.tolist()
        assert (other.objective, other.bound) == (here.objective, here.bound)


@pytest.mark.parametrize(("later", "is_said"), [(50.0, False), (98.5, True)])
def test_a_region_whose_search_the_clock_may_have_ended_says_so(later, is_said):
    """HiGHS ends a little before its time: in the last of a hundred seconds nobody knows what ended it."""
    (region,) = cut(two_towns()).regions
    shared = np.zeros(region.n_shared)
    own = np.zeros(Relaxation(region.problem).n_prices)
    moments = chain([0.0], repeat(later))
    limits = SolveLimits(seconds=100.0, clock=lambda: next(moments))
    plan = plan_region(region, shared, own, shared.astype(np.int64), effort=LIGHT, limits=limits)
    assert plan.totals.was_stopped == is_said


def test_a_region_that_was_stopped_stays_marked_though_it_is_called_again():
    """11 rupiah open one class for its three people, and 3 are left: both towns are called again for these."""
    stopped = []

    def run(task, items):
        for item in items:
            is_first = getattr(item, "share", None) is not None and not stopped
            if is_first:
                stopped.append(item.number)
            yield task(replace(item, limits=replace(item.limits, seconds=0.0)) if is_first else item)

    problem = two_towns(money=11)
    found = answer(problem, run=run)
    assert stopped == [0]
    assert found.stopped_by_clock
    assert not answer(problem).stopped_by_clock


def test_how_far_is_searched_follows_from_seconds_and_people_alone():
    seconds = (19, 20, 79, 80, 249, 250)
    efforts = [effort_for(10_000, each) for each in seconds]
    assert efforts == [HASTY, LIGHT, LIGHT, BRISK, BRISK, THOROUGH]
    assert effort_for(0, 0.0) == THOROUGH
