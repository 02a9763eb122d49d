"""Rows of one key, in one file or in several of an import: repeated once, or refused where they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from service.imports.rows import Rows
from service.spelling import all_folded
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
    if not len(usable):
        return repeated
    keys = row_keys(rows.frame.iloc[usable], rows.table).to_numpy()
    first = pd.Series(usable).groupby(keys, sort=False).transform("first").to_numpy(dtype=np.int64)
    again, first = usable[usable != first], first[usable != first]
    told = zip(first.tolist(), again.tolist(), _differences(rows, first, rows, again), strict=True)
    for earlier, row, different in told:
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
    for _, pairs in _shared_keys(parts).groupby(["first_part", "part"], sort=False):
        one, other = int(pairs["first_part"].iloc[0]), int(pairs["part"].iloc[0])
        _compare(parts[one], pairs["first_row"].to_numpy(), parts[other], pairs["row"].to_numpy())


def _shared_keys(parts: Sequence[Keyed]) -> pd.DataFrame:
    """Return part and row of what has the key of an earlier row, and part and row of that one, in order."""
    keyed = []
    for number, part in enumerate(parts):
        usable = np.flatnonzero(~part.rows.refused & ~part.repeated)
        keys = row_keys(part.rows.frame.iloc[usable], part.rows.table).to_numpy()
        keyed.append(pd.DataFrame({"key": keys, "part": number, "row": usable}))
    every = pd.concat(keyed, ignore_index=True)
    again = every[every["key"].duplicated()]
    first = every[~every["key"].duplicated()].rename(columns={"part": "first_part", "row": "first_row"})
    return again.merge(first, on="key", how="left")


def _compare(first: Keyed, rows: np.ndarray, later: Keyed, again: np.ndarray) -> None:
    """Compare rows of two parts that have the same keys."""
    shared, is_within = first.rows.given & later.rows.given, later.rows.given <= first.rows.given
    message = "Differs from line {other} of {file} in {columns}; neither is stored."
    told = _differences(first.rows, rows, later.rows, again)
    for row, place, every in zip(rows.tolist(), again.tolist(), told, strict=True):
        different = [column for column in every if column in shared]
        here, there = int(first.rows.line[row]), int(later.rows.line[place])
        if different:
            for part, at, file, other in ((first, row, later.name, there), (later, place, first.name, here)):
                part.rows.refuse(at, "row-conflict", message, column=different[0],
                                 value=_value(part.rows, different[0], at), other=other, file=file,
                                 columns=_named(part.rows, different))  # fmt: skip
        elif is_within:
            later.repeated[place] = True
            later.rows.note("row-repeated", "The same as line {other} of {file}.", line=there, other=here,
                            file=first.name)  # fmt: skip


def _value(rows: Rows, column: str, row: int) -> Any:  # noqa: ANN401 (of any column)
    value = rows.frame[column].iloc[row]
    return "" if pd.isna(value) else value


def _named(rows: Rows, columns: list[str]) -> str:
    """Return columns as the person wrote them."""
    return ", ".join(rows.written(column) or column for column in columns)


def _differences(rows: Rows, ones: np.ndarray, other: Rows, twos: np.ndarray) -> list[list[str]]:
    """Return for each pair of rows the columns in which they differ after trimming, case and kinds of apostrophes."""
    different: list[list[str]] = [[] for _ in ones]
    for column in rows.table.column_names:
        left, right = (
            frame[column].iloc[at].reset_index(drop=True) for frame, at in ((rows.frame, ones), (other.frame, twos))
        )
        if pd.api.types.is_string_dtype(left.dtype):
            left, right = all_folded(left), all_folded(right)
        is_one_missing, are_both_there = left.isna() != right.isna(), left.notna() & right.notna()
        is_other = is_one_missing | (are_both_there & (left != right).fillna(value=False))
        for pair in np.flatnonzero(is_other.to_numpy(dtype=np.bool_)).tolist():
            different[pair].append(column)
    return different
