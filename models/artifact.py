"""A model as bytes with its manifest; everything is checked before joblib opens a single byte."""

import hashlib
import io
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import joblib
import numpy as np
import scipy
import sklearn

from models.benefit import PairModel
from models.features import FEATURES
from training_catalog.errors import ArtifactRefusedError

SCHEMA_VERSION = 1  # of the pickled classes; raise it when their attributes change


def library_versions() -> dict[str, str]:
    """Return the versions a pickle depends on."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "joblib": joblib.__version__,
    }


def feature_digest() -> str:
    """Digest the feature schema: names, order and directions."""
    schema = [(f.name, f.unit, f.benefit_direction, f.completion_direction) for f in FEATURES]
    return hashlib.sha256(repr(schema).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of an artefact without opening it.

    Parameters
    ----------
    model_id : ``m-`` and 12 hexadecimal digits of the digest.
    sha256 : Digest of the bytes.
    versions : Libraries it was made with.
    features : Digest of the feature schema.
    schema_version : Version of the pickled classes.
    created_on : Day.
    verdict : Words of the verdict.
    n_rows : Past participations it learned from and was judged on.
    details : Anything else worth knowing, as text.
    """

    model_id: str
    sha256: str
    versions: dict[str, str]
    features: str
    schema_version: int
    created_on: str
    verdict: str
    n_rows: int
    details: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Manifest":
        """Read it from plain values.

        Raises
        ------
        ArtifactRefusedError
            When a field is missing.
        """
        names = [entry.name for entry in fields(cls)]
        missing = [name for name in names if name not in document]
        if missing:
            raise ArtifactRefusedError(f"model manifest lacks {', '.join(missing)}")
        return cls(**{name: document[name] for name in names})


def pack(
    model: PairModel, *, created_on: date, verdict: str, n_rows: int, details: Mapping[str, str]
) -> tuple[bytes, Manifest]:
    """Turn a model into bytes and a manifest."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    payload = buffer.getvalue()
    digest = hashlib.sha256(payload).hexdigest()
    return payload, Manifest(
        model_id=f"m-{digest[:12]}",
        sha256=digest,
        versions=library_versions(),
        features=feature_digest(),
        schema_version=SCHEMA_VERSION,
        created_on=created_on.isoformat(),
        verdict=verdict,
        n_rows=n_rows,
        details=dict(details),
    )


def check(payload: bytes, manifest: Manifest) -> None:
    """Check everything that can be known without opening the bytes.

    Raises
    ------
    ArtifactRefusedError
        Naming what differs, what was found and what was expected.
    """
    found = hashlib.sha256(payload).hexdigest()
    if found != manifest.sha256:
        raise ArtifactRefusedError(
            f"model {manifest.model_id}: digest is {found[:12]}, manifest says {manifest.sha256[:12]}"
        )
    if manifest.schema_version != SCHEMA_VERSION:
        raise ArtifactRefusedError(
            f"model {manifest.model_id}: schema version {manifest.schema_version}, this release reads {SCHEMA_VERSION}"
        )
    if manifest.features != feature_digest():
        raise ArtifactRefusedError(f"model {manifest.model_id}: made for other features than this release has")
    for name, version in library_versions().items():
        made_with = manifest.versions.get(name, "unknown")
        if made_with != version:
            raise ArtifactRefusedError(f"model {manifest.model_id}: made with {name} {made_with}, running {version}")


def unpack(payload: bytes, manifest: Manifest) -> PairModel:
    """Check, then open.

    Raises
    ------
    ArtifactRefusedError
        When a check fails, or the bytes hold something else than a model.
    """
    check(payload, manifest)
    model = joblib.load(io.BytesIO(payload))
    if not isinstance(model, PairModel):
        raise ArtifactRefusedError(f"model {manifest.model_id}: holds {type(model).__name__}, not a model")
    return model
