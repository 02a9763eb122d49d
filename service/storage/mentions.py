"""Somebody's number in texts: found where it stands for the person, and nowhere else."""

import re
from collections.abc import Callable

TELLING = 6  # characters from which on a number among words is the person's; a shorter one is any number
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def without_number(number: str, pseudonym: str) -> Callable[[str], str]:
    """Return what puts a pseudonym in the place of somebody's number in a text.

    The number counts as a word, never as a part of one: 100123 is not in 1001234 or 100123-A. A short one counts only
    where it is all of the text, or of an entry of a list.

    Examples
    --------
    >>> without_number("1001", "e-1")("11001; 1001;1001 Jalan 1001")
    '11001; e-1;1001 Jalan 1001'
    >>> without_number("A-10012", "e-1")("Untuk NIP:A-10012, bukan A-100123 atau A-10012-B.")
    'Untuk NIP:e-1, bukan A-100123 atau A-10012-B.'
    """
    own = re.escape(number)
    is_telling = len(number) >= TELLING
    as_word, as_entry = rf"(?<![0-9A-Za-z-]){own}(?!-?[0-9A-Za-z])", rf"(?:(?<=[;,])|^)(\s*){own}(?=\s*(?:[;,]|$))"
    pattern = re.compile(as_word if is_telling else as_entry)
    put = (lambda _: pseudonym) if is_telling else (lambda found: found[1] + pseudonym)
    return lambda text: pattern.sub(put, text)


def without_number_in_json(number: str, pseudonym: str) -> Callable[[str], str]:
    """Return what does the same in the texts of a JSON document, and to no number of it.

    Examples
    --------
    >>> without_number_in_json("12", "e-1")('{"people":["12","112"],"hours":12}')
    '{"people":["e-1","112"],"hours":12}'
    """
    inside = without_number(number, pseudonym)
    return lambda document: _LITERAL.sub(lambda found: f'"{inside(found[1])}"', document)
