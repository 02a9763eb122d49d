"""What files are made of before anybody knows their table: cells, sheets, and files that are refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from training_catalog.errors import InputError

Cell = Any  # str, int, float, bool, date, datetime, time, timedelta, CellFault; "" is empty
Lines = Sequence[list[Cell]]
Merged = tuple[tuple[int, int], tuple[int, int]]
MOST_BYTES = 1 << 30  # of a file, and of what it unpacks to
MOST_CELLS = 60_000_000  # of a text; rows x columns of a sheet's extent


class CodedError(InputError):
    """What cannot be used, with its stable code.

    Parameters
    ----------
    code : Stable problem code.
    message : English sentence with named fields.
    fields : What the sentence names.
    """

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(message, **fields)
        self.code = code


class FileRefusedError(CodedError):
    """A file that cannot be read."""


class CellError(CodedError):
    """A cell that is not clear."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell of a workbook that shows an error, or whose formula was never calculated.

    Parameters
    ----------
    shown : What the cell shows, such as ``#N/A``; empty for a formula without a value.
    """

    shown: str

    def __str__(self) -> str:
        """Return what the cell shows, so that messages quote it."""
        return self.shown or "="


class Nested(str):
    """A list or an object of JSON in one cell, as the text that it is written with."""

    __slots__ = ()


@dataclass(kw_only=True)
class Sheet:
    """Cells of one sheet or CSV file, with how they were found.

    Parameters
    ----------
    name : Name of the sheet; None for a file without sheets.
    rows : Cells; row 0 is the line that the person sees as line 1.
    encoding, delimiter : As found, for text files.
    is_hidden : Whether a person opening the workbook would not see it.
    is_guarded : Whether an apostrophe before ``= + - @`` is an export's guard and comes off.
    merged : Cells of a workbook that are one: first and last, row before column, from 0.
    day_shift : Days that a plain number in a date column is to be moved by: some workbooks count from 1904.
    part_of : Name of the sheet of several tables of which this is one; None where it is all of its sheet.
    header_at, above : Where a header had stood that was moved to the first line, and the lines above it.
    notes : Codes with a value each, for the report.
    """

    name: str | None
    rows: Lines
    encoding: str | None = None
    delimiter: str | None = None
    is_hidden: bool = False
    is_guarded: bool = False
    merged: tuple[Merged, ...] = ()
    day_shift: int = 0
    part_of: str | None = None
    header_at: int = 0
    above: tuple[int, ...] = ()
    notes: list[tuple[str, str]] = field(default_factory=list)


LeftOut = tuple[int, str, str]  # line, code, message
Remark = tuple[int | None, str, str, dict[str, str]]  # line or none for all, code, message, what it names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshaped:
    """A sheet of somebody else's brought to the headers of one table.

    Parameters
    ----------
    sheet : Cells under our headers, each in the line where it stood.
    table : Table that they are of.
    n_header : Lines that the header has in the file.
    left_out : Lines that are left out, and why.
    warnings : What a line says against itself, though it is read.
    notes : What was done to all of them: code, message, and the columns that it names.
    origin : Where the file has our columns: position, and header as written.
    asked : Columns that the source lacks, of which a person must give the one value of all rows.
    remarks : Notes on single lines, or on all of them, that name something.
    date_order : Order of its dates, where lines that are left out tell it.
    """

    sheet: Sheet
    table: str
    n_header: int = 1
    left_out: tuple[LeftOut | Remark, ...] = ()
    warnings: tuple[LeftOut, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()
    origin: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    date_order: str | None = None
