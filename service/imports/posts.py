"""Posts that people held, with first and last days: the current one is the person's, earlier ones are left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.imports.cells import Cell, CellError, LeftOut, Lines, Reshaped, Sheet
from service.imports.dates import date_order, read_date
from service.imports.headers import names_of, plain, possible_headers
from service.imports.ids import read_person
from service.imports.values import is_missing
from training_catalog.tables import table

SINCE = "TMT Jabatan"
_START = frozenset({"mulai", "tanggal mulai", "tmt", "start date", "valid from"})
_END = frozenset({"selesai", "tanggal selesai", "sampai", "end date", "valid until", "akhir"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    header: int
    employee: int
    start: int
    end: int


def _find_layout(rows: Lines) -> _Layout | None:
    people = table("employees")
    number, post = (names_of(people.column(name)) for name in ("employee", "position"))
    history = table("history")
    others = names_of(history.column("training_name")) | names_of(history.column("training"))
    others |= names_of(table("absences").column("kind"))
    for row, n_rows, columns in possible_headers(rows):
        if n_rows > 1 or any(set(names) & others for names in columns):
            continue
        found = [
            next((i for i, names in enumerate(columns) if set(names) & wanted), None)
            for wanted in (number, post, _START, _END)
        ]
        if None not in found:
            employee, _, start, end = (int(place or 0) for place in found)
            return _Layout(header=row, employee=employee, start=start, end=end)
    return None


def is_posts(rows: Lines) -> bool:
    """Return whether rows are people's posts with first and last days."""
    return _find_layout(rows) is not None


def _day(row: Sequence[Cell], at: int, order: str) -> date | None:
    """Return a day; None where it is open, blank or cannot be read."""
    try:
        return None if at >= len(row) or is_missing(row[at]) else read_date(row[at], order)
    except CellError:
        return None


def _person(row: Sequence[Cell], at: int) -> str:
    try:
        return read_person(row[at]) if at < len(row) else ""
    except CellError:
        return plain(row[at])


def _unreadable_end(row: Sequence[Cell], at: int, order: str) -> bool:
    try:
        _ = at >= len(row) or is_missing(row[at]) or read_date(row[at], order)
    except CellError:
        return True
    return False


def reshape_posts(sheet: Sheet) -> list[Reshaped]:
    """Bring posts to employees: of each person the post with the latest first day among those without a last day."""
    layout = _find_layout(sheet.rows)
    if layout is None:
        return []
    body = [i for i in range(layout.header + 1, len(sheet.rows)) if any(map(plain, sheet.rows[i]))]
    days = (sheet.rows[i][at] for i in body for at in (layout.start, layout.end) if at < len(sheet.rows[i]))
    told = date_order(days)
    by = told or "dmy"
    latest: dict[str, tuple[bool, date]] = {}
    order = {}
    for i in body:
        row = sheet.rows[i]
        person = _person(row, layout.employee)
        order[i] = (_day(row, layout.end, by) is None, _day(row, layout.start, by) or date.min)
        latest[person] = max(latest.get(person, order[i]), order[i])
    rows = [list(row) for row in sheet.rows]
    left_out: list[LeftOut] = []
    warnings: list[LeftOut] = []
    for i in body:
        row = rows[i]
        if _unreadable_end(row, layout.end, by):
            row[layout.start] = row[layout.end]  # so that it is refused with its reason
        elif order[i] < latest[_person(row, layout.employee)]:
            left_out.append((i + 1, "post-earlier", "An earlier post is left out; the person's current one is read."))
            rows[i] = []
            continue
        elif not order[i][0]:
            warnings.append((i + 1, "post-ended", "This post has a last day, and the file has no later one."))
        if layout.end < len(row):
            row[layout.end] = ""
    rows[layout.header][layout.start], rows[layout.header][layout.end] = SINCE, ""
    notes = (("post-earlier", "Posts with first and last days: each person's current one is read.", ""),)
    return [Reshaped(sheet=replace(sheet, rows=rows), table="employees", left_out=tuple(left_out),
                     warnings=tuple(warnings), notes=notes, date_order=told)]  # fmt: skip
