"""Student sectioning, read from a file: courses of linked classes, class limits, overlaps, and what students want.

Classes of a course that go together, one of each subpart of a configuration with the parents of all, are a bundle.
"""

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from schedules import Wishes
from scipy.sparse import coo_array, csc_array, csr_array

from recommender.allocation.program import Program, Rows
from training_catalog.columns import FloatArray, IndexArray

MOST_BUNDLES = 6_000  # of all courses; the overlaps of each two are held
KEYS = ("classes", "courses", "students", "conflicts")
FORMAT = (
    "classes [{limit, parent}], courses [configurations [subparts [class numbers]]], students [course numbers], "
    "conflicts [[class, class]]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sectioning:
    """A problem: each student gets a bundle of every course wanted, within class limits, with the fewest overlaps.

    Parameters
    ----------
    limit : shape (n_classes,), seats.
    parent : shape (n_classes,), the class that a class needs; -1 for none.
    uses : CSR (n_bundles, n_classes).
    overlaps : shape (n_classes, n_classes): whether two classes overlap.
    wishes : What students want, their courses by the number of bundles.
    courses : Configurations of subparts of classes, as they stand in the file.
    """

    limit: IndexArray
    parent: IndexArray
    uses: csr_array
    overlaps: FloatArray
    wishes: Wishes
    courses: list[list[list[list[int]]]]

    sign = -1  # overlaps are as few as can be; our engine counts what is worth something

    @staticmethod
    def own(value: float) -> float:
        """Return a value of the engine as overlaps."""
        return -value

    @property
    def student(self) -> IndexArray:
        """Whose each request is."""
        bounds = self.wishes.bounds
        return np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))


def _indices(values: object, n: int, what: str) -> list[int]:
    """Check that something is a list of numbers below `n`."""
    if not isinstance(values, list) or any(type(value) is not int or not 0 <= value < n for value in values):
        raise ValueError(f"{what}: {values!r} is no list of whole numbers from 0 to {n - 1}")
    return values


def _read_classes(rows: Any) -> tuple[IndexArray, IndexArray]:  # noqa: ANN401 (what JSON holds)
    """Read limits and parents."""
    limit, parent = [], []
    for i, row in enumerate(rows):
        seats, above = row.get("limit"), row.get("parent")
        if type(seats) is not int or seats < 0:
            raise ValueError(f"classes[{i}].limit: {seats!r} is no number of seats")
        limit.append(seats)
        parent.append(-1 if above is None else _indices([above], len(rows), f"classes[{i}].parent")[0])
    return np.array(limit, dtype=np.int64), np.array(parent, dtype=np.int64)


def _bundles(configurations: list[list[list[int]]], parent: IndexArray) -> list[tuple[int, ...]]:
    """Combine one class of each subpart; a class whose parent is not among them does not count."""
    found = []
    for subparts in configurations:
        partial: list[tuple[int, ...]] = [()]
        for classes in subparts:
            partial = [(*held, number) for held in partial for number in classes]
            if len(partial) > MOST_BUNDLES:
                raise ValueError(f"courses: more than {MOST_BUNDLES} combinations of classes in one")
        found += [held for held in partial if all(parent[k] < 0 or parent[k] in held for k in held)]
    return found


def _wish(students: list[list[int]], bounds: IndexArray, own: FloatArray, clash: FloatArray) -> Wishes:
    """Put each student's courses in order, and count the overlaps that no choice avoids."""
    n_courses, width = len(bounds) - 1, np.diff(bounds)
    least = np.zeros((n_courses, n_courses))
    for i in range(n_courses):
        for j in range(i):
            part = clash[bounds[i] : bounds[i + 1], bounds[j] : bounds[j + 1]]
            least[i, j] = least[j, i] = part.min(initial=np.inf)
    course, unavoidable = [], []
    for wanted in students:
        order = sorted(wanted, key=lambda number: (int(width[number]), number))
        between = np.triu(least[np.ix_(order, order)], 1).sum(axis=1)
        unavoidable.append(np.append(np.cumsum(between[::-1])[::-1], 0.0))
        course += order
    return Wishes(
        course_bounds=bounds, own=own, clash=clash, bounds=np.cumsum([0, *map(len, students)], dtype=np.int64),
        course=np.array(course, dtype=np.int64), unavoidable=np.concatenate(unavoidable),
    )  # fmt: skip


def read_sectioning(text: str) -> Sectioning:
    """Read a problem.

    Raises
    ------
    ValueError
        Where the text is none.
    """
    data = json.loads(text)
    missing = [key for key in KEYS if not isinstance(data, dict) or not isinstance(data.get(key), list)]
    if missing:
        raise ValueError(f"{', '.join(missing)}: no list")
    limit, parent = _read_classes(data["classes"])
    n = len(limit)
    courses = [[[_indices(part, n, f"courses[{i}]") for part in parts] for parts in course]
               for i, course in enumerate(data["courses"])]  # fmt: skip
    students = [_indices(row, len(courses), f"students[{i}]") for i, row in enumerate(data["students"])]
    pairs = [_indices(pair, n, f"conflicts[{i}]") for i, pair in enumerate(data["conflicts"])]
    odd = next((i for i, pair in enumerate(pairs) if len(pair) != 2), None)
    if odd is not None:
        raise ValueError(f"conflicts[{odd}]: {pairs[odd]} is no pair")
    by_course = [_bundles(course, parent) for course in courses]
    wanted = set(chain.from_iterable(students))
    empty = next((i for i in wanted if not by_course[i]), None)
    if empty is not None:
        raise ValueError(f"courses[{empty}]: no classes go together")
    bundles = list(chain.from_iterable(by_course))
    if len(bundles) > MOST_BUNDLES:
        raise ValueError(f"courses: {len(bundles)} combinations of classes, at most {MOST_BUNDLES} are accepted")
    row = np.repeat(np.arange(len(bundles)), list(map(len, bundles)))
    column = np.array(list(chain.from_iterable(bundles)), dtype=np.int64)
    uses = csr_array((np.ones(len(row)), (row, column)), shape=(len(bundles), n))
    overlaps, (one, other) = np.zeros((n, n)), np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    overlaps[one, other] = overlaps[other, one] = 1.0
    clash = np.asarray(uses @ overlaps @ uses.T)
    own = np.diag(clash) / 2.0
    bounds = np.cumsum([0, *map(len, by_course)], dtype=np.int64)
    wishes = _wish(students, bounds, own.copy(), clash)
    return Sectioning(limit=limit, parent=parent, uses=uses, overlaps=overlaps, wishes=wishes, courses=courses)


def read_sectioning_file(path: Path) -> Sectioning:
    """Read a problem; errors name the file."""
    try:
        return read_sectioning(path.read_text(encoding="utf-8"))
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{path}: {error}; accepted: {FORMAT}") from error


def recount(given: Sectioning, taken: IndexArray) -> int:
    """Count the overlaps of a bundle for each request, class by class.

    Raises
    ------
    ValueError
        Where a class is over its limit, lacks its parent, or a course lacks a class.
    """
    sits = [0] * len(given.limit)
    overlaps = 0
    for student in range(len(given.wishes.bounds) - 1):
        own: list[int] = []
        for request in range(int(given.wishes.bounds[student]), int(given.wishes.bounds[student + 1])):
            bundle = int(taken[request])
            classes = given.uses.indices[given.uses.indptr[bundle] : given.uses.indptr[bundle + 1]].tolist()
            course = given.courses[int(given.wishes.course[request])]
            if not any(len(classes) == len(parts) and all(len(set(part) & set(classes)) == 1 for part in parts)
                       for parts in course):  # fmt: skip
                raise ValueError(f"student {student}: {classes} are no classes of one configuration")
            own += classes
        for i, number in enumerate(own):
            sits[number] += 1
            if given.parent[number] >= 0 and int(given.parent[number]) not in own:
                raise ValueError(f"student {student}: class {number} without its parent")
            overlaps += sum(bool(given.overlaps[number, other]) for other in own[:i])
    over = [i for i, n in enumerate(sits) if n > given.limit[i]]
    if over:
        raise ValueError(f"class {over[0]}: {sits[over[0]]} students, {given.limit[over[0]]} seats")
    return overlaps


def direct_program(given: Sectioning) -> Program:
    """Build the usual program: a column for each request and bundle, and one for each overlap that may be avoided."""
    wishes = given.wishes
    width = np.diff(wishes.course_bounds)[wishes.course]
    first = np.concatenate([[0], np.cumsum(width)]).astype(np.int64)
    request = np.repeat(np.arange(len(width)), width)
    bundle = np.arange(first[-1]) - first[request] + wishes.course_bounds[wishes.course[request]]
    n, student, rows = int(first[-1]), given.student, Rows()
    loads = coo_array(csr_array(given.uses)[bundle])
    rows.add(request, np.arange(n), np.ones(n), lower=np.ones(len(width)), upper=np.ones(len(width)))
    rows.add(loads.coords[1].astype(np.int64), loads.coords[0].astype(np.int64), np.ones(loads.nnz),
             lower=np.full(len(given.limit), -np.inf), upper=given.limit.astype(np.float64))  # fmt: skip
    cost, met = wishes.own[bundle].copy(), list[tuple[int, int, float]]()
    for i in range(len(width)):
        for j in range(int(wishes.bounds[student[i]]), i):
            met += _meet(given, (i, j), first, bundle, cost)
    left, right = (np.array([pair[k] for pair in met], dtype=np.int64) for k in (0, 1))
    worth = np.array([pair[2] for pair in met])
    at, column = np.arange(len(left)), n + np.arange(len(left))
    rows.add(np.concatenate([at, at, at]), np.concatenate([left, right, column]),
             np.concatenate([np.ones(2 * len(at)), -np.ones(len(at))]), lower=np.full(len(at), -np.inf),
             upper=np.ones(len(at)))  # fmt: skip
    lower, upper = rows.bounds()
    whole = n + len(left)
    return Program(
        matrix=csc_array(rows.matrix(whole)), cost=-np.concatenate([cost, worth]), lower=np.zeros(whole),
        upper=np.ones(whole), is_integer=np.arange(whole) < n, row_lower=lower, row_upper=upper, n_options=n,
    )  # fmt: skip


def _meet(
    given: Sectioning, pair: tuple[int, int], first: IndexArray, bundle: IndexArray, cost: FloatArray
) -> list[tuple[int, int, float]]:
    """Return which columns of two requests overlap, and how often; what cannot be avoided is added to `cost`."""
    one, other = (slice(int(first[i]), int(first[i + 1])) for i in pair)
    clash = given.wishes.clash[np.ix_(bundle[one], bundle[other])].copy()
    least = clash.min(axis=1)
    cost[one] += least
    clash -= least[:, None]
    least = clash.min(axis=0)
    cost[other] += least
    clash -= least
    rows, columns = np.nonzero(clash)
    return list(zip((rows + one.start).tolist(), (columns + other.start).tolist(), clash[rows, columns].tolist(),
                    strict=True))  # fmt: skip
