"""Rows of a small frame as plain objects, for pages only: below this room everything is columns."""

from types import SimpleNamespace

import pandas as pd


def records(frame: pd.DataFrame) -> list[SimpleNamespace]:
    """Return one object a row, with the columns as attributes and Python's own numbers in them.

    Examples
    --------
    >>> [row.n + 1 for row in records(pd.DataFrame({"n": [1, 2]}))]
    [2, 3]
    """
    names = [str(column) for column in frame.columns]
    columns = [frame[column].tolist() for column in frame.columns]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
