"""A city's plan: the plan filled by prices, improved by HiGHS on options near their exit price, group after group."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.exact import Model, chosen_of
from recommender.allocation.highs import Solver, restrict
from recommender.allocation.limits import Deadline
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.relaxation import Relaxation
from training_catalog.columns import FloatArray, IndexArray

PEOPLE_PER_BLOCK = 300
SECONDS_PER_BLOCK = 3.0
BLOCK_GAP, GROUP_GAP = 1e-3, 5e-4
NEAR_MARGIN = 0.01  # levels by which an option may miss its exit price and still be weighed with all the others
CLOSE_MARGIN = 0.001  # the same, where there was no time to see which of them are used
WIDE_MARGIN = 0.05  # the same, for a block of people
CLASS_MARGIN = 0.1  # levels by which a class may fail to earn its opening and still be weighed
LARGEST_GROUP = 30_000  # options near their price that HiGHS weighs at once
LINEAR_SHARE = 0.7  # of the time for linear programs, for the first of the two
SUPPORT_SHARE, GROUP_SHARE = 0.5, 0.85  # shares of the time left for the linear programs, and for the groups in all
NOTHING = 1e-6


class Improver:
    """A plan that only gets better.

    Parameters
    ----------
    model : The problem and its rows.
    start : A plan that keeps every limit.
    solver : Where HiGHS runs.
    tell : Told of each better plan.
    """

    def __init__(
        self, model: Model, start: IndexArray, solver: Solver, tell: Callable[[IndexArray], None] = lambda _: None
    ) -> None:
        self.model, self.solver, self.tell = model, solver, tell
        self.chosen = start
        self.value = worth(model.problem, start).objective

    def try_columns(self, columns: IndexArray, *, seconds: float, gap: float) -> bool:
        """Solve for some columns with the others held; keep the answer when whole rupiah agree and it is worth more.

        Returns
        -------
        Whether the plan got better.
        """
        current = self.model.layout.point(self.chosen)
        part = restrict(self.model.program, columns, current)
        free = chosen_of(part, self.solver.solve(part, current[columns], seconds=seconds, gap=gap))
        if free is None:
            return False
        is_held = np.ones(len(current), dtype=np.bool_)
        is_held[columns] = False
        kept = self.chosen[is_held[self.chosen]]
        return self._accept(np.sort(np.concatenate([kept, columns[free]])).astype(np.int64))

    def support(self, columns: IndexArray, *, seconds: float) -> IndexArray | None:
        """Return the columns that linear programs of them use, those of the plan, and what is no option or class.

        None where there was no time for the first program.

        Notes
        -----
        Two programs: the second opens or closes every class for good, as the first rounds it, so that there are
        enough people for each class that opens.
        """
        layout = self.model.layout
        current = layout.point(self.chosen)
        part = restrict(self.model.program, columns, current)
        linear = replace(part, is_integer=np.zeros_like(part.is_integer))
        used = (current[columns] > NOTHING) | (columns >= layout.hours)
        for share in (LINEAR_SHARE, 1.0 - LINEAR_SHARE):
            values = self.solver.solve(linear, None, seconds=seconds * share, gap=0.0).values
            if values is None:
                return columns[used] if share < LINEAR_SHARE else None
            used |= values > NOTHING
            is_class = (columns >= layout.n_options) & (columns < layout.hours)
            rounded = np.round(values) * is_class
            linear = replace(linear, lower=np.where(is_class, rounded, linear.lower),
                             upper=np.where(is_class, rounded, linear.upper))  # fmt: skip
        return columns[used]

    def _accept(self, chosen: IndexArray) -> bool:
        value = worth(self.model.problem, chosen).objective
        if value <= self.value + 1e-9 or self.model.told_apart(chosen)[1] or not self.model.totals.keeps(chosen):
            return False
        self.chosen, self.value = chosen, value
        self.tell(chosen)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How far options and classes are from paying their price.

    Parameters
    ----------
    losses : shape (n_options,): what a person's best set loses by holding the option; infinite where it is far.
    rents : shape (n_classes,): what a class earns by opening.
    """

    losses: FloatArray
    rents: FloatArray

    def columns(self, model: Model, chosen: IndexArray, people: IndexArray, margin: float) -> IndexArray:
        """Return the columns near their price that move when some people choose anew."""
        layout, where = model.layout, model.problem.options.offering
        is_near = (self.losses <= margin) & (self.rents[where] >= -CLASS_MARGIN)
        is_near[chosen] = True
        opened = np.zeros(layout.n_classes, dtype=np.bool_)
        opened[where[is_near]] = True
        kept = np.ones(layout.width, dtype=np.bool_)
        kept[: layout.n_options] = is_near
        kept[layout.n_options : layout.hours] = opened
        free = layout.free(people, chosen)
        return free[kept[free]]


def nearness(relaxed: Relaxation, prices: FloatArray) -> Nearness:
    """Measure how far everything is from its price."""
    losses = np.full(len(relaxed.problem.options.employee), np.inf)
    losses[relaxed.rows] = relaxed.losses(prices, WIDE_MARGIN)
    return Nearness(losses=losses, rents=relaxed.rents(prices))


def blocks_of(problem: AllocationProblem, rng: np.random.Generator, size: int) -> Iterator[IndexArray]:
    """Yield blocks of people: once by unit, then shuffled, for ever."""
    people = np.unique(problem.options.employee)
    order = people[np.lexsort((people, problem.people.unit[people]))]
    while True:
        for first in range(0, len(order), size):
            yield np.sort(order[first : first + size])
        order = rng.permutation(people)


def improve_in_blocks(
    improver: Improver, near: Nearness, deadline: Deadline, rng: np.random.Generator, *, until_left: float
) -> None:
    """Improve block after block until the time is up, or a whole round changed nothing."""
    problem = improver.model.problem
    n_blocks = -(-len(np.unique(problem.options.employee)) // PEOPLE_PER_BLOCK)
    quiet = 0
    for people in blocks_of(problem, rng, PEOPLE_PER_BLOCK):
        if deadline.left() <= until_left or quiet > n_blocks:
            return
        columns = near.columns(improver.model, improver.chosen, people, WIDE_MARGIN)
        seconds = min(SECONDS_PER_BLOCK, deadline.left() - until_left)
        quiet = 0 if improver.try_columns(columns, seconds=seconds, gap=BLOCK_GAP) else quiet + 1


def improve_in_groups(
    improver: Improver, near: Nearness, deadline: Deadline, rng: np.random.Generator, *, until_left: float
) -> None:
    """Weigh everything near its price at once, in a city; in more than that, group after group of people.

    Notes
    -----
    The linear program of the near columns picks those that are used at all, a third of them; HiGHS finds among these
    in seconds what takes it minutes among all.
    """
    model = improver.model
    n_near = int((near.losses <= NEAR_MARGIN).sum())
    n_groups = -(-n_near // LARGEST_GROUP)
    n_people = len(np.unique(model.problem.options.employee))
    blocks = blocks_of(model.problem, rng, max(-(-n_people // max(n_groups, 1)), 1))
    for i in range(n_groups):
        seconds = (deadline.left() - until_left) / (n_groups - i)
        if seconds <= 0:
            return
        people, begun = next(blocks), deadline.now()
        columns = near.columns(model, improver.chosen, people, NEAR_MARGIN)
        used = improver.support(columns, seconds=seconds * SUPPORT_SHARE)
        columns = near.columns(model, improver.chosen, people, CLOSE_MARGIN) if used is None else used
        improver.try_columns(columns, seconds=seconds - (deadline.now() - begun), gap=GROUP_GAP)


def improve_wider(improver: Improver, near: Nearness, deadline: Deadline, *, until_left: float, gap: float) -> None:
    """Weigh everything near its price at once, then what is further off, while there is time and it is not too much."""
    everybody = np.unique(improver.model.problem.options.employee)
    for margin in (NEAR_MARGIN, WIDE_MARGIN):
        seconds = deadline.left() - until_left
        columns = near.columns(improver.model, improver.chosen, everybody, margin)
        if seconds <= 0 or len(columns) > 2 * LARGEST_GROUP:
            return
        improver.try_columns(columns, seconds=seconds, gap=gap)
