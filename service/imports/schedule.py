"""A training centre's schedule: classes by title and dates, without codes, often under a header of two lines."""

import re
import zlib
from dataclasses import dataclass, replace

from service.imports.cells import Cell, CellError, LeftOut, Lines, Reshaped, Sheet
from service.imports.dates import date_order, read_date
from service.imports.headers import plain, possible_headers, written_at
from service.imports.values import read_number

MOST_CODE = 48  # characters of a code
_COLUMNS = {
    "title": ("nama diklat", "nama kegiatan diklat", "nama kegiatan", "nama pelatihan", "judul pelatihan"),
    "start": ("tanggal mulai", "waktu pelaksanaan mulai", "mulai"),
    "end": ("tanggal selesai", "tanggal berakhir", "waktu pelaksanaan akhir", "selesai", "akhir"),
    "hours": ("pola durasi", "durasi", "jp", "jumlah jp"),
    "seats": ("kuota", "quota", "jumlah sasaran kuota"),
    "cost": ("biaya per peserta", "biaya"),
    "topic": ("kategori", "rumpun"),
    "year": ("tahun pelaksanaan", "tahun"),
}
_TRAINING_HEADER = ("training", "name", "hours", "topic")
_CLASS_HEADER = ("offering", "training", "start_date", "end_date", "seats_max", "seat_cost")
_TRAINING_NAMES = {"title": "name", "hours": "hours", "topic": "topic"}
_CLASS_NAMES = {
    "title": "training",
    "start": "start_date",
    "end": "end_date",
    "seats": "seats_max",
    "cost": "seat_cost",
}
_NEEDED = ("title", "start", "end", "hours")
_CODES = frozenset({"kode", "kode pelatihan", "kode diklat", "kode kelas", "training", "offering", "nip", "nama"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where things stand: first row below the header, and the position of each column."""

    header: int
    body: int
    at: dict[str, int]

    def origin(self, rows: Lines, names: dict[str, str]) -> dict[str, tuple[int, str]]:
        """Return position and header of our columns, by what they hold here."""
        n_rows = self.body - self.header
        return {
            ours: (self.at[what], written_at(rows, self.header, n_rows, self.at[what]))
            for what, ours in names.items()
            if what in self.at
        }


def _find_layout(rows: Lines) -> _Layout | None:
    for row, n_rows, columns in possible_headers(rows):
        known = [set(names) for names in columns]
        if any(names & _CODES for names in known):
            continue
        at = {
            what: found
            for what, spellings in _COLUMNS.items()
            for found in [next((i for i, names in enumerate(known) if names & set(spellings)), None)]
            if found is not None
        }
        if all(what in at for what in _NEEDED):
            return _Layout(header=row, body=row + n_rows, at=at)
    return None


def is_schedule(rows: Lines) -> bool:
    """Return whether rows are classes by title, hours and dates, without codes."""
    return _find_layout(rows) is not None


def code_of(title: str) -> str:
    """Make a code of a title.

    Examples
    --------
    >>> code_of("1 Sistem Informasi Geografis (Dasar)")
    '1-SISTEM-INFORMASI-GEOGRAFIS-DASAR'
    >>> code_of("Pelatihan Pengelolaan Keuangan Daerah bagi Bendahara Penerimaan")
    'PELATIHAN-PENGELOLAAN-KEUANGAN-DAERAH-B-AC15AF30'
    """
    whole = re.sub(r"[^A-Z0-9]+", "-", plain(title).upper()).strip("-")
    if len(whole) <= MOST_CODE:
        return whole
    mark = f"{zlib.crc32(whole.encode()):08X}"  # titles of offices often begin alike
    return f"{whole[: MOST_CODE - len(mark) - 1].strip('-')}-{mark}"


def _class_code(title: str, start: Cell, line: int, order: str) -> str:
    try:
        day = read_date(start, order)
    except CellError:
        day = None
    return f"{code_of(title)}-{day:%Y%m%d}" if day else f"{code_of(title)}-{line}"


def _year_differs(start: Cell, year: Cell, order: str) -> bool:
    """Return whether a year column says another year than the first day."""
    try:
        day, told = read_date(start, order), read_number(year)
    except CellError:
        return False
    return day is not None and day.year != told


def reshape_schedule(sheet: Sheet) -> list[Reshaped]:
    """Bring a schedule to trainings and offerings, with codes made of titles and first days."""
    layout = _find_layout(sheet.rows)
    if layout is None:
        return []
    n_header = layout.body - layout.header
    trainings, offerings = (
        [*([] for _ in range(layout.header)), list(header), *([] for _ in range(n_header - 1))]
        for header in (_TRAINING_HEADER, _CLASS_HEADER)
    )
    warnings: list[LeftOut] = []
    days = (row[at] for row in sheet.rows[layout.body :] for at in (layout.at["start"], layout.at["end"])
            if at < len(row))  # fmt: skip
    by = date_order(days) or "dmy"
    for line, row in enumerate(sheet.rows[layout.body :], start=layout.body + 1):
        cell = {what: row[layout.at[what]] if layout.at.get(what, len(row)) < len(row) else "" for what in _COLUMNS}
        is_blank = not any(map(plain, row))
        title, start = plain(cell["title"]), cell["start"]
        trainings.append([] if is_blank else [code_of(title), title, cell["hours"], cell["topic"]])
        code = _class_code(title, start, line, by)
        offerings.append([] if is_blank else [code, title, start, cell["end"], cell["seats"], cell["cost"]])
        if _year_differs(start, cell["year"], by):
            warnings.append((line, "year-differs", "The year column says another year than the first day."))
    made = (("code-made", "Codes were made of titles and first days; trainings on file are found by their title.", ""),)
    above: list[LeftOut] = [(i + 1, "row-metadata", "A line above the header is left out.")
                            for i in range(layout.header) if any(map(plain, sheet.rows[i]))]  # fmt: skip
    return [
        Reshaped(sheet=replace(sheet, rows=trainings), table="trainings", n_header=n_header, left_out=tuple(above),
                 notes=made, origin=layout.origin(sheet.rows, _TRAINING_NAMES)),
        Reshaped(sheet=replace(sheet, rows=offerings), table="offerings", n_header=n_header, warnings=tuple(warnings),
                 origin=layout.origin(sheet.rows, _CLASS_NAMES)),
    ]  # fmt: skip
