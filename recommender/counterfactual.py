"""What would have to be found of a person for a training to rank first: the smallest change of one level, or of two."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import combinations

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

UNKNOWN_BELOW = 0.5  # levels: what an assessment that shows the standard changes where none is on file
MOST_PAIRS = 100  # that are tried, the smallest: each is a list made again
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A change with how many levels it is from what stands, and the row of its gap."""

    size: float
    row: int
    change: Change


def change_to_rank_first(person: Workforce, training: int, setting: Setting) -> tuple[Change, ...]:
    """Find the smallest change of one assessed level, else of two, after which a training is first of a person's list.

    Parameters
    ----------
    person : A workforce of one.
    training : Index of the training.
    setting : What the list is made from.

    Returns
    -------
    The changes; among equally small ones those of the competencies which the position asks for first. Empty where the
    training is first already, may not be taken, or neither one level nor any of the smallest pairs makes it first.

    Notes
    -----
    A level below the standard in what the training teaches speaks for it; one nearer to the standard in anything else
    speaks against the others. Each change is tried: the list is made again, by the same code, as if the levels had been
    found on the day.
    """
    lists = setting.list_of(person)
    candidates = lists.candidates
    if (candidates.left_out.training == training).any() or _is_first(lists, training):
        return ()
    for changes in _tried(_steps(candidates.gaps, setting.catalog, training)):
        found = person
        for change in changes:
            found = assessed(found, change, setting.on)
        if _is_first(setting.list_of(found), training):
            return changes
    return ()


def _is_first(lists: RankedLists, training: int) -> bool:
    return bool(len(lists.training)) and int(lists.training[0]) == training


def _tried(steps: list[_Step]) -> Iterator[tuple[Change, ...]]:
    """Yield every single step, then the smallest pairs in two competencies, smaller ones first."""
    for step in steps:
        yield (step.change,)
    pairs = [pair for pair in combinations(steps, 2) if pair[0].row != pair[1].row]
    pairs.sort(key=lambda pair: (pair[0].size + pair[1].size, *sorted((pair[0].row, pair[1].row))))
    for one, other in pairs[:MOST_PAIRS]:
        yield (one.change, other.change) if one.row < other.row else (other.change, one.change)


def _steps(gaps: Gaps, catalog: Catalog, training: int) -> list[_Step]:
    """Return whole levels below what is required in what the training teaches, and up to it elsewhere, nearest first.

    What was never assessed counts as standing at what is required where it is taught, elsewhere half a level below.
    """
    bounds = catalog.trainings.target_bounds
    is_taught = np.isin(gaps.competency, catalog.trainings.target_competency[bounds[training] : bounds[training + 1]])
    found = []
    for row, competency in enumerate(gaps.competency.tolist()):
        required, lowest = float(gaps.required[row]), float(catalog.competencies.lowest[competency])
        is_known = gaps.state[row] != GapState.NEVER_ASSESSED
        now = float(gaps.assessed[row]) if is_known else required - (0.0 if is_taught[row] else UNKNOWN_BELOW)
        if is_taught[row]:
            levels = np.arange(max(lowest, required - 9), required)  # no scale has more than ten levels below
        else:
            levels = np.arange(np.floor(now) + 1, required + 1) if is_known else np.array([required])
        found += [_Step(size=abs(level - now), row=row, change=Change(competency=competency, level=level))
                  for level in levels.tolist() if level != now]  # fmt: skip
    return sorted(found, key=lambda step: (step.size, step.row))


def assessed(person: Workforce, change: Change, on: date) -> Workforce:
    """Return a person as if a level had been found on a day."""
    records = person.assessments
    columns = {column.name: getattr(records, column.name) for column in fields(records)}
    added = {"employee": 0, "competency": change.competency, "level": change.level, "on": np.datetime64(on, "D"),
             "method": OBSERVED}  # fmt: skip
    joined = {name: np.append(column, np.asarray(added[name], dtype=column.dtype)) for name, column in columns.items()}
    order = np.lexsort((joined["on"], joined["competency"], joined["employee"]))
    return replace(person, assessments=Assessments(**{name: column[order] for name, column in joined.items()}))
