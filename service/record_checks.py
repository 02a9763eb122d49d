"""Checks of rows that come one by one, by the rules that the cells of files are read by."""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd

from service.imports.cells import CellError
from service.imports.dates import PLAUSIBLE_YEARS
from service.imports.headers import plain
from service.imports.ids import read_person
from service.imports.rows import Rows
from service.imports.sensitive import without_national
from service.imports.values import SIGNED, read_list, read_text
from service.storage.frames import row_keys
from service.storage.people import EMPLOYEE
from training_catalog.schema import Column
from training_catalog.tables import table

NEGATIVE = {"integer": "cannot be negative", "money": "an amount cannot be negative", "hours": "JP cannot be negative"}
_TEXTS: Mapping[str, Callable[[str], str]] = {"text": read_text, "list": read_list}


def row_keys_of(rows: Rows) -> list[str]:
    """Return the keys of rows."""
    return [str(key) for key in row_keys(rows.frame, rows.table)]


def check_cells(rows: Rows, without: Collection[str] = ()) -> None:
    """Read texts as a file's are read, and refuse ids that a file spells otherwise and amounts below nothing.

    Parameters
    ----------
    rows : Rows of one table.
    without : Columns that hold what they hold.
    """
    for column in rows.table.columns:
        if column.name in without:
            continue
        if column.kind == "id":
            _check_ids(rows, column)
        elif column.kind in _TEXTS:
            _read_texts(rows, column, _TEXTS[column.kind])
            _refuse_national(rows, column)
        elif column.kind in NEGATIVE and column.name not in SIGNED:
            below = (rows.frame[column.name] < 0).fillna(value=False).to_numpy(dtype=np.bool_)
            code = "money-unclear" if column.kind == "money" else "number-unreadable"
            rows.refuse_all(np.flatnonzero(below), code, NEGATIVE[column.kind], column=column.name)


def _check_ids(rows: Rows, column: Column) -> None:
    """Refuse ids that hold what nobody sees: two that look alike would be two."""
    is_person = EMPLOYEE in {column.name, column.references and table(column.references).key[0]}
    values = rows.frame[column.name]
    read = {value: _read_id(value, is_person=is_person) for value in values.dropna().unique()}
    for row in np.flatnonzero(values.notna() & (values.map(read) != values)).tolist():
        value = values.iloc[row]
        if read[value]:
            rows.refuse(row, "id-structure", "accepted: {accepted}", column=column.name, value=value,
                        accepted=read[value])  # fmt: skip
        else:
            rows.refuse(row, "required-missing", "A value is needed here.", column=column.name, value=value)


def _read_id(value: str, *, is_person: bool) -> str:
    """Return an id as a file would have it; the number of a person may be spelled in many ways."""
    try:
        return read_person(plain(value)) if is_person else plain(value)
    except CellError:  # which the checks of people name
        return value


def _read_texts(rows: Rows, column: Column, read: Callable[[str], str]) -> None:
    """Take what nobody sees out of texts; one of which nothing is left is missing."""
    given = rows.frame[column.name]
    told = given.map({value: read(value) or None for value in given.dropna().unique()})
    rows.frame[column.name] = told.astype(given.dtype)
    if column.required:
        empty = given.notna().to_numpy() & told.isna().to_numpy()
        rows.refuse_all(np.flatnonzero(empty), "required-missing", "A value is needed here.", column=column.name)


def _refuse_national(rows: Rows, column: Column) -> None:
    """Refuse texts with a national identity number: a file's are stored without it, a program's are for it to mend."""
    texts = rows.frame[column.name].dropna()
    for row in np.flatnonzero(rows.frame[column.name].isin([t for t in texts.unique() if without_national(t) != t])):
        rows.refuse(int(row), "id-national", "holds a national identity number, which is not stored; leave it out",
                    column=column.name)  # fmt: skip


def check_years(rows: Rows) -> None:
    """Refuse days and years that no import reads: what is stored must come back from a file."""
    first, last = PLAUSIBLE_YEARS
    for column in rows.table.columns:
        if column.kind != "date" and column.name != "year":
            continue
        values = rows.frame[column.name]
        years = (values.dt.year if column.kind == "date" else values).astype("Float64")
        for row in np.flatnonzero(((years < first) | (years > last)).fillna(value=False)).tolist():
            rows.refuse(row, "date-unreadable", "the year is not plausible", column=column.name)


def check_repeats(rows: Rows, of: tuple[str, ...] = ()) -> None:
    """Refuse rows of one key in one call: which of them is meant is not clear.

    Parameters
    ----------
    rows : Rows of one table.
    of : Columns of the key, where not all of them tell rows apart; the first one is named.
    """
    keys = pd.Series(row_keys_of(rows))
    for row in np.flatnonzero(keys.duplicated(keep=False).to_numpy()).tolist():
        rows.refuse(row, "row-conflict", "the same key stands in this call more than once",
                    column=(of or rows.table.key)[0])  # fmt: skip
