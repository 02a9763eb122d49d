"""Each person's best choice under prices, exactly: a search over the sets of options that keep the person's rules.

Plain loops over arrays, which `compiled` turns into machine code.
"""

from typing import NamedTuple

import numpy as np

from recommender.allocation.compiled import compiled
from training_catalog.columns import BoolArray, FloatArray, IndexArray

STRICTLY = 1e-12  # a set must be worth so much more to take another's place: float noise decides nothing
HOURS_TOLERANCE = 1e-9  # JP


class Choices(NamedTuple):
    """What each person may choose, and the rules of one person.

    Parameters
    ----------
    bounds : shape (n_people + 1,): the options of a person stand together.
    hours, training, start, end : By option; without dates end is before start.
    topic_bounds, topic : By option, topics ascending; two options that share one exclude each other.
    need_bounds, need : By option, trainings that must stand before it.
    is_needed : Options of a training that another option of the person needs.
    floor, cap, most : By person: hours wanted and allowed, trainings allowed.
    weight : Worth of an hour towards the floor.
    """

    bounds: IndexArray
    hours: FloatArray
    training: IndexArray
    start: IndexArray
    end: IndexArray
    topic_bounds: IndexArray
    topic: IndexArray
    need_bounds: IndexArray
    need: IndexArray
    is_needed: BoolArray
    floor: FloatArray
    cap: FloatArray
    most: IndexArray
    weight: float


class Desk(NamedTuple):
    """Room to work in, as wide as the person with the most options.

    Parameters
    ----------
    order, upper, running : Useful options by what they add at most, and its running sum.
    chosen, place : The set being tried, and where to go on after each of its members.
    best : The best set so far; its size stands at the end.
    """

    order: IndexArray
    upper: FloatArray
    running: FloatArray
    chosen: IndexArray
    place: IndexArray
    best: IndexArray


@compiled
def make_desk(bounds: IndexArray) -> Desk:
    """Make room for the widest person."""
    widest = 1
    for person in range(len(bounds) - 1):
        widest = max(widest, bounds[person + 1] - bounds[person])
    return Desk(
        np.zeros(widest, np.int64), np.zeros(widest, np.float64), np.zeros(widest + 1, np.float64),
        np.zeros(widest + 1, np.int64), np.zeros(widest + 1, np.int64), np.zeros(widest + 2, np.int64),
    )  # fmt: skip


@compiled
def exclude(at: Choices, i: int, j: int) -> bool:
    """Say whether two options of one person exclude each other: same training, shared day, shared topic."""
    if at.training[i] == at.training[j]:
        return True
    is_dated = at.end[i] >= at.start[i] and at.end[j] >= at.start[j]
    if is_dated and at.start[i] <= at.end[j] and at.start[j] <= at.end[i]:
        return True
    a, b = at.topic_bounds[i], at.topic_bounds[j]
    while a < at.topic_bounds[i + 1] and b < at.topic_bounds[j + 1]:
        if at.topic[a] == at.topic[b]:
            return True
        if at.topic[a] < at.topic[b]:
            a += 1
        else:
            b += 1
    return False


@compiled
def _is_met(at: Choices, i: int, need: int, chosen: IndexArray, depth: int) -> bool:
    """Say whether a needed training stands before an option; without dates any order will do."""
    for b in range(depth):
        j = chosen[b]
        is_undated = at.end[j] < at.start[j] or at.end[i] < at.start[i]
        if at.training[j] == need and (is_undated or at.end[j] < at.start[i]):
            return True
    return False


@compiled
def in_order(at: Choices, chosen: IndexArray, depth: int) -> bool:
    """Say whether every chosen option has what it needs before it."""
    for a in range(depth):
        i = chosen[a]
        for k in range(at.need_bounds[i], at.need_bounds[i + 1]):
            if not _is_met(at, i, at.need[k], chosen, depth):
                return False
    return True


@compiled
def sort_useful(at: Choices, desk: Desk, person: int, value: FloatArray, credit: float, is_open: BoolArray) -> int:
    """Sort a person's useful options by what they add at most; return how many there are."""
    n = 0
    for i in range(at.bounds[person], at.bounds[person + 1]):
        upper = value[i] + at.weight * min(at.hours[i], at.floor[person])
        if not is_open[i] or (upper + credit <= 0.0 and not at.is_needed[i]):
            continue
        k = n
        while k > 0 and desk.upper[k - 1] < upper:
            desk.upper[k] = desk.upper[k - 1]
            desk.order[k] = desk.order[k - 1]
            k -= 1
        desk.upper[k] = upper
        desk.order[k] = i
        n += 1
    desk.running[0] = 0.0
    for k in range(n):
        desk.running[k + 1] = desk.running[k] + max(desk.upper[k], 0.0)
    return n


@compiled
def _joins(at: Choices, desk: Desk, depth: int, i: int) -> bool:
    """Say whether an option goes with the set being tried."""
    for a in range(depth):  # noqa: SIM110 (numba compiles loops, not generators)
        if desk.chosen[a] == i or exclude(at, desk.chosen[a], i):
            return False
    return True


@compiled
def _next(
    at: Choices, desk: Desk, n: int, position: int, depth: int, most: int, hours_left: float, to_gain: float
) -> int:
    """Return the first place from which an option joins the set and may still gain enough; -1 where none does."""
    while position < n:
        last = min(position + most - depth, n)
        if desk.running[last] - desk.running[position] <= to_gain:
            return -1
        i = desk.order[position]
        if at.hours[i] <= hours_left and _joins(at, desk, depth, i):
            return position
        position += 1
    return -1


@compiled
def search(at: Choices, desk: Desk, person: int, n: int, value: FloatArray, credit: float, base: int,
           to_beat: float) -> float:  # fmt: skip
    """Find the best set that holds the first `base` members of `desk.chosen` and is worth more than `to_beat`.

    Returns
    -------
    Its worth, with the set in `desk.best`; `to_beat` where there is none.

    Notes
    -----
    Options come by what they add at most, so the next few of them bound what any further member can add.
    """
    most, hours_cap = min(at.most[person], len(desk.order)), at.cap[person] + HOURS_TOLERANCE
    sum_value, sum_hours, depth, position = 0.0, 0.0, base, 0
    for a in range(base):
        sum_value += value[desk.chosen[a]]
        sum_hours += at.hours[desk.chosen[a]]
    if sum_hours > hours_cap or base > most:
        return to_beat
    while True:
        now = sum_value + at.weight * min(sum_hours, at.floor[person]) + credit
        if depth > 0 and now > to_beat + STRICTLY and in_order(at, desk.chosen, depth):
            to_beat = now
            desk.best[:depth] = desk.chosen[:depth]
            desk.best[-1] = depth
        found = -1
        while found < 0:
            if depth < most:
                to_gain = to_beat + STRICTLY - now
                found = _next(at, desk, n, position, depth, most, hours_cap - sum_hours, to_gain)
            if found < 0:
                if depth == base:
                    return to_beat
                depth -= 1
                position = desk.place[depth]
                sum_value -= value[desk.chosen[depth]]
                sum_hours -= at.hours[desk.chosen[depth]]
                now = sum_value + at.weight * min(sum_hours, at.floor[person]) + credit
        i = desk.order[found]
        desk.chosen[depth] = i
        position = found + 1
        desk.place[depth] = position
        depth += 1
        sum_value += value[i]
        sum_hours += at.hours[i]


@compiled
def best_sets(at: Choices, value: FloatArray, credit: FloatArray, is_open: BoolArray, taken: BoolArray) -> FloatArray:
    """Mark each person's best set in `taken` and return what it is worth.

    Parameters
    ----------
    at : Options and rules.
    value : By option, after prices.
    credit : By person: worth of having any option at all.
    is_open : Options that may be chosen.
    taken : By option; written.
    """
    desk = make_desk(at.bounds)
    n_people = len(at.bounds) - 1
    values = np.zeros(n_people)
    taken[:] = False
    for person in range(n_people):
        n = sort_useful(at, desk, person, value, credit[person], is_open)
        desk.best[-1] = 0
        values[person] = search(at, desk, person, n, value, credit[person], 0, 0.0)
        for a in range(desk.best[-1]):
            taken[desk.best[a]] = True
    return values


@compiled
def exit_losses(at: Choices, value: FloatArray, credit: FloatArray, is_open: BoolArray, margin: float) -> FloatArray:
    """Return by how much each person's best set gets worse when it must hold the option; infinite beyond a margin."""
    desk = make_desk(at.bounds)
    losses = np.full(len(value), np.inf)
    for person in range(len(at.bounds) - 1):
        n = sort_useful(at, desk, person, value, credit[person], is_open)
        desk.best[-1] = 0
        top = search(at, desk, person, n, value, credit[person], 0, 0.0)
        for a in range(desk.best[-1]):
            losses[desk.best[a]] = 0.0
        for i in range(at.bounds[person], at.bounds[person + 1]):
            if losses[i] == 0.0 or not is_open[i]:
                continue
            desk.chosen[0] = i
            worth = search(at, desk, person, n, value, credit[person], 1, top - margin)
            if worth > top - margin:
                losses[i] = max(0.0, top - worth)
    return losses
