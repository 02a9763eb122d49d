"""Which table a sheet is of, or in words why nobody can tell."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from service.imports.cells import CellError, Sheet
from service.imports.headers import (
    BARE_KEYS,
    HEADER_SEARCH_LINES,
    TELLING,
    Header,
    find_header,
    is_clear,
    names_of,
    normal,
    plain,
)
from service.imports.ids import read_id, read_person
from service.wording import Wording
from training_catalog.schema import Table
from training_catalog.tables import TABLES
from training_catalog.tables import table as table_of

SCALE_WORDS = names_of(table_of("frameworks").column("level_min")) | names_of(
    table_of("frameworks").column("level_max")
)
# What a file's or sheet's name may call the rows of a table, where headers leave several; beside it only idle words.
_NAME_WORDS = {
    "trainings": {"kursus", "pelatihan", "latihan", "diklat", "training", "trainings", "course", "courses"},
    "competencies": {"kompetensi", "competency", "competencies"},
    "positions": {"jabatan", "position", "positions"},
    "units": {"unor", "unit", "units", "opd"},
}  # fmt: skip
_IDLE_WORDS = frozenset({"siasn", "ref", "referensi", "reference", "data", "daftar", "list", "master", "tabel", "table",
                         "struktural", "kerja", "organisasi"})  # fmt: skip
NEAR = 0.74  # of its letters that a misspelt header has in common with the right one
NEAREST_COLUMNS = 2  # a table of which a header has fewer columns is not worth naming


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """Why the table of a sheet is not known."""

    code: str
    message: str


def named_table(name: str | None) -> str | None:
    """Return the table whose name or title a sheet or file has."""
    wanted = (name or "").strip().casefold()
    for table in TABLES:
        if wanted in (table.name, table.title_id.casefold(), table.title_en.casefold()):
            return table.name
    return None


def table_called(name: str | None) -> str | None:
    """Return the one table whose rows a name calls by their word, beside words that say nothing.

    Examples
    --------
    >>> table_called("siasn-ref-kursus"), table_called("ref_latihanStruktural"), table_called("jenis-kompetensi")
    ('trainings', 'trainings', None)
    """
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name or "")} - _IDLE_WORDS
    called = [table for table, own in _NAME_WORDS.items() if words & own]
    return called[0] if len(called) == 1 and words <= _NAME_WORDS[called[0]] else None


def shown_columns(table: Table, names: tuple[str, ...], wording: Wording) -> str:
    """Return template headers in the reader's language."""
    columns = [table.column(name) for name in names]
    return ", ".join(column.header_en if wording.lang == "en" else column.header_id for column in columns)


def _told_by_codes(
    sheet: Sheet, row: int | None, supplied: frozenset[str], ids: Callable[[str], set[str]]
) -> Header | None:
    """Return the header of the one table whose codes a sheet holds, or else the only one that has all its columns."""
    on_file: list[Header] = []
    fitting: list[Header] = []
    for table in TABLES:
        found = find_header(sheet.rows, (table,), row, supplied=supplied, is_named=True)
        if len(table.key) > 1 or not found or table.key[0] not in found[0].columns or not _is_more_than_key(found[0]):
            continue
        header, at = found[0], found[0].columns[table.key[0]]
        codes = {_code(cells[at], table) for cells in sheet.rows[header.row + header.n_rows :] if at < len(cells)} - {
            ""
        }
        if codes & ids(table.name):
            on_file.append(header)
        if not {normal(name) for name in header.unknown} - SCALE_WORDS:
            fitting.append(header)
    for headers in ([header for header in on_file if header in fitting], fitting):
        most = max((len(header.columns) for header in headers), default=0)
        best = [header for header in headers if len(header.columns) == most]
        if len(best) == 1:
            return best[0]
    return None


def _code(cell: object, table: Table) -> str:
    try:
        return read_person(cell) if table.name == "employees" else read_id(cell)
    except CellError:
        return ""


def recognise(
    path: Path,
    sheet: Sheet,
    wording: Wording,
    *,
    table: str | None,
    line: int | None,
    supplied: frozenset[str],
    ids: Callable[[str], set[str]],
) -> Header | Unrecognised:
    """Find the table and header of a sheet.

    Parameters
    ----------
    path, sheet : Name and cells.
    wording : Language of the words.
    table : Table that the person named; some columns are then enough, as long as rows can be told apart.
    line : Line of the header that the person named, from 1.
    supplied : Columns whose one value the person gave.
    ids : Codes on file of a table.
    """
    row = None if line is None else line - 1
    wanted = table or named_table(sheet.name) or named_table(path.name.split(".")[0])
    tables = (table_of(wanted),) if wanted else TABLES
    found = find_header(sheet.rows, tables, row, supplied=supplied, is_named=table is not None)
    if wanted and table is None and (not found or found[0].missing):
        found = find_header(sheet.rows, TABLES, row, supplied=supplied)
    if table is None and wanted is None and found and _is_doubtful(sheet, found[0]):
        return Unrecognised(code="table-unknown", message=wording.text(
            "nearest table is {table}, but of {n} columns only {known} are its own; name it with --table if it is",
            table=found[0].table.name, n=len(found[0].columns) + len(found[0].unknown),
            known=len(found[0].columns)))  # fmt: skip
    if is_clear(found) or (table is not None and found and found[0].has_key and _is_more_than_key(found[0])):
        return found[0]
    told = _told_by_codes(sheet, row, supplied, ids) if table is None else None
    if told is not None and (told.missing or is_clear([told])):
        return told
    called = _told_by_name(path, sheet, row, supplied, found) if table is None else None
    return called or _no_delimiter(sheet, wording) or _say_why(found, wording, is_named=table is not None)


def _told_by_name(
    path: Path, sheet: Sheet, row: int | None, supplied: frozenset[str], found: list[Header]
) -> Header | None:
    """Return the header of the table whose rows the name of the sheet or file calls by their word, if it has them."""
    called = table_called(sheet.name) or table_called(path.name.split(".")[0])
    if called is None:
        return None
    fitting = [header for header in found if header.table.name == called and not header.missing]
    fitting = fitting or find_header(sheet.rows, (table_of(called),), row, supplied=supplied, is_named=True)
    return replace(fitting[0], is_told_by_name=True) if is_clear(fitting[:1]) else None


def _is_doubtful(sheet: Sheet, header: Header) -> bool:
    """Return whether a header has a key that any list has, and no more columns of the table than others."""
    key = header.columns.get(header.table.key[0])
    lines = sheet.rows[header.row : header.row + header.n_rows]
    is_bare = key is not None and any(normal(cells[key]) in BARE_KEYS for cells in lines if key < len(cells))
    return is_bare and len(header.unknown) >= len(header.columns)


def _is_more_than_key(header: Header) -> bool:
    return bool((set(header.columns) | header.supplied) - set(header.table.key))


def _no_delimiter(sheet: Sheet, wording: Wording) -> Unrecognised | None:
    """Say that no delimiter was found, where every line of a text is one cell."""
    rows = [row for row in sheet.rows[:HEADER_SEARCH_LINES] if any(map(plain, row))]
    if sheet.delimiter is None or len(rows) < 2 or any(len(row) > 1 for row in rows):  # noqa: PLR2004 (a header and a row)
        return None
    return Unrecognised(code="table-unknown", message=wording.text(
        "every line is one cell, for no delimiter was found; say --delimiter, or save the file as .xlsx"))  # fmt: skip


def _misspelt(header: Header, lacking: tuple[str, ...]) -> str:
    """Return headers that look like a slip of the pen for columns that are missing."""
    near = [
        shown
        for shown in header.unknown
        for name in lacking
        if difflib.get_close_matches(normal(shown), names_of(header.table.column(name)), n=1, cutoff=NEAR)
    ]
    return ", ".join(dict.fromkeys(near))


def _say_why(found: list[Header], wording: Wording, *, is_named: bool) -> Unrecognised:
    if not found or (not is_named and len(found[0].columns) < NEAREST_COLUMNS):
        return Unrecognised(code="table-unknown", message=wording.text(
            "no line looks like the header of a table; tables: {tables}; `bangkom templates` writes one of each",
            tables=", ".join(table.name for table in TABLES)))  # fmt: skip
    best = found[0]
    lacking = best.missing or (() if best.is_telling else TELLING[best.table.name][:1])
    if lacking:
        required = tuple(column.name for column in best.table.columns if column.required)
        near = _misspelt(best, lacking)
        hint = wording.text("Perhaps misspelt: {near}.", near=near) + " " if near else ""
        return Unrecognised(code="header-missing", message=hint + wording.text(
            "nearest table is {table}, which needs the columns {needed}; missing: {missing}; add them, or give one "
            "value for all rows with --set, as in --set {example}=...; or name another table with --table",
            table=best.table.name, needed=shown_columns(best.table, required, wording),
            missing=shown_columns(best.table, lacking, wording), example=lacking[0]))  # fmt: skip
    return Unrecognised(
        code="table-ambiguous",
        message=wording.text(
            "the headers fit several tables: {tables}; name one with --table",
            tables=", ".join(header.table.name for header in found if not header.missing),
        ),
    )
