from fractions import Fraction

import pytest

from recommender.budget import FEE, TRAVEL, build_budget, payers
from tests.builders import office, rows
from training_catalog.errors import InputError

UNITS = rows("unit name parent", "U0 Office -", "U1 Branch U0", "U2 Team U1", "X Loop Y", "Y Loop X")
ACCOUNTS = rows("account name purpose forms", "5.1 Courses fee -", "5.1.9 E-learning fee C3", "5.2 Travel travel -")


def budget(*lines, year=2027, **keywords):
    here = office(
        units=UNITS,
        accounts=ACCOUNTS,
        budgets=rows("line year unit account funding_source amount parent", *lines),
        employees=rows("employee unit", "A U2"),
    )
    return build_budget(here.tables, here.workforce.units, year, **keywords), here.workforce.units


def pays(lines, purpose=FEE, form="", unit="U2"):
    found, units = budget(*lines)
    rows_of = payers(found, units, purpose, form)
    at = units.ids.tolist().index(unit) if unit else -1
    return found.ids[rows_of[at]].tolist()


def test_the_nearest_unit_upwards_pays():
    office_line, branch = "L0 2027 - 5.1 APBD 100 -", "L1 2027 U1 5.1 APBD 100 -"
    assert pays([office_line, branch]) == ["L1"]
    assert pays([office_line, branch], unit="U0") == ["L0"]
    assert pays([office_line, branch], unit=None) == ["L0"]
    assert pays([branch], unit="U0") == []


def test_an_account_that_names_the_form_pays_before_a_general_one_of_the_same_unit():
    lines = ["L1 2027 U2 5.1 APBD 100 -", "L2 2027 U2 5.1.9.01 APBD 100 -", "L3 2027 U0 5.1.9 APBD 100 -"]
    assert pays(lines, form="C3") == ["L2"]
    assert pays(lines, form="B3") == ["L1"]
    assert pays(lines) == ["L1"]
    assert pays([lines[0], lines[2]], form="C3") == ["L1"]


def test_two_funding_sources_of_one_place_are_alternatives():
    assert pays(["L1 2027 U2 5.1 APBD 100 -", "L2 2027 U2 5.1 DAK 100 -"]) == ["L1", "L2"]


def test_fees_and_travel_are_paid_by_their_own_accounts_and_a_line_without_one_pays_both():
    lines = ["L1 2027 U2 5.1 APBD 100 -", "L2 2027 U0 5.2.01 APBD 100 -"]
    assert pays(lines, TRAVEL) == ["L2"]
    assert pays(["L9 2027 U2 9.9 APBD 100 -"], TRAVEL) == pays(["L9 2027 U2 - APBD 100 -"], FEE) == ["L9"]


def test_a_line_that_holds_others_pays_nobody():
    assert pays(["P 2027 U2 5.1 APBD 100 -", "L 2027 U0 5.1 APBD 100 P"]) == ["L"]


def test_units_that_are_above_each_other_end_at_the_whole_office():
    assert pays(["L0 2027 - 5.1 APBD 100 -"], unit="X") == ["L0"]


def test_a_year_without_a_line_and_a_class_is_an_error_that_names_the_years_on_file():
    with pytest.raises(InputError, match="no line and no class for 2030; years with lines: 2027"):
        budget("L0 2027 - 5.1 APBD 100 -", year=2030)


def test_a_year_with_classes_and_without_a_line_has_a_budget_of_none():
    here = office(offerings=rows("offering training start_date end_date", "K1 T 2030-03-01 2030-03-02"))
    found = build_budget(here.tables, here.workforce.units, 2030, taken={"L9": (5, 5)})
    assert (found.year, found.ids.tolist(), found.available.tolist()) == (2030, [], [])


def test_amounts_are_whole_and_scaled_without_floats():
    trillion = "L0 2027 - 5.1 APBD 9007199254740993 -"
    assert budget(trillion)[0].amount.tolist() == [9007199254740993]
    assert budget(trillion, factor=Fraction(11, 10))[0].amount.tolist() == [9007199254740993 * 11 // 10]


def test_what_is_promised_and_spent_is_not_available_and_never_below_zero():
    here = office(budgets=rows("line year amount reserved spent", "L0 2027 100 30 20", "L1 2027 100 80 40"))
    found = build_budget(here.tables, here.workforce.units, 2027)
    assert found.available.tolist() == [50, 0]


def test_what_approved_plans_hold_comes_on_top_and_along_the_lines_above():
    lines = ("TOP 2027 - - - 900 -", "L1 2027 U0 5.1 APBD 500 TOP", "L2 2027 U0 5.2 APBD 600 TOP")
    found, _ = budget(*lines, taken={"L1": (100, 30), "L2": (7, 0), "L9": (5, 5)})
    assert found.ids.tolist() == ["L1", "L2", "TOP"]
    assert found.reserved.tolist() == [100, 7, 107]
    assert found.spent.tolist() == [30, 0, 30]
    assert found.available.tolist() == [370, 593, 763]
