"""Judged rows made by hand, of which it is known how good a model is."""

import numpy as np

from models.baseline import BenefitEstimates
from models.judged import Judged


def estimates(mean, completion) -> BenefitEstimates:
    return BenefitEstimates(mean=mean, lower=np.zeros(len(mean)), upper=mean + 1.0, completion=completion)


def judged_rows(n, seed, *, skill=0.5, n_people=None, rule_skill=0.5, of_whom=None, splits=1):
    """Return rows whose outcome a model foretells with some skill, 0 none to 1 all; of some rows with another one.

    `of_whom` is rows and the model's skill there.
    """
    rng = np.random.default_rng(seed)
    truth = rng.random(n)
    own_skill = np.full(n, skill)
    if of_whom is not None:
        own_skill[of_whom[0]] = of_whom[1]
    completed = (rng.random(n) < 0.8).astype(np.float64)
    own, rule = (share * truth + (1 - share) * rng.random(n) for share in (own_skill, np.full(n, rule_skill)))
    chance = np.full(n, 0.8)
    return Judged(
        split=np.sort(np.arange(n) % splits), person=rng.integers(0, n_people or 10 * n, n), completed=completed,
        outcome=np.where(completed == 1, truth, 0.0), weight=np.ones(n), covered=np.full(n, 2.0),
        own=estimates(own, chance), rule=estimates(rule, chance),
    )  # fmt: skip
