"""Benefit: the planted truth is found, directions hold, intervals cover, and no answer is ever missing."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from models.baseline import FEWEST_OF_A_TIME, BaselineRule, covered_deficit
from models.benefit import (
    COVERAGE,
    BenefitModel,
    PairModel,
    conformal_ends,
    conformal_quantile,
    ends_of_bin,
    measured,
    outcome_weights,
    outcomes_of,
    rows_digest,
)
from models.features import FEATURES
from models.metrics import concordance, interval_coverage, root_mean_squared_error
from tests.models.planted import COLUMN, as_the_rule_says, better_than_rule, random_features
from training_catalog.errors import LengthMismatchError

DEFICITS = ("rule_benefit", "covered_deficit", "person_deficit", "n_covered")


def test_the_planted_truth_is_found_better_than_by_the_rule(fitted):
    fresh = better_than_rule(4_000, seed=2)
    model, rule = fitted.predict(fresh.features), BaselineRule().predict(fresh.features)
    assert concordance(fresh.true_mean, model.mean) > 0.9 > concordance(fresh.true_mean, rule.mean) + 0.05
    model_error = root_mean_squared_error(fresh.true_mean, model.mean)
    assert model_error < 0.6 * root_mean_squared_error(fresh.true_mean, rule.mean)


def test_where_the_rule_is_the_truth_the_model_stays_close_to_it(fitted_on_the_rule):
    fresh = as_the_rule_says(2_000, seed=2)
    found = fitted_on_the_rule.predict(fresh.features)
    assert root_mean_squared_error(fresh.true_mean, found.mean) < 0.05


@given(st.sampled_from(DEFICITS), st.integers(0, 299), st.floats(0.01, 5.0))
@settings(max_examples=60)
def test_a_raised_deficit_never_lowers_the_benefit(fitted, name, row, more):
    pair = random_features(300, np.random.default_rng(11))[row : row + 1]
    pair[0, COLUMN[name]] = np.nan_to_num(pair[0, COLUMN[name]])
    raised = pair.copy()
    raised[0, COLUMN[name]] += more
    assert fitted.predict(raised).mean[0] >= fitted.predict(pair).mean[0]


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.benefit_direction], ids=lambda f: f.name)
def test_every_declared_direction_holds(fitted, feature):
    rows = random_features(300, np.random.default_rng(5))
    rows[:, COLUMN[feature.name]] = feature.minimum
    higher = rows.copy()
    higher[:, COLUMN[feature.name]] = np.linspace(feature.minimum, feature.maximum, 300)
    change = fitted.benefit_.predict(higher) - fitted.benefit_.predict(rows)
    assert (change * feature.benefit_direction >= -1e-12).all()


def test_intervals_cover_what_they_promise_on_fresh_rows(fitted):
    fresh = better_than_rule(8_000, seed=3)
    found = fitted.predict(fresh.features)
    weight = outcome_weights(fresh.features, fresh.y_completed, fresh.y_gain)
    used = weight > 0
    outcome = outcomes_of(fresh.y_completed, fresh.y_gain)[used]
    assert 0.78 < interval_coverage(outcome, found.lower[used], found.upper[used], weight[used]) < 0.83


def share_held(share_of_nothing, seed, n_offices=400):
    """Draw offices with a hundred outcomes each, and return how many new ones the intervals found there hold."""
    rng = np.random.default_rng(seed)
    held = []
    for _ in range(n_offices):
        mean = rng.uniform(0.1, 0.5, 200)
        closed = mean * rng.gamma(4.0, 0.25, 200) / (1 - share_of_nothing)
        outcome = np.where(rng.random(200) < share_of_nothing, 0.0, closed)
        below, above = conformal_ends(outcome[:100], mean[:100], np.ones(100))
        lower = np.clip(mean + below, 0.0, mean)
        held.append(interval_coverage(outcome[100:], lower[100:], (mean + above)[100:]))
    return np.mean(held)


@pytest.mark.parametrize("share_of_nothing", [0.0, 0.05, 0.2, 0.5, 0.7])
def test_intervals_hold_their_share_however_many_outcomes_are_nothing(share_of_nothing):
    assert COVERAGE - 0.01 < share_held(share_of_nothing, seed=3) < COVERAGE + 0.03


def test_where_the_lower_end_may_or_may_not_be_nothing_hardly_more_than_a_hundredth_is_lost():
    """Of a hundred outcomes about ten are nothing: which end there is, they tell themselves."""
    assert COVERAGE - 0.015 < share_held(0.1, seed=3) < COVERAGE + 0.01


def test_where_all_but_a_tenth_close_nothing_the_interval_ends_at_the_mean():
    mean, outcome = np.full(200, 0.3), np.where(np.arange(200) < 20, 1.0, 0.0)
    assert conformal_ends(outcome, mean, np.ones(200)) == (-np.inf, 0.0)


def bins_of_which_the_first_mostly_closed_nothing():
    """Return bins, outcomes, means and weights: a tenth of the first hundred closed a level, the others 0 to 0.99."""
    bins, place = np.repeat([0, 1], 100), np.tile(np.arange(100), 2)
    outcome = np.where(bins == 0, place < 10, place / 100)
    return bins, outcome, np.where(bins == 0, 0.1, 0.5), np.ones(200)


def test_where_most_of_a_bin_closed_nothing_its_interval_leaves_room_above_the_mean():
    bins, outcome, mean, weight = bins_of_which_the_first_mostly_closed_nothing()
    assert conformal_ends(outcome[:100], mean[:100], weight[:100])[1] == 0.0
    below, above = ends_of_bin(0, bins, outcome, mean, weight)
    assert below == -np.inf
    assert above == pytest.approx(0.2)  # beyond the mean: 10 of the first bin and 29 of the second, a fifth of all


def test_a_bin_with_room_above_the_mean_hears_no_other():
    bins, outcome, mean, weight = bins_of_which_the_first_mostly_closed_nothing()
    assert ends_of_bin(1, bins, outcome, mean, weight) == conformal_ends(outcome[100:], mean[100:], weight[100:])


def test_where_hardly_anybody_closed_anything_the_interval_ends_at_the_mean():
    bins, _, mean, weight = bins_of_which_the_first_mostly_closed_nothing()
    assert ends_of_bin(0, bins, np.zeros(200), mean, weight) == (-np.inf, 0.0)


def test_without_any_outcome_the_interval_is_everything():
    assert conformal_ends(np.empty(0), np.empty(0), np.empty(0)) == (-np.inf, np.inf)


def test_intervals_are_for_measured_gains_where_the_learned_ones_are_smoother():
    rows = better_than_rule(4_000, seed=4)
    smooth = np.where(np.isnan(rows.y_gain), np.nan, rows.true_mean / rows.true_completion)
    model = PairModel().fit(rows.features, rows.y_completed, smooth, y_measured=rows.y_gain)
    narrow = PairModel().fit(rows.features, rows.y_completed, smooth)
    fresh = better_than_rule(4_000, seed=5)
    used = (fresh.y_completed == 1) & ~np.isnan(fresh.y_gain)

    def cover(m):
        found = m.predict(fresh.features[used])
        return interval_coverage(fresh.y_gain[used], found.lower, found.upper)

    assert cover(model) > cover(narrow) + 0.03


@given(st.integers(0, 10_000), st.floats(0, 1))
@settings(max_examples=25)
def test_estimates_are_finite_and_in_order_whatever_is_missing(fitted, seed, missing):
    rows = random_features(40, np.random.default_rng(seed))
    rows[np.random.default_rng(seed).random(rows.shape) < missing] = np.nan
    found = fitted.predict(rows)
    for part in (found.mean, found.lower, found.upper, found.completion):
        assert np.isfinite(part).all()
    assert (found.lower >= 0).all()
    assert (found.lower <= found.mean).all()
    assert (found.mean <= found.upper).all()
    assert (found.upper <= covered_deficit(rows) + 1e-12).all()


def test_a_pair_of_which_nothing_is_known_closes_nothing(fitted):
    found = fitted.predict(np.full((2, len(FEATURES)), np.nan, dtype=np.float32))
    assert found.mean.tolist() == found.lower.tolist() == found.upper.tolist() == [0.0, 0.0]


def test_no_pairs_give_no_estimates(fitted):
    assert len(fitted.predict(np.empty((0, len(FEATURES)), dtype=np.float32)).mean) == 0


@pytest.mark.parametrize("n_rows", [0, 1, 2, 5])
def test_hardly_any_rows_still_make_a_model_that_answers(n_rows):
    rows = better_than_rule(20, seed=6)
    model = PairModel().fit(rows.features[:n_rows], rows.y_completed[:n_rows], rows.y_gain[:n_rows])
    found = model.predict(rows.features)
    assert np.isfinite(found.mean).all()
    assert (found.lower <= found.mean).all()
    assert found.upper == pytest.approx(covered_deficit(rows.features))  # nothing to narrow it with


def test_without_measured_gains_the_gain_is_the_rule():
    rows = random_features(30, np.random.default_rng(0))
    model = BenefitModel().fit(rows, np.full(30, np.nan))
    assert model.predict(rows) == pytest.approx(np.nan_to_num(rows[:, COLUMN["rule_benefit"]]), abs=1e-6)


def test_the_order_of_rows_changes_nothing_when_the_later_ones_are_marked():
    rows = better_than_rule(1_500, seed=7)
    later = np.arange(1_500) >= 1_100
    mixed = np.random.default_rng(8).permutation(1_500)
    one = PairModel().fit(rows.features, rows.y_completed, rows.y_gain, is_calibration=later)
    other = PairModel().fit(
        rows.features[mixed], rows.y_completed[mixed], rows.y_gain[mixed], is_calibration=later[mixed]
    )
    first, second = one.predict(rows.features), other.predict(rows.features)
    for name in ("mean", "lower", "upper", "completion"):
        assert (getattr(first, name) == getattr(second, name)).all()
    assert one.rows_digest_ == other.rows_digest_


def test_unmarked_rows_are_calibrated_on_the_last_quarter():
    rows = better_than_rule(1_200, seed=9)
    given_ = PairModel().fit(rows.features, rows.y_completed, rows.y_gain, is_calibration=np.arange(1_200) >= 900)
    assumed = PairModel().fit(rows.features, rows.y_completed, rows.y_gain)
    assert given_.above_.tolist() == assumed.above_.tolist()
    assert given_.edges_.tolist() == assumed.edges_.tolist()


def test_the_digest_tells_other_rows_apart():
    rows = random_features(10, np.random.default_rng(0), missing=0.3)
    y = np.arange(10.0)
    other = rows.copy()
    other[3, 0] += 1
    assert rows_digest(rows, y) != rows_digest(other, y)
    assert rows_digest(rows, y) != rows_digest(rows, y + 1)
    assert rows_digest(rows, y) == rows_digest(rows[::-1], y[::-1])


def test_lengths_and_widths_that_do_not_fit_are_refused(fitted):
    rows = random_features(4, np.random.default_rng(0))
    with pytest.raises(LengthMismatchError, match="gain"):
        PairModel().fit(rows, np.ones(4), np.ones(3))
    with pytest.raises(LengthMismatchError, match="expected"):
        fitted.predict(rows[:, :5])


def test_what_was_not_completed_closed_nothing_and_what_is_unknown_stays_unknown():
    completed, gain = np.array([0.0, 1.0, 1.0, np.nan, 0.0]), np.array([np.nan, 0.4, np.nan, 0.7, 0.9])
    assert np.array_equal(outcomes_of(completed, gain), [0.0, 0.4, np.nan, np.nan, 0.0], equal_nan=True)
    assert measured(completed, gain).tolist() == [True, True, False, False, True]


def counted_rows(n: int, *, is_new: bool) -> np.ndarray:
    rows = random_features(n, np.random.default_rng(0))
    rows[:, COLUMN["assessment_age"]] = np.nan if is_new else 1.0
    return rows


def test_known_outcomes_stand_for_all_participations():
    # 100 completed, half of them measured, and 20 failed: a measured one counts for two.
    completed = np.repeat([1.0, 1.0, 0.0], [50, 50, 20])
    gain = np.repeat([0.3, np.nan, np.nan], [50, 50, 20])
    weight = outcome_weights(counted_rows(120, is_new=False), completed, gain)
    assert weight.tolist() == [2.0] * 50 + [0.0] * 50 + [1.0] * 20


def test_failures_do_not_count_where_hardly_anybody_was_measured():
    known, new = counted_rows(60, is_new=False), counted_rows(60, is_new=True)
    completed = np.tile(np.repeat([1.0, 0.0], [40, 20]), 2)
    gain = np.where(completed == 1, 0.3, np.nan)
    gain[60 + FEWEST_OF_A_TIME - 1 :] = np.nan  # one too few among those never assessed
    weight = outcome_weights(np.concatenate([known, new]), completed, gain)
    assert (weight[:60] == 1.0).all()
    assert (weight[60:] == 0.0).all()


def test_a_group_measured_far_more_rarely_than_the_other_does_not_count():
    known, new = counted_rows(100, is_new=False), counted_rows(1_000, is_new=True)
    gain = np.full(1_100, np.nan)
    gain[:90] = 0.3
    gain[100 : 100 + FEWEST_OF_A_TIME] = 0.3  # 3 % against 90 %
    weight = outcome_weights(np.concatenate([known, new]), np.ones(1_100), gain)
    assert weight.max() == pytest.approx(100 / 90)


def test_pairs_with_nothing_to_close_do_not_count():
    rows = counted_rows(100, is_new=False)
    rows[:40, COLUMN["covered_deficit"]] = 0.0
    assert (outcome_weights(rows, np.ones(100), np.full(100, 0.2))[:40] == 0).all()


@given(st.integers(1, 200), st.integers(0, 1_000))
@settings(max_examples=60)
def test_equal_weights_give_the_textbook_conformal_quantile(n, seed):
    residual = np.random.default_rng(seed).normal(size=n)
    k = int(np.ceil(0.9 * (n + 1) - 1e-9))
    expected = np.sort(residual)[k - 1] if k <= n else np.inf
    assert conformal_quantile(residual, np.full(n, 3.0), 0.1) == expected


def test_many_threads_asking_at_once_get_the_answers_of_one(fitted):
    parts = [random_features(60, np.random.default_rng(seed)) for seed in range(24)]
    alone = [fitted.predict(part).mean for part in parts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda part: fitted.predict(part).mean, parts))
    assert all((one == other).all() for one, other in zip(alone, together, strict=True))


def test_the_served_parts_have_learned_from_all_rows_and_not_only_from_the_early_ones(planted, fitted):
    whole = clone(fitted.completion_).fit(planted.features, planted.y_completed)
    rows = planted.features[:200]
    assert (fitted.predict(rows).completion == whole.predict_proba(rows)[:, 1]).all()


def test_rows_with_hardly_anything_to_close_do_not_drown_the_others():
    # Noise of half a level against a rule of 0.03 looks like a factor of 17.
    rng = np.random.default_rng(12)
    rows = random_features(3_000, rng)
    small = rng.random(3_000) < 0.7
    rows[:, COLUMN["rule_benefit"]] = np.where(small, 0.03, 1.0)
    rows[:, COLUMN["covered_deficit"]] = np.where(small, 0.1, 2.5)
    truth = rows[:, COLUMN["rule_benefit"]].astype(np.float64)
    model = BenefitModel().fit(rows, truth + rng.normal(0, 0.5, 3_000))
    assert root_mean_squared_error(truth, model.predict(rows)) < 0.05
