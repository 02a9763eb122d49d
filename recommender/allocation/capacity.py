"""What each line may carry, and what each option costs along the lines above it: whole rupiah throughout."""

from fractions import Fraction

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.problem import AllocationProblem, Lines, Money
from training_catalog.columns import BoolArray, IndexArray, join_groups

MOST_SUMMED = 14  # classes of one line whose sums are listed


def line_reserves(problem: AllocationProblem) -> Money:
    """Return what is kept back on each line, cut to whole rupiah.

    Notes
    -----
    The share counts as it is written: 0.29 of 100 is 29, though the nearest float to 0.29 times 100 is below it.
    """
    share = _written(problem.rules.reserve_share)
    return np.array([_part(int(amount), share) for amount in problem.lines.amount], dtype=np.int64)


def _written(share: float) -> Fraction:
    return Fraction(str(float(share)))


def _part(amount: int, share: Fraction) -> int:
    return amount * share.numerator // share.denominator


def line_caps(problem: AllocationProblem) -> Money:
    """Return what may be planned on each line: its amount less its reserve."""
    return problem.lines.amount - line_reserves(problem)


def raise_for(problem: AllocationProblem, line: int, short: int) -> int:
    """Return the rupiah by which a line must be raised for so much more to be planned: a share of it is kept back."""
    share, amount = _written(problem.rules.reserve_share), int(problem.lines.amount[line])
    if share >= 1:
        return short
    enough = int(short / (1 - share)) + 1
    few = max(short - 1, enough - int(1 / (1 - share)) - 2)  # what is kept of both is cut, which is worth one rupiah
    while enough - few > 1:
        middle = (few + enough) // 2
        is_enough = middle - _part(amount + middle, share) + _part(amount, share) >= short
        few, enough = (few, middle) if is_enough else (middle, enough)
    return enough


def chains(lines: Lines) -> csr_array:
    """Return lines x lines: 1 where spending on the row also counts on the column (itself and those above)."""
    row: list[int] = []
    column: list[int] = []
    for line in range(len(lines.ids)):
        above, seen = line, set[int]()
        while above >= 0 and above not in seen:
            seen.add(above)
            row.append(line)
            column.append(above)
            above = int(lines.parent[above])
    ones = np.ones(len(row), dtype=np.int64)
    return coo_array((ones, (row, column)), shape=(len(lines.ids), len(lines.ids))).tocsr()


def option_loads(problem: AllocationProblem) -> csr_array:
    """Return options x lines in whole rupiah, with the lines above included."""
    loads = (problem.options.charges.astype(np.int64) @ chains(problem.lines)).tocsr()
    loads.sort_indices()
    return loads


def class_loads(problem: AllocationProblem) -> csr_array:
    """Return classes x lines in whole rupiah: fixed costs, with the lines above included."""
    classes = problem.classes
    paid = np.flatnonzero((classes.line >= 0) & (classes.fixed_cost > 0))
    shape = (len(classes.ids), len(problem.lines.ids))
    own = coo_array((classes.fixed_cost[paid], (paid, classes.line[paid])), shape=shape).tocsr()
    loads = (own.astype(np.int64) @ chains(problem.lines)).tocsr()
    loads.sort_indices()
    return loads


def exceeds(loads: csr_array, caps: Money) -> BoolArray:
    """Return rows with an entry above its line's cap."""
    row = np.repeat(np.arange(loads.shape[0]), np.diff(loads.indptr))
    over = np.zeros(loads.shape[0], dtype=np.bool_)
    over[row[loads.data > caps[loads.indices]]] = True
    return over


def people_wanting(problem: AllocationProblem) -> IndexArray:
    """Return how many people have an option in each class."""
    n_people = max(len(problem.people.ids), 1)
    pairs = np.unique(problem.options.offering * n_people + problem.options.employee)
    return np.bincount(pairs // n_people, minlength=len(problem.classes.ids)).astype(np.int64)


def possible_options(problem: AllocationProblem) -> BoolArray:
    """Return options that could stand in some plan on their own: affordable, in an affordable class, within hours.

    A fixed cost that no line pays makes a class impossible.
    """
    caps, classes, options = line_caps(problem), problem.classes, problem.options
    loads = option_loads(problem)
    dear_class = exceeds(class_loads(problem), caps) | ((classes.fixed_cost > 0) & (classes.line < 0))
    empty_class = (
        (people_wanting(problem) < classes.seats_min)
        | (classes.seats_max < 1)
        | (classes.seats_max < classes.seats_min)
    )
    bad_class = dear_class | empty_class
    too_long = classes.hours[options.offering] > problem.people.hours_cap[options.employee] + 1e-9
    return ~(exceeds(loads, caps) | bad_class[options.offering] | too_long)


def demanded_classes(problem: AllocationProblem, demanded: tuple[IndexArray, ...]) -> list[IndexArray]:
    """Return sets of classes of which one must be open, so that the demands can be met; each set once.

    Notes
    -----
    A demand that only one of two classes can meet opens one of them in whole, which no relaxation sees by itself.
    """
    is_possible = possible_options(problem)
    offering = problem.options.offering
    sets = {tuple(np.unique(offering[group[is_possible[group]]]).tolist()) for group in demanded}
    return [np.array(classes, dtype=np.int64) for classes in sorted(sets) if classes]


def opening_caps(problem: AllocationProblem) -> tuple[IndexArray, Money]:
    """Return lines that can never spend their whole cap on opening classes, and the most that they can.

    Notes
    -----
    Where a line opens only a few classes, the largest sum of fixed costs below its cap is a cap of its own: no plan
    is lost, and a relaxation that would open two and a half classes becomes tighter.
    """
    caps, loads = line_caps(problem), class_loads(problem)
    is_used = np.zeros(len(problem.classes.ids), dtype=np.bool_)
    is_used[problem.options.offering[possible_options(problem)]] = True
    by_line = csr_array(loads[is_used].T)
    n_classes = np.diff(by_line.indptr)
    found: list[tuple[int, int]] = []
    for line in np.flatnonzero((n_classes > 0) & (n_classes <= MOST_SUMMED)).tolist():
        own = by_line.data[by_line.indptr[line] : by_line.indptr[line + 1]].tolist()
        sums = {0}
        for load in own:
            sums |= {total + load for total in sums if total + load <= caps[line]}
        if max(sums) < min(sum(own), int(caps[line])):
            found.append((line, max(sums)))
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def spans(problem: AllocationProblem) -> tuple[IndexArray, IndexArray]:
    """Return the first and last day of each class as numbers; classes without dates get an empty span (0, -1)."""
    undated = np.isnat(problem.classes.start) | np.isnat(problem.classes.end)
    start = np.where(undated, 0, problem.classes.start.astype(np.int64))
    return start, np.where(undated, -1, problem.classes.end.astype(np.int64))


def away_limits(problem: AllocationProblem) -> IndexArray | None:
    """Return how many of each unit may be away on one day: the share cut to whole people, at least one."""
    share = problem.rules.away_share
    if share is None:
        return None
    return np.maximum(1, np.floor(problem.people.unit_headcount * share + 1e-9)).astype(np.int64)


def capped_earmarks(problem: AllocationProblem) -> list[int]:
    """Return the numbers of the earmarks that have a cap."""
    return [i for i, mark in enumerate(problem.rules.earmarks) if mark.at_most is not None]


def topics_of(problem: AllocationProblem) -> tuple[IndexArray, IndexArray]:
    """Return (option, topic) pairs by option."""
    addresses = problem.options.addresses
    option, entry = join_groups(addresses.indptr, np.arange(addresses.shape[0], dtype=np.int64))
    return option, addresses.indices[entry].astype(np.int64)
