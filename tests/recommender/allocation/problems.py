"""Small problems: built from plain rows, drawn at random, and solved by trying every choice."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommender.allocation.highs import ANY_NODES, Aim, Answer, run_highs
from recommender.allocation.objective import worth
from recommender.allocation.problem import (
    AllocationProblem,
    Classes,
    Earmark,
    Lines,
    Options,
    People,
    Rules,
)
from recommender.allocation.result import Allocation, Clash, Status
from recommender.allocation.verify import verify

DAY_ONE = np.datetime64("2027-03-01")


def ids(prefix, n):
    return np.array([f"{prefix}{i:02d}" for i in range(n)], dtype=np.str_)


def whole(values):
    return np.array(values, dtype=np.int64)


def make_problem(*, budgets, classes, options, n_people, parents=None, people=None, rules=None):
    """Build a problem from rows.

    classes: dicts with fixed, min, max, day, days, hours, training, line, away; options: dicts with who, where,
    benefit, cost (dict of lines or an amount for line 0), topics, mandatory, pinned, kept.
    """
    people = people or {}
    n_lines, n_classes = len(budgets), len(classes)
    trainings = [c.get("training", i) for i, c in enumerate(classes)]
    start = [np.datetime64("NaT") if c.get("day") is None else DAY_ONE + c["day"] for c in classes]
    end = [s if np.isnat(s) else s + c.get("days", 1) - 1 for s, c in zip(start, classes, strict=True)]
    options = sorted(options, key=lambda o: (o["who"], o["where"]))
    charges = np.zeros((len(options), n_lines), dtype=np.int64)
    topics = np.zeros((len(options), 3), dtype=np.bool_)
    for i, option in enumerate(options):
        cost = option.get("cost", 0)
        for line, amount in (cost if isinstance(cost, dict) else {0: cost}).items():
            charges[i, line] = amount
        topics[i, list(option.get("topics", ()))] = True
    units = whole(people.get("unit", [-1] * n_people))
    n_units = int(units.max(initial=-1)) + 1
    return AllocationProblem(
        lines=Lines(ids=ids("L", n_lines), amount=whole(budgets), parent=whole(parents or [-1] * n_lines)),
        people=People(
            ids=ids("E", n_people),
            unit=units,
            unit_ids=ids("U", n_units),
            unit_headcount=np.bincount(units[units >= 0], minlength=n_units).astype(np.int64),
            hours_floor=np.array(people.get("floor", [0.0] * n_people), dtype=np.float64),
            hours_cap=np.array(people.get("cap", [np.inf] * n_people), dtype=np.float64),
            max_trainings=whole(people.get("most", [99] * n_people)),
        ),
        classes=Classes(
            ids=ids("K", n_classes),
            training=whole(trainings),
            training_ids=ids("T", max(trainings, default=-1) + 1),
            fixed_cost=whole([c.get("fixed", 0) for c in classes]),
            line=whole([c.get("line", 0) for c in classes]),
            seats_min=whole([c.get("min", 1) for c in classes]),
            seats_max=whole([c.get("max", 99) for c in classes]),
            start=np.array(start, dtype="datetime64[D]"),
            end=np.array(end, dtype="datetime64[D]"),
            hours=np.array([c.get("hours", 8) for c in classes], dtype=np.float64),
            is_away=np.array([c.get("away", True) for c in classes], dtype=np.bool_),
        ),
        options=Options(
            employee=whole([o["who"] for o in options]),
            offering=whole([o["where"] for o in options]),
            benefit=np.array([o["benefit"] for o in options], dtype=np.float64),
            charges=csr_array(charges),
            is_mandatory=np.array([o.get("mandatory", False) for o in options], dtype=np.bool_),
            is_pinned=np.array([o.get("pinned", False) for o in options], dtype=np.bool_),
            was_chosen=np.array([o.get("kept", False) for o in options], dtype=np.bool_),
            addresses=csr_array(topics),
        ),
        rules=rules or Rules(),
    )


@st.composite
def tiny_problems(draw, *, demanded=False):
    """Draw a problem of a few options in which every kind of rule may bind."""
    n_people, n_classes = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    small = st.integers(0, 6)
    classes = [
        {
            "fixed": draw(st.sampled_from([0, 0, 3, 5])),
            "min": draw(st.sampled_from([0, 1, 1, 2, 3])),
            "max": draw(st.integers(1, 4)),
            "day": draw(st.sampled_from([None, 0, 1, 2, 4])),
            "days": draw(st.integers(1, 3)),
            "hours": draw(st.sampled_from([0, 4, 8])),
            "training": draw(st.integers(0, 2)),
            "line": draw(st.integers(0, 2)),
            "away": draw(st.booleans()),
        }
        for _ in range(n_classes)
    ]
    pairs = [(who, where) for who in range(n_people) for where in range(n_classes)]
    listed = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=8))
    options = [
        {
            "who": who,
            "where": where,
            "benefit": draw(st.integers(0, 8)) / 2,
            "cost": {draw(st.integers(0, 2)): draw(small), draw(st.integers(0, 2)): draw(small)},
            "topics": draw(st.sets(st.integers(0, 2), max_size=1)),
            "mandatory": demanded and draw(st.integers(0, 3)) == 0,
            "pinned": demanded and draw(st.integers(0, 5)) == 0,
            "kept": draw(st.booleans()),
        }
        for who, where in listed
    ]
    people = {
        "unit": draw(st.lists(st.integers(-1, 1), min_size=n_people, max_size=n_people)),
        "floor": draw(st.lists(st.sampled_from([0, 0, 6, 12]), min_size=n_people, max_size=n_people)),
        "cap": draw(st.lists(st.sampled_from([np.inf, 8, 12]), min_size=n_people, max_size=n_people)),
        "most": draw(st.lists(st.integers(0, 3), min_size=n_people, max_size=n_people)),
    }
    n_trainings = max(c["training"] for c in classes) + 1
    needs = draw(st.sampled_from([(), ((0, 1),), ((1, 0), (2, 1))]))
    rules = Rules(
        away_share=draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
        hours_weight=draw(st.sampled_from([0.0, 0.1])),
        unit_floor_share=draw(st.sampled_from([None, 0.5])),
        reserve_share=draw(st.sampled_from([0.0, 0.1])),
        stability_weight=draw(st.sampled_from([0.0, 0.3])),
        prerequisites=tuple(pair for pair in needs if max(pair) < n_trainings),
        waived=frozenset(
            draw(st.sets(st.tuples(st.integers(0, n_people - 1), st.integers(0, n_trainings - 1)), max_size=2))
        ),
        earmarks=draw(
            st.sampled_from([(), (Earmark(name="M", trainings=(0,), at_most=6, at_least=2),)]),
        ),
    )
    return make_problem(
        budgets=draw(st.lists(st.integers(0, 20), min_size=3, max_size=3)),
        parents=draw(st.sampled_from([[-1, -1, -1], [-1, 0, 1], [-1, 0, 0]])),
        classes=classes, options=options, n_people=n_people, people=people, rules=rules,
    )  # fmt: skip


def claim(problem, chosen, *, clashes=(), objective=None, bound=np.inf):
    """Return the allocation that claims a choice."""
    chosen = whole(chosen)
    return Allocation(
        chosen=chosen,
        status=Status.HEURISTIC,
        objective=worth(problem, chosen).objective if objective is None else objective,
        bound=bound,
        line_prices=np.zeros(len(problem.lines.ids)),
        clashes=tuple(clashes),
        stopped_by_clock=False,
        solver="none",
    )


def _excuses(problem):
    """Return clashes that excuse every demand, so that only the hard rules are judged."""
    options, classes = problem.options, problem.classes
    rows = np.flatnonzero(options.is_mandatory | options.is_pinned).tolist()
    return [
        Clash(code="budget", subject=str(classes.training_ids[classes.training[options.offering[row]]]), limit="",
              needed=0, available=0, people=(str(problem.people.ids[options.employee[row]]),))
        for row in rows
    ]  # fmt: skip


def demands_met(problem, chosen):
    """Return (pins met, mandatory demands met)."""
    options = problem.options
    training = problem.classes.training[options.offering]
    must = np.flatnonzero(options.is_mandatory)
    groups = {(int(options.employee[row]), int(training[row])) for row in must}
    met = {(int(options.employee[row]), int(training[row])) for row in must if row in chosen}
    pinned = np.flatnonzero(options.is_pinned)
    held = {(int(options.employee[row]), int(options.offering[row])) for row in pinned if row in chosen}
    return len(held), len(groups & met)


def best_by_trying(problem):
    """Return the largest (pins met, mandatory met, value) over every choice that the recount accepts."""
    excuses = _excuses(problem)
    rows = range(len(problem.options.employee))
    best = (-1, -1, -np.inf)
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            allocation = claim(problem, chosen, clashes=excuses)
            if not verify(problem, allocation):
                best = max(best, (*demands_met(problem, chosen), allocation.objective))
    return best


class SolverHere:
    """HiGHS in this process: quick, but nobody can stop it."""

    def solve(self, program, start=None, *, seconds, gap, nodes=ANY_NODES, floor=None, aim=Aim.BOTH, hear=None,
              until=None):  # fmt: skip
        return run_highs(program, start, seconds=seconds, gap=gap, seed=0, nodes=nodes, floor=floor, aim=aim,
                         report=hear)  # fmt: skip


class SolverSilent:
    """A solver that never answers."""

    def solve(self, program, start=None, *, seconds, gap, nodes=ANY_NODES, floor=None, aim=Aim.BOTH, hear=None,
              until=None):  # fmt: skip
        return Answer(values=None, bound=np.inf, is_optimal=False, is_infeasible=False)


def with_budgets(problem, amounts):
    lines = replace(problem.lines, amount=whole(amounts))
    return replace(problem, lines=lines)
