"""What each person may choose, laid out for the compiled search: the rules that bind one person alone."""

import numpy as np

from recommender.allocation.capacity import spans, topics_of
from recommender.allocation.kernel import Choices
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import BoolArray, IndexArray


def _topics(problem: AllocationProblem, rows: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return where each option's topics begin, and the topics, ascending."""
    option, topic = topics_of(problem)
    place = np.full(len(problem.options.employee), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    kept = place[option] >= 0
    option, topic = place[option[kept]], topic[kept]
    order = np.lexsort((topic, option))
    return np.searchsorted(option[order], np.arange(len(rows) + 1)).astype(np.int64), topic[order]


def _needs(
    problem: AllocationProblem, employee: IndexArray, training: IndexArray
) -> tuple[IndexArray, IndexArray, BoolArray]:
    """Return where each option's required trainings begin, those trainings, and which options are required."""
    rules, width = problem.rules, len(problem.people.ids)
    waived = np.array([t * width + e for e, t in sorted(rules.waived)], dtype=np.int64)
    nothing = np.empty(0, dtype=np.int64)
    option, need = [nothing], [nothing]
    for advanced, required in rules.prerequisites:
        mine = np.flatnonzero(training == advanced)
        mine = mine[~np.isin(advanced * width + employee[mine], waived)]
        option.append(mine)
        need.append(np.full(len(mine), required, dtype=np.int64))
    options, needs = np.concatenate(option), np.concatenate(need)
    order = np.argsort(options, kind="stable")
    n_trainings = len(problem.classes.training_ids) + 1
    required_keys = employee[options] * n_trainings + needs
    is_needed: BoolArray = np.isin(employee * n_trainings + training, required_keys)
    return np.searchsorted(options[order], np.arange(len(employee) + 1)).astype(np.int64), needs[order], is_needed


def person_choices(problem: AllocationProblem, rows: IndexArray, persons: IndexArray, bounds: IndexArray) -> Choices:
    """Lay out some options by person.

    Parameters
    ----------
    problem : What may be chosen.
    rows : Options that some plan can hold, ascending, and thus by person.
    persons, bounds : The people they belong to, and where each one's options begin.
    """
    classes, people, where = problem.classes, problem.people, problem.options.offering[rows]
    start, end = spans(problem)
    training = classes.training[where]
    topic_bounds, topic = _topics(problem, rows)
    need_bounds, need, is_needed = _needs(problem, problem.options.employee[rows], training)
    return Choices(
        bounds=bounds, hours=classes.hours[where], training=training, start=start[where], end=end[where],
        topic_bounds=topic_bounds, topic=topic, need_bounds=need_bounds, need=need, is_needed=is_needed,
        floor=people.hours_floor[persons], cap=people.hours_cap[persons], most=people.max_trainings[persons],
        weight=float(problem.rules.hours_weight),
    )  # fmt: skip
