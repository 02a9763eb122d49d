"""Judging by time: one global date splits the past, and the model is held against the rule on later outcomes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.baseline import BaselineRule, BenefitPredictor, covered_deficit
from models.benefit import COVERAGE, outcome_weights, outcomes_of
from models.features import FeatureMatrix
from models.metrics import (
    brier_score,
    calibration_error,
    concordance,
    concordances,
    interval_coverage,
    root_mean_squared_error,
)
from training_catalog.columns import BoolArray, FloatArray, IndexArray
from training_catalog.errors import InvalidValueError

N_RESAMPLES = 400  # bootstrap resamples behind each interval
RESAMPLES_AT_ONCE = 50  # bounds memory
DateLike = NDArray[Any]  # datetime64[D]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The model against the rule on later outcomes.

    Parameters
    ----------
    n_train, n_test : Rows with a known outcome before and after the cut.
    n_measured : Later rows that were completed and measured; the other known ones were not completed.
    model_concordance, rule_concordance : Share of pairs ordered rightly, 0.5 is chance.
    gain, gain_lower, gain_upper : Difference of the two with a 95 % bootstrap interval.
    model_error, rule_error : Root mean squared error in weighted levels.
    model_brier, rule_brier : Of completion.
    brier_error : Standard error of their difference, participations counted as independent.
    model_calibration : Average calibration error of completion, a share.
    coverage, nominal_coverage : Share of outcomes inside the model's interval, and what it should be.
    """

    n_train: int
    n_test: int
    n_measured: int
    model_concordance: float
    rule_concordance: float
    gain: float
    gain_lower: float
    gain_upper: float
    model_error: float
    rule_error: float
    model_brier: float
    rule_brier: float
    brier_error: float
    model_calibration: float
    coverage: float
    nominal_coverage: float


def cut_for(on: DateLike, later_share: float) -> date | None:
    """Return the day after which the latest share of rows lies; None without rows."""
    if not len(on):
        return None
    day: date = np.sort(on)[int(len(on) * (1 - later_share))].astype("datetime64[D]").item()
    return day


def split_by_time(on: DateLike, cut: date | None, today: date) -> tuple[IndexArray, IndexArray]:
    """Split rows at one global date, each part in the order of time.

    Parameters
    ----------
    on : Day of each outcome.
    cut : Rows on or before it are for fitting, later ones for judging.
    today : No row may lie after it.

    Raises
    ------
    InvalidValueError
        When a row lies in the future.

    Examples
    --------
    >>> days = np.array(["2025-03-28", "2024-01-10"], dtype="datetime64[D]")
    >>> [part.tolist() for part in split_by_time(days, date(2025, 1, 1), date(2026, 1, 1))]
    [[1], [0]]
    """
    if not len(on) or cut is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if on.max() > np.datetime64(today, "D"):
        raise InvalidValueError("outcome day", on.max(), f"on or before {today}")
    order = np.argsort(on, kind="stable")
    is_early: BoolArray = on[order] <= np.datetime64(cut, "D")
    return order[is_early], order[~is_early]


def compare(
    model: BenefitPredictor,
    X: FeatureMatrix,
    y_completed: FloatArray,
    y_gain: FloatArray,
    rng: np.random.Generator,
    n_train: int,
) -> Comparison:
    """Hold a model against the rule on later outcomes.

    Parameters
    ----------
    model : Fitted on earlier rows only.
    X, y_completed, y_gain : Later rows; gains as they were really measured.
    rng : For the bootstrap.
    n_train : Rows with a known outcome that the model was fitted on.

    Notes
    -----
    Known outcomes are weighted to stand for all participations (`models.benefit.outcome_weights`). The error is squared
    because a prediction is an expectation: with mostly zero outcomes the absolute error is smallest for a prediction
    of nothing. A measured outcome below nothing, or above what was covered, is held against the interval's end there.
    The bootstrap draws rows one by one: rows of one person count as independent.
    """
    weight = outcome_weights(X, y_completed, y_gain)
    used = weight > 0
    if not used.any():
        return _nothing_to_compare(n_train)
    own, rule = model.predict(X), BaselineRule().predict(X)
    outcome, weight = outcomes_of(y_completed, y_gain)[used], weight[used]
    capped = np.clip(outcome, 0.0, np.maximum(covered_deficit(X), own.mean)[used])
    lower, upper = _difference_interval(outcome, own.mean[used], rule.mean[used], weight, rng)
    model_c, rule_c = concordance(outcome, own.mean[used], weight), concordance(outcome, rule.mean[used], weight)
    decided = ~np.isnan(y_completed)
    happened, chance, usual = y_completed[decided], own.completion[decided], rule.completion[decided]
    return Comparison(
        n_train=n_train, n_test=int(used.sum()), n_measured=int((y_completed[used] == 1).sum()),
        model_concordance=model_c, rule_concordance=rule_c, gain=model_c - rule_c, gain_lower=lower, gain_upper=upper,
        model_error=root_mean_squared_error(outcome, own.mean[used], weight),
        rule_error=root_mean_squared_error(outcome, rule.mean[used], weight),
        model_brier=brier_score(happened, chance), rule_brier=brier_score(happened, usual),
        brier_error=_standard_error((happened - chance) ** 2 - (happened - usual) ** 2),
        model_calibration=calibration_error(happened, chance),
        coverage=interval_coverage(capped, own.lower[used], own.upper[used], weight), nominal_coverage=COVERAGE,
    )  # fmt: skip


def _difference_interval(
    outcome: FloatArray, own: FloatArray, rule: FloatArray, weight: FloatArray, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the 95 % percentile interval of the difference in concordance (Efron & Tibshirani 1993)."""
    n = len(outcome)
    parts = []
    for first in range(0, N_RESAMPLES, RESAMPLES_AT_ONCE):
        count = rng.multinomial(n, np.full(n, 1.0 / n), size=min(RESAMPLES_AT_ONCE, N_RESAMPLES - first)).T
        resampled = count * weight[:, None]
        parts.append(concordances(outcome, own, resampled) - concordances(outcome, rule, resampled))
    lower, upper = np.quantile(np.concatenate(parts), [0.025, 0.975])
    return float(lower), float(upper)


def _standard_error(values: FloatArray) -> float:
    return float(values.std() / np.sqrt(max(len(values), 1)))


def _nothing_to_compare(n_train: int) -> Comparison:
    return Comparison(
        n_train=n_train, n_test=0, n_measured=0, model_concordance=0.5, rule_concordance=0.5, gain=0.0, gain_lower=0.0,
        gain_upper=0.0, model_error=0.0, rule_error=0.0, model_brier=0.0, rule_brier=0.0, brier_error=0.0,
        model_calibration=0.0, coverage=0.0, nominal_coverage=COVERAGE,
    )  # fmt: skip
