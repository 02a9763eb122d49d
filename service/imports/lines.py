"""Which lines below a header are rows: blank ones are passed over, totals, samples and empty ones left out."""

from collections.abc import Iterator

import numpy as np

from service.imports.cells import Cell, Lines
from service.imports.columns import Coded, column_at, reaching
from service.imports.headers import Header, plain
from service.imports.values import faulty, is_missing

SAMPLE_WORDS = frozenset({"contoh", "contoh nama", "nama lengkap", "nip pegawai", "example"})
SUM_WORDS = ("jumlah", "total", "grand total")
TOTAL_WORDS = ("jumlah", "total", "sub total", "subtotal", "grand total", "selisih", "rata-rata")
TOTAL_WITHIN = 2  # cells that hold something, of which one names the total
WITH_TOTALS = frozenset({"budgets", "history", "assessments"})
MEASURES = {"assessments": ("level",), "performance": ("rating",), "unit_outcomes": ("value",),
            "history": ("training", "training_name")}  # fmt: skip
BLANK = ("row-blank", "The line has no level, rating, value or training; missing is not zero, so it is left out.")
TOTAL = ("row-total", "A total is left out.")
SAMPLE = ("row-sample", "A sample line is left out.")


def is_sum(name: str) -> bool:
    """Return whether a line's name says that it adds up the lines above."""
    return name.casefold().startswith(SUM_WORDS)


def rows_below(lines: Lines, header: Header) -> tuple[np.ndarray, list[tuple[int, str, str]]]:
    """Return which lines below a header are rows, and those that are left out with code and reason, in order."""
    filled = _filled(lines, np.arange(header.row + header.n_rows, len(lines)))
    table = header.table.name
    blank = filled[_is_without_measure(lines, header, filled)]
    reasons: dict[int, tuple[str, str]] = dict.fromkeys(blank.tolist(), BLANK)
    others = np.setdiff1d(filled, blank, assume_unique=True)
    if table in WITH_TOTALS:
        reasons |= dict.fromkeys(_totals(lines, others), TOTAL)
    elif table == "employees":
        reasons |= dict.fromkeys(_samples(lines, others), SAMPLE)
    kept = np.setdiff1d(filled, np.array(sorted(reasons), dtype=np.int64), assume_unique=True)
    return kept, [(line, *reasons[line]) for line in sorted(reasons)]


def _columns(lines: Lines, chosen: np.ndarray) -> Iterator[tuple[Coded, np.ndarray]]:
    """Return column after column with the lines that reach it."""
    position = 0
    while len(chosen := reaching(lines, position, chosen)):
        yield column_at(lines, position, chosen), chosen
        position += 1


def _filled(lines: Lines, chosen: np.ndarray) -> np.ndarray:
    """Return the lines that hold something; each is looked at as far as its first cell that does."""
    found, position = [], 0
    while len(chosen := reaching(lines, position, chosen)):
        holds = column_at(lines, position, chosen).which(_holds)
        found.append(chosen[holds])
        chosen = chosen[~holds]
        position += 1
    return np.sort(np.concatenate(found)) if found else chosen


def _holds(cell: Cell) -> bool:
    return bool(plain(cell))


def _is_without_measure(lines: Lines, header: Header, chosen: np.ndarray) -> np.ndarray:
    """Return which lines lack all of what their table is about."""
    measures = [header.columns[name] for name in MEASURES.get(header.table.name, ()) if name in header.columns]
    is_without = np.full(len(chosen), bool(measures))
    for position in measures:
        is_without &= column_at(lines, position, chosen).which(lambda cell: is_missing(faulty(cell)))
    return is_without


def _totals(lines: Lines, chosen: np.ndarray) -> set[int]:
    """Return the lines that name a total in the first cells that hold something."""
    n_before = np.zeros(len(lines), dtype=np.int8)
    found: set[int] = set()
    for cells, reached in _columns(lines, chosen):
        is_total = cells.which(lambda cell: plain(cell).casefold().startswith(TOTAL_WORDS))
        found |= set(reached[is_total & (n_before[reached] < TOTAL_WITHIN)].tolist())
        n_before[reached] += cells.which(lambda cell: cell != "") & (n_before[reached] < TOTAL_WITHIN)
    return found


def _samples(lines: Lines, chosen: np.ndarray) -> set[int]:
    """Return the lines that show how to fill in a template."""
    found: set[int] = set()
    for cells, reached in _columns(lines, chosen):
        found |= set(reached[cells.which(_is_sample)].tolist())
    return found


def _is_sample(cell: Cell) -> bool:
    return plain(cell).casefold().strip("'\"=") in SAMPLE_WORDS
