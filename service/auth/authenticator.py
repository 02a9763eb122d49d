"""The one place that says who is calling: by key, by token, by session, by name and password."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.caller import KEY, SESSION, SYSTEM, TOKEN, Caller
from service.auth.identities import admit, subject_of
from service.auth.journal import Entry, record
from service.auth.last_uses import LastUses
from service.auth.log_in import LogIn
from service.auth.oidc import OidcLogIn
from service.auth.passwords import Passwords
from service.auth.provider import Provider
from service.auth.random_tokens import digest_of, is_session_token, key_id_of, same_digest
from service.auth.sessions import Session, end_session, find_session, has_ended, must_change
from service.auth.settings import AuthSettings
from service.auth.tokens import Tokens
from service.auth.users import caller_of, user_of
from service.storage.access import API_KEYS
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.history import now
from service.storage.watch import Unchanged
from training_catalog.errors import NotAuthenticatedError

MOST_SESSIONS = 10_000  # at hand in a process
_LOG = logging.getLogger("bangkom.auth")


class Authenticator:
    """Says who is calling, or raises `NotAuthenticatedError`.

    Each call reads one row by its primary key, so that what was revoked, disabled or changed counts in the very next
    request; only a session that was read is at hand for as long as nobody has committed anything to the database.
    All but `session_at_hand` blocks; call it in a thread.

    Parameters
    ----------
    database : Where people, keys and sessions are stored.
    settings : From `AuthSettings.from_environment`.
    clock : Gives the moment.
    passwords : How passwords are hashed; with the library's defaults if None.
    """

    def __init__(
        self, database: Database, settings: AuthSettings, clock: Callable[[], datetime] = now,
        passwords: Passwords | None = None,
    ) -> None:  # fmt: skip
        self.database, self.settings, self.clock = database, settings, clock
        self.uses = LastUses(database.engine)
        self._sessions: Unchanged[str, tuple[Any, Caller]] = Unchanged(MOST_SESSIONS)
        self._door = LogIn(database.engine, settings, clock, passwords or Passwords())
        self.oidc: OidcLogIn | None = None
        self._tokens: Tokens | None = None
        if settings.oidc is not None:
            provider = Provider(settings.oidc)
            self._tokens, self.oidc = Tokens(provider), OidcLogIn(database, settings, provider)

    def by_key(self, key: str) -> Caller:
        """Return whose an API key is."""
        with _told("key"):
            key_id = key_id_of(key)
            if key_id is None:
                raise NotAuthenticatedError("invalid-key")
            with transaction(self.database.engine) as connection:
                row = connection.execute(sa.select(API_KEYS).where(API_KEYS.c.key_id == key_id)).first()
            if row is None or not same_digest(key, row.digest):
                raise NotAuthenticatedError("invalid-key")
            moment = self.clock()
            if row.revoked_at is not None:
                raise NotAuthenticatedError("key-revoked")
            if row.expires_at is not None and row.expires_at <= moment:
                raise NotAuthenticatedError("key-expired")
            self.uses.note((KEY, key_id), row.used_at, moment)
            units = None if row.units is None else frozenset(json.loads(row.units))
            return Caller(subject=f"key:{key_id}", kind=KEY, role=SYSTEM, employee=None, units=units,
                          scopes=frozenset(json.loads(row.scopes)))  # fmt: skip

    def by_token(self, bearer: str) -> Caller:
        """Return whose a bearer token is: a session's, which has a form of its own, or the identity provider's."""
        if is_session_token(bearer):
            return self.by_session(bearer)
        with _told("token"):
            if self._tokens is None or self.settings.oidc is None:
                raise NotAuthenticatedError("invalid-token")
            identity = self._tokens.identity(bearer, self.settings.oidc.audience)
            user = admit(self.database, identity, self.settings.oidc)
            with transaction(self.database.engine) as connection:
                return caller_of(connection, user, subject=subject_of(identity), kind=TOKEN)

    def by_session(self, cookie: str, mark: object | None = None) -> Caller:
        """Return whose a session is.

        Parameters
        ----------
        cookie : Its token.
        mark : From `ChangeWatch.mark`, taken before: the session is at hand under it afterwards.
        """
        with _told("session"):
            if not is_session_token(cookie):
                raise NotAuthenticatedError("session-ended")
            with transaction(self.database.engine) as connection:
                row = find_session(connection, cookie)
                if row is None or row.disabled_at is not None:
                    raise NotAuthenticatedError("session-ended")
                user, subject = user_of(row), row.session_subject
                caller = caller_of(connection, user, subject=subject, kind=SESSION,
                                   must_change_password=must_change(user, subject))  # fmt: skip
            if not self._goes_on(row):
                raise NotAuthenticatedError("session-ended")
            if mark is not None:
                self._sessions.keep(mark, row.digest, (row, caller))
            return caller

    def session_at_hand(self, cookie: str, mark: object) -> Caller | None:
        """Return whose a session is without a look at the database, where nobody has changed that since the last one.

        What time ends is looked at as ever.

        Returns
        -------
        None where `by_session` has to be asked.
        """
        row, caller = self._sessions.find(mark, digest_of(cookie)) or (None, None)
        return caller if row is not None and self._goes_on(row) else None

    def _goes_on(self, row: Any) -> bool:  # noqa: ANN401 (a row of the database)
        """Note that a session is used; False where time has ended it."""
        moment = self.clock()
        seen_at = self.uses.latest((SESSION, row.digest), row.seen_at)
        if has_ended(row, seen_at, moment, self.settings):
            return False
        self.uses.note((SESSION, row.digest), row.seen_at, moment)
        return True

    def log_in(self, name: str, password: str, *, address: str | None = None, replaces: str | None = None) -> Session:
        """Open a session for a local account, in the place of the browser's session before, if any.

        Raises
        ------
        NotAuthenticatedError
            ``wrong-credentials`` for a wrong password, an unknown name and a disabled account alike; ``locked``.
        """
        with _told("log-in"):
            return self._door.open(name, password, address, replaces)

    def change_password(self, session: str, current: str, new: str, *, address: str | None = None) -> Session:
        """Set a new password; every session of the person ends, and a new one is opened.

        Raises
        ------
        InputError
            When the new password is not accepted.
        """
        self.by_session(session)
        with _told("password"):
            return self._door.change(session, current, new, address)

    def log_out(self, session: str) -> None:
        """End a session; one that has ended is no error."""
        if not is_session_token(session):
            return
        with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
            row = find_session(connection, session)
            if row is not None:
                end_session(connection, session)
                subject = row.session_subject
                record(connection, self.clock(), Entry(actor=subject, kind="log-out", subject=subject, details={}))

    def close(self) -> None:
        """Wait a moment for what is still being written."""
        self.uses.close()


@contextmanager
def _told(kind: str) -> Iterator[None]:
    """Write one line about a refusal, which names its code and nothing that was given."""
    try:
        yield
    except NotAuthenticatedError as refusal:
        _LOG.info("refused: %s: %s", kind, refusal.code)
        raise
