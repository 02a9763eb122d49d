"""Frame columns to arrays: the one step between tables and frozen columns."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from training_catalog.columns import DateArray, FloatArray, IndexArray, TextArray, look_up
from training_catalog.schema import Column, Kind, Table

_NAMES: dict[Kind, str] = {
    "id": "str", "text": "str", "choice": "str", "list": "str", "integer": "Int64", "money": "Int64",
    "decimal": "float64", "level": "float64", "hours": "float64", "date": "datetime64[s]",
}  # fmt: skip
_DTYPES = {kind: pd.api.types.pandas_dtype(name) for kind, name in _NAMES.items()}
_EMPTY: dict[str, pd.DataFrame] = {}  # by table: many are asked for without a row, and each costs milliseconds to make
Tables = Mapping[str, pd.DataFrame]  # canonical table name -> frame with canonical columns


def text_of(frame: pd.DataFrame, column: str, default: str = "") -> TextArray:
    """Return a text column; missing becomes `default`."""
    values = frame[column].astype("str").where(frame[column].notna(), default)
    return np.asarray(values.to_numpy(dtype=object), dtype=np.str_)


def numbers_of(frame: pd.DataFrame, column: str, default: float = np.nan) -> FloatArray:
    """Return a numeric column as float64; missing becomes `default`."""
    values = np.asarray(frame[column].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    return np.where(np.isnan(values), default, values)


def whole_of(frame: pd.DataFrame, column: str, default: int = 0) -> IndexArray:
    """Return a whole-number column as int64 without passing through floats; missing becomes `default`."""
    return np.asarray(frame[column].astype("Int64").fillna(default).to_numpy(dtype=np.int64))


def dates_of(frame: pd.DataFrame, column: str) -> DateArray:
    """Return a date column as datetime64[D]; missing becomes NaT."""
    return frame[column].to_numpy(dtype="datetime64[s]").astype("datetime64[D]")


def sorted_by_key(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the frame ordered by a text key, so that positions are ids in order."""
    order = np.argsort(text_of(frame, key), kind="stable")
    return frame.iloc[order]


def index_of(frame: pd.DataFrame, column: str, sorted_ids: TextArray) -> IndexArray:
    """Return the position of each id of a column; -1 where missing or unknown."""
    return look_up(sorted_ids, text_of(frame, column))


def choice_of(frame: pd.DataFrame, column: str, choices: tuple[str, ...], default: str) -> IndexArray:
    """Return the position of each choice; missing becomes the position of `default`."""
    position = {name: i for i, name in enumerate(choices)}
    codes = frame[column].map(position)
    return np.asarray(codes.astype("Int64").fillna(position[default]).to_numpy(dtype=np.int64))


def typed(values: pd.Series, column: Column) -> pd.Series:
    """Return values with the canonical type of their column."""
    return values.astype(_DTYPES[column.kind])


def canonical(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the table's columns, in order, with their canonical types; columns that are absent come back missing."""
    columns = {}
    for column in table.columns:
        values = frame[column.name] if column.name in frame else pd.Series([None] * len(frame), index=frame.index)
        columns[column.name] = typed(values, column)
    return pd.DataFrame(columns, index=frame.index).reset_index(drop=True)


def empty_frame(table: Table) -> pd.DataFrame:
    """Return a table without rows; one may be changed, for each call returns its own."""
    if table.name not in _EMPTY:
        _EMPTY[table.name] = canonical(pd.DataFrame(columns=list(table.column_names)), table)
    return _EMPTY[table.name].copy()
