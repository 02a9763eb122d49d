"""The plan: an allocation one can sign, with lines, classes, people, gaps before and after, and provenance."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Allocation

ASSIGNMENT_COLUMNS = (
    "employee", "unit", "offering", "training", "mode", "start", "end", "hours", "fee", "travel", "cost",
    "fee_line", "travel_line", "benefit", "low", "high", "completion", "competencies", "mandatory", "pinned",
)  # fmt: skip
LINE_COLUMNS = (
    "line", "name", "unit", "account", "funding_source", "parent", "amount", "reserved", "spent", "planned",
    "reserve", "free", "price",
)  # fmt: skip
OFFERING_COLUMNS = (
    "offering", "training", "mode", "start", "end", "city", "province", "opened", "seats_min", "seats", "taken",
    "wanted", "fixed_cost", "line", "code",
)  # fmt: skip
UNMET_COLUMNS = (
    "employee", "unit", "code", "training", "offering", "benefit", "needs", "limit", "cutoff", "instead",
    "next_offering", "next_start", "next_code",
)  # fmt: skip
GAP_COLUMNS = ("unit", "competency", "n_people", "before", "closed", "after")
PERSON_COLUMNS = (
    "employee", "unit", "employment_type", "sex", "age_band", "need", "closed", "n_trainings", "hours_taken",
    "hours_planned", "hours_floor", "hours_cap",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """Totals of a plan.

    Parameters
    ----------
    status : ``optimal``, ``within-gap``, ``heuristic`` or ``infeasible``.
    objective, bound, gap : Value of the plan, proven upper bound of plans that keep as many earlier choices, and the
        share between them; what keeping a choice counts for is in none of them.
    benefit : Expected deficit closed, in weighted levels.
    cost : Whole rupiah: seats, travel and fixed cost of opened classes.
    assignments, people : Seats taken and people served.
    kept : Seats that an earlier plan had as well, where keeping them counted.
    """

    status: str
    objective: float
    bound: float
    gap: float
    benefit: float
    cost: int
    assignments: int
    people: int
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a plan comes from, enough to make it again.

    Parameters
    ----------
    on, year : As-of day and plan year.
    catalog, workforce, policy : Content versions.
    model, model_state, verdict : Model id, ``model`` or ``rule``, and the verdict's words.
    solver, seed, seconds, stopped_by_clock : Who solved it and whether the clock ended it.
    tie_rule : How equal plans are told apart.
    rules : The whole policy as JSON, so that the plan can be made again.
    """

    on: date
    year: int
    catalog: str
    workforce: str
    policy: str
    model: str
    model_state: str
    verdict: str
    solver: str
    seed: int
    seconds: float
    stopped_by_clock: bool
    tie_rule: str
    rules: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What anybody needs to recount a plan: the problem, and the choice with its prices."""

    problem: AllocationProblem
    allocation: Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan somebody can sign.

    Parameters
    ----------
    totals, provenance : As above.
    assignments : One row a seat, columns `ASSIGNMENT_COLUMNS`, by employee, then offering.
    lines : One row a budget line, columns `LINE_COLUMNS`: planned + reserve + free = amount - reserved - spent;
        price is the benefit that one more million rupiah would buy.
    offerings : One row a class that could open, columns `OFFERING_COLUMNS`; code says why it did not.
    unmet : One row a person with a need and nothing chosen, columns `UNMET_COLUMNS`.
    gaps : Weighted levels by unit and competency before and after, columns `GAP_COLUMNS`.
    people : One row a person, columns `PERSON_COLUMNS`.
    clashes : Demands that could not be met: code, subject, limit, needed, available, people.
    violations : What the recount found; empty when the plan keeps every rule.
    warnings : Stable code and subject of what the planner should know, such as prices missing.
    proof : What it is recounted from; None where it was not asked for, or is gone.
    """

    totals: PlanTotals
    provenance: Provenance
    assignments: pd.DataFrame
    lines: pd.DataFrame
    offerings: pd.DataFrame
    unmet: pd.DataFrame
    gaps: pd.DataFrame
    people: pd.DataFrame
    clashes: pd.DataFrame
    violations: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = field(default=())
    proof: Proof | None = field(default=None, compare=False, repr=False)

    @property
    def is_sound(self) -> bool:
        """Whether the recount agrees and every demand is met, so that somebody may sign it."""
        return not self.violations and self.totals.status != "infeasible"
