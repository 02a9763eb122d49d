"""Compile plain loops over arrays with numba where it is installed; without it they run as they stand, slower."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
IS_COMPILED = find_spec("numba") is not None


def compiled(function: F) -> F:
    """Compile a function on its first call, and keep the machine code on disk where there is a place for it."""
    if not IS_COMPILED:
        return function
    from numba import njit  # noqa: PLC0415 (an extra; see the decision record)

    try:
        return cast("F", njit(cache=True)(function))
    except RuntimeError:  # numba found no folder that it may write to
        return cast("F", njit(function))


def inlined(function: F) -> F:
    """Compile a function into whatever calls it: for small ones that are handed many arrays."""
    if not IS_COMPILED:
        return function
    from numba import njit  # noqa: PLC0415 (as above)

    return cast("F", njit(inline="always")(function))
