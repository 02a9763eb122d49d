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
TABLE_SHARE = 8  # entries of a table for each number looked up in it, up to which a table is faster than a search
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
    if sorted_ids.dtype.kind == wanted.dtype.kind == "i" and _is_dense(sorted_ids, wanted):
        return _look_up_dense(sorted_ids, wanted)
    found = np.searchsorted(sorted_ids, wanted)
    found = np.minimum(found, len(sorted_ids) - 1)
    return np.where(sorted_ids[found] == wanted, found, -1).astype(np.int64)


def _is_dense(sorted_ids: NDArray[Any], wanted: NDArray[Any]) -> bool:
    """Return whether a table of all numbers from the first id to the last is no larger than what is asked."""
    return int(sorted_ids[-1]) - int(sorted_ids[0]) < TABLE_SHARE * (len(sorted_ids) + len(wanted))


def _look_up_dense(sorted_ids: NDArray[Any], wanted: NDArray[Any]) -> IndexArray:
    first, last = sorted_ids[0], sorted_ids[-1]
    table = np.full(int(last) - int(first) + 2, -1, dtype=np.int64)  # the last one is for what lies outside
    table[sorted_ids - first] = np.arange(len(sorted_ids))
    return table[np.where((wanted >= first) & (wanted <= last), wanted - first, -1)]


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


def pair_keys(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.complex128]:
    """Return numbers that sort by a first key, then by a second: one sort or search instead of one a key.

    Parameters
    ----------
    first, second : shape (n,), or shapes that broadcast; whole numbers up to 2**53 and any floats but NaN are exact.

    Examples
    --------
    >>> np.argsort(pair_keys(np.array([1, 0, 0]), np.array([2.0, 9.0, 8.0]))).tolist()
    [2, 1, 0]
    """
    keys = np.empty(np.broadcast_shapes(first.shape, second.shape), dtype=np.complex128)
    keys.real, keys.imag = first, second
    return keys


def order_within(group: IntArray, *keys: NDArray[Any]) -> IndexArray:
    """Order rows by group, then by ascending keys, the first one first; ties by row.

    Notes
    -----
    Far faster than `numpy.lexsort` on rows that come by group: a stable sort takes what is in order as it stands.

    Examples
    --------
    >>> order_within(np.array([7, 5, 7]), np.array([2.0, 0.0, 1.0])).tolist()
    [1, 2, 0]
    """
    order = np.argsort(pair_keys(group, keys[-1]), kind="stable")
    for key in keys[-2::-1]:
        order = order[np.argsort(pair_keys(group[order], key[order]), kind="stable")]
    return order.astype(np.int64, copy=False)


def count_within(sorted_group: IntArray) -> IndexArray:
    """Count the rows of each group from 0, in a column sorted by group.

    Examples
    --------
    >>> count_within(np.array([5, 7, 7])).tolist()
    [0, 0, 1]
    """
    starts = _starts(sorted_group)
    lengths = np.diff(starts, append=len(sorted_group))
    return np.arange(len(sorted_group), dtype=np.int64) - np.repeat(starts, lengths)


def _starts(sorted_group: IntArray) -> IndexArray:
    is_first = np.ones(len(sorted_group), dtype=np.bool_)
    is_first[1:] = sorted_group[1:] != sorted_group[:-1]
    return np.flatnonzero(is_first).astype(np.int64, copy=False)


def rank_within(group: IntArray, *keys: NDArray[Any]) -> IndexArray:
    """Rank each row within its group from 0, by ascending keys, the first one first; ties by row.

    Examples
    --------
    >>> rank_within(np.array([7, 5, 7]), np.array([2.0, 0.0, 1.0])).tolist()
    [1, 0, 0]
    """
    order = order_within(group, *keys)
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = count_within(group[order])
    return ranks


def first_within(sorted_group: IntArray, n_groups: int, *keys: NDArray[Any]) -> IndexArray:
    """Return the row of each group that `order_within` would put first; -1 for groups without rows.

    Parameters
    ----------
    sorted_group : shape (n_rows,), ascending.
    n_groups : Groups there are.
    keys : shape (n_rows,) each, without NaN or NaT.

    Examples
    --------
    >>> first_within(np.array([0, 0, 0, 2]), 3, np.array([4, 3, 3, 8]), np.array([1.0, 7.0, 6.0, 0.0])).tolist()
    [2, -1, 3]
    """
    first = np.full(n_groups, -1, dtype=np.int64)
    if not len(sorted_group):
        return first
    rows = np.arange(len(sorted_group), dtype=np.int64)
    for key in keys:
        value, starts = key[rows], _starts(sorted_group[rows])
        lowest = np.repeat(np.minimum.reduceat(value, starts), np.diff(starts, append=len(rows)))
        rows = rows[value == lowest]
    rows = rows[_starts(sorted_group[rows])]
    first[sorted_group[rows]] = rows
    return first


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
    starts = np.append(bounds[:-1], 0).astype(np.int64)[keys]  # the last one is for -1
    counts = np.append(np.diff(bounds), 0).astype(np.int64)[keys]
    left = np.repeat(np.arange(len(keys), dtype=np.int64), counts)
    right = np.arange(len(left), dtype=np.int64) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return left, right
