"""Two configurations compared live: looked at after every person, stopped at any time, wrong in one trial of twenty."""

from dataclasses import dataclass

import numpy as np

from training_catalog.columns import BoolArray, FloatArray

CHANCE = 0.05  # of ever telling two equal configurations apart, however often one looks
LARGEST_STAKE = 0.5  # bounds how much one person may move the sequence
NEW_BETTER, OLD_BETTER, UNDECIDED = "new-better", "old-better", "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a live comparison stands.

    Parameters
    ----------
    code : ``new-better``, ``old-better`` or ``undecided``.
    stopped_at : People after whom it was decided; all of them where it is not.
    n_new, n_old : People until then in each arm.
    gain, lower, upper : Mean outcome of the new configuration less that of the old one, 0 while either has nobody, and
        the interval that holds at every moment together; from -1 to 1, as outcomes are from 0 to 1.
    """

    code: str
    stopped_at: int
    n_new: int
    n_old: int
    gain: float
    lower: float
    upper: float


def confidence_sequence(values: FloatArray, chance: float = CHANCE) -> tuple[FloatArray, FloatArray]:
    """Return bounds on the mean of values from 0 to 1, after each of them; all bounds hold together.

    Parameters
    ----------
    values : In the order in which they came; shape (n,).
    chance : Of the mean ever lying outside.

    Returns
    -------
    lower, upper : shape (n,), narrowing.

    Notes
    -----
    Empirical-Bernstein confidence sequence with predictable plug-in stakes (Waudby-Smith & Ramdas 2024, JRSS B 86,
    theorem 2): stakes depend on what came before only, so whoever looks after every value and stops when they please is
    not deceived.

    Examples
    --------
    >>> lower, upper = confidence_sequence(np.full(2_000, 0.5))
    >>> bool(lower[-1] < 0.5 < upper[-1]), bool(upper[-1] - lower[-1] < 0.05)
    (True, True)
    """
    n = np.arange(1, len(values) + 1)
    means = (0.5 + np.cumsum(values)) / (n + 1)
    variances = (0.25 + np.cumsum((values - means) ** 2)) / (n + 1)
    before_mean, before_variance = np.append(0.5, means)[:-1], np.append(0.25, variances)[:-1]
    price = np.log(2 / chance)
    stakes = np.minimum(np.sqrt(2 * price / (before_variance * n * np.log1p(n))), LARGEST_STAKE)
    weight = np.cumsum(stakes)
    middle = np.cumsum(stakes * values) / weight
    spread = (values - before_mean) ** 2 * (-np.log1p(-stakes) - stakes)
    reach = (price + np.cumsum(spread)) / weight
    lower, upper = np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
    return np.maximum.accumulate(lower), np.minimum.accumulate(upper)


def compare_live(outcome: FloatArray, is_new: BoolArray, share_new: float = 0.5) -> Trial:
    """Say whether one configuration is better, as far as people have come.

    Parameters
    ----------
    outcome : 0 to 1, one a person, in the order in which they came; such as whether they took what was suggested.
    is_new : Whose lists the new configuration made; drawn at random for each person.
    share_new : Probability with which it was drawn, between 0 and 1.

    Notes
    -----
    Each person stands for (outcome - mean of those before) / probability of their arm, positive in the new one and
    negative in the old; what is expected of it is the difference, whatever came before (Horvitz & Thompson 1952), its
    range is known, and the sequence above holds for it. Without the mean taken off, arms that the lot made of different
    sizes would differ by that alone. The difference told is that of the two shares, as readers reckon it.
    """
    n_before = np.arange(len(outcome)) + 1.0
    before = (0.5 + np.cumsum(outcome) - outcome) / n_before
    scores = (outcome - before) * np.where(is_new, 1 / share_new, -1 / (1 - share_new))
    most = max(1 / share_new, 1 / (1 - share_new))
    least = -most
    if not len(outcome):
        return Trial(code=UNDECIDED, stopped_at=0, n_new=0, n_old=0, gain=0.0, lower=-1.0, upper=1.0)
    within = confidence_sequence((scores - least) / (most - least))
    lower, upper = (np.clip(least + (most - least) * bound, -1.0, 1.0) for bound in within)
    decided = np.flatnonzero((lower > 0) | (upper < 0))
    end = int(decided[0]) if len(decided) else len(outcome) - 1
    code = NEW_BETTER if lower[end] > 0 else OLD_BETTER if upper[end] < 0 else UNDECIDED
    taken, arm = outcome[: end + 1], is_new[: end + 1]
    n_new = int(arm.sum())
    gain = taken[arm].mean() - taken[~arm].mean() if 0 < n_new <= end else 0.0
    return Trial(code=code, stopped_at=end + 1, n_new=n_new, n_old=end + 1 - n_new, lower=float(lower[end]),
                 upper=float(upper[end]), gain=float(np.clip(gain, lower[end], upper[end])))  # fmt: skip
