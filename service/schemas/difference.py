"""Two plans side by side, as they go out over HTTP."""

import msgspec


class Move(msgspec.Struct, kw_only=True):
    """Where a person was, and where they are, and why; code and text are empty where that is not stored."""

    employee: str
    old: str | None
    new: str | None
    code: str
    text: str


class PlannedApart(msgspec.Struct, kw_only=True):
    """A budget line of which not the same is planned, in whole rupiah."""

    line: str
    name: str
    planned: list[int]


class ClosedApart(msgspec.Struct, kw_only=True):
    """A competency of which not the same is closed, in weighted levels."""

    competency: str
    closed: list[float]


class Difference(msgspec.Struct, kw_only=True):
    """Two plans side by side: the first figure is the plan's, the second the other's.

    Parameters
    ----------
    objective, benefit : Value of the plan with what its rules weigh, and levels closed.
    cost, people, assignments : Whole rupiah, people served, seats.
    missing_hours, people_short : JP below the floors in all, and people below theirs.
    units_left_out, least_served : Units of which nobody gets a class, and the smallest share served of the others.
    lines, gaps : What differs, the largest difference first.
    changes : Who moves from where to where.
    """

    objective: list[float]
    cost: list[int]
    people: list[int]
    assignments: list[int]
    benefit: list[float]
    missing_hours: list[float]
    people_short: list[int]
    units_left_out: list[int]
    least_served: list[float]
    lines: list[PlannedApart]
    gaps: list[ClosedApart]
    changes: list[Move]
