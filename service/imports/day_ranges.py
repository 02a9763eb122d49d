"""A column that holds first and last day in one cell, as in *1 s.d. 3 Maret 2027*: brought to two columns."""

from dataclasses import replace

from service.imports.cells import Cell, Lines, Sheet
from service.imports.columns import Columns, coded
from service.imports.headers import HEADER_SEARCH_LINES, normal, plain
from service.imports.periods import first_and_last

NAMES = frozenset({
    "tanggal pelaksanaan", "waktu pelaksanaan", "tanggal kegiatan", "waktu", "tanggal", "tanggal pelatihan",
    "tanggal diklat", "periode pelaksanaan", "jadwal", "jadwal pelaksanaan", "dates", "date",
})  # fmt: skip
START, END = "Tanggal Mulai", "Tanggal Selesai"
_TWO = frozenset({"tanggal mulai", "tanggal selesai", "mulai", "selesai", "tanggal akhir", "akhir"})
SAMPLE_LINES = 200  # below the header, that tell whether a column is of this kind
LEAST_SHARE = 0.5  # of the cells of such a column that hold a first and a last day


def _place(rows: Lines) -> tuple[int, int] | None:
    """Return line and column of the header of days in one cell; None where a sheet has none, or two columns of days."""
    for line in range(min(len(rows), HEADER_SEARCH_LINES)):
        names = [normal(cell) for cell in rows[line]]
        at = next((i for i, name in enumerate(names) if name in NAMES), None)
        if at is not None and sum(map(bool, names)) > 1:
            return None if _TWO & set(names) else (line, at)
    return None


def _days_of(cell: Cell) -> tuple[str, str] | None:
    return first_and_last(cell) if isinstance(cell, str) else None


def split_days(sheet: Sheet) -> Sheet:
    """Return a sheet with first and last day in columns of their own, where one column holds both.

    Parameters
    ----------
    sheet : Cells. Of a workbook the last day becomes the last column, so that the others stay where they are.
    """
    place = _place(sheet.rows)
    if place is None:
        return sheet
    line, at = place
    sample = [row[at] for row in sheet.rows[line + 1 : line + 1 + SAMPLE_LINES] if at < len(row) and plain(row[at])]
    if sum(_days_of(cell) is not None for cell in sample) < max(1, LEAST_SHARE * len(sample)):
        return sheet
    told: list[Cell] = [row[at] if at < len(row) else "" for row in sheet.rows]
    days = [_days_of(cell) for cell in told]
    first: list[Cell] = [day[0] if day else cell for cell, day in zip(told, days, strict=True)]
    last: list[Cell] = [day[1] if day else cell for cell, day in zip(told, days, strict=True)]
    first[line], last[line] = START, END
    last[:line] = [""] * line
    notes = [*sheet.notes, ("days-split", plain(told[line]))]
    return replace(sheet, rows=_with_days(sheet, at, first, last), notes=notes)


def _with_days(sheet: Sheet, at: int, first: list[Cell], last: list[Cell]) -> Lines:
    if sheet.delimiter is None and isinstance(sheet.rows, Columns):
        columns = list(sheet.rows.columns)
        columns[at] = coded(first)
        return Columns([*columns, coded(last)])
    return [
        [*row[:at], start, end, *row[at + 1 :]] if at < len(row) else row
        for row, start, end in zip(sheet.rows, first, last, strict=True)
    ]
