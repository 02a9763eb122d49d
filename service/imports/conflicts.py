"""Rows of one key, in one file or in several of an import: repeated once, or refused where they differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from service.imports.rows import Rows
from service.storage.frames import row_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Rows of one file or sheet.

    Parameters
    ----------
    name : As a message calls it.
    rows : The rows.
    repeated : Which of them repeat an earlier row.
    """

    name: str
    rows: Rows
    repeated: np.ndarray


def check_repeats(rows: Rows) -> np.ndarray:
    """Find rows of one key: the same again is left out as repeated, different ones are both refused.

    Returns
    -------
    Which rows repeat an earlier one.
    """
    usable = np.flatnonzero(~rows.refused)
    repeated = np.zeros(len(rows.frame), dtype=np.bool_)
    shared = rows.frame.loc[~rows.refused, list(rows.table.key)].duplicated(keep=False).to_numpy()
    usable = usable[shared]
    first: dict[str, int] = {}
    for row, key in zip(usable.tolist(), row_keys(rows.frame.iloc[usable], rows.table), strict=True):
        if key not in first:
            first[key] = row
            continue
        earlier = first[key]
        different = _differences(rows, earlier, row)
        if not different:
            repeated[row] = True
            rows.note(
                "row-repeated", "The same as line {other}.", line=int(rows.line[row]), other=int(rows.line[earlier])
            )
            continue
        for one, other in ((earlier, row), (row, earlier)):
            rows.refuse(one, "row-conflict", "Differs from line {other} in {columns}; neither is stored.",
                        column=different[0], value=_value(rows, different[0], one), other=int(rows.line[other]),
                        columns=_named(rows, different))  # fmt: skip
    return repeated


def check_between(parts: Sequence[Keyed]) -> None:
    """Compare parts of one table: the same row again is left out, rows that differ in a column of both are refused.

    Parameters
    ----------
    parts : Files or sheets, each with the rows that repeat an earlier one of its own; those marks are added to.
    """
    if len(parts) < 2:  # noqa: PLR2004 (nothing to compare with)
        return
    for _, group in _shared_keys(parts):
        (one, row), *others = zip(group["part"].tolist(), group["row"].tolist(), strict=True)
        for other, again in others:
            _compare(parts[one], row, parts[other], again)


def _shared_keys(parts: Sequence[Keyed]) -> Iterable[tuple[Any, pd.DataFrame]]:
    """Return the part and row of each key that several rows have, in order."""
    keyed = []
    for number, part in enumerate(parts):
        usable = np.flatnonzero(~part.rows.refused & ~part.repeated)
        keys = row_keys(part.rows.frame.iloc[usable], part.rows.table).to_numpy()
        keyed.append(pd.DataFrame({"key": keys, "part": number, "row": usable}))
    every = pd.concat(keyed, ignore_index=True)
    return every[every["key"].duplicated(keep=False)].groupby("key", sort=False)


def _compare(first: Keyed, row: int, later: Keyed, again: int) -> None:
    shared = first.rows.given & later.rows.given
    different = [c for c in _differences(first.rows, row, again, other=later.rows) if c in shared]
    here, there = int(first.rows.line[row]), int(later.rows.line[again])
    if different:
        message = "Differs from line {other} of {file} in {columns}; neither is stored."
        for part, place, file, other in ((first, row, later.name, there), (later, again, first.name, here)):
            value = _value(part.rows, different[0], place)
            part.rows.refuse(place, "row-conflict", message, column=different[0], value=value, other=other, file=file,
                             columns=_named(part.rows, different))  # fmt: skip
    elif later.rows.given <= first.rows.given:
        later.repeated[again] = True
        later.rows.note("row-repeated", "The same as line {other} of {file}.", line=there, other=here, file=first.name)


def _value(rows: Rows, column: str, row: int) -> Any:  # noqa: ANN401 (of any column)
    value = rows.frame[column].iloc[row]
    return "" if pd.isna(value) else value


def _named(rows: Rows, columns: list[str]) -> str:
    """Return columns as the person wrote them."""
    return ", ".join(rows.written(column) or column for column in columns)


def _differences(rows: Rows, one: int, two: int, other: Rows | None = None) -> list[str]:
    """Return the columns in which two rows differ after trimming and case; the second may be of another part."""
    different = []
    for column in rows.table.column_names:
        left, right = rows.frame[column].iloc[one], (other or rows).frame[column].iloc[two]
        if pd.isna(left) and pd.isna(right):
            continue
        same = str(left).casefold() == str(right).casefold() if isinstance(left, str) else left == right
        if pd.isna(left) or pd.isna(right) or not same:
            different.append(column)
    return different
