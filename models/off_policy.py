"""What other lists would have achieved, from choices logged under the old ones: doubly robust, or a refusal."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t

from models.judged import clustered_error
from models.slices import FEWEST_PEOPLE
from training_catalog.columns import BoolArray, FloatArray, IndexArray, check_lengths, freeze

MOST_WEIGHT = 20.0  # no choice counts more often: few would decide; what is cut off is stated
FEWEST_EFFECTIVE = 30.0  # choices that the weighted ones must be worth
MOST_UNSUPPORTED = 0.5  # share of what the other lists would lead to, that nobody was ever seen to choose
MEAN_RATIOS = (0.67, 1.5)  # between which weights average; where probabilities are right they average to one
ESTIMATED, NO_OVERLAP, NOT_ENOUGH_DATA = "estimated", "no-overlap", "not-enough-data"
NOT_UNDERSTOOD = "choices-not-understood"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChoices:
    """Choices as logged, and how likely they were; one row a choice.

    Parameters
    ----------
    person : Number of the person; only tells which rows belong together.
    reward : What came of it, in weighted levels.
    weight : How often the row counts, where only some outcomes are known.
    logged, target : Probability of this very choice under what was, and under what might be.
    expected : Outcome that is expected of this choice, by whatever is at hand; 0 for nothing.
    expected_target : The same on average over the choices of the target.
    unsupported : Probability that the target leads to a choice that is practically never made.
    """

    person: IndexArray
    reward: FloatArray
    weight: FloatArray
    logged: FloatArray
    target: FloatArray
    expected: FloatArray
    expected_target: FloatArray
    unsupported: FloatArray

    def __post_init__(self) -> None:
        check_lengths("logged choices", len(self.person), reward=self.reward, weight=self.weight, logged=self.logged,
                      target=self.target, expected=self.expected, expected_target=self.expected_target,
                      unsupported=self.unsupported)  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """What the target would have achieved, a choice, in weighted levels.

    Parameters
    ----------
    code : ``estimated``, ``no-overlap``, ``choices-not-understood`` or ``not-enough-data``.
    n_people, n_choices : Behind it.
    effective : Choices that the weighted ones are worth (Kish 1965).
    unsupported : Mean probability of choices that are practically never made.
    cut : Share of the weight cut off at `MOST_WEIGHT`.
    mean_ratio : Mean of target / logged: about one where the logged probabilities are right.
    value, lower, upper : Doubly robust, with a 95 % interval by person; NaN where refused.
    self_normalised : Without any expectation, for comparison.
    plain : Mean of what was really achieved.
    gain, gain_lower, gain_upper : Value less plain mean, with a 95 % interval by person.
    """

    code: str
    n_people: int
    n_choices: int
    effective: float
    unsupported: float
    cut: float
    mean_ratio: float = np.nan
    value: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    self_normalised: float = np.nan
    plain: float = np.nan
    gain: float = np.nan
    gain_lower: float = np.nan
    gain_upper: float = np.nan


def value_of(choices: LoggedChoices) -> PolicyValue:
    """Estimate what the target would have achieved.

    Notes
    -----
    Doubly robust (Dudik, Langford & Li 2011, ICML 28): mean of expected_target, and the mean of reward - expected
    weighted by target / logged cut at `MOST_WEIGHT` (Ionides 2008). Dividing by what the weights add up to, instead of
    by the number of choices (Swaminathan & Joachims 2015, NIPS 28), takes most of the error of cutting off. Right on
    average in large samples where either probabilities or expectations are. Refused where the target leads mostly to
    what nobody chooses, where few choices carry all the weight, and where weights do not average to about one: then
    the probabilities are wrong.
    """
    n_people = len(np.unique(choices.person))
    n_choices = len(choices.person)
    if n_people < FEWEST_PEOPLE or not choices.weight.sum() > 0:
        return PolicyValue(code=NOT_ENOUGH_DATA, n_people=n_people, n_choices=n_choices, effective=0.0, unsupported=0.0,
                           cut=0.0)  # fmt: skip
    full = choices.target / choices.logged
    ratio = _ratio(choices)
    counted = choices.weight * ratio
    total = float((choices.weight * full).sum())
    squared = float((counted**2).sum())
    effective = float(counted.sum() ** 2) / squared if squared > 0 else 0.0
    unsupported = float(np.average(choices.unsupported, weights=choices.weight))
    refused = PolicyValue(
        code=NO_OVERLAP, n_people=n_people, n_choices=n_choices, effective=effective, unsupported=unsupported,
        cut=1 - float(counted.sum()) / total if total else 0.0, mean_ratio=total / float(choices.weight.sum()),
    )  # fmt: skip
    if effective < FEWEST_EFFECTIVE or unsupported > MOST_UNSUPPORTED:
        return refused
    if not MEAN_RATIOS[0] <= refused.mean_ratio <= MEAN_RATIOS[1]:
        return replace(refused, code=NOT_UNDERSTOOD)
    scores = _scores(choices)
    value, reach = _mean(scores, choices)
    gain, gain_reach = _mean(scores - choices.reward, choices)
    return replace(
        refused, code=ESTIMATED, value=value, lower=value - reach, upper=value + reach,
        self_normalised=float(np.average(choices.reward, weights=counted)),
        plain=float(np.average(choices.reward, weights=choices.weight)),
        gain=gain, gain_lower=gain - gain_reach, gain_upper=gain + gain_reach,
    )  # fmt: skip


def gain_of(own: LoggedChoices, other: LoggedChoices) -> tuple[float, float, float]:
    """Return the value of one target less that of another on the same choices, with a 95 % interval by person.

    Returns
    -------
    gain, lower, upper : NaN where either is refused.
    """
    if {value_of(own).code, value_of(other).code} != {ESTIMATED}:
        return float("nan"), float("nan"), float("nan")
    gain, reach = _mean(_scores(own) - _scores(other), own)
    return gain, gain - reach, gain + reach


def _ratio(choices: LoggedChoices) -> FloatArray:
    return np.minimum(choices.target / choices.logged, MOST_WEIGHT)


def _scores(choices: LoggedChoices) -> FloatArray:
    """Return what each choice adds to the value: their weighted mean is the value, their spread its error."""
    ratio, residual = _ratio(choices), choices.reward - choices.expected
    mean = np.average(residual, weights=choices.weight * ratio)
    scores: FloatArray = choices.expected_target + mean
    return scores + ratio / np.average(ratio, weights=choices.weight) * (residual - mean)


def _mean(scores: FloatArray, choices: LoggedChoices) -> tuple[float, float]:
    """Return a weighted mean, and half its 95 % interval by person."""
    error = clustered_error(scores, choices.person, choices.weight)
    freedom = len(np.unique(choices.person)) - 1
    return float(np.average(scores, weights=choices.weight)), float(t.ppf(0.975, freedom) * error)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetValue:
    """What two orders of the same participations achieve with the same money.

    Parameters
    ----------
    budget : Whole rupiah that could be spent.
    own, rule : Weighted levels closed by those chosen.
    gain, gain_lower, gain_upper : Difference, with a 95 % interval by a bootstrap of people.
    """

    budget: float
    own: float
    rule: float
    gain: float
    gain_lower: float
    gain_upper: float


def value_under_budget(
    own: FloatArray, rule: FloatArray, reward: FloatArray, cost: FloatArray, person: IndexArray, weight: FloatArray, *,
    share: float, rng: np.random.Generator, n_resamples: int = 200,
) -> BudgetValue:  # fmt: skip
    """Choose among participations that took place, by benefit for money, until the money is gone.

    Parameters
    ----------
    own, rule : Benefit foretold by model and rule; shape (n_rows,).
    reward, cost, person, weight : What came of each row, its price, whose it is, how often it counts.
    share : Share of the price of all that may be spent.
    rng : For the bootstrap.

    Notes
    -----
    Each draw of people is a pool of its own, with a budget of its own; model and rule choose from the same.
    """
    _, owner = np.unique(person, return_inverse=True)
    n_people = int(owner.max()) + 1
    budget = share * float((cost * weight).sum())
    orders = [np.argsort(-estimate / np.maximum(cost, 1.0), kind="stable") for estimate in (own, rule)]
    first = [_bought(order, reward, cost, weight, share) for order in orders]
    gains = []
    for _ in range(n_resamples):
        drawn = rng.multinomial(n_people, np.full(n_people, 1.0 / n_people))[owner] * weight
        one, two = (_bought(order, reward, cost, drawn, share) for order in orders)
        gains.append(one - two)
    lower, upper = np.quantile(gains, [0.025, 0.975])
    return BudgetValue(budget=budget, own=first[0], rule=first[1], gain=first[0] - first[1], gain_lower=float(lower),
                       gain_upper=float(upper))  # fmt: skip


def _bought(order: IndexArray, reward: FloatArray, cost: FloatArray, weight: FloatArray, share: float) -> float:
    """Return what is achieved by the first in order that the money reaches to."""
    spent = np.cumsum((cost * weight)[order])
    is_bought: BoolArray = spent <= share * spent[-1]
    return float((reward * weight)[order][is_bought].sum())
