"""A table as CSV, XLSX or Parquet; what is written here is read back the same."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from service.exports.plan_workbook import MOST_ROWS
from service.files import by_suffix, writing_to
from service.storage.database import Database
from training_catalog.errors import InputError
from training_catalog.schema import Table
from training_catalog.tables import TABLES, table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FIXED_DATE = date(2020, 1, 1)  # a workbook's own date, so that equal tables are equal bytes
CODE_DIGITS = 20  # to which numbers in codes are padded for sorting
TEXT_KINDS = ("id", "text", "choice", "list")
DECIMAL_KINDS = ("decimal", "hours", "level")
MOST_CHARACTERS = 32_767  # of a cell of a workbook; xlsxwriter passes over longer ones without a word


def neutralise(text: str) -> str:
    """Keep a text from running as a formula where it is opened; the importer takes the apostrophe off again.

    Examples
    --------
    >>> neutralise("=1+1"), neutralise("Budi")
    ("'=1+1", 'Budi')
    """
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def written_out(number: float) -> str:
    """Write a number without powers of ten, which no importer would take; it is read back exactly.

    Examples
    --------
    >>> written_out(1e-07), written_out(24.0), written_out(3.5)
    ('0.0000001', '24.0', '3.5')
    """
    return np.format_float_positional(number, trim="0")


def headers_of(declared: Table, lang: str) -> list[str]:
    """Return the template headers in a language."""
    return [column.header_en if lang == "en" else column.header_id for column in declared.columns]


def write_table(database: Database, name: str, path: Path, lang: str, as_of: date | None = None) -> int:
    """Write a stored table, as it is or as it stood at the end of a day, and return its number of rows.

    Raises
    ------
    InputError
        When the table or the suffix is not known, or the file cannot be written.
    """
    names = [t.name for t in TABLES]
    if name not in names:
        raise InputError("table '{name}' is not known; accepted: {known}", name=name, known=", ".join(names))
    stored = database.read(name) if as_of is None else database.read_as_of(name, as_of)
    frame = in_reading_order(stored, table(name))
    write_frame(frame, table(name), path, lang)
    return len(frame)


def in_reading_order(frame: pd.DataFrame, declared: Table) -> pd.DataFrame:
    """Order rows as people read codes: M.2 before M.10, and by their own sequence where they have one.

    Examples
    --------
    >>> units = pd.DataFrame({"unit": ["B10", "B2", "A"]})
    >>> in_reading_order(units, table("units"))["unit"].tolist()
    ['A', 'B2', 'B10']
    """
    order = pd.DataFrame(index=frame.index)
    if "sequence" in frame:
        order["group"], order["sequence"] = frame["parent"].fillna(""), frame["sequence"]
    padded = frame[declared.key[0]].astype("str")
    order["code"] = padded.str.replace(r"\d+", lambda found: found[0].zfill(CODE_DIGITS), regex=True)
    return frame.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def write_frame(frame: pd.DataFrame, declared: Table, path: Path, lang: str) -> None:
    """Write a canonical frame by the suffix of the path.

    Raises
    ------
    InputError
        When the suffix is none of .csv, .xlsx and .parquet, or the file cannot be written.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx, ".parquet": _write_parquet}
    writer = by_suffix(path, writers)
    with writing_to(path):
        writer(frame, declared, path, lang)


def _write_csv(frame: pd.DataFrame, declared: Table, path: Path, lang: str) -> None:
    shown = frame.copy()
    for column in declared.columns:
        if column.kind in TEXT_KINDS:
            shown[column.name] = shown[column.name].map(neutralise, na_action="ignore")
        elif column.kind in DECIMAL_KINDS:
            shown[column.name] = shown[column.name].map(written_out, na_action="ignore")
    shown.columns = pd.Index(headers_of(declared, lang))
    shown.to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")


def _write_parquet(frame: pd.DataFrame, declared: Table, path: Path, lang: str) -> None:
    del declared, lang  # canonical names are for programs
    frame.to_parquet(path, index=False)


def _need_room(frame: pd.DataFrame, declared: Table) -> None:
    """Refuse what a workbook would lose: rows below its last one, and texts that are longer than a cell."""
    if len(frame) > MOST_ROWS:
        raise InputError("{n} rows do not fit a workbook (at most {most}); use .parquet or .csv",
                         n=len(frame), most=MOST_ROWS)  # fmt: skip
    for column in declared.columns:
        if column.kind in TEXT_KINDS:
            longest = frame[column.name].str.len().max()
            if longest > MOST_CHARACTERS:
                raise InputError("a text of {n} characters in {column} does not fit a cell of a workbook (at most "
                                 "{most}); use .parquet or .csv", n=int(longest), column=column.name,
                                 most=MOST_CHARACTERS)  # fmt: skip


def _write_xlsx(frame: pd.DataFrame, declared: Table, path: Path, lang: str) -> None:
    _need_room(frame, declared)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": pd.Timestamp(FIXED_DATE).to_pydatetime()})
        write_sheet(workbook, declared, frame, lang)


def write_sheet(workbook: xlsxwriter.Workbook, declared: Table, frame: pd.DataFrame, lang: str) -> None:
    """Write a table to a sheet of its own: ids as text, real dates and numbers."""
    bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
    day, money = workbook.add_format({"num_format": "yyyy-mm-dd"}), workbook.add_format({"num_format": "#,##0"})
    sheet = workbook.add_worksheet(declared.title_en if lang == "en" else declared.title_id)
    formats = {"date": day, "money": money}
    for i, column in enumerate(declared.columns):
        own = text if column.kind in TEXT_KINDS else formats.get(column.kind)
        sheet.set_column(i, i, 18, own)
        sheet.write_string(0, i, headers_of(declared, lang)[i], bold)
    sheet.freeze_panes(1, 0)
    columns = [
        frame[column.name].astype(object).where(frame[column.name].notna(), None).tolist()
        for column in declared.columns
    ]
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for i, cell in enumerate(cells):
            if cell is None:
                continue
            if declared.columns[i].kind in TEXT_KINDS:
                sheet.write_string(row, i, cell, text)
            elif declared.columns[i].kind == "date":
                sheet.write_datetime(row, i, pd.Timestamp(cell).to_pydatetime(), day)
            elif float(f"{cell:.16G}") != cell:  # a workbook keeps 16 digits of a number
                sheet.write_string(row, i, written_out(cell))
            else:
                sheet.write_number(row, i, cell, formats.get(declared.columns[i].kind))
