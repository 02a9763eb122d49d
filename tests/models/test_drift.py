"""Drift: found where it is planted, and hardly ever where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from models.drift import (
    DRIFTED,
    FEWEST_PEOPLE,
    MOVED,
    NOT_ENOUGH_DATA,
    SAME,
    compare_departures,
    compare_populations,
    departures,
    describe_population,
)
from models.features import FEATURE_NAMES
from tests.models.judging import estimates, judged_rows
from tests.models.planted import COLUMN, random_features


def crowd(n_people, seed, rows_each=4):
    """People with several rows each, which resemble each other."""
    rng = np.random.default_rng(seed)
    own = random_features(n_people, rng)
    person = np.repeat(np.arange(n_people), rows_each)
    return own[person], person


def code_of(shifts, name):
    return next(one.code for one in shifts if one.name == name)


def test_where_nothing_shifted_hardly_anything_is_called_drifted_or_moved():
    called = 0
    for seed in range(60):
        before = describe_population(*crowd(300, seed))
        shifts = compare_populations(before, *crowd(250, 1_000 + seed))
        called += any(one.code != SAME for one in shifts)
    assert called <= 3  # one in a hundred is allowed


def test_the_limit_is_near_its_promise_where_everybody_has_one_row():
    # Without the shared chance, 1 % of all comparisons would exceed the limit of one feature.
    sizes = []
    for seed in range(40):
        before = describe_population(*crowd(400, seed, rows_each=1))
        shifts = compare_populations(before, *crowd(400, 1_000 + seed, rows_each=1))
        sizes += [one.size / one.limit for one in shifts]
    assert np.quantile(sizes, 0.95) < 1.0 < np.quantile(sizes, 0.95) * 3


def test_a_planted_shift_is_named_and_no_other():
    rows, person = crowd(500, 1)
    later, who = crowd(500, 2)
    later[:, COLUMN["hours"]] += 2.0
    shifts = compare_populations(describe_population(rows, person), later, who)
    assert {one.name for one in shifts if one.code == DRIFTED} == {"hours"}
    assert [one.name for one in shifts] == list(FEATURE_NAMES)


def test_what_goes_missing_is_a_shift():
    rows, person = crowd(500, 1)
    later, who = crowd(500, 2)
    later[np.random.default_rng(0).random(len(later)) < 0.5, COLUMN["rating"]] = np.nan
    assert code_of(compare_populations(describe_population(rows, person), later, who), "rating") == DRIFTED


def test_a_small_shift_of_many_is_told_and_is_no_drift():
    rows, person = crowd(20_000, 1, rows_each=1)
    later, who = crowd(20_000, 2, rows_each=1)
    later[:, COLUMN["hours"]] += 0.3
    assert code_of(compare_populations(describe_population(rows, person), later, who), "hours") == MOVED


def test_that_time_passes_is_told_and_is_no_drift():
    rows, person = crowd(500, 1)
    later, who = crowd(500, 2)
    later[:, COLUMN["years_of_service"]] += 2.0
    assert code_of(compare_populations(describe_population(rows, person), later, who), "years_of_service") == MOVED


def test_everybody_counts_once_however_many_rows_they_have():
    rows, person = crowd(400, 1, rows_each=1)
    many = np.concatenate([rows, np.repeat(rows[:1], 5_000, axis=0)])
    shifts = compare_populations(
        describe_population(rows, person), many, np.append(person, np.zeros(5_000, dtype=np.int64))
    )
    assert {one.code for one in shifts} == {SAME}


def test_of_a_few_people_nothing_is_said():
    rows, person = crowd(FEWEST_PEOPLE - 1, 1)
    assert {one.code for one in compare_populations(describe_population(rows, person), *crowd(500, 2))} == {
        NOT_ENOUGH_DATA
    }


def foretold(seed, *, completion=0.8, n=2_000):
    rows = judged_rows(n, seed)
    return replace(rows, own=estimates(rows.own.mean, np.full(n, completion)))


def test_completion_that_departs_more_than_at_the_fit_has_drifted():
    before, same, other = (
        departures(foretold(seed, completion=share)) for seed, share in ((1, 0.8), (2, 0.8), (3, 0.7))
    )
    assert code_of(compare_departures(before, same), "completion") == SAME
    assert code_of(compare_departures(before, other), "completion") == DRIFTED
    assert code_of(compare_departures(other, other), "completion") == SAME  # it did so at the fit


def test_gains_that_depart_have_drifted():
    before, now = foretold(1), foretold(2)
    less = replace(now, outcome=now.outcome * 0.5)
    assert code_of(compare_departures(departures(before), departures(now)), "gain") == SAME
    assert code_of(compare_departures(departures(before), departures(less)), "gain") == DRIFTED


def test_without_later_outcomes_nothing_is_said_of_them():
    none = departures(foretold(1).take(np.arange(0)))
    assert {one.code for one in compare_departures(departures(foretold(1)), none)} == {NOT_ENOUGH_DATA}


def test_outcomes_that_depart_by_chance_alone_are_rarely_called():
    before = departures(foretold(0))
    called = [
        one.code for seed in range(200) for one in compare_departures(before, departures(foretold(seed + 1, n=800)))
    ]
    assert called.count(DRIFTED) + called.count(MOVED) <= 12
    assert pytest.approx(0.8, abs=0.05) == before["completion"].foretold
