"""An office's problem solved whole: mandatory demands first, then the best plan, then the stated tie rule."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.constraints import as_point
from recommender.allocation.highs import Answer, Solver, restrict
from recommender.allocation.objective import worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program, cut_row, demand_rows
from recommender.allocation.recount import LineTotals
from training_catalog.columns import FloatArray, IndexArray

MOST_CUTS = 200  # rounding lets a rupiah through rarely; each time is cut off and solved again
TIE_SHARE = 0.5  # all ranks together weigh less than one demand
TIE_TOLERANCE = 1e-9  # relative loss of objective that telling ties apart may cost


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


def demands(problem: AllocationProblem) -> list[IndexArray]:
    """Return the groups of options of which one must be chosen: each pin, then each mandatory (person, training)."""
    options = problem.options
    pins = [np.array([row]) for row in np.flatnonzero(options.is_pinned)]
    rows = np.flatnonzero(options.is_mandatory)
    key = options.employee[rows] * np.int64(len(problem.classes.training_ids) + 1)
    key = key + problem.classes.training[options.offering[rows]]
    order = np.argsort(key, kind="stable")
    bounds = np.flatnonzero(np.append(True, np.diff(key[order]) != 0)) if len(rows) else np.empty(0, dtype=np.int64)
    return pins + [group.astype(np.int64) for group in np.split(rows[order], bounds[1:])] if len(rows) else pins


def chosen_of(program: Program, answer: Answer) -> IndexArray | None:
    """Return the options at one, rounded to the nearest whole."""
    if answer.values is None:
        return None
    return np.flatnonzero(answer.values[: program.n_options] > 0.5).astype(np.int64)  # noqa: PLR2004 (nearest whole)


def solve_exactly(
    problem: AllocationProblem, program: Program, solver: Solver, start: IndexArray, *, seconds: float, gap: float
) -> Found:
    """Solve the whole program; a line exceeded by a rounding is cut off until whole rupiah agree.

    Parameters
    ----------
    problem, program : The problem and its rows, demands included.
    solver : Where HiGHS runs.
    start : A plan that keeps every limit.
    seconds, gap : Limits.
    """
    totals = LineTotals(problem)
    best, bound = start, np.inf
    for _ in range(MOST_CUTS):
        answer = solver.solve(program, as_point(problem, best), seconds=seconds, gap=gap)
        bound = min(bound, answer.bound)
        chosen = chosen_of(program, answer)
        if chosen is None:
            return Found(chosen=best, bound=bound, is_optimal=False, was_stopped=not answer.is_infeasible)
        if totals.keeps(chosen):
            return Found(chosen=chosen, bound=bound, is_optimal=answer.is_optimal, was_stopped=not answer.is_optimal)
        if not totals.over(chosen).any():
            return Found(chosen=best, bound=bound, is_optimal=False, was_stopped=False)
        program = cut_row(program, totals.cover(chosen, program.n_options))
    return Found(chosen=best, bound=bound, is_optimal=False, was_stopped=False)


def meet_demands(
    problem: AllocationProblem, program: Program, solver: Solver, start: IndexArray, *, seconds: float
) -> tuple[Program, IndexArray, list[IndexArray]]:
    """Meet as many pins and mandatory demands as possible, pins first, and write that into the program.

    Returns
    -------
    program : With rows that keep what can be met.
    start : A plan that meets them.
    unmet : Groups that no plan of the largest number met holds.
    """
    groups = demands(problem)
    met = [bool(np.isin(group, start).any()) for group in groups]
    if not groups or all(met):
        return demand_rows(program, groups, np.ones(len(groups))), start, []
    columns = np.concatenate([*groups, np.empty(0, dtype=np.int64)])
    wish = np.zeros(len(program.cost))
    n_pins = int(problem.options.is_pinned.sum())
    one_pin = len(groups) - n_pins + 1.0  # a pin counts more than all mandatory demands together
    for i, group in enumerate(groups):
        by_rank = TIE_SHARE * (1.0 - i / len(groups)) / len(groups)  # among equals, the lower ids
        wish[group] += (one_pin if i < n_pins else 1.0) + by_rank
    helpful = _helpful_columns(problem, columns, program)
    empty = as_point(problem, np.empty(0, dtype=np.int64))
    part = restrict(_with_cost(program, wish), helpful, empty)
    answer = solver.solve(part, None, seconds=seconds, gap=0.0)
    if answer.values is not None:
        chosen = helpful[: part.n_options][answer.values[: part.n_options] > 0.5].astype(np.int64)  # noqa: PLR2004 (nearest whole)
        if LineTotals(problem).keeps(chosen):
            start = chosen
    is_met = [bool(np.isin(group, start).any()) for group in groups]
    kept = [group for group, ok in zip(groups, is_met, strict=True) if ok]
    unmet = [group for group, ok in zip(groups, is_met, strict=True) if not ok]
    return demand_rows(program, kept, np.ones(len(kept))), start, unmet


def _with_cost(program: Program, cost: FloatArray) -> Program:
    return Program(
        matrix=program.matrix, cost=cost, lower=program.lower, upper=program.upper, is_integer=program.is_integer,
        row_lower=program.row_lower, row_upper=program.row_upper, n_options=program.n_options,
        n_classes=program.n_classes,
    )  # fmt: skip


def _helpful_columns(problem: AllocationProblem, columns: IndexArray, program: Program) -> IndexArray:
    """Return demanded options, what else can fill their classes or come before them, those classes, and the rest."""
    options = problem.options
    classes = np.unique(options.offering[columns])
    people = np.unique(options.employee[columns])
    first = np.unique([required for _, required in problem.rules.prerequisites]).astype(np.int64)
    is_first = np.isin(problem.classes.training[options.offering], first) & np.isin(options.employee, people)
    useful = np.isin(options.offering, classes) | is_first
    rows = np.flatnonzero(useful & (program.upper[: program.n_options] > 0))
    opened = np.unique(options.offering[rows])
    rest = np.arange(program.n_options + program.n_classes, len(program.cost))
    return np.concatenate([rows, program.n_options + opened, rest]).astype(np.int64)


def break_ties(
    problem: AllocationProblem, program: Program, solver: Solver, found: Found, *, seconds: float
) -> IndexArray:
    """Among plans as good as the optimal one, choose the lower employee ids, then the lower offering ids.

    Notes
    -----
    A second program keeps the objective and minimises the sum of the chosen options' ranks in canonical order.
    """
    floor = worth(problem, found.chosen).objective
    columns = np.flatnonzero(program.cost).astype(np.int64)
    n = program.n_options
    kept = demand_rows(program, [columns], np.array([0.0]))
    values = kept.matrix.tolil()
    values[kept.matrix.shape[0] - 1, columns] = program.cost[columns]
    lower = kept.row_lower.copy()
    lower[-1] = floor - program.constant - TIE_TOLERANCE * max(1.0, abs(floor))
    weight = np.zeros(len(program.cost))
    weight[:n] = -(1.0 + np.arange(n)) / n
    tied = Program(
        matrix=values.tocsc(), cost=weight, lower=kept.lower, upper=kept.upper, is_integer=kept.is_integer,
        row_lower=lower, row_upper=kept.row_upper, n_options=n, n_classes=kept.n_classes,
    )  # fmt: skip
    answer = solver.solve(tied, as_point(problem, found.chosen), seconds=seconds, gap=0.0)
    chosen = chosen_of(tied, answer)
    if chosen is None or not answer.is_optimal or not LineTotals(problem).keeps(chosen):
        return found.chosen
    return chosen if worth(problem, chosen).objective >= floor - 1e-7 * max(1.0, abs(floor)) else found.chosen
