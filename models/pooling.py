"""Effects of many trainings side by side: each drawn towards its kind, and no more claimed than most of it can hold."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.crossfit import Nuisance, TrainedRows, cross_fit, folds_of, in_order, standardised
from models.effect import (
    HIGHEST_CHANCE,
    LOWERED,
    N_SEEDS,
    NO_DIFFERENCE,
    NOT_ENOUGH_DATA,
    RAISED,
    Effect,
    effect_of,
    effect_said,
    estimate_from,
    half_width,
    is_enough,
    weighted,
)
from models.findings import FALSE_CLAIMS, SMALLEST_ERROR, stand_together
from training_catalog.columns import BoolArray, FloatArray, IndexArray

FEWEST_IN_GROUP = 10  # trained people; below, a group has no estimate of its own
PRIOR_PEOPLE = 10.0  # people that the common spread counts for in a small group's own error
N_STEPS = 60  # halvings in the search for the spread of true effects


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEffect:
    """The effect of one group of trainings.

    Parameters
    ----------
    group : Its number.
    own : What its own rows say.
    code : As in `Effect`, of the pooled figure and with all groups of the table in view.
    estimate, error, lower, upper : Drawn towards the mean of its kind; NaN where nothing is said.
    drawn : Share of the way, 0 to 1, from its own estimate to that mean.
    """

    group: int
    own: Effect
    code: str
    estimate: float
    error: float
    lower: float
    upper: float
    drawn: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A way to group trained rows.

    Parameters
    ----------
    group : shape (n_rows,): group of each row; -1 for none; what stands at untrained rows does not count.
    kind : shape (n_groups,): groups of one kind share a mean.
    """

    group: IndexArray
    kind: IndexArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Effects on the trained, on everybody, and of each group of each grouping."""

    trained: Effect
    everybody: Effect
    groups: dict[str, tuple[GroupEffect, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Effects drawn together; shape (n,) throughout."""

    mean: FloatArray
    error: FloatArray
    drawn: FloatArray


def spread_of_effects(estimate: FloatArray, error: FloatArray, kind: IndexArray) -> float:
    """Return the standard deviation of true effects within kinds.

    Parameters
    ----------
    estimate, error : Each group's own estimate and standard error.
    kind : Which groups share a mean.

    Returns
    -------
    0 where the estimates differ clearly less than their errors let expect.

    Notes
    -----
    Paule & Mandel (1982): the spread at which the weighted squares are as many as the degrees of freedom; here as many
    less one of their standard deviations, the root of twice the degrees (half of them at least). The plain value is 0
    by luck in half of the tables without much spread, and then every group is said to be sure of the common mean.
    """
    free = len(estimate) - len(np.unique(kind))
    expected = max(free - np.sqrt(2 * max(free, 0)), free / 2)
    if free <= 0 or _excess(0.0, estimate, error, kind) <= expected:
        return 0.0
    low, high = 0.0, float(np.ptp(estimate)) ** 2 + float((error**2).max())
    while _excess(high, estimate, error, kind) > expected:
        high *= 2
    for _ in range(N_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _excess(middle, estimate, error, kind) > expected else (low, middle)
    return float(np.sqrt((low + high) / 2))


def _excess(variance: float, estimate: FloatArray, error: FloatArray, kind: IndexArray) -> float:
    weight = 1 / (error**2 + variance)
    mean = _means(estimate, weight, kind)
    return float((weight * (estimate - mean) ** 2).sum())


def _means(estimate: FloatArray, weight: FloatArray, kind: IndexArray) -> FloatArray:
    """Return the weighted mean of each row's kind."""
    return (np.bincount(kind, weights=weight * estimate) / np.bincount(kind, weights=weight).clip(1e-300))[kind]


def draw_together(estimate: FloatArray, error: FloatArray, kind: IndexArray, common: float = 0.0) -> Pooled:
    """Draw estimates towards the mean of their kind, the more the less is known of them.

    Parameters
    ----------
    estimate, error : Each group's own.
    kind : Which groups share a mean.
    common : Error that all estimates share, for all are held against the same untrained: no mean is surer.

    Notes
    -----
    Empirical Bayes (Efron & Morris 1975): true effects are normal about the mean of their kind; the mean's own error is
    part of the answer's (Morris 1983, J. Am. Stat. Assoc. 78, eq. 1.17 without the term for the spread).

    Examples
    --------
    >>> draw_together(np.array([0.0, 1.0]), np.array([0.5, 0.5]), np.array([0, 0])).mean.round(2).tolist()
    [0.13, 0.88]
    """
    variance = spread_of_effects(estimate, error, kind) ** 2
    weight = 1 / (error**2 + variance)
    mean = _means(estimate, weight, kind)
    of_mean = np.maximum(1 / np.bincount(kind, weights=weight).clip(1e-300), common**2)[kind]
    drawn = error**2 / (error**2 + variance)
    return Pooled(
        mean=(1 - drawn) * estimate + drawn * mean,
        error=np.sqrt(drawn * variance + drawn**2 * of_mean),
        drawn=drawn,
    )


def claims(mean: FloatArray, error: FloatArray, false_share: float = FALSE_CLAIMS) -> BoolArray:
    """Return which effects may be said to differ from nothing, with all effects of the table in view.

    Parameters
    ----------
    mean, error : From `draw_together`.
    false_share : Expected share of claims that are false.

    Notes
    -----
    Benjamini & Hochberg (1995) on two-sided probabilities of the figures drawn together. Those go up and down together,
    through their common mean and common untrained, for which the procedure holds (Benjamini & Yekutieli 2001).

    Examples
    --------
    >>> claims(np.array([3.0, 1.9, -4.0]), np.ones(3)).tolist()
    [True, False, True]
    """
    return stand_together(2 * ndtr(-np.abs(mean) / np.where(error > 0, error, SMALLEST_ERROR)), false_share)


def steadied(estimates: list[Effect]) -> FloatArray:
    """Return groups' errors; a small group's is steadied by what is usual for so many people."""
    error = np.array([one.error for one in estimates])
    count = np.array([one.n_people for one in estimates], dtype=np.float64)
    common = float(np.median(error * np.sqrt(count))) if len(count) else 0.0
    variance = (count * (error**2 * count) + PRIOR_PEOPLE * common**2) / (count + PRIOR_PEOPLE)
    return np.maximum(np.sqrt(variance / np.maximum(count, 1)), SMALLEST_ERROR)


def own_effects(rows: TrainedRows, group: IndexArray, fits: list[Nuisance]) -> list[tuple[int, Effect]]:
    """Estimate every group of trained rows against all untrained ones.

    Parameters
    ----------
    rows : From `in_order`.
    group : Group of each trained row; -1 leaves it out.
    fits : One for each seed; what is expected without training is shared by all groups.

    Returns
    -------
    Each group in ascending order with its effect.
    """
    balances = [_Balance.of(rows, folds_of(rows, seed), one.chance) for seed, one in enumerate(fits)]
    found = []
    for number in np.unique(group[rows.is_trained & (group >= 0)]).tolist():
        kept = ~rows.is_trained | (group == number)
        part = rows.take(np.flatnonzero(kept))
        if not is_enough(part, FEWEST_IN_GROUP):
            found.append((number, effect_said(part, NOT_ENOUGH_DATA)))
            continue
        inside = [one.chance[kept] <= HIGHEST_CHANCE for one in fits]
        odds = [one.odds(rows.is_trained & (group == number))[kept] for one in balances]
        scores = [weighted(part, one.untrained[kept], odds[i], inside[i]) for i, one in enumerate(fits)]
        found.append((number, effect_of(part, scores)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """Weights of untrained rows that make them like any one group of trained ones, by a linear tilt.

    Notes
    -----
    odds x max(0, 1 + (mean of the group - mean of the untrained)' (covariance + penalty)^-1 (row - mean)): the weight
    that balances the means of all columns (Riesz regression; Chernozhukov, Newey & Singh 2022, Econometrica 90), begun
    from the odds of any training. Penalty: columns / trained rows, so that few rows tilt little. Means and covariance
    come from other folds. A classifier for each of some hundred groups took a hundred times as long.
    """

    columns: FloatArray
    fold: IndexArray
    base: FloatArray
    means: tuple[FloatArray, ...]
    axes: tuple[tuple[FloatArray, FloatArray], ...]

    @classmethod
    def of(cls, rows: TrainedRows, fold: IndexArray, chance: FloatArray) -> "_Balance":
        columns = standardised(rows.features)
        base = np.where(rows.is_trained | (chance > HIGHEST_CHANCE), 0.0, chance / (1 - chance))
        means, axes = [], []
        for k in np.unique(fold):
            weight = np.where(fold != k, base, 0.0)
            weight = weight / max(float(weight.sum()), SMALLEST_ERROR)
            mean = weight @ columns
            away = columns - mean
            values, vectors = np.linalg.eigh((away * weight[:, None]).T @ away)
            means.append(mean)
            axes.append((np.maximum(values, 0.0), vectors))
        return cls(columns=columns, fold=fold, base=base, means=tuple(means), axes=tuple(axes))

    def odds(self, is_in_group: BoolArray) -> FloatArray:
        """Return the weight of each row; 0 for trained ones."""
        tilt = np.ones(len(self.fold))
        for k, (mean, (values, vectors)) in enumerate(zip(self.means, self.axes, strict=True)):
            others = is_in_group & (self.fold != k)
            if not others.any():
                continue
            away = self.columns[others].mean(axis=0) - mean
            penalty = len(values) / int(others.sum())
            direction = vectors @ ((vectors.T @ away) / (values + penalty))
            here = self.fold == k
            tilt[here] += (self.columns[here] - mean) @ direction
        return self.base * np.maximum(tilt, 0.0)


def pool(own: list[tuple[int, Effect]], kind: IndexArray, common: float = 0.0) -> tuple[GroupEffect, ...]:
    """Draw groups' effects together and say what may be claimed.

    Parameters
    ----------
    own : Groups with what their own rows say.
    kind : shape (n_groups,): kind of each group, by its number.
    common : See `draw_together`.
    """
    usable = [i for i, (_, effect) in enumerate(own) if np.isfinite(effect.estimate)]
    told = [GroupEffect(group=group, own=effect, code=effect.code, estimate=np.nan, error=np.nan, lower=np.nan,
                        upper=np.nan, drawn=np.nan) for group, effect in own]  # fmt: skip
    if not usable:
        return tuple(told)
    estimate = np.array([own[i][1].estimate for i in usable])
    error = steadied([own[i][1] for i in usable])
    _, kinds = np.unique(kind[[own[i][0] for i in usable]], return_inverse=True)
    pooled = draw_together(estimate, error, kinds, common)
    for place, i, is_claimed in zip(range(len(usable)), usable, claims(pooled.mean, pooled.error), strict=True):
        told[i] = _told(own[i], pooled, place, is_claimed=bool(is_claimed))
    return tuple(told)


def _told(one: tuple[int, Effect], pooled: Pooled, place: int, *, is_claimed: bool) -> GroupEffect:
    mean, error = float(pooled.mean[place]), float(pooled.error[place])
    half = half_width(error, one[1].n_people)
    code = (RAISED if mean > 0 else LOWERED) if is_claimed else NO_DIFFERENCE
    return GroupEffect(group=one[0], own=one[1], code=code, estimate=mean, error=error, lower=mean - half,
                       upper=mean + half, drawn=float(pooled.drawn[place]))  # fmt: skip


def measure(given: TrainedRows, groupings: dict[str, Grouping], *, n_seeds: int = N_SEEDS) -> Measured:
    """Estimate effects over all and by groups, on one and the same cross-fitting.

    Parameters
    ----------
    given : Trained and untrained rows.
    groupings : By name.
    n_seeds : Fold seeds of which the median is taken.
    """
    rows, order = in_order(given)
    if not is_enough(rows):
        nothing = effect_said(rows, NOT_ENOUGH_DATA)
        return Measured(trained=nothing, everybody=nothing, groups=dict.fromkeys(groupings, ()))
    fits = [cross_fit(rows, seed) for seed in range(n_seeds)]
    trained = estimate_from(rows, fits)
    common = trained.error if np.isfinite(trained.error) else 0.0
    return Measured(
        trained=trained,
        everybody=estimate_from(rows, fits, on_all=True),
        groups={
            name: pool(own_effects(rows, one.group[order], fits), one.kind, common) for name, one in groupings.items()
        },
    )
