"""A framework and its competencies as a 1EdTech CASE 1.1 package; the importer reads it back the same."""

import json
import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from service.files import writing_to
from service.imports.case import EXTENSION, PARENT_FIELD, SEQUENCE_FIELD
from service.storage.database import Database
from training_catalog.competency import ASN_FRAMEWORK
from training_catalog.errors import InputError, UnknownIdError

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:bangkom:case")
Fields = dict[str, Any]


def write_framework(database: Database, path: Path, framework: str | None, on: date) -> int:
    """Write one framework and return its number of competencies.

    Parameters
    ----------
    database, path : From where, and where to.
    framework : Its code; may be None where there is only one.
    on : Day that the package says it was changed.

    Raises
    ------
    InputError
        When the framework is not told or not known, or the file cannot be written.
    """
    tables = {name: database.read(name) for name in ("frameworks", "competencies")}
    codes = tuple(tables["frameworks"]["framework"])
    if framework is None and len(codes) != 1:
        raise InputError("a CASE package holds one framework; name it with --framework: {known}",
                         known=", ".join(codes))  # fmt: skip
    package = case_package(tables, codes[0] if framework is None else framework, on)
    with writing_to(path):
        path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(package["CFItems"])


def case_package(tables: Mapping[str, pd.DataFrame], framework: str, on: date) -> Fields:
    """Return a package with every item under its parent, or under the document.

    Raises
    ------
    UnknownIdError
        When the framework is not on file.
    """
    frameworks = tables["frameworks"]
    chosen = frameworks[frameworks["framework"] == framework]
    if chosen.empty:
        raise UnknownIdError("framework", framework, tuple(frameworks["framework"])[:3])
    rows = tables["competencies"]
    rows = rows[rows["framework"].fillna(ASN_FRAMEWORK) == framework]
    changed = f"{on.isoformat()}T00:00:00Z"
    document = _document(_told(chosen.iloc[0]), changed)
    competencies = [_told(row) for _, row in rows.iterrows()]
    return {
        "CFDocument": document,
        "CFItems": [_item(row, changed, framework) for row in competencies],
        "CFAssociations": [_place(row, document, {r["competency"]: r["name"] for r in competencies}, changed)
                           for row in competencies],
    }  # fmt: skip


def _told(row: pd.Series) -> Fields:
    """Return the values of a row that are not missing, as plain ones."""
    return {
        str(name): value.item() if hasattr(value, "item") else value for name, value in row.items() if pd.notna(value)
    }


def _identity(kind: str, code: str) -> Fields:
    """Return the identifier of a thing, the same in every export, and its address."""
    identifier = str(uuid.uuid5(_SPACE, f"{kind}:{code}"))
    return {"identifier": identifier, "uri": f"urn:uuid:{identifier}"}


def competency_address(code: str) -> str:
    """Return the address that a competency has in every package."""
    return str(_identity("competency", code)["uri"])


def _extended(fields: Fields) -> Fields:
    return {"extensions": {EXTENSION: fields}} if fields else {}


def _document(row: Fields, changed: str) -> Fields:
    kept = {name: value for name, value in row.items() if name != "name"}
    return {**_identity("framework", row["framework"]), "caseVersion": "1.1", "creator": row.get("source", EXTENSION),
            "title": row["name"], "lastChangeDateTime": changed, "adoptionStatus": "Adopted", "language": "id",
            **_extended(kept)}  # fmt: skip


def _item(row: Fields, changed: str, framework: str) -> Fields:
    name, definition = row["name"], row.get("definition")
    kept: Fields = {key: row[key] for key in ("weight", "parent") if key in row}
    if definition == name:
        kept["definition"] = definition
    if row.get("framework") != framework:
        kept["framework"] = ""
    optional = {"alternativeLabel": row.get("name_en"), "CFItemType": row.get("kind")}
    return {**_identity("competency", row["competency"]), "fullStatement": definition or name,
            "abbreviatedStatement": name, "humanCodingScheme": row["competency"], "lastChangeDateTime": changed,
            **{key: value for key, value in optional.items() if value is not None}, **_extended(kept)}  # fmt: skip


def _place(row: Fields, document: Fields, names: Mapping[str, str], changed: str) -> Fields:
    """Return the association of an item with its parent, or with the document where it has none."""
    code, parent = row["competency"], row.get("parent")
    above = (
        {"title": document["title"], "identifier": document["identifier"], "uri": document["uri"]}
        if parent is None
        else {"title": names.get(parent, parent), **_identity("competency", parent)}
    )
    sequence = {SEQUENCE_FIELD: row["sequence"]} if "sequence" in row else {}
    return {**_identity(PARENT_FIELD, code), "associationType": PARENT_FIELD, **sequence,
            "originNodeURI": {"title": row["name"], **_identity("competency", code)}, "destinationNodeURI": above,
            "lastChangeDateTime": changed}  # fmt: skip
