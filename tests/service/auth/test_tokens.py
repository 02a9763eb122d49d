"""Tokens of the identity provider: those that pass, and all those that must not."""

import base64
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from service.auth.authenticator import Authenticator
from service.auth.caller import Caller
from service.auth.journal import list_entries
from service.auth.passwords import Passwords
from service.auth.provider import FRESH, KEPT, Provider
from service.auth.settings import AuthSettings, OidcSettings
from service.auth.tokens import Tokens
from tests.examples import tries
from tests.offices import copied_file, empty_tables
from tests.service.auth.conftest import NIP, OTHER_NIP, PASSWORD, QUICK, Clock, office
from tests.service.auth.identity_provider import AUDIENCE, IdentityProvider
from training_catalog.errors import NotAuthenticatedError


@pytest.fixture(scope="module")
def shared():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def database_url(tmp_path):
    return copied_file(tmp_path / "office.db", empty_tables)


@pytest.fixture
def settings(shared):
    return AuthSettings(oidc=OidcSettings(issuer=shared.issuer, audience=AUDIENCE, employee_claim="nip"))


@pytest.fixture(autouse=True)
def ani(accounts):
    accounts.add("ani", role="planner", password=PASSWORD, employee=NIP, units=["U-2"])


def code_of(call, *arguments):
    with pytest.raises(NotAuthenticatedError) as refused:
        call(*arguments)
    return refused.value.code


def segment(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def test_a_token_is_its_person(authenticator, shared):
    caller = authenticator.by_token(shared.token(nip=NIP))
    assert caller.subject == f"oidc:{shared.issuer}|s-1"
    assert (caller.kind, caller.role, caller.employee, caller.units) == ("token", "planner", NIP, {"U-2"})
    assert not caller.must_change_password
    assert authenticator.by_token(shared.token()) == caller  # known by now without the number


def _now(seconds):
    return int(time.time()) + seconds


def _claims(provider, more):
    now = int(time.time())
    return {"iss": provider.issuer, "aud": AUDIENCE, "sub": "s-1", "exp": now + 300, "nip": NIP} | more


def _signed(provider, more, algorithm="RS256"):
    return _raw(provider, json.dumps(_claims(provider, more)).encode(), algorithm)


def _raw(provider, payload, algorithm="RS256"):
    return jwt.api_jws.encode(payload, provider.keys["k1"], algorithm, {"kid": "k1"})


def _confused(provider):
    """Return a token signed with the public key as if it were a shared secret."""
    public = provider.keys["k1"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = f"{segment({'alg': 'HS256', 'kid': 'k1'})}.{segment(_claims(provider, {}))}"
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
    return f"{signed}.{segment(signature)}"


def _without_kid(provider):
    return jwt.api_jws.encode(json.dumps(_claims(provider, {})).encode(), provider.keys["k1"], "RS256")


REFUSED = {
    "alg none": (lambda _: f"{segment({'alg': 'none'})}.{segment({'sub': '1'})}.", "invalid-token"),
    "alg none with a key id": (
        lambda p: f"{segment({'alg': 'none', 'kid': 'k1'})}.{p.token(nip=NIP).split('.')[1]}.AA", "invalid-token"),
    "wrong audience": (lambda p: p.token(nip=NIP, aud="aplikasi-lain"), "invalid-token"),
    "audience of numbers": (lambda p: p.token(nip=NIP, aud=[5]), "invalid-token"),
    "expired 10 min": (lambda p: p.token(nip=NIP, exp=_now(-600)), "token-expired"),
    "not yet": (lambda p: p.token(nip=NIP, nbf=_now(600)), "token-not-yet-valid"),
    "made in the future": (lambda p: p.token(nip=NIP, iat=_now(600)), "token-not-yet-valid"),
    "no exp": (lambda p: p.token(nip=NIP, without=["exp"]), "invalid-token"),
    "no aud": (lambda p: p.token(nip=NIP, without=["aud"]), "invalid-token"),
    "no iss": (lambda p: p.token(nip=NIP, without=["iss"]), "invalid-token"),
    "no sub": (lambda p: p.token(nip=NIP, without=["sub"]), "invalid-token"),
    "empty sub": (lambda p: p.token(nip=NIP, sub=""), "invalid-token"),
    "sub with NUL": (lambda p: p.token(nip=NIP, sub="a\0b"), "invalid-token"),
    "exp = text": (lambda p: p.token(nip=NIP, exp=str(_now(600))), "invalid-token"),
    "exp = true": (lambda p: p.token(nip=NIP, exp=True), "token-expired"),
    "exp without end": (lambda p: p.token(nip=NIP, exp=1e400), "invalid-token"),
    "nbf = text": (lambda p: p.token(nip=NIP, nbf="1"), "invalid-token"),
    "iss = list": (lambda p: _signed(p, {"iss": [p.issuer]}), "invalid-token"),
    "another issuer": (lambda p: p.token(nip=NIP, iss="https://lain.example"), "invalid-token"),
    "sub = number": (lambda p: _signed(p, {"sub": 5}), "invalid-token"),
    "number as a number": (lambda p: p.token(nip=199003152014021987), "invalid-token"),
    "payload is a list": (lambda p: _raw(p, b"[1]"), "invalid-token"),
    "payload is no JSON": (lambda p: _raw(p, b"\xff{"), "invalid-token"),
    "payload is deep": (lambda p: _raw(p, b"[" * 3000), "invalid-token"),
    "key confusion": (_confused, "invalid-token"),
    "no kid": (_without_kid, "invalid-token"),
    "unknown kid": (lambda p: p.token(nip=NIP, headers={"kid": "k9"}), "invalid-token"),
    "kid = path": (lambda p: p.token(nip=NIP, headers={"kid": "../../dev/null"}), "invalid-token"),
    "crit": (lambda p: p.token(nip=NIP, headers={"crit": ["b64"], "b64": True}), "invalid-token"),
    "another algorithm": (lambda p: _signed(p, {}, "RS512"), "invalid-token"),
    "changed by one character": (lambda p: p.token(nip=NIP)[:-10] + "AAAAAAAAAA", "invalid-token"),
    "too long": (lambda p: p.token(nip=NIP, more="x" * 8192), "invalid-token"),
    "with an address of keys": (
        lambda p: p.token(nip=NIP, headers={"kid": "k9", "jku": f"{p.issuer}/keys"}), "invalid-token"),
    "an API key": (lambda _: "bk_aaaaaaaaaa_" + "a" * 43, "invalid-token"),
    "nothing": (lambda _: "", "invalid-token"),
}  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory, shared):
    """One authenticator for all tokens that must not pass."""
    database = office(f"sqlite:///{tmp_path_factory.mktemp('door') / 'office.db'}", Clock())
    oidc = OidcSettings(issuer=shared.issuer, audience=AUDIENCE, employee_claim="nip", create="employee")
    return Authenticator(database, AuthSettings(oidc=oidc), passwords=Passwords(QUICK))


def test_a_good_token_passes_the_door_of_those_that_must_not(door, shared):
    assert door.by_token(shared.token(nip=NIP)).employee == NIP
    assert door.by_token(_signed(shared, {})).employee == NIP


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_must_not_pass_is_refused_with_one_line_and_without_itself(door, shared, caplog, name):
    make, code = REFUSED[name]
    token = make(shared)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotAuthenticatedError) as refused:
        door.by_token(token)
    assert refused.value.code == code
    lines = [record.getMessage() for record in caplog.records if record.name == "bangkom.auth"]
    assert lines == [f"refused: token: {code}"]
    assert not any(part in caplog.text + str(refused.value) for part in token.split(".") if len(part) > 20)


@pytest.mark.parametrize(("leeway", "passes"), [(30, True), (0, False)])
def test_a_token_of_a_second_ago_passes_only_within_the_leeway(database, settings, shared, leeway, passes):
    oidc = replace(settings.oidc, leeway=timedelta(seconds=leeway))
    authenticator = Authenticator(database, replace(settings, oidc=oidc), passwords=Passwords(QUICK))
    token = shared.token(nip=NIP, exp=_now(-1))
    if passes:
        assert authenticator.by_token(token).employee == NIP
    else:
        assert code_of(authenticator.by_token, token) == "token-expired"


@pytest.mark.parametrize("without", ["disabled", "unknown", "somebody else's number"])
def test_a_good_token_of_who_may_not_come_in_is_refused(authenticator, accounts, shared, without):
    if without == "disabled":
        accounts.disable("ani")
        assert code_of(authenticator.by_token, shared.token(nip=NIP)) == "account-disabled"
    elif without == "unknown":
        assert code_of(authenticator.by_token, shared.token(nip=OTHER_NIP)) == "unknown-person"
        assert code_of(authenticator.by_token, shared.token()) == "unknown-person"
    else:
        authenticator.by_token(shared.token(nip=NIP))
        assert code_of(authenticator.by_token, shared.token(nip=NIP, sub="s-2")) == "unknown-person"


def test_who_is_on_file_as_an_employee_is_added_only_where_the_settings_say_so(database, settings, shared):
    oidc = replace(settings.oidc, create="employee")
    authenticator = Authenticator(database, replace(settings, oidc=oidc), passwords=Passwords(QUICK))
    caller = authenticator.by_token(shared.token(nip=OTHER_NIP, sub="s-7"))
    assert (caller.role, caller.employee) == ("employee", OTHER_NIP)
    assert code_of(authenticator.by_token, shared.token(nip="7", sub="s-8")) == "unknown-person"
    assert {one.entry.kind for one in list_entries(database)} == {"user-added"}


@pytest.mark.parametrize(
    ("role_claim", "claims", "role"),
    [
        ("", {"role": "admin", "roles": ["admin"]}, "planner"),
        ("peran", {"role": "admin", "peran": "supervisor"}, "supervisor"),
        ("peran", {"peran": ["x", "employee", "admin"]}, "admin"),
        ("peran", {"role": "admin"}, "employee"),
        ("realm_access.roles", {"realm_access": {"roles": ["planner"]}}, "planner"),
        ("realm_access.roles", {"realm_access": "admin"}, "employee"),
        ("peran", {"peran": {"admin": True}}, None),
        ("peran", {"peran": [["admin"]]}, None),
    ],
)
def test_a_role_comes_from_the_configured_claim_alone(database, settings, shared, role_claim, claims, role):
    oidc = replace(settings.oidc, role_claim=role_claim, units_claim="unit" if role_claim else "")
    authenticator = Authenticator(database, replace(settings, oidc=oidc), passwords=Passwords(QUICK))
    token = shared.token(nip=NIP, unit=["U-1"], **claims)
    if role is None:
        assert code_of(authenticator.by_token, token) == "invalid-token"
    else:
        caller = authenticator.by_token(token)
        assert caller.role == role
        if role == "planner":
            assert caller.units == ({"U-1"} if role_claim else {"U-2"})


@example("a.b.c")
@example("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")
@example("bs_" + "a" * 43)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", fullmatch=True))
@runs(max_examples=tries(40, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_caller_or_a_refusal(door, text):
    for way in (door.by_token, door.by_key, door.by_session):
        with suppress(NotAuthenticatedError):
            assert isinstance(way(text), Caller)


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)), max_leaves=6)  # fmt: skip


@given(st.sampled_from(["sub", "iss", "aud", "exp", "nbf", "iat", "nip", "jti"]), _JSON)
@runs(max_examples=tries(30, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_in_a_signed_token_is_a_caller_or_a_refusal(door, shared, name, value):
    with suppress(NotAuthenticatedError):
        assert isinstance(door.by_token(_signed(shared, {name: value})), Caller)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "b64", "x5c"]), _JSON | st.just("RS256")))
@runs(max_examples=tries(30, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_header_is_a_refusal_where_nothing_was_signed(door, header):
    with pytest.raises(NotAuthenticatedError):
        door.by_token(f"{segment(header)}.{segment({'sub': '1'})}.AAAA")


class Seconds:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def tokens(provider, seconds):
    oidc = OidcSettings(issuer=provider.issuer, audience=AUDIENCE, timeout=2)
    return Tokens(Provider(oidc, seconds))


def test_a_key_that_is_new_is_fetched_and_the_one_before_is_believed_for_an_hour(provider, tokens, seconds):
    old = provider.token(exp=_now(9000))
    assert tokens.identity(old, AUDIENCE).subject == "s-1"
    provider.rotate("k2", kind="ES256", keep=False)
    seconds.now += 60
    assert tokens.identity(provider.token(), AUDIENCE)
    assert tokens.identity(old, AUDIENCE)
    seconds.now = KEPT - 1
    assert tokens.identity(old, AUDIENCE)
    seconds.now = KEPT
    assert code_of(tokens.identity, old, AUDIENCE) == "invalid-token"
    assert tokens.identity(provider.token(), AUDIENCE)


def test_unknown_keys_are_asked_for_at_most_once_in_a_while(provider, tokens, seconds):
    tokens.identity(provider.token(), AUDIENCE)
    for n in range(20):
        seconds.now += 2.5
        assert code_of(tokens.identity, provider.token(headers={"kid": f"x{n}"}), AUDIENCE) == "invalid-token"
    assert provider.asked.count("/keys") == 1
    seconds.now += 10
    code_of(tokens.identity, provider.token(headers={"kid": "x"}), AUDIENCE)
    assert provider.asked.count("/keys") == 2


def test_many_at_once_fetch_the_keys_once(provider, tokens):
    provider.delay = 0.1
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tokens.identity(provider.token(), AUDIENCE).subject, range(16)))
    assert found == ["s-1"] * 16
    assert provider.asked.count("/keys") == 1


def test_a_provider_that_is_down_stops_nobody_whose_key_is_known(provider, tokens, seconds):
    token = provider.token()
    provider.is_down = True
    assert code_of(tokens.identity, token, AUDIENCE) == "provider-unavailable"
    provider.is_down = False
    assert code_of(tokens.identity, token, AUDIENCE) == "provider-unavailable"  # asked a moment ago
    seconds.now = 60
    assert tokens.identity(token, AUDIENCE)
    provider.is_down = True
    seconds.now += FRESH
    assert tokens.identity(token, AUDIENCE)


@pytest.mark.parametrize(
    "keys",
    [b"", b"[" * 100_000, b"x" * (2 << 20), [], {"keys": 5}, {"keys": [5, {"kty": "oct", "kid": "k1", "k": "AAAA"}]},
     {"keys": [{"kty": "RSA", "kid": "k1", "n": "x", "e": "AQAB"}]}],
    ids=["nothing", "deep", "large", "list", "number", "shared secret", "broken"],
)  # fmt: skip
def test_what_is_no_set_of_keys_refuses_tokens_and_breaks_nothing(provider, tokens, keys):
    provider.answers["/keys"] = keys
    assert code_of(tokens.identity, provider.token(), AUDIENCE) in ("invalid-token", "provider-unavailable")


def test_a_document_of_another_issuer_is_not_believed(provider, tokens):
    provider.answers["/.well-known/openid-configuration"] = {
        "issuer": "https://lain.example", "authorization_endpoint": f"{provider.issuer}/authorize",
        "token_endpoint": f"{provider.issuer}/token", "jwks_uri": f"{provider.issuer}/keys",
    }  # fmt: skip
    assert code_of(tokens.identity, provider.token(), AUDIENCE) == "provider-unavailable"
    assert "/keys" not in provider.asked


def test_an_answer_that_does_not_come_is_not_waited_for(provider):
    provider.delay = 3
    tokens = Tokens(Provider(OidcSettings(issuer=provider.issuer, audience=AUDIENCE, timeout=0.3)))
    begun = time.monotonic()
    assert code_of(tokens.identity, provider.token(), AUDIENCE) == "provider-unavailable"
    assert time.monotonic() - begun < 2.5


def test_a_key_that_names_no_algorithm_is_good_for_the_accepted_ones_alone(provider, tokens):
    del provider.published[0]["alg"]
    assert tokens.identity(_signed(provider, {}), AUDIENCE)
    for token in (_signed(provider, {}, "RS512"), _signed(provider, {}, "PS256"), _confused(provider)):
        assert code_of(tokens.identity, token, AUDIENCE) == "invalid-token"
