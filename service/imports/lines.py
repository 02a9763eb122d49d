"""Which lines below a header are rows: blank ones are passed over; totals, samples, notes and the like left out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from service.imports.cells import Cell, Lines
from service.imports.columns import FIGURES, Coded, column_at, reaching
from service.imports.headers import Header, normal, plain
from service.imports.values import faulty, is_missing

SAMPLE_WORDS = frozenset({
    "contoh", "contoh nama", "nama lengkap", "nip pegawai", "example", "nama pegawai", "fulan", "si fulan",
})  # fmt: skip
_SAMPLE = re.compile(r"x{6,}|contoh ?: ?\w.*")
_HINT = re.compile(  # of how a column is to be filled
    r"[(*]?(?:wajib|opsional|tidak wajib|boleh kosong|required|optional|mandatory|teks|angka|text|number|date"
    r"|(?:(?:wajib|harus|mohon) )?(?:di)?(?:isi|tulis|ketik|pilih|masukkan|fill in|enter)(?:kan|lah)?\b.*"
    r"|(?:format|contoh|hanya|maks(?:imal)?|max)\b.*|\d+ (?:digits?|angka|karakter|huruf)\b.*"
    r"|(?:dd|yyyy)[-/. ]mm[-/. ](?:yyyy|dd))\)?"
)
PART_WORDS = ("sub total", "sub jml", "subjml", "sub jumlah", "subtotal", "subjumlah", "sub-total", "sub-jumlah")
SUM_WORDS = ("jumlah", "total", "grand total", "keseluruhan", "\u03c3", "\u2211", *PART_WORDS)
TOTAL_WORDS = (*SUM_WORDS, "selisih", "rata rata", "rata-rata", "rerata", "average", "pindahan")
_SHORT_SUM = re.compile(r"(?:jml|sum)\b")  # which begin other words too
_LETTERS_APART = re.compile(r"(?:\w ){3,}\w\b")  # J U M L A H
_SUM_ALONE = re.compile(  # no training, also beside the number of a person
    r"(?:sub[ -]?)?(?:total|jumlah|jml|sum)\.?"
    r"(?: (?:jp|jpl|jam|pelajaran|pelatihan|diklat|kursus|keseluruhan|total|jumlah))*"
)
_COUNT = re.compile(r"\d{1,7}(?:[.,]0+)?")  # of the lines above, in the place of a key
TOTAL_WITHIN = 2  # cells that hold something, of which one names the total
FEWEST_NUMBERED = 4  # columns of a line of numbers without brackets, or it may be a row
MOST_FEET = 60  # lines under a table that are looked at
# What a line under a table begins with: a note, a source, or the place, day and office of who signs it.
_FOOT = re.compile(
    r"(?i)(?:\*|\(\*\)|(?:catatan|keterangan|ket|sumber|note|source|terbilang|dicetak|printed|mengetahui|"
    r"menyetujui|demikian|kepala (?:badan|dinas|bagian|bidang|biro|kantor|sub)|sekretaris daerah|a\.?n\.|plt\.|plh\.)"
    r"(?:\b|\s|:)|[^\d,;]{3,40}, (?:tanggal )?\d{1,2} [a-z]+ \d{4}$)"
)
_PAGE = re.compile(r"(?i)(?:halaman|hal\.?|page|lembar) *:? *\d+(?: *(?:dari|of|/) *\d+)?")
_NUMBERED = re.compile(r"^(\(?)(\d{1,2})(?:\.0)?(?:\s*=.*)?\)?$")
MEASURES = {"assessments": ("level",), "performance": ("rating",), "unit_outcomes": ("value",),
            "history": ("training", "training_name")}  # fmt: skip
BLANK = ("row-blank", "The line has no level, rating, value or training; missing is not zero, so it is left out.")
UNREAD = ("row-blank", "The line holds nothing under any column that is read, and is left out.")
TOTAL = ("row-total", "A total is left out.")
AGAIN = ("row-header", "The header stands here once more; left out.")
NUMBERED = ("row-header", "A line that numbers the columns is left out.")
FOOT = ("row-footer", "A note or signature under the table is left out.")
PAGE = ("row-header", "The number of a page, or a line from above the header once more; left out.")
SAMPLE = ("row-sample", "A sample line is left out.")


def is_sum(name: str) -> bool:
    """Return whether a line's name says that it adds up the lines above."""
    told = _together(name)
    return told.startswith(SUM_WORDS) or _SHORT_SUM.match(told) is not None


def is_part(name: str) -> bool:
    """Return whether a line's name says that it adds up a part of the lines above."""
    return _together(name).startswith(PART_WORDS)


def _together(name: str) -> str:
    """Return a name in small letters, and such as stand apart together.

    Examples
    --------
    >>> _together("J U M L A H"), _together("Total A B")
    ('jumlah', 'total a b')
    """
    return _LETTERS_APART.sub(lambda found: found[0].replace(" ", ""), name.casefold())


def rows_below(lines: Lines, header: Header) -> tuple[np.ndarray, list[tuple[int, str, str]]]:
    """Return which lines below a header are rows, and those that are left out with code and reason, in order."""
    filled = _filled(lines, np.arange(header.row + header.n_rows, len(lines)))
    reasons: dict[int, tuple[str, str]] = {}
    for find, reason in (
        (_numbered, NUMBERED), (_headers_again, AGAIN), (_pages, PAGE), (_blank, BLANK), (_totals, TOTAL),
        (_samples, SAMPLE), (_feet, FOOT),
    ):  # fmt: skip
        reasons |= dict.fromkeys(find(lines, header, _without(filled, reasons)), reason)
    rest = _without(filled, reasons)
    unread = _unread(lines, header, rest)
    if len(unread) < len(rest):  # where no line holds anything that is read, the header is in doubt
        reasons |= dict.fromkeys(unread, UNREAD)
    return _without(filled, reasons), [(line, *reasons[line]) for line in sorted(reasons)]


def _without(filled: np.ndarray, reasons: Mapping[int, object]) -> np.ndarray:
    """Return the lines that are not left out; where all stay the very array, by which columns are remembered."""
    if not reasons:
        return filled
    return np.setdiff1d(filled, np.array(sorted(reasons), dtype=np.int64), assume_unique=True)


def _numbered(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the line that numbers the columns, where it is the first below the header."""
    if not len(chosen):
        return []
    first = int(chosen[0])
    told = [_NUMBERED.match(plain(cell)) for cell in lines[first] if plain(cell)]
    numbers = [int(found[2]) for found in told if found]
    n_named = sum(bool(plain(cell)) for cell in lines[header.row])
    is_counted = len(numbers) == len(told) and numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= n_named
    has_brackets = len(numbers) > 1 and all(found[1] for found in told if found)
    return [first] if is_counted and (has_brackets or len(numbers) >= FEWEST_NUMBERED) else []


def _headers_again(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the lines that are the header once more, as where files were joined or pages printed."""
    found: list[int] = []
    for row in range(header.row, header.row + header.n_rows):
        names = [normal(cell) for cell in lines[row]]
        first = next((i for i, name in enumerate(names) if name and name[0] not in FIGURES), None)
        if first is None or sum(map(bool, names)) < 2:  # noqa: PLR2004 (a single word may be a value)
            continue
        reached = reaching(lines, first, chosen)
        is_alike = column_at(lines, first, reached).which_words(partial(_is_named, names[first]))
        found += [line for line in reached[is_alike].tolist() if _texts(lines[line]) == _texts(lines[row])]
    return found


def _is_named(name: str, cell: Cell) -> bool:
    return normal(cell) == name


def _pages(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the lines that number a page, or stand above the header too, as at the head of each printed page."""
    above = [_texts(lines[row]) for row in range(header.row)]
    above = [texts for texts in above if texts]
    heads = {next(filter(None, texts)) for texts in above}

    def may_be_one(cell: Cell) -> bool:
        return normal(cell) in heads or bool(_PAGE.fullmatch(plain(cell)))

    found: list[int] = []
    for cells, reached in _columns(lines, chosen):
        is_one = cells.which_words(may_be_one)
        found += [line for line in reached[is_one].tolist() if _texts(lines[line]) in above or _is_page(lines[line])]
    return found


def _is_page(cells: Sequence[Cell]) -> bool:
    told = [plain(cell) for cell in cells if plain(cell)]
    return len(told) == 1 and bool(_PAGE.fullmatch(told[0]))


def _texts(cells: Sequence[Cell]) -> list[str]:
    """Return cells in the form in which headers are compared, without blank ones at the end."""
    texts = [normal(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _feet(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the lines under a table, from the first that is a note or signs it, where none below it is a row."""
    needed = [header.columns[c.name] for c in header.table.columns if c.required and c.name in header.columns]
    last = len(chosen)
    while last > max(0, len(chosen) - MOST_FEET) and not all(
        _is_told(lines[int(chosen[last - 1])], at) for at in needed
    ):
        last -= 1
    tail = chosen[last:].tolist()
    first = next((i for i, line in enumerate(tail) if _FOOT.match(_first_text(lines[line]))), len(tail))
    return tail[first:] if len(needed) > 1 else []


def _is_told(cells: Sequence[Cell], position: int) -> bool:
    return position < len(cells) and not is_missing(cells[position])


def _first_text(cells: Sequence[Cell]) -> str:
    return next((plain(cell) for cell in cells if plain(cell)), "")


def _columns(lines: Lines, chosen: np.ndarray) -> Iterator[tuple[Coded, np.ndarray]]:
    """Return column after column with the lines that reach it."""
    position = 0
    while len(chosen := reaching(lines, position, chosen)):
        yield column_at(lines, position, chosen), chosen
        position += 1


def _filled(lines: Lines, chosen: np.ndarray) -> np.ndarray:
    """Return the lines that hold something; each is looked at as far as its first cell that does."""
    found: list[np.ndarray] = []
    position = 0
    while len(chosen := reaching(lines, position, chosen)):
        holds = column_at(lines, position, chosen).which(_holds, are_figures_so=True)
        if holds.all() and not found:  # as in the key of most tables
            return chosen
        found.append(chosen[holds])
        chosen = chosen[~holds]
        position += 1
    return np.sort(np.concatenate(found)) if found else chosen


def _holds(cell: Cell) -> bool:
    return bool(plain(cell))


def _blank(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the lines that lack all of what their table is about."""
    measures = [header.columns[name] for name in MEASURES.get(header.table.name, ()) if name in header.columns]
    is_without = np.full(len(chosen), bool(measures))
    for position in measures:
        is_without &= column_at(lines, position, chosen).which(
            lambda cell: is_missing(faulty(cell)), are_figures_so=False
        )
    found: list[int] = chosen[is_without].tolist()
    return found


def _unread(lines: Lines, header: Header, chosen: np.ndarray) -> list[int]:
    """Return the lines of which all that they hold stands under columns that are not read.

    A form may be numbered beyond the rows that are filled in, or part them by lines with a unit's name.
    """
    is_without = np.ones(len(chosen), dtype=np.bool_)
    for position in {*header.columns.values(), *(at for at, _ in header.repeated)}:
        is_without[is_without] = column_at(lines, position, chosen[is_without]).which(
            lambda cell: is_missing(faulty(cell)), are_figures_so=False
        )
        if not is_without.any():
            return []
    named = {i for row in lines[header.row : header.row + header.n_rows] for i, cell in enumerate(row) if plain(cell)}
    return [line for line in chosen[is_without].tolist()
            if all(i in named for i, cell in enumerate(lines[line]) if plain(cell))]  # fmt: skip


def _totals(lines: Lines, header: Header, chosen: np.ndarray) -> set[int]:
    """Return the lines that name a total in the first cells that hold something, and are of nothing else.

    A person's training may be called Total Quality Management: beside a key such a name is none of a total, but beside
    a count in the key's place. Budget lines alone may add up others under a code of their own.
    """
    n_before = np.zeros(len(lines), dtype=np.int8)
    key = header.columns.get(header.table.key[0])
    known = set(header.columns.values())
    title, name = (header.columns.get(column, -1) for column in ("training_name", "name"))
    found: set[int] = set()
    for position, (cells, reached) in enumerate(_columns(lines, chosen)):
        is_total = cells.which_words(_is_total)
        named = reached[is_total & (n_before[reached] < TOTAL_WITHIN)].tolist()
        is_own = header.table.name == "budgets" or position == key
        if position == title:
            found |= set(reached[cells.which_words(_is_sum_alone)].tolist())
        if position == name and key is not None:
            alone = reached[cells.which_words(_is_sum_alone)].tolist()
            found |= {line for line in alone if key < len(lines[line]) and _COUNT.fullmatch(plain(lines[line][key]))}
        found |= {line for line in named if is_own or key is None or not _is_told(lines[line], key)
                  or (position not in known and not n_before[line])}  # fmt: skip
        n_before[reached] += cells.which(lambda cell: cell != "", are_figures_so=True) & (
            n_before[reached] < TOTAL_WITHIN
        )
    return found


def _is_sum_alone(cell: Cell) -> bool:
    return _SUM_ALONE.fullmatch(_together(plain(cell))) is not None


def _is_total(cell: Cell) -> bool:
    told = _together(plain(cell))
    return told.startswith(TOTAL_WORDS) or _SHORT_SUM.match(told) is not None


def _samples(lines: Lines, header: Header, chosen: np.ndarray) -> set[int]:
    """Return the lines that show how to fill in a template."""
    found: set[int] = set()
    for cells, reached in _columns(lines, chosen) if header.table.name == "employees" else ():
        found |= set(reached[cells.which(_is_sample, are_figures_so=False)].tolist())
    key = header.columns.get("employee", -1)
    for line in chosen[:1].tolist():  # under the header, how each column is to be filled
        hints = {at: _HINT.fullmatch(plain(cell).casefold()) is not None for at, cell in enumerate(lines[line])
                 if plain(cell)}  # fmt: skip
        if hints.get(key, False) or all(hints.values()):
            found.add(line)
    return found


def _is_sample(cell: Cell) -> bool:
    told = plain(cell).casefold().strip("'\"=")
    return told in SAMPLE_WORDS or _SAMPLE.fullmatch(told) is not None
