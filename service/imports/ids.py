"""Ids: codes as they are written, and the numbers of people in whatever parts their digits."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from service.imports.cells import Cell, CellError
from service.imports.figures import figures, need_no_date

MOST_EXACT = 10**15  # a spreadsheet's number keeps 15 digits
NIP_DIGITS = 18
FEWEST_DIGITS = 14  # of what is meant as a NIP; numbers of other offices are shorter
_SCIENTIFIC = re.compile(r"^[+-]?\d([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_LONG_DECIMAL = re.compile(r"^\d{15,}[.,]\d+$")
_NUMBER_BEFORE = re.compile(r"(?i)^ni(?:p|pppk| pppk)[\s.:]*(?=\d)")  # what is sometimes written before a NIP
_NIP = re.compile(rf"\d{{{NIP_DIGITS}}}")
# Digits alone, whatever parts them, with no letter right beside them, or a letter such as O among them.
_NEARLY = re.compile(
    rf"(?<![^\W_])\d(?:[\W_]*\d){{{FEWEST_DIGITS - 1},}}(?![^\W_])|^(?=(?:\d*[A-Za-z]){{1,3}}\d*$)[A-Za-z\d]{{18}}$"
)
_POINTED = re.compile(r"\d+\.\d+")
_POINT_ZERO = re.compile(r"\d+\.0")
LONG_CODE = len("100.0")  # shorter codes, such as 1.0, may be written so
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_id(cell: Cell) -> str:
    """Read an id as text; numbers that may have lost digits are refused.

    Examples
    --------
    >>> read_id("5.03.02.2.02.0006.5.1.02.04"), read_id(7.0)
    ('5.03.02.2.02.0006.5.1.02.04', '7')
    """
    if isinstance(cell, bool):
        raise CellError("id-structure", "a truth value is no id")
    if isinstance(cell, int | float):
        if abs(cell) >= MOST_EXACT:
            raise CellError(
                "id-digits-lost", "a number keeps only 15 digits; format the column as text and paste again"
            )
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    need_no_date(cell, "id-structure")
    text = figures(cell)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    told = text.replace(" ", "") if "+" in text else text
    if _SCIENTIFIC.match(told) or _LONG_DECIMAL.match(told):
        raise CellError(
            "id-digits-lost", "written like a number, which loses digits; format the column as text and paste again"
        )
    return text


def read_person(cell: Cell) -> str:
    """Read the number of a person: digits alone are one number, whatever parts them.

    Examples
    --------
    >>> read_person("NIP. 19900315 201402 1 987"), read_person("[19900315_201402_1_987]"), read_person("00030557")
    ('199003152014021987', '199003152014021987', '00030557')
    """
    text = _NUMBER_BEFORE.sub("", read_id(cell))
    digits = re.sub(r"[\W_]", "", text)
    return digits if len(digits) >= FEWEST_DIGITS and digits.isdecimal() else text


def without_point(cell: Cell) -> Cell:
    """Return a code that a program wrote as a decimal number as it was before.

    Examples
    --------
    >>> without_point("30557.0"), without_point("1.10"), without_point(7)
    ('30557', '1.10', 7)
    """
    return cell.strip()[:-2] if isinstance(cell, str) and _POINT_ZERO.fullmatch(cell.strip()) else cell


def are_floats(columns: Iterable[Sequence[Cell]]) -> bool:
    """Return whether a program wrote the codes of a file as decimal numbers: all with .0, and some blank or long.

    Parameters
    ----------
    columns : The different cells of each column of codes.

    Examples
    --------
    >>> are_floats([["7.0", ""]]), are_floats([["1.0", "1.1"], ["1.0", ""]]), are_floats([["1.0", "2.0"]])
    (True, False, False)
    """
    is_any = False
    for cells in columns:
        texts = [cell.strip() for cell in cells if isinstance(cell, str)]
        pointed = [text for text in texts if _POINTED.fullmatch(text)]
        if not all(map(_POINT_ZERO.fullmatch, pointed)):
            return False
        is_any |= bool(pointed) and ("" in texts or max(map(len, pointed)) >= LONG_CODE)
    return is_any


def are_nearly_nip(ids: pd.Series) -> pd.Series:
    """Return which ids are meant as a NIP, and are none: of another length, with a letter, or with more beside it.

    Examples
    --------
    >>> are_nearly_nip(pd.Series(["199003152014021987", "19900315201402198", "199003152014021987 (PNS)"])).tolist()
    [False, True, True]
    """
    different = pd.Series(ids.unique())
    nearly = {text for text in different if not _NIP.fullmatch(text) and _NEARLY.search(text)}
    return ids.isin({text for text in nearly if not _UUID.fullmatch(text)})
