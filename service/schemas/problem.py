"""The problem file of ``bangkom solve``: shapes, checks, and the way to columns."""

import difflib
import math
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from training_catalog.errors import InputError

Rupiah = int
Share = float


class BudgetLine(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A budget line; `parent` is a line whose ceiling also holds this one's spending."""

    line: str
    amount: Rupiah
    parent: str | None = None


class Offering(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A class: `fixed_cost` is paid once by `line`, `seat_cost` by the line of each participant."""

    offering: str
    training: str | None = None
    line: str | None = None
    fixed_cost: Rupiah = 0
    seat_cost: Rupiah = 0
    min: int = 1
    max: int | None = None
    start: date | None = None
    end: date | None = None
    hours: float = 0.0
    away: bool = True


class Employee(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A person; `line` pays for the person's options unless the option names another."""

    employee: str
    unit: str | None = None
    line: str | None = None
    hours_floor: float | None = 0.0
    hours_cap: float | None = None
    max_trainings: int | None = None


class Charge(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of an option's cost, on a line of its own."""

    line: str
    amount: Rupiah


class Option(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One person in one class; `charges` take the place of `cost` and `line`."""

    employee: str
    offering: str
    benefit: float
    cost: Rupiah = 0
    line: str | None = None
    charges: list[Charge] | None = None
    addresses: list[str] = []
    mandatory: bool = False
    pinned: bool = False


class Unit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Headcount of a unit; without it the listed employees are counted."""

    unit: str
    headcount: int


class Prerequisite(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`training` only after `requires`, in this plan."""

    training: str
    requires: str


class EarmarkRule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Money for, or limited to, some trainings."""

    name: str
    trainings: list[str]
    at_most: Rupiah | None = None
    at_least: Rupiah | None = None


class RuleSet(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Rules in force; every one has a default that switches it off."""

    away_share: Share | None = None
    hours_weight: float = 0.0
    unit_floor_share: Share | None = None
    reserve_share: Share = 0.0
    stability_weight: float | None = None
    prerequisites: list[Prerequisite] = []
    earmarks: list[EarmarkRule] = []


class Earlier(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """A choice of an earlier plan."""

    employee: str
    offering: str


class ProblemFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole problem."""

    budgets: list[BudgetLine]
    offerings: list[Offering]
    employees: list[Employee]
    options: list[Option]
    units: list[Unit] = []
    rules: RuleSet = msgspec.field(default_factory=RuleSet)
    previous: list[Earlier] | None = None
    time_limit: float = 60.0
    gap: float = 1e-4
    seed: int = 0


def read_problem(path: Path) -> ProblemFile:
    """Read and check a problem file.

    Raises
    ------
    InputError
        With every problem found: the path in the file, the value, and what is accepted.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            "{file}: cannot be read: {reason}", file=path.name, reason=error.strerror or str(error)
        ) from error
    return parse_problem(content, path.name)


def parse_problem(content: bytes, name: str) -> ProblemFile:
    """Parse and check the content of a problem file.

    Raises
    ------
    InputError
        As `read_problem`.
    """
    try:
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("{file}: not JSON: {problem}", file=name, problem=str(error)) from error
    if not isinstance(document, dict):
        raise InputError("{file}: a problem is a JSON object with budgets, offerings, employees and options", file=name)
    problems = list(_shape_problems(document, ProblemFile, "$"))
    if not problems:
        try:
            problem = msgspec.convert(document, ProblemFile)
        except msgspec.ValidationError as error:
            problems = [str(error)]
    if not problems:
        problems = [*_value_problems(problem), *_reference_problems(problem)]
    if problems:
        shown = problems[:MOST_SHOWN]
        more = f"\n  ... and {len(problems) - MOST_SHOWN} more" if len(problems) > MOST_SHOWN else ""
        raise InputError("{file}:\n  {problems}", file=name, problems="\n  ".join(shown) + more)
    return problem


MOST_SHOWN = 50  # problems listed at once
_ITEM_TYPES: dict[str, type[msgspec.Struct]] = {
    "budgets": BudgetLine, "offerings": Offering, "employees": Employee, "options": Option, "units": Unit,
    "previous": Earlier, "charges": Charge, "prerequisites": Prerequisite, "earmarks": EarmarkRule, "rules": RuleSet,
}  # fmt: skip
_ID_FIELDS = {"line", "parent", "offering", "training", "employee", "unit", "requires", "name"}


def _shape_problems(value: dict[str, Any], kind: type[msgspec.Struct], where: str) -> Iterator[str]:
    """Yield unknown fields, missing fields, ids that are numbers, and values of the wrong type, wherever they are."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, inner in value.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"accepted: {', '.join(fields)}"
            if kind is not Earlier:
                yield f"{where}.{key}: unknown field; {hint}"
        elif key in _ID_FIELDS and isinstance(inner, int | float):
            yield f"{where}.{key}: {inner} is a number; an id is text, because a number loses digits"
        elif key in _ITEM_TYPES and isinstance(inner, list):
            yield from _list_problems(inner, _ITEM_TYPES[key], f"{where}.{key}")
        elif key in _ITEM_TYPES and isinstance(inner, dict):
            yield from _shape_problems(inner, _ITEM_TYPES[key], f"{where}.{key}")
        else:
            try:
                msgspec.convert(inner, fields[key].type)
            except msgspec.ValidationError as error:
                yield f"{where}.{key}: {inner!r} is not accepted: {error}"
    for name, field in fields.items():
        if field.required and name not in value:
            yield f"{where}: {name} is missing"


def _list_problems(values: list[Any], kind: type[msgspec.Struct], where: str) -> Iterator[str]:
    for i, inner in enumerate(values):
        if isinstance(inner, dict):
            yield from _shape_problems(inner, kind, f"{where}[{i}]")
        else:
            yield f"{where}[{i}]: {inner!r} is not accepted; accepted: an object"


def _value_problems(problem: ProblemFile) -> Iterator[str]:
    """Yield numbers out of range and repeated ids."""
    for i, line in enumerate(problem.budgets):
        yield from _at_least(line.amount, 0, f"$.budgets[{i}].amount")
    for i, offering in enumerate(problem.offerings):
        where = f"$.offerings[{i}]"
        yield from _at_least(offering.fixed_cost, 0, f"{where}.fixed_cost")
        yield from _at_least(offering.seat_cost, 0, f"{where}.seat_cost")
        yield from _at_least(offering.min, 0, f"{where}.min")
        yield from _finite(offering.hours, f"{where}.hours")
        if offering.max is not None and offering.max < max(offering.min, 0):
            yield f"{where}.max: {offering.max} is not accepted; accepted: min ({offering.min}) or more"
        if offering.start and offering.end and offering.end < offering.start:
            yield f"{where}.end: {offering.end} is before start {offering.start}"
        if (offering.start is None) != (offering.end is None):
            yield f"{where}: start and end are given together or not at all"
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
    yield from _rule_problems(problem)


def _rule_problems(problem: ProblemFile) -> Iterator[str]:
    rules = problem.rules
    for name in ("away_share", "unit_floor_share", "reserve_share"):
        share = getattr(rules, name)
        if share is not None and not 0 <= share <= 1:
            yield f"$.rules.{name}: {share} is not accepted; accepted: 0 to 1"
    yield from _finite(rules.hours_weight, "$.rules.hours_weight")
    yield from _finite(rules.stability_weight, "$.rules.stability_weight")
    yield from _finite(problem.gap, "$.gap")
    if not problem.time_limit > 0 or math.isinf(problem.time_limit):
        yield f"$.time_limit: {problem.time_limit} is not accepted; accepted: seconds above 0"
    for i, mark in enumerate(rules.earmarks):
        for name in ("at_most", "at_least"):
            if (amount := getattr(mark, name)) is not None:
                yield from _at_least(amount, 0, f"$.rules.earmarks[{i}].{name}")


def _finite(value: float | None, where: str) -> Iterator[str]:
    if value is not None and (not math.isfinite(value) or value < 0):
        yield f"{where}: {value} is not accepted; accepted: 0 or more"


def _at_least(value: int, least: int, where: str) -> Iterator[str]:
    if value < least:
        yield f"{where}: {value} is not accepted; accepted: {least} or more"
    elif value > 2**62:
        yield f"{where}: {value} is not accepted; accepted: up to 4611686018427387904"


def _repeated(ids: Sequence[str], where: str, field: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for i, identifier in enumerate(ids):
        if not identifier:
            yield f"{where}[{i}].{field}: empty; accepted: an id"
        elif identifier in seen:
            yield f"{where}[{i}].{field}: {identifier!r} stands already at [{seen[identifier]}]"
        else:
            seen[identifier] = i


def _unknown(identifier: str | None, known: set[str], where: str) -> Iterator[str]:
    if identifier is not None and identifier not in known:
        near = difflib.get_close_matches(identifier, known, n=1)
        yield f"{where}: {identifier!r} is not known" + (f"; did you mean {near[0]!r}?" if near else "")


def _reference_problems(problem: ProblemFile) -> Iterator[str]:
    """Yield ids that name nothing; an option's unknown offering is no error: it is answered as ``no-offering``."""
    yield from _repeated([b.line for b in problem.budgets], "$.budgets", "line")
    yield from _repeated([o.offering for o in problem.offerings], "$.offerings", "offering")
    yield from _repeated([e.employee for e in problem.employees], "$.employees", "employee")
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
        for k, charge in enumerate(option.charges or ()):
            yield from _unknown(charge.line, lines, f"$.options[{i}].charges[{k}].line")
    for i, mark in enumerate(problem.rules.earmarks):
        for training in mark.trainings:
            yield from _unknown(training, trainings, f"$.rules.earmarks[{i}].trainings")
    yield from _circles({b.line: b.parent for b in problem.budgets if b.parent}, "$.budgets", "parent")
    first = {p.training: p.requires for p in problem.rules.prerequisites}
    yield from _circles(first, "$.rules.prerequisites", "requires")


def _circles(above: dict[str, str], where: str, field: str) -> Iterator[str]:
    for start in above:
        seen, here = [start], above.get(start)
        while here is not None and here not in seen:
            seen.append(here)
            here = above.get(here)
        if here == start and start == min(seen):
            yield f"{where}: {field} goes in a circle: {' -> '.join([*seen, start])}"
