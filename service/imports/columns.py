"""Cells by column, each different one once: a million lines have few different dates, and blanks are found at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np

from service.imports.cells import Cell, Lines

LINES_AT_ONCE = 10_000  # made of their columns at a time
FIGURES = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Cells of a column.

    Parameters
    ----------
    different : Every different cell; two are the same when kind and value are.
    places : Place of each line's cell among them.
    """

    different: Sequence[Cell]
    places: np.ndarray

    def of(self, lines: np.ndarray) -> "Coded":
        """Return the cells of some lines; what none of them has is dropped."""
        places = self.places[lines]
        is_used = np.zeros(len(self.different), dtype=np.bool_)
        is_used[places] = True
        used = np.flatnonzero(is_used)
        if len(used) == len(self.different):
            return Coded(different=self.different, places=places)
        new_places = np.cumsum(is_used) - 1
        return Coded(different=[self.different[place] for place in used.tolist()], places=new_places[places])

    def changed(self, change: Callable[[Cell], Cell]) -> "Coded":
        """Return the cells after a change that looks at each different one."""
        return Coded(different=[change(cell) for cell in self.different], places=self.places)

    def which(self, is_so: Callable[[Cell], bool]) -> np.ndarray:
        """Return for each line whether its cell is so."""
        return np.array([is_so(cell) for cell in self.different], dtype=np.bool_)[self.places]

    def which_words(self, is_so: Callable[[Cell], bool]) -> np.ndarray:
        """Return for each line whether its cell is so, where no text that is blank or begins with a figure can be."""
        told = [not (isinstance(cell, str) and cell[:1] in FIGURES) and is_so(cell) for cell in self.different]
        return np.array(told, dtype=np.bool_)[self.places]

    def counts(self) -> np.ndarray:
        """Return in how many lines each different cell stands."""
        return np.bincount(self.places, minlength=len(self.different))

    def cells(self) -> list[Cell]:
        """Return the cell of each line."""
        return [self.different[place] for place in self.places.tolist()]


def coded(cells: Iterable[Cell]) -> Coded:
    """Find the different cells of a column.

    Examples
    --------
    >>> coded(["a", 1, "a", True]).different
    ['a', 1, True]
    """
    found: dict[tuple[type, Cell], int] = {}
    places = [found.setdefault((type(cell), cell), len(found)) for cell in cells]
    return Coded(different=[cell for _, cell in found], places=np.array(places, dtype=np.int64))


class Columns(Sequence[list[Cell]]):
    """Lines of one width, kept by column and made when they are asked for.

    Parameters
    ----------
    columns : Cells of each column.

    Examples
    --------
    >>> lines = Columns([coded(["NIP", "1"]), coded(["Nama", "Melur"])])
    >>> lines[1], len(lines)
    (['1', 'Melur'], 2)
    """

    def __init__(self, columns: Sequence[Coded]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.columns[0].places) if self.columns else 0

    @overload
    def __getitem__(self, line: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, line: slice) -> list[list[Cell]]: ...
    def __getitem__(self, line: int | slice) -> list[Cell] | list[list[Cell]]:
        """Return one line, or several."""
        if isinstance(line, slice):
            return list(map(list, zip(*[
                Coded(different=column.different, places=column.places[line]).cells() for column in self.columns
            ], strict=True)))  # fmt: skip
        return [column.different[column.places[line]] for column in self.columns]

    def __iter__(self) -> Iterator[list[Cell]]:
        """Return line after line."""
        for first in range(0, len(self), LINES_AT_ONCE):
            yield from self[first : first + LINES_AT_ONCE]


def reaching(lines: Lines, position: int, chosen: np.ndarray) -> np.ndarray:
    """Return which of the chosen lines are long enough to have a column."""
    if isinstance(lines, Columns):
        return chosen if position < len(lines.columns) else chosen[:0]
    return np.array([line for line in chosen.tolist() if position < len(lines[line])], dtype=np.int64)


def column_at(lines: Lines, position: int, chosen: np.ndarray) -> Coded:
    """Return the cells of one column in the chosen lines; short lines end in blanks."""
    if isinstance(lines, Columns) and position < len(lines.columns):
        return lines.columns[position].of(chosen)
    rows = (lines[line] for line in chosen.tolist())
    return coded(row[position] if position < len(row) else "" for row in rows)


def widest(lines: Lines, first: int, n: int) -> int:
    """Return the most cells that one of some lines has."""
    return max(len(line) for line in islice(lines, first, first + n))
