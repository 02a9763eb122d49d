"""Classes decided one after another: half a class that prices would open is opened or closed for good, and priced anew.

What prices leave unproved is mostly classes opened in part. Each has two futures, and in each the prices prove a
bound of their own; the higher of the two holds for both. A few dozen decisions in a region take most of that away.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.ascent import Ascent, Start, find_prices
from recommender.allocation.parts import Part
from recommender.allocation.relaxation import CLOSED, FREE, OPENED
from training_catalog.columns import FloatArray, IndexArray

PASSES, STEP = 50, 0.03  # for one future; its prices begin where those of the decision before stood
LAST_PASSES = 200  # for the future that looks best once no class is open in part
HARDLY = 0.04  # share of late passes up to which a class counts as open or closed as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One future.

    Parameters
    ----------
    decided : shape (n_classes,), of the part.
    ascent : Prices, and what they prove for plans that agree with what is decided.
    is_polished : Whether its prices had their last passes.
    """

    decided: IndexArray
    ascent: Ascent
    is_polished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Branching:
    """Futures that together hold every plan.

    Parameters
    ----------
    leaves : The futures, highest bound first.
    was_hurried : Whether the clock ended the decisions.
    """

    leaves: tuple[Leaf, ...]
    was_hurried: bool

    @property
    def bound(self) -> float:
        """No plan is worth more."""
        return self.leaves[0].ascent.bound

    @property
    def best(self) -> Leaf:
        """The future in which the best plan most likely lies."""
        return self.leaves[0]


def _most_divided(part: Part, leaf: Leaf) -> int:
    """Return the class that is open in the most divided share of passes; -1 where none is."""
    openness = leaf.ascent.openness
    doubt = np.minimum(openness, 1.0 - openness) * (part.relaxed.has_choice & (leaf.decided == FREE))
    most = int(np.argmax(doubt)) if len(doubt) else -1
    return most if most >= 0 and doubt[most] > HARDLY else -1


class _Futures:
    """The futures of a part, highest bound first.

    Parameters
    ----------
    part : What to decide.
    now : The clock.
    """

    def __init__(self, part: Part, now: Callable[[], float]) -> None:
        self.part, self.now = part, now
        self.heap: list[tuple[float, int, Leaf]] = []
        self.n = 0

    def add(self, leaf: Leaf) -> None:
        """Add a future."""
        heapq.heappush(self.heap, (-leaf.ascent.bound, self.n, leaf))
        self.n += 1

    def search(self, decided: IndexArray, prices: FloatArray, passes: int, seconds: float = np.inf) -> Ascent:
        """Search prices for what is decided."""
        start = Start(prices=prices, decided=decided, held=self.part.held, step=STEP)
        return find_prices(self.part.relaxed, passes=passes, seconds=seconds, now=self.now, start=start)

    def split(self, number: int) -> None:
        """Open and close a class in the future with the highest bound."""
        leaf = heapq.heappop(self.heap)[2]
        for decision in (OPENED, CLOSED):
            decided = leaf.decided.copy()
            decided[number] = decision
            self.add(Leaf(decided=decided, ascent=self.search(decided, leaf.ascent.prices, PASSES)))

    def settle(self, floor: float, seconds: float) -> Branching:
        """Decide and price further what stands above a floor, while there is time."""
        begun, settled, was_hurried = self.now(), list[Leaf](), False
        while self.heap and -self.heap[0][0] > floor:
            was_hurried = self.now() - begun >= seconds
            if was_hurried:
                break
            leaf = self.heap[0][2]
            number = _most_divided(self.part, leaf)
            if number >= 0:
                self.split(number)
            elif not leaf.is_polished:
                self.polish()
            else:
                settled.append(heapq.heappop(self.heap)[2])
        leaves = sorted(settled + [row[2] for row in self.heap], key=lambda leaf: -leaf.ascent.bound)
        return Branching(leaves=tuple(leaves), was_hurried=was_hurried)

    def polish(self) -> None:
        """Search further for the prices of the future with the highest bound."""
        leaf = heapq.heappop(self.heap)[2]
        ascent = self.search(leaf.decided, leaf.ascent.prices, LAST_PASSES)
        self.add(replace(leaf, ascent=ascent, is_polished=True))


def branch(part: Part, prices: FloatArray, *, most: int, seconds: float, now: Callable[[], float]) -> Branching:
    """Decide classes, always in the future with the highest bound.

    Parameters
    ----------
    part : What to decide.
    prices : shape (n_prices,) of the part, to begin from.
    most : Steps: a decision, or a longer search for prices where nothing is left to decide.
    seconds, now : Time that may be used, and the clock.
    """
    begun, futures = now(), _Futures(part, now)
    nothing = part.relaxed.nobody_decided()
    ascent, was_hurried = futures.search(nothing, prices, PASSES, seconds), False
    futures.add(Leaf(decided=nothing, ascent=ascent))
    for n in range(most):
        leaf = futures.heap[0][2]
        number = _most_divided(part, leaf)
        if number < 0 and leaf.is_polished:
            break
        was_hurried = (now() - begun) * (n + 2) / (n + 1) > seconds  # the next step would end too late
        if was_hurried:
            break
        if number < 0:
            futures.polish()
        else:
            futures.split(number)
    leaves = tuple(row[2] for row in sorted(futures.heap, key=lambda row: row[:2]))
    return Branching(leaves=leaves, was_hurried=was_hurried or ascent.was_hurried)


def settle(part: Part, branching: Branching, floor: float, *, seconds: float, now: Callable[[], float]) -> Branching:
    """Decide and price further in all futures above a floor, not only in the one with the highest bound.

    Parameters
    ----------
    part, branching : What was decided.
    floor : Bound up to which a future is of no interest.
    seconds, now : Time that may be used, and the clock.
    """
    futures = _Futures(part, now)
    for leaf in branching.leaves:
        futures.add(leaf)
    return futures.settle(floor, seconds)
