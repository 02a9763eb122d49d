"""One demand under several budgets and rules: what each plan closes, what a choice costs, what more money buys."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.plan import Plan
from recommender.policy import PlanRules
from training_catalog.columns import FloatArray

HOURS_FIRST = 1.0  # levels lost for each missing JP: far more than a JP of any training closes
EVEN_STEPS = 4  # halvings of the share that every unit can reach
EVEN_STEP = 0.01  # a share is known to one in a hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a plan comes to.

    Parameters
    ----------
    benefit : Expected deficit closed, in weighted levels, without what rules weigh.
    cost, seats, people : Whole rupiah, seats taken, people served.
    gap : Proven gap of the plan's value, which rules are part of; a share.
    missing_hours, people_short : JP below the floors in all, and people below theirs.
    units_left_out : Units with people who have a class in question, of whom nobody gets one.
    least_served : Smallest share, over the other units, of those people who get one; 1 without any.
    budget : Whole rupiah that the lines hold for the plan, those inside others not counted twice.
    """

    benefit: float
    budget: int
    cost: int
    seats: int
    people: int
    gap: float
    missing_hours: float
    people_short: int
    units_left_out: int
    least_served: float


def figures_of(plan: Plan) -> Figures:
    """Add up a plan's figures."""
    people = plan.people
    missing = np.maximum(people["hours_floor"] - people["hours_taken"] - people["hours_planned"], 0.0)
    top = plan.lines[plan.lines["parent"] == ""]
    left_out, least = evenness(plan)
    return Figures(
        benefit=plan.totals.benefit, budget=int((top["amount"] - top["reserved"] - top["spent"]).sum()),
        cost=plan.totals.cost, seats=plan.totals.assignments, people=plan.totals.people, gap=plan.totals.gap,
        missing_hours=float(missing.sum()), people_short=int((missing > 0).sum()), units_left_out=-left_out,
        least_served=least,
    )  # fmt: skip


def served_shares(plan: Plan) -> FloatArray:
    """Return, by unit, the share of people with a class in question who get one."""
    served = plan.people[plan.people["n_trainings"] > 0].groupby("unit").size()
    left = plan.unmet[plan.unmet["code"] != "no-offering"].groupby("unit").size()
    both = pd.concat([served.rename("served"), left.rename("left")], axis=1).fillna(0)
    both = both[both.index != ""]
    share: FloatArray = (both["served"] / (both["served"] + both["left"])).to_numpy(np.float64)
    return share


def hours_first(rules: PlanRules) -> PlanRules:
    """Return rules under which everybody's hours floor comes before any gap."""
    return replace(rules, hours_weight=HOURS_FIRST)


def with_unit_floor(rules: PlanRules, share: float) -> PlanRules:
    """Return rules under which a share of each unit's people should get something."""
    return replace(rules, unit_floor_share=share)


def most_even(rules: PlanRules, first: Plan, make: Callable[[PlanRules], Plan]) -> Plan:
    """Return the most even plan that is found: fewest units left out, then the least served unit served best.

    Parameters
    ----------
    rules : Of the scenario.
    first : A plan under them, from which the search begins.
    make : Makes a plan under other rules.

    Notes
    -----
    The largest share that every unit served can reach, by bisection of the floor. Each step is a plan within its own
    proven gap, so that the share is the best that was found, not the best there is.
    """
    best, low, high = first, float(served_shares(first).min(initial=1.0)), 1.0
    for _ in range(EVEN_STEPS):
        if not high - low > EVEN_STEP:
            break
        share = (low + high) / 2
        plan = make(with_unit_floor(rules, share))
        best = max(best, plan, key=evenness)
        low, high = (share, high) if evenness(plan)[1] >= share else (low, share)
    return best


def evenness(plan: Plan) -> tuple[int, float]:
    """Return how even a plan is, larger for more: units left out, below zero, and the least share of the others."""
    served = served_shares(plan)
    return -int((served == 0).sum()), float(served[served > 0].min(initial=1.0))
