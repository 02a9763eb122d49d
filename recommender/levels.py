"""What is believed of levels: assessments err, so a level is known as surely as the records leave it, and no surer.

A level above or below the required one is taken as the competency's mean, plus a part common to the person's levels,
plus a part of its own; an assessment errs around it, a self-rating errs more and is higher. Variances are those of the
records, by moments (Searle, Casella & McCulloch 1992, Variance Components, chapter 4); what is believed of one level is
the posterior of normal variables, given all that was written down of the person. Scales of other lengths are told in
steps of a scale of five levels.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import ndtr, ndtri

from models.baseline import level_fit, mode_effectiveness
from recommender.candidates import targets_needed
from recommender.gap import Gaps, expected_deficits, find_gaps
from recommender.policy import GapRules
from recommender.workforce import SELF_RATED, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, freeze, look_up, order_within
from training_catalog.competency import Competencies
from training_catalog.training import Trainings

FEWEST_REPEATED = 100  # levels found twice; below, nothing is known of errors and levels are taken as they were found
LEAST = 0.01  # variance in steps squared, where moments find less
STEPS = 4.0  # in a scale of five levels; one is about a standard deviation there (`models.baseline`)
NODES = ndtri((np.arange(9) + 0.5) / 9)  # of a standard normal, equally likely


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSpread:
    """How levels vary, and how surely they are found, in steps.

    Parameters
    ----------
    step : shape (n_competencies,): levels in a step.
    is_known : Whether enough levels were found twice; else levels are taken as they were found.
    centre : shape (n_competencies,): mean level above the required one.
    person, own : Variance of what is common to a person's levels, and of each level about that.
    error : Variance of an assessment about the level.
    excess, noise : Mean and variance of a self-rating about the level; infinite noise where too few tell.
    """

    step: FloatArray
    is_known: bool
    centre: FloatArray
    person: float
    own: float
    error: float
    excess: float
    noise: float

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What everybody's records say of one whose own say little.

    Parameters
    ----------
    deficits : shape (n_classes + 1, n_competencies), see `recommender.gap.expected_deficits`.
    spread : How levels vary.
    """

    deficits: FloatArray
    spread: LevelSpread


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of levels; all of shape (n,), in levels.

    Parameters
    ----------
    above, spread : Level above the required one, and its standard deviation: 0 where it is taken as it stands.
    error : Standard deviation of a new assessment about the level.
    step : Levels in a step.
    """

    above: FloatArray
    spread: FloatArray
    error: FloatArray
    step: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notes:
    """Levels that were written down, in steps above the required one: shape (n_notes,), by gap, then day."""

    gap: IndexArray
    above: FloatArray


def _notes(workforce: Workforce, gaps: Gaps, step: FloatArray, on: date, *, self_rated: bool) -> _Notes:
    records = workforce.assessments
    gap = look_up(gaps.keys, records.employee * gaps.n_competencies + records.competency)
    known = (gap >= 0) & (records.on <= np.datetime64(on, "D"))
    rows = np.flatnonzero(known & ((records.method == SELF_RATED) == self_rated))
    rows = rows[order_within(gap[rows], records.on[rows])]
    gap = gap[rows]
    return _Notes(gap=gap, above=(records.level[rows] - gaps.required[gap]) / step[gaps.competency[gap]])


def unknown_spread(competencies: Competencies) -> LevelSpread:
    """Return what there is to say before anything was found twice: how long the scales are."""
    width = competencies.highest - competencies.lowest
    step = np.where(np.isfinite(width) & (width > 0), width / STEPS, 1.0)
    nothing = np.zeros(len(step))
    return LevelSpread(step=step, is_known=False, centre=nothing, person=0.0, own=0.0, error=0.0, excess=0.0,
                       noise=float("inf"))  # fmt: skip


def learn_spread(workforce: Workforce, gaps: Gaps, competencies: Competencies, on: date) -> LevelSpread:
    """Learn from everybody's records how levels vary and how surely they are found.

    Parameters
    ----------
    workforce, gaps : Everybody, and their gaps on the day.
    competencies : Their scales.
    on : Only what was known on this day is used.
    """
    unknown = unknown_spread(competencies)
    found, said = (_notes(workforce, gaps, unknown.step, on, self_rated=own) for own in (False, True))
    is_same = found.gap[1:] == found.gap[:-1]
    if is_same.sum() < FEWEST_REPEATED:
        return unknown
    error = max(float(np.var(np.diff(found.above)[is_same])) / 2, LEAST)
    last = np.append(~is_same, True)
    gap, above = found.gap[last], found.above[last]
    centre = _centres(gaps.competency[gap], above, gaps.n_competencies)
    rest = above - centre[gaps.competency[gap]]
    who = gaps.employee[gap]
    n, total, squares = (np.bincount(who, weights=w, minlength=gaps.n_people) for w in (None, rest, rest**2))
    n_pairs = float((n * (n - 1)).sum())
    person = max(float((total**2 - squares).sum()) / n_pairs if n_pairs else 0.0, LEAST)
    latest = np.full(len(gaps.employee), np.nan)
    latest[gap] = above
    excess = said.above - latest[said.gap]
    excess = excess[~np.isnan(excess)]
    tells = len(excess) >= FEWEST_REPEATED
    return LevelSpread(
        step=unknown.step,
        is_known=True,
        centre=centre,
        person=person,
        own=max(float(rest.var()) - person - error, LEAST),
        error=error,
        excess=float(excess.mean()) if tells else 0.0,
        noise=max(float(excess.var()) - error, LEAST) if tells else float("inf"),
    )


def expect(workforce: Workforce, catalog: Catalog, on: date, rules: GapRules) -> Expected:
    """Learn from everybody's records what is expected where a person's own say little.

    Parameters
    ----------
    workforce, catalog : Everybody, and what their positions require.
    on : Only what was known on this day is used.
    rules : How assessed levels are read.
    """
    gaps = find_gaps(workforce, catalog, on, rules)
    spread = learn_spread(workforce, gaps, catalog.competencies, on)
    return Expected(deficits=expected_deficits(gaps, workforce, catalog), spread=spread)


def _centres(competency: IndexArray, above: FloatArray, n_competencies: int) -> FloatArray:
    """Return each competency's mean, shrunk to that of all by how much means of so few would vary by chance."""
    overall, within = float(above.mean()), max(float(above.var()), LEAST)
    n = np.bincount(competency, minlength=n_competencies)
    mean = np.bincount(competency, weights=above - overall, minlength=n_competencies) / np.maximum(n, 1)
    between = max(float(np.average(mean**2, weights=n)) - within * float((n > 0).sum() / n.sum()), 0.0)
    trust = between * n / (between * n + within)
    return overall + trust * mean


def believe(workforce: Workforce, gaps: Gaps, on: date, spread: LevelSpread) -> Belief:
    """Say what is believed of every required competency of some people.

    Parameters
    ----------
    workforce, gaps : The people, and their gaps on the day.
    on : Only what was known on this day is used.
    spread : From `learn_spread` on everybody. Where nothing is known, levels are as they were found, or as is assumed.

    Notes
    -----
    First the person's part from all their levels, then each level about it.
    """
    if not spread.is_known:
        found = gaps.assessed - gaps.required
        return _as_found(np.where(np.isnan(found), -gaps.need, found), gaps.competency, spread)
    centre = spread.centre[gaps.competency]
    precision, noted = np.zeros(len(centre)), np.zeros(len(centre))
    for is_own, error, excess in ((False, spread.error, 0.0), (True, spread.noise, spread.excess)):
        notes = _notes(workforce, gaps, spread.step, on, self_rated=is_own)
        rest = notes.above - excess - centre[notes.gap]
        precision += np.bincount(notes.gap, minlength=len(centre)) / error
        noted += np.bincount(notes.gap, weights=rest, minlength=len(centre)) / error
    noted /= np.where(precision > 0, precision, 1.0)
    pull = precision / (1 + spread.own * precision)  # of a level on the person's part
    certainty = 1 / spread.person + np.bincount(gaps.employee, weights=pull, minlength=gaps.n_people)
    part = np.bincount(gaps.employee, weights=pull * noted, minlength=gaps.n_people) / certainty
    trust, part, certainty = spread.own * pull, part[gaps.employee], certainty[gaps.employee]
    variance = spread.own * (1 - trust) + (1 - trust) ** 2 / certainty
    step = spread.step[gaps.competency]
    return Belief(above=step * (centre + part + trust * (noted - part)), spread=step * np.sqrt(variance),
                  error=step * np.sqrt(spread.error), step=step)  # fmt: skip


def _as_found(found: FloatArray, competency: IndexArray, spread: LevelSpread) -> Belief:
    nothing = np.zeros(len(found))
    return Belief(above=found, spread=nothing, error=nothing, step=spread.step[competency])


def missing(above: FloatArray, spread: FloatArray) -> FloatArray:
    """Return the levels expected to be missing, E[max(0, required - level)], of a normal level.

    Examples
    --------
    >>> missing(np.array([-1.0, 2.0, 0.0]), np.array([0.0, 0.0, 1.0])).round(3).tolist()
    [1.0, 0.0, 0.399]
    """
    safe = np.maximum(spread, 1e-9)
    z = -above / safe
    return np.maximum(-above * ndtr(z) + safe * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi), 0.0)


def found_missing(belief: Belief) -> FloatArray:
    """Return the levels that a new assessment on the day is expected to find missing: it errs too."""
    return missing(belief.above, np.hypot(belief.spread, belief.error))


def believed_once(found: FloatArray, competency: IndexArray, spread: LevelSpread) -> Belief:
    """Say what is believed of levels of which one assessment is all that is known.

    Parameters
    ----------
    found : shape (n,): levels found above the required one.
    competency : Of which competency.
    spread : From `learn_spread`.
    """
    if not spread.is_known:
        return _as_found(found, competency, spread)
    trust = (spread.person + spread.own) / (spread.person + spread.own + spread.error)
    step = spread.step[competency]
    centre = step * spread.centre[competency]
    return Belief(above=centre + trust * (found - centre), spread=step * np.sqrt(trust * spread.error),
                  error=step * np.sqrt(spread.error), step=step)  # fmt: skip


def one_course(
    gaps: Gaps, belief: Belief, trainings: Trainings, employee: IndexArray, training: IndexArray
) -> FloatArray:
    """Return the weighted levels that each pair's course is expected to close, if a course teaches a fixed amount.

    Parameters
    ----------
    gaps, belief : Needs, and what is believed of the levels behind them.
    trainings : What is taught.
    employee, training : shape (n_pairs,), indices.

    Notes
    -----
    E[min(deficit, level_fit x mode_effectiveness)], summed over the needs it works on, the level as uncertain as it is
    believed: the rule's shares of a deficit as steps, whether one or three are missing. Quantiles of a normal level.
    """
    pair, target, gap = targets_needed(gaps, trainings, employee, training)
    required = gaps.required[gap]
    level_from, level_to = trainings.level_from[target], trainings.level_to[target]
    taught, total = mode_effectiveness(trainings.mode[training[pair]]) * belief.step[gap], np.zeros(len(pair))
    for node in NODES:
        above = belief.above[gap] + node * belief.spread[gap]
        fit = level_fit(required + above, level_from, level_to, required)
        total += np.minimum(np.maximum(-above, 0.0), taught * fit)
    return np.bincount(pair, weights=total / len(NODES) * gaps.weight[gap], minlength=len(employee)).astype(np.float64)
