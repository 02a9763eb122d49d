"""The problem as rows of a mixed-integer program, built from columns without a loop over people."""

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.capacity import (
    away_limits,
    class_loads,
    line_caps,
    opening_caps,
    option_loads,
    spans,
    topics_of,
)
from recommender.allocation.intervals import crowded_moments
from recommender.allocation.layout import MONEY_UNIT, Layout
from recommender.allocation.objective import EARMARK_FLOOR_WEIGHT, UNIT_FLOOR_WEIGHT, option_values, unit_goals
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program, Rows, demand_rows
from training_catalog.columns import FloatArray, IndexArray, join_groups

LARGE = 1e4  # coefficients above this are scaled down, so that the solver's tolerance stays below one unit


def _line_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, n_options: int) -> None:
    """Append a row a line, in units of the line's greatest common divisor: exact for whole rupiah."""
    caps = line_caps(problem)
    loads = csr_array(option_loads(problem)[options])
    fixed = class_loads(problem)
    by_line = (coo_array(loads), coo_array(fixed))
    line = np.concatenate([part.coords[1] for part in by_line]).astype(np.int64)
    column = np.concatenate([options[by_line[0].coords[0]], n_options + by_line[1].coords[0]]).astype(np.int64)
    load = np.concatenate([part.data for part in by_line])
    order = np.argsort(line, kind="stable")
    line, column, load = line[order], column[order], load[order]
    bounds = np.searchsorted(line, np.arange(len(caps) + 1))
    for i in np.flatnonzero(np.diff(bounds)):
        part = slice(int(bounds[i]), int(bounds[i + 1]))
        unit = int(np.gcd.reduce(load[part]))
        if int(load[part].sum()) <= caps[i] or unit == 0:
            continue
        coefficient, cap = (load[part] // unit).astype(np.float64), float(int(caps[i]) // unit)
        scale = max(1.0, float(coefficient.max()) / LARGE)
        columns, opener = column[part], _only_class(problem, column[part], n_options)
        if opener >= 0:  # the money of one class is there once it opens
            columns, coefficient = np.append(columns, n_options + opener), np.append(coefficient, -cap)
        rows.add(np.zeros(len(coefficient), dtype=np.int64), columns, coefficient / scale,
                 lower=np.array([-np.inf]), upper=np.array([0.0 if opener >= 0 else cap / scale]))  # fmt: skip


def _only_class(problem: AllocationProblem, columns: IndexArray, n_options: int) -> int:
    """Return the one class that must be opened for all of some options; -1 where there are several, or a class too."""
    where = problem.options.offering[columns[columns < n_options]]
    if len(where) < len(columns) or (where != where[0]).any():
        return -1
    first = int(where[0])
    return first if problem.classes.fixed_cost[first] > 0 or problem.classes.seats_min[first] > 1 else -1


def _opening_rows(rows: Rows, problem: AllocationProblem, n_options: int) -> None:
    """Append the most that each line can spend on opening its few classes: it cuts off classes opened in part."""
    lines, caps = opening_caps(problem)
    loads = csr_array(class_loads(problem).T)
    for line, cap in zip(lines.tolist(), caps.tolist(), strict=True):
        part = slice(int(loads.indptr[line]), int(loads.indptr[line + 1]))
        load = loads.data[part] / max(cap, 1)
        rows.add(np.zeros(len(load), dtype=np.int64), n_options + loads.indices[part].astype(np.int64), load,
                 lower=np.array([-np.inf]), upper=np.array([1.0 if cap else 0.0]))  # fmt: skip


def _seat_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, n_options: int) -> None:
    """Append seats: at most the class's seats when open, at least its minimum."""
    classes, offering = problem.classes, problem.options.offering[options]
    used = np.unique(offering)
    number = np.searchsorted(used, offering)
    wanted = np.bincount(number, minlength=len(used))
    most = np.minimum(classes.seats_max[used], wanted).astype(np.float64)
    ones, at = np.ones(len(options)), np.arange(len(used))
    rows.add(np.concatenate([number, at]), np.concatenate([options, n_options + used]), np.concatenate([ones, -most]),
             lower=np.full(len(used), -np.inf), upper=np.zeros(len(used)))  # fmt: skip
    least = np.flatnonzero(classes.seats_min[used] > 1)
    place = np.full(len(used), -1, dtype=np.int64)
    place[least] = np.arange(len(least))
    kept = place[number] >= 0
    rows.add(np.concatenate([place[number[kept]], np.arange(len(least))]),
             np.concatenate([options[kept], n_options + used[least]]),
             np.concatenate([ones[kept], -classes.seats_min[used[least]].astype(np.float64)]),
             lower=np.zeros(len(least)), upper=np.full(len(least), np.inf))  # fmt: skip


def with_pairs(program: Program, layout: Layout, options: IndexArray) -> Program:
    """Append ``x <= y`` for each of some options in a class that must be opened: none sits in a part of a class."""
    classes, where = layout.problem.classes, layout.problem.options.offering[options]
    kept = (classes.fixed_cost[where] > 0) | (classes.seats_min[where] > 1)
    pairs = np.stack([layout.n_options + where[kept], options[kept]], axis=1)
    weight = np.tile([1.0, -1.0], len(pairs))
    return demand_rows(program, list(pairs), np.zeros(len(pairs)), weight)


def _person_rows(rows: Rows, problem: AllocationProblem, options: IndexArray) -> None:
    """Append what one person may have: hours, trainings, each training once, one for each topic, no overlap."""
    who, where = problem.options.employee[options], problem.options.offering[options]
    classes, people, ones = problem.classes, problem.people, np.ones(len(options))
    rows.groups(who, options, classes.hours[where], people.hours_cap)
    rows.groups(who, options, ones, people.max_trainings.astype(np.float64))
    _one_of(rows, who * len(classes.training_ids) + classes.training[where], options)
    option, topic = topics_of(problem)
    kept = np.isin(option, options)
    n_topics = max(problem.options.addresses.shape[1], 1)
    _one_of(rows, problem.options.employee[option[kept]] * n_topics + topic[kept], option[kept])
    start, end = spans(problem)
    moment, row = crowded_moments(who, start[where], end[where])
    _one_of(rows, moment, options[row])


def _one_of(rows: Rows, group: IndexArray, option: IndexArray) -> None:
    """Append ``at most one`` for each group of two or more."""
    groups, number = np.unique(group, return_inverse=True)
    rows.groups(number.astype(np.int64), option, np.ones(len(option)), np.ones(len(groups)))


def _away_rows(rows: Rows, problem: AllocationProblem, options: IndexArray) -> None:
    """Append the most of a unit that may be away at each crowded moment."""
    limits = away_limits(problem)
    if limits is None:
        return
    unit = problem.people.unit[problem.options.employee[options]]
    away = options[(unit >= 0) & problem.classes.is_away[problem.options.offering[options]]]
    unit = problem.people.unit[problem.options.employee[away]]
    start, end = spans(problem)
    where = problem.options.offering[away]
    moment, row = crowded_moments(unit, start[where], end[where])
    moments, number = np.unique(moment, return_inverse=True)
    limit = np.zeros(len(moments))
    limit[number] = limits[unit[row]]
    rows.groups(number.astype(np.int64), away[row], np.ones(len(row)), limit)


def _prerequisite_rows(rows: Rows, problem: AllocationProblem, options: IndexArray) -> None:
    """Append ``advanced <= sum of its prerequisite's classes that end before``; without dates any order will do."""
    where, who = problem.options.offering[options], problem.options.employee[options]
    training = problem.classes.training[where]
    start, end = spans(problem)
    is_undated = end < start
    for advanced, required in problem.rules.prerequisites:
        waived = np.array([e for e, t in problem.rules.waived if t == advanced], dtype=np.int64)
        first = np.flatnonzero((training == advanced) & ~np.isin(who, waived))
        before = np.flatnonzero(training == required)
        bounds = np.searchsorted(who[before], np.arange(len(problem.people.ids) + 1))
        left, entry = join_groups(bounds, who[first])
        earlier, later = where[before[entry]], where[first[left]]
        helps = (end[earlier] < start[later]) | is_undated[earlier] | is_undated[later]
        left, entry = left[helps], entry[helps]
        row = np.concatenate([np.arange(len(first)), left])
        value = np.concatenate([np.ones(len(first)), -np.ones(len(left))])
        rows.add(row, np.concatenate([options[first], options[before[entry]]]), value,
                 lower=np.full(len(first), -np.inf), upper=np.zeros(len(first)))  # fmt: skip


def _floor_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, layout: Layout) -> None:
    """Append soft floors: JP of a person, people of a unit."""
    who, where = problem.options.employee[options], problem.options.offering[options]
    place = np.full(len(problem.people.ids), -1, dtype=np.int64)
    place[layout.floored] = np.arange(len(layout.floored))
    kept, at = place[who] >= 0, np.arange(len(layout.floored))
    rows.add(np.concatenate([place[who[kept]], at]), np.concatenate([options[kept], layout.hours + at]),
             np.concatenate([problem.classes.hours[where[kept]], np.ones(len(at))]),
             lower=problem.people.hours_floor[layout.floored], upper=np.full(len(at), np.inf))  # fmt: skip
    if not len(layout.units):
        return
    place[:] = -1
    place[layout.served] = np.arange(len(layout.served))
    kept, at = place[who] >= 0, np.arange(len(layout.served))
    rows.add(np.concatenate([place[who[kept]], at]), np.concatenate([options[kept], layout.person_served + at]),
             np.concatenate([-np.ones(int(kept.sum())), np.ones(len(at))]),
             lower=np.full(len(at), -np.inf), upper=np.zeros(len(at)))  # fmt: skip
    unit = np.searchsorted(layout.units, problem.people.unit[layout.served])
    short = np.arange(len(layout.units))
    rows.add(np.concatenate([unit, short]), np.concatenate([layout.person_served + at, layout.unit_short + short]),
             np.ones(len(at) + len(short)), lower=unit_goals(problem)[layout.units].astype(np.float64),
             upper=np.full(len(short), np.inf))  # fmt: skip


def _earmark_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, layout: Layout) -> None:
    """Append caps and soft floors of money for sets of trainings."""
    classes, cost = problem.classes, problem.options.cost
    for i, mark in enumerate(problem.rules.earmarks):
        own = options[np.isin(classes.training[problem.options.offering[options]], mark.trainings)]
        opened = np.flatnonzero(np.isin(classes.training, mark.trainings) & (classes.fixed_cost > 0))
        column = np.concatenate([own, layout.n_options + opened])
        value = np.concatenate([cost[own], classes.fixed_cost[opened]]) / MONEY_UNIT
        zero = np.zeros(len(column), dtype=np.int64)
        if mark.at_most is not None:
            rows.add(zero, column, value, lower=np.array([-np.inf]), upper=np.array([mark.at_most / MONEY_UNIT]))
        if mark.at_least:
            short = layout.money_short + int(np.searchsorted(layout.earmarks, i))
            rows.add(np.append(zero, 0), np.append(column, short), np.append(value, 1.0),
                     lower=np.array([mark.at_least / MONEY_UNIT]), upper=np.array([np.inf]))  # fmt: skip


def _cost_and_upper(layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Return what each column is worth, and its largest value."""
    cost = np.zeros(layout.width)
    cost[: layout.n_options] = option_values(layout.problem)
    cost[layout.hours : layout.unit_short] = -layout.problem.rules.hours_weight
    cost[layout.unit_short : layout.person_served] = -UNIT_FLOOR_WEIGHT
    cost[layout.money_short :] = -EARMARK_FLOOR_WEIGHT * MONEY_UNIT
    upper = np.full(layout.width, np.inf)
    upper[: layout.n_options] = layout.is_possible
    upper[layout.n_options : layout.hours] = 1.0
    upper[layout.person_served : layout.money_short] = 1.0
    return cost, upper


def build_program(layout: Layout) -> Program:
    """Build the program of a problem; options that no plan can hold are fixed at zero and stand in no row."""
    problem = layout.problem
    options = np.flatnonzero(layout.is_possible).astype(np.int64)
    rows = Rows()
    _line_rows(rows, problem, options, layout.n_options)
    _opening_rows(rows, problem, layout.n_options)
    _seat_rows(rows, problem, options, layout.n_options)
    _person_rows(rows, problem, options)
    _away_rows(rows, problem, options)
    _prerequisite_rows(rows, problem, options)
    _floor_rows(rows, problem, options, layout)
    _earmark_rows(rows, problem, options, layout)
    cost, upper = _cost_and_upper(layout)
    is_integer = np.zeros(layout.width, dtype=np.bool_)
    is_integer[: layout.hours] = True
    without = np.ones(len(problem.people.ids), dtype=np.bool_)
    without[layout.floored] = False
    row_lower, row_upper = rows.bounds()
    return Program(
        matrix=rows.matrix(layout.width),
        cost=cost,
        lower=np.zeros(layout.width),
        upper=upper,
        is_integer=is_integer,
        row_lower=row_lower,
        row_upper=row_upper,
        n_options=layout.n_options,
        constant=-problem.rules.hours_weight * float(problem.people.hours_floor[without].sum()),
    )
