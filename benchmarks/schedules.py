"""Whole schedules of students: the cheapest under prices, exactly, by a compiled search over bundles of classes."""

from typing import NamedTuple

import numpy as np

from recommender.allocation.compiled import compiled
from training_catalog.columns import BoolArray, FloatArray, IndexArray

STRICTLY = 1e-9  # a schedule must be cheaper by so much to take another's place


class Wishes(NamedTuple):
    """What students want and what goes together.

    Parameters
    ----------
    course_bounds : shape (n_courses + 1,): the bundles of a course stand together.
    own, clash : shape (n_bundles,) and (n_bundles, n_bundles): overlaps within a bundle, and between two.
    bounds, course : shape (n_students + 1,): the courses of a student stand together, those of fewest bundles first.
    unavoidable : shape (n_requests + n_students,): the fewest overlaps among a student's courses from each one on.
    """

    course_bounds: IndexArray
    own: FloatArray
    clash: FloatArray
    bounds: IndexArray
    course: IndexArray
    unavoidable: FloatArray


class Desk(NamedTuple):
    """Room for one student's search.

    Parameters
    ----------
    bounds, bundle : Where each course's bundles begin, and which they are.
    cost : shape (n_courses + 1, n_bundles): what each would add to the courses settled before.
    is_tried, chosen, so_far : Bundles looked at, the one taken of each course, and what those cost.
    """

    bounds: IndexArray
    bundle: IndexArray
    cost: FloatArray
    is_tried: BoolArray
    chosen: IndexArray
    so_far: FloatArray


@compiled
def _lay_out(wishes: Wishes, price: FloatArray, student: int) -> Desk:
    """Lay out the bundles of a student's courses."""
    first, n = wishes.bounds[student], wishes.bounds[student + 1] - wishes.bounds[student]
    bounds = np.zeros(n + 1, np.int64)
    for i in range(n):
        course = wishes.course[first + i]
        bounds[i + 1] = bounds[i] + wishes.course_bounds[course + 1] - wishes.course_bounds[course]
    width = bounds[n]
    bundle, cost = np.zeros(width, np.int64), np.zeros((n + 1, width), np.float64)
    for i in range(n):
        for j in range(bounds[i], bounds[i + 1]):
            bundle[j] = wishes.course_bounds[wishes.course[first + i]] + j - bounds[i]
            cost[0, j] = wishes.own[bundle[j]] + price[bundle[j]]
    return Desk(bounds, bundle, cost, np.zeros(width, np.bool_), np.zeros(n, np.int64), np.zeros(n + 1, np.float64))


@compiled
def _cheapest(desk: Desk, depth: int) -> int:
    """Return the cheapest bundle of a course that was not tried; -1 where none is left."""
    best = -1
    for j in range(desk.bounds[depth], desk.bounds[depth + 1]):
        if not desk.is_tried[j] and (best < 0 or desk.cost[depth, j] < desk.cost[depth, best]):
            best = j
    return best


@compiled
def _look_ahead(desk: Desk, clash: FloatArray, depth: int, taken: int) -> float:
    """Add what a bundle overlaps with to the bundles of later courses; return the least that those then add."""
    least = 0.0
    for i in range(depth + 1, len(desk.chosen)):
        smallest = np.inf
        for j in range(desk.bounds[i], desk.bounds[i + 1]):
            desk.cost[depth + 1, j] = desk.cost[depth, j] + clash[desk.bundle[taken], desk.bundle[j]]
            smallest = min(smallest, desk.cost[depth + 1, j])
        least += smallest
    return least


@compiled
def _keep(desk: Desk, cost: float, costs: FloatArray, found: IndexArray) -> None:
    """Put a schedule in its place among the cheapest, and let go of the dearest."""
    k = len(costs) - 1
    while k > 0 and costs[k - 1] > cost:
        costs[k] = costs[k - 1]
        found[:, k] = found[:, k - 1]
        k -= 1
    costs[k] = cost
    for i in range(len(desk.chosen)):
        found[i, k] = desk.bundle[desk.chosen[i]]


@compiled
def _search(wishes: Wishes, desk: Desk, student: int, costs: FloatArray, found: IndexArray, most: int) -> float:
    """Find a student's cheapest schedules; return what the cheapest costs at least.

    Notes
    -----
    Depth first, cheapest bundle first; a branch ends where it cannot be cheaper than the dearest that is kept. After
    `most` bundles the search ends, and what the courses cost by themselves is returned.
    """
    n, depth, tried = len(desk.chosen), 0, 0
    rest = wishes.unavoidable[wishes.bounds[student] + student :]
    root = rest[0]
    for i in range(n):
        root += desk.cost[0, desk.bounds[i] : desk.bounds[i + 1]].min()
    while depth >= 0:
        j = _cheapest(desk, depth)
        if j < 0:
            depth -= 1
            continue
        desk.is_tried[j] = True
        tried += 1
        if tried > most:
            return min(root, costs[0])
        cost = desk.so_far[depth] + desk.cost[depth, j]
        desk.chosen[depth] = j
        if depth == n - 1:
            if cost < costs[-1] - STRICTLY:
                _keep(desk, cost, costs, found)
        elif cost + _look_ahead(desk, wishes.clash, depth, j) + rest[depth + 1] < costs[-1] - STRICTLY:
            depth += 1
            desk.so_far[depth] = cost
            desk.is_tried[desk.bounds[depth] : desk.bounds[depth + 1]] = False
    return costs[0]


@compiled
def cheapest_schedules(
    wishes: Wishes, price: FloatArray, n_kept: int, most: int
) -> tuple[FloatArray, FloatArray, IndexArray]:
    """Find every student's cheapest schedules under prices.

    Parameters
    ----------
    wishes : What students want.
    price : shape (n_bundles,).
    n_kept : Schedules kept for each student.
    most : Bundles that may be looked at for one student.

    Returns
    -------
    least : shape (n_students,): no schedule costs less.
    costs : shape (n_students, n_kept), infinite where there are fewer.
    found : shape (n_requests, n_kept): the bundle of each request.
    """
    n_students = len(wishes.bounds) - 1
    least, costs = np.zeros(n_students), np.full((n_students, n_kept), np.inf)
    found = np.zeros((len(wishes.course), n_kept), np.int64)
    for student in range(n_students):
        own = found[wishes.bounds[student] : wishes.bounds[student + 1]]
        least[student] = _search(wishes, _lay_out(wishes, price, student), student, costs[student], own, most)
    return least, costs, found
