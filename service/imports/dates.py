"""Dates in any spelling that means one day only; impossible and unclear ones are refused."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from service.imports.cells import Cell, CellError
from service.imports.figures import figures
from service.imports.month_names import ROMAN_MONTHS, month_of
from service.imports.periods import first_and_last, last_day

NOT_CLEAR = "accepted: 17/08/2026, 2026-08-17 or 17 Agustus 2026"
OPEN_END_YEAR = 9999
OPEN_END = f"{OPEN_END_YEAR}-12-31"
PLAUSIBLE_YEARS = (1920, 2199)  # 1900 is what a blank becomes elsewhere, and 1905 a year in a cell for dates
MONTHS_OF_YEAR = 12
BIRTH_PIVOT = 12  # nobody in service is born later
PIVOT = 70
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_RANGE = (20_000, 80_000)  # 1954 to 2119: what a date looks like as a number
EXCEL_LAST = 2_958_465  # the last day of the year 9999
_NUMERIC = re.compile(r"^(\d{1,4}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{1,4})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]+([a-z]+)\.?[-/. ,]+['\u2019]?(\d{2,4})$")
_UNPARTED = re.compile(r"^(\d{1,2}) ?([a-z]{3,}) ?(\d{2}|\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/. ]+([a-z]+)\.?[-/. ]+(\d{1,2})$")
_MONTH_FIRST = re.compile(r"^([a-z]+)\.? (\d{1,2}),? ?(\d{4})$")
_SERIAL = re.compile(r"^\d{5}([.,]\d+)?$")  # days that a spreadsheet counts
_MONTH_ALONE = re.compile(r"^(?:[a-z]{3,}\.?[-/. ]+(?:\d{2}|\d{4})|\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2})$")
_PREFIX = re.compile(r"^(?:tanggal|tgl\.?) +")
_PERIOD_PREFIX = re.compile(r"^(?:periode|bulan) +")
_WEEKDAYS = {
    name: day
    for day, names in enumerate(
        ("senin monday mon", "selasa tuesday tue", "rabu wednesday wed", "kamis thursday thu",
         "jumat jum'at friday fri", "sabtu saturday sat", "minggu ahad sunday sun")
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAY = re.compile(rf"^({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})(?:\.?,? +|[,/] *)")
_TIME = re.compile(
    r"(?:t|,? |,? (?:pukul|jam|pkl\.?) ?)\d{1,2}[:.]\d{2}([:.]\d{2})?([.,]\d+)?"
    r"( ?[ap]m| ?z| ?wi[bt]a?|[+-]\d{2}(?::?\d{2})?)?$"
)
MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)? ?(z|[+-]\d{2}(?::?\d{2})?)$")
HOME_ZONES = (timezone(timedelta(hours=7)), timezone(timedelta(hours=8)), timezone(timedelta(hours=9)))
_YEAR = re.compile(r"^(?:ta|t\.a\.|tahun(?: anggaran)?|fy)?\.? *(\d{4})(?:[.,]0)?$")
_OPEN = re.compile(
    r"^(?:s[./]?d\.? |sampai(?: dengan)? |hingga )?"
    r"(?:sekarang|kini|saat ini|seterusnya|selamanya|seumur hidup|(?:tidak|tak) terbatas|present|now)$"
)
Parts = tuple[str, int, int]  # year as written, month, day


def read_date(cell: Cell, order: str = "dmy", pivot: int = PIVOT, *, is_period: bool = False) -> date | None:
    """Read a date in any spelling that means one day only; None for an open end (9999, ``sekarang``).

    Parameters
    ----------
    cell : Date, serial number or text.
    order : ``dmy`` or ``mdy`` for numeric dates that begin with the day or month; ``mixed`` where the file has both.
    pivot : Two-digit years below it are of this century.
    is_period : Whether a bare year means its last day; elsewhere it is no day.

    Examples
    --------
    >>> read_date("17 Agt 2026"), read_date("31.12.9999"), read_date("s.d. sekarang")
    (datetime.date(2026, 8, 17), None, None)
    """
    if isinstance(cell, date):
        return _day(str(cell.year), cell.month, cell.day, pivot)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if EXCEL_RANGE[0] <= cell <= EXCEL_RANGE[1]:
            return EXCEL_EPOCH + timedelta(days=int(cell))
        cell = _written(cell)
    text = _OPEN.sub(OPEN_END, _PREFIX.sub("", figures(cell).lower()))
    _need_own_day(text)
    if weekday := _WEEKDAY.match(text):
        day = read_date(text[weekday.end() :], order, pivot, is_period=is_period)
        if day is not None and day.weekday() != _WEEKDAYS[weekday[1]]:
            raise CellError("date-unreadable", "the weekday is not that of this day")
        return day
    if is_period:
        return _end_of_period(text, order, pivot)
    if re.fullmatch(r"\d{4}(\.0)?", text):
        raise CellError("date-unreadable", "a year or number is no day; accepted: 17/08/2026 or 2026-08-17")
    return _day(*_parts(_TIME.sub("", text), order), pivot)


def _written(cell: float) -> Cell:
    """Return a number as a date is written; the last day that a spreadsheet knows is an open end."""
    if int(cell) == EXCEL_LAST:
        return OPEN_END
    if not float(cell).is_integer():
        raise CellError("date-unreadable", "a number that is no date")
    return int(cell)


def _need_own_day(text: str) -> None:
    """Refuse a moment of which the day is another one in Indonesia."""
    if (moment := MOMENT.match(text)) and local_days(*moment.groups()) != {moment[1]}:
        raise CellError("date-unreadable", "a moment of another time zone, of which the day is another one in "
                        "Indonesia; give the day alone")  # fmt: skip


def _end_of_period(text: str, order: str, pivot: int) -> date | None:
    text = _PERIOD_PREFIX.sub("", text)
    if re.fullmatch(r"\d{4}(\.0)?", text):
        return _day(text[:4], MONTHS_OF_YEAR, 31, pivot)
    days = first_and_last(text)
    return last_day(text) or _period_day(days[1] if days else text, order, pivot)


def _period_day(text: str, order: str, pivot: int) -> date | None:
    """Return a day that ends a period.

    Raises
    ------
    CellError
        Saying what else is accepted of a period.
    """
    try:
        return _day(*_parts(_TIME.sub("", text), order), pivot)
    except CellError as error:
        if error.message != NOT_CLEAR:
            raise
        raise CellError("date-unreadable", "accepted: a last day, 2026, Desember 2026, Triwulan IV 2026 or Semester 2 "
                        "2026") from error  # fmt: skip


def read_year(cell: Cell) -> int:
    """Read a year of four digits, also of a budget.

    Examples
    --------
    >>> read_year("TA 2027"), read_year(2027.0)
    (2027, 2027)
    """
    found = _YEAR.match(figures(cell).lower()) if not isinstance(cell, bool) else None
    if not found or not PLAUSIBLE_YEARS[0] <= int(found[1]) <= PLAUSIBLE_YEARS[1]:
        raise CellError("number-unreadable", "accepted: a year such as 2027")
    return int(found[1])


def _day(written: str, month: int, day: int, pivot: int) -> date | None:
    year = int(written)
    if len(written) == 2:  # noqa: PLR2004 (two-digit years)
        year += 2000 if year < pivot else 1900
    if year == OPEN_END_YEAR:
        return None
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise CellError("date-unreadable", "this day does not exist") from error
    if not PLAUSIBLE_YEARS[0] <= year <= PLAUSIBLE_YEARS[1]:
        raise CellError("date-unreadable", "the year is not plausible")
    return found


def _parts(text: str, order: str) -> Parts:
    """Split a written date into year as written, month, day."""
    if named := _DAY_FIRST.match(text) or _UNPARTED.match(text):
        day, name, year = named.groups()
        return year, _month(name), int(day)
    if named := _YEAR_FIRST.match(text):
        year, name, day = named.groups()
        return year, _month(name), int(day)
    if named := _MONTH_FIRST.match(text):
        name, day, year = named.groups()
        return year, _month(name), int(day)
    if numeric := _NUMERIC.match(text):
        return _numeric_parts(*numeric.groups(), order=order)
    if re.fullmatch(r"(?:19|2[01])\d{6}", text):
        return text[:4], int(text[4:6]), int(text[6:])
    if _SERIAL.match(text):
        raise CellError("date-unreadable", "a number that a spreadsheet counts days with; format the column as a date")
    if _MONTH_ALONE.match(text):
        raise CellError("date-unreadable", "a month is no day; accepted: 17/08/2026 or 17 Agustus 2026")
    if first_and_last(text):
        raise CellError("date-unreadable", "several days; give the first and the last in columns of their own")
    raise CellError("date-unreadable", NOT_CLEAR)


def local_days(day: str, clock: str, zone: str) -> set[str]:
    """Return the days that a moment is of in Indonesia's time zones; the day itself where it is told in one of them.

    Examples
    --------
    >>> local_days("2024-12-31", "17:00", "z"), local_days("2024-12-31", "23:59:59", "+07")
    ({'2025-01-01'}, {'2024-12-31'})
    """
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone == 'z' else zone}")
    except ValueError:  # a day that does not exist
        return {day}
    if moment.tzinfo in HOME_ZONES:
        return {day}
    return {moment.astimezone(home).date().isoformat() for home in HOME_ZONES}


def _month(name: str) -> int:
    month = month_of(name) or ROMAN_MONTHS.get(name)
    if month is None:
        raise CellError("date-unreadable", "the month is not known")
    return month


def _numeric_parts(first: str, second: str, third: str, *, order: str) -> Parts:
    if len(first) == 4:  # noqa: PLR2004 (a year)
        if len(third) > 2:  # noqa: PLR2004 (a day)
            raise CellError("date-unreadable", "the year is not clear")
        return first, int(second), int(third)
    if len(third) not in (2, 4) or len(first) > 2:  # noqa: PLR2004 (a day or month)
        raise CellError("date-unreadable", "the year is not clear")
    if order == "mixed":
        if int(first) != int(second) and max(int(first), int(second)) <= MONTHS_OF_YEAR:
            raise CellError("date-unreadable", "day or month first? the file has both; say --date-order")
        order = "dmy" if int(first) > MONTHS_OF_YEAR else "mdy"
    day, month = (first, second) if order == "dmy" else (second, first)
    return third, int(month), int(day)


def _leading_pairs(cells: Iterable[Cell]) -> list[tuple[int, int]]:
    """Return the first two numbers of each numeric date that does not begin with a year."""
    texts = (_NUMERIC.match(_TIME.sub("", figures(cell).lower())) for cell in cells if isinstance(cell, str))
    return [(int(m[1]), int(m[2])) for m in texts if m and len(m[1]) <= 2]  # noqa: PLR2004 (no year)


def date_order(cells: Iterable[Cell]) -> str | None:
    """Tell day-first from month-first by values above 12, ``mixed`` where both are there; None where nothing says.

    Examples
    --------
    >>> date_order(["03/25/2026", "01/02/2026"]), date_order(["25/03/2026"]), date_order(["01/02/2026"])
    ('mdy', 'dmy', None)
    """
    pairs = _leading_pairs(cells)
    day_first = any(MONTHS_OF_YEAR < first <= 31 and second <= MONTHS_OF_YEAR for first, second in pairs)  # noqa: PLR2004 (days)
    month_first = any(MONTHS_OF_YEAR < second <= 31 and first <= MONTHS_OF_YEAR for first, second in pairs)  # noqa: PLR2004 (days)
    if day_first and month_first:
        return "mixed"
    return "dmy" if day_first else "mdy" if month_first else None


def short_years(cells: Iterable[Cell]) -> str | None:
    """Return a numeric date of which the first two figures could as well be the year; None where there is none.

    Examples
    --------
    >>> short_years(["2026-01-05", "26-01-05"]), short_years(["05/01/99", "17/08/2026"])
    ('26-01-05', None)
    """
    for cell in cells:
        found = _NUMERIC.match(figures(cell)) if isinstance(cell, str) else None
        if found and [len(part) for part in found.groups()] == [2, 2, 2] and int(found[3]) <= 31:  # noqa: PLR2004 (days)
            return found[0]
    return None


def is_order_open(cells: Iterable[Cell]) -> bool:
    """Return whether some numeric date would be another day if the month came first.

    Examples
    --------
    >>> is_order_open(["01/02/2026"]), is_order_open(["02/02/2026", "2026-01-02"])
    (True, False)
    """
    undotted = (cell for cell in cells if isinstance(cell, str) and "." not in cell)  # with dots the day comes first
    return any(first != second and max(first, second) <= MONTHS_OF_YEAR for first, second in _leading_pairs(undotted))
