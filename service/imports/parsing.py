"""Cells of one sheet to typed rows, with every problem of every row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from service.imports.headers import INVISIBLE, Header, normal, plain
from service.imports.report import Problem
from service.imports.sheets import Cell
from service.imports.values import CellError, date_order, is_missing, reader_of
from service.wording import Wording
from training_catalog.frames import canonical
from training_catalog.schema import Column, Table

MOST_SHOWN = 60  # characters of a value that a message shows
SAMPLE_WORDS = frozenset({"contoh", "contoh nama", "nama lengkap", "nip pegawai", "example"})
TOTAL_WORDS = ("jumlah", "total", "sub total", "subtotal", "grand total", "selisih", "rata-rata")


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
    labels: Mapping[str, float] = field(default_factory=dict)

    def note(self, code: str, message: str, *, severity: str = "note", line: int | None = None,
             column: str | None = None, value: Cell = None, **fields: object) -> None:  # fmt: skip
        """Write down one thing found."""
        shown = None if value is None else plain(value)[:MOST_SHOWN]
        text = self.wording.text(message, **{"column": column or "", **fields})
        self.problems.append(Problem(severity=severity, line=line, column=column, value=shown, code=code, message=text))

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


def _left_out(cells: list[Cell], header: Header) -> tuple[str, str] | None:
    """Return why a line is no row: blank lines count as nothing and are not read at all."""
    filled = [plain(cell).lower() for cell in cells if plain(cell)]
    has_totals = header.table.name in ("budgets", "history", "assessments")
    if has_totals and any(text.startswith(TOTAL_WORDS) for text in filled[:2]):
        return "row-total", "A total is left out."
    if header.table.name == "employees" and any(text.strip("'\"=") in SAMPLE_WORDS for text in filled):
        return "row-sample", "A sample line is left out."
    return None


def parse_rows(
    rows: list[list[Cell]], header: Header, wording: Wording, *, labels: Mapping[str, float], order: str | None = None
) -> Rows:
    """Parse the rows below a header.

    Parameters
    ----------
    rows : All cells of the sheet.
    header : The header found.
    wording : Language of the problems.
    labels : Names of ratings, in normal form, with their values.
    order : Date order, when the person said which.
    """
    kept: list[int] = []
    left_out: list[tuple[int, str, str]] = []
    for i in range(header.row + 1, len(rows)):
        if not any(plain(cell) for cell in rows[i]):
            continue
        reason = _left_out(rows[i], header)
        if reason is None:
            kept.append(i)
        else:
            left_out.append((i, *reason))
    n_cells = max(len(rows[header.row]), max(header.columns.values(), default=-1) + 1)
    body = [rows[i] + [""] * (n_cells - len(rows[i])) for i in kept]
    parsed = Rows(
        table=header.table,
        frame=pd.DataFrame(index=range(len(kept))),
        line=np.array(kept, dtype=np.int64) + 1,
        refused=np.zeros(len(kept), dtype=np.bool_),
        given=frozenset(header.columns),
        wording=wording,
        n_left_out=len(left_out),
        labels=labels,
    )
    for i, code, message in left_out:
        parsed.note(code, message, line=i + 1)
    for i in range(header.row):
        if any(plain(cell) for cell in rows[i]):
            parsed.n_left_out += 1
            parsed.note("row-metadata", "A line above the header is left out.", line=i + 1)
    _parse_columns(parsed, header, body, order)
    return parsed


def _parse_columns(parsed: Rows, header: Header, body: list[list[Cell]], order: str | None) -> None:
    columns: dict[str, pd.Series] = {}
    found = order
    for column in parsed.table.columns:
        if column.name in header.columns and column.kind == "date" and found is None:
            position = header.columns[column.name]
            found = date_order([row[position] for row in body])
    parsed.order = found or "dmy"
    for column in parsed.table.columns:
        if column.name in header.columns:
            position = header.columns[column.name]
            columns[column.name] = _parse_column(parsed, column, [row[position] for row in body])
    parsed.frame = canonical(pd.DataFrame(columns, index=range(len(parsed.line))), parsed.table)
    for column in parsed.table.columns:
        if column.required and column.name in header.columns:
            missing = parsed.frame[column.name].isna().to_numpy() & ~_had_error(parsed, column.name)
            for row in np.flatnonzero(missing).tolist():
                parsed.refuse(row, "required-missing", "A value is needed here.", column=column.name, value="")


def _had_error(parsed: Rows, column: str) -> np.ndarray:
    lines = [p.line for p in parsed.problems if p.column == column and p.severity == "error"]
    return np.isin(parsed.line, np.array(lines, dtype=np.int64))


def _parse_column(parsed: Rows, column: Column, cells: list[Cell]) -> pd.Series:
    """Parse each different cell once; every row with an unclear cell is refused."""
    read = reader_of(column, parsed.order or "dmy")
    seen: dict[tuple[type, Cell], tuple[Any, CellError | None]] = {}
    values: list[Any] = []
    n_cleaned = 0
    for row, cell in enumerate(cells):
        if is_missing(cell):
            values.append(None)
            continue
        key = (type(cell), cell)
        if key not in seen:
            seen[key] = _read(read, cell, parsed.labels if column.name == "rating" else {})
        value, error = seen[key]
        if error is not None:
            parsed.refuse(row, error.code, str(error), column=column.name, value=cell)
        if isinstance(cell, str) and cell.translate(INVISIBLE) != cell:
            n_cleaned += 1
        values.append(value)
    if n_cleaned:
        parsed.note("cell-cleaned", "Invisible characters were taken out of {n} cells of {column}.", column=column.name,
                    n=n_cleaned)  # fmt: skip
    return pd.Series(values, dtype=object)


def _read(read: Callable[[Cell], Any], cell: Cell, labels: Mapping[str, float]) -> tuple[Any, CellError | None]:
    """Return a cell's value, or what is wrong with it."""
    if labels and isinstance(cell, str) and (named := labels.get(label_form(cell))) is not None:
        return named, None
    try:
        value = read(cell)
    except CellError as error:
        return None, error
    except OverflowError:
        return None, CellError("number-unreadable", "the number is too large")
    if isinstance(value, float) and not np.isfinite(value):
        return None, CellError("number-unreadable", "accepted: a finite number")
    return value, None


def label_form(text: Cell) -> str:
    """Bring the name of a rating to the form in which names are compared; SIASN spells EKSPEKTASI without its K."""
    return normal(text).replace("espektasi", "ekspektasi").replace("diatas", "di atas").replace("dibawah", "di bawah")
