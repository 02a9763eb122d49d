"""What a training did, beside what would have been found without it: doubly robust, with its limits in words."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from models.crossfit import Nuisance, TrainedRows, cross_fit, in_order
from training_catalog.columns import BoolArray, FloatArray, IndexArray

NOT_ENOUGH_DATA, NO_COUNTERPARTS = "not enough data", "no comparable untrained people"
NO_DIFFERENCE, RAISED, LOWERED = "no difference seen", "raised", "lowered"
FEWEST_PEOPLE = 20  # trained people, and untrained; below, no effect is estimated
FEWEST_COMPARABLE = 20  # untrained rows that the weights are worth (Kish 1965)
HIGHEST_CHANCE = 0.95  # trained rows above have no counterparts: an untrained one would count more than 19 times
MOST_LEFT_OUT = 0.5  # share of trained rows without counterparts beyond which nothing is said
MOST_LEFT_OUT_OVERALL = 0.2  # the same for all rows, both ways
CONFIDENCE = 0.95
N_SEEDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect with everything that is needed to doubt it.

    Parameters
    ----------
    code : `NOT_ENOUGH_DATA`, `NO_COUNTERPARTS`, `NO_DIFFERENCE`, `RAISED` or `LOWERED`.
    estimate, error, lower, upper : With standard error and 95 % interval; NaN where nothing is said.
    naive, naive_error : Plain difference of trained and untrained.
    n_trained, n_untrained, n_people : Rows, and trained people behind them.
    left_out : Share of trained rows without counterparts; the effect is that on the others.
    n_comparable : Untrained rows that the weights are worth.
    spread : Largest less smallest estimate over the fold seeds.
    strength : Share of what is unexplained, both of the outcome and of who was trained, that a hidden cause would have
        to explain to make up the whole estimate.
    strength_of_doubt : The same to bring the interval to zero; 0 where it holds zero already.
    """

    code: str
    estimate: float
    error: float
    lower: float
    upper: float
    naive: float
    naive_error: float
    n_trained: int
    n_untrained: int
    n_people: int
    left_out: float
    n_comparable: float
    spread: float
    strength: float
    strength_of_doubt: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One estimate with each row's influence on it.

    Parameters
    ----------
    estimate : The effect.
    influence : shape (n_rows,); sums to zero, its clustered square is the variance.
    scale : Largest bias per unit of hidden strength, see `strength_of`.
    left_out, n_comparable : As in `Effect`.
    """

    estimate: float
    influence: FloatArray
    scale: float
    left_out: float
    n_comparable: float


def difference(rows: TrainedRows) -> tuple[float, float]:
    """Return the plain difference of trained and untrained, with its standard error clustered by person."""
    trained, y = rows.is_trained, rows.outcome
    if not trained.any() or trained.all():
        return float("nan"), float("nan")
    one, other = float(y[trained].mean()), float(y[~trained].mean())
    influence = np.where(trained, (y - one) / trained.sum(), -(y - other) / (~trained).sum())
    return one - other, clustered_error(influence, rows.person)


def clustered_error(influence: FloatArray, person: IndexArray) -> float:
    """Return the standard error of a sum whose rows of one person go together; 1 / (1 - 1 / people) for few."""
    _, number = np.unique(person, return_inverse=True)
    sums = np.bincount(number, weights=influence)
    n_people = len(sums)
    return float(np.sqrt((sums**2).sum() * n_people / max(n_people - 1, 1)))


def effective(weight: FloatArray) -> float:
    """Return how many equal rows unequal weights are worth (Kish 1965)."""
    square = float((weight**2).sum())
    return float(weight.sum()) ** 2 / square if square > 0 else 0.0


def on_trained(rows: TrainedRows, untrained: FloatArray, chance: FloatArray) -> Scores:
    """Return the effect on the trained who have counterparts.

    Parameters
    ----------
    rows : Rows.
    untrained, chance : From cross-fitting: outcome expected without training, probability of training.

    Notes
    -----
    Augmented inverse probability weighting (Robins, Rotnitzky & Zhao 1994; Mercatanti & Li 2014 for the trained), the
    weights of the untrained made to sum to the number of trained (Hajek). Right when either the expected outcome or
    the probability is.
    """
    return weighted(rows, untrained, chance / (1 - chance), chance <= HIGHEST_CHANCE)


def weighted(rows: TrainedRows, untrained: FloatArray, odds: FloatArray, kept: BoolArray) -> Scores:
    """Return the effect on the trained rows kept, untrained ones weighted by odds; see `on_trained`."""
    is_trained, is_untrained = rows.is_trained & kept, ~rows.is_trained & kept
    n_trained = int(is_trained.sum())
    odds = np.where(is_untrained, odds, 0.0)
    weight = odds * (n_trained / max(float(odds.sum()), 1e-12))
    rest = rows.outcome - untrained
    correction = float(weight @ rest) / max(n_trained, 1)
    estimate = float(rest[is_trained].sum()) / max(n_trained, 1) - correction
    influence = np.where(is_trained, rest - correction - estimate, 0.0) - weight * (rest - correction)
    around = np.where(is_trained, rest - correction - estimate, rest)[is_trained | is_untrained]
    noise = float(np.sqrt((around**2).mean())) if len(around) else 0.0
    size = float((n_trained + (weight**2).sum()) / max(n_trained, 1) ** 2 * len(around))
    return Scores(
        estimate=estimate, influence=influence / max(n_trained, 1), scale=noise * float(np.sqrt(size)),
        left_out=1 - n_trained / max(int(rows.is_trained.sum()), 1), n_comparable=effective(weight),
    )  # fmt: skip


def on_everybody(rows: TrainedRows, parts: Nuisance) -> Scores:
    """Return the effect on all who have counterparts both ways (Robins, Rotnitzky & Zhao 1994)."""
    kept = (parts.chance <= HIGHEST_CHANCE) & (parts.chance >= 1 - HIGHEST_CHANCE)
    count = max(int(kept.sum()), 1)
    one, other = kept & rows.is_trained, kept & ~rows.is_trained
    up, down = np.where(one, 1 / parts.chance, 0.0), np.where(other, 1 / (1 - parts.chance), 0.0)
    up, down = up * count / max(up.sum(), 1e-12), down * count / max(down.sum(), 1e-12)
    rest = rows.outcome - np.where(rows.is_trained, parts.trained, parts.untrained)
    score = np.where(kept, parts.trained - parts.untrained, 0.0) + (up - down) * rest
    estimate = float(score.sum()) / count
    noise = float(np.sqrt((rest[kept] ** 2).mean())) if kept.any() else 0.0
    size = float(((up + down) ** 2).sum() / count)
    return Scores(
        estimate=estimate, influence=np.where(kept, score - estimate, 0.0) / count, scale=noise * float(np.sqrt(size)),
        left_out=1 - count / max(len(kept), 1), n_comparable=min(effective(up), effective(down)),
    )  # fmt: skip


def strength_of(value: float, scale: float) -> float:
    """Return how strong a hidden cause must be, in both its partial R squared, to move an estimate by a value.

    Notes
    -----
    The bias is at most scale x sqrt(r x r / (1 - r)) for a cause with partial R squared r of outcome and of treatment
    (Cinelli & Hazlett 2020, J. R. Stat. Soc. B 82, for the form; Chernozhukov, Cinelli, Newey, Sharma & Syrgkanis 2022,
    NBER 30302, for weighting estimators, where scale = sqrt(E[rest squared] E[weight squared])).

    Examples
    --------
    >>> strength_of(0.0, 1.0), round(strength_of(1.0, 1.0), 3)
    (0.0, 0.618)
    """
    if scale <= 0:
        return 1.0 if value else 0.0
    square = (value / scale) ** 2
    return float((np.sqrt(square**2 + 4 * square) - square) / 2)


def combined(scores: list[Scores], person: IndexArray) -> tuple[float, float, float]:
    """Return the median over fold seeds, its standard error and the spread (Chernozhukov et al. 2018, section 3.4)."""
    estimates = np.array([one.estimate for one in scores])
    errors = np.array([clustered_error(one.influence, person) for one in scores])
    middle = float(np.median(estimates))
    error = float(np.sqrt(np.median(errors**2 + (estimates - middle) ** 2)))
    return middle, error, float(np.ptp(estimates))


def half_width(error: float, n_people: float) -> float:
    """Return half of the 95 % interval, by the t distribution for few people."""
    return float(stdtrit(max(n_people - 1, 1), 0.5 + CONFIDENCE / 2)) * error


def verdict(lower: float, upper: float) -> str:
    """Return what an interval says."""
    return RAISED if lower > 0 else LOWERED if upper < 0 else NO_DIFFERENCE


def estimate_effect(given: TrainedRows, *, on_all: bool = False, n_seeds: int = N_SEEDS) -> Effect:
    """Estimate the effect of having been trained.

    Parameters
    ----------
    given : Trained and untrained rows.
    on_all : On everybody instead of on the trained.
    n_seeds : Fold seeds of which the median is taken.
    """
    rows, _ = in_order(given)
    if not is_enough(rows):
        return effect_said(rows, NOT_ENOUGH_DATA)
    fits = [cross_fit(rows, seed) for seed in range(n_seeds)]
    return estimate_from(rows, fits, on_all=on_all)


def estimate_from(rows: TrainedRows, fits: list[Nuisance], *, on_all: bool = False) -> Effect:
    """Estimate an effect from parts that were fitted already, one for each seed; rows are those of `in_order`."""
    scores = [on_everybody(rows, one) if on_all else on_trained(rows, one.untrained, one.chance) for one in fits]
    return effect_of(rows, scores, MOST_LEFT_OUT_OVERALL if on_all else MOST_LEFT_OUT)


def effect_of(rows: TrainedRows, scores: list[Scores], most_left_out: float = MOST_LEFT_OUT) -> Effect:
    """Turn the scores of each seed into an effect, or into a refusal where there are no counterparts."""
    left_out = float(np.median([one.left_out for one in scores]))
    n_comparable = float(np.median([one.n_comparable for one in scores]))
    if left_out > most_left_out or n_comparable < FEWEST_COMPARABLE:
        return effect_said(rows, NO_COUNTERPARTS, left_out=left_out, n_comparable=n_comparable)
    estimate, error, spread = combined(scores, rows.person)
    half = half_width(error, min(n_people_of(rows), n_comparable))
    lower, upper = estimate - half, estimate + half
    scale = float(np.median([one.scale for one in scores]))
    nearest = 0.0 if lower <= 0 <= upper else min(abs(lower), abs(upper))
    return effect_said(
        rows, verdict(lower, upper), estimate=estimate, error=error, lower=lower, upper=upper, spread=spread,
        left_out=left_out, n_comparable=n_comparable, strength=strength_of(estimate, scale),
        strength_of_doubt=strength_of(nearest, scale),
    )  # fmt: skip


def n_people_of(rows: TrainedRows) -> int:
    """Return how many people the trained rows belong to."""
    return len(np.unique(rows.person[rows.is_trained]))


def is_enough(rows: TrainedRows, fewest: int = FEWEST_PEOPLE) -> bool:
    """Return whether there are people enough on both sides."""
    return min(n_people_of(rows), len(np.unique(rows.person[~rows.is_trained]))) >= fewest


def effect_said(rows: TrainedRows, code: str, **known: float) -> Effect:
    """Return an effect with the figures that are known; the others are NaN."""
    nan = float("nan")
    figures = dict.fromkeys(("estimate", "error", "lower", "upper", "left_out", "n_comparable", "spread", "strength",
                             "strength_of_doubt"), nan)  # fmt: skip
    naive, naive_error = difference(rows)
    return Effect(
        code=code, naive=naive, naive_error=naive_error, n_trained=int(rows.is_trained.sum()),
        n_untrained=int((~rows.is_trained).sum()), n_people=n_people_of(rows), **(figures | known),
    )  # fmt: skip
