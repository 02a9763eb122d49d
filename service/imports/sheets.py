"""Bytes to cells: CSV with encoding and delimiter found, XLSX in a process with limits."""

import csv
import gzip
import io
import json
import multiprocessing
import re
import resource
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training_catalog.errors import InputError

Cell = Any  # str, float, bool, date, datetime, time, timedelta; "" is empty
MOST_BYTES = 1 << 30  # of a file, and of what a workbook unpacks to
MOST_CELLS = 40_000_000  # rows x columns of a sheet's extent
WORKBOOK_SECONDS = 300
WORKBOOK_MEMORY = 3 << 30  # bytes of address space of the process that opens a workbook
SAMPLE_LINES = 60
DELIMITERS = (";", ",", "\t", "|")
_REFERENCE = re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"')


class FileRefusedError(InputError):
    """A file that cannot be read, with its stable code."""

    def __init__(self, code: str, message: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        super().__init__(message.format(**fields))
        self.template = message


@dataclass(kw_only=True)
class Sheet:
    """Cells of one sheet or CSV file, with how they were found."""

    name: str | None
    rows: list[list[Cell]]
    encoding: str | None = None
    delimiter: str | None = None
    is_hidden: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)


def read_sheets(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> list[Sheet]:
    """Read all sheets of a file; the kind is told by its content, never by its name alone.

    Raises
    ------
    FileRefusedError
        With the stable code and a sentence for a person.
    """
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
    if content[:2] == b"\x1f\x8b":
        content = _gunzip(content)
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06") or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _read_workbook(path, content)
    if content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
        return [read_json(content)]
    head = content[:2000].lstrip().lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table")):
        raise FileRefusedError("file-kind", "this is a web page, not a workbook; open it and save it as .xlsx")
    return [read_text(content, encoding=encoding, delimiter=delimiter)]


def _gunzip(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as stream:
        unpacked = stream.read(MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise FileRefusedError("file-too-large", "the file unpacks to more than {most} bytes", most=MOST_BYTES)
    return unpacked


def decode(content: bytes, encoding: str | None) -> tuple[str, str, bool]:
    """Return text, encoding, and whether the encoding was assumed: BOM, else strict UTF-8, else Windows-1252."""
    if encoding is not None:
        try:
            return content.decode(encoding), encoding, False
        except (UnicodeDecodeError, LookupError) as error:
            raise FileRefusedError("file-unreadable", "cannot be read as {encoding}: {reason}", encoding=encoding,
                                   reason=error) from error  # fmt: skip
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(name), name, False
            except UnicodeDecodeError as error:
                raise FileRefusedError("file-unreadable", "cannot be read as {encoding}: {reason}", encoding=name,
                                       reason=error) from error  # fmt: skip
    try:
        return content.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252", True


def read_text(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Read a CSV file's cells, every one as text."""
    text, found, was_assumed = decode(content, encoding)
    lines = text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES]
    if lines and lines[0].lower().startswith("sep="):
        delimiter = delimiter or lines[0].strip()[4:5]
        text = text.split("\n", 1)[1] if "\n" in text else ""
        lines = lines[1:]
    delimiter = delimiter or find_delimiter(lines)
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefusedError("file-unreadable", "cannot be read as CSV: {reason}", reason=error) from error
    notes = [("encoding-assumed", found)] if was_assumed else []
    return Sheet(name=None, rows=rows, encoding=found, delimiter=delimiter, notes=notes)


def read_json(content: bytes) -> Sheet:
    """Read a JSON list of flat objects as rows; the first row names every key in order of appearance."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise FileRefusedError("file-unreadable", "cannot be read as JSON: {reason}", reason=error) from error
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        raise FileRefusedError("file-kind", "accepted as JSON: a list of objects, one a row")
    keys = list(dict.fromkeys(key for item in document for key in item))
    rows = [[_flat(item.get(key)) for key in keys] for item in document]
    return Sheet(name=None, rows=[keys, *rows], encoding="utf-8")


def _flat(value: Cell) -> Cell:
    """Return a JSON value as a cell; what is nested stays text."""
    return "" if value is None else value if isinstance(value, str | int | float | bool) else json.dumps(value)


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that splits the most lines into the same number of cells, more than one.

    Examples
    --------
    >>> find_delimiter(["nama;nilai", "Melur Pagi, S.Kom.;3,5"])
    ';'
    """
    best, best_score = ",", (0, 0.0)
    for candidate in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        if not widths:
            continue
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (int(common > 1), widths.count(common) / len(widths) + 0.01 * min(common, 20))
        if score > best_score:
            best, best_score = candidate, score
    return best


def _check_archive(content: bytes) -> None:
    """Check a workbook's directory and extent before anything unpacks it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > MOST_BYTES or len(entries) > 10_000:  # noqa: PLR2004 (no office has so many parts)
                raise FileRefusedError("file-too-large", "the workbook unpacks to {size} bytes; accepted: up to {most}",
                                       size=total, most=MOST_BYTES)  # fmt: skip
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    _check_extent(archive, entry)
    except zipfile.BadZipFile as error:
        raise FileRefusedError("file-unreadable", "the workbook is damaged: {reason}", reason=error) from error


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Stream a sheet once for its furthest cell that holds a value."""
    widest = tallest = unpacked = 0
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(1 << 20):
            unpacked += len(chunk)
            if unpacked > MOST_BYTES:
                raise FileRefusedError("file-too-large", "a sheet unpacks to more than {most} bytes", most=MOST_BYTES)
            for letters, digits in _REFERENCE.findall(tail + chunk):
                column = 0
                for letter in letters:
                    column = column * 26 + letter - 64
                widest, tallest = max(widest, column), max(tallest, int(digits))
            tail = chunk[-16:]
    if widest * tallest > MOST_CELLS and tallest * 64 < widest * tallest:
        raise FileRefusedError("file-too-large", "sheet {sheet} spans {rows} x {columns} cells; accepted: up to {most}",
                               sheet=entry.filename, rows=tallest, columns=widest, most=MOST_CELLS)  # fmt: skip


def _read_workbook(path: Path, content: bytes) -> list[Sheet]:
    """Read a workbook in a process with limits of its own."""
    if content[:2] == b"PK":
        _check_archive(content)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_load_workbook, args=(str(path), sender), daemon=True)
    process.start()
    sender.close()
    try:
        answer = receiver.recv() if receiver.poll(WORKBOOK_SECONDS) else ("file-too-large", "took too long to open")
    except EOFError:
        answer = ("file-unreadable", "the workbook cannot be opened within the limits of memory")
    finally:
        process.kill()
        process.join()
    if isinstance(answer, tuple):
        raise FileRefusedError(*answer)
    return [Sheet(name=name, rows=rows, is_hidden=hidden) for name, rows, hidden in answer]


def _load_workbook(path: str, sender: Any) -> None:  # noqa: ANN401 (a connection)
    """Open a workbook and send its cells; the body of the limited process."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum  # noqa: PLC0415 (this process only)

    resource.setrlimit(resource.RLIMIT_AS, (WORKBOOK_MEMORY, WORKBOOK_MEMORY))
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = [
            (meta.name, workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False),
             meta.visible != SheetVisibleEnum.Visible)
            for meta in workbook.sheets_metadata
        ]  # fmt: skip
    except PasswordError:
        sender.send(("file-password", "the workbook is protected by a password; save a copy without it"))
    except Exception as error:  # noqa: BLE001 (whatever the reader says is told to the person; nothing is hidden)
        sender.send(
            ("file-unreadable", f"the workbook cannot be opened: {str(error).replace('{', '(').replace('}', ')')}")
        )
    else:
        sender.send(sheets)
