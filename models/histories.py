"""Who took what, in which order: rows of numbers, oldest first, without names, days or attributes."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from training_catalog.columns import FloatArray, IndexArray, freeze, group_bounds, join_groups, order_within
from training_catalog.errors import InvalidValueError, LengthMismatchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Past choices of every person.

    Parameters
    ----------
    bounds : shape (n_people + 1,): the rows of each person.
    item : shape (n_rows,): what was taken, oldest first within a person, each item once.
    n_items : Items there are, taken or not.
    """

    bounds: IndexArray
    item: IndexArray
    n_items: int

    def __post_init__(self) -> None:
        if len(self.bounds) == 0 or self.bounds[-1] != len(self.item):
            message = f"histories.item has {len(self.item)} entries, its bounds end otherwise"
            raise LengthMismatchError(message)
        if len(self.item) and not 0 <= self.item.min() <= self.item.max() < self.n_items:
            raise InvalidValueError("histories.item", self.item.max(), f"0 to {self.n_items - 1}")
        freeze(self)

    @classmethod
    def of(cls, person: IndexArray, item: IndexArray, order: IndexArray, *, n_people: int, n_items: int) -> "Histories":
        """Put rows in order; an item taken again counts the first time.

        Parameters
        ----------
        person, item : Indices.
        order : Day, or any number that grows with time; rows of one person with the same one are taken by item.

        Examples
        --------
        >>> Histories.of(
        ...     np.array([0, 0, 0]), np.array([2, 1, 2]), np.array([5, 3, 9]), n_people=1, n_items=3
        ... ).item.tolist()
        [1, 2]
        """
        rows = order_within(person, order, item)
        _, first = np.unique(person[rows] * n_items + item[rows], return_index=True)
        kept = rows[np.sort(first)]
        return cls(bounds=group_bounds(person[kept], n_people), item=item[kept].astype(np.int64), n_items=n_items)

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(self.bounds) - 1

    @property
    def length(self) -> IndexArray:
        """Items that each person took."""
        return np.diff(self.bounds)

    @property
    def person(self) -> IndexArray:
        """Person of each row."""
        return np.repeat(np.arange(self.n_people, dtype=np.int64), self.length)

    @property
    def place(self) -> IndexArray:
        """Place of each row in its person's history, from 0 for the oldest."""
        return np.arange(len(self.item), dtype=np.int64) - self.bounds[self.person]

    @property
    def steps_back(self) -> IndexArray:
        """Items that each row's person took after it."""
        return self.length[self.person] - 1 - self.place

    def take(self, people: IndexArray) -> "Histories":
        """Keep some people, in the order given."""
        left, row = join_groups(self.bounds, people)
        return Histories(bounds=group_bounds(left, len(people)), item=self.item[row], n_items=self.n_items)

    def alike(self) -> IndexArray:
        """Return, for each person, the first of those who took the same in the same order.

        Examples
        --------
        >>> Histories(bounds=np.array([0, 1, 3, 4]), item=np.array([2, 1, 2, 2]), n_items=3).alike().tolist()
        [0, 1, 0]
        """
        table = np.full((self.n_people, int(self.length.max(initial=0)) + 1), -1, dtype=np.int64)
        table[self.person, self.place] = self.item
        as_bytes = table.view(f"V{table.dtype.itemsize * table.shape[1]}")[:, 0]
        _, first, same = np.unique(as_bytes, return_index=True, return_inverse=True)
        return first[same].astype(np.int64, copy=False)

    def without_last(self) -> tuple["Histories", IndexArray]:
        """Hold out the last item of everybody.

        Returns
        -------
        earlier : The same people without it.
        last : shape (n_people,); -1 for people who took nothing.
        """
        has = self.length > 0
        last = np.append(self.item, -1)[np.where(has, self.bounds[1:] - 1, len(self.item))]
        kept = self.steps_back > 0
        bounds = np.concatenate([[0], np.cumsum(np.maximum(self.length - 1, 0))]).astype(np.int64)
        return Histories(bounds=bounds, item=self.item[kept], n_items=self.n_items), last

    def back(self, steps: int) -> IndexArray:
        """Return the item that each person took so many steps before the last one; -1 where there is none."""
        at = self.bounds[1:] - 1 - steps
        return np.append(self.item, -1)[np.where(at >= self.bounds[:-1], at, len(self.item))]

    def weights(self, decay: float = 1.0) -> csr_array:
        """Return people x items: decay ** (steps back), so that what was taken lately counts more.

        Examples
        --------
        >>> one = Histories(bounds=np.array([0, 2]), item=np.array([1, 0]), n_items=3)
        >>> one.weights(0.5).toarray().tolist()
        [[1.0, 0.5, 0.0]]
        """
        values: FloatArray = np.power(decay, self.steps_back).astype(np.float64)
        matrix = csr_array((values, self.item.copy(), self.bounds.copy()), shape=(self.n_people, self.n_items))
        matrix.sort_indices()
        return matrix
