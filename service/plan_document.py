"""A plan as bytes and back: a ZIP of Parquet frames and one JSON head, the same bytes for the same plan."""

import io
import zipfile
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import msgspec
import pandas as pd

from recommender.plan import Plan, PlanTotals, Proof, Provenance
from service.proof_document import pack_proof, unpack_proof

FRAMES = ("assignments", "lines", "offerings", "unmet", "gaps", "people", "clashes")
PROOF = "proof.npz"  # who is erased from a plan takes the proof along
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold, so that equal plans are equal bytes


def pack_plan(plan: Plan) -> bytes:
    """Return the plan as one document."""
    head = {
        "totals": asdict(plan.totals),
        "provenance": {**asdict(plan.provenance), "on": plan.provenance.on.isoformat()},
        "violations": list(plan.violations),
        "warnings": [list(warning) for warning in plan.warnings],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("plan.json", _FIXED_TIME), msgspec.json.encode(head))
        for name in FRAMES:
            frame: pd.DataFrame = getattr(plan, name)
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet", _FIXED_TIME), frame.to_parquet(index=False))
        if plan.proof is not None:
            archive.writestr(zipfile.ZipInfo(PROOF, _FIXED_TIME), pack_proof(plan.proof))
    return buffer.getvalue()


def unpack_plan(document: bytes) -> Plan:
    """Return the plan of a document, without its proof."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        head: dict[str, Any] = msgspec.json.decode(archive.read("plan.json"))
        frames = {name: pd.read_parquet(io.BytesIO(archive.read(f"{name}.parquet"))) for name in FRAMES}
    known = {entry.name for entry in fields(Provenance)}
    provenance = {key: value for key, value in head["provenance"].items() if key in known}
    return Plan(
        totals=PlanTotals(**head["totals"]),
        provenance=Provenance(**{**provenance, "on": date.fromisoformat(provenance["on"])}),
        violations=tuple(head["violations"]),
        warnings=tuple((warning[0], warning[1]) for warning in head["warnings"]),
        **frames,  # type: ignore[arg-type]  # frames alone, never the proof
    )


def proof_of(document: bytes) -> Proof | None:
    """Return what a plan's document proves; None where there is nothing in it to prove it by."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return unpack_proof(archive.read(PROOF)) if PROOF in archive.namelist() else None
