"""What the identity provider publishes: its endpoints, and the keys it signs with, through their rotation."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from service.auth.settings import OidcSettings, is_safe_address
from training_catalog.errors import NotAuthenticatedError

LARGEST = 1 << 20  # bytes of an answer
MOST_KEYS = 64
FRESH, KEPT = (
    600,
    3600,
)  # seconds until keys are fetched again, and until a key that is no longer published is forgotten
ASYMMETRIC_KINDS = ("RSA", "EC", "OKP")
UNAVAILABLE = "provider-unavailable"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: what was checked is the address that was configured or published."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def fetch(url: str, timeout: float, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address, within a time and a size.

    Raises
    ------
    NotAuthenticatedError
        ``provider-unavailable`` when there is none to be had; ``login-not-begun`` when what was sent is refused.
    """
    deadline, parts, size = time.monotonic() + timeout, [], 0
    request = urllib.request.Request(url, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310 (checked)
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            while part := answer.read1(65536):
                parts.append(part)
                size += len(part)
                if size > LARGEST or time.monotonic() > deadline:
                    raise NotAuthenticatedError(UNAVAILABLE)
        found = json.loads(b"".join(parts))
    except urllib.error.HTTPError as error:
        error.close()
        is_wrong_code = body is not None and error.code == http.HTTPStatus.BAD_REQUEST
        raise NotAuthenticatedError("login-not-begun" if is_wrong_code else UNAVAILABLE) from error
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise NotAuthenticatedError(UNAVAILABLE) from error
    if not isinstance(found, dict):
        raise NotAuthenticatedError(UNAVAILABLE)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses that the provider publishes."""

    authorization: str
    token: str
    keys: str


class Provider:
    """One identity provider, asked as seldom as it can be.

    Parameters
    ----------
    settings : Its address and the times.
    seconds : A clock that never goes back.
    """

    def __init__(self, settings: OidcSettings, seconds: Callable[[], float] = time.monotonic) -> None:
        self.settings, self._seconds = settings, seconds
        self._fetching = threading.Lock()
        self._keys: dict[str, tuple[jwt.PyJWK, float]] = {}
        self._fetched, self._tried = float("-inf"), float("-inf")
        self._endpoints: tuple[Endpoints, float] | None = None

    def endpoints(self) -> Endpoints:
        """Return the published addresses, fetched again after some minutes."""
        known = self._endpoints
        if known is not None and self._seconds() - known[1] < FRESH:
            return known[0]
        issuer = self.settings.issuer
        found = fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration", self.settings.timeout)
        urls = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer") != issuer or not all(isinstance(url, str) and is_safe_address(url) for url in urls):
            raise NotAuthenticatedError(UNAVAILABLE)
        endpoints = Endpoints(authorization=str(urls[0]), token=str(urls[1]), keys=str(urls[2]))
        self._endpoints = (endpoints, self._seconds())
        return endpoints

    def key(self, kid: str) -> jwt.PyJWK:
        """Return the key of an id.

        Raises
        ------
        NotAuthenticatedError
            ``invalid-token`` for one that is not published, ``provider-unavailable`` when that could not be found out.

        Notes
        -----
        An unknown id makes the keys be fetched at most once in `refetch` seconds, whatever strangers send. A key that
        is published no longer is believed for an hour since it was last seen, as tokens signed by it are still around.
        """
        known = self._known(kid)
        if known is not None and self._seconds() - self._fetched < FRESH:
            return known
        if self._fetching.acquire(blocking=known is None, timeout=self.settings.timeout * 2 if known is None else -1):
            try:
                self._refetch(kid)
            finally:
                self._fetching.release()
        known = self._known(kid)
        if known is None:
            failed = self._tried > self._fetched
            raise NotAuthenticatedError(UNAVAILABLE if failed else "invalid-token")
        return known

    def _known(self, kid: str) -> jwt.PyJWK | None:
        found = self._keys.get(kid)
        return found[0] if found is not None and self._seconds() < found[1] else None

    def _refetch(self, kid: str) -> None:
        """Fetch the keys unless that was done a moment ago; on failure those at hand stay."""
        now = self._seconds()
        is_fresh = self._known(kid) is not None and now - self._fetched < FRESH
        if is_fresh or now - self._tried < self.settings.refetch:
            return
        self._tried = now
        try:
            published = fetch(self.endpoints().keys, self.settings.timeout).get("keys")
        except NotAuthenticatedError:
            return
        kept = {name: entry for name, entry in self._keys.items() if now < entry[1]}
        self._keys = kept | {name: (key, now + KEPT) for name, key in _usable(published).items()}
        self._fetched = now


def _usable(published: object) -> dict[str, jwt.PyJWK]:
    """Return the published keys that can check a signature; a shared secret is none."""
    found = {}
    for entry in published[:MOST_KEYS] if isinstance(published, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") not in ASYMMETRIC_KINDS:
            continue
        kid = entry.get("kid")
        if isinstance(kid, str) and kid and entry.get("use", "sig") == "sig":
            try:
                found[kid] = jwt.PyJWK(entry)
            except Exception:  # noqa: BLE001, S112 (one key that the library cannot read keeps none of the others out)
                continue
    return found
