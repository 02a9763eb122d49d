"""Trainings, ratings and levels of people who are known by name only: nobody is matched by name, a person chooses."""

from dataclasses import dataclass, replace

from service.imports.cells import Cell, LeftOut, Lines, Reshaped, Sheet
from service.imports.headers import names_of, plain, possible_headers
from training_catalog.tables import table

_TITLES = frozenset({"training", "kursus", "diklat"})
# What a file may hold of each table, its telling column first; the first table that takes all of a file is meant.
_COLUMNS = {
    "history": ("training_name", "training", "start_date", "end_date", "status", "hours", "provider"),
    "assessments": ("competency", "level", "assessed_on", "method", "assessor"),
    "performance": ("rating", "period_end", "scale"),
}
_NEEDED = {"history": ("training_name",), "assessments": ("competency", "level"), "performance": ("rating",)}
_ASKED = {"performance": ("period_end", "scale")}  # of one value for all rows where the file has no column
_OF_PEOPLE = frozenset().union(*(
    names_of(column) for column in table("employees").columns if column.name not in ("employee", "name")
))  # fmt: skip

_IDLE = frozenset({"no", "no.", "nomor", "tahun", "keterangan", "ket", "catatan"})  # which tell nothing of the table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Table that is meant, row of its header, position of each column, and headers that say more of the people."""

    table: str
    header: int
    at: dict[str, int]
    others: tuple[str, ...]


def _places(table_name: str, known: list[set[str]]) -> dict[str, int]:
    """Return the position of the person's name and of each column of a table."""
    declared = table(table_name)
    wanted = {"employee": names_of(table("employees").column("name"))}
    wanted |= {name: names_of(declared.column(name)) for name in _COLUMNS[table_name]}
    if table_name == "history":
        wanted["training_name"] |= _TITLES
    at: dict[str, int] = {}
    for name, spellings in wanted.items():
        place = next((i for i, names in enumerate(known) if names & spellings and i not in at.values()), None)
        if place is not None:
            at[name] = place
    return at


def _find_layout(rows: Lines) -> _Layout | None:
    """Return where things stand; None where people have numbers, or columns are of something else."""
    for row, n_rows, columns in possible_headers(rows):
        known = [set(names) - {""} for names in columns]
        if n_rows > 1 or any(names & names_of(table("employees").column("employee")) for names in known):
            continue
        for name in _COLUMNS:
            at = _places(name, known)
            others = [i for i, names in enumerate(known) if names and i not in at.values()]
            if not {"employee", *_NEEDED[name]} <= set(at) or not all(known[i] & (_OF_PEOPLE | _IDLE) for i in others):
                continue
            if name != "history" or not _are_codes(rows[row + 1 :], at["training_name"]):
                shown = tuple(plain(rows[row][i]) for i in others)
                return _Layout(table=name, header=row, at=at, others=shown)
    return None


def _are_codes(rows: Lines, place: int) -> bool:
    """Return whether a column holds one code a row, as a list of trainings with their names does."""
    told = [plain(row[place]) if place < len(row) else "" for row in rows if any(plain(cell) for cell in row)]
    return len(set(told)) == len(told) and all(cell and " " not in cell for cell in told)


def is_by_name(rows: Lines) -> bool:
    """Return whether rows are about people without numbers."""
    return _find_layout(rows) is not None


def reshape_by_name(sheet: Sheet) -> list[Reshaped]:
    """Bring lines by name to their table, each line once; its people are then refused with candidates."""
    found = _find_layout(sheet.rows)
    if found is None:
        return []
    rows: list[list[Cell]] = [*([] for _ in range(found.header)), list(found.at)]
    left_out: list[LeftOut] = []
    seen: set[tuple[str, ...]] = set()
    for line, row in enumerate(sheet.rows[found.header + 1 :], start=found.header + 2):
        cells: list[Cell] = [row[place] if place < len(row) else "" for place in found.at.values()]
        told = tuple(plain(cell).casefold() for cell in cells)
        is_again = any(told) and told in seen
        if is_again:
            left_out.append((line, "row-repeated", "The same as an earlier line."))
        rows.append([] if is_again else cells)
        seen.add(told)
    notes = (("header-unknown", "Not read: {columns}.", ", ".join(found.others)),) if found.others else ()
    origin = {name: (place, plain(sheet.rows[found.header][place])) for name, place in found.at.items()}
    asked = tuple(name for name in _ASKED.get(found.table, ()) if name not in found.at)
    return [Reshaped(sheet=replace(sheet, rows=rows), table=found.table, left_out=tuple(left_out), notes=notes,
                     origin=origin, asked=asked)]  # fmt: skip
