"""Names as they are compared: whatever the case, and the kind of apostrophe, a program or a person wrote."""

import pandas as pd

_MARKS = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u00b4`"), "'") | dict.fromkeys(
    map(ord, "\u201c\u201d\u201e\u2033"), '"'
)


def folded(text: str) -> str:
    """Return a text as names are compared: in small letters, with one apostrophe and one quotation mark for all kinds.

    Examples
    --------
    >>> folded("Ma\u2019ruf") == folded("MA'RUF") == folded("Ma`ruf")
    True
    """
    return text.casefold().translate(_MARKS)


def all_folded(texts: pd.Series) -> pd.Series:
    """Return texts as `folded` does; missing ones stay so."""
    return texts.str.casefold().str.translate(_MARKS)


def those_named(people: pd.DataFrame, words: str, most: int) -> tuple[str, ...]:
    """Return the first people in whose names all the words stand, each as a number with the name in brackets.

    Examples
    --------
    >>> people = pd.DataFrame({"employee": ["1", "2"], "name": ["dr. Melur Pagi, Sp.A.", "Lintang"]})
    >>> those_named(people, "melur pagi", 3)
    ('1 (dr. Melur Pagi, Sp.A.)',)
    """
    wanted = folded(words).split()
    is_named = [all(word in name for word in wanted) for name in all_folded(people["name"].fillna(""))]
    found = people[is_named] if wanted else people[:0]
    return tuple(f"{number} ({name})" for number, name in zip(found["employee"][:most], found["name"], strict=False))
