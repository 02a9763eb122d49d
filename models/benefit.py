"""Expected deficit closed: completion times gain, with monotone constraints and split-conformal intervals."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor

from models.baseline import BenefitEstimates
from models.completion import CompletionModel, canonical_order, without_empty_columns
from models.features import FEATURE_NAMES, FEATURES, FeatureMatrix
from training_catalog.columns import BoolArray, FloatArray

DIRECTIONS = np.array([feature.benefit_direction for feature in FEATURES])
COVERED = FEATURE_NAMES.index("covered_deficit")
RULE = FEATURE_NAMES.index("rule_benefit")
SMALLEST_RULE = 0.02  # weighted levels; rows below tell nothing of the factor
COVERAGE = 0.8  # share of outcomes that the interval should hold
CALIBRATION_SHARE = 0.25  # latest share of the rows kept from the fit for the intervals
FEWEST_PER_BIN = 50  # rows behind each quantile


class BenefitModel(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """E[deficit closed | completes]: the rule times a factor learned from what it missed.

    Notes
    -----
    Outcomes are noisy (whole levels, assessed with error) against effects of a fraction of a level, so the model
    learns a factor on the rule: outcome / rule, each row weighted by the rule's square (least squares of the outcome
    itself). Rule and factor are monotone in the deficit and not negative, hence so is their product.

    Parameters
    ----------
    n_iterations : Trees.
    learning_rate : Shrinkage of each tree.
    min_samples_leaf : Fewest rows in a leaf.
    """

    def __init__(self, n_iterations: int = 60, learning_rate: float = 0.04, min_samples_leaf: int = 100) -> None:
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Fit on rows whose gain was measured."""
        known = ~np.isnan(y)
        X, y = X[known], y[known]
        order = canonical_order(X, y)
        self.n_features_in_ = X.shape[1]
        self.model_ = None
        if len(y):
            rule = np.maximum(rule_gain(X), SMALLEST_RULE)[order]
            self.model_ = HistGradientBoostingRegressor(
                max_iter=self.n_iterations, learning_rate=self.learning_rate, min_samples_leaf=self.min_samples_leaf,
                max_leaf_nodes=6, l2_regularization=1.0, monotonic_cst=DIRECTIONS, early_stopping=False,
                random_state=0,
            ).fit(without_empty_columns(X[order]), y[order] / rule, sample_weight=rule**2)  # fmt: skip
        return self

    def predict(self, X: FeatureMatrix) -> FloatArray:
        """Return the gain of each row, 0 to the covered deficit; clipping keeps the constraints."""
        covered = np.nan_to_num(X[:, COVERED].astype(np.float64))
        gain = rule_gain(X)
        if self.model_ is not None and len(X):
            gain = gain * np.maximum(np.asarray(self.model_.predict(X), dtype=np.float64), 0.0)
        return np.clip(gain, 0.0, np.maximum(covered, 0.0))


def rule_gain(X: FeatureMatrix) -> FloatArray:
    """Return what the rule expects to be closed by a completed training."""
    return np.maximum(np.nan_to_num(X[:, RULE].astype(np.float64)), 0.0)


class PairModel:
    """Completion, benefit, and the intervals around their product.

    Attributes
    ----------
    completion_, benefit_ : The fitted parts.
    edges_ : Bounds of the bins of predicted mean.
    below_, above_ : Residual quantiles of each bin, in weighted levels.
    """

    def fit(self, X: FeatureMatrix, y_completed: FloatArray, y_gain: FloatArray) -> Self:
        """Fit on earlier rows, and calibrate the intervals on the latest of them.

        Parameters
        ----------
        X : Rows in the order of time; the last share calibrates.
        y_completed : 1, 0 or NaN.
        y_gain : Weighted levels closed; NaN where not measured.
        """
        n_fit = len(X) - int(len(X) * CALIBRATION_SHARE)
        self.completion_ = CompletionModel().fit(X[:n_fit], y_completed[:n_fit])
        self.benefit_ = BenefitModel().fit(X[:n_fit], y_gain[:n_fit])
        self._calibrate(X[n_fit:], y_completed[n_fit:], y_gain[n_fit:])
        self.completion_ = CompletionModel().fit(X, y_completed)
        self.benefit_ = BenefitModel().fit(X, y_gain)
        return self

    def _mean(self, X: FeatureMatrix) -> tuple[FloatArray, FloatArray]:
        completion = self.completion_.predict_proba(X)[:, 1] if len(X) else np.zeros(0)
        return completion * self.benefit_.predict(X), completion

    def _calibrate(self, X: FeatureMatrix, y_completed: FloatArray, y_gain: FloatArray) -> None:
        """Take residual quantiles in bins of the predicted mean; what was not completed closed nothing."""
        outcome = np.where(y_completed == 0, 0.0, y_gain)
        known = ~np.isnan(outcome)
        mean, _ = self._mean(X[known])
        residual = outcome[known] - mean
        n_bins = max(1, min(8, len(residual) // FEWEST_PER_BIN))
        inner = np.quantile(mean, np.linspace(0, 1, n_bins + 1)[1:-1]) if len(mean) else np.zeros(0)
        self.edges_ = np.unique(inner)
        bins = np.searchsorted(self.edges_, mean, side="right")
        tails = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
        below, above = [], []
        for i in range(len(self.edges_) + 1):
            own = residual[bins == i]
            below.append(float(np.quantile(own, tails[0], method="lower")) if len(own) else -np.inf)
            above.append(float(np.quantile(own, tails[1], method="higher")) if len(own) else np.inf)
        self.below_, self.above_ = np.minimum(below, 0.0), np.maximum(above, 0.0)

    def predict(self, X: FeatureMatrix) -> BenefitEstimates:
        """Estimate every pair: two model passes, intervals by look-up.

        Returns
        -------
        Finite estimates with 0 <= lower <= mean <= upper <= covered deficit.
        """
        mean, completion = self._mean(X)
        covered = np.maximum(np.nan_to_num(X[:, COVERED].astype(np.float64)), mean)
        bins = np.searchsorted(self.edges_, mean, side="right")
        return BenefitEstimates(
            mean=mean,
            lower=np.clip(mean + self.below_[bins], 0.0, mean),
            upper=np.clip(mean + self.above_[bins], mean, covered),
            completion=completion,
        )


def measured(y_completed: FloatArray, y_gain: FloatArray) -> BoolArray:
    """Return rows whose outcome is known: measured, or not completed and therefore nothing closed."""
    return ~np.isnan(np.where(y_completed == 0, 0.0, y_gain))
