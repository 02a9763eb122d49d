"""Student sectioning as an ordinary problem of our engine: a student is a person with whole schedules as options.

A schedule takes a seat of each of its classes, which are lines; it is worth the overlaps that it avoids. There are far
too many schedules to list, so a linear program tells what seats are worth, and each student's cheapest schedules at
these prices are added, until none is missing. Prices also tell how many overlaps there are at least, whatever was
listed. The engine then plans with what was listed, and knows nothing of all this.
"""

import math
import time
from dataclasses import dataclass, field

import numpy as np
from instance_files import tell
from peers import Found, cp_sat_on, highs_whole
from schedules import cheapest_schedules
from scipy.sparse import coo_array, csc_array, csr_array, vstack
from sectioning_files import Sectioning, direct_program, recount

from recommender.allocation.highs import Solver
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Status
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify
from training_catalog.columns import BoolArray, FloatArray, IndexArray

LISTING_SHARE = 0.5  # of the time, for listing schedules
KEPT = 3  # cheapest schedules of a student that are added in one round
MOST_TRIED = 20_000  # bundles looked at for one student in one round
MISSING, DEARER = 2.0, 4.0  # overlaps that a missing seat counts for, and by what that grows where seats stay missing
MARGIN, MORE = 0.2, KEPT  # overlaps by which a planned schedule may be dearer than a student's cheapest, and how many
WIDER = 4  # by which both grow where a better plan may hold what is dearer still
PLAN_SHARE = 0.85  # of the time that is left, for one plan
LEAST_SECONDS = 2.0  # with less nothing is planned again
TINY = 1e-6
PROCESSES = 2  # as in instances.py


@dataclass(slots=True)
class Listed:
    """Schedules listed so far.

    Parameters
    ----------
    given : The problem.
    student, cost : Whose each schedule is, and its overlaps.
    bundles : CSR (n_schedules, n_bundles).
    known : Schedules, as bytes.
    """

    given: Sectioning
    student: IndexArray = field(init=False)
    cost: FloatArray = field(init=False)
    bundles: csr_array = field(init=False)
    known: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.student, self.cost = np.zeros(0, dtype=np.int64), np.zeros(0)
        self.bundles = csr_array((0, self.given.uses.shape[0]))

    @property
    def seats(self) -> csr_array:
        """The seats that each takes; CSR (n_schedules, n_classes)."""
        return csr_array(self.bundles @ self.given.uses)

    def add(self, is_wanted: BoolArray, found: IndexArray) -> int:
        """Add what is wanted and new of some schedules of every student; return how many that were."""
        wishes, rows, whose = self.given.wishes, [], []
        for student, row in enumerate(is_wanted):
            own = found[wishes.bounds[student] : wishes.bounds[student + 1]]
            for k in np.flatnonzero(row):
                key = student.to_bytes(4, "big") + own[:, k].tobytes()
                if key not in self.known:
                    self.known.add(key)
                    rows.append(own[:, k])
                    whose.append(student)
        if not rows:
            return 0
        sizes = np.cumsum([0, *map(len, rows)])
        column = np.concatenate(rows)
        fresh = csr_array((np.ones(len(column)), column, sizes), shape=(len(rows), self.bundles.shape[1]))
        between = csr_array(fresh @ csr_array(wishes.clash * ~np.eye(len(wishes.own), dtype=np.bool_))) * fresh
        cost = fresh @ wishes.own + np.asarray(between.sum(axis=1)).ravel() / 2.0
        self.student, self.cost = np.append(self.student, whose), np.append(self.cost, cost)
        self.bundles = csr_array(vstack([self.bundles, fresh]))
        return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Parts of schedules that make one for each student.

    Parameters
    ----------
    cost : Overlaps.
    is_enough : Whether no seat is missing.
    worth : shape (n_students,), what a schedule must cost less than, seats included, to make the mixture better.
    prices : shape (n_classes,), what a seat is worth.
    """

    cost: float
    is_enough: bool
    worth: FloatArray
    prices: FloatArray


class Master:
    """The linear program of what is listed: one schedule a student, and missing seats that cost overlaps."""

    def __init__(self, given: Sectioning) -> None:
        import highspy  # noqa: PLC0415 (as in the engine: only where a program is solved)

        self._n_students, self._n_listed, self._dear = len(given.wishes.bounds) - 1, 0, MISSING
        n_rows, n_classes = self._n_students + len(given.limit), len(given.limit)
        self._solver, self._optimal = highspy.Highs(), highspy.HighsModelStatus.kOptimal
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("solver", "ipm")  # prices from the middle of what is optimal need fewer rounds
        self._solver.setOptionValue("run_crossover", "off")
        lower = np.concatenate([np.ones(self._n_students), np.full(n_classes, -np.inf)])
        upper = np.concatenate([np.ones(self._n_students), given.limit.astype(np.float64)])
        self._solver.addRows(n_rows, lower, upper, 0, np.zeros(n_rows, dtype=np.int32), np.zeros(0, dtype=np.int32),
                             np.zeros(0))  # fmt: skip
        at = np.arange(n_classes, dtype=np.int32)
        self._solver.addCols(n_classes, np.full(n_classes, MISSING), np.zeros(n_classes), np.full(n_classes, np.inf),
                             n_classes, at, at + self._n_students, -np.ones(n_classes))  # fmt: skip
        self._n_classes = n_classes

    def add(self, listed: Listed) -> None:
        """Add the columns of what was listed since."""
        new = slice(self._n_listed, len(listed.cost))
        seats = coo_array(listed.seats[new])
        n = len(listed.cost) - self._n_listed
        row = np.concatenate([listed.student[new], self._n_students + seats.coords[1]])
        column = np.concatenate([np.arange(n), seats.coords[0]])
        matrix = csc_array((np.append(np.ones(n), seats.data), (row, column)),
                           shape=(self._n_students + self._n_classes, n))  # fmt: skip
        starts, at = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        self._solver.addCols(n, listed.cost[new], np.zeros(n), np.full(n, np.inf), matrix.nnz, starts, at, matrix.data)
        self._n_listed = len(listed.cost)

    def solve(self, seconds: float) -> "Mixture | None":
        """Find the best mixture of what is listed; None where the time did not do."""
        self._solver.setOptionValue("time_limit", float(self._solver.getRunTime()) + max(seconds, 0.1))
        self._solver.run()
        if self._solver.getModelStatus() != self._optimal:
            return None
        solution = self._solver.getSolution()
        duals = np.asarray(solution.row_dual)
        missing = float(np.sum(solution.col_value[: self._n_classes]))
        return Mixture(cost=float(self._solver.getInfo().objective_function_value), is_enough=missing < TINY,
                       worth=duals[: self._n_students], prices=np.maximum(-duals[self._n_students :], 0.0))  # fmt: skip

    def dearer(self) -> None:
        """Let a missing seat count for more."""
        self._dear *= DEARER
        at = np.arange(self._n_classes, dtype=np.int32)
        self._solver.changeColsCost(self._n_classes, at, np.full(self._n_classes, self._dear))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """What is planned with.

    Parameters
    ----------
    problem : In the words of the engine; its value is ``worst`` less the overlaps.
    worst : Overlaps of every student's worst listed schedule.
    bundles : CSR (n_options, n_bundles).
    """

    problem: AllocationProblem
    worst: float
    bundles: csr_array


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is listed, with the prices of seats that prove most, and the fewest overlaps that these prove."""

    listed: Listed
    prices: FloatArray
    at_least: float


def list_schedules(given: Sectioning, seconds: float) -> Listing:
    """List what the best mixture of schedules may hold."""
    begun, listed, master = time.monotonic(), Listed(given), Master(given)
    at = best = np.zeros(len(given.limit))
    worth, at_least = np.full(len(given.wishes.bounds) - 1, np.inf), -np.inf
    while True:
        least, costs, found = cheapest_schedules(given.wishes, given.uses @ at, KEPT, MOST_TRIED)
        bound = float(least.sum() - at @ given.limit)
        if bound > at_least:
            at_least, best = bound, at
        is_new = listed.add(costs < worth[:, None] - TINY, found) > 0
        left = seconds - (time.monotonic() - begun)
        if is_new:
            master.add(listed)
        mixture = master.solve(left) if left > 0 else None
        if mixture is None or (mixture.is_enough and math.ceil(at_least - TINY) >= mixture.cost - TINY):
            break
        if not is_new:  # no schedule makes the mixture better
            if mixture.is_enough:
                break
            master.dearer()
            mixture = master.solve(left) or mixture
        at, worth = mixture.prices, mixture.worth
    return Listing(listed=listed, prices=best, at_least=math.ceil(at_least - TINY))


def schedules_within(listing: Listing, margin: float, most: int) -> Schedules:
    """Tell of all that is hardly dearer than each student's cheapest in the words of the engine.

    Parameters
    ----------
    listing : What is listed, which may grow.
    margin, most : Overlaps by which a schedule may be dearer, and how many of a student are looked for.
    """
    listed, given, prices = listing.listed, listing.listed.given, listing.prices
    _, costs, found = cheapest_schedules(given.wishes, given.uses @ prices, most, MOST_TRIED)
    listed.add(costs <= costs[:, :1] + margin, found)
    dearness = listed.cost + listed.seats @ prices
    cheapest = np.full(len(costs), np.inf)
    np.minimum.at(cheapest, listed.student, dearness)
    kept = np.flatnonzero(dearness <= cheapest[listed.student] + margin + TINY)
    kept = kept[np.argsort(listed.student[kept], kind="stable")]
    who, cost = listed.student[kept], listed.cost[kept]
    worst = np.zeros(len(cheapest))
    np.maximum.at(worst, who, cost)
    where = np.arange(len(who)) - np.searchsorted(who, who)
    nothing = np.zeros(int(where.max()) + 1, dtype=np.int64)
    problem = tell(
        who=who, where=where, value=worst[who] - cost, charges=csr_array(listed.seats[kept].astype(np.int64)),
        amount=given.limit, must=np.ones(len(who), dtype=np.bool_), training=nothing, fixed=nothing, line=nothing - 1,
    )  # fmt: skip
    return Schedules(problem=problem, worst=float(worst.sum()), bundles=csr_array(listed.bundles[kept]))


def by_us(given: Sectioning, seconds: float) -> Found:
    """List schedules, plan with them, and recount class by class; again with dearer ones where a plan may hold them."""
    until = time.monotonic() + seconds
    listing = list_schedules(given, LISTING_SHARE * seconds)
    fewest, margin, most = np.inf, MARGIN, MORE
    while (left := until - time.monotonic()) > LEAST_SECONDS and fewest - listing.at_least > margin / WIDER * (
        margin > MARGIN
    ):
        fewest = min(fewest, _plan(given, schedules_within(listing, margin, most), PLAN_SHARE * left))
        margin, most = margin * WIDER, most * WIDER
    return Found(value=-fewest, bound=-listing.at_least)


def _plan(given: Sectioning, schedules: Schedules, seconds: float) -> float:
    """Plan with what is listed; return the overlaps, infinite where not everybody has a schedule."""
    limits = SolveLimits(seconds=seconds, gap=0.0, clock=time.monotonic, processes=PROCESSES)
    found = solve(schedules.problem, limits)
    wrong = verify(schedules.problem, found)
    if wrong:
        raise SystemExit("\n".join(map(str, wrong)))
    if found.status == Status.INFEASIBLE:
        return np.inf
    taken = schedules.bundles[found.chosen].indices  # one schedule a student, in the order of their ids
    return float(recount(given, _by_request(given, taken)))


def _by_request(given: Sectioning, taken: IndexArray) -> IndexArray:
    """Put the bundles of each student in the order of the student's courses."""
    course = np.searchsorted(given.wishes.course_bounds, taken, side="right") - 1
    order = np.lexsort((course, given.student))
    by_request = np.empty_like(taken)
    by_request[np.lexsort((given.wishes.course, given.student))] = taken[order]
    return by_request


def highs_directly(given: Sectioning, seconds: float) -> Found:
    """Give HiGHS the usual program, of classes and overlaps."""
    begun = time.monotonic()
    program = direct_program(given)
    left = seconds - (time.monotonic() - begun)
    with Solver(Deadline(SolveLimits(seconds=left, clock=time.monotonic)), 0) as solver:
        answer = solver.solve(program, None, seconds=left, gap=0.0)
    value = -np.inf if answer.values is None else float(program.cost @ answer.values)
    return Found(value=value, bound=answer.bound)


def cp_sat_directly(given: Sectioning, seconds: float) -> Found:
    """Give CP-SAT the usual program, of classes and overlaps."""
    begun = time.monotonic()
    program = direct_program(given)
    said = cp_sat_on(program, seconds - (time.monotonic() - begun))
    return Found() if said is None else Found(value=said.value, bound=said.bound)


def highs_on_schedules(given: Sectioning, seconds: float) -> Found:
    """Give HiGHS the very schedules that our engine has."""
    begun = time.monotonic()
    listing = list_schedules(given, LISTING_SHARE * seconds)
    schedules = schedules_within(listing, MARGIN, MORE)
    found = highs_whole(schedules.problem, seconds - (time.monotonic() - begun))
    return Found(value=found.value - schedules.worst, bound=-listing.at_least)
