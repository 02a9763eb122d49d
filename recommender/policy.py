"""What the planner wants: horizons, floors, caps, priorities, pins. Every number has a default and a source."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRules:
    """How assessed levels are read.

    Parameters
    ----------
    validity_years : Years after which an assessment has expired (BKN: 3).
    unknown_deficit : Levels assumed for a required competency that nobody comparable was assessed on.
    """

    validity_years: float = 3.0
    unknown_deficit: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRules:
    """Who may take what.

    Parameters
    ----------
    retake_after_years : Years before the same training, in any edition, may be taken again.
    enrolment_years : Years after its class ended from which an enrolment without an outcome no longer counts.
    retirement_months : A person who retires sooner than this gets no training.
    retirement_age : Age in years at which a person without a retirement date is taken to retire.
    """

    retake_after_years: float = 5.0
    enrolment_years: float = 1.0
    retirement_months: int = 12
    retirement_age: float = 58.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRules:
    """What a list shows.

    Parameters
    ----------
    n_candidates : Best candidates by the rule that are kept for each person.
    short_days : A class of at most so many days counts as short.
    shortage : Vacant share of authorised posts from which a unit counts as short of staff.
    full_calendar : Share of the coming year's days already taken from which a calendar counts as full.
    """

    n_candidates: int = 20
    short_days: int = 3
    shortage: float = 0.15
    full_calendar: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A training that some people must take.

    Parameters
    ----------
    training : Code of the training (any edition serves).
    employees : Employee ids; all of the other two when empty.
    position_classes : Position classes; any when empty.
    """

    training: str
    employees: tuple[str, ...] = ()
    position_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One person in one offering, wanted or ruled out by the planner."""

    employee: str
    offering: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFor:
    """Money for, or limited to, trainings of some topics.

    Parameters
    ----------
    name : Shown in reports.
    topics : Topics of the trainings.
    at_most, at_least : Whole rupiah; None for no limit.
    """

    name: str
    topics: tuple[str, ...]
    at_most: int | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """Rules of a plan.

    Parameters
    ----------
    hours_floor : Yearly JP wanted for each employment type (PP 11/2017 art. 203(4): PNS 20). Soft.
    hours_cap : Yearly JP allowed for each employment type (Peraturan LAN 15/2020: PPPK 24). Hard.
    hours_weight : Benefit lost for each JP below the floor.
    max_trainings : Most trainings for one person in the year.
    away_share : Most of a unit's people away on one day; at least one may always go.
    unit_floor_share : Share of each unit's people with a need who should get something; None for none. Soft.
    reserve_share : Share of each line kept back.
    minimum_benefit : Options expected to close less than this, in weighted levels, are left out.
    options_per_person : Most options a person brings into the problem.
    stability_weight : Benefit added for keeping a choice of an earlier plan.
    one_training_per_deficit : Whether a person gets at most one training for each deficit in the year.
    """

    hours_floor: dict[str, float] = field(default_factory=lambda: {"PNS": 20.0})
    hours_cap: dict[str, float] = field(default_factory=lambda: {"PPPK": 24.0})
    hours_weight: float = 0.002
    max_trainings: int = 3
    away_share: float | None = 0.2
    unit_floor_share: float | None = None
    reserve_share: float = 0.0
    minimum_benefit: float = 0.01
    options_per_person: int = 20
    stability_weight: float = 0.0
    one_training_per_deficit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a planner may decide, apart from the budget itself."""

    gap: GapRules = field(default_factory=GapRules)
    eligibility: EligibilityRules = field(default_factory=EligibilityRules)
    ranking: RankingRules = field(default_factory=RankingRules)
    plan: PlanRules = field(default_factory=PlanRules)
    mandates: tuple[Mandate, ...] = ()
    pinned: tuple[Choice, ...] = ()
    excluded: tuple[Choice, ...] = ()
    earmarks: tuple[MoneyFor, ...] = ()
