"""A surrogate for outcomes that were not measured: what test scores say of the levels gained."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from models.completion import canonical_order, without_empty_columns
from models.features import FeatureMatrix
from training_catalog.columns import BoolArray, FloatArray

FEWEST_ROWS = 200  # rows with both a measured gain and scores; below, scores say nothing
CLEAR = 3.0  # standard errors by which the scores' slope must exceed zero


def expected_scores(X: FeatureMatrix, score_gain: FloatArray) -> FloatArray:
    """Return the score gain expected of each row by what was known before; NaN where no score is known.

    Parameters
    ----------
    X : Features.
    score_gain : Post-test minus pre-test, in points; NaN where not known.

    Notes
    -----
    One person's score is mostly noise, and noise in a regressor hides what differs between trainings
    (attenuation). Each half of the rows is predicted by a fit on the other half, so no row's own noise stays in.
    """
    known = np.flatnonzero(~np.isnan(score_gain))
    expected = np.full(len(score_gain), np.nan)
    if len(known) < 2 * FEWEST_ROWS:
        return expected
    order = known[canonical_order(X[known], score_gain[known])]
    halves = (order[::2], order[1::2])
    for fitted, predicted in (halves, halves[::-1]):
        model = HistGradientBoostingRegressor(
            max_iter=80, learning_rate=0.06, min_samples_leaf=60, max_leaf_nodes=15, l2_regularization=1.0,
            early_stopping=False, random_state=0,
        ).fit(without_empty_columns(X[fitted]), score_gain[fitted])  # fmt: skip
        expected[predicted] = model.predict(X[predicted])
    return expected


def fill_with_surrogate(gain: FloatArray, score_gain: FloatArray, covered: FloatArray) -> FloatArray:
    """Replace gains by what scores and coverage predict of them, wherever scores are known.

    Parameters
    ----------
    gain : Weighted levels gained; NaN where not measured.
    score_gain : Expected post-test minus pre-test, in points, from `expected_scores`; NaN where not known.
    covered : Weighted deficit that the training works on.

    Returns
    -------
    The predicted gains where scores are known (much less noisy than whole levels found once), the measured ones
    elsewhere. The gains as they came when too few rows have both, or scores tell nothing.

    Notes
    -----
    Linear surrogate index (Athey, Chetty, Imbens, Kang 2019, NBER 26463):
    E[gain] = a + b score + c covered + d score x covered, by least squares on the rows with both.
    """
    both: BoolArray = ~np.isnan(gain) & ~np.isnan(score_gain) & (covered > 0)
    if both.sum() < FEWEST_ROWS:
        return gain
    design = _design(score_gain[both], covered[both])
    coefficients, *_ = np.linalg.lstsq(design, gain[both], rcond=None)
    rest = gain[both] - design @ coefficients
    variance = float(rest @ rest) / (len(rest) - design.shape[1])
    covariance = variance * np.linalg.pinv(design.T @ design)
    slope = np.array([0.0, 1.0, 0.0, float(covered[both].mean())])  # at mean coverage
    if float(slope @ coefficients) < CLEAR * float(np.sqrt(slope @ covariance @ slope)):
        return gain
    usable = ~np.isnan(score_gain) & (covered > 0)
    predicted = _design(np.nan_to_num(score_gain), covered) @ coefficients
    return np.where(usable, predicted, gain)


def _design(score_gain: FloatArray, covered: FloatArray) -> FloatArray:
    return np.stack([np.ones(len(score_gain)), score_gain, covered, score_gain * covered], axis=1)
