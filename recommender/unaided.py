"""What closes without any training: a low level found once is partly bad luck, and is found higher the next time.

Where levels are believed as surely as the records leave them (`recommender.levels`) most of that is reckoned with, and
what is left here is small. Where levels are taken as they were found, every training would seem to do more than it
does, the more so the larger the deficit (regression to the mean; Galton 1886).
"""

from datetime import date

import numpy as np

from recommender.levels import LevelSpread, believed_once, found_missing
from recommender.workforce import COMPLETED, SELF_RATED, UNKNOWN_DAY, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray, join_groups, look_up

LARGEST_DEFICIT = 6  # levels told apart; larger deficits are taken as this one
FEWEST_PAIRS = 30  # pairs of assessments behind a figure; below, the share over all deficits is used
_SPAN = np.int64(1) << 20  # more days than any calendar here holds


def required_levels(workforce: Workforce, catalog: Catalog, employee: IndexArray, competency: IndexArray) -> FloatArray:
    """Return the level required of each person in each competency; NaN where none is."""
    positions, width = catalog.positions, len(catalog.competencies.ids)
    owner = np.repeat(np.arange(len(positions.ids)), np.diff(positions.bounds))
    keys = owner * width + positions.competency
    wanted = workforce.position[employee] * width + competency
    return np.append(positions.level, np.nan)[look_up(keys, wanted)]  # without a position: a negative key


def _was_trained(
    workforce: Workforce, catalog: Catalog, keys: IndexArray, start: IndexArray, end: IndexArray
) -> BoolArray:
    """Return whether a completed training taught the competency between two days."""
    history, width = workforce.history, len(catalog.competencies.ids)
    rows = np.flatnonzero((history.status == COMPLETED) & (history.training >= 0))
    left, target = join_groups(catalog.trainings.target_bounds, history.training[rows])
    taught = history.employee[rows[left]] * width + catalog.trainings.target_competency[target]
    events = np.sort(taught * _SPAN + history.end[rows[left]].astype(np.int64))
    before = np.searchsorted(events, keys * _SPAN + start, side="right")
    trained: BoolArray = np.searchsorted(events, keys * _SPAN + end, side="right") > before
    return trained


def find_unaided_closing(workforce: Workforce, catalog: Catalog, on: date, spread: LevelSpread) -> FloatArray:
    """Average what closes between two assessments of people who took no training for the competency in between.

    Parameters
    ----------
    workforce, catalog : People with their assessments and past, requirements and targets.
    on : Assessments after this day are not used.
    spread : How levels vary, see `recommender.levels`.

    Returns
    -------
    shape (LARGEST_DEFICIT + 1,): levels closed by deficit in whole levels; 0 for no deficit.
    """
    records, width = workforce.assessments, len(catalog.competencies.ids)
    is_dated = (records.on > UNKNOWN_DAY) & (records.on <= np.datetime64(on, "D"))
    rows = np.flatnonzero((records.method != SELF_RATED) & is_dated)
    keys = records.employee[rows] * width + records.competency[rows]
    first = np.flatnonzero(keys[1:] == keys[:-1])
    one, two, key = rows[first], rows[first + 1], keys[first]
    day = records.on.astype(np.int64)
    untrained = ~_was_trained(workforce, catalog, key, day[one], day[two])
    required = required_levels(workforce, catalog, records.employee[one], records.competency[one])
    deficit = required - records.level[one]
    used = untrained & (deficit > 0)
    lacked = found_missing(believed_once(-deficit[used], records.competency[one[used]], spread))
    closed = lacked - np.maximum(required[used] - records.level[two[used]], 0.0)
    size = np.clip(np.round(deficit[used]), 1, LARGEST_DEFICIT).astype(np.int64)
    count = np.bincount(size, minlength=LARGEST_DEFICIT + 1)
    total = np.bincount(size, weights=closed, minlength=LARGEST_DEFICIT + 1)
    share = float(closed.sum() / deficit[used].sum()) if used.any() else 0.0
    overall = share * np.arange(LARGEST_DEFICIT + 1)
    return np.where(count >= FEWEST_PAIRS, total / np.maximum(count, 1), overall)


def unaided_closing(unaided: FloatArray, deficit: FloatArray) -> FloatArray:
    """Return what would close unaided for each deficit, between whole levels by interpolation."""
    return np.interp(np.nan_to_num(deficit), np.arange(len(unaided)), unaided)
