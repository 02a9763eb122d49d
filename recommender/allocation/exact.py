"""An office's problem solved whole: the best plan, then the stated tie rule."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.constraints import build_program
from recommender.allocation.highs import Answer, Solver
from recommender.allocation.layout import Layout, layout_of
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program, cut_row, demand_rows
from recommender.allocation.recount import LineTotals
from training_catalog.columns import IndexArray

MOST_CUTS = 200  # rounding lets a rupiah through rarely; each time is cut off and solved again
TIE_TOLERANCE = 1e-9  # relative loss of objective that telling ties apart may cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A problem with its program.

    Parameters
    ----------
    layout : The problem, and which column stands for what.
    program : Its rows, those of `demanded` included.
    totals : Whole-rupiah totals.
    demanded : Groups of options of which one must be chosen.
    """

    layout: Layout
    program: Program
    totals: LineTotals
    demanded: tuple[IndexArray, ...] = ()

    @property
    def problem(self) -> AllocationProblem:
        """What may be chosen."""
        return self.layout.problem

    def told_apart(self, chosen: IndexArray) -> tuple[list[IndexArray], list[IndexArray]]:
        """Return the demanded groups that a choice meets, and those that it does not."""
        is_chosen = np.zeros(self.layout.n_options, dtype=np.bool_)
        is_chosen[chosen] = True
        found: tuple[list[IndexArray], list[IndexArray]] = ([], [])
        for group in self.demanded:
            found[0 if is_chosen[group].any() else 1].append(group)
        return found


def tell_nobody(_chosen: IndexArray, _bound: float) -> None:
    """Keep to itself what is found."""


def build_model(problem: AllocationProblem) -> Model:
    """Lay a problem out; nothing is demanded yet."""
    layout = layout_of(problem)
    return Model(layout=layout, program=build_program(layout), totals=LineTotals(problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plan with what is proved about it.

    Parameters
    ----------
    chosen : Options, ascending.
    bound : No plan is worth more.
    is_optimal : Whether that was proved within the gap.
    was_stopped : Whether the clock ended the search.
    """

    chosen: IndexArray
    bound: float
    is_optimal: bool
    was_stopped: bool


def pins(problem: AllocationProblem) -> list[IndexArray]:
    """Return the options of each pinned (person, class): one of them, whoever pays it, must be chosen."""
    options = problem.options
    return _grouped(np.flatnonzero(options.is_pinned), options.employee, options.offering, len(problem.classes.ids))


def demands(problem: AllocationProblem) -> list[IndexArray]:
    """Return the groups of options of which one must be chosen: each pin, then each mandatory (person, training)."""
    options, classes = problem.options, problem.classes
    training = classes.training[options.offering]
    rows = np.flatnonzero(options.is_mandatory)
    return pins(problem) + _grouped(rows, options.employee, training, len(classes.training_ids))


def _grouped(rows: IndexArray, person: IndexArray, other: IndexArray, width: int) -> list[IndexArray]:
    """Return some options parted by person and class or training, ascending."""
    key = person[rows] * np.int64(width + 1) + other[rows]
    order = np.argsort(key, kind="stable")
    bounds = np.flatnonzero(np.diff(key[order])) + 1
    return [group.astype(np.int64) for group in np.split(rows[order], bounds)] if len(rows) else []


def chosen_of(program: Program, answer: Answer) -> IndexArray | None:
    """Return the options at one, rounded to the nearest whole."""
    if answer.values is None:
        return None
    return np.flatnonzero(answer.values[: program.n_options] > 0.5).astype(np.int64)  # noqa: PLR2004 (nearest whole)


def solve_exactly(model: Model, solver: Solver, start: IndexArray, *, seconds: float, gap: float,
                  tell: Callable[[IndexArray, float], None] = tell_nobody,
                  until: Callable[[], bool] | None = None) -> Found:  # fmt: skip
    """Solve the whole program; a line exceeded by a rounding is cut off until whole rupiah agree.

    Parameters
    ----------
    model : The problem and its rows, demands included.
    solver : Where HiGHS runs.
    start : A plan that keeps every limit.
    seconds, gap : Limits.
    tell : Told of the best plan so far and the bound.
    until : Asked now and then whether the search may end.
    """
    program, bound, point = model.program, np.inf, model.layout.point(start)

    def hear(answer: Answer) -> None:
        chosen = chosen_of(model.program, answer)
        is_plan = chosen is not None and model.totals.keeps(chosen)
        tell(chosen if chosen is not None and is_plan else start, answer.bound)

    for _ in range(MOST_CUTS):
        answer = solver.solve(program, point, seconds=seconds, gap=gap, hear=hear, until=until)
        bound = min(bound, answer.bound)
        chosen = chosen_of(program, answer)
        if chosen is None:
            return Found(chosen=start, bound=bound, is_optimal=False, was_stopped=not answer.is_infeasible)
        if model.totals.keeps(chosen):
            return Found(chosen=chosen, bound=bound, is_optimal=answer.is_optimal, was_stopped=not answer.is_optimal)
        if not model.totals.over(chosen).any():
            break
        program = cut_row(program, model.totals.cover(chosen, program.n_options))
    return Found(chosen=start, bound=bound, is_optimal=False, was_stopped=False)


def break_ties(model: Model, solver: Solver, found: Found, *, seconds: float) -> IndexArray:
    """Among plans as good as the optimal one, choose the lower employee ids, then the lower offering ids.

    Notes
    -----
    A second program keeps the objective and minimises the sum of the chosen options' ranks in canonical order.
    """
    program, floor = model.program, worth(model.problem, found.chosen).objective
    columns = np.flatnonzero(program.cost).astype(np.int64)
    least = floor - program.constant - TIE_TOLERANCE * max(1.0, abs(floor))
    as_good = demand_rows(program, [columns], np.array([least]), program.cost[columns])
    rank = np.zeros(len(program.cost))
    rank[: program.n_options] = -(1.0 + np.arange(program.n_options)) / program.n_options
    tied = replace(as_good, cost=rank, constant=0.0)
    answer = solver.solve(tied, model.layout.point(found.chosen), seconds=seconds, gap=0.0)
    chosen = chosen_of(tied, answer)
    if chosen is None or not answer.is_optimal or not model.totals.keeps(chosen):
        return found.chosen
    return chosen if worth(model.problem, chosen).objective >= floor - 1e-7 * max(1.0, abs(floor)) else found.chosen
