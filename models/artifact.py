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
from joblib.numpy_pickle import NumpyUnpickler

from models.benefit import PairModel
from models.features import FEATURES
from models.verdict import (
    NO_MODEL,
    OTHER_BYTES,
    OTHER_FEATURES,
    OTHER_ID,
    OTHER_LIBRARY,
    OTHER_SCHEMA,
    REFUSED,
    UNREADABLE,
)
from training_catalog.errors import ArtifactRefusedError

OWN_ROOTS = ("models", "sklearn")  # of which every class may stand in an artefact, and nothing else
OWN_PARTS = frozenset({
    ("joblib.numpy_pickle", "NumpyArrayWrapper"), ("numpy", "dtype"), ("numpy", "ndarray"),
    ("numpy._core.multiarray", "scalar"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.random._pcg64", "PCG64"), ("numpy.random._pickle", "__bit_generator_ctor"),
    ("numpy.random._pickle", "__generator_ctor"), ("numpy.random.bit_generator", "SeedSequence"),
    ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
})  # fmt: skip
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
    Artefacts from elsewhere must not be put there; one that names anything a model is not made of is refused all the
    same before that is looked up (`Unpickler`).
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
        _refuse(manifest, OTHER_BYTES,
                found=found[:12], expected=manifest.sha256[:12])  # fmt: skip
    if manifest.model_id != f"m-{found[:12]}":
        _refuse(manifest, OTHER_ID, found=f"m-{found[:12]}")
    if manifest.schema_version != SCHEMA_VERSION:
        _refuse(manifest, OTHER_SCHEMA,
                found=manifest.schema_version, expected=SCHEMA_VERSION)  # fmt: skip
    if manifest.features != feature_digest():
        _refuse(manifest, OTHER_FEATURES,
                found=manifest.features[:12], expected=feature_digest()[:12])  # fmt: skip
    for name, version in library_versions().items():
        made_with = manifest.versions.get(name, "unknown")
        if made_with != version:
            _refuse(manifest, OTHER_LIBRARY,
                    name=name, found=made_with, expected=version)  # fmt: skip


def _refuse(manifest: Manifest, why: str, **fields: object) -> NoReturn:
    raise ArtifactRefusedError(REFUSED, model=manifest.model_id, why=ArtifactRefusedError(why, **fields))


def _root(module: str) -> str:
    return module.partition(".")[0]


class Unpickler(NumpyUnpickler):  # type: ignore[misc]  # joblib ships no types
    """joblib's own; it looks up only what models are made of, a foreign pickle is refused before it does anything."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as in pickle)
        """Return a class of ours or of scikit-learn, or one of the few parts of arrays and generators.

        Raises
        ------
        pickle.UnpicklingError
            For anything else.
        """
        if (module, name) in OWN_PARTS:
            return super().find_class(module, name)
        if _root(module) in OWN_ROOTS and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and _root(found.__module__) in OWN_ROOTS:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a model")


def unpack(payload: bytes, manifest: Manifest) -> PairModel:
    """Check, then open.

    Raises
    ------
    ArtifactRefusedError
        When a check fails, or the bytes hold something else than a model.
    """
    check(payload, manifest)
    try:
        model = Unpickler("", io.BytesIO(payload), ensure_native_byte_order=True).load()
    except (
        AttributeError,
        EOFError,
        ImportError,
        IndexError,
        KeyError,
        pickle.UnpicklingError,
        TypeError,
        ValueError,
    ) as error:
        raise ArtifactRefusedError(UNREADABLE, model=manifest.model_id, problem=error) from error
    if not isinstance(model, PairModel):
        _refuse(manifest, NO_MODEL, found=type(model).__name__)
    return model
