"""Spreadsheets as planners send them: every kind of mess is read rightly, or refused in words; nothing is lost."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from service.imports.cells import CellError
from service.imports.dates import read_date, read_year
from service.imports.ids import read_id, read_person
from service.imports.options import ImportOptions
from service.imports.values import read_count, read_hours, read_level, read_money, read_number
from service.jobs.requests import ImportRequest

MELUR, SATRIA = "199003152014021987", "198507072010012976"
CLASSES = "Kode Kelas;Kode Pelatihan;Tanggal Mulai;Tanggal Selesai"
STANDARDS = "Kode Jabatan;Kode Kompetensi;Level Syarat;Berlaku Mulai;Berlaku Sampai"
ON = date(2026, 11, 29)

READ = [
    (read_person, "NIP. 19900315 201402 1 987", MELUR), (read_id, "\uff11\uff19\uff19\uff10", "1990"),
    (read_money, "\uff11\uff0e\uff15\uff10\uff10", 1_500), (read_money, "'1.500.000", 1_500_000),
    (read_money, "Rp 1.500.000 (satu juta lima ratus ribu)", 1_500_000), (read_money, "gratis", 0),
    (read_number, "\u22123,5", -3.5), (read_level, "\u0663", 3), (read_hours, "24 JPL", 24),
    (read_hours, "24 (dua puluh empat)", 24), (read_year, "TA 2027", 2027), (read_count, "12 pegawai", 12),
]  # fmt: skip


@pytest.mark.parametrize(("read", "cell", "value"), READ, ids=[cell for _, cell, _ in READ])
def test_figures_are_read_as_people_write_them(read, cell, value):
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell", "code"),
    [(read_money, "99999999999999999999", "money-unclear"), (read_count, "99999999999999999999", "number-unreadable"),
     (read_count, "-5", "number-unreadable"), (read_year, "27", "number-unreadable"),
     (read_year, "20270", "number-unreadable"), (read_hours, "3 (hari)", "hours-in-days")],
)  # fmt: skip
def test_figures_that_cannot_be_meant_are_refused(read, cell, code):
    with pytest.raises(CellError) as refused:
        read(cell)
    assert refused.value.code == code


# Table, header and line of a file that is refused for what no row can mean, with the code and the column.
REFUSED = {
    "letter-in-nip": ("NIP;Nama\n19900315201402198O;Ane\n", "id-structure", "NIP"),
    "score": (f"NIP;Nama Pelatihan;Nilai Pascates\n{MELUR};Arsip;850\n", "number-unreadable", "Nilai Pascates"),
    "seats": (f"{CLASSES};Peserta Minimum;Kuota\nK1;P01;2027-03-01;2027-03-02;30;10\n", "seats-contradict",
              "Peserta Minimum"),
    "target": ("Kode Pelatihan;Kode Kompetensi;Level Awal;Level Tujuan\nP01;M.01;3;2\n", "level-contradicts",
               "Level Tujuan"),
    "itself-first": ("Kode Pelatihan;Kode Prasyarat\nP01;P01\n", "parent-circle", "Kode Prasyarat"),
    "list-in-a-cell": ("Kode Pelatihan;Kode Prasyarat\nP01;P02, P03\n", "reference-unknown", "Kode Prasyarat"),
    "other-case": (f"NIP;Nama;Unit Kerja\n{SATRIA};Satria;u1\n", "reference-unknown", "Unit Kerja"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_row_can_mean_is_refused_and_named(office, name):
    content, code, column = REFUSED[name]
    (file,) = office.bring(content).report.files
    assert [(p.code, p.column, p.line) for p in file.problems if p.severity == "error"] == [(code, column, 2)]
    assert file.stored == 0


def test_prerequisites_in_a_circle_are_refused_also_with_what_is_on_file(office, found):
    office.bring("Kode Pelatihan;Kode Prasyarat\nP01;P02\n")
    imported = office.bring("Kode Pelatihan;Kode Prasyarat\nP03;P01\nP02;P03\n")
    assert found(imported) == [("parent-circle", 2), ("parent-circle", 3)]
    assert "P02 -> P03 -> P01 -> P02" in imported.report.files[0].problems[1].message


# What is stored and may yet be a slip: content, and codes with their lines.
DOUBTFUL = {
    "assessed-tomorrow": (f"NIP;Kode Kompetensi;Level;Tanggal Penilaian\n{MELUR};M.01;3;30/11/2026\n", "date-future"),
    "completed-tomorrow": (f"NIP;Nama Pelatihan;Tanggal Selesai\n{MELUR};Arsip;30/11/2026\n", "date-future"),
    "class-of-years": (f"{CLASSES}\nK1;P01;13/3/2027;15/3/2072\n",
                       "date-doubtful"),
    "code-of-other-case": ("Kode Pelatihan;Nama Pelatihan;JP\np01;Arsip Statis;8\n", "code-alike"),
    "overspent": ("Kode Anggaran;Tahun;Pagu;Dicadangkan;Realisasi\nL1;2027;1000;600;600\n", "amount-exceeded"),
    "standards-overlap": (f"{STANDARDS}\nJ1;M.01;4;13/6/2026;\nJ1;M.01;3;1/1/2025;31/12/2026\n", "date-overlaps"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_may_be_a_slip_is_stored_and_said(office, found, name):
    content, code = DOUBTFUL[name]
    imported = office.bring(content, on=ON)
    assert found(imported, "warning") == [(code, 2)]
    assert imported.report.ok


def test_what_is_promised_for_days_to_come_is_no_slip(office, found):
    lines = f"{MELUR};Arsip;30/11/2026;terdaftar\n{MELUR};Risiko;29/11/2026;lulus\n"
    assert found(office.bring(f"NIP;Nama Pelatihan;Tanggal Selesai;Status\n{lines}", on=ON), "warning") == []


def test_an_import_as_a_job_knows_the_day_too():
    assert ImportRequest(on=ON).options() == ImportOptions(on=ON)


def test_a_unit_of_nearly_the_name_of_another_is_made_and_asked_about(office):
    (file,) = office.bring(f"NIP;Nama;Unit Kerja\n{SATRIA};Satria;Dinas Kesehatn\n").report.files
    assert "did you mean U2 (dinas kesehatan)?" in next(
        p.message for p in file.problems if p.code == "reference-created"
    )


def test_a_percent_sign_is_not_read_over_in_silence(office, found):
    content = "Unit Kerja;Indikator;Akhir Periode;Nilai\nU1;satisfaction;2025;85%\n"
    assert ("percent-read", None) in found(office.bring(content), "note")


def test_messages_name_columns_and_values_as_the_person_wrote_them(office):
    (file,) = office.bring("Kode Kelas;Kode Pelatihan;Tgl_Mulai;Tanggal Selesai\nK1;P01;2027-03-01;2027-03-09\n"
                           "K1;P01;2027-03-02;2027-03-09\n").report.files  # fmt: skip
    assert [(p.value, p.message) for p in file.problems if p.line == 2] == [
        ("2027-03-01", "Differs from line 3 in Tgl_Mulai; neither is stored.")
    ]


def test_accepted_choices_are_offered_in_words_that_an_office_uses(office):
    (file,) = office.bring("Kode Pelatihan;Nama Pelatihan;JP;Metode\nT1;A;3;Zoom\nT2;B;3;Tatap Muka (Klasikal)\n"
                           ).report.files  # fmt: skip
    (problem,) = [p for p in file.problems if p.severity == "error"]
    assert problem.message == "accepted: tatap muka (face-to-face), daring (online), campuran (blended)"
    assert office.read("trainings").set_index("training").loc["T2", "mode"] == "face-to-face"


def test_a_cell_of_several_lines_is_read_for_each_of_them(office, workbook):
    file = workbook(
        [["NIP", "Nama", "Unit Kerja"], [SATRIA, "Satria", "U2"], [MELUR, "Melur Pagi", None]],
        lambda _, sheet: sheet.merge_cells("C2:C3"),
    )
    assert office.read("employees").set_index("employee").loc[[SATRIA, MELUR], "unit"].tolist() == ["U2", "U2"]
    assert [(p.code, p.line) for p in file.problems if p.severity == "warning"] == [("cells-merged", 2)]


def test_one_amount_of_several_lines_is_not_read_more_than_once(workbook):
    file = workbook(
        [["Kode Anggaran", "Tahun", "Pagu"], ["L1", 2027, 5_000_000], ["L2", 2027, None]],
        lambda _, sheet: sheet.merge_cells("C2:C3"),
    )
    assert [(p.code, p.line, p.severity) for p in file.problems] == [
        ("cells-merged", 2, "warning"), ("required-missing", 3, "error"),
    ]  # fmt: skip


def test_days_counted_from_1904_are_days(office, workbook):
    def count_from_1904(book, _sheet):
        book.epoch = CALENDAR_MAC_1904

    workbook([["NIP", "Nama", "TMT Golongan"], [SATRIA, "Satria", 44_199]], count_from_1904)
    assert str(office.read("employees").set_index("employee").loc[SATRIA, "grade_since"].date()) == "2025-01-04"


def packed(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return content.getvalue()


NO_TABLES = {
    "document": (packed(word__document="<w/>"), "file-kind"), "packed": (packed(pegawai="NIP;Nama"), "file-kind"),
    "nothing-packed": (packed(), "file-kind"), "picture": (b"\xff\xd8\xff\xe0" + bytes(range(256)), "file-kind"),
    "bytes": (bytes(range(32)) * 9, "file-kind"), "cut-off": (packed(xl__workbook="x" * 999)[:200], "file-unreadable"),
    "xml-in-utf-16": ('<?xml version="1.0"?><Workbook xmlns="urn:spreadsheet"/>'.encode("utf-16"), "file-kind"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_TABLES)
def test_a_file_that_is_no_table_is_told_by_what_it_is(desk, name):
    content, code = NO_TABLES[name]
    (file,) = desk.bring(content, names=["a.xlsx"]).report.files
    assert [(p.code, p.severity) for p in file.problems] == [(code, "error")]
    assert "zip file" not in file.problems[0].message.lower()


RANGES = ["1 s.d. 3 Februari 2024", "30 Januari - 2 Februari 2024", "1-3 Februari 2024", "4 Februari 2024",
          "30 Des 2023 s/d 2 Jan 2024", "01/02/2024 - 13/02/2024"]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_first_and_last_day_in_one_cell_are_read_as_two(office, workbook, kind):
    rows = [
        ["NIP", "Nama Pelatihan", "Tanggal Pelaksanaan", "JP"],
        *([MELUR, f"A{i}", t, 8] for i, t in enumerate(RANGES)),
    ]
    if kind == "csv":
        (file,) = office.bring("\n".join(";".join(map(str, row)) for row in rows)).report.files
    else:
        file = workbook(rows)
    assert "days-split" in {problem.code for problem in file.problems}
    read = office.read("history").sort_values("training_name")
    assert [f"{a:%d.%m}-{b:%d.%m}" for a, b in zip(read["start_date"], read["end_date"], strict=True)] == [
        "01.02-03.02", "30.01-02.02", "01.02-03.02", "04.02-04.02", "30.12-02.01", "01.02-13.02",
    ]  # fmt: skip


def test_what_is_no_day_beside_such_days_is_refused_in_its_own_line(office, found):
    lines = [f"{MELUR};A{i};{text};8" for i, text in enumerate([*RANGES[:3], "31 s.d. 32 Februari 2024", "segera"])]
    content = "\n".join(["NIP;Nama Pelatihan;Tanggal Pelaksanaan;JP", *lines, f"{MELUR};B;1 Maret 2024;8;9"])
    assert [(code, line) for code, line in found(office.bring(content)) if code != "date-unreadable"] == [
        ("row-shifted", 7)
    ]
    assert {line for code, line in found(office.bring(content))} == {5, 6, 7}


PERIODS = {
    "Triwulan I 2025": "2025-03-31", "TW 4 2025": "2025-12-31", "Semester 1 2025": "2025-06-30",
    "Februari 2024": "2024-02-29", "Januari - Desember 2025": "2025-12-31", "TA 2025": "2025-12-31",
    "31 Desember 2025": "2025-12-31",
}  # fmt: skip


@pytest.mark.parametrize("text", PERIODS)
def test_a_period_is_read_as_its_last_day(text):
    assert str(read_date(text, is_period=True)) == PERIODS[text]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("46082", "spreadsheet counts"), ("1 s.d. 3 Maret 2027", "several days"), ("Triwulan I 2025", "accepted")],
)
def test_what_is_no_day_is_refused_with_its_reason(text, reason):
    with pytest.raises(CellError, match=reason):
        read_date(text)


@pytest.mark.parametrize("text", ["Triwulan V 2025", "Semester 3 2025", "2024/2025", "Foo 2025"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(CellError):
        read_date(text, is_period=True)


@pytest.mark.parametrize("text", ["17-VIII-2026", "tgl 17 Agustus 2026", "17\u20138\u20132026", "Aug 17 2026"])
def test_days_are_read_in_still_more_spellings(text):
    assert read_date(text) == date(2026, 8, 17)


def test_of_two_rows_that_differ_in_a_day_one_may_have_none(office, found):
    imported = office.bring(f"NIP;Nama;TMT Jabatan\n{SATRIA};Satria;\n{SATRIA};Satria;2026-03-01\n")
    assert found(imported) == [("row-conflict", 2), ("row-conflict", 3)]
    assert [p.value for p in imported.report.files[0].problems if p.code == "row-conflict"] == ["", "2026-03-01"]


def test_a_refused_row_keeps_the_cell_that_it_shares(office, tmp_path):
    book = openpyxl.Workbook()
    for row in (["NIP", "Nama", "Unit Kerja"], [SATRIA, "Satria", "U2"], ["19900315201402198O", "Budi", None]):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "a.xlsx")
    (refused,) = office.take(tmp_path / "a.xlsx").refused
    assert refused.lines[-1][-1] == "U2"


def test_percentages_and_codes_of_a_sheet_are_read_as_it_shows_them(office, workbook):
    def show(_book, sheet):
        sheet["A2"].number_format, sheet["C2"].number_format = "0000", "0.0%"

    file = workbook([["Kode Unit Kerja", "Nama Unit Kerja"], [200, "Badan"]], show)
    assert "0200" in set(office.read("units")["unit"])
    file = workbook([["NIP", "Nama Pelatihan", "Nilai"], [MELUR, "Arsip", 0.285], [MELUR, "Surat", 85]], show)
    scores = office.read("history").set_index("training_name")["post_score"]
    assert (scores["Arsip"], scores["Surat"]) == (28.5, 85)
    assert "percent-shown" in {p.code for p in file.problems if p.severity == "warning"}


def test_a_province_that_prices_are_not_found_by_and_a_price_that_nothing_asks_for_are_warned_of(office, found):
    prices = ["per_diem_training;PROV. JAWA BARAT;150000;1-1-2027", "uang_harian;Jawa Barat;1;1-1-2027",
              "lodging;Kota Baru;1;1-1-2027"]  # fmt: skip
    imported = office.bring("\n".join(["Kode Harga;Provinsi;Besaran;Berlaku Mulai", *prices]))
    assert found(imported, "warning") == [("region-alike", 2), ("item-unknown", 3)]
    classes = ["K1;P01;1/3/2027;3/3/2027;Bandung;Jawa barat", "K2;P01;13/3/2027;14/3/2027;Bandung;Jawa Barat"]
    imported = office.bring("\n".join(["Kode Kelas;Kode Pelatihan;Mulai;Selesai;Kota;Provinsi", *classes]))
    assert found(imported, "warning") == [("region-alike", 2)]


AUDIENCES = {
    "pengawas, Administrator": "Pengawas;Administrator", "PENGAWAS dan administrator": "Pengawas;Administrator",
    "Pengawas|Administrator;Pengawas": "Pengawas;Administrator", "Pengawas": "Pengawas",
    "Staf, Pengawas": "Staf, Pengawas",
}  # fmt: skip


@pytest.mark.parametrize("told", AUDIENCES)
def test_whom_a_training_is_for_is_parted_where_every_part_is_known(office, found, told):
    office.bring("Kode Jabatan;Nama Jabatan;Jenjang Jabatan\nA1;A;Pengawas\nA2;B;Administrator\n")
    header = "Kode Pelatihan;Nama Pelatihan;JP;Jenjang Sasaran;Jenis Pegawai Sasaran"
    imported = office.bring(f'{header}\nP9;Ringkas;8;"{told}";pns/P3K\n')
    training = office.read("trainings").set_index("training").loc["P9"]
    assert training[["position_classes", "employment_types"]].tolist() == [AUDIENCES[told], "PNS;PPPK"]
    assert found(imported, "warning") == ([("audience-unknown", 2)] if "Staf" in told else [])
