"""The desk's other pages: work that goes on, imports, written titles, the budget, everybody's catalogue."""

import io
import re

import pytest

from service.ledger.books import LineBalance
from service.portal.desk.budget import tree_of
from service.portal.desk.imports import findings_of
from tests.builders import rows
from tests.service.api.conftest import ANI, fill
from tests.service.portal.desk import Desk, add_limited_planner, cells_of

NEW = "198001012005012009"
CSV = f"nip;nama;unit_kerja;jabatan\n{NEW};Eka;U1;J\n198013012005011001;<b>Salah</b>;U1;J\n".encode()


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


def put_in(desk, content=CSV, name="pegawai.csv", **fields):
    return desk.send("/imports", {"table": "employees", **fields}, files=[("files", (name, content, "text/csv"))])


def test_an_import_is_followed_reported_row_by_row_and_its_refused_rows_come_back(desk):
    job = put_in(desk)
    assert "Menunggu giliran" in desk.text(job)
    assert f'data-follow="{job}/part"' in desk.text(job)
    assert 'data-part="running"' in desk.text(f"{job}/part")
    report = job.replace("/jobs/", "/imports/")
    assert desk.get(report, 303).headers["location"] == job
    desk.work()
    assert 'data-part="ended"' in desk.text(f"{job}/part")
    assert report in desk.text(job)
    page = desk.get(report).text
    files = cells_of(page, "files-caption")[1]
    assert files[0] == "1. pegawai.csv"
    assert files[3:] == ["2", "1", "0", "1", "0"]
    found = cells_of(desk.text(f"{report}?severity=error"), "problems-caption")[1]
    assert (found[0], found[3], found[5]) == ("galat", "3", "198013012005011001")
    refused = desk.get(f"{job}/file")
    assert b"198013012005011001" in refused.content
    assert "attachment" in refused.headers["content-disposition"]
    listed = desk.text("/imports")
    assert report in listed
    assert "pegawai.csv" in cells_of(listed, "imports-caption")[1]
    assert "<b>Salah" not in page
    assert desk.portal.get(f"/employees/{NEW}").status_code == 200


def test_a_report_names_tables_and_columns_as_the_reader_does(desk):
    content = f"nip;nama;unit_kerja;jabatan\n{NEW};Eka;U1;Penata Baru\n".encode()
    report = put_in(desk, content, table="").replace("/jobs/", "/imports/")
    desk.work()
    page = desk.text(report)
    assert "Belum tercatat dalam Jabatan dan dibuat dengan nama ini." in page
    assert "beserta jumlah barisnya: Tanggal Lahir (1)" in page
    assert cells_of(page, "files-caption")[1][2].startswith("templat sendiri,")
    assert "positions" not in page
    assert "birth_date" not in page


def test_a_trial_stores_nothing_and_one_refused_row_keeps_everything_out_where_asked(desk):
    report = put_in(desk, dry_run="yes").replace("/jobs/", "/imports/")
    whole = put_in(desk, all_or_nothing="yes").replace("/jobs/", "/imports/")
    desk.work()
    assert "Ini hanya uji coba" in desk.text(report)
    assert cells_of(desk.text(whole), "files-caption")[1][4] == "0"
    assert desk.portal.get(f"/employees/{NEW}").status_code == 404


def test_an_import_without_files_or_with_an_option_that_is_not_known_is_refused_beside_its_field(desk):
    page = desk.send("/imports", files=[("files", ("", b"", "application/octet-stream"))], status=422)
    assert 'id="files-fault"' in page
    page = desk.send("/imports", {"profile": "nosuch"}, files=[("files", ("a.csv", CSV, "text/csv"))], status=422)
    assert "nosuch" in page
    assert desk.work() == 0


RATINGS = "nip\takhir periode\tnilai\n{}\t03/04/2026\t2\n"


def test_what_the_form_says_of_the_reading_of_a_file_is_followed_and_a_report_speaks_of_its_fields(desk):
    content = RATINGS.format(ANI).encode()
    report = put_in(desk, content, "nilai.txt", table="performance").replace("/jobs/", "/imports/")
    said = {"delimiter": "tab", "date_order": "mdy", "supplied": "scale=skp-predikat\n", "header_line": "1"}
    told = put_in(desk, content, "nilai.txt", table="performance", **said).replace("/jobs/", "/imports/")
    desk.work()
    found = [row[1] for row in cells_of(desk.text(f"{report}?severity=error"), "problems-caption")[1:]]
    assert any("“Satu nilai untuk semua baris”" in message for message in found), found
    assert "--" not in "".join(found)
    assert cells_of(desk.text(told), "files-caption")[1][3:5] == ["1", "1"]
    kept = desk.portal.parts.database.read_all()["performance"]
    assert (2026, 3, 4) in [(day.year, day.month, day.day) for day in kept["period_end"]]


WRONG = {"delimiter": ";;", "encoding": "klingon", "header_line": "1,5", "supplied": "scale", "date_order": "ymd"}


@pytest.mark.parametrize(("field", "value"), WRONG.items(), ids=list(WRONG))
def test_a_wrong_option_of_an_import_is_refused_beside_its_field_and_kept(desk, field, value):
    files = [("files", ("pegawai.csv", CSV, "text/csv"))]
    page = desk.send("/imports", {field: value, "sheet": "Data"}, files=files, status=422)
    assert f'id="{field}-fault"' in page
    assert 'value="Data"' in page
    assert desk.work() == 0


def test_problems_are_paged_and_narrowed_by_kind_and_file():
    one = {"line": 1, "column": None, "value": None, "code": "c", "message": "m"}
    report = {"files": [{"file": "a", "sheet": None, "problems": [{**one, "severity": "note"}]},
                        {"file": "b", "sheet": "S", "problems": [{**one, "severity": "error"}]}]}  # fmt: skip
    assert [found.file for found in findings_of(report, "", "")] == ["2. b · S", "1. a"]
    assert [found.file for found in findings_of(report, "note", "")] == ["1. a"]
    assert findings_of(report, "note", "1") == []


def test_work_of_somebody_else_is_not_there_and_what_ended_is_not_cancelled(desk):
    job = put_in(desk)
    desk.as_somebody("budi")
    for tail in ("", "/part", "/file"):
        desk.get(job + tail, 404)
    desk.send(f"{job}/cancel", status=404)
    assert job not in desk.text("/jobs")
    desk.get(job.replace("/jobs/", "/imports/"), 403)
    desk.as_somebody("admin")
    assert job in desk.text("/jobs")
    assert desk.send(f"{job}/cancel") == f"{job}?said=cancel-asked"
    assert "Dibatalkan" in desk.text(job)
    assert desk.send(f"{job}/cancel") == job
    assert desk.work() == 0


def test_what_failed_says_why(desk):
    job = desk.send("/plans", {"year": "2027", "time_limit": "5", "hours_weight": "0", "max_trainings": "1",
                               "reserve_share": "0", "minimum_benefit": "0", "stability_weight": "0"})  # fmt: skip
    lease = desk.portal.parts.queue.claim("test")
    lease.fail("input", "budgets: no line for 2050", {"id": "anggaran: tidak ada mata anggaran 2050"})
    assert "anggaran: tidak ada mata anggaran 2050" in desk.text(job)


TITLES = rows("employee training_name start_date end_date",
              f"{ANI} Etikaa~Dasar 2025-01-01 2025-01-02", f"{ANI} Kelas~<i>Tim 2025-02-01 2025-02-02")  # fmt: skip


def test_titles_that_wait_are_confirmed_in_one_go_and_not_asked_again(desk):
    database = desk.portal.parts.database
    fill(database, {"history": TITLES, "training_titles": rows(
        "title training confidence status", "Etikaa~Dasar P1 0.8 waiting", "Kelas~<i>Tim P2 0.2 waiting")})  # fmt: skip
    page = desk.get("/titles").text
    shown = cells_of(page, "titles-caption")[1:]
    assert [row[1] for row in shown] == ["Etikaa Dasar", "Kelas &lt;i&gt;Tim"]
    assert page.count(" checked") == 1  # the likely one
    assert "Centang sedikitnya satu judul." in desk.send("/titles", {"title-0": "Etikaa Dasar"}, status=422)
    fields = {"title-0": "Etikaa Dasar", "training-0": "P1", "title-1": "Kelas <i>Tim", "training-1": "P9"}
    refused = desk.send("/titles", {**fields, "ticked": "1"}, status=422)
    assert "P9" in refused
    assert desk.send("/titles", {**fields, "training-1": "", "ticked": ["0", "1"]}) == "/titles?said=titles-confirmed"
    assert "Tidak ada judul yang menunggu." in desk.text("/titles")
    stored = database.read("training_titles").set_index("title")
    assert stored.loc["Etikaa Dasar", ["training", "status"]].tolist() == ["P1", "confirmed"]
    assert stored["training"].isna()["Kelas <i>Tim"]


def test_what_a_training_teaches_is_suggested_and_stored_with_levels_of_the_scale(desk):
    assert "Semua pelatihan sudah tercatat" in desk.text("/titles/teaches")
    fill(
        desk.portal.parts.database, {"trainings": rows("training name hours mode", "P4 Pelatihan~Integritas 5 online")}
    )
    shown = cells_of(desk.text("/titles/teaches"), "teaches-caption")[1]
    assert (shown[1], shown[2].split()[0]) == ("Pelatihan Integritas P4", "Integritas")
    fields = {"training-0": "P4", "competency-0": "M.01"}
    assert "Centang sedikitnya satu pelatihan." in desk.send("/titles/teaches", fields, status=422)
    assert 'id="to-0-fault"' in desk.send("/titles/teaches", {**fields, "ticked": "0"}, status=422)
    assert 'id="to-0-fault"' in desk.send("/titles/teaches", {**fields, "ticked": "0", "to-0": "9"}, status=422)
    assert desk.send("/titles/teaches", {**fields, "ticked": "0", "from-0": "1", "to-0": "3"}).startswith(
        "/titles/teaches"
    )
    assert cells_of(desk.text("/catalog/P4"), "targets-caption")[1] == ["Integritas", "1", "3"]
    desk.as_somebody("budi")
    desk.get("/titles/teaches", 403)


def balance(line, parent=""):
    return LineBalance(line=line, year=2027, parent=parent, amount=1, imported_reserved=0, imported_spent=0, reserved=0,
                       spent=0, free=1)  # fmt: skip


def test_lines_stand_below_those_that_hold_them_and_none_is_lost_in_a_circle():
    lines = [balance("a", "c"), balance("b", "a"), balance("c"), balance("x", "y"), balance("y", "x"),
             balance("z", "z"), balance("q", "gone")]  # fmt: skip
    assert [(one.balance.line, one.depth) for one in tree_of(lines, {})] == [
        ("c", 0), ("a", 1), ("b", 2), ("z", 0), ("q", 0), ("x", 0), ("y", 1)
    ]  # fmt: skip


def test_the_budget_is_for_who_may_see_all_and_says_what_is_free(desk):
    page = desk.text("/budget")
    assert [row[0] for row in cells_of(page, "budget-caption")[1:]] == ["L1", "L3"]
    assert cells_of(page, "budget-caption")[1][5] == "Rp5.000.000"
    assert "Belum ada mutasi" in desk.text("/budget/line?line=L1")
    desk.get("/budget/line?line=L9", 404)
    for name in ("budi", add_limited_planner(desk.portal.parts.database), "ani"):
        desk.as_somebody(name)
        for path in ("/budget", "/budget/line?line=L1", "/imports", "/titles"):
            desk.get(path, 403)


def test_the_catalogue_is_everybodys_and_is_found_by_words_mode_and_competency(desk):
    desk.as_somebody("ani")
    assert [row[0] for row in cells_of(desk.text("/catalog"), "catalog-caption")[1:]] == ["Etika", "Lanjut", "Tim"]
    for query, names in (("q=eti", ["Etika"]), ("mode=online", ["Etika"]), ("competency=M.02", ["Tim"]),
                         ("q=P3", ["Lanjut"]), ("q=kerja", ["Tim"]),
                         ("page=99", ["Etika", "Lanjut", "Tim"])):  # fmt: skip
        assert [row[0] for row in cells_of(desk.text(f"/catalog?{query}"), "catalog-caption")[1:]] == names, query
    assert "Tidak ada pelatihan yang cocok." in desk.text("/catalog?q=tidakada")
    page = desk.text("/catalog/P1")
    assert cells_of(page, "targets-caption")[1] == ["Integritas", "2", "4"]
    assert cells_of(page, "sessions-caption")[1][0] == "P1-1"
    assert "Rp1.000.000" in page
    desk.get("/catalog/P9", 404)
    desk.portal.client.cookies.clear()
    desk.get("/catalog", 303)


def test_a_training_with_a_slash_in_its_code_has_its_page_and_names_what_comes_first(desk):
    fill(desk.portal.parts.database, {
        "trainings": rows("training name hours mode", "A/1 Bagian 5 online"),
        "prerequisites": rows("training requires", "A/1 P1"),
    })  # fmt: skip
    assert 'href="/catalog/A/1"' in desk.text("/catalog")
    assert 'href="/catalog/P1"' in desk.text("/catalog/A/1")


def test_all_titles_of_a_page_are_ticked_by_a_link(desk):
    titles = "".join(f"{ANI};Kelas tak dikenal {n};01/03/2024;03/03/2024;16;completed\n" for n in range(60))
    header = "nip;nama_pelatihan;tanggal_mulai;tanggal_selesai;jp;status\n"
    files = [("files", ("riwayat.csv", io.BytesIO((header + titles).encode()), "text/csv"))]
    desk.send("/imports", {}, files=files)
    desk.work()
    page = desk.text("/titles?page=2")
    assert page.count(" checked>") == 0
    link = re.search(r'href="([^"]+all=1)"', page)[1]
    assert "page=2" in link
    ticked = desk.text(link)
    assert ticked.count(" checked>") == 10
    numbers = re.findall(r'name="title-(\d+)" value="([^"]+)"', ticked)
    desk.send(link, {**{f"title-{n}": title for n, title in numbers}, "ticked": [n for n, _ in numbers]})
    assert "50 seluruhnya" in desk.text("/titles")


def test_a_file_that_is_no_table_leads_to_no_file_of_refused_rows(desk):
    job = desk.send(
        "/imports", {}, files=[("files", ("a.csv", io.BytesIO(b"\x89PNG\r\n" + bytes(range(256))), "text/csv"))]
    )
    desk.work()
    page = desk.text(job.replace("/jobs/", "/imports/"))
    assert "Ada berkas yang ditolak" in page
    assert "Unduh berkas baris yang ditolak" not in page
    assert "templat sendiri" not in page
