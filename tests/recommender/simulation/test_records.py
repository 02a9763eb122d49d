"""What the office wrote down agrees with what happened, as far as offices do."""

import numpy as np
import pandas as pd

from recommender.simulation.records import assessment_table, unit_outcome_table
from recommender.simulation.settings import ASSESSMENT_ERROR, COMPLAINTS_EFFECT, SATISFACTION_EFFECT
from training_catalog.columns import look_up

ON = pd.Timestamp(2027, 1, 4)


def test_levels_are_whole_and_on_the_scale_and_no_assessment_lies_ahead(city):
    found = city.tables["assessments"]
    assert found["level"].isin([1, 2, 3, 4, 5]).all()
    assert (found["assessed_on"] < ON).all()
    assert not found.duplicated(["employee", "competency", "assessed_on", "method"]).any()


def test_fresh_centre_assessments_measure_the_true_level_with_noise(city, catalog):
    truth = city.truth
    found = city.tables["assessments"].query("method == 'assessment-centre'")
    fresh = found[found["assessed_on"] > ON - pd.Timedelta(days=200)]
    keys = truth.employee * truth.n_competencies + truth.competency
    employee = look_up(truth.employees, fresh["employee"].to_numpy(dtype=str))
    competency = look_up(catalog.competencies.ids, fresh["competency"].to_numpy(dtype=str))
    level = truth.level[np.searchsorted(keys, employee * truth.n_competencies + competency)]
    inside = (level > 1.5) & (level < 4.5)
    error = (fresh["level"].to_numpy() - level)[inside]
    assert len(error) > 500
    assert abs(error.mean()) < 0.1
    assert ASSESSMENT_ERROR < error.std() < ASSESSMENT_ERROR + 0.25  # rounding to levels adds to it


def test_many_people_rate_themselves_above_what_was_found(city):
    found = city.tables["assessments"]
    own = found[found["method"] == "self"].set_index(["employee", "competency"])["level"]
    centre = found[found["method"] == "assessment-centre"].sort_values("assessed_on")
    last = centre.drop_duplicates(["employee", "competency"], keep="last").set_index(["employee", "competency"])[
        "level"
    ]
    both = pd.concat([own.rename("own"), last.rename("found")], axis=1, join="inner")
    assert (both["own"] > both["found"]).mean() > 0.3
    assert (both["own"] < both["found"]).mean() < 0.1


def test_levels_are_measured_again_within_a_year_of_a_training(city):
    found, history, targets = (city.tables[name] for name in ("assessments", "history", "training_targets"))
    again = found[found["method"] == "post-training"]
    assert len(again) > 500
    taught = history[history["status"] == "completed"].dropna(subset="training").merge(targets, on="training")
    pairs = again.merge(taught, on=["employee", "competency"])
    days = (pairs["assessed_on"] - pairs["end_date"]).dt.days
    matched = pairs[days.between(100, 330)].drop_duplicates(["employee", "competency", "assessed_on"])
    assert len(matched) > 0.85 * len(again)  # the others followed a training whose title matches none


def test_the_same_chance_finds_the_same_levels(traits, taken, catalog, city):
    ids = city.truth.employees
    one, two = (assessment_table(traits, taken, catalog, ids, ON.date(), np.random.default_rng(3)) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_ratings_change_scale_in_2022_and_good_is_the_normal_outcome(city):
    ratings = city.tables["performance"]
    year = ratings["period_end"].dt.year
    assert set(ratings.loc[year <= 2021, "scale"]) == {"skp-angka"}
    assert set(ratings.loc[year >= 2022, "scale"]) == {"skp-predikat"}
    share = ratings.loc[year >= 2022, "rating"].value_counts(normalize=True)
    assert 0.85 < share[2.0] < 0.92
    assert 0.05 < share[1.0] < 0.10
    assert ratings.loc[year <= 2021, "rating"].between(60, 100).all()


def test_the_planted_effect_on_service_is_found_by_units_own_changes(traits, taken):
    units = np.array([f"{i:02d}" for i in range(40)])
    effects = {"satisfaction": [], "complaints-resolved": []}
    year = taken.end[taken.completed].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    unit = traits.unit[taken.employee[taken.completed]]
    heads = np.maximum(np.bincount(traits.unit, minlength=40), 1)
    dose = {y: np.bincount(unit[year == y], minlength=40) / heads for y in range(2021, 2027)}
    for seed in range(6):
        outcomes = unit_outcome_table(traits, taken, units, ON.date(), np.random.default_rng(seed))
        for name, found in effects.items():
            own = outcomes[outcomes["indicator"] == name]
            value = own.pivot_table(index="unit", columns=own["period_end"].dt.year, values="value")
            before = np.column_stack([dose[y - 1] for y in value.columns])
            y, x = value.to_numpy(), before
            y, x = y - y.mean(axis=1, keepdims=True), x - x.mean(axis=1, keepdims=True)
            found.append((x * y).sum() / (x * x).sum())
    assert abs(np.mean(effects["satisfaction"]) - SATISFACTION_EFFECT) < 0.8
    assert abs(np.mean(effects["complaints-resolved"]) - COMPLAINTS_EFFECT) < 0.015
