"""Demands that cannot be met, named with the limit in the way, what it would take and who is left out."""

from collections import defaultdict

import numpy as np

from recommender.allocation.capacity import line_caps
from recommender.allocation.objective import Worth, unit_goals
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
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


def _unmet_demands(problem: AllocationProblem, chosen: IndexArray, unmet: list[IndexArray]) -> list[Clash]:
    options, classes = problem.options, problem.classes
    # Demands come before benefit, so only what is demanded can stand in a demand's way.
    placement = Placement(problem)
    for option in chosen[(options.is_pinned | options.is_mandatory)[chosen]].tolist():
        placement.add(option)
    grouped: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for group in unmet:
        option = int(group[np.argmin(options.cost[group])])
        code, limit = _in_the_way(problem, placement, option)
        training = str(classes.training_ids[classes.training[options.offering[option]]])
        grouped[(code, training, limit)].append(option)
    return [_clash(problem, key, rows) for key, rows in grouped.items()]


def _in_the_way(problem: AllocationProblem, placement: Placement, option: int) -> tuple[str, str]:
    """Return the code and the limit that keep a demanded option out."""
    code, subject = placement.blocked_by(option)
    offering = str(problem.classes.ids[problem.options.offering[option]])
    if code == "budget":
        return code, str(problem.lines.ids[subject])
    if code == "" and not placement.is_possible[option]:
        over = _line_too_small(problem, option)
        return ("budget", over) if over else ("minimum-class", offering)
    return code or "minimum-class", offering


def _line_too_small(problem: AllocationProblem, option: int) -> str:
    """Return a line that could not pay the option even if nothing else were planned; empty when there is none."""
    caps = line_caps(problem)
    charges = problem.options.charges
    part = slice(charges.indptr[option], charges.indptr[option + 1])
    for line, amount in zip(charges.indices[part], charges.data[part], strict=True):
        if amount > caps[line]:
            return str(problem.lines.ids[line])
    return ""


def _clash(problem: AllocationProblem, key: tuple[str, str, str], rows: list[int]) -> Clash:
    """Add up what a group of demands for one training would take from one limit."""
    code, training, limit = key
    options, classes = problem.options, problem.classes
    people = tuple(sorted(str(problem.people.ids[options.employee[row]]) for row in rows))
    if code == "budget":
        line = int(np.flatnonzero(problem.lines.ids == limit)[0])
        index = int(np.flatnonzero(classes.training_ids == training)[0])
        demanded = options.is_pinned | options.is_mandatory
        wanted = np.flatnonzero(demanded & (classes.training[options.offering] == index))
        employee, first = np.unique(options.employee[wanted], return_index=True)
        del employee
        needed = int(options.cost[wanted[first]].sum())
        needed += int(classes.fixed_cost[np.unique(options.offering[wanted[first]])].sum())
        available = int(line_caps(problem)[line])
    else:
        offering = np.flatnonzero(classes.ids == limit)
        needed = len(rows)
        available = int(classes.seats_max[offering[0]]) if code == "seats" and len(offering) else 0
    return Clash(code=code, subject=training, limit=limit, needed=needed, available=available, people=people)
