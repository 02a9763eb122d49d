"""Competency gaps: required minus assessed, when positive; never assessed and expired are states, not zero."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from scipy.sparse import csr_array

from recommender.policy import GapRules
from recommender.workforce import SELF_RATED, UNKNOWN_DAY, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import (
    BoolArray,
    DateArray,
    FloatArray,
    IndexArray,
    freeze,
    group_bounds,
    join_groups,
    look_up,
)
from training_catalog.quantities import DAYS_PER_YEAR


def blind_spots(deficit: FloatArray, required: FloatArray, assessed: FloatArray, self_rated: FloatArray) -> BoolArray:
    """Tell where people rate themselves at the required level or above, and the assessed one is below it.

    Parameters
    ----------
    deficit, required, assessed, self_rated : Levels, all on one scale, whichever way it goes; NaN where not known.

    Examples
    --------
    >>> level = np.array([3.0, 3.0, 3.0])
    >>> blind_spots(np.array([1.0, 1.0, 0.0]), level, np.array([2.0, 2.0, 4.0]), np.array([3.0, 2.5, 3.0])).tolist()
    [True, False, False]
    """
    spots: BoolArray = (deficit > 0) & ((self_rated - required) * (assessed - required) <= 0)
    return spots


class GapState(IntEnum):
    """What is known of one required competency of one person."""

    MET = 0
    DEFICIT = 1
    NEVER_ASSESSED = 2
    EXPIRED = 3


STATE_NAMES = ("met", "deficit", "never-assessed", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """One row for each competency that a person's position requires, by person, then competency.

    Parameters
    ----------
    bounds : shape (n_people + 1,): the rows of each person.
    employee, competency : Indices.
    required, assessed : Oriented levels; assessed is NaN when never assessed.
    assessed_on : Day of the assessment used; NaT when never assessed, or on a day that is not known.
    self_rated : Level the person gave themselves; NaN when not.
    deficit : max(0, required - assessed) in levels; NaN when never assessed.
    need : Levels that ranking reckons with: the deficit, or what is assumed where it is not known.
    weight : Weight of one level.
    state : `GapState`.
    is_default : Whether the requirement is the class's default.
    n_competencies : Width of the matrices.
    """

    bounds: IndexArray
    employee: IndexArray
    competency: IndexArray
    required: FloatArray
    assessed: FloatArray
    assessed_on: DateArray
    self_rated: FloatArray
    deficit: FloatArray
    need: FloatArray
    weight: FloatArray
    state: IndexArray
    is_default: BoolArray
    n_competencies: int

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(self.bounds) - 1

    @property
    def keys(self) -> IndexArray:
        """Person and competency as one ascending number."""
        return self.employee * self.n_competencies + self.competency

    @property
    def is_assumed(self) -> BoolArray:
        """Whether the need is assumed, or rests on an expired assessment."""
        return self.state >= GapState.NEVER_ASSESSED

    @property
    def is_blind_spot(self) -> BoolArray:
        """Where people think that they meet what an assessment finds them below."""
        return blind_spots(self.deficit, self.required, self.assessed, self.self_rated)

    def needs(self) -> csr_array:
        """Weighted needs as CSR (n_people, n_competencies); only positive ones are stored."""
        wanted = self.need > 0
        bounds = np.concatenate([[0], np.cumsum(wanted)])[self.bounds]
        shape = (self.n_people, self.n_competencies)
        return csr_array(((self.need * self.weight)[wanted], self.competency[wanted], bounds), shape=shape)


def latest_levels(
    workforce: Workforce, n_competencies: int, on: date, *, self_rated: bool
) -> tuple[IndexArray, IndexArray]:
    """Find the last assessment of each (person, competency) on or before a day.

    Of several on the same day the first of `METHODS` counts: an assessment centre before a supervisor's view.

    Returns
    -------
    keys : Ascending person x n_competencies + competency.
    rows : The assessment's row for each key.
    """
    records = workforce.assessments
    usable = (records.on <= np.datetime64(on, "D")) & ((records.method == SELF_RATED) == self_rated)
    rows = np.flatnonzero(usable)
    keys = records.employee[rows] * n_competencies + records.competency[rows]
    on_days = records.on[rows]
    repeats = np.append(False, (keys[1:] == keys[:-1]) & (on_days[1:] == on_days[:-1]))[: len(keys)]
    keys, rows = keys[~repeats], rows[~repeats]
    is_last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
    return keys[is_last], rows[is_last]


def _level_at(
    workforce: Workforce, wanted: IndexArray, n_competencies: int, on: date, *, self_rated: bool
) -> IndexArray:
    """Return the assessment row behind each wanted key; -1 where there is none."""
    keys, rows = latest_levels(workforce, n_competencies, on, self_rated=self_rated)
    return np.append(rows, -1)[look_up(keys, wanted)]


def find_gaps(
    workforce: Workforce, catalog: Catalog, on: date, rules: GapRules, expected: FloatArray | None = None
) -> Gaps:
    """Find the gap of every required competency of every person on a day.

    Parameters
    ----------
    workforce, catalog : People and what their positions require.
    on : Only what was known on or before this day is used.
    rules : Validity of assessments, and what is assumed where none exists.
    expected : shape (n_classes + 1, n_competencies), from `expected_deficits`: what is assumed for a person of
        a position class who was never assessed; NaN falls back to ``rules.unknown_deficit``.

    Notes
    -----
    deficit = max(0, required - assessed), competency by competency: a surplus elsewhere never hides it.
    """
    positions, n_competencies = catalog.positions, len(catalog.competencies.ids)
    employee, row = join_groups(positions.bounds, workforce.position)
    competency, required = positions.competency[row], positions.level[row]
    keys = employee * n_competencies + competency
    source = _level_at(workforce, keys, n_competencies, on, self_rated=False)
    own = _level_at(workforce, keys, n_competencies, on, self_rated=True)
    assessed = np.append(workforce.assessments.level, np.nan)[source]
    assessed_on = np.append(workforce.assessments.on, np.datetime64("NaT", "D"))[source]
    deficit = np.maximum(required - assessed, 0.0)
    age_years = (np.datetime64(on, "D") - assessed_on).astype("timedelta64[D]").astype(np.float64) / DAYS_PER_YEAR
    state = np.where(deficit > 0, GapState.DEFICIT, GapState.MET).astype(np.int64)
    state[(source >= 0) & (age_years > rules.validity_years)] = GapState.EXPIRED
    state[source < 0] = GapState.NEVER_ASSESSED
    assumed = rules.unknown_deficit * catalog.competencies.step[competency]
    if expected is not None:
        prior = expected[positions.position_class[workforce.position[employee]], competency]
        assumed = np.where(np.isnan(prior), assumed, prior)
    room = required - catalog.competencies.lowest[competency]
    return Gaps(
        bounds=group_bounds(employee, workforce.n_people),
        employee=employee,
        competency=competency,
        required=required,
        assessed=assessed,
        assessed_on=np.where(assessed_on == UNKNOWN_DAY, np.datetime64("NaT", "D"), assessed_on),
        self_rated=np.append(workforce.assessments.level, np.nan)[own],
        deficit=deficit,
        need=np.where(source >= 0, deficit, np.clip(assumed, 0.0, np.maximum(room, 0.0))),
        weight=positions.weight[row],
        state=state,
        is_default=positions.is_default[row],
        n_competencies=n_competencies,
    )


def expected_deficits(gaps: Gaps, workforce: Workforce, catalog: Catalog) -> FloatArray:
    """Average the known deficits of each position class and competency.

    Returns
    -------
    shape (n_classes + 1, n_competencies): the last row is for people without a class; NaN where nobody of the
    class was assessed.
    """
    n_classes, width = len(catalog.positions.classes) + 1, gaps.n_competencies
    known = gaps.state != GapState.NEVER_ASSESSED
    row = catalog.positions.position_class[workforce.position[gaps.employee]] % n_classes
    cell = (row * width + gaps.competency)[known]
    total = np.bincount(cell, weights=gaps.deficit[known], minlength=n_classes * width)
    count = np.bincount(cell, minlength=n_classes * width)
    with np.errstate(invalid="ignore"):
        return (total / np.where(count, count, np.nan)).reshape(n_classes, width)


def job_person_match(gaps: Gaps, catalog: Catalog, *, cap_each: bool = False) -> FloatArray:
    """Job Person Match of each person over the competencies assessed, 0 to 100; NaN when none was.

    Parameters
    ----------
    gaps : Gaps on one day.
    catalog : Whose scales the levels are on.
    cap_each : Whether a level above the required one counts only as the required one.

    Notes
    -----
    100 x sum(assessed) / sum(required), cut to 100 at the end. Reported beside the gaps, never ranked on.
    Levels of unlike scales are added up in proportion, a whole scale counting as one of 1 to 5.
    Where a lower level is better a share of the required one means nothing: such competencies are left out.
    """
    known = ~np.isnan(gaps.assessed) & (gaps.required > 0)
    level, step = np.minimum(gaps.assessed, gaps.required) if cap_each else gaps.assessed, catalog.competencies.step
    alike = 1.0 / step[gaps.competency[known]]
    found = np.bincount(gaps.employee[known], weights=level[known] * alike, minlength=gaps.n_people)
    asked = np.bincount(gaps.employee[known], weights=gaps.required[known] * alike, minlength=gaps.n_people)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.minimum(100.0 * found / np.where(asked > 0, asked, np.nan), 100.0)
