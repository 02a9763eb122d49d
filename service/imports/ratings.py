"""Names of ratings: which value a name has on which scale, and which scale only one name can be of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.imports.cells import Cell, CellError
from service.imports.headers import normal
from service.imports.values import NO_NUMBER, read_number

Labels = Mapping[tuple[str, str], float]  # (scale, name of a rating in normal form) -> rating


def label_form(text: Cell) -> str:
    """Bring the name of a rating to the form in which names are compared; SIASN spells EKSPEKTASI without its K.

    Examples
    --------
    >>> label_form("DIATAS ESPEKTASI") == label_form("Di Atas Ekspektasi")
    True
    """
    return normal(text).replace("espektasi", "ekspektasi").replace("diatas", "di atas").replace("dibawah", "di bawah")


def rating_labels(scales: pd.DataFrame) -> Labels:
    """Return the value of every name of every scale.

    Parameters
    ----------
    scales : Table of rating scales, with labels as ``1=Sangat Baik;2=Baik``.
    """
    found: dict[tuple[str, str], float] = {}
    for scale, listed in zip(scales["scale"], scales["labels"], strict=True):
        for part in str(listed).split(";") if pd.notna(listed) else ():
            if (label := read_label(part)) is not None:
                found[scale, label_form(label[1])] = label[0]
    return found


def read_label(part: str) -> tuple[float, str] | None:
    """Return the value and the name of a label; None where it is not one, or several that something else divides.

    Examples
    --------
    >>> read_label("1=Sangat Baik"), read_label("=Baik")
    ((1.0, 'Sangat Baik'), None)
    >>> read_label("1=Kurang, 2=Baik")
    """
    value, _, name = part.partition("=")
    try:
        return (read_number(value), name) if name and "=" not in name else None
    except CellError:
        return None


def rating_reader(labels: Labels, read: Callable[[Cell], float]) -> Callable[[Cell], Any]:
    """Return a reader of ratings that are numbers, or names that some scale gives them.

    Parameters
    ----------
    labels : Value of each name of each scale.
    read : Reader of a number.
    """
    names = list(dict.fromkeys(name for _, name in labels))

    def rating(cell: Cell) -> Any:  # noqa: ANN401 (a number, or a name that is still to be read)
        if isinstance(cell, str) and label_form(cell) in names:
            return label_form(cell)
        try:
            return read(cell)
        except CellError as error:
            if error.message != NO_NUMBER or not names:
                raise
            raise CellError("number-unreadable", "neither a number nor the name of a rating; accepted: {names}",
                            names=", ".join(names)) from error  # fmt: skip

    return rating


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRatings:
    """Ratings with names read.

    Parameters
    ----------
    ratings, scales : Values and scales, as objects; None where missing.
    unknown : Rows whose name is none of its scale's.
    n_told : Rows whose scale the name told.
    labels : As given.
    """

    ratings: pd.Series
    scales: pd.Series
    unknown: tuple[int, ...]
    n_told: int
    labels: Labels

    def accepted(self, scale: str | None) -> list[str]:
        """Return the names that a scale has; those of every scale when None."""
        return [name for own, name in self.labels if scale in (None, own)]


def read_names(ratings: pd.Series, scales: pd.Series, labels: Labels) -> NamedRatings:
    """Turn names of ratings into values.

    Parameters
    ----------
    ratings : Numbers, and names in normal form.
    scales : Scale of each row; None where the file gives none.
    labels : Value of each name of each scale.
    """
    values, told = ratings.tolist(), scales.tolist()
    homes = _homes(labels)
    unknown, n_told = [], 0
    for row, value in enumerate(values):
        if not isinstance(value, str):
            continue
        if told[row] is None and value in homes:
            told[row] = homes[value]
            n_told += 1
        values[row] = labels.get((told[row] or "", value))
        if values[row] is None:
            unknown.append(row)
    return NamedRatings(ratings=pd.Series(values, dtype=object), scales=pd.Series(told, dtype=object),
                        unknown=tuple(unknown), n_told=n_told, labels=labels)  # fmt: skip


def _homes(labels: Labels) -> dict[str, str]:
    """Return the scale of each name that one scale has, or several with the very same names: the first by code."""
    scales: dict[str, set[str]] = {}
    own: dict[str, set[tuple[str, float]]] = {}
    for (scale, name), value in labels.items():
        scales.setdefault(name, set()).add(scale)
        own.setdefault(scale, set()).add((name, value))
    return {name: min(found) for name, found in scales.items() if len({frozenset(own[one]) for one in found}) == 1}
