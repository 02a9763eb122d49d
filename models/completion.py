"""Probability that a person completes a training."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from models.baseline import usual_completion
from models.features import FEATURES, FeatureMatrix, check_features
from training_catalog.columns import BoolArray, FloatArray, IndexArray

SEEN = np.flatnonzero([feature.tells_completion for feature in FEATURES])  # columns that the model sees
DIRECTIONS = np.array([FEATURES[i].completion_direction for i in SEEN])
EVEN_ODDS = 0.5  # probability; what is said when nothing is known, and where the likelier outcome changes


def canonical_order(X: FeatureMatrix, y: FloatArray) -> IndexArray:
    """Return the order in which rows are fitted, so that the order in which they came changes nothing.

    Parameters
    ----------
    X, y : Rows and outcomes of the same length; NaN sorts first.
    """
    filled = np.nan_to_num(X, nan=-1e30)
    return np.lexsort((np.nan_to_num(y, nan=-1e30), *filled.T)).astype(np.int64)


def without_empty_columns(X: FeatureMatrix) -> FeatureMatrix:
    """Fill columns that nobody has a value in: scikit-learn cannot bin them, and a constant is never split on."""
    is_empty: BoolArray = np.asarray(np.isnan(X).all(axis=0))
    return np.where(is_empty, np.float32(0.0), X)


class CompletionModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Gradient boosting of small trees, with monotone constraints on the features that must not mislead.

    Notes
    -----
    Four leaves a tree: completion says little beyond mode, record and workload. In the simulated city on which this was
    chosen the Brier score on later outcomes was 0.111, against 0.113 with fifteen leaves and 0.114 for the rule.

    Parameters
    ----------
    n_iterations : Trees.
    learning_rate : Shrinkage of each tree.
    min_samples_leaf : Fewest rows in a leaf.

    Attributes
    ----------
    share_ : Share completed among the rows fitted; an even chance when there were none.
    model_ : The fitted classifier; None when only one outcome was seen.
    """

    def __init__(self, n_iterations: int = 60, learning_rate: float = 0.06, min_samples_leaf: int = 100) -> None:
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Fit on rows whose outcome is known; with only one outcome the share itself is the prediction.

        Parameters
        ----------
        X : shape (n_rows, n_features).
        y : 1 completed, 0 not, NaN not known.

        Raises
        ------
        LengthMismatchError
            When the columns are not those of `FEATURES`.
        """
        check_features(X)
        known = ~np.isnan(y)
        X, y = X[np.ix_(known, SEEN)], y[known]
        order = canonical_order(X, y)
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = len(FEATURES)
        self.share_ = float(y.mean()) if len(y) else EVEN_ODDS
        self.model_ = None
        if 0 < y.sum() < len(y):
            self.model_ = HistGradientBoostingClassifier(
                max_iter=self.n_iterations, learning_rate=self.learning_rate, min_samples_leaf=self.min_samples_leaf,
                max_leaf_nodes=4, l2_regularization=1.0, monotonic_cst=DIRECTIONS, early_stopping=False,
                random_state=0,
            ).fit(without_empty_columns(X[order]), y[order].astype(np.int64))  # fmt: skip
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        check_features(X)
        if not len(X):
            return np.empty((0, 2))
        p = self.model_.predict_proba(X[:, SEEN])[:, 1] if self.model_ is not None else np.full(len(X), self.share_)
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[np.int64]:
        """Return the likelier outcome."""
        return (self.predict_proba(X)[:, 1] >= EVEN_ODDS).astype(np.int64)


class UsualCompletion(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The rule's completion, usual for the mode, in the place of a learned one; learns nothing."""

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:  # noqa: ARG002 (the shape of an estimator)
        """Keep everything as it is."""
        check_features(X)
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = len(FEATURES)
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        check_features(X)
        p = usual_completion(X)
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[np.int64]:
        """Return the likelier outcome."""
        return (self.predict_proba(X)[:, 1] >= EVEN_ODDS).astype(np.int64)
