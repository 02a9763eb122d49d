from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from models.effect import NOT_ENOUGH_DATA
from recommender.episodes import level_episodes, rating_episodes
from recommender.past_effects import find_effects
from recommender.use_cases import measure_effects
from tests.builders import ON, office, rows, trainings

TODAY = np.datetime64(ON, "D")


def took(*lines):
    return rows("employee training training_name start_date end_date status", *lines)


def found(*lines):
    return rows("employee competency level assessed_on method", *lines)


def here(**given):
    return office(**{**trainings(P1="M.01 3", P2="M.02 3"), **given})


def stretches(**given):
    built = here(**given)
    return level_episodes(built.workforce, built.catalog, TODAY)


TWICE = found("A M.01 1 2024-01-01 test", "A M.01 2 2025-09-01 test")


def test_a_stretch_is_trained_when_a_training_for_the_competency_lies_within():
    trained = stretches(history=took("A P1 - 2025-03-20 2025-03-28 completed"), assessments=TWICE)
    assert trained.rows.is_trained.tolist() == [True]
    assert trained.rows.outcome.tolist() == [1]
    assert trained.training.tolist() == [0]
    for line in ("A P2 - 2025-03-20 2025-03-28 completed", "A P1 - 2025-03-20 2025-03-28 failed",
                 "A P1 - 2025-10-20 2025-10-28 completed"):  # fmt: skip
        untrained = stretches(history=took(line), assessments=TWICE)
        assert untrained.rows.is_trained.tolist() == [False], line
        assert untrained.training.tolist() == [-1]


@pytest.mark.parametrize("lines", [
    ("A P1 - 2023-12-20 2024-01-28 completed",),  # had begun before what was found first
    ("A P1 - 2024-01-20 2024-01-28 completed",),  # 582 days before what was found last
    ("A P1 - 2025-03-20 2025-03-28 completed", "A P1 - 2025-05-20 2025-05-28 completed"),
    ("A - Some~course 2025-03-20 2025-03-28 completed",),  # nobody knows what it taught
])  # fmt: skip
def test_a_stretch_that_tells_nothing_clearly_is_left_out(lines):
    assert len(stretches(history=took(*lines), assessments=TWICE).training) == 0


def test_levels_people_gave_themselves_or_nobody_requires_are_no_findings():
    assert len(stretches(assessments=found("A M.01 1 2024-01-01 test", "A M.01 2 2025-09-01 self")).training) == 0
    assert len(stretches(assessments=found("A M.02 1 2024-01-01 test", "A M.02 2 2025-09-01 test")).training) == 0


def crowd(n=120, seed=1):
    """Return an office in which training adds a level to most, with ratings for two years."""
    rng = np.random.default_rng(seed)
    names = [f"E{i:03d}" for i in range(n)]
    trained, level = rng.random(n) < 0.5, rng.integers(1, 4, n)
    after = level + (trained & (rng.random(n) < 0.8)) + rng.integers(0, 2, n)
    mark = rng.normal(85, 4, (n, 2))
    return {
        "employees": pd.DataFrame({"employee": names}),
        "assessments": pd.concat([
            pd.DataFrame({"employee": names, "competency": "M.01", "level": level, "assessed_on": "2024-01-01"}),
            pd.DataFrame({"employee": names, "competency": "M.01", "level": after, "assessed_on": "2025-09-01"}),
        ]).assign(method="test"),
        "history": pd.DataFrame({"employee": names, "training": "P1", "start_date": "2025-02-01",
                                 "end_date": "2025-02-20", "status": "completed"})[trained],
        "rating_scales": rows("scale name minimum maximum direction", "s s 0 100 higher"),
        "performance": pd.concat([
            pd.DataFrame({"employee": names, "period_end": day, "scale": "s", "rating": mark[:, k]})
            for k, day in enumerate(("2024-12-31", "2025-12-31"))
        ]),
    }  # fmt: skip


def test_the_effect_of_the_crowds_training_is_found_overall_and_by_group():
    built = here(**crowd())
    effects = measure_effects(built.workforce, built.catalog, built.on)
    assert 0.4 < effects.levels.trained.estimate < 1.2
    assert effects.levels.trained.lower > 0
    one = effects.levels.groups["competency"][0]
    assert effects.ids["competency"][one.group] == "M.01"
    assert effects.levels.groups["training"][0].lower > 0
    assert effects.ratings.given_past.n_people > 20


def test_a_small_office_hears_that_there_is_not_enough_data():
    built = here(**crowd(n=12))
    effects = find_effects(built.workforce, built.catalog, built.on)
    assert effects.levels.trained.code == NOT_ENOUGH_DATA
    assert effects.ratings.code == NOT_ENOUGH_DATA
    assert all(groups == () for groups in effects.levels.groups.values())
    empty = here()
    assert find_effects(empty.workforce, empty.catalog, empty.on).levels.trained.code == NOT_ENOUGH_DATA


def later(workforce):
    """Return the workforce with everything that came after a stretch's first day changed, but for what it ended in."""
    ratings = workforce.ratings
    goodness = np.where(ratings.on > np.datetime64("2024-12-31"), ratings.goodness[::-1], ratings.goodness)
    return replace(workforce, ratings=replace(ratings, goodness=goodness))


def test_what_came_after_the_first_day_describes_nobody():
    built = here(**crowd())
    for episodes in (level_episodes, rating_episodes):
        before = episodes(built.workforce, built.catalog, TODAY).rows.features
        np.testing.assert_array_equal(before, episodes(later(built.workforce), built.catalog, TODAY).rows.features)


@pytest.mark.long
def test_what_comes_after_today_changes_nothing():
    built = here(**crowd())
    given = crowd()
    future = pd.DataFrame({"employee": given["employees"]["employee"], "competency": "M.01", "level": 5,
                           "assessed_on": "2026-06-01", "method": "test"})  # fmt: skip
    taken = pd.DataFrame({"employee": given["employees"]["employee"], "training": "P1", "start_date": "2026-03-01",
                          "end_date": "2026-03-20", "status": "completed"})  # fmt: skip
    given["assessments"] = pd.concat([given["assessments"], future])
    given["history"] = pd.concat([given["history"], taken])
    told = here(**given)
    one = find_effects(built.workforce, built.catalog, built.on)
    other = find_effects(told.workforce, told.catalog, told.on)
    assert one.levels == other.levels
    assert one.ratings == other.ratings


@pytest.mark.long
def test_other_ids_of_people_change_nothing():
    given = crowd()
    names = given["employees"]["employee"]
    other = dict(zip(names, np.random.default_rng(3).permutation(names), strict=True))
    renamed = {name: frame.assign(employee=frame["employee"].map(other)) if "employee" in frame else frame
               for name, frame in given.items()}  # fmt: skip
    renamed["employees"] = renamed["employees"].sort_values("employee")
    one, two = here(**given), here(**renamed)
    assert (
        find_effects(one.workforce, one.catalog, one.on).levels
        == find_effects(two.workforce, two.catalog, two.on).levels
    )


def test_what_is_told_holds_no_person():
    built = here(**crowd())
    effects = find_effects(built.workforce, built.catalog, built.on)
    assert {field.name for field in fields(effects)} == {"on", "levels", "ids", "ratings", "n_unclear"}
    assert not set(np.concatenate(list(effects.ids.values())).tolist()) & set(built.workforce.ids.tolist())
