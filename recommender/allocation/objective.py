"""What a plan is worth: benefit, less hours missing and people short, plus stability."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import FloatArray, IndexArray

UNIT_FLOOR_WEIGHT = 1.0  # levels lost for each person by which a unit stays below its fair share
EARMARK_FLOOR_WEIGHT = 1e-6  # levels lost for each rupiah below an earmark's floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The parts of a plan's value.

    Parameters
    ----------
    benefit : Sum over chosen options.
    missing_hours : shape (n_people,), JP below the floor.
    short_people : shape (n_units,), people by which each unit stays below its share.
    missing_money : Rupiah below each earmark's floor, in the order of the earmarks.
    kept : Choices of the earlier plan that were kept.
    objective : Their weighted sum.
    """

    benefit: float
    missing_hours: FloatArray
    short_people: IndexArray
    missing_money: tuple[int, ...]
    kept: int
    objective: float


def option_values(problem: AllocationProblem) -> FloatArray:
    """Return what each option adds by itself: benefit and stability."""
    kept = problem.rules.stability_weight * problem.options.was_chosen
    values: FloatArray = problem.options.benefit + kept
    return values


def kept_worth(problem: AllocationProblem, chosen: IndexArray) -> float:
    """Return what keeping choices of an earlier plan counts for."""
    return problem.rules.stability_weight * int(problem.options.was_chosen[chosen].sum())


def gap_without_kept(problem: AllocationProblem, chosen: IndexArray, gap: float) -> float:
    """Return a relative gap so that it is one of what a plan is worth without what keeping earlier choices counts for.

    Else a plan that keeps many would be within the gap whatever the rest of it is worth.
    """
    kept, value = kept_worth(problem, chosen), worth(problem, chosen).objective
    return gap * max(value - kept, 0.0) / value if kept > 0 and value > 0 else gap


def full_values(problem: AllocationProblem) -> FloatArray:
    """Return what each option adds at most: by itself, and with its hours towards the person's floor."""
    options, people = problem.options, problem.people
    useful = np.minimum(problem.classes.hours[options.offering], people.hours_floor[options.employee])
    values: FloatArray = option_values(problem) + problem.rules.hours_weight * useful
    return values


def unit_goals(problem: AllocationProblem) -> IndexArray:
    """Return how many people of each unit should get something; 0 without a fair share."""
    n_units = len(problem.people.unit_ids)
    share = problem.rules.unit_floor_share
    if share is None:
        return np.zeros(n_units, dtype=np.int64)
    with_options = np.unique(problem.options.employee)
    unit = problem.people.unit[with_options]
    count = np.bincount(unit[unit >= 0], minlength=n_units)
    return np.ceil(count * share - 1e-9).astype(np.int64)


def worth(problem: AllocationProblem, chosen: IndexArray) -> Worth:
    """Add up what a choice is worth."""
    options, classes, rules = problem.options, problem.classes, problem.rules
    who, where = options.employee[chosen], options.offering[chosen]
    hours = np.bincount(who, weights=classes.hours[where], minlength=len(problem.people.ids))
    missing = np.maximum(problem.people.hours_floor - hours, 0.0)
    served_unit = problem.people.unit[np.unique(who)]
    served = np.bincount(served_unit[served_unit >= 0], minlength=len(problem.people.unit_ids))
    short = np.maximum(unit_goals(problem) - served, 0)
    opened = np.unique(where)
    money = []
    for mark in rules.earmarks:
        spent = int(options.cost[chosen][np.isin(classes.training[where], mark.trainings)].sum())
        spent += int(classes.fixed_cost[opened][np.isin(classes.training[opened], mark.trainings)].sum())
        money.append(max((mark.at_least or 0) - spent, 0))
    benefit = float(options.benefit[chosen].sum())
    kept = int(options.was_chosen[chosen].sum())
    objective = (
        benefit + rules.stability_weight * kept - rules.hours_weight * float(missing.sum())
        - UNIT_FLOOR_WEIGHT * float(short.sum()) - EARMARK_FLOOR_WEIGHT * sum(money)
    )  # fmt: skip
    return Worth(benefit=benefit, missing_hours=missing, short_people=short.astype(np.int64),
                 missing_money=tuple(money), kept=kept, objective=objective)  # fmt: skip
