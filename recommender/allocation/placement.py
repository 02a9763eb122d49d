"""A plan being filled option by option: what still fits, and which limit is in the way. Plain integers throughout.

The greedy rule, the exchange of equal options and the reasons for unmet needs all ask this one state.
"""

from array import array
from copy import copy
from itertools import pairwise

import numpy as np

from recommender.allocation.capacity import (
    away_limits,
    class_loads,
    exceeds,
    line_caps,
    option_loads,
    possible_options,
    spans,
    topics_of,
)
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import BoolArray, IndexArray, IntArray

FITS = ""
HOURS_TOLERANCE = 1e-9  # JP


def _rows(indptr: IntArray, values: IntArray) -> list[tuple[int, ...]]:
    """Split a CSR column into plain tuples, several times faster to walk one option at a time; equal ones are one."""
    seen: dict[bytes, tuple[int, ...]] = {}
    flat, bounds, width = values.tobytes(), indptr.tolist(), values.itemsize
    rows = []
    for begin, end in pairwise(bounds):
        key = flat[begin * width : end * width]
        if key not in seen:
            seen[key] = tuple(values[begin:end].tolist())
        rows.append(seen[key])
    return rows


def _numbers(column: IntArray) -> "array[int]":
    """Return a long column as plain integers that are made when one is read."""
    return array("q", column.astype(np.int64).tobytes())


class Placement:
    """Seats, money, hours and days as they are being given away.

    Parameters
    ----------
    problem : What may be chosen.

    Notes
    -----
    A class's minimum is not checked on the way: `short_classes` lists classes that are open below it.
    """

    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        options, classes, people = problem.options, problem.classes, problem.people
        self.is_possible: list[bool] = possible_options(problem).tolist()
        loads, fixed = option_loads(problem), class_loads(problem)
        self._all_loads = loads
        self._lines, self._loads = _rows(loads.indptr, loads.indices), _rows(loads.indptr, loads.data)
        self._class_lines, self._class_loads = _rows(fixed.indptr, fixed.indices), _rows(fixed.indptr, fixed.data)
        self._employee, self._offering = _numbers(options.employee), _numbers(options.offering)
        self._training: list[int] = classes.training.tolist()
        self._hours: list[float] = classes.hours.tolist()
        self._seats: list[int] = classes.seats_max.tolist()
        start, end = spans(problem)
        self._start, self._end = start.tolist(), end.tolist()
        self._is_away: list[bool] = classes.is_away.tolist()
        self._unit: list[int] = people.unit.tolist()
        self._cap: list[float] = people.hours_cap.tolist()
        self._most: list[int] = people.max_trainings.tolist()
        option, topic = topics_of(problem)
        bounds = np.searchsorted(option, np.arange(len(options.employee) + 1))
        self._topics = _rows(bounds, topic)
        self._requires: dict[int, list[int]] = {}
        for training, required in problem.rules.prerequisites:
            self._requires.setdefault(training, []).append(required)
        self._fixed_cost, self._cost = classes.fixed_cost.tolist(), _numbers(options.cost)
        self._caps: list[int] = line_caps(problem).tolist()
        self.capped = [mark for mark in problem.rules.earmarks if mark.at_most is not None]
        self._earmark_caps = [int(mark.at_most or 0) for mark in self.capped]
        self._earmarks: dict[int, list[int]] = {}
        for i, mark in enumerate(self.capped):
            for training in mark.trainings:
                self._earmarks.setdefault(training, []).append(i)
        self._empty()

    def fresh(self, chosen: IndexArray | None = None) -> "Placement":
        """Return a placement of the same problem that holds a choice which keeps every limit, or nothing.

        What never changes is shared, for it is slow to lay out.
        """
        other = copy(self)
        other._empty()  # noqa: SLF001 (its own class)
        for option in () if chosen is None else chosen.tolist():
            other.add(option)
        return other

    def _empty(self) -> None:
        """Give everything back."""
        self.left = list(self._caps)
        self.earmark_left = list(self._earmark_caps)
        self._start_days()
        self.taken = [0] * len(self.problem.classes.ids)
        self.hours = [0.0] * len(self.problem.people.ids)
        self.own: list[list[int]] = [[] for _ in self.problem.people.ids]
        self.chosen: set[int] = set()

    def _start_days(self) -> None:
        limits = away_limits(self.problem)
        dated = [(s, e) for s, e in zip(self._start, self._end, strict=True) if e >= s]
        self._first_day = min((s for s, _ in dated), default=0)
        n_days = max((e for _, e in dated), default=-1) - self._first_day + 1
        self._away_limit: list[int] | None = None if limits is None or n_days < 1 else limits.tolist()
        n_units = len(self.problem.people.unit_ids) if self._away_limit is not None else 0
        self._away = np.zeros((n_units, max(n_days, 1)), dtype=np.int32)

    def _opening(self, option: int) -> bool:
        return self.taken[self._offering[option]] == 0

    def _need(self, option: int) -> dict[int, int]:
        """Return the rupiah that an option takes from each line, with the fixed cost where it opens the class."""
        need = dict(zip(self._lines[option], self._loads[option], strict=True))
        offering = self._offering[option]
        if self._opening(option):
            for line, load in zip(self._class_lines[offering], self._class_loads[offering], strict=True):
                need[line] = need.get(line, 0) + load
        return need

    def _money_is_short(self, option: int) -> tuple[str, int]:
        """Return ``budget`` and the line that lacks money (-1: none pays the class), or an earmark; else FITS."""
        if self._lacks_payer(option):
            return "budget", -1
        for line, load in self._need(option).items():
            if load > self.left[line]:
                return "budget", line
        for mark in self._earmarks.get(self._training[self._offering[option]], ()):
            if self._spend(option) > self.earmark_left[mark]:
                return "earmark", mark
        return FITS, -1

    def _spend(self, option: int) -> int:
        """Whole cost of adding an option, with the fixed cost where it opens the class."""
        return self._cost[option] + (self._fixed_cost[self._offering[option]] if self._opening(option) else 0)

    def _lacks_payer(self, option: int) -> bool:
        """Return whether the option would open a class whose fixed cost no line pays."""
        offering = self._offering[option]
        return self._opening(option) and self._fixed_cost[offering] > 0 and not self._class_lines[offering]

    def short_of(
        self, options: list[int], *, is_open: bool = False
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return the lines, and the earmarks, that lack money for options of one class together, with the rupiah.

        Parameters
        ----------
        options : Options of one class; where it is closed its fixed cost is paid with them.
        is_open : Whether to count as if that were paid.
        """
        need, spend = dict[int, int](), 0
        if not is_open and self._opening(options[0]):
            offering = self._offering[options[0]]
            spend = self._fixed_cost[offering]
            need = dict(zip(self._class_lines[offering], self._class_loads[offering], strict=True))
        for option in options:
            spend += self._cost[option]
            for line, load in zip(self._lines[option], self._loads[option], strict=True):
                need[line] = need.get(line, 0) + load
        marks = self._earmarks.get(self._training[self._offering[options[0]]], ())
        lines = [(line, load - self.left[line]) for line, load in need.items() if load > self.left[line]]
        return lines, [(mark, spend - self.earmark_left[mark]) for mark in marks if spend > self.earmark_left[mark]]

    def _clash_with_own(self, option: int) -> tuple[str, int]:
        """Return what the person's other choices rule out: the code and the other option."""
        offering = self._offering[option]
        start, end, training = self._start[offering], self._end[offering], self._training[offering]
        topics = self._topics[option]
        for other in self.own[self._employee[option]]:
            there = self._offering[other]
            if self._training[there] == training:
                return "already", other
            if (
                end >= start
                and self._end[there] >= self._start[there]
                and start <= self._end[there]
                and end >= self._start[there]
            ):
                return "overlap", other
            if topics and not set(topics).isdisjoint(self._topics[other]):
                return "topic", other
        return FITS, -1

    def _lacks_prerequisite(self, option: int) -> bool:
        training = self._training[self._offering[option]]
        required = self._requires.get(training)
        if not required or (self._employee[option], training) in self.problem.rules.waived:
            return False
        here = self._offering[option]
        mine = [self._offering[other] for other in self.own[self._employee[option]]]
        before = {self._training[there] for there in mine if self._can_precede(there, here)}
        return not before.issuperset(required)

    def _can_precede(self, earlier: int, later: int) -> bool:
        """Return whether a class ends before another starts; without dates any order will do."""
        is_undated = self._end[earlier] < self._start[earlier] or self._end[later] < self._start[later]
        return is_undated or self._end[earlier] < self._start[later]

    def _unit_is_short(self, option: int) -> bool:
        offering = self._offering[option]
        unit = self._unit[self._employee[option]]
        if self._away_limit is None or unit < 0 or not self._is_away[offering]:
            return False
        first = self._start[offering] - self._first_day
        last = self._end[offering] - self._first_day
        return last >= first and int(self._away[unit, first : last + 1].max()) >= self._away_limit[unit]

    def blocked_by(self, option: int) -> tuple[str, int]:
        """Return the first limit in the way of an option, and what it is about; FITS when there is none.

        Returns
        -------
        code : ``already``, ``overlap``, ``topic`` (with the other option), ``max-trainings``, ``hours-cap``,
            ``prerequisite``, ``away-share``, ``seats`` (with the class), ``budget`` (with the line; -1 when no line
            pays for opening the class), ``earmark``.
        subject : Index of what it is about; -1 for the person.
        """
        employee, offering = self._employee[option], self._offering[option]
        code, subject = self._clash_with_own(option)
        if code:
            return code, subject
        too_long = self.hours[employee] + self._hours[offering] > self._cap[employee] + HOURS_TOLERANCE
        if len(self.own[employee]) >= self._most[employee] or too_long:
            return ("hours-cap" if too_long else "max-trainings"), -1
        if self.taken[offering] >= self._seats[offering]:
            return "seats", offering
        if self._lacks_prerequisite(option):
            return "prerequisite", -1
        return ("away-share", -1) if self._unit_is_short(option) else self._money_is_short(option)

    def fits(self, option: int) -> bool:
        """Return whether an option can be added without breaking a limit."""
        return self.is_possible[option] and option not in self.chosen and self.blocked_by(option)[0] == FITS

    def with_room(self) -> BoolArray:
        """Return options that seats, hours and money may still allow; adding others never allows more.

        Returns
        -------
        shape (n_options,); one that is left out does not fit, one that is not may do.
        """
        options, people = self.problem.options, self.problem.people
        hours = np.array(self.hours)
        has_time = np.array([len(own) for own in self.own], dtype=np.int64) < people.max_trainings
        has_seat = np.array(self.taken, dtype=np.int64) < self.problem.classes.seats_max
        who, where = options.employee, options.offering
        too_long = hours[who] + self.problem.classes.hours[where] > people.hours_cap[who] + HOURS_TOLERANCE
        short = exceeds(self._all_loads, np.array(self.left, dtype=np.int64))
        return has_time[who] & has_seat[where] & ~too_long & ~short

    def add(self, option: int) -> None:
        """Add an option that fits."""
        self._book(option, 1)
        self.chosen.add(option)
        self.own[self._employee[option]].append(option)

    def remove(self, option: int) -> None:
        """Take an option out again."""
        self.chosen.remove(option)
        self.own[self._employee[option]].remove(option)
        self._book(option, -1)

    def _book(self, option: int, sign: int) -> None:
        employee, offering = self._employee[option], self._offering[option]
        moves_class = self.taken[offering] == (0 if sign > 0 else 1)
        for line, load in zip(self._lines[option], self._loads[option], strict=True):
            self.left[line] -= sign * load
        if moves_class:
            for line, load in zip(self._class_lines[offering], self._class_loads[offering], strict=True):
                self.left[line] -= sign * load
        for mark in self._earmarks.get(self._training[offering], ()):
            self.earmark_left[mark] -= sign * (self._cost[option] + (self._fixed_cost[offering] if moves_class else 0))
        self.taken[offering] += sign
        self.hours[employee] += sign * self._hours[offering]
        unit = self._unit[employee]
        if self._away_limit is not None and unit >= 0 and self._is_away[offering]:
            first, last = self._start[offering] - self._first_day, self._end[offering] - self._first_day
            if last >= first:
                self._away[unit, first : last + 1] += sign

    def short_classes(self) -> set[int]:
        """Return classes that are open below their minimum."""
        least = self.problem.classes.seats_min.tolist()
        return {o for o, taken in enumerate(self.taken) if 0 < taken < least[o]}

    def waits_on(self, option: int) -> list[int]:
        """Return the person's other choices that need this one as a prerequisite."""
        training = self._training[self._offering[option]]
        own = self.own[self._employee[option]]
        return [
            other
            for other in own
            if training in self._requires.get(self._training[self._offering[other]], ())
            and (self._employee[other], self._training[self._offering[other]]) not in self.problem.rules.waived
        ]

    def in_classes(self, offerings: set[int]) -> list[int]:
        """Return the chosen options of some classes, ascending."""
        return sorted(option for option in self.chosen if self._offering[option] in offerings)

    def as_array(self) -> IndexArray:
        """Return the chosen options, ascending."""
        return np.array(sorted(self.chosen), dtype=np.int64)
