"""What colleagues in the same class of position gained from a training: measured levels, and never for a few people."""

from dataclasses import dataclass

import numpy as np

from recommender.outcomes import next_levels
from recommender.workforce import COMPLETED, SELF_RATED, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import DateArray, FloatArray, IndexArray

FEWEST = 5  # people, below whom a figure could be traced to one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """What colleagues gained.

    Parameters
    ----------
    n_people : People measured before and after.
    before, after : Their mean levels, oriented, over the competencies taught.
    """

    n_people: int
    before: float
    after: float


def _levels_before(workforce: Workforce, n_competencies: int, keys: IndexArray, start: DateArray) -> FloatArray:
    """Return the level at the last assessment on or before a day; NaN where there is none."""
    records = workforce.assessments
    rows = np.flatnonzero(records.method != SELF_RATED)
    span = np.int64(1) << 20  # more days than any calendar here holds
    known = (records.employee[rows] * n_competencies + records.competency[rows]) * span
    known += records.on[rows].astype(np.int64)
    order = np.argsort(known, kind="stable")
    rows, known = rows[order], known[order]
    found = np.searchsorted(known, keys * span + start.astype(np.int64), side="right") - 1
    safe = np.maximum(found, 0)
    if not len(known):
        return np.full(len(keys), np.nan)
    return np.where((found >= 0) & (known[safe] // span == keys), records.level[rows][safe], np.nan)


def gained_by_colleagues(workforce: Workforce, catalog: Catalog, training: int, position_class: int) -> Gained | None:
    """Return what people of a class of position gained from a training; None for fewer than `FEWEST` measured.

    Parameters
    ----------
    workforce, catalog : Everybody with their past, and trainings.
    training, position_class : Indices.

    Notes
    -----
    The plain mean of the next assessment less the last one before, over the competencies the training teaches: what was
    measured, not what the training alone has caused. Effects of trainings are estimated elsewhere.
    """
    history, positions = workforce.history, catalog.positions
    place = workforce.position[history.employee]
    classes = np.where(place >= 0, np.append(positions.position_class, -1)[place], -1)
    rows = np.flatnonzero((history.training == training) & (history.status == COMPLETED) & (classes == position_class))
    bounds = catalog.trainings.target_bounds
    taught = catalog.trainings.target_competency[bounds[training] : bounds[training + 1]]
    if position_class < 0 or not len(rows) or not len(taught):
        return None
    width = len(catalog.competencies.ids)
    people = np.repeat(history.employee[rows], len(taught))
    keys = people * width + np.tile(taught, len(rows))
    before = _levels_before(workforce, width, keys, np.repeat(history.start[rows], len(taught)))
    after = next_levels(workforce, width, keys, np.repeat(history.end[rows], len(taught)))
    measured = ~np.isnan(before) & ~np.isnan(after)
    n_people = len(np.unique(people[measured]))
    if n_people < FEWEST:
        return None
    return Gained(n_people=n_people, before=float(before[measured].mean()), after=float(after[measured].mean()))
