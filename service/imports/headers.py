"""Which line is the header, which table it is of, and which column is which."""

import re
import unicodedata
from dataclasses import dataclass

from service.imports.sheets import Cell
from training_catalog.schema import Column, Table
from training_catalog.tables import TABLES

HEADER_SEARCH_LINES = 40
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None) | {0xA0: " ", 0x202F: " "}
# Never stored, whatever file they come in (UU 27/2022; merit system): headers in normal form.
SENSITIVE = frozenset({
    "agama", "agama id", "agama nama", "religion", "jenis kawin", "jenis kawin id", "jenis kawin nama",
    "status perkawinan", "status kawin", "marital status", "nik ktp", "nomor induk kependudukan", "npwp",
    "npwp nomor", "no npwp", "bpjs", "no bpjs", "alamat", "nomor hp", "no hp", "suku", "golongan darah",
    "nomor surat keterangan dokter", "surat dokter", "disabilitas",
})  # fmt: skip


def plain(cell: Cell) -> str:
    """Return a cell as text without characters that nobody sees."""
    text = unicodedata.normalize("NFC", str(cell)).translate(INVISIBLE)
    return " ".join(text.split())


def normal(header: Cell) -> str:
    """Bring a header to the form in which headers are compared.

    Examples
    --------
    >>> normal("Kode_Unit  Kerja ")
    'kode unit kerja'
    """
    return " ".join(re.sub(r"[^0-9a-z#.]+", " ", plain(header).lower()).split())


def _names(column: Column) -> set[str]:
    return {normal(name) for name in (column.name, column.header_id, column.header_en, *column.aliases)}


_BY_TABLE: dict[str, dict[str, list[str]]] = {}
for _table in TABLES:
    _index: dict[str, list[str]] = {}
    for _column in _table.columns:
        for _name in _names(_column):
            _index.setdefault(_name, []).append(_column.name)
    _BY_TABLE[_table.name] = _index


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header found.

    Parameters
    ----------
    table : Table it is of.
    row : Index of the header row.
    columns : Canonical column name to cell position.
    unknown, sensitive, repeated : Headers as written.
    """

    table: Table
    row: int
    columns: dict[str, int]
    unknown: tuple[str, ...]
    sensitive: tuple[str, ...]
    repeated: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that no header names."""
        return tuple(c.name for c in self.table.columns if c.required and c.name not in self.columns)


def match_columns(cells: list[Cell], table: Table, row: int, *, is_named: bool = False) -> Header:
    """Match header cells with a table's columns: exact canonical and template names first, then aliases.

    Where the person named the table, a column called ``id`` is its key, as in national reference lists.
    """
    index = _BY_TABLE[table.name]
    exact = {normal(name): c.name for c in table.columns for name in (c.name, c.header_id, c.header_en)}
    columns: dict[str, int] = {}
    unknown, sensitive, repeated = [], [], []
    names = [normal(cell) for cell in cells]
    for position, name in enumerate(names):
        if name in exact and exact[name] not in columns:
            columns[exact[name]] = position
    if is_named and "id" in names and table.key[0] not in columns:
        columns[table.key[0]] = names.index("id")
    for position, name in enumerate(names):
        if not name or position in columns.values():
            continue
        free = [column for column in index.get(name, []) if column not in columns]
        if name in SENSITIVE:
            sensitive.append(plain(cells[position]))
        elif free:
            columns[free[0]] = position
        elif name in index:
            repeated.append(plain(cells[position]))
        else:
            unknown.append(plain(cells[position]))
    return Header(table=table, row=row, columns=columns, unknown=tuple(unknown), sensitive=tuple(sensitive),
                  repeated=tuple(repeated))  # fmt: skip


def _score(header: Header) -> tuple[int, float]:
    """Rank headers: complete ones first, then by the share of cells that are known."""
    n_cells = len(header.columns) + len(header.unknown) + len(header.repeated) + len(header.sensitive)
    share = len(header.columns) / max(n_cells, 1)
    return int(not header.missing), len(header.columns) * share


def find_header(rows: list[list[Cell]], tables: tuple[Table, ...], line: int | None = None) -> list[Header]:
    """Find the best header of each table among the first lines.

    Parameters
    ----------
    rows : Cells.
    tables : Tables that may be meant.
    line : Index of the header row, when the person said which.

    Returns
    -------
    Best first; several with the same score mean that the file could be any of them.
    """
    searched = [line] if line is not None else range(min(len(rows), HEADER_SEARCH_LINES))
    found = []
    for table in tables:
        best = None
        for row in searched:
            filled = [cell for cell in rows[row] if plain(cell)] if row < len(rows) else []
            if len(filled) < min(2, len(table.columns)):
                continue
            header = match_columns(rows[row], table, row, is_named=len(tables) == 1)
            if header.columns and (best is None or _score(header) > _score(best)):
                best = header
        if best is not None:
            found.append(best)
    return sorted(found, key=_score, reverse=True)


def is_clear(found: list[Header]) -> bool:
    """Return whether the best header is complete and better than the next."""
    if not found or found[0].missing:
        return False
    return len(found) == 1 or _score(found[1]) < _score(found[0])
