"""Coming in and going out, with and without a browser."""

import pytest

from service.portal.page import asset
from tests.service.portal.conftest import SECRET, faults_of, sign_in


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(portal):
    answer = portal.client.get("/my-history?x=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fmy-history%3Fx%3D1")
    answer = portal.client.post("/login", data={"name": "ani", "password": SECRET, "next": "/my-history?x=1"},
                                follow_redirects=False)  # fmt: skip
    assert answer.headers["location"] == "/my-history?x=1"


@pytest.mark.parametrize("back", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_the_door_sends_nobody_to_another_site(portal, back):
    answer = portal.client.post("/login", data={"name": "ani", "password": SECRET, "next": back},
                                follow_redirects=False)  # fmt: skip
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("name", ["ani", "nobody", "x" * 300, "<b>"])
def test_a_wrong_password_says_the_same_for_every_name_and_keeps_what_was_typed(portal, name):
    answer = portal.client.post("/login", data={"name": name, "password": "wrong"})
    assert answer.status_code == 401
    assert "Nama akun atau kata sandi salah." in answer.text
    assert "<b>" not in answer.text.replace("&lt;b&gt;", "")


def test_a_form_without_the_sessions_token_is_refused_and_one_from_elsewhere_too(portal):
    token = sign_in(portal, "ani")
    assert portal.client.post("/logout", data={"a": "b"}).status_code == 403
    assert portal.client.post("/logout", data={"csrf": token[::-1]}).status_code == 403
    answer = portal.client.post("/logout", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    answer = portal.client.post("/login", data={"name": "ani", "password": SECRET},
                                headers={"Sec-Fetch-Site": "cross-site"})  # fmt: skip
    assert answer.status_code == 403
    assert portal.client.get("/", follow_redirects=False).status_code == 200


def test_every_form_of_the_portal_needs_the_token(portal):
    sign_in(portal, "admin")
    posts = {route.path_format for route in portal.app.routes for handler in getattr(route, "route_handlers", [])
             if "POST" in handler.http_methods and not route.path_format.startswith("/api")}  # fmt: skip
    for path in sorted(posts - {"/login", "/choices"}):
        answer = portal.client.post(path.replace("{", "").replace("}", ""), data={"a": "b"}, follow_redirects=False)
        assert answer.status_code == 403, path


def test_pages_are_kept_by_nobody_and_files_for_good(portal):
    sign_in(portal, "ani")
    for path in ("/", "/my-history", "/my-data", "/my-data/file"):
        assert portal.client.get(path).headers["cache-control"] == "no-store"
    answer = portal.client.get(asset("portal.css")[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert portal.client.get("/assets/0/portal.css").headers["cache-control"] == "no-cache"
    assert portal.client.get("/assets/0/page.py").status_code == 404


def test_a_page_that_is_not_there_is_a_page_and_the_api_keeps_its_problems(portal):
    sign_in(portal, "ani")
    answer = portal.client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>" in answer.text
    assert portal.get("/nowhere").headers["content-type"] == "application/problem+json"


def test_signing_out_ends_the_session_itself(portal):
    token = sign_in(portal, "ani")
    cookie = portal.client.cookies["bangkom_session"]
    answer = portal.client.post("/logout", data={"csrf": token}, follow_redirects=False)
    assert answer.headers["location"].startswith("/login")
    portal.client.cookies.set("bangkom_session", cookie)
    assert portal.client.get("/", follow_redirects=False).status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_password_by_hand(browsing, scripts):
    name = "dedi" if scripts else "citra"
    new = f"an even longer secret {scripts}"
    with browsing.page(scripts=scripts) as page:
        page.fill("#name", name)
        page.fill("#password", SECRET)
        page.locator("main form button").last.click()
        page.get_by_role("link", name="Ubah kata sandi").click()
        page.get_by_label("Kata sandi sekarang").fill(SECRET)
        page.get_by_label("Kata sandi baru", exact=True).fill("short")
        page.get_by_label("Ulangi kata sandi baru").fill("short")
        page.get_by_role("button", name="Simpan kata sandi").click()
        assert page.locator("#new[aria-invalid=true]").count() == 1
        if scripts:
            assert faults_of(page) == []
        for label, text in (("Kata sandi sekarang", SECRET), ("Ulangi kata sandi baru", new)):
            page.get_by_label(label).fill(text)
        page.get_by_label("Kata sandi baru", exact=True).fill(new)
        page.get_by_role("button", name="Simpan kata sandi").click()
        assert page.get_by_role("status").inner_text() == "Kata sandi baru Anda sudah berlaku."
        page.get_by_role("button", name="Keluar").click()
        assert page.get_by_role("status").inner_text() == "Anda sudah keluar."
        page.go_back()
        assert page.get_by_role("button", name="Keluar").count() == 0  # nothing was kept


@pytest.mark.browser
def test_language_and_zone_are_the_readers_choice(browsing):
    with browsing.page("ani") as page:
        assert page.locator("html").get_attribute("lang") == "id"
        page.get_by_role("button", name="English").click()
        assert page.get_by_role("heading", level=2, name="Where I stand against my position").count() == 1
        page.get_by_label("Times are shown in").select_option("WIT")
        page.get_by_role("button", name="Change", exact=True).click()
        assert page.get_by_label("Times are shown in").input_value() == "WIT"
