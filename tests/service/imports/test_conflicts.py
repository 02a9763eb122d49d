import pytest

BINTANG, MELUR, SATRIA = "199003152014021987", "198507072010012976", "197712312003121965"


def outcomes(imported):
    return [(f.stored, f.unchanged, f.refused, f.left_out) for f in imported.report.files]


@pytest.mark.parametrize("order", [1, -1])
def test_rows_that_differ_between_files_are_both_refused_whatever_the_order(desk, found, order):
    files = [f"nip,nama\n{MELUR},Melur Pagi\n{SATRIA},Satria\n", f"nip,nama\n{BINTANG},Bintang\n{MELUR},Melur Sore\n"]
    imported = desk.bring(*files[::order])
    assert sorted(found(imported)) == [("row-conflict", 2), ("row-conflict", 3)]
    assert {p.message for f in imported.report.files for p in f.problems if p.code == "row-conflict"} == {
        f"Differs from line 3 of {'ba'[::order][0]}.csv in nama; neither is stored.",
        f"Differs from line 2 of {'ba'[::order][1]}.csv in nama; neither is stored.",
    }
    assert desk.read("employees")["employee"].tolist() == [SATRIA, BINTANG]


def test_the_same_row_in_two_files_is_stored_once(desk, found):
    imported = desk.bring(*[f"nip,nama\n{MELUR},Melur Pagi\n"] * 2)
    assert outcomes(imported) == [(1, 0, 0, 0), (0, 0, 0, 1)]
    assert ("row-repeated", 2) in found(imported, "note")


def test_files_with_other_columns_complete_each_other(desk):
    desk.bring(f"nip,nama\n{MELUR},Melur Pagi\n", f"nip,golongan\n{MELUR},III/d\n", table="employees")
    assert desk.read("employees")[["name", "grade"]].to_numpy().tolist() == [["Melur Pagi", "III/d"]]


@pytest.mark.parametrize("order", [1, -1])
def test_parents_may_stand_in_another_file_of_the_same_table(desk, order):
    files = ["kode,nama,kode_induk\nZ.1,Anak,Z\n", "kode,nama,kode_induk\nZ,Induk,\n"]
    assert desk.bring(*files[::order], table="competencies").report.ok


def test_a_row_below_a_refused_one_is_refused_with_it_and_so_on_down(desk, found):
    rows = ["Z.1.1,Cucu,Z.1", "Z.1,Anak,Z", "Z,Induk,TIDAK-ADA", "Y,Lain,"]
    imported = desk.bring("kode,nama,kode_induk\n" + "\n".join(rows), table="competencies")
    assert found(imported) == [("reference-unknown", 2), ("reference-unknown", 3), ("reference-unknown", 4)]
    assert set(desk.read("competencies")["competency"]) >= {"Y"}
    assert not set(desk.read("competencies")["competency"]) & {"Z", "Z.1", "Z.1.1"}


def test_each_row_of_a_key_is_held_against_the_first_one_in_whatever_case(desk, found):
    lines = ["Melur Pagi,III/d", "MELUR PAGI,III/d", "Melur Pagi,", "Melur Sore,III/c"]
    imported = desk.bring("nip,nama,golongan\n" + "\n".join(f"{MELUR},{line}" for line in lines))
    assert outcomes(imported) == [(0, 0, 3, 1)]
    assert found(imported, "note")[0] == ("row-repeated", 3)
    told = {p.message for p in imported.report.files[0].problems if p.line in (4, 5)}
    assert told == {f"Differs from line 2 in {names}; neither is stored." for names in ("golongan", "nama, golongan")}
