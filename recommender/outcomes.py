"""What past participations came to: pairs as of their own past dates, with the levels that were really gained."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from models.features import FEATURE_NAMES, FeatureMatrix
from models.learning import Rows
from recommender.candidates import Candidates, describe_pairs
from recommender.gap import GapState, find_gaps
from recommender.habits import learn_habits
from recommender.levels import believe, expect, found_missing
from recommender.pair_features import make_features
from recommender.past_records import SPAN
from recommender.person_features import describe_people
from recommender.policy import GapRules
from recommender.unaided import find_unaided_closing, unaided_closing
from recommender.workforce import COMPLETED, FAILED, SELF_RATED, WITHDRAWN, Assessments, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import DateArray, FloatArray, IndexArray, freeze

OUTCOME_DAYS = 540  # an assessment this long after the last day still measures what the training did
MONTHS_PER_STEP = 3  # participations are described as of the first day of their quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Past participations, by as-of day, then employee, then training.

    Parameters
    ----------
    features : shape (n_rows, n_features), as known before the participation began.
    employee, training : Whose participation in what, as indices; never read by a model.
    as_of : Day as of which the row is described: the first of its quarter.
    on : Day the training ended, by which the rows are split in time.
    was_completed : 1, 0, or NaN where it is not known.
    gain : Weighted levels of deficit closed by the next assessment, less what closes between two assessments of people
        who took nothing (`recommender.unaided`); NaN where they were not measured. May be negative for one person.
    score_gain : Post-test minus pre-test of those who completed, in points; NaN where not known.
    """

    features: FeatureMatrix
    employee: IndexArray
    training: IndexArray
    as_of: DateArray
    on: DateArray
    was_completed: FloatArray
    gain: FloatArray
    score_gain: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def rows(self) -> Rows:
        """What models learn from: numbers, without days; people only tell which rows belong together."""
        return Rows(features=self.features, completed=self.was_completed, gain=self.gain, score_gain=self.score_gain,
                    person=self.employee)  # fmt: skip


def next_levels(workforce: Workforce, n_competencies: int, keys: IndexArray, after: DateArray) -> FloatArray:
    """Return the level at the first assessment after a day and within `OUTCOME_DAYS`; NaN where there is none."""
    records = workforce.assessments
    rows = np.flatnonzero(records.method != SELF_RATED)
    day = records.on[rows].astype(np.int64)
    sorted_keys = (records.employee[rows] * n_competencies + records.competency[rows]) * SPAN + day
    order = np.argsort(sorted_keys, kind="stable")
    rows, sorted_keys = rows[order], sorted_keys[order]
    since = after.astype(np.int64)
    found = np.searchsorted(sorted_keys, keys * SPAN + since, side="right")
    padded = np.append(sorted_keys, np.iinfo(np.int64).max)[found]
    hit = padded <= keys * SPAN + since + OUTCOME_DAYS
    return np.where(hit, np.append(records.level[rows], np.nan)[np.where(hit, found, len(rows))], np.nan)


def _gains(
    workforce: Workforce, pairs: Candidates, end: DateArray, unaided: FloatArray, lacked: FloatArray
) -> FloatArray:
    """Weighted levels closed by each pair beyond what closes unaided; NaN unless all it works on was measured again.

    Parameters
    ----------
    lacked : shape (n_gaps,): levels that another assessment before it was expected to find missing.
    """
    gaps, coverage = pairs.gaps, pairs.coverage
    pair = np.repeat(np.arange(pairs.n_pairs), np.diff(coverage.bounds))
    after = next_levels(workforce, gaps.n_competencies, gaps.keys[coverage.gap], end[pair])
    before_known = gaps.state[coverage.gap] != GapState.NEVER_ASSESSED
    closed = lacked[coverage.gap] - np.maximum(gaps.required[coverage.gap] - after, 0.0)
    closed = (closed - unaided_closing(unaided, gaps.deficit[coverage.gap])) * gaps.weight[coverage.gap]
    measured = (before_known & ~np.isnan(after)).astype(np.float64)
    n_measured, n_covered = coverage.total(measured), np.diff(coverage.bounds)
    gain = coverage.total(np.where(measured > 0, closed, 0.0))
    return np.where((n_measured == n_covered) & (n_covered > 0), gain, np.nan)


def _steps(start: DateArray) -> Iterator[tuple[date, IndexArray]]:
    """Group participations by quarter; yield the quarter's first day and its rows."""
    quarter = first_of_quarter(start)
    for first in np.unique(quarter):
        day: date = first.item()
        yield day, np.flatnonzero(quarter == first)


def first_of_quarter(days: DateArray) -> DateArray:
    """Return the first day of each day's quarter."""
    month = days.astype("datetime64[M]").astype(np.int64)
    return (month - month % MONTHS_PER_STEP).astype("datetime64[M]").astype("datetime64[D]")


def _known_by(workforce: Workforce, on: date) -> Workforce:
    """Return the workforce without assessments after a day."""
    records = workforce.assessments
    known = records.on <= np.datetime64(on, "D")
    earlier = Assessments(**{column.name: getattr(records, column.name)[known] for column in fields(records)})
    return replace(workforce, assessments=earlier)


def gather_outcomes(workforce: Workforce, catalog: Catalog, on: date, rules: GapRules) -> Outcomes:
    """Describe every past participation as of its own quarter, and find what it came to.

    Parameters
    ----------
    workforce, catalog : People with their past, and trainings.
    on : Participations and assessments after this day are not used.
    rules : How assessed levels are read.

    Notes
    -----
    Cancelled classes were neither taken nor passed and are left out; a failed one counts as not completed.
    Requirements are today's: a person's earlier positions are not on file.
    """
    workforce = _known_by(workforce, on)
    history = workforce.history
    usable = (history.training >= 0) & (history.end <= np.datetime64(on, "D"))
    usable &= np.isin(history.status, (COMPLETED, FAILED, WITHDRAWN))
    rows = np.flatnonzero(usable)
    unaided = find_unaided_closing(workforce, catalog, on, expect(workforce, catalog, on, rules).spread)
    parts: list[tuple[FeatureMatrix, IndexArray, FloatArray]] = []
    for day, step in _steps(history.start[rows]):
        chosen = rows[step]
        people, local = np.unique(history.employee[chosen], return_inverse=True)
        crew = workforce.take(people)
        expected = expect(workforce, catalog, day, rules)
        gaps = find_gaps(crew, catalog, day, rules, expected.deficits)
        pairs = describe_pairs(gaps, catalog, local.astype(np.int64), history.training[chosen])
        people_then, past = describe_people(crew, catalog, gaps, day), learn_habits(workforce, catalog, day)
        features = make_features(crew, catalog, pairs, people_then, day, past, expected.spread)
        lacked = found_missing(believe(crew, gaps, day, expected.spread))
        parts.append((features, chosen, _gains(crew, pairs, history.end[chosen], unaided, lacked)))
    order = np.concatenate([part[1] for part in parts]) if parts else np.empty(0, dtype=np.int64)
    completed = (history.status[order] == COMPLETED).astype(np.float64)
    measured = np.concatenate([part[2] for part in parts]) if parts else np.empty(0)
    gain = np.where(completed > 0, measured, np.nan)
    features = _stack([part[0] for part in parts])
    score_gain = np.where(completed > 0, history.post_score[order] - history.pre_score[order], np.nan)
    return Outcomes(
        features=features,
        employee=history.employee[order],
        training=history.training[order],
        as_of=first_of_quarter(history.start[order]),
        on=history.end[order],
        was_completed=completed,
        gain=gain,
        score_gain=score_gain,
    )


def _stack(parts: list[FeatureMatrix]) -> FeatureMatrix:
    return np.concatenate(parts) if parts else np.empty((0, len(FEATURE_NAMES)), dtype=np.float32)
