"""Pins and mandatory demands before everything else: all of them if any plan can, else as many as possible."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recommender.allocation.ascent import find_prices
from recommender.allocation.aside import NOBODY, Nobody
from recommender.allocation.capacity import demanded_classes
from recommender.allocation.exact import Model, chosen_of, demands, pins
from recommender.allocation.highs import Solver, only
from recommender.allocation.program import demand_rows
from recommender.allocation.relaxation import Relaxation
from training_catalog.columns import IndexArray

TIE_SHARE = 0.5  # all ranks together weigh less than one demand
PASSES = 200
PRICE_SHARE = 0.1  # of the time, for prices
NEAR = ((0.05, 0.1), (0.5, 0.15), (np.inf, 0.3))  # how far from its price an option may be, and the share of the time
LEAST_SHARE = 0.3  # of the time, for as many demands as possible
FEW_COLUMNS = 20_000  # that may help the demands, up to which it is asked first how many can be met at all
SMALL_PART = 0.5  # of all columns, the same: where everybody must go somewhere, that is as hard as a good plan
GAP = 5e-3  # any plan that meets every demand will do; a good one saves time later


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanded:
    """What became of the pins and mandatory demands.

    Parameters
    ----------
    model : With rows that keep what is met.
    start : A plan that meets it.
    unmet : Groups of options of which one was demanded and none is chosen.
    is_proved : Whether no plan meets more; else the clock ended the search.
    """

    model: Model
    start: IndexArray
    unmet: list[IndexArray]
    is_proved: bool


def meet_demands(
    model: Model, solver: Solver, start: IndexArray, *, seconds: float, now: Callable[[], float],
    aside: Nobody = NOBODY,
) -> Demanded:  # fmt: skip
    """Meet as many pins and mandatory demands as possible, pins first, and write that into the program.

    Parameters
    ----------
    model : The problem and its rows.
    solver : Where HiGHS runs.
    start : A plan that keeps every limit.
    seconds, now : Time that may be used, and the clock.
    aside : May find a plan that meets them all first.
    """
    model = replace(model, demanded=tuple(demands(model.problem)))
    is_proved = True
    if model.told_apart(start)[1]:
        start, is_proved = _met_best(model, solver, start, seconds=seconds, now=now, aside=aside)
    met, unmet = model.told_apart(start)
    program = demand_rows(model.program, met, np.ones(len(met)))
    opened = [model.layout.n_options + classes for classes in demanded_classes(model.problem, tuple(met))]
    program = demand_rows(program, opened, np.ones(len(opened)))
    return Demanded(model=replace(model, program=program, demanded=tuple(met)), start=start, unmet=unmet,
                    is_proved=is_proved or not unmet)  # fmt: skip


def _met_best(
    model: Model, solver: Solver, start: IndexArray, *, seconds: float, now: Callable[[], float], aside: Nobody
) -> tuple[IndexArray, bool]:
    """Return a plan that meets the most demands, and whether none meets more: asked first where that is soon told."""
    helpful = _helpful_columns(model, np.concatenate(model.demanded))
    at_most = partial(_most_met, model, solver, helpful=helpful, seconds=seconds * LEAST_SHARE, aside=aside)
    is_asked = len(helpful) <= min(FEW_COLUMNS, SMALL_PART * model.layout.width)
    is_proved = False
    if is_asked:
        start, is_proved = at_most(start)
        if is_proved and model.told_apart(start)[1]:
            return start, True
    start = _all_met(model, solver, start, seconds=seconds, now=now, aside=aside)
    if model.told_apart(start)[1] and not is_asked:
        start, is_proved = at_most(start)
    return start, is_proved


def _all_met(
    model: Model, solver: Solver, start: IndexArray, *, seconds: float, now: Callable[[], float],
    aside: Nobody,
) -> IndexArray:  # fmt: skip
    """Return a good plan that meets every demand, of what is near its price under them; else the start."""
    layout = model.layout
    relaxed = Relaxation(model.problem, model.demanded)
    ascent = find_prices(relaxed, passes=PASSES, seconds=seconds * PRICE_SHARE, now=now)
    for margin, share in NEAR:
        near = relaxed.rows[relaxed.losses(ascent.prices, margin * relaxed.usual) <= margin * relaxed.usual]
        opened = layout.n_options + np.unique(model.problem.options.offering[near])
        columns = np.concatenate([near, opened, np.arange(layout.hours, layout.width)]).astype(np.int64)
        groups = [np.searchsorted(columns, group[np.isin(group, near)]) for group in model.demanded]
        part = demand_rows(only(model.program, columns), groups, np.ones(len(groups)))
        answer = solver.solve(part, None, seconds=seconds * share, gap=GAP, until=_has_plan(aside))
        chosen = chosen_of(part, answer)
        if chosen is not None and model.totals.keeps(columns[chosen]):
            return columns[chosen]
        found = None if answer.is_infeasible else aside.take()
        if found is not None:
            return found
    return start


def _has_plan(aside: Nobody) -> Callable[[], bool] | None:
    """Return what tells whether a plan was found aside; None where nothing searches there."""
    return None if aside is NOBODY else lambda: aside.plan() is not None


def _most_met(
    model: Model, solver: Solver, start: IndexArray, *, helpful: IndexArray, seconds: float, aside: Nobody
) -> tuple[IndexArray, bool]:
    """Return a plan that meets the most demands, or the start where none is found, and whether no plan meets more."""
    groups, program = model.demanded, model.program
    wish = np.zeros(len(program.cost))
    n_pins = len(pins(model.problem))
    one_pin = len(groups) - n_pins + 1.0  # a pin counts more than all mandatory demands together
    for i, group in enumerate(groups):
        by_rank = TIE_SHARE * (1.0 - i / len(groups)) / len(groups)  # among equals, the lower ids
        wish[group] += (one_pin if i < n_pins else 1.0) + by_rank
    part = only(replace(program, cost=wish), helpful)
    answer = solver.solve(part, None, seconds=seconds, gap=0.0, until=_has_plan(aside))
    chosen = chosen_of(part, answer)
    found = None if answer.is_optimal else aside.take()
    if found is not None:
        return found, not model.told_apart(found)[1]
    if chosen is None or not model.totals.keeps(helpful[chosen]):
        return start, False
    if not answer.is_optimal and len(model.told_apart(helpful[chosen])[1]) >= len(model.told_apart(start)[1]):
        return start, False
    return helpful[chosen], answer.is_optimal


def _helpful_columns(model: Model, demanded: IndexArray) -> IndexArray:
    """Return demanded options, what else can fill their classes or come before them, those classes, and the rest."""
    problem, layout = model.problem, model.layout
    options = problem.options
    first = np.array([required for _, required in problem.rules.prerequisites], dtype=np.int64)
    is_first = np.isin(problem.classes.training[options.offering], first)
    is_first &= np.isin(options.employee, options.employee[demanded])
    useful = np.isin(options.offering, options.offering[demanded]) | is_first
    rows = np.flatnonzero(useful & layout.is_possible)
    opened = np.unique(options.offering[rows])
    return np.concatenate([rows, layout.n_options + opened, np.arange(layout.hours, layout.width)]).astype(np.int64)
