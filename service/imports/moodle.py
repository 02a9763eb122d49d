"""Moodle's completion reports: that of one course, and those of many courses made in its report builder."""

import re

from service.imports.cells import Cell, LeftOut, Lines, Reshaped, Sheet
from service.imports.headers import plain
from service.imports.reshaping import header_names, placed, records

# Headers in normal form, English and Indonesian, best first; those of the end are in no history of our own.
_PERSON = ("id number", "idnumber", "nomor id", "nomor induk", "nip", "username", "nama pengguna")
_COURSE_CODE = ("course id number", "nomor id kursus", "course short name", "short name", "nama singkat kursus")
_COURSE_TITLE = ("course full name", "course name", "nama lengkap kursus", "nama kursus", "course", "kursus")
_BEGUN = ("time started", "date started", "waktu mulai", "time enrolled", "time enrolled in course", "waktu terdaftar")
_DONE_IN_MANY = ("time completed", "date completed", "completion date", "course completion date", "waktu selesai")
_DONE_IN_ONE = ("course complete", "course completed", "kursus selesai", "kursus lengkap")
_GRADE = ("course total", "grade", "final grade", "total kursus", "nilai", "nilai akhir")
_COLUMNS = {
    "employee": _PERSON, "training": _COURSE_CODE, "training_name": _COURSE_TITLE, "start_date": _BEGUN,
    "end_date": (*_DONE_IN_MANY, *_DONE_IN_ONE), "post_score": _GRADE,
}  # fmt: skip
_DATES = ("start_date", "end_date")
_NO_DATE = frozenset({
    "", "-", "never", "no", "tidak pernah", "tidak", "belum", "not completed", "not yet completed", "in progress",
    "belum selesai", "tidak selesai",
})  # fmt: skip
_INCOMPLETE = "The course is not completed; left out."


def _found(rows: Lines) -> dict[str, str]:
    """Return for each of our columns the header that holds it."""
    names = set(header_names(rows))
    best = {ours: next((name for name in known if name in names), None) for ours, known in _COLUMNS.items()}
    return {ours: name for ours, name in best.items() if name is not None}


def is_moodle(rows: Lines) -> bool:
    """Return whether rows are people with the day on which they completed one course, or named ones."""
    found = _found(rows)
    if not {"employee", "end_date"} <= found.keys():
        return False
    is_report_of_one = found["end_date"] in _DONE_IN_ONE
    return is_report_of_one or bool({"training", "training_name"} & found.keys())


def day_of(cell: Cell) -> Cell:
    """Return the day of a time as Moodle writes it: without the weekday before and the clock behind.

    Examples
    --------
    >>> day_of("Kamis, 12 Maret 2026, 10:15"), day_of("Thursday, 12 March 2026, 10:15 AM"), day_of("12/03/26, 10:15")
    ('12 Maret 2026', '12 March 2026', '12/03/26')
    """
    if not isinstance(cell, str):
        return cell
    without_clock = re.sub(r"[, ]+\d{1,2}[:.]\d{2}([:.]\d{2})?\s*([ap]\.?m\.?)?$", "", plain(cell), flags=re.IGNORECASE)
    return re.sub(r"^[^\W\d_]+, ", "", without_clock)


def reshape_moodle(sheet: Sheet) -> list[Reshaped]:
    """Bring completions to histories; who has not completed is left out."""
    found = _found(sheet.rows)
    lines: dict[int, list[Cell]] = {}
    left_out: list[LeftOut] = []
    for line, row in records(sheet):
        cells = {ours: day_of(row[name]) if ours in _DATES else row[name] for ours, name in found.items()}
        if plain(cells["end_date"]).lower() in _NO_DATE:
            left_out.append((line, "row-incomplete", _INCOMPLETE))
        else:
            lines[line] = list(cells.values())
    return [Reshaped(sheet=placed(sheet, list(found), lines), table="history", left_out=tuple(left_out))]
