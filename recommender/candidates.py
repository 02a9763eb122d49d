"""Eligible pairs that close a deficit: a sparse product finds them, the rule keeps the best of each person."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import csr_array

from models.baseline import level_fit, mode_effectiveness
from recommender.catalog_day import CatalogDay, open_catalog
from recommender.eligibility import judge_pairs
from recommender.gap import Gaps
from recommender.policy import Policy
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import (
    BoolArray,
    FloatArray,
    IndexArray,
    count_within,
    freeze,
    join_groups,
    look_up,
    order_within,
)
from training_catalog.quantities import DAYS_PER_YEAR
from training_catalog.training import Trainings


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What each pair's training does for the person's needs: one row for each need it works on.

    Parameters
    ----------
    bounds : shape (n_pairs + 1,): the rows of each pair.
    gap : Row in `Gaps`.
    covered : Levels of the need between the person's level and the lower of target and requirement.
    closes : Levels the rule expects it to close.
    too_high, too_low : Levels by which entry exceeds the person's level, and target falls short of the requirement.
    """

    bounds: IndexArray
    gap: IndexArray
    covered: FloatArray
    closes: FloatArray
    too_high: FloatArray
    too_low: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    def total(self, values: FloatArray) -> FloatArray:
        """Sum a column over the rows of each pair; the same sum whatever stands in other pairs."""
        total, has_rows = np.zeros(len(self.bounds) - 1), self.bounds[1:] > self.bounds[:-1]
        if len(values):
            total[has_rows] = np.add.reduceat(values, self.bounds[:-1][has_rows])
        return total

    def mean(self, values: FloatArray, weights: FloatArray) -> FloatArray:
        """Weighted mean of a column over the rows of each pair; 0 where nothing is covered."""
        weight = self.total(weights)
        return np.where(weight > 0, self.total(values * weights) / np.where(weight > 0, weight, 1.0), 0.0)

    def take(self, pairs: IndexArray) -> "Coverage":
        """Keep some pairs, in the order given."""
        left, row = join_groups(self.bounds, pairs)
        counts = np.bincount(left, minlength=len(pairs))
        return Coverage(
            bounds=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            gap=self.gap[row],
            covered=self.covered[row],
            closes=self.closes[row],
            too_high=self.too_high[row],
            too_low=self.too_low[row],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Pairs that would close a deficit and may not: with the reason.

    Parameters
    ----------
    employee, training : Indices, by employee then training.
    reason : Index into `eligibility.REASONS`.
    requires : The missing prerequisite; -1 for other reasons.
    is_wanted : Whether the planner demands the pair.
    """

    employee: IndexArray
    training: IndexArray
    reason: IndexArray
    requires: IndexArray
    is_wanted: BoolArray

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Eligible pairs, by employee, then best by the rule, ties by training.

    Parameters
    ----------
    employee, training : Indices.
    rule_benefit : Weighted levels the rule expects to close.
    coverage : What each pair works on.
    gaps : The gaps they were found in.
    left_out : The ineligible, with their reasons.
    is_wanted : Whether the planner demands the pair.
    has_lapsed : Whether an earlier enrolment in it has no outcome and no longer counts.
    needs_first : For a pair that waits for a prerequisite that can be taken in the same year: that training; else -1.
    """

    employee: IndexArray
    training: IndexArray
    rule_benefit: FloatArray
    coverage: Coverage
    gaps: Gaps
    left_out: LeftOut
    needs_first: IndexArray
    is_wanted: BoolArray
    has_lapsed: BoolArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return len(self.employee)


def pairs_with_need(gaps: Gaps, teaching: csr_array) -> tuple[IndexArray, IndexArray]:
    """Find every (person, training) whose training teaches something the person needs: one sparse product.

    Parameters
    ----------
    gaps : Gaps on one day.
    teaching : From `teaching_of`.

    Returns
    -------
    employee, training : Indices, by employee then training.
    """
    product = gaps.needs() @ teaching
    product.sort_indices()
    employee = np.repeat(np.arange(gaps.n_people, dtype=np.int64), np.diff(product.indptr))
    return employee, product.indices.astype(np.int64)


def targets_needed(
    gaps: Gaps, trainings: Trainings, employee: IndexArray, training: IndexArray
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Find what each pair's training teaches that the person needs.

    Parameters
    ----------
    gaps, trainings : Needs on one day, and what is taught.
    employee, training : shape (n_pairs,), indices.

    Returns
    -------
    pair, target, gap : Rows of the pairs, of the trainings' targets and of the gaps, by pair, then target.
    """
    pair, target = join_groups(trainings.target_bounds, training)
    wanted = employee[pair] * gaps.n_competencies + trainings.target_competency[target]
    gap = look_up(gaps.keys, wanted)
    hit = np.append(gaps.need, 0.0)[gap] > 0
    return pair[hit], target[hit], gap[hit]


def cover(gaps: Gaps, trainings: Trainings, employee: IndexArray, training: IndexArray) -> Coverage:
    """Work out what each pair's training does for the person's needs.

    Parameters
    ----------
    gaps : Gaps on one day.
    trainings : What is taught.
    employee, training : shape (n_pairs,), indices.

    Notes
    -----
    For a need n of a person at level p, required r, and a training that leads from a to b:
    covered = max(0, min(b, r) - p), at most n; the rule closes covered x level_fit x mode_effectiveness.
    """
    pair, target, gap = targets_needed(gaps, trainings, employee, training)
    level = gaps.required[gap] - gaps.need[gap]
    level_from, level_to = trainings.level_from[target], trainings.level_to[target]
    covered = np.clip(np.minimum(level_to, gaps.required[gap]) - level, 0.0, gaps.need[gap])
    closes = covered * level_fit(level, level_from, level_to, gaps.required[gap])
    counts = np.bincount(pair, minlength=len(training))
    return Coverage(
        bounds=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        gap=gap,
        covered=covered,
        closes=closes * mode_effectiveness(trainings.mode[training[pair]]),
        too_high=np.maximum(level_from - level, 0.0),
        too_low=np.maximum(gaps.required[gap] - level_to, 0.0),
    )


def _best_of_each(employee: IndexArray, benefit: FloatArray, n_best: int) -> IndexArray:
    """Return the rows of the best pairs of each person, best first; pairs come by training, and so do ties."""
    order = order_within(employee, -benefit)
    return order[count_within(employee[order]) < n_best]


def _can_wait(catalog: Catalog, day: CatalogDay, requires: IndexArray, training: IndexArray) -> BoolArray:
    """Return pairs that lack one prerequisite, some edition of which can be taken on or after the day."""
    one = np.diff(catalog.trainings.prerequisite_bounds)[training] == 1
    waiting: BoolArray = (requires >= 0) & one & np.append(day.is_on_offer, False)[requires]
    return waiting


def _union(
    gaps: Gaps, day: CatalogDay, wanted: tuple[IndexArray, IndexArray]
) -> tuple[IndexArray, IndexArray, BoolArray]:
    """Return pairs with a need or wanted by the planner, ascending, and which of them are wanted."""
    n_trainings = max(len(day.reason), 1)
    employee, training = pairs_with_need(gaps, day.teaching)
    if not len(wanted[0]):
        return employee, training, np.zeros(len(employee), dtype=np.bool_)
    asked = np.unique(wanted[0] * n_trainings + wanted[1])
    keys = np.union1d(employee * n_trainings + training, asked)
    return keys // n_trainings, keys % n_trainings, np.isin(keys, asked)


NOTHING_WANTED: tuple[IndexArray, IndexArray] = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def find_candidates(
    workforce: Workforce,
    catalog: Catalog,
    gaps: Gaps,
    on: date,
    policy: Policy,
    wanted: tuple[IndexArray, IndexArray] = NOTHING_WANTED,
    day: CatalogDay | None = None,
) -> Candidates:
    """Find the candidates of every person.

    Parameters
    ----------
    workforce, catalog, gaps : People, trainings, and the gaps of the same people on the same day.
    on : The day.
    policy : Horizons, and how many candidates each person keeps.
    wanted : (employee, training) pairs the planner demands, kept whatever they close.
    day : From `open_catalog`, where it is at hand.

    Returns
    -------
    Eligible pairs that the rule expects to close something, and pairs that wait for one prerequisite on offer
    (`Candidates.needs_first`): those are for plans only and stand in `left_out` as well.
    """
    day = day or open_catalog(catalog, workforce.units, on)
    employee, training, is_wanted = _union(gaps, day, wanted)
    verdict = judge_pairs(workforce, catalog, on, policy.eligibility, employee=employee, training=training,
                          of_training=day.reason)  # fmt: skip
    coverage = cover(gaps, catalog.trainings, employee, training)
    benefit = coverage.total(coverage.closes * gaps.weight[coverage.gap])
    useful = (benefit > 0) | is_wanted
    blocked = np.flatnonzero(useful & ~verdict.is_eligible)
    waits = useful & _can_wait(catalog, day, verdict.requires, training)
    parts = (np.flatnonzero(useful & verdict.is_eligible), np.flatnonzero(waits))
    worth, n_best = benefit + 1e6 * is_wanted, policy.ranking.n_candidates
    kept = [rows[_best_of_each(employee[rows], worth[rows], n_best)] for rows in parts]
    best = np.concatenate(kept)
    best = best[np.argsort(employee[best], kind="stable")]
    return Candidates(
        employee=employee[best],
        training=training[best],
        rule_benefit=benefit[best],
        coverage=coverage.take(best),
        gaps=gaps,
        left_out=LeftOut(
            employee=employee[blocked],
            training=training[blocked],
            reason=verdict.reason[blocked],
            requires=verdict.requires[blocked],
            is_wanted=is_wanted[blocked],
        ),
        needs_first=verdict.requires[best],
        is_wanted=is_wanted[best],
        has_lapsed=verdict.has_lapsed[best],
    )


def describe_pairs(gaps: Gaps, catalog: Catalog, employee: IndexArray, training: IndexArray) -> Candidates:
    """Describe given pairs as candidates, whoever chose them: past participations, or a caller's own list."""
    coverage = cover(gaps, catalog.trainings, employee, training)
    nothing = np.empty(0, dtype=np.int64)
    return Candidates(
        employee=employee,
        training=training,
        rule_benefit=coverage.total(coverage.closes * gaps.weight[coverage.gap]),
        coverage=coverage,
        gaps=gaps,
        left_out=LeftOut(
            employee=nothing, training=nothing, reason=nothing, requires=nothing, is_wanted=nothing.astype(np.bool_)
        ),
        needs_first=np.full(len(employee), -1, dtype=np.int64),
        is_wanted=np.zeros(len(employee), dtype=np.bool_),
        has_lapsed=np.zeros(len(employee), dtype=np.bool_),
    )


def assessment_age_years(gaps: Gaps, on: date) -> FloatArray:
    """Return the age of the assessment behind each gap in years; NaN when there is none, or its day is not known."""
    days = (np.datetime64(on, "D") - gaps.assessed_on).astype("timedelta64[D]").astype(np.float64)
    return np.where(np.isnat(gaps.assessed_on), np.nan, days / DAYS_PER_YEAR)
