"""Planted truth: what people really can, and what a training would really do for them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from recommender.simulation.settings import (
    BELOW_LEVEL,
    BLENDED_EXTRA,
    COMPLETION,
    COMPLETION_INTEREST,
    COMPLETION_MOTIVATION,
    COMPLETION_SHORTAGE,
    DOSE_FACTOR,
    ENTRY_TOO_HIGH,
    FULL_DOSE,
    GAIN,
    GAIN_SPREAD,
    HALF_LIFE_MONTHS,
    MOTIVATION_FACTOR,
    SHARE_PRACTISED,
    TRANSFER,
)
from training_catalog.columns import (
    BoolArray,
    FloatArray,
    IndexArray,
    TextArray,
    freeze,
    group_bounds,
    join_groups,
    look_up,
)
from training_catalog.training import BLENDED, MODES, Trainings

HORIZON_MONTHS = 6.0  # a gain is valued half a year after the class


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of every person, required competency by required competency.

    Parameters
    ----------
    employees : shape (n_people,), ids, ascending.
    employee, competency : Indices of each entry, by person, then competency.
    required, level : Required and true level on the day of planning.
    weight : Weight of one level.
    motivation : shape (n_people,), 0 to 1.
    support : shape (n_people,), supervisor's support, 0 to 1.
    shortage : shape (n_people,), vacant share of the unit's posts.
    interest : Person x n_trainings + training keys of stated interests, ascending.
    n_competencies, n_trainings : Widths.
    """

    employees: TextArray
    employee: IndexArray
    competency: IndexArray
    required: FloatArray
    level: FloatArray
    weight: FloatArray
    motivation: FloatArray
    support: FloatArray
    shortage: FloatArray
    interest: IndexArray
    n_competencies: int
    n_trainings: int

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def deficit(self) -> FloatArray:
        """True deficit of each entry, in levels."""
        return np.maximum(self.required - self.level, 0.0)


def motivation_factor(motivation: FloatArray) -> FloatArray:
    """Return the factor on learning, 0.6 to 1.2."""
    return MOTIVATION_FACTOR[0] + (MOTIVATION_FACTOR[1] - MOTIVATION_FACTOR[0]) * motivation


def transfer(support: FloatArray) -> FloatArray:
    """Return the share of learning that reaches the job, 0.4 to 0.9."""
    return TRANSFER[0] + (TRANSFER[1] - TRANSFER[0]) * support


def completion_probability(
    mode: IndexArray, motivation: FloatArray, shortage: FloatArray, is_interested: BoolArray
) -> FloatArray:
    """Return the probability of completing by mode, motivation, the unit's shortage and interest."""
    base = np.array([COMPLETION[name] for name in MODES])[mode]
    odds = np.log(base / (1 - base)) + COMPLETION_MOTIVATION * (motivation - 0.5)
    odds = odds + COMPLETION_SHORTAGE * np.nan_to_num(shortage) + COMPLETION_INTEREST * is_interested
    return 1 / (1 + np.exp(-odds))


def fit_of_level(level: FloatArray, level_from: FloatArray, level_to: FloatArray) -> FloatArray:
    """Return the factor for how well a training's levels fit: 0.5 a level of too high an entry, 0.2 for old news."""
    return np.where(level >= level_to, BELOW_LEVEL, ENTRY_TOO_HIGH ** np.maximum(level_from - level, 0.0))


def dose_of(trainings: Trainings) -> FloatArray:
    """Return each training's factor on learning for the JP it gives to each competency, 0.4 to 1.25."""
    n_targets = np.maximum(np.diff(trainings.target_bounds), 1)
    return np.clip(np.sqrt(trainings.hours / n_targets / FULL_DOSE), *DOSE_FACTOR)


def mean_gain(
    mode: IndexArray, dose: FloatArray, fit: FloatArray, motivation: FloatArray, support: FloatArray
) -> FloatArray:
    """Return the mean gain that reaches the job at once, in levels."""
    learning = (GAIN + BLENDED_EXTRA * (mode == BLENDED)) * dose * fit * motivation_factor(motivation)
    gain: FloatArray = learning * transfer(support)
    return gain


def retained(months: float = HORIZON_MONTHS) -> float:
    """Return the mean share of a gain that is left after some months."""
    half_life = sum(HALF_LIFE_MONTHS) / 2
    return float(SHARE_PRACTISED + (1 - SHARE_PRACTISED) * (0.5 + 0.5 * 0.5 ** (months / half_life)))


def expected_closing(deficit: FloatArray, gain: FloatArray, spread: FloatArray) -> FloatArray:
    """Return E[min(deficit, gain)] for a normal gain: what is expected to close."""
    safe = np.maximum(spread, 1e-9)
    z = (deficit - gain) / safe
    beyond = (deficit - gain) * ndtr(z) + safe * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.clip(deficit - beyond, 0.0, deficit)


def _covered(
    truth: Truth, trainings: Trainings, employee: IndexArray, training: IndexArray
) -> tuple[IndexArray, IndexArray, FloatArray, FloatArray]:
    """Return pair, entry, mean gain and its spread for every required competency that each pair's training teaches."""
    pair, target = join_groups(trainings.target_bounds, training)
    keys = truth.employee * truth.n_competencies + truth.competency
    wanted = employee[pair] * truth.n_competencies + trainings.target_competency[target]
    entry = look_up(keys, wanted)
    hit = entry >= 0
    pair, target, entry = pair[hit], target[hit], entry[hit]
    fit = fit_of_level(truth.level[entry], trainings.level_from[target], trainings.level_to[target])
    who, mode = employee[pair], trainings.mode[training[pair]]
    dose = dose_of(trainings)[training[pair]]
    gain = mean_gain(mode, dose, fit, truth.motivation[who], truth.support[who]) * retained()
    spread = GAIN_SPREAD * fit * motivation_factor(truth.motivation[who]) * transfer(truth.support[who])
    return pair, entry, gain, spread


def true_completion(truth: Truth, trainings: Trainings, employee: IndexArray, training: IndexArray) -> FloatArray:
    """Return each pair's true probability of completing."""
    is_interested = np.isin(employee * truth.n_trainings + training, truth.interest)
    mode = trainings.mode[training]
    return completion_probability(mode, truth.motivation[employee], truth.shortage[employee], is_interested)


def true_benefit(truth: Truth, trainings: Trainings, employee: IndexArray, training: IndexArray) -> FloatArray:
    """Return each pair's true benefit: P(completes) x expected weighted deficit closed half a year later.

    Parameters
    ----------
    truth, trainings : What is true, and what is taught.
    employee, training : shape (n_pairs,), indices.
    """
    pair, entry, gain, spread = _covered(truth, trainings, employee, training)
    closed = expected_closing(truth.deficit[entry], gain, spread) * truth.weight[entry]
    total = np.bincount(pair, weights=closed, minlength=len(employee))
    return total * true_completion(truth, trainings, employee, training)


def true_plan_benefit(truth: Truth, trainings: Trainings, employee: IndexArray, training: IndexArray) -> float:
    """Return what a whole plan truly closes: gains on one deficit add up, and never count beyond it.

    Notes
    -----
    Per (person, competency): with one training it equals `true_benefit`; with several, what each would close adds up
    to the true deficit at most. That is an upper bound where gains overlap: E[min(deficit, sum of gains)] is not above
    the smaller of the deficit and the sum of E[min(deficit, gain)].
    """
    pair, entry, gain, spread = _covered(truth, trainings, employee, training)
    completion = true_completion(truth, trainings, employee, training)[pair]
    single = expected_closing(truth.deficit[entry], gain, spread) * completion
    order = np.argsort(entry, kind="stable")
    bounds = group_bounds(entry[order], len(truth.employee))
    total = np.add.reduceat(np.append(single[order], 0.0), bounds[:-1]) * (bounds[1:] > bounds[:-1])
    return float((np.minimum(total, truth.deficit) * truth.weight).sum())
