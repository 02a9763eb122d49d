"""Scenarios: an office whose answers fit on paper."""

from dataclasses import replace

import pytest

from recommender.policy import PlanRules
from recommender.scenarios import evenness, figures_of, most_even, with_unit_floor
from tests.builders import rows, trainings
from tests.recommender.planning import CLASSES, FREE, plan, small_office

RULES = PlanRules(away_share=None, hours_weight=0.0)


@pytest.fixture(scope="module")
def make():
    """Return what plans under some rules: two units of two, a class of two seats, the first unit in more need."""
    levels = {"M.01": "22223", "M.02": "22333"}
    here = small_office(
        **trainings(P1="M.01 3, M.02 3"),
        units=rows("unit name", "U Satu", "V Dua", "W Tiga"),
        employees=rows("employee unit", "A U", "B U", "C V", "D V", "E W"),
        assessments=rows("employee competency level assessed_on", *[
            f"{who} {competency} {level} 2025-06-01" for competency, each in levels.items()
            for who, level in zip("ABCDE", each, strict=True)
        ]),
        budgets=rows("line year unit account amount", "FEE 2026 - 5.1 2000000"),
        offerings=CLASSES[CLASSES["offering"] == "K1"],
    )  # fmt: skip
    return lambda rules: plan(here, replace(FREE, plan=rules))


def test_a_plan_s_figures_are_added_up(make):
    found = figures_of(make(RULES))
    assert (found.budget, found.cost, found.seats, found.people) == (2_000_000, 2_000_000, 2, 2)
    assert (found.units_left_out, found.least_served) == (1, 1.0)  # nobody of V; both of U; W has no need
    assert found.gap == pytest.approx(0.0, abs=1e-6)


def test_a_floor_for_each_unit_and_the_most_even_plan_give_each_unit_a_seat_and_cost_levels(make):
    base = make(RULES)
    floored, even = make(with_unit_floor(RULES, 0.5)), most_even(RULES, base, make)
    for one in (floored, even):
        assert sorted(one.assignments["unit"]) == ["U", "V"]
        assert evenness(one) == (0, 0.5) > evenness(base)
        assert one.totals.benefit < base.totals.benefit


def test_where_nothing_is_more_even_the_first_plan_stays(make):
    even = make(with_unit_floor(RULES, 0.5))
    assert most_even(RULES, even, lambda _rules: make(RULES)) is even
