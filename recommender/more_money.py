"""What more money on one line would really close: the same demand planned again with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Allocation
from training_catalog.columns import IndexArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A plan with more money on one line.

    Parameters
    ----------
    more : Rupiah added to the line, and to every line that holds it.
    value : What the plan is worth, in weighted levels.
    bound : No plan with that money is worth more.
    cost, seats, people : Whole rupiah, seats taken, people served.
    """

    more: int
    value: float
    bound: float
    cost: int
    seats: int
    people: int


def with_more(problem: AllocationProblem, chosen: IndexArray, line: int, more: int) -> AllocationProblem:
    """Return a problem with more money on a line and the lines that hold it, a choice at hand and nothing to keep.

    Parameters
    ----------
    problem, chosen : The problem, and a choice that keeps its limits.
    line : Index of a line.
    more : Whole rupiah.
    """
    amount, place = problem.lines.amount.copy(), line
    while place >= 0:
        amount[place] += more
        place = int(problem.lines.parent[place])
    was_chosen = np.zeros(len(problem.options.employee), dtype=np.bool_)
    was_chosen[chosen] = True
    return replace(
        problem,
        lines=replace(problem.lines, amount=amount),
        options=replace(problem.options, was_chosen=was_chosen),
        rules=replace(problem.rules, stability_weight=0.0),
    )


def climb(
    problem: AllocationProblem, chosen: IndexArray, line: int, amounts: Sequence[int],
    solve: Callable[[AllocationProblem], Allocation],
) -> Iterator[Step]:  # fmt: skip
    """Plan again with more and more money on a line.

    Parameters
    ----------
    problem, chosen : What a plan was made from, and its choice.
    line : Index of a line.
    amounts : Whole rupiah to be added in turn, ascending. Nothing added comes first, whatever is asked for: what a
        longer search finds with the same money is no merit of more.
    solve : Solves a problem.

    Yields
    ------
    One step for nothing and for each amount. More money never makes a plan worth less: each begins with the choice
    before it, which still keeps every limit.
    """
    for more in (0, *amounts):
        richer = with_more(problem, chosen, line, more)
        found = solve(richer)
        if worth(richer, found.chosen).objective >= worth(richer, chosen).objective:
            chosen = found.chosen
        value = worth(richer, chosen).objective
        classes, where = problem.classes, np.unique(problem.options.offering[chosen])
        yield Step(
            more=more, value=value, bound=max(found.bound, value),
            cost=int(problem.options.cost[chosen].sum() + classes.fixed_cost[where].sum()),
            seats=len(chosen), people=len(np.unique(problem.options.employee[chosen])),
        )  # fmt: skip
