"""Several tables on one sheet, side by side or under each other: each is read as a sheet of its own."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from service.imports.cells import Cell, Lines, Sheet
from service.imports.columns import Coded, Columns, column_at, reaching
from service.imports.headers import HEADER_SEARCH_LINES, find_header, first_filled, letters_of, plain
from service.imports.sheets import read_sheets
from training_catalog.tables import TABLES, table

FEWEST_NAMED = 2  # columns of a table of its own
MOST_RUNS = 200  # of lines between blank ones that are looked at
MOST_ABOVE = 2  # lines of a title above the header of a table under another one
Span = tuple[int, int]  # first and last, from 0


def read_blocks(path: Path, *, encoding: str | None, delimiter: str | None, line: int | None = None) -> list[Sheet]:
    """Read all sheets of a file; a sheet of several tables is as many sheets.

    Parameters
    ----------
    path, encoding, delimiter : As of `read_sheets`.
    line : Line of the header that the person named; tables under each other are then not looked for.

    Raises
    ------
    FileRefusedError
        With the stable code and a sentence for a person.
    """
    found = []
    for sheet in read_sheets(path, encoding=encoding, delimiter=delimiter):
        beside = [sheet] if sheet.is_hidden else _beside(sheet)
        found += beside if sheet.is_hidden or line is not None else [one for part in beside for one in _stacked(part)]
    return found


def is_whole(cells: Sequence[Cell]) -> bool:
    """Return whether cells are a header of a table, complete and told from others."""
    headers = find_header([list(cells)], TABLES)
    return bool(headers) and headers[0].is_telling


def is_of(rows: Lines, name: str) -> bool:
    """Return whether rows have all columns that a table needs."""
    headers = find_header(rows, (table(name),))
    return bool(headers) and not headers[0].missing


def _groups(cells: Sequence[Cell]) -> list[Span]:
    """Return the runs of cells that hold something."""
    runs = ([at for at, _ in run] for holds, run in groupby(enumerate(cells), lambda one: bool(plain(one[1]))) if holds)
    return [(run[0], run[-1]) for run in runs]


def _beside(sheet: Sheet) -> list[Sheet]:
    """Return each table of a sheet that stands beside others, behind a column without anything."""
    for line in first_filled(sheet.rows):
        cells = sheet.rows[line]
        groups = _groups(cells)
        if sum(b - a + 1 >= FEWEST_NAMED for a, b in groups) < 2:  # noqa: PLR2004 (one is the sheet)
            continue
        whole = [(a, b) for a, b in groups if b - a + 1 >= FEWEST_NAMED and is_whole(cells[a : b + 1])]
        if len(whole) < 2 or not _are_apart(sheet.rows, line, groups):  # noqa: PLR2004 (one is the sheet)
            continue
        starts = [0, *(first for first, _ in whole[1:])]
        ends = [after - 1 for after in starts[1:]] + [max(map(len, (cells, *_ends(sheet.rows)))) - 1]
        spans = list(zip(starts, ends, strict=True))
        named = [f"{letters_of(a)}:{letters_of(b)}" for a, b in whole]
        return [_part(sheet, name, named, columns=span) for name, span in zip(named, spans, strict=True)]
    return [sheet]


def _ends(rows: Lines) -> list[list[Cell]]:
    return [] if isinstance(rows, Columns) else list(rows)


def _are_apart(rows: Lines, line: int, groups: list[Span]) -> bool:
    """Return whether nothing stands between groups of columns, from a header on."""
    below = np.arange(line, len(rows))
    gaps = [at for (_, end), (start, _) in pairwise(groups) for at in range(end + 1, start)]
    return not any(any(map(plain, column_at(rows, at, reaching(rows, at, below)).different)) for at in gaps)


def _stacked(sheet: Sheet) -> list[Sheet]:
    """Return each table of a sheet that stands under others, behind a line without anything, with another header."""
    starts: list[int] = []
    known: list[list[str]] = []
    for first, last in _runs(sheet.rows):
        for line in range(first, min(last, first + (MOST_ABOVE if starts else HEADER_SEARCH_LINES - 1)) + 1):
            header = _names(sheet.rows[line])
            if len(header) >= FEWEST_NAMED and header not in known and is_whole(header):
                starts.append(first)
                known.append(header)
                break
    if len(starts) < 2:  # noqa: PLR2004 (one is the sheet)
        return [sheet]
    spans = [(first, after - 1) for first, after in zip([0, *starts[1:]], [*starts[1:], len(sheet.rows)], strict=True)]
    named = [f"{start + 1}:{end + 1}" for start, (_, end) in zip(starts, spans, strict=True)]
    return [_part(sheet, name, named, lines=span) for name, span in zip(named, spans, strict=True)]


def _names(cells: Sequence[Cell]) -> list[str]:
    """Return the headers that a line may have, without blanks at the end."""
    names = [plain(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _runs(rows: Lines) -> list[Span]:
    """Return the runs of lines that hold something; none where no blank line parts any."""
    is_filled = _are_filled(rows)
    if is_filled.all():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_filled.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))[:MOST_RUNS]


def _are_filled(rows: Lines) -> np.ndarray:
    """Return which lines hold something."""
    if not isinstance(rows, Columns):
        return np.array([bool(row) and (row[0] != "" or any(map(plain, row))) for row in rows], dtype=np.bool_)
    filled = np.zeros(len(rows), dtype=np.bool_)
    for column in rows.columns:
        blank = [at for at, cell in column.others() if isinstance(cell, str) and not cell.strip()]
        if not blank:  # as in the key of most tables
            return np.ones(len(rows), dtype=np.bool_)
        filled |= ~np.isin(column.places, blank)
    return filled


def _part(
    sheet: Sheet, name: str, every: list[str], *, columns: Span | None = None, lines: Span | None = None
) -> Sheet:
    """Return a sheet of which only some columns or lines hold something; all others stay where they are."""
    rows = _of_columns(sheet.rows, *columns) if columns else _of_lines(sheet.rows, *(lines or (0, len(sheet.rows))))
    code = "tables-beside" if columns else "tables-stacked"
    whole = sheet.name or ""
    return replace(sheet, rows=rows, name=f"{whole} [{name}]".strip(), part_of=sheet.part_of or whole,
                   notes=[*sheet.notes, (code, ", ".join(every))])  # fmt: skip


def _of_columns(rows: Lines, first: int, last: int) -> Lines:
    if isinstance(rows, Columns):
        blank = Coded(different=[""], places=np.zeros(len(rows), dtype=np.int64))
        return Columns([column if first <= at <= last else blank for at, column in enumerate(rows.columns)])
    return [[cell if first <= at <= last else "" for at, cell in enumerate(row)] for row in rows]


def _of_lines(rows: Lines, first: int, last: int) -> Lines:
    if not isinstance(rows, Columns):
        return [row if first <= line <= last else [] for line, row in enumerate(rows)]
    is_in = (np.arange(len(rows)) >= first) & (np.arange(len(rows)) <= last)
    return Columns([
        Coded(different=[*column.different, ""], places=np.where(is_in, column.places, len(column.different)))
        for column in rows.columns
    ])  # fmt: skip
