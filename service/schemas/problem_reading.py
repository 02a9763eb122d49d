"""Reading a problem file: bytes to the checked shapes, or every fault at once."""

from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from service.schemas.json_text import JsonTextError, RepeatedKeyError, decode, refuse_repeated_keys
from service.schemas.problem import ProblemFile
from service.schemas.problem_checks import reference_faults, shape_faults, value_faults
from training_catalog.errors import InputError

MOST_SHOWN = 50  # faults listed at once


def read_problem(path: Path) -> ProblemFile:
    """Read and check a problem file.

    Raises
    ------
    InputError
        With every fault found: the path in the file, the value, and what is accepted.
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
    document = read_document(content, name)
    if not isinstance(document, dict):
        raise InputError("{file}: a problem is a JSON object with budgets, offerings, employees and options", file=name)
    return check_problem(document, name)


def read_document(content: bytes, name: str) -> Any:  # noqa: ANN401 (any JSON)
    """Return what a JSON file says.

    Raises
    ------
    InputError
        When it is no JSON, or names a key twice in one object.
    """
    text = content.removeprefix(b"\xef\xbb\xbf")
    try:
        document = decode(text)
        refuse_repeated_keys(text)
    except RepeatedKeyError as error:
        raise InputError("{file}: {problem}", file=name, problem=error) from error
    except JsonTextError as error:
        raise InputError("{file}: not JSON: {problem}", file=name, problem=error) from error
    except RecursionError as error:
        raise InputError("{file}: the JSON is nested too deeply", file=name) from error
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        raise InputError("{file}: not JSON: {problem}", file=name, problem=str(error)) from error
    return document


def check_problem(document: dict[str, Any], name: str) -> ProblemFile:
    """Check a problem that was already read.

    Parameters
    ----------
    document : As of a problem file.
    name : What the faults are said of.

    Raises
    ------
    InputError
        As `read_problem`.
    """
    try:
        problem = msgspec.convert(document, ProblemFile)
    except msgspec.ValidationError as error:
        refuse(list(shape_faults(document, ProblemFile)), name)
        raise InputError("{file}: {problems}", file=name, problems=str(error)) from error
    refuse(list(chain(value_faults(problem), reference_faults(problem))), name)
    return problem


def refuse(faults: list[InputError], name: str) -> None:
    """Raise when there are faults, each on a line of its own.

    Raises
    ------
    InputError
        With the faults.
    """
    shown = faults[:MOST_SHOWN]
    if len(faults) > MOST_SHOWN:
        shown.append(InputError("... and {n} more", n=len(faults) - MOST_SHOWN))
    if shown:
        raise InputError("{file}:{faults}", file=name, faults=tuple(shown))
