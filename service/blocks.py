"""Everybody's prospects, some dozens of people at a time: described when one of them is asked for, kept for the others.

What a list is made from, but for the model's word, costs little more for some dozens of people than for one. Whoever
asks for many lists asks for them one after another, so neighbours are described together. Each list is still made when
it is asked for, and from its own person's rows.
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

PEOPLE_PER_BLOCK = 64  # described in three times what one person takes
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
        self._made: OrderedDict[int, tuple[Prospects, int]] = OrderedDict()

    def prospects_of(self, row: int) -> Prospects:
        """Return the prospects of one person of the workforce."""
        number, place = divmod(row, PEOPLE_PER_BLOCK)
        made = self._made.get(number)
        return (self._block(number) if made is None else made[0]).of_person(place)

    def _block(self, number: int) -> Prospects:
        with self._lock:
            known = self._made.get(number)
            if known is not None:
                return known[0]
            block = self._describe(number)
            size = n_bytes(block)
            self._made[number] = block, size
            self.n_bytes += size
            while self.n_bytes > self.most_bytes and len(self._made) > 1:
                self.n_bytes -= self._made.popitem(last=False)[1][1]
            return block

    def _describe(self, number: int) -> Prospects:
        office, first = self.office, number * PEOPLE_PER_BLOCK
        crew = office.workforce.take(np.arange(first, min(first + PEOPLE_PER_BLOCK, office.workforce.n_people)))
        return find_prospects(crew, office.catalog, office.on, self.policy, expected=self.background.expected,
                              day=self.day, past=self.background.past)  # fmt: skip
