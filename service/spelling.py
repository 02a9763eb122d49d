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
