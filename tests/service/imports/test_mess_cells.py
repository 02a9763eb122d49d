"""Cells and lines that are no values: totals in other words, errors of other programs, formulas never calculated."""

import io
from datetime import date

import pytest
import xlsxwriter

MELUR, SATRIA = "199003152014021987", "198507072010012976"


@pytest.mark.parametrize("name", ["J U M L A H", "Jml", "Jml. seluruhnya", "Sum", "\u03a3", "Rerata", "Pindahan"])
def test_totals_in_other_words_are_left_out(office, name):
    content = f"Kode Anggaran;Tahun;Uraian;Pagu\nA1;2027;Kursus;20.000.000\n;;{name};20.000.000\n"
    (file,) = office.bring(content).report.files
    assert (file.stored, file.refused, file.left_out) == (1, 0, 1)


def test_a_total_with_its_letters_apart_in_the_column_of_codes_is_no_line(office):
    content = "Kode Anggaran;Uraian;Pagu\nA1;Kursus;20.000.000\nJ U M L A H;;20.000.000\n"
    office.bring(content, supplied={"year": "2027"})
    assert office.read("budgets")["line"].tolist() == ["A1"]


@pytest.mark.parametrize("name", ["Sumber Daya Manusia", "Jmlah"])
def test_other_words_are_none_of_a_total(office, name):
    (file,) = office.bring(f"Kode Anggaran;Tahun;Uraian;Pagu\nA1;2027;{name};20.000.000\n").report.files
    assert file.stored == 1


@pytest.mark.parametrize("shown", ["#####", "Err:502", "#GETTING_DATA", "#ERROR!", "#FIELD!"])
def test_errors_of_any_program_are_no_names(office, shown):
    (file,) = office.bring(f"NIP;Nama;Unit Kerja\n{SATRIA};{shown};U1\n").report.files
    assert [p.code for p in file.problems if p.severity == "error"] == ["cell-fault"]


def _with_formula(value):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["NIP", "Kode Kompetensi", "Level"])
        sheet.write_row(1, 0, [MELUR, "M.01"])
        sheet.write_formula(1, 2, "=Z1", None, value)
    return content.getvalue()


@pytest.mark.parametrize(("value", "levels"), [(0, []), (3, [3])])
def test_the_zero_that_a_program_puts_for_a_formula_is_no_level(office, value, levels):
    office.bring(_with_formula(value), names=["a.xlsx"])
    assert office.read("assessments")["level"].tolist() == levels


def test_the_day_beside_levels_in_columns_is_their_day(office):
    (people, *_) = office.bring(
        f"NIP;Nama;M.01;M.02;Tanggal Penilaian;Penilai\n{MELUR};Melur;3;2;1 Mei 2026;BKN\n"
    ).report.files
    assert not [p for p in people.problems if p.code == "header-unknown"]
    levels = office.read("assessments")
    assert {(day.date(), who) for day, who in zip(levels["assessed_on"], levels["assessor"], strict=True)} == {
        (date(2026, 5, 1), "BKN")
    }


@pytest.mark.parametrize("second", ["TMT_2", "TMT.1"])
def test_a_repeated_header_with_a_number_behind_is_tied_to_its_left_neighbour(office, second):
    office.bring(f"NIP;Nama;Golongan;TMT;Jabatan;{second}\n{SATRIA};Satria;III/d;13/04/2020;J1;14/10/2022\n")
    person = office.read("employees").set_index("employee").loc[SATRIA]
    assert (person["grade_since"].date(), person["position_since"].date()) == (date(2020, 4, 13), date(2022, 10, 14))


BUDGET = (
    "5.2;BELANJA;5.000.000;1.000.000\n5.2.1;Kursus;3.000.000;1.000.000\n5.2.2;Diklat;2.000.000;\n;JUMLAH;5.000.000;\n"
)


@pytest.mark.parametrize(
    "amounts", ["Anggaran Setelah Perubahan;Realisasi", "Jumlah Sesudah Perubahan (Rp);Realisasi", "Menjadi;Semula"]
)
def test_amounts_after_a_change_are_known_by_any_word_for_it(office, amounts):
    content = f"KODE REKENING;URAIAN;{amounts}\n{BUDGET}"
    (file,) = office.bring(content, supplied={"year": "2027"}).report.files
    assert (file.profile, file.stored, file.left_out) == ("apbd", 2, 2)
    assert office.read("budgets")["amount"].sum() == 5_000_000


@pytest.mark.parametrize(
    "line",
    ["(wajib);(wajib);(opsional)", "diisi 18 angka;Nama lengkap;Kode unit", "18 digit;teks;teks",
     "xxxxxxxxxxxxxxxxxx;Melur;U1", f"{MELUR};Contoh: Budi;U1", f"{MELUR};Nama Pegawai;U1"],
)  # fmt: skip
def test_lines_that_show_how_to_fill_in_a_form_are_no_people(office, found, line):
    before = set(office.read("employees")["employee"])
    imported = office.bring(f"NIP;Nama;Unit Kerja\n{line}\n{SATRIA};Satria;U1\n")
    assert found(imported, "note")[0] == ("row-sample", 2)
    assert set(office.read("employees")["employee"]) == before | {SATRIA}


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("(Rp 000)", 1_000), ("(Rp.000,-)", 1_000), ("(dalam Rp.1.000,-)", 1_000), ("(x Rp1.000)", 1_000),
     ("(Rp rb)", 1_000), ("(Rp Jt)", 1_000_000), ("(Rp 000.000)", 1_000_000), ("(Rp)", 1)],
)  # fmt: skip
@pytest.mark.parametrize("place", ["header", "above"])
def test_amounts_are_in_the_unit_that_zeros_or_short_words_tell(office, unit, factor, place):
    above, header = (f"Anggaran 2027 {unit}\n", "Pagu") if place == "above" else ("", f"Pagu {unit}")
    (file,) = office.bring(f"{above}Kode Anggaran;Tahun;Uraian;{header}\nA;2027;Kursus;1.500\n").report.files
    assert office.read("budgets")["amount"].tolist() == [1_500 * factor]
    assert ("amount-scaled" in {p.code for p in file.problems}) == (factor > 1)


@pytest.mark.parametrize(("told", "status"), [
    ("Tidak Aktif", "inactive"), ("Non Aktif", "inactive"), ("TUBEL", "study"), ("Cuti Besar", "leave"),
    ("Cuti Diluar Tanggungan Negara", "leave"), ("Pensiunan", "retired"),
])  # fmt: skip
def test_how_somebody_stands_is_read_in_the_words_of_offices(office, told, status):
    office.bring(f"NIP;Nama;Kedudukan Hukum\n198507072010012976;Satria;{told}\n")
    people = office.read("employees").set_index("employee")
    assert people.loc["198507072010012976", "status"] == status
