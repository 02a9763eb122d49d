"""Several tables on one sheet: each is read on its own, with its own lines and columns."""

import pytest

MELUR, SATRIA, ANE = "199003152014021987", "198507072010012976", "197712312003121965"
PEOPLE_AND_UNITS = [
    ["NIP", "Nama", "Unit Kerja", None, "Kode Unit Kerja", "Nama Unit Kerja"],
    [SATRIA, "Satria", "U1", None, "U8", "Dinas Y"],
    [ANE, "Ane", "U2", None, "U9", "Dinas Z"],
    [None, None, None, None, "U10", None],
]
TWICE = [["NIP", "Nama", None, "NIP", "Nama"], [SATRIA, "Satria", None, ANE, "Ane"]]
STACKED = [
    ["Daftar pegawai", None], ["NIP", "Nama"], [SATRIA, "Satria"], [None, None],
    ["Daftar unit", None], ["Kode Unit Kerja", "Nama Unit Kerja"], ["U8", "Dinas Y"],
]  # fmt: skip


def as_csv(rows):
    return "".join(";".join(cell or "" for cell in row) + "\n" for row in rows)


@pytest.fixture(params=["xlsx", "csv"])
def bring(request, office, workbook_of):
    def take(rows, **options):
        content = workbook_of(rows) if request.param == "xlsx" else as_csv(rows)
        return office.bring(content, names=[f"a.{request.param}"], **options)

    return take


def told(imported):
    return [(f.sheet.rpartition("[")[2], f.table, f.read, f.stored, f.refused) for f in imported.report.files]


def test_tables_side_by_side_are_read_each_on_its_own(office, bring, found):
    imported = bring(PEOPLE_AND_UNITS)
    assert told(imported) == [("A:C]", "employees", 2, 2, 0), ("E:F]", "units", 3, 2, 1)]
    people = office.read("employees").set_index("employee")["unit"]
    assert people[[SATRIA, ANE]].tolist() == ["U1", "U2"]
    assert ("tables-beside", None) in found(imported, "warning")
    assert imported.refused[0].lines[-1][4] == "U10"


def test_the_table_that_was_asked_for_is_read_alone(bring):
    imported = bring(PEOPLE_AND_UNITS, table="units")
    assert told(imported) == [("A:C]", None, 0, 0, 0), ("E:F]", "units", 3, 2, 1)]


def test_two_of_the_same_table_are_asked_about(bring, found):
    assert found(bring(TWICE)) == [("sheet-several", None)] * 2
    name = bring(TWICE).report.files[1].sheet
    assert [f.stored for f in bring(TWICE, sheet=name).report.files if f.table] == [1]
    assert [(f.stored, f.unchanged) for f in bring(TWICE, sheet="*").report.files] == [(1, 0), (0, 1)]


def test_tables_under_each_other_are_read_each_on_its_own(bring, found):
    imported = bring(STACKED)
    assert [(f.table, f.header_line, f.stored) for f in imported.report.files] == [("employees", 2, 1), ("units", 6, 1)]
    assert ("tables-stacked", None) in found(imported, "warning")


def test_one_header_more_than_once_is_one_table(bring):
    page = [["NIP", "Nama"], [SATRIA, "Satria"], [None, None]]
    (file,) = bring([*page, ["NIP", "Nama"], [ANE, "Ane"]]).report.files
    assert (file.sheet or "").find("[") == -1
    assert file.stored == 2


def test_a_blank_column_within_a_table_is_none_between_two(bring):
    (file,) = bring([["NIP", "Nama", None, "Unit Kerja", "Jabatan"], [SATRIA, "Satria", None, "U1", "J1"]]).report.files
    assert (file.table, file.stored) == ("employees", 1)
