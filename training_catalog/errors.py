"""The whole error tree.

::

    BangkomError
    ├── InputError                what the caller gave cannot be used
    │   ├── InvalidValueError     a value outside what is accepted
    │   ├── LengthMismatchError   columns of one table differ in length
    │   └── UnknownIdError        an id that is in no table
    ├── ConflictError             what was asked does not go with how things stand now
    ├── DigitsLostError           an amount or id that no longer has all its digits
    ├── ArtifactRefusedError      a model file that must not be opened
    ├── SolverError               the solver's process died or answered nonsense
    ├── NotAuthenticatedError     nobody is known to call: a wrong, ended or missing password, session, key or token
    └── StorageError              the database could not carry out what was asked
        └── BusyError             because another writer holds it
"""

from collections.abc import Callable

Teller = Callable[..., str]  # puts a sentence into words: the sentence, and its fields by name
ON_LINES = ("faults",)  # fields whose errors stand each on a line of their own
IN_WORDS = ("kind", "reason", "accepted")  # fields that are English themselves; others, such as ids, stay as they are


class Amount(int):
    """Whole rupiah in a sentence, which are written as the reader's language writes money.

    Examples
    --------
    >>> f"{Amount(1_500_000)} needed", f"{Amount(-5)}"
    ('Rp1,500,000 needed', '-Rp5')
    """

    def __format__(self, spec: str) -> str:
        return f"{'-' if self < 0 else ''}Rp{abs(int(self)):,}"


class BangkomError(Exception):
    """Base of every error that a caller may want to catch.

    Parameters
    ----------
    message : An English sentence with its fields in braces.
    fields : Their values; other errors, or a tuple of them, are said as part of the sentence.

    Examples
    --------
    >>> str(BangkomError("{file}: cannot be read", file="a.csv"))
    'a.csv: cannot be read'
    """

    def __init__(self, message: str, /, **fields: object) -> None:
        self.message = message
        self.fields = fields
        super().__init__(self.said(_in_english))

    def __reduce__(self) -> tuple[Callable[..., "BangkomError"], tuple[object, ...]]:
        """Travel between processes as it is, whatever a subclass is made from."""
        return _again, (type(self), self.args, self.__dict__)

    def said(self, text: Teller) -> str:
        """Return the sentence as `text` puts it, which may be in another language."""
        return text(self.message, **{name: _said(name, value, text) for name, value in self.fields.items()})


def _again(kind: type[BangkomError], args: tuple[object, ...], state: dict[str, object]) -> BangkomError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def _in_english(message: str, /, **fields: object) -> str:
    return message.format(**fields) if fields else message


def _said(name: str, value: object, text: Teller) -> object:
    if isinstance(value, BangkomError):
        return value.said(text)
    if isinstance(value, tuple) and name in ON_LINES:
        return "".join(f"\n  {_said(name, part, text)}" for part in value)
    if isinstance(value, tuple):
        return "; ".join(str(_said(name, part, text)) for part in value)
    return text(value) if name in IN_WORDS and isinstance(value, str) and value else value


class InputError(BangkomError):
    """What the caller gave cannot be used."""


class InvalidValueError(InputError):
    """A value outside what is accepted.

    Parameters
    ----------
    field : Name of the field, as the caller knows it.
    value : The value found.
    accepted : What would have been accepted, in words; an error where they have fields of their own.

    Examples
    --------
    >>> str(InvalidValueError("level", 7, "1 to 5"))
    'level: 7 is not accepted; accepted: 1 to 5'
    """

    def __init__(self, field: str, value: object, accepted: str | BangkomError) -> None:
        self.field = field
        self.value = value
        self.accepted = accepted
        super().__init__("{field}: {value} is not accepted; accepted: {accepted}",
                         field=field, value=value, accepted=accepted)  # fmt: skip


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
        super().__init__(
            "{kind} '{identifier}' is not known; did you mean {near}?"
            if suggestions
            else "{kind} '{identifier}' is not known",
            kind=kind,
            identifier=identifier,
            near=", ".join(suggestions),
        )


class ConflictError(BangkomError):
    """What was asked does not go with how things stand now."""


class DigitsLostError(BangkomError):
    """An amount or id that no longer has all its digits."""


class ArtifactRefusedError(BangkomError):
    """A model file that must not be opened: digest, version or schema differ."""


class SolverError(BangkomError):
    """The solver's process died or answered nonsense."""


REFUSALS = {
    "no-credentials": "who is calling is not said: a session, a key or a token is needed",
    "wrong-credentials": "name or password is wrong",
    "locked": "too many wrong attempts; try again later",
    "session-ended": "the session has ended; log in again",
    "invalid-key": "the key is not known",
    "key-expired": "the key has expired",
    "key-revoked": "the key was revoked",
    "invalid-token": "the token is not accepted",
    "token-expired": "the token has expired",
    "token-not-yet-valid": "the token is not valid yet",
    "unknown-person": "the identity provider knows the person and this office does not",
    "account-disabled": "the account is disabled",
    "provider-unavailable": "the identity provider does not answer; try again later",
    "login-not-begun": "the log-in was not begun here, or too long ago; begin again",
}


class NotAuthenticatedError(BangkomError):
    """Nobody is known to call.

    Parameters
    ----------
    code : Why, one of `REFUSALS`; never what was given.

    Examples
    --------
    >>> str(NotAuthenticatedError("key-expired"))
    'the key has expired'
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(REFUSALS[code])


class StorageError(BangkomError):
    """The database could not carry out what was asked: busy for too long, full, or gone."""


class BusyError(StorageError):
    """Another writer held the database for longer than was waited."""
