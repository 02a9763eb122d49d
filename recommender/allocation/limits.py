"""How long, how exact: what a solver may use."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

TIE_RULE = "Among equally good plans: the lower employee id, then the lower offering id."


def tell_nobody(_value: float, _bound: float) -> None:
    """Keep to itself what the search finds."""


class Run(Protocol):
    """Does one task for each item, here or in other processes; results come in the order of the items."""

    def __call__(self, task: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        """Begin; items are taken as there is room for them."""


def run_here(task: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
    """Do one task after another in this process."""
    return map(task, items)


class Engine(StrEnum):
    """How a problem is solved: as a whole, by prices, or by value for money alone."""

    EXACT = "exact"
    DUAL = "dual"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveLimits:
    """Limits of one search, and who hears how far it is.

    Parameters
    ----------
    seconds : Wall-clock seconds for everything.
    gap : Relative gap at which the search may stop.
    seed : Seed of the solver.
    clock : Seconds that only grow, such as a monotonic clock; the only way time comes in here.
    engine : How to solve; by size and seconds where not given.
    run : How the regions of a large problem are done, which the answer does not depend on.
    processes : How many of them are done at once; with two, a second process weighs a small problem as a whole while
        the search goes on (see `aside`).
    tell : Told of the value of the best plan so far and the proven bound, as `PlanTotals` will have them.
    """

    seconds: float
    gap: float = 1e-4
    seed: int = 0
    clock: Callable[[], float]
    engine: Engine | None = None
    run: Run = run_here
    processes: int = 1
    tell: Callable[[float, float], None] = tell_nobody


class Deadline:
    """A moment on the clock.

    Parameters
    ----------
    limits : Seconds from now, and the clock.
    """

    def __init__(self, limits: SolveLimits) -> None:
        self._clock = limits.clock
        self._end = limits.clock() + limits.seconds

    def now(self) -> float:
        """Return the clock's seconds."""
        return self._clock()

    def left(self) -> float:
        """Return the seconds that are left; never below zero."""
        return max(0.0, self._end - self._clock())
