"""Lists told who has a seat already: beside the lists, so that a seat that comes or goes makes none of them anew."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from service.answers import Answer
from service.ledger.held import Held, seats_held, tell_seats
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_SEATS
from service.storage.watch import Versions

MOST_PEOPLE, MOST_LISTS = 100_000, 2_000  # kept; some hundred bytes, and about 10 kB each


class HeldSeats:
    """Seats of people who were asked about, as long as no seat has changed since.

    Parameters
    ----------
    engine : Where seats are looked up.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self._lock = engine, threading.Lock()
        with transaction(engine) as connection:  # seats of an earlier release, which noted no change of them
            self._had_some = connection.execute(sa.select(LEDGER_SEATS.c.seat).limit(1)).first() is not None
        self._held: OrderedDict[Hashable, tuple[int, tuple[Held, ...]]] = OrderedDict()
        self._told: OrderedDict[Hashable, Answer] = OrderedDict()

    def at_hand(self, employee: str, versions: Versions) -> tuple[Held, ...] | None:
        """Return a person's seats; None where they have to be looked up."""
        if versions.seats == 0 and not self._had_some:  # no plan was ever approved
            return ()
        known = self._held.get(employee)
        return known[1] if known is not None and known[0] == versions.seats else None

    def of(self, employee: str, versions: Versions) -> tuple[Held, ...]:
        """Return a person's seats, looked up where they are not at hand."""
        found = self.at_hand(employee, versions)
        if found is None:
            with transaction(self.engine) as connection:
                found = seats_held(connection, employee)
            self._keep(self._held, employee, (versions.seats, found), MOST_PEOPLE)
        return found

    def tell(self, answer: Answer, held: tuple[Held, ...]) -> Answer:
        """Return a list that says which of its trainings the person has a seat for."""
        if not held:
            return answer
        key = (answer.etag, held)
        known = self._told.get(key)
        if known is not None:
            return replace(answer, body=known.body, etag=known.etag)
        document: dict[str, Any] = msgspec.json.decode(answer.body)
        body = msgspec.json.encode({**document, "items": tell_seats(document["items"], held)})
        told = replace(answer, body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"')
        self._keep(self._told, key, told, MOST_LISTS)
        return told

    def _keep(self, kept: OrderedDict[Hashable, Any], key: Hashable, value: object, most: int) -> None:
        with self._lock:
            kept.pop(key, None)
            kept[key] = value
            while len(kept) > most:
                kept.popitem(last=False)
