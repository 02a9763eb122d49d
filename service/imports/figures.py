"""Figures as people write them: digits of other scripts, full-width ones, dashes for a minus, apostrophes before."""

import re
import unicodedata
from datetime import date, time, timedelta

from service.imports.cells import Cell, CellError
from service.imports.headers import plain

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_FULL_WIDTH = 0xFEE0  # between a full-width character and its plain one
_MARKS_BEFORE, _MARKS_BEHIND = "'`\u2018\u201c\u00b4", "'`\u2019\u201d\u00b4"  # typed, or set by a word processor
_MARKS = tuple(_MARKS_BEFORE)
_IN_WORDS = re.compile(r"\s*\([^\W\d_][^\d()]*\)$")

_APART = re.compile(r"\d +\d")
_THOUSANDS = re.compile(r"\D*\d{1,3}(?: \d{3})+(?: ?[.,] ?\d*)?\D*")


def figures(cell: Cell) -> str:
    """Return a cell as text with plain digits and signs, and without the marks that made a text of it.

    Examples
    --------
    >>> figures("\uff11\uff0e\uff15\uff10\uff10"), figures("\u22125"), figures("'1500")
    ('1.500', '-5', '1500')
    """
    text = plain(cell)
    if not text.isascii():
        text = "".join(map(_plain_sign, text))
    if text[:1] in _MARKS:
        text = text.lstrip(_MARKS_BEFORE).rstrip(_MARKS_BEHIND)
    return text.strip()


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - _FULL_WIDTH)
    return _DASHES.get(sign, sign)


def without_words(text: str) -> str:
    """Take off what says a number once more in words.

    Examples
    --------
    >>> without_words("24 (dua puluh empat)"), without_words("(1.000)")
    ('24', '(1.000)')
    """
    return _IN_WORDS.sub("", text)


def unspaced(text: str) -> str:
    """Return a number without spaces, where they part thousands; one that parts other figures stays.

    Examples
    --------
    >>> unspaced("Rp 1 500 000,00"), unspaced("8 5")
    ('Rp1500000,00', '8 5')
    """
    is_clear = not _APART.search(text) or _THOUSANDS.fullmatch(text)
    return text.replace(" ", "") if is_clear else text


def need_no_date(cell: Cell, code: str) -> None:
    """Refuse a date where none belongs: spreadsheets make dates of codes and of levels such as 1-2."""
    if isinstance(cell, date | time | timedelta):
        raise CellError(code, "a date, perhaps made of it by a spreadsheet; format the column as text")
