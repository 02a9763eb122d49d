"""The rule: what fits on paper, and what it must never do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import BaselineRule, BenefitEstimates, level_fit, mode_effectiveness
from models.features import FEATURES
from tests.models.planted import COLUMN, random_features
from training_catalog.errors import LengthMismatchError

LEVEL = st.floats(0, 5, allow_nan=False)


def one_pair(**values: float) -> np.ndarray:
    row = np.full((1, len(FEATURES)), np.nan, dtype=np.float32)
    for name, value in values.items():
        row[0, COLUMN[name]] = value
    return row


@pytest.mark.parametrize(
    ("is_online", "is_blended", "expected"), [(0, 0, 0.5 * 0.95), (1, 0, 0.5 * 0.35), (0, 1, 0.5 * 0.85)]
)
def test_mean_is_what_the_rule_closes_times_the_completion_usual_for_the_mode(is_online, is_blended, expected):
    row = one_pair(rule_benefit=0.5, covered_deficit=1.0, is_online=is_online, is_blended=is_blended)
    found = BaselineRule().predict(row)
    assert found.mean[0] == pytest.approx(expected)
    assert (found.lower[0], found.upper[0]) == (0.0, 1.0)


def test_a_blended_course_closes_more_than_a_classroom_and_an_online_one_as_much():
    classroom, online, blended = mode_effectiveness(np.array([0, 1, 2]))
    assert blended > classroom == online


def test_level_fit_halves_for_each_level_of_too_high_an_entry():
    required = np.full(3, 5.0)
    found = level_fit(np.array([2.0, 1.0, 0.0]), np.full(3, 2.0), np.full(3, 3.0), required)
    assert found.tolist() == [1.0, 0.5, 0.25]


def test_a_training_that_ends_where_the_person_already_is_fits_badly():
    assert level_fit(np.array([3.0]), np.array([2.0]), np.array([3.0]), np.array([5.0]))[0] == 0.2


def test_what_is_taught_beyond_the_requirement_does_not_count():
    assert level_fit(np.array([3.0]), np.array([3.0]), np.array([5.0]), np.array([3.0]))[0] == 0.2


@given(LEVEL, LEVEL, st.floats(0, 3), LEVEL)
@settings(max_examples=100)
def test_level_fit_is_a_share_and_a_higher_requirement_never_lowers_it(level, level_from, step, required):
    args = np.array([level]), np.array([level_from]), np.array([level_from + step])
    low, high = level_fit(*args, np.array([required])), level_fit(*args, np.array([required + 1]))
    assert 0 < low[0] <= high[0] <= 1


def test_missing_features_give_nothing_and_never_nan():
    found = BaselineRule().predict(np.full((2, len(FEATURES)), np.nan, dtype=np.float32))
    assert found.mean.tolist() == found.upper.tolist() == [0.0, 0.0]
    assert np.isfinite(found.completion).all()


def test_intervals_hold_the_mean_on_any_features():
    found = BaselineRule().predict(random_features(500, np.random.default_rng(0), missing=0.3))
    assert (found.lower <= found.mean).all()
    assert (found.mean <= found.upper).all()


def test_estimates_are_read_only_and_of_one_length():
    found = BaselineRule().predict(random_features(2, np.random.default_rng(0)))
    with pytest.raises(ValueError, match="read-only"):
        found.mean[0] = 9.0
    with pytest.raises(LengthMismatchError, match="lower"):
        BenefitEstimates(mean=np.zeros(2), lower=np.zeros(1), upper=np.zeros(2), completion=np.zeros(2))


def test_a_matrix_of_another_width_is_refused():
    with pytest.raises(LengthMismatchError, match="expected"):
        BaselineRule().predict(np.zeros((2, 3), dtype=np.float32))
