"""Limits that regions share: a nation's money, and earmarks. Regions meet in nothing else."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.objective import EARMARK_FLOOR_WEIGHT
from recommender.allocation.problem import Earmark, Money
from training_catalog.columns import FloatArray, TextArray, freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Limits that regions share. Prices and use of them stand in one column: lines, caps, floors.

    Parameters
    ----------
    ids : shape (n_lines,), the lines, ascending.
    amount : What may be planned on each line, in whole rupiah.
    earmarks : Caps and floors on trainings of any region; the trainings themselves stand in each region's rules.

    Notes
    -----
    A floor counts as a limit with its sign turned: spending at least so much is spending at most minus so much of
    what is not spent.
    """

    ids: TextArray
    amount: Money
    earmarks: tuple[Earmark, ...] = ()

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def n_limits(self) -> int:
        """Length of the column."""
        return len(self.ids) + 2 * len(self.earmarks)

    @property
    def limit(self) -> FloatArray:
        """What each limit holds, in rupiah; 0 for a cap or floor that an earmark does not have."""
        caps, floors = self._of_earmarks()
        return np.concatenate([self.amount, caps, -floors]).astype(np.float64)

    @property
    def highest(self) -> FloatArray:
        """Highest price of a rupiah of each limit that makes sense; 0 where there is no such limit."""
        lines = np.full(len(self.ids), np.inf)
        caps = [0.0 if mark.at_most is None else np.inf for mark in self.earmarks]
        floors = [EARMARK_FLOOR_WEIGHT if mark.at_least else 0.0 for mark in self.earmarks]
        return np.concatenate([lines, caps, floors])

    def _of_earmarks(self) -> tuple[Money, Money]:
        caps = np.array([mark.at_most or 0 for mark in self.earmarks], dtype=np.int64)
        return caps, np.array([mark.at_least or 0 for mark in self.earmarks], dtype=np.int64)

    def cost_of_missing(self, use: Money) -> float:
        """Return what the rupiah by which floors are missed cost a plan."""
        spent = -use[len(self.ids) + len(self.earmarks) :]
        return EARMARK_FLOOR_WEIGHT * int(np.maximum(self._of_earmarks()[1] - spent, 0).sum())

    def left(self, use: Money) -> Money:
        """Return the whole rupiah that a use leaves of lines and caps; nothing for floors."""
        left = np.concatenate([self.amount, self._of_earmarks()[0], np.zeros(len(self.earmarks), dtype=np.int64)]) - use
        left[len(self.ids) + len(self.earmarks) :] = 0
        return np.maximum(left, 0)

    def shares(self, wanted: FloatArray) -> Money:
        """Share the lines and caps out among regions as they want them; together they never hold more than there is.

        Parameters
        ----------
        wanted : shape (n_regions, n_limits), rupiah.

        Returns
        -------
        shape (n_regions, n_limits), whole rupiah; nothing for floors.
        """
        whole = wanted.sum(axis=0)
        even = np.full(wanted.shape, 1.0 / max(len(wanted), 1))
        part = np.where(whole > 0, wanted / np.where(whole > 0, whole, 1.0), even)
        shares = np.floor(part * np.maximum(self.limit, 0.0) * (1.0 - 1e-12)).astype(np.int64)
        shares[:, len(self.ids) + len(self.earmarks) :] = 0
        return shares
