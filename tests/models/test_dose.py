"""How hours count: a planted power is found, and where there is none, nothing changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import course_gain, covered_deficit, rule_gain
from models.benefit import PairModel
from models.completion import UsualCompletion
from models.dose import BY_COURSE, BY_SHARE, FACTORS, FEWEST_MEASURED, SIZES, DosedRule, hours_per_competency
from models.features import FEATURES
from tests.models.planted import COLUMN, random_features
from training_catalog.errors import LengthMismatchError

DEFICITS = ("rule_benefit", "covered_deficit", "person_deficit", "n_covered")


def courses(n_rows: int, seed: int) -> np.ndarray:
    """Pairs whose trainings last 3 to 80 hours and teach one to four competencies."""
    rng = np.random.default_rng(seed)
    features = random_features(n_rows, rng)
    features[:, COLUMN["hours"]] = rng.choice([3, 8, 16, 24, 40, 80], n_rows)
    features[:, COLUMN["n_targets"]] = rng.integers(1, 5, n_rows)
    return features


def found_gains(features: np.ndarray, power: float, seed: int, size: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    gain = rule_gain(features) * size * (hours_per_competency(features) / 24.0) ** power
    return gain + rng.normal(0.0, 0.5, len(features))


@pytest.mark.parametrize("power", [0.3, 0.5, 0.8])
def test_a_planted_power_is_found_within_its_error(power):
    features = courses(4_000, seed=1)
    model = DosedRule().fit(features, found_gains(features, power, seed=2))
    assert model.error_ < 0.1
    assert abs(model.exponent_ - power) < 2.5 * model.error_


@pytest.mark.parametrize("power", [-0.5, 0.0])
def test_where_hours_tell_nothing_the_rule_stays_the_rule(power):
    features = courses(4_000, seed=1)
    model = DosedRule().fit(features, found_gains(features, power, seed=3))
    assert model.exponent_ == 0.0
    usual = np.minimum(rule_gain(features) * model.size_, covered_deficit(features))
    assert model.predict(features) == pytest.approx(usual)


def test_what_one_course_teaches_takes_the_rules_place_unless_gains_lie_clearly_closer_to_the_rule():
    features = courses(4_000, seed=1)
    by_share = DosedRule().fit(features, found_gains(features, 0.5, seed=2))
    assert by_share.basis_ == BY_SHARE
    course = course_gain(features) * (hours_per_competency(features) / 24.0) ** 0.5
    noisy = course + np.random.default_rng(2).normal(0.0, 0.5, len(features))
    by_course = DosedRule().fit(features, noisy)
    assert by_course.basis_ == BY_COURSE
    assert np.corrcoef(by_course.predict(features), course)[0, 1] > 0.98
    assert DosedRule(may_be_course=False).fit(features, noisy).basis_ == BY_SHARE
    too_few = features[: FEWEST_MEASURED - 1]
    assert DosedRule().fit(too_few, noisy[: FEWEST_MEASURED - 1]).basis_ == BY_SHARE


def test_where_gains_tell_the_forms_apart_by_chance_alone_a_course_teaches_an_amount():
    features = courses(400, seed=1)
    nothing_to_tell = np.random.default_rng(4).normal(0.3, 2.0, len(features))
    assert DosedRule().fit(features, nothing_to_tell).basis_ == BY_COURSE


@pytest.mark.parametrize("size", [0.5, 0.8, 1.2])
def test_gains_that_are_clearly_smaller_or_larger_than_expected_change_what_is_expected(size):
    features = courses(4_000, seed=1)
    model = DosedRule().fit(features, found_gains(features, 0.0, seed=2, size=size))
    assert model.size_ == pytest.approx(size, abs=0.06)
    expected = np.minimum(rule_gain(features) * model.size_, covered_deficit(features))
    assert model.predict(features) == pytest.approx(expected)
    assert DosedRule().fit(features, found_gains(features, 0.0, seed=2)).size_ == 1
    doubtful = DosedRule().fit(features, found_gains(features, 0.0, seed=2, size=-1.0))
    assert doubtful.size_ == SIZES[0]


def test_what_is_expected_is_on_average_what_was_found_and_the_factor_keeps_its_bounds():
    features = courses(4_000, seed=1)
    gains = found_gains(features, 0.5, seed=2)
    assert DosedRule().fit(features, gains).predict(features).sum() == pytest.approx(gains.sum(), rel=0.05)
    model = DosedRule().fit(features, found_gains(features, 0.8, seed=2))
    factor = model.predict(features) / rule_gain(features) / model.size_
    assert FACTORS[0] - 1e-12 <= factor.min() < 0.6
    assert 1.5 < factor.max() <= FACTORS[1] + 1e-12


def test_hours_that_are_not_known_change_nothing():
    features = courses(4_000, seed=1)
    model = DosedRule().fit(features, found_gains(features, 0.5, seed=2))
    features[:, COLUMN["hours"]] = np.nan
    usual = np.minimum(rule_gain(features) * model.size_, covered_deficit(features))
    assert model.predict(features) == pytest.approx(usual)


def test_too_few_gains_or_hours_that_do_not_vary_tell_nothing():
    features = courses(FEWEST_MEASURED - 1, seed=1)
    model = DosedRule().fit(features, found_gains(features, 0.8, seed=2))
    assert (model.exponent_, model.error_) == (0.0, np.inf)
    alike = courses(500, seed=1)
    gains = found_gains(alike, 0.8, seed=2)
    alike[:, COLUMN["hours"]], alike[:, COLUMN["n_targets"]] = 24, 1
    model = DosedRule().fit(alike, gains)
    assert (model.exponent_, model.error_) == (0.0, np.inf)


def test_the_order_of_rows_and_rows_without_a_gain_change_nothing():
    features = courses(1_000, seed=1)
    gains = found_gains(features, 0.5, seed=2)
    one = DosedRule().fit(features, gains)
    turned = np.concatenate([features[::-1], courses(50, seed=9)])
    other = DosedRule().fit(turned, np.concatenate([gains[::-1], np.full(50, np.nan)]))
    assert one.exponent_ == other.exponent_ > 0
    assert one.usual_ == pytest.approx(other.usual_)


@pytest.fixture(scope="module")
def parts() -> PairModel:
    features = courses(2_000, seed=1)
    gains = found_gains(features, 0.5, seed=2)
    return PairModel(UsualCompletion(), DosedRule()).fit(features, np.ones(len(gains)), gains)


@given(st.sampled_from(DEFICITS), st.integers(0, 299), st.floats(0.01, 5.0))
@settings(max_examples=60)
def test_a_raised_deficit_never_lowers_the_benefit(parts, name, row, more):
    pair = courses(300, seed=11)[row : row + 1]
    pair[0, COLUMN[name]] = np.nan_to_num(pair[0, COLUMN[name]])
    raised = pair.copy()
    raised[0, COLUMN[name]] += more
    assert parts.predict(raised).mean[0] >= parts.predict(pair).mean[0]


def test_completion_that_is_not_learned_is_the_rule_s():
    rows = random_features(3, np.random.default_rng(1))
    rows[:, COLUMN["is_online"]], rows[:, COLUMN["is_blended"]] = [0, 1, 0], [0, 0, 1]
    usual = UsualCompletion().fit(rows, np.zeros(3))
    assert usual.predict_proba(rows)[:, 1].tolist() == [0.95, 0.35, 0.85]
    assert usual.predict(rows).tolist() == [1, 0, 1]


def test_a_matrix_of_another_width_is_refused():
    with pytest.raises(LengthMismatchError, match="expected"):
        DosedRule().fit(np.zeros((2, len(FEATURES) - 1), dtype=np.float32), np.zeros(2))
