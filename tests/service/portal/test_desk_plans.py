"""Plans on the desk: made by a form, looked at, compared, approved, withdrawn, made again."""

import io
import json
import re
from datetime import timedelta

import pytest

from service.jobs.kinds import perform
from service.pipeline import fetch_plan
from service.portal.desk.plan_again import carried_policy
from service.portal.desk.plan_sign import taken_by
from service.records import delete_record
from service.storage.engine import transaction
from service.storage.statements import Statement, add_statement
from tests.builders import rows
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI, fill
from tests.service.portal.desk import (
    Desk,
    add_limited_planner,
    cells_of,
    desk_with_a_plan,
    filled,
    office_with_a_plan,
)


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


@pytest.fixture
def planned(tmp_path):
    """Yield the desk with a plan, and its address."""
    with desk_with_a_plan(tmp_path, office_with_a_plan) as found:
        yield found


def id_of(path):
    return path.rpartition("/")[2]


def test_a_plan_is_made_by_the_form_with_its_policy_and_shown_with_what_is_proven(desk):
    assert "Belum ada rencana." in desk.text("/plans")
    path = desk.plan(name="uji coba", max_trainings="1", away_share="", reserve_share="10", cap_pppk="12,5")
    page = desk.text(path)
    assert "<h1>uji coba</h1>" in page
    assert "Terbukti tidak ada rencana" in page
    assert "Hasil hitung ulang sesuai." in page
    rules = json.loads(fetch_plan(desk.portal.parts.database, id_of(path)).provenance.rules)["plan"]
    assert (rules["max_trainings"], rules["away_share"], rules["reserve_share"]) == (1, None, 0.1)
    assert (rules["hours_floor"], rules["hours_cap"]) == ({"PNS": 20.0}, {"PPPK": 12.5})
    row = cells_of(desk.text("/plans"), "plans-caption")[1]
    assert (row[0].split(" p-")[0], row[1], row[2]) == ("uji coba", "Konsep", "2027")
    assert row[7] == "0,00%"


def test_a_search_shows_its_best_plan_and_bound_while_it_goes_on(desk):
    job = desk.send("/plans", {**filled(desk.text("/plans/new")), "year": "2027", "time_limit": "5"})
    queue, told = desk.portal.parts.queue, []
    lease = queue.claim("test")
    lease.renew(1, 4, "ranking")
    assert "1 dari 4" in desk.text(f"{job}/part")
    perform(desk.portal.parts.database, lease, desk.folder, lambda *how: told.append(how))
    found = [(done, total) for stage, done, total in told if stage == "solving" and total]
    assert found
    assert all(0 < done <= total for done, total in found)
    queue.submit("plan", {"year": 2027}, author="user:rita", owner="user:rita")
    lease = queue.claim("test")
    lease.renew(1500, 2000, "solving")
    page = desk.text(f"/jobs/{lease.job.job_id}/part")
    assert "Rencana terbaik sejauh ini: 1,5 level; batas terbukti: 2,0 level; selisihnya 25,00%." in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("year", "1999", "Yang diterima: tahun 2000 sampai 2100."),
        ("year", "", "Yang diterima: tahun 2000 sampai 2100."),
        ("year", "2050", "Tidak ada mata anggaran dan tidak ada kelas tahun 2050"),
        ("time_limit", "0", "Yang diterima: 1 sampai 3.600 detik."),
        ("budget_factor", "banyak", "'banyak'"),
        ("max_trainings", "1.5", "Yang diterima: 1 sampai 20."),
        ("away_share", "101", "Yang diterima: 0 sampai 100."),
        ("hours_weight", "", "Yang diterima: 0 sampai 0,1."),
        ("reserve_share", "nan", "Yang diterima: 0 sampai 100."),
        ("pinned", f"{ANI} P1-1\n{ANI}", f"Baris 2: '{ANI}' bukan NIP dan kode kelas"),
        ("pinned", "199901012019011001 P1-1", "Baris 1: tidak ada pegawai dengan NIP 199901012019011001."),
        ("excluded", f"{ANI} P9-9", "Baris 1: kelas P9-9 tidak ada."),
    ],
)
def test_what_is_wrong_in_the_form_stands_beside_its_field_and_nothing_is_put_in(desk, field, value, said):
    page = desk.send("/plans", {**filled(desk.text("/plans/new")), "time_limit": "5", field: value}, status=422)
    assert said in page
    assert f'id="{field}-fault"' in page
    assert re.search(rf'id="{field}" name="{field}"[^>]*aria-invalid="true"', page)
    assert desk.work() == 0


def test_without_a_budget_what_costs_nothing_is_planned_and_the_page_says_so(desk):
    database = desk.portal.parts.database
    with database.writing("test") as writing:
        for record in ("L1~22027", "L3~22027"):
            delete_record(writing, "budgets", record)
        free = database.read("offerings", writing.connection).query("offering == 'P1-1'").assign(seat_cost=0)
        database.upsert(writing, "offerings", free)
    assert "Belum ada mata anggaran yang tercatat" in desk.text("/plans/new")
    path = desk.plan(pinned="")
    assert set(fetch_plan(database, id_of(path)).assignments["offering"]) == {"P1-1"}
    assert "Tidak ada mata anggaran tahun 2027 yang tercatat, jadi hanya yang tanpa biaya" in desk.text(path)
    assert desk.text(f"{path}/lines")


def test_pins_and_exclusions_are_kept_by_the_plan(desk):
    path = desk.plan(pinned=f"{ANI} P2-1", excluded=f"{BUDI} P1-1\n{BUDI} P2-1")
    chosen = fetch_plan(desk.portal.parts.database, id_of(path)).assignments
    pairs = set(zip(chosen["employee"], chosen["offering"], strict=True))
    assert (ANI, "P2-1") in pairs
    assert BUDI not in {who for who, _ in pairs}


def test_a_plan_that_was_withdrawn_says_that_the_same_again_is_no_other(planned):
    desk, path = planned
    assert "sudah ditarik atau digantikan" not in desk.text(path)
    desk.send(f"{path}/withdraw")
    assert desk.plan(name="lagi") == path
    assert "ubah dulu salah satu aturannya" in desk.text(path)
    assert desk.plan(reserve_share="7") != path


def test_demands_that_clash_name_people_and_trainings(desk):
    page = desk.text(desk.plan(pinned=f"{ANI} P1-1", excluded=f"{ANI} P1-1"))
    clash = re.search(r"<li>Tidak terpenuhi: [^<]*</li>", page)[0]
    assert f"Ani ({ANI})" in clash
    assert "Etika (P1)" in clash


def test_what_supervisors_said_enters_a_plan_where_its_box_is_ticked_and_only_the_newest_word_counts(desk):
    database = desk.portal.parts.database
    moment = database.clock()
    words = [(BUDI, "P1", "nominated", 9), (ANI, "P1", "nominated", 8), (ANI, "P1", "not-endorsed", 7),
             (CITRA, "P2", "nominated", 400), ("199", "P1", "nominated", 1), (BUDI, "P9", "nominated", 1)]  # fmt: skip
    with transaction(database.engine, is_writer=True) as connection:
        for i, (who, training, kind, days) in enumerate(words):
            add_statement(connection, Statement(
                statement=f"s-{i}", made_at=moment - timedelta(days=days), author="x", kind=kind, employee=who,
                training=training,
            ))  # fmt: skip
    page = desk.text("/plans/new")
    assert "mendapat pelatihan itu (1)" in page
    assert 'name="leave_not_endorsed" value="yes"' in page
    assert 'name="take_endorsed"' not in page
    silent = fetch_plan(database, id_of(desk.plan())).provenance.rules
    assert json.loads(silent)["mandates"] == json.loads(silent)["excluded"] == []
    rules = json.loads(
        fetch_plan(database, id_of(desk.plan(take_nominated="yes", leave_not_endorsed="yes"))).provenance.rules
    )
    assert rules["mandates"] == [{"training": "P1", "employees": [BUDI], "position_classes": []}]
    assert rules["excluded"] == [{"employee": ANI, "offering": "P1-1"}]


def test_a_policy_file_takes_the_place_of_the_fields_and_what_is_wrong_in_it_is_said(desk):
    fields = {**filled(desk.text("/plans/new")), "time_limit": "5", "max_trainings": "nonsense"}
    good = ("policy_file", ("aturan.toml", io.BytesIO(b"[plan]\nmax_trainings = 2\n"), "text/plain"))
    job = desk.send("/plans", fields, files=[good])
    desk.work()
    path = re.search(r'href="(/plans/p-[0-9a-f]+)', desk.text(job))[1]
    assert (
        json.loads(fetch_plan(desk.portal.parts.database, id_of(path)).provenance.rules)["plan"]["max_trainings"] == 2
    )
    for content in (b"[plan]\nmax_training = 2\n", b"[plan", b"\xff\xfe"):
        bad = ("policy_file", ("aturan.toml", io.BytesIO(content), "text/plain"))
        assert "aturan.toml" in desk.send("/plans", fields, files=[bad], status=422)


def test_a_form_sent_twice_by_a_slip_puts_in_one_job(desk):
    fields = {**filled(desk.text("/plans/new")), "once": "0123456789ab", "time_limit": "5"}
    first = desk.send("/plans", fields)
    assert desk.send("/plans", fields) == first
    assert desk.send("/plans", {**fields, "name": "lain"}) != first


VIEWS = ("", "/lines", "/classes", "/classes?state=all", "/units", "/people", "/prices", "/unmet", "/compare",
         "/approve", "/withdraw", "/replan", "/next-year")  # fmt: skip


def test_every_view_of_a_plan_has_its_own_address_and_says_what_it_holds(planned):
    desk, path = planned
    pages = {tail: desk.text(path + tail) for tail in VIEWS}
    assert cells_of(pages["/lines"], "lines-caption")[1][0] == "L1"
    assert {row[0].split()[-1] for row in cells_of(pages["/classes?state=all"], "classes-caption")[1:]} == {
        "P1-1",
        "P2-1",
    }
    assert [row[0] for row in cells_of(pages["/people"], "people-caption")[1:]] == [
        f"{name} {nip}" for name, nip in zip(("Ani", "Budi", "Citra", "Dedi"), (ANI, BUDI, CITRA, DEDI), strict=True)
    ]
    found = desk.text(f"{path}/people?q=cit")
    assert [row[0] for row in cells_of(found, "people-caption")[1:]] == [f"Citra {CITRA}"]
    assert "Tidak ada pegawai dalam jangkauan Anda yang cocok." in desk.text(f"{path}/people?q=%25")
    for tail, page in pages.items():
        assert len(page.encode()) < 150_000, tail


def test_a_person_is_told_what_was_chosen_and_who_gets_nothing_why(planned):
    desk, path = planned
    plan = fetch_plan(desk.portal.parts.database, id_of(path))
    one = plan.assignments.iloc[0]
    page = desk.text(f"{path}/person?employee={one['employee']}")
    assert one["offering"] in cells_of(page, "seats-caption")[1][0]
    for employee in plan.unmet["employee"]:
        assert "Tidak ada yang dipilih." in desk.text(f"{path}/person?employee={employee}")
        assert employee in desk.text(f"{path}/unmet")
    desk.get(f"{path}/person?employee=404", 404)


def test_on_a_persons_page_any_training_can_be_asked_about(desk):
    path = desk.plan()
    page = desk.text(f"{path}/person?employee={DEDI}&training=Tim")
    assert "Tim, kelas P2-1 mulai 1 Mei 2027" in page
    assert "mata anggaran L3" in page
    assert "Terpilih: Etika, kelas P1-1" in desk.text(f"{path}/person?employee={DEDI}&training=P1")
    assert "Tidak ada pelatihan" in desk.text(f"{path}/person?employee={DEDI}&training=kuda")


def test_a_plan_that_is_not_there_is_not_found(desk):
    for tail in (*VIEWS, "/report", "/rosters", "/files/csv", "/person?employee=1", "/changes"):
        desk.get(f"/plans/p-0{tail}", 404)


def test_files_of_a_plan_are_handed_out(planned):
    desk, path = planned
    for tail, start in (("/files/csv", b"\xef\xbb\xbf"), ("/files/xlsx", b"PK"), ("/files/parquet", b"PAR1"),
                        ("/report", b"<!doctype html>"), ("/rosters", b"PK"), ("/unmet.csv", b"\xef\xbb\xbf"),
                        ("/roster?class=P1-1", b"\xef\xbb\xbf")):  # fmt: skip
        answer = desk.get(path + tail)
        assert answer.content.lower().startswith(start.lower()), tail
        assert "attachment" in answer.headers["content-disposition"], tail
    assert ANI.encode() in desk.get(f"{path}/roster?class=P1-1").content
    desk.get(f"{path}/roster?class=P3-1", 404)
    desk.get(f"{path}/files/exe", 404)


def test_supervisors_see_their_people_alone_on_every_view_and_in_every_file(planned):
    desk, path = planned
    desk.as_somebody(add_limited_planner(desk.portal.parts.database))
    for tail in ("/people", "/unmet", "/units", "/lines"):
        page = desk.text(path + tail)
        assert not any(nip in page for nip in (ANI, BUDI, DEDI)), tail
    assert CITRA in desk.text(f"{path}/people")
    desk.as_somebody("budi")
    for tail in ("", "/people", "/people?state=served", "/unmet", "/lines", "/units", "/classes", "/prices",
                 f"/compare?other={id_of(path)}"):  # fmt: skip
        page = desk.text(path + tail)
        assert DEDI not in page, tail
        assert "Dinas Tiga" not in page, tail
        assert not re.search(r"\bL3\b", re.sub(r'value="[^"]*"', "", page)), tail  # but a form's token may hold it
    assert ANI in desk.text(f"{path}/people")
    desk.get(f"{path}/person?employee={DEDI}", 404)
    for tail in (
        "/files/csv",
        "/files/xlsx",
        "/files/parquet",
        "/roster?class=P1-1",
        "/roster?class=P2-1",
        "/unmet.csv",
    ):
        answer = desk.portal.client.get(path + tail)
        assert DEDI.encode() not in answer.content, tail
    desk.get(f"{path}/report", 404)  # its sums are everybody's
    for tail in ("/approve", "/withdraw", "/replan", "/next-year"):
        desk.get(path + tail, 403)
        desk.send(path + tail, {"confirmed": "yes"}, status=403)
    desk.get("/plans/new", 403)
    desk.as_somebody("ani")
    desk.get(path, 403)


def test_approval_shows_what_is_reserved_asks_to_confirm_and_says_why_not(planned):
    desk, path = planned
    other = desk.plan(name="lain", reserve_share="5")
    page = desk.text(f"{path}/approve")
    lines = {row[0]: row[3] for row in cells_of(page, "reserve-caption")[1:]}
    plan = fetch_plan(desk.portal.parts.database, id_of(path))
    assert sum(taken_by(plan).values()) == plan.totals.cost
    assert lines == {line: f"Rp{amount:,}".replace(",", ".") for line, amount in taken_by(plan).items()}
    assert "Centang bahwa Anda sudah memeriksanya." in desk.send(f"{path}/approve", status=422)
    assert "Konsep" in desk.text(path)
    assert desk.send(f"{path}/approve", {"confirmed": "yes"}) == f"{path}?said=plan-approved"
    assert "Disetujui" in desk.text(path)
    refused = desk.send(f"{other}/approve", {"confirmed": "yes"}, status=409)
    assert id_of(path) in refused
    assert "Konsep" in desk.text(other)
    held = cells_of(desk.text("/budget"), "budget-caption")
    assert {row[0]: row[3] for row in held[1:] if row[0] in lines} == lines
    assert cells_of(desk.text("/budget/line?line=L1"), "moves-caption")[1][2] == "Dicadangkan"
    desk.send(f"{path}/withdraw")
    assert "Ditarik" in desk.text(path)
    assert cells_of(desk.text("/budget"), "budget-caption")[1][3] == "Rp0"
    assert "Hanya konsep yang dapat disetujui" in desk.text(f"{path}/approve")


def test_classes_are_cancelled_and_the_new_plan_comes_with_its_changes(planned):
    desk, path = planned
    desk.send(f"{path}/approve", {"confirmed": "yes"})
    assert "Pilih sedikitnya satu kelas." in desk.send(f"{path}/replan", {"time_limit": "5"}, status=422)
    assert "P9-9" in desk.send(f"{path}/replan", {"time_limit": "5", "others": "P9-9"}, status=422)
    assert 'value="P1-1"' in desk.text(f"{path}/replan?q=etika")
    job = desk.send(f"{path}/replan", {"time_limit": "5", "class": "P1-1"})
    desk.work()
    changes = re.search(r'href="(/plans/p-[0-9a-f]+)/changes"', desk.text(job))[1]
    place = desk.get(f"{changes}/changes", 303).headers["location"]
    assert place == f"{path}/compare?other={id_of(changes)}"
    page = desk.text(place)
    before = fetch_plan(desk.portal.parts.database, id_of(path)).assignments
    lost = set(before.loc[before["offering"] == "P1-1", "employee"])
    rows_shown = cells_of(page, "moves-caption")[1:]
    assert lost
    closed = [row[0] for row in cells_of(page, 'id="gaps-apart"')[1:]]
    assert closed == ["Integritas"]  # the class that is gone taught it
    planned = cells_of(page, 'id="lines-apart"')[1:]
    assert {row[0]: row[3][:3] for row in planned} == {"L1": "-Rp", "L3": "-Rp"}
    assert sum(row[1] == "Etika P1-1" for row in rows_shown) == len(lost)
    assert "menggantikan rencana disetujui" in desk.text(f"{changes}/approve")
    desk.send(f"{changes}/approve", {"confirmed": "yes"})
    assert "Digantikan" in desk.text(path)


def test_unmet_needs_are_carried_over_as_mandates_of_next_years_plan(desk):
    fill(desk.portal.parts.database, {
        "competencies": rows("competency name framework", "M.03 Komunikasi ASN"),  # which nothing teaches
        "positions": rows("position name", "K Lain"), "requirements": rows("position competency level", "K M.03 3"),
        "employees": rows("employee name unit position employment_type service_start",
                          "198001012005011005 Edi U3 K PNS 2005-01-01"),
    })  # fmt: skip
    path = desk.plan(budget_factor="0.2")
    plan = fetch_plan(desk.portal.parts.database, id_of(path))
    left = plan.unmet[plan.unmet["training"] != ""]
    assert len(left), plan.unmet
    assert (plan.unmet["training"] == "").any()
    shown = re.findall(r": ([0-9.]+) pegawai", desk.text(f"{path}/next-year"))
    assert sorted(map(int, shown)) == sorted(plan.unmet["code"].value_counts())
    refused = desk.send(f"{path}/next-year", {"code": "budget", "time_limit": "5"}, status=422)
    assert 'sebelum ada, hanya yang tanpa biaya yang direncanakan. <a href="/imports">' in refused
    assert "Tidak ada mata anggaran dan tidak ada kelas tahun 2028 yang tercatat; impor dulu." in refused
    fill(desk.portal.parts.database, {
        "budgets": rows("line year unit amount", "L1 2028 U1 9000000", "L3 2028 U3 9000000"),
        "offerings": rows("offering training start_date end_date seat_cost seats_min seats_max",
                          "P1-8 P1 2028-03-01 2028-03-03 1000000 1 10", "P2-8 P2 2028-05-01 2028-05-04 2000000 1 10"),
    })  # fmt: skip
    assert "Pilih sedikitnya satu alasan" in desk.send(f"{path}/next-year", {"time_limit": "5"}, status=422)
    codes = sorted(set(left["code"]))
    policy, n_people = carried_policy(plan, set(codes))
    assert n_people == left["employee"].nunique()
    assert {(m["training"], who) for m in policy["mandates"] for who in m["employees"]} == set(
        zip(left["training"], left["employee"], strict=True)
    )
    job = desk.send(f"{path}/next-year", {"code": codes, "time_limit": "5", "name": "2028"})
    desk.work()
    following = re.search(r'href="(/plans/p-[0-9a-f]+)', desk.text(job))[1]
    made = fetch_plan(desk.portal.parts.database, id_of(following))
    assert made.provenance.year == 2028
    assert set(left["employee"]) <= set(made.assignments.loc[made.assignments["mandatory"], "employee"])
