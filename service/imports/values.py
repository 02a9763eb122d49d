"""Cells to values: each kind of column reads its own spellings; what is not clear is refused, never guessed."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from service.imports.cells import Cell
from service.imports.headers import normal, plain
from training_catalog.schema import Column, Kind

BLANK = frozenset({"", "-", "--", "---", "n/a", "#n/a", "null"})  # also where the column holds names
MISSING = BLANK | {"none", "na", "nan", "nihil", "belum ada", "tidak ada", "kosong"}
MOST_EXACT = 10**15  # a spreadsheet's number keeps 15 digits
NIP_DIGITS = 18
GUARDED = ("=", "+", "-", "@", "'", "\t", "\r", "\n")  # what an export guards with an apostrophe
OPEN_END_YEAR = 9999
BIRTH_PIVOT = 12  # nobody in service is born later
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_RANGE = (20_000, 80_000)  # 1954 to 2119: what a date looks like as a number
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "januari january jan", "februari february feb pebruari peb", "maret march mar", "april apr",
            "mei may", "juni june jun", "juli july jul", "agustus august agu agt agst aug ags",
            "september sep sept", "oktober october okt oct", "november nopember nov nop", "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_NUMERIC_DATE = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})$")
_NAMED_DATE = re.compile(r"^(\d{1,2})[-/. ]+([a-z]+)\.?[-/. ,]+(\d{2,4})$")
_INDONESIAN = re.compile(r"^\D*\d{1,3}(\.\d{3})+(,\d*)?\D*$|^\D*\d+,\d{1,2}\D*$")
_ENGLISH = re.compile(r"^\D*\d{1,3}(,\d{3})+(\.\d*)?\D*$|^\D*\d+\.\d{1,2}\D*$")
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_LEVEL = re.compile(r"^(?:level|lv|tingkat)?\s*([ivx]+|\d+(?:[.,]\d+)?)\s*(?:\(.*\)|[-:].*)?$", re.IGNORECASE)


class CellError(ValueError):
    """A cell that is not clear.

    Parameters
    ----------
    code : Stable problem code.
    message : English sentence with named fields.
    fields : What the sentence names.
    """

    def __init__(self, code: str, message: str, **fields: object) -> None:
        self.code = code
        self.message = message
        self.fields = fields
        super().__init__(message)


def is_missing(cell: Cell, kind: Kind = "id") -> bool:
    """Return whether a cell holds nothing: blank, a dash, ``null``, ``N/A``; a person may be called Na or Kosong.

    Examples
    --------
    >>> is_missing(" - "), is_missing("N/A"), is_missing("Na", "text"), is_missing(0)
    (True, True, False, False)
    """
    words = BLANK if kind == "text" else MISSING
    return cell is None or (isinstance(cell, str) and plain(cell).lower() in words)


def unguarded(cell: Cell) -> Cell:
    """Take off the apostrophe with which an export keeps a text from running as a formula.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'Abdul")
    ('=1+1', "'Abdul")
    """
    is_guarded = isinstance(cell, str) and cell[:1] == "'" and cell[1:2] in GUARDED and len(cell) > 1
    return cell[1:] if is_guarded else cell


def number_style(cells: Iterable[Cell]) -> str | None:
    """Tell how numbers are written: ``1.234,5``, ``1,234.5``, ``mixed``; None where nothing says.

    Examples
    --------
    >>> number_style(["1.500.000", "3,5"]), number_style(["1,500,000.00"]), number_style([5, "12"])
    ('1.234,5', '1,234.5', None)
    """
    texts = {plain(cell) for cell in cells if isinstance(cell, str)}
    indonesian, english = (any(style.match(text) for text in texts) for style in (_INDONESIAN, _ENGLISH))
    if indonesian and english:
        return "mixed"
    return "1.234,5" if indonesian else "1,234.5" if english else None


def read_id(cell: Cell) -> str:
    """Read an id as text; numbers that may have lost digits are refused.

    Examples
    --------
    >>> read_id("19900315 201402 1 987"), read_id(7.0)
    ('199003152014021987', '7')
    """
    if isinstance(cell, bool):
        raise CellError("id-structure", "a truth value is no id")
    if isinstance(cell, int | float):
        if abs(cell) >= MOST_EXACT:
            raise CellError(
                "id-digits-lost", "a number keeps only 15 digits; format the column as text and paste again"
            )
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    text = plain(cell)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    text = text.lstrip("'`").strip()
    if _SCIENTIFIC.match(text):
        raise CellError(
            "id-digits-lost", "scientific notation has lost digits; format the column as text and paste again"
        )
    digits = re.sub(r"[\s.'-]", "", text)
    return digits if len(digits) == NIP_DIGITS and digits.isdigit() else text


def read_date(cell: Cell, order: str = "dmy", pivot: int = 70) -> date | None:
    """Read a date in any unambiguous spelling; None for an open end (year 9999).

    Parameters
    ----------
    cell : Date, serial number or text; a bare year means its last day.
    order : ``dmy`` or ``mdy`` for numeric dates that begin with the day or month.
    pivot : Two-digit years below it are of this century.

    Examples
    --------
    >>> read_date("17 Agt 2026"), read_date("31.12.9999")
    (datetime.date(2026, 8, 17), None)
    """
    if isinstance(cell, date):
        return None if cell.year == OPEN_END_YEAR else cell.date() if isinstance(cell, datetime) else cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _date_of_number(float(cell))
    text = plain(cell).lower()
    written, month, day = _date_parts(text, order)
    year = int(written)
    if len(written) != 4:  # noqa: PLR2004 (two-digit years)
        year += 2000 if year < pivot else 1900
    if year == OPEN_END_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellError("date-unreadable", "this day does not exist") from error


def _date_of_number(number: float) -> date:
    if EXCEL_RANGE[0] <= number <= EXCEL_RANGE[1]:
        return EXCEL_EPOCH + timedelta(days=int(number))
    if number.is_integer() and 1900 <= number <= 2100:  # noqa: PLR2004 (a bare year)
        return date(int(number), 12, 31)
    raise CellError("date-unreadable", "a number that is no date")


def _date_parts(text: str, order: str) -> tuple[str, int, int]:
    """Split a written date into year as written, month, day."""
    if re.fullmatch(r"\d{4}", text):
        return text, 12, 31
    text = re.sub(r"[t ]\d{1,2}:\d{2}(:\d{2})?.*$", "", text)
    if named := _NAMED_DATE.match(text):
        day, name, year = named.groups()
        if name not in MONTHS:
            raise CellError("date-unreadable", "the month is not known")
        return year, MONTHS[name], int(day)
    if numeric := _NUMERIC_DATE.match(text):
        first, second, third = numeric.groups()
        if len(first) == 4:  # noqa: PLR2004 (a year)
            return first, int(second), int(third)
        if len(third) not in (2, 4):
            raise CellError("date-unreadable", "the year is not clear")
        day, month = (first, second) if order == "dmy" else (second, first)
        return third, int(month), int(day)
    if re.fullmatch(r"\d{8}", text):
        return text[:4], int(text[4:6]), int(text[6:])
    raise CellError("date-unreadable", "accepted: 17/08/2026, 2026-08-17 or 17 Agustus 2026")


def date_order(cells: Iterable[Cell]) -> str | None:
    """Tell day-first from month-first by values above 12; None where no numeric date says.

    Examples
    --------
    >>> date_order(["03/25/2026", "01/02/2026"]), date_order(["25/03/2026"])
    ('mdy', 'dmy')
    """
    firsts, seconds = 0, 0
    for cell in cells:
        if isinstance(cell, str) and (match := _NUMERIC_DATE.match(plain(cell))) and len(match[1]) <= 2:  # noqa: PLR2004 (no year)
            firsts, seconds = max(firsts, int(match[1])), max(seconds, int(match[2]))
    if firsts > 12:  # noqa: PLR2004 (months)
        return "dmy"
    return "mdy" if seconds > 12 else ("dmy" if firsts else None)  # noqa: PLR2004 (months)


def read_number(cell: Cell) -> float:
    """Read a decimal number with a comma or a point.

    Examples
    --------
    >>> read_number("3,5"), read_number("85.25")
    (3.5, 85.25)
    """
    if isinstance(cell, bool):
        raise CellError("number-unreadable", "a truth value is no number")
    if isinstance(cell, int | float):
        return float(cell)
    text = plain(cell).replace(" ", "")
    text = re.sub(r"(?i)(jp|jam|orang|org|%)$", "", text)
    if _NUMBER.match(text):
        return float(text.replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return float(text.replace(",", ""))
    raise CellError("number-unreadable", "accepted: a number such as 3,5 or 3.5")


def read_hours(cell: Cell) -> float:
    """Read JP; a duration in days is none, for rules differ in what a day is worth.

    Examples
    --------
    >>> read_hours("32 JP")
    32.0
    """
    if isinstance(cell, str) and re.search(r"(?i)\b(hari|minggu|bulan|menit|days?|weeks?|months?)$", plain(cell)):
        raise CellError("number-unreadable", "a duration in days, weeks or minutes is no JP; give the JP")
    hours = read_number(cell)
    if hours < 0:
        raise CellError("number-unreadable", "JP cannot be negative")
    return hours


def read_whole(cell: Cell) -> int:
    """Read a whole number."""
    value = read_number(cell)
    if not value.is_integer():
        raise CellError("number-unreadable", "accepted: a whole number")
    return int(value)


def read_money(cell: Cell) -> int:
    """Read whole rupiah; digits lost and unclear spellings are refused.

    Examples
    --------
    >>> [read_money(text) for text in ("Rp 1.500.000,00", "1,500,000.00", "1500000", "1.500")]
    [1500000, 1500000, 1500000, 1500]
    """
    if isinstance(cell, bool):
        raise CellError("money-unclear", "a truth value is no amount")
    if isinstance(cell, int | float):
        if abs(cell) >= MOST_EXACT or not float(cell).is_integer():
            raise CellError("money-unclear", "accepted: whole rupiah below 10^15 in a number cell")
        return _not_negative(int(cell))
    text = re.sub(r"(?i)^(-?)\s*(?:rp|idr)\.?\s*", r"\1", plain(cell)).replace(" ", "")
    text = re.sub(r",-+$", "", text)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    for pattern, separator in ((r"-?\d{1,3}(\.\d{3})+(,0+)?", "."), (r"-?\d{1,3}(,\d{3})+(\.0+)?", ",")):
        if re.fullmatch(pattern, text):
            cents = "," if separator == "." else "."
            return _not_negative(int(text.split(cents)[0].replace(separator, "")))
    if re.fullmatch(r"-?\d+([.,]0+)?", text) and not re.fullmatch(r"-?\d{1,3}[.,]0{3}", text):
        return _not_negative(int(re.split(r"[.,]", text)[0]))
    raise CellError("money-unclear", "accepted: whole rupiah such as 1500000 or Rp1.500.000")


def _not_negative(amount: int) -> int:
    if amount < 0:
        raise CellError("money-unclear", "an amount cannot be negative")
    return amount


def read_level(cell: Cell) -> float:
    """Read a level in its spellings.

    Examples
    --------
    >>> [read_level(text) for text in ("Level 3", "III", "3 (Menengah)", "3,0")]
    [3.0, 3.0, 3.0, 3.0]
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    match = _LEVEL.match(plain(cell))
    if not match:
        raise CellError("level-unreadable", "accepted: a level such as 3, III or Level 3")
    text = match[1].lower()
    if text in ROMAN:
        return float(ROMAN[text])
    if not text[0].isdigit():
        raise CellError("level-unreadable", "accepted: a level such as 3, III or Level 3")
    return float(text.replace(",", "."))


def read_text(cell: Cell) -> str:
    """Read text as it stands, without what nobody sees; whole numbers lose their point.

    Examples
    --------
    >>> read_text("=1+1"), read_text(7.0), read_text(" Melur  Pagi ")
    ('=1+1', '7', 'Melur Pagi')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return plain(cell)


def read_list(cell: Cell) -> str:
    """Read a list and join its parts by ``;``."""
    parts = [part.strip() for part in re.split(r"[;\n]", read_text(cell))]
    return ";".join(part for part in parts if part)


def choice_reader(column: Column) -> Callable[[Cell], str]:
    """Return a reader of a column's choices."""
    spellings = {normal(spelling): name for name, accepted in column.choices for spelling in (name, *accepted)}
    names = ", ".join(accepted[-1] if accepted else name for name, accepted in column.choices)

    def read(cell: Cell) -> str:
        found = spellings.get(normal(read_text(cell)))
        if found is None:
            raise CellError("choice-unknown", "accepted: {names}", names=names)
        return found

    return read


def reader_of(column: Column, order: str) -> Callable[[Cell], Any]:
    """Return the reader of a column."""
    if column.kind == "choice":
        return choice_reader(column)
    if column.kind == "date":
        pivot = BIRTH_PIVOT if column.name == "birth_date" else 70
        return lambda cell: read_date(cell, order, pivot)
    readers: dict[str, Callable[[Cell], Any]] = {
        "id": read_id, "text": read_text, "integer": read_whole, "decimal": read_number, "money": read_money,
        "level": read_level, "hours": read_hours, "list": read_list,
    }  # fmt: skip
    return readers[column.kind]
