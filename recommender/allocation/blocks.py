"""A city's plan: the greedy plan improved on blocks of people, then on the options near their price."""

from collections.abc import Iterator

import numpy as np

from recommender.allocation.constraints import as_point, free_columns
from recommender.allocation.dual import Prices, reduced_values
from recommender.allocation.exact import demands
from recommender.allocation.highs import Solver, restrict
from recommender.allocation.limits import Deadline
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program
from recommender.allocation.recount import LineTotals
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
    problem, program : The problem and its rows.
    start : A plan that keeps every limit.
    solver : Where HiGHS runs.
    """

    def __init__(self, problem: AllocationProblem, program: Program, start: IndexArray, solver: Solver) -> None:
        self.problem, self.program, self.solver = problem, program, solver
        self.chosen = start
        self.value = worth(problem, start).objective
        self._totals = LineTotals(problem)
        groups = demands(problem)
        self._demanded = [group for group in groups if np.isin(group, start).any()]

    def try_columns(self, columns: IndexArray, *, seconds: float, gap: float) -> bool:
        """Solve for some columns with the others held; keep the answer when whole rupiah agree and it is worth more.

        Returns
        -------
        Whether the plan got better.
        """
        current = as_point(self.problem, self.chosen)
        part = restrict(self.program, columns, current)
        answer = self.solver.solve(part, current[columns], seconds=seconds, gap=gap)
        if answer.values is None:
            return False
        is_held = np.ones(len(current), dtype=np.bool_)
        is_held[columns] = False
        kept = self.chosen[is_held[self.chosen]]
        free = columns[: part.n_options][answer.values[: part.n_options] > 0.5]  # noqa: PLR2004 (nearest whole)
        return self._accept(np.sort(np.concatenate([kept, free])).astype(np.int64))

    def _accept(self, chosen: IndexArray) -> bool:
        value = worth(self.problem, chosen).objective
        is_met = all(np.isin(group, chosen).any() for group in self._demanded)
        if value <= self.value + 1e-9 or not is_met or not self._totals.keeps(chosen):
            return False
        self.chosen, self.value = chosen, value
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
    n_blocks = -(-len(np.unique(improver.problem.options.employee)) // PEOPLE_PER_BLOCK)
    quiet = 0
    for people in blocks_of(improver.problem, rng):
        if deadline.left() <= until_left or quiet > n_blocks:
            return
        columns = free_columns(improver.problem, people, improver.chosen)
        seconds = min(SECONDS_PER_BLOCK, deadline.left() - until_left)
        quiet = 0 if improver.try_columns(columns, seconds=seconds, gap=BLOCK_GAP) else quiet + 1


def near_columns(problem: AllocationProblem, program: Program, prices: Prices, chosen: IndexArray) -> IndexArray:
    """Return the columns worth weighing together: options near their price, chosen ones, and what is no option."""
    reduced: FloatArray = reduced_values(problem, prices)
    reduced[chosen] = np.inf
    usable = np.flatnonzero((reduced > -NEAR_PRICE) & (program.upper[: program.n_options] > 0))
    if len(usable) > LARGEST_NEAR:
        usable = np.sort(usable[np.argsort(-reduced[usable], kind="stable")[:LARGEST_NEAR]])
    return np.concatenate([usable, np.arange(program.n_options, len(program.cost))]).astype(np.int64)
