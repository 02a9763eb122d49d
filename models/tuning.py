"""Settings of boosted trees by successive halving: judged on later rows, and kept unless others are clearly better."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from models.metrics import calibration_line
from training_catalog.columns import FloatArray

FEWEST_TO_SEARCH = 1_000  # rows to learn from, and a quarter as many to judge; below, settings stay as they are
CLEAR = 1.0  # standard errors by which other settings must be better (Breiman et al. 1984)
FIRST_TREES = 40  # of every contender; each round halves the contenders and doubles the trees
LEAST_STEEP = 0.5  # a slope below is no longer a matter of being too sure
SMALLEST_CHANCE = 1e-6  # keeps logarithms finite


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSettings:
    """Settings of boosted trees.

    Parameters
    ----------
    n_iterations : Trees.
    learning_rate : Shrinkage of each.
    n_leaves, min_samples_leaf : Size of each tree, and fewest rows in a leaf.
    l2 : Penalty on what a leaf says.
    share_of_columns : Share of the columns that each split looks at.
    steepness : Share of their distance from the overall odds that log odds keep: below 1 where trees are too sure.
    """

    n_iterations: int
    learning_rate: float
    n_leaves: int
    min_samples_leaf: int
    l2: float
    share_of_columns: float = 1.0
    steepness: float = 1.0


CONTENDERS = (  # beside the settings that stand
    TreeSettings(n_iterations=320, learning_rate=0.05, n_leaves=4, min_samples_leaf=50, l2=1.0),
    TreeSettings(n_iterations=320, learning_rate=0.05, n_leaves=8, min_samples_leaf=50, l2=1.0),
    TreeSettings(n_iterations=320, learning_rate=0.04, n_leaves=15, min_samples_leaf=50, l2=10.0, share_of_columns=0.5),
    TreeSettings(n_iterations=320, learning_rate=0.04, n_leaves=31, min_samples_leaf=40, l2=10.0, share_of_columns=0.4),
)
Outcomes = tuple[NDArray[np.floating[Any]], FloatArray]  # rows, and what came of them
Make = Callable[[TreeSettings], HistGradientBoostingClassifier]


@dataclass(slots=True)
class _Contender:
    settings: TreeSettings
    model: HistGradientBoostingClassifier
    n_trees: int = 0
    best: tuple[float, int] = (np.inf, 0)  # loss, trees
    losses: FloatArray = field(default_factory=lambda: np.zeros(0))  # of each later row, at its best
    chance: FloatArray = field(default_factory=lambda: np.zeros(0))

    def grow(self, n_trees: int, early: Outcomes, later: Outcomes) -> None:
        """Grow to so many trees, and note with how many the later rows were foretold best."""
        self.model.set_params(max_iter=n_trees).fit(*early)
        for k, chance in enumerate(self.model.staged_predict_proba(later[0]), start=1):
            if k <= self.n_trees:
                continue
            losses = log_losses(later[1], chance[:, 1])
            if losses.mean() < self.best[0]:
                self.best, self.losses, self.chance = (float(losses.mean()), k), losses, chance[:, 1]
        self.n_trees = n_trees


def log_losses(happened: FloatArray, chance: FloatArray) -> FloatArray:
    """Return minus the logarithm of the probability given to what happened.

    Examples
    --------
    >>> log_losses(np.array([1.0, 0.0]), np.array([0.5, 0.5])).round(3).tolist()
    [0.693, 0.693]
    """
    chance = np.clip(chance, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    return np.asarray(-np.where(happened > 0, np.log(chance), np.log(1 - chance)), dtype=np.float64)


def search(
    standing: TreeSettings, make: Make, early: Outcomes, later: Outcomes,
    contenders: Sequence[TreeSettings] = CONTENDERS,
) -> TreeSettings:  # fmt: skip
    """Find settings by successive halving (Jamieson & Talwalkar 2016, AISTATS 19), trees being what is rationed.

    Parameters
    ----------
    standing : Settings that stand.
    make : Makes a classifier, not yet fitted, of settings; with ``warm_start``.
    early, later : Rows and outcomes to learn from, and later ones to judge on.
    contenders : What else may be.

    Returns
    -------
    The best, with as many trees as foretold later rows best, and as steep as those say; the standing ones unless that
    is better by more than `CLEAR` standard errors of the paired log losses, or when there are too few rows.
    """
    if len(early[1]) < FEWEST_TO_SEARCH or len(later[1]) < FEWEST_TO_SEARCH // 4 or len(np.unique(early[1])) == 1:
        return standing
    left = [_Contender(one, make(one)) for one in contenders]
    n_trees = FIRST_TREES
    while True:
        for one in left:
            one.grow(min(n_trees, one.settings.n_iterations), early, later)
        left = sorted(left, key=lambda one: one.best[0])[: max(1, len(left) // 2)]
        is_past_its_best = left[0].best[1] <= n_trees // 2
        if len(left) == 1 and (is_past_its_best or n_trees >= left[0].settings.n_iterations):
            break
        n_trees *= 2
    best = left[0]
    own = make(standing).set_params(max_iter=standing.n_iterations).fit(*early)
    gain = log_losses(later[1], own.predict_proba(later[0])[:, 1]) - best.losses
    if gain.mean() <= CLEAR * gain.std() / np.sqrt(len(gain)):
        return standing
    slope, _ = calibration_line(later[1], best.chance)
    return replace(best.settings, n_iterations=best.best[1], steepness=float(np.clip(slope, LEAST_STEEP, 1.0)))
