"""Sheets to XLSX bytes: real types, ids as text, nothing a spreadsheet would run, equal bytes for equal sheets."""

import io
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

import pandas as pd
import xlsxwriter

from service.exports.plan_sheets import Field, Kind, Sheet

MOST_ROWS = 1_048_575  # rows a sheet of an XLSX file holds below its header
_A4 = 9  # xlsxwriter's number for the paper
_WIDTHS = (6, 60)  # narrowest and widest column, in characters
_ROWS_MEASURED = 500  # rows looked at for a column's width
_TYPICAL_WIDTH: dict[Kind, int] = {"money": 17, "date": 12, "decimal": 10, "share": 8, "whole": 8, "flag": 8, "text": 0}
_FORMATS: dict[Kind, str] = {
    "money": '"Rp"#,##0;-"Rp"#,##0',
    "decimal": "#,##0.00",
    "share": "0.0%",
    "whole": "#,##0",
    "text": "@",
    "flag": "General",
}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Cell: TypeAlias = str | float | int | bool | datetime | None
WriteCell: TypeAlias = Callable[[int, int, Any, Any], object]


class Workbook:
    """An XLSX file in memory.

    Parameters
    ----------
    made_on : Day that stands in the file as its day of creation; the clock is not asked.
    lang : ``id`` or ``en``; decides how days are shown.
    """

    def __init__(self, made_on: date, lang: str) -> None:
        self._buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._buffer, dict(_OPTIONS))
        self.book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})  # noqa: DTZ001 (a day)
        self.header = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        formats = _FORMATS | {"date": "dd-mm-yyyy" if lang == "id" else "yyyy-mm-dd"}
        self.formats = {kind: self.book.add_format({"num_format": code}) for kind, code in formats.items()}

    def add_page(self, title: str, *, header_row: int, landscape: bool = True) -> Any:  # noqa: ANN401 (xlsxwriter's own, untyped)
        """Add a worksheet that prints on A4 and keeps the header in view."""
        page = self.book.add_worksheet(title)
        page.freeze_panes(header_row + 1, 0)
        page.repeat_rows(header_row)
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        if landscape:
            page.set_landscape()
        return page

    def to_bytes(self) -> bytes:
        """Close the file and return it."""
        self.book.close()
        return self._buffer.getvalue()


def cells_of(field: Field) -> list[Cell]:
    """Return a field's cells as plain values; missing, empty and infinite are None."""
    missing = field.cells.isna().tolist()
    plain: dict[Kind, Callable[[Any], Cell]] = {
        "text": str, "flag": bool, "date": _day, "whole": int, "money": int, "decimal": float, "share": float,
    }  # fmt: skip
    make = plain[field.kind]
    cells = [
        None if gone or (isinstance(value, float) and math.isinf(value)) else make(value)
        for gone, value in zip(missing, field.cells.tolist(), strict=True)
    ]
    return [None if cell == "" else cell for cell in cells]


def _day(value: pd.Timestamp | date) -> datetime:
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (a day)


def width_of(field: Field) -> int:
    """Return a width in characters that shows most cells."""
    longest = max((len(str(text)) for text in field.cells.head(_ROWS_MEASURED)), default=0)
    typical = longest if field.kind == "text" else _TYPICAL_WIDTH[field.kind]
    header = max((len(word) for word in field.header.split()), default=0)
    return min(max(typical + 2, header + 2, _WIDTHS[0]), _WIDTHS[1])


def write_fields(workbook: Workbook, page: Any, fields: Sequence[Field], *, first_row: int = 0) -> None:  # noqa: ANN401 (xlsxwriter's own, untyped)
    """Write a header and all rows below it.

    Parameters
    ----------
    workbook, page : Where to.
    fields : Columns of equal length.
    first_row : Row of the header; rows above it must be written already.
    """
    for j, field in enumerate(fields):
        page.set_column(j, j, width_of(field))
        page.write_string(first_row, j, field.header, workbook.header)
    write: dict[Kind, WriteCell] = {
        "text": page.write_string, "flag": page.write_boolean, "date": page.write_datetime,
        "whole": page.write_number, "money": page.write_number, "decimal": page.write_number,
        "share": page.write_number,
    }  # fmt: skip
    columns = [(j, write[field.kind], workbook.formats[field.kind]) for j, field in enumerate(fields)]
    for i, row in enumerate(zip(*map(cells_of, fields), strict=True), start=first_row + 1):
        for (j, put, style), cell in zip(columns, row, strict=True):
            if cell is not None:
                put(i, j, cell, style)


def _pieces(sheet: Sheet, most_rows: int) -> list[tuple[str, tuple[Field, ...]]]:
    """Cut a sheet that is longer than XLSX allows; pieces are numbered from 2."""
    starts = range(0, max(sheet.n_rows, 1), most_rows)
    return [
        (
            sheet.title if start == 0 else f"{sheet.title} {n}",
            tuple(Field(header=f.header, kind=f.kind, cells=f.cells[start : start + most_rows]) for f in sheet.fields),
        )
        for n, start in enumerate(starts, start=1)
    ]


def write_workbook(sheets: Sequence[Sheet], *, made_on: date, lang: str, most_rows: int = MOST_ROWS) -> bytes:
    """Return sheets as one XLSX file.

    Parameters
    ----------
    sheets : In order.
    made_on, lang : As for `Workbook`.
    most_rows : Rows of one worksheet; longer sheets continue on the next one.
    """
    workbook = Workbook(made_on, lang)
    for sheet in sheets:
        for title, fields in _pieces(sheet, most_rows):
            page = workbook.add_page(title, header_row=0)
            write_fields(workbook, page, fields)
            page.autofilter(0, 0, max(len(fields[0].cells), 1), len(fields) - 1)
    return workbook.to_bytes()
