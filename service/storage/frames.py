"""Frames on their way into the database: keys, comparison, plain values."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from service.storage.schema import KEY_SEPARATOR, ROW_KEY
from training_catalog.schema import Table


def _dates_as_text(days: pd.Series) -> np.ndarray:
    """Write days as ISO text; missing ones become None."""
    codes, different = pd.factorize(days)
    texts = np.array([*pd.Series(different).dt.strftime("%Y-%m-%d"), None], dtype=object)
    return texts[codes]  # missing is -1, the last


def _as_text(values: pd.Series) -> pa.Array:
    """Write key parts as text; missing parts become empty."""
    if pd.api.types.is_datetime64_any_dtype(values):
        texts = pa.array(_dates_as_text(values), type=pa.large_string())
    else:
        texts = pa.array(values.astype("str"), type=pa.large_string(), from_pandas=True)
    return pc.fill_null(texts, "")


def row_keys(frame: pd.DataFrame, table: Table) -> pd.Series:
    """Return the natural key of each row as one text."""
    key = pc.binary_join_element_wise(
        *[_as_text(frame[name]) for name in table.key], pa.scalar(KEY_SEPARATOR, pa.large_string())
    )
    return pd.Series(key, index=frame.index, name=ROW_KEY, dtype="str")


def same_values(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Compare two columns; missing equals missing."""
    both_missing = (left.isna() & right.isna()).to_numpy(dtype=np.bool_)
    equal = (left == right).fillna(value=False).to_numpy(dtype=np.bool_)
    return both_missing | equal


def _plain(values: pd.Series) -> list[object]:
    """Return a column as plain values: None for missing, ISO text for dates."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return _dates_as_text(values).tolist()
    missing = values.isna().to_numpy(dtype=np.bool_)
    plain = np.array(values, dtype=object)
    plain[missing] = None
    return plain.tolist()


def to_lists(frame: pd.DataFrame) -> list[list[object]]:
    """Return columns as plain values that every driver takes: None for missing, ISO text for dates."""
    return [_plain(frame[name]) for name in frame.columns]


def to_records(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Return rows as tuples of plain values."""
    return zip(*to_lists(frame), strict=True)


def by_key(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of their keys; a database that gets them so writes each page of its index once."""
    keys = pa.array(frame[ROW_KEY], type=pa.large_string())
    if isinstance(keys, pa.ChunkedArray):
        keys = keys.combine_chunks()
    if len(keys) < 2 or pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py():  # noqa: PLR2004 (one is in order)
        return frame
    return frame.take(pc.sort_indices(keys).to_numpy())
