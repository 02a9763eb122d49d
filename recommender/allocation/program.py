"""A mixed-integer program: its rows being collected, and rows added to it later."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from training_catalog.columns import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Maximise cost @ x subject to row_lower <= matrix @ x <= row_upper and lower <= x <= upper.

    Parameters
    ----------
    matrix : CSC (n_rows, n_columns). Columns: options, then classes, then JP missing by person with a floor, then
        people short by unit, then rupiah short by earmark (in units of 10^6).
    cost, lower, upper : shape (n_columns,).
    is_integer : Which columns are whole numbers.
    row_lower, row_upper : shape (n_rows,).
    n_options : Width of the first group.
    constant : Added to the objective.
    """

    matrix: csc_array
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_integer: BoolArray
    row_lower: FloatArray
    row_upper: FloatArray
    n_options: int
    constant: float = 0.0


class Rows:
    """Rows being collected."""

    def __init__(self) -> None:
        self.n = 0
        self._row: list[IndexArray] = []
        self._column: list[IndexArray] = []
        self._value: list[FloatArray] = []
        self._lower: list[FloatArray] = []
        self._upper: list[FloatArray] = []

    def add(
        self, row: IndexArray, column: IndexArray, value: FloatArray, *, lower: FloatArray, upper: FloatArray
    ) -> None:
        """Append len(upper) rows; `row` counts from 0 among them."""
        self._row.append(row + self.n)
        self._column.append(column)
        self._value.append(np.asarray(value, dtype=np.float64))
        self._lower.append(np.asarray(lower, dtype=np.float64))
        self._upper.append(np.asarray(upper, dtype=np.float64))
        self.n += len(upper)

    def groups(self, group: IndexArray, column: IndexArray, value: FloatArray, limit: FloatArray) -> None:
        """Append a row ``sum(value x) <= limit`` for each group that could exceed its limit.

        Parameters
        ----------
        group : Group of each entry.
        limit : By group number.
        """
        total = np.bincount(group, weights=value, minlength=len(limit))
        binding = np.flatnonzero(total > limit + 1e-9)
        number = np.full(len(limit), -1, dtype=np.int64)
        number[binding] = np.arange(len(binding))
        kept = number[group] >= 0
        self.add(
            number[group[kept]], column[kept], value[kept], lower=np.full(len(binding), -np.inf), upper=limit[binding]
        )

    def matrix(self, n_columns: int) -> csc_array:
        """Return everything appended so far."""
        entries = (np.concatenate(self._value), (np.concatenate(self._row), np.concatenate(self._column)))
        matrix = coo_array(entries, shape=(self.n, n_columns)).tocsc()
        matrix.sum_duplicates()
        return csc_array(matrix)

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Return lower and upper bounds of all rows."""
        return np.concatenate(self._lower), np.concatenate(self._upper)


def demand_rows(
    program: Program, groups: list[IndexArray], lower: FloatArray, weight: FloatArray | None = None
) -> Program:
    """Append a row ``at least lower`` for each group of columns; each column counts once, or by its weight."""
    row = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    column = np.concatenate([*groups, np.empty(0, dtype=np.int64)])
    extra = coo_array(
        (np.ones(len(column)) if weight is None else weight, (row, column)),
        shape=(len(groups), program.matrix.shape[1]),
    )
    return replace(
        program,
        matrix=csc_array(vstack([program.matrix, extra], format="csc")),
        row_lower=np.concatenate([program.row_lower, lower]),
        row_upper=np.concatenate([program.row_upper, np.full(len(groups), np.inf)]),
    )


def cut_row(program: Program, columns: IndexArray) -> Program:
    """Append ``not all of these columns at once``: what rounding let through is cut off."""
    cut = demand_rows(program, [columns], np.array([-np.inf]))
    return replace(cut, row_upper=np.append(program.row_upper, len(columns) - 1.0))
