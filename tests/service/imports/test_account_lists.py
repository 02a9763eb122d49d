"""Budget lists by account in other offices' headers: money that stands in a heading and in its parts counts once."""

import pytest

LINES = ["5;BELANJA;120.000.000", "5.1;BELANJA OPERASI;120.000.000", "5.1.02;Belanja Barang;120.000.000",
         "5.1.02.01;Kursus;70.000.000", "5.1.02.02;Perjalanan;50.000.000", ";JUMLAH;120.000.000"]  # fmt: skip
HEADERS = ("Kode Rekening;Uraian;Anggaran", "No. Rekening;Uraian;Pagu (Rp)", "Kode;Uraian;Jumlah",
           "Rekening;Uraian;Jumlah (Rp)", "Kode Rekening;Nama Rekening;Pagu")  # fmt: skip


def listed(header, lines=LINES):
    return "\n".join(["PEMERINTAH KOTA;;", "TAHUN;2027;", header, *lines])


@pytest.mark.parametrize("header", HEADERS)
def test_only_the_lowest_lines_of_a_list_by_account_are_read(office, header, found):
    imported = office.bring(listed(header))
    budgets = office.read("budgets")
    assert (budgets["amount"].sum(), set(budgets["year"])) == (120_000_000, {2027})
    assert budgets["account"].tolist() == ["5.1.02.01", "5.1.02.02"]
    assert [line for code, line in found(imported, "note") if code == "row-total"] == [4, 5, 6, 9]


def test_an_account_in_the_second_column_is_found_and_what_is_not_read_is_named(office):
    lines = [f"{n};{line};{line.split(';')[2]};0" for n, line in enumerate(LINES[:5], start=1)]
    content = listed("No;Kode Rekening;Uraian;Sebelum;Sesudah;Selisih", lines)
    (file,) = office.bring(content).report.files
    assert (file.stored, file.left_out) == (2, 5)
    assert next(p.message for p in file.problems if p.code == "header-unknown") == "Not read: No, Selisih."


def test_spent_and_year_in_columns_of_a_list_are_read(office):
    lines = [f"{line};{line.split(';')[2]};2027" for line in LINES[:5]]
    office.bring(listed("Kode Rekening;Uraian;Anggaran;Realisasi;Tahun", lines))
    assert office.read("budgets")["spent"].tolist() == [70_000_000, 50_000_000]


def test_lines_of_other_codes_that_are_no_sums_are_all_read_and_warned_of(office, found):
    lines = ["A;Kursus;30.000.000", "A.1;Kursus luar kota;20.000.000", "A.2;Kursus daring;5.000.000"]
    imported = office.bring("\n".join(["Kode Anggaran;Uraian;Pagu", *lines]), supplied={"year": "2027"})
    assert office.read("budgets")["line"].tolist() == ["A", "A.1", "A.2"]
    assert found(imported, "warning") == [("amount-twice", 2)]


def test_lines_that_name_the_line_above_them_are_all_read(office, found):
    lines = ["A;30.000.000;", "A.1;30.000.000;A"]
    imported = office.bring("\n".join(["Kode Anggaran;Pagu;Kode Induk", *lines]), supplied={"year": "2027"})
    assert (len(office.read("budgets")), found(imported, "warning")) == (2, [])
