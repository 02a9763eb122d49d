"""What estimators of rows share: the columns of `FEATURES`, or any columns, checked as scikit-learn asks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from models.baseline import covered_deficit, rule_gain
from models.features import FEATURES, Feature, FeatureMatrix, check_features
from training_catalog.columns import FloatArray, IndexArray


class RowEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """An estimator of (person, training) rows.

    Parameters
    ----------
    schema : Columns of the rows, whose outcomes may be unknown (NaN) or none at all: how the product uses it. With None
        it is an estimator of any table, for scikit-learn's own estimator checks: columns then have no meaning, so the
        rule is one and nothing bounds an outcome.
    """

    def __init__(self, *, schema: tuple[Feature, ...] | None = FEATURES) -> None:
        self.schema = schema

    @property
    def has_schema(self) -> bool:
        """Whether columns have a meaning."""
        return self.schema is not None

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 (of scikit-learn)
        """Say that values may be missing."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _learned_from(self, X: FeatureMatrix, y: FloatArray, **checks: Any) -> tuple[FeatureMatrix, FloatArray]:  # noqa: ANN401 (of scikit-learn)
        """Check rows and outcomes to fit on."""
        if self.schema is not None:
            check_features(X, self.schema)
            self.n_features_in_ = X.shape[1]
            return X, y
        rows, outcome = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", **checks)
        return rows, outcome

    def _asked_of(self, X: FeatureMatrix) -> FeatureMatrix:
        """Check rows to predict."""
        check_is_fitted(self)
        if self.schema is not None:
            check_features(X, self.schema)
            return X
        return validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)

    def _rule(self, X: FeatureMatrix) -> FloatArray:
        return rule_gain(X) if self.has_schema else np.ones(len(X))

    def _bounded(self, gain: FloatArray, X: FeatureMatrix) -> FloatArray:
        return np.clip(gain, 0.0, covered_deficit(X)) if self.has_schema else gain


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
    is_empty: NDArray[np.bool_] = np.asarray(np.isnan(X).all(axis=0))
    return np.where(is_empty, np.float32(0.0), X)
