"""Judging by time, and the verdict on planted truths."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.benefit import PairModel
from models.evaluation import compare, cut_for, split_by_time
from models.features import FEATURES
from models.metrics import brier_score
from models.verdict import judge
from tests.models.planted import COLUMN, Planted, as_the_rule_says, better_than_rule
from training_catalog.errors import InvalidValueError

TODAY = date(2026, 2, 1)


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def compared(model: PairModel, later: Planted, n_train: int = 6_000, seed: int = 0):
    return compare(
        model, later.features, later.y_completed, later.y_gain, np.random.default_rng(seed), n_train=n_train
    )  # fmt: skip


def test_one_global_date_splits_the_past():
    on = days("2025-03-28", "2024-01-10", "2026-01-15")
    earlier, later = split_by_time(on, date(2026, 1, 1), TODAY)
    assert earlier.tolist() == [1, 0]
    assert later.tolist() == [2]


def test_a_row_in_the_future_is_refused():
    with pytest.raises(InvalidValueError, match="2026-12-31"):
        split_by_time(days("2025-03-28", "2026-12-31"), date(2026, 1, 1), TODAY)


@given(st.lists(st.integers(0, 400), max_size=30), st.integers(0, 400))
@settings(max_examples=100)
def test_every_row_is_on_one_side_and_no_earlier_row_is_later_than_a_later_one(ages, cut_age):
    on = np.datetime64(TODAY, "D") - np.array(ages, dtype=np.int64)
    earlier, later = split_by_time(on, TODAY - timedelta(days=cut_age), TODAY)
    assert sorted([*earlier.tolist(), *later.tolist()]) == list(range(len(ages)))
    if len(earlier) and len(later):
        assert on[earlier].max() < on[later].min()


def test_the_cut_leaves_the_latest_share_for_judging():
    on = np.datetime64("2025-01-01", "D") + np.arange(100)
    cut = cut_for(on, 0.25)
    assert [len(part) for part in split_by_time(on, cut, TODAY)] == [76, 24]
    assert cut_for(on[:0], 0.25) is None
    assert [len(part) for part in split_by_time(on[:0], None, TODAY)] == [0, 0]


def test_a_model_that_knows_more_than_the_rule_is_approved(fitted):
    verdict = judge(compared(fitted, better_than_rule(2_000, seed=2)), used_scores=True)
    assert verdict.code == "approved"
    assert verdict.words.startswith("Better than the rule: ")
    assert verdict.comparison.gain_lower > 0


def test_where_the_rule_is_the_truth_the_model_is_no_better(fitted_on_the_rule):
    verdict = judge(compared(fitted_on_the_rule, as_the_rule_says(2_000, seed=2)), used_scores=True)
    assert verdict.code == "no-better-than-rule"
    assert verdict.words.startswith("No better than the rule: ")


def test_a_model_that_learned_from_shuffled_gains_is_not_approved(planted):
    gain = planted.y_gain.copy()
    known = np.flatnonzero(~np.isnan(gain))
    gain[known] = gain[np.random.default_rng(0).permutation(known)]
    model = PairModel().fit(planted.features, np.random.default_rng(1).permutation(planted.y_completed), gain)
    assert judge(compared(model, better_than_rule(2_000, seed=2)), used_scores=True).code == "no-better-than-rule"


def test_one_past_participation_is_too_few_data():
    # The case of an office whose whole history is one row.
    rows = better_than_rule(1, seed=0)
    model = PairModel().fit(rows.features, np.ones(1), np.full(1, np.nan))
    nothing = np.empty((0, len(FEATURES)), dtype=np.float32)
    found = compare(model, nothing, np.empty(0), np.empty(0), np.random.default_rng(0), n_train=1)
    verdict = judge(found, used_scores=True)
    assert verdict.code == "not-enough-data"
    assert verdict.words == (
        "Too few data: 1 with a known outcome, 0 of them later, 0 of these measured after completing; "
        "needs 400, 100 and 50."
    )


def test_failures_alone_are_too_few_data_however_many(fitted):
    rows = better_than_rule(2_000, seed=2)
    found = compare(
        fitted, rows.features, np.zeros(2_000), np.full(2_000, np.nan), np.random.default_rng(0), n_train=2_000
    )  # fmt: skip
    assert judge(found, used_scores=True).code == "not-enough-data"


def test_the_thresholds_can_be_given():
    few = better_than_rule(120, seed=3)
    found = compared(PairModel().fit(few.features, few.y_completed, few.y_gain), few, n_train=120)
    assert judge(found, used_scores=True).code == "not-enough-data"
    assert (
        judge(found, fewest_rows=10, fewest_test_rows=10, fewest_measured=10, used_scores=True).code
        != "not-enough-data"
    )


def test_the_same_seed_gives_the_same_figures_and_row_order_changes_no_measure(fitted):
    rows = better_than_rule(800, seed=4)
    mixed = np.random.default_rng(0).permutation(800)
    other = Planted(
        features=rows.features[mixed], y_completed=rows.y_completed[mixed], y_gain=rows.y_gain[mixed],
        true_completion=rows.true_completion[mixed], true_mean=rows.true_mean[mixed],
    )  # fmt: skip
    one, two = compared(fitted, rows), compared(fitted, other)
    assert one == compared(fitted, rows)
    assert one.model_concordance == pytest.approx(two.model_concordance)
    assert one.model_error == pytest.approx(two.model_error)


def test_rows_of_unknown_completion_are_no_obstacle(fitted):
    rows = better_than_rule(800, seed=4)
    rows.y_completed[::7] = np.nan
    found = compared(fitted, rows)
    decided = ~np.isnan(rows.y_completed)
    chance = fitted.predict(rows.features).completion
    assert found.model_brier == pytest.approx(brier_score(rows.y_completed[decided], chance[decided]))


def test_who_was_measured_at_random_does_not_shift_the_figures(fitted):
    all_measured = better_than_rule(6_000, seed=5)
    few = all_measured.y_gain.copy()
    few[np.random.default_rng(0).random(6_000) < 0.7] = np.nan
    thinned = Planted(
        features=all_measured.features, y_completed=all_measured.y_completed, y_gain=few,
        true_completion=all_measured.true_completion, true_mean=all_measured.true_mean,
    )  # fmt: skip
    one, two = compared(fitted, all_measured), compared(fitted, thinned)
    assert one.n_measured > 2 * two.n_measured
    assert one.model_concordance == pytest.approx(two.model_concordance, abs=0.02)
    assert one.model_error == pytest.approx(two.model_error, abs=0.02)


def test_gains_below_nothing_lie_on_the_lower_end_of_an_interval(fitted):
    rows = better_than_rule(3_000, seed=6)
    kept = compared(fitted, rows).coverage
    rows.y_gain[rows.y_gain == 0] = -0.3  # less was found than closes unaided
    assert compared(fitted, rows).coverage == kept


def test_coverage_on_later_rows_is_near_its_promise(fitted):
    found = compared(fitted, better_than_rule(6_000, seed=7))
    assert found.nominal_coverage == 0.8
    assert 0.78 < found.coverage < 0.83


def test_the_interval_of_the_difference_holds_the_difference(fitted):
    found = compared(fitted, better_than_rule(1_000, seed=8))
    assert found.gain_lower < found.gain < found.gain_upper
    assert found.gain == pytest.approx(found.model_concordance - found.rule_concordance)
    assert found.gain_upper - found.gain_lower < 0.1


def test_features_are_judged_where_something_could_be_closed(fitted):
    rows = better_than_rule(1_000, seed=9)
    rows.features[:900, COLUMN["covered_deficit"]] = 0.0
    assert compared(fitted, rows).n_test <= 100


def test_the_interval_of_the_difference_is_of_the_weighted_outcomes_too(fitted):
    rows = better_than_rule(8_000, seed=10)
    rows.y_gain[np.random.default_rng(0).random(8_000) < 0.9] = np.nan
    found = compared(fitted, rows)
    assert found.n_measured < 400
    assert found.gain == pytest.approx((found.gain_lower + found.gain_upper) / 2, abs=0.005)


def test_what_is_known_is_counted_also_where_too_few_were_measured_to_judge_by(fitted):
    rows = better_than_rule(200, seed=11)
    rows.y_gain[20:] = np.nan
    found = compared(fitted, rows)
    known = ~np.isnan(rows.y_gain) & (rows.y_completed == 1)
    assert (found.n_test, found.n_measured) == (0, 0)
    assert found.n_known_measured == known.sum() > 0
    assert found.n_known == known.sum() + (rows.y_completed == 0).sum()
