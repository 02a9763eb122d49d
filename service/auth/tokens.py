"""Signed tokens of the identity provider: issuer, audience, algorithm, times and types, or a refusal."""

import re
from dataclasses import dataclass
from typing import Any

import jwt

from service.auth.caller import EMPLOYEE, ROLES
from service.auth.provider import Provider
from service.auth.settings import OidcSettings
from training_catalog.errors import NotAuthenticatedError

LONGEST_TOKEN = 8192  # characters
LONGEST_CLAIM = 256
MOST_VALUES = 1000
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_REQUIRED = ["iss", "aud", "exp", "sub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the identity provider says it is.

    Parameters
    ----------
    issuer, subject : Together one person, for good.
    role, units, employee : From the claims that are configured; None where none is.
    """

    issuer: str
    subject: str
    role: str | None
    units: tuple[str, ...] | None
    employee: str | None


class Tokens:
    """Checks of tokens.

    Parameters
    ----------
    provider : Whose keys sign them.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider, self.settings = provider, provider.settings

    def identity(self, token: str, audience: str, nonce: str | None = None) -> Identity:
        """Return who a token is of.

        Raises
        ------
        NotAuthenticatedError
            For everything else, whatever it may be.
        """
        algorithm, key = self._key_of(token)
        try:
            claims = jwt.decode(
                token, key.key, algorithms=[algorithm], audience=audience, issuer=self.settings.issuer,
                leeway=self.settings.leeway, options={"require": _REQUIRED},
            )  # fmt: skip
            _check_types(claims)
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticatedError("token-expired") from error
        except jwt.ImmatureSignatureError as error:
            raise NotAuthenticatedError("token-not-yet-valid") from error
        except Exception as error:  # whatever a stranger's token does to the library is a refusal
            raise NotAuthenticatedError("invalid-token") from error
        if nonce is not None and claims.get("nonce") != nonce:
            raise NotAuthenticatedError("invalid-token")
        return identity_of(claims, self.settings)

    def _key_of(self, token: str) -> tuple[str, jwt.PyJWK]:
        """Return the algorithm that a token names, if it is accepted, and its key, if it is one for that."""
        if len(token) > LONGEST_TOKEN or not _FORM.fullmatch(token):
            raise NotAuthenticatedError("invalid-token")
        try:
            header = jwt.get_unverified_header(token)
        except Exception as error:
            raise NotAuthenticatedError("invalid-token") from error
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self.settings.algorithms or "crit" in header:
            raise NotAuthenticatedError("invalid-token")
        if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_CLAIM:
            raise NotAuthenticatedError("invalid-token")
        key = self.provider.key(kid)
        declared = key._jwk_data.get("alg", algorithm)  # noqa: SLF001 (the library tells it no other way)
        if declared != algorithm:
            raise NotAuthenticatedError("invalid-token")
        return str(algorithm), key


def _check_types(claims: dict[str, Any]) -> None:
    """Refuse what the library lets pass: times that are texts or truth values."""
    for name in ("exp", "nbf", "iat"):
        if name in claims and (isinstance(claims[name], bool) or not isinstance(claims[name], int | float)):
            raise TypeError(name)
    if _text(claims["sub"]) is None:
        raise TypeError("sub")


def identity_of(claims: dict[str, Any], settings: OidcSettings) -> Identity:
    """Return the identity in checked claims; no claim but those configured is looked at.

    Raises
    ------
    NotAuthenticatedError
        When a configured claim is not of its type.
    """
    role = units = employee = None
    if settings.role_claim:
        named = _texts(_claim(claims, settings.role_claim))
        role = max((word for word in named if word in ROLES), key=ROLES.index, default=EMPLOYEE)
    if settings.units_claim:
        units = _texts(_claim(claims, settings.units_claim))
    if settings.employee_claim:
        given = _claim(claims, settings.employee_claim)
        employee = _text(given)
        if given is not None and employee is None:
            raise NotAuthenticatedError("invalid-token")
    return Identity(issuer=settings.issuer, subject=claims["sub"], role=role, units=units, employee=employee)


def _claim(claims: dict[str, Any], name: str) -> object:
    """Return a claim by its name, or by its path with dots; None when there is none."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _texts(value: object) -> tuple[str, ...]:
    """Return a claim's texts: of one, of a list, of none."""
    values = [] if value is None else value if isinstance(value, list) else [value]
    found = tuple(text for each in values[:MOST_VALUES] if (text := _text(each)) is not None)
    if len(found) != len(values):
        raise NotAuthenticatedError("invalid-token")
    return found


def _text(value: object) -> str | None:
    """Return a text that can be stored and shown, or None."""
    is_text = isinstance(value, str) and 0 < len(value) <= LONGEST_CLAIM and value.isprintable()
    return value if is_text and isinstance(value, str) else None
