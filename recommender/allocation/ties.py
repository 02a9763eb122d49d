"""The last step of every method: an equal option of a lower employee id takes the place of a higher one."""

import numpy as np
from scipy.sparse import csr_array

from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import IndexArray


def _signatures(problem: AllocationProblem, rows: IndexArray) -> list[int]:
    """Give equal numbers to options that do the same: class, benefit, money, floor, topics."""
    options, people = problem.options, problem.people
    who = options.employee[rows]
    columns = np.stack([
        options.offering[rows], _row_numbers(options.charges[rows]), _row_numbers(options.addresses[rows]),
        np.unique(options.benefit[rows], return_inverse=True)[1], people.unit[who],
        np.unique(people.hours_floor[who], return_inverse=True)[1],
    ], axis=1).astype(np.int64)  # fmt: skip
    numbers: list[int] = np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1).tolist()
    return numbers


def _row_numbers(matrix: csr_array) -> IndexArray:
    """Give equal numbers to equal rows."""
    seen: dict[bytes, int] = {}
    numbers = np.empty(matrix.shape[0], dtype=np.int64)
    for row in range(len(numbers)):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        key = matrix.indices[part].tobytes() + b"|" + matrix.data[part].tobytes()
        numbers[row] = seen.setdefault(key, len(seen))
    return numbers


def prefer_lower_ids(placement: Placement) -> IndexArray:
    """Swap each chosen option for an equal one of a lower employee id where every limit allows it.

    Parameters
    ----------
    placement : A plan that keeps every limit; options are in canonical order. It is changed.

    Returns
    -------
    A plan of the same value that keeps every limit. Only people whose one training this is give it up, and only to
    people with none, so that nobody's floor is lost.
    """
    options = placement.problem.options
    n_own = np.array([len(own) for own in placement.own])[options.employee]
    is_chosen = np.zeros(len(options.employee), dtype=np.bool_)
    is_chosen[placement.as_array()] = True
    may_move = ~(options.is_mandatory | options.is_pinned | options.was_chosen)
    holds = may_move & is_chosen & (n_own == 1)
    if not holds.any():
        return placement.as_array()
    waits = may_move & (n_own == 0) & np.isin(options.offering, options.offering[holds])
    rows = np.flatnonzero(holds | waits).astype(np.int64)
    number = dict(zip(rows.tolist(), _signatures(placement.problem, rows), strict=True))
    waiting: dict[int, list[int]] = {}
    for option in np.flatnonzero(waits).tolist():
        waiting.setdefault(number[option], []).append(option)
    for option in np.flatnonzero(holds)[::-1].tolist():
        queue = waiting.get(number[option], [])
        for other in queue:
            if other > option:
                break
            if _swap(placement, option, other):
                queue.remove(other)
                break
    return placement.as_array()


def _swap(placement: Placement, option: int, other: int) -> bool:
    """Swap two equal options if every limit allows it; undo it otherwise."""
    taker = int(placement.problem.options.employee[other])
    if placement.own[taker]:
        return False
    placement.remove(option)
    if placement.fits(other):
        placement.add(other)
        return True
    placement.add(option)
    return False
