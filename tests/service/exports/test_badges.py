"""Open Badges of completed trainings, held against the rules of the published schema."""

import hashlib
import json

import msgspec
import pytest

from service.schemas.badge import CONTEXT, Credential

MELUR, SATRIA = "199003152014022987", "197712312003121965"
FILES = {
    "pegawai": f"nip;nama\n{MELUR};Melur\n{SATRIA};Satria\n",
    "pelatihan": "kode pelatihan;nama pelatihan;jp;penyelenggara;rumpun\nP01;Audit Internal;24;LAN;Pengawasan\n"
                 "P02;Arsip;8;;\n",
    "sasaran": "kode pelatihan;kode kompetensi;level tujuan\nP01;M.03;3\nP01;M.01;2\n",
    "riwayat": "nip;kode pelatihan;nama pelatihan;tanggal mulai;tanggal selesai;status;jp\n"
               f"{MELUR};P01;;2024-03-01;2024-03-05;lulus;24\n{MELUR};P02;;;2024-04-01;tidak lulus;\n"
               f"{SATRIA};;Audit Intrnal;;2025-01-31;;\n{SATRIA};;Memasak;;2025-02-28;lulus;4\n",
}  # fmt: skip


@pytest.fixture
def export(bangkom, tmp_path):
    for name, content in FILES.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    assert bangkom("import", *[tmp_path / f"{name}.csv" for name in FILES]).code == 0

    def run(*options):
        path = tmp_path / "lencana.json"
        run = bangkom("export", "badges", path, *options)
        assert run.code == 0, run.err
        return path.read_text(encoding="utf-8")

    return run


def test_every_completed_training_that_is_on_file_is_a_credential_of_the_schema(export):
    found = msgspec.json.decode(export(), type=list[Credential], strict=True)
    assert [(c.name, c.valid_from, c.issuer.name) for c in found] == [
        ("Audit Internal", "2025-01-31T00:00:00Z", "LAN"), ("Audit Internal", "2024-03-05T00:00:00Z", "LAN"),
    ]  # fmt: skip
    assert {c.context for c in found} == {CONTEXT}
    assert len({c.id for c in found}) == len(found)
    subject = found[1].credential_subject
    assert (subject.activity_start_date, subject.credits_earned) == ("2024-03-01T00:00:00Z", 24)
    assert found[0].credential_subject.activity_start_date is None
    achievement = subject.achievement
    assert (achievement.human_code, achievement.field_of_study, achievement.credits_available) == (
        "P01",
        "Pengawasan",
        24,
    )
    assert [a.target_code for a in achievement.alignment] == ["M.01", "M.03"]


def test_a_competency_has_the_address_that_it_has_in_a_case_package(export, bangkom, tmp_path):
    assert bangkom("export", "frameworks", tmp_path / "asn.json", "--framework", "ASN").code == 0
    items = json.loads((tmp_path / "asn.json").read_text(encoding="utf-8"))["CFItems"]
    address = {item["humanCodingScheme"]: item["uri"] for item in items}
    aims = json.loads(export())[0]["credentialSubject"]["achievement"]["alignment"]
    assert [aim["targetUrl"] for aim in aims] == [address["M.01"], address["M.03"]]


def test_a_person_is_named_by_a_salted_hash_only(export):
    text = export("--employee", MELUR)
    (one,) = json.loads(text)
    (identity,) = one["credentialSubject"]["identifier"]
    expected = hashlib.sha256((MELUR + identity["salt"]).encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${expected}"
    assert MELUR not in text
    assert "Melur" not in text


def test_the_same_export_again_is_the_same_bytes(export):
    assert export() == export()


@pytest.mark.parametrize("options", [("badges", "x.csv"), ("badges", "x.json", "--employee", "7")])
def test_another_suffix_and_an_unknown_person_are_sentences(bangkom, tmp_path, options):
    table, name, *more = options
    run = bangkom("export", table, tmp_path / name, *more)
    assert (run.code, run.err.startswith("Error: ")) == (3, True)


@pytest.mark.parametrize(("path", "value"), [
    (("validFrom",), "2024-03-05"), (("id",), "not an address"), (("issuer", "name"), ""),
    (("credentialSubject", "identifier"), []), (("credentialSubject", "achievement", "criteria"), {}),
    (("credentialSubject", "achievement", "type"), ["Training"]), (("type",), ["VerifiableCredential", "Badge"]),
])  # fmt: skip
def test_what_the_schema_does_not_allow_is_refused(export, path, value):
    document = json.loads(export())[:1]
    place = document[0]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(document), type=list[Credential], strict=True)
