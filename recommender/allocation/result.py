"""What a solver answers: the chosen options with status, bound and prices."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from training_catalog.columns import DateArray, FloatArray, IndexArray, freeze


class Status(StrEnum):
    """How good an allocation is known to be."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within-gap"
    HEURISTIC = "heuristic"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A demand that is not met, with its shortfall.

    Parameters
    ----------
    code : ``budget``, ``earmark``, ``seats``, ``minimum-class``, ``already``, ``overlap``, ``topic``, ``hours-cap``,
        ``max-trainings``, ``away-share``, ``prerequisite``, ``no-offering``, ``not-eligible``, ``unit-floor`` or
        ``earmark-floor``.
    subject : What is not met, such as a training or a person.
    limit : The limit in the way, such as a line or an offering.
    needed, available : In the unit of the limit: rupiah, seats, JP or people.
    people : Ids of those left out because of it.
    """

    code: str
    subject: str
    limit: str
    needed: int
    available: int
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices that prove a bound, in levels for one unit of each limit; see `certificate.dual_bound`.

    Parameters
    ----------
    lines, openings : shape (n_lines,), for a rupiah of the line, and of what it spends on opening classes.
    caps, floors : shape (n_earmarks,), for a rupiah up to the cap, and below the floor.
    away_unit, away_day, away : For a person of a unit away on a day.
    cover_bounds, cover_class, covers : Sets of classes of which a demand opens one, and the price of each.
    seats, fewest : shape (n_classes,), for a seat, and for a person towards the class's minimum.
    units : shape (n_units,), for a person served towards the unit's share.
    opener, opened, openers : What a person pays towards opening a class.
    """

    lines: FloatArray
    openings: FloatArray
    caps: FloatArray
    floors: FloatArray
    away_unit: IndexArray
    away_day: DateArray
    away: FloatArray
    cover_bounds: IndexArray
    cover_class: IndexArray
    covers: FloatArray
    seats: FloatArray
    fewest: FloatArray
    units: FloatArray
    opener: IndexArray
    opened: IndexArray
    openers: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Chosen options.

    Parameters
    ----------
    chosen : Indices of options, ascending.
    status : How good it is known to be; ``infeasible`` when a mandatory or pinned demand is not met, and the
        choice is then the nearest plan.
    objective : Value of the choice: benefit, less hours missing, plus stability.
    bound : No plan is worth more; infinite when none was proved.
    line_prices : shape (n_lines,): benefit one more rupiah on the line would buy, near this plan.
    clashes : Demands not met, mandatory and pinned first.
    stopped_by_clock : Whether the time limit ended the search, so that another run may answer otherwise.
    solver : Name and version of what answered, with the method.
    is_unmet_proved : Whether it is proved that no plan meets more of the pinned and mandatory demands.
    prices : Prices written beside the plan, from which anybody can recompute `price_bound`; None for none.
    price_bound : What the prices prove; `bound` is lower where the solver proved more.
    """

    chosen: IndexArray
    status: Status
    objective: float
    bound: float
    line_prices: FloatArray
    clashes: tuple[Clash, ...]
    stopped_by_clock: bool
    solver: str
    is_unmet_proved: bool = True
    prices: Prices | None = None
    price_bound: float = np.inf

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def gap(self) -> float:
        """Share by which a better plan could still beat this one; 0 when proved optimal."""
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / max(abs(self.bound), 1e-12)
