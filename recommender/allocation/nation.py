"""A problem in regions: prices of what they share, a share for each, and their plans side by side.

How far each region is searched follows from its size and the time that is given, not from the clock, so that processes
and machines change nothing: the clock is a limit for when something is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recommender.allocation.asked import Asked, Outline, SharedPrices
from recommender.allocation.crossing import Crossing
from recommender.allocation.limits import Deadline, SolveLimits, run_here, tell_nobody
from recommender.allocation.problem import Money
from recommender.allocation.region import Region
from recommender.allocation.region_plan import Effort, RegionPlan, Totals, Wish, plan_region, wish_of
from training_catalog.columns import FloatArray

Source = Callable[[], Region]  # where a region comes from; it travels to the process that plans it
Keep = Callable[[int, Region, RegionPlan, FloatArray], None]  # what becomes of a region's plan, in that process

SHARED_PASSES, WISH_PASSES = 300, 100
CORRECTIONS, CORRECTING_PASSES, CORRECTED_PASSES = 2, 100, 50  # of prices that only some regions told
THOROUGH = Effort(passes=200, steps=40, last=100, margins=(0.01, 0.03), gap=1e-4, nodes=200)
BRISK = Effort(passes=100, steps=15, last=100, margins=(0.01,), gap=2e-4, nodes=50)
LIGHT = Effort(passes=50, steps=3, last=50, margins=(0.01,), gap=5e-4, nodes=10, kindness=(2e-2,))
HASTY = Effort(asked=30_000, passes=50, steps=1, last=50, margins=(), gap=1e-3, nodes=0, kindness=(5e-3,))
EFFORTS = ((25e-3, THOROUGH), (8e-3, BRISK), (2e-3, LIGHT))  # from so many seconds for each person
SHARED_SHARE = 0.3  # of the time that is left, for shared prices, should the machine be slow
PATIENCE = 3.0  # times its even share of the time, after which a region is stopped
LEAST_PATIENCE = 6.0  # seconds for a region, even where the time is over: without prices there is no plan worth having
MOST_CALLED_AGAIN, MOST_SPARE = 50, 3  # regions that may use what others left: for their demands, or for more
SPARE_SHARE = 1e-3  # of a shared line or cap with a price, above which what is left is worth calling regions again


@dataclass(frozen=True, slots=True, kw_only=True)
class NationPlan:
    """The plans of all regions.

    Parameters
    ----------
    totals : What each region adds.
    plans : Each region's plan; none where they were kept elsewhere.
    shared : shape (n_limits,), price of a rupiah of each shared limit.
    was_hurried : Whether the clock cut the search for prices short.
    crossing : The limits.
    outlines : The regions.
    """

    totals: tuple[Totals, ...]
    plans: tuple[RegionPlan, ...]
    shared: FloatArray
    was_hurried: bool
    crossing: Crossing
    outlines: tuple[Outline, ...] = field(repr=False)

    @property
    def use(self) -> Money:
        """Whole rupiah of each shared limit; of floors with the sign turned."""
        nothing = np.zeros(self.crossing.n_limits, dtype=np.int64)
        use: Money = sum((part.use for part in self.totals), start=nothing)
        return use

    @property
    def value(self) -> float:
        """What the plan is worth, floors included."""
        return sum(part.value for part in self.totals) - self.crossing.cost_of_missing(self.use)

    def _with_shared(self, parts: Iterator[float]) -> float:
        return float(self.shared @ self.crossing.limit) + sum(parts)

    @property
    def bound(self) -> float:
        """No plan is worth more."""
        return self._with_shared(part.bound for part in self.totals)

    @property
    def price_bound(self) -> float:
        """What prices alone prove."""
        return self._with_shared(part.price_bound for part in self.totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What travels to the process that works on a region."""

    number: int
    source: Source
    shared: FloatArray
    own: FloatArray | None
    passes: int = WISH_PASSES
    share: Money | None = None
    effort: Effort
    limits: SolveLimits
    keep: Keep | None = None


class _SoFar:
    """A plan in which everybody in regions still to be planned gets nothing, and what is proved meanwhile.

    Parameters
    ----------
    outlines, wishes : Of all regions, in the order in which they will be planned.
    crossing, told : What they share, and its prices.
    """

    def __init__(
        self, outlines: Sequence[Outline], wishes: Sequence[Wish], crossing: Crossing, told: FloatArray
    ) -> None:
        self.values, self.bounds = [outline.idle for outline in outlines], [wish.bound for wish in wishes]
        self.crossing, self.charged = crossing, float(told @ crossing.limit)
        self.use, self.kept, self.n = np.zeros(crossing.n_limits, dtype=np.int64), 0.0, 0

    def add(self, totals: Totals) -> tuple[float, float]:
        """Add the next region's plan; return value and bound of everything, see `SolveLimits.tell`."""
        self.values[self.n], self.bounds[self.n] = totals.value, min(totals.bound, self.bounds[self.n])
        self.use, self.kept, self.n = self.use + totals.use, self.kept + totals.kept, self.n + 1
        value = sum(self.values) - self.crossing.cost_of_missing(self.use)
        return value - self.kept, max(self.charged + sum(self.bounds), value) - self.kept


def _outline(source: Source) -> Outline:
    region = source()
    everything, nothing = np.arange(len(region.problem.options.employee)), np.empty(0, dtype=np.int64)
    wanted = np.abs(region.use(everything)).astype(np.float64)
    return Outline(people=len(region.problem.people.ids), wanted=wanted, idle=region.worth(nothing))


def _wish(task: _Task) -> Wish:
    seconds, clock = task.limits.seconds, task.limits.clock
    found = wish_of(task.source(), task.shared, task.own, passes=task.passes, seconds=seconds, clock=clock)
    return replace(found, prices=found.prices.astype(np.float32))


def _plan(task: _Task) -> tuple[Totals, RegionPlan | None]:
    region = task.source()
    own, share = task.own, task.share
    if own is None or share is None:
        raise ValueError("a region is planned with prices and a share")
    found = plan_region(region, task.shared, own.astype(np.float64), share, effort=task.effort, limits=task.limits)
    if task.keep is None:
        return found.totals, found
    task.keep(task.number, region, found, task.shared)
    return found.totals, None


def effort_for(people: int, seconds: float) -> Effort:
    """Choose how far to search, by the seconds there are for each person on one core: more cores only end sooner."""
    return next((effort for least, effort in EFFORTS if seconds >= least * people), HASTY)


def n_tasks(n_regions: int, people: int, seconds: float) -> int:
    """Return how many tasks a plan has, so that its progress can be told; a few more where regions are called again."""
    return n_regions * (3 + CORRECTIONS * (people > effort_for(people, seconds).asked))


def solve_nation(
    sources: Sequence[Source], crossing: Crossing, limits: SolveLimits, keep: Keep | None = None
) -> NationPlan:
    """Plan all regions within what they share.

    Parameters
    ----------
    sources : Where the regions come from.
    crossing : What they share.
    limits : Seconds, seed and clock; how regions are run, and how many at once.
    keep : What becomes of each region's plan, in the process that made it; all are returned where not given.
    """
    deadline = Deadline(limits)
    outlines = tuple(limits.run(_outline, sources))
    effort = effort_for(sum(outline.people for outline in outlines), limits.seconds)
    far = replace(limits, run=run_here, tell=tell_nobody)
    tasks = [_Task(number=i, source=source, shared=np.zeros(crossing.n_limits), own=None, effort=effort, limits=far,
                   keep=keep) for i, source in enumerate(sources)]  # fmt: skip
    told, wishes = _agree(tasks, outlines, crossing, limits, deadline)
    shares = crossing.shares(np.array([wish.use for wish in wishes]))
    ready = [replace(task, shared=told.shared, own=wish.prices, share=share)
             for task, wish, share in zip(tasks, wishes, shares, strict=True)]  # fmt: skip
    so_far, found = _SoFar(outlines, wishes, crossing, told.shared), list[tuple[Totals, RegionPlan | None]]()
    for planned in limits.run(_plan, _in_time(ready, outlines, limits, deadline)):
        found.append(planned)
        limits.tell(*so_far.add(planned[0]))
    patient = list(_in_time(ready, outlines, limits, Deadline(limits)))
    _call_again(patient, found, crossing, told.shared, limits)
    return NationPlan(
        totals=tuple(totals for totals, _ in found), plans=tuple(plan for _, plan in found if plan is not None),
        shared=told.shared, was_hurried=told.was_hurried, crossing=crossing, outlines=outlines,
    )  # fmt: skip


def _agree(
    tasks: list[_Task], outlines: Sequence[Outline], crossing: Crossing, limits: SolveLimits, deadline: Deadline
) -> tuple[SharedPrices, list[Wish]]:
    """Find shared prices, and what each region takes and its own prices at these; a hurry on the way stays marked.

    The regions that were asked are held in memory only here.
    """
    asked = Asked([task.source for task in tasks], outlines, crossing, most=tasks[0].effort.asked)
    told = asked.search(passes=SHARED_PASSES, seconds=deadline.left() * SHARED_SHARE, now=limits.clock)
    tasks = [replace(task, shared=told.shared, own=told.own.get(task.number)) for task in tasks]
    wishes = list(limits.run(_wish, _in_time(tasks, outlines, limits, deadline)))
    was_hurried = told.was_hurried or any(wish.was_hurried for wish in wishes)
    for _ in range(0 if len(asked.numbers) == len(tasks) else CORRECTIONS):
        asked.correct(np.sum([wish.use for wish in wishes], axis=0))
        told = asked.search(passes=CORRECTING_PASSES, seconds=deadline.left() * SHARED_SHARE, now=limits.clock)
        tasks = [replace(task, shared=told.shared, own=wish.prices, passes=CORRECTED_PASSES)
                 for task, wish in zip(tasks, wishes, strict=True)]  # fmt: skip
        wishes = list(limits.run(_wish, _in_time(tasks, outlines, limits, deadline)))
        was_hurried |= told.was_hurried or any(wish.was_hurried for wish in wishes)
    return replace(told, was_hurried=was_hurried), wishes


def _in_time(
    tasks: list[_Task], outlines: Sequence[Outline], limits: SolveLimits, deadline: Deadline
) -> Iterator[_Task]:
    """Give each region its even share of the time that is left when its turn comes, and some patience."""
    people = sum(outline.people for outline in outlines)
    for task, outline in zip(tasks, outlines, strict=True):
        even = deadline.left() * limits.processes * outline.people / max(people, 1)
        people -= outline.people
        yield replace(task, limits=replace(task.limits, seconds=max(PATIENCE * even, LEAST_PATIENCE)))


def _call_again(
    tasks: list[_Task], found: list[tuple[Totals, RegionPlan | None]], crossing: Crossing, told: FloatArray,
    limits: SolveLimits,
) -> None:  # fmt: skip
    """Plan regions once more, each within all that the others leave: those with unmet demands, else if much is left.

    Who could gain most at these prices comes first. Large nations leave little: less than a seat a region.
    """
    gains = [totals.bound - totals.value + float(told @ totals.use) for totals, _ in found]
    order = np.argsort(-np.array(gains), kind="stable").tolist()
    priced = told[: len(crossing.ids) + len(crossing.earmarks)] > 0
    unmet = [i for i in order if found[i][0].n_unmet]
    for i in unmet[:MOST_CALLED_AGAIN] or order[:MOST_SPARE]:
        use = sum((totals.use for totals, _ in found), start=np.zeros(crossing.n_limits, dtype=np.int64))
        limit = crossing.limit[: len(priced)][priced]
        is_spare = (crossing.left(use)[: len(priced)][priced] > SPARE_SHARE * limit).any()
        if found[i][0].n_unmet or is_spare:
            again = replace(tasks[i], share=crossing.left(use - found[i][0].use))
            before = found[i][0].was_stopped
            totals, plan = next(limits.run(_plan, [again]))
            found[i] = replace(totals, was_stopped=before or totals.was_stopped), plan
