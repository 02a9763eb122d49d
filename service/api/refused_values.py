"""What the reading of a request refuses, in the reader's words: which field, what was found, what is accepted."""

import re
from collections.abc import Callable
from typing import Any

from msgspec import inspect

from service.wording import Wording

KINDS = {  # of values, by the reader's name in JSON
    "str": "a text in quotes", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null",
    "array": "a list", "object": "an object", "date": "a day such as 2027-03-31",
    "datetime": "a moment such as 2027-03-31T08:00:00+07:00",
}  # fmt: skip
MOST_SAID = 20  # accepted values that are listed


def said_refusal(message: str, accepted: list[str], wording: Wording) -> tuple[str, str]:
    """Return the field that a refusal names itself, and the refusal in the reader's words.

    Parameters
    ----------
    message : What msgspec says.
    accepted : The values there are, where they are few; else empty.
    wording : The reader's language.

    Examples
    --------
    >>> said_refusal("Expected `int`, got `str`", [], Wording("en"))
    ('', 'found: a text in quotes; accepted: a whole number')
    >>> said_refusal("Object contains unknown field `colour`", [], Wording("en"))
    ('colour', 'there is no such field')
    """
    for pattern, say in _SAYINGS:
        found = re.fullmatch(pattern, message)
        if found is not None:
            return say(found, wording)
    if message.startswith(("Invalid enum value", "Invalid value")) and accepted:
        listed = ", ".join(accepted[:MOST_SAID])
        return "", wording.text("accepted: {accepted}", accepted=listed)
    return "", wording.text(message)


def _kinds(names: str, wording: Wording) -> str:
    return ", ".join(wording.text(KINDS.get(name, name)) for name in names.split(" | "))


def _other_kind(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return "", wording.text("found: {found}; accepted: {accepted}", found=_kinds(found[2], wording),
                            accepted=_kinds(found[1], wording))  # fmt: skip


def _bound(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    words = {">=": "accepted: {limit} or more", "<=": "accepted: {limit} or less", ">": "accepted: more than {limit}",
             "<": "accepted: less than {limit}"}  # fmt: skip
    return "", wording.text(words[found[1]], limit=found[2].removesuffix(".0"))


def _length(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    words = {
        ("str", ">="): "accepted: {limit} characters or more", ("str", "<="): "accepted: {limit} characters or less",
        ("array", ">="): "accepted: {limit} entries or more", ("array", "<="): "accepted: {limit} entries or less",
    }  # fmt: skip
    return "", wording.text(words[found[1], found[2]], limit=found[3])


def _pattern(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return "", wording.text("accepted: a text of the form {pattern}", pattern=found[1])


def _no_field(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return found[1], wording.text("there is no such field")


def _no_value(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return found[1], wording.text("A value is needed here.")


def _moment(found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return "", wording.text("accepted: {accepted}", accepted=_kinds(found[1], wording))


def _file(_found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return "", wording.text("accepted: a file, with the name that it has")


def _too_large(_found: re.Match[str], wording: Wording) -> tuple[str, str]:
    return "", wording.text("the number is too large")


_SAYINGS: tuple[tuple[str, Callable[[re.Match[str], Wording], tuple[str, str]]], ...] = (
    (r"Expected `([^`]+)`, got `([^`]+)`", _other_kind),
    (r"Expected `(?:int|float)` ([<>]=?) (\S+)", _bound),
    (r"Expected `(str|array)` of length ([<>]=) (\d+)", _length),
    (r"Expected `str` matching regex '(.*)'", _pattern),
    (r"Object contains unknown field `([^`]*)`", _no_field),
    (r"Object missing required field `([^`]*)`", _no_value),
    (r"Unsupported type: <class 'str'>", _file),
    (r"(?:Number|Integer value) out of range", _too_large),
    (r"Invalid RFC3339 encoded (date|datetime)", _moment),
)


def accepted_at(kind: object, pointer: str) -> list[str]:
    """Return the values that a type accepts at a JSON pointer, where it lists them.

    Examples
    --------
    >>> from typing import Literal
    >>> accepted_at(Literal["a", "b"] | None, "")
    ['a', 'b']
    """
    found = [inspect.type_info(kind)]
    for part in [part for part in pointer.split("/") if part]:
        found = [below for one in _flat(found) for below in _below(one, part)]
    return [str(value) for one in _flat(found) for value in _values(one)]


def _flat(kinds: list[inspect.Type]) -> list[inspect.Type]:
    """Return types without unions and remarks around them."""
    flat: list[inspect.Type] = []
    for kind in kinds:
        if isinstance(kind, inspect.UnionType):
            flat += _flat(list(kind.types))
        elif isinstance(kind, inspect.Metadata):
            flat += _flat([kind.type])
        else:
            flat.append(kind)
    return flat


def _below(kind: inspect.Type, part: str) -> list[inspect.Type]:
    if isinstance(kind, inspect.StructType):
        return [field.type for field in kind.fields if field.encode_name == part]
    if isinstance(kind, inspect.ListType):
        return [kind.item_type]
    return []


def _values(kind: inspect.Type) -> tuple[Any, ...]:
    if isinstance(kind, inspect.LiteralType):
        return kind.values
    if isinstance(kind, inspect.EnumType):
        return tuple(one.value for one in kind.cls)
    return ()
