"""What the environment says of access is checked at the start, by name and without secrets."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from service.auth import settings as module
from service.auth.caller import ROLE_SCOPES, ROLES, SCOPES
from service.auth.settings import AuthSettings
from training_catalog.errors import REFUSALS, InputError

DOC = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")
OIDC = {"BANGKOM_OIDC_ISSUER": "https://masuk.example", "BANGKOM_OIDC_AUDIENCE": "bangkom"}


def test_an_empty_environment_is_local_accounts_alone():
    assert AuthSettings.from_environment({}) == AuthSettings()


def test_every_setting_is_read(tmp_path):
    (tmp_path / "secret").write_text("rahasia\n", encoding="utf-8")
    read = AuthSettings.from_environment(OIDC | {
        "BANGKOM_SESSION_IDLE": "10", "BANGKOM_SESSION_LIFETIME": "60", "BANGKOM_LOCKOUT_FAILURES": "3",
        "BANGKOM_LOCKOUT_ADDRESS_FAILURES": "9", "BANGKOM_LOCKOUT_MINUTES": "5", "BANGKOM_LOG_ADDRESSES": "1",
        "BANGKOM_OIDC_CLIENT_ID": "portal", "BANGKOM_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "BANGKOM_OIDC_REDIRECT_URL": "https://bangkom.example/back", "BANGKOM_OIDC_ALGORITHMS": "ES256, PS256",
        "BANGKOM_OIDC_LEEWAY": "0", "BANGKOM_OIDC_ROLE_CLAIM": "peran", "BANGKOM_OIDC_UNITS_CLAIM": "unit",
        "BANGKOM_OIDC_NIP_CLAIM": "nip", "BANGKOM_OIDC_CREATE": "employee", "BANGKOM_OIDC_TIMEOUT": "2",
    })  # fmt: skip
    assert (read.session_idle, read.session_lifetime) == (timedelta(minutes=10), timedelta(minutes=60))
    assert (read.lockout_failures, read.address_failures, read.lockout) == (3, 9, timedelta(minutes=5))
    oidc = read.oidc
    assert (oidc.client_id, oidc.client_secret, oidc.algorithms) == ("portal", "rahasia", ("ES256", "PS256"))
    assert (oidc.leeway, oidc.role_claim, oidc.units_claim, oidc.employee_claim) == (
        timedelta(0), "peran", "unit", "nip",
    )  # fmt: skip
    assert (oidc.create, oidc.timeout, read.log_addresses) == ("employee", 2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANGKOM_SESSION_IDLE", "4"), ("BANGKOM_SESSION_LIFETIME", "soon"), ("BANGKOM_LOCKOUT_FAILURES", "0"),
        ("BANGKOM_LOCKOUT_MINUTES", "-1"), ("BANGKOM_LOG_ADDRESSES", "yes"), ("BANGKOM_OIDC_AUDIENCE", " "),
        ("BANGKOM_OIDC_ISSUER", "http://masuk.example"), ("BANGKOM_OIDC_ISSUER", "https://a:b@masuk.example"),
        ("BANGKOM_OIDC_ISSUER", "ftp://localhost"), ("BANGKOM_OIDC_ISSUER", "https://[x"),
        ("BANGKOM_OIDC_ALGORITHMS", "HS256"), ("BANGKOM_OIDC_ALGORITHMS", "RS256 none"),
        ("BANGKOM_OIDC_LEEWAY", "301"), ("BANGKOM_OIDC_CREATE", "admin"),
        ("BANGKOM_OIDC_CLIENT_SECRET_FILE", "no-such-file"), ("BANGKOM_OIDC_REDIRECT_URL", "bangkom.example"),
    ],
)  # fmt: skip
def test_a_setting_that_is_not_accepted_is_named(name, value):
    with pytest.raises(InputError, match=f"^{name}: "):
        AuthSettings.from_environment(OIDC | {name: value})


def test_a_provider_that_is_half_set_is_no_provider():
    with pytest.raises(InputError, match="BANGKOM_OIDC_AUDIENCE is set and BANGKOM_OIDC_ISSUER is not"):
        AuthSettings.from_environment({"BANGKOM_OIDC_AUDIENCE": "bangkom"})
    with pytest.raises(InputError, match="are both set") as refused:
        AuthSettings.from_environment(OIDC | {"BANGKOM_OIDC_CLIENT_SECRET": "rahasia",
                                              "BANGKOM_OIDC_CLIENT_SECRET_FILE": "x"})  # fmt: skip
    assert "rahasia" not in str(refused.value)


def test_settings_do_not_show_the_secret():
    assert "rahasia" not in repr(AuthSettings.from_environment(OIDC | {"BANGKOM_OIDC_CLIENT_SECRET": "rahasia"}))


def test_each_setting_role_scope_and_refusal_stands_in_the_doc():
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"BANGKOM_\w+[A-Z]\b", source)) == set(re.findall(r"BANGKOM_\w+[A-Z]\b", DOC))
    told = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| `([a-z: ]+)` \|$", DOC, re.MULTILINE))
    told = {role: set(scopes.split()) for role, scopes in told.items()}
    assert told == {role: ROLE_SCOPES[role] for role in ROLES if role != "admin"}
    assert ROLE_SCOPES["admin"] == set(SCOPES)
    rows = "".join(line.split("|")[1] for line in DOC.split("## Refusals")[1].splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([a-z-]+)`", rows)) == set(REFUSALS)
