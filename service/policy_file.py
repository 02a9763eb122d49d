"""A planner's policy from a JSON or TOML file: every field checked, nothing guessed."""

import difflib
import tomllib
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from recommender.policy import Policy
from service.schemas.problem_reading import read_document
from training_catalog.errors import InputError, InvalidValueError

LARGEST_FACTOR = 1000  # of every budget line; more is a slip
UNREADABLE = "{file}: cannot be read as a policy: {reason}"


def _unknown(value: object, kind: Any, where: str) -> list[InputError]:  # noqa: ANN401 (a type annotation)
    """List keys that no field has, with the nearest name."""
    if is_dataclass(kind) and isinstance(value, dict):
        hints = get_type_hints(kind)
        names = [entry.name for entry in fields(kind)]
        problems: list[InputError] = []
        for key, inner in value.items():
            if key in names:
                problems += _unknown(inner, hints[key], f"{where}.{key}")
            else:
                near = difflib.get_close_matches(key, names, n=1)
                message = (
                    "{field} is not known; did you mean '{hint}'?" if near else "{field} is not known; accepted: {hint}"
                )
                hint = near[0] if near else ", ".join(names)
                problems.append(InputError(message, field=f"{where}.{key}", hint=hint))
        return problems
    if isinstance(value, list):
        inner_kind = next((part for part in get_args(kind) if is_dataclass(part)), None)
        return [p for i, inner in enumerate(value) for p in _unknown(inner, inner_kind, f"{where}[{i}]")]
    return []


def read_policy(path: Path | None) -> Policy:
    """Read a policy; every field that the file leaves out keeps its default.

    Parameters
    ----------
    path : JSON or TOML file; None for the defaults.

    Raises
    ------
    InputError
        When the file cannot be read, has a field that is not known, or a value that is not accepted.
    """
    if path is None:
        return Policy()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(UNREADABLE, file=path.name, reason=error.strerror or str(error)) from error
    return parse_policy(content, path.name)


def parse_policy(content: bytes, name: str) -> Policy:
    """Read a policy from the content of a file of a name, as `read_policy` does.

    Raises
    ------
    InputError
        As `read_policy`.
    """
    try:
        text = content.decode("utf-8-sig")
        is_toml = name.lower().endswith(".toml")
        document = tomllib.loads(text) if is_toml else read_document(text.encode(), name)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(UNREADABLE, file=name, reason=str(error)) from error
    return policy_of(document, name)


def policy_of(document: object, name: str) -> Policy:
    """Return the policy of a document, as `read_policy` does of a file; errors name it.

    Raises
    ------
    InputError
        As `read_policy`.
    """
    problems = _unknown(document, Policy, "policy")
    if problems:
        raise InputError("{file}: {problems}", file=name, problems=tuple(problems))
    try:
        policy = msgspec.convert(document, Policy)
    except msgspec.ValidationError as error:
        raise InputError("{file}: {problems}", file=name, problems=str(error)) from error
    _check(policy, name)
    return policy


def read_factor(text: str) -> Fraction:
    """Read the factor of every budget line exactly, so that 1.1 is eleven tenths.

    Raises
    ------
    InputError
        When it is no number, or none from 0 to 1000.

    Examples
    --------
    >>> read_factor("1,1")
    Fraction(11, 10)
    """
    try:
        factor = Fraction(text.replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise InputError("'{value}' is no number", value=text) from error
    if not 0 <= factor <= LARGEST_FACTOR:
        raise InputError("accepted: 0 to 1000")
    return factor


def _check(policy: Policy, name: str) -> None:
    """Refuse numbers outside their range."""
    plan = policy.plan
    shares = {"away_share": plan.away_share, "unit_floor_share": plan.unit_floor_share,
              "reserve_share": plan.reserve_share}  # fmt: skip
    problems = [InvalidValueError(f"plan.{key}", value, "0 to 1") for key, value in shares.items()
                if value is not None and not 0 <= value <= 1]  # fmt: skip
    counts = {"plan.max_trainings": plan.max_trainings, "plan.options_per_person": plan.options_per_person,
              "ranking.n_candidates": policy.ranking.n_candidates}  # fmt: skip
    problems += [InvalidValueError(key, value, "1 or more") for key, value in counts.items() if value < 1]
    hours = (plan.hours_floor | plan.hours_cap).items()
    problems += [InvalidValueError(f"plan.hours.{key}", value, "0 or more") for key, value in hours if value < 0]
    if problems:
        raise InputError("{file}: {problems}", file=name, problems=tuple(problems))
