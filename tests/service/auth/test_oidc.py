"""The portal's log-in at the identity provider, from the first redirect to the session."""

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from service.auth.authenticator import Authenticator
from service.auth.journal import list_entries
from service.auth.passwords import Passwords
from service.auth.settings import AuthSettings, OidcSettings
from tests.service.auth.conftest import NIP, OTHER_NIP, QUICK
from tests.service.auth.identity_provider import AUDIENCE, CLIENT, SECRET, IdentityProvider
from training_catalog.errors import InputError, NotAuthenticatedError


@pytest.fixture(scope="module")
def provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def settings(provider):
    return AuthSettings(oidc=OidcSettings(
        issuer=provider.issuer, audience=AUDIENCE, client_id=CLIENT, client_secret=SECRET, employee_claim="nip",
        redirect_url="https://bangkom.example/login/back",
    ))  # fmt: skip


@pytest.fixture(autouse=True)
def ani(accounts):
    accounts.add("ani", role="supervisor", password=None, employee=NIP)


def code_of(call, *arguments):
    with pytest.raises(NotAuthenticatedError) as refused:
        call(*arguments)
    return refused.value.code


def test_a_person_logs_in_at_the_provider(authenticator, provider, database):
    url, kept = authenticator.oidc.begin()
    assert url.startswith(f"{provider.issuer}/authorize?")
    session = authenticator.oidc.finish(*provider.consent(url, nip=NIP), kept)
    caller = authenticator.by_session(session.token)
    assert caller == session.caller
    assert (caller.subject, caller.kind) == (f"oidc:{provider.issuer}|s-1", "session")
    assert (caller.role, caller.employee, caller.units) == ("supervisor", NIP, {"U-1"})
    told = {(one.entry.kind, one.entry.subject) for one in list_entries(database)}
    assert told == {("user-added", "user:ani"), ("user-tied", "user:ani"), ("log-in", caller.subject)}
    url, kept = authenticator.oidc.begin()
    again = authenticator.oidc.finish(*provider.consent(url), kept, replaces=session.token)
    assert again.caller == caller
    assert code_of(authenticator.by_session, session.token) == "session-ended"


def test_no_two_log_ins_share_a_secret_and_the_browser_is_told_none(authenticator):
    begun = [authenticator.oidc.begin() for _ in range(2)]
    assert len({part for _, kept in begun for part in json.loads(base64.urlsafe_b64decode(kept + "=="))[:3]}) == 6
    for url, kept in begun:
        state, nonce, verifier, _ = json.loads(base64.urlsafe_b64decode(kept + "=="))
        asked = parse_qs(urlsplit(url).query)
        assert (asked["state"], asked["nonce"]) == ([state], [nonce])
        assert verifier not in url
        assert SECRET not in url


def test_a_log_in_that_was_not_begun_here_is_refused(authenticator, provider, clock):
    url, kept = authenticator.oidc.begin()
    _, other = authenticator.oidc.begin()
    code, state = provider.consent(url, nip=NIP)
    finish = authenticator.oidc.finish
    for wrong in (
        ("other", state, kept), (code, "other", kept), (code, state, other), (code, state, ""), ("", state, kept),
        (code, "\ud800", kept), (code, state, "ä"), ("x" * 5000, state, kept), ("\ud800", state, kept),
    ):  # fmt: skip
        assert code_of(finish, *wrong) == "login-not-begun"
    assert finish(code, state, kept)
    assert code_of(finish, code, state, kept) == "login-not-begun"  # a code is good once
    url, kept = authenticator.oidc.begin()
    clock.pass_by(minutes=11)
    assert code_of(finish, *provider.consent(url, nip=NIP), kept) == "login-not-begun"


@pytest.mark.parametrize(
    ("claims", "code"),
    [({"nonce": "other"}, "invalid-token"), ({"aud": AUDIENCE}, "invalid-token"), ({"exp": 5}, "token-expired"),
     ({"nip": OTHER_NIP, "sub": "s-9"}, "unknown-person"), ({"nip": None}, "unknown-person")],
)  # fmt: skip
def test_what_the_provider_says_is_checked(authenticator, provider, claims, code):
    url, kept = authenticator.oidc.begin()
    assert code_of(authenticator.oidc.finish, *provider.consent(url, **({"nip": NIP} | claims)), kept) == code


def test_the_role_of_a_configured_claim_is_the_one_of_the_session_and_logged(database, settings, provider, clock):
    oidc = replace(settings.oidc, role_claim="peran", units_claim="unit")
    authenticator = Authenticator(database, replace(settings, oidc=oidc), clock, Passwords(QUICK))
    url, kept = authenticator.oidc.begin()
    session = authenticator.oidc.finish(*provider.consent(url, nip=NIP, peran="planner", unit=["U-2"]), kept)
    caller = authenticator.by_session(session.token)
    assert (caller.role, caller.units) == ("planner", {"U-2"})
    stored = [one.entry for one in list_entries(database) if one.entry.kind == "claims-stored"]
    assert [entry.details for entry in stored] == [{"before": ["supervisor", []], "after": ["planner", ["U-2"]]}]


def test_a_wrong_secret_of_the_client_is_the_offices_trouble_not_the_persons(database, settings, provider, clock):
    oidc = replace(settings.oidc, client_secret="wrong")  # noqa: S106
    authenticator = Authenticator(database, replace(settings, oidc=oidc), clock, Passwords(QUICK))
    url, kept = authenticator.oidc.begin()
    assert code_of(authenticator.oidc.finish, *provider.consent(url, nip=NIP), kept) == "provider-unavailable"


def test_an_office_without_a_client_says_what_is_missing(database, settings, clock):
    oidc = replace(settings.oidc, client_id="")
    authenticator = Authenticator(database, replace(settings, oidc=oidc), clock, Passwords(QUICK))
    with pytest.raises(InputError, match="BANGKOM_OIDC_CLIENT_ID"):
        authenticator.oidc.begin()
