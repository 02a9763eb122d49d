"""People moved and exchanged until no line is overdrawn: what packs money that only just suffices.

A plan of one choice a person walks at random: a person takes something else, two change places, or one with two. An
overdrawn line costs more than it is worth, and the walk takes fewer and fewer steps that lose: simulated annealing
(Kirkpatrick, Gelatt and Vecchi, 1983). Plain loops over arrays, which `compiled` turns into machine code; millions of
steps take a second, where a linear program knows nothing of packing.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from recommender.allocation.capacity import class_loads, exceeds, line_caps, option_loads
from recommender.allocation.compiled import IS_COMPILED, compiled, inlined
from recommender.allocation.exact import Model
from recommender.allocation.layout import Layout
from recommender.allocation.objective import full_values
from training_catalog.columns import BoolArray, FloatArray, IndexArray

NOBODY = -1  # instead of an option
RANDOM_FACTOR, RANDOM_WIDTH = 48_271, 2_147_483_647  # Park and Miller, 1988: the minimal standard generator
SMALL = 1e-9  # instead of nothing, where something is divided by
LARGEST_TABLE = 2_000_000  # people times classes
CHANGE_SHARE = 0.15  # of the steps in which one person takes something else; in the others people change places
TWO_SHARE = 0.3  # of the steps in which one changes places with two
TRIES = 8  # draws of the second of the two


class Hall(NamedTuple):
    """What people may choose, and what holds them apart; options of a person stand together.

    Parameters
    ----------
    bounds : shape (n_people + 1,): where each person's options begin.
    value, place : By option: its worth and its class.
    load_bounds, limit, load : By option: what it takes of which limits, lines first and then seats of classes.
    left, weight : By limit: what there is, and worth lost for each unit that it is overdrawn by.
    at : shape (n_people, n_classes): a person's option in a class; ``NOBODY`` where there is none.
    is_free : By person: who need not have anything.
    """

    bounds: IndexArray
    value: FloatArray
    place: IndexArray
    load_bounds: IndexArray
    limit: IndexArray
    load: FloatArray
    left: FloatArray
    weight: FloatArray
    at: IndexArray
    is_free: BoolArray


class Pace(NamedTuple):
    """How a walk goes.

    Parameters
    ----------
    steps : How many.
    hot, cold : Worth that a step may lose in one case of three, at first and at last.
    dearness : How much dearer an overdrawn line is than what hangs on it.
    """

    steps: int
    hot: float
    cold: float
    dearness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A hall, and which options of the problem stand in it.

    Parameters
    ----------
    hall : What people may choose who share a limit with others.
    rows : shape (n_options,), options of the problem that stand in the hall, ascending.
    settled : The best options of those who share nothing with anybody.
    usual : What an option is usually worth.
    """

    hall: Hall
    rows: IndexArray
    settled: IndexArray
    usual: float

    def choice(self, options: IndexArray) -> IndexArray:
        """Return the problem's options that people here have, with those of everybody else; ascending."""
        return np.union1d(self.rows[options[options >= 0]], self.settled).astype(np.int64)


@inlined
def _book(hall: Hall, used: FloatArray, option: int, sign: float) -> tuple[float, int]:
    """Take an option's loads, or give them back; return what that costs, and how many more limits are overdrawn."""
    cost, more = 0.0, 0
    for k in range(hall.load_bounds[option], hall.load_bounds[option + 1]):
        limit = hall.limit[k]
        before = used[limit] - hall.left[limit]
        used[limit] += sign * hall.load[k]
        after = used[limit] - hall.left[limit]
        cost += hall.weight[limit] * (max(after, 0.0) - max(before, 0.0))
        more += int(after > 0.0) - int(before > 0.0)
    return cost, more


@inlined
def _move(hall: Hall, used: FloatArray, before: int, after: int) -> tuple[float, float, int]:
    """Give one option back and take another; return worth gained, what it costs, and limits overdrawn."""
    gain, cost, more = 0.0, 0.0, 0
    if before >= 0:
        part, n = _book(hall, used, before, -1.0)
        gain, cost, more = gain - hall.value[before], cost + part, more + n
    if after >= 0:
        part, n = _book(hall, used, after, 1.0)
        gain, cost, more = gain + hall.value[after], cost + part, more + n
    return gain, cost, more


@inlined
def _lay(hall: Hall, used: FloatArray, option: int, sign: float) -> None:
    """Add an option's loads, or take them off, whatever that costs."""
    if option >= 0:
        for k in range(hall.load_bounds[option], hall.load_bounds[option + 1]):
            used[hall.limit[k]] += sign * hall.load[k]


@compiled
def dearest(hall: Hall) -> IndexArray:
    """Return each person's option of most worth: a plan that overdraws much, to begin from."""
    chosen = np.full(len(hall.bounds) - 1, -1, np.int64)
    for person in range(len(chosen)):
        for option in range(hall.bounds[person], hall.bounds[person + 1]):
            is_first = chosen[person] < 0 and (hall.value[option] > 0.0 or not hall.is_free[person])
            if is_first or (chosen[person] >= 0 and hall.value[option] > hall.value[chosen[person]]):
                chosen[person] = option
    return chosen


@inlined
def _draw(state: int) -> int:
    """Return the generator's next state."""
    return state * RANDOM_FACTOR % RANDOM_WIDTH


@inlined
def _find_third(hall: Hall, chosen: IndexArray, state: int, place: int, but: int) -> tuple[int, int]:
    """Draw somebody else in a class, and return the generator's state and who it is; ``NOBODY`` after a few misses."""
    for _ in range(TRIES):
        state = _draw(state)
        person = state % len(chosen)
        if person != but and chosen[person] >= 0 and hall.place[chosen[person]] == place:
            return state, person
    return state, NOBODY


@inlined
def _propose(hall: Hall, chosen: IndexArray, step: IndexArray, state: int) -> tuple[int, int]:
    """Draw one person's other option, or people who change places.

    Parameters
    ----------
    step : shape (3, 2), written: who moves, and the option that they would have.

    Returns
    -------
    The generator's state, and how many would move; 0 where the draw came to nothing.
    """
    state = _draw(state)
    one = state % len(chosen)
    state = _draw(state)
    kind, was = state, chosen[one]
    state = _draw(state)
    step[0, 0] = one
    if kind < CHANGE_SHARE * RANDOM_WIDTH:
        first, n = hall.bounds[one], hall.bounds[one + 1] - hall.bounds[one]
        becomes = first + state % (n + int(hall.is_free[one]))
        step[0, 1] = becomes if becomes < first + n else NOBODY
        return state, int(step[0, 1] != was)
    other = state % len(chosen)
    if was < 0 or chosen[other] < 0 or hall.place[was] == hall.place[chosen[other]]:
        return state, 0
    here, there = hall.place[was], hall.place[chosen[other]]
    step[0, 1], step[1, 0], step[1, 1] = hall.at[one, there], other, hall.at[other, here]
    if step[0, 1] < 0 or step[1, 1] < 0:
        return state, 0
    if kind > (1.0 - TWO_SHARE) * RANDOM_WIDTH:
        state, third = _find_third(hall, chosen, state, there, other)
        if third < 0 or hall.at[third, here] < 0:
            return state, 0
        step[2, 0], step[2, 1] = third, hall.at[third, here]
        return state, 3
    return state, 2


@inlined
def _try_step(hall: Hall, used: FloatArray, chosen: IndexArray, step: IndexArray, n: int,
              charge: tuple[float, float]) -> tuple[float, int]:  # fmt: skip
    """Take a step where it loses no more than `charge` allows, and return worth gained and limits overdrawn by it."""
    dearness, most_lost = charge
    gain, cost, more = 0.0, 0.0, 0
    for k in range(n):
        part = _move(hall, used, chosen[step[k, 0]], step[k, 1])
        gain, cost, more = gain + part[0], cost + part[1], more + part[2]
    if dearness * cost - gain <= most_lost:
        for k in range(n):
            chosen[step[k, 0]] = step[k, 1]
        return gain, more
    for k in range(n):
        _lay(hall, used, step[k, 1], -1.0)
        _lay(hall, used, chosen[step[k, 0]], 1.0)
    return 0.0, 0


@compiled
def walk(hall: Hall, start: IndexArray, pace: Pace, seed: int) -> tuple[float, IndexArray]:
    """Walk from plan to plan, and return the best one that overdraws nothing, with what it is worth.

    Parameters
    ----------
    hall : What people may choose.
    start : Each person's option, or ``NOBODY``; it may overdraw.
    pace : How to walk.
    seed : Another one, another walk.

    Returns
    -------
    worth : Minus infinity where no such plan was met.
    chosen : Each person's option, or ``NOBODY``.
    """
    state, value, n_over = seed % (RANDOM_WIDTH - 1) + 1, 0.0, 0
    chosen, used, step = start.copy(), np.zeros(len(hall.left)), np.zeros((3, 2), np.int64)
    for person in range(len(chosen)):
        gain, _, more = _move(hall, used, NOBODY, chosen[person])
        value, n_over = value + gain, n_over + more
    best, best_value = chosen.copy(), -np.inf
    if n_over == 0:
        best_value = value
    heat, cooling = pace.hot, (pace.cold / pace.hot) ** (1.0 / max(pace.steps, 1))
    for _ in range(pace.steps if len(chosen) else 0):
        heat *= cooling
        state, n = _propose(hall, chosen, step, state)
        if n == 0:
            continue
        state = _draw(state)
        most_lost = -heat * np.log(state / RANDOM_WIDTH)  # so that a loss is taken with probability exp(-loss / heat)
        gain, more = _try_step(hall, used, chosen, step, n, (pace.dearness, most_lost))
        value, n_over = value + gain, n_over + more
        if n_over == 0 and value > best_value:
            best_value = value
            best[:] = chosen
    return best_value, best


def can_exchange(model: Model) -> bool:
    """Return whether people choose one option each, and nothing but money and seats holds them apart."""
    problem = model.problem
    people, rules = problem.people, problem.rules
    who = np.unique(problem.options.employee[model.layout.is_possible])
    has_one = bool((people.max_trainings[who] == 1).all())
    is_plain = not (rules.prerequisites or rules.earmarks or rules.unit_floor_share or rules.away_share is not None)
    is_small = len(who) * model.layout.n_classes <= LARGEST_TABLE
    return IS_COMPILED and has_one and is_plain and is_small and bool((problem.classes.seats_min <= 1).all())


def hall_of(model: Model, opened: BoolArray) -> Exchange | None:
    """Lay out what people may choose once some classes are open; None where a demand can then not be met.

    Parameters
    ----------
    model : A problem of which `can_exchange` holds, with its demands.
    opened : shape (n_classes,): classes that are open and paid for; the others are shut.
    """
    problem, layout = model.problem, model.layout
    left = line_caps(problem) - np.asarray(class_loads(problem)[opened].sum(axis=0)).ravel()
    loads = option_loads(problem)
    is_allowed = layout.is_possible & opened[problem.options.offering] & ~exceeds(loads, left)
    person, groups = problem.options.employee, model.demanded
    asked = np.array([person[group[0]] for group in groups], dtype=np.int64)
    n_asked = np.bincount(asked, minlength=len(problem.people.ids))
    n_met = np.bincount(np.concatenate([*groups, np.empty(0, dtype=np.int64)]), minlength=len(person))
    is_allowed &= n_met == n_asked[person]  # one choice meets all that is asked of a person
    is_demanded = n_asked > 0
    rows = np.flatnonzero(is_allowed).astype(np.int64)
    if (left < 0).any() or not np.isin(np.flatnonzero(is_demanded), problem.options.employee[rows]).all():
        return None
    return _laid_out(layout, rows, left, is_demanded)


def _laid_out(layout: Layout, rows: IndexArray, left: IndexArray, is_demanded: BoolArray) -> Exchange:
    """Lay out options by person, with what they take of lines and of seats that may be too few."""
    problem = layout.problem
    value = full_values(problem)
    usual = max(float(np.abs(value[rows]).mean()), SMALL) if len(rows) else SMALL
    loads, room = _loads(layout, rows, left)
    is_settled = _alone(loads, problem.options.employee[rows])
    settled = _best_of(problem.options.employee[rows[is_settled]], value[rows[is_settled]], is_demanded)
    settled, rows, loads = rows[is_settled][settled], rows[~is_settled], csr_array(loads[~is_settled])
    place, persons = problem.options.offering[rows], problem.options.employee[rows]
    who, first, person = np.unique(persons, return_index=True, return_inverse=True)
    amount, n = np.asarray(loads.sum(axis=0)).ravel(), np.maximum(np.bincount(loads.indices, minlength=len(room)), 1)
    at = np.full((len(who), layout.n_classes), NOBODY, dtype=np.int64)
    at[person[::-1], place[::-1]] = np.arange(len(rows))[::-1]
    hall = Hall(
        bounds=np.append(first, len(rows)).astype(np.int64), value=value[rows], place=place,
        load_bounds=loads.indptr.astype(np.int64), limit=loads.indices.astype(np.int64), load=loads.data, left=room,
        weight=np.where(amount > 0, usual * n / np.maximum(amount, SMALL), 0.0), at=at, is_free=~is_demanded[who],
    )  # fmt: skip
    return Exchange(hall=hall, rows=rows, settled=settled, usual=usual)


def _loads(layout: Layout, rows: IndexArray, left: IndexArray) -> tuple[csr_array, FloatArray]:
    """Return what options take of lines and of seats that may be too few, and what there is of both."""
    classes, place = layout.problem.classes, layout.problem.options.offering[rows]
    is_scarce = np.bincount(place, minlength=layout.n_classes) > classes.seats_max
    sits = np.flatnonzero(is_scarce[place])
    seats = coo_array((np.ones(len(sits)), (sits, place[sits])), shape=(len(rows), layout.n_classes))
    loads = csr_array(hstack([option_loads(layout.problem)[rows], seats], format="csr")).astype(np.float64)
    return loads, np.concatenate([left, classes.seats_max]).astype(np.float64)


def _alone(loads: csr_array, person: IndexArray) -> BoolArray:
    """Return the options of people who take nothing that anybody else could take."""
    entry = np.repeat(person, np.diff(loads.indptr))
    keys = np.unique(loads.indices * (int(person.max(initial=0)) + 1) + entry)
    users = np.bincount(keys // (int(person.max(initial=0)) + 1), minlength=loads.shape[1])
    shares = np.zeros(int(person.max(initial=0)) + 1, dtype=np.bool_)
    shares[entry[users[loads.indices] > 1]] = True
    is_alone: BoolArray = ~shares[person]
    return is_alone


def _best_of(person: IndexArray, value: FloatArray, is_demanded: BoolArray) -> IndexArray:
    """Return each person's best option, the first of equals, where it is worth something or one is demanded."""
    order = np.lexsort((np.arange(len(person)), -value, person))
    best = order[np.append(True, np.diff(person[order]) != 0)] if len(order) else order
    return np.sort(best[(value[best] > 0) | is_demanded[person[best]]])
