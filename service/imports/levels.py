"""Levels in their spellings: figures, Roman numerals and words, with a name beside them."""

import re

from service.imports.cells import Cell, CellError
from service.imports.figures import figures, need_no_date

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_WORDS = {
    word: number
    for number, words in enumerate(
        ("nol zero", "satu one", "dua two", "tiga three", "empat four", "lima five", "enam six", "tujuh seven",
         "delapan eight", "sembilan nine", "sepuluh ten")
    )
    for word in words.split()
}  # fmt: skip
NOT_CLEAR = "accepted: a level such as 3, III or Level 3"
_NUMBER = rf"([ivx]+|\d+(?:[.,]\d+)?|{'|'.join(_WORDS)})"
# Behind it a name of the level, in brackets, after a dash or a space, or the length of the scale; no other figure.
_NAME = r"(?:\([^\d()]*\)|\((?:skala|scale|dari|of)[^()]*\)|[-:\u2013] *[^\d\s].*| [a-z][^\d()]*)"
_LEVEL = re.compile(rf"(?:(?:level|lvl|lev|lv|l|tingkat)[\s.:-]*)?{_NUMBER}\.? *{_NAME}?", re.IGNORECASE)
_NAMED = re.compile(rf"[a-z][a-z ]* ?\({_NUMBER}\)", re.IGNORECASE)


def read_level(cell: Cell) -> float:
    """Read a level in its spellings.

    Examples
    --------
    >>> [read_level(text) for text in ("Level 3", "III", "3 (Menengah)", "Mahir (3)", "tiga", "3,0")]
    [3.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    """
    need_no_date(cell, "level-unreadable")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = figures(cell)
    match = _LEVEL.fullmatch(text) or _NAMED.fullmatch(text)
    told = match[1].lower() if match else ""
    if told in ROMAN or told in _WORDS:
        return float(ROMAN.get(told) or _WORDS[told])
    if not told[:1].isdigit():
        raise CellError("level-unreadable", NOT_CLEAR)
    return float(told.replace(",", "."))
