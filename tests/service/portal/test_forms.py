"""Forms that are filled in wrongly, sent twice, from two tabs, or for rows that have gone meanwhile."""

import re
from datetime import date
from html import unescape

import pytest

from service.auth.sessions import end_sessions
from service.portal.forms import Form, row_numbers
from service.storage.engine import transaction
from service.storage.statements import find_statements
from tests.builders import rows
from tests.service.api.conftest import ANI, BUDI, fill
from tests.service.portal.conftest import SECRET, sign_in
from tests.service.portal.desk import Desk, cells_of


def form(**fields):
    return Form(values={name: [text] for name, text in fields.items()})


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


@pytest.mark.parametrize("text", ["2027-03-31", "31/3/2027", "31.03.2027", "31-3-2027", " 2027/3/31 "])
def test_a_day_is_read_as_people_write_it(text):
    assert form(day=text).day("day", "!") == date(2027, 3, 31)


@pytest.mark.parametrize("text", ["31/02/2027", "2027-13-01", "0001-01-01", "9999-12-31", "1-1-99999999999999999999",
                                  "3/27", "1-2-3-4", "2_02-1-1", "x", "31/3/27", "1/2027/3", "9" * 5_000])  # fmt: skip
def test_what_is_no_day_is_a_fault_of_its_field(text):
    asked = form(day=text)
    assert asked.day("day", "!") is None
    assert asked.faults == {"day": "!"}


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("1.000", 1_000), ("1 000 000", 1_000_000)])
def test_a_whole_number_may_have_its_thousands_grouped(text, number):
    assert form(n=text).whole("n", "!", least=1, most=10**7) == number


@pytest.mark.parametrize("text", ["1.5", "1,5", "²", "-1", "0", "1e3", "1.00", "10000000000", "9" * 5_000, "1.0000"])
def test_what_is_no_whole_number_in_its_range_is_a_fault_and_never_another_number(text):
    asked = form(n=text)
    assert asked.whole("n", "!", least=1, most=10**7) is None
    assert asked.faults == {"n": "!"}


@pytest.mark.parametrize("year", ["²", "9" * 5_000, "x", "-1"])
def test_a_year_that_is_none_shows_the_years_there_are(desk, year):
    assert "L1" in desk.text(f"/budget?year={year}")


def said_of(portal, employee):
    with transaction(portal.parts.database.engine) as connection:
        return [(one.kind, one.words) for one in find_statements(connection, employees=[employee])][::-1]


def test_what_is_sent_twice_is_said_once_and_what_is_said_anew_is_said(portal):
    token = sign_in(portal, "ani")

    def post(path, **data):
        answer = portal.client.post(path, data={"csrf": token, **data}, follow_redirects=False)
        assert answer.status_code == 303, answer.text

    for words in ("tidak tepat", "tidak tepat", "tidak tepat lagi", "tidak tepat"):
        post("/my-data", words=words)
    assert [words for _, words in said_of(portal, ANI)] == ["tidak tepat", "tidak tepat lagi", "tidak tepat"]
    page = portal.client.get("/suggestions").text
    claim = {
        "list": re.search(r'name="list" value="(d-[0-9a-f]+)"', page)[1],
        "training": "P1",
        "kind": "already-taken",
    }
    for words in ("Bandung", "Bandung"):
        post("/suggestions", **claim, words=words)
    assert said_of(portal, ANI)[3:] == [("already-taken", "Bandung")]


def test_another_proof_is_said_though_the_words_are_the_same(portal):
    token = sign_in(portal, "ani")
    found = re.search(r'name="list" value="(d-[0-9a-f]+)"', portal.client.get("/suggestions").text)[1]
    for content in (b"%PDF-1", b"%PDF-1", b"%PDF-2"):
        portal.client.post("/suggestions", files={"proof": ("a.pdf", content, "application/pdf")}, data={
            "csrf": token, "list": found, "training": "P1", "kind": "already-taken"})  # fmt: skip
    assert len(said_of(portal, ANI)) == 2


def test_what_was_answered_meanwhile_is_not_answered_otherwise(portal):
    token = sign_in(portal, "ani")
    portal.client.post("/my-data", data={"csrf": token, "words": "Mengapa?"})
    token = sign_in(portal, "rita")
    one = re.search(r'action="/inbox/(s-[0-9a-f]+)"', portal.client.get("/inbox").text)[1]
    answers = [("Karena itu.", 303), ("Karena itu.", 303), ("Karena ini.", 422)]
    for words, status in answers:
        answer = portal.client.post(f"/inbox/{one}", data={"csrf": token, "action": "answer", "words": words},
                                    follow_redirects=False)  # fmt: skip
        assert answer.status_code == status, answer.text
    assert "Sementara itu orang lain sudah menjawabnya." in answer.text
    assert said_of(portal, ANI) == [("objection", "Mengapa?"), ("answer", "Karena itu.")]


def test_an_error_without_a_field_of_its_own_is_no_link(portal):
    token = sign_in(portal, "ani")
    declined = {"plan": "p-1", "offering": "x", "kind": "seat-declined"}
    for path, fields in (("/my-plan", declined), ("/my-plan", {}), ("/suggestions", {"kind": "x"}),
                         ("/suggestions", {"training": "P9", "kind": "already-taken"})):  # fmt: skip
        page = portal.client.post(path, data={"csrf": token, **fields}).text
        assert 'id="faults"' in page, path
        assert {link for link in re.findall(r'<a href="#([^"]+)"', page) if f'id="{link}"' not in page} == set(), path


def test_a_row_of_a_table_keeps_its_number_when_others_have_gone():
    sent = Form(values={"title-0": ["a"], "title-1": ["b"], "title-2": ["c"]})
    assert row_numbers(sent, ("title",), [("b",), ("d",), ("c",), ("e",)]) == ["1", "3", "2", "4"]
    assert row_numbers(Form(), ("title",), [("b",), ("d",)]) == ["0", "1"]


def test_what_was_filled_in_stays_with_its_title_when_another_was_stored(desk):
    fill(desk.portal.parts.database, {
        "history": rows("employee training_name start_date end_date", f"{ANI} Satu 2025-01-01 2025-01-02",
                        f"{ANI} Dua 2025-02-01 2025-02-02", f"{BUDI} Tiga 2025-02-01 2025-02-02"),
        "training_titles": rows("title training confidence status", "Satu P1 0.8 waiting", "Dua P2 0.7 waiting",
                                "Tiga P3 0.6 waiting")})  # fmt: skip
    fields = {"title-0": "Satu", "training-0": "P1", "title-1": "Dua", "training-1": "P9", "title-2": "Tiga",
              "training-2": "P2", "ticked": ["0", "1"]}  # fmt: skip
    page = desk.send("/titles", fields, status=422)
    assert [row[1] for row in cells_of(page, "titles-caption")[1:]] == ["Dua", "Tiga"]
    shown = dict(re.findall(r'name="title-(\d)" value="(\w+)"', page))
    given = dict(re.findall(r'name="training-(\d)" value="(\w+)"', page))
    assert {shown[n]: given[n] for n in shown} == {"Dua": "P9", "Tiga": "P2"}
    assert 'href="#training-1"' in page
    assert 'id="training-1-fault"' in page


def test_a_level_that_is_no_number_is_not_stored(desk):
    fill(
        desk.portal.parts.database, {"trainings": rows("training name hours mode", "P4 Pelatihan~Integritas 5 online")}
    )
    sent = {"training-0": "P4", "competency-0": "M.01", "ticked": "0"}
    for level in ("nan", "inf", "x"):
        assert 'id="to-0-fault"' in desk.send("/titles/teaches", {**sent, "to-0": level}, status=422)
    assert "P4" not in set(desk.portal.parts.database.read("training_targets")["training"])


def test_the_address_of_a_form_leads_to_its_page_and_a_language_chosen_there_too(portal):
    token = sign_in(portal, "budi")
    refused = portal.client.post(f"/team/{ANI}/word", data={"csrf": token, "training": "P9"})
    back = re.search(r'name="back" value="([^"]+)"', refused.text)[1]
    answer = portal.client.post("/choices", data={"lang": "en", "back": back})
    assert (answer.status_code, answer.url.path) == (200, f"/team/{ANI}")
    sign_in(portal, "admin")
    pages = {"/users/change": "/users", "/keys": "/users", "/keys/revoke": "/users", "/logout": "/team",
             f"/team/{ANI}/days/remove": f"/team/{ANI}", "/inbox/s-1": "/inbox"}  # fmt: skip
    for path, page in pages.items():
        answer = portal.client.get(path)
        assert (answer.status_code, answer.url.path) == (200, page), path


def test_a_language_chosen_on_a_narrowed_page_keeps_what_it_is_narrowed_by(portal):
    sign_in(portal, "ani")
    page = portal.client.get("/suggestions?mode=online&said=seat&why=a%26b%22").text
    back = unescape(re.search(r'name="back" value="([^"]+)"', page)[1])
    assert back == "/suggestions?mode=online&why=a%26b%22"
    answer = portal.client.post("/choices", data={"lang": "en", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == back


def test_who_sends_a_form_after_the_session_has_ended_is_told_so_and_comes_back_to_its_page(portal):
    token = sign_in(portal, "budi")
    with transaction(portal.parts.database.engine, is_writer=True) as connection:
        end_sessions(connection, "budi")
    door = portal.client.post(f"/team/{ANI}/word", data={"csrf": token, "training": "P1", "kind": "nominated"})
    assert "Sesi Anda sudah berakhir" in door.text
    back = re.search(r'name="next" value="([^"]+)"', door.text)[1]
    answer = portal.client.post("/login", data={"name": "budi", "password": SECRET, "next": back})
    assert answer.url.path == f"/team/{ANI}"
    portal.client.cookies.clear()
    assert "Sesi Anda" not in portal.client.get("/team").text
