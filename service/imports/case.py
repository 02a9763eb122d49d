"""1EdTech CASE 1.1 packages: a framework and its competencies."""

import json
from collections import Counter

from service.imports.cells import Cell, Lines, Reshaped, Sheet
from service.imports.headers import normal, plain
from service.imports.reshaping import placed, records
from service.imports.schedule import code_of
from training_catalog.tables import table

EXTENSION = "bangkom"  # what CASE has no field for stands under this name in ``extensions``
_PARTS = ("CFDocument", "CFItems", "CFAssociations")
PACKAGE_FIELD, PARENT_FIELD, SEQUENCE_FIELD = "CFDocument", "isChildOf", "sequenceNumber"
_KINDS = frozenset(spelling for _, accepted in table("competencies").column("kind").choices for spelling in accepted)
_SCALE = ("level_min", "level_max", "direction")
LEFT_FIELD = "notRead"  # holds what of a package no column of ours can keep, in every record
_READ = frozenset({
    "identifier", "fullstatement", "abbreviatedstatement", "alternativelabel", "cfitemtype", "humancodingscheme",
    "extensions", PACKAGE_FIELD.lower(), PARENT_FIELD.lower(), SEQUENCE_FIELD.lower(), LEFT_FIELD.lower(),
})  # fmt: skip
_OF_PACKAGE = frozenset({PACKAGE_FIELD.lower(), LEFT_FIELD.lower()})  # what a record has that is of no item
_LINKS = frozenset({"uri", "cfdocumenturi", "cfitemtypeuri", "lastchangedatetime"})  # say nothing of a competency
_DOCUMENT_READ = frozenset({"identifier", "title", "officialSourceURL", "creator", "extensions"})
_DOCUMENT_LINKS = frozenset({"uri", "lastChangeDateTime", "caseVersion", "CFPackageURI"})
_OWN_DOCUMENT = frozenset({"adoptionStatus", "language"})  # the same in every package of ours
_NO_PARENT = "The item stands under one that the package does not hold; read without a parent."
_CODES_REPEAT = "Several items have this code; identifiers are the codes of those."


def items_of(package: dict[str, Cell]) -> list[dict[str, Cell]]:
    """Return the items of a package as records, each with its document and its place under other items.

    A package without items is one record of its document alone.
    """
    parents: dict[str, dict[str, Cell]] = {}
    left = Counter({f"{name} ({len(value)})": 1 for name, value in package.items()
                    if name not in _PARTS and isinstance(value, dict | list) and value})  # fmt: skip
    items = _objects(package.get("CFItems"))
    addresses = {plain(item.get("uri") or n): plain(item.get("identifier", "")) for n, item in enumerate(items)}
    known = set(addresses.values())
    for association in _objects(package.get("CFAssociations")):
        if association.get("associationType") == PARENT_FIELD:
            child, parent = (_node(association.get(end), addresses) for end in ("originNodeURI", "destinationNodeURI"))
            place: dict[str, Cell] = {PARENT_FIELD: parent, SEQUENCE_FIELD: association.get(SEQUENCE_FIELD)}
            left["CFAssociations: isChildOf again"] += child in parents
            left["CFAssociations: isChildOf, of no item"] += child not in known
            parents.setdefault(child, place)
        else:
            left[f"CFAssociations: {plain(association.get('associationType', '-'))}"] += 1
    told = [name if name.endswith(")") else f"{name} ({n})" for name, n in left.items() if n]
    document = {PACKAGE_FIELD: package[PACKAGE_FIELD], LEFT_FIELD: told}
    placed_items = [{**document, **item, **parents.get(plain(item.get("identifier", "")), {})} for item in items]
    return placed_items or [document]


def _node(told: Cell, addresses: dict[str, str]) -> str:
    """Return the identifier of an end of an association: told as such, or by an address that it ends."""
    if isinstance(told, dict) and plain(told.get("identifier") or ""):
        return plain(told["identifier"])
    address = plain((told.get("uri") or "") if isinstance(told, dict) else told or "")
    return addresses.get(address) or address.rstrip("/").rpartition("/")[2]


def _object(value: Cell) -> dict[str, Cell]:
    return value if isinstance(value, dict) else {}


def _objects(value: Cell) -> list[dict[str, Cell]]:
    """Return the objects of a list; what else stands in it is an object without any field."""
    return [_object(entry) for entry in value] if isinstance(value, list) else []


def _not_read(document: dict[str, Cell], rows: list[dict[str, Cell]], header: list[Cell]) -> str:
    """Return the fields with a value that no column of ours keeps, with the number of items that have them."""
    known = _DOCUMENT_READ | _DOCUMENT_LINKS | (_OWN_DOCUMENT if _extension(document) else frozenset())
    of_document = [f"CFDocument.{name}" for name, value in document.items() if name not in known and value]
    counted = Counter(
        name for row in rows for name, value in row.items() if name not in _READ | _LINKS and plain(value)
    )
    others = Counter(
        f"extensions.{name}" for row in rows for name in _read(row.get("extensions", "")) if name != EXTENSION
    )
    of_package = rows[0].get(LEFT_FIELD.lower(), "") if rows else ""
    listed = json.loads(of_package) if isinstance(of_package, str) and of_package[:1] == "[" else []
    written = {normal(cell): plain(cell) for cell in header}
    return ", ".join(
        [*of_document, *[f"{written.get(name, name)} ({n})" for name, n in (counted + others).items()], *listed]
    )


def is_case(rows: Lines) -> bool:
    """Return whether rows are items of a package."""
    return bool(rows) and PACKAGE_FIELD in rows[0]


def _extension(fields: dict[str, Cell]) -> dict[str, Cell]:
    return _object(_object(fields.get("extensions")).get(EXTENSION))


def _read(cell: Cell) -> dict[str, Cell]:
    """Return an object that stands in a cell as text."""
    return _object(json.loads(cell)) if isinstance(cell, str) and cell[:1] == "{" else {}


def _framework(document: dict[str, Cell]) -> dict[str, Cell]:
    """Return the row of a framework; its code is made of its title where nobody gave one."""
    own = _extension(document)
    source = own.get("source", "") if own else document.get("officialSourceURL") or document.get("creator", "")
    code = own.get("framework") or code_of(plain(document.get("title", ""))) or document.get("identifier", "")
    return {"framework": code, "name": document.get("title", ""), **{name: own.get(name, "") for name in _SCALE},
            "source": source}  # fmt: skip


def _kind(item: dict[str, Cell]) -> str:
    """Return the kind of a competency: ours where it is one of ours, else other; empty where none is told."""
    told = plain(item.get("cfitemtype", ""))
    return told if told.lower() in _KINDS or not told else "other"


def _competency(item: dict[str, Cell], codes: dict[str, str], framework: Cell) -> dict[str, Cell]:
    """Return the row of a competency; the full statement defines what the abbreviated one names."""
    own = _extension({"extensions": _read(item.get("extensions", ""))})
    full = item.get("fullstatement", "")
    name = item.get("abbreviatedstatement", "") or full
    parent = plain(item.get(PARENT_FIELD.lower(), ""))
    return {
        "competency": codes.get(plain(item.get("identifier", "")), ""), "name": name,
        "name_en": item.get("alternativelabel", ""), "framework": own.get("framework", framework), "kind": _kind(item),
        "parent": own.get("parent") or codes.get(parent, ""), "weight": own.get("weight", ""),
        "sequence": item.get(SEQUENCE_FIELD.lower(), ""),
        "definition": own.get("definition", full if plain(full) != plain(name) else ""),
    }  # fmt: skip


def _codes(items: list[dict[str, Cell]]) -> tuple[dict[str, str], set[str]]:
    """Return the code of each item by identifier, and the identifiers of items whose own code is not theirs alone."""
    human = {plain(item.get("identifier", "")): plain(item.get("humancodingscheme", "")) for item in items}
    counted = Counter(human.values())
    shared = {identifier for identifier, code in human.items() if code and counted[code] > 1}
    return {i: code if code and i not in shared else i for i, code in human.items()}, shared


def _is_astray(item: dict[str, Cell], codes: dict[str, str], document: dict[str, Cell]) -> bool:
    """Return whether an item stands under something that is neither an item of the package nor its document."""
    parent = plain(item.get(PARENT_FIELD.lower(), ""))
    return bool(parent) and parent not in codes and parent != plain(document.get("identifier", ""))


def reshape_case(sheet: Sheet) -> list[Reshaped]:
    """Bring a package to its framework, told in the line of the first item, and to its competencies."""
    rows = records(sheet)
    document = _read(rows[0][1][PACKAGE_FIELD.lower()])
    framework = _framework(document)
    notes: tuple[tuple[str, str, str], ...] = (
        () if _extension(document) else (("code-made", "The code of the framework was made of its title.", ""),)
    )
    left = _not_read(document, [row for _, row in rows], sheet.rows[0])
    if left:
        notes += (("header-unknown", "Not read: {columns}.", left),)
    items = [(line, row) for line, row in rows if set(row) - _OF_PACKAGE]
    codes, shared = _codes([row for _, row in items])
    lines = {line: _competency(row, codes, framework["framework"]) for line, row in items}
    warnings = [(line, "code-made", _CODES_REPEAT) for line, row in items if plain(row.get("identifier", "")) in shared]
    warnings += [(line, "reference-unknown", _NO_PARENT) for line, row in items if _is_astray(row, codes, document)]
    header = list(_competency({}, {}, ""))
    found = [Reshaped(sheet=placed(sheet, list(framework), {rows[0][0]: list(framework.values())}), table="frameworks",
                      notes=notes)]  # fmt: skip
    if items:
        cells = {line: list(row.values()) for line, row in lines.items()}
        found.append(Reshaped(sheet=placed(sheet, header, cells), table="competencies", warnings=tuple(warnings)))
    return found
