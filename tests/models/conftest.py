"""Models fitted once for the whole folder."""

import pytest

from models.benefit import PairModel
from tests.models.planted import Planted, as_the_rule_says, better_than_rule


@pytest.fixture(scope="session")
def planted() -> Planted:
    return better_than_rule(6_000, seed=1)


@pytest.fixture(scope="session")
def fitted(planted: Planted) -> PairModel:
    return PairModel().fit(planted.features, planted.y_completed, planted.y_gain)


@pytest.fixture(scope="session")
def fitted_on_the_rule() -> PairModel:
    rows = as_the_rule_says(6_000, seed=1)
    return PairModel().fit(rows.features, rows.y_completed, rows.y_gain)
