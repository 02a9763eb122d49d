"""What is wrong with a problem file: each fault one sentence with its place, the value and what is accepted."""

import difflib
import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from service.schemas.problem import (
    BudgetLine,
    Charge,
    Earlier,
    EarmarkRule,
    Employee,
    Offering,
    Option,
    Prerequisite,
    ProblemFile,
    RuleSet,
    Unit,
)
from training_catalog.errors import InputError, InvalidValueError

LARGEST = 2**62  # whole rupiah; sums of it still fit the solver's scaling
LARGEST_FIGURE = 10**12  # of what is no money: products and squares of it still are numbers
_ITEM_TYPES: dict[str, type[msgspec.Struct]] = {
    "budgets": BudgetLine, "offerings": Offering, "employees": Employee, "options": Option, "units": Unit,
    "previous": Earlier, "charges": Charge, "prerequisites": Prerequisite, "earmarks": EarmarkRule, "rules": RuleSet,
}  # fmt: skip
_ID_FIELDS = {"line", "parent", "offering", "training", "employee", "unit", "requires", "name"}
Faults = Iterator[InputError]


def shape_faults(value: dict[str, Any], kind: type[msgspec.Struct], where: str = "$") -> Faults:
    """Yield unknown fields, missing fields, ids that are numbers, and values of the wrong type, wherever they are."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, inner in value.items():
        place = f"{where}.{key}"
        if key not in fields:
            if kind is not Earlier:
                yield _unknown_field(key, fields, place)
        elif key in _ID_FIELDS and isinstance(inner, int | float):
            yield InputError("{where}: {value} is a number; an id is text, because a number loses digits",
                             where=place, value=inner)  # fmt: skip
        elif key in _ITEM_TYPES and isinstance(inner, list) and key != "rules":
            yield from _list_faults(inner, _ITEM_TYPES[key], place)
        elif key == "rules" and isinstance(inner, dict):
            yield from shape_faults(inner, RuleSet, place)
        else:
            yield from _type_faults(inner, fields[key].type, place)
    for name, field in fields.items():
        if field.required and name not in value:
            yield InputError("{where}: {name} is missing", where=where, name=name)


def _unknown_field(key: str, fields: dict[str, Any], where: str) -> InputError:
    near = difflib.get_close_matches(key, fields, n=1)
    if near:
        return InputError("{where}: unknown field; did you mean '{near}'?", where=where, near=near[0])
    return InputError("{where}: unknown field; accepted: {known}", where=where, known=", ".join(fields))


def _type_faults(value: object, kind: Any, where: str) -> Faults:  # noqa: ANN401 (an annotation, whatever it is)
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        yield InvalidValueError(where, _shown(value), _accepted(kind))


def _accepted(kind: Any) -> str:  # noqa: ANN401 (an annotation, whatever it is)
    """Return in words what a field holds."""
    info = msgspec.inspect.type_info(kind)
    kinds = {type(part) for part in getattr(info, "types", (info,))}
    if msgspec.inspect.BoolType in kinds:
        return "true or false"
    if msgspec.inspect.IntType in kinds:
        return "a whole number"
    if msgspec.inspect.FloatType in kinds:
        return "a number"
    if msgspec.inspect.DateType in kinds:
        return "a day, YYYY-MM-DD"
    if msgspec.inspect.ListType in kinds:
        return "a list of texts" if kind == list[str] else "a list"
    return "an object" if msgspec.inspect.StructType in kinds else "text"


def _shown(value: object) -> str:
    """Return a value as it stands in the file, cut to a length that can be read."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} ..."


LONGEST_SHOWN = 60  # characters of a value


def _list_faults(values: list[Any], kind: type[msgspec.Struct], where: str) -> Faults:
    for i, inner in enumerate(values):
        if isinstance(inner, dict):
            yield from shape_faults(inner, kind, f"{where}[{i}]")
        else:
            yield InvalidValueError(f"{where}[{i}]", _shown(inner), "an object")


def value_faults(problem: ProblemFile) -> Faults:
    """Yield numbers out of range."""
    for i, line in enumerate(problem.budgets):
        yield from _at_least(line.amount, 0, f"$.budgets[{i}].amount")
    for i, unit in enumerate(problem.units):
        yield from _at_least(unit.headcount, 0, f"$.units[{i}].headcount")
    for i, offering in enumerate(problem.offerings):
        yield from _offering_faults(offering, f"$.offerings[{i}]")
    for i, person in enumerate(problem.employees):
        where = f"$.employees[{i}]"
        yield from _finite(person.hours_floor, f"{where}.hours_floor")
        yield from _finite(person.hours_cap, f"{where}.hours_cap")
        if person.max_trainings is not None:
            yield from _at_least(person.max_trainings, 0, f"{where}.max_trainings")
    for i, option in enumerate(problem.options):
        where = f"$.options[{i}]"
        yield from _finite(option.benefit, f"{where}.benefit")
        yield from _at_least(option.cost, 0, f"{where}.cost")
        for k, charge in enumerate(option.charges or ()):
            yield from _at_least(charge.amount, 0, f"{where}.charges[{k}].amount")
    yield from _rule_faults(problem)


def _offering_faults(offering: Offering, where: str) -> Faults:
    yield from _at_least(offering.fixed_cost, 0, f"{where}.fixed_cost")
    yield from _at_least(offering.seat_cost, 0, f"{where}.seat_cost")
    yield from _at_least(offering.min, 0, f"{where}.min")
    yield from _finite(offering.hours, f"{where}.hours")
    if offering.max is not None and offering.max < max(offering.min, 0):
        yield InputError("{where}: {value} is not accepted; accepted: min ({min}) or more",
                         where=f"{where}.max", value=offering.max, min=offering.min)  # fmt: skip
    if offering.start and offering.end and offering.end < offering.start:
        yield _before(offering.start, offering.end, where)
    if (offering.start is None) != (offering.end is None):
        yield InputError("{where}: start and end are given together or not at all", where=where)


def _before(start: date, end: date, where: str) -> InputError:
    return InputError("{where}: {end} is before start {start}", where=f"{where}.end", end=end, start=start)


def _rule_faults(problem: ProblemFile) -> Faults:
    rules = problem.rules
    for name in ("away_share", "unit_floor_share", "reserve_share"):
        share = getattr(rules, name)
        if share is not None and not 0 <= share <= 1:
            yield InvalidValueError(f"$.rules.{name}", share, "0 to 1")
    yield from _finite(rules.hours_weight, "$.rules.hours_weight")
    yield from _finite(rules.stability_weight, "$.rules.stability_weight")
    yield from _finite(problem.gap, "$.gap")
    if not problem.time_limit > 0 or math.isinf(problem.time_limit):
        yield InvalidValueError("$.time_limit", problem.time_limit, "seconds above 0")
    for i, mark in enumerate(rules.earmarks):
        for name in ("at_most", "at_least"):
            if (amount := getattr(mark, name)) is not None:
                yield from _at_least(amount, 0, f"$.rules.earmarks[{i}].{name}")
        if mark.at_most is not None and (mark.at_least or 0) > mark.at_most:
            yield InputError("{where}: {value} is not accepted; accepted: at_most ({most}) or less",
                             where=f"$.rules.earmarks[{i}].at_least", value=mark.at_least,
                             most=mark.at_most)  # fmt: skip


def _finite(value: float | None, where: str) -> Faults:
    if value is not None and (not math.isfinite(value) or value < 0):
        yield InvalidValueError(where, value, "0 or more")
    elif value is not None and value > LARGEST_FIGURE:
        yield InputError("{where}: {value} is not accepted; accepted: up to {most}",
                         where=where, value=value, most=LARGEST_FIGURE)  # fmt: skip


def _at_least(value: int, least: int, where: str) -> Faults:
    if value < least:
        yield InvalidValueError(where, value, f"{least} or more")
    elif value > LARGEST:
        yield InputError("{where}: {value} is not accepted; accepted: up to {most}",
                         where=where, value=value, most=LARGEST)  # fmt: skip


def reference_faults(problem: ProblemFile) -> Faults:
    """Yield repeated ids and ids that name nothing; an option's unknown offering is answered as ``no-offering``."""
    yield from _repeated([b.line for b in problem.budgets], "$.budgets", "line")
    yield from _repeated([o.offering for o in problem.offerings], "$.offerings", "offering")
    yield from _repeated([e.employee for e in problem.employees], "$.employees", "employee")
    yield from _repeated([u.unit for u in problem.units], "$.units", "unit")
    yield from _repeated([m.name for m in problem.rules.earmarks], "$.rules.earmarks", "name")
    lines = {b.line for b in problem.budgets}
    people = {e.employee for e in problem.employees}
    trainings = {o.training or o.offering for o in problem.offerings}
    for i, line in enumerate(problem.budgets):
        yield from _unknown(line.parent, lines, f"$.budgets[{i}].parent")
    for i, offering in enumerate(problem.offerings):
        yield from _unknown(offering.line, lines, f"$.offerings[{i}].line")
    for i, person in enumerate(problem.employees):
        yield from _unknown(person.line, lines, f"$.employees[{i}].line")
    for i, option in enumerate(problem.options):
        yield from _unknown(option.employee, people, f"$.options[{i}].employee")
        yield from _unknown(option.line, lines, f"$.options[{i}].line")
        yield from _no_id(option.offering, f"$.options[{i}].offering")
        for k, charge in enumerate(option.charges or ()):
            yield from _unknown(charge.line, lines, f"$.options[{i}].charges[{k}].line")
    for i, mark in enumerate(problem.rules.earmarks):
        for training in mark.trainings:
            yield from _unknown(training, trainings, f"$.rules.earmarks[{i}].trainings")
    for i, pair in enumerate(problem.rules.prerequisites):
        yield from _unknown(pair.training, trainings, f"$.rules.prerequisites[{i}].training")
    yield from _circles([(b.line, b.parent) for b in problem.budgets if b.parent], "$.budgets", "parent")
    pairs = [(p.training, p.requires) for p in problem.rules.prerequisites]
    yield from _circles(pairs, "$.rules.prerequisites", "requires")
    yield from _unpaid(problem)
    yield from _too_dear(problem)


def payer(option: Option, employee: Employee | None, budgets: Sequence[BudgetLine]) -> str | None:
    """Return the line that pays what an option costs beside its charges: its own, its employee's, or the only one."""
    only = budgets[0].line if len(budgets) == 1 else None
    return option.line or (employee.line if employee else None) or only


def seat_cost(option: Option, offering: Offering) -> int:
    """Return the rupiah of an option beside its charges."""
    return (0 if option.charges is not None else option.cost) + offering.seat_cost


def _unpaid(problem: ProblemFile) -> Faults:
    people = {e.employee: e for e in problem.employees}
    offerings = {o.offering: o for o in problem.offerings}
    for i, option in enumerate(problem.options):
        offering = offerings.get(option.offering)
        if offering is None or payer(option, people.get(option.employee), problem.budgets) is not None:
            continue
        if cost := seat_cost(option, offering):
            yield InputError(
                "$.options[{i}].line: {employee} in {offering} costs {cost} and no line pays; accepted: a line of "
                "$.budgets here, or in the employee",
                i=i, employee=option.employee, offering=option.offering, cost=cost,
            )  # fmt: skip


def _too_dear(problem: ProblemFile) -> Faults:
    """Yield costs whose sum no longer is a number that can be reckoned with."""
    offerings = {o.offering: o for o in problem.offerings}
    total = sum(o.fixed_cost for o in problem.offerings)
    for option in problem.options:
        if option.offering in offerings:
            charges = sum(charge.amount for charge in option.charges or ())
            total += charges + seat_cost(option, offerings[option.offering])
    if total > LARGEST:
        yield InputError("{where}: all costs together come to {value}; accepted: up to {most}",
                         where="$", value=total, most=LARGEST)  # fmt: skip


def _no_id(identifier: str, where: str) -> Faults:
    if not identifier:
        yield InputError("{where}: empty; accepted: an id", where=where)
    elif "\0" in identifier:
        yield InvalidValueError(where, _shown(identifier), "an id without the character NUL")


def _repeated(ids: Sequence[str], where: str, field: str) -> Faults:
    seen: dict[str, int] = {}
    for i, identifier in enumerate(ids):
        place = f"{where}[{i}].{field}"
        yield from _no_id(identifier, place)
        if identifier and identifier in seen:
            yield InputError("{where}: '{value}' stands already at [{first}]",
                             where=place, value=identifier, first=seen[identifier])  # fmt: skip
        else:
            seen[identifier] = i


def _unknown(identifier: str | None, known: set[str], where: str) -> Faults:
    if identifier is None or identifier in known:
        return
    near = difflib.get_close_matches(identifier, known, n=1)
    if near:
        yield InputError("{where}: '{value}' is not known; did you mean '{near}'?",
                         where=where, value=identifier, near=near[0])  # fmt: skip
    else:
        yield InputError("{where}: '{value}' is not known", where=where, value=identifier)


def _circles(pairs: Sequence[tuple[str, str]], where: str, field: str) -> Faults:
    """Yield each id that leads back to itself, once a circle: at the first of its ids."""
    above: dict[str, list[str]] = {}
    for one, other in pairs:
        above.setdefault(one, []).append(other)
    told: set[str] = set()
    for start in sorted(above):
        path = [] if start in told else _way_back(start, above)
        told.update(path)
        if path:
            yield InputError("{where}: {field} goes in a circle: {path}",
                             where=where, field=field, path=" -> ".join([*path, start]))  # fmt: skip


def _way_back(start: str, above: dict[str, list[str]]) -> list[str]:
    """Return a shortest way from an id back to itself, without its end; empty where there is none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for here in waiting:
        for there in above.get(here, ()):
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return []
