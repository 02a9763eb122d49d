"""A surrogate for outcomes that were not measured: what test scores say of the levels gained."""

import numpy as np

from training_catalog.columns import BoolArray, FloatArray

FEWEST_ROWS = 200  # rows with both a measured gain and scores; below, scores say nothing
CLEAR = 3.0  # standard errors by which the scores' slope must exceed zero


def fill_with_surrogate(gain: FloatArray, score_gain: FloatArray, covered: FloatArray) -> FloatArray:
    """Replace gains by what scores and coverage predict of them, wherever scores are known.

    Parameters
    ----------
    gain : Weighted levels gained; NaN where not measured.
    score_gain : Post-test minus pre-test, in points; NaN where not known.
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
