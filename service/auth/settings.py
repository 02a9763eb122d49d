"""What the environment decides about who may come in; checked at the start, each error names its variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from service.auth.caller import EMPLOYEE
from training_catalog.errors import InputError, InvalidValueError

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOST_LEEWAY = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An identity provider.

    Parameters
    ----------
    issuer : Its address, as it stands in ``iss``.
    audience : What ``aud`` of an access token must name.
    client_id, client_secret : Of the portal; empty where only tokens are taken, or for a public client.
    redirect_url : Where the provider sends the portal's people back to.
    algorithms : Of signatures; asymmetric ones only.
    leeway : How far the clocks may differ.
    role_claim, units_claim, employee_claim : Claims that are believed; empty for none.
    create : Role of people who are not on file, ``employee``; empty to refuse them.
    timeout, refetch : Seconds to wait for an answer, and between two fetches of keys for an unknown one.
    """

    issuer: str
    audience: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_url: str = ""
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    leeway: timedelta = timedelta(seconds=30)
    role_claim: str = ""
    units_claim: str = ""
    employee_claim: str = ""
    create: str = ""
    timeout: float = 5
    refetch: float = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """Sessions, lockout and the identity provider.

    Parameters
    ----------
    session_idle, session_lifetime : A session ends when unused for so long, and after so long in any case.
    lockout_failures, address_failures : Wrong log-ins of a name, and from an address, until it is locked.
    lockout : For how long, and how long a failure counts.
    log_addresses : Whether the log of access keeps addresses.
    oidc : The identity provider; None for none.
    """

    session_idle: timedelta = timedelta(minutes=30)
    session_lifetime: timedelta = timedelta(hours=12)
    lockout_failures: int = 5
    address_failures: int = 50
    lockout: timedelta = timedelta(minutes=15)
    log_addresses: bool = False
    oidc: OidcSettings | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "AuthSettings":
        """Read every setting, and check it.

        Raises
        ------
        InputError
            When one is not accepted; it names the variable, and never says a secret.
        """
        given = os.environ if environment is None else environment
        return cls(
            session_idle=timedelta(minutes=_number(given, "BANGKOM_SESSION_IDLE", 30, 5, 1440)),
            session_lifetime=timedelta(minutes=_number(given, "BANGKOM_SESSION_LIFETIME", 720, 5, 43200)),
            lockout_failures=_number(given, "BANGKOM_LOCKOUT_FAILURES", 5, 1, 100),
            address_failures=_number(given, "BANGKOM_LOCKOUT_ADDRESS_FAILURES", 50, 1, 100_000),
            lockout=timedelta(minutes=_number(given, "BANGKOM_LOCKOUT_MINUTES", 15, 1, 1440)),
            log_addresses=_choice(given, "BANGKOM_LOG_ADDRESSES", ("0", "1")) == "1",
            oidc=_oidc(given),
        )


def _oidc(given: Mapping[str, str]) -> OidcSettings | None:
    issuer = given.get("BANGKOM_OIDC_ISSUER", "").strip()
    if not issuer:
        without = [name for name in sorted(given) if name.startswith("BANGKOM_OIDC_") and given[name]]
        if without:
            raise InputError("{field} is set and BANGKOM_OIDC_ISSUER is not", field=without[0])
        return None
    audience = given.get("BANGKOM_OIDC_AUDIENCE", "").strip()
    if not audience:
        raise InvalidValueError("BANGKOM_OIDC_AUDIENCE", "''", "the name of this service at the identity provider")
    return OidcSettings(
        issuer=_address("BANGKOM_OIDC_ISSUER", issuer), audience=audience,
        client_id=given.get("BANGKOM_OIDC_CLIENT_ID", "").strip(), client_secret=_secret(given),
        redirect_url=_address("BANGKOM_OIDC_REDIRECT_URL", given.get("BANGKOM_OIDC_REDIRECT_URL", "").strip()),
        algorithms=_algorithms(given),
        leeway=timedelta(seconds=_number(given, "BANGKOM_OIDC_LEEWAY", 30, 0, MOST_LEEWAY)),
        role_claim=given.get("BANGKOM_OIDC_ROLE_CLAIM", "").strip(),
        units_claim=given.get("BANGKOM_OIDC_UNITS_CLAIM", "").strip(),
        employee_claim=given.get("BANGKOM_OIDC_NIP_CLAIM", "").strip(),
        create=_choice(given, "BANGKOM_OIDC_CREATE", ("", EMPLOYEE)),
        timeout=_number(given, "BANGKOM_OIDC_TIMEOUT", 5, 1, 60),
    )  # fmt: skip


def _number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):  # noqa: PLR2004
        raise InvalidValueError(name, text, f"{least} - {most}")
    return int(text)


def _choice(given: Mapping[str, str], name: str, accepted: tuple[str, ...]) -> str:
    text = given.get(name, "").strip() or accepted[0]
    if text not in accepted:
        raise InvalidValueError(name, text, ", ".join(word for word in accepted if word))
    return text


def is_safe_address(text: str) -> bool:
    """Return whether an address is encrypted, or on this machine, and no more than an address."""
    try:
        parts = urlsplit(text)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        return is_safe and bool(parts.hostname) and not (parts.username or parts.password or parts.fragment)
    except ValueError:
        return False


def _address(name: str, text: str) -> str:
    if text and not is_safe_address(text):
        raise InvalidValueError(name, text, "an https address without account and fragment")
    return text


def _algorithms(given: Mapping[str, str]) -> tuple[str, ...]:
    words = given.get("BANGKOM_OIDC_ALGORITHMS", "").replace(",", " ").split() or ["RS256", "ES256"]
    for word in words:
        if word not in ASYMMETRIC:
            raise InvalidValueError("BANGKOM_OIDC_ALGORITHMS", word, ", ".join(ASYMMETRIC))
    return tuple(words)


def _secret(given: Mapping[str, str]) -> str:
    """Return the client's secret, from the environment or from the file that it names."""
    name = given.get("BANGKOM_OIDC_CLIENT_SECRET_FILE", "").strip()
    if not name:
        return given.get("BANGKOM_OIDC_CLIENT_SECRET", "").strip()
    if given.get("BANGKOM_OIDC_CLIENT_SECRET"):
        raise InputError("BANGKOM_OIDC_CLIENT_SECRET and BANGKOM_OIDC_CLIENT_SECRET_FILE are both set; one is accepted")
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InvalidValueError("BANGKOM_OIDC_CLIENT_SECRET_FILE", name, "a text file that can be read") from error
