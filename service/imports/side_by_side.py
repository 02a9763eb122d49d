"""Required and assessed levels side by side: standards of one position, and levels of one person."""

from collections.abc import Mapping

from service.imports.cells import Cell, CellError, Lines, Remark, Reshaped, Sheet
from service.imports.headers import names_of
from service.imports.levels import read_level
from service.imports.reshaping import body_lines, header_names, placed
from service.imports.values import is_missing
from training_catalog.tables import table

_MET = "{met} of {n} standards are met; short, by so many levels: {short}; above: {above}; not assessed: {unknown}."
_REQUIRED = frozenset({"standar", "level standar", "syarat", "level syarat", "required", "standard"})
_ASSESSED = frozenset({"aktual", "level aktual", "actual", "assessed", "capaian"})
_COMPETENCY = names_of(table("requirements").column("competency"))
_OF_SOMEBODY = names_of(table("employees").column("employee")) | names_of(table("requirements").column("position"))


def side_by_side(document: Mapping[str, Cell]) -> list[dict[str, Cell]] | None:
    """Return a record a competency of a document of required and assessed levels by competency; None for others.

    Examples
    --------
    >>> side_by_side({"standar": {"M.01": 3}, "aktual": {"M.01": 5}})
    [{'kompetensi': 'M.01', 'standar': 3, 'aktual': 5}]
    """
    found = {}
    for ours, names in (("standar", _REQUIRED), ("aktual", _ASSESSED)):
        levels = next((value for key, value in document.items() if key.lower() in names), None)
        if not isinstance(levels, dict) or any(isinstance(level, dict | list) for level in levels.values()):
            return None
        found[ours] = levels
    codes = dict.fromkeys([*found["standar"], *found["aktual"]])
    return [{"kompetensi": code, **{ours: levels.get(code) for ours, levels in found.items()}} for code in codes]


def _places(rows: Lines) -> tuple[int, int, int] | None:
    """Return where competency, required and assessed level stand; None where rows are anything else."""
    names = header_names(rows)
    places = [next((i for i, name in enumerate(names) if name in wanted), None)
              for wanted in (_COMPETENCY, _REQUIRED, _ASSESSED)]  # fmt: skip
    if None in places or _OF_SOMEBODY & set(names):
        return None
    competency, required, assessed = (int(place or 0) for place in places)
    return competency, required, assessed


def is_side_by_side(rows: Lines) -> bool:
    """Return whether rows are levels of one person beside those of the position."""
    return _places(rows) is not None


def reshape_side_by_side(sheet: Sheet) -> list[Reshaped]:
    """Bring levels to standards and assessments; whose they are a person says."""
    places = _places(sheet.rows)
    if places is None:
        return []
    competency, required, assessed = places
    lines = body_lines(sheet)
    found: list[Reshaped] = []
    for name, at, asked in (("requirements", required, "position"), ("assessments", assessed, "employee")):
        cells = {line: [row[competency], row[at]] for line, row in lines if name == "assessments" or row[at] != ""}
        found.append(Reshaped(sheet=placed(sheet, ["competency", "level"], cells), table=name, asked=(asked,),
                              remarks=() if found else (_told([(r[competency], r[required], r[assessed])
                                                               for _, r in lines]),)))  # fmt: skip
    return found


def _told(levels: list[tuple[Cell, Cell, Cell]]) -> Remark:
    """Say which standards are met, and by how much others are missed; more than required makes up for nothing."""
    met = 0
    short: list[str] = []
    above: list[str] = []
    unknown: list[str] = []
    for code, required, assessed in levels:
        asked, has = _level(required), _level(assessed)
        if asked is None:
            continue
        if has is None:
            unknown.append(str(code))
            continue
        met += has >= asked
        if has != asked:
            (above if has > asked else short).append(f"{code} ({abs(has - asked):g})")
    fields = {"met": str(met), "n": str(sum(_level(required) is not None for _, required, _ in levels))}
    named = {"short": short, "above": above, "unknown": unknown}
    return None, "standards-met", _MET, fields | {name: ", ".join(codes) or "-" for name, codes in named.items()}


def _level(cell: Cell) -> float | None:
    """Return a level; None where there is none to read."""
    try:
        return None if is_missing(cell) else read_level(cell)
    except CellError:
        return None
