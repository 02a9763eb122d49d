"""How far options and classes are from paying their price: what HiGHS weighs, and what it need not."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.dual import Priced
from recommender.allocation.exact import Model
from training_catalog.columns import FloatArray, IndexArray

WIDE_MARGIN = 0.05  # of what an option is usually worth, by which it may miss its exit price and still be looked at
FAR_MARGIN = 0.1  # the same, where hardly anything is near
CLASS_MARGIN = 0.1  # the same, by which a class may fail to earn its opening and still be weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How far options and classes are from paying their price.

    Parameters
    ----------
    losses : shape (n_options,): what a person's best set loses by holding the option, in units of what an option is
        usually worth; infinite where it is far.
    free_losses, rents : The same with no class decided, and what a class earns by opening; shape (n_classes,).
    decided : shape (n_classes,), which classes were opened or closed.
    """

    losses: FloatArray
    free_losses: FloatArray
    rents: FloatArray
    decided: IndexArray

    def columns(self, model: Model, chosen: IndexArray, people: IndexArray, margin: float) -> IndexArray:
        """Return the columns near their price that move when some people choose anew."""
        layout, where = model.layout, model.problem.options.offering
        is_near = (self.free_losses <= margin) & (self.rents[where] >= -CLASS_MARGIN)
        is_near[chosen] = True
        opened = np.zeros(layout.n_classes, dtype=np.bool_)
        opened[where[is_near]] = True
        kept = np.ones(layout.width, dtype=np.bool_)
        kept[: layout.n_options] = is_near
        kept[layout.n_options : layout.hours] = opened
        free = layout.free(people, chosen)
        return free[kept[free]]


def nearness(priced: Priced) -> Nearness:
    """Measure how far everything is from its price."""
    relaxed = priced.relaxed
    losses = np.full((2, len(relaxed.problem.options.employee)), np.inf)
    margin = FAR_MARGIN * relaxed.usual
    losses[0, relaxed.rows] = relaxed.losses(priced.prices, margin, priced.decided)
    losses[1, relaxed.rows] = relaxed.losses(priced.root.prices, margin)
    losses /= relaxed.usual
    return Nearness(losses=losses[0], free_losses=losses[1], rents=relaxed.rents(priced.root.prices) / relaxed.usual,
                    decided=priced.decided)  # fmt: skip
