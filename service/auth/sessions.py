"""Sessions: opened, found, ended; the database knows their tokens by digest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.caller import SESSION, Caller
from service.auth.lockout import CLOCKS_DIFFER
from service.auth.random_tokens import csrf_token, digest_of, new_session_token
from service.auth.settings import AuthSettings
from service.auth.users import User, caller_of
from service.storage.access import SESSIONS, USERS

_OF_PROVIDER = "oidc:"
_FOUND = sa.select(
    USERS, SESSIONS.c.digest, SESSIONS.c.seen_at, SESSIONS.c.expires_at, SESSIONS.c.subject.label("session_subject")
).join(USERS, USERS.c.name == SESSIONS.c.name).where(SESSIONS.c.digest == sa.bindparam("digest"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that was just opened.

    Parameters
    ----------
    token : For the cookie, or as a bearer token; it can't be shown again.
    csrf : What forms of this session carry.
    caller : Whose it is.
    expires_at : When it ends in any case.
    """

    token: str
    csrf: str
    caller: Caller
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Session({self.caller.subject})"


def open_session(
    connection: sa.Connection, user: User, *, subject: str, now: datetime, settings: AuthSettings
) -> Session:
    """Open a session under a new token, and forget those that have ended."""
    token, expires_at = new_session_token(), now + settings.session_lifetime
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
    connection.execute(sa.insert(SESSIONS).values(
        digest=digest_of(token), name=user.name, subject=subject, created_at=now, seen_at=now, expires_at=expires_at
    ))  # fmt: skip
    caller = caller_of(connection, user, subject=subject, kind=SESSION,
                       must_change_password=must_change(user, subject))  # fmt: skip
    return Session(token=token, csrf=csrf_token(token), caller=caller, expires_at=expires_at)


def must_change(user: User, subject: str) -> bool:
    """Return whether a session is for nothing but a new password; never one of the identity provider's."""
    return user.must_change and not subject.startswith(_OF_PROVIDER)


def find_session(connection: sa.Connection, token: str) -> Any:  # noqa: ANN401 (a row of the database)
    """Return the row of a session with the columns of its user, or None; the session's subject is `session_subject`."""
    return connection.execute(_FOUND, {"digest": digest_of(token)}).first()


def has_ended(session: Any, last_use: datetime, now: datetime, settings: AuthSettings) -> bool:  # noqa: ANN401 (as above)
    """Return whether a session has ended: it is old, was not used, or was opened by a clock that ran ahead."""
    is_ahead = session.expires_at > now + settings.session_lifetime + CLOCKS_DIFFER
    return bool(session.expires_at <= now or is_ahead or last_use + settings.session_idle <= now)


def end_session(connection: sa.Connection, token: str) -> None:
    """End one session."""
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.digest == digest_of(token)))


def end_sessions(connection: sa.Connection, name: str) -> int:
    """End every session of a user, and return how many there were."""
    return connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.name == name)).rowcount
