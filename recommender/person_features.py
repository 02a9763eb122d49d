"""What is known of a person on a day, one row a person: past, ratings, workload; never a protected attribute."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from recommender.gap import Gaps
from recommender.policy import RankingRules
from recommender.workforce import COMPLETED, FAILED, WITHDRAWN, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray, freeze, group_bounds
from training_catalog.quantities import DAYS_PER_YEAR
from training_catalog.training import ONLINE

PAST_YEARS = 5.0  # how far back completed trainings are counted
PRIOR_COMPLETION = 0.85  # completion rate of a person without a past; domain: classroom .95, voluntary online .35
PRIOR_ONLINE_COMPLETION = 0.5
PRIOR_WEIGHT = 2.0  # trainings that the prior counts for


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFeatures:
    """Columns of shape (n_people,); NaN where not known. Units and ranges are those of `models.features`."""

    rating: FloatArray
    rating_trend: FloatArray
    n_completed: FloatArray
    completion_rate: FloatArray
    online_completion_rate: FloatArray
    mean_past_gain: FloatArray
    years_of_service: FloatArray
    position_level: FloatArray
    person_deficit: FloatArray
    unit_shortage: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def _rates(workforce: Workforce, rows: IndexArray, prior: float) -> FloatArray:
    """Share of past trainings completed by each person, shrunk to a prior."""
    history = workforce.history
    done = rows[history.status[rows] == COMPLETED]
    n_tried = np.bincount(history.employee[rows], minlength=workforce.n_people)
    n_done = np.bincount(history.employee[done], minlength=workforce.n_people)
    return (n_done + prior * PRIOR_WEIGHT) / (n_tried + PRIOR_WEIGHT)


def _past_gain(workforce: Workforce, rows: IndexArray) -> FloatArray:
    """Mean post-test minus pre-test score of each person's past trainings; NaN without any."""
    gain = workforce.history.post_score[rows] - workforce.history.pre_score[rows]
    known = ~np.isnan(gain)
    employee = workforce.history.employee[rows][known]
    count = np.bincount(employee, minlength=workforce.n_people)
    total = np.bincount(employee, weights=gain[known], minlength=workforce.n_people)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def rating_columns(workforce: Workforce, on: date) -> tuple[FloatArray, FloatArray]:
    """Return each person's last rating and its change against earlier ones on the same scale.

    Returns
    -------
    rating : 0 worst to 1 best; NaN when never rated.
    trend : Last minus the mean of earlier ratings on the last one's scale; NaN without any. A change of scale,
        such as the break of 2021/22, is therefore never read as a change of performance.
    """
    ratings = workforce.ratings
    rows = np.flatnonzero(ratings.on < np.datetime64(on, "D"))
    employee, n_people = ratings.employee[rows], workforce.n_people
    bounds = group_bounds(employee, n_people)
    has = bounds[1:] > bounds[:-1]
    last = np.append(rows, 0)[np.where(has, bounds[1:] - 1, len(rows))]
    rating = np.where(has, np.append(ratings.goodness, np.nan)[last], np.nan)
    last_scale = np.append(ratings.scale, -1)[last]
    earlier = (ratings.scale[rows] == last_scale[employee]) & (rows != last[employee])
    count = np.bincount(employee[earlier], minlength=n_people)
    total = np.bincount(employee[earlier], weights=ratings.goodness[rows][earlier], minlength=n_people)
    return rating, np.where(count > 0, rating - total / np.maximum(count, 1), np.nan)


def _years_since(days: np.ndarray, on: date) -> FloatArray:
    passed = (np.datetime64(on, "D") - days).astype("timedelta64[D]").astype(np.float64) / DAYS_PER_YEAR
    return np.where(np.isnat(days), np.nan, passed)  # as a number, a day that is not known is a very early one


def describe_people(workforce: Workforce, catalog: Catalog, gaps: Gaps, on: date) -> PersonFeatures:
    """Describe every person by what was known before a day.

    Parameters
    ----------
    workforce, catalog, gaps : People, trainings, and gaps of the same people on the same day.
    on : Only records that ended before this day are used.
    """
    history, n_people = workforce.history, workforce.n_people
    age = _years_since(history.end, on)
    tried = np.flatnonzero((age > 0) & np.isin(history.status, (COMPLETED, FAILED, WITHDRAWN)))
    online = tried[np.append(catalog.trainings.mode, -1)[history.training[tried]] == ONLINE]
    recent = tried[(age[tried] <= PAST_YEARS) & (history.status[tried] == COMPLETED)]
    rating, trend = rating_columns(workforce, on)
    n_required = np.bincount(gaps.employee, minlength=n_people)
    required = np.bincount(gaps.employee, weights=gaps.required, minlength=n_people)
    return PersonFeatures(
        rating=rating,
        rating_trend=trend,
        n_completed=np.bincount(history.employee[recent], minlength=n_people).astype(np.float64),
        completion_rate=_rates(workforce, tried, PRIOR_COMPLETION),
        online_completion_rate=_rates(workforce, online, PRIOR_ONLINE_COMPLETION),
        mean_past_gain=_past_gain(workforce, tried),
        years_of_service=np.maximum(_years_since(workforce.service_start, on), 0.0),
        position_level=np.where(n_required > 0, required / np.maximum(n_required, 1), np.nan),
        person_deficit=np.bincount(gaps.employee, weights=gaps.need * gaps.weight, minlength=n_people).astype(
            np.float64
        ),
        unit_shortage=np.append(workforce.units.shortage, np.nan)[workforce.unit],
    )


def is_short_of_time(workforce: Workforce, on: date, rules: RankingRules) -> tuple[BoolArray, BoolArray]:
    """Return whose unit is short of staff, and whose calendar of the coming year is full; shape (n_people,)."""
    shortage = np.append(workforce.units.shortage, np.nan)[workforce.unit]
    first = np.datetime64(on, "D")
    end = first + np.timedelta64(round(DAYS_PER_YEAR), "D")
    absences = workforce.absences
    days = (np.minimum(absences.end + 1, end) - np.maximum(absences.start, first)).astype(np.float64)
    taken = np.bincount(absences.employee, weights=np.maximum(days, 0.0), minlength=workforce.n_people)
    return shortage >= rules.shortage, taken / DAYS_PER_YEAR >= rules.full_calendar
