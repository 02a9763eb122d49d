"""The search for good prices: each takes steps of its own length, smoothed, and shorter towards the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recommender.allocation.relaxation import Evaluation
from training_catalog.columns import BoolArray, FloatArray, IndexArray

FIRST_STEP = 0.2  # of what a price is of the order of; shorter from prices that are nearly right
NEWEST, NEWEST_SQUARE = 0.1, 0.01  # weights of the newest pass in the running means of the excess and of its square
FIRST_LOOK = 10  # passes after which the clock tells how many there can be


@dataclass(frozen=True, slots=True, kw_only=True)
class Ascent:
    """Prices found.

    Parameters
    ----------
    prices : shape (n_prices,) in the units of the relaxation.
    bound : What they prove.
    openness : shape (n_classes,): share of the later passes in which each class opened.
    takes : shape (n_possible_options,): share of the later passes in which each option was chosen.
    was_hurried : Whether the clock ever seemed to allow fewer passes than were asked for: steps were shorter then.
    """

    prices: FloatArray
    bound: float
    openness: FloatArray
    takes: FloatArray
    was_hurried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a search for prices begins.

    Parameters
    ----------
    prices : Prices to begin from.
    decided : What is decided for the classes.
    held : Prices that stay.
    step : Length of the first step, as a share of what a price is of the order of.
    """

    prices: FloatArray
    decided: IndexArray
    held: BoolArray
    step: float = FIRST_STEP


class Between(Protocol):
    """A problem between prices: one region, or some together."""

    rows: IndexArray
    highest: FloatArray

    @property
    def n_prices(self) -> int:
        """How many prices there are."""

    def nobody_decided(self) -> IndexArray:
        """Return what is decided when every class decides for itself."""

    def stakes(self) -> FloatArray:
        """Return what each price is of the order of."""

    def evaluate(self, prices: FloatArray, decided: IndexArray | None = None) -> Evaluation:
        """Compute the bound of prices, and how far demand exceeds what there is."""


def from_nothing(relaxed: Between) -> Start:
    """Begin with no prices, and with nothing decided or held."""
    return Start(prices=np.zeros(relaxed.n_prices), decided=relaxed.nobody_decided(),
                 held=np.zeros(relaxed.n_prices, dtype=np.bool_))  # fmt: skip


def find_prices(
    relaxed: Between, *, passes: int, seconds: float, now: Callable[[], float], start: Start | None = None
) -> Ascent:
    """Search the prices with the lowest bound.

    Parameters
    ----------
    relaxed : The problem between prices.
    passes : Passes over everybody; fewer where the time would not do.
    seconds, now : Time that may be used, and the clock.
    start : Where to begin; without prices where not given.

    Notes
    -----
    Steps are those of Adam (Kingma & Ba 2015, arXiv 1412.6980) on the subgradient, with a length that falls in a
    straight line to zero. On a city of 5,200 people 400 passes came to within 0.05 % of where 1,500 stopped; the
    volume algorithm needed 380 for a bound 0.2 % further off, and equal steps for all prices never came near.
    """
    start = from_nothing(relaxed) if start is None else start
    prices, stake = start.prices, relaxed.stakes() * ~start.held
    mean, square = np.zeros(len(prices)), np.zeros(len(prices))
    best, found, begun, n = np.inf, prices, now(), 0
    first, was_hurried = 0.0, False
    planned, openness, n_late = passes, np.zeros(len(start.decided)), 0
    takes = np.zeros(len(relaxed.rows), dtype=np.int64)
    while n < planned:
        evaluation = relaxed.evaluate(prices, start.decided)
        if 2 * n >= planned:
            openness, n_late = openness + evaluation.opens, n_late + 1
            takes += evaluation.taken
        if evaluation.bound < best:
            best, found = evaluation.bound, prices
        n += 1
        used = now() - begun
        first = used if n == 1 else first
        planned = _planned(passes, n, first=first, used=used, seconds=seconds)
        was_hurried |= planned < passes
        slope = evaluation.excess * stake
        mean = NEWEST * slope + (1.0 - NEWEST) * mean
        square = NEWEST_SQUARE * slope**2 + (1.0 - NEWEST_SQUARE) * square
        length = start.step * max(1.0 - n / planned, 0.0)
        speed = mean / (1.0 - (1.0 - NEWEST) ** n)
        usual = np.sqrt(square / (1.0 - (1.0 - NEWEST_SQUARE) ** n)) + 1e-9
        prices = np.clip(prices + length * stake * speed / usual, 0.0, relaxed.highest)
    return Ascent(prices=found, bound=best, openness=openness / max(n_late, 1), takes=takes / max(n_late, 1),
                  was_hurried=was_hurried)  # fmt: skip


def _planned(passes: int, n: int, *, first: float, used: float, seconds: float) -> int:
    """Return how many passes there will be, going by the time that `n` took after the first, which may compile code."""
    if used >= seconds:
        return n
    if n < FIRST_LOOK or used <= first:
        return passes
    return max(int(min(passes, n + (n - 1) * (seconds - used) / (used - first))), n)
