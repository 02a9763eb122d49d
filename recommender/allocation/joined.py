"""A large problem solved region by region, and the answer put together as if it had been solved as a whole."""

from functools import partial

import numpy as np

from recommender.allocation.clashes import name_clashes
from recommender.allocation.filling import better
from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.highs import highs_version
from recommender.allocation.limits import SolveLimits
from recommender.allocation.nation import NationPlan, solve_nation
from recommender.allocation.objective import kept_worth, worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.region import Region
from recommender.allocation.region_plan import RegionPlan
from recommender.allocation.regions import Members, Regions
from recommender.allocation.result import Allocation, Prices, Status
from recommender.allocation.ties import prefer_lower_ids
from training_catalog.columns import FloatArray, IndexArray


def _given(region: Region) -> Region:
    return region


def _spread(n: int, parts: list[tuple[IndexArray, FloatArray]]) -> FloatArray:
    """Write parts into a column of `n`; nothing elsewhere."""
    column = np.zeros(n)
    for place, values in parts:
        column[place] = values
    return column


def join_prices(
    problem: AllocationProblem, regions: Regions, plans: tuple[RegionPlan, ...], shared: FloatArray
) -> Prices:
    """Return the prices of all regions as prices of the whole.

    Parameters
    ----------
    problem : The whole.
    regions, plans : Its regions, and what was found for each.
    shared : shape (n_limits,), prices of a rupiah of what regions share.
    """
    pairs: list[tuple[Members, Prices]] = [(own, plan.prices) for own, plan in zip(regions.members, plans, strict=True)]
    n_lines, n_classes = len(problem.lines.ids), len(problem.classes.ids)
    lines = _spread(n_lines, [(own.lines, prices.lines) for own, prices in pairs])
    n_shared = len(regions.crossing.ids)
    caps, floors = np.split(shared[n_shared:], 2)
    nothing = np.zeros(1, dtype=np.int64)
    covers = [np.diff(prices.cover_bounds) for _, prices in pairs]
    joined = {
        name: np.concatenate([getattr(prices, name) for _, prices in pairs])
        for name in ("away_day", "away", "covers", "openers")
    }
    return Prices(
        lines=lines, openings=_spread(n_lines, [(own.lines, prices.openings) for own, prices in pairs]),
        caps=caps, floors=floors,
        away_unit=np.concatenate([own.units[prices.away_unit] for own, prices in pairs]),
        cover_bounds=np.cumsum(np.concatenate([nothing, *covers]), dtype=np.int64),
        cover_class=np.concatenate([own.classes[prices.cover_class] for own, prices in pairs]),
        seats=_spread(n_classes, [(own.classes, prices.seats) for own, prices in pairs]),
        fewest=_spread(n_classes, [(own.classes, prices.fewest) for own, prices in pairs]),
        units=_spread(len(problem.people.unit_ids), [(own.units, prices.units) for own, prices in pairs]),
        opener=np.concatenate([own.people[prices.opener] for own, prices in pairs]),
        opened=np.concatenate([own.classes[prices.opened] for own, prices in pairs]), **joined,
    )  # fmt: skip


def _status(found: NationPlan, value: float, bound: float, gap: float) -> Status:
    if any(part.n_unmet for part in found.totals):
        return Status.INFEASIBLE
    return Status.WITHIN_GAP if bound - value <= gap * abs(bound) else Status.HEURISTIC


def _with_what_is_left(problem: AllocationProblem, planned: IndexArray) -> IndexArray:
    """Fill in what the money that regions left over still pays, best for the money first."""
    empty = Placement(problem)
    filled = greedy(empty, ratio_scores(problem), planned)
    return prefer_lower_ids(empty.fresh(better(problem, planned, filled)))


def solve_in_regions(problem: AllocationProblem, regions: Regions, limits: SolveLimits) -> Allocation:
    """Solve a problem region by region; see `solve`.

    Parameters
    ----------
    problem : The whole.
    regions : Its regions.
    limits : Seconds, gap, seed and clock; how regions are run.
    """
    sources = [partial(_given, region) for region in regions.regions]
    found = solve_nation(sources, regions.crossing, limits)
    own = list(zip(regions.members, found.plans, strict=True))
    planned = np.sort(np.concatenate([part.options[plan.chosen] for part, plan in own])).astype(np.int64)
    chosen = _with_what_is_left(problem, planned)
    value = worth(problem, chosen)
    bound, price_bound = (max(figure, value.objective) for figure in (found.bound, found.price_bound))
    kept = kept_worth(problem, chosen)
    limits.tell(value.objective - kept, min(bound, price_bound) - kept)
    prices = join_prices(problem, regions, found.plans, found.shared)
    unmet = [part.options[group] for part, plan in own for group in plan.unmet]
    return Allocation(
        chosen=chosen, status=_status(found, value.objective, bound, limits.gap), objective=value.objective,
        bound=min(bound, price_bound), line_prices=prices.lines,
        clashes=name_clashes(problem, chosen, unmet, value),
        stopped_by_clock=found.was_hurried or any(part.was_stopped for part in found.totals),
        solver=f"dual: {highs_version()}, prices, decided classes and near options in {len(own)} regions",
        is_unmet_proved=not unmet, prices=prices, price_bound=price_bound,
    )  # fmt: skip
