"""The door of the identity provider over HTTP: to it and back with a session in cookies."""

from litestar.testing import TestClient

from service.app import build
from service.auth.accounts import Accounts
from service.auth.settings import AuthSettings, OidcSettings
from tests.offices import copied_file
from tests.service.api.conftest import ANI, filled_office, parts_on, problem
from tests.service.auth.identity_provider import AUDIENCE, CLIENT, SECRET, IdentityProvider


def test_without_a_provider_there_is_no_door(service):
    for path in ("/auth/login", "/auth/callback"):
        assert service.client.get(path, follow_redirects=False).status_code == 404


def test_a_provider_that_does_not_answer_is_said_to_and_a_log_in_that_was_not_begun_is_refused(tmp_path):
    auth = AuthSettings.from_environment({
        "BANGKOM_OIDC_ISSUER": "http://127.0.0.1:9", "BANGKOM_OIDC_AUDIENCE": "bangkom",
        "BANGKOM_OIDC_CLIENT_ID": "portal", "BANGKOM_OIDC_REDIRECT_URL": "http://127.0.0.1:8000/auth/callback",
    })  # fmt: skip
    parts = parts_on(copied_file(tmp_path / "office.db", filled_office), auth, is_secure=False)
    with TestClient(build(parts), raise_server_exceptions=False) as client:
        away = client.get("/auth/login", follow_redirects=False)
        assert (problem(away)["status"], away.json()["type"]) == (503, "/problems/provider-unavailable")
        back = client.get("/auth/callback?code=x&state=y", follow_redirects=False)
        assert (problem(back)["status"], back.json()["type"]) == (401, "/problems/login-not-begun")
        assert "set-cookie" not in back.headers


def test_who_comes_back_from_the_provider_has_a_session_in_cookies(tmp_path):
    provider = IdentityProvider()
    auth = AuthSettings(oidc=OidcSettings(
        issuer=provider.issuer, audience=AUDIENCE, client_id=CLIENT, client_secret=SECRET, employee_claim="nip",
        redirect_url="https://bangkom.example/auth/callback",
    ))  # fmt: skip
    parts = parts_on(copied_file(tmp_path / "office.db", filled_office), auth, is_secure=False)
    Accounts(parts.database, "test").add("ani", role="employee", password=None, employee=ANI)
    with TestClient(build(parts), raise_server_exceptions=False) as client:
        away = client.get("/auth/login", follow_redirects=False)
        assert away.status_code == 302
        code, state = provider.consent(away.headers["location"], nip=ANI)
        back = client.get("/auth/callback", params={"code": code, "state": state}, follow_redirects=False)
        assert (back.status_code, back.headers["location"]) == (302, "/")
        cookies = [value for name, value in back.headers.multi_items() if name == "set-cookie"]
        assert all("SameSite=lax" in cookie for cookie in cookies)
        assert any("bangkom_session" in cookie and "HttpOnly" in cookie for cookie in cookies)
        me = client.get("/api/v1/me").json()
        assert (me["role"], me["employee"], me["kind"]) == ("employee", ANI, "session")
        assert client.delete("/api/v1/sessions/current").status_code == 403  # without its token
        token = client.cookies["bangkom_csrf"]
        assert client.delete("/api/v1/sessions/current", headers={"X-CSRF-Token": token}).status_code == 204
        assert client.get("/api/v1/me").status_code == 401
    provider.close()
