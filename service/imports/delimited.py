"""Text to cells: delimiter and quotation marks of a CSV file, and lines that are quoted as a whole."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from service.imports.cells import MOST_CELLS, Cell, FileRefusedError, Lines, Sheet
from service.imports.columns import Columns
from service.imports.encodings import decode
from service.imports.regular import QUOTE, read_regular

NO_LINES, SOME_LINES, MOST_LINES = 0, 1, 2  # that a delimiter splits into the same number of cells
SAMPLE_LINES = 60
SAMPLE_LETTERS = 1 << 20
DELIMITERS = (";", ",", "\t", "|", "^")
MOST_IN_CELL = 10_000_000  # characters
MOST_SPLIT = 20_000_000  # cells of a text that is split line by line: each takes more than a hundred bytes
MOST_COLUMNS = 16_384  # as many as a spreadsheet has
_SENTENCE = re.compile(r", ")
_WHOLE = re.compile(r'"((?:[^"]|"")*)"')  # a line that one pair of quotation marks holds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """Lines of cells, and how many of them had stood in quotation marks as a whole."""

    rows: Lines
    n_unwrapped: int = 0


def read_text(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Read a CSV file's cells, every one as text.

    Raises
    ------
    FileRefusedError
        When a quotation mark is never closed: what follows it would all be one cell; when it spans too much.
    """
    decoded = decode(content, encoding)
    text = decoded.text
    lines = list(islice(io.StringIO(text[:SAMPLE_LETTERS], newline=""), SAMPLE_LINES + 1))
    told: list[
        list[Cell]
    ] = []  # a line that only tells the delimiter, kept so that lines count as the person sees them
    if lines and lines[0].lower().startswith("sep="):
        delimiter = delimiter or lines[0].strip()[4:5]
        text = text[len(lines.pop(0)) :]
        told = [[]]
    delimiter = delimiter or find_delimiter(lines[:SAMPLE_LINES])
    _check_extent(text, delimiter, MOST_CELLS)
    regular = None if told else read_regular(text, delimiter)
    if regular is None:
        _check_extent(text, delimiter, MOST_SPLIT)
    split = _split(text, delimiter) if regular is None else _Split(rows=regular)
    _check_width(split.rows)
    notes = [*decoded.notes, *([("lines-unwrapped", str(split.n_unwrapped))] if split.n_unwrapped else [])]
    return Sheet(name=None, rows=[*told, *split.rows] if told else split.rows, encoding=decoded.encoding,
                 delimiter=delimiter, is_guarded=True, notes=notes)  # fmt: skip


def _check_extent(text: str, delimiter: str, most: int) -> None:
    n_cells = text.count(delimiter) + text.count("\n") + 1
    if n_cells > most:
        raise FileRefusedError("file-too-large", "the file has {n} cells; accepted: up to {most}, or {split} where "
                               "there are quotation marks, blank lines or lines of different widths; import it in "
                               "parts",
                               n=n_cells, most=MOST_CELLS, split=MOST_SPLIT)  # fmt: skip


def _check_width(rows: Lines) -> None:
    n_columns = len(rows.columns) if isinstance(rows, Columns) else max(map(len, rows), default=0)
    if n_columns > MOST_COLUMNS:
        raise FileRefusedError("file-too-large", "a line has {n} cells; accepted: up to {most}", n=n_columns,
                               most=MOST_COLUMNS)  # fmt: skip


def _lines_of(text: str) -> Iterable[str]:
    """Return the lines of a text with their ends; one after another, for a text of several is large."""
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline="")


def _split(text: str, delimiter: str) -> _Split:
    """Split text into cells; a quotation mark inside a cell is forgiven, one that never closes is not."""
    csv.field_size_limit(MOST_IN_CELL)
    rows: list[list[Cell]] = []
    reader = csv.reader(_lines_of(text), delimiter=delimiter, strict=True)
    last = 0
    try:
        for row in reader:
            rows.append(list(row))
            last = reader.line_num
    except (csv.Error, TypeError) as error:
        if "unexpected end of data" in str(error):
            raise FileRefusedError("file-unreadable", "a quotation mark opened in line {line} is never closed",
                                   line=last + 1) from error  # fmt: skip
    else:
        return _unwrapped(rows, delimiter)
    try:
        return _unwrapped(list(csv.reader(_lines_of(text), delimiter=delimiter)), delimiter)
    except (csv.Error, TypeError) as error:
        raise FileRefusedError("file-unreadable", "cannot be read as CSV: {reason}", reason=error) from error


def _unwrapped(rows: list[list[Cell]], delimiter: str) -> _Split:
    """Split lines once more that quotation marks held as a whole, where that gives them the width of the others."""
    held = [i for i, row in enumerate(rows) if len(row) == 1 and delimiter in row[0]]
    if not held:
        return _Split(rows=rows)
    again: dict[int, list[Cell]] = {i: _cells_of(rows[i][0], delimiter) for i in held}
    widths = Counter(len(again.get(i, row)) for i, row in enumerate(rows[:SAMPLE_LINES]) if row)
    width = max(widths, key=lambda one: (widths[one], one))
    fitting = {i: row for i, row in again.items() if len(row) == width}
    return _Split(rows=[fitting.get(i, row) for i, row in enumerate(rows)], n_unwrapped=len(fitting))


def _cells_of(line: str, delimiter: str) -> list[Cell]:
    """Return the cells of one line; none of a text that is no line of a table."""
    try:
        return list(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return []


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that splits the most lines into the same number of cells, more than one.

    Where most lines are none of a table, as titles above a short one, two that are split alike will do. Commas that all
    have a space behind them are taken for those of a sentence where something else splits lines too.

    Examples
    --------
    >>> find_delimiter(["nama;nilai", "Melur Pagi, S.Kom.;3,5"])
    ';'
    """
    csv.field_size_limit(MOST_IN_CELL)
    scores = {",": (NO_LINES, 0.0)}
    held = [_WHOLE.fullmatch(line.strip()) for line in lines if line.strip()]
    if all(held):
        lines = [line[1].replace(QUOTE * 2, QUOTE) for line in held if line]
    for candidate in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        common = max(set(widths), key=lambda width: (widths.count(width), width))
        rank = MOST_LINES if common > 1 else NO_LINES
        split = [width for width in widths if width > 1]
        if rank == NO_LINES and len(split) > len(set(split)):  # more lines around the table than in it
            common = max(set(split), key=lambda width: (split.count(width), width))
            rank = SOME_LINES
        scores[candidate] = (rank, widths.count(common) / len(widths) + 0.01 * min(common, 20))
    if all("," not in _SENTENCE.sub("", line) for line in lines):
        scores = {one: score for one, score in scores.items() if one != "," and score[0] > NO_LINES} or scores
    return max((one for one in DELIMITERS if one in scores), key=lambda one: scores[one])
