"""What a solver answers: the chosen options with status, bound and prices."""

from dataclasses import dataclass
from enum import StrEnum

from training_catalog.columns import FloatArray, IndexArray, freeze


class Status(StrEnum):
    """How good an allocation is known to be."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within-gap"
    HEURISTIC = "heuristic"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A demand that cannot be met, with its shortfall.

    Parameters
    ----------
    code : ``budget``, ``earmark``, ``seats``, ``minimum-class``, ``already``, ``overlap``, ``topic``, ``hours-cap``,
        ``max-trainings``, ``away-share``, ``prerequisite``, ``no-offering``, ``not-eligible``, ``unit-floor`` or
        ``earmark-floor``.
    subject : What cannot be met, such as a training or a person.
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
    """

    chosen: IndexArray
    status: Status
    objective: float
    bound: float
    line_prices: FloatArray
    clashes: tuple[Clash, ...]
    stopped_by_clock: bool
    solver: str

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def gap(self) -> float:
        """Share by which a better plan could still beat this one; 0 when proved optimal."""
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / max(abs(self.bound), 1e-12)
