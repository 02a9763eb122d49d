"""Pages of people of whom little is known, who are not in service, or who have reached a limit."""

import re

import pytest

from service.auth.accounts import Accounts
from service.auth.users import update_user
from service.ledger.approval import approve_plan
from service.storage.engine import transaction
from service.storage.statements import find_statements
from tests.service.api.conftest import ANI, CITRA
from tests.service.portal.conftest import SECRET, sign_in
from tests.service.portal.desk import Desk

NEW = "198001012005011009"


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


def as_new_person(portal, **given):
    """Enter somebody, and sign them in."""
    person = {"employee": NEW, "name": "Eka", "unit": "U1", **given}
    assert portal("PUT", f"/employees/{NEW}", json=person).status_code == 201
    database = portal.parts.database
    Accounts(database, "test").add("eka", role="employee", employee=NEW, password=SECRET)
    with transaction(database.engine, is_writer=True) as connection:
        update_user(connection, "eka", must_change=0)
    portal.client.cookies.clear()
    sign_in(portal, "eka")


def read(portal, path):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", portal.client.get(path).text))


def test_whoever_has_no_position_is_told_so_and_who_can_help(portal):
    as_new_person(portal)
    assert "bila ada kelas baru" not in read(portal, "/") + read(portal, "/suggestions")  # which would change nothing
    page = read(portal, "/")
    assert "Jabatan belum tercatat, sehingga tidak ada standar pembanding." in page
    assert "Pengelola kepegawaian dapat mengisinya" in page
    assert "Jabatan ini belum memiliki standar" not in page
    assert "Tidak ada standar pembanding bagi yang diajarkannya." in read(portal, "/suggestions?why=P1")


@pytest.mark.parametrize(("status", "why"), [("retired", "Tidak sedang aktif bekerja."),
                                             ("study", "Sedang cuti atau tugas belajar.")])  # fmt: skip
def test_whoever_is_not_in_service_is_told_why_nothing_is_suggested(portal, status, why):
    as_new_person(portal, position="J", status=status)
    for path in ("/", "/suggestions"):
        assert f"{why} Karena itu tidak ada saran" in read(portal, path)
    assert "Belum ada asesmen: daftar ini" not in read(portal, "/suggestions")


def test_whoever_was_never_assessed_is_told_that_no_training_fits_where_none_does(portal):
    for code in ("P1", "P2", "P3"):
        assert portal("PATCH", f"/trainings/{code}", json={"status": "closed"}).status_code == 200
    as_new_person(portal, position="J")
    for path in ("/", "/suggestions"):
        page = read(portal, path)
        assert "Belum ada asesmen: daftar ini mengikuti standar jabatan." in page
        assert "Ini akan berubah bila ada kelas baru" in page


def test_whoever_came_after_a_plan_is_not_told_that_it_found_no_need(desk):
    portal = desk.portal
    plan = desk.plan().rpartition("/")[2]
    approve_plan(portal.parts.database, plan, "test")
    as_new_person(portal, position="J")
    assert "belum tercatat, atau tidak sedang aktif bekerja, ketika rencana ini disusun" in read(portal, "/my-plan")
    assert "tidak menemukan kebutuhan" not in read(portal, "/my-plan")


def test_a_reason_for_no_seat_names_the_training_that_it_is_about(desk):
    portal = desk.portal
    assert portal("PATCH", "/budgets/L1~22027", json={"amount": 0}).status_code == 200
    assert portal("PATCH", "/budgets/L3~22027", json={"amount": 0}).status_code == 200
    approve_plan(portal.parts.database, desk.plan().rpartition("/")[2], "test")
    portal.client.cookies.clear()
    sign_in(portal, "ani")
    assert re.search(r"(Etika|Tim): Sisa mata anggaran .*L1.* tidak mencukupi", read(portal, "/my-plan"))


@pytest.mark.parametrize(("hours", "told"), [(24, "Batas 24 JP tahun ini sudah tercapai"), (10, "masih tersisa 14 JP"),
                                             (0, "")])  # fmt: skip
def test_a_limit_of_learning_hours_is_told_beside_the_list(portal, hours, told):
    assert portal("PATCH", "/trainings/P2", json={"hours": 20}).status_code == 200
    if hours:
        taken = {"employee": CITRA, "training_name": "Kelas lain", "start_date": "2027-01-02", "hours": hours,
                 "end_date": "2027-01-03", "status": "completed"}  # fmt: skip
        assert portal("POST", "/history", json={"items": [taken]}).json()["stored"] == 1
    sign_in(portal, "citra")
    page = read(portal, "/suggestions")
    assert told in page
    assert ("Batas 24 JP" in page or "batas 24 JP" in page) == bool(told)
    sign_in(portal, "ani")  # of PNS only the least is asked for
    assert "24 JP" not in read(portal, "/suggestions")


def test_an_objection_to_a_training_that_is_not_on_file_is_refused_beside_its_field(portal):
    token = sign_in(portal, "ani")
    data = {"csrf": token, "words": "Bukan untuk saya", "training": "P99"}
    answer = portal.client.post("/my-data", data=data, follow_redirects=False)
    assert answer.status_code == 422
    assert 'id="training-fault"' in answer.text
    assert "Bukan untuk saya" in answer.text
    assert portal.client.post("/my-data", data={**data, "training": "P1"}, follow_redirects=False).status_code == 303


def said_of_ani(portal):
    with transaction(portal.parts.database.engine) as connection:
        return find_statements(connection, employees=[ANI])


def test_whoever_claims_a_training_reads_what_was_answered(portal):
    token = sign_in(portal, "ani")
    listed = re.search(r'name="list" value="(d-[0-9a-f]+)"', portal.client.get("/suggestions").text)[1]
    claim = {"csrf": token, "list": listed, "training": "P1", "kind": "already-taken", "words": "LAN 2019"}
    portal.client.post("/suggestions", data=claim)
    assert "Etika" in read(portal, "/my-history")
    assert "LAN 2019 Menunggu jawaban" in read(portal, "/my-history")
    place, token = f"/inbox/{said_of_ani(portal)[0].statement}", sign_in(portal, "rita")
    assert "Etika (P1)" in read(portal, "/inbox")
    wrong = portal.client.post(place, data={"csrf": token, "action": "claim-refused", "ended": "2026-09-09"})
    assert (wrong.status_code, 'value="2026-09-09"' in wrong.text) == (422, True)
    portal.client.post(place, data={"csrf": token, "action": "claim-refused", "words": "Sertifikatnya tidak terbaca."})
    sign_in(portal, "ani")
    assert "LAN 2019 Tidak dikonfirmasi : Sertifikatnya tidak terbaca." in read(portal, "/my-history")


def test_a_confirmed_claim_counts_its_hours(portal):
    token = sign_in(portal, "ani")
    listed = re.search(r'name="list" value="(d-[0-9a-f]+)"', portal.client.get("/suggestions").text)[1]
    portal.client.post("/suggestions", data={"csrf": token, "list": listed, "training": "P1", "kind": "already-taken",
                                             "words": "Januari"})  # fmt: skip
    place, token = f"/inbox/{said_of_ani(portal)[0].statement}", sign_in(portal, "rita")
    portal.client.post(place, data={"csrf": token, "action": "claim-confirmed", "ended": "2027-01-02"})
    sign_in(portal, "ani")
    page = read(portal, "/my-history")
    assert "20 JP Target tercapai" in page
    assert "Dikonfirmasi dan dicatat" in page


def test_whoever_declines_a_seat_reads_what_was_answered(desk):
    portal = desk.portal
    approve_plan(portal.parts.database, desk.plan().rpartition("/")[2], "test")
    portal.client.cookies.clear()
    token = sign_in(portal, "ani")
    seat = re.search(
        r'name="plan" value="([^"]+)"><input type="hidden" name="offering" value="([^"]+)"',
        portal.client.get("/my-plan").text,
    )
    declined = {"plan": seat[1], "offering": seat[2], "kind": "seat-declined", "words": "Bertugas di luar"}
    portal.client.post("/my-plan", data={"csrf": token, **declined})
    sign_in(portal, "rita")
    assert re.search(
        r"· (Etika|Tim) · kelas P[12]-1", read(portal, "/inbox")
    )  # a clerk knows classes by what they teach
    place, token = f"/inbox/{said_of_ani(portal)[0].statement}", sign_in(portal, "rita")
    portal.client.post(place, data={"csrf": token, "action": "answer", "words": "Kami cari tanggal lain."})
    sign_in(portal, "ani")
    assert "Kami cari tanggal lain." in read(portal, "/my-plan")
    sign_in(portal, "citra")
    assert "Kami cari tanggal lain." not in read(portal, "/my-plan")


@pytest.mark.parametrize("cookie", ["", "bs_ended"])
def test_what_was_written_is_shown_again_where_the_session_has_ended(portal, cookie):
    token = sign_in(portal, "ani")
    sent = {"data": {"csrf": token, "words": "Panjang <b>lebar</b>", "training": ""}, "follow_redirects": False}
    portal.client.cookies.clear()
    answer = portal.client.post("/my-data", headers={"Cookie": f"bangkom_session={cookie}"} if cookie else {}, **sent)
    if not cookie:  # nobody who was ever here: they are sent to the door
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fmy-data")
        return
    assert answer.status_code == 401
    assert "Panjang &lt;b&gt;lebar&lt;/b&gt;" in answer.text
    assert "Sesi Anda sudah berakhir" in answer.text
    assert 'href="/login?next=%2Fmy-data"' in answer.text
    assert said_of_ani(portal) == []


def test_after_signing_in_again_a_page_is_as_narrow_as_it_was(portal):
    sign_in(portal, "rita")
    sent = {"data": {"csrf": "bad"}, "follow_redirects": False}
    answer = portal.client.post("/titles?page=2", **sent)
    assert answer.status_code == 403
    assert 'href="/titles?page=2">Buka kembali halamannya' in answer.text
    portal.client.cookies.clear()
    assert portal.client.post("/titles?page=2", **sent).headers["location"] == "/login?next=%2Ftitles%3Fpage%3D2"


def test_what_was_written_is_shown_again_where_the_form_is_of_an_earlier_session(portal):
    old, _ = sign_in(portal, "ani"), portal.client.cookies.clear()
    sign_in(portal, "ani")
    answer = portal.client.post("/my-data", data={"csrf": old, "words": "Panjang lebar"}, follow_redirects=False)
    assert answer.status_code == 403
    assert "Panjang lebar</textarea>" in answer.text
    assert 'href="/my-data">Buka kembali halamannya' in answer.text
    assert said_of_ani(portal) == []
    large = {"csrf": old, "words": "x" * 2_001}
    assert "xxx" not in portal.client.post("/my-data", data=large, follow_redirects=False).text


def test_a_plan_of_a_year_without_budget_and_classes_is_refused_beside_the_year(desk):
    page = desk.send("/plans", {"year": "2031", "time_limit": "5", "name": "jauh"}, status=422)
    assert 'id="year-fault"' in page
    assert "Tidak ada mata anggaran dan tidak ada kelas tahun 2031" in page
    assert 'value="jauh"' in page


@pytest.mark.parametrize(("own", "is_blind"), [(3, False), (4, True), (5, True), (2, False)])
def test_a_blind_spot_is_one_and_the_same_on_every_page(portal, own, is_blind):
    level = {"employee": ANI, "competency": "M.01", "level": own, "assessed_on": "2026-06-02", "method": "self"}
    assert portal("POST", "/assessments", json={"items": [level]}).json()["stored"] == 1  # found: 2, required: 4
    sign_in(portal, "ani")
    assert ("Titik buta" in read(portal, "/")) == is_blind
    assert ("Titik buta pada Integritas" in read(portal, "/suggestions")) == is_blind
    sign_in(portal, "budi")
    row = re.search(r"<tr>(?:(?!</tr>).)*>Ani</a>.*?</tr>", portal.client.get("/team?unit=U1").text, re.DOTALL)[0]
    cells = [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
    assert cells[-3] == ("1" if is_blind else "")


def test_people_without_a_unit_are_found_by_whoever_sees_everybody(portal):
    sign_in(portal, "admin")
    assert "Tanpa unit kerja" not in read(portal, "/team")
    person = {"employee": NEW, "name": "Eka", "position": "J"}
    assert portal("PUT", f"/employees/{NEW}", json=person).status_code == 201
    assert "Tanpa unit kerja" in read(portal, "/team")
    assert re.findall(r'href="/team/([0-9]+)"', portal.client.get("/team?unit=-").text) == [NEW]
    assert NEW in portal.client.get("/team-file?unit=-").text
    assert portal.client.get(f"/team/{NEW}").status_code == 200
    sign_in(portal, "budi")
    assert "Tanpa unit kerja" not in read(portal, "/team")
    assert portal.client.get("/team?unit=-").status_code == 404


def test_an_empty_catalogue_and_an_empty_office_lead_to_the_imports(portal):
    for code in ("P1-1", "P2-1"):
        assert portal("DELETE", f"/offerings/{code}").status_code == 204
    for code in ("P1", "P2", "P3"):
        assert portal("PATCH", f"/trainings/{code}", json={"status": "closed"}).status_code == 200
    sign_in(portal, "rita")
    page = portal.client.get("/catalog").text
    assert "Belum ada pelatihan yang tercatat." in page
    assert '<p class="empty">Belum ada pelatihan yang tercatat. <a href="/imports">' in page
    sign_in(portal, "ani")
    assert '<p class="empty">Belum ada pelatihan yang tercatat.</p>' in portal.client.get("/catalog").text
