"""JSON texts of others: what is wrong in them by line and column, and keys that stand twice in one object."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from training_catalog.errors import InputError

Read = TypeVar("Read")
_BYTE = re.compile(r"^JSON is malformed: (.*) \(byte (\d+)\)$")
WORDS = {
    "trailing comma in object": "a comma stands before the closing bracket",
    "trailing comma in array": "a comma stands before the closing bracket",
    "trailing characters": "something follows after the end of the JSON",
    "invalid character": "this character cannot stand here",
    "object keys must be strings": "keys stand in double quotes",
    "invalid number": "this is no number as JSON writes them",
    "expected ',' or '}'": "a comma or a closing bracket is missing",
    "expected ',' or ']'": "a comma or a closing bracket is missing",
    "expected ':'": "a colon is missing after the key",
    "invalid escape character in string": "there is no such escape",
}
WRONG = "this cannot be read as JSON"
TOO_SHORT = "it ends too early"


class JsonTextError(InputError):
    """A text that is no JSON."""


class RepeatedKeyError(JsonTextError):
    """A key that stands twice in one object.

    Parameters
    ----------
    path : Keys and places in lists that lead to it, the key itself last.
    """

    def __init__(self, path: tuple[str | int, ...]) -> None:
        self.path = path
        super().__init__("the key {name} stands twice in one object, at {path}", name=str(path[-1]), path=shown(path))


def shown(path: tuple[str | int, ...]) -> str:
    """Return a path as in faults of files.

    Examples
    --------
    >>> shown(("options", 3, "cost"))
    '$.options[3].cost'
    """
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def pointer(path: tuple[str | int, ...]) -> str:
    """Return a path as a JSON pointer (RFC 6901).

    Examples
    --------
    >>> pointer(("items", 0, "a/b"))
    '/items/0/a~1b'
    """
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def decode(content: bytes, kind: type[Read] | Any = Any) -> Any:  # noqa: ANN401 (what the kind says)
    """Return what a JSON text says, as a type.

    Raises
    ------
    JsonTextError
        When it is no JSON.
    msgspec.ValidationError
        When it says something else.
    UnicodeDecodeError, RecursionError
        When it is not UTF-8, or nested too deeply.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        raise fault_of(content, str(error)) from error


def fault_of(content: bytes, said: str) -> JsonTextError:
    r"""Return what the reader says of a text, with line and column.

    Examples
    --------
    >>> str(fault_of(b'{"a": 1,\n b: 2}', "JSON is malformed: object keys must be strings (byte 10)"))
    'line 2, column 2: keys stand in double quotes'
    """
    found = _BYTE.match(said)
    place = len(content) if found is None else int(found[2])
    reason = WORDS.get(found[1], WRONG) if found is not None else TOO_SHORT if "truncated" in said else WRONG
    before = content[:place].decode(errors="replace")
    return JsonTextError("line {line}, column {column}: {reason}", line=before.count("\n") + 1,
                         column=len(before) - before.rfind("\n"), reason=reason)  # fmt: skip


def refuse_repeated_keys(content: bytes) -> None:
    """Refuse a JSON text in which a key stands twice in one object: readers keep one of them without a word.

    Raises
    ------
    RepeatedKeyError
        Naming the first such key.
    """
    try:
        json.loads(content, object_pairs_hook=_look, parse_int=float, strict=False)
    except _RepeatedError as error:
        whole = json.loads(content, object_pairs_hook=_Pairs, parse_int=float, strict=False)
        raise RepeatedKeyError(next(_repeated(whole, ()))) from error
    except ValueError:
        return  # what the other reader makes of it is said elsewhere


class _RepeatedError(Exception):
    """Ends the first look."""


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, told from a list."""


def _look(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise _RepeatedError


def _repeated(found: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 (any JSON)
    """Yield where keys stand that an earlier pair of the same object has."""
    if isinstance(found, _Pairs):
        names: set[str] = set()
        for name, value in found:
            if name in names:
                yield (*path, name)
            names.add(name)
            yield from _repeated(value, (*path, name))
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from _repeated(value, (*path, place))
