"""Parts of a problem that meet only in limits far above them: each region with its people, classes and own limits.

What crosses regions (a ministry's money, an earmark) keeps the price found for everybody; within a region everything
else is searched further. The bounds of the parts, and what the crossing limits hold times their prices, add up to a
bound on everything.
"""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from recommender.allocation.kernel import Choices
from recommender.allocation.relaxation import DEMAND, Relaxation
from training_catalog.columns import BoolArray, FloatArray, IndexArray, join_groups

SMALLEST_PART = 1_000  # people; smaller groups are put together until they are about so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part between prices.

    Parameters
    ----------
    relaxed : The part's people, classes and limits; limits that cross parts hold nothing here.
    place : Where the part's prices stand among those of the whole.
    classes : The part's classes, of those of the problem.
    held : Prices of limits that cross parts.
    """

    relaxed: Relaxation
    place: IndexArray
    classes: IndexArray
    held: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A problem in parts.

    Parameters
    ----------
    parts : The parts.
    rest : shape (n_prices,): what a unit of each price adds to the bound beside the parts.
    constant : What is added besides.
    """

    parts: tuple[Part, ...]
    rest: FloatArray
    constant: float

    def bound(self, prices: FloatArray, bounds: list[float]) -> float:
        """Return the bound of the whole, by the bounds of its parts and the prices of what crosses them."""
        return self.constant + float(self.rest @ prices) + sum(bounds)


def _labels(whole: Relaxation, smallest: int) -> tuple[int, IndexArray, IndexArray]:
    """Return how many parts there are, and the part of each person and class; -1 for classes open to all parts.

    A class that need not be opened and has a seat for everybody binds nobody together.
    """
    n_people, n_classes = len(whole.persons), len(whole.seats)
    person = np.repeat(np.arange(n_people), np.diff(whole.bounds))
    binds = whole.has_choice | whole.is_scarce | (np.diff(whole.priced.fixed.indptr) > 0)
    kept = binds[whole.offering]
    ends = (person[kept], n_people + whole.offering[kept])
    graph = coo_array((np.ones(int(kept.sum()), dtype=np.int8), ends), shape=(n_people + n_classes,) * 2)
    label = connected_components(graph, directed=False)[1]
    size = np.bincount(label[:n_people], minlength=int(label.max(initial=-1)) + 1)
    first = np.full(len(size), n_people)
    np.minimum.at(first, label[:n_people], np.arange(n_people))
    order = np.argsort(first, kind="stable")  # groups of classes alone come last
    with_people = order[size[order] > 0]
    before = np.minimum(np.cumsum(size[order]) - size[order], n_people - int(size[with_people[-1:]].sum()))
    names, number = np.unique(before // smallest, return_inverse=True)
    of_group = np.empty(len(size), dtype=np.int64)
    of_group[order] = number
    part = of_group[label]
    return max(len(names), 1), part[:n_people], np.where(binds, part[n_people:], -1)


def _csr_rows(bounds: IndexArray, values: IndexArray, rows: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return bounds and values of some rows."""
    _, entry = join_groups(bounds, rows)
    counts = bounds[rows + 1] - bounds[rows]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), values[entry]


def _choices(whole: Choices, rows: IndexArray, people: IndexArray, bounds: IndexArray) -> Choices:
    topic_bounds, topic = _csr_rows(whole.topic_bounds, whole.topic, rows)
    need_bounds, need = _csr_rows(whole.need_bounds, whole.need, rows)
    return Choices(
        bounds=bounds, hours=whole.hours[rows], training=whole.training[rows], start=whole.start[rows],
        end=whole.end[rows], topic_bounds=topic_bounds, topic=topic, need_bounds=need_bounds, need=need,
        is_needed=whole.is_needed[rows], floor=whole.floor[people], cap=whole.cap[people], most=whole.most[people],
        weight=whole.weight,
    )  # fmt: skip


class _Cutter:
    """Cuts parts out of a problem.

    Parameters
    ----------
    whole : The problem between prices.
    smallest : People of a part at least.
    """

    def __init__(self, whole: Relaxation, smallest: int) -> None:
        self.whole = whole
        self.n, self.of_person, self.of_class = _labels(whole, smallest)
        of_row = np.repeat(self.of_person, np.diff(whole.bounds))
        loads, fixed = coo_array(whole.priced.loads), coo_array(whole.priced.fixed)
        self.row_parts = self._touched(
            np.concatenate([loads.coords[1], fixed.coords[1]]),
            np.concatenate([of_row[loads.coords[0]], self.of_class[fixed.coords[0]]]), len(whole.priced.limit),
        )  # fmt: skip
        self.unit_parts = self._touched(whole.unit_of, self.of_person, len(whole.units) + 1)[:, :-1]
        self.of_row = of_row

    def _touched(self, row: IndexArray, part: IndexArray, n_rows: int) -> csr_array:
        """Return parts x rows: where a part has something in a limit."""
        kept = part >= 0
        entries = (np.ones(int(kept.sum())), (part[kept], row[kept]))
        return csr_array(coo_array(entries, shape=(self.n, n_rows)).tocsr() > 0)

    def _is_wide(self, touched: csr_array) -> BoolArray:
        count = np.bincount(touched.indices, minlength=touched.shape[1])
        is_wide: BoolArray = count != 1
        return is_wide

    def cut(self) -> Parts:
        """Cut the problem into its parts."""
        whole = self.whole
        wide_rows, wide_units = self._is_wide(self.row_parts), self._is_wide(self.unit_parts)
        parts = tuple(self._part(i, wide_rows, wide_units) for i in range(self.n))
        rest = np.zeros(whole.n_prices)
        rest[: len(wide_rows)] = whole.priced.limit * wide_rows
        first = whole.sizes[0] + whole.sizes[1] + whole.sizes[2]
        rest[first : first + len(wide_units)] = -whole.goals * wide_units
        return Parts(parts=parts, rest=rest, constant=whole.constant - sum(part.relaxed.constant for part in parts))

    def _part(self, number: int, wide_rows: BoolArray, wide_units: BoolArray) -> Part:
        whole, part = self.whole, copy(self.whole)
        people = np.flatnonzero(self.of_person == number)
        options = np.flatnonzero(self.of_row == number)
        classes = np.union1d(whole.offering[options], np.flatnonzero(self.of_class == number)).astype(np.int64)
        limits, units = (np.sort(t[[number]].indices).astype(np.int64) for t in (self.row_parts, self.unit_parts))
        self._cut_people(part, people, options)
        pairs = self._cut_classes(part, classes, options)
        self._cut_limits(part, limits, wide_rows, options, classes)
        part.units, part.goals = whole.units[units], np.where(wide_units, 0.0, whole.goals)[units]
        part.unit_of = np.searchsorted(units, whole.unit_of[people])
        part.unit_of[whole.unit_of[people] == len(whole.units)] = len(units)
        part.sizes = [len(limits), len(classes), len(part.minimum), len(units), len(pairs)]
        at = np.cumsum([0, *whole.sizes])
        least = np.searchsorted(whole.minimum, classes[part.minimum])
        place = np.concatenate([limits, at[1] + classes, at[2] + least, at[3] + units, at[4] + pairs])
        part.highest = whole.highest[place]
        held = np.zeros(len(place), dtype=np.bool_)
        held[: len(limits)] = wide_rows[limits]
        held[len(place) - len(pairs) - len(units) : len(place) - len(pairs)] = wide_units[units]
        return Part(relaxed=part, place=place, classes=classes, held=held)

    def _cut_people(self, part: Relaxation, people: IndexArray, options: IndexArray) -> None:
        whole = self.whole
        part.rows, part.employee, part.value = whole.rows[options], whole.employee[options], whole.value[options]
        part.persons = whole.persons[people]
        part.bounds = np.concatenate([[0], np.cumsum(np.diff(whole.bounds)[people])]).astype(np.int64)
        part.choices = _choices(whole.choices, options, people, part.bounds)
        first = np.array([group[0] for group in whole.demanded], dtype=np.int64)
        is_own = np.isin(whole.problem.options.employee[first], part.persons)
        part.demanded = tuple(whole.demanded[i] for i in np.flatnonzero(is_own))
        floors = whole.problem.people.hours_floor[part.persons]
        part.constant = -whole.problem.rules.hours_weight * float(floors.sum()) - DEMAND * len(part.demanded)

    def _cut_classes(self, part: Relaxation, classes: IndexArray, options: IndexArray) -> IndexArray:
        whole = self.whole
        part.offering = np.searchsorted(classes, whole.offering[options])
        part.seats, part.least, part.dues = whole.seats[classes], whole.least[classes], whole.dues[classes]
        part.minimum = np.flatnonzero(part.least)
        part.is_scarce, part.has_choice = whole.is_scarce[classes], whole.has_choice[classes]
        is_own = np.zeros(len(whole.seats), dtype=np.bool_)
        is_own[classes] = whole.has_choice[classes]
        pairs = np.flatnonzero(is_own[whole.pair_class])
        number = np.full(len(whole.pair_class) + 1, len(pairs), dtype=np.int64)
        number[pairs] = np.arange(len(pairs))
        part.pair_of = number[whole.pair_of[options]]
        part.pair_class = np.searchsorted(classes, whole.pair_class[pairs])
        part.pair_person = whole.pair_person[pairs]
        return pairs

    def _cut_limits(
        self, part: Relaxation, limits: IndexArray, is_wide: BoolArray, options: IndexArray, classes: IndexArray
    ) -> None:
        priced = self.whole.priced
        part.priced = replace(
            priced, loads=csr_array(priced.loads[options][:, limits]),
            fixed=csr_array(priced.fixed[classes][:, limits]),
            limit=np.where(is_wide, 0.0, priced.limit)[limits], unit=priced.unit[limits],
            highest=priced.highest[limits], kind=priced.kind[limits], subject=priced.subject[limits],
            day=priced.day[limits],
        )  # fmt: skip
        part.lay_back()


def parts_of(whole: Relaxation, smallest: int = SMALLEST_PART) -> Parts:
    """Cut a problem into the parts that meet only in limits far above them; into one where everything hangs together.

    Notes
    -----
    For any prices the whole's bound is the sum of its parts': nothing is lost by the cut, only by holding the prices
    of what crosses it.
    """
    return _Cutter(whole, smallest).cut()
