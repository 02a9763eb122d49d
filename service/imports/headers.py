"""Which line is the header, which table it is of, and which column is which."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from service.imports.cells import Cell, Lines
from service.imports.qualifiers import unqualified
from service.imports.sensitive import NATIONAL_NUMBER, is_sensitive
from training_catalog.schema import Column, Table
from training_catalog.tables import TABLES

# Without one of these columns a table is not told by its headers alone, for others have all the rest of them.
TELLING = {"history": ("training", "training_name"), "absences": ("kind",), "interests": ("kind",),
           "trainings": ("hours", "topic", "form", "mode", "provider", "series", "position_classes")}  # fmt: skip
Names = tuple[str, ...]  # normal names that a column may go by, most specific first
HEADER_SEARCH_LINES = 40  # that hold something
MOST_LOOKED_AT = 100_000  # cells above a header
MOST_HEADER_LINES = 3
MERGED_SHARE = 0.5  # of the columns of a header of several lines that have nothing in a lower one
# Zero-width and direction marks, control characters but line ends and tabs, halves of letters; no-break spaces.
_NOTHING = (*map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\x7f"),
            *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x09), *range(0x0E, 0x20),
            *range(0xD800, 0xE000))  # fmt: skip
INVISIBLE: dict[int, str | None] = dict.fromkeys(_NOTHING) | {0xA0: " ", 0x202F: " "}
_SUFFIX = re.compile(r"[._]\d{1,2}$")  # by which a program tells columns of one name apart, as in TMT.1
_APART = re.compile(r"(?:[a-z][. ]+){2,}[a-z]\.?")  # N I P, N.I.P.
_SHORT = {  # with or without a full stop
    "tgl": "tanggal", "thn": "tahun", "jml": "jumlah", "kd": "kode", "nm": "nama", "jns": "jenis", "gol": "golongan",
    "jab": "jabatan", "lhr": "lahir", "sts": "status", "stts": "status", "kepeg": "kepegawaian", "peg": "pegawai",
    "ket": "keterangan", "rek": "rekening", "maks": "maksimal", "min": "minimal",
}  # fmt: skip
# A bare ``id`` or ``kode`` names the key where nothing better does; for people only when the table was named.
BARE_KEYS = ("id", "kode", "code")
YEARS_ALONE = frozenset({"tahun", "tahun pelatihan", "tahun diklat", "tahun kursus", "tahun pelaksanaan", "year"})


def plain(cell: Cell) -> str:
    """Return a cell as text without characters that nobody sees."""
    text = str(cell)
    if text.isascii() and text.isalnum():  # most cells of a large file
        return text
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    return " ".join(text.split())


def normal(header: Cell) -> str:
    """Bring a header to the form in which headers are compared.

    Examples
    --------
    >>> normal("Kode_Unit  Kerja "), normal("Tgl. Mulai"), normal("Pangkat/Gol.")
    ('kode unit kerja', 'tanggal mulai', 'pangkat golongan')
    """
    return _normal(plain(header))


@lru_cache(maxsize=10_000)
def _normal(text: str) -> str:
    """Return the normal form; the same cells are looked at for every table that a file may be of."""
    words = re.sub(r"[^0-9a-z#.]+", " ", text.lower()).split()
    if _APART.fullmatch(" ".join(words)):
        return re.sub(r"[ .]", "", text.lower())
    return " ".join([_SHORT.get(word.rstrip("."), word) for word in words])


@cache
def names_of(column: Column) -> frozenset[str]:
    """Return the normal names that a column goes by."""
    return frozenset(normal(name) for name in (column.name, column.header_id, column.header_en, *column.aliases))


_BY_TABLE: dict[str, dict[str, list[str]]] = {}
for _table in TABLES:
    _index: dict[str, list[str]] = {}
    for _column in _table.columns:
        for _name in names_of(_column):
            _index.setdefault(_name, []).append(_column.name)
    _BY_TABLE[_table.name] = _index
_EXACT = {
    table.name: {normal(name): c.name for c in table.columns for name in (c.name, c.header_id, c.header_en)}
    for table in TABLES
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header found.

    Parameters
    ----------
    table : Table it is of.
    row : Index of its first row.
    n_rows : Rows it spans: 2 or 3 for a header with merged cells above.
    columns : Canonical column name to cell position.
    supplied : Columns whose one value the person gave.
    unknown, sensitive : Headers as written.
    repeated : Position of a column that names one once more, and the canonical name.
    is_told_by_name : Whether only the name of the file or sheet told the table.
    """

    table: Table
    row: int
    n_rows: int
    columns: dict[str, int]
    supplied: frozenset[str]
    unknown: tuple[str, ...]
    sensitive: tuple[str, ...]
    repeated: tuple[tuple[int, str], ...]
    is_told_by_name: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that no header names and nobody gave."""
        has = self.supplied | set(self.columns)
        if self.table.name == "offerings" and {"training", "start_date"} <= has:
            has |= {"offering"}  # made of both
        return tuple(c.name for c in self.table.columns if c.required and c.name not in has)

    @property
    def is_telling(self) -> bool:
        """Whether the table is complete and told from others by its columns."""
        telling = TELLING.get(self.table.name, ())
        return not self.missing and (not telling or bool((self.supplied | set(self.columns)) & set(telling)))

    @property
    def has_key(self) -> bool:
        """Whether rows can be told apart, so that those on file can be changed."""
        return not set(self.missing) & set(self.table.key)


def letters_of(position: int) -> str:
    """Return the letters of a sheet's column.

    Examples
    --------
    >>> letters_of(0), letters_of(26)
    ('A', 'AA')
    """
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def written_at(rows: Lines, first: int, n_rows: int, position: int) -> str:
    """Return the header of a column as the person sees it; of one with merged cells all lines."""
    top = rows[first][: position + 1]
    group = next((plain(cell) for cell in reversed(top) if plain(cell)), "")
    under = written_at(rows, first + 1, n_rows - 1, position) if n_rows > 1 else ""
    own = plain(top[position]) if len(top) > position else ""
    return f"{group} / {under}" if under and group else under or own


def _candidates(cells: Sequence[Cell]) -> list[Names]:
    """Return for each cell the names it may go by: where one repeats, with the header on its left first."""
    names = [normal(cell) for cell in cells]
    bases = [normal(_SUFFIX.sub("", plain(cell))) for cell in cells]
    names = [base if base in names else name for base, name in zip(bases, names, strict=True)]
    counted = Counter(names)
    return [
        (f"{name} {names[i - 1]}", name) if i and name and counted[name] > 1 and names[i - 1] else _names(cells[i])
        for i, name in enumerate(names)
    ]


def _names(cell: Cell) -> Names:
    """Return the names that a header may go by: as written, and without what is idle in brackets."""
    return tuple(dict.fromkeys((normal(cell), normal(unqualified(plain(cell))))))


def _merged(lines: Sequence[Sequence[Cell]]) -> list[Names]:
    """Return for each column of a header of several lines the names it may go by, most specific first."""
    width = max(map(len, lines))
    upper = [_names(lines[0][i]) if i < len(lines[0]) else ("",) for i in range(width)]
    if len(lines) == 1:
        return upper
    lower = _merged([*lines[1:-1], [*lines[-1], *[""] * (width - len(lines[-1]))]])
    names: list[Names] = []
    group = ""
    for over, under in zip(upper, lower, strict=True):
        group = over[0] or group
        names.append((*(f"{group} {name}" for name in under), *under, *over) if any(under) else over)
    return names


def match_columns(
    cells: Sequence[Cell], names: Sequence[Names], table: Table, *, rows: tuple[int, int],
    supplied: frozenset[str] = frozenset(), is_named: bool = False,
) -> Header:  # fmt: skip
    """Match header cells with a table's columns: exact canonical and template names first, then aliases.

    Parameters
    ----------
    cells : As written, for the report.
    names : For each column the normal names it may go by, best first.
    table : Table that may be meant.
    rows : First row, and number of rows.
    supplied : Columns whose one value the person gave.
    is_named : Whether the person named the table.
    """
    index = _BY_TABLE[table.name]
    exact = _EXACT[table.name]
    columns: dict[str, int] = {}
    for position, known_as in enumerate(names):
        found = next((exact[name] for name in known_as if name in exact), None)
        if found is not None and found not in columns:
            columns[found] = position
    _bare_key(columns, names, table, is_named=is_named)
    unknown: list[str] = []
    sensitive: list[str] = []
    repeated: list[tuple[int, str]] = []
    counted = Counter(known_as[-1] for known_as in names)
    placed = set(columns.values())
    for position, known_as in sorted(enumerate(names), key=lambda one: one[1][0].startswith("nama ")):
        if not any(known_as) or position in placed:  # what names something gives way to its code
            continue
        shown = plain(cells[position]) if position < len(cells) and plain(cells[position]) else known_as[0]
        left = plain(cells[position - 1]) if 0 < position <= len(cells) else ""
        if left and len(known_as) > 1 and counted[known_as[-1]] > 1:
            shown = f"{shown} ({left})"  # which of those of the same name
        free = [column for name in known_as for column in index.get(name, []) if column not in columns]
        if any(map(is_sensitive, (*known_as, *map(plain, cells[position : position + 1])))) or (
            NATIONAL_NUMBER in known_as and "employee" in columns
        ):
            sensitive.append(shown)
        elif free:
            columns[free[0]] = position
        elif again := next((index[name][0] for name in known_as if name in index), None):
            repeated.append((position, again))
        else:
            unknown.append(shown)
    if table.name == "history" and not {"start_date", "end_date"} & set(columns):
        _year_alone(columns, names, unknown)
    return Header(table=table, row=rows[0], n_rows=rows[1], columns=columns, supplied=supplied - set(columns),
                  unknown=tuple(unknown), sensitive=tuple(sensitive), repeated=tuple(repeated))  # fmt: skip


def _year_alone(columns: dict[str, int], names: Sequence[Names], unknown: list[str]) -> None:
    """Let a year stand for the last day, where a history tells no days."""
    position = next((i for i, known_as in enumerate(names) if YEARS_ALONE & set(known_as)), None)
    if position is not None:
        columns["end_date"] = position
        unknown[:] = [name for name in unknown if normal(name) not in names[position]]


def _bare_key(columns: dict[str, int], names: Sequence[Names], table: Table, *, is_named: bool) -> None:
    """Let a bare ``id`` or ``kode`` be the key, where no header names it."""
    key = table.key[0]
    if len(table.key) > 1 or key in columns or not (is_named or table.name != "employees"):
        return
    index = _BY_TABLE[table.name]
    if any(key in index.get(name, []) for known_as in names for name in known_as if name not in BARE_KEYS):
        return
    for bare in BARE_KEYS:
        position = next((i for i, known_as in enumerate(names) if bare in known_as), None)
        if position is not None and (is_named or bare == "id") and position not in columns.values():
            columns[key] = position
            return


def _score(header: Header) -> tuple[int, float]:
    """Rank headers: complete ones first, then by the share of cells that are known."""
    n_cells = len(header.columns) + len(header.unknown) + len(header.repeated) + len(header.sensitive)
    share = len(header.columns) / max(n_cells, 1)
    return int(header.is_telling), len(header.columns) * share


def _is_better(header: Header, best: Header) -> bool:
    """Return whether a header says more, or the same in fewer lines: a title right above is none of them."""
    return (*_score(header), -header.n_rows) > (*_score(best), -best.n_rows)


def _could_be_merged(top: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Return whether a line may go on with the header above it: texts, and blanks under what spans both."""
    filled = [cell for cell in below if plain(cell)]
    if not filled or not all(isinstance(cell, str) and not plain(cell)[:1].isdigit() for cell in filled):
        return False
    over = {i for i, cell in enumerate(top) if plain(cell)}
    under = {i for i, cell in enumerate(below) if plain(cell)}
    if len(over - under) >= MERGED_SHARE * len(over):
        return True
    return bool(under - over) and len(over ^ under) >= len(over & under)  # names below one that spans several columns


def _lowest(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """Return for each column the lowest cell of two lines that holds something."""
    width = max(len(above), len(below))
    over, under = ([*line, *[""] * (width - len(line))] for line in (above, below))
    return [low if plain(low) else high for high, low in zip(over, under, strict=True)]


def first_filled(rows: Lines) -> list[int]:
    """Return the first lines that hold something; a sheet may begin with a page of blank ones."""
    most = max(HEADER_SEARCH_LINES, min(len(rows), MOST_LOOKED_AT // max(1, len(rows[0]) if len(rows) else 1)))
    filled = (i for i in range(min(len(rows), most)) if any(map(plain, rows[i])))
    return list(islice(filled, HEADER_SEARCH_LINES))


def possible_headers(rows: Lines, line: int | None = None) -> list[tuple[int, int, list[Names]]]:
    """Return lines that could be a header: first row, number of rows, and the names that each column may go by.

    Parameters
    ----------
    rows : Cells.
    line : Index of the header row, when the person said which.
    """
    searched = [line] if line is not None else first_filled(rows)
    tried: list[tuple[int, int, list[Names]]] = []
    for row in searched:
        cells = rows[row] if row < len(rows) else []
        if sum(bool(plain(cell)) for cell in cells) < 2:  # noqa: PLR2004 (a title is one cell, a header is more)
            continue
        tried.append((row, 1, _candidates(cells)))
        lines, above = [cells], cells
        for below in (rows[i] for i in range(row + 1, min(row + MOST_HEADER_LINES, len(rows)))):
            if not _could_be_merged(above, below):
                break
            lines, above = [*lines, below], _lowest(above, below)
            tried.append((row, len(lines), _merged(lines)))
    return tried


def find_header(
    rows: Lines, tables: tuple[Table, ...], line: int | None = None, *,
    supplied: frozenset[str] = frozenset(), is_named: bool = False,
) -> list[Header]:  # fmt: skip
    """Find the best header of each table among the first lines.

    Parameters
    ----------
    rows : Cells.
    tables : Tables that may be meant.
    line : Index of the header row, when the person said which.
    supplied, is_named : As in `match_columns`.

    Returns
    -------
    Best first; several with the same score mean that the file could be any of them.
    """
    tried = possible_headers(rows, line)
    found = []
    for table in tables:
        own = frozenset(name for name in supplied if name in table.column_names)
        best = None
        for row, n_rows, names in tried:
            header = match_columns(rows[row], names, table, rows=(row, n_rows), supplied=own, is_named=is_named)
            if header.columns and (best is None or _is_better(header, best)):
                best = header
        if best is not None:
            found.append(best)
    return sorted(found, key=_score, reverse=True)


def is_clear(found: list[Header]) -> bool:
    """Return whether the best header is complete and better than the next; one alone need not tell its table."""
    if len(found) == 1:
        return not found[0].missing
    return bool(found) and found[0].is_telling and _score(found[1]) < _score(found[0])
