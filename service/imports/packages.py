"""JSON documents that are no plain list: statements, packages, ratings with weights or names, levels side by side."""

from service.imports.case import PACKAGE_FIELD, items_of
from service.imports.cells import Cell, FileRefusedError
from service.imports.rating_lists import with_names
from service.imports.score_parts import weighted_records
from service.imports.side_by_side import side_by_side

_STATEMENT = frozenset({"actor", "verb", "object"})


def _are_packages(documents: Cell) -> bool:
    """Return whether a list holds one CASE package and nothing else.

    Raises
    ------
    FileRefusedError
        When it holds several.
    """
    if not isinstance(documents, list) or not documents:
        return False
    is_all = all(isinstance(one, dict) and isinstance(one.get(PACKAGE_FIELD), dict) and "CFItems" in one
                 for one in documents)  # fmt: skip
    if is_all and len(documents) > 1:
        raise FileRefusedError("file-kind", "the file holds {n} CASE packages; import each as a file of its own",
                               n=len(documents))  # fmt: skip
    return is_all


def unpacked(document: Cell) -> Cell:
    """Return the records of a known package as a list; any other document as it is.

    Examples
    --------
    >>> unpacked({"statements": [{"id": "1"}], "more": ""}), unpacked([{"nip": "1"}])
    ([{'id': '1'}], [{'nip': '1'}])
    """
    if _are_packages(document):
        document = document[0]
    if not isinstance(document, dict):
        return document
    if _are_packages([document.get("CFPackage")]):
        document = document["CFPackage"]
    if isinstance(document.get(PACKAGE_FIELD), dict):
        return items_of(document)
    if isinstance(document.get("statements"), list):
        return document["statements"]
    if isinstance(document.get("data"), dict):
        return [document["data"]]  # one record in the envelope of most services
    if document.keys() >= _STATEMENT:
        return [document]
    return weighted_records(document) or side_by_side(document) or with_names(document)
