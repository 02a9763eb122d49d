"""The last step of every method: an equal option of a lower employee id takes the place of a higher one."""

import numpy as np

from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import IndexArray


def _signatures(problem: AllocationProblem) -> IndexArray:
    """Give equal numbers to options that do the same: class, benefit, money, floor, topics."""
    options, people = problem.options, problem.people
    charges = _row_numbers(options.charges.indptr, options.charges.indices, options.charges.data)
    topics = _row_numbers(options.addresses.indptr, options.addresses.indices, options.addresses.data)
    columns = np.stack([
        options.offering, charges, topics, np.unique(options.benefit, return_inverse=True)[1],
        options.is_mandatory | options.is_pinned, options.was_chosen, people.unit[options.employee],
        np.unique(people.hours_floor, return_inverse=True)[1][options.employee],
    ], axis=1).astype(np.int64)  # fmt: skip
    return np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _row_numbers(indptr: np.ndarray, indices: np.ndarray, data: np.ndarray) -> IndexArray:
    """Give equal numbers to equal rows of a CSR matrix."""
    seen: dict[bytes, int] = {}
    numbers = np.empty(len(indptr) - 1, dtype=np.int64)
    for row in range(len(numbers)):
        part = slice(indptr[row], indptr[row + 1])
        key = indices[part].tobytes() + b"|" + data[part].tobytes()
        numbers[row] = seen.setdefault(key, len(seen))
    return numbers


def prefer_lower_ids(problem: AllocationProblem, chosen: IndexArray) -> IndexArray:
    """Swap each chosen option for an equal one of a lower employee id where every limit allows it.

    Parameters
    ----------
    problem : What may be chosen; options are in canonical order.
    chosen : A plan that keeps every limit.

    Returns
    -------
    A plan of the same value that keeps every limit; hours missing are compared, so nobody's floor is lost.
    """
    if not len(chosen):
        return chosen
    numbers = _signatures(problem)
    is_chosen = np.zeros(len(numbers), dtype=np.bool_)
    is_chosen[chosen] = True
    locked = problem.options.is_mandatory | problem.options.is_pinned | problem.options.was_chosen
    placement = Placement(problem)
    for option in chosen.tolist():
        placement.add(option)
    holders = np.flatnonzero(is_chosen & ~locked)
    waiting = np.flatnonzero(~is_chosen & ~locked & np.isin(numbers, numbers[holders]))
    by_number: dict[int, list[int]] = {}
    for option in waiting.tolist():
        by_number.setdefault(int(numbers[option]), []).append(option)
    for option in holders[::-1].tolist():
        for other in by_number.get(int(numbers[option]), ()):
            if other > option:
                break
            if _swap(placement, option, other):
                by_number[int(numbers[option])].remove(other)
                break
    return placement.as_array()


def _swap(placement: Placement, option: int, other: int) -> bool:
    """Swap two equal options if every limit allows it and no floor is touched; undo it otherwise."""
    employee = placement.problem.options.employee
    giver, taker = int(employee[option]), int(employee[other])
    if giver == taker or placement.waits_on(option):
        return False
    if len(placement.own[giver]) > 1 or placement.own[taker]:
        return False  # their other trainings would change what the hours are worth
    placement.remove(option)
    if placement.fits(other):
        placement.add(other)
        return True
    placement.add(option)
    return False
