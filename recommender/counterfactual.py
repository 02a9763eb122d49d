"""What would have to be found of a person for a training to rank first: the smallest change of one level."""

from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from models.baseline import BenefitPredictor
from recommender.catalog_day import CatalogDay
from recommender.gap import Gaps, GapState
from recommender.habits import Habits
from recommender.levels import Expected
from recommender.policy import Policy
from recommender.ranking import RankedLists
from recommender.use_cases import recommend
from recommender.workforce import Assessments, Workforce
from training_catalog.catalog import Catalog
from training_catalog.tables_people import METHODS

OBSERVED = METHODS.index("assessment-centre")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An assessment that would change the list: the competency, and the level found, oriented."""

    competency: int
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a list is made from beside the person; as in `recommender.use_cases.recommend`."""

    catalog: Catalog
    model: BenefitPredictor
    on: date
    policy: Policy
    expected: Expected | None = None
    day: CatalogDay | None = None
    past: Habits | None = None

    def list_of(self, person: Workforce) -> RankedLists:
        """Rank trainings for a person."""
        return recommend(person, self.catalog, self.model, self.on, self.policy, expected=self.expected, day=self.day,
                         past=self.past)  # fmt: skip


def change_to_rank_first(person: Workforce, training: int, setting: Setting) -> Change | None:
    """Find the smallest change of one assessed level after which a training is first of a person's list.

    Parameters
    ----------
    person : A workforce of one.
    training : Index of the training.
    setting : What the list is made from.

    Returns
    -------
    The change; among equally small ones that of the competency which the position asks for first. None where the
    training is first already, may not be taken, or no single level makes it first.

    Notes
    -----
    Each change is tried: the list is made again, by the same code, as if the level had been found on the day.
    """
    lists = setting.list_of(person)
    candidates = lists.candidates
    if (candidates.left_out.training == training).any() or _is_first(lists, training):
        return None
    for change in _changes(candidates.gaps, setting.catalog, training):
        if _is_first(setting.list_of(assessed(person, change, setting.on)), training):
            return change
    return None


def _is_first(lists: RankedLists, training: int) -> bool:
    return bool(len(lists.training)) and int(lists.training[0]) == training


def _changes(gaps: Gaps, catalog: Catalog, training: int) -> list[Change]:
    """Return whole levels below what is required in what the training teaches, nearest to what was found first."""
    bounds = catalog.trainings.target_bounds
    taught = catalog.trainings.target_competency[bounds[training] : bounds[training + 1]]
    found = []
    for row in np.flatnonzero(np.isin(gaps.competency, taught)).tolist():
        competency, required = int(gaps.competency[row]), float(gaps.required[row])
        lowest = float(catalog.competencies.lowest[competency])
        now = float(gaps.assessed[row]) if gaps.state[row] != GapState.NEVER_ASSESSED else required
        levels = np.arange(max(lowest, required - 9), required)  # no scale has more than ten levels below
        found += [(abs(level - now), row, Change(competency=competency, level=level)) for level in levels.tolist()
                  if level != now]  # fmt: skip
    return [change for _, _, change in sorted(found, key=lambda one: one[:2])]


def assessed(person: Workforce, change: Change, on: date) -> Workforce:
    """Return a person as if a level had been found on a day."""
    records = person.assessments
    columns = {column.name: getattr(records, column.name) for column in fields(records)}
    added = {"employee": 0, "competency": change.competency, "level": change.level, "on": np.datetime64(on, "D"),
             "method": OBSERVED}  # fmt: skip
    joined = {name: np.append(column, np.asarray(added[name], dtype=column.dtype)) for name, column in columns.items()}
    order = np.lexsort((joined["on"], joined["competency"], joined["employee"]))
    return replace(person, assessments=Assessments(**{name: column[order] for name, column in joined.items()}))
