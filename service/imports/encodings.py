"""Bytes to text: byte order marks, UTF-8, UTF-16, UTF-32, Windows code pages, and files that mix them."""

import re
from dataclasses import dataclass

from service.imports.cells import FileRefusedError

MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
WINDOWS = "cp1252"  # what offices' computers write where it is no UTF-8
SAMPLE_BYTES = 4_000
ZERO_SHARE = 0.3  # of every second byte: Latin letters in UTF-16 have a zero beside each
FIRST_WHITE, LAST_WHITE, FIRST_SIGN = 9, 13, 32  # tab to carriage return, and the space
FEWEST_CONTROLS = 8  # a few in a small text were put there by mistake, and are taken out
CONTROL_SHARE = 0.05  # of the bytes of a text that may be control characters
MOST_LINES_SHOWN = 20
_LOST = "\ufffd"  # what stands where some program could not read a letter
_TWICE = re.compile("[\u00c2-\u00f4][^\x00-\x7f]+")  # may be a letter of UTF-8 that was read as Windows-1252


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and how it was read.

    Parameters
    ----------
    text, encoding : Text, and name of its encoding.
    notes : Codes with a value each, for the report.
    """

    text: str
    encoding: str
    notes: tuple[tuple[str, str], ...] = ()


def decode(content: bytes, encoding: str | None) -> Decoded:
    """Read bytes as text: by what the person says, by mark, as UTF-8, UTF-16 or UTF-32, line by line with Windows-1252.

    Raises
    ------
    FileRefusedError
        When the encoding does not exist or does not fit.
    """
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    told = encoding or marked or "utf-8"
    try:
        if not encoding and not marked and (unmarked := _wide_without_mark(content)):
            return Decoded(text=content.decode(unmarked), encoding=unmarked, notes=(("encoding-assumed", unmarked),))
        return Decoded(text=content.decode(told), encoding=told)
    except (UnicodeError, LookupError) as error:
        if encoding or marked not in {None, "utf-8-sig"}:
            reason = f"byte {error.start + 1}" if isinstance(error, UnicodeDecodeError) else str(error)
            raise FileRefusedError("file-unreadable", "cannot be read as {encoding} ({reason}); say another --encoding",
                                   encoding=told, reason=reason) from error  # fmt: skip
    return _by_line(content.removeprefix(b"\xef\xbb\xbf"))


def is_garbled(text: str) -> bool:
    """Return whether a text holds letters that a program lost, or read as Windows-1252 though they were UTF-8.

    Examples
    --------
    >>> is_garbled("Caf\u00c3\u00a9"), is_garbled("Caf\ufffd"), is_garbled("Caf\u00e9 \u00c3o")
    (True, True, False)
    """
    return _LOST in text or any(_is_read_twice(found[0]) for found in _TWICE.finditer(text))


def _is_read_twice(letters: str) -> bool:
    try:
        return bool(letters.encode(WINDOWS).decode("utf-8"))
    except UnicodeError:
        return False


def is_no_text(content: bytes) -> bool:
    """Return whether bytes are of no text in any encoding that is found: too many are control characters.

    Examples
    --------
    >>> is_no_text(bytes(range(32)) * 9), is_no_text("NIP;Nama".encode("utf-16-le")), is_no_text(b"NIP;Nama")
    (True, False, False)
    """
    sample = content[:SAMPLE_BYTES]
    if content.startswith(tuple(mark for mark, _ in MARKS)) or _wide_without_mark(content):
        return False
    n_controls = sum(byte < FIRST_WHITE or LAST_WHITE < byte < FIRST_SIGN for byte in sample)
    return n_controls > max(FEWEST_CONTROLS, CONTROL_SHARE * len(sample))


def _wide_without_mark(content: bytes) -> str | None:
    """Return the encoding of two or four bytes a letter that zeros beside Latin letters tell; None where none does."""
    sample = content[:SAMPLE_BYTES]
    quarters = [set(sample[at::4]) for at in range(4)]
    if len(sample) >= 4 and 0 not in quarters[0] and quarters[2] == quarters[3] == {0}:  # noqa: PLR2004 (one letter)
        return "utf-32-le"
    if len(sample) >= 4 and 0 not in quarters[3] and quarters[0] == quarters[1] == {0}:  # noqa: PLR2004 (one letter)
        return "utf-32-be"
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > ZERO_SHARE * half and not sample[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > ZERO_SHARE * half and not sample[1::2].count(0) else None


def _by_line(content: bytes) -> Decoded:
    """Read each line as UTF-8 where it is, else as Windows-1252; lines that are the odd ones are named."""
    lines, windows, utf8 = [], [], []
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        try:
            text = line.decode("utf-8")
            if not line.isascii():
                utf8.append(number)
        except UnicodeDecodeError:
            windows.append(number)
            text = _windows(line, number)
        lines.append(text)
    if not utf8:
        return Decoded(text="".join(lines), encoding=WINDOWS, notes=(("encoding-assumed", WINDOWS),))
    shown = ", ".join(map(str, windows[:MOST_LINES_SHOWN])) + (", ..." if len(windows) > MOST_LINES_SHOWN else "")
    return Decoded(text="".join(lines), encoding=f"utf-8, {WINDOWS}", notes=(("encoding-mixed", shown),))


def _windows(line: bytes, number: int) -> str:
    try:
        return line.decode(WINDOWS)
    except UnicodeDecodeError as error:
        raise FileRefusedError("file-unreadable", "line {line} is neither UTF-8 nor Windows-1252; say --encoding",
                               line=number) from error  # fmt: skip
