"""O*NET and ESCO: their own files, and short forms of them, brought to competencies, positions and requirements."""

from collections.abc import Iterable, Mapping

from service.imports.cells import Cell, LeftOut, Lines, Reshaped, Sheet
from service.imports.headers import plain
from service.imports.reshaping import header_names, placed, records

ONET_SOURCE = "O*NET (CC BY 4.0)"  # of whatever release
SHORT_SOURCE = "O*NET 29 (CC BY 4.0)"
Row = Mapping[str, Cell]
# Headers in normal form, of the short form and of O*NET's own files.
_SOC = ("onet soc", "o net soc code")
_ELEMENT_NAME = ("element", "element name")
_SUPPRESS = ("suppress", "recommend suppress")
_LONG = {"element id", "scale id", "data value"}  # a line a scale, beside the occupation
_IMPORTANCE, _LEVEL = "IM", "LV"
_SUPPRESSED = "O*NET recommends to suppress this value; left out."
_READ_BESIDE = "The importance of an element is read with its level, which stands in another line."
_OTHER_SCALE = "A value on another scale than importance and level, or without a level; left out."
# ESCO: the short form, and the table of skills as it is given out.
_SKILL, _LABEL, _TEXT = ("uuid", "concepturi"), ("label", "preferredlabel"), ("text", "description", "definition")


def _first(row: Row, names: Iterable[str]) -> Cell:
    return next((row[name] for name in names if plain(row.get(name, ""))), "")


def is_onet(rows: Lines) -> bool:
    """Return whether rows are O*NET's elements, occupations or values of elements in occupations."""
    names = set(header_names(rows))
    if not names & set(_SOC):
        return {"element id", "description"} <= names and bool(names & set(_ELEMENT_NAME))
    if "element id" in names:
        return names >= _LONG or {"importance", "level"} <= names
    return "title" in names and bool(names & {"job zone", "description"})


def reshape_onet(sheet: Sheet) -> list[Reshaped]:
    """Bring O*NET's elements, occupations and standards to competencies, positions and requirements."""
    names = set(header_names(sheet.rows))
    lines = records(sheet)
    if not names & set(_SOC):
        elements: dict[int, list[Cell]] = {
            line: [row["element id"], _first(row, _ELEMENT_NAME), "ONET", "other", row["description"]]
            for line, row in lines
        }
        header = ["competency", "name", "framework", "kind", "definition"]
        return [Reshaped(sheet=placed(sheet, header, elements), table="competencies")]
    if "element id" not in names:
        titles: dict[int, list[Cell]] = {line: [_first(row, _SOC), row["title"]] for line, row in lines}
        return [Reshaped(sheet=placed(sheet, ["position", "name"], titles), table="positions")]
    return [_standards(sheet, lines, is_long=names >= _LONG)]


def _standards(sheet: Sheet, lines: list[tuple[int, dict[str, Cell]]], *, is_long: bool) -> Reshaped:
    suppressed = {line for line, row in lines if plain(_first(row, _SUPPRESS)) == "Y"}
    left_out: list[LeftOut] = [(line, "row-incomplete", _SUPPRESSED) for line in suppressed]
    kept = [(line, row) for line, row in lines if line not in suppressed]
    if is_long:
        kept, others = _beside(kept)
        left_out += others
    rows: dict[int, list[Cell]] = {}
    for line, row in kept:
        level = 0 if plain(row.get("not relevant", "")) == "Y" else row["level"]
        rows[line] = [_first(row, _SOC), row["element id"], level, row["importance"],
                      ONET_SOURCE if is_long else SHORT_SOURCE]  # fmt: skip
    header = ["position", "competency", "level", "weight", "source"]
    return Reshaped(sheet=placed(sheet, header, rows), table="requirements", left_out=tuple(sorted(left_out)))


def _beside(lines: list[tuple[int, dict[str, Cell]]]) -> tuple[list[tuple[int, dict[str, Cell]]], list[LeftOut]]:
    """Bring importance and level of one element in one occupation beside each other, in the line of the level."""

    def key(row: Row) -> tuple[str, str]:
        return plain(_first(row, _SOC)), plain(row["element id"])

    told = [(line, row, plain(row["scale id"])) for line, row in lines]
    weights = {key(row): row["data value"] for _, row, scale in told if scale == _IMPORTANCE}
    levels = {key(row) for _, row, scale in told if scale == _LEVEL}
    found = [(line, {**row, "level": row["data value"], "importance": weights.get(key(row), "")})
             for line, row, scale in told if scale == _LEVEL]  # fmt: skip
    others = [(line, "row-incomplete", _READ_BESIDE if scale == _IMPORTANCE and key(row) in levels else _OTHER_SCALE)
              for line, row, scale in told if scale != _LEVEL]  # fmt: skip
    return found, others


def is_esco(rows: Lines) -> bool:
    """Return whether rows are ESCO's skills."""
    names = set(header_names(rows))
    return {"uuid", "label", "text"} <= names or (
        {"concepturi", "preferredlabel"} <= names and "iscogroup" not in names
    )


def reshape_esco(sheet: Sheet) -> list[Reshaped]:
    """Bring ESCO skills to competencies of a framework without levels; a skill without label has no name to show."""
    rows: dict[int, list[Cell]] = {}
    left_out: list[LeftOut] = []
    for line, row in records(sheet):
        if plain(_first(row, _LABEL)):
            code = plain(_first(row, _SKILL)).rstrip("/").rpartition("/")[2]  # of an address its last part
            rows[line] = [code, _first(row, _LABEL), "ESCO", "other", _first(row, _TEXT)]
        else:
            left_out.append((line, "row-incomplete", "The skill has no label; left out."))
    header = ["competency", "name", "framework", "kind", "definition"]
    return [Reshaped(sheet=placed(sheet, header, rows), table="competencies", left_out=tuple(left_out))]
