"""Artefacts: opened only after every check, and everything that could be wrong is refused before."""

import hashlib
import io
import json
import pickle
import sys
from dataclasses import replace
from datetime import date

import joblib
import numpy as np
import pytest

import models.artifact
from models.artifact import Manifest, Unpickler, check, library_versions, pack, unpack
from training_catalog.errors import ArtifactRefusedError

MARK = "opened_by_a_pickle"  # stands among the loaded modules once a trap was opened


class WritesWhenOpened:
    """A payload that shows when somebody opens it."""

    def __reduce__(self):
        return exec, (f"import sys; sys.modules[{MARK!r}] = sys",)


@pytest.fixture(autouse=True)
def nothing_opened_yet():
    sys.modules.pop(MARK, None)
    yield
    sys.modules.pop(MARK, None)


@pytest.fixture(scope="module")
def packed(fitted):
    return pack(
        fitted, created_on=date(2027, 1, 4), verdict="Better than the rule", n_rows=6_000, details={"code": "approved"}
    )  # fmt: skip


@pytest.fixture
def trap(packed):
    """A payload that is no model, under a manifest in which everything is right."""
    buffer = io.BytesIO()
    joblib.dump(WritesWhenOpened(), buffer)
    payload = buffer.getvalue()
    digest = hashlib.sha256(payload).hexdigest()
    return payload, replace(packed[1], sha256=digest, model_id=f"m-{digest[:12]}")


def test_a_model_comes_back_as_it_was(fitted, planted, packed):
    payload, manifest = packed
    before, after = fitted.predict(planted.features), unpack(payload, manifest).predict(planted.features)
    for name in ("mean", "lower", "upper", "completion"):
        assert (getattr(before, name) == getattr(after, name)).all()


def test_the_manifest_names_model_rows_and_versions(fitted, packed):
    payload, manifest = packed
    assert manifest.model_id == f"m-{hashlib.sha256(payload).hexdigest()[:12]}"
    assert manifest.rows_digest == fitted.rows_digest_
    assert manifest.versions["numpy"] == np.__version__
    assert set(manifest.versions) == {"python", "numpy", "scipy", "scikit-learn", "joblib"}
    assert (manifest.created_on, manifest.n_rows) == ("2027-01-04", 6_000)


def test_the_same_model_packed_twice_has_the_same_id(fitted, packed):
    again = pack(fitted, created_on=date(2028, 1, 1), verdict="", n_rows=1, details={})
    assert again[1].model_id == packed[1].model_id


def test_a_manifest_survives_json_and_entries_of_others(packed):
    document = json.loads(json.dumps({**packed[1].to_dict(), "figures": {"n_test": 3}}))
    assert Manifest.from_dict(document) == packed[1]


def test_the_trap_opens_wherever_pickles_are_opened_as_they_come(trap):
    # Without this the tests below would pass for any payload.
    joblib.load(io.BytesIO(trap[0]))
    assert MARK in sys.modules


def test_a_foreign_pickle_is_refused_unopened_were_everything_right_about_it(trap):
    with pytest.raises(ArtifactRefusedError, match=r"cannot be read \(builtins.exec is no part of a model\)"):
        unpack(*trap)
    assert MARK not in sys.modules


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("models.artifact", "pickle.loads"), ("models.artifact", "joblib"), ("models.artifact", "check"),
     ("sklearn.utils", "os"), ("models.nowhere", "Thing"), ("numpy", "load"), ("models.artifact", "Path")],
)  # fmt: skip
def test_what_is_no_class_of_a_model_is_not_even_looked_up(module, name):
    with pytest.raises((pickle.UnpicklingError, AttributeError, ImportError)):
        Unpickler("", io.BytesIO(b""), ensure_native_byte_order=True).find_class(module, name)


def test_one_changed_byte_is_refused_unopened(trap):
    payload, manifest = trap
    broken = bytearray(payload)
    broken[len(broken) // 2] ^= 1
    with pytest.raises(ArtifactRefusedError, match="digest"):
        unpack(bytes(broken), manifest)
    assert MARK not in sys.modules


@pytest.mark.parametrize("library", sorted(library_versions()))
def test_another_version_of_a_library_is_refused_unopened(trap, library):
    payload, manifest = trap
    other = replace(manifest, versions={**manifest.versions, library: "1.3.0"})
    with pytest.raises(
        ArtifactRefusedError, match=rf"made with {library} 1\.3\.0, running {library_versions()[library]}"
    ):
        unpack(payload, other)
    assert MARK not in sys.modules


def test_a_version_that_is_not_stated_is_refused_unopened(trap):
    payload, manifest = trap
    with pytest.raises(ArtifactRefusedError, match="made with python unknown"):
        unpack(payload, replace(manifest, versions={}))
    assert MARK not in sys.modules


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema_version": 9}, "schema version is 9, this release reads 4"),
        ({"features": "0" * 64}, "features are 000000000000, this release has"),
        ({"model_id": "m-000000000000"}, "id does not belong to the file"),
        ({"sha256": "0" * 64}, "its manifest says 000000000000"),
    ],
)
def test_any_other_difference_is_refused_unopened_and_named(trap, change, words):
    payload, manifest = trap
    with pytest.raises(ArtifactRefusedError, match=words):
        unpack(payload, replace(manifest, **change))
    assert MARK not in sys.modules


@pytest.mark.parametrize("name", sorted(Manifest.__dataclass_fields__))
def test_a_manifest_lacking_an_entry_is_refused(packed, name):
    document = packed[1].to_dict()
    del document[name]
    with pytest.raises(ArtifactRefusedError, match=f"{name} is missing"):
        Manifest.from_dict(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sha256", 7), ("versions", "1.0"), ("versions", {"numpy": 2}), ("schema_version", "1"), ("n_rows", True),
     ("details", None), ("verdict", None)],
)  # fmt: skip
def test_a_manifest_with_an_entry_of_another_type_is_refused(packed, name, value):
    with pytest.raises(ArtifactRefusedError, match=f"{name} is .*; accepted"):
        Manifest.from_dict({**packed[1].to_dict(), name: value})


def test_bytes_that_are_no_artefact_are_refused_without_a_traceback(packed):
    payload = b"not a pickle"
    digest = hashlib.sha256(payload).hexdigest()
    manifest = replace(packed[1], sha256=digest, model_id=f"m-{digest[:12]}")
    with pytest.raises(ArtifactRefusedError, match="cannot be read"):
        unpack(payload, manifest)


def test_another_order_of_features_is_another_schema(packed, monkeypatch):
    monkeypatch.setattr(models.artifact, "FEATURES", models.artifact.FEATURES[::-1])
    with pytest.raises(ArtifactRefusedError, match="features are"):
        check(*packed)


def test_the_artefact_is_not_compressed(packed):
    assert packed[0][:1] == pickle.PROTO
