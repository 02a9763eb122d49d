"""What was on file of people on any day of the past: counts and sums of records that had ended by then."""

from dataclasses import dataclass

import numpy as np

from recommender.unaided import required_levels
from recommender.workforce import COMPLETED, FAILED, SELF_RATED, UNKNOWN_DAY, WITHDRAWN, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import DateArray, FloatArray, IndexArray
from training_catalog.quantities import DAYS_PER_YEAR

SPAN = np.int64(1) << 20  # more days than any calendar here holds
FIRST_DAY = 0  # 1970: days before are taken as that one
GRAIN = 2.0**-20  # values are kept in steps of this, so that running sums are exact and owe nothing to other records
FEWEST_RATED = 10  # people rated on one scale for one day, below whom nobody's standing among them is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records by owner and day, to be counted and summed by a day.

    Parameters
    ----------
    keys : Owner and day in one number, ascending.
    sums : shape (n_records + 1,): running sum of a value.
    """

    keys: IndexArray
    sums: FloatArray

    @classmethod
    def of(cls, owner: IndexArray, day: IndexArray, values: FloatArray) -> "Records":
        """Sort records; `owner` is any number of a person, or of a person and a competency."""
        keys = owner * SPAN + np.maximum(day, FIRST_DAY)
        order = np.lexsort((values, keys))
        steps = np.round(values[order] / GRAIN) * GRAIN
        return cls(keys=keys[order], sums=np.concatenate([[0.0], np.cumsum(steps)]))

    def until(self, owner: IndexArray, day: IndexArray) -> tuple[FloatArray, FloatArray]:
        """Return count and sum of each owner's records on or before a day."""
        first = np.searchsorted(self.keys, owner * SPAN, side="left")
        last = np.searchsorted(self.keys, owner * SPAN + day, side="right")
        return (last - first).astype(np.float64), self.sums[last] - self.sums[first]

    def latest(self, owner: IndexArray, day: IndexArray) -> tuple[FloatArray, FloatArray]:
        """Return days since each owner's last record on or before a day, and its value; NaN without any."""
        last = np.searchsorted(self.keys, owner * SPAN + day, side="right")
        count, _ = self.until(owner, day)
        before = np.maximum(last - 1, 0)
        padded = np.append(self.keys, 0)
        since = (owner * SPAN + day - padded[before]).astype(np.float64)
        value = self.sums[last] - self.sums[before]
        return np.where(count > 0, since, np.nan), np.where(count > 0, value, np.nan)


def share(count: FloatArray, total: FloatArray) -> FloatArray:
    """Return total / count; NaN for none."""
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def days_of(dates: DateArray) -> IndexArray:
    """Return days since 1970; a day that is not known is a very early one."""
    return dates.astype("datetime64[D]").astype(np.int64)


def standings(workforce: Workforce) -> FloatArray:
    """Return each rating as standing, in SD, among those rated on its scale for its day; NaN among too few.

    Ratings of different scales are never subtracted from each other; how somebody stood among colleagues is comparable.
    """
    ratings = workforce.ratings
    if not len(ratings.employee):
        return np.empty(0)
    _, cell = np.unique(ratings.scale * SPAN + days_of(ratings.on), return_inverse=True)
    known = ~np.isnan(ratings.goodness)
    count = np.bincount(cell, weights=known)
    value = np.where(known, ratings.goodness, 0.0)
    mean = np.bincount(cell, weights=value) / np.maximum(count, 1)
    away = np.where(known, ratings.goodness - mean[cell], 0.0)
    spread = np.sqrt(np.bincount(cell, weights=away**2) / np.maximum(count, 1))[cell]
    usable = known & (count[cell] >= FEWEST_RATED) & (spread > 0)
    return np.where(usable, away / np.where(spread > 0, spread, 1.0), np.nan)


def past_columns(workforce: Workforce, catalog: Catalog, employee: IndexArray, day: IndexArray) -> list[FloatArray]:
    """Return what was on file of people on days, a column each.

    Parameters
    ----------
    workforce, catalog : People with their past, and what positions require.
    employee, day : shape (n_rows,): whom, and the day (since 1970) after which nothing is read.

    Returns
    -------
    Trainings begun and the share completed; mean and last standing in ratings, and their number; mean of levels over
    what is required, and their number; years of service; one column a class of position. Position and its requirements
    are today's: earlier ones are not on file.
    """
    history = workforce.history
    decided = np.flatnonzero(np.isin(history.status, (COMPLETED, FAILED, WITHDRAWN)))
    done = (history.status[decided] == COMPLETED).astype(np.float64)
    n_tried, n_done = Records.of(history.employee[decided], days_of(history.end[decided]), done).until(employee, day)
    rated = _ratings(workforce)
    n_rated, total = rated.until(employee, day)
    n_found, above = _findings(workforce, catalog).until(employee, day)
    since = workforce.service_start[employee]
    years = np.where(np.isnat(since), np.nan, (day - days_of(since)) / DAYS_PER_YEAR)
    classes = np.append(catalog.positions.position_class, -1)[workforce.position[employee]]
    own_class = [(classes == k).astype(np.float64) for k in range(len(catalog.positions.classes))]
    last = rated.latest(employee, day)[1]
    ratings = [share(n_rated, total), last, n_rated]
    return [n_tried, share(n_tried, n_done), *ratings, share(n_found, above), n_found, years, *own_class]


def _ratings(workforce: Workforce) -> Records:
    standing = standings(workforce)
    told = np.flatnonzero(~np.isnan(standing))
    return Records.of(workforce.ratings.employee[told], days_of(workforce.ratings.on[told]), standing[told])


def _findings(workforce: Workforce, catalog: Catalog) -> Records:
    """Return levels less what is required."""
    records = workforce.assessments
    used = np.flatnonzero((records.method != SELF_RATED) & (records.on > UNKNOWN_DAY))
    above = records.level[used] - required_levels(workforce, catalog, records.employee[used], records.competency[used])
    used, above = used[~np.isnan(above)], above[~np.isnan(above)]
    return Records.of(records.employee[used], days_of(records.on[used]), above)
