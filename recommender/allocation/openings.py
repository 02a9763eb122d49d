"""Which classes open: one set of them after another, the best first as if people could be divided, and plans in each.

A program in which classes are whole and people are not is solved in a moment, and nothing beats its answer but for
what packing people costs. So it lists sets of classes with their bounds, until none is left that could hold a better
plan; in each, people are exchanged until the money suffices (`exchange`), and HiGHS proves what is left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.blocks import Improver
from recommender.allocation.exact import chosen_of
from recommender.allocation.exchange import Exchange, Pace, can_exchange, dearest, hall_of, walk
from recommender.allocation.highs import only
from recommender.allocation.limits import Deadline
from recommender.allocation.program import demand_rows
from training_catalog.columns import BoolArray, IndexArray

LIST_SHARE = 0.3  # of the time, for the list with a walk in each set
WALK_SHARE, ALL_SHARE = 0.45, 0.6  # of the time, up to which is walked further; the same where the list is complete
STEPS = 50_000  # of a walk, for each person
DEARNESS = 10.0  # how much dearer an overdrawn line is at first than what hangs on it
LESS_DEAR, DEARER = 0.75, 1.4  # after a walk that found a plan, and after one that did not
HOT, COLD = 0.04, 0.0045  # of an overdrawn line's price for a usual option
REHEATED = 0.02  # the same at first, where a walk begins from a good plan
LONGEST_WALK = 0.1  # of the time that is left
FIRST_STEP, LEAST_STEP = 2e-6, 1e-8  # seconds that a step is taken to last before one was timed, and at least
LEAST_SECONDS = 10.0  # below which nobody walks: the first walk of all takes five seconds to be compiled
EASY_SHARE = 0.1  # of the time, for what is proved at once where the list is complete
CLOSING_SHARE = 0.03  # of the time, for what follows
NEAR = 1e-9  # relative: bounds so near a plan leave nothing


@dataclass(slots=True, kw_only=True, eq=False)
class Opening:
    """A set of open classes, and what was found in it.

    Parameters
    ----------
    bound : No plan that opens these alone is worth more.
    is_open : shape (n_classes,).
    exchange : What people may choose then; None where somebody is left without what is demanded.
    dearness : How dear an overdrawn line is in the next walk.
    n_walks : Walks in it so far.
    worth, best : The best of them: what people who share a limit are worth together, and their options.
    """

    bound: float
    is_open: BoolArray
    exchange: Exchange | None
    dearness: float = DEARNESS
    n_walks: int = 0
    worth: float = -np.inf
    best: IndexArray | None = None


class Openings:
    """Sets of classes, as they are found.

    Parameters
    ----------
    improver : The best plan so far.
    deadline : When everything must be over.
    until : Asked now and then whether the search may end.

    Attributes
    ----------
    rest : What any set that was not listed is worth at most.
    """

    def __init__(self, improver: Improver, deadline: Deadline, until: Callable[[], bool] = lambda: False) -> None:
        self.improver, self.deadline, self.until, self.rest = improver, deadline, until, np.inf
        self.listed: list[Opening] = []
        self._n_walks, self._step_seconds = 0, FIRST_STEP
        layout, program = improver.model.layout, improver.model.program
        classes = layout.problem.classes
        self._choices = np.flatnonzero(classes.fixed_cost > 0).astype(np.int64)
        self._columns = layout.n_options + self._choices
        is_integer = np.zeros(layout.width, dtype=np.bool_)
        is_integer[self._columns] = True
        self._program = replace(program, is_integer=is_integer)

    @property
    def alive(self) -> list[Opening]:
        """Sets that may hold a better plan, the best first."""
        value = self.improver.value
        return sorted((o for o in self.listed if o.bound > value + NEAR * abs(value)), key=lambda o: -o.bound)

    @property
    def bound(self) -> float:
        """No plan is worth more."""
        return max([self.improver.value, self.rest, *(opening.bound for opening in self.alive)])

    @property
    def is_over(self) -> bool:
        """Whether no set that was not listed holds a better plan."""
        return self.rest <= self.improver.value + 2.0 * NEAR * abs(self.improver.value)

    def _has_time(self, until_left: float) -> bool:
        return self.deadline.left() > until_left and not self.until()

    def list_sets(self, until_left: float) -> None:
        """List sets and walk in each, until nothing better is left or the time is up."""
        while self._has_time(until_left):
            seconds = self.deadline.left() - until_left
            answer = self.improver.solver.solve(
                self._program, seconds=seconds, gap=0.0, floor=self.improver.value + NEAR * abs(self.improver.value)
            )
            self.rest = min(self.rest, answer.bound)
            if answer.values is None:
                return
            is_open = np.ones(self.improver.model.layout.n_classes, dtype=np.bool_)
            is_open[self._choices] = answer.values[self._columns] > 0.5  # noqa: PLR2004 (nearest whole)
            exchange = hall_of(self.improver.model, is_open)
            self.listed.append(Opening(bound=self.rest, is_open=is_open, exchange=exchange))
            self._forbid(is_open)
            self.walk_in(self.listed[-1])

    def _forbid(self, is_open: BoolArray) -> None:
        """Leave a set out of what is listed next."""
        sign = np.where(is_open[self._choices], -1.0, 1.0)
        least = np.array([1.0 - np.count_nonzero(sign < 0)])
        self._program = demand_rows(self._program, [self._columns], least, sign)

    def walk_in(self, opening: Opening) -> None:
        """Exchange people in a set, and keep what is better: from anywhere, or from the best plan there by turns.

        Where nothing was overdrawn at last, it will be less dear, and dearer where something was.
        """
        exchange = opening.exchange
        if exchange is None:
            return
        opening.n_walks += 1
        self._n_walks += 1
        again = opening.best if opening.n_walks % 2 == 0 else None
        start = dearest(exchange.hall) if again is None else again
        unit, begun = opening.dearness * exchange.usual, self.deadline.now()
        steps = min(STEPS * len(start), int(LONGEST_WALK * self.deadline.left() / self._step_seconds))
        pace = Pace(steps, (HOT if again is None else REHEATED) * unit, COLD * unit, opening.dearness)
        worth, options = walk(exchange.hall, start, pace, self._n_walks)
        self._step_seconds = max((self.deadline.now() - begun) / max(steps, 1), LEAST_STEP)
        opening.dearness *= LESS_DEAR if np.isfinite(worth) else DEARER
        if worth > opening.worth:
            opening.worth, opening.best = worth, options
            self.improver.accept(exchange.choice(options))

    def walk_further(self, until_left: float) -> None:
        """Walk again in the sets that may hold a better plan, in the best ones more often."""
        n_round = 0
        while self._has_time(until_left) and self.alive:
            n_round += 1
            for opening in self.alive[:n_round]:
                if not self._has_time(until_left):
                    return
                self.walk_in(opening)

    def prove(self, until_left: float) -> None:
        """Weigh each set that may hold a better plan with its classes open and no others."""
        for i, opening in enumerate(alive := self.alive):
            seconds = (self.deadline.left() - until_left) / (len(alive) - i)
            if not self._has_time(until_left):
                return
            if opening in self.alive:
                opening.bound = min(opening.bound, self._weigh(opening, seconds))

    def _weigh(self, opening: Opening, seconds: float) -> float:
        """Return what a set is worth at most, and keep the plan where it is better."""
        improver, layout = self.improver, self.improver.model.layout
        is_open, n = opening.is_open, layout.n_options
        lower, upper = improver.model.program.lower.copy(), improver.model.program.upper.copy()
        lower[self._columns] = upper[self._columns] = is_open[self._choices]
        rows = np.flatnonzero(layout.is_possible & is_open[layout.problem.options.offering])
        columns = np.concatenate([rows, np.arange(n, layout.width)]).astype(np.int64)
        part = only(replace(improver.model.program, lower=lower, upper=upper), columns)
        is_here = np.isin(improver.chosen, rows).all()
        start = layout.point(improver.chosen)[columns] if is_here else None
        answer = improver.solver.solve(part, start, seconds=seconds, gap=0.0, floor=improver.value)
        free = chosen_of(part, answer)
        if free is not None:
            improver.accept(columns[free])
        return answer.bound


def improve_by_openings(
    improver: Improver, deadline: Deadline, until: Callable[[], bool] = lambda: False
) -> float:  # fmt: skip
    """List sets of classes and exchange people in them; return the bound.

    Where the list came to its end the time that is left goes to its sets, else more than half of it is left to others.
    Nothing is done where no class costs anything to open, where a person may choose several options, or where more
    than money and seats binds.
    """
    has_choice = bool((improver.model.problem.classes.fixed_cost > 0).any())
    if deadline.left() < LEAST_SECONDS or not has_choice or not can_exchange(improver.model):
        return np.inf
    openings, seconds = Openings(improver, deadline, until), deadline.left()
    openings.list_sets((1.0 - LIST_SHARE) * seconds)
    if not openings.is_over:
        openings.walk_further((1.0 - WALK_SHARE) * seconds)
    else:
        openings.prove(openings.deadline.left() - EASY_SHARE * seconds)
        openings.walk_further((1.0 - ALL_SHARE) * seconds)
        openings.prove(CLOSING_SHARE * seconds)
    improver.was_hurried |= openings.bound > improver.value
    return openings.bound
