"""Why not: the limit named is in the way, and what it is said to take is enough."""

import numpy as np
import pytest
from hypothesis import assume, given
from problems import make_problem, tiny_problems
from richer import demanding, with_amounts
from test_laws import QUICK, solved

from recommender.allocation.filling import filled_up
from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.placement import Placement
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.verify import verify
from recommender.allocation.why import LISTED, MONEY, Reasons


def why(problem, chosen, who, where):
    (option,) = np.flatnonzero((problem.options.employee == who) & (problem.options.offering == where))
    return Reasons(problem, np.array(chosen, dtype=np.int64)).why_not(int(option))


@QUICK
@given(tiny_problems())
def test_with_the_money_that_it_takes_the_choice_joins_the_plan_as_it_is(problem):
    chosen = solved(problem).chosen
    reasons = Reasons(problem, chosen)
    told = [reasons.why_not(option) for option in range(len(problem.options.employee))]
    short = [answer for answer in told if answer.code in MONEY and answer.limit]
    assume(short)
    opened = set(problem.options.offering[chosen].tolist())
    for answer in short[:3]:
        richer = with_amounts(problem, answer.limit.split(LISTED), answer.needs)
        wanted = solved(demanding(richer, [*chosen.tolist(), answer.option]))
        assert {clash.code for clash in wanted.clashes} <= {"unit-floor", "earmark-floor"}
        where = problem.options.offering[answer.option]
        is_open = where in opened or problem.classes.seats_min[where] < 2
        if is_open and LISTED not in answer.limit and answer.needs > 1:
            poorer = with_amounts(problem, answer.limit.split(LISTED), answer.needs - 1)
            assert "infeasible" in solved(demanding(poorer, [*chosen.tolist(), answer.option])).status


@QUICK
@given(tiny_problems())
def test_no_plan_leaves_out_what_fits_and_helps(problem):
    chosen = solved(problem).chosen
    placement = Placement(problem).fresh(chosen)
    left = [row for row in range(len(problem.options.employee)) if placement.fits(row)]
    where, benefit = problem.options.offering, problem.options.benefit
    opens = [placement.taken[where[row]] > 0 or problem.classes.seats_min[where[row]] < 2 for row in left]
    assert [row for row, is_open in zip(left, opens, strict=True) if is_open and benefit[row] > 0] == []


def test_a_gain_too_small_for_the_solver_still_gets_the_seat_that_is_free():
    options = [{"who": 0, "where": 0, "benefit": 10.0, "cost": 1}, {"who": 1, "where": 1, "benefit": 1e-8, "cost": 1}]
    found = solved(make_problem(budgets=[9], n_people=2, classes=[{}, {}], options=options))
    assert found.chosen.tolist() == [0, 1]


def test_a_plan_is_filled_up_by_value_for_money_within_every_limit():
    options = [{"who": who, "where": 0, "benefit": 1.0 + who, "cost": 3} for who in range(4)]
    problem = make_problem(budgets=[9], n_people=4, classes=[{"max": 3}], options=options)
    assert filled_up(Placement(problem), np.array([0])).tolist() == [0, 2, 3]
    assert filled_up(Placement(problem), np.array([0, 1, 2])).tolist() == [0, 1, 2]


def test_a_closed_class_takes_its_fixed_cost_and_its_fewest_people():
    options = [{"who": who, "where": 0, "benefit": 1.0, "cost": 10 + who} for who in range(4)]
    problem = make_problem(budgets=[30], n_people=4, classes=[{"fixed": 5, "min": 3}], options=options)
    answer = why(problem, [], 3, 0)
    assert (answer.code, answer.limit, answer.needs) == ("budget", "L00", 5 + 13 + 10 + 11 - 30)


def test_all_lines_that_lack_money_are_named_the_one_that_lacks_most_first():
    options = [{"who": 0, "where": 0, "benefit": 1.0, "cost": {0: 9, 1: 4}}]
    problem = make_problem(budgets=[7, 3, 5], parents=[2, 2, -1], n_people=1, classes=[{}], options=options)
    answer = why(problem, [], 0, 0)
    assert (answer.code, answer.limit, answer.needs) == ("budget", "L02, L00, L01", 8)


def test_what_a_line_keeps_back_is_counted_in_what_it_takes():
    options = [{"who": 0, "where": 0, "benefit": 1.0, "cost": 100}]
    problem = make_problem(budgets=[100], n_people=1, classes=[{}], options=options, rules=Rules(reserve_share=0.1))
    assert why(problem, [], 0, 0).needs == 11


def test_an_earmark_is_named_as_what_it_is():
    options = [{"who": who, "where": 0, "benefit": 1.0, "cost": 4} for who in (0, 1)]
    rules = Rules(earmarks=(Earmark(name="digital", trainings=(0,), at_most=6),))
    problem = make_problem(budgets=[100], n_people=2, classes=[{}], options=options, rules=rules)
    answer = why(problem, [0], 1, 0)
    assert (answer.code, answer.limit, answer.needs) == ("earmark", "digital", 2)


@pytest.mark.parametrize("n_wanting", [1, 2, 3])
def test_too_few_want_a_class_only_where_too_few_do(n_wanting):
    """Two are needed; whoever else wants it has a better class on the same day."""
    options = [{"who": who, "where": 0, "benefit": 1.0} for who in range(n_wanting)]
    options += [{"who": who, "where": 1, "benefit": 5.0} for who in range(1, n_wanting)]
    classes = [{"min": 2, "day": 0, "training": 0}, {"day": 0, "training": 1}]
    problem = make_problem(budgets=[0], n_people=n_wanting, classes=classes, options=options)
    chosen = solved(problem).chosen
    assert len(chosen) == n_wanting - 1
    answer = why(problem, chosen, 0, 0)
    assert (answer.code, answer.limit) == ("minimum-class" if n_wanting == 1 else "lower-benefit", "K00")


def test_another_class_of_the_training_is_named_and_the_next_chance_says_what_is_in_the_way_there():
    classes = [{"training": 0, "day": 0}, {"training": 0, "day": 5, "max": 1}]
    options = [{"who": 0, "where": 0, "benefit": 2.0}, {"who": 0, "where": 1, "benefit": 1.0},
               {"who": 1, "where": 0, "benefit": 1.0, "cost": 4}, {"who": 1, "where": 1, "benefit": 1.0},
               {"who": 2, "where": 1, "benefit": 3.0}]  # fmt: skip
    problem = make_problem(budgets=[3], n_people=3, classes=classes, options=options)
    answer = why(problem, [0, 4], 0, 1)
    assert (answer.code, answer.instead) == ("already", "K00")
    answer = why(problem, [0, 4], 1, 0)
    assert (answer.code, answer.next_offering, answer.next_code) == ("budget", 1, "seats")


def test_who_gets_nothing_is_told_of_the_best_that_some_plan_could_hold():
    options = [{"who": 0, "where": 0, "benefit": 9.0}, {"who": 0, "where": 1, "benefit": 1.0, "cost": 4}]
    problem = make_problem(budgets=[3], n_people=1, classes=[{"hours": 99}, {"max": 1}], options=options,
                           people={"cap": [24]})  # fmt: skip
    (answer,) = Reasons(problem, greedy(Placement(problem), ratio_scores(problem))).unmet()
    assert problem.options.offering[answer.option] == 0  # no plan could hold either: then the best of all
    richer = with_amounts(problem, ["L00"], 1)
    (answer,) = Reasons(richer, np.array([], dtype=np.int64)).unmet()
    assert (int(richer.options.offering[answer.option]), answer.code) == (1, "lower-benefit")
    assert verify(richer, solved(richer)) == ()
