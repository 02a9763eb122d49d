"""Probability that a person completes a training."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from models.baseline import BaselineRule
from models.features import FEATURES, FeatureMatrix
from training_catalog.columns import FloatArray, IndexArray

DIRECTIONS = np.array([feature.completion_direction for feature in FEATURES])


def canonical_order(X: FeatureMatrix, y: FloatArray) -> IndexArray:
    """Return the order in which rows are fitted, so that the order in which they came changes nothing."""
    filled = np.nan_to_num(X, nan=-1e30)
    return np.lexsort((np.nan_to_num(y, nan=-1e30), *filled.T)).astype(np.int64)


class CompletionModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Gradient boosting with monotone constraints on the features that must not mislead.

    Parameters
    ----------
    n_iterations : Trees.
    learning_rate : Shrinkage of each tree.
    min_samples_leaf : Fewest rows in a leaf.
    """

    def __init__(self, n_iterations: int = 80, learning_rate: float = 0.06, min_samples_leaf: int = 40) -> None:
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Fit on rows whose outcome (0 or 1) is known; with only one outcome the share itself is the prediction."""
        known = ~np.isnan(y)
        X, y = X[known], y[known]
        order = canonical_order(X, y)
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = X.shape[1]
        self.share_ = float(y.mean()) if len(y) else 1.0
        self.model_ = None
        if 0.0 < self.share_ < 1.0:
            self.model_ = HistGradientBoostingClassifier(
                max_iter=self.n_iterations, learning_rate=self.learning_rate, min_samples_leaf=self.min_samples_leaf,
                max_leaf_nodes=15, l2_regularization=1.0, monotonic_cst=DIRECTIONS, early_stopping=False,
                random_state=0,
            ).fit(X[order], y[order].astype(np.int64))  # fmt: skip
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        p = self.model_.predict_proba(X)[:, 1] if self.model_ is not None else np.full(len(X), self.share_)
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[np.int64]:
        """Return the likelier outcome."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)  # noqa: PLR2004 (even odds)


def rule_completion(X: FeatureMatrix) -> FloatArray:
    """Return what the rule takes for completion, for comparison."""
    return BaselineRule().predict(X).completion
