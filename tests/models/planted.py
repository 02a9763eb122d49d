"""Pairs with planted truth: what a participation closes is known before any noise."""

from dataclasses import dataclass

import numpy as np

from models.features import FEATURE_NAMES, FEATURES, FeatureMatrix
from training_catalog.columns import FloatArray

COLUMN = {name: i for i, name in enumerate(FEATURE_NAMES)}
TRUTHS = ("is_online", "is_blended", "is_interested")


@dataclass(frozen=True, kw_only=True)
class Planted:
    features: FeatureMatrix
    y_completed: FloatArray
    y_gain: FloatArray
    true_completion: FloatArray
    true_mean: FloatArray


def random_features(n_rows: int, rng: np.random.Generator, missing: float = 0.1) -> FeatureMatrix:
    """Features inside their ranges that hang together: the rule is within what is covered, which is within all."""
    features = np.empty((n_rows, len(FEATURES)), dtype=np.float32)
    others = [i for i in range(len(FEATURES)) if i != COLUMN["one_course"]]
    for i in others:
        features[:, i] = rng.uniform(FEATURES[i].minimum, min(FEATURES[i].maximum, 4.0), n_rows)
    for name in TRUTHS:
        features[:, COLUMN[name]] = rng.random(n_rows) < 0.3
    features[:, COLUMN["is_blended"]] *= 1 - features[:, COLUMN["is_online"]]
    covered = rng.uniform(0.5, 3.0, n_rows)
    features[:, COLUMN["covered_deficit"]] = covered
    features[:, COLUMN["rule_benefit"]] = 0.4 * covered * rng.uniform(0.5, 1.0, n_rows)
    features[:, COLUMN["person_deficit"]] = covered + rng.exponential(1.0, n_rows)
    features[:, COLUMN["rating"]] = rng.random(n_rows)
    features[:, COLUMN["one_course"]] = np.minimum(0.4 * rng.spawn(1)[0].uniform(0.5, 1.0, n_rows), covered)
    gone = np.zeros(features.shape, dtype=np.bool_)
    gone[:, others] = rng.random((n_rows, len(others))) < missing
    for name in ("rule_benefit", "covered_deficit", "assessment_age", *TRUTHS):
        gone[:, COLUMN[name]] = False
    features[gone] = np.nan
    return features


def noisy_outcomes(
    features: FeatureMatrix, completion: FloatArray, gain: FloatArray, rng: np.random.Generator, *, noise: float,
    share_measured: float = 0.6,
) -> Planted:  # fmt: skip
    """Draw what happened; only a share of those who completed was measured."""
    n = len(features)
    completed = (rng.random(n) < completion).astype(np.float64)
    found = np.clip(gain + rng.normal(0.0, noise, n), 0.0, features[:, COLUMN["covered_deficit"]])
    is_measured = (completed == 1) & (rng.random(n) < share_measured)
    return Planted(
        features=features,
        y_completed=completed,
        y_gain=np.where(is_measured, found, np.nan),
        true_completion=completion,
        true_mean=completion * gain,
    )


def better_than_rule(n_rows: int, seed: int) -> Planted:
    """Truth depends on the person's past gains and completions, of which the rule knows nothing."""
    rng = np.random.default_rng(seed)
    features = random_features(n_rows, rng)
    rule, past = (
        features[:, COLUMN["rule_benefit"]].astype(np.float64),
        np.nan_to_num(features[:, COLUMN["mean_past_gain"]], nan=-48),
    )
    factor = np.clip(0.4 + 1.4 * (past + 100) / 104, 0.2, 1.8)
    odds = (
        1.5
        - 2.0 * features[:, COLUMN["is_online"]]
        + 1.5 * (np.nan_to_num(features[:, COLUMN["completion_rate"]], nan=0.5) - 0.5)
    )
    return noisy_outcomes(features, 1 / (1 + np.exp(-odds.astype(np.float64))), rule * factor, rng, noise=0.15)


def as_the_rule_says(n_rows: int, seed: int) -> Planted:
    """Truth is the rule itself, and noise."""
    rng = np.random.default_rng(seed)
    features = random_features(n_rows, rng)
    online, blended = features[:, COLUMN["is_online"]], features[:, COLUMN["is_blended"]]
    completion = np.where(online > 0, 0.35, np.where(blended > 0, 0.85, 0.95))
    return noisy_outcomes(features, completion, features[:, COLUMN["rule_benefit"]].astype(np.float64), rng, noise=0.1)
