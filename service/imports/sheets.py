"""Bytes to cells: the kind of a file is told by its content; CSV with encoding and delimiter found, JSON, Parquet."""

import gzip
import io
import json
import zipfile
import zlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from service.imports.cells import MOST_BYTES, MOST_CELLS, Cell, FileRefusedError, Nested, Sheet
from service.imports.columns import Coded, Columns
from service.imports.delimited import read_text
from service.imports.encodings import is_no_text
from service.imports.oneroster import roster_sheets
from service.imports.packages import unpacked
from service.imports.workbooks import MOST_RATIO, SMALL_BYTES, read_workbook

_WORKBOOK = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
ENVELOPE = frozenset({"code", "data", "success", "status", "message", "mapData", "count"})  # of a service's answer
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PICTURES_AND_PACKS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"7z\xbc\xaf", b"Rar!")
_DOCUMENT = b"{\\rtf"
_WEB_PAGE = (b"<html", b"<table", b"<!doctype html", b"<body")


def read_sheets(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> list[Sheet]:
    """Read all sheets of a file; the kind is told by its content, never by its name alone.

    Raises
    ------
    FileRefusedError
        With the stable code and a sentence for a person.
    """
    content = _content(path)
    if content[:2] == b"\x1f\x8b":
        content = _gunzip(content)
    if content.startswith(_WORKBOOK):
        return roster_sheets(content, read_text) or read_workbook(path, _of_workbook(content))
    if content.startswith(b"PAR1"):
        return [read_parquet(content)]
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(_UTF16):
        head = head.decode("utf-16", "ignore").encode().lstrip()
    if head.startswith((b"[", b"{")) and not head.startswith(_DOCUMENT):
        return read_json(content)
    if head.startswith(b"<?xml") and b"spreadsheet" in head.lower():
        raise FileRefusedError("file-kind", "this is an XML spreadsheet, not a workbook; open it and save it as .xlsx")
    if head.startswith(b"MIME-Version") or (head.startswith(b"<") and any(m in head.lower() for m in _WEB_PAGE)):
        raise FileRefusedError("file-kind", "this is a web page, not a workbook; open it and save it as .xlsx")
    if head.startswith(b"%PDF"):
        raise FileRefusedError("file-kind", "this is a PDF; ask for the table it was made from, as .xlsx or .csv")
    if head.startswith((_DOCUMENT, *_PICTURES_AND_PACKS)) or (encoding is None and is_no_text(content)):
        raise FileRefusedError("file-kind", "this is no table: neither text nor a workbook")
    return [read_text(content, encoding=encoding, delimiter=delimiter)]


def _of_workbook(content: bytes) -> bytes:
    """Return packed content that is a workbook's, or damaged.

    Raises
    ------
    FileRefusedError
        When something else is packed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return content
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise FileRefusedError("file-kind", "this is a document, not a workbook; ask for its table as .xlsx or .csv")
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise FileRefusedError("file-kind", "this is a packed file without a workbook; unpack it, and import what it "
                               "holds")  # fmt: skip
    return content


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileRefusedError("file-too-large", "the file has {size} bytes; accepted: up to {most}",
                                   size=size, most=MOST_BYTES)  # fmt: skip
        content = path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            "file-unreadable", "cannot be opened: {reason}", reason=error.strerror or error
        ) from error
    if not content or content.isspace():
        raise FileRefusedError("file-unreadable", "the file is empty")
    return content


def _gunzip(content: bytes) -> bytes:
    most = min(MOST_BYTES, max(SMALL_BYTES, MOST_RATIO * len(content)))
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefusedError("file-unreadable", "the packed file is damaged: {reason}", reason=error) from error
    if len(unpacked) > most:
        raise FileRefusedError("file-too-large", "the file unpacks to more than {most} bytes", most=most)
    return unpacked


def read_json(content: bytes) -> list[Sheet]:
    """Read JSON: a list of flat objects, or one a line, is a sheet whose first row names every key; lists are several.

    Raises
    ------
    FileRefusedError
        When it is no JSON, names a key twice in one object, or holds no list of objects.
    """
    try:
        document = told = _document(content)
        if b"\\u" in content:
            json.dumps(document, ensure_ascii=False).encode()  # half a pair of escapes is no character
        document = unpacked(document)
    except json.JSONDecodeError as error:
        raise FileRefusedError("file-unreadable", "cannot be read as JSON from line {line}, character {column}, on; is "
                               "the file whole?", line=error.lineno, column=error.colno) from error  # fmt: skip
    except RecursionError as error:
        raise FileRefusedError("file-unreadable", "the JSON is nested too deeply") from error
    except ValueError as error:
        raise FileRefusedError("file-unreadable", "cannot be read as JSON: {reason}", reason=error) from error
    document = _opened(document)
    lists = document if isinstance(document, dict) else {"": document}
    if "data" in lists:  # the envelope of most services
        lists = {"": lists["data"]}
    sheets = [_json_sheet(name, rows) for name, rows in lists.items() if _are_objects(rows)]
    if not sheets or (isinstance(document, dict) and "CFItems" in document):
        raise _no_objects(document, lists)
    if isinstance(told, dict) and isinstance(told.get("more"), str) and told["more"] and "statements" in told:
        sheets[0].notes.append(("answer-goes-on", told["more"]))
    return sheets


def _opened(document: Cell) -> Cell:
    """Return the records of a list of answers of a service, one a person; any other document as it is."""
    if not _are_objects(document) or not all("data" in answer and set(answer) <= ENVELOPE for answer in document):
        return document
    records: list[Cell] = []
    for number, answer in enumerate(document, start=1):
        told = answer["data"]
        if not isinstance(told, dict) and not _are_objects(told):
            raise FileRefusedError("file-kind", "answer {number} of the list holds no records; take it out, or get it "
                                   "again", number=number)  # fmt: skip
        records += [told] if isinstance(told, dict) else told
    return records


def _no_objects(document: Cell, lists: dict[str, Cell]) -> FileRefusedError:
    """Say why a document holds no list of objects: which entry is none, or what a service answered instead."""
    for rows in lists.values():
        odd = [i for i, row in enumerate(rows, start=1) if not isinstance(row, dict)] if isinstance(rows, list) else []
        if odd and len(odd) < len(rows):
            return FileRefusedError("file-kind", "entry {number} of the list is no object; accepted as JSON: a list of "
                                    "objects, one a row", number=odd[0])  # fmt: skip
    if isinstance(document, dict) and isinstance(document.get("message"), str):
        return FileRefusedError("file-kind", "the service answered without records: {answer}",
                                answer=document["message"])  # fmt: skip
    if isinstance(document, dict) and "CFItems" in document:
        return FileRefusedError("file-kind", "a CASE package without its CFDocument; export the whole package")
    return FileRefusedError("file-kind", "accepted as JSON: a list of objects, one a row")


def _document(content: bytes) -> Cell:
    """Return a JSON document; of one object a line, a list of them."""
    try:
        return json.loads(content, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        lines = [line for line in content.splitlines() if line.strip()]
        if len(lines) < 2 or not error.msg.startswith("Extra data"):  # noqa: PLR2004 (one line is one document)
            raise
        return [_of_line(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]


def _of_line(number: int, line: bytes) -> Cell:
    try:
        return json.loads(line, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(error.msg, "\n" * (number - 1) + error.doc, error.pos + number - 1) from error


def _unrepeated(pairs: list[tuple[str, Cell]]) -> dict[str, Cell]:
    """Return the pairs of a JSON object; of a key named twice one value would be lost without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        raise FileRefusedError("file-unreadable", "in one object of the JSON {name} stands twice", name=twice)
    return found


def _are_objects(rows: Cell) -> bool:
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, dict) for row in rows)


def _json_sheet(name: str, objects: list[dict[str, Cell]]) -> Sheet:
    keys = list(dict.fromkeys(key for item in objects for key in item))
    rows = [[_flat(item.get(key)) for key in keys] for item in objects]
    return Sheet(name=name or None, rows=[list(keys), *rows], encoding="utf-8")


def _flat(value: Cell) -> Cell:
    """Return a value as a cell; what is nested, or of a kind that no cell has, becomes text."""
    if isinstance(value, bytes):
        return _decoded(value)
    if value is None or isinstance(value, str | int | float | bool | date):
        return "" if value is None else value
    return Nested(json.dumps(value)) if isinstance(value, list | dict) else str(value)


def _decoded(value: bytes) -> Cell:
    """Return bytes that are text as text; others are none of a cell, and refuse their row."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return Nested(value.hex())


def read_parquet(content: bytes) -> Sheet:
    """Read a Parquet file, such as an export of ours, by column: one of few bytes may hold millions of the same cell.

    Raises
    ------
    FileRefusedError
        When it is damaged, or spans more cells than is accepted.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        n_rows, n_columns = file.metadata.num_rows, len(file.schema_arrow)
        is_small = n_rows * n_columns <= MOST_CELLS
        table = file.read() if is_small else file.schema_arrow.empty_table()
        columns = [_column(name, table.column(at)) for at, name in enumerate(table.column_names)]
    except Exception as error:  # whatever the reader says is told to the person
        raise FileRefusedError("file-unreadable", "cannot be read as Parquet: {reason}", reason=error) from error
    if not is_small:
        raise FileRefusedError("file-too-large", "the table has {rows} x {columns} cells; accepted: up to {most}",
                               rows=n_rows, columns=n_columns, most=MOST_CELLS)  # fmt: skip
    return Sheet(name=None, rows=Columns(columns))


def _column(name: str, cells: pa.ChunkedArray) -> Coded:
    """Return a header and the cells below it; what is null or no number is blank."""
    try:
        told = cells.dictionary_encode().combine_chunks()
        told = told.chunk(0) if isinstance(told, pa.ChunkedArray) else told
        values, places = told.dictionary.to_pylist(), told.indices.fill_null(-2).to_numpy().astype(np.int64)
    except pa.ArrowNotImplementedError:  # lists and the like
        values, places = cells.to_pylist(), np.arange(len(cells))
    different = [name, "", *("" if value != value else _flat(value) for value in values)]  # noqa: PLR0124 (no number)
    return Coded(different=different, places=np.concatenate([[0], np.where(places < 0, 1, places + 2)]))
