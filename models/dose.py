"""How much a course teaches: a share of the deficit or a fixed amount, times a power of its hours, as outcomes say."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from models.baseline import course_gain
from models.features import FEATURE_NAMES, FEATURES, Feature, FeatureMatrix
from models.rows import RowEstimator
from training_catalog.columns import FloatArray, freeze

HOURS, TARGETS = FEATURE_NAMES.index("hours"), FEATURE_NAMES.index("n_targets")
EXPONENTS = np.linspace(0.0, 1.0, 101)  # more hours never teach less, and never more than in proportion
SIZES = (0.25, 1.5)  # beyond these, measured gains are doubted rather than what is known of courses
FACTORS = (0.4, 2.0)  # bounds of the factor: beyond the hours that were seen nothing is known
FEWEST_MEASURED = 100  # measured gains; below, hours count for nothing
CLEAR = 1.0  # standard errors by which the exponent must exceed zero
SURE = 2.0  # standard errors by which what is known of courses must miss more than the rule to give way
BY_SHARE, BY_COURSE = "rule_benefit", "one_course"  # a share of a deficit, or what one course teaches


class DosedRule(RegressorMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """E[deficit closed | completes]: what a course teaches, times a fitted power of its hours per competency.

    Notes
    -----
    The rule takes a course of three hours and one of forty for equal. One exponent can be learned from a few hundred
    noisy gains, where a factor for each kind of pair cannot; and a training's hours have nothing to do with the errors
    of an assessment, so what misleads about deficits does not mislead here. The usual hours are those at which the
    factor is one.

    The rule also lets a course close a share of the deficit, however large. What is known of courses is the amount they
    teach, and of deficits that they are found with error: `recommender.levels.one_course` reckons with both. It takes
    the rule's place unless the measured gains lie clearly closer to the rule. Where gains are clearly larger or smaller
    on the whole, so is what is expected (decision record 0037).

    Parameters
    ----------
    may_be_course : Whether it may; else the rule stays.
    schema : See `models.rows.RowEstimator`.

    Attributes
    ----------
    basis_ : `BY_SHARE` or `BY_COURSE`: the column whose size the hours change.
    exponent_ : 0 to 1; 0 where outcomes do not tell.
    error_ : Its standard error; infinite where too few gains were measured.
    usual_ : Hours per competency at which the factor is one.
    size_ : Measured gains as a share of what was expected, within `SIZES`; 1 where they do not clearly differ.
    """

    def __init__(self, *, may_be_course: bool = True, schema: tuple[Feature, ...] | None = FEATURES) -> None:
        super().__init__(schema=schema)
        self.may_be_course = may_be_course

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
        self.basis_, self.exponent_, self.error_ = BY_SHARE, 0.0, float("inf")
        self.usual_, self.size_ = 1.0, 1.0
        hours = self._hours(X)
        known = ~np.isnan(y) & (self._rule(X) > 0) & (hours > 0)
        if known.sum() >= FEWEST_MEASURED:
            X, y, hours = X[known], y[known], hours[known]
            power = fit_power(self._taught(X), hours, y)
            if self.may_be_course and self.has_schema and course_gain(X).any():
                other = fit_power(course_gain(X), hours, y)
                if not is_clearly_less(power.missed, other.missed):
                    self.basis_, power = BY_COURSE, other
            self.error_ = power.error
            self.exponent_ = power.exponent if power.exponent > CLEAR * power.error else 0.0
            if self.exponent_ > 0:
                powers = hours**self.exponent_
                self.usual_ = float(np.average(powers, weights=self._taught(X)) ** (1 / self.exponent_))
            size, error = fit_size(self._expected(X), y)
            if abs(size - 1) > SURE * error:
                self.size_ = float(np.clip(size, *SIZES))
        return self

    def predict(self, X: FeatureMatrix) -> FloatArray:
        """Return the gain of each row, 0 to the covered deficit; hours that are not known change nothing."""
        X = self._asked_of(X)
        return self._bounded(self._expected(X), X)

    def _expected(self, X: FeatureMatrix) -> FloatArray:
        hours = self._hours(X)
        factor = np.clip((np.where(hours > 0, hours, self.usual_) / self.usual_) ** self.exponent_, *FACTORS)
        return self._taught(X) * factor * self.size_

    def _taught(self, X: FeatureMatrix) -> FloatArray:
        return course_gain(X) if self.basis_ == BY_COURSE else self._rule(X)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How gains grow with hours.

    Parameters
    ----------
    exponent : One of `EXPONENTS`.
    error : Its standard error, whatever the spread of each row (sandwich; White 1980, Econometrica 48); infinite where
        hours do not vary.
    missed : shape (n_rows,): squared difference of each gain from what was fitted.
    """

    exponent: float
    error: float
    missed: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def fit_power(taught: FloatArray, hours: FloatArray, gain: FloatArray) -> Power:
    """Fit gain = size x taught x hours to a power by least squares.

    Parameters
    ----------
    taught, gain : Weighted levels expected of a course of usual hours, and found; the first not all nothing.
    hours : Hours per competency, above 0.
    """
    logs = np.log(hours)
    logs = logs - float(np.average(logs, weights=taught))
    scaled = taught * np.exp(EXPONENTS[:, None] * logs)
    size = scaled @ gain / (scaled**2).sum(axis=1)
    best = int(np.argmin(((gain - size[:, None] * scaled) ** 2).sum(axis=1)))
    slopes = np.stack([scaled[best], size[best] * scaled[best] * logs])
    bread = slopes @ slopes.T
    if np.linalg.matrix_rank(bread) < len(bread):
        return Power(exponent=0.0, error=float("inf"), missed=(gain - size[0] * scaled[0]) ** 2)
    rest = gain - size[best] * scaled[best]
    inverse = np.linalg.inv(bread)
    variance = inverse @ ((slopes * rest**2) @ slopes.T) @ inverse
    return Power(exponent=float(EXPONENTS[best]), error=float(np.sqrt(variance[1, 1])), missed=rest**2)


def fit_size(expected: FloatArray, gain: FloatArray) -> tuple[float, float]:
    """Fit gain = size x expected by least squares; return the size and its standard error (sandwich).

    Where nothing at all was expected the size is 1, and its error infinite.

    Examples
    --------
    >>> fit_size(np.array([1.0, 1.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))
    (0.5, 0.25)
    """
    squares = float(expected @ expected)
    if squares <= 0:
        return 1.0, float("inf")
    size = float(expected @ gain) / squares
    return size, float(np.sqrt(expected**2 @ (gain - size * expected) ** 2)) / squares


def is_clearly_less(missed: FloatArray, other: FloatArray) -> bool:
    """Return whether squared errors are on average smaller than others of the same rows, beyond chance."""
    more = other - missed
    return bool(more.mean() > SURE * more.std() / np.sqrt(len(more)))
