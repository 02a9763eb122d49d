"""One name is one name, whatever apostrophe a spreadsheet made of what was typed."""

import pytest

SATRIA = "198507072010012976"
KINDS = ["Nur Jum\u2019ah", "NUR JUM\u2018AH", "Nur Jum\u02bcah", "Nur Jum`ah"]


@pytest.mark.parametrize("name", KINDS)
def test_a_unit_is_found_by_its_name(office, name):
    office.bring("Kode Unit Kerja,Nama Unit Kerja\nU7,Nur Jum'ah\n", table="units")
    (file,) = office.bring(f"NIP,Nama,Unit\n{SATRIA},Satria,{name}\n", table="employees").report.files
    assert [p.code for p in file.problems if p.code == "reference-created"] == []
    assert office.read("employees").set_index("employee").loc[SATRIA, "unit"] == "U7"


@pytest.mark.parametrize("name", KINDS)
def test_rows_that_differ_in_the_apostrophe_alone_are_one(office, name):
    imported = office.bring(f"NIP,Nama\n{SATRIA},Nur Jum'ah\n{SATRIA},{name}\n")
    (file,) = imported.report.files
    assert (file.stored, file.left_out, file.refused) == (1, 1, 0)
    history = "NIP,Nama Pelatihan,Tanggal Selesai\n" + SATRIA + ",{},2026-01-02\n"
    office.bring(history.format("Nur Jum'ah"))
    (file,) = office.bring(history.format(name)).report.files
    assert (file.stored, file.unchanged) == (0, 1)


@pytest.mark.parametrize("name", KINDS[:3])  # numbers are read without the last, as without other marks
def test_candidates_of_a_name_are_found(office, name):
    office.bring(f"NIP,Nama\n{SATRIA},Nur Jum'ah\n")
    (file,) = office.bring(f"Nama,Judul Pelatihan\n{name},Arsip Dinamis\n").report.files
    assert [SATRIA in p.message for p in file.problems if p.code == "person-by-name"] == [True]
