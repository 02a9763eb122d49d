"""Solve an allocation problem: the small interface behind which every method stands."""

from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.aside import NOBODY, Aside, Nobody
from recommender.allocation.blocks import (
    GROUP_SHARE,
    Improver,
    improve_decided,
    improve_in_blocks,
    improve_in_groups,
    improve_likeliest,
    improve_wider,
    prove,
)
from recommender.allocation.clashes import name_clashes
from recommender.allocation.demanding import meet_demands
from recommender.allocation.dual import Priced, price, price_only
from recommender.allocation.exact import Found, Model, break_ties, build_model, solve_exactly
from recommender.allocation.filling import KINDNESS, better, by_nearness, by_value, filled_up
from recommender.allocation.greedy import demand_scores, greedy
from recommender.allocation.highs import Aim, Solver, highs_version
from recommender.allocation.joined import solve_in_regions
from recommender.allocation.limits import Deadline, Engine, SolveLimits
from recommender.allocation.nearness import FAR_MARGIN, WIDE_MARGIN, Nearness, nearness
from recommender.allocation.objective import gap_without_kept, kept_worth, worth
from recommender.allocation.openings import improve_by_openings
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.regions import cut
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.result import Allocation, Status
from recommender.allocation.ties import prefer_lower_ids
from training_catalog.columns import IndexArray

LEAST_SECONDS = 0.3  # below which nothing but value for money is tried
LARGEST_CITY = 20_000  # people up to which everything is weighed at once; more are planned region by region
LARGEST_OFFICE = 3_000  # options up to which the whole program goes to HiGHS at once, and ties are told apart
PRICE_SHARE = 0.45  # of the time that is left, for prices and for deciding classes by them
SMALLEST_CORE = 200  # options from which those near their price are weighed before the others
CORE_LEFT = 2.2  # of the whole program's time, what those near their price leave
WHOLE_SHARE = 0.4  # of an office's time, for the whole program where the part that prices leave was not proved
START_SHARE = 0.7  # of the time, after which no second plan is filled by prices
TINY_GAP = 1e-9
FEW_NEAR = 6_000  # options near their price, up to which all are weighed before anything is proved
CLOSE = 0.02  # relative gap below which what is near its price is worth weighing first
FEW_DECIDED = 1_500  # options near their price in decided classes, up to which those far from it are weighed at once
FAR_SHARE = 0.35  # of the time that is left, for them
PROOF_SHARE = 0.75  # of the time that is left then, for the proof
DECIDED_MARGINS = (0.01, 0.03)  # of what an option is usually worth, by which it may miss its exit price; then more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What the methods hand to each other.

    Parameters
    ----------
    model : The problem and its rows.
    empty : A placement with nothing in it.
    start : The best plan so far.
    priced : The prices that prove the bound.
    near : How far everything is from its price.
    limits, deadline : What may be used.
    closing : Seconds that the last steps take.
    was_hurried : Whether prices or plans to begin from were cut short by the clock.
    aside : What else searches.
    """

    model: Model
    empty: Placement
    start: IndexArray
    priced: Priced
    near: Nearness
    limits: SolveLimits
    deadline: Deadline
    closing: float
    was_hurried: bool
    aside: Nobody


def engine_for(n_options: int, limits: SolveLimits) -> Engine:
    """Choose how to solve: as asked, else by the seconds and the options that there are."""
    if limits.engine is not None:
        return limits.engine
    if limits.seconds < LEAST_SECONDS:
        return Engine.GREEDY
    return Engine.EXACT if n_options <= LARGEST_OFFICE else Engine.DUAL


def _begin_greedily(
    model: Model, empty: Placement, first: IndexArray, limits: SolveLimits, deadline: Deadline, aside: Nobody
) -> _Search:
    """Fill a plan by value for money alone; its bound is what holds without prices."""
    start = by_value(empty, first)
    priced = price_only(Relaxation(model.problem, tuple(model.told_apart(first)[0])), seconds=0.0, now=deadline.now)
    return _Search(model=model, empty=empty, start=start, priced=priced, near=nearness(priced), limits=limits,
                   deadline=deadline, closing=0.0, was_hurried=False, aside=aside)  # fmt: skip


def _begin(
    model: Model, empty: Placement, first: IndexArray, limits: SolveLimits, deadline: Deadline, *, engine: Engine,
    aside: Nobody,
) -> _Search:  # fmt: skip
    """Fill plans by value for money and by what is near its exit price, while there is time; keep the best."""
    if engine == Engine.GREEDY:
        return _begin_greedily(model, empty, first, limits, deadline, aside)
    problem = model.problem
    begun = deadline.now()
    start = by_value(empty, first)
    closing = deadline.now() - begun
    relaxed = Relaxation(problem, tuple(model.told_apart(first)[0]))
    relaxed.evaluate(np.zeros(relaxed.n_prices))  # may have to be compiled first, and tells nothing of later passes
    find = price_only if engine == Engine.EXACT else price
    priced = find(relaxed, seconds=deadline.left() * PRICE_SHARE, now=deadline.now)
    near = nearness(priced)
    was_hurried = priced.was_hurried
    for i, kindness in enumerate(KINDNESS):
        if deadline.left() <= (limits.seconds * (1.0 - START_SHARE) if i else closing):
            was_hurried = True
            break
        start = better(problem, start, by_nearness(empty, near, kindness, first))
    return _Search(model=model, empty=empty, start=start, priced=priced, near=near, limits=limits, deadline=deadline,
                   closing=closing, was_hurried=was_hurried, aside=aside)  # fmt: skip


def _tell(search: _Search, chosen: IndexArray, bound: float = np.inf) -> None:
    """Tell of a plan and the bound, without what keeping earlier choices counts for; the start where it is better."""
    problem = search.model.problem
    best = better(problem, search.start, chosen)
    kept = kept_worth(problem, best)
    value = worth(problem, best).objective
    search.limits.tell(value - kept, max(min(bound, search.priced.bound), value) - kept)


def _list_openings(search: _Search, improver: Improver) -> float:
    """Exchange people in the likeliest sets of classes, where that is all there is to decide; return the bound."""
    if search.model.layout.n_options <= SMALLEST_CORE:
        return np.inf
    return improve_by_openings(improver, search.deadline, lambda: search.aside.is_over)


def _is_closed(bound: float, value: float) -> bool:
    return bound <= value + TINY_GAP * max(1.0, abs(bound))


def _solve_office(search: _Search, solver: Solver) -> Found:
    """Solve the whole program, and tell ties apart where it was proved optimal."""
    model = search.model
    improver = Improver(model, search.start, solver, tell=lambda chosen: _tell(search, chosen))
    bound = min(search.priced.bound, _list_openings(search, improver))
    if not _is_closed(bound, improver.value):
        bound = min(bound, _weigh_parts(search, improver))
    if _is_closed(bound, improver.value):
        found = Found(chosen=improver.chosen, bound=bound, is_optimal=True, was_stopped=False)
        return replace(found, chosen=break_ties(model, solver, found, seconds=search.deadline.left()))
    search = replace(search, start=improver.chosen)
    found = solve_exactly(model, solver, search.start, seconds=search.deadline.left(), gap=0.0,
                          tell=lambda chosen, told: _tell(search, chosen, min(bound, told)),
                          until=lambda: search.aside.is_over)  # fmt: skip
    found = _or_aside(search, replace(found, bound=min(bound, found.bound)))
    if not found.is_optimal:
        return _settled(search, found)
    return replace(found, chosen=break_ties(model, solver, found, seconds=search.deadline.left()))


def _weigh_parts(search: _Search, improver: Improver) -> float:
    """Weigh what is near its price, and what a better plan may hold; return the bound."""
    layout = search.model.layout
    later = search.deadline.left() * WHOLE_SHARE
    if layout.n_options > SMALLEST_CORE:
        improve_decided(improver, search.near, search.deadline, WIDE_MARGIN, until_left=CORE_LEFT * later)
    few = layout.width // 2  # where most is left, the whole is no harder
    return prove(improver, search.priced, search.deadline, until_left=later, gap=0.0, largest=few)


def _is_small(search: _Search, value: float) -> bool:
    """Return whether little is near its price, of what there is too, and the plan is close but not close enough."""
    n_near = int((search.near.free_losses <= WIDE_MARGIN).sum())
    missing, whole = search.priced.bound - value, abs(search.priced.bound)
    is_close = search.limits.gap * whole < missing < CLOSE * whole
    return is_close and n_near <= min(FEW_NEAR, search.model.layout.n_options // 3)


def _solve_city(search: _Search, solver: Solver) -> Found:
    """Weigh what is near its price in the classes decided, then what a better plan may hold, then all that is near.

    Where little is near its price what is likeliest in any future is weighed, too, and all that is near before anything
    is proved: the better the plan, the less a better one may hold.
    """
    deadline, closing, near, gap = search.deadline, search.closing, search.near, search.limits.gap
    improver = Improver(search.model, search.start, solver, tell=lambda chosen: _tell(search, chosen))
    listed = _list_openings(search, improver)
    has_few = int((near.losses <= WIDE_MARGIN).sum()) <= FEW_DECIDED
    if has_few:
        later = closing + (deadline.left() - closing) * (1.0 - FAR_SHARE)
        improve_decided(improver, near, deadline, FAR_MARGIN, until_left=closing, share=FAR_SHARE, aim=Aim.PLAN)
        improve_likeliest(improver, search.priced, deadline, until_left=later)
    else:
        improve_decided(improver, near, deadline, DECIDED_MARGINS[0], until_left=closing)
    is_small = _is_small(search, improver.value)
    if is_small:
        later = closing + (deadline.left() - closing) * PROOF_SHARE
        if not has_few:
            improve_decided(improver, near, deadline, DECIDED_MARGINS[1], until_left=later)
        improve_wider(improver, near, deadline, until_left=later, gap=gap)
    bound = min(listed, prove(improver, search.priced, deadline, until_left=closing, gap=gap))
    if bound - improver.value > gap * abs(bound):
        if not is_small:
            improve_decided(improver, near, deadline, DECIDED_MARGINS[1], until_left=closing)
        rng = np.random.default_rng(search.limits.seed)
        later = closing + (deadline.left() - closing) * (1.0 - GROUP_SHARE)
        improve_in_groups(improver, near, deadline, rng, until_left=later)
        improve_in_blocks(improver, near, deadline, rng, until_left=closing)
        improve_wider(improver, near, deadline, until_left=closing, gap=gap)
    stopped = search.was_hurried or improver.was_hurried or deadline.left() <= closing
    found = Found(chosen=improver.chosen, bound=bound, is_optimal=False, was_stopped=stopped)
    return _settled(search, _or_aside(search, found))


def _or_aside(search: _Search, found: Found) -> Found:
    """Take the plan found aside, and the lower bound, where the clock ended this search and that one is better.

    Of equally good plans this search's own is kept.
    """
    other = search.aside.plan() if found.was_stopped or search.aside.was_taken else None
    if other is None or len(search.model.told_apart(other)[1]):
        return found
    bound = min(found.bound, search.aside.bound)
    chosen = better(search.model.problem, found.chosen, other)
    return replace(found, chosen=chosen, bound=bound, is_optimal=search.aside.is_over)


def _solve_greedily(search: _Search, _solver: Solver) -> Found:
    """Take the plan as it was filled."""
    return _settled(search, Found(chosen=search.start, bound=np.inf, is_optimal=False, was_stopped=False))


FINISH = {Engine.EXACT: _solve_office, Engine.DUAL: _solve_city, Engine.GREEDY: _solve_greedily}
METHODS = {Engine.EXACT: "whole program", Engine.DUAL: "prices, decided classes and near options",
           Engine.GREEDY: "value for money"}  # fmt: skip


def _settled(search: _Search, found: Found) -> Found:
    """Give equal seats to the lower ids."""
    return replace(found, chosen=prefer_lower_ids(search.empty.fresh(found.chosen)))


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
    if len(problem.people.ids) > LARGEST_CITY and limits.engine in (None, Engine.DUAL):
        regions = cut(problem)
        if len(regions.regions) > 1:
            return solve_in_regions(problem, regions, limits)
    deadline = Deadline(limits)
    with Solver(deadline, limits.seed) as solver, Aside(deadline, limits.seed) as aside:
        if engine_for(len(problem.options.employee), limits) != Engine.GREEDY:
            solver.begin()  # it takes a second until it answers, while prices are searched
        return solve_with(problem, limits, deadline, solver, aside if limits.processes > 1 else NOBODY)


def solve_with(
    problem: AllocationProblem, limits: SolveLimits, deadline: Deadline, solver: Solver, aside: Nobody = NOBODY
) -> Allocation:
    """Solve a problem with a solver that is already there, and perhaps another aside; see `solve`."""
    empty = Placement(problem)
    first = greedy(empty, demand_scores(problem))
    model = build_model(problem)
    engine = engine_for(model.layout.n_options, limits)
    if engine != Engine.GREEDY:
        aside.begin(model)
    demanded = meet_demands(model, solver, first, seconds=deadline.left(), now=deadline.now, aside=aside)
    unmet = demanded.unmet
    search = _begin(demanded.model, empty, demanded.start, limits, deadline, engine=engine, aside=aside)
    gap = gap_without_kept(problem, search.start, limits.gap)
    search = replace(search, limits=replace(limits, gap=gap))
    _tell(search, search.start)
    found = FINISH[engine](search, solver)
    other = aside.take() if unmet else None
    if other is not None:  # it meets them all
        found, unmet = replace(found, chosen=prefer_lower_ids(empty.fresh(other)), is_optimal=False), []
    found = replace(found, chosen=filled_up(empty, found.chosen))
    value = worth(problem, found.chosen)
    bound = max(min(search.priced.bound, found.bound), value.objective)
    prices = search.priced.relaxed.named(search.priced.root.prices)
    return Allocation(
        chosen=found.chosen,
        status=_status(problem, found, bound, gap, len(unmet)),
        objective=value.objective,
        bound=bound,
        line_prices=prices.lines,
        clashes=name_clashes(problem, found.chosen, unmet, value),
        stopped_by_clock=found.was_stopped or (aside.was_taken and not found.is_optimal),
        solver=f"{engine}: {highs_version()}, {METHODS[engine]}",
        is_unmet_proved=demanded.is_proved or not unmet,
        prices=prices,
        price_bound=search.priced.root.bound,
    )
