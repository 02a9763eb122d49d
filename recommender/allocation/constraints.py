"""The problem as rows of a mixed-integer program, built from columns without a loop over people."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.capacity import (
    away_limits,
    capped_earmarks,
    class_loads,
    line_caps,
    option_loads,
    possible_options,
    spans,
    topics_of,
)
from recommender.allocation.intervals import crowded_moments
from recommender.allocation.objective import EARMARK_FLOOR_WEIGHT, UNIT_FLOOR_WEIGHT, option_values, unit_goals, worth
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.program import Program, Rows
from training_catalog.columns import BoolArray, FloatArray, IndexArray, join_groups

LARGE = 1e4  # coefficients above this are scaled down, so that the solver's tolerance stays below one unit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where each group of columns begins."""

    n_options: int
    n_classes: int
    floored: IndexArray  # people with an hours floor
    units: IndexArray  # units with a goal
    served: IndexArray  # people of those units with options
    earmarks: IndexArray  # earmarks with a floor

    @property
    def hours(self) -> int:
        return self.n_options + self.n_classes

    @property
    def unit_short(self) -> int:
        return self.hours + len(self.floored)

    @property
    def person_served(self) -> int:
        return self.unit_short + len(self.units)

    @property
    def money_short(self) -> int:
        return self.person_served + len(self.served)

    @property
    def width(self) -> int:
        return self.money_short + len(self.earmarks)


def _layout(problem: AllocationProblem, is_possible: BoolArray) -> _Layout:
    people = problem.people
    with_options = np.unique(problem.options.employee[is_possible])
    floored = with_options[people.hours_floor[with_options] > 0] if problem.rules.hours_weight else with_options[:0]
    units = np.flatnonzero(unit_goals(problem) > 0)
    return _Layout(
        n_options=len(problem.options.employee),
        n_classes=len(problem.classes.ids),
        floored=floored,
        units=units,
        served=with_options[np.isin(people.unit[with_options], units)],
        earmarks=np.flatnonzero([bool(mark.at_least) for mark in problem.rules.earmarks]).astype(np.int64),
    )


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
        rows.price(np.array([i]), unit * scale)
        rows.add(np.zeros(len(coefficient), dtype=np.int64), column[part], coefficient / scale,
                 lower=np.array([-np.inf]), upper=np.array([cap / scale]))  # fmt: skip


def _seat_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, n_options: int) -> None:
    """Append seats: at most the class's seats when open, at least its minimum."""
    classes, offering = problem.classes, problem.options.offering[options]
    used = np.unique(offering)
    number = np.searchsorted(used, offering)
    wanted = np.bincount(number, minlength=len(used))
    most = np.minimum(classes.seats_max[used], wanted).astype(np.float64)
    ones, at = np.ones(len(options)), np.arange(len(used))
    rows.price(len(problem.lines.ids) + len(capped_earmarks(problem)) + used)
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


def _floor_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, layout: _Layout) -> None:
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


def _earmark_rows(rows: Rows, problem: AllocationProblem, options: IndexArray, layout: _Layout) -> None:
    """Append caps and soft floors of money for sets of trainings, in units of 10^6 rupiah."""
    million = 1e6
    classes, cost = problem.classes, problem.options.cost
    for i, mark in enumerate(problem.rules.earmarks):
        own = options[np.isin(classes.training[problem.options.offering[options]], mark.trainings)]
        opened = np.flatnonzero(np.isin(classes.training, mark.trainings) & (classes.fixed_cost > 0))
        column = np.concatenate([own, layout.n_options + opened])
        value = np.concatenate([cost[own], classes.fixed_cost[opened]]) / million
        zero = np.zeros(len(column), dtype=np.int64)
        if mark.at_most is not None:
            rows.price(np.array([len(problem.lines.ids) + capped_earmarks(problem).index(i)]), million)
            rows.add(zero, column, value, lower=np.array([-np.inf]), upper=np.array([mark.at_most / million]))
        if mark.at_least:
            short = layout.money_short + int(np.searchsorted(layout.earmarks, i))
            rows.add(np.append(zero, 0), np.append(column, short), np.append(value, 1.0),
                     lower=np.array([mark.at_least / million]), upper=np.array([np.inf]))  # fmt: skip


def _cost_and_upper(
    problem: AllocationProblem, layout: _Layout, is_possible: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return what each column is worth, and its largest value."""
    cost = np.zeros(layout.width)
    cost[: layout.n_options] = option_values(problem)
    cost[layout.hours : layout.unit_short] = -problem.rules.hours_weight
    cost[layout.unit_short : layout.person_served] = -UNIT_FLOOR_WEIGHT
    cost[layout.money_short :] = -EARMARK_FLOOR_WEIGHT * 1e6
    upper = np.full(layout.width, np.inf)
    upper[: layout.n_options] = is_possible
    upper[layout.n_options : layout.hours] = 1.0
    upper[layout.person_served : layout.money_short] = 1.0
    return cost, upper


def build_program(problem: AllocationProblem) -> Program:
    """Build the program of a problem; options that no plan can hold are fixed at zero and stand in no row."""
    is_possible = possible_options(problem)
    options = np.flatnonzero(is_possible).astype(np.int64)
    layout = _layout(problem, is_possible)
    rows = Rows()
    _line_rows(rows, problem, options, layout.n_options)
    _seat_rows(rows, problem, options, layout.n_options)
    _person_rows(rows, problem, options)
    _away_rows(rows, problem, options)
    _prerequisite_rows(rows, problem, options)
    _floor_rows(rows, problem, options, layout)
    _earmark_rows(rows, problem, options, layout)
    cost, upper = _cost_and_upper(problem, layout, is_possible)
    is_integer = np.zeros(layout.width, dtype=np.bool_)
    is_integer[: layout.hours] = True
    without = np.ones(len(problem.people.ids), dtype=np.bool_)
    without[layout.floored] = False
    row_lower, row_upper = rows.bounds()
    priced_row, priced_slot, priced_unit = rows.priced()
    return Program(
        matrix=rows.matrix(layout.width),
        cost=cost,
        lower=np.zeros(layout.width),
        upper=upper,
        is_integer=is_integer,
        row_lower=row_lower,
        row_upper=row_upper,
        n_options=layout.n_options,
        n_classes=layout.n_classes,
        constant=-problem.rules.hours_weight * float(problem.people.hours_floor[without].sum()),
        priced_row=priced_row,
        priced_slot=priced_slot,
        priced_unit=priced_unit,
    )


def as_point(problem: AllocationProblem, chosen: IndexArray) -> FloatArray:
    """Return the point of `build_program`'s columns that a choice stands for."""
    layout = _layout(problem, possible_options(problem))
    value = worth(problem, chosen)
    point = np.zeros(layout.width)
    point[chosen] = 1.0
    point[layout.n_options + np.unique(problem.options.offering[chosen])] = 1.0
    point[layout.hours : layout.unit_short] = value.missing_hours[layout.floored]
    point[layout.unit_short : layout.person_served] = value.short_people[layout.units]
    point[layout.person_served : layout.money_short] = np.isin(layout.served, problem.options.employee[chosen])
    point[layout.money_short :] = np.array(value.missing_money, dtype=np.float64)[layout.earmarks] / 1e6
    return point


def free_columns(problem: AllocationProblem, people: IndexArray, chosen: IndexArray) -> IndexArray:
    """Return the columns that move when some people choose anew: theirs, and classes nobody else sits in."""
    is_possible = possible_options(problem)
    layout = _layout(problem, is_possible)
    is_free = np.zeros(len(problem.people.ids), dtype=np.bool_)
    is_free[people] = True
    options = np.flatnonzero(is_possible & is_free[problem.options.employee])
    others = problem.options.offering[chosen[~is_free[problem.options.employee[chosen]]]]
    classes = np.setdiff1d(np.unique(problem.options.offering[options]), others)
    return np.concatenate(
        [
            options,
            layout.n_options + classes,
            layout.hours + np.flatnonzero(is_free[layout.floored]),
            np.arange(layout.unit_short, layout.person_served),
            layout.person_served + np.flatnonzero(is_free[layout.served]),
            np.arange(layout.money_short, layout.width),
        ]
    ).astype(np.int64)
