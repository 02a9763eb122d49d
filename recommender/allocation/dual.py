"""A valid upper bound at any size, and prices of lines and seats: relax the budgets and seats, price them instead.

For any prices >= 0 no plan is worth more than
sum over people of their best priced choice + prices x what is there (see Notes of `price_bound`), so a price search
that stops early is merely less tight, never wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.capacity import (
    capped_earmarks,
    class_loads,
    line_caps,
    option_loads,
    possible_options,
    topics_of,
)
from recommender.allocation.objective import full_values
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import FloatArray, IndexArray

FIRST_STEP, LONGEST_STEP = 1.0, 2.0  # as a share of the gap to the plan in hand
LONGER, SHORTER = 1.1, 0.66  # factors on the step after a pass that went well, and after `PATIENCE` that did not
PATIENCE = 10
NEWEST = 0.1  # weight of the newest pass in the running mean
SMALLEST_STEP, SMALLEST_NORM = 1e-3, 1e-12  # below, prices hardly move, or nothing exceeds: they are optimal
GROUP_SPAN = np.int64(1) << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices and the bound they prove.

    Parameters
    ----------
    lines : shape (n_lines + n_earmark_caps,), benefit for a rupiah.
    seats : shape (n_classes,), benefit for a seat.
    hours : shape (n_capped,), benefit for a capped person's whole cap of hours.
    bound : No plan is worth more.
    """

    lines: FloatArray
    seats: FloatArray
    hours: FloatArray
    bound: float


class PriceProblem:
    """The relaxed problem, laid out so that a pass is a handful of array operations.

    Parameters
    ----------
    problem : What may be chosen.
    """

    def __init__(self, problem: AllocationProblem) -> None:
        self.rows = np.flatnonzero(possible_options(problem)).astype(np.int64)
        self.n_options = len(problem.options.employee)
        options, classes, people = problem.options, problem.classes, problem.people
        self.offering = options.offering[self.rows]
        employee = options.employee[self.rows]
        self.value = full_values(problem)[self.rows]
        self.constant = -problem.rules.hours_weight * float(people.hours_floor.sum())
        self._add_money(problem)
        wanted = np.bincount(self.offering, minlength=len(classes.ids))
        self.seats = np.minimum(classes.seats_max, wanted).astype(np.float64)
        self._group(problem, employee)
        self._add_hours(problem, employee)

    def _add_hours(self, problem: AllocationProblem, employee: IndexArray) -> None:
        """Price the hours of people with a cap: most of them can take one training where three would be allowed."""
        cap = problem.people.hours_cap
        self.capped = np.flatnonzero(np.isfinite(cap) & (cap > 0))
        place = np.full(len(cap), -1, dtype=np.int64)
        place[self.capped] = np.arange(len(self.capped))
        self.cap_of = place[employee]
        share = problem.classes.hours[self.offering] / np.where(self.cap_of >= 0, cap[employee], 1.0)
        self.hours_share = np.where(self.cap_of >= 0, share, 0.0)

    def _add_money(self, problem: AllocationProblem) -> None:
        """Put lines and earmark caps side by side, each in units of its own cap."""
        marks = [problem.rules.earmarks[i] for i in capped_earmarks(problem)]
        loads, fixed = option_loads(problem)[self.rows], class_loads(problem)
        caps = np.concatenate([line_caps(problem), [int(mark.at_most or 0) for mark in marks]]).astype(np.float64)
        self.unit = np.maximum(caps, 1.0)
        training = problem.classes.training
        columns = [np.isin(training, mark.trainings) for mark in marks]
        extra = np.stack([c[self.offering] for c in columns], axis=1) if columns else np.zeros((len(self.rows), 0))
        extra_fixed = np.stack(columns, axis=1) if columns else np.zeros((len(training), 0))
        self.money = _side_by_side(
            loads, np.asarray(extra * problem.options.cost[self.rows][:, None], dtype=np.float64), self.unit
        )
        self.fixed = _side_by_side(
            fixed, np.asarray(extra_fixed * problem.classes.fixed_cost[:, None], dtype=np.float64), self.unit
        )
        self.capacity = caps / self.unit
        self.is_free = np.diff(self.fixed.indptr) == 0

    def _group(self, problem: AllocationProblem, employee: IndexArray) -> None:
        """Group options of a person of which at most one can be chosen: one topic, else one training.

        A person has at most one option a topic, so options that share their lowest topic exclude each other; leaving
        other exclusions out only makes the bound larger, never wrong.
        """
        option, topic = topics_of(problem)
        lowest = np.full(len(problem.options.employee), -1, dtype=np.int64)
        lowest[option[::-1]] = topic[::-1]
        first = lowest[self.rows]
        n_topics = problem.options.addresses.shape[1]
        training = problem.classes.training[self.offering]
        kind = np.where(first >= 0, first, n_topics + training)
        key = employee * GROUP_SPAN + kind
        self.order = np.argsort(key, kind="stable")
        sorted_key = key[self.order]
        self.starts = np.flatnonzero(np.append(True, sorted_key[1:] != sorted_key[:-1])) if len(key) else key
        self.group_employee = employee[self.order][self.starts] if len(key) else key
        self.most = problem.people.max_trainings

    def choose(self, reduced: FloatArray) -> tuple[float, IndexArray]:
        """Return the value of every person's best priced choice, and the rows chosen."""
        if not len(reduced):
            return 0.0, np.empty(0, dtype=np.int64)
        ordered = reduced[self.order]
        best = np.maximum.reduceat(ordered, self.starts)
        rank = np.lexsort((-best, self.group_employee))
        who = self.group_employee[rank]
        place = np.arange(len(rank)) - np.searchsorted(who, who)
        taken = rank[(place < self.most[who]) & (best[rank] > 0)]
        size = np.diff(np.append(self.starts, len(ordered)))
        group_of = np.repeat(np.arange(len(self.starts)), size)
        is_best = ordered >= best[group_of]
        first = np.full(len(self.starts), len(ordered), dtype=np.int64)
        np.minimum.at(first, group_of[is_best], np.flatnonzero(is_best))
        return float(best[taken].sum()), self.order[first[taken]]


def _side_by_side(loads: csr_array, extra: FloatArray, unit: FloatArray) -> csr_array:
    """Join two blocks of columns and divide each column by its unit."""
    left, right = coo_array(loads), coo_array(extra)
    row = np.concatenate([left.coords[0], right.coords[0]])
    column = np.concatenate([left.coords[1], right.coords[1] + loads.shape[1]])
    value = np.concatenate([left.data, right.data]) / unit[column]
    return coo_array((value, (row, column)), shape=(loads.shape[0], len(unit))).tocsr()


def price_bound(
    priced: PriceProblem, money: FloatArray, seats: FloatArray, hours: FloatArray
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Compute the bound of prices, and how far demand exceeds what is there.

    Parameters
    ----------
    priced : The relaxed problem.
    money, seats, hours : Prices >= 0 in the units of `priced`: of a line's cap, a seat, a person's hours cap.

    Returns
    -------
    bound : Valid for any prices.
    money_excess, seat_excess, hours_excess : Subgradient; positive where the price should rise.

    Notes
    -----
    bound = constant + sum_e max(choice of e: value - money - seat - hours) + prices x caps
    + sum_o max(0, seat price x seats - fixed cost priced): a class opens only where its seats pay for it.
    """
    hour_price = np.append(hours, 0.0)[priced.cap_of] * priced.hours_share
    reduced = priced.value - priced.money @ money - seats[priced.offering] - hour_price
    value, chosen = priced.choose(reduced)
    rent = seats * priced.seats - priced.fixed @ money
    opens = (rent > 0) | priced.is_free
    bound = priced.constant + value + float(money @ priced.capacity) + float(rent[opens].sum()) + float(hours.sum())
    spent = np.asarray(priced.money[chosen].sum(axis=0)).ravel() + np.asarray(priced.fixed[opens].sum(axis=0)).ravel()
    demand = np.bincount(priced.offering[chosen], minlength=len(seats))
    by_cap = np.bincount(priced.cap_of[chosen] + 1, weights=priced.hours_share[chosen], minlength=len(hours) + 1)
    used = by_cap[1:].astype(np.float64)
    return bound, spent - priced.capacity, demand - priced.seats * opens, used - 1.0


def find_prices(
    priced: PriceProblem, plan_value: float, *, passes: int, has_time: Callable[[], bool] = lambda: True
) -> Prices:
    """Search the prices with the lowest bound by the volume algorithm.

    Parameters
    ----------
    priced : The relaxed problem.
    plan_value : Value of a feasible plan; only steers the steps.
    passes : Passes over all options.
    has_time : Asked before each pass but the first; the bound of fewer passes is as valid.

    Notes
    -----
    Each step goes from the best prices so far along the running mean of what was exceeded (Barahona & Anbil 2000,
    Mathematical Programming 87). Plain subgradient steps took three times the passes to the same bound, and their
    prices filled a plan 4 % poorer (a city of 5,200 people, 76,550 options).
    """
    sizes = [len(priced.unit), len(priced.seats), len(priced.capped)]
    scale = np.concatenate([np.ones(sizes[0]), np.maximum(priced.seats, 1.0), np.ones(sizes[2])])
    ends = np.cumsum(sizes)[:-1]
    best_price = np.zeros(len(scale))
    best, *excesses = price_bound(priced, *np.split(best_price, ends))
    mean, step, n_failed = np.concatenate(excesses) / scale, FIRST_STEP, 0
    for _ in range(passes - 1):
        direction = np.where((best_price <= 0) & (mean < 0), 0.0, mean)
        norm = float(direction @ direction)
        if norm < SMALLEST_NORM or step < SMALLEST_STEP or not has_time():
            break
        length = step * max(best - plan_value, 1e-9 * abs(best)) / norm
        price = np.maximum(best_price + length * direction / scale, 0.0)
        bound, *excesses = price_bound(priced, *np.split(price, ends))
        excess = np.concatenate(excesses) / scale
        mean = NEWEST * excess + (1.0 - NEWEST) * mean
        if bound < best:
            best, best_price, n_failed = bound, price, 0
            step = min(step * LONGER, LONGEST_STEP) if float(excess @ direction) > 0 else step
        else:
            n_failed += 1
            step = step * SHORTER if n_failed % PATIENCE == 0 else step
    money, seats, hours = np.split(best_price, ends)
    return Prices(lines=money / priced.unit, seats=seats, hours=hours, bound=best)


def reduced_values(priced: PriceProblem, prices: Prices) -> FloatArray:
    """Return what each option is worth after paying for money, seat and hours; shape (n_options,)."""
    reduced = np.full(priced.n_options, -np.inf)
    money = prices.lines * priced.unit
    hour_price = np.append(prices.hours, 0.0)[priced.cap_of] * priced.hours_share
    reduced[priced.rows] = priced.value - priced.money @ money - prices.seats[priced.offering] - hour_price
    return reduced
