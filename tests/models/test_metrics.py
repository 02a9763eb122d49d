"""Measures against values worked out by hand, by scikit-learn, and by counting every pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from models.metrics import (
    brier_score,
    calibration_error,
    concordance,
    concordances,
    interval_coverage,
    r_precision,
    root_mean_squared_error,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 3)), min_size=0, max_size=25
)  # fmt: skip


def counted_pair_by_pair(actual, predicted, weight):
    won = pairs = 0.0
    for i in range(len(actual)):
        for j in range(len(actual)):
            if actual[j] < actual[i]:
                pairs += weight[i] * weight[j]
                won += weight[i] * weight[j] * ((predicted[j] < predicted[i]) + 0.5 * (predicted[j] == predicted[i]))
    return won / pairs if pairs else 0.5


@given(ROWS)
@settings(max_examples=150)
def test_concordance_is_what_counting_every_pair_gives(rows):
    actual, predicted, weight = (np.array([row[i] for row in rows], dtype=np.float64) for i in range(3))
    assert concordance(actual, predicted, weight) == pytest.approx(counted_pair_by_pair(actual, predicted, weight))


def test_a_row_that_counts_twice_is_two_rows():
    actual, predicted = np.array([0.0, 1.0, 2.0, 1.0]), np.array([0.3, 0.1, 0.9, 0.3])
    twice = np.array([0, 1, 1, 2, 3])
    weight = np.bincount(twice).astype(np.float64)
    assert concordance(actual, predicted, weight) == pytest.approx(concordance(actual[twice], predicted[twice]))


def test_concordance_of_two_outcomes_is_the_area_under_the_roc_curve():
    rng = np.random.default_rng(0)
    happened, chance = rng.integers(0, 2, 400).astype(np.float64), rng.integers(0, 20, 400) / 20
    assert concordance(happened, chance) == pytest.approx(roc_auc_score(happened, chance))


def test_many_weightings_at_once_are_each_alone():
    rng = np.random.default_rng(1)
    actual, predicted, weights = rng.random(60), rng.integers(0, 9, 60) / 9, rng.random((60, 3))
    alone = [concordance(actual, predicted, weights[:, i]) for i in range(3)]
    assert concordances(actual, predicted, weights) == pytest.approx(alone)


def test_concordance_without_different_outcomes_is_chance():
    assert concordance(np.ones(3), np.array([0.1, 0.2, 0.3])) == 0.5
    assert concordance(np.zeros(0), np.zeros(0)) == 0.5


def test_brier_score_is_that_of_scikit_learn():
    rng = np.random.default_rng(2)
    happened, chance = rng.integers(0, 2, 50), rng.random(50)
    assert brier_score(happened.astype(np.float64), chance) == pytest.approx(brier_score_loss(happened, chance))


def test_errors_by_hand_with_and_without_weight():
    actual, predicted, weight = np.array([1.0, 0.0]), np.array([0.0, 0.0]), np.array([3.0, 1.0])
    assert root_mean_squared_error(actual, predicted) == pytest.approx(0.5**0.5)
    assert root_mean_squared_error(actual, predicted, weight) == pytest.approx(0.75**0.5)


def test_coverage_counts_the_ends_of_an_interval_as_inside():
    actual, lower, upper = np.array([0.0, 1.0, 1.1, -0.1]), np.zeros(4), np.ones(4)
    assert interval_coverage(actual, lower, upper) == 0.5
    assert interval_coverage(actual, lower, upper, np.array([1.0, 1.0, 2.0, 0.0])) == 0.5


def test_calibration_error_by_hand():
    # Bin 0.2: one of two happened, off by 0.3; bin 1.0: both happened, exact.
    happened, chance = np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.2, 0.2, 1.0, 1.0])
    assert calibration_error(happened, chance) == pytest.approx(0.15)


def test_r_precision_counts_hits_over_the_most_that_could_stand_there():
    relevant = np.array([True, False, True, True])
    score = np.array([0.9, 0.8, 0.7, 0.1])
    assert r_precision(relevant, score, 2) == 1 / 2
    assert r_precision(relevant, score, 4) == 1.0
    assert r_precision(np.zeros(4, dtype=bool), score, 2) == 0.0
