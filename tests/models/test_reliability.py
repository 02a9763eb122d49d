"""Calibration by bins, on outcomes drawn from known chances."""

from dataclasses import replace

import numpy as np
import pytest

from models.reliability import FEWEST_ROWS, N_BINS, benefit_bins, completion_bins
from tests.models.judging import estimates, judged_rows


def drawn(n, seed, *, shift=0.0):
    rng = np.random.default_rng(seed)
    rows = judged_rows(n, seed)
    chance = rng.uniform(0.1, 0.9, n)
    completed = (rng.random(n) < chance).astype(np.float64)
    return replace(rows, completed=completed, own=estimates(rows.own.mean, chance + shift))


def test_what_is_foretold_rightly_lies_within_the_intervals():
    inside = [
        one.lower <= one.foretold <= one.upper for seed in range(20) for one in completion_bins(drawn(1_000, seed))
    ]
    assert len(inside) == 20 * N_BINS
    assert 0.9 < np.mean(inside) < 0.99


def test_what_is_foretold_too_high_shows():
    bins = completion_bins(drawn(4_000, 0, shift=0.09))
    assert np.mean([one.foretold - one.seen for one in bins]) == pytest.approx(0.09, abs=0.02)
    assert sum(one.upper < one.foretold for one in bins) >= N_BINS // 2


def test_every_row_is_in_one_bin_and_few_rows_are_in_few():
    rows = drawn(3 * FEWEST_ROWS + 10, 1)
    bins = completion_bins(rows)
    assert len(bins) == 3
    assert sum(one.n_rows for one in bins) == len(rows.split)
    assert np.all(np.diff([one.foretold for one in bins]) > 0)
    assert completion_bins(rows.take(np.arange(0))) == ()
    alike = replace(rows, own=estimates(rows.own.mean, np.full(len(rows.split), 0.5)))
    assert len(completion_bins(alike)) == 1


def test_a_bin_where_all_completed_is_not_taken_for_certain():
    rows = drawn(60, 1)
    all_done = replace(rows, completed=np.ones(60))
    (one,) = completion_bins(all_done)
    assert one.upper == 1.0
    assert 0.9 < one.lower < 0.97


def test_benefits_stand_for_all_by_their_weights():
    rows = judged_rows(100, 0)
    weight = np.where(rows.completed == 1, 3.0, 1.0)
    (first, second) = benefit_bins(replace(rows, weight=weight))
    share = first.n_rows and second.n_rows
    assert share == 50
    low = np.argsort(rows.own.mean, kind="stable")[:50]
    assert first.seen == pytest.approx(np.average(rows.outcome[low], weights=weight[low]))
