"""Sets of open classes one after another, and people exchanged in each until the money suffices."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import SolverHere, SolverSilent, claim, make_problem

from recommender.allocation import openings
from recommender.allocation.blocks import Improver
from recommender.allocation.compiled import IS_COMPILED
from recommender.allocation.demanding import meet_demands
from recommender.allocation.exact import build_model
from recommender.allocation.exchange import Pace, can_exchange, dearest, hall_of, walk
from recommender.allocation.greedy import greedy
from recommender.allocation.highs import run_highs
from recommender.allocation.limits import Deadline, Engine, SolveLimits
from recommender.allocation.openings import improve_by_openings
from recommender.allocation.placement import Placement
from recommender.allocation.problem import Earmark, Rules
from recommender.allocation.solve import solve_with
from recommender.allocation.verify import verify

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="people are exchanged in machine code only: numba is missing")


def limits(seconds):
    return SolveLimits(seconds=seconds, gap=0.0, clock=time.monotonic)


def packing(loads, rooms, benefit=None):
    """Everybody must sit in one of some rooms, each with its own money, of which nothing may be left over."""
    options = [
        {"who": who, "where": where, "benefit": benefit[who][where] if benefit else 1.0, "cost": {where: load},
         "mandatory": True}
        for who, load in enumerate(loads) for where in range(len(rooms))
    ]  # fmt: skip
    classes = [{"training": 0} for _ in rooms]
    people = {"most": [1] * len(loads)}
    return make_problem(budgets=rooms, classes=classes, options=options, n_people=len(loads), people=people)


def modelled(problem, seconds=20.0):
    """Return the program with its demands, and a plan that meets them."""
    deadline = Deadline(limits(seconds))
    first = greedy(Placement(problem), np.zeros(len(problem.options.employee)))
    demanded = meet_demands(build_model(problem), SolverHere(), first, seconds=5.0, now=deadline.now)
    return Improver(demanded.model, demanded.start, SolverHere()), deadline, demanded.unmet


def walked(problem, steps=20_000, seed=1):
    improver, _, _ = modelled(problem)
    exchange = hall_of(improver.model, np.ones(len(problem.classes.ids), dtype=np.bool_))
    value, options = walk(
        exchange.hall, dearest(exchange.hall), Pace(steps, exchange.usual, 0.03 * exchange.usual, 10.0), seed
    )
    return value, exchange.choice(options)


def test_money_that_only_just_suffices_is_packed_to_the_last_rupiah():
    # 11 = 6 + 5, 13 = 4 + 9 and 10 = 7 + 3 is the only way but for who sits where
    problem = packing([6, 5, 4, 9, 7, 3], [11, 13, 10])
    value, chosen = walked(problem)
    assert value == pytest.approx(6.0)
    spent = np.asarray(problem.options.charges[chosen].sum(axis=0)).ravel()
    assert spent.tolist() == [11, 13, 10]
    assert verify(problem, claim(problem, chosen)) == ()


def test_who_need_not_have_anything_stays_out_where_the_money_ends():
    options = [{"who": who, "where": 0, "benefit": benefit, "cost": cost} for who, (benefit, cost) in
               enumerate([(5.0, 4), (4.0, 3), (4.0, 3), (1.0, 2)])]  # fmt: skip
    problem = make_problem(budgets=[6], classes=[{}], options=options, n_people=4, people={"most": [1] * 4})
    value, chosen = walked(problem)
    assert value == pytest.approx(8.0)
    assert problem.options.employee[chosen].tolist() == [1, 2]


def test_seats_hold_people_apart_as_money_does():
    options = [{"who": who, "where": where, "benefit": 3.0 - where + 0.1 * who} for who in range(3) for where in (0, 1)]
    problem = make_problem(budgets=[9], classes=[{"max": 1}, {"max": 1}], options=options, n_people=3,
                           people={"most": [1] * 3})  # fmt: skip
    value, chosen = walked(problem)
    assert value == pytest.approx(3.2 + 2.1)
    assert verify(problem, claim(problem, chosen)) == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_is_the_same_each_time(seed):
    problem = packing([6, 5, 4, 9, 7, 3], [11, 13, 10])
    assert walked(problem, steps=500, seed=seed)[0] == walked(problem, steps=500, seed=seed)[0]


@pytest.mark.parametrize(
    ("rules", "people", "classes"),
    [
        (Rules(prerequisites=((0, 1),)), {}, {}),
        (Rules(earmarks=(Earmark(name="M", trainings=(0,), at_most=9),)), {}, {}),
        (Rules(unit_floor_share=0.5), {}, {}),
        (Rules(away_share=0.5), {}, {}),
        (Rules(), {"most": [2, 1]}, {}),
        (Rules(), {}, {"min": 2}),
    ],
)
def test_where_more_than_money_and_seats_binds_nobody_is_exchanged(rules, people, classes):
    options = [{"who": who, "where": where, "benefit": 1.0} for who in (0, 1) for where in (0, 1)]
    plain = {"budgets": [5], "options": options, "n_people": 2}
    assert can_exchange(build_model(make_problem(classes=[{}, {}], people={"most": [1, 1]}, **plain)))
    problem = make_problem(classes=[{**classes}, {}], people={"most": [1, 1], **people}, rules=rules, **plain)
    assert not can_exchange(build_model(problem))
    improver, deadline, _ = modelled(problem)
    assert improve_by_openings(improver, deadline) == np.inf


@st.composite
def locations(draw):
    """Draw places that cost something to open, of which each person must go to one."""
    n_places, n_people = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    loads = draw(st.lists(st.integers(1, 4), min_size=n_people, max_size=n_people))
    rooms = draw(st.lists(st.integers(2, 9), min_size=n_places, max_size=n_places))
    opening = draw(st.lists(st.integers(0, 9), min_size=n_places, max_size=n_places).filter(any))
    options = [
        {"who": who, "where": where, "benefit": float(draw(st.integers(0, 9))), "cost": {where: load},
         "mandatory": True}
        for who, load in enumerate(loads) for where in range(n_places)
    ]  # fmt: skip
    beside = [{"who": n_people + i, "where": n_places, "benefit": float(cost), "cost": {n_places + i: cost}}
              for i, cost in enumerate(opening)]  # fmt: skip
    classes = [{"training": 0, "fixed": cost, "line": n_places + i} for i, cost in enumerate(opening)]
    return make_problem(
        budgets=rooms + opening, classes=[*classes, {"training": 1}], options=options + beside,
        n_people=n_people + n_places, people={"most": [1] * (n_people + n_places)},
    )  # fmt: skip


@given(locations())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sets_of_places_prove_no_less_than_the_best_plan_and_find_it(monkeypatch, problem):
    monkeypatch.setattr(openings, "STEPS", 500)
    improver, deadline, unmet = modelled(problem)
    if unmet:
        return
    best = run_highs(improver.model.program, None, seconds=20.0, gap=0.0, seed=0).bound
    bound = improve_by_openings(improver, deadline)
    assert bound >= best - 1e-6
    assert improver.value == pytest.approx(best)
    assert bound == pytest.approx(best)
    assert verify(problem, claim(problem, improver.chosen)) == ()


def depots(seed, n_places=8, n_people=30):
    """Draw places whose room is nearly all that people need, each with an opening that a person beside would get."""
    rng = np.random.default_rng(seed)
    loads, rooms = rng.integers(10, 30, n_people), rng.integers(60, 160, n_places)
    opening, benefit = rng.integers(100, 900, n_places), rng.integers(0, 90, (n_people, n_places))
    options = [
        {"who": who, "where": where, "benefit": float(benefit[who, where]), "cost": {where: int(loads[who])},
         "mandatory": True}
        for who in range(n_people) for where in range(n_places)
    ]  # fmt: skip
    options += [{"who": n_people + i, "where": n_places, "benefit": float(cost), "cost": {n_places + i: int(cost)}}
                for i, cost in enumerate(opening)]  # fmt: skip
    classes = [{"training": 0, "fixed": int(cost), "line": n_places + i} for i, cost in enumerate(opening)]
    return make_problem(
        budgets=[*rooms.tolist(), *opening.tolist()], classes=[*classes, {"training": 1}], options=options,
        n_people=n_people + n_places, people={"most": [1] * (n_people + n_places)},
    )  # fmt: skip


@pytest.mark.parametrize("engine", [Engine.EXACT, Engine.DUAL])
@pytest.mark.parametrize(("share", "steps"), [(0.3, 50_000), (0.05, 0)])
@pytest.mark.parametrize("seed", [2, pytest.param(3, marks=pytest.mark.long)])
def test_no_engine_proves_less_than_the_best_plan_where_sets_are_listed(monkeypatch, engine, share, steps, seed):
    monkeypatch.setattr(openings, "LIST_SHARE", share)
    monkeypatch.setattr(openings, "WALK_SHARE", share)
    monkeypatch.setattr(openings, "STEPS", steps)
    problem = depots(seed)
    improver, _, unmet = modelled(problem)
    assert not unmet
    best = run_highs(improver.model.program, None, seconds=20.0, gap=0.0, seed=0)
    assert best.is_optimal
    found = solve_with(problem, replace(limits(12.0), engine=engine), Deadline(limits(12.0)), SolverHere())
    assert found.bound >= best.bound - 1e-6
    assert found.objective == pytest.approx(best.bound, rel=2e-3)
    assert verify(problem, found) == ()


class SolverOfParts(SolverHere):
    """HiGHS for programs in which people may be divided; of all others it says nothing."""

    def solve(self, program, start=None, **limits):
        if program.is_integer[: program.n_options].any():
            return SolverSilent().solve(program, start, **limits)
        return super().solve(program, start, **limits)


def test_what_the_list_proved_stays_proved_where_the_whole_program_comes_to_nothing(monkeypatch):
    monkeypatch.setattr(openings, "LIST_SHARE", 0.05)
    monkeypatch.setattr(openings, "WALK_SHARE", 0.05)
    monkeypatch.setattr(openings, "STEPS", 0)
    problem, asked = depots(2), replace(limits(12.0), engine=Engine.EXACT)
    improver, _, _ = modelled(problem)
    best = run_highs(improver.model.program, None, seconds=20.0, gap=0.0, seed=0).bound
    found = solve_with(problem, asked, Deadline(asked), SolverOfParts())
    assert best - 1e-6 <= found.bound < found.price_bound - 1.0
