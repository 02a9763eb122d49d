"""Cut a problem into regions: people with their classes and units, and with lines that few people share."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from recommender.allocation.capacity import line_caps, people_wanting
from recommender.allocation.crossing import Crossing
from recommender.allocation.problem import AllocationProblem, Classes, Lines, Options, People, Rules
from recommender.allocation.region import Region
from training_catalog.columns import IndexArray

LARGEST_REGION = 7_000  # people; larger only where a class or a unit holds more together


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """A problem in regions.

    Parameters
    ----------
    regions : The regions.
    members : What of the whole stands in each.
    crossing : The limits that they share.
    """

    regions: tuple[Region, ...]
    members: tuple["Members", ...]
    crossing: Crossing


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What of a whole stands in a region: numbers, ascending."""

    people: IndexArray
    classes: IndexArray
    options: IndexArray
    lines: IndexArray
    units: IndexArray


def _held_together(problem: AllocationProblem) -> IndexArray:
    """Label people that share a class which binds them, or a unit with a rule; shape (n_people,)."""
    options, classes, people, rules = problem.options, problem.classes, problem.people, problem.rules
    n_people, n_classes = len(people.ids), len(classes.ids)
    binds = (classes.fixed_cost > 0) | (classes.seats_min > 1) | (people_wanting(problem) > classes.seats_max)
    kept = binds[options.offering]
    has_unit = people.unit >= 0 if rules.unit_floor_share or rules.away_share is not None else np.zeros(n_people, bool)
    left = np.concatenate([options.employee[kept], np.flatnonzero(has_unit)])
    right = np.concatenate([n_people + options.offering[kept], n_people + n_classes + people.unit[has_unit]])
    n = n_people + n_classes + len(people.unit_ids)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    label = connected_components(graph, directed=False)[1][:n_people]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _lines_of(problem: AllocationProblem, label: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return the (line, label) pairs that pay, those above included."""
    options, lines, classes = problem.options, problem.lines, problem.classes
    width = int(label.max(initial=0)) + 1
    row = np.repeat(np.arange(len(options.employee)), np.diff(options.charges.indptr))
    paid = classes.fixed_cost[options.offering] > 0
    keys = np.concatenate([
        options.charges.indices.astype(np.int64) * width + label[options.employee[row]],
        classes.line[options.offering[paid]] * width + label[options.employee[paid]],
    ])  # fmt: skip
    found = np.unique(keys[keys >= 0])
    level = found
    while len(level):
        above = lines.parent[level // width]
        level = np.setdiff1d(above[above >= 0] * width + level[above >= 0] % width, found)
        found = np.union1d(found, level)
    return found // width, found % width


class _Groups:
    """Groups that grow together.

    Parameters
    ----------
    size : People of each group at first.
    """

    def __init__(self, size: IndexArray) -> None:
        self.size = size.tolist()
        self.parent = list(range(len(size)))

    def root(self, i: int) -> int:
        """Return the group that one has become part of."""
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def roots(self) -> IndexArray:
        """Return the group that each has become part of."""
        above = np.array(self.parent, dtype=np.int64)
        while (above[above] != above).any():
            above = above[above]
        return above

    def join(self, members: list[int], largest: int) -> None:
        """Join groups, unless they would be too many people together."""
        roots = sorted({self.root(i) for i in members})
        if sum(self.size[i] for i in roots) > largest:
            return
        for i in roots[1:]:
            self.parent[i] = roots[0]
            self.size[roots[0]] += self.size[i]


def _regions_of_people(problem: AllocationProblem, largest: int) -> IndexArray:
    """Return each person's region: lines shared by few join first, then neighbours up to the largest size."""
    label = _held_together(problem)
    size = np.bincount(label)
    line, of = _lines_of(problem, label)
    groups = _Groups(size)
    bounds = np.searchsorted(line, np.arange(len(problem.lines.ids) + 1))
    people = np.bincount(line, weights=size[of], minlength=len(problem.lines.ids))
    few = np.flatnonzero(people <= largest)
    for i in few[np.argsort(people[few], kind="stable")].tolist():
        groups.join(of[bounds[i] : bounds[i + 1]].tolist(), largest)
    return _neighbours(groups.roots()[label], largest)


def _neighbours(label: IndexArray, largest: int) -> IndexArray:
    """Put groups together in the order of their first person, up to the largest size; number them from 0."""
    names, first, number, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    until = np.cumsum(size[order])  # people of the groups up to each, in that order
    of, begin, region = np.zeros(len(names), dtype=np.int64), 0, 0
    while begin < len(names):
        before = until[begin] - size[order[begin]]
        end = max(int(np.searchsorted(until, before + largest, side="right")), begin + 1)
        of[order[begin:end]] = region
        begin, region = end, region + 1
    return of[number]


def _place(kept: IndexArray, n: int) -> IndexArray:
    """Return each number's place among those kept; -1 for the others, and for -1."""
    place = np.full(n + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return place


class _Cutter:
    """Cuts regions out of a problem.

    Parameters
    ----------
    problem : The whole.
    region : shape (n_people,), each person's region.
    shared : Lines that people outside the problem pay from as well.
    """

    def __init__(self, problem: AllocationProblem, region: IndexArray, shared: IndexArray) -> None:
        self.problem, self.region, self.caps = problem, region, line_caps(problem)
        line, of = _lines_of(problem, region)
        count = np.bincount(line, minlength=len(problem.lines.ids))
        self.shared = np.union1d(np.flatnonzero(count > 1), shared).astype(np.int64)
        self.line, self.of = line, of
        self.pairs = np.array(problem.rules.prerequisites, dtype=np.int64).reshape(-1, 2)
        self.waived = np.array(sorted(problem.rules.waived), dtype=np.int64).reshape(-1, 2)
        self.by_person = np.argsort(region, kind="stable")
        self.by_option = np.argsort(region[problem.options.employee], kind="stable")
        numbers = np.arange(int(region.max(initial=-1)) + 2)
        self.people_at = np.searchsorted(region[self.by_person], numbers)
        self.options_at = np.searchsorted(region[problem.options.employee][self.by_option], numbers)

    def members(self, number: int) -> Members:
        """Find what stands in a region."""
        options = np.sort(self.by_option[self.options_at[number] : self.options_at[number + 1]])
        people = np.sort(self.by_person[self.people_at[number] : self.people_at[number + 1]])
        unit = self.problem.people.unit[people]
        return Members(
            people=people, options=options, classes=np.unique(self.problem.options.offering[options]),
            lines=self.line[self.of == number], units=np.unique(unit[unit >= 0]),
        )  # fmt: skip

    def cut(self, own: Members) -> Region:
        """Cut a region out."""
        whole = self.problem
        place = [_place(kept, n) for kept, n in (
            (own.people, len(whole.people.ids)), (own.classes, len(whole.classes.ids)),
            (own.lines, len(whole.lines.ids)), (own.units, len(whole.people.unit_ids)),
        )]  # fmt: skip
        person, offering, line, unit = place
        taught = np.unique(whole.classes.training[own.classes])
        needed = self.pairs[np.isin(self.pairs[:, 0], taught), 1]
        trainings = np.union1d(taught, needed).astype(np.int64)
        training = _place(trainings, len(whole.classes.training_ids))
        problem = AllocationProblem(
            lines=Lines(ids=whole.lines.ids[own.lines], amount=self.caps[own.lines],
                        parent=line[whole.lines.parent[own.lines]]),
            people=self._people(own, unit), classes=self._classes(own, line, training, trainings),
            options=self._options(own, person, offering), rules=self._rules(person, training),
        )  # fmt: skip
        shared = _place(self.shared, len(whole.lines.ids))[own.lines]
        return Region(problem=problem, shared=shared, n_shared=len(self.shared))

    def _people(self, own: Members, unit: IndexArray) -> People:
        people, kept = self.problem.people, own.people
        return People(
            ids=people.ids[kept], unit=unit[people.unit[kept]], unit_ids=people.unit_ids[own.units],
            unit_headcount=people.unit_headcount[own.units], hours_floor=people.hours_floor[kept],
            hours_cap=people.hours_cap[kept], max_trainings=people.max_trainings[kept],
        )  # fmt: skip

    def _classes(self, own: Members, line: IndexArray, training: IndexArray, trainings: IndexArray) -> Classes:
        classes, kept = self.problem.classes, own.classes
        columns = {
            name: getattr(classes, name)[kept]
            for name in ("ids", "fixed_cost", "seats_min", "seats_max", "start", "end", "hours", "is_away")
        }
        return Classes(training=training[classes.training[kept]], training_ids=classes.training_ids[trainings],
                       line=line[classes.line[kept]], **columns)  # fmt: skip

    def _options(self, own: Members, person: IndexArray, offering: IndexArray) -> Options:
        options, kept = self.problem.options, own.options
        addresses = csr_array(options.addresses[kept])
        columns = {
            name: getattr(options, name)[kept] for name in ("benefit", "is_mandatory", "is_pinned", "was_chosen")
        }
        return Options(
            employee=person[options.employee[kept]], offering=offering[options.offering[kept]],
            charges=_columns(csr_array(options.charges[kept]), own.lines),
            addresses=_columns(addresses, np.unique(addresses.indices).astype(np.int64)), **columns,
        )  # fmt: skip

    def _rules(self, person: IndexArray, training: IndexArray) -> Rules:
        rules = self.problem.rules
        marks = tuple(
            replace(mark, trainings=tuple(t for t in training[list(mark.trainings)].tolist() if t >= 0))
            for mark in rules.earmarks
        )
        pairs, waived = training[self.pairs], np.stack([person[self.waived[:, 0]], training[self.waived[:, 1]]], axis=1)
        return replace(
            rules, reserve_share=0.0, earmarks=marks,
            prerequisites=tuple(map(tuple, pairs[(pairs >= 0).all(axis=1)].tolist())),
            waived=frozenset(map(tuple, waived[(waived >= 0).all(axis=1)].tolist())),
        )  # fmt: skip


def _columns(matrix: csr_array, kept: IndexArray) -> csr_array:
    """Return some columns of a matrix, in order, with sorted indices."""
    part = csr_array(matrix[:, kept])
    part.sort_indices()
    return part


def cut(problem: AllocationProblem, largest: int = LARGEST_REGION, shared: Collection[str] = ()) -> Regions:
    """Cut a problem into regions that meet only in lines and earmarks.

    Parameters
    ----------
    problem : The whole.
    largest : People of a region at most, unless a class or a unit with a rule holds more of them together.
    shared : Ids of lines that people outside the problem pay from as well; they cross every region's border.
    """
    region = _regions_of_people(problem, largest)
    outside = np.flatnonzero(np.isin(problem.lines.ids, sorted(shared))).astype(np.int64)
    cutter = _Cutter(problem, region, outside)
    members = tuple(cutter.members(i) for i in range(int(region.max(initial=-1)) + 1))
    crossing = Crossing(ids=problem.lines.ids[cutter.shared], amount=cutter.caps[cutter.shared],
                        earmarks=problem.rules.earmarks)  # fmt: skip
    return Regions(regions=tuple(cutter.cut(own) for own in members), members=members, crossing=crossing)
