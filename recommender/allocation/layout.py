"""Which column of the program stands for what, and the points and parts that a choice makes of them."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.capacity import possible_options
from recommender.allocation.objective import unit_goals, worth
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import BoolArray, FloatArray, IndexArray

MONEY_UNIT = 1e6  # rupiah that one unit of a column of missing money stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each group of columns begins.

    Parameters
    ----------
    problem : The problem.
    is_possible : Options that some plan can hold.
    floored : People with an hours floor.
    units, served : Units with a goal, and their people with options.
    earmarks : Earmarks with a floor.
    """

    problem: AllocationProblem
    is_possible: BoolArray
    floored: IndexArray
    units: IndexArray
    served: IndexArray
    earmarks: IndexArray

    @property
    def n_options(self) -> int:
        """Columns of options: the first group."""
        return len(self.is_possible)

    @property
    def n_classes(self) -> int:
        """Columns of opened classes: the second group."""
        return len(self.problem.classes.ids)

    @property
    def hours(self) -> int:
        """First column of missing hours."""
        return self.n_options + self.n_classes

    @property
    def unit_short(self) -> int:
        """First column of people short in a unit."""
        return self.hours + len(self.floored)

    @property
    def person_served(self) -> int:
        """First column of people served."""
        return self.unit_short + len(self.units)

    @property
    def money_short(self) -> int:
        """First column of missing money."""
        return self.person_served + len(self.served)

    @property
    def width(self) -> int:
        """Columns in all."""
        return self.money_short + len(self.earmarks)

    def point(self, chosen: IndexArray) -> FloatArray:
        """Return the point that a choice stands for; shape (width,)."""
        value = worth(self.problem, chosen)
        options = self.problem.options
        point = np.zeros(self.width)
        point[chosen] = 1.0
        point[self.n_options + np.unique(options.offering[chosen])] = 1.0
        point[self.hours : self.unit_short] = value.missing_hours[self.floored]
        point[self.unit_short : self.person_served] = value.short_people[self.units]
        point[self.person_served : self.money_short] = np.isin(self.served, options.employee[chosen])
        point[self.money_short :] = np.array(value.missing_money, dtype=np.float64)[self.earmarks] / MONEY_UNIT
        return point

    def free(self, people: IndexArray, chosen: IndexArray) -> IndexArray:
        """Return the columns that move when some people choose anew: theirs, and classes nobody else sits in."""
        options = self.problem.options
        is_free = np.zeros(len(self.problem.people.ids), dtype=np.bool_)
        is_free[people] = True
        rows = np.flatnonzero(self.is_possible & is_free[options.employee])
        others = options.offering[chosen[~is_free[options.employee[chosen]]]]
        classes = np.setdiff1d(options.offering[rows], others)
        return np.concatenate([
            rows,
            self.n_options + classes,
            self.hours + np.flatnonzero(is_free[self.floored]),
            np.arange(self.unit_short, self.person_served),
            self.person_served + np.flatnonzero(is_free[self.served]),
            np.arange(self.money_short, self.width),
        ]).astype(np.int64)  # fmt: skip


def layout_of(problem: AllocationProblem) -> Layout:
    """Lay out the columns of a problem."""
    people, is_possible = problem.people, possible_options(problem)
    with_options = np.unique(problem.options.employee[is_possible])
    units = np.flatnonzero(unit_goals(problem) > 0)
    return Layout(
        problem=problem,
        is_possible=is_possible,
        floored=with_options[people.hours_floor[with_options] > 0] if problem.rules.hours_weight else with_options[:0],
        units=units,
        served=with_options[np.isin(people.unit[with_options], units)],
        earmarks=np.flatnonzero([bool(mark.at_least) for mark in problem.rules.earmarks]).astype(np.int64),
    )
