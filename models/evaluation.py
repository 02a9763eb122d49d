"""Judging by time: one global date splits the past, and the model is held against the rule on later outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.baseline import BenefitPredictor
from models.benefit import COVERAGE
from models.features import FeatureMatrix
from models.judged import Judged, clustered_error, foretell, orderings, resampled_gains
from models.metrics import brier_score, calibration_error, interval_coverage, root_mean_squared_error
from training_catalog.columns import BoolArray, FloatArray, IndexArray
from training_catalog.errors import InvalidValueError

N_RESAMPLES = 400  # bootstrap resamples behind each interval
DateLike = NDArray[Any]  # datetime64[D]
Split = tuple[IndexArray, IndexArray]  # rows to fit on, and later ones to judge on, each in the order of time


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFigure:
    """One split of time: later rows with a known outcome, how many of them were measured, and the orderings."""

    n_test: int
    n_measured: int
    model_concordance: float
    rule_concordance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The model against the rule on later outcomes.

    Parameters
    ----------
    n_train : Rows with a known outcome before the first cut.
    n_test, n_measured : Later rows with a known outcome that stand for the others too, and those of them that were
        completed and measured; the other known ones were not completed.
    n_known, n_known_measured : Later rows with a known outcome, also those too few to stand for any others.
    model_concordance, rule_concordance : Share of pairs ordered rightly, 0.5 is chance.
    gain, gain_lower, gain_upper : Difference of the two with a 95 % interval, by a bootstrap of people.
    model_error, rule_error : Root mean squared error in weighted levels.
    model_brier, rule_brier : Of completion.
    brier_error : Standard error of their difference, by person.
    model_calibration : Average calibration error of completion, a share.
    coverage, nominal_coverage : Share of outcomes inside the model's interval, and what it should be.
    splits : The splits of time one by one, the earliest first.
    """

    n_train: int
    n_test: int
    n_measured: int
    n_known: int
    n_known_measured: int
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
    splits: tuple[SplitFigure, ...] = ()


NOTHING_TO_COMPARE = Comparison(
    n_train=0, n_known=0, n_known_measured=0, n_test=0, n_measured=0,
    model_concordance=0.5, rule_concordance=0.5, gain=0.0, gain_lower=0.0,
    gain_upper=0.0, model_error=0.0, rule_error=0.0, model_brier=0.0, rule_brier=0.0, brier_error=0.0,
    model_calibration=0.0, coverage=0.0, nominal_coverage=COVERAGE,
)  # fmt: skip


def cut_for(on: DateLike, later_share: float) -> date | None:
    """Return the day after which the latest share of rows lies; None without rows."""
    if not len(on):
        return None
    day: date = np.sort(on)[int(len(on) * (1 - later_share))].astype("datetime64[D]").item()
    return day


def split_repeatedly(
    on: DateLike, later_shares: Sequence[float], today: date
) -> tuple[tuple[date, ...], tuple[Split, ...]]:
    """Split rows at several dates: each model is judged on what lies between its own date and the next.

    Parameters
    ----------
    on : Day of each outcome.
    later_shares : Share of the rows after each date, the largest first.
    today : No row may lie after it.

    Returns
    -------
    cuts : The dates, ascending; fewer where several fall on one day, none without rows.
    splits : Rows before, and rows to judge on; no row is judged on twice. Without rows one split of none.

    Examples
    --------
    >>> days = np.datetime64("2025-01-01") + np.arange(10)
    >>> [[len(part) for part in split] for split in split_repeatedly(days, (0.5, 0.2), date(2026, 1, 1))[1]]
    [[6, 3], [9, 1]]
    """
    cuts = sorted({cut for share in later_shares if (cut := cut_for(on, share)) is not None})
    if not cuts:
        return (), (split_by_time(on, None, today),)
    found = []
    for cut, following in zip(cuts, [*cuts[1:], today], strict=True):
        earlier, later = split_by_time(on, cut, today)
        found.append((earlier, later[on[later] <= np.datetime64(following, "D")]))
    return tuple(cuts), tuple(found)


def later_rows(splits: Sequence[Split]) -> IndexArray:
    """Return the rows that models are judged on, one split after the other."""
    return np.concatenate([later for _, later in splits])


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
    """Hold a model against the rule on later outcomes, each of another person.

    Parameters
    ----------
    model : Fitted on earlier rows only.
    X, y_completed, y_gain : Later rows; gains as they were really measured.
    rng : For the bootstrap.
    n_train : Rows with a known outcome that the model was fitted on.
    """
    return compare_judged(foretell(model, X, y_completed, y_gain), rng, n_train)


def compare_judged(judged: Judged, rng: np.random.Generator, n_train: int) -> Comparison:
    """Hold models against the rule on later outcomes, of one split of time or several.

    Parameters
    ----------
    judged : Later rows, and what was foretold of them.
    rng : For the bootstrap.
    n_train : Rows with a known outcome that the first split's model was fitted on.

    Notes
    -----
    Known outcomes are weighted to stand for all participations (`models.benefit.outcome_weights`). The error is squared
    because a prediction is an expectation: with mostly zero outcomes the absolute error is smallest for a prediction
    of nothing. A measured outcome below nothing, or above what was covered, is held against the interval's end there.
    """
    rows = judged.take(np.flatnonzero(judged.is_used))
    is_known = ~np.isnan(judged.outcome)
    n_known, n_known_measured = int(is_known.sum()), int((is_known & (judged.completed == 1)).sum())
    if not len(rows.split):
        return replace(NOTHING_TO_COMPARE, n_train=n_train, n_known=n_known, n_known_measured=n_known_measured)
    own, rule, weight = rows.own, rows.rule, rows.weight
    model_c, rule_c = (float(part[0]) for part in orderings(rows, weight[:, None]))
    lower, upper = np.quantile(resampled_gains(rows, N_RESAMPLES, rng), [0.025, 0.975])
    capped = np.clip(rows.outcome, 0.0, np.maximum(rows.covered, own.mean))
    decided = judged.take(np.flatnonzero(~np.isnan(judged.completed)))
    happened, chance, usual = decided.completed, decided.own.completion, decided.rule.completion
    return Comparison(
        n_train=n_train, n_test=len(weight), n_measured=int((rows.completed == 1).sum()), n_known=n_known,
        n_known_measured=n_known_measured,
        model_concordance=model_c, rule_concordance=rule_c, gain=model_c - rule_c, gain_lower=float(lower),
        gain_upper=float(upper), model_error=root_mean_squared_error(rows.outcome, own.mean, weight),
        rule_error=root_mean_squared_error(rows.outcome, rule.mean, weight),
        model_brier=brier_score(happened, chance), rule_brier=brier_score(happened, usual),
        brier_error=clustered_error((happened - chance) ** 2 - (happened - usual) ** 2, decided.person),
        model_calibration=calibration_error(happened, chance),
        coverage=interval_coverage(capped, own.lower, own.upper, weight), nominal_coverage=COVERAGE,
        splits=tuple(_split_figure(rows, split) for split in np.unique(rows.split).tolist()),
    )  # fmt: skip


def _split_figure(rows: Judged, split: int) -> SplitFigure:
    own = rows.take(np.flatnonzero(rows.split == split))
    model, rule = (float(part[0]) for part in orderings(own, own.weight[:, None]))
    return SplitFigure(n_test=len(own.split), n_measured=int((own.completed == 1).sum()), model_concordance=model,
                       rule_concordance=rule)  # fmt: skip
