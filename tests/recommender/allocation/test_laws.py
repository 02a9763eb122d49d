"""Laws of the allocation engine, against every choice tried."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import (
    SolverHere,
    SolverSilent,
    best_by_trying,
    claim,
    demands_met,
    make_problem,
    tiny_problems,
    with_budgets,
)

from recommender.allocation.ascent import find_prices
from recommender.allocation.demanding import meet_demands
from recommender.allocation.exact import build_model, demands
from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.intervals import crowded_moments
from recommender.allocation.limits import Deadline, Engine, SolveLimits
from recommender.allocation.objective import worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.result import Status
from recommender.allocation.solve import engine_for, solve, solve_with
from recommender.allocation.verify import Violation, verify
from recommender.allocation.why import Reasons
from tests.examples import tries

N_EXAMPLES = tries(30)
QUICK = settings(max_examples=N_EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
FEW = settings(QUICK, max_examples=N_EXAMPLES // 3)  # for what searches for a while in each example


def limits(seconds=20.0):
    return SolveLimits(seconds=seconds, gap=0.0, clock=time.monotonic)


def solved(problem, solver=None, seconds=20.0, engine=None):
    given_limits = replace(limits(seconds), engine=engine)
    return solve_with(problem, given_limits, Deadline(given_limits), solver or SolverHere())


@QUICK
@given(tiny_problems())
def test_exact_equals_trying_every_choice(problem):
    allocation = solved(problem)
    assert verify(problem, allocation) == ()
    best = best_by_trying(problem)[2]
    assert allocation.objective == pytest.approx(best, abs=1e-6)
    assert allocation.bound >= best - 1e-6


def begun_from_the_best(problem):
    """Return the best plan's value, and what a plan is worth that begins there and may search no further."""
    plain = replace(problem, rules=replace(problem.rules, stability_weight=0.0))
    best = solved(plain)
    was_chosen = np.isin(np.arange(len(plain.options.employee)), best.chosen)
    again = replace(plain, options=replace(plain.options, was_chosen=was_chosen))
    return best.objective, solved(again, SolverSilent(), seconds=0.0).objective


@QUICK
@given(tiny_problems())
def test_a_plan_begun_from_an_earlier_one_is_worth_as_much_before_anything_is_searched(problem):
    best, again = begun_from_the_best(problem)
    assert again >= best - 1e-9


def test_a_plan_that_keeps_much_is_not_within_the_gap_for_that():
    """What is kept counts for ten thousand; of the rest, 7 of at most 11 is chosen, which is no gap of a hundredth."""
    options = [{"who": 0, "where": 0, "benefit": 0.0, "kept": True}]
    options += [{"who": who, "where": 0, "benefit": worth, "cost": cost}
                for who, (worth, cost) in enumerate([(7, 600_000), (5, 500_000), (5, 500_000)], start=1)]  # fmt: skip
    problem = make_problem(budgets=[1_000_000], n_people=4, classes=[{}], options=options,
                           rules=Rules(stability_weight=1e4))  # fmt: skip
    asked = replace(limits(0.0), gap=0.01)
    found = solve_with(problem, asked, Deadline(asked), SolverSilent())
    assert found.chosen.tolist() == [0, 1]
    assert found.bound - found.objective >= 3
    assert found.status == Status.HEURISTIC


def test_two_smaller_seats_of_an_earlier_plan_stay_though_the_larger_one_comes_first():
    sizes = [(0.6, 600_000), (0.5, 500_000), (0.5, 500_000)]
    options = [{"who": who, "where": 0, "benefit": benefit, "cost": cost} for who, (benefit, cost) in enumerate(sizes)]
    best, again = begun_from_the_best(make_problem(budgets=[1_000_000], n_people=3, classes=[{}], options=options))
    assert again == best == pytest.approx(1.0)


@QUICK
@given(tiny_problems(demanded=True))
def test_as_many_demands_as_possible_are_met_pins_first_then_the_value(problem):
    allocation = solved(problem)
    assert verify(problem, allocation) == ()
    pins, mandatory, value = best_by_trying(problem)
    assert demands_met(problem, allocation.chosen.tolist()) == (pins, mandatory)
    options = problem.options
    groups = {
        (int(options.employee[i]), int(problem.classes.training[options.offering[i]]))
        for i in np.flatnonzero(options.is_mandatory)
    }
    rows = np.flatnonzero(options.is_pinned)
    if pins == len({(options.employee[i], options.offering[i]) for i in rows}) and mandatory == len(groups):
        assert allocation.objective == pytest.approx(value, abs=1e-6)
        assert allocation.status != Status.INFEASIBLE
    else:
        assert allocation.status == Status.INFEASIBLE
        assert allocation.clashes


@QUICK
@given(tiny_problems())
def test_the_greedy_plan_keeps_every_rule(problem):
    assert verify(problem, claim(problem, greedy(Placement(problem), ratio_scores(problem)))) == ()


@QUICK
@given(tiny_problems(), st.integers(0, 2**16))
def test_what_has_no_room_does_not_fit(problem, seed):
    placement = Placement(problem)
    order = np.random.default_rng(seed).permutation(len(problem.options.employee))
    for option in order[: len(order) // 2 + 1].tolist():
        if placement.fits(option):
            placement.add(option)
    fits = np.array([placement.fits(option) for option in range(len(order))], dtype=np.bool_)
    assert not (fits & ~placement.with_room()).any()


def test_money_seats_and_hours_leave_room_or_not():
    options = [{"who": who, "where": where, "benefit": 1.0, "cost": cost}
               for who, where, cost in ((0, 0, 3), (0, 1, 3), (1, 0, 3), (1, 2, 8), (2, 0, 3))]  # fmt: skip
    problem = make_problem(budgets=[10], classes=[{"max": 2, "hours": 6}, {"hours": 6}, {"hours": 6}], options=options,
                           n_people=3, people={"cap": [10.0, 40.0, 40.0]})  # fmt: skip
    placement = Placement(problem)
    assert placement.with_room().all()
    placement.add(0)
    assert placement.with_room().tolist() == [False, False, True, False, True]  # 4 JP left for 6; Rp 7 left for 8
    placement.add(2)
    assert not placement.with_room().any()  # no seat is left


@pytest.mark.parametrize("engine", list(Engine))
@FEW
@given(tiny_problems(demanded=True))
def test_every_engine_keeps_every_rule_says_its_name_and_proves_its_bound(engine, problem):
    allocation = solved(problem, seconds=2.0, engine=engine)
    assert verify(problem, allocation) == ()
    assert allocation.solver.startswith(f"{engine}: ")
    exact = solved(problem, engine=Engine.EXACT)
    assert (exact.status == Status.INFEASIBLE) == (allocation.status == Status.INFEASIBLE)
    if exact.status != Status.INFEASIBLE:
        assert allocation.bound >= exact.objective - 1e-6
        assert allocation.objective <= exact.objective + 1e-6


@pytest.mark.parametrize(("n_options", "seconds", "engine"), [
    (3_000, 9.0, Engine.EXACT), (3_001, 9.0, Engine.DUAL), (10, 0.1, Engine.GREEDY),
])  # fmt: skip
def test_the_engine_goes_by_size_and_time_unless_it_is_asked_for(n_options, seconds, engine):
    assert engine_for(n_options, limits(seconds)) == engine
    assert engine_for(n_options, replace(limits(seconds), engine=Engine.DUAL)) == Engine.DUAL


@QUICK
@given(tiny_problems())
def test_without_an_answer_from_the_solver_there_is_still_a_plan(problem):
    allocation = solved(problem, SolverSilent())
    assert verify(problem, allocation) == ()
    assert allocation.bound >= best_by_trying(problem)[2] - 1e-6


@QUICK
@given(tiny_problems(), st.lists(st.integers(0, 10), min_size=3, max_size=3))
def test_more_budget_never_lowers_the_total(problem, extra):
    more = with_budgets(problem, [int(a) + e for a, e in zip(problem.lines.amount, extra, strict=True)])
    assert solved(more).objective >= solved(problem).objective - 1e-6


@QUICK
@given(tiny_problems(), st.integers(0, 2**32 - 1))
def test_any_prices_prove_a_valid_bound(problem, seed):
    relaxed = Relaxation(problem)
    prices = np.minimum(np.random.default_rng(seed).exponential(0.5, relaxed.n_prices), relaxed.highest)
    assert relaxed.evaluate(prices).bound >= best_by_trying(problem)[2] - 1e-6


@QUICK
@given(tiny_problems(demanded=True), st.integers(0, 2**32 - 1))
def test_any_prices_prove_a_valid_bound_on_plans_that_meet_every_demand(problem, seed):
    groups = tuple(demands(problem))
    pins, mandatory, best = best_by_trying(problem)
    relaxed = Relaxation(problem, groups)
    prices = np.minimum(np.random.default_rng(seed).exponential(0.5, relaxed.n_prices), relaxed.highest)
    bound = relaxed.evaluate(prices).bound
    assert pins + mandatory < len(groups) or bound >= best - 1e-6


def proven(problem, demanded=()):
    """Return the bound of prices searched for a problem."""
    return find_prices(Relaxation(problem, demanded), passes=400, seconds=60, now=time.monotonic).bound


def two_classes_and_money_for_one_and_a_half(**changes):
    classes = [{"fixed": 6, "max": 2, "training": 0}, {"fixed": 6, "max": 2, "training": 1}]
    options = [{"who": who, "where": who // 2, "benefit": 4.0, **changes.get(str(who), {})} for who in range(4)]
    return make_problem(budgets=[9], n_people=4, classes=classes, options=options)


def test_a_line_that_opens_one_of_two_classes_is_not_priced_as_if_it_opened_one_and_a_half():
    assert proven(two_classes_and_money_for_one_and_a_half()) == pytest.approx(8.0, abs=0.05)


def test_a_class_opens_whole_for_the_one_person_who_gains_by_it():
    """The class has two seats and one taker worth a seat: half its cost must not buy that seat."""
    options = [
        {"who": 0, "where": 0, "benefit": 4.0}, {"who": 1, "where": 0, "benefit": 0.0},
        {"who": 2, "where": 1, "benefit": 3.0, "cost": 4},
    ]  # fmt: skip
    problem = make_problem(budgets=[6], n_people=3, classes=[{"fixed": 4, "max": 2}, {"training": 1}], options=options)
    assert proven(problem) == pytest.approx(5.5, abs=0.05)


def test_a_demand_that_two_classes_can_meet_opens_one_of_them_whole_in_the_linear_program():
    """Who must go to one of two classes of six leaves two of eight for the others."""
    classes = [{"fixed": 6, "max": 9, "training": 0}, {"fixed": 6, "max": 9, "training": 0}, {"training": 1}]
    options = [{"who": 0, "where": where, "benefit": 0.0, "mandatory": True} for where in (0, 1)]
    options += [{"who": who, "where": where, "benefit": 0.0} for who in range(1, 9) for where in (0, 1)]
    options += [{"who": who, "where": 2, "benefit": 1.0, "cost": 1} for who in range(1, 9)]
    problem = make_problem(budgets=[8], n_people=9, classes=classes, options=options)
    first = greedy(Placement(problem), np.zeros(len(problem.options.employee)))
    demanded = meet_demands(build_model(problem), SolverHere(), first, seconds=5.0, now=time.monotonic)
    program = demanded.model.program
    linear = replace(program, is_integer=np.zeros_like(program.is_integer))
    values = SolverHere().solve(linear, seconds=5.0, gap=0.0).values
    assert not demanded.unmet
    assert float(linear.cost @ values) == pytest.approx(2.0, abs=1e-6)


@QUICK
@given(tiny_problems())
def test_where_nothing_is_shared_each_person_s_best_set_is_found(problem):
    plenty = with_budgets(problem, [10**6] * len(problem.lines.ids))
    n = len(plenty.classes.ids)
    open_classes = replace(
        plenty.classes, fixed_cost=np.zeros(n, dtype=np.int64), seats_min=np.zeros(n, dtype=np.int64),
        seats_max=np.full(n, 99, dtype=np.int64),
    )  # fmt: skip
    rules = replace(plenty.rules, away_share=None, unit_floor_share=None, earmarks=())
    alone = replace(plenty, classes=open_classes, rules=rules)
    relaxed = Relaxation(alone)
    assert relaxed.evaluate(np.zeros(relaxed.n_prices)).bound == pytest.approx(best_by_trying(alone)[2], abs=1e-9)


@pytest.mark.long
@FEW
@given(tiny_problems())
def test_a_city_s_method_keeps_every_rule_and_its_bound_is_valid(problem):
    allocation = solved(problem, seconds=2.0, engine=Engine.DUAL)
    assert verify(problem, allocation) == ()
    assert allocation.bound >= best_by_trying(problem)[2] - 1e-6
    assert allocation.objective >= worth(problem, greedy(Placement(problem), ratio_scores(problem))).objective - 1e-9


@QUICK
@given(tiny_problems())
def test_everybody_without_a_class_gets_a_reason_and_every_class_a_code(problem):
    chosen = greedy(Placement(problem), ratio_scores(problem))
    answers = Reasons(problem, chosen)
    reasons = answers.unmet()
    served = set(problem.options.employee[chosen].tolist())
    assert {int(problem.options.employee[r.option]) for r in reasons} == set(problem.options.employee.tolist()) - served
    assert all(r.code and r.code != "chosen" for r in reasons)
    assert len(answers.class_codes()) == len(problem.classes.ids)


@QUICK
@given(tiny_problems(demanded=True))
def test_a_clash_of_money_or_seats_asks_for_more_than_there_is(problem):
    for clash in solved(problem).clashes:
        if clash.code in ("budget", "seats"):
            assert clash.needed > clash.available


def test_a_clash_counts_what_its_own_line_would_pay():
    """Two must go; each fee is 6 on line 0 with 10, each journey 50 on line 1 with plenty."""
    must = [{"who": who, "where": 0, "benefit": 1.0, "cost": {0: 6, 1: 50}, "mandatory": True} for who in (0, 1)]
    problem = make_problem(budgets=[10, 500], n_people=2, classes=[{}], options=must)
    (clash,) = solved(problem).clashes
    assert (clash.code, clash.limit, clash.needed, clash.available, clash.people) == ("budget", "L00", 12, 10, ("E01",))


def test_a_class_that_its_fewest_people_cannot_pay_clashes_with_money():
    must = [{"who": who, "where": 0, "benefit": 1.0, "cost": 4, "mandatory": True} for who in (0, 1, 2)]
    problem = make_problem(budgets=[10], n_people=3, classes=[{"min": 3}], options=must)
    (clash,) = solved(problem).clashes
    assert (clash.code, clash.limit, clash.needed, clash.available) == ("budget", "L00", 12, 10)


def test_a_class_that_no_line_opens_says_so():
    must = [{"who": 0, "where": 0, "benefit": 1.0, "mandatory": True}]
    problem = make_problem(budgets=[10], n_people=1, classes=[{"fixed": 7, "line": -1}], options=must)
    allocation = solved(problem)
    (clash,) = allocation.clashes
    assert (clash.code, clash.limit, clash.needed, clash.available) == ("budget", "", 7, 0)
    (answer,) = Reasons(problem, allocation.chosen).unmet()
    assert (answer.code, answer.limit, answer.needs) == ("budget", "", 7)


def test_a_violation_shows_every_digit_of_an_amount():
    found = Violation(code="budget", subject="L", limit="L", found=1_234_567_891, allowed=1_234_567_890)
    assert str(found) == "budget: L at L: 1234567891, allowed 1234567890"


def base(**changes):
    """Two people, two classes of different trainings on different days, one line."""
    parts = {
        "budgets": [10], "n_people": 2,
        "classes": [{"training": 0, "day": 0, "fixed": 2, "max": 2}, {"training": 1, "day": 5, "max": 2}],
        "options": [
            {"who": who, "where": where, "benefit": 1.0, "cost": 1} for who in (0, 1) for where in (0, 1)
        ],
    }  # fmt: skip
    return make_problem(**{**parts, **changes})


EVERYTHING = [0, 1, 2, 3]
PLANTED = {
    "budget": base(budgets=[5]),
    "seats": base(classes=[{"training": 0, "day": 0, "max": 1}, {"training": 1, "day": 5, "max": 2}]),
    "minimum-class": base(classes=[{"training": 0, "day": 0, "min": 3}, {"training": 1, "day": 5}]),
    "hours-cap": base(people={"cap": [8, 99]}),
    "max-trainings": base(people={"most": [1, 9]}),
    "once-per-training": base(classes=[{"training": 0, "day": 0}, {"training": 0, "day": 5}]),
    "overlap": base(classes=[{"training": 0, "day": 0, "days": 3}, {"training": 1, "day": 2}]),
    "topic": base(options=[{"who": w, "where": k, "benefit": 1.0, "topics": [0]} for w in (0, 1) for k in (0, 1)]),
    "away-share": base(people={"unit": [0, 0]}, rules=Rules(away_share=0.5)),
    "prerequisite": base(rules=Rules(prerequisites=((0, 1),))),
    "earmark": base(rules=Rules(earmarks=(Earmark(name="M", trainings=(0,), at_most=3),))),
}


@pytest.mark.parametrize("code", PLANTED)
def test_the_recount_catches_every_planted_violation(code):
    assert code in {v.code for v in verify(PLANTED[code], claim(PLANTED[code], EVERYTHING))}


def test_the_recount_finds_nothing_in_a_plan_that_keeps_every_rule():
    assert verify(base(), claim(base(), EVERYTHING)) == ()


@pytest.mark.parametrize(("code", "field"), [("pinned", "pinned"), ("mandatory", "mandatory")])
def test_the_recount_misses_demands_that_are_not_met(code, field):
    options = [{"who": 0, "where": 0, "benefit": 1.0, field: True}, {"who": 1, "where": 0, "benefit": 1.0}]
    problem = base(options=options)
    assert {v.code for v in verify(problem, claim(problem, [1]))} == {code}


def test_the_recount_catches_a_wrong_objective_a_wrong_bound_and_a_doubled_choice():
    problem = base()
    assert {v.code for v in verify(problem, claim(problem, [0], objective=9.0))} == {"objective"}
    assert {v.code for v in verify(problem, claim(problem, [0], bound=0.5))} == {"bound"}
    assert "duplicate" in {v.code for v in verify(problem, claim(problem, [0, 0]))}


def test_children_count_in_their_parent_s_ceiling():
    options = [
        {"who": 0, "where": 1, "benefit": 1.0, "cost": {1: 4}},
        {"who": 1, "where": 1, "benefit": 1.0, "cost": {2: 4}},
    ]
    problem = base(budgets=[6, 5, 5], parents=[-1, 0, 0], options=options)
    assert {v.code for v in verify(problem, claim(problem, [0, 1]))} == {"budget"}
    assert len(solved(problem).chosen) == 1


def test_a_reserve_is_kept_back():
    problem = base(rules=Rules(reserve_share=0.5))
    allocation = solved(problem)
    assert verify(problem, allocation) == ()
    assert {v.code for v in verify(problem, claim(problem, EVERYTHING))} == {"budget"}


def told_while(problem, given_limits, solver=None):
    """Solve, and return what was told on the way with the allocation, without what keeping choices counts for."""
    told = []
    hearing = replace(given_limits, tell=lambda value, bound: told.append((value, bound)))
    allocation = solve_with(problem, hearing, Deadline(hearing), solver or SolverHere())
    weight = problem.rules.stability_weight
    kept = weight * problem.options.was_chosen[allocation.chosen].sum() if weight else 0.0
    return told, allocation.objective - kept, allocation.bound - kept


@pytest.mark.long
@FEW
@given(tiny_problems())
def test_what_a_search_tells_on_its_way_is_no_more_than_it_finds_and_no_less_than_it_proves(problem):
    problem = replace(problem, rules=replace(problem.rules, stability_weight=0.0))
    for engine in Engine:
        told, value, bound = told_while(problem, replace(limits(2.0), engine=engine))
        assert told
        assert all(known <= value + 1e-6 and limit >= bound - 1e-6 for known, limit in told), (told, value, bound)
        assert all(known <= limit for known, limit in told)


@pytest.mark.parametrize("engine", [Engine.EXACT, Engine.DUAL])
def test_a_search_tells_each_better_plan_until_the_one_it_ends_with(engine):
    rng = np.random.default_rng(1)
    options = [
        {"who": who, "where": where, "benefit": float(rng.random()), "cost": int(rng.integers(1, 50))}
        for who in range(60) for where in rng.choice(8, 6, replace=False).tolist()
    ]  # fmt: skip
    classes = [{"training": k, "fixed": 60, "min": 4, "max": 12, "day": k} for k in range(8)]
    problem = make_problem(budgets=[700], classes=classes, options=options, n_people=60, people={"most": [2] * 60})
    told, value, _ = told_while(problem, replace(limits(10.0), engine=engine))
    values = [known for known, _ in told]
    assert values == sorted(values)
    assert values[0] < values[-1] == pytest.approx(value)


def test_what_is_told_counts_no_choice_that_is_kept():
    classes = [{"training": 0, "day": 0}]
    options = [{"who": 0, "where": 0, "benefit": 0.5, "cost": 1, "kept": True}]
    rules = Rules(stability_weight=100.0)
    problem = make_problem(budgets=[5], classes=classes, options=options, n_people=1, rules=rules)
    told, value, bound = told_while(problem, limits(2.0))
    assert (value, bound) == (pytest.approx(0.5), pytest.approx(0.5))
    assert told[-1] == (pytest.approx(0.5), pytest.approx(0.5))


def test_the_solver_s_process_keeps_its_time_limit():
    rng = np.random.default_rng(0)
    options = [
        {"who": who, "where": where, "benefit": float(rng.random()), "cost": int(rng.integers(1, 50))}
        for who in range(300) for where in rng.choice(40, 10, replace=False).tolist()
    ]  # fmt: skip
    classes = [{"training": k, "fixed": 60, "min": 4, "max": 12, "day": k} for k in range(40)]
    problem = make_problem(budgets=[2_500], classes=classes, options=options, n_people=300, people={"most": [2] * 300})
    begun, told = time.monotonic(), []
    allocation = solve(problem, replace(limits(3.0), tell=lambda value, bound: told.append((value, bound))))
    assert told
    assert time.monotonic() - begun < 15
    assert verify(problem, allocation) == ()
    assert allocation.bound >= allocation.objective


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 4)), max_size=9))
def test_crowded_moments_are_the_maximal_overlapping_sets(rows):
    group, start, length = (
        (np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)) if rows else [np.empty(0, dtype=np.int64)] * 3
    )
    moment, row = crowded_moments(group, start, start + length)
    found = [frozenset(row[moment == m].tolist()) for m in np.unique(moment)]
    alive = [
        frozenset(i for i in range(len(rows)) if group[i] == g and start[i] <= d <= start[i] + length[i])
        for g in range(3) for d in range(15)
    ]  # fmt: skip
    expected = {s for s in alive if len(s) > 1 and not any(s < other for other in alive)}
    assert set(found) == expected
    assert len(found) == len(set(found))
