import time

import pandas as pd
import pytest
import xlsxwriter

from service.imports.options import ImportOptions
from service.storage.people import erase_rows
from training_catalog.errors import InputError

BINTANG, MELUR, SATRIA = "199003152014021987", "198507072010012976", "197712312003121965"
PEOPLE = f"nip,nama\n{BINTANG},Bintang Samudra\n{MELUR},Melur Pagi\n{SATRIA},Satria Awan\n"
TRAININGS = "kode pelatihan,nama pelatihan,jp\nP01,Analisis,20\nP02,Arsip,16\n"
CLASSES = "kode kelas,kode pelatihan,mulai,selesai,biaya\nK1,P01,2027-01-04,2027-01-05,100000\n"


def test_one_value_for_all_rows_is_taken_and_said(desk, found):
    imported = desk.bring(PEOPLE, f"nip,kompetensi,level\n{MELUR},M.01,3\n", supplied={"assessed_on": "30 Juni 2026"})
    assert ("value-supplied", None) in found(imported, "note")
    assert [str(day.date()) for day in desk.read("assessments")["assessed_on"]] == ["2026-06-30"]


def test_a_value_for_all_rows_never_covers_what_the_file_says(desk):
    desk.bring(
        PEOPLE, f"nip,kompetensi,level,tanggal\n{MELUR},M.01,3,2025-01-31\n", supplied={"assessed_on": "2026-06-30"}
    )
    assert [str(day.date()) for day in desk.read("assessments")["assessed_on"]] == ["2025-01-31"]


@pytest.mark.parametrize(
    "options",
    [{"table": "people"}, {"profile": "sap"}, {"delimiter": ";;"}, {"supplied": {"colour": "red"}},
     {"supplied": {"assessed_on": "soon"}}, {"table": "units", "supplied": {"assessed_on": "2026-06-30"}}],
)  # fmt: skip
def test_options_that_name_nothing_are_refused_before_anything_is_read(options):
    with pytest.raises(InputError):
        ImportOptions(**options).check()


def test_some_columns_change_rows_on_file_in_these_alone_and_new_rows_are_refused(desk, found):
    desk.bring(TRAININGS, CLASSES)
    imported = desk.bring("kode;biaya\nK1;Rp250.000\nK9;1\n", table="offerings")
    assert found(imported) == [("required-missing", 3)]
    stored = desk.read("offerings").iloc[0]
    assert (stored["offering"], stored["seat_cost"], str(stored["end_date"].date())) == ("K1", 250_000, "2027-01-05")


def test_an_open_end_date_and_dashes_are_missing_not_today(desk):
    desk.bring(PEOPLE)
    desk.bring(f"nip,nama,tmt pensiun,tmt jabatan\n{MELUR},Melur Pagi,31.12.9999,-\n")
    row = desk.read("employees").set_index("employee").loc[MELUR]
    assert row["retirement_date"] is row["position_since"] is not None  # both are NaT
    assert str(row["retirement_date"]) == "NaT"


def test_history_sent_again_and_corrected_changes_only_what_differs(desk):
    desk.bring(PEOPLE)
    first = f"nip,kode,tanggal,jp\n{MELUR},P01,2025-03-01,32\n{SATRIA},P01,2025-03-01,32\n"
    corrected = first.replace("03-01,32\n", "03-01,40\n", 1) + f"{BINTANG},P01,2025-03-01,32\n"
    assert desk.bring(first).report.files[0].stored == 2
    assert desk.bring(first).report.files[0].unchanged == 2
    last = desk.bring(corrected).report.files[0]
    assert (last.stored, last.unchanged, len(desk.read("history"))) == (2, 1, 3)


def test_parents_may_stand_below_their_children_in_any_order(desk):
    rows = ["M.01.a,Bertindak,M.01", "Z.01,Kelompok,Z", "Z,Induk,"]
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        assert desk.bring("kode,nama,kode_induk\n" + "\n".join(order), table="competencies", dry_run=True).report.ok


def test_an_unknown_superior_is_said_with_a_suggestion_and_never_attached_by_guess(desk, found):
    imported = desk.bring("kode_jabatan,nama_jabatan,kode_atasan\n0100,Kepala,\n0110,Bagian,0100\n0111,Analis,110\n")
    assert found(imported, "warning") == [("reference-unknown", 4)]
    assert "0110" in imported.report.files[0].problems[0].message
    parents = desk.read("positions").set_index("position")["parent"]
    assert parents["0110"] == "0100"
    assert parents.isna().to_dict() == {"0100": True, "0110": False, "0111": True}


def test_people_are_never_matched_by_their_name(desk, found):
    desk.bring(PEOPLE)
    imported = desk.bring("nip;nama pelatihan;tanggal selesai\nMelur Pagi;Arsip;2025-01-31\n")
    assert found(imported) == [("person-by-name", 2)]
    assert MELUR in imported.report.files[0].problems[0].message
    assert desk.read("history").empty


def test_a_national_identity_number_is_refused_and_not_shown(desk, found):
    imported = desk.bring("nik,nama\n3404014507850001,Melur\n00030557,Satria\n")
    assert found(imported) == [("id-national", 2)]
    assert imported.report.files[0].problems[0].value is None
    assert desk.read("employees")["employee"].tolist() == ["00030557"]


def test_nearly_equal_names_are_offered_and_never_merged(desk, found):
    imported = desk.bring("kode,nama\n15,Kerja Sama (KS)\n99,Kerjasama (KS)\n2,Lain\n", table="competencies")
    assert found(imported, "note") == [("name-alike", 3)]
    assert {"15", "99"} <= set(desk.read("competencies")["competency"])


def test_names_of_ratings_are_read_on_their_own_scale_only(desk, found):
    desk.bring(PEOPLE)
    imported = desk.bring(
        f"nip,tahun,skala,predikat\n{MELUR},2024,skp-ekspektasi,BAIK\n{SATRIA},2024,skp-predikat,SANGAT KURANG\n"
    )
    assert found(imported) == [("choice-unknown", 2)]
    assert desk.read("performance")["rating"].tolist() == [5.0]


def test_a_rating_s_name_tells_its_scale_where_the_file_does_not(desk, found):
    desk.bring(PEOPLE)
    imported = desk.bring(f"nip,tahun,predikat\n{MELUR},2024,Sesuai Espektasi\n{SATRIA},2024,3\n")
    assert ("scale-derived", None) in found(imported, "note")
    assert found(imported) == [("required-missing", 3)]
    assert desk.read("performance")[["scale", "rating"]].to_numpy().tolist() == [["skp-ekspektasi", 2.0]]


def test_workbook_cells_that_show_errors_refuse_their_rows(desk, found, tmp_path):
    desk.bring(PEOPLE)
    path = tmp_path / "nilai.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_row(0, 0, ["nip", "kompetensi", "level", "tanggal"])
        for i, nip in enumerate((BINTANG, MELUR, SATRIA), start=1):
            sheet.write_row(i, 0, [nip, "Integritas", 3, "2026-01-31"])
        sheet.write_formula(2, 2, "=NA()", None, "#N/A")
    assert found(desk.take(path)) == [("cell-fault", 3)]
    assert desk.read("assessments")["employee"].tolist() == [BINTANG, SATRIA][::-1]


def test_a_workbook_of_which_no_sheet_is_known_is_an_error_and_beside_others_a_note(desk, found, tmp_path):
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Catatan").write_row(0, 0, ["satu", "dua"])
    assert found(desk.take(path)) == [("table-unknown", None)]
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Catatan").write_row(0, 0, ["satu", "dua"])
        workbook.add_worksheet("Unit").write_row(0, 0, ["kode unit", "nama unit"])
    assert desk.take(path).report.ok


def test_refused_rows_come_back_under_their_own_headers_and_mend_the_import(bangkom, desk, tmp_path):
    people, units = tmp_path / "p.csv", tmp_path / "u.csv"
    people.write_text(f"nip,nama\n{MELUR},A\n1.9E+17,B\n", encoding="utf-8")
    units.write_text("kode unit,nama unit\nU1,\nU2,Dua\n", encoding="utf-8")
    assert bangkom("import", people, units, "--refused", tmp_path / "mend.csv").code == 1
    mend = {f.name: f.read_text(encoding="utf-8-sig").splitlines() for f in sorted(tmp_path.glob("mend*.csv"))}
    assert mend == {
        "mend-1-employees.csv": ["nip;nama", "1.9E+17;B"], "mend-2-units.csv": ["kode unit;nama unit", "U1;"],
    }  # fmt: skip
    mended = tmp_path / "mend-2-units.csv"
    mended.write_text("kode unit;nama unit\nU1;Satu\n", encoding="utf-8")
    assert bangkom("import", mended, "--table", "units").code == 0
    assert desk.read("units")["name"].tolist() == ["Satu", "Dua"]


def test_many_unknown_ids_are_refused_quickly(desk, found):
    desk.bring("kode unit,nama unit\n" + "".join(f"U{i:05d},Unit {i}\n" for i in range(3_000)))
    lines = "".join(f"X-{i:05d},anggaran,2027,U9{i:05d},1\n" for i in range(1_000))
    began = time.monotonic()
    imported = desk.bring("kode anggaran,uraian,tahun,unit kerja,pagu\n" + lines)
    assert len(found(imported)) == 1_000
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("option", ["year", "=2027", "year="])
def test_a_set_option_that_is_no_pair_is_wrong_usage(bangkom, tmp_path, option):
    (tmp_path / "a.csv").write_text("a,b\n", encoding="utf-8")
    assert bangkom("import", tmp_path / "a.csv", "--set", option).code == 2


def test_a_line_with_more_cells_than_the_header_is_refused_for_its_values_have_moved(desk, found):
    imported = desk.bring(f"nip,nama,jabatan\n{MELUR},Melur Pagi, S.Kom.,Arsiparis\n{SATRIA},Satria,Analis,,\n")
    assert ("row-shifted", 2) in found(imported)
    assert desk.read("employees")["employee"].tolist() == [SATRIA]


def test_error_texts_of_a_spreadsheet_are_no_names(desk, found):
    assert found(desk.bring(f"nip,nama\n{MELUR},#NAME?\n{SATRIA},#N/A\n")) == [("cell-fault", 2), ("cell-fault", 3)]


@pytest.mark.parametrize(
    "number", ["19900315201402198", "1990031520140219870", "199003152014021000", "199003152014023987"]
)
def test_numbers_that_are_nearly_a_nip_are_refused(desk, found, number):
    assert found(desk.bring(f"nip,nama\n{number},A\n")) == [("id-structure", 2)]


def test_numbers_that_are_no_nip_among_others_that_are_get_a_warning(desk):
    imported = desk.bring(f"nip,nama\n{MELUR},A\nabc,B\n{SATRIA},C\n{BINTANG},D\n77,E\n")
    told = [p for f in imported.report.files for p in f.problems if p.code == "id-other"]
    assert [p.severity for p in told] == ["warning"]
    assert "abc (3), 77 (6)" in told[0].message
    assert len(desk.read("employees")) == 5


@pytest.mark.parametrize("numbers", [("abc", "77"), ("", MELUR), (MELUR, "77")])
def test_an_office_with_numbers_of_its_own_hears_nothing_of_nip(desk, numbers):
    imported = desk.bring("nip,nama\n" + "".join(f"{number},A\n" for number in numbers))
    assert "id-other" not in {p.code for f in imported.report.files for p in f.problems}


def test_columns_that_contradict_the_nip_are_flagged(desk, found):
    text = f"nip,nama,jk,tmt cpns,jenis pegawai\n{BINTANG},B,P,2014-03-01,PPPK\n{MELUR},M,P,1 Januari 2010,PNS\n"
    assert found(desk.bring(text), "warning") == [("id-contradicts", 2)] * 3


def test_an_appointment_before_the_age_of_work_is_flagged(desk, found):
    assert found(desk.bring("nip,nama\n200501012014021987,A\n"), "warning") == [("id-structure", 2)]


def test_a_last_day_before_the_first_is_refused(desk, found):
    desk.bring(TRAININGS)
    imported = desk.bring("kode kelas,kode pelatihan,mulai,selesai\nK1,P01,2027-01-05,2027-01-04\n")
    assert found(imported) == [("date-contradicts", 2)]


def test_an_order_of_dates_that_nothing_tells_is_said(desk, found):
    desk.bring(PEOPLE, TRAININGS)
    text = f"nip,kode,tanggal\n{MELUR},P01,03/04/2025\n"
    assert ("date-order-assumed", None) in found(desk.bring(text, dry_run=True), "note")
    assert ("date-order-assumed", None) not in found(desk.bring(text, date_order="mdy"), "note")
    assert [str(d.date()) for d in desk.read("history")["end_date"]] == ["2025-03-04"]


def test_a_row_below_a_parent_that_is_refused_is_refused_as_well_and_so_are_those_below_it(desk, found):
    text = "kode,nama,kode_induk\nD,Empat,C\nC,Tiga,B\nB,Dua,TIDAK-ADA\nA,Satu,\n"
    assert {line for _, line in found(desk.bring(text, table="units"))} == {2, 3, 4}
    assert desk.read("units")["unit"].tolist() == ["A"]


def test_of_several_sheets_with_one_table_one_must_be_named(desk, found, tmp_path):
    path = tmp_path / "tahunan.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name, number in (("2025", MELUR), ("2026", SATRIA)):
            workbook.add_worksheet(name).write_row(0, 0, ["nip", "nama"])
            workbook.get_worksheet_by_name(name).write_row(1, 0, [number, name])
    assert found(desk.take(path)) == [("sheet-several", None)] * 2
    assert desk.read("employees").empty
    assert desk.take(path, sheet="2026").report.files[0].stored == 1
    assert [file.unchanged + file.stored for file in desk.take(path, sheet="*").report.files] == [1, 1]


def test_a_report_shows_headers_as_written_and_how_rows_were_read_but_no_national_number(desk):
    (file,) = desk.bring("NIP Baru;Nama Pegawai;JK\n3404014507850001;A;P\n" + f"{MELUR};B;perempuan\n").report.files
    assert file.columns == {"NIP Baru": "employee", "Nama Pegawai": "name", "JK": "sex"}
    assert file.preview == [
        {"line": 2, "employee": None, "name": "A", "sex": "F"},
        {"line": 3, "employee": MELUR, "name": "B", "sex": "F"},
    ]
    assert file.problems[0].column == "NIP Baru"


def test_a_list_whose_columns_are_mostly_of_no_table_is_asked_about(desk, found):
    rows = ["id;jabatan;kriteria;persentase", "12;Ahli Pertama;12.5;100"]
    assert found(desk.bring("\n".join(rows))) == [("table-unknown", None)]
    assert desk.read("positions").empty
    assert found(desk.bring("\n".join(rows), table="positions")) == []
    assert desk.read("positions")["name"].tolist() == ["Ahli Pertama"]


def test_a_position_that_names_itself_as_superior_is_stored_once_without_one(desk, found):
    tree = "kode jabatan,nama jabatan,atasan\nJ1,Kepala Dinas,Kepala Dinas\nJ2,Sekretaris,Kepala Dinas\nJ3,Kabid,J3\n"
    first = desk.bring(tree)
    assert found(first, "warning") == [("parent-circle", 2), ("parent-circle", 4)]
    assert desk.read("positions").set_index("position")["parent"].dropna().to_dict() == {"J2": "J1"}
    (again,) = desk.bring(tree).report.files
    assert (again.stored, again.unchanged, len(desk.read("positions"))) == (0, 3, 3)


def test_parents_that_go_in_a_circle_by_name_or_over_two_files_are_refused(desk, found):
    by_name = desk.bring("kode jabatan,nama jabatan,atasan\nA,Satu,Dua\nB,Dua,Satu\n")
    assert found(by_name) == [("parent-circle", 2), ("parent-circle", 3)]
    head = "kode jabatan,nama jabatan,atasan\n"
    over_two = desk.bring(head + "A,Satu,B\n", head + "B,Dua,A\n")
    assert found(over_two) == [("parent-circle", 2), ("parent-circle", 2)]
    assert desk.read("positions").empty


def test_a_dry_run_of_all_or_nothing_says_what_the_real_one_does(office):
    content = f"NIP;Nama\n{SATRIA};Satria\n{MELUR};\n"
    dry, real = (office.bring(content, all_or_nothing=True, dry_run=dry).report.files[0] for dry in (True, False))
    assert (dry.stored, dry.refused) == (real.stored, real.refused) == (0, 2)


def test_what_is_known_of_people_is_not_read_from_their_numbers_again(office):
    melur, other = "199003152014021987", "HON-7"
    office.bring(f"NIP;Nama;Jenis Pegawai;TMT CPNS;Tanggal Lahir;Jenis Kelamin\n"
                 f"{melur};Melur Pagi;CPNS;1/3/2014;16/03/1990;P\n{other};Kenanga;lainnya;;17/08/1999;P\n")  # fmt: skip
    before = office.read("employees")
    office.bring(f"NIP;Nama;Unit\n{melur};Melur Pagi;U1\n{other};Kenanga;\n198507072010012976;Satria;\n")
    after = office.read("employees").set_index("employee")
    columns = ["employment_type", "service_start", "birth_date", "sex"]
    known = after.loc[before["employee"], columns]
    pd.testing.assert_frame_equal(known, before.set_index("employee")[columns])
    assert after.loc["198507072010012976", "sex"] == "F"


def test_other_files_of_an_import_say_what_a_number_need_not(office, found):
    melur = "199003152014021987"
    imported = office.bring(
        f"NIP;Nama;Unit\n{melur};Melur Pagi;U1\n", f"NIP;Nama;Jenis Pegawai\n{melur};Melur Pagi;CPNS\n"
    )
    assert found(imported) == []
    assert office.read("employees")["employment_type"].tolist() == ["CPNS"]


def test_a_blank_that_differs_is_shown_as_one(office):
    lines = ["Pelatihan X;P01", "Pelatihan X;"]
    content = "\n".join(["NIP;Nama Pelatihan;Kode Pelatihan;Tanggal Selesai",
                         *(f"199003152014021987;{line};1/2/2024" for line in lines)])  # fmt: skip
    (file,) = office.bring(content.replace("Pelatihan X", "Komunikasi")).report.files
    assert [p.value for p in file.problems if p.code == "row-conflict"] == ["P01", ""]


def test_a_number_that_is_none_is_named_beside_what_else_is_wrong_with_its_row(office, found):
    numbers = ("1990031520140219", "199013152014021987", "3404014507850001")
    lines = [f"{number};Melur;31/02/2020" for number in numbers]
    errors = found(office.bring("\n".join(["NIP;Nama;TMT Golongan", *lines])))
    assert sorted(errors, key=lambda one: (one[1], one[0])) == [
        ("date-unreadable", 2), ("id-structure", 2), ("date-unreadable", 3), ("id-structure", 3),
        ("date-unreadable", 4), ("id-national", 4),
    ]  # fmt: skip


def test_a_title_of_one_person_alone_is_forgotten_with_them(office):
    melur, other = "199003152014021987", "198507072010012976"
    lines = [f"{melur};Kursus Melur Pagi;1/3/2024", f"{melur};Bela Negara;1/3/2023", f"{other};Bela Negara;1/3/2023"]
    office.bring(f"NIP;Nama\n{other};Satria\n", "\n".join(["NIP;Nama Pelatihan;Tanggal Selesai", *lines]))
    assert set(office.read("training_titles")["title"]) == {"Kursus Melur Pagi", "Bela Negara"}
    with office.database.writing() as writing:
        erase_rows(writing, melur, "orang-1")
    assert set(office.read("training_titles")["title"]) == {"Bela Negara"}


def test_a_title_in_another_case_is_the_same_row_of_a_history(office):
    titles = ("Bela Negara", "BELA NEGARA", "bela  negara")
    header = "NIP;Nama Pelatihan;Tanggal Selesai;JP"
    lines = [f"{BINTANG};{title};1/2/2024;24" for title in titles]
    (file,) = office.bring("\n".join([header, *lines])).report.files
    assert (file.stored, file.left_out) == (1, 2)
    (file,) = office.bring("\n".join([header, lines[1], f"{BINTANG};BELA NEGARA;1/2/2025;24"])).report.files
    assert (file.stored, file.unchanged) == (1, 1)
    assert office.read("history")["training_name"].tolist() == ["BELA NEGARA", "Bela Negara"]
    one, two = office.bring(*(f"{header}\n{line.replace('2024', '2023')}" for line in lines[:2])).report.files
    assert (one.stored, two.left_out) == (1, 1)
