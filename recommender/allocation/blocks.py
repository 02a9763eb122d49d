"""A city's plan: the plan filled by prices, improved by HiGHS on options near their exit price, group after group."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from recommender.allocation.constraints import with_pairs
from recommender.allocation.dual import Priced
from recommender.allocation.exact import Model, chosen_of
from recommender.allocation.floors import Floors
from recommender.allocation.highs import ANY_NODES, Aim, Solver, only, restrict
from recommender.allocation.limits import Deadline
from recommender.allocation.nearness import WIDE_MARGIN, Nearness
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.proving import Rest, likeliest, rests_above, settled
from recommender.allocation.relaxation import OPENED
from training_catalog.columns import IndexArray

PEOPLE_PER_BLOCK = 300
SECONDS_PER_BLOCK = 3.0
BLOCK_GAP, GROUP_GAP, DECIDED_GAP = 1e-3, 5e-4, 1e-4
DECIDED_SHARE = 0.6  # of the time that is left, for what is near its price in decided classes
NEAR_MARGIN = 0.01  # of what an option is usually worth, by which it may miss its exit price and still be weighed
CLOSE_MARGIN = 0.001  # the same, where there was no time to see which of them are used
SETTLE_SHARE = 0.2  # of the time for the proof, for what stands above the floor
LARGEST_PROVED = 12_000  # columns
LARGEST_GROUP = 30_000  # options near their price that HiGHS weighs at once
LINEAR_SHARE = 0.7  # of the time for linear programs, for the first of the two
SUPPORT_SHARE, GROUP_SHARE = 0.5, 0.85  # shares of the time left for the linear programs, and for the groups in all
MOST_LIKELY = 500  # options that the best plans of several futures may hold, weighed at once
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
        self.was_hurried = False  # whether the clock cut something short that other steps followed
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
        return self.accept(np.sort(np.concatenate([kept, columns[free]])).astype(np.int64))

    def try_decided(
        self, near: Nearness, margin: float, *, seconds: float, gap: float, nodes: int = ANY_NODES,
        aim: Aim = Aim.BOTH,
    ) -> bool:  # fmt: skip
        """Solve for everything near its price in the classes that were opened; those stay open, with their minimum.

        Returns
        -------
        Whether the plan got better.
        """
        layout, program = self.model.layout, self.model.program
        is_near = near.losses <= margin
        opened = np.unique(self.model.problem.options.offering[is_near])
        columns = np.concatenate([
            np.flatnonzero(is_near), layout.n_options + opened, np.arange(layout.hours, layout.width),
        ]).astype(np.int64)  # fmt: skip
        lower = program.lower.copy()
        lower[layout.n_options + opened] = near.decided[opened] == OPENED
        part = only(replace(program, lower=lower), columns)
        free = chosen_of(part, self.solver.solve(part, None, seconds=seconds, gap=gap, nodes=nodes,
                                                   aim=aim))  # fmt: skip
        return free is not None and self.accept(columns[free])

    def try_rest(self, rest: Rest, *, floor: float, seconds: float, gap: float) -> tuple[float, bool]:
        """Solve for what a plan worth more than a floor may hold.

        Returns
        -------
        bound : No plan of the rest is worth more, unless the floor is.
        is_over : Whether the search ended by itself.
        """
        layout = self.model.layout
        columns = rest.columns(layout)
        program = with_pairs(self.model.program, layout, columns[columns < layout.n_options])
        lower = program.lower.copy()
        lower[layout.n_options : layout.hours] = rest.is_opened
        part = only(replace(program, lower=lower), columns)
        if floor > self.value:
            answer = self.solver.solve(part, seconds=seconds, gap=gap, floor=floor, aim=Aim.BOUND)
        else:
            start = layout.point(self.chosen)[columns] if rest.holds(layout, self.chosen) else None
            answer = self.solver.solve(part, start, seconds=seconds, gap=gap, floor=floor)
        free = chosen_of(part, answer)
        if free is not None:
            self.accept(columns[free])
        return answer.bound, answer.is_optimal or answer.is_infeasible

    def try_likeliest(self, rest: Rest, *, seconds: float, gap: float) -> bool:
        """Solve for what the best plans of several futures may hold, and what this plan holds.

        Returns
        -------
        Whether the search ended by itself.
        """
        layout, program = self.model.layout, self.model.program
        rest = rest.with_plan(layout, self.chosen)
        columns = rest.columns(layout)
        lower = program.lower.copy()
        lower[layout.n_options : layout.hours] = rest.is_opened
        part = only(replace(program, lower=lower), columns)
        start = layout.point(self.chosen)[columns]
        answer = self.solver.solve(part, start, seconds=seconds, gap=gap, aim=Aim.PLAN)
        free = chosen_of(part, answer)
        if free is not None:
            self.accept(columns[free])
        return answer.is_optimal

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

    def accept(self, chosen: IndexArray) -> bool:
        """Keep a plan that is worth more, meets what was demanded and keeps whole rupiah; say whether it was kept."""
        value = worth(self.model.problem, chosen).objective
        if value <= self.value + 1e-9 or self.model.told_apart(chosen)[1] or not self.model.totals.keeps(chosen):
            return False
        self.chosen, self.value = chosen, value
        self.tell(chosen)
        return True


def prove(
    improver: Improver, priced: Priced, deadline: Deadline, *, until_left: float, gap: float,
    largest: int = LARGEST_PROVED,
) -> float:  # fmt: skip
    """Weigh what a plan above a floor near the bound may hold, then above lower ones; return the bound."""
    layout, bound, begun_at = improver.model.layout, priced.bound, priced.bound
    floors = Floors()
    while deadline.left() > until_left and bound - improver.value > gap * abs(bound):
        way = floors.next(deadline.left() - until_left)
        improver.was_hurried |= floors.is_shortened
        if way == 0.0:
            break
        floor = max(begun_at - way * (begun_at - improver.value), improver.value)
        seconds = (deadline.left() - until_left) * SETTLE_SHARE
        priced = settled(priced, floor, seconds=seconds, now=deadline.now)
        improver.was_hurried |= priced.branchings[0].was_hurried
        bound, begun = min(bound, priced.bound), deadline.now()
        rests = rests_above(priced, floor)
        if max((len(rest.columns(layout)) for _, rest in rests), default=0) > largest:
            break
        proven, are_over = floor, True
        for i, (own, rest) in enumerate(rests):
            seconds = (deadline.left() - until_left) * (0.5 if i < len(rests) - 1 else 1.0)
            found, is_over = improver.try_rest(rest, floor=floor, seconds=seconds, gap=0.5 * gap)
            proven, are_over = max(proven, min(own, found)), are_over and is_over
        bound = min(bound, proven)
        if not are_over:
            break
        floors.through(deadline.now() - begun)
    return bound


def blocks_of(problem: AllocationProblem, rng: np.random.Generator, size: int) -> Iterator[IndexArray]:
    """Yield blocks of people: once by unit, then shuffled, for ever."""
    people = np.unique(problem.options.employee)
    order = people[np.lexsort((people, problem.people.unit[people]))]
    while True:
        for first in range(0, len(order), size):
            yield np.sort(order[first : first + size])
        order = rng.permutation(people)


def improve_decided(
    improver: Improver, near: Nearness, deadline: Deadline, margin: float, *, until_left: float,
    share: float = DECIDED_SHARE, aim: Aim = Aim.BOTH,
) -> None:  # fmt: skip
    """Weigh everything near its price in the classes that prices decided to open, in a share of the time left."""
    seconds = (deadline.left() - until_left) * share
    if seconds > 0:
        improver.try_decided(near, margin, seconds=seconds, gap=DECIDED_GAP, aim=aim)


def improve_likeliest(improver: Improver, priced: Priced, deadline: Deadline, *, until_left: float) -> None:
    """Weigh what the best plans may hold, in whatever future they lie; twice as much while there is time and more."""
    most, n_options = MOST_LIKELY, improver.model.layout.n_options
    while deadline.left() > until_left and most <= 2 * n_options:
        seconds = deadline.left() - until_left
        if not improver.try_likeliest(likeliest(priced, most), seconds=seconds, gap=DECIDED_GAP):
            return
        most *= 2


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
    n_near = int((near.free_losses <= NEAR_MARGIN).sum())
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
