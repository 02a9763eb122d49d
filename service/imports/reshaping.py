"""What profiles have in common: headers and lines of a foreign sheet, and lines under headers of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.imports.cells import Cell, Lines, Sheet
from service.imports.headers import normal, plain
from training_catalog.tables import table


def header_names(rows: Lines) -> list[str]:
    """Return the headers of the first line in the form in which headers are compared."""
    return [normal(cell) for cell in rows[0]] if rows else []


def body_lines(sheet: Sheet) -> list[tuple[int, list[Cell]]]:
    """Return the lines below the first that are not blank, as long as it, with their line numbers."""
    width = len(sheet.rows[0])
    rows = enumerate(sheet.rows[1:], start=2)
    return [(line, row + [""] * (width - len(row))) for line, row in rows if any(plain(cell) for cell in row)]


def records(sheet: Sheet) -> list[tuple[int, dict[str, Cell]]]:
    """Return the lines of `body_lines` by normal header; where a header repeats, the first one counts."""
    names = header_names(sheet.rows)
    return [
        (line, dict(zip(reversed(names), reversed(row[: len(names)]), strict=True))) for line, row in body_lines(sheet)
    ]


def placed(sheet: Sheet, header: Sequence[str], lines: Mapping[int, list[Cell]]) -> Sheet:
    """Return a sheet with our header in the first line, and each row in the line where it stood; no cell is nested."""
    rows: list[list[Cell]] = [list(header), *([] for _ in range(len(sheet.rows) - 1))]
    for line, cells in lines.items():
        rows[line - 1] = [str(cell) if isinstance(cell, dict | list) else cell for cell in cells]
    return replace(sheet, rows=rows)


def placed_as(sheet: Sheet, name: str, header: Sequence[str], lines: Mapping[int, list[Cell]]) -> Sheet:
    """Return a sheet as `placed` does, without the columns of a table that the source says nothing about.

    What is on file in these stays; columns that the table requires are kept, so that their blanks are refused.
    """
    declared = table(name)
    kept = [i for i, column in enumerate(header) if not lines or declared.column(column).required
            or column in declared.key or any(plain(cells[i]) for cells in lines.values())]  # fmt: skip
    return placed(sheet, [header[i] for i in kept], {line: [cells[i] for i in kept] for line, cells in lines.items()})
