"""Cells to values: each kind of column reads its own spellings; what is not clear is refused, never guessed."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from service.imports.cells import Cell, CellError, CellFault, Nested
from service.imports.dates import BIRTH_PIVOT, PIVOT, read_date, read_year
from service.imports.figures import figures, need_no_date, unspaced, without_words
from service.imports.headers import normal, plain
from service.imports.ids import MOST_EXACT, read_id, read_person
from service.imports.levels import read_level
from service.imports.qualifiers import FACTORS
from service.imports.spelled import apart, need_same, without_brackets
from training_catalog.quantities import MINUTES_PER_HOUR_JP
from training_catalog.schema import Column, Kind

BLANK = frozenset({"", "-", "--", "---", "\u2013", "\u2014", "n/a", "null"})  # also where the column holds names
MISSING = BLANK | {"none", "na", "nan", "n.a.", "nihil", "belum ada", "tidak ada", "kosong", "belum dinilai",
                   "belum diisi", "rp -", "rp. -", "rp-", "rp.-"}  # fmt: skip
MOST_RUPIAH = 10**16  # more than any state spends; sums of such amounts are still exact
CENT = 0.01  # rupiah that a decimal number times a million may be off
SIGNED = frozenset({"sequence"})  # whole numbers that may be below zero
GUARDED = ("=", "+", "-", "@", "'", "\t", "\r", "\n")  # what an export guards with an apostrophe
INDONESIAN, ENGLISH, MIXED = "1.234,5", "1,234.5", "mixed"
_INDONESIAN = re.compile(r"^\D*\d{1,3}((\.\d{3}){2,}|(\.\d{3})+,\d*)\D*$|^\D*\d+,\d{1,2}\D*$")
_ENGLISH = re.compile(r"^\D*\d{1,3}((,\d{3}){2,}|(,\d{3})+\.\d*)\D*$|^\D*\d+\.\d{1,2}\D*$")
_ONE_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}([.,])\d{3}$")  # 1.500: fifteen hundred, or one and a half
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
NO_NUMBER = "accepted: a number such as 3,5 or 3.5"
_FAULT = re.compile(
    r"#(?:N/A|NAME\?|GETTING_DATA|#{2,}|(?:REF|VALUE|DIV/0|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|ERROR|"
    r"NILAI)!)|Err:\d{3}",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"(?i)\s*(jpl?|jam pel(ajar|atih)an|jam pembelajaran|jam|orang|org|peserta|pegawai|kursi|pax|tahun|thn|th|%)\.?$"
)
_HOURS_BEFORE = re.compile(r"(?i)^(?:jpl?|jam pelajaran)\b[\s.:]*(?=\d)")
_DAYS = r"(?:hari|minggu|bulan|menit|tahun|semester|days?|weeks?|months?|minutes?)"
_HOURS_AND_DAYS = re.compile(  # 24 JP (3 hari), 3 hari / 24 JP
    rf"(?i)^(\d+(?:[.,]\d+)?) ?jpl?[ ,;/=(]+\d+ ?{_DAYS}\)?$|^\d+ ?{_DAYS}[ ,;/=(]+(\d+(?:[.,]\d+)?) ?jpl?\)?$"
)
_HOURS_AND_MINUTES = re.compile(  # 24 JP (1080 menit), 24 JP @ 45 menit, 1.080 menit / 24 JP
    r"(?i)^(?P<hours>\d+(?:[.,]\d+)?) ?jpl?[ ,;/=(]+(?P<each>@ ?)?(?P<minutes>[\d.,]+) ?(?:menit|minutes?)\)?$"
    r"|^(?P<before>[\d.,]+) ?(?:menit|minutes?)[ ,;/=(]+(?P<after>\d+(?:[.,]\d+)?) ?jpl?\)?$"
)
_IN_UNITS = re.compile(rf"(?i)\d ?(?:{'|'.join(FACTORS)}|k|m|t|triliun|trilyun)\b")
_NO_PRICE = frozenset({"gratis", "free", "tanpa biaya"})


def faulty(cell: Cell) -> Cell:
    """Return a text that is a spreadsheet's error as the fault it is.

    Examples
    --------
    >>> faulty("#REF!"), faulty("#1")
    (CellFault(shown='#REF!'), '#1')
    """
    return CellFault(cell.strip()) if isinstance(cell, str) and _FAULT.fullmatch(cell.strip()) else cell


def is_missing(cell: Cell, kind: Kind = "id") -> bool:
    """Return whether a cell holds nothing: blank, a dash, ``null``, ``N/A``; a person may be called Na or Kosong.

    Examples
    --------
    >>> is_missing(" - "), is_missing("N/A"), is_missing("Na", "text"), is_missing(0)
    (True, True, False, False)
    """
    if not isinstance(cell, str):
        return cell is None
    return plain(cell).lower() in BLANK if kind == "text" else figures(cell).lower() in MISSING


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
        return MIXED
    return INDONESIAN if indonesian else ENGLISH if english else None


def read_number(cell: Cell, style: str | None = None, *, remarks: bool = True) -> float:
    """Read a decimal number with a comma or a point.

    Parameters
    ----------
    cell : Number or text.
    style : How the file writes numbers, as `number_style` tells; it decides what ``1.500`` is.
    remarks : Whether words in brackets are passed over that are neither the number in words nor a unit.

    Examples
    --------
    >>> read_number("3,5"), read_number("85.25"), read_number("1.500", "1.234,5")
    (3.5, 85.25, 1500.0)
    """
    if isinstance(cell, bool):
        raise CellError("number-unreadable", "a truth value is no number")
    need_no_date(cell, "number-unreadable")
    if isinstance(cell, int | float):
        return float(cell)
    text, told = apart(figures(cell), "number-unreadable", remarks=remarks)
    value = _number(unspaced(_UNITS.sub("", text)), style)
    need_same(value, told, "number-unreadable")
    return value


def _number(text: str, style: str | None) -> float:
    if group := _ONE_GROUP.match(text):
        if style == MIXED:
            raise CellError("number-unreadable", "thousands or decimals? the file has both; say --number-style")
        is_thousands = (style == INDONESIAN and group[1] == ".") or (style == ENGLISH and group[1] == ",")
        return float(text.replace(group[1], "" if is_thousands else "."))
    if _NUMBER.match(text):
        return float(text.replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return float(text.replace(",", ""))
    raise CellError("number-unreadable", NO_NUMBER)


def one_group(cell: Cell) -> str | None:
    """Return what parts three figures at the end from those before, as in 1.500; None for any other cell.

    Examples
    --------
    >>> one_group("1.500 JP"), one_group("1.50")
    ('.', None)
    """
    found = _ONE_GROUP.match(_UNITS.sub("", without_brackets(figures(cell)))) if isinstance(cell, str) else None
    return found[1] if found else None


def read_hours(cell: Cell, style: str | None = None) -> float:
    """Read JP; a duration in days is none, for rules differ in what a day is worth.

    Examples
    --------
    >>> read_hours("32 JP"), read_hours("3 hari (24 JP)"), read_hours("24 JP (1.080 menit)")
    (32.0, 24.0, 24.0)
    """
    if isinstance(cell, str) and (both := _HOURS_AND_MINUTES.match(figures(cell))):
        hours, minutes = both["hours"] or both["after"], both["minutes"] or both["before"]
        n_hours = 1.0 if both["each"] else read_number(hours, style)
        if read_whole(minutes) != n_hours * MINUTES_PER_HOUR_JP:
            raise CellError(
                "hours-in-days", "JP and minutes that are not the same (45 minutes a JP); give the JP alone"
            )
        cell = hours
    if isinstance(cell, str) and (both := _HOURS_AND_DAYS.match(figures(cell))):
        cell = both[1] or both[2]
    if isinstance(cell, str) and re.search(rf"(?i)\b{_DAYS}\)?$", plain(cell)):
        raise CellError("hours-in-days", "a duration in days, weeks or minutes is no JP; give the JP")
    hours = read_number(_HOURS_BEFORE.sub("", cell) if isinstance(cell, str) else cell, style, remarks=False)
    if hours < 0:
        raise CellError("number-unreadable", "JP cannot be negative")
    return hours


def read_whole(cell: Cell, style: str | None = None) -> int:
    """Read a whole number; in one, three digits after a single separator are thousands.

    Examples
    --------
    >>> read_whole("20 org"), read_whole("1.500")
    (20, 1500)
    """
    if group := one_group(cell):
        style = style or (INDONESIAN if group == "." else ENGLISH)
    try:
        value = read_number(cell, style, remarks=False)
    except CellError as error:
        if error.message != NO_NUMBER:
            raise
        raise CellError("number-unreadable", "accepted: a whole number such as 30") from error
    if not value.is_integer():
        raise CellError("number-unreadable", "accepted: a whole number")
    if abs(value) >= MOST_EXACT:
        raise CellError("number-unreadable", "the number is too large")
    return int(value)


def read_count(cell: Cell, style: str | None = None) -> int:
    """Read a whole number of people, seats or years, which is none below zero."""
    count = read_whole(cell, style)
    if count < 0:
        raise CellError("number-unreadable", "cannot be negative")
    return count


def read_money(cell: Cell, style: str | None = None) -> int:
    """Read whole rupiah; digits lost and unclear spellings are refused.

    Examples
    --------
    >>> [read_money(text) for text in ("Rp 1.500.000,00", "1,500,000.00", "1500000", "1.500")]
    [1500000, 1500000, 1500000, 1500]
    """
    if isinstance(cell, bool):
        raise CellError("money-unclear", "a truth value is no amount")
    need_no_date(cell, "money-unclear")
    if isinstance(cell, int | float):
        if abs(cell) >= MOST_EXACT or not float(cell).is_integer():
            raise CellError("money-unclear", "accepted: whole rupiah below 10^15 in a number cell")
        return _amount(int(cell))
    if without_words(figures(cell)).lower() in _NO_PRICE:
        return 0
    text, told = apart(figures(cell), "money-unclear")
    amount = _money(text, style)
    need_same(amount, told, "money-unclear")
    return amount


def _money(told: str, style: str | None) -> int:
    text = unspaced(re.sub(r"(?i)^(-?)\s*(?:rp|idr)\.?\s*|\s*(?:idr|rupiah)$", r"\1", told))
    text = re.sub(r"[.,][-=]+$", "", text)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if (group := _ONE_GROUP.match(text)) and style == (ENGLISH if group[1] == "." else INDONESIAN):
        raise CellError("money-unclear", "thousands or decimals? elsewhere the file writes them the other way")
    for pattern, separator in ((r"-?\d{1,3}(\.\d{3})+(,0{1,2})?", "."), (r"-?\d{1,3}(,\d{3})+(\.0{1,2})?", ",")):
        if re.fullmatch(pattern, text):
            cents = "," if separator == "." else "."
            return _amount(int(text.split(cents)[0].replace(separator, "")))
    if re.fullmatch(r"-?\d+([.,]0{1,2})?", text):
        return _amount(int(re.split(r"[.,]", text)[0]))
    if _IN_UNITS.search(text):
        raise CellError("money-unclear", "an amount in a unit of its own; write it in full, such as Rp1.500.000")
    raise CellError("money-unclear", "accepted: whole rupiah such as 1500000 or Rp1.500.000")


def read_scaled(cell: Cell, factor: int, style: str | None = None) -> int:
    """Read an amount that is told in thousands or millions of rupiah.

    Examples
    --------
    >>> read_scaled("1.500", 1000), read_scaled("2,5", 1_000_000)
    (1500000, 2500000)
    """
    try:
        return _amount(read_money(cell, style) * factor)
    except CellError as error:
        try:
            told = read_number(re.sub(r"(?i)^rp\.?\s*", "", cell) if isinstance(cell, str) else cell, style) * factor
        except CellError:
            raise error from None
        if abs(told - round(told)) > CENT or told > MOST_RUPIAH:
            raise
        return _amount(round(told))


def _amount(amount: int) -> int:
    if amount < 0:
        raise CellError("money-unclear", "an amount cannot be negative")
    if amount > MOST_RUPIAH:
        raise CellError("money-unclear", "the number is too large")
    return amount


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
    if isinstance(cell, Nested):
        told = json.loads(cell)
        if not isinstance(told, list) or any(isinstance(part, list | dict) for part in told):
            raise CellError("cell-nested", "accepted: a list of plain values")
        cell = ";".join(map(str, told))
    parts = [part.strip() for part in re.split(r"[;\n]", read_text(cell))]
    return ";".join(part for part in parts if part)


def _choice_shown(name: str, accepted: tuple[str, ...]) -> str:
    """Return a choice as a message offers it: the second spelling is Indonesian."""
    return f"{accepted[1]} ({name})" if len(accepted) > 1 else name


def choice_reader(column: Column) -> Callable[[Cell], str]:
    """Return a reader of a column's choices."""
    spellings = {normal(spelling): name for name, accepted in column.choices for spelling in (name, *accepted)}
    names = ", ".join(_choice_shown(*choice) for choice in column.choices)

    def read(cell: Cell) -> str:
        told = read_text(cell)
        found = spellings.get(normal(told)) or spellings.get(normal(without_words(told)))
        if found is None:
            raise CellError("choice-unknown", "accepted: {names}", names=names)
        return found

    return read


def reader_of(column: Column, order: str, style: str | None = None) -> Callable[[Cell], Any]:
    """Return the reader of a column.

    Parameters
    ----------
    column : What is read.
    order, style : Date order and number style of the file.
    """
    if column.kind == "choice":
        return choice_reader(column)
    if column.kind == "date":
        pivot, is_period = BIRTH_PIVOT if column.name == "birth_date" else PIVOT, column.name == "period_end"
        return lambda cell: read_date(cell, order, pivot, is_period=is_period)
    if column.name == "year":
        return read_year
    if column.name == "employee":
        return read_person
    whole = read_whole if column.name in SIGNED else read_count
    styled: dict[str, Callable[[Cell, str | None], Any]] = {
        "integer": whole, "decimal": read_number, "money": read_money, "hours": read_hours,
    }  # fmt: skip
    if read := styled.get(column.kind):
        return lambda cell: read(cell, style)
    readers: dict[str, Callable[[Cell], Any]] = {
        "id": read_id,
        "text": read_text,
        "level": read_level,
        "list": read_list,
    }
    return readers[column.kind]
