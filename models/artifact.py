"""A model as bytes with its manifest; everything is checked before joblib opens a single byte."""

import hashlib
import io
import pickle
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, NoReturn

import joblib
import numpy as np
import scipy
import sklearn

from models.benefit import PairModel
from models.features import FEATURES
from training_catalog.errors import ArtifactRefusedError

SCHEMA_VERSION = 4  # of the pickled classes; raise it when their attributes change


def library_versions() -> dict[str, str]:
    """Return the versions a pickle depends on: of Python major and minor, of the libraries to the last digit."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "joblib": joblib.__version__,
    }


def feature_digest() -> str:
    """Digest the feature schema: names, order, units, directions, and which part sees them."""
    schema = [(f.name, f.unit, f.benefit_direction, f.completion_direction, f.tells_completion, f.tells_gain)
              for f in FEATURES]  # fmt: skip
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
    rows_digest : Digest of the rows it was fitted on, whatever their order.
    details : Anything else worth knowing, as text.

    Notes
    -----
    The digest shows damage and mix-ups, not forgery: who can write into the model store can write a manifest too.
    Artefacts from elsewhere must not be put there.
    """

    model_id: str
    sha256: str
    versions: dict[str, str]
    features: str
    schema_version: int
    created_on: str
    verdict: str
    n_rows: int
    rows_digest: str
    details: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Manifest":
        """Read it from plain values, such as a JSON document; entries it does not know are passed over.

        Raises
        ------
        ArtifactRefusedError
            When an entry is missing or has another type.

        Examples
        --------
        >>> Manifest.from_dict({"model_id": "m-0"})
        Traceback (most recent call last):
        training_catalog.errors.ArtifactRefusedError: model manifest: sha256 is missing
        """
        return cls(**{entry.name: _checked(entry.name, str(entry.type), document) for entry in fields(cls)})


def _checked(name: str, kind: str, document: Mapping[str, Any]) -> Any:  # noqa: ANN401 (checked right here)
    """Return an entry of a manifest when it has its declared type."""
    if name not in document:
        raise ArtifactRefusedError("model manifest: {name} is missing", name=name)
    value = document[name]
    expected = int if "int" in kind else dict if "dict" in kind else str
    is_right = isinstance(value, expected) and not isinstance(value, bool)
    if is_right and isinstance(value, dict):
        is_right = all(isinstance(part, str) for entry in value.items() for part in entry)
    if not is_right:
        raise ArtifactRefusedError("model manifest: {name} is {value}; accepted: {type}",
                                   name=name, value=repr(value), type=expected.__name__)  # fmt: skip
    return value


def pack(
    model: PairModel, *, created_on: date, verdict: str, n_rows: int, details: Mapping[str, str]
) -> tuple[bytes, Manifest]:
    """Turn a fitted model into bytes and a manifest.

    Parameters
    ----------
    model : Fitted.
    created_on : Day.
    verdict : Words of the verdict.
    n_rows : Past participations it learned from and was judged on.
    details : Anything else worth knowing, as text.

    Returns
    -------
    payload : Uncompressed joblib artefact.
    manifest : To be kept beside it, and checked before it is opened.
    """
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
        rows_digest=model.rows_digest_,
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
        _refuse(manifest, "digest of the file is {found}, its manifest says {expected}",
                found=found[:12], expected=manifest.sha256[:12])  # fmt: skip
    if manifest.model_id != f"m-{found[:12]}":
        _refuse(manifest, "id does not belong to the file, whose id is {found}", found=f"m-{found[:12]}")
    if manifest.schema_version != SCHEMA_VERSION:
        _refuse(manifest, "schema version is {found}, this release reads {expected}",
                found=manifest.schema_version, expected=SCHEMA_VERSION)  # fmt: skip
    if manifest.features != feature_digest():
        _refuse(manifest, "features are {found}, this release has {expected}",
                found=manifest.features[:12], expected=feature_digest()[:12])  # fmt: skip
    for name, version in library_versions().items():
        made_with = manifest.versions.get(name, "unknown")
        if made_with != version:
            _refuse(manifest, "made with {name} {found}, running {expected}",
                    name=name, found=made_with, expected=version)  # fmt: skip


def _refuse(manifest: Manifest, why: str, **fields: object) -> NoReturn:
    raise ArtifactRefusedError(
        "model {model} refused: {why}", model=manifest.model_id, why=ArtifactRefusedError(why, **fields)
    )


def unpack(payload: bytes, manifest: Manifest) -> PairModel:
    """Check, then open.

    Raises
    ------
    ArtifactRefusedError
        When a check fails, or the bytes hold something else than a model.
    """
    check(payload, manifest)
    try:
        model = joblib.load(io.BytesIO(payload))
    except (AttributeError, EOFError, ImportError, IndexError, KeyError, pickle.UnpicklingError, ValueError) as error:
        raise ArtifactRefusedError(
            "model {model} refused: cannot be read ({problem})", model=manifest.model_id, problem=error
        ) from error
    if not isinstance(model, PairModel):
        _refuse(manifest, "holds {found}, not a model", found=type(model).__name__)
    return model
