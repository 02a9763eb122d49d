"""Test scores as a surrogate: used where they tell something, and only then."""

import numpy as np

from models.surrogate import FEWEST_ROWS, fill_with_surrogate


def planted(n: int, slope: float, seed: int = 0):
    rng = np.random.default_rng(seed)
    covered, score = rng.uniform(0.5, 2.0, n), rng.normal(10, 5, n)
    truth = covered * (0.1 + slope * score)
    gain = truth + rng.normal(0, 0.5, n)
    gain[rng.random(n) < 0.6] = np.nan
    return gain, score, covered, truth


def test_scores_that_tell_of_the_gain_find_it_where_it_was_not_measured():
    gain, score, covered, truth = planted(4_000, slope=0.03)
    filled = fill_with_surrogate(gain, score, covered)
    assert not np.isnan(filled).any()
    assert np.abs(filled - truth).mean() < 0.1


def test_scores_that_tell_nothing_change_nothing():
    gain, score, covered, _ = planted(4_000, slope=0.0)
    assert np.array_equal(fill_with_surrogate(gain, score, covered), gain, equal_nan=True)


def test_too_few_rows_with_both_change_nothing():
    gain, score, covered, _ = planted(4_000, slope=0.03)
    keep = np.flatnonzero(~np.isnan(gain))[: FEWEST_ROWS - 1]
    few = np.full(len(gain), np.nan)
    few[keep] = gain[keep]
    assert np.array_equal(fill_with_surrogate(few, score, covered), few, equal_nan=True)


def test_without_a_score_or_a_deficit_the_gain_stays_as_it_was():
    gain, score, covered, _ = planted(4_000, slope=0.03)
    score[:5], covered[5:10] = np.nan, 0.0
    filled = fill_with_surrogate(gain, score, covered)
    assert np.array_equal(filled[:10], gain[:10], equal_nan=True)
