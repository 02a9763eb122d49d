"""A surrogate for outcomes that were not measured: what test scores say of the levels gained."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from models.baseline import covered_deficit, rule_gain
from models.features import FeatureMatrix
from models.rows import canonical_order, without_empty_columns
from training_catalog.columns import BoolArray, FloatArray

FEWEST_ROWS = 200  # rows with both a measured gain and scores; below, scores say nothing
CLEAR = 2.0  # standard errors by which the scores' slope must exceed zero


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


def fill_with_surrogate(X: FeatureMatrix, gain: FloatArray, score_gain: FloatArray) -> FloatArray | None:
    """Replace gains by what expected scores say of them, wherever scores are known.

    Parameters
    ----------
    X : Features.
    gain : Weighted levels gained; NaN where not measured.
    score_gain : Post-test minus pre-test, in points; NaN where not known.

    Returns
    -------
    The predicted gains where scores are known and something could be closed (much less noisy than whole levels found
    once), the measured ones elsewhere. None when too few rows have both, or scores tell nothing.

    Notes
    -----
    A surrogate index (Athey, Chetty, Imbens, Kang 2019, NBER 26463) that keeps to the rule:
    E[gain] = rule x (a + b (expected score - its mean)), b not negative, by least squares on the rows with both. It
    keeps close to the rule, for levels found again are too noisy to tell much more. Whether scores tell anything is
    asked of the plainer E[gain] = a rule + b (expected score - its mean). Give it the rows to learn from only: what it
    says of a row draws on all of them.
    """
    score = expected_scores(X, score_gain)
    usable: BoolArray = ~np.isnan(score) & (covered_deficit(X) > 0)
    both = usable & ~np.isnan(gain)
    if both.sum() < FEWEST_ROWS:
        return None
    rule, above = rule_gain(X), np.nan_to_num(score - score[both].mean())
    (_, slope), error = _least_squares(np.stack([rule, above], axis=1)[both], gain[both])
    if slope < CLEAR * error:
        return None
    (share, slope), _ = _least_squares(np.stack([rule, rule * above], axis=1)[both], gain[both])
    return np.where(usable, rule * np.maximum(share + max(slope, 0.0) * above, 0.0), gain)


def _least_squares(design: FloatArray, outcome: FloatArray) -> tuple[FloatArray, float]:
    """Return the coefficients, and the standard error of the last."""
    coefficients, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    rest = outcome - design @ coefficients
    variance = float(rest @ rest) / (len(rest) - design.shape[1])
    return coefficients.astype(np.float64), float(np.sqrt(variance * np.linalg.pinv(design.T @ design)[-1, -1]))
