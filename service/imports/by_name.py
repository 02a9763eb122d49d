"""Trainings of people who are known by name only: nobody is matched by name, a person chooses."""

from dataclasses import replace

from service.imports.cells import Cell, LeftOut, Reshaped, Sheet
from service.imports.headers import names_of, plain, possible_headers
from training_catalog.tables import table

_TITLES = frozenset({"training", "kursus", "diklat"})
_COLUMNS = ("training_name", "training", "start_date", "end_date", "status", "hours", "provider")


def _find_layout(rows: list[list[Cell]]) -> tuple[int, dict[str, int]] | None:
    """Return the header's row, and the position of each column of the history; None where people have numbers."""
    history, people = table("history"), table("employees")
    for row, n_rows, columns in possible_headers(rows):
        known = [set(names) for names in columns]
        if n_rows > 1 or any(names & names_of(people.column("employee")) for names in known):
            continue
        wanted = {"employee": names_of(people.column("name"))}
        wanted |= {name: names_of(history.column(name)) for name in _COLUMNS}
        wanted["training_name"] |= _TITLES
        at: dict[str, int] = {}
        for name, spellings in wanted.items():
            place = next((i for i, names in enumerate(known) if names & spellings and i not in at.values()), None)
            if place is not None:
                at[name] = place
        is_whole = {"employee", "training_name"} <= set(at) and len(at) == sum(bool(names - {""}) for names in known)
        if is_whole and not _are_codes(rows[row + 1 :], at["training_name"]):
            return row, at
    return None


def _are_codes(rows: list[list[Cell]], place: int) -> bool:
    """Return whether a column holds one code a row, as a list of trainings with their names does."""
    told = [plain(row[place]) if place < len(row) else "" for row in rows if any(plain(cell) for cell in row)]
    return len(set(told)) == len(told) and all(cell and " " not in cell for cell in told)


def is_by_name(rows: list[list[Cell]]) -> bool:
    """Return whether rows are trainings of people without numbers."""
    return _find_layout(rows) is not None


def reshape_by_name(sheet: Sheet) -> list[Reshaped]:
    """Bring trainings by name to the history, each line once; its people are then refused with candidates."""
    found = _find_layout(sheet.rows)
    if found is None:
        return []
    header, at = found
    rows: list[list[Cell]] = [*([] for _ in range(header)), list(at)]
    left_out: list[LeftOut] = []
    seen: set[tuple[str, ...]] = set()
    for line, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        cells: list[Cell] = [row[place] if place < len(row) else "" for place in at.values()]
        told = tuple(plain(cell).casefold() for cell in cells)
        is_again = any(told) and told in seen
        if is_again:
            left_out.append((line, "row-repeated", "The same as an earlier line."))
        rows.append([] if is_again else cells)
        seen.add(told)
    return [Reshaped(sheet=replace(sheet, rows=rows), table="history", left_out=tuple(left_out))]
