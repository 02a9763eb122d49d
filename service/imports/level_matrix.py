"""One column a competency: levels of people beside each other, each brought to a row of its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from service.imports.cells import Cell, Reshaped, Sheet
from service.imports.headers import Header, find_header, names_of, normal, plain, written_at
from service.imports.options import ImportOptions
from training_catalog.tables import table

COLUMNS = ("employee", "competency", "level")
FEWEST_NAMED = 2  # columns that name a competency; one alone must be its code
_ASSESSMENTS = table("assessments")
_LONG = names_of(_ASSESSMENTS.column("competency"))  # such a column has the competency in each row
BESIDE = ("assessed_on", "method", "assessor")  # which a sheet may tell of each person
TOLD_WITH_DAY = "The columns {columns} are competencies; their levels are read as assessments, of the day beside them."
TOLD = (
    "The columns {columns} are competencies; their levels are read as assessments, of unknown day unless --set "
    "assessed_on=... says it."
)


def levels_beside(
    sheet: Sheet, options: ImportOptions, frame_of: Callable[[str], pd.DataFrame]
) -> tuple[Header | None, list[Reshaped]]:
    """Return the header of people, where a sheet has all of it, and its levels; neither where it is no such sheet.

    Parameters
    ----------
    sheet, options : Cells, and what the person says of them.
    frame_of : Returns a table as known, by name.
    """
    line = None if options.header_line is None else options.header_line - 1
    found = find_header(sheet.rows, (table("employees"),), line)
    if options.table not in {None, "assessments"} or not found or "employee" not in found[0].columns:
        return None, []
    names = _names(frame_of("competencies")) if found[0].unknown else {}
    for header in (found[0], *_with_line_below(sheet, found[0])):
        if columns := _level_columns(sheet, header, names):
            break
    else:
        return None, []
    over = {plain(cell) for at in columns for cell in sheet.rows[header.row][: at + 1]} if header.n_rows > 1 else set()
    beside = _beside(sheet, header, columns)
    read = {*names, *(normal(written_at(sheet.rows, header.row, header.n_rows, at)) for at in beside.values())}
    unknown = tuple(shown for shown in header.unknown if normal(shown) not in read and shown not in over)
    is_of_people = options.table is None and not header.missing
    return (replace(header, unknown=unknown) if is_of_people else None), _reshaped(sheet, header, columns, beside)


def _names(competencies: pd.DataFrame) -> dict[str, str]:
    """Return each competency by its code, and by its name where only one has it."""
    own = competencies.drop_duplicates("competency").dropna(subset=["name"])
    single = own[~own["name"].map(normal).duplicated(keep=False)]
    by_name = zip(single["name"].map(normal), single["competency"], strict=True)
    return dict(by_name) | {normal(code): code for code in own["competency"]}


def _with_line_below(sheet: Sheet, header: Header) -> list[Header]:
    """Return a header with the line below it, where that is of nobody: the competencies may stand under one word."""
    below, people = header.row + header.n_rows, header.columns["employee"]
    is_of_nobody = below < len(sheet.rows) and not any(map(plain, sheet.rows[below][people : people + 1]))
    return [replace(header, n_rows=header.n_rows + 1)] if is_of_nobody else []


def _level_columns(sheet: Sheet, header: Header, names: Mapping[str, str]) -> dict[int, str]:
    """Return the competency of each column that names one."""
    lowest = _lowest(sheet, header)
    own = set(header.columns.values())
    found = {at: names[name] for at, name in enumerate(lowest) if at not in own and name in names}
    is_clear = len(found) >= FEWEST_NAMED or any(normal(code) == lowest[at] for at, code in found.items())
    return found if is_clear and not _LONG & set(lowest) else {}


def _lowest(sheet: Sheet, header: Header) -> list[str]:
    """Return for each column the normal name of its lowest cell in the header that holds something."""
    lines = [sheet.rows[line] for line in reversed(range(header.row, header.row + header.n_rows))]
    return [
        normal(next((line[at] for line in lines if at < len(line) and plain(line[at])), ""))
        for at in range(max(map(len, lines)))
    ]


def _beside(sheet: Sheet, header: Header, levels: Mapping[int, str]) -> dict[str, int]:
    """Return the columns that tell the day, the method or the assessor of each person's levels."""
    taken = {*header.columns.values(), *levels}
    free = {name: at for at, name in reversed(list(enumerate(_lowest(sheet, header)))) if at not in taken}
    found = {}
    for name in BESIDE:
        at = next((free[known] for known in sorted(names_of(_ASSESSMENTS.column(name))) if known in free), None)
        if at is not None:
            found[name] = at
    return found


def _reshaped(sheet: Sheet, header: Header, columns: Mapping[int, str], beside: Mapping[str, int]) -> list[Reshaped]:
    """Bring each column of levels to assessments; who has no level in one has no row of it."""
    people = header.columns["employee"]
    body = range(header.row + header.n_rows, len(sheet.rows))
    found: list[Reshaped] = []
    for at, competency in columns.items():
        rows: list[list[Cell]] = [[] for _ in sheet.rows]
        rows[header.row] = [*COLUMNS, *beside]
        for line in body:
            cells = sheet.rows[line]
            if max(people, at) < len(cells) and plain(cells[people]) and plain(cells[at]):
                rows[line] = [cells[people], competency, cells[at],
                              *(cells[place] if place < len(cells) else "" for place in beside.values())]  # fmt: skip
        origin = {name: (place, written_at(sheet.rows, header.row, header.n_rows, place))
                  for name, place in (("employee", people), ("level", at), *beside.items())}  # fmt: skip
        told = TOLD_WITH_DAY if "assessed_on" in beside else TOLD
        notes = () if found else (("levels-beside", told, ", ".join(columns.values())),)
        found.append(Reshaped(sheet=replace(sheet, rows=rows, notes=[]), table="assessments", n_header=header.n_rows,
                              notes=notes, origin=origin))  # fmt: skip
    return found
