"""Figures as people write them: digits of other scripts, full-width ones, dashes for a minus, apostrophes before."""

import re
import unicodedata

from service.imports.cells import Cell
from service.imports.headers import plain

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_FULL_WIDTH = 0xFEE0  # between a full-width character and its plain one
_IN_WORDS = re.compile(r"\s*\([^\W\d_][^\d()]*\)$")


def figures(cell: Cell) -> str:
    """Return a cell as text with plain digits and signs, and without the apostrophe that made a text of it.

    Examples
    --------
    >>> figures("\uff11\uff0e\uff15\uff10\uff10"), figures("\u22125"), figures("'1500")
    ('1.500', '-5', '1500')
    """
    text = plain(cell)
    if not text.isascii():
        text = "".join(map(_plain_sign, text))
    return text.lstrip("'`").strip()


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
