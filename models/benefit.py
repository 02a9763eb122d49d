"""Expected deficit closed: completion times gain, with monotone constraints and split-conformal intervals."""

import hashlib
from typing import Self

import numpy as np
from sklearn.base import RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor

from models.baseline import FEWEST_OF_A_TIME, BenefitEstimates, covered_deficit
from models.completion import CompletionModel, UsualCompletion
from models.dose import DosedRule
from models.features import FEATURE_NAMES, FEATURES, Feature, FeatureMatrix, check_features
from models.rows import RowEstimator, canonical_order, without_empty_columns
from training_catalog.columns import BoolArray, FloatArray, IndexArray, check_lengths

SEEN = np.flatnonzero([feature.tells_gain for feature in FEATURES])  # columns that the model of the gain sees
DIRECTIONS = np.array([FEATURES[i].benefit_direction for i in SEEN])
AGE = FEATURE_NAMES.index("assessment_age")  # missing: never assessed
SMALLEST_RULE = 0.02  # weighted levels; rows below tell nothing of the factor
MOST_VALUES = 63  # steps of a feature that trees tell apart; a few hundred noisy gains tell of no more
COVERAGE = 0.8  # share of outcomes that the interval should hold
CALIBRATION_SHARE = 0.25  # latest share of the rows kept from the fit for the intervals
FEWEST_PER_BIN = 50  # rows behind each quantile
MOST_BINS = 8
FAR_SMALLER = 5.0  # times smaller: measured ones would count so often that a few decide


class BenefitModel(RegressorMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
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
    schema : See `models.rows.RowEstimator`.
    """

    def __init__(
        self, n_iterations: int = 60, learning_rate: float = 0.04, min_samples_leaf: int = 100, *,
        schema: tuple[Feature, ...] | None = FEATURES,
    ) -> None:  # fmt: skip
        super().__init__(schema=schema)
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf

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
        known = ~np.isnan(y)
        X, y = X[known], y[known]
        order = canonical_order(X, y)
        self.model_ = None
        if len(y):
            rule = np.maximum(self._rule(X), SMALLEST_RULE)[order]
            self.model_ = HistGradientBoostingRegressor(
                max_iter=self.n_iterations, learning_rate=self.learning_rate, min_samples_leaf=self.min_samples_leaf,
                max_leaf_nodes=6, max_bins=MOST_VALUES, l2_regularization=1.0, early_stopping=False, random_state=0,
                monotonic_cst=DIRECTIONS if self.has_schema else None,
            ).fit(without_empty_columns(self._seen(X)[order]), y[order] / rule, sample_weight=rule**2)  # fmt: skip
        return self

    def predict(self, X: FeatureMatrix) -> FloatArray:
        """Return the gain of each row, 0 to the covered deficit; clipping keeps the constraints."""
        X = self._asked_of(X)
        gain = self._rule(X)
        if self.model_ is not None and len(X):
            factor = np.asarray(self.model_.predict(self._seen(X)), dtype=np.float64)
            gain = gain * (np.maximum(factor, 0.0) if self.has_schema else factor)
        return self._bounded(gain, X)

    def _seen(self, X: FeatureMatrix) -> FeatureMatrix:
        return X[:, SEEN] if self.has_schema else X


class PairModel:
    """Completion, benefit, and the intervals around their product.

    Parameters
    ----------
    completion, gain : How each part is estimated, not yet fitted; `CompletionModel` and `BenefitModel` when None.

    Attributes
    ----------
    completion_, benefit_ : The fitted parts.
    edges_ : Bounds of the bins of predicted mean.
    below_, above_ : Residual quantiles of each bin, in weighted levels.
    n_rows_ : Rows it was fitted and calibrated on.
    rows_digest_ : Digest of those rows, whatever their order.
    """

    def __init__(
        self, completion: CompletionModel | UsualCompletion | None = None, gain: BenefitModel | DosedRule | None = None
    ) -> None:
        self.completion = CompletionModel() if completion is None else completion
        self.gain = BenefitModel() if gain is None else gain

    def fit(
        self,
        X: FeatureMatrix,
        y_completed: FloatArray,
        y_gain: FloatArray,
        *,
        y_measured: FloatArray | None = None,
        is_calibration: BoolArray | None = None,
    ) -> Self:
        """Fit on earlier rows, calibrate the intervals on the latest of them, then fit on all.

        Parameters
        ----------
        X : Rows; in the order of time unless `is_calibration` is given.
        y_completed : 1, 0 or NaN.
        y_gain : Weighted levels closed, to learn from; NaN where not known.
        y_measured : Weighted levels really found closed, where `y_gain` holds something smoother; the intervals are
            for these. `y_gain` when None.
        is_calibration : The later rows, which calibrate; the last quarter when None.

        Raises
        ------
        LengthMismatchError
            When columns are not those of `FEATURES`, or lengths differ.

        Notes
        -----
        Split-conformal intervals (Lei et al. 2018, JASA 113) by bins of the predicted mean. They are for what one
        participation like it is found to close, from nothing to all that is covered; not for the average of many. The
        last fit uses all rows, so the residuals are those of a slightly poorer model.
        """
        check_features(X)
        found = y_gain if y_measured is None else y_measured
        later = is_latest(len(X)) if is_calibration is None else is_calibration
        check_lengths("rows", len(X), completed=y_completed, gain=y_gain, measured=found, is_calibration=later)
        early = ~later
        completion = self.completion
        if is_calibration is None:  # in the order of time: settings may be judged on the latest of the earlier rows
            completion = completion.tuned(X[early], y_completed[early], is_latest(int(early.sum())))
        self.completion_ = clone(completion).fit(X[early], y_completed[early])
        self.benefit_ = clone(self.gain).fit(X[early], y_gain[early])
        self._calibrate(X[later], y_completed[later], found[later])
        self.completion_ = clone(completion).fit(X, y_completed)
        self.benefit_ = clone(self.gain).fit(X, y_gain)
        self.n_rows_ = len(X)
        self.rows_digest_ = rows_digest(X, y_completed, y_gain, found)
        return self

    def _mean(self, X: FeatureMatrix) -> tuple[FloatArray, FloatArray]:
        completion: FloatArray = self.completion_.predict_proba(X)[:, 1]
        return completion * self.benefit_.predict(X), completion

    def _calibrate(self, X: FeatureMatrix, y_completed: FloatArray, y_found: FloatArray) -> None:
        """Take the ends in bins of the predicted mean; what was not completed closed nothing, as did what fell."""
        weight = outcome_weights(X, y_completed, y_found)
        used = weight > 0
        weight, (mean, _) = weight[used], self._mean(X[used])
        most = np.maximum(covered_deficit(X[used]), mean)
        outcome = np.clip(outcomes_of(y_completed, y_found)[used], 0.0, most)
        n_bins = max(1, min(MOST_BINS, len(mean) // FEWEST_PER_BIN))
        inner = np.quantile(mean, np.linspace(0, 1, n_bins + 1)[1:-1]) if len(mean) else np.zeros(0)
        self.edges_ = np.unique(inner)
        bins = np.searchsorted(self.edges_, mean, side="right")
        ends = [ends_of_bin(i, bins, outcome, mean, weight) for i in range(len(self.edges_) + 1)]
        self.below_, self.above_ = (np.array(column) for column in zip(*ends, strict=True))

    def predict(self, X: FeatureMatrix) -> BenefitEstimates:
        """Estimate every pair: two model passes, intervals by look-up.

        Returns
        -------
        Finite estimates with 0 <= lower <= mean <= upper <= covered deficit.
        """
        mean, completion = self._mean(X)
        covered = np.maximum(covered_deficit(X), mean)
        bins = np.searchsorted(self.edges_, mean, side="right")
        return BenefitEstimates(
            mean=mean,
            lower=np.clip(mean + self.below_[bins], 0.0, mean),
            upper=np.clip(mean + self.above_[bins], mean, covered),
            completion=completion,
        )


def is_latest(n_rows: int) -> BoolArray:
    """Return the latest share of rows in the order of time, which calibrates."""
    return np.arange(n_rows) >= n_rows - int(n_rows * CALIBRATION_SHARE)


def rows_digest(X: FeatureMatrix, *columns: FloatArray) -> str:
    """Digest rows, whatever their order.

    Examples
    --------
    >>> X = np.zeros((2, len(FEATURES)), dtype=np.float32)
    >>> rows_digest(X, np.array([0.0, 1.0])) == rows_digest(X, np.array([1.0, 0.0]))
    True
    """
    table = np.column_stack([X.astype(np.float64), *columns]) + 0.0  # no negative zero
    table[np.isnan(table)] = np.nan  # one NaN of the many
    ordered = table[np.lexsort(np.nan_to_num(table, nan=-1e30).T)]
    return hashlib.sha256(np.ascontiguousarray(ordered).tobytes()).hexdigest()


def conformal_quantile(residual: FloatArray, weight: FloatArray, tail: float) -> float:
    """Return what a new residual exceeds with a probability of at most `tail`.

    Parameters
    ----------
    residual, weight : shape (n,); each residual counts `weight` times.
    tail : 0 to 1.

    Returns
    -------
    One of the residuals; infinite when there are too few to say.

    Notes
    -----
    The new row counts as one of mean weight beyond the largest residual (Tibshirani et al. 2019, NeurIPS 32).

    Examples
    --------
    >>> conformal_quantile(np.arange(9.0), np.ones(9), 0.1)
    8.0
    >>> conformal_quantile(np.arange(8.0), np.ones(8), 0.1)
    inf
    """
    if not len(residual):
        return float("inf")
    order = np.argsort(residual, kind="stable")
    reached = np.cumsum(weight[order]) / (weight.sum() + weight.mean())
    i = int(np.searchsorted(reached, 1 - tail - 1e-12))
    return float(residual[order][i]) if i < len(order) else float("inf")


def conformal_ends(outcome: FloatArray, mean: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Return how far the ends of an interval lie from the mean, in weighted levels.

    Parameters
    ----------
    outcome : shape (n,), 0 to what was covered.
    mean, weight : shape (n,): foretold, and how often each counts.

    Returns
    -------
    below : At most 0.
    above : At least 0.

    Notes
    -----
    What the lower end leaves out is counted, and the upper end leaves out the rest. Where more than half of what may be
    missed closed nothing, the lower end is nothing and leaves out nobody: with a tail of a tenth on either side such
    intervals held nine outcomes in ten (decision record 0030).
    """
    if not len(outcome):
        return -np.inf, np.inf
    missed, total = 1 - COVERAGE, weight.sum()
    below, under = -np.inf, 0.0
    if weight[outcome <= 0].sum() <= missed / 2 * total:
        below = min(-conformal_quantile(mean - outcome, weight, missed / 2), 0.0)
        is_under = outcome < np.maximum(mean + below, 0.0)
        under = min((weight[is_under].sum() + weight.mean()) / (total + weight.mean()), missed / 2)
    return below, max(conformal_quantile(outcome - mean, weight, missed - under), 0.0)


def ends_of_bin(
    i: int, bins: IndexArray, outcome: FloatArray, mean: FloatArray, weight: FloatArray
) -> tuple[float, float]:
    """Return the ends of one bin; where most closed nothing, the upper one also hears the bins beside it.

    Notes
    -----
    Where more than four fifths closed no more than the mean, a fifth missed leaves no room above it: the interval would
    end at what is expected, and what is truly expected lies above that as often as below. The upper end is then that of
    this bin and its neighbours together, as many as it takes. Such a bin holds more than is promised either way.
    """
    below, above = conformal_ends(outcome[bins == i], mean[bins == i], weight[bins == i])
    reach = 0
    while above <= 0 and reach < bins.max(initial=0):
        reach += 1
        near = np.abs(bins - i) <= reach
        _, above = conformal_ends(outcome[near], mean[near], weight[near])
    return below, above


def outcomes_of(y_completed: FloatArray, y_gain: FloatArray) -> FloatArray:
    """Return what each participation closed: the gain when completed, nothing when not, NaN when not known."""
    return np.where(y_completed == 0, 0.0, np.where(y_completed == 1, y_gain, np.nan))


def measured(y_completed: FloatArray, y_gain: FloatArray) -> BoolArray:
    """Return rows whose outcome is known: measured, or not completed and therefore nothing closed."""
    return ~np.isnan(outcomes_of(y_completed, y_gain))


def outcome_weights(X: FeatureMatrix, y_completed: FloatArray, y_gain: FloatArray) -> FloatArray:
    """Return how often each known outcome counts, so that they stand for all participations with a deficit to close.

    Parameters
    ----------
    X, y_completed, y_gain : Rows as in `PairModel.fit`.

    Returns
    -------
    shape (n_rows,); 0 where the outcome is not known, or nothing could be closed.

    Notes
    -----
    Every participation not completed has a known outcome (nothing), but only some of the completed were measured:
    unweighted, the known ones complete too rarely. Measured ones count n_completed / n_measured times (inverse
    probability weights, Horvitz & Thompson 1952), apart for people assessed before and never assessed. A group is left
    out, failures too, when fewer than `FEWEST_OF_A_TIME` of it were measured, or a far smaller share than of the other.
    """
    weight = np.zeros(len(X))
    is_new, has_deficit = np.isnan(X[:, AGE]), covered_deficit(X) > 0
    groups = [has_deficit & is_new, has_deficit & ~is_new]
    completed = [group & (y_completed == 1) for group in groups]
    found = [done & ~np.isnan(y_gain) for done in completed]
    share = [f.sum() / max(done.sum(), 1) for f, done in zip(found, completed, strict=True)]
    for i, group in enumerate(groups):
        if found[i].sum() >= FEWEST_OF_A_TIME and share[i] >= max(share) / FAR_SMALLER:
            weight[found[i]] = 1.0 / share[i]
            weight[group & (y_completed == 0)] = 1.0
    return weight
