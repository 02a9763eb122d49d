"""The allocation problem as columns: options, offerings, people, lines, and the rules in force.

Rows are in canonical order (employees, offerings and lines by id; options by employee, then offering, then
the line that pays), so the order in which a caller listed them changes nothing.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from training_catalog.columns import BoolArray, DateArray, FloatArray, IndexArray, TextArray, check_lengths, freeze

Money = NDArray[np.int64]  # whole rupiah
NO_HOURS_CAP = np.inf
NO_LIMIT = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Budget lines.

    Parameters
    ----------
    ids : shape (n_lines,), ascending.
    amount : What may still be planned, in whole rupiah (ceiling less reserved and spent).
    parent : Index of the line whose ceiling also holds this one's spending; -1 for none.
    """

    ids: TextArray
    amount: Money
    parent: IndexArray

    def __post_init__(self) -> None:
        check_lengths("lines", len(self.ids), amount=self.amount, parent=self.parent)
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who may be chosen.

    Parameters
    ----------
    ids : shape (n_people,), ascending.
    unit : Index into `unit_ids`; -1 for none.
    unit_ids : shape (n_units,), ascending.
    unit_headcount : People in each unit, also those without options; share of people away counts against it.
    hours_floor : JP wanted this year beyond what is already taken; 0 for none. Soft.
    hours_cap : JP still allowed this year; infinite for none. Hard.
    max_trainings : Most trainings this year.
    """

    ids: TextArray
    unit: IndexArray
    unit_ids: TextArray
    unit_headcount: IndexArray
    hours_floor: FloatArray
    hours_cap: FloatArray
    max_trainings: IndexArray

    def __post_init__(self) -> None:
        check_lengths(
            "people", len(self.ids), unit=self.unit, hours_floor=self.hours_floor, hours_cap=self.hours_cap,
            max_trainings=self.max_trainings,
        )  # fmt: skip
        check_lengths("units", len(self.unit_ids), unit_headcount=self.unit_headcount)
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Offerings that may be opened.

    Parameters
    ----------
    ids : shape (n_offerings,), ascending.
    training : Index into `training_ids`.
    training_ids : shape (n_trainings,), ascending.
    fixed_cost : Paid once when the class opens, in whole rupiah.
    line : Line that pays the fixed cost; -1 when there is none to pay.
    seats_min, seats_max : Fewest participants with which it opens, and seats.
    start, end : Days, both included; NaT when it has no dates.
    hours : JP that a participant is credited with.
    is_away : Whether a participant is away from the unit on its days.
    """

    ids: TextArray
    training: IndexArray
    training_ids: TextArray
    fixed_cost: Money
    line: IndexArray
    seats_min: IndexArray
    seats_max: IndexArray
    start: DateArray
    end: DateArray
    hours: FloatArray
    is_away: BoolArray

    def __post_init__(self) -> None:
        check_lengths(
            "offerings", len(self.ids), training=self.training, fixed_cost=self.fixed_cost, line=self.line,
            seats_min=self.seats_min, seats_max=self.seats_max, start=self.start, end=self.end, hours=self.hours,
            is_away=self.is_away,
        )  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One person in one offering.

    Parameters
    ----------
    employee, offering : Indices.
    benefit : Expected deficit closed, in weighted levels; may be zero, never negative or missing.
    charges : CSR (n_options, n_lines), int64 rupiah: what this choice costs and which lines pay.
    is_mandatory : The (person, training) must be met by one of its options.
    is_pinned : The (person, class) was chosen by the planner; one of its options must be in the plan.
    was_chosen : In the earlier plan.
    addresses : CSR (n_options, n_topics), bool: what the option works on, such as a competency's deficit;
        a person gets at most one option for each topic. Zero columns where the rule is not wanted.
    """

    employee: IndexArray
    offering: IndexArray
    benefit: FloatArray
    charges: csr_array
    is_mandatory: BoolArray
    is_pinned: BoolArray
    was_chosen: BoolArray
    addresses: csr_array

    def __post_init__(self) -> None:
        check_lengths(
            "options", len(self.employee), offering=self.offering, benefit=self.benefit,
            is_mandatory=self.is_mandatory, is_pinned=self.is_pinned, was_chosen=self.was_chosen,
        )  # fmt: skip
        freeze(self)

    @property
    def cost(self) -> Money:
        """What each option costs in all, in whole rupiah; shape (n_options,)."""
        bounds = self.charges.indptr
        running = np.concatenate([[0], np.cumsum(self.charges.data, dtype=np.int64)])
        cost: Money = running[bounds[1:]] - running[bounds[:-1]]
        return cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Earmark:
    """Money for, or limited to, a set of trainings.

    Parameters
    ----------
    name : Name shown in reports.
    trainings : Indices into `Classes.training_ids`.
    at_most, at_least : Whole rupiah spent on them, fixed costs included; None for no limit. The floor is soft.
    """

    name: str
    trainings: tuple[int, ...]
    at_most: int | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Rules of one plan.

    Parameters
    ----------
    away_share : Most of a unit's people away on one day, as a share of its headcount (at least one person
        may always go); None for no limit.
    hours_weight : Benefit lost for each JP below a person's floor.
    unit_floor_share : Share of each unit's people with options that should get a training; None for none. Soft.
    reserve_share : Share of each line kept back.
    stability_weight : Benefit added for keeping a choice of the earlier plan.
    prerequisites : (training, required training) pairs: the first only after the second has ended, in this plan
        (a requirement that the past already met is not listed for anybody: see `waived`); where one of the two
        classes has no dates, any order will do.
    waived : (employee, training) pairs whose prerequisites the past already met.
    earmarks : Caps and floors on sets of trainings.
    """

    away_share: float | None = None
    hours_weight: float = 0.0
    unit_floor_share: float | None = None
    reserve_share: float = 0.0
    stability_weight: float = 0.0
    prerequisites: tuple[tuple[int, int], ...] = ()
    waived: frozenset[tuple[int, int]] = frozenset()
    earmarks: tuple[Earmark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProblem:
    """Everything a solver may know."""

    lines: Lines
    people: People
    classes: Classes
    options: Options
    rules: Rules = field(default_factory=Rules)
