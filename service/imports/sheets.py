"""Bytes to cells: the kind of a file is told by its content; CSV with encoding and delimiter found, JSON, Parquet."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pandas as pd

from service.imports.cells import MOST_BYTES, Cell, FileRefusedError, Sheet
from service.imports.oneroster import roster_sheets
from service.imports.packages import unpacked
from service.imports.workbooks import read_workbook

SAMPLE_LINES = 60
DELIMITERS = (";", ",", "\t", "|")
MOST_IN_CELL = 10_000_000  # characters
_WORKBOOK = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
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
        return roster_sheets(content, read_text) or read_workbook(path, content)
    if content.startswith(b"PAR1"):
        return [read_parquet(content)]
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"[", b"{")):
        return [read_json(content)]
    if head.startswith(b"<") and any(mark in head.lower() for mark in _WEB_PAGE):
        raise FileRefusedError("file-kind", "this is a web page, not a workbook; open it and save it as .xlsx")
    if head.startswith(b"%PDF"):
        raise FileRefusedError("file-kind", "this is a PDF; ask for the table it was made from, as .xlsx or .csv")
    return [read_text(content, encoding=encoding, delimiter=delimiter)]


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
    if not content.strip():
        raise FileRefusedError("file-unreadable", "the file is empty")
    return content


def _gunzip(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefusedError("file-unreadable", "the packed file is damaged: {reason}", reason=error) from error
    if len(unpacked) > MOST_BYTES:
        raise FileRefusedError("file-too-large", "the file unpacks to more than {most} bytes", most=MOST_BYTES)
    return unpacked


def decode(content: bytes, encoding: str | None) -> tuple[str, str, bool]:
    """Return text, encoding, and whether the encoding was assumed: BOM, else strict UTF-8, else Windows-1252."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    told = encoding or next((name for mark, name in marks if content.startswith(mark)), None)
    if told is not None:
        try:
            return content.decode(told), told, False
        except (UnicodeDecodeError, LookupError) as error:
            raise FileRefusedError("file-unreadable", "cannot be read as {encoding}: {reason}", encoding=told,
                                   reason=error) from error  # fmt: skip
    try:
        return content.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252", True


def read_text(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Read a CSV file's cells, every one as text.

    Raises
    ------
    FileRefusedError
        When a quotation mark is never closed: what follows it would all be one cell.
    """
    text, found, was_assumed = decode(content, encoding)
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE_LINES + 1))
    if lines and lines[0].lower().startswith("sep="):
        delimiter = delimiter or lines[0].strip()[4:5]
        text = text[len(lines.pop(0)) :]
    delimiter = delimiter or find_delimiter(lines[:SAMPLE_LINES])
    csv.field_size_limit(MOST_IN_CELL)
    rows = _split(text, delimiter)
    notes = [("encoding-assumed", found)] if was_assumed else []
    return Sheet(name=None, rows=rows, encoding=found, delimiter=delimiter, is_guarded=True, notes=notes)


def _split(text: str, delimiter: str) -> list[list[Cell]]:
    """Split text into cells; a quotation mark inside a cell is forgiven, one that never closes is not."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, TypeError) as error:
        if "unexpected end of data" in str(error):
            raise FileRefusedError("file-unreadable", "a quotation mark is opened and never closed") from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (csv.Error, TypeError) as error:
        raise FileRefusedError("file-unreadable", "cannot be read as CSV: {reason}", reason=error) from error


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that splits the most lines into the same number of cells, more than one.

    Examples
    --------
    >>> find_delimiter(["nama;nilai", "Melur Pagi, S.Kom.;3,5"])
    ';'
    """
    best, best_score = ",", (0, 0.0)
    for candidate in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (int(common > 1), widths.count(common) / len(widths) + 0.01 * min(common, 20))
        if score > best_score:
            best, best_score = candidate, score
    return best


def read_json(content: bytes) -> Sheet:
    """Read a JSON list of flat objects as rows; the first row names every key in order of appearance."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
        if b"\\u" in content:
            json.dumps(document, ensure_ascii=False).encode()  # half a pair of escapes is no character
        document = unpacked(document)
    except (ValueError, RecursionError) as error:
        raise FileRefusedError("file-unreadable", "cannot be read as JSON: {reason}", reason=error) from error
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        document = document["data"]  # the envelope of most services
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        raise FileRefusedError("file-kind", "accepted as JSON: a list of objects, one a row")
    keys = list(dict.fromkeys(key for item in document for key in item))
    rows = [[_flat(item.get(key)) for key in keys] for item in document]
    return Sheet(name=None, rows=[keys, *rows], encoding="utf-8")


def _flat(value: Cell) -> Cell:
    """Return a JSON value as a cell; what is nested stays text."""
    return "" if value is None else value if isinstance(value, str | int | float | bool) else json.dumps(value)


def read_parquet(content: bytes) -> Sheet:
    """Read a Parquet file, such as an export of ours."""
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except Exception as error:  # whatever the reader says is told to the person
        raise FileRefusedError("file-unreadable", "cannot be read as Parquet: {reason}", reason=error) from error
    columns = [frame[name].astype(object).where(frame[name].notna(), "").tolist() for name in frame.columns]
    rows: list[list[Cell]] = [list(cells) for cells in zip(*columns, strict=True)]
    return Sheet(name=None, rows=[[str(name) for name in frame.columns], *rows])
