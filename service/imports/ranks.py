"""Ranks of civil servants and their grades, to see where a file has the two swapped or at odds."""

import re

from service.imports.cells import Cell
from service.imports.headers import normal, plain

# Grade to rank: PP 99/2000, art. 3 and annex.
RANKS = {
    "I/a": "juru muda", "I/b": "juru muda tingkat i", "I/c": "juru", "I/d": "juru tingkat i",
    "II/a": "pengatur muda", "II/b": "pengatur muda tingkat i", "II/c": "pengatur", "II/d": "pengatur tingkat i",
    "III/a": "penata muda", "III/b": "penata muda tingkat i", "III/c": "penata", "III/d": "penata tingkat i",
    "IV/a": "pembina", "IV/b": "pembina tingkat i", "IV/c": "pembina utama muda", "IV/d": "pembina utama madya",
    "IV/e": "pembina utama",
}  # fmt: skip
_GRADES = {rank: grade for grade, rank in RANKS.items()}
_GRADE = re.compile(r"^\s*(IV|I{1,3})\s*[/.\- ]?\s*([a-e])\s*$", re.IGNORECASE)


def grade_of(cell: Cell) -> str | None:
    """Return the grade that a cell says, by its code; None where it says none.

    Examples
    --------
    >>> grade_of("iii.A"), grade_of("Penata Muda")
    ('III/a', None)
    """
    match = _GRADE.match(plain(cell))
    return f"{match[1].upper()}/{match[2].lower()}" if match else None


def rank_grade(cell: Cell) -> str | None:
    """Return the grade of the rank that a cell names; None where it names none.

    Examples
    --------
    >>> rank_grade("Pengatur Tk. I"), rank_grade("III/a")
    ('II/d', None)
    """
    return _GRADES.get(re.sub(r"\btk\.?(?= )", "tingkat", normal(cell)).replace(" 1", " i"))
