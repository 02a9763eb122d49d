"""Whom trainings are for: lists in the spellings of offices, and those that nobody on file is meant by."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from service.imports.rows import Rows
from training_catalog.tables import table

_BETWEEN = re.compile(r"\s*[,/|&]\s*|\s+dan\s+", re.IGNORECASE)
MOST_NAMES = 20  # that a message lists
_TYPES = {spelling.casefold(): name for name, accepted in table("employees").column("employment_type").choices
          for spelling in (name, *accepted)}  # fmt: skip


def read_audiences(rows: Rows, frame_of: Callable[[str], pd.DataFrame]) -> None:
    """Part lists of position classes and of employment types as they are meant, and warn of what names nobody.

    A part is split at a comma, a slash or the like only where it is no known name itself, and all its pieces are.

    Parameters
    ----------
    rows : Rows of one file; of other tables than trainings nothing is asked.
    frame_of : Returns a table as known, by name.
    """
    if rows.table.name != "trainings":
        return
    classes = set().union(*(frame_of(name)["position_class"].dropna() for name in ("positions", "position_defaults")))
    known = {name.casefold(): name for name in sorted(classes)}
    for column, names in (("position_classes", known), ("employment_types", _TYPES)):
        if column not in rows.given or not names:
            continue
        told = rows.frame[column]
        parts = {cell: _parts(cell, names) for cell in told.dropna().unique()}
        rows.frame[column] = told.map({cell: ";".join(found) for cell, found in parts.items()}).astype(told.dtype)
        odd = {cell: [part for part in found if part.casefold() not in names] for cell, found in parts.items()}
        for row in np.flatnonzero(told.map(lambda cell, odd=odd: bool(odd[cell]), na_action="ignore").eq(other=True)):
            rows.note("audience-unknown", "nobody on file is {parts}; several are parted by ;, and are one of: {names}",
                      severity="warning", line=int(rows.line[row]), column=column, value=told.iloc[row],
                      parts=", ".join(odd[told.iloc[row]]),
                      names=", ".join(sorted(set(names.values()))[:MOST_NAMES]))  # fmt: skip


def _parts(cell: str, names: dict[str, str]) -> list[str]:
    """Return the parts of a list as they are known; one that is not known stays as it was told."""
    found: list[str] = []
    for part in cell.split(";"):
        pieces = [part] if part.casefold() in names else [piece for piece in _BETWEEN.split(part) if piece]
        is_known = bool(pieces) and all(piece.casefold() in names for piece in pieces)
        found += [names[piece.casefold()] for piece in pieces] if is_known else [part]
    return list(dict.fromkeys(found))
