"""Forms: read once, checked against forgery, each field with its error beside it."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from litestar.datastructures import FormMultiDict, UploadFile

from service.api.context import TYPED, WORDS, Call
from service.api.parts import SESSION_COOKIE
from service.api.problems import ApiError, RefusedError
from service.auth.random_tokens import is_csrf_token

CSRF = "csrf"
OPEN_FORMS = ("/login", "/choices")  # those that nobody has to be signed in for
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_TEXT = 2_000
FIRST_YEAR, LAST_YEAR = 1900, 2199  # as in imports; another one is a slip
_DAY = re.compile(r"(?P<year>\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_CURRENCY = re.compile(r"^(?:Rp|IDR)\.?\s*", re.IGNORECASE)
_RUPIAH = re.compile(r"\d{1,13}|\d{1,3}(?:([., ])\d{3})(?:\1\d{3}){0,3}", re.ASCII)  # 1.5 is no amount
_WHOLE = re.compile(r"\d{1,15}|\d{1,3}(?:[. ]\d{3}){1,4}", re.ASCII)  # 1.5 is no 15


@dataclass(slots=True)
class Form:
    """What was filled in, and what is wrong with it.

    Parameters
    ----------
    values : Texts by field, in order.
    files : Files by field.
    faults : A finished sentence for each field that was refused; ``""`` for the form as a whole.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[UploadFile]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field's text without spaces around; empty where it is blank."""
        return (self.values.get(name) or [""])[-1].strip()

    def all(self, name: str) -> list[str]:
        """Return every text of a field."""
        return [text.strip() for text in self.values.get(name, []) if text.strip()]

    def has(self, name: str) -> bool:
        """Tell whether a box is ticked, or a button pressed."""
        return name in self.values

    def choice(self, name: str, accepted: Iterable[str], fault: str) -> str | None:
        """Return a field that is one of a few; None, with its fault noted, where it is not."""
        value = self.get(name)
        if value in set(accepted):
            return value
        self.faults[name] = fault
        return None

    def button(self, name: str, accepted: Iterable[str], fault: str) -> str | None:
        """Return which button was pressed; None, with the fault of the form as a whole noted, for none of them."""
        value = self.get(name)
        if value in set(accepted):
            return value
        self.faults[""] = fault
        return None

    def day(self, name: str, fault: str) -> date | None:
        """Return a day, written as browsers send it or as people type it; None where it is blank or refused."""
        value = self.get(name)
        if not value:
            return None
        found = _DAY.fullmatch(value)
        parts = [int(part) for part in found.groups() if part] if found else [0, 0, 0]
        year, month, day = parts if found and found["year"] else parts[::-1]
        with suppress(ValueError):
            if FIRST_YEAR <= year <= LAST_YEAR:
                return date(year, month, day)
        self.faults[name] = fault
        return None

    def whole(self, name: str, fault: str, *, least: int, most: int) -> int | None:
        """Return a whole number; dots that group thousands are read over; None where it is blank or refused."""
        value = self.get(name)
        if not value:
            return None
        number = int(re.sub("[. ]", "", value)) if _WHOLE.fullmatch(value) else None
        if number is None or not least <= number <= most:
            self.faults[name] = fault
            return None
        return number

    def rupiah(self, name: str, fault: str) -> int | None:
        """Return whole rupiah, with or without ``Rp`` and with either language's marks between thousands."""
        value = _CURRENCY.sub("", self.get(name))
        if not value:
            return None
        if not _RUPIAH.fullmatch(value):
            self.faults[name] = fault
            return None
        return int(re.sub("[., ]", "", value))


def row_numbers(form: Form, fields: tuple[str, ...], keys: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the number of each row of a form that is a table: the one it was sent under, else one of its own.

    Rows that were stored are gone when the rest is shown again, and what was filled in must not move to another row.

    Parameters
    ----------
    form : As sent; an empty one at first.
    fields : Names, before the number, of the hidden fields that a row is known by.
    keys : What they hold, of each row to show.
    """
    begin = f"{fields[0]}-"
    given = sorted(name.removeprefix(begin) for name in form.values if name.startswith(begin))
    sent = {tuple(form.get(f"{field}-{n}") for field in fields): n for n in given}
    fresh = (str(n) for n in count() if str(n) not in given)
    return [sent.get(key) or next(fresh) for key in keys]


def _as_form(data: FormMultiDict) -> Form:
    form = Form()
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            form.files.setdefault(name, []).append(value)
        else:
            form.values.setdefault(name, []).append(str(value).replace("\x00", ""))
    return form


async def read_form(call: Call) -> None:
    """Read the form of a call before its handler, and refuse it where it may be forged.

    Raises
    ------
    ApiError
        415 for another body, 413 for a text that is too long, 403 without the session's token.
    """
    if call.method != "POST":
        return
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise ApiError(415, "media-type", "the body is {found}; accepted: {accepted}", found=kind or "-",
                       accepted=", ".join(KINDS))  # fmt: skip
    form = _as_form(await call.form())
    if any(len(text) > MOST_TEXT for texts in form.values.values() for text in texts):
        raise RefusedError(413, "too-large", "a field is longer than {limit} characters", limit=MOST_TEXT)
    session = call.cookies.get(SESSION_COOKIE, "")
    is_known = bool(session) and is_csrf_token(session, form.get(CSRF))
    if not is_known and call.url.path not in OPEN_FORMS:
        call.scope["state"][TYPED] = form.get(WORDS)
        raise ApiError(403, "csrf", "this form is not of your session; open the page again")
    call.scope["state"]["form"] = form


def form_of(call: Call) -> Form:
    """Return the form of a call."""
    form: Form = call.scope["state"]["form"]
    return form
