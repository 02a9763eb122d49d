"""Cells that a workbook shows as one over several lines: what stands there holds for each of them."""

from dataclasses import dataclass, replace

import numpy as np

from service.imports.cells import Sheet
from service.imports.columns import Coded, Columns
from service.imports.headers import Header

COUNTED = frozenset(
    {"money", "integer", "decimal", "hours", "level"}
)  # one number for several lines is theirs together


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A cell of a known column that several lines have in common.

    Parameters
    ----------
    column : Canonical name.
    first, last : Lines, as the person sees them.
    is_read : Whether it was read for each line.
    """

    column: str
    first: int
    last: int
    is_read: bool


def unmerged(sheet: Sheet, header: Header) -> tuple[Sheet, list[Shared]]:
    """Return a sheet in which each line below the header has the cells that it shares, and which these are.

    Parameters
    ----------
    sheet : All cells.
    header : The header found; its own merged cells stay as they are.
    """
    if not sheet.merged or not isinstance(sheet.rows, Columns):
        return sheet, []
    columns, shared = list(sheet.rows.columns), []
    names = {at: name for name, at in header.columns.items()}
    for (top, left), (bottom, _) in sheet.merged:
        if left in names and top >= header.row + header.n_rows and top < bottom < len(sheet.rows):
            is_read = header.table.column(names[left]).kind not in COUNTED
            shared.append(Shared(column=names[left], first=top + 1, last=bottom + 1, is_read=is_read))
            if is_read:
                places = np.array(columns[left].places)
                places[top : bottom + 1] = places[top]
                columns[left] = Coded(different=columns[left].different, places=places)
    return replace(sheet, rows=Columns(columns)), shared
