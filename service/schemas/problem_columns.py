"""A checked problem file as the columns a solver reads."""

import numpy as np
from scipy.sparse import coo_array, csr_array

from recommender.allocation.problem import (
    NO_HOURS_CAP,
    NO_LIMIT,
    AllocationProblem,
    Classes,
    Earmark,
    Lines,
    Options,
    People,
    Rules,
)
from service.schemas.problem import Employee, Offering, Option, ProblemFile
from service.schemas.problem_checks import payer, seat_cost
from training_catalog.columns import IndexArray, TextArray


def _texts(values: list[str]) -> TextArray:
    return np.array(values, dtype=np.str_) if values else np.empty(0, dtype="<U1")


def _whole(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.int64)


def _positions(values: list[str]) -> dict[str, int]:
    return {value: i for i, value in enumerate(values)}


def _lines(file: ProblemFile) -> Lines:
    budgets = sorted(file.budgets, key=lambda line: line.line)
    place = _positions([line.line for line in budgets])
    return Lines(
        ids=_texts([line.line for line in budgets]),
        amount=_whole([line.amount for line in budgets]),
        parent=_whole([place[line.parent] if line.parent is not None else -1 for line in budgets]),
    )


def _people(file: ProblemFile, employees: list[Employee]) -> People:
    units = sorted({e.unit for e in employees if e.unit is not None} | {u.unit for u in file.units})
    place = _positions(units)
    unit = _whole([place[e.unit] if e.unit is not None else -1 for e in employees])
    headcount = np.bincount(unit[unit >= 0], minlength=len(units)).astype(np.int64)
    for given in file.units:
        headcount[place[given.unit]] = given.headcount
    return People(
        ids=_texts([e.employee for e in employees]),
        unit=unit,
        unit_ids=_texts(units),
        unit_headcount=headcount,
        hours_floor=np.array([e.hours_floor or 0.0 for e in employees], dtype=np.float64),
        hours_cap=np.array([NO_HOURS_CAP if e.hours_cap is None else e.hours_cap for e in employees], dtype=np.float64),
        max_trainings=_whole([NO_LIMIT if e.max_trainings is None else e.max_trainings for e in employees]),
    )


def _classes(file: ProblemFile, offerings: list[Offering], place: dict[str, int], only_line: int) -> Classes:
    """Build the classes; the only budget line pays where a class names none."""
    trainings = sorted({o.training or o.offering for o in offerings} | {p.requires for p in file.rules.prerequisites})
    number = _positions(trainings)
    return Classes(
        ids=_texts([o.offering for o in offerings]),
        training=_whole([number[o.training or o.offering] for o in offerings]),
        training_ids=_texts(trainings),
        fixed_cost=_whole([o.fixed_cost for o in offerings]),
        line=_whole([place[o.line] if o.line is not None else only_line for o in offerings]),
        seats_min=_whole([o.min for o in offerings]),
        seats_max=_whole([NO_LIMIT if o.max is None else o.max for o in offerings]),
        start=np.array([o.start for o in offerings], dtype="datetime64[D]"),
        end=np.array([o.end for o in offerings], dtype="datetime64[D]"),
        hours=np.array([o.hours for o in offerings], dtype=np.float64),
        is_away=np.array([o.away for o in offerings], dtype=np.bool_),
    )


def _charges_of(option: Option, employee: Employee, offering: Offering, file: ProblemFile) -> list[tuple[str, int]]:
    """Return (line, amount) parts: the option's own charges or cost, and the class's cost per head."""
    line, cost = payer(option, employee, file.budgets), seat_cost(option, offering)
    parts = [(charge.line, charge.amount) for charge in option.charges or ()]
    return [*parts, (line, cost)] if cost and line is not None else parts


def _sparse(entries: list[tuple[int, int, int]], shape: tuple[int, int], kind: type) -> csr_array:
    row, column, value = (list(part) for part in zip(*entries, strict=True)) if entries else ([], [], [])
    matrix = coo_array((np.array(value, dtype=kind), (_whole(row), _whole(column))), shape=shape).tocsr()
    if kind is np.int64:
        matrix.sum_duplicates()
    matrix.sort_indices()
    return matrix


def _options(
    file: ProblemFile, options: list[Option], people: dict[str, int], classes: dict[str, int], lines: dict[str, int]
) -> Options:
    employees = {e.employee: e for e in file.employees}
    offerings = {o.offering: o for o in file.offerings}
    topics = _positions(sorted({topic for option in options for topic in option.addresses}))
    charges: list[tuple[int, int, int]] = []
    addresses: list[tuple[int, int, int]] = []
    for i, option in enumerate(options):
        parts = _charges_of(option, employees[option.employee], offerings[option.offering], file)
        charges += [(i, lines[line], amount) for line, amount in parts if amount]
        addresses += [(i, topics[topic], 1) for topic in set(option.addresses)]
    earlier = {(choice.employee, choice.offering) for choice in file.previous or ()}
    return Options(
        employee=_whole([people[o.employee] for o in options]),
        offering=_whole([classes[o.offering] for o in options]),
        benefit=np.array([o.benefit for o in options], dtype=np.float64),
        charges=_sparse(charges, (len(options), len(lines)), np.int64),
        is_mandatory=np.array([o.mandatory for o in options], dtype=np.bool_),
        is_pinned=np.array([o.pinned for o in options], dtype=np.bool_),
        was_chosen=np.array([(o.employee, o.offering) in earlier for o in options], dtype=np.bool_),
        addresses=_sparse(addresses, (len(options), len(topics)), np.bool_),
    )


def _rules(file: ProblemFile, classes: Classes) -> Rules:
    number = _positions(classes.training_ids.tolist())
    stability = file.rules.stability_weight
    if stability is None:
        stability = 1.0 + max((o.benefit for o in file.options), default=0.0) if file.previous else 0.0
    pairs = {(p.training, p.requires) for p in file.rules.prerequisites if p.training in number}
    return Rules(
        away_share=file.rules.away_share,
        hours_weight=file.rules.hours_weight,
        unit_floor_share=file.rules.unit_floor_share,
        reserve_share=file.rules.reserve_share,
        stability_weight=stability,
        prerequisites=tuple(sorted((number[t], number[r]) for t, r in pairs)),
        earmarks=tuple(
            Earmark(name=m.name, trainings=tuple(sorted(number[t] for t in m.trainings)), at_most=m.at_most,
                    at_least=m.at_least)
            for m in file.rules.earmarks
        ),
    )  # fmt: skip


def to_columns(file: ProblemFile) -> AllocationProblem:
    """Turn a checked problem file into columns in canonical order.

    Options of unknown offerings are left out; `service.commands.solve` answers them as ``no-offering``. The same
    person, class and line listed twice keeps the first in file order of benefit, larger first.
    """
    lines = _lines(file)
    line_place = _positions(lines.ids.tolist())
    employees = sorted(file.employees, key=lambda e: e.employee)
    offerings = sorted(file.offerings, key=lambda o: o.offering)
    class_place = _positions([o.offering for o in offerings])
    options = [option for option in file.options if option.offering in class_place]
    options.sort(key=lambda o: (o.employee, o.offering, o.line or "", -o.benefit, o.cost))
    classes = _classes(file, offerings, line_place, 0 if len(file.budgets) == 1 else -1)
    people_place = _positions([e.employee for e in employees])
    return AllocationProblem(
        lines=lines,
        people=_people(file, employees),
        classes=classes,
        options=_options(file, options, people_place, class_place, line_place),
        rules=_rules(file, classes),
    )
