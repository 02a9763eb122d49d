"""What no plan better than a floor can hold, going by prices; HiGHS weighs the rest, and its bound is everybody's.

In each future of the decided classes, a plan that holds an option is worth at most the future's bound less what the
option misses its exit price by. Where that is no more than the floor, in every future, the option can be left out.
"""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.dual import Priced
from recommender.allocation.layout import Layout
from recommender.allocation.relaxation import OPENED
from training_catalog.columns import BoolArray, IndexArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a plan worth more than a floor may hold.

    Parameters
    ----------
    options : shape (n_options,).
    is_opened : shape (n_classes,): classes that such a plan opens.
    """

    options: BoolArray
    is_opened: BoolArray

    def columns(self, layout: Layout, chosen: IndexArray) -> IndexArray:
        """Return the columns of the rest, and of a plan."""
        options = self.options.copy()
        options[chosen] = True
        opened = np.unique(layout.problem.options.offering[options])
        return np.concatenate([
            np.flatnonzero(options), layout.n_options + opened, np.arange(layout.hours, layout.width),
        ]).astype(np.int64)  # fmt: skip


def rest_above(priced: Priced, floor: float) -> Rest:
    """Find what a plan worth more than a floor may hold.

    Parameters
    ----------
    priced : Prices in each future of each part.
    floor : Worth that is of no interest any more.

    Notes
    -----
    A future of one part is joined with the best of every other part.
    """
    problem = priced.relaxed.problem
    options = np.zeros(len(problem.options.employee), dtype=np.bool_)
    is_opened = np.ones(len(problem.classes.ids), dtype=np.bool_)
    for part, branching in zip(priced.parts.parts, priced.branchings, strict=True):
        for leaf in branching.leaves:
            margin = priced.bound - (branching.bound - leaf.ascent.bound) - floor
            if margin <= 0:
                continue
            losses = part.relaxed.losses(leaf.ascent.prices, margin, leaf.decided)
            options[part.relaxed.rows[losses <= margin]] = True
            is_opened[part.classes] &= leaf.decided == OPENED
    is_opened[np.setdiff1d(np.arange(len(is_opened)), problem.options.offering[options])] = False
    return Rest(options=options, is_opened=is_opened)
