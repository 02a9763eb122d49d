"""When keys and sessions were last used: noted at once, written later by a thread, at most once a minute each."""

import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from service.storage.access import API_KEYS, SESSIONS
from service.storage.engine import transaction
from training_catalog.errors import StorageError

EVERY = timedelta(minutes=1)
_KEPT = 100_000  # notes in memory; they are forgotten all at once beyond that

Use = tuple[str, str]  # "key" and its id, or "session" and its digest


class LastUses:
    """Notes of use.

    Nobody waits for them: a database that is busy or away keeps only the notes waiting.

    Parameters
    ----------
    engine : Of the database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._lock = threading.Lock()
        self._noted: dict[Use, datetime] = {}
        self._waiting: dict[Use, datetime] = {}
        self._writer: threading.Thread | None = None

    def note(self, use: Use, stored: datetime | None, now: datetime) -> None:
        """Note a use, unless the one before, stored or noted, is less than a minute old."""
        with self._lock:
            before = max((moment for moment in (stored, self._noted.get(use)) if moment is not None), default=None)
            if before is not None and before <= now < before + EVERY:
                return
            if len(self._noted) >= _KEPT:
                self._noted.clear()
            self._noted[use] = self._waiting[use] = now
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write, name="last-uses", daemon=True)
                self._writer.start()

    def latest(self, use: Use, stored: datetime) -> datetime:
        """Return when something was last used, as far as the database or this process knows."""
        with self._lock:
            return max(stored, self._noted.get(use, stored))

    def close(self, seconds: float = 5) -> None:
        """Wait a moment for what is being written."""
        writer = self._writer
        if writer is not None:
            writer.join(seconds)

    def _write(self) -> None:
        """Write what waits until nothing does; what cannot be written waits for the next note."""
        while True:
            with self._lock:
                uses, self._waiting = self._waiting, {}
                if not uses:
                    self._writer = None
                    return
            try:
                with transaction(self.engine, is_writer=True, in_turn=False) as connection:
                    for (kind, identifier), moment in sorted(uses.items()):
                        connection.execute(_update(kind, identifier, moment))
            except (StorageError, SQLAlchemyError):
                with self._lock:
                    self._waiting = uses | self._waiting
                    self._writer = None
                return


def _update(kind: str, identifier: str, moment: datetime) -> sa.Update:
    if kind == "key":
        used = API_KEYS.c.used_at
        is_later = sa.or_(used.is_(None), used < moment)
        return sa.update(API_KEYS).where(API_KEYS.c.key_id == identifier, is_later).values(used_at=moment)
    seen = SESSIONS.c.seen_at
    return sa.update(SESSIONS).where(SESSIONS.c.digest == identifier, seen < moment).values(seen_at=moment)
