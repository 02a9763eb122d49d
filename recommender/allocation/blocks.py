"""A city's plan: the greedy plan improved on blocks of people, then on the options near their price."""

from collections.abc import Callable, Iterator

import numpy as np

from recommender.allocation.dual import PriceProblem, Prices, reduced_values
from recommender.allocation.exact import Model, chosen_of
from recommender.allocation.highs import Solver, restrict
from recommender.allocation.limits import Deadline
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import FloatArray, IndexArray

PEOPLE_PER_BLOCK = 200
SECONDS_PER_BLOCK = 2.0
BLOCK_GAP = 3e-3
NEAR_PRICE = 0.25  # options within so many levels of paying their price are worth a second look
LARGEST_NEAR = 60_000  # options that HiGHS is asked to weigh at once


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

    def _accept(self, chosen: IndexArray) -> bool:
        value = worth(self.model.problem, chosen).objective
        if value <= self.value + 1e-9 or self.model.told_apart(chosen)[1] or not self.model.totals.keeps(chosen):
            return False
        self.chosen, self.value = chosen, value
        self.tell(chosen)
        return True


def blocks_of(problem: AllocationProblem, rng: np.random.Generator) -> Iterator[IndexArray]:
    """Yield blocks of people: once by unit, then shuffled, for ever."""
    people = np.unique(problem.options.employee)
    order = people[np.lexsort((people, problem.people.unit[people]))]
    while True:
        for first in range(0, len(order), PEOPLE_PER_BLOCK):
            yield np.sort(order[first : first + PEOPLE_PER_BLOCK])
        order = rng.permutation(people)


def improve_in_blocks(improver: Improver, deadline: Deadline, rng: np.random.Generator, *, until_left: float) -> None:
    """Improve block after block until the time is up, or a whole round changed nothing."""
    layout = improver.model.layout
    n_blocks = -(-len(np.unique(layout.problem.options.employee)) // PEOPLE_PER_BLOCK)
    quiet = 0
    for people in blocks_of(layout.problem, rng):
        if deadline.left() <= until_left or quiet > n_blocks:
            return
        columns = layout.free(people, improver.chosen)
        seconds = min(SECONDS_PER_BLOCK, deadline.left() - until_left)
        quiet = 0 if improver.try_columns(columns, seconds=seconds, gap=BLOCK_GAP) else quiet + 1


def near_columns(model: Model, priced: PriceProblem, prices: Prices, chosen: IndexArray) -> IndexArray:
    """Return the columns worth weighing together: options near their price, chosen ones, and what is no option."""
    layout = model.layout
    reduced: FloatArray = reduced_values(priced, prices)
    reduced[chosen] = np.inf
    usable = np.flatnonzero((reduced > -NEAR_PRICE) & layout.is_possible)
    if len(usable) > LARGEST_NEAR:
        usable = np.sort(usable[np.argsort(-reduced[usable], kind="stable")[:LARGEST_NEAR]])
    return np.concatenate([usable, np.arange(layout.n_options, layout.width)]).astype(np.int64)
