from datetime import date

import numpy as np
import pandas as pd
import pytest

from recommender.eligibility import REASONS, judge_pairs, lapsed_enrolments, retirement_days, upcoming_offerings
from recommender.policy import EligibilityRules
from tests.builders import ON, office, rows, trainings


def verdict(here, employee="A", training="P1", on=None, **rules):
    one = judge_pairs(
        here.workforce,
        here.catalog,
        on or here.on,
        EligibilityRules(**rules),
        employee=np.array([here.person(employee)]),
        training=np.array([here.training(training)]),
    )
    requires = int(one.requires[0])
    return REASONS[one.reason[0]], str(here.catalog.trainings.ids[requires]) if requires >= 0 else None


def changed(**columns):
    taught = trainings(P1="M.01 3", P2="M.01 4")
    return taught | {"trainings": taught["trainings"].assign(**columns)}


def took(*lines):
    return rows("employee training end_date status", *lines)


@pytest.mark.parametrize(
    ("columns", "row", "reason"),
    [
        ("status", "active", "eligible"),
        ("status", "leave", "on-leave"),
        ("status", "study", "on-leave"),
        ("status", "inactive", "inactive"),
        ("status", "retired", "inactive"),
        ("retirement_date", "2027-02-01", "retiring-soon"),
        ("retirement_date", "2027-02-02", "eligible"),
        ("birth_date", "1969-01-15", "retiring-soon"),
        ("birth_date", "1969-02-15", "eligible"),
        ("employment_type", "PPPK", "eligible"),
    ],
)
def test_what_a_person_is_may_rule_out_everything(columns, row, reason):
    here = office(employees=rows(f"employee {columns}", f"A {row}"), **trainings(P1="M.01 3"))
    assert verdict(here)[0] == reason


def test_a_retirement_on_file_wins_over_the_birthday():
    here = office(employees=rows("employee birth_date retirement_date", "A 1950-01-01 2040-01-01"))
    assert retirement_days(here.workforce, EligibilityRules()).tolist() == [date(2040, 1, 1)]


def test_closed_and_past_trainings_are_offered_to_nobody():
    here = office(
        **changed(status=["closed", "open"]),
        offerings=rows("offering training start_date end_date", "K1 P1 2026-05-01 2026-05-02",
                       "K2 P2 2026-01-31 2026-02-05"),
    )  # fmt: skip
    assert verdict(here, training="P1")[0] == "closed"
    assert verdict(here, training="P2")[0] == "past"


def test_a_cancelled_class_is_no_chance_and_a_training_without_classes_still_is_one():
    here = office(
        **trainings(P1="M.01 3", P2="M.01 4"),
        offerings=rows("offering training start_date end_date status", "K1 P1 2026-05-01 2026-05-02 cancelled"),
    )
    assert verdict(here, training="P1")[0] == "past"
    assert verdict(here, training="P2")[0] == "eligible"


def test_a_class_that_begins_today_can_still_be_taken():
    here = office(
        **trainings(P1="M.01 3"),
        offerings=rows("offering training start_date end_date", "K1 P1 2026-02-01 2026-02-02"),
    )
    assert upcoming_offerings(here.catalog, ON).tolist() == [True]
    assert upcoming_offerings(here.catalog, date(2026, 2, 2)).tolist() == [False]


def test_taken_in_any_edition_is_taken_until_the_years_are_over():
    here = office(**changed(series=[None, "P1"]), history=took("A P2 2025-03-28 completed"))
    assert verdict(here, training="P1") == ("already-taken", None)
    assert verdict(here, training="P1", retake_after_years=0.5)[0] == "eligible"
    assert verdict(here, training="P1", on=date(2030, 3, 27))[0] == "already-taken"
    assert verdict(here, training="P1", on=date(2030, 3, 28))[0] == "eligible"


def test_a_training_s_own_retake_years_win_over_the_policy():
    here = office(**changed(retake_after_years=[0, None]), history=took("A P1 2025-03-28 completed"))
    assert verdict(here, training="P1")[0] == "eligible"


@pytest.mark.parametrize("status", ["cancelled", "failed", "withdrawn"])
def test_what_was_not_completed_was_not_taken(status):
    here = office(**changed(), history=took(f"A P1 2025-03-28 {status}"))
    assert verdict(here)[0] == "eligible"


def test_a_completion_in_the_future_is_not_known_yet_and_an_enrolment_is():
    assert verdict(office(**changed(), history=took("A P1 2026-12-31 completed")))[0] == "eligible"
    assert verdict(office(**changed(), history=took("A P1 2026-12-31 enrolled")))[0] == "already-enrolled"


@pytest.mark.parametrize(
    ("ended", "years", "reason"),
    [
        ("2025-02-03", 1.0, "already-enrolled"),
        ("2025-01-30", 1.0, "eligible"),
        ("2025-01-30", 2.0, "already-enrolled"),
        ("2026-01-30", 0.0, "eligible"),
    ],
)
def test_an_enrolment_lapses_when_its_class_ended_long_ago(ended, years, reason):
    here = office(**changed(), history=took(f"A P1 {ended} enrolled"))
    assert verdict(here, training="P1", enrolment_years=years)[0] == reason
    lapsed = lapsed_enrolments(here.workforce, here.on, EligibilityRules(enrolment_years=years))
    assert lapsed.tolist() == [reason == "eligible"]


def test_a_lapsed_enrolment_neither_hides_one_under_way_nor_a_completion():
    again = office(**changed(), history=took("A P1 2023-03-28 enrolled", "A P1 2026-03-28 enrolled"))
    assert verdict(again, training="P1")[0] == "already-enrolled"
    passed = office(**changed(), history=took("A P1 2023-03-28 enrolled", "A P1 2024-03-28 completed"))
    assert verdict(passed, training="P1")[0] == "already-taken"


def test_a_prerequisite_is_named_until_it_was_passed():
    first = {"prerequisites": rows("training requires", "P2 P1")}
    assert verdict(office(**changed(), **first), training="P2") == ("prerequisite-missing", "P1")
    failed = office(**changed(), **first, history=took("A P1 2025-03-28 failed"))
    assert verdict(failed, training="P2") == ("prerequisite-missing", "P1")
    passed = office(**changed(), **first, history=took("A P1 2001-03-28 completed"))
    assert verdict(passed, training="P2") == ("eligible", None)


def test_the_first_of_two_missing_prerequisites_is_named():
    here = office(
        **trainings(P1="M.01 3", P2="M.01 3", P3="M.01 4"), prerequisites=rows("training requires", "P3 P2", "P3 P1")
    )
    assert verdict(here, training="P3") == ("prerequisite-missing", "P1")


def test_trainings_for_some_position_classes_or_types_are_for_nobody_else():
    here = office(
        positions=rows("position name position_class", "J Clerk K1", "L Lead K2", "N Other -"),
        employees=rows("employee position employment_type", "A J PNS", "B L PPPK", "C N PNS", "D - PNS"),
        **changed(position_classes=["K1;K9", None], employment_types=[None, "PNS;CPNS"]),
    )
    assert [verdict(here, e, "P1")[0] for e in "ABCD"] == ["eligible", "wrong-position"] + ["wrong-position"] * 2
    assert [verdict(here, e, "P2")[0] for e in "AB"] == ["eligible", "wrong-employment-type"]


def test_a_training_that_a_person_does_not_want_is_left_out():
    no = pd.DataFrame({"employee": ["A"], "training": ["P1"], "kind": ["not-interested"]})
    here = office(**changed(), interests=no)
    assert verdict(here, training="P1")[0] == "not-interested"
    assert verdict(here, training="P2")[0] == "eligible"


def test_where_several_rules_block_the_first_gives_the_reason():
    here = office(
        employees=rows("employee status", "A inactive"),
        **changed(status=["closed", "open"]),
        history=took("A P1 2025-03-28 completed", "A P2 2025-03-28 completed"),
        prerequisites=rows("training requires", "P2 P1"),
    )
    assert verdict(here, training="P1")[0] == "inactive"
    active = office(
        **changed(status=["closed", "open"]), history=took("A P1 2025-03-28 completed", "A P2 2025-03-28 completed")
    )
    assert verdict(active, training="P1")[0] == "closed"
    assert REASONS.index("inactive") < REASONS.index("closed") < REASONS.index("already-taken")
