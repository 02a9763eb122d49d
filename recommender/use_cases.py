"""The whole engine in three straight lines: recommend, make_plan, fit_models. Open this file first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.baseline import BenefitPredictor
from models.benefit import PairModel
from models.evaluation import Comparison, split_repeatedly
from models.learning import learn
from models.verdict import Verdict
from recommender.allocation.limits import SolveLimits
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify
from recommender.budget import Budget
from recommender.candidates import NOTHING_WANTED, find_candidates
from recommender.catalog_day import CatalogDay, open_catalog
from recommender.class_estimates import estimate_classes
from recommender.demand import Demand, demand_of, gather_demand, wanted_pairs
from recommender.evidence import Evidence, gather_evidence
from recommender.gap import find_gaps
from recommender.habits import Habits, learn_habits
from recommender.levels import Expected, expect
from recommender.options import find_options
from recommender.outcomes import gather_outcomes
from recommender.pair_features import make_features
from recommender.past_choices import ListValue, value_lists
from recommender.past_effects import WAYS, PastEffects, find_effects
from recommender.person_features import describe_people, is_short_of_time
from recommender.plan import Plan
from recommender.plan_making import PlanInputs, put_together
from recommender.planning_problem import build_problem
from recommender.policy import Policy
from recommender.prospects import Prospects, arrange
from recommender.ranking import RankedLists, rank
from recommender.watch import Reference, refer_to
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import IndexArray

PEOPLE_PER_CHUNK = 5_000  # bounds memory; the answer does not depend on it
LATER_SHARES = (0.55, 0.4, 0.25)  # of past participations after each split; the last split's model may serve


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedModel:
    """A fitted model with what judged it, and what speaks for and against it."""

    model: PairModel
    comparison: Comparison
    verdict: Verdict
    evidence: Evidence
    lists: ListValue
    reference: Reference
    n_rows: int
    cuts: tuple[date, ...]

    @property
    def cut(self) -> date:
        """The last date of splitting: the model was fitted on what ended by then."""
        return self.cuts[-1]


def recommend(
    workforce: Workforce, catalog: Catalog, model: BenefitPredictor, on: date, policy: Policy, *,
    expected: Expected | None = None, wanted: tuple[IndexArray, IndexArray] = NOTHING_WANTED,
    day: CatalogDay | None = None, past: Habits | None = None,
) -> RankedLists:  # fmt: skip
    """Rank trainings for people.

    Parameters
    ----------
    workforce, catalog : People and what can be learned.
    model : The approved model, or the baseline rule.
    on : The day; only what was known on it is used.
    policy : Horizons and list length.
    expected : From `recommender.levels.expect` on the whole workforce.
    wanted : (employee, training) pairs the planner demands.
    day : From `open_catalog`, where it is at hand.
    past : From `learn_habits` on the whole workforce.

    Returns
    -------
    Every person's list, best first, with the options behind it and the ineligible with their reasons.
    """
    prospects = find_prospects(workforce, catalog, on, policy, expected=expected, wanted=wanted, day=day, past=past)
    return rank_prospects(prospects, model)


def find_prospects(
    workforce: Workforce, catalog: Catalog, on: date, policy: Policy, *,
    expected: Expected | None = None, wanted: tuple[IndexArray, IndexArray] = NOTHING_WANTED,
    day: CatalogDay | None = None, past: Habits | None = None,
) -> Prospects:  # fmt: skip
    """Describe people's candidates in their classes: all of `recommend` that does not depend on the model."""
    day = day or open_catalog(catalog, workforce.units, on)
    gaps = find_gaps(workforce, catalog, on, policy.gap, expected.deficits if expected else None)
    candidates = find_candidates(workforce, catalog, gaps, on, policy, wanted, day)
    people = describe_people(workforce, catalog, gaps, on)
    features = make_features(workforce, catalog, candidates, people, on, past, expected.spread if expected else None)
    options = find_options(workforce, catalog, candidates, on, policy, day)
    short_staffed, full_calendar = is_short_of_time(workforce, on, policy.ranking)
    return arrange(catalog, candidates, options, features, short_staffed | full_calendar)


def rank_prospects(prospects: Prospects, model: BenefitPredictor) -> RankedLists:
    """Rank what was described: the rest of `recommend`."""
    estimates, by_class = estimate_classes(model, prospects)
    return rank(prospects, estimates, by_class)


def recommend_in_chunks(
    workforce: Workforce, catalog: Catalog, model: BenefitPredictor, on: date, policy: Policy, *,
    wanted: tuple[IndexArray, IndexArray] = NOTHING_WANTED, on_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[int, Workforce, RankedLists]]:  # fmt: skip
    """Run `recommend` over consecutive people; yield the first row, the people and their lists."""
    expected, day = expect(workforce, catalog, on, policy.gap), open_catalog(catalog, workforce.units, on)
    past = learn_habits(workforce, catalog, on)
    for first in range(0, workforce.n_people, PEOPLE_PER_CHUNK):
        crew = workforce.take(np.arange(first, min(first + PEOPLE_PER_CHUNK, workforce.n_people)))
        here = (wanted[0] >= first) & (wanted[0] < first + crew.n_people)
        demanded = (wanted[0][here] - first, wanted[1][here])
        yield first, crew, recommend(crew, catalog, model, on, policy, expected=expected, wanted=demanded, day=day,
                                     past=past)  # fmt: skip
        on_progress(crew.n_people)


def make_plan(
    workforce: Workforce, catalog: Catalog, model: BenefitPredictor, budget: Budget, policy: Policy, on: date, *,
    inputs: PlanInputs, limits: SolveLimits, on_progress: Callable[[int], None] = lambda _: None,
) -> Plan:  # fmt: skip
    """Decide who attends which class within the budget.

    Parameters
    ----------
    workforce, catalog, model, budget, policy : People, classes, predictor, money and rules.
    on : The day of planning; the plan's year is the budget's.
    inputs : Provenance, and an earlier plan whose choices are worth keeping.
    limits : Time, gap and seed of the solver.
    on_progress : Called with the number of people ranked.
    """
    demand = find_demand(workforce, catalog, model, policy, on, year=budget.year, on_progress=on_progress)
    return plan_demand(demand, workforce, catalog, budget, policy, on, inputs=inputs, limits=limits)


def find_demand(
    workforce: Workforce, catalog: Catalog, model: BenefitPredictor, policy: Policy, on: date, *, year: int,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Demand:  # fmt: skip
    """Find what everybody brings into the plan of a year; see `make_plan`."""
    wanted = wanted_pairs(workforce, catalog, policy, on)
    lists = recommend_in_chunks(workforce, catalog, model, on, policy, wanted=wanted, on_progress=on_progress)
    return gather_demand(demand_of(part, catalog, policy, year, first) for first, _, part in lists)


def plan_demand(
    demand: Demand, workforce: Workforce, catalog: Catalog, budget: Budget, policy: Policy, on: date, *,
    inputs: PlanInputs, limits: SolveLimits,
) -> Plan:  # fmt: skip
    """Decide who attends which class of a demand that was found; see `make_plan`."""
    planning = build_problem(demand, workforce, catalog, budget, policy, inputs.earlier)
    allocation = solve(planning.problem, limits)
    violations = verify(planning.problem, allocation)
    gaps = find_gaps(workforce, catalog, on, policy.gap, expect(workforce, catalog, on, policy.gap).deficits)
    return put_together(
        planning, allocation, violations, demand=demand, gaps=gaps, workforce=workforce, catalog=catalog,
        budget=budget, on=on, inputs=inputs, limits=limits,
    )  # fmt: skip


def fit_models(
    workforce: Workforce, catalog: Catalog, on: date, policy: Policy, rng: np.random.Generator
) -> FittedModel:
    """Learn from past participations, and judge the model against the rule on later ones, at several dates.

    Parameters
    ----------
    workforce, catalog : People with their past, and trainings.
    on : Nothing after this day is used.
    policy : How assessed levels are read.
    rng : For the bootstrap of the comparison.
    """
    outcomes = gather_outcomes(workforce, catalog, on, policy.gap)
    cuts, splits = split_repeatedly(outcomes.on, LATER_SHARES, today=on)
    learned = learn(outcomes.rows, splits, rng)
    return FittedModel(
        model=learned.model,
        comparison=learned.comparison,
        verdict=learned.verdict,
        evidence=gather_evidence(learned.judged, outcomes, splits, workforce, catalog, on, rng),
        lists=value_lists(learned.models, learned.judged, outcomes, splits, workforce, catalog, policy, rng),
        reference=refer_to(learned.judged, workforce, catalog, on, policy),
        n_rows=len(outcomes.on),
        cuts=cuts or (on,),
    )


def measure_effects(workforce: Workforce, catalog: Catalog, on: date, ways: tuple[str, ...] = WAYS) -> PastEffects:
    """Say what past trainings did to later levels and ratings, beside what would have been found without them.

    Parameters
    ----------
    workforce, catalog : People with their past, and trainings.
    on : Nothing after this day is used.
    ways : What to tell effects by: training, mode, provider, competency.
    """
    return find_effects(workforce, catalog, on, ways)
