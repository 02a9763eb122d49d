"""Settings of trees: larger ones where there is more to tell, the standing ones where there is not."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from models.completion import CompletionModel
from models.features import FEATURES
from models.tuning import TreeSettings, log_losses, search
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


def test_where_nothing_tells_what_is_found_is_no_surer_than_the_standing_settings():
    rows, y = outcomes(2_000, crossed=False)
    found = CompletionModel().tuned(rows, y, np.arange(2_000) >= 1_500)
    spread = [model.fit(rows, y).predict_proba(rows)[:, 1].std() for model in (found, CompletionModel())]
    assert found.n_iterations <= 60
    assert spread[0] <= spread[1]


def test_too_few_rows_leave_the_standing_settings(crossed):
    rows, y = crossed[0][:1_200], crossed[1][:1_200]
    assert CompletionModel().tuned(rows, y, np.arange(1_200) >= 900).n_leaves == 4


def test_later_rows_alone_judge_and_their_order_changes_nothing(crossed):
    rows, y = crossed
    order = np.random.default_rng(2).permutation(4_000)
    one = CompletionModel().tuned(rows, y, np.arange(4_000) >= 3_000)
    other = CompletionModel().tuned(rows[order], y[order], order >= 3_000)
    assert one.get_params() == other.get_params()


def test_settings_that_are_no_better_do_not_replace_the_standing_ones(crossed):
    rows, y = crossed[0][:, SEEN], crossed[1]
    standing = TreeSettings(n_iterations=40, learning_rate=0.06, n_leaves=8, min_samples_leaf=50, l2=1.0)

    def make(settings):
        return HistGradientBoostingClassifier(
            max_leaf_nodes=settings.n_leaves, min_samples_leaf=settings.min_samples_leaf, warm_start=True,
            learning_rate=settings.learning_rate, early_stopping=False, random_state=0,
        )  # fmt: skip

    early, later = (rows[:3_000], y[:3_000]), (rows[3_000:], y[3_000:])
    assert search(standing, make, early, later, [replace(standing)]) == standing
