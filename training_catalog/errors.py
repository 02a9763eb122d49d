"""The whole error tree.

::

    BangkomError
    ├── InputError                what the caller gave cannot be used
    │   ├── InvalidValueError     a value outside what is accepted
    │   ├── LengthMismatchError   columns of one table differ in length
    │   └── UnknownIdError        an id that is in no table
    ├── DigitsLostError           an amount or id that no longer has all its digits
    ├── ArtifactRefusedError      a model file that must not be opened
    └── SolverError               the solver's process died or answered nonsense
"""


class BangkomError(Exception):
    """Base of every error that a caller may want to catch."""


class InputError(BangkomError):
    """What the caller gave cannot be used."""


class InvalidValueError(InputError):
    """A value outside what is accepted.

    Parameters
    ----------
    field : Name of the field, as the caller knows it.
    value : The value found.
    accepted : What would have been accepted, in words.

    Examples
    --------
    >>> str(InvalidValueError("level", 7, "1 to 5"))
    'level: 7 is not accepted; accepted: 1 to 5'
    """

    def __init__(self, field: str, value: object, accepted: str) -> None:
        self.field = field
        self.value = value
        self.accepted = accepted
        super().__init__(f"{field}: {value} is not accepted; accepted: {accepted}")


class LengthMismatchError(InputError):
    """Columns of one table differ in length."""


class UnknownIdError(InputError):
    """An id that is in no table.

    Parameters
    ----------
    kind : What the id should name, such as ``employee``.
    identifier : The id that was not found.
    suggestions : Known ids that look like it, best first.
    """

    def __init__(self, kind: str, identifier: str, suggestions: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.identifier = identifier
        self.suggestions = suggestions
        hint = f"; did you mean {', '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"{kind} {identifier!r} is not known{hint}")


class DigitsLostError(BangkomError):
    """An amount or id that no longer has all its digits."""


class ArtifactRefusedError(BangkomError):
    """A model file that must not be opened: digest, version or schema differ."""


class SolverError(BangkomError):
    """The solver's process died or answered nonsense."""
