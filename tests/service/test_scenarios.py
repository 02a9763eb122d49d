"""Scenarios on the terminal: a small city, several budgets and rules in one run."""

import pytest


@pytest.fixture
def city(bangkom, demo_plan):
    bangkom("plans", "withdraw", demo_plan)
    return bangkom


def test_more_money_never_closes_less_and_a_choice_says_what_it_costs(city):
    asked = ("--year", "2027", "--time-limit", "3", "--budget-factor", "0,5", "--budget-factor", "2")
    run = city("scenarios", *asked, "--hours-first", "--unit-floor", "50", "--most-even", "--json")
    found = {one["name"]: one for one in run.document["scenarios"]}
    assert list(found) == ["budget-0.5", "base", "budget-2", "hours-first", "unit-floor-0.5", "most-even"]
    values = [found[name]["benefit"] for name in ("budget-0.5", "base", "budget-2")]
    assert values == sorted(values)
    half, base = found["budget-0.5"], found["base"]
    assert base["more"] == pytest.approx((base["benefit"] - half["benefit"]) / (base["budget"] - half["budget"]) * 1e8)
    assert found["hours-first"]["missing_hours"] <= base["missing_hours"]
    assert found["hours-first"]["costs"] == pytest.approx(base["benefit"] - found["hours-first"]["benefit"])
    assert found["most-even"]["units_left_out"] <= base["units_left_out"]
    assert city("plans", "list", "--json").document["plans"][0]["name"] not in found  # nothing is stored


def test_what_it_says_can_be_read_and_a_wrong_factor_is_named(city):
    said = city("scenarios", "--year", "2027", "--time-limit", "2", "--budget-factor", "1.5", lang="id")
    assert "Anggaran dikali 1,5" in said.out
    assert "di sini tambahan Rp100.000.000 menutup kira-kira" in said.out
    wrong = city("scenarios", "--year", "2027", "--budget-factor", "banyak")
    assert (wrong.code, "banyak" in wrong.err) == (2, True)
    none = city("scenarios", "--year", "2031")
    assert (none.code, "2031" in none.err) == (3, True)
