"""An employee's pages: standing, suggestions and what is said of them, seats, objections."""

import re
from datetime import date
from functools import partial

import pytest

from service.ledger.approval import approve_plan, withdraw_plan
from service.records import EVERYONE, write_records
from service.storage.engine import transaction
from service.storage.statements import find_statements
from service.wording import Wording
from tests.builders import rows, tables
from tests.service.api.conftest import ANI, BUDI, fill
from tests.service.ledger.plans import keep
from tests.service.portal.conftest import faults_in_both_themes, faults_of, sign_in
from tests.service.portal.desk import cells_of


def list_id(text):
    return re.search(r'name="list" value="(d-[0-9a-f]+)"', text)[1]


def said(portal, employee=ANI):
    with transaction(portal.parts.database.engine) as connection:
        return find_statements(connection, employees=[employee])


def post_as(client, token, path, **data):
    return client.post(path, data={"csrf": token, **data}, follow_redirects=False)


@pytest.fixture
def ani(portal):
    """Return the portal, Ani's client and the token of her forms."""
    token = sign_in(portal, "ani")

    return portal, portal.client, partial(post_as, portal.client, token)


def test_a_profile_shows_level_state_day_and_method_and_never_assessed_as_such(ani):
    _, client, _ = ani
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get("/").text))
    assert "Integritas 4 2 Di bawah standar kurang 2 level 1 Juni 2026, Uji kompetensi" in text
    assert "Kerja Sama 3 - Belum pernah dinilai -" in text
    assert "dari paling sedikit 20 JP setahun" in text
    assert "JP</span> dari paling sedikit" in client.get("/").text


def test_the_picture_has_a_title_and_a_description_and_a_table_beside(ani):
    _, client, _ = ani
    text = client.get("/").text
    assert re.search(r'<svg class="chart"[^>]*aria-labelledby="standing-title standing-desc"', text)
    assert text.index("</svg>") < text.index('<caption id="gaps-caption">')


def test_the_picture_shows_what_has_expired_and_what_was_never_assessed_as_such(ani):
    portal, client, _ = ani
    fresh = client.get("/").text
    assert (fresh.count('class="bar"'), fresh.count('class="bar old"'), fresh.count('class="unknown"')) == (1, 0, 1)
    assert "Batang putus-putus: penilaian sudah kedaluwarsa." in fresh
    row = {"employee": ANI, "competency": "M.02", "level": 3, "assessed_on": "2020-01-01", "method": "test"}
    portal("POST", "/assessments", json={"items": [row]})
    old = client.get("/").text
    assert (old.count('class="bar"'), old.count('class="bar old"'), old.count('class="unknown"')) == (1, 1, 0)
    assert "Penilaian kedaluwarsa" in old


def test_a_day_is_the_same_day_in_every_zone(ani):
    _, client, post = ani
    for zone in ("WIB", "WITA", "WIT"):
        post("/choices", zone=zone)
        assert "1 Maret 2027" in client.get("/suggestions").text


def test_whoever_asks_why_keeps_the_filters(ani):
    _, client, _ = ani
    asking = client.get("/suggestions?mode=online&hours=20").text.partition('action="/suggestions#why"')[2]
    form = asking.partition("</form>")[0]
    assert '<input type="hidden" name="mode" value="online">' in form
    assert '<input type="hidden" name="hours" value="20">' in form
    assert 'name="from"' not in form


def test_filters_leave_what_fits_and_say_what_they_refuse(ani):
    _, client, _ = ani
    assert 'id="t-P1"' in client.get("/suggestions?mode=online").text
    assert 'id="t-P1"' not in client.get("/suggestions?mode=blended").text
    assert 'id="t-P2"' in client.get("/suggestions?competency=M.02").text
    assert 'id="t-P1"' not in client.get("/suggestions?competency=M.02").text
    assert 'id="t-P2"' not in client.get("/suggestions?hours=20").text
    assert 'id="t-P1"' not in client.get("/suggestions?from=2.4.2027").text
    refused = client.get("/suggestions?from=31-31-2027&hours=-1").text
    assert refused.count('aria-invalid="true"') == 2
    assert 'value="31-31-2027"' in refused


def test_what_is_not_for_me_leaves_the_list_and_can_come_back(ani):
    portal, client, post = ani
    found = list_id(client.get("/suggestions").text)
    answer = post("/suggestions", list=found, training="P1", kind="not-relevant", reason="known")
    assert answer.headers["location"] == "/suggestions?changed=P1&said=feedback-not-relevant"
    page = client.get(answer.headers["location"]).text
    assert 'id="t-P1"' not in page
    assert 'id="changed">Etika: ' in page
    assert [(one.kind, one.training, one.words) for one in said(portal)] == [("not-relevant", "P1", "known")]
    post("/suggestions", list=list_id(page), training="P1", kind="interested")
    assert 'id="t-P1"' in client.get("/suggestions").text


def test_whoever_is_interested_sees_so_on_the_card_and_is_not_asked_again(ani):
    _, client, post = ani
    card = re.compile(r'<article class="card" id="t-P1".*?</article>', re.DOTALL)
    before = client.get("/suggestions").text
    assert 'value="interested"' in card.search(before)[0]
    post("/suggestions", list=list_id(before), training="P1", kind="interested")
    after = card.search(client.get("/suggestions").text)[0]
    assert 'value="interested"' not in after
    assert "Anda sudah menyatakan berminat" in after
    assert 'value="not-relevant"' in after  # a mind may change


def test_levels_time_and_trainings_are_said_in_plain_words(ani):
    portal, client, post = ani
    page = client.get("/suggestions").text
    assert "Menggarap 2 level Integritas: syarat 4, hasil asesmen 2." in page
    assert "<dt>Waktu meninggalkan tugas</dt><dd>4 hari</dd>" in page
    fill(portal.parts.database, tables(prerequisites=rows("training requires", "P2 P3")))
    post("/suggestions", list=list_id(client.get("/suggestions").text), training="P1", kind="not-relevant",
         reason="known")  # fmt: skip
    page = client.get("/suggestions").text
    assert '<li><a href="/catalog/P1">Etika</a> (P1): Ditandai tidak diminati.' in page
    assert '<li><a href="/catalog/P2">Tim</a> (P2): Perlu Lanjut (P3) lebih dahulu.' in page


def test_who_asks_why_is_led_to_the_answer_below_the_list(ani):
    _, client, _ = ani
    page = client.get("/suggestions?why=P1").text
    action = re.search(r'<form method="get" action="([^"]+)" class="narrow">', page)[1]
    assert action == "/suggestions#why"
    assert page.index('id="why"') < page.index("Pelatihan ini ada di urutan 1")


def test_a_claim_needs_words_or_a_proof_that_is_a_pdf_or_a_picture(ani):
    portal, client, post = ani
    found = list_id(client.get("/suggestions").text)
    asked = {"list": found, "training": "P1", "kind": "already-taken"}
    assert post("/suggestions", **asked).status_code == 422
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/password").text)[1]
    for content, status in ((b"MZ\x90 no picture", 422), (b"%PDF-1.7 a certificate", 303)):
        answer = client.post("/suggestions", data={"csrf": token, **asked}, follow_redirects=False,
                             files={"proof": ("certificate.pdf", content, "application/pdf")})  # fmt: skip
        assert answer.status_code == status, answer.text
    assert [one.kind for one in said(portal)] == ["already-taken"]
    assert "Pernyataan Anda sudah mengikutinya menunggu konfirmasi" in client.get("/suggestions").text


def test_what_a_claim_lacks_is_said_beside_its_field_and_the_link_above_leads_there(ani):
    _, client, post = ani
    found = list_id(client.get("/suggestions").text)
    page = post("/suggestions", list=found, training="P1", kind="already-taken").text
    assert '<a href="#words-P1">' in page
    assert 'id="words-P1-fault"' in page
    assert page.count("<details open>") == 1


def test_a_suggestion_says_that_an_approved_plan_holds_a_seat_and_forgets_it_with_the_seat(ani):
    portal, client, _ = ani
    database, told = portal.parts.database, "Rencana yang disetujui sudah menyediakan kursi untuk ini: kelas P1-1"
    assert told not in client.get("/suggestions").text
    plan = keep(database, f"{ANI} P1-1 1000 L1")
    approve_plan(database, plan, "test")
    for page in ("/suggestions", "/suggestions?mode=online", "/"):
        assert told in client.get(page).text, page
    withdraw_plan(database, plan, "test")
    for page in ("/suggestions", "/suggestions?mode=online", "/"):
        assert told not in client.get(page).text, page


def test_a_second_claim_waits_for_the_answer_to_the_first(ani):
    portal, client, post = ani
    claim = {"list": list_id(client.get("/suggestions").text), "training": "P1", "kind": "already-taken"}
    assert post("/suggestions", **claim, words="Bandung").status_code == 303
    assert post("/suggestions", **claim, words="Bandung").status_code == 303  # the same form, sent twice by a slip
    page = post("/suggestions", **claim, words="Jakarta, 2026")
    assert (page.status_code, "Anda sudah menyatakannya; pernyataan itu menunggu jawaban." in page.text) == (422, True)
    assert [one.words for one in said(portal)] == ["Bandung"]


def test_a_claim_after_a_refused_one_waits_again(ani):
    portal, client, post = ani
    for n_refused in range(2):
        found = list_id(client.get("/suggestions").text)
        claim = {"list": found, "training": "P1", "kind": "already-taken", "words": "Bandung"}
        assert post("/suggestions", **claim).status_code == 303
        assert "menunggu konfirmasi" in client.get("/suggestions").text, n_refused
        claim = said(portal)[0]
        token = sign_in(portal, "rita")
        answer = client.post(f"/inbox/{claim.statement}", follow_redirects=False,
                             data={"csrf": token, "action": "claim-refused", "words": "tanpa bukti"})  # fmt: skip
        assert answer.status_code == 303, answer.text
        token = sign_in(portal, "ani")
        post = partial(post_as, client, token)
        assert "menunggu konfirmasi" not in client.get("/suggestions").text, n_refused


def test_why_not_this_one_is_answered_for_every_training_on_file(ani):
    _, client, _ = ani
    assert "Pelatihan ini ada di urutan 1 daftar Anda." in client.get("/suggestions?why=P1").text
    for code in ("P2", "P3", "tim", "LANJUT"):
        assert re.search(
            r'<p class="notice care"><strong>[^<]+</strong> \(P\d\): \w+', client.get(f"/suggestions?why={code}").text
        ), code
    assert "Tidak ada pelatihan dengan kode atau nama ini." in client.get("/suggestions?why=zzz").text


def test_what_would_make_a_training_the_first_is_told_and_is_so(ani):
    portal, client, _ = ani
    told = client.get("/suggestions?why=P3").text + client.get("/suggestions?why=P2").text
    found = re.findall(r"Dengan hasil penilaian level (\d) pada ([^,]+), pelatihan ini akan menempati", told)
    assert found
    level, name = found[-1]
    code = {"Integritas": "M.01", "Kerja Sama": "M.02"}[name]
    row = {"employee": ANI, "competency": code, "level": int(level), "assessed_on": "2027-01-04", "method": "test"}
    portal("POST", "/assessments", json={"items": [row]})
    assert "urutan 1 daftar Anda" in client.get(f"/suggestions?why={'P2' if code == 'M.02' else 'P3'}").text


def test_nobody_answers_for_somebody_else(ani):
    portal, client, post = ani
    found = list_id(client.get("/suggestions").text)
    post("/suggestions", list=found, training="P1", kind="interested", employee=BUDI)
    post("/my-data", words="mine", employee=BUDI)
    assert said(portal, BUDI) == []
    for path in (f"/team/{BUDI}", f"/team/{ANI}", "/team", "/inbox", "/team-file"):
        assert client.get(path).status_code == 403, path


def test_an_objection_waits_for_a_person_and_their_answer_is_shown(ani):
    portal, client, post = ani
    assert post("/my-data", words=" ").status_code == 422
    post("/my-data", words="P1 <b>is</b> not mine", training="P1")
    assert "P1 &lt;b&gt;is&lt;/b&gt; not mine" in client.get("/my-data").text
    token = sign_in(portal, "rita")
    one = said(portal)[0].statement
    answer = portal.client.post(f"/inbox/{one}", data={"csrf": token, "action": "answer"}, follow_redirects=False)
    assert answer.status_code == 422
    portal.client.post(f"/inbox/{one}", data={"csrf": token, "action": "answer", "words": "We look at it."})
    assert "Tidak ada yang menunggu Anda." in portal.client.get("/inbox").text
    sign_in(portal, "ani")
    assert "We look at it." in portal.client.get("/my-data").text


def test_a_confirmed_claim_enters_the_history_and_leaves_the_list(ani):
    portal, client, post = ani
    post(
        "/suggestions", list=list_id(client.get("/suggestions").text), training="P1", kind="already-taken", words="2026"
    )
    token, one = sign_in(portal, "rita"), said(portal)[0].statement
    page = portal.client.post(f"/inbox/{one}", data={"csrf": token, "action": "claim-confirmed", "ended": "2027-09-09"})
    assert (page.status_code, "harus sudah lewat" in page.text) == (422, True)
    portal.client.post(f"/inbox/{one}", data={"csrf": token, "action": "claim-confirmed", "ended": "2026-09-09"})
    history = portal.parts.database.read("history")
    assert history[["employee", "training"]].to_numpy().tolist() == [[ANI, "P1"]]
    assert history["end_date"].iloc[0].date() == date(2026, 9, 9)
    sign_in(portal, "ani")
    assert 'id="t-P1"' not in portal.client.get("/suggestions").text


def test_certificates_are_those_of_own_completed_trainings(ani):
    portal, client, _ = ani
    taken = [{"employee": nip, "training": "P1", "training_name": "Etika", "end_date": date(2026, 3, 3),
              "status": "completed"} for nip in (ANI, BUDI)]  # fmt: skip
    with portal.parts.database.writing("test") as writing:
        write_records(portal.parts.database, writing, "history", taken, EVERYONE, Wording("id"))
    found = client.get("/my-history/certificates").json()
    assert [one["credentialSubject"]["achievement"]["name"] for one in found] == ["Etika"]
    assert "Etika" in client.get("/my-history").text


def test_hours_are_shown_by_form_with_what_each_counts(ani):
    portal, client, _ = ani
    database, wording = portal.parts.database, Wording("id")
    day = portal.parts.settings.today().replace(month=1, day=2)
    taken = [{"employee": ANI, "training": training, "training_name": training, "end_date": day, "status": "completed",
              "hours": hours} for training, hours in (("P1", 9), ("P2", 30))]  # fmt: skip
    training = {"training": "P1", "name": "Bimbingan", "form": "K1", "hours": 9, "mode": "face-to-face"}
    rule = {"form": "K1", "name": "Coaching", "scope": "national", "per": "session", "rate": 2,
            "monthly_session_cap": 2}  # fmt: skip
    with database.writing("test") as writing:
        for table, values in (("hour_rules", [rule]), ("trainings", [training]), ("history", taken)):
            made = write_records(database, writing, table, values, EVERYONE, wording)
            assert not any(one.problems for one in made)
    page = client.get("/my-history").text
    assert cells_of(page, 'id="forms-caption"') == [
        ["Bentuk pengembangan", "JP tercatat", "JP dihitung", "Cara menghitung"],
        ["Bentuk tidak tercatat", "30", "30", "sebagaimana tercatat; belum ada aturan untuk bentuk ini"],
        ["Coaching", "9", "4", "2 JP per sesi; paling banyak 2 sesi per bulan"],
        ["Jumlah", "39", "34", ""],
    ]


def test_everything_on_file_is_handed_out_with_what_was_said(ani):
    _, client, post = ani
    post("/my-data", words="mine")
    document = client.get("/my-data/file").json()
    assert document["employee"] == ANI
    assert [one["words"] for one in document["statements"]] == ["mine"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "scripts"), [("id", True), pytest.param("en", True, marks=pytest.mark.long), ("id", False)]
)
def test_the_journey_of_an_employee(browsing, lang, scripts):
    words = {
        "id": ("Saran pelatihan", "Saya berminat", "Tanyakan", "Data saya", "Kirim keberatan", "Riwayat saya",
               "Tempat saya dalam rencana"),
        "en": ("Suggestions", "I am interested", "Ask", "My data", "Send the objection", "My history",
               "My place in the plan"),
    }[lang]  # fmt: skip
    with browsing.page("ani", lang=lang, scripts=scripts, viewport={"width": 360, "height": 740}) as page:
        menu = page.get_by_role("navigation").first
        for name in (words[5], words[6], words[3], words[0]):
            menu.get_by_role("link", name=name).click()
            assert page.locator("h1").inner_text() == name
            if scripts:
                assert faults_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
        page.get_by_role("button", name=words[1]).first.click()
        assert page.get_by_role("status").count() == 1
        page.locator("#why-box").fill("Lanjut")
        page.get_by_role("button", name=words[2], exact=True).click()
        assert page.locator(".notice.care").last.inner_text().startswith("Lanjut (P3)")
        menu.get_by_role("link", name=words[3]).click()
        page.locator("#words").fill(f"{lang} {scripts}")
        page.get_by_role("button", name=words[4]).click()
        assert page.get_by_text(f"{lang} {scripts}").count() == 1
        if scripts:
            assert faults_of(page) == []


@pytest.mark.browser
def test_no_page_of_an_employee_has_a_fault_that_axe_finds_in_either_theme(browsing):
    with browsing.page("citra") as page:
        for path in ("/", "/suggestions", "/suggestions?mode=blended", "/suggestions?from=x&why=zz", "/my-plan",
                     "/my-history", "/my-data", "/password", "/nowhere"):  # fmt: skip
            page.goto(browsing.address + path)
            assert faults_in_both_themes(page) == [], path


@pytest.mark.browser
def test_four_times_as_large_nothing_is_cut_off(browsing):
    with browsing.page("ani", viewport={"width": 320, "height": 256}) as page:  # 1280 pixels at 400 %
        for path in ("/", "/suggestions", "/my-plan", "/my-data"):
            page.goto(browsing.address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.get_by_role("button", name="Keluar").is_visible()


@pytest.mark.browser
def test_the_picture_can_be_read_at_every_width(browsing):
    with browsing.page("ani") as page:
        for width in (320, 360, 1440):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(f"{browsing.address}/")
            boxes = "[...document.querySelectorAll('svg.chart text')].map(t => t.getBoundingClientRect())"
            texts = page.evaluate(boxes)
            assert len(texts) == 4  # a name and a figure for each of two competencies
            for name, figure in (texts[:2], texts[2:]):
                assert min(name["height"], figure["height"]) >= 12
                assert 0 <= name["left"] < name["right"] < figure["left"] < figure["right"] <= width
