"""Everybody's lists, some dozens of people at a time: made when one of them is asked for, kept for the others.

To describe and rank some dozens of people costs three times what it costs for one. Where everybody's lists fit into
memory, neighbours are ranked together; where they do not, only once a second one is asked for right after the first, as
by who reads list after list. What a list says of its person is put into words when it is asked for.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from recommender.catalog_day import CatalogDay
from recommender.explanation import Grounds, find_grounds
from recommender.policy import Policy
from recommender.use_cases import find_prospects, rank_prospects
from service.list_items import Faces
from service.pipeline import Background, Office, explanation_context
from service.predictor import Predictor
from training_catalog.columns import n_bytes

PEOPLE_PER_BLOCK = 64
MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lists of neighbours, by what predicted them; `n_bytes` is the memory they take."""

    grounds: dict[str, Grounds]
    n_bytes: int


class Blocks:
    """Lists of the people of one office, as long as it serves.

    Parameters
    ----------
    office, background, day, policy : What they are made from.
    other : What predicts beside the office's own predictor, while two are compared.
    most_bytes : Blocks that were made first are let go when there are more than this.
    """

    def __init__(
        self, office: Office, background: Background, day: CatalogDay, policy: Policy, other: Predictor | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self.office, self.background, self.day, self.policy = office, background, day, policy
        self.predictors = (office.predictor,) if other is None else (office.predictor, other)
        self.faces = Faces(office.catalog)
        self.most_bytes, self.n_bytes = most_bytes, 0
        self._lock = threading.Lock()
        self._last = -1
        self._made: OrderedDict[int, Block] = OrderedDict()

    def at_hand(self, row: int, predictor: Predictor) -> tuple[Grounds, int] | None:
        """Return the lists that hold one person's, and which of them it is; None where they have to be made first."""
        number, place = divmod(row, PEOPLE_PER_BLOCK)
        made = self._made.get(number)
        if made is None:
            return None
        self._last = number
        return made.grounds[predictor.identifier], place

    def grounds_of(self, row: int, predictor: Predictor) -> tuple[Grounds, int]:
        """Return the lists that hold one person's, made now where they are not at hand, and which of them it is."""
        found = self.at_hand(row, predictor)
        if found is not None:
            return found
        number, place = divmod(row, PEOPLE_PER_BLOCK)
        last, self._last = self._last, number
        if number == last or self._has_room_for_everybody():
            return self._block(number).grounds[predictor.identifier], place
        return self._rank(row, row + 1, (predictor,)).grounds[predictor.identifier], 0

    def _has_room_for_everybody(self) -> bool:
        """Tell by the blocks made so far whether all of them could be kept; the first is made to see."""
        n_blocks = -(-self.office.workforce.n_people // PEOPLE_PER_BLOCK)
        return self.n_bytes * n_blocks <= self.most_bytes * max(len(self._made), 1)

    def _block(self, number: int) -> Block:
        with self._lock:
            known = self._made.get(number)
            if known is not None:
                return known
            first = number * PEOPLE_PER_BLOCK
            block = self._rank(first, min(first + PEOPLE_PER_BLOCK, self.office.workforce.n_people), self.predictors)
            self._made[number] = block
            self.n_bytes += block.n_bytes
            while self.n_bytes > self.most_bytes and len(self._made) > 1:
                self.n_bytes -= self._made.popitem(last=False)[1].n_bytes
            return block

    def _rank(self, first: int, end: int, predictors: tuple[Predictor, ...]) -> Block:
        """Make the lists of consecutive people."""
        office, grounds = self.office, {}
        crew = office.workforce.take(np.arange(first, end))
        prospects = find_prospects(crew, office.catalog, office.on, self.policy, expected=self.background.expected,
                                   day=self.day, past=self.background.past)  # fmt: skip
        context = explanation_context(office, crew, self.policy, self.background.links)
        for one in predictors:
            lists = rank_prospects(prospects, one.predictor)
            grounds[one.identifier] = find_grounds(lists, crew, office.catalog, context)
        return Block(grounds=grounds, n_bytes=sum(n_bytes(found) for found in grounds.values()))
