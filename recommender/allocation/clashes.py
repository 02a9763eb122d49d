"""Demands that cannot be met, named with the limit in the way, what it would take and who is left out."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from recommender.allocation.capacity import class_loads, option_loads
from recommender.allocation.objective import Worth, unit_goals
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem, Money
from recommender.allocation.recount import LineTotals
from recommender.allocation.result import Clash
from training_catalog.columns import IndexArray


def name_clashes(
    problem: AllocationProblem, chosen: IndexArray, unmet: list[IndexArray], value: Worth
) -> tuple[Clash, ...]:
    """Name the demands a plan does not meet.

    Parameters
    ----------
    problem, chosen : The problem and the nearest plan.
    unmet : Groups of options of which one was demanded and none can be chosen.
    value : Shortfalls of the soft floors.

    Returns
    -------
    Pinned and mandatory demands by training and limit, then earmarks, units and hours below their floors.
    """
    clashes = _unmet_demands(problem, chosen, unmet) if unmet else []
    for mark, short in zip(problem.rules.earmarks, value.missing_money, strict=True):
        if short:
            floor = int(mark.at_least or 0)
            clashes.append(Clash(code="earmark-floor", subject=mark.name, limit=mark.name, needed=floor,
                                 available=floor - short))  # fmt: skip
    goals = unit_goals(problem)
    for unit in np.flatnonzero(value.short_people):
        name = str(problem.people.unit_ids[unit])
        goal = int(goals[unit])
        served = goal - int(value.short_people[unit])
        clashes.append(Clash(code="unit-floor", subject=name, limit=name, needed=goal, available=served))
    return tuple(clashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The limit in the way of a demand; `line` is -1 where it is not money, or nobody pays."""

    code: str
    limit: str
    line: int = -1
    offering: int = -1


def _unmet_demands(problem: AllocationProblem, chosen: IndexArray, unmet: list[IndexArray]) -> list[Clash]:
    options, classes, cost = problem.options, problem.classes, problem.options.cost
    # Demands come before benefit, so only what is demanded can stand in a demand's way.
    placement = Placement(problem).fresh(chosen[(options.is_pinned | options.is_mandatory)[chosen]])
    grouped: dict[tuple[_Way, int], list[int]] = defaultdict(list)
    for group in unmet:
        option = int(group[np.argmin(cost[group])])
        training = int(classes.training[options.offering[option]])
        grouped[_in_the_way(placement, option), training].append(option)
    return [_clash(placement, way, training, rows) for (way, training), rows in grouped.items()]


def _in_the_way(placement: Placement, option: int) -> _Way:
    """Return the limit that keeps a demanded option out."""
    problem = placement.problem
    code, subject = placement.blocked_by(option)
    offering = int(problem.options.offering[option])
    name = str(problem.classes.ids[offering])
    if code == "budget":
        return _Way(code=code, limit=str(problem.lines.ids[subject]) if subject >= 0 else "", line=subject,
                    offering=offering if subject < 0 else -1)  # fmt: skip
    if code:
        return _Way(code=code, limit=name, offering=offering)
    needed = _to_open(problem, offering)
    short = np.flatnonzero(needed > np.array(placement.left))
    if placement.taken[offering] == 0 and len(short):
        return _Way(code="budget", limit=str(problem.lines.ids[short[0]]), line=int(short[0]), offering=offering)
    return _Way(code="minimum-class", limit=name, offering=offering)


def _to_open(problem: AllocationProblem, offering: int) -> Money:
    """Return the least rupiah that opening a class with its fewest people takes from each line."""
    rows = np.flatnonzero(problem.options.offering == offering)
    loads = np.sort(option_loads(problem)[rows].todense(), axis=0)[: int(problem.classes.seats_min[offering])]
    needed: Money = loads.sum(axis=0) + class_loads(problem)[[offering]].todense()[0]
    return needed


def _clash(placement: Placement, way: _Way, training: int, rows: list[int]) -> Clash:
    """Add up what a group of demands for one training would take from one limit."""
    problem = placement.problem
    options, classes = problem.options, problem.classes
    needed, available = len(rows), 0
    if way.code == "budget" and way.line < 0:
        needed = int(classes.fixed_cost[way.offering])
    elif way.code == "budget" and way.offering >= 0:
        needed, available = int(_to_open(problem, way.offering)[way.line]), placement.left[way.line]
    elif way.code == "budget":
        held = placement.as_array()
        held = held[classes.training[options.offering[held]] == training]
        totals = LineTotals(problem)
        needed = int(totals.spent(np.append(held, rows))[way.line])
        available = placement.left[way.line] + int(totals.spent(held)[way.line])
    elif way.code == "seats":
        available = int(classes.seats_max[way.offering])
        needed += placement.taken[way.offering]
    elif way.code == "minimum-class":
        needed = int(classes.seats_min[way.offering])
        able = [row for row in np.flatnonzero(options.offering == way.offering).tolist() if placement.fits(row)]
        available = placement.taken[way.offering] + len(able)
    people = tuple(sorted(str(problem.people.ids[options.employee[row]]) for row in rows))
    return Clash(code=way.code, subject=str(classes.training_ids[training]), limit=way.limit, needed=needed,
                 available=available, people=people)  # fmt: skip
