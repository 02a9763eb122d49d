"""A supervisor's pages: own unit's people, what is said of them, and when they are away."""

from datetime import date

import pytest

from service.records import EVERYONE, write_records
from service.storage.engine import transaction
from service.storage.statements import find_statements
from service.wording import Wording
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI
from tests.service.portal.conftest import faults_in_both_themes, faults_of, sign_in


@pytest.fixture
def budi(portal):
    token = sign_in(portal, "budi")

    def post(path, **data):
        return portal.client.post(path, data={"csrf": token, **data}, follow_redirects=False)

    return portal, portal.client, post


def test_a_team_is_the_unit_and_those_below_and_the_file_has_the_people_of_the_page(budi):
    _, client, _ = budi
    for unit, seen in (("U1", {ANI, BUDI}), ("U2", {CITRA})):
        page, file = client.get(f"/team?unit={unit}").text, client.get(f"/team-file?unit={unit}").text
        for nip in (ANI, BUDI, CITRA, DEDI):
            assert (f"/team/{nip}" in page) == (nip in seen) == (nip in file)
    assert client.get("/team?unit=U3").status_code == 404
    assert client.get("/team-file?unit=U3").status_code == 404


def test_people_are_found_by_words_of_their_name_or_number_in_all_units_within_reach_and_nowhere_else(budi):
    portal, client, _ = budi
    database = portal.parts.database
    row = next(r for r in database.read("employees").to_dict("records") if r["employee"] == CITRA)
    with database.writing("test") as writing:
        renamed = [{**row, "name": "dr. Citra Ma\u2019ruf, Sp.A., M.Kes."}]
        write_records(database, writing, "employees", renamed, EVERYONE, Wording("id"))
    for words in ("citra ma'ruf", "MA`RUF citra", CITRA[8:]):
        page, file = client.get("/team", params={"q": words}).text, client.get("/team-file", params={"q": words}).text
        assert [f"/team/{nip}" in page for nip in (ANI, BUDI, CITRA, DEDI)] == [False, False, True, False], words
        assert [nip in file for nip in (ANI, BUDI, CITRA, DEDI)] == [False, False, True, False], words
    for words in ("dedi", DEDI):
        page = client.get("/team", params={"q": words}).text
        assert f"/team/{DEDI}" not in page
        assert "Tidak ada pegawai dalam jangkauan Anda yang cocok." in page


def test_who_lacks_learning_hours_is_shown_alone_and_pages_stay_narrowed(budi, monkeypatch):
    portal, client, _ = budi
    database = portal.parts.database
    with monkeypatch.context() as patch:
        patch.setattr("service.portal.team.A_PAGE", 1)  # both lack hours still
        assert "/team?unit=U1&amp;q=i&amp;short=1&amp;page=2" in client.get("/team?unit=U1&q=i&short=1").text
    taken = {"employee": BUDI, "training_name": "Arsip", "start_date": date(2027, 1, 1), "end_date": date(2027, 1, 2),
             "status": "completed", "hours": 40.0}  # fmt: skip
    with database.writing("test") as writing:
        write_records(database, writing, "history", [taken], EVERYONE, Wording("id"))
    assert {nip for nip in (ANI, BUDI) if f"/team/{nip}" in client.get("/team?unit=U1").text} == {ANI, BUDI}
    narrowed, file = (client.get(f"/{name}?unit=U1&short=1").text for name in ("team", "team-file"))
    assert [f"/team/{nip}" in narrowed for nip in (ANI, BUDI)] == [nip in file for nip in (ANI, BUDI)] == [True, False]


def test_who_is_outside_is_not_there_on_any_address(budi):
    portal, client, post = budi
    assert client.get(f"/team/{CITRA}").status_code == 200
    assert client.get(f"/team/{DEDI}").status_code == 404
    for path in ("word", "days", "days/remove"):
        answer = post(f"/team/{DEDI}/{path}", kind="nominated", training="P1", start="2027-02-01", end="2027-02-02")
        assert answer.status_code == 404, path
    with transaction(portal.parts.database.engine) as connection:
        assert find_statements(connection) == []
    assert len(portal.parts.database.read("absences")) == 0


def test_somebody_who_moves_is_seen_by_the_new_unit_at_once(budi):
    portal, client, _ = budi
    database = portal.parts.database

    def move(nip, unit):
        row = next(r for r in database.read("employees").to_dict("records") if r["employee"] == nip)
        with database.writing("test") as writing:
            write_records(database, writing, "employees", [{**row, "unit": unit}], EVERYONE, Wording("id"))

    assert client.get(f"/team/{DEDI}").status_code == 404
    move(DEDI, "U2")
    move(CITRA, "U3")
    assert client.get(f"/team/{DEDI}").status_code == 200
    assert client.get(f"/team/{CITRA}").status_code == 404
    assert f"/team/{CITRA}" not in client.get("/team?unit=U2").text


def test_a_word_needs_a_training_on_file_and_no_needs_a_reason(budi):
    portal, client, post = budi
    assert post(f"/team/{ANI}/word", kind="nominated", training="P9").status_code == 422
    assert post(f"/team/{ANI}/word", kind="not-endorsed", training="P1").status_code == 422
    assert post(f"/team/{ANI}/word", kind="boss", training="P1").status_code == 422
    assert post(f"/team/{ANI}/word", kind="nominated", training="P1").status_code == 303
    assert post(f"/team/{ANI}/word", kind="not-endorsed", training="P2", words="later").status_code == 303
    assert "later" in client.get(f"/team/{ANI}").text
    sign_in(portal, "rita")
    assert "Tidak didukung" in portal.client.get("/inbox").text


def test_days_away_are_noted_under_their_author_and_taken_back(budi):
    portal, client, post = budi
    assert post(f"/team/{ANI}/days", start="2027-02-05", end="2027-02-01", kind="duty").status_code == 422
    assert post(f"/team/{ANI}/days", start="31/02/2027", end="2027-03-01", kind="duty").status_code == 422
    assert post(f"/team/{ANI}/days", start="1/3/2027", end="2027-03-02", kind="duty").status_code == 303
    assert "1 Maret 2027 \u2013 2 Maret 2027" in client.get(f"/team/{ANI}").text
    for other in ({"end": "2027-03-09", "kind": "duty"}, {"end": "2027-03-02", "kind": "leave"}):
        page = post(f"/team/{ANI}/days", start="1/3/2027", **other)
        told = "Hari dari 1 Maret 2027 sampai 2 Maret 2027 sudah dicatat; hapus dulu catatannya."
        assert (page.status_code, told in page.text, 'id="start-fault"' in page.text) == (422, True, True)
    assert post(f"/team/{ANI}/days", start="1/3/2027", end="2027-03-02", kind="duty").status_code == 303
    kept = f"{ANI}~22027-03-01"
    assert post(f"/team/{CITRA}/days/remove", days=kept).status_code == 404
    assert post(f"/team/{ANI}/days/remove", days=kept).status_code == 303
    assert len(portal.parts.database.read("absences")) == 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "scripts"), [("id", True), ("en", False), pytest.param("en", True, marks=pytest.mark.long)]
)
def test_the_journey_of_a_supervisor(browsing, lang, scripts):
    words = {"id": ("Tim saya", "Usulkan", "Catat tanggalnya", "Hapus"),
             "en": ("My team", "Nominate", "Note the days", "Remove")}[lang]  # fmt: skip
    with browsing.page("budi", lang=lang, scripts=scripts, viewport={"width": 360, "height": 740}) as page:
        page.get_by_role("link", name=words[0]).click()
        if scripts:
            assert faults_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Ani").click()
        page.locator("#training").fill("P2")
        page.get_by_role("button", name=words[1], exact=True).click()
        assert page.get_by_role("status").count() == 1
        page.locator("#start").fill("2027-06-01")
        page.locator("#end").fill("2027-06-02")
        page.get_by_role("button", name=words[2]).click()
        if scripts:
            assert faults_of(page) == []
        page.get_by_role("button", name=words[3]).click()
        assert page.get_by_role("button", name=words[3]).count() == 0


@pytest.mark.browser
def test_no_page_of_a_supervisor_or_of_the_inbox_has_a_fault_in_either_theme(browsing):
    for name, paths in (("budi", ("/team", f"/team/{ANI}", f"/team/{DEDI}")), ("rita", ("/inbox", "/team"))):
        with browsing.page(name) as page:
            for path in paths:
                page.goto(browsing.address + path)
                assert faults_in_both_themes(page) == [], path


@pytest.mark.browser
def test_on_a_phone_whose_row_it_is_stays_in_sight_and_an_edge_tells_that_there_is_more(browsing):
    with browsing.page("budi", viewport={"width": 320, "height": 740}) as page:
        page.goto(f"{browsing.address}/team")
        table = page.locator(".scroll:has(.heat)")
        assert table.evaluate("e => e.scrollWidth > e.clientWidth")
        assert "local" in table.evaluate("e => getComputedStyle(e).backgroundAttachment")
        table.evaluate("e => { e.scrollLeft = e.scrollWidth }")
        name, edge = page.locator(".heat tbody th").first.bounding_box(), table.bounding_box()
        assert name["x"] == pytest.approx(edge["x"], abs=1)
        assert faults_of(page) == []
