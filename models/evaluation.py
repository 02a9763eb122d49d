"""Judging by time: one global date splits the past, and the model is held against the rule on later outcomes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.baseline import BaselineRule, BenefitPredictor
from models.benefit import COVERAGE, measured
from models.features import FeatureMatrix
from models.metrics import brier_score, concordance, interval_coverage, mean_absolute_error
from training_catalog.columns import BoolArray, FloatArray, IndexArray
from training_catalog.errors import InvalidValueError

N_RESAMPLES = 200  # bootstrap resamples behind each interval
DateLike = NDArray[Any]  # datetime64[D]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The model against the rule on later outcomes.

    Parameters
    ----------
    n_train, n_test : Rows with a known outcome before and after the cut.
    model_concordance, rule_concordance : Share of pairs ordered rightly, 0.5 is chance.
    gain, gain_lower, gain_upper : Difference of the two with a 95 % bootstrap interval.
    model_error, rule_error : Mean absolute error in weighted levels.
    model_brier, rule_brier : Of completion.
    coverage, nominal_coverage : Share of outcomes inside the interval, and what it should be.
    """

    n_train: int
    n_test: int
    model_concordance: float
    rule_concordance: float
    gain: float
    gain_lower: float
    gain_upper: float
    model_error: float
    rule_error: float
    model_brier: float
    rule_brier: float
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
    X, y_completed, y_gain : Later rows; what was not completed closed nothing.
    rng : For the bootstrap.
    n_train : Rows with a known outcome that the model was fitted on.
    """
    known = measured(y_completed, y_gain)
    outcome = np.where(y_completed == 0, 0.0, y_gain)[known]
    X, completed = X[known], y_completed[known]
    n = len(outcome)
    if n == 0:
        return _nothing_to_compare(n_train)
    own, rule = model.predict(X), BaselineRule().predict(X)
    differences = []
    for _ in range(N_RESAMPLES):
        count = rng.multinomial(n, np.full(n, 1.0 / n)).astype(np.float64)
        differences.append(concordance(outcome, own.mean, count) - concordance(outcome, rule.mean, count))
    lower, upper = np.quantile(differences, [0.025, 0.975])
    model_c, rule_c = concordance(outcome, own.mean), concordance(outcome, rule.mean)
    return Comparison(
        n_train=n_train, n_test=n, model_concordance=model_c, rule_concordance=rule_c, gain=model_c - rule_c,
        gain_lower=float(lower), gain_upper=float(upper),
        model_error=mean_absolute_error(outcome, own.mean), rule_error=mean_absolute_error(outcome, rule.mean),
        model_brier=brier_score(completed, own.completion), rule_brier=brier_score(completed, rule.completion),
        coverage=interval_coverage(outcome, own.lower, own.upper), nominal_coverage=COVERAGE,
    )  # fmt: skip


def _nothing_to_compare(n_train: int) -> Comparison:
    return Comparison(
        n_train=n_train, n_test=0, model_concordance=0.5, rule_concordance=0.5, gain=0.0, gain_lower=0.0,
        gain_upper=0.0, model_error=0.0, rule_error=0.0, model_brier=0.0, rule_brier=0.0, coverage=0.0,
        nominal_coverage=COVERAGE,
    )  # fmt: skip
