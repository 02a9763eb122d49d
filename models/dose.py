"""How a training's hours count: the plain rule times a power of its hours per competency taught, if outcomes say so."""

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from models.features import FEATURE_NAMES, FeatureMatrix
from models.rows import RowEstimator
from training_catalog.columns import FloatArray

HOURS, TARGETS = FEATURE_NAMES.index("hours"), FEATURE_NAMES.index("n_targets")
EXPONENTS = np.linspace(0.0, 1.0, 101)  # more hours never teach less, and never more than in proportion
FACTORS = (0.4, 2.0)  # bounds of the factor: beyond the hours that were seen nothing is known
FEWEST_MEASURED = 100  # measured gains; below, hours count for nothing
CLEAR = 1.0  # standard errors by which the exponent must exceed zero


class DosedRule(RegressorMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """E[deficit closed | completes]: the rule times (hours per competency / usual hours) to a fitted power.

    Notes
    -----
    The rule takes a course of three hours and one of forty for equal. One exponent can be learned from a few hundred
    noisy gains, where a factor for each kind of pair cannot; and a training's hours have nothing to do with the errors
    of an assessment, so what misleads about deficits does not mislead here. The usual hours are those at which the
    factor is one; with them the rule keeps its size on average.

    Attributes
    ----------
    exponent_ : 0 to 1; 0 where outcomes do not tell.
    error_ : Its standard error; infinite where too few gains were measured.
    usual_ : Hours per competency at which the factor is one.
    """

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Fit on rows whose gain is known.

        Parameters
        ----------
        X : shape (n_rows, n_features).
        y : Weighted levels closed by those who completed; NaN not known.

        Raises
        ------
        LengthMismatchError
            When the columns are not those of `FEATURES`.
        """
        X, y = self._learned_from(X, y, y_numeric=True)
        self.exponent_, self.error_, self.usual_ = 0.0, float("inf"), 1.0
        rule, hours = self._rule(X), self._hours(X)
        known = ~np.isnan(y) & (rule > 0) & (hours > 0)
        if known.sum() >= FEWEST_MEASURED:
            logs = np.log(hours[known])
            middle = float(np.average(logs, weights=rule[known]))
            exponent, self.error_ = fit_exponent(rule[known], logs - middle, y[known])
            self.exponent_ = exponent if exponent > CLEAR * self.error_ else 0.0
            if self.exponent_ > 0:
                powers = hours[known] ** self.exponent_
                self.usual_ = float(np.average(powers, weights=rule[known]) ** (1 / self.exponent_))
        return self

    def predict(self, X: FeatureMatrix) -> FloatArray:
        """Return the gain of each row, 0 to the covered deficit; hours that are not known change nothing."""
        X = self._asked_of(X)
        hours = self._hours(X)
        factor = np.clip((np.where(hours > 0, hours, self.usual_) / self.usual_) ** self.exponent_, *FACTORS)
        return self._bounded(self._rule(X) * factor, X)

    def _hours(self, X: FeatureMatrix) -> FloatArray:
        return hours_per_competency(X) if self.has_schema else np.zeros(len(X))

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 (of scikit-learn)
        """Say that of a table without a schema nothing is learned."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = not self.has_schema
        return tags


def hours_per_competency(X: FeatureMatrix) -> FloatArray:
    """Return the hours that each row's training gives to each competency it teaches; 0 where not known."""
    hours, n_targets = (np.nan_to_num(X[:, column].astype(np.float64)) for column in (HOURS, TARGETS))
    return np.maximum(hours, 0.0) / np.maximum(n_targets, 1.0)


def fit_exponent(rule: FloatArray, logs: FloatArray, gain: FloatArray) -> tuple[float, float]:
    """Fit gain = size x rule x exp(exponent x logs) by least squares.

    Parameters
    ----------
    rule, gain : Weighted levels expected by the rule, and found.
    logs : Logarithm of hours, about its middle.

    Returns
    -------
    exponent : The best of `EXPONENTS`.
    error : Its standard error, whatever the spread of each row (sandwich; White 1980, Econometrica 48); infinite where
        hours do not vary.
    """
    scaled = rule * np.exp(EXPONENTS[:, None] * logs)
    size = scaled @ gain / (scaled**2).sum(axis=1)
    best = int(np.argmin(((gain - size[:, None] * scaled) ** 2).sum(axis=1)))
    slopes = np.stack([scaled[best], size[best] * scaled[best] * logs])
    bread = slopes @ slopes.T
    if np.linalg.matrix_rank(bread) < len(bread):
        return 0.0, float("inf")
    rest = gain - size[best] * scaled[best]
    inverse = np.linalg.inv(bread)
    variance = inverse @ ((slopes * rest**2) @ slopes.T) @ inverse
    return float(EXPONENTS[best]), float(np.sqrt(variance[1, 1]))
