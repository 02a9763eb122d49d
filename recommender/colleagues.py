"""What colleagues in the same class of position gained from a training: measured levels, and never for a few people."""

from dataclasses import dataclass

import numpy as np

from recommender.outcomes import next_levels
from recommender.past_effects import FEWEST_TOLD
from recommender.past_records import Records, days_of
from recommender.workforce import COMPLETED, SELF_RATED, UNKNOWN_DAY, Workforce
from training_catalog.catalog import Catalog


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


def gained_by_colleagues(workforce: Workforce, catalog: Catalog, training: int, position_class: int) -> Gained | None:
    """Return what people of a class of position gained from a training; None for fewer than `FEWEST_TOLD` measured.

    Parameters
    ----------
    workforce, catalog : Everybody with their past, and trainings.
    training, position_class : Indices.

    Notes
    -----
    The plain mean of the next assessment less the last one before, over the competencies the training teaches: what was
    measured, not what the training alone has caused; `recommender.past_effects` estimates that.
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
    records = workforce.assessments
    found = np.flatnonzero((records.method != SELF_RATED) & (records.on > UNKNOWN_DAY))
    owner = records.employee[found] * width + records.competency[found]
    known = Records.of(owner, days_of(records.on[found]), records.level[found])
    before = known.latest(keys, days_of(np.repeat(history.start[rows], len(taught))))[1]
    after = next_levels(workforce, width, keys, np.repeat(history.end[rows], len(taught)))
    measured = ~np.isnan(before) & ~np.isnan(after)
    n_people = len(np.unique(people[measured]))
    if n_people < FEWEST_TOLD:
        return None
    return Gained(n_people=n_people, before=float(before[measured].mean()), after=float(after[measured].mean()))
