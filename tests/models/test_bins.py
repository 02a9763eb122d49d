"""Bins made here are those that scikit-learn's trees make themselves."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from models.bins import MOST_ROWS, Bins


def drawn(n, seed):
    """Return columns of many, few, missing and no different values, what was chosen, and whole weights."""
    rng = np.random.default_rng(seed)
    many = rng.normal(size=(n, 3))
    some_missing = np.where(rng.random(n) < 0.3, np.nan, rng.exponential(size=n))
    rows = np.column_stack([many, rng.integers(0, 9, n), np.round(many[:, 0], 2), some_missing, np.ones(n)])
    chosen = rng.random(n) < 1 / (1 + np.exp(-rows[:, 0] - 0.3 * rows[:, 3] + 1))
    return rows.astype(np.float32), chosen.astype(np.int64), rng.choice([1.0, 4.0], n)


@pytest.mark.parametrize("n_bins", [255, 63, 8])
def test_trees_on_bins_are_those_on_values(n_bins):
    rows, chosen, weight = drawn(3_000, seed=n_bins)
    trees = HistGradientBoostingClassifier(max_iter=20, max_bins=n_bins, early_stopping=False, random_state=0)
    bins = Bins(n_bins).fit(rows, sample_weight=weight)
    on_values = trees.fit(rows, chosen, sample_weight=weight).predict_proba(rows)
    on_bins = trees.fit(bins.transform(rows), chosen, sample_weight=weight).predict_proba(bins.transform(rows))
    assert np.array_equal(on_bins, on_values)
    assert np.nanmax(bins.transform(rows)) == n_bins - 1


def test_a_value_never_seen_falls_into_the_bin_whose_edge_it_does_not_exceed():
    bins = Bins(3).fit(np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]), sample_weight=np.ones(6))
    assert bins.edges_[0].tolist() == [1.5, 3.5]
    asked = np.array([[-9.0], [1.5], [1.6], [3.5], [99.0], [np.nan]])
    assert bins.transform(asked)[:, 0].tolist()[:5] == [0, 0, 1, 1, 2]
    assert np.isnan(bins.transform(asked)[5, 0])


def test_heavy_rows_have_bins_of_their_own():
    rows, weight = np.arange(10.0)[:, None], np.array([30.0, *[1.0] * 9])
    assert Bins(2).fit(rows, sample_weight=weight).edges_[0].tolist() == [0]


def test_of_more_rows_than_trees_sort_values_stay_as_they_are():
    rows = np.zeros((MOST_ROWS + 1, 1), dtype=np.float32)
    bins = Bins().fit(rows, sample_weight=np.ones(len(rows)))
    assert bins.transform(rows) is rows
