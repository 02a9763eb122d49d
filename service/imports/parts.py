"""One sheet on its way into a table, and the rows of it that were refused, as they stand in the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from service.imports.blocks import read_blocks
from service.imports.cells import Cell, Lines, Sheet
from service.imports.headers import Header, plain
from service.imports.merged import unmerged
from service.imports.options import ImportOptions
from service.imports.qualifiers import factor_above
from service.imports.report import FileReport, Problem
from service.imports.rows import Rows
from service.imports.sensitive import is_sensitive, without_national
from service.imports.siasn import is_private_field
from service.wording import Wording

_NOT_RECOGNISED = frozenset({"table-unknown", "table-ambiguous", "header-missing", "sheet-empty"})
SHEET_NOTES = {
    "encoding-assumed": ("note", "Read as {value}, because it is no UTF-8; say --encoding if letters look wrong."),
    "encoding-mixed": ("warning", "Lines {value} are no UTF-8 and were read as Windows-1252; look at their letters."),
    "lines-unwrapped": (
        "warning",
        (
            "{value} lines stood in quotation marks as a whole, as after saving with another delimiter; "
            "their cells were split."
        ),
    ),
    "tables-beside": (
        "warning",
        "The sheet holds several tables side by side, in columns {value}; each is read on its own.",
    ),
    "tables-stacked": (
        "warning",
        "The sheet holds several tables under each other, in lines {value}; each is read on its own.",
    ),
    "answer-goes-on": ("warning", "The service has more than this file holds, at {value}; fetch the rest as well."),
    "percent-shown": (
        "warning",
        "Percentages in columns {value} are read as the sheet shows them: 85% as 85, not as 0.85.",
    ),
    "zeros-shown": ("note", "Codes in columns {value} are read with the zeros that the sheet shows in front of them."),
    "rows-hidden": ("warning", "Lines {value} are hidden in the sheet, and are read like all others."),
    "cells-struck": (
        "warning",
        (
            "Lines {value} have cells that are struck out in the sheet; they are read like all others, so take out "
            "what no longer holds."
        ),
    ),
    "columns-hidden": ("note", "The sheet has hidden columns; they are read like all others."),
    "errors-unseen": (
        "note",
        (
            "In this kind of workbook a cell with an error reads as blank, 85% as 0.85, and a cell merged over lines "
            "for the first of them alone; hidden lines are read. Saved as .xlsx, all of these are told."
        ),
    ),
    "days-split": ("note", "{value} holds first and last day in one cell; read as two."),
    "zeros-lost": ("note", "An old workbook (.xls): zeros in front of codes may have been lost in it."),
}


@dataclass(kw_only=True)
class Part:
    """One sheet on its way into a table."""

    report: FileReport
    path: Path
    header: Header | None = None
    n_header: int | None = None
    header_at: int = 0
    origin: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    date_order: str | None = None
    rows: Rows | None = None
    repeated: np.ndarray | None = None


def tell(report: FileReport, severity: str, code: str, message: str) -> None:
    """Write down one thing found of a file or sheet as a whole."""
    report.problems.append(Problem(severity=severity, line=None, column=None, value=None, code=code, message=message))


def need_choice(parts: Sequence[Part], wording: Wording) -> None:
    """Ask which sheet is meant where several of a file hold the same table; none of them is read before."""
    for table in {part.rows.table.name for part in parts if part.rows is not None}:
        same = [p for p in parts if p.rows is not None and p.rows.table.name == table and len(p.rows.line)]
        sheets = dict.fromkeys(part.report.sheet or "-" for part in same)
        if len(sheets) > 1:
            names = ", ".join(sheets)
            for part in same:
                part.rows, part.report.read, part.report.left_out, part.report.problems = None, 0, 0, []
                tell(part.report, "error", "sheet-several", wording.text(
                    "sheets {names} all hold {table}; name one with --sheet, or all with --sheet '*'",
                    names=names, table=table))  # fmt: skip


def need_one(parts: Sequence[Part]) -> None:
    """Make it an error that no sheet of a file could be read; beside others that could it is a note."""
    if not any(part.rows is not None for part in parts):
        for problem in [p for part in parts for p in part.report.problems if p.code in _NOT_RECOGNISED]:
            problem.severity = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRows:
    """Refused rows of one sheet, as they stand in the file, to mend and send again.

    Parameters
    ----------
    file, sheet, table : Where they stand, and where they would have gone.
    lines : The header's lines, then the refused ones.
    """

    file: str
    sheet: str | None
    table: str
    lines: list[list[Cell]]


def refused_rows(parts: list[Part], options: ImportOptions) -> tuple[RefusedRows, ...]:
    """Read the header and the refused lines of files once more, as they stand; keeping them all costs memory."""
    again: Mapping[Path, list[Sheet]] = {
        path: read_blocks(path, encoding=options.encoding, delimiter=options.delimiter, line=options.header_line)
        for path in {part.path for part in parts if part.rows is not None and part.rows.refused.any()}
    }
    found = []
    for part in parts:
        if part.rows is None or part.header is None or not part.rows.refused.any():
            continue
        sheet = next(sheet for sheet in again[part.path] if sheet.name == part.report.sheet)
        cells = sheet.rows if part.origin else unmerged(sheet, part.header)[0].rows
        first, n_header = part.header.row + part.header_at, part.n_header or part.header.n_rows
        lines = [cells[line - 1] for line in part.rows.line[part.rows.refused].tolist()]
        is_private = partial(_is_private, told=part.header.sensitive, is_siasn=part.report.profile == "siasn")
        top = cleared(cells[first : first + n_header], lines, is_private)
        found.append(RefusedRows(file=part.report.file, sheet=part.report.sheet, table=part.rows.table.name,
                                 lines=[*_unit_of(cells[:first]), *top]))  # fmt: skip
    return tuple(found)


def cleared(header: Lines, lines: Lines, is_private: Callable[[Cell], bool]) -> Lines:
    """Return a header and lines below it without what is never stored; where a line is too long, wherever it may be.

    Parameters
    ----------
    header, lines : As they stand in the file.
    is_private : Tells whether a header names what is never stored.
    """
    at = {i for row in header for i, cell in enumerate(row) if plain(cell) and is_private(cell)}
    width = max(map(len, header), default=0)

    def blanked(row: Sequence[Cell]) -> list[Cell]:
        blank = {i + moved for i in at for moved in range(max(0, len(row) - width) + 1)}
        return ["" if i in blank else _unnumbered(cell) for i, cell in enumerate(row)]

    return [blanked(row) for row in (*header, *lines)]


def _unnumbered(cell: Cell) -> Cell:
    """Return a cell without national identity numbers; as it is where it has none."""
    told = plain(cell) if isinstance(cell, str | int) else ""
    return cell if without_national(told) == told else without_national(told)


def _is_private(cell: Cell, *, told: Sequence[str], is_siasn: bool) -> bool:
    return plain(cell) in told or is_sensitive(plain(cell)) or (is_siasn and is_private_field(cell))


def _unit_of(above: Lines) -> Lines:
    """Return the lines above a header where they say in which unit amounts are, for a row means nothing without."""
    return above if factor_above(above) > 1 else []
