"""Cells of one sheet to typed rows, with every problem of every row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd

from service.imports.cells import Cell, CellError, CellFault, Lines, Sheet
from service.imports.columns import Coded, Columns, coded, column_at
from service.imports.dates import date_order, is_order_open
from service.imports.headers import INVISIBLE, Header, letters_of, plain, written_at
from service.imports.lines import is_sum, rows_below
from service.imports.ranks import grade_of, rank_grade
from service.imports.ratings import Labels, label_form, read_names
from service.imports.report import Problem
from service.imports.values import MOST_EXACT, faulty, is_missing, number_style, read_text, reader_of, unguarded
from service.storage.frames import to_records
from service.wording import Wording
from training_catalog.frames import canonical, typed
from training_catalog.schema import Column, Table

MOST_EXAMPLES = 3  # values that a note shows
NUMBER_KINDS = ("money", "decimal", "hours", "level", "integer")
MOST_SHOWN = 60  # characters of a value that a message shows
MOST_DIFFERENT = 100  # lines in which two columns of one name differ that are listed
PREVIEW_ROWS = 20
SOFT_CODES = frozenset({"hours-in-days"})  # the value is missing, and the row is stored with a warning


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """How to read cells.

    Parameters
    ----------
    labels : Names of ratings with their values.
    order, style : Date order and number style, when the person said which.
    origin : Where the file has our columns, when a profile brought them here.
    supplied : Columns with the one value that the person gave for all rows; empty where one has yet to be given.
    """

    labels: Labels = field(default_factory=dict)
    order: str | None = None
    style: str | None = None
    origin: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    supplied: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Rows:
    """Rows being imported.

    Parameters
    ----------
    table : Table they are of.
    frame : Canonical columns; refused rows stay in it until the end.
    line : Line of each row, as the person sees it.
    refused : Which rows have an error.
    given : Columns that the file has.
    n_left_out : Lines left out, each with a note.
    problems : Everything found.
    order, style : Date order and number style, as found.
    totals : Line, name and amount of each total that a budget file gives.
    labels : Names of ratings with their values.
    sheet : Name of the sheet; None for a file without.
    origin : Where the file has our columns: position, and header as written.
    """

    table: Table
    frame: pd.DataFrame
    line: np.ndarray
    refused: np.ndarray
    given: frozenset[str]
    wording: Wording
    n_left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    order: str | None = None
    style: str | None = None
    totals: list[tuple[int, str, Cell]] = field(default_factory=list)
    labels: Labels = field(default_factory=dict)
    sheet: str | None = None
    origin: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def written(self, column: str | None) -> str | None:
        """Return a column's header as the person wrote it."""
        return self.origin[column][1] if column is not None and column in self.origin else column

    def had_error(self, column: str) -> np.ndarray:
        """Return which rows were refused for what stands in a column."""
        lines = [p.line for p in self.problems if p.column == self.written(column) and p.severity == "error"]
        return np.isin(self.line, np.array(lines, dtype=np.int64))

    def note(self, code: str, message: str, *, severity: str = "note", line: int | None = None,
             column: str | None = None, value: Cell = None, **fields: object) -> None:  # fmt: skip
        """Write down one thing found."""
        shown = None if value is None else _shown(value)[:MOST_SHOWN]
        text = self.wording.text(message, **{"column": self.written(column) or "", **fields})
        if self.sheet is not None and line is not None and column is not None and column in self.origin:
            text = f"{self.sheet}!{letters_of(self.origin[column][0])}{line}: {text}"
        self.problems.append(Problem(severity=severity, line=line, column=self.written(column), value=shown, code=code,
                                     message=text))  # fmt: skip

    def refuse(self, row: int, code: str, message: str, *, column: str | None = None, value: Cell = None,
               **fields: object) -> None:  # fmt: skip
        """Refuse a row for a reason; a row may have several."""
        self.refused[row] = True
        self.note(code, message, severity="error", line=int(self.line[row]), column=column, value=value, **fields)

    def refuse_all(self, rows: np.ndarray, code: str, message: str, *, column: str) -> None:
        """Refuse rows for one reason, each with its own value."""
        values = self.frame[column]
        for row in rows.tolist():
            value = values.iloc[row]
            self.refuse(row, code, message, column=column, value=None if pd.isna(value) else value)


def _shown(value: Cell) -> str:
    """Return a value as a person writes it: days without a time, whole numbers without a point."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return read_text(value) if isinstance(value, float) and abs(value) < MOST_EXACT else plain(value)


def parse_rows(sheet: Sheet, header: Header, wording: Wording, options: ParseOptions) -> Rows:
    """Parse the rows below a header.

    Parameters
    ----------
    sheet : All cells.
    header : The header found.
    wording : Language of the problems.
    options : How.
    """
    rows = sheet.rows
    kept, left_out = rows_below(rows, header)
    parsed = Rows(
        table=header.table,
        frame=pd.DataFrame(index=range(len(kept))),
        line=kept + 1,
        refused=np.zeros(len(kept), dtype=np.bool_),
        given=frozenset(header.columns) | header.supplied,
        wording=wording,
        n_left_out=len(left_out),
        labels=options.labels,
        sheet=sheet.name if sheet.delimiter is None else None,
        origin=options.origin or _origin(rows, header),
    )
    amount = header.columns.get("amount")
    for i, code, message in left_out:
        parsed.note(code, message, line=i + 1)
        name = next((plain(cell) for cell in rows[i] if plain(cell)), "")
        if code == "row-total" and amount is not None and amount < len(rows[i]) and is_sum(name):
            parsed.totals.append((i + 1, name, rows[i][amount]))
    for i in range(header.row):
        if any(plain(cell) for cell in rows[i]):
            parsed.n_left_out += 1
            parsed.note("row-metadata", "A line above the header is left out.", line=i + 1)
    cells = {name: _cells_of(rows, at, kept, is_guarded=sheet.is_guarded) for name, at in header.columns.items()}
    for name in header.supplied:
        cells[name] = coded([options.supplied[name]] * len(kept))
    _parse_columns(parsed, cells, options)
    _check_lines(parsed, sheet, header, cells)
    return parsed


def _origin(rows: Lines, header: Header) -> dict[str, tuple[int, str]]:
    return {name: (at, written_at(rows, header.row, header.n_rows, at)) for name, at in header.columns.items()}


def _check_lines(parsed: Rows, sheet: Sheet, header: Header, cells: Mapping[str, Coded]) -> None:
    """Look at lines as a whole: moved cells, and columns that stand there more than once."""
    if sheet.delimiter is not None and not isinstance(sheet.rows, Columns):  # those are all of one width
        _refuse_shifted(parsed, sheet.rows, header)
    for position, name in header.repeated:
        _compare_repeated(parsed, sheet.rows, position, name, cells[name].cells(), header)


def _compare_repeated(parsed: Rows, rows: Lines, position: int, name: str, read: list[Cell],
                      header: Header) -> None:  # fmt: skip
    """Say whether a column that names another once more says the same in every line; ranks must suit their grades."""
    shown = written_at(rows, header.row, header.n_rows, position)
    n_different = 0
    for row, (line, cell) in enumerate(zip(parsed.line.tolist(), read, strict=True)):
        other = rows[line - 1][position] if position < len(rows[line - 1]) else ""
        if is_missing(other) or plain(other).casefold() == plain(cell).casefold():
            continue
        grades = {grade_of(cell) or rank_grade(cell), grade_of(other) or rank_grade(other)}
        is_swapped = name == "grade" and (rank_grade(cell) is not None or grade_of(other) is not None)
        if name == "grade" and len(grades) == 1 and not is_swapped:
            continue
        n_different += 1
        if is_swapped and grade_of(other) is not None:
            parsed.frame.loc[row, name] = grade_of(other)
        if n_different <= MOST_DIFFERENT:
            message = (
                "the grade stands in the column of the rank" if is_swapped else "differs from {other}, which is read"
            )
            parsed.note("header-repeated", message, severity="warning", line=line, column=shown, value=other,
                        other=plain(cell) or "-")  # fmt: skip
    if not n_different:
        parsed.note("header-repeated", "Says what another column says already, and is not read: {columns}.",
                    columns=shown)  # fmt: skip


def _refuse_shifted(parsed: Rows, rows: Lines, header: Header) -> None:
    """Refuse lines with more cells than the header: a delimiter inside a value has moved the values after it."""
    width = max(len(rows[i]) for i in range(header.row, header.row + header.n_rows))
    for row, line in enumerate(parsed.line.tolist()):
        if len(rows[line - 1]) > width and any(plain(cell) for cell in rows[line - 1][width:]):
            parsed.refuse(row, "row-shifted", "The line has {n} cells and the header {width}; put values that hold the "
                          "delimiter in quotation marks.", n=len(rows[line - 1]), width=width)  # fmt: skip


def _cells_of(rows: Lines, position: int, kept: np.ndarray, *, is_guarded: bool) -> Coded:
    """Return the cells of a known column; errors of spreadsheets are told from texts."""

    def told(cell: Cell) -> Cell:
        if isinstance(cell, str) and cell.isalnum():  # neither guarded nor an error
            return cell
        return faulty(unguarded(cell) if is_guarded else cell)

    return column_at(rows, position, kept).changed(told)


def _parse_columns(parsed: Rows, cells: Mapping[str, Coded], options: ParseOptions) -> None:
    declared = [column for column in parsed.table.columns if column.name in cells]
    dates = _texts(declared, cells, ("date",))
    told = options.order or date_order(dates)
    parsed.order = told or "dmy"
    if told is None and is_order_open(dates):
        parsed.note("date-order-assumed", "No date tells whether the day or the month comes first; read with the day "
                    "first; say --date-order if it is not.")  # fmt: skip
    parsed.style = options.style or number_style(_texts(declared, cells, NUMBER_KINDS))
    columns = {column.name: _parse_column(parsed, column, cells[column.name]) for column in declared}
    if parsed.table.name == "performance":
        _name_ratings(parsed, columns)
    parsed.frame = canonical(pd.DataFrame(columns, index=range(len(parsed.line))), parsed.table)
    for column in declared:
        if column.required:
            missing = parsed.frame[column.name].isna().to_numpy() & ~parsed.had_error(column.name)
            is_asked = options.supplied.get(column.name) == "" and column.name not in parsed.origin
            message = (
                "the file does not tell it; give it with --set {name}=..." if is_asked else "A value is needed here."
            )
            for row in np.flatnonzero(missing).tolist():
                parsed.refuse(row, "required-missing", message, column=column.name, value="", name=column.name)


def _texts(columns: list[Column], cells: Mapping[str, Coded], kinds: tuple[str, ...]) -> set[str]:
    """Return the different texts of the columns of some kinds."""
    return {
        cell
        for column in columns
        if column.kind in kinds
        for cell in cells[column.name].different
        if isinstance(cell, str)
    }


def _parse_column(parsed: Rows, column: Column, cells: Coded) -> pd.Series:
    """Parse each different cell once; every row with an unclear cell is refused."""
    read, is_id = _reader(parsed, column), column.kind == "id"
    values: list[Any] = []
    errors: dict[int, CellError] = {}
    for place, cell in enumerate(cells.different):
        if is_id and isinstance(cell, str) and cell.isdecimal() and cell.isascii():  # most ids, and read as they are
            values.append(cell)
            continue
        value, error = (None, None) if is_missing(cell, column.kind) else _read(read, cell)
        values.append(value)
        if error is not None:
            errors[place] = error
    _refuse_unclear(parsed, column, cells, errors)
    _note_cleaned(parsed, column, cells, values)
    found = pd.Series(values, dtype=object)
    if column.name != "rating" or not any(isinstance(value, str) for value in values):  # no name is left to be read
        found = typed(found, column)
    return found.take(cells.places).reset_index(drop=True)


def _refuse_unclear(parsed: Rows, column: Column, cells: Coded, errors: Mapping[int, CellError]) -> None:
    """Refuse every row whose cell is unclear; where a value may be missing, warn."""
    is_unclear = np.zeros(len(cells.different), dtype=np.bool_)
    is_unclear[list(errors)] = True
    for row in np.flatnonzero(is_unclear[cells.places]).tolist():
        place = int(cells.places[row])
        cell, error = cells.different[place], errors[place]
        if error.code in SOFT_CODES:
            parsed.note(error.code, error.message, severity="warning", line=int(parsed.line[row]), column=column.name,
                        value=cell)  # fmt: skip
        else:
            parsed.refuse(row, error.code, error.message, column=column.name, value=cell, **error.fields)


def _note_cleaned(parsed: Rows, column: Column, cells: Coded, values: list[Any]) -> None:
    """Count what was taken out of cells: characters that nobody sees, and what decorates ids."""
    counts = cells.counts()
    unusual = [(place, cell) for place, cell in enumerate(cells.different)
               if isinstance(cell, str) and (not cell.isascii() or "\0" in cell)]  # fmt: skip
    hidden = sum(int(counts[place]) for place, cell in unusual if cell.translate(INVISIBLE) != cell)
    if hidden:
        parsed.note("cell-cleaned", "Invisible characters were taken out of {n} cells of {column}.", column=column.name,
                    n=hidden)  # fmt: skip
    percents = sum(int(counts[place]) for place, cell in enumerate(cells.different)
                   if isinstance(cell, str) and "%" in cell and values[place] is not None)  # fmt: skip
    if percents and column.kind in NUMBER_KINDS:
        parsed.note("percent-read", "{n} cells of {column} have a percent sign; 85% is read as 85, not as 0.85.",
                    column=column.name, n=percents)  # fmt: skip
    if column.kind != "id":
        return
    decorated = [place for place, (cell, value) in enumerate(zip(cells.different, values, strict=True))
                 if isinstance(cell, str) and value is not None and value != cell and value != plain(cell)]  # fmt: skip
    if decorated:
        first = np.flatnonzero(np.isin(cells.places, decorated))[:MOST_EXAMPLES]
        examples = [plain(cells.different[place])[:MOST_SHOWN] for place in cells.places[first].tolist()]
        parsed.note("cell-cleaned", "Spaces, dots, apostrophes or quotation marks were taken out of {n} ids: {shown}.",
                    column=column.name, n=int(counts[decorated].sum()),
                    shown=", ".join(dict.fromkeys(examples)))  # fmt: skip


def _name_ratings(parsed: Rows, columns: dict[str, pd.Series]) -> None:
    """Turn names of ratings into values; a name that only one scale has also tells the scale."""
    parsed.given = parsed.given | {"scale"}
    if columns["rating"].dtype != object:  # numbers alone
        return
    scales = columns["scale"].astype(object) if "scale" in columns else pd.Series([None] * len(parsed.line))
    scales = scales.where(scales.notna(), None)
    named = read_names(columns["rating"], scales, parsed.labels)
    for row in named.unknown:
        accepted = ", ".join(named.accepted(scales.iloc[row])) or "-"
        parsed.refuse(row, "choice-unknown", "no name of this scale; accepted: {names}", column="rating",
                      value=columns["rating"].iloc[row], names=accepted)  # fmt: skip
    if named.n_told:
        parsed.note("scale-derived", "The scale was told by the name of the rating in {n} rows.", column="scale",
                    n=named.n_told)  # fmt: skip
    columns["rating"], columns["scale"] = named.ratings, named.scales


def _reader(parsed: Rows, column: Column) -> Callable[[Cell], Any]:
    """Return the reader of a column; a rating may also be a name that some scale gives it."""
    read = reader_of(column, parsed.order or "dmy", parsed.style)
    if column.name != "rating" or parsed.table.name != "performance":
        return read
    names = {name for _, name in parsed.labels}
    return lambda cell: label_form(cell) if isinstance(cell, str) and label_form(cell) in names else read(cell)


def _read(read: Callable[[Cell], Any], cell: Cell) -> tuple[Any, CellError | None]:
    """Return a cell's value, or what is wrong with it."""
    if isinstance(cell, CellFault):
        told = "the cell shows an error" if cell.shown else "a formula that was never calculated; save the file again"
        return None, CellError("cell-fault", told)
    try:
        value = read(cell)
    except CellError as error:
        return None, error
    except OverflowError:
        return None, CellError("number-unreadable", "the number is too large")
    if isinstance(value, float) and not np.isfinite(value):
        return None, CellError("number-unreadable", "accepted: a finite number")
    return (None, None) if value == "" else (value, None)  # nothing but marks, such as an apostrophe


def preview_of(rows: Rows) -> list[dict[str, str | int | float | None]]:
    """Return the first rows as they were read."""
    columns = [name for name in rows.table.column_names if name in rows.origin or name in rows.table.key]
    read = to_records(rows.frame[columns].head(PREVIEW_ROWS))
    plain = [[cell if isinstance(cell, int | float) or cell is None else str(cell) for cell in cells] for cells in read]
    return [
        {"line": int(line), **dict(zip(columns, cells, strict=True))}
        for line, cells in zip(rows.line, plain, strict=False)
    ]
