"""What is kept in memory takes what it holds."""

import ctypes
import platform

import msgspec
import pytest

from service.c_library import without_slack


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks glibc how much it handed out")
def test_bytes_to_keep_take_what_they_hold():
    library = ctypes.CDLL(None)
    library.malloc_usable_size.restype = ctypes.c_size_t
    library.malloc_usable_size.argtypes = [ctypes.c_void_p]
    encoded = msgspec.json.encode({"items": [{"name": f"Pelatihan {n}", "reasons": ["a" * 40] * 5} for n in range(40)]})
    kept = without_slack(encoded)
    assert kept == encoded
    assert library.malloc_usable_size(id(kept)) < len(kept) + 100 < library.malloc_usable_size(id(encoded))
