"""Probability that a person completes a training."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from models.baseline import usual_completion
from models.features import FEATURES, FeatureMatrix
from models.rows import RowEstimator, canonical_order, without_empty_columns
from training_catalog.columns import FloatArray, IndexArray

SEEN = np.flatnonzero([feature.tells_completion for feature in FEATURES])  # columns that the model sees
DIRECTIONS = np.array([FEATURES[i].completion_direction for i in SEEN])
EITHER = (0, 1)  # not completed, completed
EVEN_ODDS = 0.5  # probability; what is said when nothing is known, and where the likelier outcome changes


class CompletionModel(ClassifierMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
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
    has_schema : See `models.rows.RowEstimator`.

    Attributes
    ----------
    share_ : Share completed among the rows fitted; an even chance when there were none.
    model_ : The fitted classifier; None when only one outcome was seen.
    """

    def __init__(
        self, n_iterations: int = 60, learning_rate: float = 0.06, min_samples_leaf: int = 100, *,
        has_schema: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(has_schema=has_schema)
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
        X, y = self._learned_from(X, y)
        self.classes_, y = _two_classes(y) if not self.has_schema else (np.array([0, 1]), y)
        known = ~np.isnan(y)
        X, y = X[np.ix_(known, self._seen(X))], y[known]
        order = canonical_order(X, y)
        self.share_ = float(y.mean()) if len(y) else EVEN_ODDS
        self.model_ = None
        if 0 < y.sum() < len(y):
            self.model_ = HistGradientBoostingClassifier(
                max_iter=self.n_iterations, learning_rate=self.learning_rate, min_samples_leaf=self.min_samples_leaf,
                max_leaf_nodes=4, l2_regularization=1.0, monotonic_cst=DIRECTIONS if self.has_schema else None,
                early_stopping=False, random_state=0,
            ).fit(without_empty_columns(X[order]), y[order].astype(np.int64))  # fmt: skip
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        X = self._asked_of(X)
        if len(self.classes_) < len(EITHER):
            return np.ones((len(X), 1))
        if not len(X):
            return np.empty((0, 2))
        p = (
            self.model_.predict_proba(X[:, self._seen(X)])[:, 1]
            if self.model_ is not None
            else np.full(len(X), self.share_)
        )
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[Any]:
        """Return the likelier outcome."""
        chance = self.predict_proba(X)
        return self.classes_[(chance[:, -1] >= EVEN_ODDS) * (chance.shape[1] - 1)]

    def _seen(self, X: FeatureMatrix) -> IndexArray:
        return SEEN if self.has_schema else np.arange(X.shape[1])

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 (of scikit-learn)
        """Say that there are two outcomes."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _two_classes(y: NDArray[Any]) -> tuple[NDArray[Any], FloatArray]:
    """Return the classes of a table that has no schema, and which of them each row is of."""
    check_classification_targets(y)
    classes, place = np.unique(y, return_inverse=True)
    if len(classes) > len(EITHER):
        message = f"Only binary classification is supported. The type of the target is {type_of_target(y)}."
        raise ValueError(message)
    return classes, place.astype(np.float64)


class UsualCompletion(ClassifierMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """The rule's completion, usual for the mode, in the place of a learned one; learns nothing."""

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Keep everything as it is."""
        _, y = self._learned_from(X, y)
        self.classes_ = np.array([0, 1]) if self.has_schema else _two_classes(y)[0]
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        X = self._asked_of(X)
        if len(self.classes_) < len(EITHER):
            return np.ones((len(X), 1))
        p = usual_completion(X) if self.has_schema else np.full(len(X), EVEN_ODDS)
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[Any]:
        """Return the likelier outcome."""
        chance = self.predict_proba(X)
        return self.classes_[chance.argmax(axis=1)]

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 (of scikit-learn)
        """Say that there are two outcomes, and that nothing is learned."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True
        return tags
