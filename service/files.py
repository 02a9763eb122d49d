"""Files that a person asked for: the suffix says how, and what stands in the way is said in one sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from training_catalog.errors import InputError

T = TypeVar("T")


def by_suffix(path: Path, known: Mapping[str, T]) -> T:
    """Return what a file's suffix stands for.

    Raises
    ------
    InputError
        When the suffix is none of the known ones.

    Examples
    --------
    >>> by_suffix(Path("pegawai.CSV"), {".csv": "text"})
    'text'
    """
    found = known.get(path.suffix.lower())
    if found is None:
        raise InputError("{file}: suffix '{suffix}' is not accepted; accepted: {known}",
                         file=path.name, suffix=path.suffix, known=", ".join(known))  # fmt: skip
    return found


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Say in one sentence that a file or folder cannot be written, and why.

    Raises
    ------
    InputError
        When the system refuses.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            "{file}: cannot be written: {reason}", file=path, reason=error.strerror or str(error)
        ) from error
