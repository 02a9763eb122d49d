"""What no plan better than a floor can hold, going by prices; HiGHS weighs the rest, and its bound is everybody's.

In each future of the decided classes, a plan that holds an option is worth at most the future's bound less what the
option misses its exit price by. Where that is no more than the floor, in every future, the option can be left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.branching import Leaf, settle
from recommender.allocation.dual import Priced
from recommender.allocation.layout import Layout
from recommender.allocation.parts import Part
from recommender.allocation.relaxation import FREE, OPENED
from training_catalog.columns import BoolArray, FloatArray, IndexArray

A_LITTLE = 1e-6  # of what an option is usually worth: float noise leaves nothing out
FIRST_REACH = 0.1  # of what an option is usually worth, by which options are first looked for below the bound


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

    def columns(self, layout: Layout) -> IndexArray:
        """Return the columns of the rest."""
        opened = np.unique(layout.problem.options.offering[self.options])
        return np.concatenate([
            np.flatnonzero(self.options), layout.n_options + opened, np.arange(layout.hours, layout.width),
        ]).astype(np.int64)  # fmt: skip

    def with_plan(self, layout: Layout, chosen: IndexArray) -> "Rest":
        """Return this with what a plan holds, which need not be worth so much."""
        options, opened = self.options.copy(), layout.problem.options.offering[chosen]
        options[chosen] = True
        return Rest(options=options, is_opened=self.is_opened & np.isin(np.arange(layout.n_classes), opened))

    def holds(self, layout: Layout, chosen: IndexArray) -> bool:
        """Return whether a plan is one of the rest."""
        opened = layout.problem.options.offering[chosen]
        return bool(self.options[chosen].all() and np.isin(np.flatnonzero(self.is_opened), opened).all())


def settled(priced: Priced, floor: float, *, seconds: float, now: Callable[[], float]) -> Priced:
    """Decide and price further what stands above a floor, in a problem of one part; see `branching.settle`.

    Where not even the future with the highest bound was decided to its end, nothing is.
    """
    branching = priced.branchings[0]
    if len(priced.parts.parts) > 1 or not branching.best.is_polished:
        return priced
    (part,) = priced.parts.parts
    apart = priced.bound - branching.bound
    further = settle(part, branching, floor - apart, seconds=seconds, now=now)
    return replace(priced, branchings=(further,), bound=min(priced.bound, further.bound + apart))


def rests_above(priced: Priced, floor: float) -> list[tuple[float, Rest]]:
    """Find what plans worth more than a floor may hold: together, such plans are in one of the rests.

    Parameters
    ----------
    priced : Prices in each future of each part.
    floor : Worth that is of no interest any more.

    Returns
    -------
    What prices prove of each rest, and the rest, lowest first: one for each future of a problem in one part; one for
    all futures where there are several parts.
    """
    if len(priced.parts.parts) > 1:
        return [(priced.bound, _rest_above(priced, floor, [branching.leaves for branching in priced.branchings]))]
    (branching,) = priced.branchings
    leaves = [leaf for leaf in reversed(branching.leaves) if leaf.ascent.bound + priced.bound - branching.bound > floor]
    return [
        (leaf.ascent.bound + priced.bound - branching.bound, _rest_above(priced, floor, [(leaf,)])) for leaf in leaves
    ]


def _rest_above(priced: Priced, floor: float, futures: list[tuple[Leaf, ...]]) -> Rest:
    """Find what a plan worth more than a floor may hold in some futures of each part.

    A future of one part is joined with the best of every other part. Who holds an option of a class that does not earn
    its opening loses that as well.
    """
    problem = priced.relaxed.problem
    options = np.zeros(len(problem.options.employee), dtype=np.bool_)
    is_opened = np.ones(len(problem.classes.ids), dtype=np.bool_)
    for part, branching, leaves in zip(priced.parts.parts, priced.branchings, futures, strict=True):
        for leaf in leaves:
            margin = priced.bound - (branching.bound - leaf.ascent.bound) - floor
            if margin <= 0:
                continue
            losses, rents = _losses(part, leaf, margin)
            options[part.relaxed.rows[losses <= margin]] = True
            is_opened[part.classes] &= (leaf.decided == OPENED) | (rents > margin)
    is_opened[np.setdiff1d(np.arange(len(is_opened)), problem.options.offering[options])] = False
    return Rest(options=options, is_opened=is_opened)


def _losses(part: Part, leaf: Leaf, margin: float) -> tuple[FloatArray, FloatArray]:
    """Return what a plan loses by each possible option, in one future; and what each class that is free earns."""
    relaxed = part.relaxed
    rents = relaxed.rents(leaf.ascent.prices) * ((leaf.decided == FREE) & relaxed.has_choice)
    losses = relaxed.losses(leaf.ascent.prices, margin, leaf.decided) - np.minimum(rents, 0.0)[relaxed.offering]
    return losses, rents


def likeliest(priced: Priced, most: int) -> Rest:
    """Find the options that leave most to a plan, in whatever future: a floor that about so many of them reach."""
    relaxed = priced.relaxed
    margin = FIRST_REACH * relaxed.usual
    while True:
        reach = _reach(priced, margin)
        n = int(np.isfinite(reach).sum())
        if n >= min(most, len(relaxed.rows)) or margin > abs(priced.bound):
            break
        margin *= 2.0
    floor = float(np.partition(reach, -most)[-most]) if n > most else priced.bound - margin
    floor -= A_LITTLE * relaxed.usual  # what just reaches it is in
    return _rest_above(priced, floor, [branching.leaves for branching in priced.branchings])


def _reach(priced: Priced, margin: float) -> FloatArray:
    """Return what a plan that holds an option is worth at most; minus infinity where that misses the bound by more."""
    reach = np.full(len(priced.relaxed.problem.options.employee), -np.inf)
    for part, branching in zip(priced.parts.parts, priced.branchings, strict=True):
        for leaf in branching.leaves:
            left = margin - (branching.bound - leaf.ascent.bound)
            if left > 0:
                losses = _losses(part, leaf, left)[0]
                worth = np.where(losses <= left, priced.bound - margin + left - losses, -np.inf)
                reach[part.relaxed.rows] = np.maximum(reach[part.relaxed.rows], worth)
    return reach
