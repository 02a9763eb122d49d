"""Cells by column, each different one once: a million lines have few different dates, and blanks are found at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import overload

import numpy as np

from service.imports.cells import Cell, Lines

LINES_AT_ONCE = 10_000  # made of their columns at a time
FIGURES = "0123456789"
_UNTOLD = np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Cells of a column.

    Parameters
    ----------
    different : Every different cell; two are the same when kind and value are.
    places : Place of each line's cell among them.
    are_figures : Which of the different cells are texts of 0 to 9 alone, as most numbers of people are: nobody needs to
        look at these one by one. Found out where not given.
    """

    different: Sequence[Cell]
    places: np.ndarray
    are_figures: np.ndarray = field(default_factory=lambda: _UNTOLD)

    def __post_init__(self) -> None:
        """Find out which cells are figures."""
        if self.are_figures is _UNTOLD:
            told = [isinstance(cell, str) and cell.isascii() and cell.isdecimal() for cell in self.different]
            object.__setattr__(self, "are_figures", np.array(told, dtype=np.bool_))

    def others(self) -> Iterator[tuple[int, Cell]]:
        """Return the different cells that are not known to be figures, each with its place."""
        if not self.are_figures.any():
            return enumerate(self.different)
        return ((place, self.different[place]) for place in np.flatnonzero(~self.are_figures).tolist())

    def of(self, lines: np.ndarray) -> "Coded":
        """Return the cells of some lines; what none of them has is dropped."""
        places = self.places[lines]
        is_used = np.zeros(len(self.different), dtype=np.bool_)
        is_used[places] = True
        used = np.flatnonzero(is_used)
        if len(used) == len(self.different):
            return Coded(different=self.different, places=places, are_figures=self.are_figures)
        new_places = np.cumsum(is_used) - 1
        different = [self.different[place] for place in used.tolist()]
        return Coded(different=different, places=new_places[places], are_figures=self.are_figures[used])

    def changed(self, change: Callable[[Cell], Cell]) -> "Coded":
        """Return the cells after a change that leaves texts of figures as they are."""
        different = list(self.different)
        for place, cell in self.others():
            different[place] = change(cell)
        return Coded(different=different, places=self.places, are_figures=self.are_figures)

    def which(self, is_so: Callable[[Cell], bool], *, are_figures_so: bool) -> np.ndarray:
        """Return for each line whether its cell is so; texts of figures alone are, or are not."""
        told = np.full(len(self.different), are_figures_so)
        told[~self.are_figures] = [is_so(cell) for _, cell in self.others()]
        return told[self.places]

    def which_words(self, is_so: Callable[[Cell], bool]) -> np.ndarray:
        """Return for each line whether its cell is so, where no text that is blank or begins with a figure can be."""
        return self.which(lambda cell: not (isinstance(cell, str) and cell[:1] in FIGURES) and is_so(cell),
                          are_figures_so=False)  # fmt: skip

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
        self._asked: tuple[np.ndarray, dict[int, Coded]] = np.zeros(0), {}

    def of(self, position: int, chosen: np.ndarray) -> Coded:
        """Return the cells of one column in the chosen lines; those of the lines asked for last are remembered."""
        if self._asked[0] is not chosen:
            self._asked = chosen, {}
        if position not in self._asked[1]:
            self._asked[1][position] = self.columns[position].of(chosen)
        return self._asked[1][position]

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
                [column.different[place] for place in column.places[line].tolist()] for column in self.columns
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
        return lines.of(position, chosen)
    rows = (lines[line] for line in chosen.tolist())
    return coded(row[position] if position < len(row) else "" for row in rows)


def widest(lines: Lines, first: int, n: int) -> int:
    """Return the most cells that one of some lines has."""
    return max(len(line) for line in islice(lines, first, first + n))
