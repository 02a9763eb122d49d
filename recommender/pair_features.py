"""The single place where a person and a training become a row of numbers, for fitting and for serving alike."""

from datetime import date

import numpy as np

from models.baseline import mode_effectiveness
from models.features import FEATURE_NAMES, FeatureMatrix
from recommender.candidates import Candidates, assessment_age_years
from recommender.habits import Habits, habit_columns, learn_habits
from recommender.levels import LevelSpread, believe, one_course, unknown_spread
from recommender.person_features import PersonFeatures
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, look_up
from training_catalog.training import BLENDED, ONLINE


def _mean_where_known(candidates: Candidates, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted mean over a pair's known values; NaN when none is known."""
    known = ~np.isnan(values)
    weight = candidates.coverage.total(np.where(known, weights, 0.0))
    total = candidates.coverage.total(np.where(known, values, 0.0) * weights)
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


def _coverage_columns(candidates: Candidates, on: date) -> dict[str, FloatArray]:
    coverage, gaps = candidates.coverage, candidates.gaps
    weighted = coverage.covered * gaps.weight[coverage.gap]
    return {
        "rule_benefit": candidates.rule_benefit,
        "covered_deficit": coverage.total(weighted),
        "n_covered": np.diff(coverage.bounds).astype(np.float64),
        "levels_too_high": coverage.mean(coverage.too_high, weighted),
        "levels_too_low": coverage.mean(coverage.too_low, weighted),
        "assumed_share": coverage.mean(gaps.is_assumed[coverage.gap].astype(np.float64), weighted),
        "assessment_age": _mean_where_known(candidates, assessment_age_years(gaps, on)[coverage.gap], weighted),
        "self_rating_excess": _mean_where_known(
            candidates, (gaps.self_rated - gaps.assessed)[coverage.gap], np.ones(len(coverage.gap))
        ),
    }


def _training_columns(catalog: Catalog, training: IndexArray) -> dict[str, FloatArray]:
    trainings = catalog.trainings
    return {
        "hours": trainings.hours[training],
        "is_online": (trainings.mode[training] == ONLINE).astype(np.float64),
        "is_blended": (trainings.mode[training] == BLENDED).astype(np.float64),
        "n_targets": np.diff(trainings.target_bounds)[training].astype(np.float64),
    }


def _interest(workforce: Workforce, candidates: Candidates, n_trainings: int, on: date) -> FloatArray:
    """1 where the person asked for the training on or before the day."""
    interests = workforce.interests
    wanted = interests.is_wanted & ~(interests.on > np.datetime64(on, "D"))
    keys = np.unique(interests.employee[wanted] * n_trainings + interests.training[wanted])
    return (look_up(keys, candidates.employee * n_trainings + candidates.training) >= 0).astype(np.float64)


def make_features(
    workforce: Workforce,
    catalog: Catalog,
    candidates: Candidates,
    people: PersonFeatures,
    on: date,
    past: Habits | None = None,
    spread: LevelSpread | None = None,
) -> FeatureMatrix:
    """Turn pairs into the feature matrix declared in `models.features`.

    Parameters
    ----------
    workforce, catalog, candidates, people : The same people on the same day throughout.
    on : Only what was known on this day is used.
    past : From `learn_habits` on the whole workforce; these people's own when None.
    spread : From `recommender.levels.expect` on the whole workforce; None: levels are as they were found.

    Returns
    -------
    shape (n_pairs, n_features), float32; NaN is missing.
    """
    columns = _coverage_columns(candidates, on) | _training_columns(catalog, candidates.training)
    columns["is_interested"] = _interest(workforce, candidates, len(catalog.trainings.ids), on)
    belief = believe(workforce, candidates.gaps, on, spread or unknown_spread(catalog.competencies))
    columns["one_course"] = one_course(
        candidates.gaps, belief, catalog.trainings, candidates.employee, candidates.training
    )
    past = past or learn_habits(workforce, catalog, on)
    columns |= habit_columns(past, workforce, catalog, candidates.employee, candidates.training, on)
    matrix = np.empty((candidates.n_pairs, len(FEATURE_NAMES)), dtype=np.float32, order="F")  # used by column
    for i, name in enumerate(FEATURE_NAMES):
        matrix[:, i] = columns[name] if name in columns else getattr(people, name)[candidates.employee]
    return matrix


def held_in(features: FeatureMatrix, usual: IndexArray, mode: IndexArray) -> FeatureMatrix:
    """Return the features of pairs whose class is held in another mode than the training usually is.

    Parameters
    ----------
    features : As `make_features` has them.
    usual, mode : shape (n_pairs,): mode of the training, and of the class.
    """
    column = {name: i for i, name in enumerate(FEATURE_NAMES)}
    held = features.copy()
    held[:, column["is_online"]] = mode == ONLINE
    held[:, column["is_blended"]] = mode == BLENDED
    change = mode_effectiveness(mode) / mode_effectiveness(usual)
    for name in ("rule_benefit", "one_course"):
        held[:, column[name]] *= change
    return held
