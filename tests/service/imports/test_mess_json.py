"""Answers of services and packages as they come: nothing of them is lost without a word."""

import json

import pytest

MELUR, SATRIA = "199003152014021987", "198507072010012976"
DOCUMENT = {"identifier": "d1", "title": "Kerangka X"}


def bring(office, document, **options):
    return office.bring(json.dumps(document), names=["a.json"], **options)


def statement(**result):
    return {"id": "1", "actor": {"account": {"name": MELUR}}, "verb": {"id": "http://x/completed"}, "result": result,
            "object": {"id": "http://x/P01"}, "timestamp": "2026-01-05T08:00:00Z"}  # fmt: skip


def item(identifier):
    return {"identifier": identifier, "fullStatement": f"Mampu {identifier}"}


REFUSED = {
    "answer": ({"code": 0, "data": None, "message": "Data tidak ditemukan"}, "Data tidak ditemukan"),
    "entry": ({"data": [{"NIP": MELUR, "Nama": "Melur"}, None]}, "entry 2"),
    "no-document": ({"CFItems": [item("i1")]}, "CFDocument"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_without_records_is_told_by_what_it_says(office, name):
    document, words = REFUSED[name]
    (file,) = bring(office, document).report.files
    assert [(p.code, words in p.message) for p in file.problems] == [("file-kind", True)]


def test_an_answer_that_goes_on_elsewhere_says_so(office, found):
    whole = bring(office, {"statements": [statement()], "more": ""})
    part = bring(office, {"statements": [statement()], "more": "/statements?page=2"})
    assert (found(whole, "warning"), found(part, "warning")) == ([], [("answer-goes-on", None)])


@pytest.mark.parametrize("score", [{"scaled": -0.2}, {"raw": 80}, {"scaled": "0.8"}])
def test_a_score_that_is_not_read_is_said(office, found, score):
    assert ("number-unreadable", 2) in found(bring(office, {"statements": [statement(score=score)]}), "warning")


@pytest.mark.parametrize("value", [{"depan": "Melur"}, ["Melur", "Pagi"]])
def test_a_list_or_object_where_one_value_belongs_is_refused(office, found, value):
    assert found(bring(office, [{"NIP": SATRIA, "Nama": value}])) == [("cell-nested", 2)]


def test_a_list_is_read_where_a_list_belongs(office):
    bring(office, [{"Kode Pelatihan": "P09", "Nama Pelatihan": "X", "JP": 3, "Jenjang Sasaran": ["Pengawas", "JF"]}])
    trainings = office.read("trainings").set_index("training")
    assert trainings.loc["P09", "position_classes"] == "Pengawas;JF"


def test_an_item_without_statement_is_refused_and_not_lost(office, found):
    imported = bring(office, {"CFDocument": DOCUMENT, "CFItems": [{"identifier": "i1"}]})
    assert found(imported) == [("required-missing", 2)]


def test_a_framework_without_title_is_no_other_framework(office, found):
    imported = bring(office, {"CFDocument": {"identifier": "d1"}, "CFItems": [item("i1")]})
    assert found(imported) == [("required-missing", 2), ("reference-unknown", 2)]
    assert "i1" not in set(office.read("competencies")["competency"])


def test_an_item_under_none_of_the_package_says_so(office, found):
    under = {"associationType": "isChildOf", "originNodeURI": {"identifier": "i1"}}
    package = {"CFDocument": DOCUMENT, "CFItems": [item("i1")]}
    for parent, warned in (("d1", []), ("zz", [("reference-unknown", 2)])):
        link = under | {"destinationNodeURI": {"identifier": parent}}
        assert found(bring(office, package | {"CFAssociations": [link]}), "warning") == warned


def test_a_line_of_another_system_with_more_cells_than_its_header_is_refused(office, found):
    header = "NIP BARU,NAMA,UNOR ID,UNOR NAMA,JABATAN NAMA"
    imported = office.bring(f"{header}\n{SATRIA},Satria, S.H.,U1,Sekretariat,Analis\n")
    assert set(found(imported)) == {("row-shifted", 2)}
    assert SATRIA not in set(office.read("employees")["employee"])


TITLED = f"DAFTAR PEGAWAI;;;;;;\n;;;;;;\nNIP BARU;NAMA;UNOR ID;UNOR NAMA;JABATAN NAMA;AGAMA NAMA;NIK\n{SATRIA};"


def test_a_header_of_another_system_below_titles_is_found(office, found):
    imported = office.bring(f"{TITLED}Satria;U1;Sekretariat;Analis;X;3174012345678901\n{MELUR};;U1;Sekretariat;A;X;\n")
    people = next(f for f in imported.report.files if f.table == "employees")
    assert (people.profile, people.header_line, people.stored, people.refused) == ("siasn", 3, 1, 1)
    assert ("row-metadata", 1) in found(imported, "note")
    assert [lines[0] for lines in imported.refused[0].lines] == ["NIP BARU", MELUR]


def test_a_national_number_beside_another_is_neither_read_nor_shown(office):
    (file,) = office.bring(f"NIP;Nama;NIK\n{SATRIA};Satria;3174012345678901\n").report.files
    assert ("column-sensitive", "NIK") in {(p.code, p.message.split(": ")[-1].rstrip(".")) for p in file.problems}
    assert not any("3174012345678901" in f"{p.value}{p.message}" for p in file.problems)
