"""Records of the national personnel service (SIASN): JSON of its web service and its Excel export, read alike.

Only named columns pass; whatever else it sends, such as religion, marital status, NIK, NPWP or health letters, is
dropped before anything is read, and the report names it.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from service.imports.cells import Cell, Lines, Remark, Reshaped, Sheet
from service.imports.headers import plain
from service.imports.legal_states import state_of
from service.imports.reshaping import body_lines, placed_as
from service.imports.sensitive import is_sensitive
from service.imports.values import is_missing

Row = Mapping[str, Cell]  # folded header -> cell
# Words of which one in a header makes the column sensitive.
_SENSITIVE = frozenset({
    "agama", "kawin", "perkawinan", "nik", "ktp", "npwp", "bpjs", "askes", "alamat", "hp", "telp", "telepon", "email",
    "dokter", "kesehatan", "narkoba", "skck", "suku", "disabilitas", "akta", "akte", "meninggal",
})  # fmt: skip
_NIP = ("nipbaru", "nip")
_COMPETENCIES = {
    "integritas": "M.01", "kerjasama": "M.02", "komunikasi": "M.03", "orientasipadahasil": "M.04",
    "pelayananpublik": "M.05", "pengembangandiridanorla": "M.06", "mengelolaperubahan": "M.07",
    "pengambilankeputusan": "M.08", "perekatbangsa": "S.01",
}  # fmt: skip
_POSITION = ("jabatanid", "jabatanstrukturalid", "jabatanfungsionalid", "jabatanfungsionalumumid", "jabatannama")
_TYPES = {"pns": "PNS", "p": "PNS", "cpns": "CPNS", "c": "CPNS", "pppk": "PPPK", "p3k": "PPPK"}
_MONTH = ("bulanselesaipenilaian", "bulanselesaipenailan", "bulanselesai")  # the service itself misspells one
_YEAR = ("tahun", "tahunpenilaian")
_COURSE_YEAR = ("tahunkursus", "tahun")
_NO_LAST_DAY = "No last day is told in {n} records; the first day is read as it."
_YEAR_ALONE = "Only the year is told in {n} records; its 31 December is read as their last day."
# Ratings of one period side by side, each on its own scale; a number goes before the name beside it.
_WIDE = {
    "skp-hasil": ("hasilkinerjanilai", "hasilkinerja", "hasilkerjanilai", "hasilkerja"),
    "skp-perilaku": ("perilakukerjanilai", "perilakukerja"),
    "skp-predikat": ("kuadrankinerjanilai", "kuadrankinerja", "kuadrannilai", "kuadran", "predikatkinerja", "predikat"),
}  # fmt: skip
_STEPS = (("di atas", "diatas"), ("sesuai",), ("di bawah", "dibawah"))
_PREDICATES = (("sangat baik",), ("baik",), ("butuh perbaikan",), ("kurang",), ("sangat kurang",))
_NAMED = {"skp-hasil": _STEPS, "skp-perilaku": _STEPS, "skp-predikat": _PREDICATES}  # from 1, the best, on
_CONTRADICTS = "The name of a rating says another value than its number, which is read."
_ASSESSED_ON = ("tanggalpenilaian", "tglpenilaian", "tanggal")


def fold(header: Cell) -> str:
    """Bring a header to letters and digits, so that both spellings of the service are one.

    Examples
    --------
    >>> fold("nipBaru"), fold("nip_baru"), fold("KuadranKinerjaNilai")
    ('nipbaru', 'nipbaru', 'kuadrankinerjanilai')
    """
    return re.sub(r"[^a-z0-9]", "", plain(header).lower())


def is_private_field(header: Cell) -> bool:
    """Return whether a header names what is never stored.

    Examples
    --------
    >>> [is_private_field(name) for name in ("jenisKawinId", "noSuratKeteranganDokter", "nonpwp", "jenis_pegawai_id")]
    [True, True, True, False]
    """
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", plain(header))
    return not _SENSITIVE.isdisjoint(word.lower() for word in words) or is_sensitive(plain(header))


def _first(row: Row, *names: str) -> Cell:
    """Return the first of some columns that has a value; empty when none has."""
    return next((row[name] for name in names if row.get(name, "") != ""), "")


def _clean(cell: Cell) -> Cell:
    """Take off the apostrophe and the word by which the export marks text and missing values."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip().removeprefix("'").strip()
    return "" if text.casefold() == "null" else text


def _row(cells: Iterable[tuple[str, Cell]]) -> Row:
    """Return cells by folded header; of a field in two spellings, as records of two releases have it, what is told."""
    row: dict[str, Cell] = {}
    for name, cell in cells:
        if plain(row.get(name, "")) == "":
            row[name] = cell
    return row


def _name(row: Row) -> str:
    front, name, behind = (plain(row.get(part, "")) for part in ("gelardepan", "nama", "gelarbelakang"))
    whole = f"{front} {name}".strip()
    return f"{whole}, {behind}" if behind.strip("-") else whole


def _state(row: Row) -> str:
    return state_of(plain(_first(row, "kedudukanpnsnama", "kedudukanhukumnama", "kedudukanpnsid", "kedudukanhukumid")))


def _last_day(row: Row) -> str:
    """Return the last day of the period that a rating is of: of a month where one is told, else of the year."""
    year, month = plain(_first(row, *_YEAR)), plain(_first(row, *_MONTH))
    if not (year.isdecimal() and month):
        return f"{year}-12-31" if year.isdecimal() else year
    if not (month.isdecimal() and 1 <= int(month) <= 12):  # noqa: PLR2004 (months)
        return f"{year}-{month}"  # which is no day, and is refused as it stands
    return f"{year}-{int(month):02}-{calendar.monthrange(int(year), int(month))[1]}"


def _end(row: Row, *names: str) -> Cell:
    year = plain(_first(row, *_COURSE_YEAR))
    return _first(row, *names) or (f"{year}-12-31" if year.isdecimal() else "")


Reading = Callable[[Row], Cell]


def _of(*names: str) -> Reading:
    return lambda row: _first(row, *names)


def _always(value: str) -> Reading:
    return lambda _: value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of record, and how each column of ours is read from it.

    Parameters
    ----------
    needs : Folded headers by which it is told; the employee's number is needed as well, where it has one.
    tables : Table to column to reading.
    used : Folded headers that are read.
    has_people : Whether rows are somebody's.
    ratings : Scale to the headers that hold a rating on it, the first that has a value.
    days : Headers that hold a first day, and those that hold a last one.
    """

    needs: frozenset[str]
    tables: Mapping[str, Mapping[str, Reading]]
    used: frozenset[str]
    has_people: bool = True
    ratings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


_EMPLOYEE = _Kind(
    needs=frozenset({"nipbaru", "nama", "unorid", "unornama"}),
    tables={
        "units": {"unit": _of("unorid"), "name": _of("unornama", "unorid")},
        "positions": {"position": _of(*_POSITION), "name": _of("jabatannama", *_POSITION),
                      "position_class": _of("asnjenjangjabatan", "jenjangjabatan")},
        "employees": {
            "employee": _of(*_NIP), "name": _name, "unit": _of("unorid"), "position": _of(*_POSITION),
            "employment_type": lambda row: _TYPES.get(fold(_first(row, "statuspegawai", "statuscpnspns")), ""),
            "status": _state, "birth_date": _of("tgllahir", "tanggallahir"), "sex": _of("jeniskelamin"),
            "grade": _of("golruangakhir", "golakhirnama"), "grade_since": _of("tmtgolakhir", "tmtgolongan"),
            "service_start": _of("tmtcpns"),
            "position_since": _of("tmtjabatan"), "retirement_date": _of("tmtpensiun"),
        },
    },
    used=frozenset({
        *_NIP, *_POSITION, "nama", "gelardepan", "gelarbelakang", "unorid", "unornama", "asnjenjangjabatan",
        "jenjangjabatan", "statuspegawai", "statuscpnspns", "kedudukanpnsnama", "kedudukanhukumnama", "kedudukanpnsid",
        "kedudukanhukumid", "tgllahir", "tanggallahir", "jeniskelamin", "golruangakhir", "golakhirnama",
        "tmtgolakhir", "tmtgolongan", "tmtcpns", "tmtjabatan", "tmtpensiun",
    }),
)  # fmt: skip


def _history(needs: set[str], title: tuple[str, ...], start: tuple[str, ...], end: tuple[str, ...]) -> _Kind:
    return _Kind(
        needs=frozenset(needs),
        tables={"history": {
            "employee": _of(*_NIP), "training_name": _of(*title), "start_date": _of(*start),
            "end_date": lambda row: _end(row, *end, *start), "status": _always("completed"), "hours": _of("jumlahjam"),
            "provider": _of("institusipenyelenggara"),
        }},
        used=frozenset({*_NIP, *title, *start, *end, *_COURSE_YEAR, "jumlahjam", "institusipenyelenggara"}),
        days=(start, end),
    )  # fmt: skip


def _rating(needs: set[str], ratings: Mapping[str, tuple[str, ...]]) -> _Kind:
    """Return a kind with one rating or several in a row: scale to the headers that may hold it."""
    return _Kind(
        needs=frozenset(needs), tables={}, ratings=ratings,
        used=frozenset({*_NIP, *chain(*ratings.values()), *_MONTH, *_YEAR}),
    )  # fmt: skip


_UNIT = frozenset({"id", "namaunor", "diatasanid"})
_KINDS = (
    _EMPLOYEE,
    _history({"namakursus", "tanggalkursus"}, ("namakursus", "jeniskursusnama"), ("tanggalkursus",),
             ("tanggalselesaikursus",)),
    _history({"latihanstrukturalnama"}, ("latihanstrukturalnama",), ("tanggal", "tanggalmulai"), ("tanggalselesai",)),
    _rating({"kuadrankinerjanilai"}, _WIDE),
    _rating({"hasilkinerjanilai", "perilakukerjanilai"}, _WIDE),
    _rating({"hasilkerja", "perilakukerja"}, _WIDE),
    _rating({"nilaiskp", "nilaiperilakukerja"}, {"skp-angka": ("nilaiprestasikerja", "nilaiskp")}),
    _Kind(needs=_UNIT, has_people=False, used=_UNIT,
          tables={"units": {"unit": _of("id"), "name": _of("namaunor"), "parent": _of("diatasanid")}}),
    _Kind(needs=frozenset(_COMPETENCIES), used=frozenset({*_NIP, *_ASSESSED_ON, *_COMPETENCIES}), tables={}),
)  # fmt: skip


def _kind_of(rows: Lines) -> _Kind | None:
    names = {fold(cell) for cell in rows[0]} if rows else set()
    kinds = (kind for kind in _KINDS if kind.needs <= names and (names & set(_NIP) or not kind.has_people))
    return next(kinds, None)


def is_siasn(rows: Lines) -> bool:
    """Return whether rows are records of the service."""
    return _kind_of(rows) is not None


def _dropped(header: list[Cell], kind: _Kind) -> tuple[tuple[str, str, str], ...]:
    """Say which columns are not read, those with sensitive data apart."""
    sensitive = [plain(cell) for cell in header if is_private_field(cell)]
    unknown = [
        plain(cell) for cell in header if not is_private_field(cell) and fold(cell) not in kind.used and plain(cell)
    ]
    said = (("column-sensitive", "Sensitive, and not read: {columns}.", sensitive),
            ("header-unknown", "Not read: {columns}.", unknown))  # fmt: skip
    return tuple((code, message, ", ".join(names)) for code, message, names in said if names)


def _read(sheet: Sheet, table: str, columns: Mapping[str, Reading], rows: Mapping[int, Row]) -> Reshaped:
    """Bring records to one table; a unit or position of many people is read from the first of them."""
    lines: dict[int, list[Cell]] = {}
    seen: set[Cell] = set()
    for line, row in rows.items():
        cells = [reading(row) for reading in columns.values()]
        if table in ("units", "positions"):
            if cells[0] == "" or cells[0] in seen:
                continue
            seen.add(cells[0])
        lines[line] = cells
    return Reshaped(sheet=placed_as(sheet, table, tuple(columns), lines), table=table)


def _competency(sheet: Sheet, name: str, rows: Mapping[int, Row]) -> Reshaped:
    """Bring one of the nine levels of each person to assessments; a level that is not given is no assessment."""
    has_day = any(_first(row, *_ASSESSED_ON) != "" for row in rows.values())
    columns = {"employee": _of(*_NIP), "competency": _always(_COMPETENCIES[name]), "level": _of(name)}
    if has_day:
        columns["assessed_on"] = _of(*_ASSESSED_ON)
    return _read(sheet, "assessments", columns, {line: row for line, row in rows.items() if row.get(name, "") != ""})


def _contradicts(scale: str, names: tuple[str, ...], row: Row) -> bool:
    """Return whether the name of a rating says another value than the number beside it."""
    told = [plain(row.get(name, "")).lower() for name in names]
    number = next((text for text in told if text.isdecimal()), "")
    words = [text for text in told if text and not text.isdecimal()]
    by_name = {n for n, known in enumerate(_NAMED.get(scale, ()), start=1) for text in words
               if text in known or (len(_NAMED[scale]) == len(_STEPS) and text.startswith(known))}  # fmt: skip
    return bool(number and by_name) and int(number) not in by_name


def _performance(sheet: Sheet, kind: _Kind, rows: Mapping[int, Row]) -> list[Reshaped]:
    """Bring each rating of a row to performance; one that is not given is none, a row without any is left out once."""
    has_period = any(_first(row, *_YEAR) != "" for row in rows.values())
    every = tuple(chain(*kind.ratings.values()))
    blank = {line: row for line, row in rows.items() if is_missing(_first(row, *every))}
    rated = {
        scale: {line: row for line, row in rows.items() if not is_missing(_first(row, *names))}
        for scale, names in kind.ratings.items()
    }
    present = [scale for scale, lines in rated.items() if lines] or list(rated)[-1:]
    rated[present[-1]] |= blank
    found = []
    for scale in present:
        columns = {"employee": _of(*_NIP), "scale": _always(scale), "rating": _of(*kind.ratings[scale])}
        if has_period:
            columns["period_end"] = _last_day
        odd = [line for line, row in rated[scale].items() if _contradicts(scale, kind.ratings[scale], row)]
        one = replace(_read(sheet, "performance", columns, rated[scale]),
                      warnings=tuple((line, "header-repeated", _CONTRADICTS) for line in odd))  # fmt: skip
        found.append(one if has_period else replace(one, asked=("period_end",)))
    return found


def _days_assumed(kind: _Kind, rows: Mapping[int, Row]) -> tuple[Remark, ...]:
    """Say of how many records the last day is the first one, or the last one of a year."""
    start, end = kind.days
    without = [row for row in rows.values() if _first(row, *end) == ""] if end else []
    n_begun = sum(_first(row, *start) != "" for row in without)
    n_year = sum(_first(row, *start) == "" and plain(_first(row, *_COURSE_YEAR)).isdecimal() for row in without)
    told = ((_NO_LAST_DAY, n_begun), (_YEAR_ALONE, n_year))
    return tuple((None, "date-assumed", message, {"n": str(n)}) for message, n in told if n)


def reshape_siasn(sheet: Sheet) -> list[Reshaped]:
    """Bring records of the service to our tables; the first of them carries what is said of dropped columns."""
    kind = _kind_of(sheet.rows)
    if kind is None:
        return []
    names = [fold(cell) for cell in sheet.rows[0]]
    passed = [i for i, cell in enumerate(sheet.rows[0]) if names[i] in kind.used and not is_private_field(cell)]
    rows = {line: _row((names[i], _clean(row[i])) for i in passed) for line, row in body_lines(sheet)}
    found = [_read(sheet, table, columns, rows) for table, columns in kind.tables.items()]
    if kind.ratings:
        found = _performance(sheet, kind, rows)
    found = found or [_competency(sheet, name, rows) for name in _COMPETENCIES]
    first = replace(found[0], notes=_dropped(sheet.rows[0], kind), remarks=_days_assumed(kind, rows))
    return [first, *found[1:]]
