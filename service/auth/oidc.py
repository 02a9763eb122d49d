"""Log-in at the identity provider: authorization code with PKCE, for the portal."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from urllib.parse import quote, urlencode

from service.auth.identities import admit, store_claims, subject_of
from service.auth.journal import Entry, record
from service.auth.provider import Provider, fetch
from service.auth.sessions import Session, end_session, open_session
from service.auth.settings import AuthSettings, OidcSettings
from service.auth.tokens import Tokens
from service.storage.database import Database
from service.storage.engine import transaction
from training_catalog.errors import InputError, NotAuthenticatedError

TIME = timedelta(minutes=10)  # from begin to finish
LONGEST_CODE = 4096
SCOPE = "openid profile"


class OidcLogIn:
    """The door of the identity provider.

    Parameters
    ----------
    database : Where people and sessions are.
    settings, provider : Of the office and of its provider.
    """

    def __init__(self, database: Database, settings: AuthSettings, provider: Provider) -> None:
        self.database, self.settings, self.provider = database, settings, provider
        self._tokens = Tokens(provider)

    def begin(self) -> tuple[str, str]:
        """Return where to send the browser, and what to keep in it until it comes back: a cookie of ten minutes.

        Raises
        ------
        InputError
            When the settings name no client.
        NotAuthenticatedError
            ``provider-unavailable``.
        """
        oidc = self._client()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = urlencode({
            "response_type": "code", "client_id": oidc.client_id, "redirect_uri": oidc.redirect_url, "scope": SCOPE,
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        })  # fmt: skip
        address = self.provider.endpoints().authorization
        kept = json.dumps([state, nonce, verifier, self.database.clock().timestamp()])
        return (
            f"{address}{'&' if '?' in address else '?'}{query}",
            base64.urlsafe_b64encode(kept.encode()).decode().rstrip("="),
        )

    def finish(self, code: str, state: str, kept: str, *, replaces: str | None = None) -> Session:
        """Exchange the code that the browser brought back, and open a session.

        Raises
        ------
        NotAuthenticatedError
            ``login-not-begun``, ``invalid-token``, ``unknown-person``, ``account-disabled``, ``provider-unavailable``.
        """
        oidc = self._client()
        nonce, verifier = self._begun(state, kept)
        if not 0 < len(code) <= LONGEST_CODE:
            raise NotAuthenticatedError("login-not-begun")
        identity = self._tokens.identity(self._exchange(oidc, code, verifier), oidc.client_id, nonce)
        subject = subject_of(identity)
        try:
            user = admit(self.database, identity, oidc)
        except NotAuthenticatedError as refusal:
            with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
                record(connection, self.database.clock(), Entry(actor=subject, kind="log-in", subject=subject,
                                                                outcome=refusal.code, details={}))  # fmt: skip
            raise
        with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
            now = self.database.clock()
            if replaces is not None:
                end_session(connection, replaces)
            store_claims(connection, user, identity, now)
            record(connection, now, Entry(actor=subject, kind="log-in", subject=subject, details={"user": user.name}))
            return open_session(connection, user, subject=subject, now=now, settings=self.settings)

    def _client(self) -> OidcSettings:
        oidc = self.provider.settings
        if not (oidc.client_id and oidc.redirect_url):
            raise InputError("log-in at the identity provider needs BANGKOM_OIDC_CLIENT_ID and "
                             "BANGKOM_OIDC_REDIRECT_URL")  # fmt: skip
        return oidc

    def _begun(self, state: str, kept: str) -> tuple[str, str]:
        """Return nonce and verifier of a log-in that this browser began."""
        try:
            known, nonce, verifier, begun = json.loads(base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)))
            is_known = hmac.compare_digest(known.encode(), state.encode())
            age = self.database.clock().timestamp() - begun
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise NotAuthenticatedError("login-not-begun") from error
        if not is_known or not 0 <= age <= TIME.total_seconds():
            raise NotAuthenticatedError("login-not-begun")
        if not (isinstance(nonce, str) and isinstance(verifier, str)):
            raise NotAuthenticatedError("login-not-begun")
        return nonce, verifier

    def _exchange(self, oidc: OidcSettings, code: str, verifier: str) -> str:
        """Return the identity token for a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": oidc.redirect_url,
                "client_id": oidc.client_id, "code_verifier": verifier}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if oidc.client_secret:
            pair = f"{quote(oidc.client_id, safe='')}:{quote(oidc.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        body = urlencode(form, errors="surrogatepass").encode()
        answer = fetch(self.provider.endpoints().token, oidc.timeout, body, headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotAuthenticatedError("invalid-token")
        return token
