import time

import numpy as np
import pytest

from recommender.allocation.greedy import demand_scores, greedy
from recommender.allocation.limits import Engine, SolveLimits
from recommender.allocation.placement import Placement
from recommender.allocation.result import Status
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify
from tests.recommender.allocation.problems import make_problem


def solved(problem, seconds):
    return solve(problem, SolveLimits(seconds=seconds, engine=Engine.EXACT, clock=time.monotonic))


def must(who, where, cost=0):
    return {"who": who, "where": where, "benefit": 1.0, "cost": cost, "mandatory": True}


def greedy_misleads():
    """Either class would do for the first, and the dearer one, which comes first, leaves too little for the second."""
    classes = [{"training": 0}, {"training": 0}, {"training": 1}]
    return make_problem(
        budgets=[10], classes=classes, n_people=2, options=[must(0, 0, 6), must(0, 1, 4), must(1, 2, 6)]
    )


def two_of_one_money():
    return make_problem(budgets=[10], classes=[{}, {}], n_people=2, options=[must(0, 0, 6), must(1, 1, 6)])


def test_of_classes_that_a_demand_allows_the_one_that_takes_everybody_comes_first():
    """There is money to open one class, and one of three people is away while the first is held."""
    classes = [{"training": 0, "fixed": 7}, {"training": 0, "fixed": 7}]
    options = [must(0, 0), must(1, 0), *(must(who, 1) for who in range(3))]
    problem = make_problem(budgets=[10], classes=classes, n_people=3, options=options)
    chosen = greedy(Placement(problem), demand_scores(problem))
    assert problem.options.offering[chosen].tolist() == [1, 1, 1]


def test_one_person_whom_several_lines_may_pay_is_one_demand():
    options = [must(0, 0, {0: 1}), must(0, 0, {1: 1}), must(1, 1), must(2, 1)]
    problem = make_problem(budgets=[10, 10], classes=[{}, {}], n_people=3, options=options)
    assert demand_scores(problem).tolist() == [1, 1, 2, 2]


def test_what_is_not_demanded_is_worth_nothing_among_demands():
    problem = make_problem(
        budgets=[10], classes=[{}], n_people=2, options=[must(0, 0), {**must(1, 0), "mandatory": False}]
    )
    assert demand_scores(problem).tolist() == [1, 0]


def test_that_demands_cannot_all_be_met_is_proved():
    allocation = solved(two_of_one_money(), seconds=20.0)
    assert allocation.status == Status.INFEASIBLE
    assert allocation.is_unmet_proved
    assert [(clash.limit, clash.people) for clash in allocation.clashes] == [("L00", ("E01",))]


@pytest.mark.parametrize(("seconds", "n_met"), [(20.0, 2), (1e-6, 1)])
def test_without_time_it_is_not_said_that_demands_cannot_be_met(seconds, n_met):
    problem = greedy_misleads()
    allocation = solved(problem, seconds)
    assert verify(problem, allocation) == ()
    assert len(np.unique(problem.options.employee[allocation.chosen])) == n_met
    assert (allocation.status == Status.INFEASIBLE) == (n_met == 1)
    assert allocation.is_unmet_proved == (n_met == 2)
