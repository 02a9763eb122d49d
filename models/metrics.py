"""How good a prediction is: one function each, with its source."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training_catalog.columns import BoolArray, FloatArray, IndexArray

ROUNDING = 1e-9  # outcomes this close to the end of an interval lie on it


def root_mean_squared_error(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Root of the mean squared difference, in the unit of the values; smallest for the true expectation.

    Parameters
    ----------
    actual, predicted : shape (n,), n at least 1.
    weight : Times each row counts; once when None.

    Examples
    --------
    >>> root_mean_squared_error(np.array([1.0, 0.0]), np.array([0.0, 0.0]), np.array([1.0, 3.0]))
    0.5
    """
    return float(np.sqrt(np.average((actual - predicted) ** 2, weights=weight)))


def brier_score(happened: FloatArray, probability: FloatArray) -> float:
    """Mean squared difference between outcome (0 or 1) and probability (Brier 1950, Monthly Weather Review 78).

    Examples
    --------
    >>> brier_score(np.array([1.0, 0.0]), np.array([1.0, 0.5]))
    0.125
    """
    return float(np.mean((happened - probability) ** 2))


def interval_coverage(
    actual: FloatArray, lower: FloatArray, upper: FloatArray, weight: FloatArray | None = None
) -> float:
    """Share of outcomes inside their interval, ends included.

    Parameters
    ----------
    actual, lower, upper : shape (n,), n at least 1.
    weight : Times each row counts; once when None.

    Examples
    --------
    >>> interval_coverage(np.array([1.0, 3.0]), np.zeros(2), np.array([1.0, 2.0]))
    0.5
    """
    is_inside = (actual >= lower - ROUNDING) & (actual <= upper + ROUNDING)
    return float(np.average(is_inside.astype(np.float64), weights=weight))


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


def calibration_line(happened: FloatArray, probability: FloatArray, n_steps: int = 25) -> tuple[float, float]:
    """Return slope and intercept of outcomes on log odds: 1 and 0 when calibrated, a slope below 1 when too sure.

    Notes
    -----
    Logistic regression by Newton steps (Cox 1958, Biometrika 45). 1 and 0 when there is nothing to tell it from.

    Examples
    --------
    >>> calibration_line(np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.9, 0.1, 0.1]))[0]
    0.0
    """
    p = np.clip(probability, ROUNDING, 1 - ROUNDING)
    odds = np.log(p / (1 - p))
    if not len(odds) or np.ptp(odds) == 0 or np.ptp(happened) == 0:
        return 1.0, 0.0
    design, line = np.stack([odds, np.ones(len(odds))], axis=1), np.zeros(2)
    for _ in range(n_steps):
        chance = expit(design @ line)
        bend = (design.T * (chance * (1 - chance))) @ design
        line = line + np.linalg.solve(bend, design.T @ (happened - chance))
    return round(float(line[0]), 12) + 0.0, float(line[1])


def concordance(actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> float:
    """Share of pairs with different outcomes that the prediction orders rightly; equal predictions count half.

    Parameters
    ----------
    actual, predicted : shape (n,).
    weight : Times each row counts; once when None.

    Returns
    -------
    0 to 1; 0.5 is no better than chance, also when no outcomes differ.

    Examples
    --------
    >>> concordance(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.3, 0.2]))
    0.6666666666666666
    """
    count = np.ones(len(actual)) if weight is None else weight
    return float(concordances(actual, predicted, count[:, None])[0])


def concordances(actual: FloatArray, predicted: FloatArray, weights: FloatArray) -> FloatArray:
    """Concordance under several weightings at once, such as bootstrap counts.

    Parameters
    ----------
    actual, predicted : shape (n,).
    weights : shape (n, m): times each row counts, in each weighting.

    Returns
    -------
    shape (m,), see `concordance`.

    Notes
    -----
    Harrell's C without censoring (Harrell et al. 1982, JAMA 247). Two ranks that differ do so first at one binary
    digit; for each digit, rows that agree in the higher digits are walked in the order of the outcome, and running
    sums count the rows with the lower digit. O(n log^2 n) for the sorts, no loop over rows.
    """
    y, p = _ranks(actual), _ranks(predicted)
    tied_actual, tied_predicted = _pairs_within(weights, y), _pairs_within(weights, p)
    tied_both = _pairs_within(weights, _ranks(y * (p.max(initial=0) + 1) + p))
    comparable = (weights.sum(axis=0) ** 2 - (weights**2).sum(axis=0)) / 2.0 - tied_actual
    won = 0.5 * (tied_predicted - tied_both)
    for digit in range(int(p.max(initial=0)).bit_length()):
        won = won + _won_at(y, p, digit, weights)
    is_known = comparable > 0
    return np.where(is_known, won / np.where(is_known, comparable, 1.0), 0.5)


def _ranks(values: NDArray[np.generic]) -> IndexArray:
    """Return dense ranks, equal values sharing one."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _pairs_within(weights: FloatArray, group: IndexArray) -> FloatArray:
    """Return the weight of the pairs of different rows that share a group; shape (m,)."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    if not len(starts):
        return np.zeros(weights.shape[1])
    total: FloatArray = (np.add.reduceat(weights[order], starts, axis=0) ** 2).sum(axis=0)
    return (total - (weights**2).sum(axis=0)) / 2.0


def _won_at(y: IndexArray, p: IndexArray, digit: int, weights: FloatArray) -> FloatArray:
    """Return the weight of the pairs ordered rightly whose predicted ranks first differ at a binary digit."""
    block = p >> (digit + 1)
    order = np.lexsort((y, block))
    is_upper = ((p[order] >> digit) & 1).astype(np.bool_)
    lower_weight = np.where(is_upper[:, None], 0.0, weights[order])
    running = np.concatenate([np.zeros((1, weights.shape[1])), np.cumsum(lower_weight, axis=0)])
    is_new_block = np.diff(block[order], prepend=-1) != 0
    is_new_tie = is_new_block | (np.diff(y[order], prepend=-1) != 0)
    rows = np.arange(len(order))
    block_start = np.maximum.accumulate(np.where(is_new_block, rows, 0))[is_upper]
    tie_start = np.maximum.accumulate(np.where(is_new_tie, rows, 0))[is_upper]
    won: FloatArray = (weights[order][is_upper] * (running[tie_start] - running[block_start])).sum(axis=0)
    return won


def r_precision(is_relevant: BoolArray, score: FloatArray, k: int) -> float:
    """Relevant items among the first k, over the most that could stand there; 0 when nothing is relevant.

    Examples
    --------
    >>> r_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.1]), 2)
    0.5
    """
    most = min(k, int(is_relevant.sum()))
    first = np.argsort(-score, kind="stable")[:k]
    return float(is_relevant[first].sum()) / most if most else 0.0


def reciprocal_rank(is_relevant: BoolArray, score: FloatArray) -> float:
    """One over the rank of the first relevant item; 0 when there is none."""
    hits = np.flatnonzero(is_relevant[np.argsort(-score, kind="stable")])
    return 1.0 / (int(hits[0]) + 1) if len(hits) else 0.0


def target_ranks(score: FloatArray, target: IndexArray) -> FloatArray:
    """Return the rank of one item in each row, from 1 for the highest score; equal scores count half.

    Parameters
    ----------
    score : shape (n_rows, n_items).
    target : shape (n_rows,).

    Examples
    --------
    >>> target_ranks(np.array([[3.0, 1.0, 1.0]]), np.array([2])).tolist()
    [2.5]
    """
    own = score[np.arange(len(target)), target][:, None]
    above, equal = (score > own).sum(axis=1), (score == own).sum(axis=1) - 1
    return np.asarray(1.0 + above + equal / 2.0, dtype=np.float64)


def discounted_gain(rank: FloatArray, k: int = 10) -> FloatArray:
    """Return nDCG at k where one item is relevant: 1 / log2(1 + rank) (Jarvelin & Kekalainen 2002).

    Examples
    --------
    >>> discounted_gain(np.array([1.0, 3.0, 11.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.where(rank <= k, 1.0 / np.log2(1.0 + rank), 0.0)
