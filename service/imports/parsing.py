"""Cells of one sheet to typed rows, with every problem of every row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from service.imports.cells import Cell, CellError, CellFault, Lines, Nested, Sheet
from service.imports.columns import Coded, coded, column_at
from service.imports.dates import date_order, is_order_open, read_date, short_years
from service.imports.encodings import is_garbled
from service.imports.headers import INVISIBLE, YEARS_ALONE, Header, normal, plain, written_at
from service.imports.ids import are_floats, without_point
from service.imports.lines import is_sum, rows_below
from service.imports.merged import Shared, unmerged
from service.imports.qualifiers import factor_above, factor_of
from service.imports.ratings import Labels, rating_reader, read_names
from service.imports.rows import MOST_SHOWN, Rows
from service.imports.sensitive import FREE_KINDS, SHORTEST_NATIONAL, without_national
from service.imports.values import (
    faulty,
    is_missing,
    number_style,
    one_group,
    read_list,
    read_scaled,
    reader_of,
    unguarded,
)
from service.imports.whole_lines import check_lines
from service.storage.frames import to_records
from service.wording import Wording
from training_catalog.frames import canonical, typed
from training_catalog.schema import Column

MOST_EXAMPLES = 3  # values that a note shows
NUMBER_KINDS = ("money", "decimal", "hours", "level", "integer")
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


def parse_rows(sheet: Sheet, header: Header, wording: Wording, options: ParseOptions) -> Rows:
    """Parse the rows below a header.

    Parameters
    ----------
    sheet : All cells.
    header : The header found.
    wording : Language of the problems.
    options : How.
    """
    sheet, shared = unmerged(sheet, header)
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
    _unpoint(parsed, cells)
    _note_shared(parsed, shared)
    _scale_money(parsed, header, rows)
    for column in parsed.table.columns if sheet.day_shift else ():
        if column.kind == "date" and column.name in cells:
            cells[column.name] = cells[column.name].changed(lambda cell: _moved(cell, sheet.day_shift))
    for name in header.supplied:
        cells[name] = coded([options.supplied[name]] * len(kept))
    _parse_columns(parsed, cells, options)
    check_lines(parsed, sheet, header, cells)
    return parsed


def _unpoint(parsed: Rows, cells: dict[str, Coded]) -> None:
    """Read codes that a program wrote as decimal numbers, such as 30557.0, as they were before, and say so."""
    codes = [column.name for column in parsed.table.columns if column.kind == "id" and column.name in cells]
    if not are_floats(cells[name].different for name in codes):
        return
    for name in codes:
        told = cells[name]
        cells[name] = told.changed(without_point)
        shown = [str(cell) for cell in told.different if without_point(cell) != cell][:MOST_EXAMPLES]
        if shown:
            parsed.note("zeros-lost", "Codes written like decimal numbers, such as {shown}, are read without the .0; "
                        "zeros in front of them may be lost.", column=name, shown=", ".join(shown))  # fmt: skip


def _moved(cell: Cell, days: int) -> Cell:
    """Return a plain number of days as most workbooks count them."""
    return cell + days if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def _note_shared(parsed: Rows, shared: list[Shared]) -> None:
    """Say which cells several lines have in common, and whether it was read for each of them."""
    for one in shared:
        message = (
            "one cell for lines {first} to {last}; it is read for each of them"
            if one.is_read
            else "one cell for lines {first} to {last}; it is read for the first alone"
        )
        parsed.note("cells-merged", message, severity="warning", line=one.first, column=one.column, first=one.first,
                    last=one.last)  # fmt: skip


def _scale_money(parsed: Rows, header: Header, rows: Lines) -> None:
    """Find amounts that are told in thousands or millions of rupiah."""
    above = factor_above(rows[i] for i in range(header.row))
    for column in parsed.table.columns:
        if column.kind == "money" and column.name in header.columns:
            own = factor_of(written_at(rows, header.row, header.n_rows, header.columns[column.name]))
            factor = own if own > 1 else above
            if factor > 1:
                parsed.factors[column.name] = factor
                parsed.note("amount-scaled", "The file gives {column} in units of {factor} rupiah; it is read so.",
                            severity="warning", column=column.name,
                            factor=parsed.wording.number(factor))  # fmt: skip


def _origin(rows: Lines, header: Header) -> dict[str, tuple[int, str]]:
    return {name: (at, written_at(rows, header.row, header.n_rows, at)) for name, at in header.columns.items()}


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
    if (short := short_years(sorted(dates))) is not None:
        parsed.note("year-assumed", "Years of two digits are read where they stand last, as in {shown}; write years "
                    "with four digits if they stand elsewhere.", shown=short)  # fmt: skip
    parsed.style = options.style or number_style(_texts(declared, cells, NUMBER_KINDS))
    open_numbers = sorted(filter(one_group, _texts(declared, cells, ("decimal", "hours"))))
    if parsed.style is None and open_numbers:
        parsed.note("number-style-assumed", "No number tells whether {shown} is thousands or decimals; read as "
                    "decimals; say --number-style if it is not.",
                    severity="warning", shown=open_numbers[0])  # fmt: skip
    columns = {column.name: _parse_column(parsed, column, cells[column.name]) for column in declared}
    if "end_date" in columns and normal(parsed.written("end_date")) in YEARS_ALONE:
        parsed.note("date-assumed", "Only the year is told in {n} records; its 31 December is read as their last day.",
                    column="end_date", n=int(columns["end_date"].notna().sum()))  # fmt: skip
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
    values: list[Any] = list(cells.different)
    errors: dict[int, CellError] = {}
    for place, cell in cells.others() if is_id else enumerate(cells.different):  # figures are ids as they are
        values[place], error = (None, None) if is_missing(cell, column.kind) else _read(read, cell)
        if error is not None:
            errors[place] = error
    if column.kind in FREE_KINDS:
        _leave_national(parsed, column, cells, values)
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


def _leave_national(parsed: Rows, column: Column, cells: Coded, values: list[Any]) -> None:
    """Take national identity numbers out of free texts, which are stored without them, and say where and how many."""
    texts = ((place, value) for place, value in enumerate(values) if isinstance(value, str))
    told = [place for place, text in texts if len(text) >= SHORTEST_NATIONAL and without_national(text) != text]
    if told:
        for place in told:
            values[place] = without_national(values[place]) or None
        lines = parsed.line[np.isin(cells.places, told)]
        parsed.note("national-removed", "National identity numbers were taken out of {n} cells of {column}, here "
                    "first; they are not stored.", severity="warning", column=column.name,
                    n=parsed.wording.number(len(lines)), line=int(lines[0]))  # fmt: skip


def _note_cleaned(parsed: Rows, column: Column, cells: Coded, values: list[Any]) -> None:
    """Count what was taken out of cells: characters that nobody sees, and what decorates ids."""
    counts = cells.counts()
    unusual = [(place, cell) for place, cell in cells.others()
               if isinstance(cell, str) and (not cell.isascii() or "\0" in cell)]  # fmt: skip
    hidden = sum(int(counts[place]) for place, cell in unusual if cell.translate(INVISIBLE) != cell)
    if hidden:
        parsed.note("cell-cleaned", "Invisible characters were taken out of {n} cells of {column}.", column=column.name,
                    n=hidden)  # fmt: skip
    garbled = [place for place, cell in unusual if is_garbled(cell)]
    if garbled:
        parsed.note("letters-garbled", "{n} cells of {column} hold letters that look read in a wrong encoding before, "
                    "as in {shown}; stored as they stand.", severity="warning", column=column.name,
                    n=int(counts[garbled].sum()), shown=plain(cells.different[garbled[0]])[:MOST_SHOWN])  # fmt: skip
    percents = sum(int(counts[place]) for place, cell in cells.others()
                   if isinstance(cell, str) and "%" in cell and values[place] is not None)  # fmt: skip
    if percents and column.kind in NUMBER_KINDS:
        parsed.note("percent-read", "{n} cells of {column} have a percent sign; 85% is read as 85, not as 0.85.",
                    column=column.name, n=percents)  # fmt: skip
    if column.kind != "id":
        return
    decorated = [place for place, cell in cells.others()
                 if isinstance(cell, str) and values[place] not in (None, cell, plain(cell))]  # fmt: skip
    if decorated:
        first = np.flatnonzero(np.isin(cells.places, decorated))[:MOST_EXAMPLES]
        examples = [
            without_national(plain(cells.different[place]))[:MOST_SHOWN] for place in cells.places[first].tolist()
        ]
        parsed.note("cell-cleaned", "Spaces, dots, apostrophes or quotation marks were taken out of {n} ids: {shown}.",
                    column=column.name, n=int(counts[decorated].sum()),
                    shown=", ".join(filter(None, dict.fromkeys(examples))) or "...")  # fmt: skip


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
    if column.name == "end_date" and normal(parsed.written("end_date")) in YEARS_ALONE:
        return lambda cell: read_date(cell, parsed.order or "dmy", is_period=True)
    if factor := parsed.factors.get(column.name):
        return lambda cell: read_scaled(cell, factor, parsed.style)
    if column.name != "rating" or parsed.table.name != "performance":
        return read
    return rating_reader(parsed.labels, read)


def _read(read: Callable[[Cell], Any], cell: Cell) -> tuple[Any, CellError | None]:
    """Return a cell's value, or what is wrong with it."""
    if isinstance(cell, CellFault):
        told = "the cell shows an error" if cell.shown else "a formula that was never calculated; save the file again"
        return None, CellError("cell-fault", told)
    if isinstance(cell, Nested) and read is not read_list:
        return None, CellError("cell-nested", "holds a list or an object; one value is accepted")
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
