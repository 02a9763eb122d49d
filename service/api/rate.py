"""A token bucket for each caller, shared by all worker processes of a host through one small file in memory."""

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_SLOT = struct.Struct("<Qdd")  # who, tokens left, moment of the last look
N_SLOTS = 65_536
PROBES = 8  # slots looked at for one caller


class Buckets:
    """Token buckets: each caller may call `burst` times at once, and `per_second` times a second from then on.

    Parameters
    ----------
    per_second, burst : Refill and size; no limit where `per_second` is 0.
    path : File shared by the workers of a host; one of its own when None.
    clock : Seconds, the same for all processes of the host.
    """

    def __init__(self, per_second: float, burst: float, path: Path | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self.per_second, self.burst, self.clock = per_second, burst, clock
        if path is None:
            self._file, name = tempfile.mkstemp(prefix="bangkom-rate-")
            os.unlink(name)  # noqa: PTH108 (an open file without a name)
        else:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, N_SLOTS * _SLOT.size)
        self._slots = mmap.mmap(self._file, N_SLOTS * _SLOT.size)

    def take(self, caller: str) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        if not self.per_second:
            return 0.0
        who = int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "little") or 1
        first = who % (N_SLOTS - PROBES)
        start, length = first * _SLOT.size, PROBES * _SLOT.size
        fcntl.lockf(self._file, fcntl.LOCK_EX, length, start)
        try:
            return self._take(who, first, self.clock())
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, length, start)

    def _take(self, who: int, first: int, moment: float) -> float:
        """Take a token from the caller's slot: its own, or the one that nobody has used for longest."""
        slots = [(_SLOT.unpack_from(self._slots, (first + i) * _SLOT.size), first + i) for i in range(PROBES)]
        own = next((entry for entry in slots if entry[0][0] == who), None)
        (found, tokens, seen), place = own or min(slots, key=lambda entry: entry[0][2])
        if found != who:
            tokens, seen = self.burst, moment
        tokens = min(self.burst, tokens + max(moment - seen, 0.0) * self.per_second)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self.per_second
        _SLOT.pack_into(self._slots, place * _SLOT.size, who, tokens - (1 if not wait else 0), moment)
        return wait

    def close(self) -> None:
        """Let go of the file."""
        self._slots.close()
        os.close(self._file)
