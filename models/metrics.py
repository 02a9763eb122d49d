"""How good a prediction or a ranking is: one function each, with its source."""

import numpy as np
from numpy.typing import NDArray

from training_catalog.columns import BoolArray, FloatArray


def mean_absolute_error(actual: FloatArray, predicted: FloatArray) -> float:
    """Mean absolute difference, in the unit of the values.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    0.5
    """
    return float(np.mean(np.abs(actual - predicted)))


def brier_score(happened: FloatArray, probability: FloatArray) -> float:
    """Mean squared difference between outcome (0 or 1) and probability (Brier 1950, Monthly Weather Review 78).

    Examples
    --------
    >>> brier_score(np.array([1.0, 0.0]), np.array([1.0, 0.5]))
    0.125
    """
    return float(np.mean((happened - probability) ** 2))


def interval_coverage(actual: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Share of outcomes inside their interval, ends included."""
    return float(np.mean((actual >= lower - 1e-9) & (actual <= upper + 1e-9)))


def calibration_error(happened: FloatArray, probability: FloatArray, n_bins: int = 10) -> float:
    """Average calibration error over equal-width bins (Naeini et al. 2015, AAAI 29).

    Examples
    --------
    >>> calibration_error(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    0.0
    """
    bins = np.minimum((probability * n_bins).astype(np.int64), n_bins - 1)
    gap = np.bincount(bins, weights=happened - probability, minlength=n_bins)
    return float(np.abs(gap).sum() / len(happened))


def concordance(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Share of pairs with different outcomes that the prediction orders rightly; equal predictions count half.

    Parameters
    ----------
    actual, predicted : shape (n,).
    weight : Times each row counts, such as bootstrap counts; once when None.

    Returns
    -------
    0 to 1; 0.5 is no better than chance, also when no outcomes differ.

    Notes
    -----
    Harrell's C without censoring (Harrell et al. 1982, JAMA 247), by sorting and a Fenwick tree's running counts:
    O(n log n).

    Examples
    --------
    >>> concordance(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.3, 0.2]))
    0.6666666666666666
    """
    count = np.ones(len(actual)) if weight is None else weight
    values, y = np.unique(actual, return_inverse=True)
    scores, p = np.unique(predicted, return_inverse=True)
    tree = np.zeros(len(scores) + 1)
    won = pairs = 0.0
    order = np.argsort(y, kind="stable")
    bounds = np.searchsorted(y[order], np.arange(len(values) + 1))
    below = 0.0
    for v in range(len(values)):
        rows = order[bounds[v] : bounds[v + 1]]
        own = float(count[rows].sum())
        smaller, equal = _counts_below(tree, p[rows])
        won += float((count[rows] * (smaller + 0.5 * equal)).sum())
        pairs += own * below
        below += own
        _add_counts(tree, p[rows], count[rows])
    return won / pairs if pairs > 0 else 0.5


def _add_counts(tree: FloatArray, positions: NDArray[np.int64], weights: FloatArray) -> None:
    """Add weights to a Fenwick tree, all positions a level at a time."""
    index = positions + 1
    while len(index):
        np.add.at(tree, index, weights)
        index = index + (index & -index)
        inside = index < len(tree)
        index, weights = index[inside], weights[inside]


def _sums_up_to(tree: FloatArray, positions: NDArray[np.int64]) -> FloatArray:
    """Return running sums of a Fenwick tree before each position."""
    index = positions.copy()
    total = np.zeros(len(positions))
    while (index > 0).any():
        total += np.where(index > 0, tree[index], 0.0)
        index = np.where(index > 0, index - (index & -index), 0)
    return total


def _counts_below(tree: FloatArray, positions: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    smaller = _sums_up_to(tree, positions)
    return smaller, _sums_up_to(tree, positions + 1) - smaller


def ndcg(relevance: FloatArray, score: FloatArray, k: int) -> float:
    """Normalised discounted cumulative gain of one list at k (Järvelin & Kekäläinen 2002, ACM TOIS 20(4)).

    Parameters
    ----------
    relevance : Gain of each item, not negative.
    score : The ranking's score; ties are taken in the order given.
    k : Items looked at.

    Examples
    --------
    >>> ndcg(np.array([0.0, 1.0]), np.array([0.2, 0.9]), 2)
    1.0
    """
    discount = 1.0 / np.log2(np.arange(2, min(k, len(score)) + 2))
    found = relevance[np.argsort(-score, kind="stable")][:k]
    best = np.sort(relevance)[::-1][:k]
    ideal = float(best @ discount)
    return float(found @ discount) / ideal if ideal > 0 else 0.0


def recall(is_relevant: BoolArray, score: FloatArray, k: int) -> float:
    """Share of the relevant items among the first k; 0 when nothing is relevant."""
    n_relevant = int(is_relevant.sum())
    first = np.argsort(-score, kind="stable")[:k]
    return float(is_relevant[first].sum()) / n_relevant if n_relevant else 0.0


def reciprocal_rank(is_relevant: BoolArray, score: FloatArray) -> float:
    """One over the rank of the first relevant item; 0 when there is none."""
    hits = np.flatnonzero(is_relevant[np.argsort(-score, kind="stable")])
    return 1.0 / (int(hits[0]) + 1) if len(hits) else 0.0
