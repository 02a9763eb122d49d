"""Files of others brought to our own headers: O*NET, ESCO, and regional budget files."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from service.imports.cells import Cell, Sheet
from service.imports.headers import normal, plain
from service.imports.parsing import is_sum

LeftOut = list[tuple[int, str, str]]  # line, code, message
ONET_MAX_LEVEL = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A source with headers of its own.

    Parameters
    ----------
    name : As in ``--profile``.
    recognises : Whether rows are of this source.
    reshape : Rows with our headers, and what was left out.
    """

    name: str
    recognises: Callable[[list[list[Cell]]], bool]
    reshape: Callable[[Sheet], tuple[Sheet, LeftOut]]


def _headers(rows: list[list[Cell]]) -> list[str]:
    return [normal(cell) for cell in rows[0]] if rows else []


def _is_onet(rows: list[list[Cell]]) -> bool:
    names = _headers(rows)
    standard = {"onet soc", "element id", "importance", "level"} <= set(names)
    occupations = {"onet soc", "title", "job zone"} <= set(names)
    return standard or occupations or names[:3] == ["element id", "element", "description"]


def _reshape_onet(sheet: Sheet) -> tuple[Sheet, LeftOut]:
    """Bring O*NET's elements, occupations and standards to competencies, positions and requirements."""
    names = _headers(sheet.rows)
    at = {name: i for i, name in enumerate(names)}
    if "title" in at:
        titles = [[row[at["onet soc"]], row[at["title"]]] for row in sheet.rows[1:] if row]
        return replace(sheet, rows=[["position", "name"], *titles]), []
    if "importance" not in at:
        body = [[row[0], row[1], "ONET", "other", row[2]] for row in sheet.rows[1:] if row]
        return replace(sheet, rows=[["competency", "name", "framework", "kind", "definition"], *body]), []
    rows: list[list[Cell]] = [["position", "competency", "level", "weight", "source"]]
    left_out: LeftOut = []
    for i, row in enumerate(sheet.rows[1:], start=2):
        if not row:
            continue
        if plain(row[at["suppress"]]) == "Y":
            left_out.append((i, "row-incomplete", "O*NET recommends to suppress this value; left out."))
            rows.append([])
            continue
        level = 0 if plain(row[at["not relevant"]]) == "Y" else row[at["level"]]
        rows.append([row[at["onet soc"]], row[at["element id"]], level, row[at["importance"]], "O*NET 29 (CC BY 4.0)"])
    return replace(sheet, rows=rows), left_out


def _is_esco(rows: list[list[Cell]]) -> bool:
    return _headers(rows) == ["uuid", "label", "text"]


def _reshape_esco(sheet: Sheet) -> tuple[Sheet, LeftOut]:
    """Bring ESCO skills to competencies of a framework without levels; a skill without label has no name to show."""
    rows: list[list[Cell]] = [["competency", "name", "framework", "kind", "definition"]]
    left_out: LeftOut = []
    for i, row in enumerate(sheet.rows[1:], start=2):
        if not row:
            continue
        if not plain(row[1]):
            left_out.append((i, "row-incomplete", "The skill has no label; left out."))
            rows.append([])
            continue
        rows.append([row[0], row[1], "ESCO", "other", row[2]])
    return replace(sheet, rows=rows), left_out


_ACCOUNT_HEADERS = ("no. rekening", "kode rekening", "rekening")


def _budget_header(rows: list[list[Cell]]) -> int | None:
    """Return the header row of a regional budget file: an account column beside ``Uraian`` and ``Sesudah``."""
    for i, row in enumerate(rows[:15]):
        names = [normal(cell) for cell in row]
        if names and names[0] in _ACCOUNT_HEADERS and "uraian" in names and "sesudah" in names:
            return i
    return None


def _reshape_budget(sheet: Sheet) -> tuple[Sheet, LeftOut]:
    """Bring a regional budget file to budget lines: leaves only, the year from the lines above the header."""
    header = _budget_header(sheet.rows)
    if header is None:
        return sheet, []
    names = [normal(cell) for cell in sheet.rows[header]]
    amount, name = names.index("sesudah"), names.index("uraian")
    year = next((plain(row[1]) for row in sheet.rows[:header] if len(row) > 1 and normal(row[0]) == "tahun"), "")
    body = [(i, row) for i, row in enumerate(sheet.rows[header + 1 :], start=header + 1)]
    codes = {i: re.sub(r"\.+$", "", plain(row[0])) for i, row in body if row}
    parents = {code.rpartition(".")[0] for code in codes.values() if code}
    for code in list(parents):
        parts = code.split(".")
        parents |= {".".join(parts[:n]) for n in range(1, len(parts))}
    rows: list[list[Cell]] = [[] for _ in range(header)]
    rows.append(["line", "name", "account", "amount", "year"])
    left_out: LeftOut = [(i + 1, "row-metadata", "A line above the header is left out.")
                         for i, row in enumerate(sheet.rows[:header]) if any(plain(c) for c in row)]  # fmt: skip
    for i, row in body:
        code = codes.get(i, "")
        if not any(plain(cell) for cell in row):
            rows.append([])
        elif not code and name < len(row) and is_sum(plain(row[name])):
            rows.append(["", row[name], "", row[amount] if amount < len(row) else "", year])
        elif not code or not code[0].isdigit() or code in parents:
            left_out.append((i + 1, "row-total", "A heading, parent or total is left out; its parts are read."))
            rows.append([])
        else:
            rows.append(
                [code, row[name] if name < len(row) else "", code, row[amount] if amount < len(row) else "", year]
            )
    return replace(sheet, rows=rows), left_out


PROFILES: dict[str, Profile] = {
    "onet": Profile(name="onet", recognises=_is_onet, reshape=_reshape_onet),
    "esco": Profile(name="esco", recognises=_is_esco, reshape=_reshape_esco),
    "apbd": Profile(name="apbd", recognises=lambda rows: _budget_header(rows) is not None, reshape=_reshape_budget),
}


def find_profile(wanted: str | None, rows: list[list[Cell]]) -> Profile | None:
    """Return the profile asked for, else the one whose source the rows are of; None for our own."""
    if wanted == "own":
        return None
    if wanted is not None:
        return PROFILES[wanted]
    return next((profile for profile in PROFILES.values() if profile.recognises(rows)), None)
