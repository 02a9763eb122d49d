"""Read-only columns, and the two moves everything is made of: look an id up, join by group."""

from collections.abc import Sequence
from dataclasses import Field
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from training_catalog.errors import LengthMismatchError, UnknownIdError

IntArray: TypeAlias = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.int16] | NDArray[np.int8]
IndexArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
TextArray: TypeAlias = NDArray[np.str_]
DateArray: TypeAlias = NDArray[np.datetime64]  # datetime64[D]; NaT is "not known"


class _IsDataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Columns = TypeVar("Columns", bound=_IsDataclass)
SUGGESTIONS = 3  # ids offered for one that is not known
SHORTEST_BEGINNING = 4  # characters that an offered id must share


def freeze(columns: object) -> None:
    """Make every array of a dataclass read-only and check that CSR matrices have sorted indices.

    Parameters
    ----------
    columns : A frozen dataclass of arrays and CSR matrices.
    """
    for name in getattr(columns, "__dataclass_fields__", {}):
        value = getattr(columns, name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        elif hasattr(value, "indptr"):
            for part in (value.data, value.indices, value.indptr):
                part.flags.writeable = False


def n_bytes(columns: object) -> int:
    """Return the bytes of the arrays of a dataclass, and of the dataclasses in it."""
    if isinstance(columns, np.ndarray):
        return columns.nbytes
    return sum(n_bytes(getattr(columns, name)) for name in getattr(columns, "__dataclass_fields__", ()))


def check_lengths(table: str, n_rows: int, **columns: NDArray[Any]) -> None:
    """Check that each column has `n_rows` entries.

    Raises
    ------
    LengthMismatchError
        Naming the table, the column and both lengths.
    """
    for name, column in columns.items():
        if len(column) != n_rows:
            message = f"{table}.{name} has {len(column)} entries, expected {n_rows}"
            raise LengthMismatchError(message)


def look_up(sorted_ids: TextArray | IndexArray, wanted: TextArray | IndexArray) -> IndexArray:
    """Find the position of each wanted id or key.

    Parameters
    ----------
    sorted_ids : shape (n,), ascending and unique.
    wanted : shape (m,).

    Returns
    -------
    shape (m,); -1 where the id is absent.

    Examples
    --------
    >>> look_up(np.array(["a", "c"]), np.array(["c", "b"])).tolist()
    [1, -1]
    """
    if len(sorted_ids) == 0 or len(wanted) == 0:
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.searchsorted(sorted_ids, wanted)
    found = np.minimum(found, len(sorted_ids) - 1)
    return np.where(sorted_ids[found] == wanted, found, -1).astype(np.int64)


def find_rows(kind: str, sorted_ids: TextArray, wanted: Sequence[str]) -> IndexArray:
    """Find the position of each wanted id, where an unknown one must not be dropped in silence.

    Raises
    ------
    UnknownIdError
        For the first id that is not known, with ids that begin like it.

    Examples
    --------
    >>> find_rows("offering", np.array(["P01-1", "P02-1"]), ["P02-1"]).tolist()
    [1]
    """
    found = look_up(sorted_ids, np.asarray(wanted, dtype=np.str_))
    for name in (name for name, row in zip(wanted, found, strict=True) if row < 0):
        raise UnknownIdError(kind, name, _near(sorted_ids, name))
    return found


def _near(sorted_ids: TextArray, name: str) -> tuple[str, ...]:
    """Return the first ids that share the longest beginning with a name; none where hardly anything is shared."""
    for length in range(len(name), SHORTEST_BEGINNING - 1, -1):
        first = int(np.searchsorted(sorted_ids, name[:length]))
        near = [str(i) for i in sorted_ids[first : first + SUGGESTIONS] if i.startswith(name[:length])]
        if near:
            return tuple(near)
    return ()


def rank_within(group: IntArray, *keys: NDArray[Any]) -> IndexArray:
    """Rank each row within its group from 0, by ascending keys, the first one first; ties by row.

    Examples
    --------
    >>> rank_within(np.array([7, 5, 7]), np.array([2.0, 0.0, 1.0])).tolist()
    [1, 0, 0]
    """
    order = np.lexsort((*reversed(keys), group))
    sorted_group = group[order]
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - np.searchsorted(sorted_group, sorted_group)
    return ranks


def group_bounds(sorted_groups: IntArray, n_groups: int) -> IndexArray:
    """Bounds of each group in a column sorted by group, as in a CSR ``indptr``.

    Examples
    --------
    >>> group_bounds(np.array([0, 0, 2]), 3).tolist()
    [0, 2, 2, 3]
    """
    return np.searchsorted(sorted_groups, np.arange(n_groups + 1)).astype(np.int64)


def join_groups(bounds: IntArray, keys: IntArray) -> tuple[IndexArray, IndexArray]:
    """Pair every left row with every right row of its group.

    Parameters
    ----------
    bounds : shape (n_groups + 1,), from `group_bounds`.
    keys : shape (n_left,), the group of each left row; -1 pairs with nothing.

    Returns
    -------
    left : shape (n_pairs,), ascending row numbers of the left side.
    right : shape (n_pairs,), row numbers of the right side, ascending within a left row.

    Examples
    --------
    >>> left, right = join_groups(np.array([0, 2, 2, 3]), np.array([2, 0]))
    >>> left.tolist(), right.tolist()
    ([0, 1, 1], [2, 0, 1])
    """
    if len(bounds) <= 1:  # no groups at all
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing.copy()
    known = keys >= 0
    safe = np.where(known, keys, 0)
    starts = np.where(known, bounds[safe], 0).astype(np.int64)
    counts = np.where(known, bounds[safe + 1] - bounds[safe], 0).astype(np.int64)
    left = np.repeat(np.arange(len(keys), dtype=np.int64), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    right = np.arange(len(left), dtype=np.int64) - first + np.repeat(starts, counts)
    return left, right
