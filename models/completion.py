"""Probability that a person completes a training."""

from dataclasses import asdict
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.base import ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from models.baseline import usual_completion
from models.features import FEATURES, Feature, FeatureMatrix
from models.rows import RowEstimator, canonical_order, without_empty_columns
from models.tuning import TreeSettings, search
from training_catalog.columns import BoolArray, FloatArray, IndexArray

EITHER = (0, 1)  # not completed, completed
EVEN_ODDS = 0.5  # probability; what is said when nothing is known, and where the likelier outcome changes


class CompletionModel(ClassifierMixin, RowEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Gradient boosting of small trees, with monotone constraints on the features that must not mislead.

    Notes
    -----
    Four leaves a tree: completion says little beyond mode, record and workload. In the simulated city on which this was
    chosen the Brier score on later outcomes was 0.111, against 0.113 with fifteen leaves and 0.114 for the rule. Where
    there is more to tell, `tuned` finds it (record 0028).

    Parameters
    ----------
    n_iterations : Trees.
    learning_rate : Shrinkage of each tree.
    min_samples_leaf : Fewest rows in a leaf.
    n_leaves : Leaves of each tree.
    l2 : Penalty on what a leaf says.
    share_of_columns : Share of the columns that each split looks at.
    steepness : Share of their distance from the overall odds that log odds keep.
    schema : See `models.rows.RowEstimator`.

    Attributes
    ----------
    share_ : Share completed among the rows fitted; an even chance when there were none.
    model_ : The fitted classifier; None when only one outcome was seen.
    """

    def __init__(
        self, n_iterations: int = 60, learning_rate: float = 0.06, min_samples_leaf: int = 100, *, n_leaves: int = 4,
        l2: float = 1.0, share_of_columns: float = 1.0, steepness: float = 1.0,
        schema: tuple[Feature, ...] | None = FEATURES,
    ) -> None:  # fmt: skip
        super().__init__(schema=schema)
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.min_samples_leaf = min_samples_leaf
        self.n_leaves = n_leaves
        self.l2 = l2
        self.share_of_columns = share_of_columns
        self.steepness = steepness

    def _settings(self) -> TreeSettings:
        return TreeSettings(
            n_iterations=self.n_iterations, learning_rate=self.learning_rate, n_leaves=self.n_leaves,
            min_samples_leaf=self.min_samples_leaf, l2=self.l2, share_of_columns=self.share_of_columns,
            steepness=self.steepness,
        )  # fmt: skip

    def _trees(self, settings: TreeSettings, *, warm_start: bool = False) -> HistGradientBoostingClassifier:
        directions = None if self.schema is None else np.array(
            [feature.completion_direction for feature in self.schema if feature.tells_completion]
        )  # fmt: skip
        return HistGradientBoostingClassifier(
            max_iter=settings.n_iterations, learning_rate=settings.learning_rate, max_leaf_nodes=settings.n_leaves,
            min_samples_leaf=settings.min_samples_leaf, l2_regularization=settings.l2,
            max_features=settings.share_of_columns, early_stopping=False, random_state=0, warm_start=warm_start,
            monotonic_cst=directions,
        )  # fmt: skip

    def _known(self, X: FeatureMatrix, y: FloatArray) -> tuple[FeatureMatrix, FloatArray]:
        """Return what the model sees of rows whose outcome is known, in an order of its own."""
        known = ~np.isnan(y)
        X, y = X[np.ix_(known, self._seen(X))], y[known]
        order = canonical_order(X, y)
        return X[order], y[order]

    def tuned(self, X: FeatureMatrix, y: FloatArray, is_later: BoolArray) -> Self:
        """Return the same estimator, not fitted, with the settings that foretell later rows best.

        Parameters
        ----------
        X, y : Rows as in `fit`.
        is_later : The rows that judge; the others are learned from.
        """
        early, later = (self._known(X[part], y[part]) for part in (~is_later, is_later))
        early = (without_empty_columns(early[0]), early[1])
        found = search(self._settings(), lambda settings: self._trees(settings, warm_start=True), early, later)
        return clone(self).set_params(**asdict(found))

    def fit(self, X: FeatureMatrix, y: FloatArray) -> Self:
        """Fit on rows whose outcome is known; with only one outcome the share itself is the prediction.

        Parameters
        ----------
        X : shape (n_rows, n_features).
        y : 1 completed, 0 not, NaN not known.

        Raises
        ------
        LengthMismatchError
            When the columns are not those of the schema.
        """
        X, y = self._learned_from(X, y)
        self.classes_, y = _two_classes(y) if not self.has_schema else (np.array([0, 1]), y)
        X, y = self._known(X, y)
        self.share_ = float(y.mean()) if len(y) else EVEN_ODDS
        self.model_ = None
        if 0 < y.sum() < len(y):
            self.model_ = self._trees(self._settings()).fit(without_empty_columns(X), y.astype(np.int64))
        return self

    def predict_proba(self, X: FeatureMatrix) -> NDArray[np.float64]:
        """Return probabilities of not completing and completing; shape (n_rows, 2)."""
        X = self._asked_of(X)
        if len(self.classes_) < len(EITHER):
            return np.ones((len(X), 1))
        if not len(X):
            return np.empty((0, 2))
        if self.model_ is None:
            p = np.full(len(X), self.share_)
        elif self.steepness == 1.0:
            p = self.model_.predict_proba(X[:, self._seen(X)])[:, 1]
        else:
            own, overall = self.model_.decision_function(X[:, self._seen(X)]), logit(self.share_)
            p = expit(overall + self.steepness * (own - overall))
        return np.stack([1.0 - p, p], axis=1)

    def predict(self, X: FeatureMatrix) -> NDArray[Any]:
        """Return the likelier outcome."""
        chance = self.predict_proba(X)
        return self.classes_[(chance[:, -1] >= EVEN_ODDS) * (chance.shape[1] - 1)]

    def _seen(self, X: FeatureMatrix) -> IndexArray:
        if self.schema is None:
            return np.arange(X.shape[1])
        return np.flatnonzero([feature.tells_completion for feature in self.schema]).astype(np.int64)

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

    def tuned(self, X: FeatureMatrix, y: FloatArray, is_later: BoolArray) -> Self:  # noqa: ARG002 (nothing to tune)
        """Return itself."""
        return self

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
