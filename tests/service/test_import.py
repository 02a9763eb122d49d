import json
from pathlib import Path

import pytest
import xlsxwriter

from service.imports.importer import Importer, import_files
from service.imports.options import ImportOptions
from service.reference import reference_files
from service.storage.database import open_database
from service.wording import Wording
from tests.offices import copied_file, reference_rows
from training_catalog.tables import TABLES

BINTANG, MELUR = "199003152014021987", "198507072010012976"


@pytest.fixture
def office(tmp_path):
    return open_database(copied_file(tmp_path / "office.db", reference_rows))


def bring(office, tmp_path, text, name="file.csv", encoding="utf-8", **options):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    imported = import_files(office, [path], ImportOptions(**options), Wording("en"))
    for report in imported.report.files:
        assert report.read == report.stored + report.unchanged + report.refused + report.left_out
    return imported


def codes(imported, severity="error"):
    return [p.code for f in imported.report.files for p in f.problems if p.severity == severity]


def test_the_reference_data_that_ship_are_all_stored(office):
    again = import_files(office, reference_files(), ImportOptions(), Wording("en")).report
    assert again.ok
    assert all(f.unchanged == f.read for f in again.files)
    assert set(office.read("competencies")["competency"]) == {*(f"M.0{i}" for i in range(1, 9)), "S.01"}
    skilled = office.read("position_defaults").query("position_class == 'JF Terampil'").set_index("competency")["level"]
    assert (skilled["M.01"], skilled["M.03"], skilled["S.01"]) == (2, 1, 2)
    prices = office.read("price_book").set_index(["item", "region"])["amount"]
    assert prices["per_diem_training", "Kalimantan Barat"] == 110_000


def test_a02_digits_lost_in_a_number_are_refused(office, tmp_path):
    imported = bring(office, tmp_path, f'nip,nama\n1.99003E+17,A\n"1,98507E+17",B\n{MELUR},C\n')
    assert codes(imported) == ["id-digits-lost"] * 2
    assert list(office.read("employees")["employee"]) == [MELUR]


def test_a03_one_number_written_five_ways_is_one_person(office, tmp_path):
    text = f'nip;nama\n{BINTANG};B\n19900315 201402 1 987;B\n\'{BINTANG};B\n"=""{BINTANG}""";B\n\xa0{BINTANG} ;B\n'
    imported = bring(office, tmp_path, text)
    assert list(office.read("employees")["employee"]) == [BINTANG]
    assert codes(imported, "note").count("row-repeated") == 4


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("utf-8-sig", "nip;nama\n{};Café\n"), ("utf-16", "nip\tnama\n{}\tCafé\n"), ("cp1252", "nip,nama\n{},Café\n")],
)
def test_encodings_and_delimiters_are_found(office, tmp_path, encoding, text):
    bring(office, tmp_path, text.format(MELUR), encoding=encoding)
    assert list(office.read("employees")["name"]) == ["Café"]


def test_a13_days_that_do_not_exist_are_refused(office, tmp_path):
    bring(office, tmp_path, f"nip,nama\n{MELUR},A\n")
    days = ["31 Februari 2025", "2025-02-30", "31/04/2025", "2025-13-01", "00/00/0000", "29/02/2024"]
    rows = "".join(f"{MELUR},Kursus {i},{day}\n" for i, day in enumerate(days))
    imported = bring(office, tmp_path, "nip,nama pelatihan,tanggal_selesai\n" + rows)
    assert codes(imported) == ["date-unreadable"] * 5
    assert [str(d.date()) for d in office.read("history")["end_date"]] == ["2024-02-29"]


def test_a19_agreeing_rows_are_one_and_conflicting_rows_are_both_refused(office, tmp_path):
    text = f"nip,nama,unit\n{MELUR},Melur Pagi,U\n{MELUR},MELUR PAGI,U\n{BINTANG},Bintang,U\n{BINTANG},Bintang,V\n"
    imported = bring(office, tmp_path, text)
    assert codes(imported) == ["row-conflict"] * 2
    assert {p.line for p in imported.report.files[0].problems if p.code == "row-conflict"} == {4, 5}
    assert list(office.read("employees")["employee"]) == [MELUR]


def test_the_same_file_twice_changes_nothing_and_a_corrected_one_just_what_differs(office, tmp_path):
    first = f"nip,nama\n{MELUR},A\n{BINTANG},B\n"
    assert bring(office, tmp_path, first).report.files[0].stored == 2
    assert bring(office, tmp_path, first).report.files[0].unchanged == 2
    corrected = bring(office, tmp_path, first.replace(",A", ",AA")).report.files[0]
    assert (corrected.stored, corrected.unchanged) == (1, 1)


def test_all_or_nothing_keeps_good_rows_out(office, tmp_path):
    text = f"nip,nama\n{MELUR},A\n1.9E+17,B\n"
    report = bring(office, tmp_path, text, all_or_nothing=True).report.files[0]
    assert (report.stored, report.refused) == (0, 2)
    assert office.read("employees").empty


def test_a_dry_run_reports_the_same_and_stores_nothing(office, tmp_path):
    text = f"nip,nama\n{MELUR},A\n1.9E+17,B\n"
    dry = bring(office, tmp_path, text, dry_run=True).report.files[0]
    assert office.read("employees").empty
    real = bring(office, tmp_path, text).report.files[0]
    assert (dry.stored, dry.refused, dry.problems) == (real.stored, real.refused, real.problems)


def test_sensitive_columns_are_not_read(office, tmp_path):
    imported = bring(office, tmp_path, f"nip,nama,agama,npwp\n{MELUR},A,Rahasia,123\n")
    assert "column-sensitive" in codes(imported, "note")
    assert "Rahasia" not in office.read("employees").to_string()


def test_levels_outside_the_framework_s_scale_are_refused_and_blank_is_not_zero(office, tmp_path):
    bring(office, tmp_path, f"nip,nama\n{MELUR},A\n")
    rows = [("M.01", "Level 3"), ("M.02", "III"), ("M.03", '"3,0"'), ("M.04", "7"), ("M.05", ""), ("M.06", "0")]
    text = "nip,kode kompetensi,level,tanggal\n" + "".join(f"{MELUR},{c},{v},2026-01-01\n" for c, v in rows)
    imported = bring(office, tmp_path, text)
    assert codes(imported) == ["level-unreadable"]
    assert "row-blank" in codes(imported, "note")
    stored = office.read("assessments").set_index("competency")["level"]
    assert dict(stored) == {"M.01": 3, "M.02": 3, "M.03": 3, "M.06": 0}


def test_rating_labels_of_a_scale_where_one_is_best_are_read(office, tmp_path):
    bring(office, tmp_path, f"nip,nama\n{MELUR},A\n")
    bring(
        office,
        tmp_path,
        f"nip,tahun,skala,predikat\n{MELUR},2024,skp-predikat,BAIK\n{MELUR},2024,skp-ekspektasi,DIATAS ESPEKTASI\n",
    )
    assert dict(office.read("performance").set_index("scale")["rating"]) == {"skp-predikat": 2, "skp-ekspektasi": 1}


def test_files_that_refer_to_each_other_come_in_any_order(office, tmp_path):
    training = tmp_path / "a-kelas.csv"
    training.write_text(
        "kode kelas,kode pelatihan,mulai,selesai,biaya\nK1,P1,2027-03-01,2027-03-02,Rp1.500.000\n", encoding="utf-8"
    )
    later = tmp_path / "z-pelatihan.csv"
    later.write_text("kode pelatihan,nama pelatihan,jp\nP1,Analisis,20\n", encoding="utf-8")
    report = import_files(office, [training, later], ImportOptions(), Wording("en")).report
    assert report.ok
    assert office.read("offerings")["seat_cost"].tolist() == [1_500_000]


def test_unknown_references_are_refused_with_a_suggestion(office, tmp_path):
    text = "kode pelatihan,kode kompetensi,level\nP9,M.01,3\n"
    bring(office, tmp_path, "kode pelatihan,nama pelatihan,jp\nP1,Analisis,20\n")
    imported = bring(office, tmp_path, text)
    assert codes(imported) == ["reference-unknown"]


def test_parents_in_a_circle_are_refused(office, tmp_path):
    imported = bring(office, tmp_path, "kode,nama,kode_induk\nA,A,B\nB,B,A\nC,C,C\n", table="units")
    assert codes(imported) == ["parent-circle"] * 3


def test_workbooks_keep_ids_as_text_and_refuse_numbers_that_lost_digits(office, tmp_path):
    path = tmp_path / "pegawai.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_row(0, 0, ["NIP", "Nama"])
        sheet.write_number(1, 0, 199003152014021987)
        sheet.write_string(1, 1, "A")
        sheet.write_string(2, 0, MELUR)
        sheet.write_string(2, 1, "B")
        workbook.add_worksheet("Pivot").hide()
    imported = import_files(office, [path], ImportOptions(), Wording("en"))
    assert codes(imported) == ["id-digits-lost"]
    assert list(office.read("employees")["employee"]) == [MELUR]
    assert "sheet-hidden" in codes(imported, "note")


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"<html><table></table></html>", b"\xff\xfe", b"[1, 2]"]
)
def test_whatever_the_bytes_there_is_a_report_and_no_traceback(office, tmp_path, content):
    imported = bring(office, tmp_path, content, name="x.xlsx")
    assert not imported.report.ok
    assert imported.report.files


def test_the_report_is_one_json_document(bangkom, tmp_path):
    path = tmp_path / "pegawai.csv"
    path.write_text(f"nip,nama\n{MELUR},A\n12,\n", encoding="utf-8")
    run = bangkom("import", path, "--json")
    assert run.code == 1
    (report,) = json.loads(run.out)["files"]
    assert (report["table"], report["header_line"], report["delimiter"]) == ("employees", 1, ",")
    assert report["problems"][0]["line"] == 3


def test_refused_rows_come_out_as_a_file_to_mend(bangkom, tmp_path):
    path, refused = tmp_path / "pegawai.csv", tmp_path / "mend.csv"
    path.write_text(f"nip,nama\n{MELUR},A\n1.9E+17,B\n", encoding="utf-8")
    bangkom("import", path, "--refused", refused)
    assert refused.read_text(encoding="utf-8-sig").splitlines() == ["nip;nama", "1.9E+17;B"]


def test_templates_import_back_without_a_warning(bangkom, tmp_path):
    bangkom("templates", tmp_path / "t", lang="id")
    for path in sorted(Path(tmp_path / "t").iterdir()):
        run = bangkom("import", path, "--json", lang="id")
        files = json.loads(run.out)["files"]
        assert run.code == 0, (path.name, files)
        assert {f["table"] for f in files} <= {t.name for t in TABLES}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_and_imported_again_is_identical(bangkom, office, tmp_path, suffix):
    text = f"nip;nama;unit kerja;golongan\n{MELUR};=1+1;Biro;III/d\n{BINTANG};-15, S.E.;Biro;II/a\n"
    bring(office, tmp_path, text)
    before = office.read("employees")
    assert bangkom("export", "employees", tmp_path / f"out{suffix}").code == 0
    run = bangkom("import", tmp_path / f"out{suffix}", "--json")
    (report,) = json.loads(run.out)["files"]
    assert report["unchanged"] == report["read"] == 2
    assert office.read("employees").equals(before)


def test_an_import_builds_on_what_another_stored_while_it_was_reading(office, tmp_path):
    path = tmp_path / "employees.csv"
    path.write_text(f"employee,name,unit\n{BINTANG},Bintang,U1\n", encoding="utf-8")
    importer = Importer(office, ImportOptions(), Wording("en"))
    importer.read(path)
    bring(office, tmp_path, "unit,name\nU1,Dinas Satu\n", name="units.csv")
    importer.store(lambda _: None)
    assert office.read("units")["name"].tolist() == ["Dinas Satu"]
    assert office.read("employees")["unit"].tolist() == ["U1"]
