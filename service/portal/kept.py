"""Pages that were made, kept by everything they show."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class KeptPages(Generic[Key]):
    """The pages that were asked for last.

    Parameters
    ----------
    most : Pages kept; the least used go first.

    Notes
    -----
    There is nothing to forget: the key is all that a page shows, and a page that shows something else has another.
    """

    def __init__(self, most: int) -> None:
        self.most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def find(self, key: Key) -> bytes | None:
        """Return a page that shows exactly this; None where none was made, or it has gone."""
        with self._lock:
            page = self._kept.get(key)
            if page is not None:
                self._kept.move_to_end(key)
            return page

    def keep(self, key: Key, page: bytes) -> bytes:
        """Keep a page, and return it."""
        with self._lock:
            self._kept[key] = page
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return page
