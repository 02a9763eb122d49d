"""Workbooks to cells: checked from the outside, then opened in a process with limits of its own."""

import html
import io
import pickle
import re
import subprocess
import sys
import zipfile
import zlib
from array import array
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from service.imports.cells import MOST_BYTES, MOST_CELLS, CellFault, FileRefusedError, Sheet
from service.imports.columns import Coded, Columns
from service.imports.headers import letters_of
from service.imports.number_formats import Places, as_shown, pattern_of, striking_styles, telling_styles

SMALL_BYTES = 48 << 20  # a workbook may unpack to this whatever its own size
MOST_RATIO = 100  # and to this many times its own size; offices' own reach 50
MOST_ENTRIES = 10_000
SPARSE_CELLS = 4_000_000  # an extent beyond which the cells must fill at least one in SPARSE_RATIO
SPARSE_RATIO = 20
WORKBOOK_SECONDS = 300
WORKBOOK_MEMORY = 3 << 30  # bytes of address space of the process that opens a workbook
CHUNK = 1 << 20
MOST_STYLES = 16 << 20  # bytes of the part that lists the styles of cells
MOST_ROWS_SHOWN = 20
LONGEST_CELL = 1 << 18  # bytes; a spreadsheet's cell holds 32,767 characters
_PREFIX = rb"(?:\w{1,20}:)?"  # some writers name every element with one
_TAG = rb"<" + _PREFIX
_PLACE = rb"""\b[^>]*?\sr=["']([A-Z]{1,3})(\d{1,7})["']"""
_REFERENCE = re.compile(_TAG + rb"c" + _PLACE + rb"(?:[^>/]++|/(?!>))*+>(?!</)")  # of cells that hold something
_HIDDEN = rb"""\b(?=[^>]*?\shidden=["'](?:1|true)["'])[^>]*?"""
_HIDDEN_ROW = re.compile(_TAG + rb"row" + _HIDDEN + rb"""\sr=["'](\d{1,7})["']""")
_HIDDEN_COLUMNS = re.compile(_TAG + rb"col" + _HIDDEN + rb"\s")
_CELL = re.compile(_TAG + rb"c(" + _PLACE + rb"(?:[^>]*[^>/])?)>(.*?)</" + _PREFIX + rb"c>", re.DOTALL)
_ERROR = re.compile(rb"""\bt=["']e["']""")
_STRING = re.compile(rb"""\bt=["']str["']""")
_FORMULA = re.compile(_TAG + rb"f\b")
_SIGNS = (b't="e"', b"t='e'", b"<f", b":f")  # without any of them a part has no error and no formula
_NEVER_CALCULATED = re.compile(r"""<(?:\w{1,20}:)?calcPr\b[^>]*\sfullCalcOnLoad=["'](?:1|true)["']""")
_VALUE = re.compile(_TAG + rb"v\b[^>]*>(.+?)</", re.DOTALL)
_START = re.compile(_TAG + rb"(?:c|row) ")
_SHEET = re.compile(r"<(?:\w{1,20}:)?sheet\b([^>]*)>")
_RELATION = re.compile(r"<(?:\w{1,20}:)?Relationship\b([^>]*)>")
_FROM_1904 = re.compile(r"""\bdate1904=["'](?:1|true)["']""")
DAYS_TO_1904 = 1462  # from the day 0 of most workbooks to that of others
_ATTRIBUTE = re.compile(r"""(?:\w+:)?(\w+)=(["'])(.*?)\2""")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # what is in a protected workbook, whatever it is called
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
Faults = dict[tuple[int, int], CellFault]
_Styled = tuple[re.Pattern[bytes] | None, re.Pattern[bytes] | None]  # of cells that show numbers otherwise, and struck


@dataclass(kw_only=True)
class _Extent:
    """What a stream over a sheet's XML finds."""

    widest: int = 0
    tallest: int = 0
    n_cells: int = 0
    faults: Faults = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    has_hidden_columns: bool = False
    formatted: Places = field(default_factory=dict)
    struck: list[tuple[int, int]] = field(default_factory=list)
    zeros: list[tuple[int, int]] = field(default_factory=list)


def column_of(letters: bytes) -> int:
    """Return the number of a column, 1 for A.

    Examples
    --------
    >>> column_of(b"A"), column_of(b"AA")
    (1, 27)
    """
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


@dataclass(frozen=True, slots=True, kw_only=True)
class _Styles:
    """Styles of cells: those that show numbers otherwise than they are, and those that strike them out."""

    numbers: Mapping[bytes, int] = field(default_factory=dict)
    struck: Collection[bytes] = ()


def check_archive(content: bytes, styles: _Styles | None = None) -> dict[str, _Extent]:
    """Check a workbook's directory and the extent of its sheets before anything opens it.

    Returns
    -------
    What a stream over each sheet found, by name of the sheet's part.

    Raises
    ------
    FileRefusedError
        When the workbook unpacks to too much, spans too much, or is damaged.
    """
    most = min(MOST_BYTES, max(SMALL_BYTES, MOST_RATIO * len(content)))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ENTRIES:
                raise FileRefusedError("file-too-large", "the workbook is made of {n} parts; accepted: up to {most}",
                                       n=len(entries), most=MOST_ENTRIES)  # fmt: skip
            if total > most:
                raise FileRefusedError("file-too-large", "the workbook unpacks to {size} bytes; accepted: up to {most}",
                                       size=total, most=most)  # fmt: skip
            sheets = [e for e in entries if e.filename.startswith("xl/worksheets/") and e.filename.endswith(".xml")]
            patterns = (pattern_of(styles.numbers), pattern_of(styles.struck)) if styles else (None, None)
            return {entry.filename: _check_extent(archive, entry, patterns) for entry in sheets}
    except _DAMAGES as error:
        raise FileRefusedError("file-unreadable", "the workbook is damaged or was cut off; get it again") from error


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, styled: _Styled) -> _Extent:
    """Stream a sheet once: its furthest cell, how many there are, and which hold no value to trust."""
    extent, tail = _Extent(), b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            seen = tail + chunk
            end = _last_start(seen) if len(chunk) == CHUNK else len(seen)
            _scan(seen[:end], extent, styled)
            tail = seen[end:]
    _scan(tail, extent, styled)
    span = extent.widest * extent.tallest
    if span > MOST_CELLS or (span > SPARSE_CELLS and span > SPARSE_RATIO * extent.n_cells):
        raise FileRefusedError("file-too-large", "sheet {sheet} spans {rows} x {columns} cells, most of them empty",
                               sheet=entry.filename, rows=extent.tallest, columns=extent.widest)  # fmt: skip
    return extent


def _last_start(seen: bytes) -> int:
    """Return where the last row or cell begins, so that none is cut in two."""
    starts = [match.start() for match in _START.finditer(seen, max(0, len(seen) - LONGEST_CELL))]
    return starts[-1] if starts else len(seen)


def _scan(part: bytes, extent: _Extent, styled: _Styled) -> None:
    """Add whole cells of a sheet's XML to its extent."""
    formatted, struck = styled
    extent.struck += [(int(digits) - 1, column_of(letters) - 1)
                      for _, letters, digits in (struck.findall(part) if struck else ())]  # fmt: skip
    for style, letters, digits in formatted.findall(part) if formatted else ():
        extent.formatted.setdefault((column_of(letters) - 1, style), array("i")).append(int(digits) - 1)
    found = _REFERENCE.findall(part)
    if found:
        extent.n_cells += len(found)
        extent.widest = max(extent.widest, *map(column_of, {letters for letters, _ in found}))
        extent.tallest = max(extent.tallest, *map(int, {digits for _, digits in found}))
    if b"hidden" in part:
        extent.hidden_rows += [int(row) for row in _HIDDEN_ROW.findall(part)]
        extent.has_hidden_columns |= _HIDDEN_COLUMNS.search(part) is not None
    if not any(sign in part for sign in _SIGNS) or (not _ERROR.search(part) and not _FORMULA.search(part)):
        return
    for attributes, letters, digits, inner in _CELL.findall(part):
        value = _VALUE.search(inner)
        if _ERROR.search(attributes):
            shown = value[1].decode("utf-8", "replace") if value else "#"
        elif _FORMULA.search(inner) and value is None and not _STRING.search(attributes):
            shown = ""
        elif value is not None and value[1] == b"0" and _FORMULA.search(inner):
            extent.zeros.append((int(digits) - 1, column_of(letters) - 1))
            continue
        else:
            continue
        extent.faults[int(digits) - 1, column_of(letters) - 1] = CellFault(shown)


def _parts_of_sheets(content: bytes) -> tuple[dict[str, str], int, bool]:
    """Return the part that holds each sheet, by the sheet's name, and what the book says of all.

    Returns
    -------
    The parts; the days by which the book's count is late; whether a program wrote formulas that it did not calculate.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        except KeyError:
            return {}, 0, False
        except _DAMAGES as error:
            raise FileRefusedError("file-unreadable", "the workbook is damaged or was cut off; get it again") from error
    targets = {entry.get("Id", ""): entry.get("Target", "") for entry in _attributes(_RELATION, relations)}
    parts = {
        entry.get("name", ""): target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for entry in _attributes(_SHEET, book)
        if (target := targets.get(entry.get("id", "")))
    }
    return parts, DAYS_TO_1904 if _FROM_1904.search(book) else 0, _NEVER_CALCULATED.search(book) is not None


def _styles_of(content: bytes) -> _Styles:
    """Return the styles that tell something; none of a workbook that is damaged or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo("xl/styles.xml")
            if entry.file_size >= MOST_STYLES:
                return _Styles()
            told = archive.read(entry).decode("utf-8", "replace")
    except (*_DAMAGES, KeyError):
        return _Styles()  # what is wrong with the archive is said when its sheets are looked at
    return _Styles(numbers=telling_styles(told), struck=striking_styles(told))


def _show(sheet: Sheet, places: Places, styles: Mapping[bytes, int]) -> None:
    """Read percentages and codes with zeros in front as the sheet shows them, and say so."""
    if not isinstance(sheet.rows, Columns):
        return
    sheet.rows, percents, zeros = as_shown(sheet.rows, places, styles)
    for code, columns in (("percent-shown", percents), ("zeros-shown", zeros)):
        if columns:
            sheet.notes.append((code, ", ".join(map(letters_of, sorted(columns)))))


def _attributes(tag: re.Pattern[str], text: str) -> list[dict[str, str]]:
    """Return the attributes of each tag, by name without prefix."""
    return [
        {name: html.unescape(value) for name, _, value in _ATTRIBUTE.findall(attributes)}
        for attributes in tag.findall(text)
    ]


def _with_faults(lines: Columns, faults: Faults) -> Columns:
    """Put faults where the reader leaves blanks."""
    columns = list(lines.columns)
    for at in {column for _, column in faults if column < len(columns)}:
        told = {row: fault for (row, column), fault in faults.items() if column == at and row < len(lines)}
        places = columns[at].places.copy()
        places[list(told)] = len(columns[at].different) + np.arange(len(told))
        columns[at] = Coded(different=[*columns[at].different, *told.values()], places=places)
    return Columns(columns)


def _note_hidden(sheet: Sheet, extent: _Extent) -> None:
    """Note rows and columns that a person opening the workbook does not see; they are read like all others."""
    hidden = [row for row in extent.hidden_rows if row <= len(sheet.rows) and any(c != "" for c in sheet.rows[row - 1])]
    if hidden:
        more = ", ..." if len(hidden) > MOST_ROWS_SHOWN else ""
        sheet.notes.append(("rows-hidden", ", ".join(map(str, hidden[:MOST_ROWS_SHOWN])) + more))
    if extent.has_hidden_columns:
        sheet.notes.append(("columns-hidden", sheet.name or ""))


def _note_struck(sheet: Sheet, extent: _Extent) -> None:
    """Note lines with cells that are struck out, which a person may mean to hold no longer; they are read."""
    columns = sheet.rows.columns if isinstance(sheet.rows, Columns) else ()
    struck = sorted({
        row + 1 for row, at in extent.struck
        if at < len(columns) and row < len(sheet.rows) and columns[at].different[columns[at].places[row]] != ""
    })  # fmt: skip
    if struck:
        more = ", ..." if len(struck) > MOST_ROWS_SHOWN else ""
        shown = ", ".join(map(str, struck[:MOST_ROWS_SHOWN])) + more
        sheet.notes.append(("cells-struck", f"{shown} ({len(struck)})" if more else shown))


def read_workbook(path: Path, content: bytes) -> list[Sheet]:
    """Read a workbook in a process with limits of its own.

    Raises
    ------
    FileRefusedError
        With the stable code and a sentence for a person.
    """
    if _ENCRYPTED in content and not content.startswith(b"PK"):
        raise FileRefusedError("file-password", "the workbook is protected by a password; save a copy without it")
    is_archive = content[:2] == b"PK"
    styles = _styles_of(content) if is_archive else _Styles()
    extents = check_archive(content, styles) if is_archive else {}
    parts, day_shift, has_placeholders = _parts_of_sheets(content) if extents else ({}, 0, False)
    sheets = _open_apart(path)
    for sheet in sheets:
        extent = extents.get(parts.get(sheet.name or "", ""), _Extent())
        if has_placeholders:  # such programs put a zero where a value belongs
            extent.faults |= dict.fromkeys(extent.zeros, CellFault(""))
        if extent.faults and isinstance(sheet.rows, Columns):
            sheet.rows = _with_faults(sheet.rows, extent.faults)
        if extent.formatted:
            _show(sheet, extent.formatted, styles.numbers)
        sheet.day_shift = day_shift
        _note_hidden(sheet, extent)
        _note_struck(sheet, extent)
        if not is_archive:
            sheet.notes.append(("zeros-lost", sheet.name or ""))
        if not extents:
            sheet.notes.append(("errors-unseen", sheet.name or ""))
    return sheets


def _open_apart(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook, as a process with limits of its own read them."""
    limits = (MOST_CELLS, WORKBOOK_MEMORY, WORKBOOK_SECONDS)
    command = [sys.executable, "-I", str(Path(__file__).with_name("workbook_reader.py")), str(path.absolute())]
    try:
        answered = subprocess.run(  # noqa: S603 (our own program, and a path that is data to it)
            [*command, *map(str, limits)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=WORKBOOK_SECONDS,
            check=False,
        ).stdout  # fmt: skip
        answer = pickle.loads(answered)  # noqa: S301 (written by our own program)
    except subprocess.TimeoutExpired:
        answer = ("file-too-large", "took too long to open", "")
    except (EOFError, pickle.UnpicklingError):
        answer = ("file-unreadable", "the workbook cannot be opened within the limits of memory", "")
    if isinstance(answer, tuple):
        code, message, reason = answer
        raise FileRefusedError(code, message, reason=reason)
    return [
        Sheet(name=name, is_hidden=is_hidden, merged=tuple(merged), rows=Columns([
            Coded(different=different, places=np.frombuffer(places, dtype=np.int32)) for different, places in columns
        ])) for name, columns, is_hidden, merged in answer
    ]  # fmt: skip
