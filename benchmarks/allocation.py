"""Claim: a city's plan comes with a proven gap well under 1 %, far above greedy, where HiGHS alone has no plan yet.

Draws problems of the shape of a ministry: N people with 20 options each (7 courses of up to 3 sessions), 0.12 N
classes, regions of 2,000, departments of 60 in divisions of 10, nested budgets, 40 % of the classes opened at a cost
and with a minimum, 10 % of courses with a prerequisite, 3 % of options worth 20 more, four capped earmarks, 20 JP
wanted and 40 JP allowed. Prints for each method the value, the bound it proved and the gap to the best bound.

    python benchmarks/allocation.py [--people 300 1000] [--seeds 1] [--tightness 0.4] [--seconds 60] [--without-highs]
"""

import argparse
import resource
import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from recommender.allocation.exact import build_model
from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.highs import Solver
from recommender.allocation.limits import Deadline, SolveLimits
from recommender.allocation.objective import worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem, Classes, Earmark, Lines, Options, People, Rules
from recommender.allocation.solve import solve
from recommender.allocation.verify import verify
from training_catalog.columns import FloatArray, IndexArray

REGION, DEPARTMENT, DEPARTMENTS_A_DIVISION = 2_000, 60, 10
N_OPTIONS, SESSIONS, SLOTS = 20, 3, 40
THOUSAND = 1_000  # rupiah in which costs are drawn
DAY_ONE = np.datetime64("2027-01-04")


def names(prefix: str, n: int) -> np.ndarray:
    """Return ids that sort as they count."""
    return np.array([f"{prefix}{i:07d}" for i in range(n)], dtype=np.str_)


def draw_classes(rng: np.random.Generator, n_people: int) -> tuple[Classes, IndexArray]:
    """Draw courses of three sessions in each region; return the classes and the region of each course."""
    n_courses = max(int(0.12 * n_people) // SESSIONS, 8)
    n_regions = -(-n_people // REGION)
    region = np.sort(np.arange(n_courses) % n_regions)
    n = n_courses * SESSIONS
    course = np.repeat(np.arange(n_courses), SESSIONS)
    hours = rng.choice([4.0, 8.0, 12.0, 16.0, 24.0], n_courses)[course]
    is_inside = (rng.random(n_courses) < 0.4)[course]
    slot = rng.integers(0, SLOTS, n)
    start = DAY_ONE + 7 * slot
    classes = Classes(
        ids=names("K", n), training=course.astype(np.int64), training_ids=names("T", n_courses),
        fixed_cost=np.where(is_inside, 110 * hours * THOUSAND, 0).astype(np.int64),
        line=np.zeros(n, dtype=np.int64),
        seats_min=np.where(is_inside, rng.integers(5, 11, n), 1).astype(np.int64),
        seats_max=np.where(is_inside, rng.integers(18, 31, n), rng.integers(10, 60, n)).astype(np.int64),
        start=start, end=start + 4, hours=hours, is_away=np.ones(n, dtype=np.bool_),
    )  # fmt: skip
    return classes, region.astype(np.int64)


def draw_options(rng: np.random.Generator, classes: Classes, region: IndexArray,
                 n_people: int) -> tuple[IndexArray, IndexArray, FloatArray, IndexArray]:  # fmt: skip
    """Draw each person's courses among those of the region; return person, class, benefit and cost of each option."""
    n_wanted = -(-N_OPTIONS // SESSIONS)
    person, course = [], []
    for i in range(int(region.max()) + 1):
        own = np.flatnonzero(region == i)
        people = np.arange(i * REGION, min((i + 1) * REGION, n_people))
        rank = rng.random((len(people), len(own))) * (0.5 + rng.random(len(own)))
        picked = own[np.argpartition(rank, min(n_wanted, len(own)) - 1, axis=1)[:, :n_wanted]]
        person.append(np.repeat(people, picked.shape[1]))
        course.append(picked.ravel())
    who, what = np.concatenate(person), np.concatenate(course)
    gain = rng.gamma(2.0, 0.5, len(who)) * np.sqrt(classes.hours[what * SESSIONS] / 8.0)
    gain += 20.0 * (rng.random(len(who)) < 0.03)
    offering = (what[:, None] * SESSIONS + np.arange(SESSIONS)).ravel()
    who, gain = np.repeat(who, SESSIONS), np.repeat(gain, SESSIONS) * rng.uniform(0.9, 1.1, len(who) * SESSIONS)
    order = np.lexsort((offering, who))
    who, offering, gain = who[order], offering[order], gain[order]
    place = np.arange(len(who)) - np.searchsorted(who, who)
    kept = place < N_OPTIONS
    who, offering, gain = who[kept], offering[kept], gain[kept]
    rate = np.where(classes.fixed_cost[offering] > 0, 10.0, 100.0)
    cost = (rate * classes.hours[offering] * rng.uniform(0.8, 1.2, len(who))).astype(np.int64) * THOUSAND
    return who.astype(np.int64), offering.astype(np.int64), gain, cost


def draw_lines(rng: np.random.Generator, who: IndexArray, cost: IndexArray, openings: int, n_people: int,
               tightness: float) -> Lines:  # fmt: skip
    """Draw nested budgets: departments get a share of what they wish for, divisions and the root a little less."""
    n_departments = -(-n_people // DEPARTMENT)
    n_divisions = -(-n_departments // DEPARTMENTS_A_DIVISION)
    wish = np.bincount(who // DEPARTMENT, weights=cost * (3.0 / N_OPTIONS), minlength=n_departments)
    department = wish * rng.uniform(0.5, 1.5, n_departments) * tightness
    of = np.arange(n_departments) // DEPARTMENTS_A_DIVISION
    division = np.bincount(of, weights=department) * rng.uniform(0.8, 1.02, n_divisions)
    root = 0.97 * division.sum() + 0.5 * openings
    amount = np.concatenate([[root], division, department]).astype(np.int64)
    parent = np.concatenate([[-1], np.zeros(n_divisions), 1 + of]).astype(np.int64)
    return Lines(ids=names("L", len(amount)), amount=amount, parent=parent)


def draw_problem(seed: int, n_people: int, tightness: float) -> AllocationProblem:
    """Draw a problem; the same seed draws the same."""
    rng = np.random.default_rng([seed, n_people])
    classes, region = draw_classes(rng, n_people)
    who, offering, gain, cost = draw_options(rng, classes, region, n_people)
    lines = draw_lines(rng, who, cost, int(classes.fixed_cost.sum()), n_people, tightness)
    n, n_courses = len(who), len(classes.training_ids)
    line = len(lines.ids) - (-(-n_people // DEPARTMENT)) + who // DEPARTMENT
    charges = csr_array((cost, line, np.arange(n + 1)), shape=(n, len(lines.ids)))
    later = np.flatnonzero(rng.random(n_courses) < 0.1)
    pairs = tuple((int(c), int(c) - 1) for c in later if c and region[c] == region[c - 1])
    marks = tuple(
        Earmark(name=f"M{i}", trainings=tuple(range(i, n_courses, 8)), at_most=int(lines.amount[0] * 0.08))
        for i in range(4)
    )
    nothing, n_units = np.zeros(n, dtype=np.bool_), n_people // DEPARTMENT + 1
    return AllocationProblem(
        lines=lines, classes=classes,
        people=People(
            ids=names("E", n_people), unit=np.arange(n_people) // DEPARTMENT, unit_ids=names("U", n_units),
            unit_headcount=np.full(n_units, DEPARTMENT), hours_floor=np.full(n_people, 20.0),
            hours_cap=np.full(n_people, 40.0), max_trainings=np.full(n_people, 3),
        ),
        options=Options(
            employee=who, offering=offering, benefit=gain, charges=charges, is_mandatory=nothing,
            is_pinned=nothing.copy(), was_chosen=nothing.copy(), addresses=csr_array((n, 0), dtype=np.bool_),
        ),
        rules=Rules(hours_weight=0.05, prerequisites=pairs, earmarks=marks),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One method on one problem."""

    method: str
    value: float
    bound: float
    seconds: float


def by_highs(problem: AllocationProblem, seconds: float) -> Row:
    """Give HiGHS the whole program, from nothing, in its own process."""
    begun = time.monotonic()
    limits = SolveLimits(seconds=seconds, clock=time.monotonic)
    with Solver(Deadline(limits), 0) as solver:
        model = build_model(problem)
        answer = solver.solve(model.program, None, seconds=seconds, gap=1e-4)
    value = -np.inf
    if answer.values is not None:
        value = worth(problem, np.flatnonzero(answer.values[: model.layout.n_options] > 0.5)).objective
    return Row(method="HiGHS whole", value=value, bound=answer.bound, seconds=time.monotonic() - begun)


def by_methods(problem: AllocationProblem, seconds: float, *, with_highs: bool) -> list[Row]:
    """Run every method."""
    begun = time.monotonic()
    start = greedy(Placement(problem), ratio_scores(problem))
    value = worth(problem, start).objective
    rows = [Row(method="greedy", value=value, bound=np.inf, seconds=time.monotonic() - begun)]
    begun = time.monotonic()
    found = solve(problem, SolveLimits(seconds=seconds, clock=time.monotonic))
    took = time.monotonic() - begun
    wrong = verify(problem, found) if len(problem.people.ids) <= 10_000 else ()
    if wrong:
        raise SystemExit("\n".join(map(str, wrong)))
    rows.append(Row(method="bangkom", value=found.objective, bound=found.bound, seconds=took))
    if with_highs:
        rows.append(by_highs(problem, seconds))
    return rows


def main() -> None:
    """Print a table for each size, seed and tightness."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1_000])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--tightness", type=float, nargs="+", default=[0.4], help="share of wishes that budgets cover")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--without-highs", action="store_true")
    given = parser.parse_args()
    for n_people in given.people:
        for seed in range(1, given.seeds + 1):
            for tightness in given.tightness:
                problem = draw_problem(seed, n_people, tightness)
                rows = by_methods(problem, given.seconds, with_highs=not given.without_highs)
                best = min(row.bound for row in rows)
                print(f"\n{n_people:,} people, seed {seed}, budgets for {tightness:.0%} of wishes")
                for row in rows:
                    gap, own = (
                        (best - row.value) / best,
                        (row.bound - row.value) / row.bound if row.bound < np.inf else np.nan,
                    )
                    print(f"{row.method:12} value {row.value:12.1f}  bound {row.bound:12.1f}  gap to the best bound "
                          f"{gap:8.2%}  proven {own:8.2%}  {row.seconds:6.1f} s", flush=True)  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\npeak memory of this process {peak:.2f} GB")


if __name__ == "__main__":
    main()
