"""JSON documents of other systems that are no plain list: statements of learning records, packages of competencies."""

from service.imports.case import PACKAGE_FIELD, items_of
from service.imports.cells import Cell

_STATEMENT = frozenset({"actor", "verb", "object"})


def unpacked(document: Cell) -> Cell:
    """Return the records of a known package as a list; any other document as it is.

    Examples
    --------
    >>> unpacked({"statements": [{"id": "1"}], "more": ""}), unpacked([{"nip": "1"}])
    ([{'id': '1'}], [{'nip': '1'}])
    """
    if not isinstance(document, dict):
        return document
    if isinstance(document.get(PACKAGE_FIELD), dict):
        return items_of(document)
    if isinstance(document.get("statements"), list):
        return document["statements"]
    if isinstance(document.get("data"), dict):
        return [document["data"]]  # one record in the envelope of most services
    if document.keys() >= _STATEMENT:
        return [document]
    return document
