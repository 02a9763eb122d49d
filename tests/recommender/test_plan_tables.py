from dataclasses import replace

import pytest

from recommender.plan import (
    ASSIGNMENT_COLUMNS,
    GAP_COLUMNS,
    LINE_COLUMNS,
    OFFERING_COLUMNS,
    PERSON_COLUMNS,
    UNMET_COLUMNS,
)
from tests.builders import rows
from tests.recommender.planning import CLASSES, FREE, plan, small_office


def test_every_frame_has_its_declared_columns_even_when_empty():
    for made in (plan(small_office()), plan(small_office(offerings=CLASSES.iloc[:0]))):
        for frame, columns in (
            (made.assignments, ASSIGNMENT_COLUMNS), (made.lines, LINE_COLUMNS), (made.offerings, OFFERING_COLUMNS),
            (made.unmet, UNMET_COLUMNS), (made.gaps, GAP_COLUMNS), (made.people, PERSON_COLUMNS),
        ):  # fmt: skip
            assert tuple(frame.columns) == columns


def test_seats_costs_and_hours_add_up():
    made = plan(small_office())
    seats = made.assignments
    assert (seats["cost"] == seats["fee"] + seats["travel"]).all()
    assert seats["cost"].sum() == made.totals.cost
    assert (seats["low"] <= seats["benefit"]).all()
    assert (seats["benefit"] <= seats["high"]).all()
    assert made.people["n_trainings"].sum() == len(seats)
    assert made.people["hours_planned"].sum() == seats["hours"].sum()
    taken = made.offerings.set_index("offering")["taken"]
    assert taken.to_dict() == {o: int((seats["offering"] == o).sum()) for o in taken.index}
    assert (made.offerings["opened"] == (made.offerings["taken"] > 0)).all()
    assert (made.offerings["wanted"] == 4).all()


def test_a_fixed_cost_is_paid_once_and_only_where_the_class_opens():
    classes = CLASSES.assign(fixed_cost=["1000", "0", "7"], budget_line="FEE", seats_min=["1", "1", "5"])
    made = plan(small_office(offerings=classes))
    opened = made.offerings.set_index("offering")["opened"]
    assert opened.to_dict() == {"K1": True, "K2": True, "K3": False}
    assert made.totals.cost == made.assignments["cost"].sum() + 1000
    fees = made.assignments.loc[made.assignments["fee_line"] == "FEE", "fee"].sum()
    assert made.lines.set_index("line").loc["FEE", "planned"] == fees + 1000


def test_what_is_left_of_a_gap_is_before_less_closed():
    made = plan(small_office())
    assert made.gaps["after"].tolist() == pytest.approx((made.gaps["before"] - made.gaps["closed"]).tolist())
    assert (made.gaps["after"] >= 0).all()
    assert made.gaps["before"].sum() == 8
    assert made.gaps["closed"].sum() == pytest.approx(made.totals.benefit)
    assert made.gaps.set_index("competency")["n_people"].to_dict() == {"M.01": 4, "M.02": 4}


def test_people_are_described_for_the_fairness_report():
    here = small_office(employees=rows("employee unit sex birth_date employment_type", "A U F 1999-01-01 PNS",
                                       "B U M 1970-01-01 PPPK", "C - - - -", "D U M 1990-01-01 PNS"))  # fmt: skip
    people = plan(here).people.set_index("employee")
    assert people["age_band"].to_dict() == {"A": "<30", "B": ">=50", "C": "", "D": "30-39"}
    assert people["sex"].to_dict() == {"A": "F", "B": "M", "C": "", "D": "M"}
    assert people.loc["B", ["hours_floor", "hours_cap"]].tolist() == [0, 24]
    assert people.loc["A", "hours_floor"] == 20
    assert (people["need"] == 2).all()


def test_prices_are_for_a_million_rupiah_and_free_money_is_worth_nothing():
    made = plan(small_office(), replace(FREE, plan=replace(FREE.plan, max_trainings=1)))
    price = made.lines.set_index("line")["price"]
    assert (price >= 0).all()
    assert price["TOP"] == 0
