import json

import pandas as pd
import pytest
import xlsxwriter

from service.imports.profiles import PROFILES

BUDGET = """Judul,Rincian Anggaran,,
Tahun,2026,,
No. Rekening,Uraian,Sebelum,Sesudah
5.1.,BELANJA,"150,000,000.00 ","{total}.00 "
5.1.01.,KURSUS,"100,000,000.00 ","90,000,000.00 "
5.1.01.0001.,Kursus singkat,"60,000,000.00 ","50,000,000.00 "
5.1.01.0002.,Bimbingan,"40,000,000.00 ","40,000,000.00 "
5.1.02.,Lainnya,"50,000,000.00 ","30,000,000.00 "
,,,
,JUMLAH BELANJA,"150,000,000.00","{total}.00"
,SELISIH,"(1.00)","(1.00)"
"""
ONET = """onet_soc,element_id,importance,level,suppress,not_relevant
11-1011.00,2.A.1.a,4.1,4.5,N,N
11-1011.00,2.A.1.b,4.1,4.5,Y,N
11-1011.00,2.A.1.c,1.2,0.3,N,Y
"""


def schedule(path, rows):
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Form")
        sheet.write_row(0, 0, ["No", "Nama Diklat", "Pola/Durasi", "Kuota", "Waktu Pelaksanaan", "", "Biaya", "Tahun"])
        sheet.write_row(1, 4, ["Mulai", "Akhir"])
        for i, row in enumerate(rows, start=2):
            sheet.write_row(i, 0, [i - 1, *row])
    return path


def test_a_budget_file_gives_its_leaves_its_year_and_a_total_that_agrees(desk, found):
    imported = desk.bring(BUDGET.format(total="120,000,000"))
    lines = desk.read("budgets")
    assert (lines["amount"].sum(), set(lines["year"]), len(lines)) == (120_000_000, {2026}, 3)
    assert ("total-checked", 10) in found(imported, "note")
    assert imported.report.files[0].left_out == 6


def test_a_total_that_differs_from_the_lines_read_is_a_warning(desk, found):
    imported = desk.bring(BUDGET.format(total="130,000,000"))
    assert found(imported, "warning") == [("total-checked", 10)]


def test_a_total_that_cannot_be_read_is_said_and_compared_with_nothing(desk, found):
    imported = desk.bring(BUDGET.format(total="120 juta"))
    assert [code for code, line in found(imported, "warning") if line == 10] == ["money-unclear"]
    assert desk.read("budgets")["amount"].sum() == 120_000_000


def test_onet_levels_keep_their_meaning_and_what_is_suppressed_is_left_out(desk, found):
    names = "element_id,element,description\n2.A.1.a,Reading,x\n2.A.1.b,Listening,x\n2.A.1.c,Writing,x\n"
    imported = desk.bring(ONET, names, "onet_soc,title,job_zone\n11-1011.00,Chief,5\n")
    assert imported.report.ok
    assert ("row-incomplete", 3) in found(imported, "note")
    stored = desk.read("requirements").set_index("competency")
    assert stored["level"].to_dict() == {"2.A.1.a": 4.5, "2.A.1.c": 0}
    assert set(desk.read("competencies").set_index("competency").loc[["2.A.1.a"], "framework"]) == {"ONET"}


def test_esco_skills_without_a_label_are_left_out(desk, found):
    imported = desk.bring("uuid,label,text\nu-1,manage staff,long text\nu-2,,other text\n")
    assert found(imported, "note") == [("row-incomplete", 3)]
    assert desk.read("competencies").set_index("competency").loc["u-1", "framework"] == "ESCO"


def test_a_profile_that_does_not_fit_is_a_sentence(desk, found):
    for profile in PROFILES:
        assert found(desk.bring("nip,nama\n1,A\n", profile=profile)) == [("profile-differs", None)], profile


def test_short_lines_of_other_sources_are_no_traceback(desk):
    assert not desk.bring("onet_soc,element_id,importance,level,suppress,not_relevant\n11-1011.00\n").report.ok


def test_a_schedule_without_codes_gives_trainings_and_classes(desk, found, tmp_path):
    rows = [
        ["Pelatihan Analisis Kebijakan", "32 JP", "20 org", "20 Maret 2026", "28 Maret 2026", 2_500_000, 2026],
        ["1 Pemetaan Dasar", "3 hari", "15 org", "2026-04-06", "2026-04-08", 1_750_000, 2020],
    ]
    imported = desk.take(schedule(tmp_path / "form.xlsx", rows))
    assert [f.table for f in imported.report.files] == ["trainings", "offerings"]
    assert found(imported) == []
    assert found(imported, "warning") == [("hours-in-days", 4), ("hours-unknown", 4), ("year-differs", 4)]
    one = desk.read("offerings").iloc[1]
    assert (one["training"], one["seats_max"], one["seat_cost"]) == ("PELATIHAN-ANALISIS-KEBIJAKAN", 20, 2_500_000)
    assert one["offering"] == "PELATIHAN-ANALISIS-KEBIJAKAN-20260320"


def test_a_training_on_file_is_found_by_its_title_in_a_schedule(desk, tmp_path):
    desk.bring("kode pelatihan,nama pelatihan,jp\nP77,Pelatihan Arsip,16\n")
    rows = [["Pelatihan Arsip", "16 JP", 10, "2027-02-01", "2027-02-02", 0, 2027]]
    first, second = desk.take(schedule(tmp_path / "form.xlsx", rows)).report.files
    assert (first.unchanged, second.stored) == (1, 1)
    assert desk.read("offerings")["training"].tolist() == ["P77"]


def test_an_account_that_a_workbook_holds_as_a_number_is_a_parent_of_those_below_it(desk, tmp_path):
    path = tmp_path / "apbd.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("A")
        lines = [
            ["Tahun", 2026],
            ["No. Rekening", "Uraian", "Sebelum", "Sesudah"],
            [1, "URUSAN", 5, 5],
            ["1.06.5", "Kursus", 5, 5],
        ]
        for i, line in enumerate(lines):
            sheet.write_row(i, 0, line)
    assert desk.take(path).report.files[0].stored == 1
    assert desk.read("budgets")["line"].tolist() == ["1.06.5"]


def test_titles_that_begin_alike_have_codes_of_their_own(desk, found):
    title = "Pelatihan Manajemen Pengelolaan Keuangan Daerah bagi Bendahara"
    lines = [f"{title} {of};24;1 Maret 2027;3 Maret 2027" for of in ("Pengeluaran", "Penerimaan")]
    imported = desk.bring("\n".join(["Nama Pelatihan;JP;Tanggal Mulai;Tanggal Selesai", *lines]))
    assert found(imported) == []
    assert desk.read("offerings")["training"].nunique() == 2


def test_codes_of_classes_are_made_of_days_in_the_order_of_the_file(desk):
    lines = ["Kursus A;24;03/25/2027;03/27/2027", "Kursus A;24;04/05/2027;04/06/2027"]
    desk.bring("\n".join(["Nama Pelatihan;JP;Tanggal Mulai;Tanggal Selesai", *lines]))
    assert desk.read("offerings")["offering"].tolist() == ["KURSUS-A-20270325", "KURSUS-A-20270405"]


def test_the_order_of_dates_of_posts_is_told_by_those_left_out_too(desk):
    nip = "199003152014021987"
    lines = [f"{nip};Melur;Staf;01/25/2020;12/31/2023", f"{nip};Melur;Analis;02/03/2024;s.d. sekarang"]
    (file,) = desk.bring("\n".join(["NIP;Nama;Jabatan;Mulai;Selesai", *lines])).report.files
    assert (file.profile, file.date_order) == ("posts", "mdy")
    person = desk.read("employees").iloc[0]
    assert (person["position"], f"{person['position_since']:%Y-%m-%d}") == ("Analis", "2024-02-03")


MELUR = "199003152014021987"
COMPLETED = {"id": "s1", "actor": {"account": {"homePage": "https://lms.example", "name": MELUR}},
             "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
             "object": {"id": "https://lms.example/P01"}, "timestamp": "2026-03-20T10:00:00+07:00"}  # fmt: skip
SPARSE = {
    "siasn": [{"nipBaru": MELUR, "nama": "Melur Pagi", "jabatanId": "J9", "jabatanNama": "ANALIS", "unorId": "U1",
               "unorNama": "Dinas"}],
    "siasn-course": [{"nipBaru": MELUR, "namaKursus": "Analisis", "tanggalKursus": "20-03-2026",
                      "tanggalSelesaiKursus": "20-03-2026"}],
    "xapi": [COMPLETED],
}  # fmt: skip


@pytest.mark.parametrize("source", SPARSE)
def test_what_a_source_says_nothing_about_stays_on_file(desk, source):
    desk.bring(
        "unit,name,parent\nU0,Kota,\nU1,Dinas,U0\n",
        "kode jabatan,nama jabatan,jenjang jabatan\nJ9,ANALIS,JF Ahli Muda\n",
        f"nip,nama,unit,jabatan,tmt pensiun,status,golongan\n{MELUR},Melur Pagi,U1,J9,2048-04-01,cuti,III/c\n",
        "kode pelatihan,nama pelatihan,jp\nP01,Analisis,24\n",
        f"nip,kode pelatihan,tanggal mulai,tanggal selesai,status,jp,nilai pascates,penyelenggara\n"
        f"{MELUR},P01,2026-03-20,2026-03-20,lulus,24,88,LAN\n",
    )
    tables = ("units", "positions", "employees", "history")
    before = {name: desk.read(name) for name in tables}
    imported = desk.bring(json.dumps(SPARSE[source]), names=["a.json"])
    assert {f.profile for f in imported.report.files} == {source.split("-")[0]}
    assert all(f.unchanged == 1 for f in imported.report.files)
    for name in tables:
        pd.testing.assert_frame_equal(desk.read(name), before[name])
