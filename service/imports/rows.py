"""Rows being imported, and what is found of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd

from service.imports.cells import Cell
from service.imports.headers import letters_of, plain
from service.imports.ids import MOST_EXACT
from service.imports.ratings import Labels
from service.imports.report import Problem
from service.imports.sensitive import without_national
from service.imports.values import read_text
from service.wording import Wording
from training_catalog.schema import Table
from training_catalog.tables import TABLES

MOST_SHOWN = 60  # characters of a value that a message shows


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
    factors : What the amounts of a column are multiplied with, where the file gives thousands or millions.
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
    factors: dict[str, int] = field(default_factory=dict)

    def written(self, column: str | None) -> str | None:
        """Return a column's header as the person wrote it; of one that the file has not, as the template has it.

        Records that come without a file have fields of our own names, and keep them.
        """
        if column is None or column in self.origin:
            return None if column is None else self.origin[column][1]
        if not self.origin or self.wording.lang != "id":
            return column
        return next((one.header_id for one in self.table.columns if one.name == column), column)

    def _told(self, name: str, value: object) -> object:
        """Return a field of a sentence: a table by its name in the reader's language."""
        is_table = name == "table" and self.wording.lang == "id"
        return next((one.title_id for one in TABLES if one.name == value), value) if is_table else value

    def had_error(self, column: str) -> np.ndarray:
        """Return which rows were refused for what stands in a column."""
        lines = [p.line for p in self.problems if p.column == self.written(column) and p.severity == "error"]
        return np.isin(self.line, np.array(lines, dtype=np.int64))

    def note(self, code: str, message: str, *, severity: str = "note", line: int | None = None,
             column: str | None = None, value: Cell = None, **fields: object) -> None:  # fmt: skip
        """Write down one thing found."""
        shown = None if value is None else without_national(shown_value(value))[:MOST_SHOWN]
        told = {name: self._told(name, field) for name, field in fields.items()}
        text = self.wording.text(message, **{"column": self.written(column) or "", **told})
        if self.sheet is not None and line is not None and column is not None and column in self.origin:
            text = f"{self.sheet}!{letters_of(self.origin[column][0])}{line}: {text}"
        self.problems.append(Problem(severity=severity, line=line, column=self.written(column), value=shown, code=code,
                                     message=text))  # fmt: skip

    def refuse(self, row: int, code: str, message: str, *, column: str | None = None, value: Cell = None,
               **fields: object) -> None:  # fmt: skip
        """Refuse a row for a reason; a row may have several."""
        self.refused[row] = True
        self.note(code, message, severity="error", line=int(self.line[row]), column=column, value=value, **fields)

    def note_emptied(self, emptied: Mapping[str, tuple[np.ndarray, Any]], written: np.ndarray) -> None:
        """Say of each column how many stored values its blank cells empty, with the line and value of the first.

        Parameters
        ----------
        emptied : By column the rows among `written`, and the first value.
        written : Rows that were written.
        """
        for column, (places, value) in emptied.items():
            self.note("value-emptied", "Blank cells of {column} empty {n} stored values, here {shown}; a file without "
                      "the column leaves them as they are.", severity="warning", column=column,
                      line=int(self.line[written[places[0]]]), n=self.wording.number(len(places)),
                      shown=without_national(shown_value(value))[:MOST_SHOWN])  # fmt: skip

    def refuse_all(self, rows: np.ndarray, code: str, message: str, *, column: str) -> None:
        """Refuse rows for one reason, each with its own value."""
        values = self.frame[column]
        for row in rows.tolist():
            value = values.iloc[row]
            self.refuse(row, code, message, column=column, value=None if pd.isna(value) else value)


def shown_value(value: Cell) -> str:
    """Return a value as a person writes it: days without a time, whole numbers without a point."""
    if value is pd.NaT:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return read_text(value) if isinstance(value, float) and abs(value) < MOST_EXACT else plain(value)
