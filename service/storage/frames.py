"""Frames on their way into the database: keys, comparison, plain values."""

import numpy as np
import pandas as pd

from service.storage.schema import KEY_SEPARATOR, ROW_KEY
from training_catalog.schema import Table


def _as_text(values: pd.Series) -> pd.Series:
    """Write key parts as text; missing parts become empty."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").fillna("")
    return values.astype("str").where(values.notna(), "").fillna("")


def row_keys(frame: pd.DataFrame, table: Table) -> pd.Series:
    """Return the natural key of each row as one text."""
    key = _as_text(frame[table.key[0]])
    for name in table.key[1:]:
        key = key.str.cat(_as_text(frame[name]), sep=KEY_SEPARATOR)
    return key.rename(ROW_KEY)


def same_values(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Compare two columns; missing equals missing."""
    both_missing = (left.isna() & right.isna()).to_numpy(dtype=np.bool_)
    equal = (left == right).fillna(value=False).to_numpy(dtype=np.bool_)
    return both_missing | equal


def to_records(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return rows as tuples of plain values that every driver takes: None for missing, ISO text for dates."""
    columns = []
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        plain = values.astype(object)
        columns.append(plain.where(values.notna(), None).tolist())
    return list(zip(*columns, strict=True))
