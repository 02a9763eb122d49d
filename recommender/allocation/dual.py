"""The price method: prices for what is shared, classes decided one after another, and prices again for what is left."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.ascent import Ascent, Start, find_prices
from recommender.allocation.branching import STEP, Branching, Leaf, branch
from recommender.allocation.parts import Parts, parts_of
from recommender.allocation.relaxation import CLOSED, FREE, OPENED, Relaxation
from training_catalog.columns import FloatArray, IndexArray

PASSES, FEW_PASSES, LAST_PASSES = 400, 200, 100  # at first, where little is decided by prices, and at last
MOST_STEPS = 100  # decisions in a part
ROOT_SHARE = 0.4  # of the time for prices, for those that everything begins with
LAST_SHARE = 0.2  # of the same time, on top of it, for prices of what was decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What prices tell of a problem.

    Parameters
    ----------
    relaxed : The problem between prices.
    root : Prices with nothing decided, and what they prove.
    parts, branchings : Its parts, and the futures of each.
    bound : What all futures prove together, and nothing that is proved elsewhere: what a future leaves to an option
        is counted from it.
    decided : shape (n_classes,): what was decided where the best plan most likely lies.
    prices : Prices there.
    was_hurried : Whether the clock cut the search short.
    """

    relaxed: Relaxation
    root: Ascent
    parts: Parts
    branchings: tuple[Branching, ...]
    bound: float
    decided: IndexArray
    prices: FloatArray
    was_hurried: bool


def _branch_parts(
    parts: Parts, root: FloatArray, *, most: int, seconds: float, now: Callable[[], float]
) -> list[Branching]:
    """Decide classes part by part, each within its share of the time."""
    until, found = now() + seconds, []
    for i, part in enumerate(parts.parts):
        share = max(until - now(), 0.0) / (len(parts.parts) - i)
        found.append(branch(part, root[part.place], most=most, seconds=share, now=now))
    return found


def _settle(
    relaxed: Relaxation, parts: Parts, found: list[Branching], root: FloatArray
) -> tuple[IndexArray, FloatArray]:
    """Join the best futures of all parts; a class that is still open in part opens where it mostly does."""
    decided, prices = relaxed.nobody_decided(), root.copy()
    for part, branching in zip(parts.parts, found, strict=True):
        leaf = branching.best
        mostly = np.where(leaf.ascent.openness > 0.5, OPENED, CLOSED)  # noqa: PLR2004 (more often than not)
        is_free = (leaf.decided == FREE) & part.relaxed.has_choice
        own = part.relaxed.has_choice
        decided[part.classes[own]] = np.where(is_free, mostly, leaf.decided)[own]
        prices[part.place[~part.held]] = leaf.ascent.prices[~part.held]
    return decided, prices


def price_only(relaxed: Relaxation, *, seconds: float, now: Callable[[], float]) -> Priced:
    """Find prices and decide nothing: for an office, whose program goes to HiGHS as a whole; see `price`."""
    root = find_prices(relaxed, passes=FEW_PASSES, seconds=seconds, now=now)
    parts, nothing = parts_of(relaxed, smallest=len(relaxed.persons) + 1), relaxed.nobody_decided()
    (part,) = parts.parts
    leaf = Leaf(decided=nothing[part.classes], ascent=replace(root, prices=root.prices[part.place],
                                                                  openness=root.openness[part.classes]))  # fmt: skip
    return Priced(
        relaxed=relaxed, root=root, parts=parts, branchings=(Branching(leaves=(leaf,), was_hurried=False),),
        bound=root.bound, decided=nothing, prices=root.prices, was_hurried=root.was_hurried,
    )  # fmt: skip


def price(relaxed: Relaxation, *, seconds: float, now: Callable[[], float]) -> Priced:
    """Find prices, decide the classes that they would open in part, and find prices for what was decided.

    Parameters
    ----------
    relaxed : The problem between prices.
    seconds, now : Time that may be used, and the clock.
    """
    begun = now()
    root = find_prices(relaxed, passes=PASSES, seconds=seconds * ROOT_SHARE, now=now)
    left = seconds - (now() - begun)
    return decide(relaxed, root, most=MOST_STEPS, passes=LAST_PASSES, seconds=(left, seconds * LAST_SHARE), now=now)


def decide(
    relaxed: Relaxation, root: Ascent, *, most: int, passes: int, seconds: tuple[float, float],
    now: Callable[[], float],
) -> Priced:  # fmt: skip
    """Decide the classes that prices would open in part, and find prices for what was decided.

    Parameters
    ----------
    relaxed : The problem between prices.
    root : Prices with nothing decided.
    most, passes : Decisions in a part, and passes for what was decided.
    seconds, now : Time for each of the two, and the clock.
    """
    parts = parts_of(relaxed)
    found = _branch_parts(parts, root.prices, most=most, seconds=seconds[0], now=now)
    decided, prices = _settle(relaxed, parts, found, root.prices)
    start = Start(prices=prices, decided=decided, held=np.zeros(relaxed.n_prices, dtype=np.bool_), step=STEP)
    last = find_prices(relaxed, passes=passes, seconds=seconds[1], now=now, start=start)
    bound = parts.bound(root.prices, [branching.bound for branching in found])
    was_hurried = root.was_hurried or last.was_hurried or any(branching.was_hurried for branching in found)
    return Priced(
        relaxed=relaxed, root=root, parts=parts, branchings=tuple(found), bound=bound, decided=decided,
        prices=last.prices, was_hurried=was_hurried,
    )  # fmt: skip
