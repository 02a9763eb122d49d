"""Rows that are judged: people drawn together, splits kept apart."""

from dataclasses import replace

import numpy as np
import pytest

from models.judged import clustered_error, orderings, put_together, resampled_gains
from models.metrics import concordance
from tests.models.judging import estimates, judged_rows


def test_orderings_of_one_split_are_the_concordances():
    rows = judged_rows(200, 0)
    own, rule = orderings(rows, rows.weight[:, None])
    assert own[0] == concordance(rows.outcome, rows.own.mean)
    assert rule[0] == concordance(rows.outcome, rows.rule.mean)


def test_pairs_are_never_taken_from_two_splits():
    rows = judged_rows(400, 1, splits=2)
    second = rows.split == 1
    lifted = replace(rows, own=estimates(rows.own.mean + 5.0 * second, rows.own.completion))
    assert orderings(lifted, lifted.weight[:, None])[0] == orderings(rows, rows.weight[:, None])[0]


def test_splits_put_together_keep_their_rows():
    one, two = judged_rows(30, 1), replace(judged_rows(20, 2), split=np.ones(20, dtype=np.int64))
    both = put_together([one, two])
    assert both.split.tolist() == [0] * 30 + [1] * 20
    assert both.take(np.arange(30, 50)).own.mean.tolist() == two.own.mean.tolist()


def test_the_bootstrap_draws_people_with_all_their_rows():
    rows = judged_rows(150, 3, skill=0.9)
    eight = put_together([rows] * 8)  # the same people eight times: no more is known of them
    spread = resampled_gains(rows, 400, np.random.default_rng(0)).std()
    assert resampled_gains(eight, 400, np.random.default_rng(0)).std() == pytest.approx(spread, rel=0.15)
    strangers = replace(eight, person=np.arange(len(eight.person)))
    assert resampled_gains(strangers, 400, np.random.default_rng(0)).std() < 0.6 * spread


def test_a_clustered_error_is_that_of_the_mean_where_everybody_has_one_row():
    values = np.random.default_rng(0).normal(size=500)
    assert clustered_error(values, np.arange(500)) == pytest.approx(values.std(ddof=1) / np.sqrt(500))
    assert clustered_error(np.repeat(values, 3), np.repeat(np.arange(500), 3)) == pytest.approx(
        clustered_error(values, np.arange(500))
    )
    assert clustered_error(values[:3], np.zeros(3, dtype=np.int64)) == np.inf


def test_nine_in_ten_clustered_intervals_hold_the_truth():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        person = rng.integers(0, 40, 200)
        values = rng.normal(size=40)[person] + rng.normal(size=200)
        held += abs(values.mean()) < 1.645 * clustered_error(values, person)
    assert 0.84 < held / 300 < 0.95
