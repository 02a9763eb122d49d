"""Periods by their last day, and days from a first to a last one, as offices write both."""

import re
from calendar import monthrange
from datetime import date

from service.imports.figures import figures
from service.imports.month_names import ROMAN_MONTHS, month_of

MONTHS_OF_QUARTER, MONTHS_OF_HALF = 3, 6
TO = r"\s*(?:s\s?[./]?\s?d\.?|sampai(?: dengan)?|hingga|to|-)\s*"
_YEAR = re.compile(r"^(?:ta|t\.a\.|tahun(?: anggaran)?|fy)\.? *(\d{4})$")
_PART = re.compile(
    r"^(triwulan|tw|kuartal|quarter|q|semester|sem|smt|half|h)\.? *-?(\d|i{1,3}|iv),?[ /-]*(?:tahun )?(\d{4})$"
)
_NUMERIC_MONTH = re.compile(r"^(?:(\d{1,2})[/.-](\d{4})|(\d{4})[/.-](\d{1,2}))$")
_MONTH = re.compile(rf"^(?:[a-z]+(?: \d{{4}})?{TO})?([a-z]+)[ .-]+(\d{{4}})$")
_DAYS = (
    re.compile(rf"^(\d{{1,2}}){TO}(\d{{1,2}})([ ./-][a-z]+[ ./-]+\d{{4}})$"),
    re.compile(rf"^(\d{{1,2}}[ ./-][a-z]+){TO}(\d{{1,2}}[ ./-][a-z]+)([ ./-]+\d{{4}})$"),
)
_NUMERIC_DAYS = re.compile(rf"^(\d{{1,2}}){TO}(\d{{1,2}})([./-]\d{{1,2}}[./-]\d{{4}})$")
_TWO_DAYS = re.compile(
    r"^(\d{1,2}[ ./-][a-z]+[ ./-]\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d)"
    rf"{TO}(\d{{1,2}}[ ./-][a-z]+[ ./-]\d{{4}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}|\d{{4}}-\d\d-\d\d)$"
)


def last_day(text: str) -> date | None:
    """Return the last day of a year, half, quarter or month; None for anything else.

    Examples
    --------
    >>> last_day("triwulan i 2025"), last_day("januari - desember 2025")
    (datetime.date(2025, 3, 31), datetime.date(2025, 12, 31))
    """
    if found := _YEAR.match(text):
        return date(int(found[1]), 12, 31)
    if found := _PART.match(text):
        length = MONTHS_OF_HALF if found[1][0] in "sh" else MONTHS_OF_QUARTER
        number = ROMAN_MONTHS.get(found[2]) or int(found[2])
        return _end_of(int(found[3]), number * length)
    if found := _NUMERIC_MONTH.match(text):
        return _end_of(int(found[2] or found[3]), int(found[1] or found[4]))
    if (found := _MONTH.match(text)) and (month := month_of(found[1])):
        return _end_of(int(found[2]), month)
    return None


def _end_of(year: int, month: int) -> date | None:
    if not 1 <= month <= 12 or not year:  # noqa: PLR2004 (months of a year)
        return None
    return date(year, month, monthrange(year, month)[1])


def first_and_last(cell: object) -> tuple[str, str] | None:
    """Return the first and the last day of days in one cell, each as a date of its own; None for anything else.

    Examples
    --------
    >>> first_and_last("1 s.d. 3 Maret 2027"), first_and_last("30 Jan - 2 Feb 2027")
    (('1 maret 2027', '3 maret 2027'), ('30 jan 2027', '2 feb 2027'))
    >>> first_and_last("1-3/3/2027")
    ('1/3/2027', '3/3/2027')
    """
    text = figures(cell).lower()
    if two := _TWO_DAYS.match(text):
        return two[1], two[2]
    for pattern in (*_DAYS, _NUMERIC_DAYS):
        if found := pattern.match(text):
            return found[1] + found[3], found[2] + found[3]
    return None
