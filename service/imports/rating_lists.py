"""Reference lists of ratings (``id`` and ``nama``): told by their names, and used to read the numbers beside them."""

from collections.abc import Mapping

from service.imports.cells import Cell, LeftOut, Lines, Reshaped, Sheet
from service.imports.headers import plain
from service.imports.ratings import label_form
from service.imports.reshaping import body_lines, header_names, placed

_HEADER = ["id", "nama"]
# PermenPANRB 6/2022, as the national personnel service numbers them: 1 is best.
_QUADRANTS = ("sangat baik", "baik", "butuh perbaikan", "kurang", "sangat kurang")
_EXPECTATIONS = ("di atas ekspektasi", "sesuai ekspektasi", "di bawah ekspektasi")
_KNOWN = tuple({str(i): name for i, name in enumerate(names, start=1)} for names in (_QUADRANTS, _EXPECTATIONS))
# Fields whose numbers a list of another name explains.
_EXPLAINED = {"hasilkinerjanilai": "skala", "perilakukerjanilai": "skala", "kuadrankinerjanilai": "kuadran"}
_KNOWN_LIST = "A list of the names of a scale that is on file; nothing is to be stored of it."


def is_rating_list(rows: Lines) -> bool:
    """Return whether rows are the names of a national rating scale, with its numbers.

    Examples
    --------
    >>> is_rating_list([["id", "nama"], ["1", "DIATAS ESPEKTASI"]])
    True
    """
    if header_names(rows) != _HEADER:
        return False
    told = {plain(row[0]): label_form(row[1]) for row in rows[1:] if len(row) == len(_HEADER) and any(map(plain, row))}
    return bool(told) and any(told.items() <= known.items() for known in _KNOWN)


def reshape_rating_list(sheet: Sheet) -> list[Reshaped]:
    """Leave the list out line by line, for the scale is on file."""
    left_out: list[LeftOut] = [(line, "list-known", _KNOWN_LIST) for line, _ in body_lines(sheet)]
    empty = placed(sheet, ["scale", "minimum", "maximum", "direction"], {})
    return [Reshaped(sheet=empty, table="rating_scales", left_out=tuple(left_out))]


def with_names(document: Mapping[str, Cell]) -> dict[str, Cell]:
    """Put the names of ratings in the place of their numbers, where the same document lists them.

    Examples
    --------
    >>> with_names({"skala": [{"id": "1", "nama": "Kurang"}], "nilai": [{"nip": "7", "skala": "1"}]})["nilai"]
    [{'nip': '7', 'skala': 'Kurang'}]
    """
    lists = {key.lower(): names for key, rows in document.items() if (names := _names(rows))}
    if not lists:
        return dict(document)
    return {key: rows if key.lower() in lists else _named(rows, lists) for key, rows in document.items()}


def _names(rows: Cell) -> dict[str, Cell]:
    """Return name by number of a list that holds nothing but names of ratings, in whatever order."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) and list(row) == _HEADER for row in rows):
        return {}
    is_of_ratings = {label_form(row["nama"]) for row in rows} <= set().union(*(known.values() for known in _KNOWN))
    return {plain(row["id"]): row["nama"] for row in rows} if is_of_ratings else {}


def _named(rows: Cell, lists: Mapping[str, Mapping[str, Cell]]) -> Cell:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return rows
    return [{field: _name_of(field, value, lists) for field, value in row.items()} for row in rows]


def _name_of(field: str, value: Cell, lists: Mapping[str, Mapping[str, Cell]]) -> Cell:
    own = field.lower()
    listed = lists.get(own) or lists.get(_EXPLAINED.get(own, ""), {})
    return listed.get(plain(value), value) if isinstance(value, str | int) else value
