"""scikit-learn's own checks, on every estimator of rows; without the schema, for they bring tables of their own."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.benefit import BenefitModel
from models.completion import CompletionModel, UsualCompletion
from models.dose import DosedRule
from models.features import FEATURES
from models.rows import RowEstimator
from training_catalog.errors import LengthMismatchError

KINDS = (BenefitModel, CompletionModel, UsualCompletion, DosedRule)
SMALL = {"min_samples_leaf": 5}  # the checks' tables have some dozens of rows


def test_every_estimator_of_rows_is_checked():
    assert set(RowEstimator.__subclasses__()) == set(KINDS)


@parametrize_with_checks([
    BenefitModel(**SMALL, schema=None), CompletionModel(**SMALL, schema=None),
    UsualCompletion(schema=None), DosedRule(schema=None),
])  # fmt: skip
def test_scikit_learn_finds_no_fault(estimator, check):
    check(estimator)


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_schema_other_columns_are_refused_and_nothing_may_be_known(kind):
    rows = np.zeros((0, len(FEATURES)), dtype=np.float32)
    fitted = kind().fit(rows, np.empty(0))
    assert len(fitted.predict(rows)) == 0
    with pytest.raises(LengthMismatchError, match="expected"):
        fitted.predict(np.zeros((2, 3), dtype=np.float32))
    with pytest.raises(LengthMismatchError):
        kind().fit(np.zeros((2, 3), dtype=np.float32), np.zeros(2))
    with pytest.raises(NotFittedError):
        clone(fitted).predict(rows)
