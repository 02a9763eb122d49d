"""Settings of trees: larger ones where there is more to tell, the standing ones where there is not."""

import numpy as np
import pytest

from models.completion import CompletionModel
from models.features import FEATURES
from models.tuning import log_losses
from tests.models.planted import random_features

SEEN = [i for i, feature in enumerate(FEATURES) if feature.tells_completion and not feature.completion_direction]


def outcomes(n_rows: int, *, crossed: bool) -> tuple[np.ndarray, np.ndarray]:
    """With `crossed`, three columns decide together and none of them alone."""
    rng = np.random.default_rng(1)
    rows = random_features(n_rows, rng, missing=0.0)
    odd = (rows[:, SEEN[0]] > np.median(rows[:, SEEN[0]])).astype(int)
    for column in SEEN[3:5]:
        odd = odd ^ (rows[:, column] > np.median(rows[:, column]))
    chance = np.where(odd, 0.9, 0.4) if crossed else np.full(n_rows, 0.7)
    return rows, (rng.random(n_rows) < chance).astype(np.float64)


@pytest.fixture(scope="module")
def crossed() -> tuple[np.ndarray, np.ndarray]:
    return outcomes(4_000, crossed=True)


def test_where_columns_decide_together_larger_trees_are_found(crossed):
    rows, y = crossed
    found = CompletionModel().tuned(rows, y, np.arange(4_000) >= 3_000)
    assert found.n_leaves > 4
    fresh, happened = outcomes(9_000, crossed=True)
    loss = {name: log_losses(happened[4_000:], model.fit(rows, y).predict_proba(fresh[4_000:])[:, 1]).mean()
            for name, model in (("found", found), ("standing", CompletionModel()))}  # fmt: skip
    assert loss["found"] < loss["standing"] - 0.01


def test_where_nothing_tells_the_standing_settings_stay():
    rows, y = outcomes(2_000, crossed=False)
    assert CompletionModel().tuned(rows, y, np.arange(2_000) >= 1_500).get_params() == CompletionModel().get_params()


def test_too_few_rows_leave_the_standing_settings(crossed):
    rows, y = crossed[0][:1_200], crossed[1][:1_200]
    assert CompletionModel().tuned(rows, y, np.arange(1_200) >= 900).n_leaves == 4


def test_later_rows_alone_judge_and_their_order_changes_nothing(crossed):
    rows, y = crossed
    order = np.random.default_rng(2).permutation(4_000)
    one = CompletionModel().tuned(rows, y, np.arange(4_000) >= 3_000)
    other = CompletionModel().tuned(rows[order], y[order], order >= 3_000)
    assert one.get_params() == other.get_params()
