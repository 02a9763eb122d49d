"""The problem file of ``bangkom solve``: its shapes."""

from datetime import date

import msgspec

Rupiah = int
Share = float


class BudgetLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A budget line; `parent` is a line whose ceiling also holds this one's spending."""

    line: str
    amount: Rupiah
    parent: str | None = None


class Offering(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A class: `fixed_cost` is paid once by `line`, `seat_cost` by the line of each participant."""

    offering: str
    training: str | None = None
    line: str | None = None
    fixed_cost: Rupiah = 0
    seat_cost: Rupiah = 0
    min: int = 1
    max: int | None = None
    start: date | None = None
    end: date | None = None
    hours: float = 0.0
    away: bool = True


class Employee(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person; `line` pays for the person's options unless the option names another."""

    employee: str
    unit: str | None = None
    line: str | None = None
    hours_floor: float | None = 0.0
    hours_cap: float | None = None
    max_trainings: int | None = None


class Charge(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of an option's cost, on a line of its own."""

    line: str
    amount: Rupiah


class Option(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One person in one class; `charges` take the place of `cost` and `line`."""

    employee: str
    offering: str
    benefit: float
    cost: Rupiah = 0
    line: str | None = None
    charges: list[Charge] | None = None
    addresses: list[str] = []
    mandatory: bool = False
    pinned: bool = False


class Unit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Headcount of a unit; without it the listed employees are counted."""

    unit: str
    headcount: int


class Prerequisite(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`training` only after `requires`, in this plan."""

    training: str
    requires: str


class EarmarkRule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Money for, or limited to, some trainings."""

    name: str
    trainings: list[str]
    at_most: Rupiah | None = None
    at_least: Rupiah | None = None


class RuleSet(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Rules in force; every one has a default that switches it off."""

    away_share: Share | None = None
    hours_weight: float = 0.0
    unit_floor_share: Share | None = None
    reserve_share: Share = 0.0
    stability_weight: float | None = None
    prerequisites: list[Prerequisite] = []
    earmarks: list[EarmarkRule] = []


class Earlier(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """A choice of an earlier plan."""

    employee: str
    offering: str


class ProblemFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole problem."""

    budgets: list[BudgetLine]
    offerings: list[Offering]
    employees: list[Employee]
    options: list[Option]
    units: list[Unit] = []
    rules: RuleSet = msgspec.field(default_factory=RuleSet)
    previous: list[Earlier] | None = None
    time_limit: float = 60.0
    gap: float = 1e-4
    seed: int = 0
