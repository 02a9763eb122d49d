"""Public allocation problems, read as streams of numbers and told in the words of our engine.

A knapsack's item is a person with one option, charged to one line a constraint. A job is a person who must take a
training of which each agent, or each item of a group, is a class. A facility is a class whose opening is paid from a
line of its own, where a person beside would gain just as much from the same money; so closing it is worth its cost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from recommender.allocation.problem import NO_LIMIT, AllocationProblem, Classes, Lines, Options, People
from training_catalog.columns import BoolArray, FloatArray, IndexArray

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$")
SMALLEST_UNIT = 10**6  # parts of a unit of weight that are told apart, where weights are no whole numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One problem.

    Parameters
    ----------
    problem : In the words of the engine; its value is ``sign`` x (the instance's own value - ``offset``).
    sign : 1 where the instance maximises, -1 where it minimises.
    offset : See above.
    """

    problem: AllocationProblem
    sign: int
    offset: float

    def own(self, value: float) -> float:
        """Return a value of the engine as the instance counts it."""
        return self.offset + self.sign * value


class Stream:
    """The numbers of a file.

    Parameters
    ----------
    text : What the file holds.
    may_end : Whether words may follow, from the first that is no number on; they are not read.
    """

    def __init__(self, text: str, *, may_end: bool = False) -> None:
        words = text.split()
        end = next((i for i, word in enumerate(words) if not NUMBER.match(word)), len(words))
        if end < len(words) and not may_end:
            raise ValueError(f"word {end + 1}: {words[end]!r} is no number")
        self.numbers, self.at = np.array(words[:end], dtype=np.float64), 0

    def take(self, n: int) -> FloatArray:
        """Return the next `n` numbers."""
        if self.at + n > len(self.numbers):
            left = len(self.numbers) - self.at
            raise ValueError(f"after {self.at} numbers {n} more are expected, and {left} are there")
        self.at += n
        return self.numbers[self.at - n : self.at]

    def table(self, n_rows: int, n_columns: int) -> FloatArray:
        """Return the next numbers row by row."""
        return self.take(n_rows * n_columns).reshape(n_rows, n_columns)

    def counts(self, n: int) -> list[int]:
        """Return the next `n` numbers as counts."""
        counts = self.take(n)
        if (counts != np.round(counts)).any() or (counts < 0).any():
            found = ", ".join(f"{count:g}" for count in counts)
            raise ValueError(f"number {self.at - n + 1}: counts are expected, found {found}")
        return [int(count) for count in counts]

    def end(self) -> None:
        """Check that nothing is left."""
        if not self.is_over:
            left = len(self.numbers) - self.at
            raise ValueError(f"the problem ends after {self.at} numbers, and {left} more follow")

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.numbers)


def _whole(*tables: FloatArray) -> list[IndexArray]:
    """Return tables of one unit as whole numbers; what is weighed or held is never negative."""
    least = min(table.min(initial=0.0) for table in tables)
    if least < 0:
        raise ValueError(f"{least:g}: weights, capacities, demands and opening costs are not negative")
    is_whole = all((table == np.round(table)).all() for table in tables)
    return [np.round(table * (1 if is_whole else SMALLEST_UNIT)).astype(np.int64) for table in tables]


def _names(prefix: str, n: int) -> np.ndarray:
    return np.array([f"{prefix}{i:06d}" for i in range(n)], dtype=np.str_)


def tell(*, who: IndexArray, where: IndexArray, value: FloatArray, charges: csr_array, amount: IndexArray,
          must: BoolArray, training: IndexArray, fixed: IndexArray, line: IndexArray) -> AllocationProblem:  # fmt: skip
    """Tell a problem in the words of the engine; a person takes one option, of those that `must` at any rate."""
    n_people, n_classes = int(who.max()) + 1, len(training)
    order = np.lexsort((where, who))
    nothing, nowhere = np.zeros(len(who), dtype=np.bool_), np.full(n_classes, "NaT", dtype="datetime64[D]")
    return AllocationProblem(
        lines=Lines(ids=_names("L", len(amount)), amount=amount, parent=np.full(len(amount), -1)),
        people=People(
            ids=_names("E", n_people), unit=np.full(n_people, -1), unit_ids=_names("U", 0),
            unit_headcount=np.zeros(0, dtype=np.int64), hours_floor=np.zeros(n_people),
            hours_cap=np.full(n_people, np.inf), max_trainings=np.ones(n_people, dtype=np.int64),
        ),
        classes=Classes(
            ids=_names("K", n_classes), training=training, training_ids=_names("T", int(training.max()) + 1),
            fixed_cost=fixed, line=line, seats_min=np.ones(n_classes, dtype=np.int64),
            seats_max=np.full(n_classes, NO_LIMIT, dtype=np.int64), start=nowhere, end=nowhere.copy(),
            hours=np.zeros(n_classes), is_away=np.zeros(n_classes, dtype=np.bool_),
        ),
        options=Options(
            employee=who[order], offering=where[order], benefit=value[order], charges=csr_array(charges[order]),
            is_mandatory=must[order], is_pinned=nothing, was_chosen=nothing.copy(),
            addresses=csr_array((len(who), 0), dtype=np.bool_),
        ),
    )  # fmt: skip


def _knapsack(stream: Stream) -> Instance:
    """Read profits, weights and capacities of one multidimensional knapsack."""
    n, m = stream.counts(2)
    stream.take(1)  # the best value known to the file's author; 0 for none
    profit, weight, capacity = stream.take(n), stream.table(m, n), stream.take(m)
    weights, amounts = zip(*(_whole(weight[i], capacity[i : i + 1]) for i in range(m)), strict=True)
    who, nothing = np.arange(n), np.zeros(n, dtype=np.int64)
    problem = tell(
        who=who, where=nothing, value=profit, charges=csr_array(np.stack(weights, axis=1)),
        amount=np.concatenate(amounts), must=np.zeros(n, dtype=np.bool_), training=nothing[:1], fixed=nothing[:1],
        line=nothing[:1] - 1,
    )  # fmt: skip
    return Instance(problem=problem, sign=1, offset=0.0)


def _either(*readings: Callable[[], list[Instance]]) -> list[Instance]:
    """Return what the first reading that holds to the end finds."""
    said = []
    for reading in readings:
        try:
            return reading()
        except (ValueError, IndexError, MemoryError) as error:
            said.append(str(error))
    raise ValueError("; read otherwise: ".join(said))


def read_mkp(text: str) -> list[Instance]:
    """Read multidimensional knapsacks: a count and the problems, or one problem alone."""

    def several() -> list[Instance]:
        stream = Stream(text)
        found = [_knapsack(stream) for _ in range(stream.counts(1)[0])]
        stream.end()
        return found

    def alone() -> list[Instance]:
        stream = Stream(text)
        found = _knapsack(stream)
        stream.end()
        return [found]

    return _either(several, alone)


def read_gap(text: str) -> list[Instance]:
    """Read a generalised assignment problem: costs and weights of each job at each agent, and capacities."""
    stream = Stream(text)
    m, n = stream.counts(2)
    cost, weight, capacity = stream.table(m, n), stream.table(m, n), stream.take(m)
    stream.end()
    weights, amount = _whole(weight, capacity)
    agent, job = (part.ravel() for part in np.indices((m, n)))
    dearest = cost.max(axis=0)
    problem = tell(
        who=job, where=agent, value=(dearest - cost).ravel(),
        charges=csr_array((weights.ravel(), agent, np.arange(m * n + 1)), shape=(m * n, m)), amount=amount,
        must=np.ones(m * n, dtype=np.bool_), training=np.zeros(m, dtype=np.int64), fixed=np.zeros(m, dtype=np.int64),
        line=np.full(m, -1),
    )  # fmt: skip
    return [Instance(problem=problem, sign=-1, offset=float(dearest.sum()))]


def _groups(stream: Stream, n: int, n_items: int, m: int) -> Instance:
    """Read the capacities and groups of one multiple-choice knapsack."""
    capacity, rows = stream.take(m), []
    for _ in range(n):
        stream.take(1)  # the group's number
        rows.append(stream.table(n_items, m + 1))
    table = np.concatenate(rows)
    parts = [_whole(table[:, 1 + i], capacity[i : i + 1]) for i in range(m)]
    who, where = (part.ravel() for part in np.indices((n, n_items)))
    nothing = np.zeros(n_items, dtype=np.int64)
    problem = tell(
        who=who, where=where, value=table[:, 0], charges=csr_array(np.stack([part[0] for part in parts], axis=1)),
        amount=np.concatenate([part[1] for part in parts]), must=np.ones(len(who), dtype=np.bool_), training=nothing,
        fixed=nothing, line=nothing - 1,
    )  # fmt: skip
    return Instance(problem=problem, sign=1, offset=0.0)


def read_mmkp(text: str) -> list[Instance]:
    """Read multiple-choice knapsacks: one problem, perhaps with its solution in words, or numbered problems."""

    def alone() -> list[Instance]:
        stream = Stream(text, may_end=True)
        n, n_items, m = stream.counts(3)
        found = _groups(stream, n, n_items, m)
        stream.end()
        return [found]

    def numbered() -> list[Instance]:
        stream, found = Stream(text), []
        while not stream.is_over:
            _, n, n_items, m = stream.counts(4)
            found.append(_groups(stream, n, n_items, m))
        if not found:
            raise ValueError("there is no problem in it")
        return found

    return _either(alone, numbered)


def read_sscflp(text: str) -> list[Instance]:
    """Read a single-source facility location problem: capacities, openings, demands, costs by customer."""
    stream = Stream(text)
    m, n = stream.counts(2)
    capacity, opening, demand = stream.take(m), stream.take(m), stream.take(n)
    cost = stream.table(n, m)
    stream.end()
    capacities, demands = _whole(capacity, demand)
    (openings,) = _whole(opening)
    customer, facility = (part.ravel() for part in np.indices((n, m)))
    dearest, costly = cost.max(axis=1), np.flatnonzero(openings > 0)
    k = len(costly)
    rows, lines = np.arange(n * m + k), np.concatenate([facility, m + costly])
    charges = csr_array(
        (np.concatenate([demands[customer], openings[costly]]), (rows, lines)), shape=(len(rows), 2 * m)
    )
    problem = tell(
        who=np.concatenate([customer, n + np.arange(k)]), where=np.concatenate([facility, np.full(k, m)]),
        value=np.concatenate([(dearest[:, None] - cost).ravel(), opening[costly]]), charges=charges,
        amount=np.concatenate([capacities, openings]), must=rows < n * m,
        training=np.concatenate([np.zeros(m, dtype=np.int64), [1]]), fixed=np.concatenate([openings, [0]]),
        line=np.concatenate([m + np.arange(m), [-1]]),
    )  # fmt: skip
    return [Instance(problem=problem, sign=-1, offset=float(dearest.sum() + opening[costly].sum()))]


READERS: dict[str, Callable[[str], list[Instance]]] = {
    "mkp": read_mkp, "gap": read_gap, "mmkp": read_mmkp, "sscflp": read_sscflp,
}  # fmt: skip


FORMATS = {
    "mkp": "a count of problems (none where there is one alone); for each n, m, the best value known, n profits, m x n "
           "weights, m capacities",
    "gap": "m, n; m x n costs; m x n weights; m capacities",
    "mmkp": "groups, items, m (before them the problem's number where there are several); m capacities; for each group "
            "its number and for each item its value and m weights",
    "sscflp": "m, n; m capacities; m opening costs; n demands; n x m costs",
}  # fmt: skip


def read_file(kind: str, path: Path) -> list[Instance]:
    """Read the problems of a file of a kind.

    Raises
    ------
    ValueError
        Where the file is not of this kind: names the file, what is wrong and what is accepted.
    """
    try:
        found = READERS[kind](path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path}: {error}; accepted ({kind}): {FORMATS[kind]}") from error
    return found
