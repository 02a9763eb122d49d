"""Test scores as a surrogate: used where they tell something, and only then."""

import numpy as np
import pytest

from models.baseline import rule_gain
from models.surrogate import FEWEST_ROWS, expected_scores, fill_with_surrogate
from tests.models.planted import COLUMN, random_features


def planted(n: int, slope: float, seed: int = 0):
    """Hours decide what is learned; scores show it, levels found later hardly do."""
    rng = np.random.default_rng(seed)
    features = random_features(n, rng)
    hours = rng.uniform(0, 40, n)
    features[:, COLUMN["hours"]] = hours
    factor = 0.2 + slope * hours
    score = 5 + 10 * factor + rng.normal(0, 6, n)
    truth = rule_gain(features) * factor
    gain = truth + rng.normal(0, 0.5, n)
    gain[rng.random(n) < 0.6] = np.nan
    return features, gain, score, truth


def test_scores_that_tell_of_the_gain_find_it_where_it_was_not_measured():
    features, gain, score, truth = planted(4_000, slope=0.04)
    filled = fill_with_surrogate(features, gain, score)
    assert not np.isnan(filled).any()
    assert np.abs(filled - truth).mean() < 0.08
    assert np.corrcoef(filled / rule_gain(features), truth / rule_gain(features))[0, 1] > 0.8


def test_scores_that_tell_nothing_change_nothing():
    features, gain, _, _ = planted(4_000, slope=0.0)
    score = np.random.default_rng(9).normal(10, 5, 4_000)
    assert fill_with_surrogate(features, gain, score) is None


def test_too_few_rows_with_both_change_nothing():
    features, gain, score, _ = planted(4_000, slope=0.04)
    few = np.full(len(gain), np.nan)
    keep = np.flatnonzero(~np.isnan(gain))[: FEWEST_ROWS - 1]
    few[keep] = gain[keep]
    assert fill_with_surrogate(features, few, score) is None


def test_without_a_score_or_a_deficit_the_gain_stays_as_it_was():
    features, gain, score, _ = planted(4_000, slope=0.04)
    score[:5], features[5:10, COLUMN["covered_deficit"]] = np.nan, 0.0
    filled = fill_with_surrogate(features, gain, score)
    assert np.array_equal(filled[:10], gain[:10], equal_nan=True)


def test_no_expected_score_holds_the_luck_of_its_own_row():
    features, _, score, _ = planted(2_000, slope=0.04)
    luck = np.random.default_rng(3).normal(0, 50, 2_000)
    expected = expected_scores(features, score + luck)
    assert abs(np.corrcoef(expected, luck)[0, 1]) < 0.1


def test_expected_scores_are_the_same_whatever_the_order_of_rows():
    features, _, score, _ = planted(1_500, slope=0.04)
    mixed = np.random.default_rng(0).permutation(1_500)
    one, other = expected_scores(features, score), expected_scores(features[mixed], score[mixed])
    assert other == pytest.approx(one[mixed])


def test_too_few_scores_expect_nothing():
    features, _, score, _ = planted(2 * FEWEST_ROWS - 1, slope=0.04)
    assert np.isnan(expected_scores(features, score)).all()
