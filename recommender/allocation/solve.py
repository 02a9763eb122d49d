"""Solve an allocation problem: the small interface behind which every method stands."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.blocks import Improver, improve_in_blocks, near_columns
from recommender.allocation.clashes import name_clashes
from recommender.allocation.constraints import build_program
from recommender.allocation.dual import Prices, find_prices, reduced_values
from recommender.allocation.exact import Found, break_ties, demands, meet_demands, solve_exactly
from recommender.allocation.greedy import fill, order_by, ratio_scores
from recommender.allocation.highs import Solver, highs_version
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.objective import worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program
from recommender.allocation.result import Allocation, Status
from recommender.allocation.ties import prefer_lower_ids
from training_catalog.columns import FloatArray, IndexArray

LARGEST_OFFICE = 12_000  # options up to which the whole program goes to HiGHS at once
LARGEST_TIED = 3_000  # options up to which ties are told apart by a second program
LARGEST_LINEAR = 250_000  # options up to which a city's program is given to HiGHS at all
NEAR_SECONDS, NEAR_SHARE = 90.0, 0.5  # with less time, weighing all near options at once only costs it (measured)
PRICE_PASSES, OFFICE_PASSES = 200, 60
TINY_GAP = 1e-9
KINDNESS = (0.0, 0.04, 0.1)  # shares of the usual benefit by which an option may miss its price and still be filled in


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What the methods hand to each other."""

    problem: AllocationProblem
    program: Program
    start: IndexArray
    prices: Prices
    limits: SolveLimits
    deadline: Deadline


def _filled(problem: AllocationProblem, scores: FloatArray, start: IndexArray) -> IndexArray:
    """Return a plan that begins with `start` and is filled by score."""
    placement = Placement(problem)
    fill(placement, np.concatenate([start, order_by(problem, scores)]).astype(np.int64))
    return placement.as_array()


def _keeps_demands(problem: AllocationProblem, chosen: IndexArray, start: IndexArray) -> bool:
    """Return whether every demand that the start meets is met."""
    return all(np.isin(g, chosen).any() for g in demands(problem) if np.isin(g, start).any())


def _best_start(problem: AllocationProblem, start: IndexArray, prices: Prices | None) -> IndexArray:
    """Return the best of the greedy plans: by value for money, and by what is left after prices."""
    plans = [start, _filled(problem, ratio_scores(problem), start)]
    if prices is not None and len(problem.options.benefit):
        reduced = reduced_values(problem, prices)
        usual = float(np.median(problem.options.benefit))
        plans += [
            _filled(problem, np.where(np.isfinite(reduced), reduced + usual * kindness, -1.0), start)
            for kindness in KINDNESS
        ]
    plans = [plan for plan in plans if _keeps_demands(problem, plan, start)]
    return max(plans, key=lambda plan: worth(problem, plan).objective)


def _solve_office(search: _Search, solver: Solver) -> Found:
    """Solve the whole program, and tell ties apart where it was proved optimal."""
    is_small = len(search.problem.options.employee) <= LARGEST_TIED
    gap = 0.0 if is_small else search.limits.gap
    seconds = search.deadline.left()
    found = solve_exactly(search.problem, search.program, solver, search.start, seconds=seconds, gap=gap)
    if found.is_optimal and is_small:
        chosen = break_ties(search.problem, search.program, solver, found, seconds=search.deadline.left())
        return Found(chosen=chosen, bound=found.bound, is_optimal=True, was_stopped=False)
    return found


def _solve_city(search: _Search, solver: Solver) -> Found:
    """Improve block after block, then weigh together what is near its price; the prices prove the bound."""
    problem, deadline = search.problem, search.deadline
    improver = Improver(problem, search.program, search.start, solver)
    rng = np.random.default_rng(search.limits.seed)
    has_time = deadline.left() >= NEAR_SECONDS
    improve_in_blocks(improver, deadline, rng, until_left=deadline.left() * NEAR_SHARE if has_time else 0.0)
    if has_time:
        columns = near_columns(problem, search.program, search.prices, improver.chosen)
        improver.try_columns(columns, seconds=deadline.left(), gap=search.limits.gap)
        improve_in_blocks(improver, deadline, rng, until_left=0.0)
    return Found(chosen=improver.chosen, bound=np.inf, is_optimal=False, was_stopped=deadline.left() <= 0)


def _status(problem: AllocationProblem, found: Found, bound: float, gap: float, n_unmet: int) -> Status:
    if n_unmet:
        return Status.INFEASIBLE
    value = worth(problem, found.chosen).objective
    share = (bound - value) / max(abs(bound), 1e-12)
    if share <= TINY_GAP or (found.is_optimal and share <= 1e-6):  # noqa: PLR2004 (float noise of the solver)
        return Status.OPTIMAL
    return Status.WITHIN_GAP if share <= gap or found.is_optimal else Status.HEURISTIC


def solve(problem: AllocationProblem, limits: SolveLimits) -> Allocation:
    """Solve a problem within its limits: there is always a plan, a valid bound and an honest status.

    Parameters
    ----------
    problem : What may be chosen, and the rules.
    limits : Seconds, gap, seed and clock.

    Returns
    -------
    The best plan found. Pinned and mandatory demands come first; where they cannot all be met the status is
    ``infeasible``, the clashes are named, and the choice is the nearest plan.
    """
    deadline = Deadline(limits)
    with Solver(deadline, limits.seed) as solver:
        return solve_with(problem, limits, deadline, solver)


def solve_with(problem: AllocationProblem, limits: SolveLimits, deadline: Deadline, solver: Solver) -> Allocation:
    """Solve a problem with a solver that is already there; see `solve`."""
    n_options = len(problem.options.employee)
    program = build_program(problem)
    first = _filled(problem, np.zeros(n_options), np.empty(0, dtype=np.int64))
    program, first, unmet = meet_demands(problem, program, solver, first, seconds=deadline.left())
    rough = _best_start(problem, first, None)
    passes = PRICE_PASSES if n_options > LARGEST_OFFICE else OFFICE_PASSES
    prices = find_prices(problem, worth(problem, rough).objective, passes)
    start = _best_start(problem, first, prices)
    search = _Search(problem=problem, program=program, start=start, prices=prices, limits=limits, deadline=deadline)
    is_office = n_options <= LARGEST_OFFICE
    found = _solve_office(search, solver) if is_office else _solve_city(search, solver)
    chosen = found.chosen if n_options <= LARGEST_TIED and found.is_optimal else prefer_lower_ids(problem, found.chosen)
    value = worth(problem, chosen)
    bound = max(min(prices.bound, found.bound), value.objective)
    n_lines = len(problem.lines.ids)
    return Allocation(
        chosen=chosen,
        status=_status(problem, found, bound, limits.gap, len(unmet)),
        objective=value.objective,
        bound=bound,
        line_prices=prices.lines[:n_lines],
        clashes=name_clashes(problem, chosen, unmet, value),
        stopped_by_clock=found.was_stopped,
        solver=f"{highs_version()}, {'whole program' if is_office else 'prices, blocks and near options'}",
    )
