"""Lines as a whole: moved, short, with cells under no header, and columns that stand there more than once."""

import re
from collections.abc import Mapping

import numpy as np

from service.imports.cells import Cell, Lines, Sheet
from service.imports.columns import Coded, Columns, column_at, reaching
from service.imports.headers import Header, letters_of, normal, plain, written_at
from service.imports.ranks import grade_of, rank_grade
from service.imports.rows import Rows
from service.imports.values import is_missing

FEWEST_JOINED = 3  # cells of a line: with fewer a text of several lines may well have as many delimiters
SAMPLE_LINES = 1_000  # that tell whether a column is of choices
MOST_NAMED = 30  # columns without a header that are named
MOST_CHOICES, FEWEST_LETTERS = 20, 4  # different words of a column that may be of choices; letters of a telling one
MOST_DIFFERENT = 100  # lines in which two columns of one name differ, or that are short, that are listed


def check_lines(parsed: Rows, sheet: Sheet, header: Header, cells: Mapping[str, Coded]) -> None:
    """Look at lines as a whole: moved cells, short lines, cells without header, columns that stand there again."""
    if sheet.delimiter is not None and not isinstance(sheet.rows, Columns):  # those are all of one width
        width = max(len(sheet.rows[i]) for i in range(header.row, header.row + header.n_rows))
        refuse_shifted(parsed, sheet.rows, width)
        _warn_of_short(parsed, sheet.rows, header)
        _refuse_halves(parsed, sheet.rows, width)
        _refuse_joined(parsed, sheet.rows, width, sheet.delimiter)
    _note_unnamed(parsed, sheet.rows, header)
    _warn_of_choices(parsed, sheet.rows, header)
    for position, name in header.repeated:
        _compare_repeated(parsed, sheet.rows, position, name, cells[name].cells(), header)


def _note_unnamed(parsed: Rows, rows: Lines, header: Header) -> None:
    """Note columns that hold something below no header."""
    tops = [rows[i] for i in range(header.row, header.row + header.n_rows)]
    width = max(map(len, tops))
    blank = [at for at in range(width) if not any(at < len(top) and plain(top[at]) for top in tops)]
    kept = parsed.line - 1
    if not isinstance(rows, Columns) and parsed.sheet is not None and len(kept):
        blank += range(width, max(len(rows[line]) for line in kept.tolist()))
    letters = [letters_of(at) for at in blank if _holds_something(rows, at, reaching(rows, at, kept))]
    if letters:
        more = ", ..." if len(letters) > MOST_NAMED else ""
        parsed.note("header-unknown", "Columns without a header hold something and are not read: {columns}.",
                    severity="warning", columns=", ".join(letters[:MOST_NAMED]) + more)  # fmt: skip


def _warn_of_choices(parsed: Rows, rows: Lines, header: Header) -> None:
    """Warn of a column that is not read, though it holds what a column of ours has that the file lacks."""
    known = {*header.columns.values(), *(at for at, _ in header.repeated)}
    lacking = [column for column in parsed.table.columns if column.choices and column.name not in parsed.given]
    tops = rows[header.row : header.row + header.n_rows]
    named = [at for at in range(max(map(len, tops))) if any(plain(cell) for top in tops for cell in top[at : at + 1])]
    for at in named if lacking and len(header.unknown) <= MOST_DIFFERENT else ():
        shown = written_at(rows, header.row, header.n_rows, at)
        reached = reaching(rows, at, parsed.line[:SAMPLE_LINES] - 1)
        if at in known or shown not in header.unknown or not len(reached):
            continue
        told = {normal(cell) for cell in column_at(rows, at, reached).different if not is_missing(cell)}
        for column in lacking:
            choices = {normal(one) for name, more in column.choices for one in (name, *more)}
            if len(told) <= MOST_CHOICES and any(len(word) >= FEWEST_LETTERS for word in told & choices):
                parsed.note("header-unknown", "{shown} is not read, though it holds what belongs under {name}, such as "
                            "{told}; name the column so if it is meant.", severity="warning", shown=shown,
                            name=parsed.written(column.name),
                            told=max(sorted(told & choices), key=len))  # fmt: skip


def _holds_something(rows: Lines, position: int, reached: np.ndarray) -> bool:
    return bool(len(reached)) and any(plain(cell) for cell in column_at(rows, position, reached).different)


def _warn_of_short(parsed: Rows, rows: Lines, header: Header) -> None:
    """Warn of lines that end before a column that is read, where others do not: a line may be broken in two."""
    needed = max(header.columns.values(), default=-1) + 1
    short = [line for line in parsed.line.tolist() if len(rows[line - 1]) < needed]
    if len(short) == len(parsed.line):
        return
    for line in short[:MOST_DIFFERENT]:
        parsed.note("row-short", "The line has {n} cells; what is read reaches to cell {width}; the rest counts as "
                    "blank.", severity="warning", line=line, n=len(rows[line - 1]), width=needed)  # fmt: skip


def _refuse_halves(parsed: Rows, rows: Lines, width: int) -> None:
    """Refuse short lines that begin with words where other people have a number: a line may be broken in two."""
    if parsed.table.name != "employees":
        return
    ids = parsed.frame["employee"].fillna("")
    words = (ids != "").to_numpy() & ~ids.str.contains(r"\d").to_numpy(dtype=np.bool_)
    is_short = np.array([len(rows[line - 1]) < width for line in parsed.line.tolist()], dtype=np.bool_)
    if not words.all():
        parsed.refuse_all(np.flatnonzero(words & is_short & ~parsed.refused), "id-structure", "an employee number has "
                          "figures, as the others of this file; perhaps a line is broken in two here",
                          column="employee")  # fmt: skip


def _compare_repeated(parsed: Rows, rows: Lines, position: int, name: str, read: list[Cell],
                      header: Header) -> None:  # fmt: skip
    """Say whether a column that names another once more says the same in every line; ranks must suit their grades."""
    shown = written_at(rows, header.row, header.n_rows, position)
    is_same_header = normal(shown) == normal(parsed.written(name) or "")
    is_label = not is_same_header and _are_labels(parsed, rows, position, name, read)
    n_different = 0
    for row, (line, cell) in enumerate(zip(parsed.line.tolist(), read, strict=True)):
        other = rows[line - 1][position] if position < len(rows[line - 1]) else ""
        if is_missing(other) or plain(other).casefold() == plain(cell).casefold() or is_label:
            continue
        grades = {grade_of(cell) or rank_grade(cell), grade_of(other) or rank_grade(other)}
        is_swapped = name == "grade" and (rank_grade(cell) is not None or grade_of(other) is not None)
        if name == "grade" and len(grades) == 1 and not is_swapped:
            continue
        n_different += 1
        if is_swapped and grade_of(other) is not None:
            parsed.frame.loc[row, name] = grade_of(other)
        if is_same_header and name in parsed.table.key:
            parsed.refuse(row, "header-repeated", "two columns of this name differ; the other says {other}",
                          column=name, value=cell, other=plain(other))  # fmt: skip
        elif n_different <= MOST_DIFFERENT:
            message = (
                "the grade stands in the column of the rank" if is_swapped else "differs from {other}, which is read"
            )
            parsed.note("header-repeated", message, severity="warning", line=line, column=shown, value=other,
                        other=plain(cell) or "-")  # fmt: skip
    if not n_different:
        parsed.note("header-repeated", "Says what another column says already, and is not read: {columns}.",
                    columns=shown)  # fmt: skip


def _are_labels(parsed: Rows, rows: Lines, position: int, name: str, read: list[Cell]) -> bool:
    """Return whether a column names what another gives the codes of: each code has one name, each name one code."""
    if parsed.table.column(name).references is None:
        return False
    pairs = {
        (plain(cell).casefold(), plain(rows[line - 1][position]).casefold())
        for line, cell in zip(parsed.line.tolist(), read, strict=True)
        if position < len(rows[line - 1]) and not is_missing(rows[line - 1][position]) and not is_missing(cell)
    }
    return len(pairs) == len({code for code, _ in pairs}) == len({label for _, label in pairs})


def refuse_shifted(parsed: Rows, rows: Lines, width: int) -> None:
    """Refuse lines with more cells than the header: a delimiter inside a value has moved the values after it."""
    for row, line in enumerate(parsed.line.tolist()):
        if len(rows[line - 1]) > width and any(plain(cell) for cell in rows[line - 1][width:]):
            parsed.refuse(row, "row-shifted", "The line has {n} cells and the header {width}; put values that hold the "
                          "delimiter in quotation marks.", n=len(rows[line - 1]), width=width)  # fmt: skip


def _refuse_joined(parsed: Rows, rows: Lines, width: int, delimiter: str) -> None:
    """Refuse lines that a stray quotation mark has joined: taken apart again, each has as many cells as the header."""
    for row, line in enumerate(parsed.line.tolist()):
        text = delimiter.join(map(str, rows[line - 1]))
        if "\n" not in text and "\r" not in text:
            continue
        parts = [part.split(delimiter) for part in text.splitlines()]
        if width >= FEWEST_JOINED and len(parts) > 1 and all(
            len(part) == width and _shape(part[0]) == _shape(parts[0][0]) for part in parts
        ):  # fmt: skip
            parsed.refuse(row, "lines-joined", "A quotation mark joins {n} lines, each of which is a row by itself; "
                          "take the mark out.", n=len(parts))  # fmt: skip


def _shape(cell: str) -> str:
    """Return what a code looks like: a for letters, 9 for figures, other signs as they are."""
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d]+", "a", cell.strip()))
