"""An administrator's pages: people, keys, logs, and models."""

import re
from datetime import datetime, timedelta

import pytest

from service.auth.caller import SCOPES
from service.auth.users import find_user
from service.storage.engine import transaction
from tests.builders import rows, tables
from tests.service.api.conftest import fill
from tests.service.portal.conftest import faults_in_both_themes, sign_in
from tests.service.portal.desk import cells_of


@pytest.fixture
def admin(portal):
    token = sign_in(portal, "admin")

    def post(path, **data):
        return portal.client.post(path, data={"csrf": token, **data}, follow_redirects=False)

    return portal, portal.client, post


def secret_in(answer):
    assert answer.status_code == 200, answer.text
    return re.search(r"<code>([^<]+)</code>", answer.text)[1]


def test_a_person_is_added_with_a_password_that_is_shown_once_and_must_be_changed(admin):
    portal, client, post = admin
    secret = secret_in(post("/users", name="Eko", role="planner", units="U1, U3"))
    with transaction(portal.parts.database.engine) as connection:  # hashed in turn with whoever comes in at the door
        assert not portal.parts.passwords.is_outdated(find_user(connection, name="eko").password)
    assert secret not in client.get("/users").text
    answer = portal.client.post("/login", data={"name": "eko", "password": secret}, follow_redirects=False)
    assert answer.headers["location"] == "/password"
    assert portal.client.get("/plans", follow_redirects=False).headers["location"] == "/password"


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"name": "a b", "role": "planner"}, "name"), ({"name": "eko", "role": "king"}, "role"),
     ({"name": "eko", "role": "planner", "units": "U9"}, "units"), ({"name": "ani", "role": "planner"}, "name"),
     ({"name": "eko", "role": "employee", "employee": "1"}, "employee")],
)  # fmt: skip
def test_what_is_not_accepted_is_said_beside_the_field_and_nothing_is_stored(admin, asked, field):
    _, client, post = admin
    before = client.get("/users").text.count("/users/change")
    answer = post("/users", **asked)
    assert answer.status_code == 422
    assert asked[field] in re.search(rf'id="{field}-fault">([^<]+)<', answer.text)[1]
    assert f'value="{asked["name"]}"' in answer.text
    assert client.get("/users").text.count("/users/change") == before


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"scopes": "people:read"}, "label"), ({"label": "k"}, "scopes"), ({"label": "k", "scopes": "x"}, "scopes"),
     ({"label": "k", "scopes": "people:read", "expires": "2020-01-01"}, "expires"),
     ({"label": "k", "scopes": "people:read", "units": "U9"}, "key-units")],
)  # fmt: skip
def test_what_a_key_lacks_is_said_beside_its_field(admin, asked, field):
    _, _, post = admin
    answer = post("/keys", **asked)
    assert answer.status_code == 422
    assert f'<p class="fault" id="{field}-fault">' in answer.text
    assert f'<a href="#{field}">' in answer.text


def test_an_administrator_cannot_shut_out_who_is_signed_in(admin):
    _, client, post = admin
    for asked in ({"action": "role", "role": "employee"}, {"action": "disable", "role": "admin"}):
        answer = post("/users/change", name="Admin", **asked)
        assert answer.status_code == 422
        assert "admin lain dapat melakukannya" in answer.text
    assert client.get("/users").status_code == 200
    assert post("/users/change", name="admin", action="role", role="admin").status_code == 303
    assert post("/users/change", name="nobody", action="password").status_code == 422


def test_who_is_shut_out_is_out_in_the_next_request(portal):
    sign_in(portal, "ani")
    cookie = portal.client.cookies["bangkom_session"]
    assert portal.client.get("/").status_code == 200
    portal.client.cookies.clear()  # the door would end the session before
    token = sign_in(portal, "admin")
    answer = portal.client.post("/users/change", data={"csrf": token, "name": "ani", "action": "disable"},
                                follow_redirects=False)  # fmt: skip
    assert answer.status_code == 303
    portal.client.cookies.clear()
    answer = portal.client.get("/", headers={"Cookie": f"bangkom_session={cookie}"}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_key_is_shown_once_works_and_is_refused_after_its_revocation(admin):
    portal, client, post = admin
    text = secret_in(post("/keys", label="HRIS", scopes="people:read"))
    assert portal.get("/employees", key=text).status_code == 200
    assert text not in client.get("/users").text
    key = re.search(
        r'name="key" value="(k-\w+)" class="quiet">Cabut<span class="hidden"> HRIS', client.get("/users").text
    )
    assert post("/keys/revoke", key=key[1]).status_code == 303
    assert portal.get("/employees", key=text).status_code == 401
    assert post("/keys", label="", scopes="people:read").status_code == 422
    today = datetime.now().astimezone().date()
    text = secret_in(post("/keys", label="Hari ini", scopes="people:read", expires=today.isoformat()))
    assert portal.get("/employees", key=text).status_code == 200  # it is good to the end of that day
    assert post("/keys", label="X", scopes="people:read", expires=str(today - timedelta(days=1))).status_code == 422
    assert post("/keys", label="HRIS", scopes="everything").status_code == 422


def test_the_logs_name_what_was_done_and_no_person_by_number(admin):
    portal, client, post = admin
    post("/users", name="eko", role="planner")
    portal.get("/employees/198001012005011001/recommendations")
    portal.parts.log.close()  # when all is written
    text = client.get("/audit").text
    for words in ("menambah orang", "masuk", "berhasil", "aturan dasar"):
        assert f">{words}<" in text, words
    assert "198001012005011001" not in text


def test_what_a_scope_lets_do_and_what_no_unit_means_is_said(admin):
    _, client, _ = admin
    page = client.get("/users").text
    for scope in SCOPES:
        assert re.search(rf"<code>{scope}</code></label> <span class=\"note\">[a-z]", page), scope
    assert "kosong: semua unit" in page
    units = {row[0]: row[3] for row in cells_of(page, 'id="people-caption"')[1:]}
    assert (units["admin"], units["ani"], units["budi"]) == ("semua", "hanya halaman sendiri", "U1")


def test_a_planner_of_every_unit_stays_one_when_a_unit_is_added_and_others_are_told_why_not(admin):
    portal, client, post = admin
    assert "tidak dikenal" in post("/users/change", name="budi", action="units", units="*").text
    assert post("/users/change", name="rita", action="units", units="*").status_code == 303
    assert "semua, termasuk yang ditambahkan kemudian" in client.get("/users").text
    sign_in(portal, "rita")
    fill(portal.parts.database, tables(units=rows("unit name parent", "U9 Dinas~Baru -")))  # as an import may
    assert client.get("/plans/new").status_code == 200
    token = sign_in(portal, "admin")
    client.post("/users/change", data={"csrf": token, "name": "rita", "action": "units", "units": "U1 U3"})
    sign_in(portal, "rita")
    refused = client.get("/plans/new")
    assert refused.status_code == 403
    assert "memerlukan semua unit kerja kantor, termasuk yang baru ditambahkan" in refused.text


@pytest.mark.parametrize("name", ["ani", "budi", "rita"])
def test_nobody_else_sees_or_changes_people_keys_and_logs(portal, name):
    token = sign_in(portal, name)
    for path in ("/users", "/audit"):
        assert portal.client.get(path).status_code == 403
    for path in ("/users", "/users/change", "/keys", "/keys/revoke", "/models"):
        answer = portal.client.post(path, data={"csrf": token, "name": "x"}, follow_redirects=False)
        assert answer.status_code == 403, path


@pytest.mark.browser
def test_no_page_of_an_administrator_has_a_fault_in_either_theme(browsing):
    with browsing.page("admin", viewport={"width": 360, "height": 740}) as page:
        for path in ("/users", "/audit", "/models", "/catalog"):
            page.goto(browsing.address + path)
            assert faults_in_both_themes(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.goto(f"{browsing.address}/users")
        page.get_by_text("Ubah admin").click()
        assert faults_in_both_themes(page) == []
