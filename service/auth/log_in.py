"""Log-in with name and password: counted, locked, always the same work; and a new password."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

import sqlalchemy as sa

from service.auth.journal import DONE, Entry, record
from service.auth.lockout import (
    Origin,
    count_failure,
    forget_failures,
    is_locked,
    origin_of_address,
    origin_of_name,
)  # fmt: skip
from service.auth.passwords import Passwords, check_new_password
from service.auth.sessions import Session, end_session, end_sessions, find_session, open_session
from service.auth.settings import AuthSettings
from service.auth.users import User, find_user, is_name, tidy_name, update_user, user_of
from service.storage.engine import transaction
from training_catalog.errors import NotAuthenticatedError

WRONG, LOCKED = "wrong-credentials", "locked"


class LogIn:
    """The door for names and passwords.

    Parameters
    ----------
    engine : Of the database.
    settings, clock, passwords : As of the authenticator.
    """

    def __init__(
        self, engine: sa.Engine, settings: AuthSettings, clock: Callable[[], datetime], passwords: Passwords
    ) -> None:
        self.engine, self.settings, self.clock, self.passwords = engine, settings, clock, passwords
        self.passwords.of_nobody  # noqa: B018 (made now, so that the first unknown name takes no longer than others)

    def open(self, name: str, password: str, address: str | None, replaces: str | None) -> Session:
        """Check a password and open a session.

        Notes
        -----
        Guesses that run side by side can pass the limit by as many as run at once; a right one among them is refused
        all the same once the name is locked.
        """
        typed, origins = tidy_name(name), self._origins(name, address)
        with transaction(self.engine) as connection:
            user = find_user(connection, name=typed) if is_name(typed) else None
            if is_locked(connection, origins, self.clock(), self.settings.lockout):
                raise NotAuthenticatedError(LOCKED)
        stored = None if user is None or user.disabled_at is not None else user.password
        is_right = self.passwords.is_right(password, stored)  # asked in any case: it takes as long for everybody
        if user is None or not is_right:
            self._failed(origins, user, "log-in", address)
        with transaction(self.engine, is_writer=True, in_turn=False) as connection:
            user = self._still_right(connection, user, origins, password)
            if replaces is not None:
                end_session(connection, replaces)
            return self._opened(connection, user, password, "log-in", address)

    def change(self, token: str, current: str, new: str, address: str | None) -> Session:
        """Set a new password, end every session of its owner, and open a new one.

        Raises
        ------
        InputError
            When the new one is too short, too long, the name or number of its owner, or the current one.
        """
        with transaction(self.engine) as connection:
            row = find_session(connection, token)
            if row is None:
                raise NotAuthenticatedError("session-ended")
            user = user_of(row)
            origins = self._origins(user.name, address)
            if is_locked(connection, origins, self.clock(), self.settings.lockout):
                raise NotAuthenticatedError(LOCKED)
        if not self.passwords.is_right(current, None if user.disabled_at is not None else user.password):
            self._failed(origins, user, "password-changed", address)
        check_new_password(new, user.name, user.employee, before=current)
        hashed = self.passwords.hash(new)
        with transaction(self.engine, is_writer=True, in_turn=False) as connection:
            self._still_right(connection, user, origins, current)
            update_user(connection, user.name, password=hashed, must_change=0)
            end_sessions(connection, user.name)
            changed = find_user(connection, name=user.name) or user
            return self._opened(connection, changed, new, "password-changed", address)

    def _origins(self, name: str, address: str | None) -> list[Origin]:
        by_name = origin_of_name(tidy_name(name), self.settings.lockout_failures)
        by_address = [] if address is None else [origin_of_address(address, self.settings.address_failures)]
        return [by_name, *by_address]

    def _still_right(self, connection: sa.Connection, user: User, origins: list[Origin], password: str) -> User:
        """Return the user as of now, unless it was locked, disabled or got another password since it was read."""
        if is_locked(connection, origins, self.clock(), self.settings.lockout):
            raise NotAuthenticatedError(LOCKED)
        found = find_user(connection, name=user.name)
        if found is None or found.disabled_at is not None:
            raise NotAuthenticatedError(WRONG)
        if found.password != user.password and not self.passwords.is_right(password, found.password):
            raise NotAuthenticatedError(WRONG)
        return found

    def _opened(self, connection: sa.Connection, user: User, password: str, kind: str, address: str | None) -> Session:
        now = self.clock()
        if user.password is not None and self.passwords.is_outdated(user.password):
            update_user(connection, user.name, password=self.passwords.hash(password))
        forget_failures(connection, origin_of_name(user.name, 0))
        self._record(connection, kind, f"user:{user.name}", DONE, address)
        return open_session(connection, user, subject=f"user:{user.name}", now=now, settings=self.settings)

    def _failed(self, origins: list[Origin], user: User | None, kind: str, address: str | None) -> NoReturn:
        """Count a failure, log it, and refuse; what was typed as a name that nobody has may be a password."""
        now, subject = self.clock(), "unknown" if user is None else f"user:{user.name}"
        with transaction(self.engine, is_writer=True, in_turn=False) as connection:
            locked = [count_failure(connection, origin, now, self.settings.lockout) for origin in origins]
            self._record(connection, kind, subject, WRONG, address)
            if any(locked):
                self._record(connection, "locked", subject, LOCKED, address)
        raise NotAuthenticatedError(WRONG)

    def _record(self, connection: sa.Connection, kind: str, subject: str, outcome: str, address: str | None) -> None:
        kept = address if self.settings.log_addresses else None
        record(connection, self.clock(),
               Entry(actor=subject, kind=kind, subject=subject, outcome=outcome, details={}, address=kept))  # fmt: skip
