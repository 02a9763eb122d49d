"""Prices of what all regions share, told by some that stand for all, and corrected by what all would take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.ascent import find_prices, from_nothing
from recommender.allocation.crossing import Crossing
from recommender.allocation.region import Region
from recommender.allocation.region_plan import NEAR_STEP, possible_demands
from recommender.allocation.relaxation import Relaxation
from recommender.allocation.together import Together
from training_catalog.columns import FloatArray, IndexArray

MOST_CORRECTED = 2.0  # times what the asked regions held of a limit before, or a part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A region in a few numbers.

    Parameters
    ----------
    people : How many.
    wanted : shape (n_limits,), rupiah of each shared limit that all its options would take together.
    idle : What it is worth when nobody gets anything: nothing, less what floors miss.
    """

    people: int
    wanted: FloatArray
    idle: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPrices:
    """What the regions that were asked tell.

    Parameters
    ----------
    shared : shape (n_limits,), price of a rupiah of each shared limit.
    own : Prices that are a region's own, by its number.
    was_hurried : Whether the clock cut the search short.
    """

    shared: FloatArray
    own: dict[int, FloatArray]
    was_hurried: bool


class Asked:
    """Regions that stand for all.

    Parameters
    ----------
    sources, outlines, crossing : All regions, and what they share.
    most : People of the regions that are asked.

    Notes
    -----
    Together they hold their part of each shared limit: at first by what all options would take, and once all regions
    said what they take at the prices found, so much that all together would take what there is.
    """

    def __init__(
        self, sources: Sequence[Callable[[], Region]], outlines: Sequence[Outline], crossing: Crossing, *, most: int
    ) -> None:
        self.numbers, self.limit = _sample(outlines, most), crossing.limit
        wanted = np.array([outline.wanted for outline in outlines])
        whole, asked = wanted.sum(axis=0), wanted[self.numbers].sum(axis=0)
        part = np.where(whole > 0, asked / np.where(whole > 0, whole, 1.0), len(self.numbers) / len(wanted))
        regions = [sources[number]() for number in self.numbers]
        relaxed = [Relaxation(region.problem, possible_demands(region)) for region in regions]
        rows = [region.shared_rows(each.priced) for region, each in zip(regions, relaxed, strict=True)]
        self.together = Together(relaxed, [own for own, _ in rows], [place for _, place in rows],
                                 limit=self.limit * part, highest=crossing.highest)  # fmt: skip
        self.prices: FloatArray | None = None

    def search(self, *, passes: int, seconds: float, now: Callable[[], float]) -> SharedPrices:
        """Search prices, from those found before where there are any."""
        together, start = self.together, from_nothing(self.together)
        if self.prices is not None:
            start = replace(start, prices=self.prices, step=NEAR_STEP)
        ascent = find_prices(together, passes=passes, seconds=seconds, now=now, start=start)
        self.prices = ascent.prices
        own = {int(number): together.own(i, ascent.prices) for i, number in enumerate(self.numbers)}
        return SharedPrices(shared=together.shared(ascent.prices), own=own, was_hurried=ascent.was_hurried)

    def correct(self, use: FloatArray) -> None:
        """Let them hold more of what all regions left at these prices, and less of what was too little for all.

        Parameters
        ----------
        use : shape (n_limits,), rupiah that all regions take.
        """
        is_told = use * self.limit > 0
        ratio = np.where(is_told, self.limit / np.where(is_told, use, 1.0), 1.0)
        self.together.limit = self.together.limit * np.clip(ratio, 1.0 / MOST_CORRECTED, MOST_CORRECTED)


def _sample(outlines: Sequence[Outline], most: int) -> IndexArray:
    """Choose regions evenly until they have so many people."""
    people = np.array([outline.people for outline in outlines])
    n = len(people)
    n_sampled = n if people.sum() <= most else max(int(n * most / people.sum()), 1)
    return np.unique((np.arange(n_sampled) + 0.5) * n / n_sampled).astype(np.int64)
