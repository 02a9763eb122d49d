"""Everybody's prospects, some dozens of people at a time: described when one of them is asked for, kept for the others.

What a list is made from, but for the model's word, costs four times as much for some dozens of people as for one. Where
everybody's fits into memory, neighbours are described together; where it does not, only once a second one is asked for
right after the first, as by who reads list after list. Each list is still made when it is asked for, and from its own
person's rows.
"""

import threading
from collections import OrderedDict

import numpy as np

from recommender.catalog_day import CatalogDay
from recommender.policy import Policy
from recommender.prospects import Prospects
from recommender.use_cases import find_prospects
from service.pipeline import Background, Office
from training_catalog.columns import n_bytes

PEOPLE_PER_BLOCK = 64
MOST_BYTES = 64_000_000


class Blocks:
    """Prospects of the people of one office, as long as it serves.

    Parameters
    ----------
    office, background, day, policy : What they are described from.
    most_bytes : Blocks that were made first are let go when there are more than this.
    """

    def __init__(
        self, office: Office, background: Background, day: CatalogDay, policy: Policy, most_bytes: int = MOST_BYTES
    ) -> None:
        self.office, self.background, self.day, self.policy = office, background, day, policy
        self.most_bytes, self.n_bytes = most_bytes, 0
        self._lock = threading.Lock()
        self._last = -1
        self._made: OrderedDict[int, tuple[Prospects, int]] = OrderedDict()

    def prospects_of(self, row: int) -> Prospects:
        """Return the prospects of one person of the workforce."""
        number, place = divmod(row, PEOPLE_PER_BLOCK)
        made, last, self._last = self._made.get(number), self._last, number
        if made is not None:
            return made[0].of_person(place)
        if number == last or self._has_room_for_everybody():
            return self._block(number).of_person(place)
        return self._describe(row, row + 1)

    def _has_room_for_everybody(self) -> bool:
        """Tell by the blocks made so far whether all of them could be kept; the first is made to see."""
        n_blocks = -(-self.office.workforce.n_people // PEOPLE_PER_BLOCK)
        return self.n_bytes * n_blocks <= self.most_bytes * max(len(self._made), 1)

    def _block(self, number: int) -> Prospects:
        with self._lock:
            known = self._made.get(number)
            if known is not None:
                return known[0]
            first = number * PEOPLE_PER_BLOCK
            block = self._describe(first, min(first + PEOPLE_PER_BLOCK, self.office.workforce.n_people))
            size = n_bytes(block)
            self._made[number] = block, size
            self.n_bytes += size
            while self.n_bytes > self.most_bytes and len(self._made) > 1:
                self.n_bytes -= self._made.popitem(last=False)[1][1]
            return block

    def _describe(self, first: int, end: int) -> Prospects:
        office = self.office
        crew = office.workforce.take(np.arange(first, end))
        return find_prospects(crew, office.catalog, office.on, self.policy, expected=self.background.expected,
                              day=self.day, past=self.background.past)  # fmt: skip
