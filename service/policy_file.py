"""A planner's policy from a JSON or TOML file: every field checked, nothing guessed."""

import difflib
import json
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from recommender.policy import Policy
from training_catalog.errors import InputError, InvalidValueError


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
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError("{file}: cannot be read as a policy: {reason}",
                         file=path.name, reason=getattr(error, "strerror", None) or str(error)) from error  # fmt: skip
    problems = _unknown(document, Policy, "policy")
    if problems:
        raise InputError("{file}: {problems}", file=path.name, problems=tuple(problems))
    try:
        policy = msgspec.convert(document, Policy)
    except msgspec.ValidationError as error:
        raise InputError("{file}: {problems}", file=path.name, problems=str(error)) from error
    _check(policy, path.name)
    return policy


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
