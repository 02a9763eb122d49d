"""One region's part of a large plan: its own prices, what it wants of what is shared, and its plan within a share.

Nothing here looks at the clock to decide how far to search, so that the answer is the same on any machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.ascent import Ascent, Start, find_prices, from_nothing
from recommender.allocation.blocks import Improver
from recommender.allocation.capacity import possible_options
from recommender.allocation.demanding import meet_demands
from recommender.allocation.dual import Priced, decide
from recommender.allocation.exact import build_model, demands
from recommender.allocation.filling import KINDNESS, better, by_nearness
from recommender.allocation.greedy import demand_scores, greedy
from recommender.allocation.highs import EARLY_SHARE, Solver
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.nearness import nearness
from recommender.allocation.objective import kept_worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem, Money
from recommender.allocation.region import Region
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.result import Prices
from recommender.allocation.ties import prefer_lower_ids
from training_catalog.columns import FloatArray, IndexArray

PRICE_SHARE = 0.3  # of the time that is left, for each step of the search for prices
NEAR_STEP = 0.03  # length of the first step from prices that are nearly right


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far is searched.

    Parameters
    ----------
    passes : Passes over everybody for a region's own prices.
    steps : Classes decided one after another, in each part of a region.
    last : Passes for the prices of what was decided.
    margins : Of what an option is usually worth, by which it may miss its exit price and be weighed by HiGHS.
    gap : Gap at which HiGHS may stop.
    nodes : Nodes that HiGHS may look at.
    kindness : For each plan to begin from, by how much an option may miss its exit price; see `filling.KINDNESS`.
    asked : People whose regions tell the prices of what regions share.
    """

    passes: int
    steps: int
    last: int
    margins: tuple[float, ...]
    gap: float
    nodes: int
    kindness: tuple[float, ...] = KINDNESS
    asked: int = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a region wants of what is shared, at its prices.

    Parameters
    ----------
    use : shape (n_limits,), rupiah, as an average over the later passes.
    prices : The region's own prices, in its own order.
    bound : What it is worth at most, less what it takes at shared prices.
    was_hurried : Whether the clock cut the search short.
    """

    use: FloatArray
    prices: FloatArray
    bound: float
    was_hurried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlan:
    """A region's part of a plan.

    Parameters
    ----------
    totals : What it adds up to.
    chosen : Options of the region, ascending.
    prices : Prices that prove `price_bound`, shared ones included.
    unmet : Groups of options of which none could be chosen though one was demanded.
    """

    totals: "Totals"
    chosen: IndexArray
    prices: Prices
    unmet: tuple[IndexArray, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a region adds to the whole.

    Parameters
    ----------
    value : What its choices are worth, without what floors of earmarks miss.
    kept : Part of it that keeping choices of an earlier plan counts for.
    use : shape (n_limits,), whole rupiah of each shared limit; of floors with the sign turned.
    bound : What it is worth at most, less what it takes at shared prices.
    price_bound : The same, by its root prices alone.
    cost : Whole rupiah of all choices and of opening their classes.
    seats, people : Choices, and people with one at least.
    n_unmet : Demands that are not met.
    was_stopped : Whether a clock ended the search.
    """

    value: float
    kept: float
    use: Money
    bound: float
    price_bound: float
    cost: int
    seats: int
    people: int
    n_unmet: int
    was_stopped: bool


class _Charged:
    """A region whose shared limits are charged at given prices.

    Parameters
    ----------
    region : The region.
    shared : shape (n_limits,), prices of a rupiah.
    demanded : Groups of options of which one must be chosen.
    """

    def __init__(self, region: Region, shared: FloatArray, demanded: tuple[IndexArray, ...]) -> None:
        self.region, self.shared = region, shared
        self.relaxed = Relaxation(region.problem, demanded)
        self.rows, self.place = region.shared_rows(self.relaxed.priced)
        self.whole = self.relaxed.priced
        opening = region.opening_rows(self.whole)
        self.relaxed.charge(np.append(self.rows, opening), np.append(shared[self.place], np.zeros(len(opening))))

    def use(self, ascent: Ascent) -> FloatArray:
        """Return what the later passes of a search took of the shared limits on average, in rupiah."""
        loads, fixed = self.whole.loads[:, self.rows], self.whole.fixed[:, self.rows]
        use = np.zeros(len(self.shared))
        use[self.place] = (loads.T @ ascent.takes + fixed.T @ ascent.openness) * self.whole.unit[self.rows]
        return use

    def begin(self, own: FloatArray | None) -> Start:
        """Begin from a region's own prices, or from nothing where they are of other demands."""
        start = from_nothing(self.relaxed)
        if own is None or len(own) != self.relaxed.n_prices:
            return start
        return replace(start, prices=np.minimum(own, self.relaxed.highest), step=NEAR_STEP)

    def named(self, prices: FloatArray) -> Prices:
        """Return the region's prices by what they stand for, shared ones included."""
        named, n = self.relaxed.named(prices), self.region.n_shared
        lines, own = named.lines.copy(), self.region.shared >= 0
        lines[own] += self.shared[self.region.shared[own]]
        caps, floors = np.split(self.shared[n:], 2)
        return replace(named, lines=lines, caps=named.caps + caps, floors=named.floors + floors)


def possible_demands(region: Region) -> tuple[IndexArray, ...]:
    """Return the demanded groups of options that could each be met by itself."""
    is_possible = possible_options(region.problem)
    return tuple(group for group in demands(region.problem) if is_possible[group].any())


def wish_of(
    region: Region, shared: FloatArray, own: FloatArray | None, *, passes: int, seconds: float,
    clock: Callable[[], float],
) -> Wish:  # fmt: skip
    """Find a region's own prices under shared ones, and what it wants then."""
    charged = _Charged(region, shared, possible_demands(region))
    ascent = find_prices(charged.relaxed, passes=passes, seconds=seconds, now=clock, start=charged.begin(own))
    return Wish(use=charged.use(ascent), prices=ascent.prices, bound=ascent.bound, was_hurried=ascent.was_hurried)


def plan_region(
    region: Region, shared: FloatArray, own: FloatArray, share: Money, *, effort: Effort, limits: SolveLimits
) -> RegionPlan:
    """Make a region's plan within its share, and prove what it could be worth at most.

    Parameters
    ----------
    region : The region.
    shared : shape (n_limits,), prices of a rupiah of each shared limit.
    own : The region's own prices under these.
    share : shape (n_limits,), whole rupiah of each that it may use.
    effort : How far to search.
    limits : The seed, and the seconds after which something must be wrong: the best so far is taken.
    """
    deadline, problem = Deadline(limits), region.within(share, shared)
    empty = Placement(problem)
    first = greedy(empty, demand_scores(problem))
    with Solver(deadline, limits.seed) as solver:
        demanded = meet_demands(build_model(problem), solver, first, seconds=deadline.left(), now=deadline.now)
        model, first, unmet = demanded.model, demanded.start, demanded.unmet
        charged = _Charged(region, shared, tuple(model.told_apart(first)[0]))
        priced = _price(charged, own, effort, deadline)
        near = nearness(priced)
        plans = [by_nearness(empty, near, kindness, first) for kindness in effort.kindness]
        improver = Improver(model, better(problem, *plans), solver)
        for margin in effort.margins:
            improver.try_decided(near, margin, seconds=deadline.left(), gap=effort.gap, nodes=effort.nodes)
    chosen = prefer_lower_ids(empty.fresh(improver.chosen))
    totals = Totals(
        value=region.worth(chosen), kept=kept_worth(problem, chosen), use=region.use(chosen),
        bound=min(priced.bound, priced.root.bound),
        price_bound=priced.root.bound, cost=_cost(problem, chosen), seats=len(chosen),
        people=len(np.unique(problem.options.employee[chosen])),
        n_unmet=len(unmet), was_stopped=priced.was_hurried or deadline.left() <= EARLY_SHARE * limits.seconds,
    )  # fmt: skip
    prices = charged.named(priced.root.prices)
    return RegionPlan(totals=totals, chosen=chosen, prices=prices, unmet=tuple(unmet))


def _cost(problem: AllocationProblem, chosen: IndexArray) -> int:
    """Return the whole rupiah of a choice, opening its classes included."""
    opened = np.unique(problem.options.offering[chosen])
    return int(problem.options.cost[chosen].sum() + problem.classes.fixed_cost[opened].sum())


def _price(charged: _Charged, own: FloatArray, effort: Effort, deadline: Deadline) -> Priced:
    """Find prices and decide classes; the clock is there only for when something is wrong."""
    seconds, now = deadline.left() * PRICE_SHARE, deadline.now
    start = charged.begin(own)
    root = find_prices(charged.relaxed, passes=effort.passes, seconds=seconds, now=now, start=start)
    return decide(charged.relaxed, root, most=effort.steps, passes=effort.last, seconds=(seconds, seconds), now=now)
