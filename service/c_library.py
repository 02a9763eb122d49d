"""What the C library keeps of memory: less than it would by itself, where that is glibc."""

import ctypes
from contextlib import suppress

M_MMAP_THRESHOLD, MAPPED_BYTES = -3, 1 << 15  # the C library's number of that setting; columns of 4,096 people and more
M_ARENA_MAX, N_ARENAS = -8, 1  # likewise; threads take turns in Python anyhow


def keep_little() -> None:
    """Let the threads of this process share what they give back, and large blocks go back to the system at once.

    Each thread would keep its own otherwise, and the memory of a service with 16 of them would grow for hours; and
    large blocks would come from the heap, and leave holes there that fill with what stays.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, N_ARENAS)
        library.mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)


def give_back() -> None:
    """Give free pages back to the system, wherever in the heap they are: some milliseconds."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def without_slack(body: bytes) -> bytes:
    """Return a copy of bytes that takes what they hold: to be kept.

    An encoder's buffer is cut where its content ends, and keeps about a fifth more in the heap, in holes of all sizes.
    """
    return bytes(memoryview(body))
