"""Ratings made of weighted parts: the mean of the parts that are there; an absent part is none, a zero is one."""

import json
from collections.abc import Mapping, Sequence

from service.imports.cells import Cell, CellError, Lines, Remark, Reshaped, Sheet
from service.imports.headers import plain
from service.imports.reshaping import body_lines, placed
from service.imports.values import is_missing, read_number

WEIGHTS_FIELD = "bobot"  # holds the weights of all parts as an object, in every record
_WEIGHTS = ("bobot", "weights", "weight")


def weighted_records(document: Mapping[str, Cell]) -> list[dict[str, Cell]] | None:
    """Return the records of a document that gives weights of their parts, each with the weights; None for others.

    Examples
    --------
    >>> weighted_records({"bobot": {"tes": 1}, "nilai": [{"nip": "7", "tes": 3}]})
    [{'nip': '7', 'tes': 3, 'bobot': {'tes': 1}}]
    """
    weights: Cell = next((document[key] for key in document if key.lower() in _WEIGHTS), None)
    lists = [rows for rows in document.values() if isinstance(rows, list) and all(isinstance(r, dict) for r in rows)]
    if not _are_weights(weights) or len(lists) != 1 or not any(set(weights) & set(row) for row in lists[0]):
        return None
    return [{**row, WEIGHTS_FIELD: weights} for row in lists[0]]


def _are_weights(weights: Cell) -> bool:
    return isinstance(weights, dict) and bool(weights) and all(
        isinstance(weight, int | float) and not isinstance(weight, bool) and weight > 0 for weight in weights.values()
    )  # fmt: skip


def _weights(rows: Lines) -> dict[str, float]:
    """Return the weights that stand in the records; empty where none do."""
    if len(rows) < 2 or WEIGHTS_FIELD not in rows[0]:  # noqa: PLR2004 (a header and a record)
        return {}
    at = rows[0].index(WEIGHTS_FIELD)
    cell = rows[1][at] if at < len(rows[1]) else ""
    if not isinstance(cell, str) or cell[:1] != "{":
        return {}
    try:
        weights = json.loads(cell)
    except ValueError:
        return {}
    return weights if _are_weights(weights) else {}


def has_parts(rows: Lines) -> bool:
    """Return whether rows are ratings made of parts."""
    return bool(_weights(rows))


def reshape_parts(sheet: Sheet) -> list[Reshaped]:
    """Bring the mean of the parts of each record to performance, and say which parts it is the mean of."""
    weights = _weights(sheet.rows)
    header = sheet.rows[0]
    at = {name: header.index(name) if name in header else None for name in weights}
    kept = [i for i, name in enumerate(header) if name not in weights and name != WEIGHTS_FIELD]
    lines: dict[int, list[Cell]] = {}
    remarks: list[Remark] = []
    for line, row in body_lines(sheet):
        parts = {name: "" if place is None else row[place] for name, place in at.items()}
        lines[line] = [*[row[i] for i in kept], _mean(parts, weights)]
        absent = [name for name, cell in parts.items() if is_missing(cell)]
        if absent and len(absent) < len(parts):
            remarks.append((line, "parts-absent", "The mean of {n} of {total} parts; without: {absent}.", {
                "n": str(len(parts) - len(absent)), "total": str(len(parts)), "absent": ", ".join(absent),
            }))  # fmt: skip
    names: Sequence[str] = [*[plain(header[i]) for i in kept], "rating"]
    return [Reshaped(sheet=placed(sheet, names, lines), table="performance", remarks=tuple(remarks),
                     asked=("period_end", "scale"))]  # fmt: skip


def _mean(parts: Mapping[str, Cell], weights: Mapping[str, float]) -> Cell:
    """Return the weighted mean of the parts that are there; a part that is no number, so that it is refused as such."""
    total = weight = 0.0
    for name, cell in parts.items():
        if is_missing(cell):
            continue
        try:
            total += weights[name] * read_number(cell)
        except CellError:
            return cell
        weight += weights[name]
    return total / weight if weight else ""
