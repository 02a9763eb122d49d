"""Limits that several people share and that take a number from each option: money, days away, floors of earmarks."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.capacity import (
    away_limits,
    capped_earmarks,
    class_loads,
    demanded_classes,
    line_caps,
    opening_caps,
    option_loads,
    spans,
)
from recommender.allocation.intervals import crowded_moments
from recommender.allocation.objective import EARMARK_FLOOR_WEIGHT
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import FloatArray, IndexArray

LINE, OPENING, CAP, FLOOR, AWAY, COVER = range(6)  # kinds of rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRows:
    """Rows ``loads' x + fixed' y <= limit``, each in units of its own limit.

    Parameters
    ----------
    loads : CSR (n_options, n_rows), of the possible options.
    fixed : CSR (n_classes, n_rows): what opening a class takes.
    limit : shape (n_rows,).
    unit : What one unit of each row is, in rupiah or people.
    highest : Highest price that makes sense; infinite for a hard limit.
    kind : ``LINE``, ``OPENING``, ``CAP``, ``FLOOR``, ``AWAY`` or ``COVER``.
    subject : Line, earmark, unit or set of `demanded_classes`.
    day : Day of an ``AWAY`` row; -1 elsewhere.
    """

    loads: csr_array
    fixed: csr_array
    limit: FloatArray
    unit: FloatArray
    highest: FloatArray
    kind: IndexArray
    subject: IndexArray
    day: IndexArray

    def without(self, rows: IndexArray) -> "PricedRows":
        """Return the other rows."""
        kept = np.setdiff1d(np.arange(len(self.limit)), rows)
        return PricedRows(
            loads=csr_array(self.loads[:, kept]), fixed=csr_array(self.fixed[:, kept]), limit=self.limit[kept],
            unit=self.unit[kept], highest=self.highest[kept], kind=self.kind[kept], subject=self.subject[kept],
            day=self.day[kept],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Rows of one kind, in rupiah or people."""

    kind: int
    loads: csr_array
    fixed: csr_array
    limit: FloatArray
    subject: IndexArray
    day: IndexArray | None = None
    unit: FloatArray | None = None  # what it is told in; its limit where not given


def _line_blocks(problem: AllocationProblem, rows: IndexArray) -> list[_Block]:
    """Return a row for each line, and one for what a line can spend on opening its few classes.

    The money of a line that pays for one class's people alone is there once that class opens.
    """
    loads, fixed = csr_array(option_loads(problem)[rows]), class_loads(problem)
    limit, unit = line_caps(problem).astype(np.float64), np.maximum(line_caps(problem), 1).astype(np.float64)
    own, opener = _lines_of_one_class(problem, rows, loads, fixed)
    fixed = csr_array(fixed - coo_array((limit[own], (opener, own)), shape=fixed.shape).tocsr())
    limit[own] = 0.0
    lines, caps = opening_caps(problem)
    nothing = csr_array((len(rows), len(lines)))
    return [
        _Block(kind=LINE, loads=loads, fixed=fixed, limit=limit, unit=unit,
               subject=np.arange(loads.shape[1], dtype=np.int64)),
        _Block(kind=OPENING, loads=nothing, fixed=csr_array(fixed[:, lines]), limit=caps.astype(np.float64),
               subject=lines),
    ]  # fmt: skip


def _lines_of_one_class(
    problem: AllocationProblem, rows: IndexArray, loads: csr_array, fixed: csr_array
) -> tuple[IndexArray, IndexArray]:
    """Return the lines that only people of one class that must be opened are paid from, and that class."""
    classes, by_option = problem.classes, coo_array(loads)
    where = problem.options.offering[rows][by_option.coords[0]]
    lowest, highest = np.full(loads.shape[1], len(classes.ids)), np.full(loads.shape[1], -1)
    np.minimum.at(lowest, by_option.coords[1], where)
    np.maximum.at(highest, by_option.coords[1], where)
    lowest[np.unique(coo_array(fixed).coords[1])] = len(classes.ids)
    lines = np.flatnonzero(lowest == highest)
    opener = lowest[lines]
    kept = (classes.fixed_cost[opener] > 0) | (classes.seats_min[opener] > 1)
    return lines[kept], opener[kept]


def _earmark_block(problem: AllocationProblem, rows: IndexArray, kind: int) -> _Block:
    """Return a row for each cap of an earmark, or for each floor with its sign turned."""
    marks, classes, options = problem.rules.earmarks, problem.classes, problem.options
    floored = [i for i, mark in enumerate(marks) if mark.at_least]
    numbers, sign = (capped_earmarks(problem), 1.0) if kind == CAP else (floored, -1.0)
    own = np.zeros((len(classes.ids), len(numbers)))
    for column, i in enumerate(numbers):
        own[np.isin(classes.training, marks[i].trainings), column] = sign
    limits = [marks[i].at_most if kind == CAP else marks[i].at_least for i in numbers]
    return _Block(
        kind=kind,
        loads=csr_array(own[options.offering[rows]] * options.cost[rows][:, None]),
        fixed=csr_array(own * classes.fixed_cost[:, None]),
        limit=sign * np.array([limit or 0 for limit in limits], dtype=np.float64),
        subject=np.array(numbers, dtype=np.int64),
    )


def _away_block(problem: AllocationProblem, rows: IndexArray) -> _Block:
    """Return a row for each moment at which more of a unit could be away than may."""
    limits, classes, n_classes = away_limits(problem), problem.classes, len(problem.classes.ids)
    nobody = np.empty(0, dtype=np.int64)
    who, where = problem.options.employee[rows], problem.options.offering[rows]
    unit = problem.people.unit[who]
    away = np.flatnonzero((unit >= 0) & classes.is_away[where]) if limits is not None else nobody
    start, end = spans(problem)
    moment, row = crowded_moments(unit[away], start[where[away]], end[where[away]])
    n_moments = int(moment.max(initial=-1)) + 1
    first, owner = np.full(n_moments, np.iinfo(np.int64).min), np.zeros(n_moments, dtype=np.int64)
    np.maximum.at(first, moment, start[where[away[row]]])
    owner[moment] = unit[away[row]]
    n_people = len(problem.people.ids)
    crowd = np.bincount(np.unique(moment * n_people + who[away[row]]) // max(n_people, 1), minlength=n_moments)
    limit = limits[owner] if limits is not None else nobody
    binding = crowd > limit
    number, kept = np.cumsum(binding) - 1, binding[moment]
    entries = (np.ones(int(kept.sum())), (away[row[kept]], number[moment[kept]]))
    n_rows = int(binding.sum())
    return _Block(
        kind=AWAY, loads=coo_array(entries, shape=(len(rows), n_rows)).tocsr(), fixed=csr_array((n_classes, n_rows)),
        limit=limit[binding].astype(np.float64), subject=owner[binding], day=first[binding],
    )  # fmt: skip


def _cover_block(problem: AllocationProblem, n_rows: int, demanded: tuple[IndexArray, ...]) -> _Block:
    """Return a row for each set of classes of which one must be open, with its sign turned."""
    sets = demanded_classes(problem, demanded)
    fixed = np.zeros((len(problem.classes.ids), len(sets)))
    for number, classes in enumerate(sets):
        fixed[classes, number] = -1.0
    return _Block(kind=COVER, loads=csr_array((n_rows, len(sets))), fixed=csr_array(fixed),
                  limit=-np.ones(len(sets)), subject=np.arange(len(sets), dtype=np.int64))  # fmt: skip


def _side_by_side(parts: list[csr_array], unit: FloatArray) -> csr_array:
    """Join blocks of columns and divide each column by its unit."""
    row, column, value, at = [], [], [], 0
    for part in map(coo_array, parts):
        row.append(part.coords[0])
        column.append(part.coords[1] + at)
        value.append(part.data)
        at += part.shape[1]
    columns = np.concatenate(column)
    entries = (np.concatenate(value) / unit[columns], (np.concatenate(row), columns))
    return coo_array(entries, shape=(parts[0].shape[0], at)).tocsr()


def priced_rows(problem: AllocationProblem, rows: IndexArray, demanded: tuple[IndexArray, ...]) -> PricedRows:
    """Lay out the shared limits of some options.

    Parameters
    ----------
    problem : What may be chosen.
    rows : Options that some plan can hold, ascending.
    demanded : Groups of options of which one must be chosen.
    """
    blocks = [
        *_line_blocks(problem, rows), _earmark_block(problem, rows, CAP), _earmark_block(problem, rows, FLOOR),
        _away_block(problem, rows), _cover_block(problem, len(rows), demanded),
    ]  # fmt: skip
    limit = np.concatenate([block.limit for block in blocks])
    unit = np.concatenate([np.abs(block.limit) if block.unit is None else block.unit for block in blocks])
    unit = np.maximum(unit, 1.0)
    kind = np.repeat([block.kind for block in blocks], [len(block.limit) for block in blocks])
    day = [np.full(len(block.limit), -1) if block.day is None else block.day for block in blocks]
    return PricedRows(
        loads=_side_by_side([block.loads for block in blocks], unit),
        fixed=_side_by_side([block.fixed for block in blocks], unit),
        limit=limit / unit,
        unit=unit,
        highest=np.where(kind == FLOOR, EARMARK_FLOOR_WEIGHT * unit, np.inf),
        kind=kind.astype(np.int64),
        subject=np.concatenate([block.subject for block in blocks]),
        day=np.concatenate(day).astype(np.int64),
    )
