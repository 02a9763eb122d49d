from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from models.features import FEATURE_NAMES, FEATURES
from recommender.person_features import PersonFeatures, describe_people, is_short_of_time, rating_columns
from recommender.policy import RankingRules
from tests.builders import ON, office, rows, trainings

SCALES = rows(
    "scale name minimum maximum direction", "OLD Old 0 100 higher", "NEW New 1 5 higher", "FIRST One~is~best 1 5 lower"
)


def rated(*lines):
    return {"rating_scales": SCALES, "performance": rows("employee period_end scale rating", *lines)}


def described(here):
    return describe_people(here.workforce, here.catalog, here.gaps(), here.on)


def test_where_one_is_the_best_rating_the_one_stands_above_the_three():
    people = {"employees": rows("employee", "A", "B")}
    here = office(**people, **rated("A 2025-12-31 FIRST 1", "B 2025-12-31 FIRST 3"))
    rating, _ = rating_columns(here.workforce, ON)
    assert rating.tolist() == [1.0, 0.5]
    other = office(**people, **rated("A 2025-12-31 NEW 1", "B 2025-12-31 NEW 3"))
    assert rating_columns(other.workforce, ON)[0].tolist() == [0.0, 0.5]


def test_a_change_of_scale_is_no_change_of_performance():
    here = office(
        employees=rows("employee", "A", "B", "C"),
        **rated("A 2021-12-31 OLD 90", "A 2023-12-31 NEW 3", "B 2023-12-31 NEW 3", "B 2024-12-31 NEW 5"),
    )
    rating, trend = rating_columns(here.workforce, ON)
    assert rating[:2].tolist() == [0.5, 1.0]
    assert np.isnan(trend[0])
    assert trend[1] == 0.5
    assert np.isnan(rating[2])


def test_a_rating_of_a_period_that_has_not_ended_is_not_known_yet():
    here = office(**rated("A 2024-12-31 NEW 5", "A 2026-02-01 NEW 1"))
    assert rating_columns(here.workforce, ON)[0].tolist() == [1.0]


def test_completion_rates_start_from_the_prior_and_follow_the_record():
    taught = trainings(P1="M.01 3", P2="M.01 3")
    taught["trainings"]["mode"] = ["online", None]
    history = rows(
        "employee training end_date status pre_score post_score",
        "B P1 2025-03-01 completed 40 60",
        "B P2 2025-04-01 failed 50 60",
        "B P2 2025-05-01 withdrawn - -",
        "B P2 2025-06-01 cancelled - -",
        "B P2 2026-06-01 completed 0 100",
        "B P2 2015-06-01 completed - -",
    )
    people = described(office(employees=rows("employee", "A", "B"), **taught, history=history))
    assert people.completion_rate.tolist() == pytest.approx([0.85, (2 + 1.7) / 6])
    assert people.online_completion_rate.tolist() == pytest.approx([0.5, (1 + 1.0) / 3])
    assert people.n_completed.tolist() == [0, 1]
    assert np.isnan(people.mean_past_gain[0])
    assert people.mean_past_gain[1] == 15


def test_a_person_of_whom_nothing_is_known_has_missing_figures_and_no_wrong_ones():
    people = described(office(employees=rows("employee position", "A -")))
    known = {f.name: getattr(people, f.name)[0] for f in fields(PersonFeatures)}
    missing = {name for name, value in known.items() if np.isnan(value)}
    assert missing == {
        "rating", "rating_trend", "mean_past_gain", "years_of_service", "position_level", "unit_shortage"
    }  # fmt: skip
    assert (known["n_completed"], known["person_deficit"]) == (0, 0)


def test_years_of_service_and_shortage_of_the_unit():
    here = office(
        units=rows("unit name authorised_staff", "U Unit 4", "V Full 1"),
        employees=rows("employee unit service_start status", "A U 2016-02-01 -", "B U 2030-01-01 -", "C U - retired",
                       "D V - -"),
    )  # fmt: skip
    people = described(here)
    assert people.years_of_service[:2] == pytest.approx([10.0, 0.0], abs=0.01)
    assert people.unit_shortage.tolist() == [0.5, 0.5, 0.5, 0.0]
    short, _ = is_short_of_time(here.workforce, ON, RankingRules())
    assert short.tolist() == [True, True, True, False]


def test_a_calendar_is_full_from_a_quarter_of_the_coming_year():
    rules = RankingRules()
    here = office(
        employees=rows("employee", "A", "B", "C"),
        absences=rows("employee start_date end_date", "A 2025-01-01 2026-04-30", "A 2026-11-01 2026-11-10",
                      "B 2025-01-01 2026-01-31", "C 2026-03-01 2026-05-15"),
    )  # fmt: skip
    assert is_short_of_time(here.workforce, ON, rules)[1].tolist() == [True, False, False]
    assert is_short_of_time(here.workforce, date(2028, 1, 1), rules)[1].tolist() == [False] * 3


def test_no_protected_attribute_is_a_feature():
    names = " ".join(FEATURE_NAMES) + " ".join(f.name for f in fields(PersonFeatures))
    assert not any(word in names for word in ("sex", "birth", "age_band", "religion", "marital", "disability"))
    assert {f.name for f in fields(PersonFeatures)} <= {feature.name for feature in FEATURES}
