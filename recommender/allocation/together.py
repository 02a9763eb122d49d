"""Prices of what regions share, searched on some of the regions at once; each keeps the prices that are its own."""

import numpy as np

from recommender.allocation.relaxation import SMALL, Evaluation, Relaxation
from training_catalog.columns import FloatArray, IndexArray


class Together:
    """Some regions between prices: the shared prices stand first, then each region's own.

    Parameters
    ----------
    relaxed : The regions.
    rows, places : For each region, its rows of shared limits, and where these stand among the shared limits.
    limit : shape (n_limits,), what these regions may use together, in rupiah.
    highest : shape (n_limits,), highest price of a rupiah that makes sense.
    """

    def __init__(
        self, relaxed: list[Relaxation], rows: list[IndexArray], places: list[IndexArray], *, limit: FloatArray,
        highest: FloatArray,
    ) -> None:  # fmt: skip
        self.relaxed, self.rows_of, self.places = relaxed, rows, places
        self.unit = np.maximum(np.abs(limit), 1.0)
        self.limit, n = limit / self.unit, len(limit)
        self.at: list[IndexArray] = []
        highs, first = [highest * self.unit], n
        for part, own, place in zip(relaxed, rows, places, strict=True):
            at = np.full(part.n_prices, -1, dtype=np.int64)
            at[own] = place
            free = at < 0
            at[free] = first + np.arange(int(free.sum()))
            first += int(free.sum())
            highs.append(part.highest[free])
            self.at.append(at)
        self.highest = np.concatenate(highs)
        self.rows = np.concatenate([part.rows for part in relaxed]) if relaxed else np.empty(0, dtype=np.int64)

    @property
    def n_prices(self) -> int:
        """How many prices there are."""
        return len(self.highest)

    def nobody_decided(self) -> IndexArray:
        """Return what is decided when every class decides for itself."""
        return np.concatenate([np.empty(0, dtype=np.int64), *(part.nobody_decided() for part in self.relaxed)])

    def own(self, number: int, prices: FloatArray) -> FloatArray:
        """Return the prices that are a region's own, in its order."""
        return prices[np.delete(self.at[number], self.rows_of[number])]

    def shared(self, prices: FloatArray) -> FloatArray:
        """Return the shared prices, for a rupiah."""
        return prices[: len(self.limit)] / self.unit

    def _scales(self, number: int) -> FloatArray:
        """Return what a unit of each of a region's rows is in units of the same price here."""
        scale = np.ones(self.relaxed[number].n_prices)
        own, place = self.rows_of[number], self.places[number]
        scale[own] = self.relaxed[number].priced.unit[own] / self.unit[place]
        return scale

    def stakes(self) -> FloatArray:
        """Return what a price is of the order of; of a shared limit, the value that hangs on it in all regions."""
        n = len(self.limit)
        value, load, stake = np.zeros(n), np.zeros(n), np.zeros(self.n_prices)
        usual = float(np.mean([part.usual for part in self.relaxed]))
        for i, part in enumerate(self.relaxed):
            own, place, stakes = self.rows_of[i], self.places[i], part.stakes()
            used = self._loads(part, own) * self._scales(i)[own]
            value[place] += stakes[own] * self._loads(part, own)
            load[place] += used
            stake[self.at[i]] = stakes
        stake[:n] = np.where(load > 0, value / np.maximum(load, SMALL), usual)
        return stake

    @staticmethod
    def _loads(part: Relaxation, own: IndexArray) -> FloatArray:
        """Return what everything together takes of some rows, in their units."""
        priced = part.priced
        loads = abs(priced.loads[:, own]).sum(axis=0) + abs(priced.fixed[:, own]).sum(axis=0)
        return np.asarray(loads, dtype=np.float64).ravel()

    def evaluate(self, prices: FloatArray, decided: IndexArray | None = None) -> Evaluation:
        """Compute the bound of prices, and how far demand exceeds what there is; see `Relaxation.evaluate`."""
        n, first = len(self.limit), 0
        excess = np.zeros(self.n_prices)
        excess[:n] = -self.limit
        bound, opens, taken = float(prices[:n] @ self.limit), [], []
        for i, part in enumerate(self.relaxed):
            scale, own = self._scales(i), self.rows_of[i]
            own_prices = prices[self.at[i]] * scale
            n_classes = len(part.seats)
            part_decided = None if decided is None else decided[first : first + n_classes]
            found = part.evaluate(own_prices, part_decided)
            first += n_classes
            bound += found.bound - float(own_prices[own] @ part.priced.limit[own])
            gone = found.excess.copy()
            gone[own] += part.priced.limit[own]
            np.add.at(excess, self.at[i], gone * scale)
            opens.append(found.opens)
            taken.append(found.taken)
        return Evaluation(bound=bound, excess=excess, opens=np.concatenate(opens), taken=np.concatenate(taken))
