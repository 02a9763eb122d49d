"""Plans of one year under several budgets and rules in one run: people are ranked once, plans begin from plans."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from recommender.budget import build_budget
from recommender.demand import Demand
from recommender.plan import Plan
from recommender.plan_making import PlanInputs
from recommender.policy import PlanRules
from recommender.scenarios import hours_first, most_even, with_unit_floor
from recommender.use_cases import find_demand, plan_demand
from service.pipeline import Office, PlanRequest, earlier_rows, limits_of

BASE = "base"
HOURS_FIRST, MOST_EVEN, UNIT_FLOOR = "hours-first", "most-even", "unit-floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is compared.

    Parameters
    ----------
    factors : Factors of every budget line.
    hours_first : Whether to see everybody's hours floor before any gap.
    unit_floors : Shares of each unit that should get something.
    most_even : Whether to see the least served unit served as well as can be found.
    """

    factors: tuple[Fraction, ...] = ()
    hours_first: bool = False
    unit_floors: tuple[float, ...] = ()
    most_even: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A scenario's plan.

    Parameters
    ----------
    name : ``base``, ``budget-1.1``, ``hours-first``, ``unit-floor-0.2`` or ``most-even``.
    factor : Of every budget line.
    request : What a plan of its own would ask for.
    plan : The plan.
    """

    name: str
    factor: Fraction
    request: PlanRequest
    plan: Plan


class Explorer:
    """Makes the plans of one office, year and policy; the demand is found once.

    Parameters
    ----------
    office, request : What is known, and what is asked for; its time limit is that of each plan.
    taken : What approved plans hold of each line, see `recommender.budget.build_budget`.
    on_progress : Called with the number of people ranked.
    """

    def __init__(self, office: Office, request: PlanRequest,
                 taken: Mapping[str, tuple[int, int]] = MappingProxyType({}),
                 on_progress: Callable[[int], None] = lambda _: None) -> None:  # fmt: skip
        self.office, self.request, self.taken = office, request, taken
        self.demand: Demand = find_demand(
            office.workforce, office.catalog, office.predictor.predictor, request.policy, office.on,
            year=request.year, on_progress=on_progress,
        )  # fmt: skip

    def run(self, asked: Asked) -> Iterator[Made]:
        """Make the plans: from the smallest budget to the largest, then the choices, each begun from the base."""
        made: dict[Fraction, Made] = {}
        before: Plan | None = None
        rules = self.request.policy.plan
        for factor in sorted({*asked.factors, Fraction(1)}):
            made[factor] = self._make(BASE if factor == 1 else f"budget-{float(factor):g}", rules, factor, before)
            before = made[factor].plan
            yield made[factor]
        base = made[Fraction(1)]
        if asked.hours_first:
            yield self._make(HOURS_FIRST, hours_first(rules), Fraction(1), base.plan)
        for share in asked.unit_floors:
            yield self._make(f"{UNIT_FLOOR}-{share:g}", with_unit_floor(rules, share), Fraction(1), base.plan)
        if asked.most_even:
            yield self._most_even(rules, base.plan)

    def _most_even(self, rules: PlanRules, base: Plan) -> Made:
        made: list[Made] = []

        def make(own: PlanRules) -> Plan:
            made.append(self._make(MOST_EVEN, own, Fraction(1), base))
            return made[-1].plan

        best = most_even(rules, base, make)
        return next((one for one in made if one.plan is best),
                    Made(name=MOST_EVEN, factor=Fraction(1), request=self.request, plan=base))  # fmt: skip

    def _make(self, name: str, rules: PlanRules, factor: Fraction, before: Plan | None) -> Made:
        """Make one plan; the one before is a place to begin from and nothing else."""
        office, policy = self.office, replace(self.request.policy, plan=replace(rules, stability_weight=0.0))
        request = replace(self.request, policy=policy, budget_factor=factor, name=name)
        budget = build_budget(office.tables, office.workforce.units, request.year, factor, self.taken)
        found = office.predictor
        inputs = PlanInputs(
            model=found.identifier, model_state=found.state, verdict=found.verdict, policy=policy,
            earlier=None if before is None else earlier_rows(office, before.assignments),
        )  # fmt: skip
        plan = plan_demand(self.demand, office.workforce, office.catalog, budget, policy, office.on, inputs=inputs,
                           limits=limits_of(request))  # fmt: skip
        return Made(name=name, factor=factor, request=request, plan=plan)
