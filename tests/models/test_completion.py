"""Completion: probabilities that hold, directions that hold, answers whatever is missing."""

import numpy as np
import pytest
from sklearn.base import clone

from models.completion import CompletionModel
from models.features import FEATURES
from models.metrics import brier_score, calibration_error
from models.rows import canonical_order
from tests.models.planted import COLUMN, better_than_rule, random_features
from training_catalog.errors import LengthMismatchError


@pytest.fixture(scope="module")
def model(planted):
    return CompletionModel().fit(planted.features, planted.y_completed)


def test_probabilities_hold_on_fresh_rows(model):
    fresh = better_than_rule(6_000, seed=2)
    chance = model.predict_proba(fresh.features)[:, 1]
    assert calibration_error(fresh.y_completed, chance) < 0.03
    known_truth = brier_score(fresh.y_completed, fresh.true_completion)
    assert brier_score(fresh.y_completed, chance) < known_truth + 0.01


def test_the_two_probabilities_add_up_and_the_likelier_outcome_is_predicted(model, planted):
    both = model.predict_proba(planted.features[:200])
    assert both.sum(axis=1) == pytest.approx(1.0)
    assert (model.predict(planted.features[:200]) == (both[:, 1] >= 0.5)).all()


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.completion_direction], ids=lambda f: f.name)
def test_every_declared_direction_holds(model, feature):
    rows = random_features(300, np.random.default_rng(5))
    rows[:, COLUMN[feature.name]] = feature.minimum
    higher = rows.copy()
    higher[:, COLUMN[feature.name]] = np.linspace(feature.minimum, feature.maximum, 300)
    change = model.predict_proba(higher)[:, 1] - model.predict_proba(rows)[:, 1]
    assert (change * feature.completion_direction >= -1e-12).all()


def test_with_one_outcome_the_share_is_the_prediction():
    rows = random_features(5, np.random.default_rng(0))
    assert CompletionModel().fit(rows, np.ones(5)).predict_proba(rows)[:, 1].tolist() == [1.0] * 5
    assert CompletionModel().fit(rows, np.zeros(5)).predict_proba(rows)[:, 1].tolist() == [0.0] * 5


def test_without_any_known_outcome_the_chance_is_even():
    rows = random_features(3, np.random.default_rng(0))
    assert CompletionModel().fit(rows, np.full(3, np.nan)).predict_proba(rows)[:, 1].tolist() == [0.5] * 3


def test_rows_of_unknown_outcome_change_nothing(planted):
    rows, y = planted.features[:600], planted.y_completed[:600].copy()
    extra = random_features(50, np.random.default_rng(9))
    alone = CompletionModel().fit(rows, y)
    joined = CompletionModel().fit(np.concatenate([rows, extra]), np.concatenate([y, np.full(50, np.nan)]))
    assert (alone.predict_proba(extra) == joined.predict_proba(extra)).all()


def test_a_column_that_nobody_has_a_value_in_is_no_obstacle(planted):
    rows = planted.features[:600].copy()
    rows[:, COLUMN["rating"]] = np.nan
    model = CompletionModel().fit(rows, planted.y_completed[:600])
    assert np.isfinite(model.predict_proba(planted.features[:50])).all()


def test_the_order_of_rows_changes_no_prediction(planted):
    shuffled = np.random.default_rng(3).permutation(1_500)
    rows, y = planted.features[:1_500], planted.y_completed[:1_500]
    one, other = CompletionModel().fit(rows, y), CompletionModel().fit(rows[shuffled], y[shuffled])
    assert (one.predict_proba(planted.features) == other.predict_proba(planted.features)).all()


def test_canonical_order_is_the_same_whatever_the_order_given():
    rows = random_features(40, np.random.default_rng(4), missing=0.5)
    y = np.arange(40) % 2.0
    shuffled = np.random.default_rng(5).permutation(40)
    one, other = rows[canonical_order(rows, y)], rows[shuffled][canonical_order(rows[shuffled], y[shuffled])]
    assert np.array_equal(one, other, equal_nan=True)


def test_it_is_an_estimator_that_scikit_learn_can_clone():
    model = clone(CompletionModel(n_iterations=7))
    assert (model.n_iterations, model.learning_rate, model.schema) == (7, 0.06, FEATURES)


def test_no_rows_give_no_predictions_and_another_width_is_refused(model):
    assert model.predict_proba(np.empty((0, len(FEATURES)), dtype=np.float32)).shape == (0, 2)
    with pytest.raises(LengthMismatchError):
        model.predict_proba(np.zeros((2, 2), dtype=np.float32))


def test_what_is_kept_from_it_changes_no_prediction(model):
    rows = random_features(100, np.random.default_rng(6))
    other = rows.copy()
    for feature in FEATURES:
        if not feature.tells_completion:
            other[:, COLUMN[feature.name]] = feature.maximum
    assert (model.predict_proba(rows) == model.predict_proba(other)).all()
