"""Draws allocation problems of the shape of a ministry, hard enough that greedy falls an eighth short.

N people with 20 options each (7 courses of 3 sessions, the last cut), 0.12 N classes, regions of 2,000 people who only
attend their region's classes, departments of 60 in divisions of 10. Nobody takes more than 3 trainings or 40 JP, nor
two sessions of a course, nor two classes of one of the 40 weeks; each JP below 20 costs 0.05. A tenth of the people
may take one of their courses only after another; 3 % must take a course, or lose 20. Four classes in ten are held in
the house: opening one costs Rp 110,000 an hour, from the root's money; they have 18 to 30 seats and need 5 to 10
people. A department has 20 to 60 % of the money it wishes for, a division 80 to 102 % of what its departments have,
the root 97 % of its divisions and half of all opening costs; four kinds of courses have a cap. In every region a share
of the people should get something.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recommender.allocation.problem import AllocationProblem, Classes, Earmark, Lines, Options, People, Rules
from training_catalog.columns import FloatArray, IndexArray

REGION, DEPARTMENT, DEPARTMENTS_A_DIVISION = 2_000, 60, 10
N_OPTIONS, SESSIONS, WEEKS, MOST, WISHED = 20, 3, 40, 3, 1.6
CLASSES_A_PERSON, INSIDE_SHARE, OPENING_RATE = 0.12, 0.4, 110
N_KINDS, N_CAPPED, CAP_SHARE = 8, 4, 0.1  # kinds of courses; share of the root's money that a capped kind may take
PREREQUISITE_SHARE, MANDATORY_SHARE, PENALTY = 0.1, 0.03, 20.0
SERVED_SHARE = 0.5  # of each region's people
HOURS = np.array([4.0, 6.0, 8.0, 12.0, 16.0, 20.0, 24.0])
THOUSAND = 1_000  # rupiah in which costs are drawn
DAY_ONE = np.datetime64("2027-01-04")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ministry:
    """A drawn problem.

    Parameters
    ----------
    problem : What may be chosen.
    penalty : What missing every mandatory course would cost; options of mandatory courses are worth 20 more, so that
        a plan's value less this is its value with penalties.
    """

    problem: AllocationProblem
    penalty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Options in canonical order: person, class, benefit, rupiah."""

    who: IndexArray
    offering: IndexArray
    benefit: FloatArray
    cost: IndexArray


def names(prefix: str, n: int) -> np.ndarray:
    """Return ids that sort as they count."""
    return np.array([f"{prefix}{i:07d}" for i in range(n)], dtype=np.str_)


def draw_classes(rng: np.random.Generator, n_people: int) -> tuple[Classes, IndexArray]:
    """Draw courses of three sessions in each region; return the classes and the region of each course."""
    n_courses = max(round(CLASSES_A_PERSON * n_people / SESSIONS), 8)
    region = np.sort(np.arange(n_courses) % -(-n_people // REGION))
    n = n_courses * SESSIONS
    course = np.repeat(np.arange(n_courses), SESSIONS)
    hours = rng.choice(HOURS, n_courses)[course]
    is_inside = rng.random(n) < INSIDE_SHARE
    start = DAY_ONE + 7 * rng.integers(0, WEEKS, n)
    classes = Classes(
        ids=names("K", n), training=course.astype(np.int64), training_ids=names("T", n_courses),
        fixed_cost=np.where(is_inside, OPENING_RATE * hours * THOUSAND, 0).astype(np.int64),
        line=np.zeros(n, dtype=np.int64),
        seats_min=np.where(is_inside, rng.integers(5, 11, n), 1).astype(np.int64),
        seats_max=np.where(is_inside, rng.integers(18, 31, n), rng.integers(5, 26, n)).astype(np.int64),
        start=start, end=start + 4, hours=hours, is_away=np.ones(n, dtype=np.bool_),
    )  # fmt: skip
    return classes, region.astype(np.int64)


def _draw_wishes(rng: np.random.Generator, own: IndexArray, n_people: int) -> tuple[IndexArray, list[tuple[int, int]]]:
    """Draw the courses of a region's people, some more often than others, and which are only for who took another.

    Returns
    -------
    wishes : shape (n_people, 7); who wishes for an advanced course wishes for what it requires, too.
    pairs : Advanced courses, each with what it requires; about a tenth of the people wish for one.
    """
    fame = rng.gumbel(size=len(own)) * 0.5
    rank = rng.gumbel(size=(n_people, len(own))) + fame
    wishes = np.argsort(-rank, axis=1, kind="stable")[:, : -(-N_OPTIONS // SESSIONS)]
    pairs: list[tuple[int, int]] = []
    n_bound = 0
    for advanced, required in rng.permutation(len(own))[: len(own) // 2 * 2].reshape(-1, 2).tolist():
        has = (wishes == advanced).any(axis=1)
        lacks = np.flatnonzero(has & ~(wishes == required).any(axis=1))
        last = np.where(wishes[lacks, -1] == advanced, -2, -1)
        wishes[lacks, last] = required
        pairs.append((int(own[advanced]), int(own[required])))
        n_bound += int(has.sum())
        if n_bound >= PREREQUISITE_SHARE * n_people:
            break
    return own[wishes], pairs


def draw_wishes(
    rng: np.random.Generator, region: IndexArray, n_people: int
) -> tuple[IndexArray, IndexArray, tuple[tuple[int, int], ...]]:
    """Draw who wishes for which course, and the pairs of an advanced course and what it requires."""
    course, pairs = [], []
    for i in range(int(region.max()) + 1):
        n_own = min((i + 1) * REGION, n_people) - i * REGION
        wishes, found = _draw_wishes(rng, np.flatnonzero(region == i), n_own)
        course.append(wishes)
        pairs += found
    wishes = np.concatenate(course)
    return np.repeat(np.arange(n_people), wishes.shape[1]), wishes.ravel(), tuple(sorted(pairs))


def draw_options(rng: np.random.Generator, classes: Classes, who: IndexArray, course: IndexArray) -> _Drawn:
    """Draw options: a person's benefit of a course, a little more or less in each session, and what a seat costs."""
    gain = rng.gamma(2.0, 0.7, len(who)) * np.sqrt(classes.hours[course * SESSIONS] / 8.0)
    n_people = int(who[-1]) + 1
    mandatory = rng.permutation(n_people)[: round(MANDATORY_SHARE * n_people)]
    gain[np.searchsorted(who, mandatory)] += PENALTY
    offering = (course[:, None] * SESSIONS + np.arange(SESSIONS)).ravel()
    who, gain = np.repeat(who, SESSIONS), np.repeat(gain, SESSIONS)
    is_demanded = gain >= PENALTY
    gain = (gain - PENALTY * is_demanded) * rng.uniform(0.9, 1.1, len(gain)) + PENALTY * is_demanded
    kept = np.arange(len(who)) - np.searchsorted(who, who) < N_OPTIONS
    who, offering, gain = who[kept], offering[kept], gain[kept]
    order = np.lexsort((offering, who))
    who, offering, gain = who[order], offering[order], gain[order]
    is_inside = classes.fixed_cost[offering] > 0
    rate = np.where(is_inside, rng.uniform(2.0, 4.0, len(who)), rng.uniform(6.0, 16.0, len(who)))
    cost = (rate * classes.hours[offering]).astype(np.int64) * THOUSAND
    return _Drawn(who=who.astype(np.int64), offering=offering.astype(np.int64), benefit=gain, cost=cost)


def draw_lines(rng: np.random.Generator, drawn: _Drawn, openings: int, n_people: int, tightness: float) -> Lines:
    """Draw nested budgets: departments get a share of what they wish for, divisions and the root a little less.

    A department wishes for as many of its options as its people may take, at their usual cost.
    """
    n_departments = -(-n_people // DEPARTMENT)
    n_divisions = -(-n_departments // DEPARTMENTS_A_DIVISION)
    wish = np.bincount(drawn.who // DEPARTMENT, weights=drawn.cost * (WISHED / N_OPTIONS), minlength=n_departments)
    department = wish * rng.uniform(0.2, 0.6, n_departments) * tightness
    of = np.arange(n_departments) // DEPARTMENTS_A_DIVISION
    division = np.bincount(of, weights=department) * rng.uniform(0.8, 1.02, n_divisions)
    root = 0.97 * division.sum() + 0.5 * tightness * openings
    amount = np.concatenate([[root], division, department]).astype(np.int64)
    parent = np.concatenate([[-1], np.zeros(n_divisions), 1 + of]).astype(np.int64)
    return Lines(ids=names("L", len(amount)), amount=amount, parent=parent)


def draw_ministry(seed: int, n_people: int, tightness: float = 1.0) -> Ministry:
    """Draw a problem; the same arguments draw the same.

    Parameters
    ----------
    seed, n_people : What to draw.
    tightness : Factor on all money; 1 as described above.
    """
    rng = np.random.default_rng([seed, n_people])
    classes, region = draw_classes(rng, n_people)
    who, course, pairs = draw_wishes(rng, region, n_people)
    drawn = draw_options(rng, classes, who, course)
    lines = draw_lines(rng, drawn, int(classes.fixed_cost.sum()), n_people, tightness)
    n, n_courses = len(drawn.who), len(classes.training_ids)
    line = len(lines.ids) - (-(-n_people // DEPARTMENT)) + drawn.who // DEPARTMENT
    marks = tuple(
        Earmark(name=f"M{i}", trainings=tuple(range(i, n_courses, N_KINDS)), at_most=int(lines.amount[0] * CAP_SHARE))
        for i in range(N_CAPPED)
    )
    nothing, n_regions = np.zeros(n, dtype=np.bool_), -(-n_people // REGION)
    unit = np.arange(n_people) // REGION
    problem = AllocationProblem(
        lines=lines, classes=classes,
        people=People(
            ids=names("E", n_people), unit=unit, unit_ids=names("U", n_regions), unit_headcount=np.bincount(unit),
            hours_floor=np.full(n_people, 20.0), hours_cap=np.full(n_people, 40.0),
            max_trainings=np.full(n_people, MOST),
        ),
        options=Options(
            employee=drawn.who, offering=drawn.offering, benefit=drawn.benefit,
            charges=csr_array((drawn.cost, line, np.arange(n + 1)), shape=(n, len(lines.ids))),
            is_mandatory=nothing, is_pinned=nothing.copy(), was_chosen=nothing.copy(),
            addresses=csr_array((n, 0), dtype=np.bool_),
        ),
        rules=Rules(hours_weight=0.05, unit_floor_share=SERVED_SHARE, prerequisites=pairs, earmarks=marks),
    )  # fmt: skip
    return Ministry(problem=problem, penalty=PENALTY * round(MANDATORY_SHARE * n_people))
