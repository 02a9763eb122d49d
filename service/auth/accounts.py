"""What an administrator does with people: add, list, set password, role and units, disable, enable, unlock."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.journal import Entry, record
from service.auth.lockout import forget_failures, origin_of_name
from service.auth.passwords import Passwords, check_new_password
from service.auth.sessions import end_sessions
from service.auth.users import (
    User,
    check_name,
    check_role,
    check_units,
    insert_user,
    known_user,
    unit_of,
    update_user,
    user_of,
)  # fmt: skip
from service.storage.access import USERS
from service.storage.database import Database
from service.storage.engine import transaction


@dataclass(slots=True)
class Accounts:
    """Changes of people, each in one transaction with its line in the log.

    Parameters
    ----------
    database : Where they are stored.
    actor : Who changes them.
    passwords : How passwords are hashed.
    """

    database: Database
    actor: str
    passwords: Passwords = field(default_factory=Passwords)

    def add(
        self, name: str, *, role: str, password: str | None, employee: str | None = None, units: Iterable[str] = (),
    ) -> User:  # fmt: skip
        """Add a person; a password set here must be changed at the first log-in.

        Raises
        ------
        InputError
            When name, role, number, a unit or the password is not accepted.
        """
        tidied = check_name(name)
        now, hashed = self.database.clock(), self._hashed(password, tidied, employee)
        with transaction(self.database.engine, is_writer=True) as connection:
            if employee is not None:
                unit_of(connection, employee)
            granted = check_units(connection, units, check_role(role))
            user = User(name=tidied, role=role, employee=employee, units=granted, password=hashed,
                        must_change=hashed is not None, issuer=None, subject=None, created_at=now,
                        disabled_at=None)  # fmt: skip
            insert_user(connection, user)
            self._record(connection, now, "user-added", user.name, role=role, employee=employee, units=user.units)
        return user

    def everybody(self) -> list[User]:
        """Return everybody, by name."""
        with transaction(self.database.engine) as connection:
            return [user_of(row) for row in connection.execute(sa.select(USERS).order_by(USERS.c.name))]

    def set_password(self, name: str, password: str) -> User:
        """Set a password that must be changed at the next log-in; every session of the person ends."""
        with transaction(self.database.engine) as connection:
            user = known_user(connection, name)
        hashed = self._hashed(password, user.name, user.employee)
        with self._changing(name, "password-set") as (connection, user, _):
            update_user(connection, user.name, password=hashed, must_change=1)
            end_sessions(connection, user.name)
            forget_failures(connection, origin_of_name(user.name, 0))
        return self._now(name)

    def set_role(self, name: str, role: str) -> User:
        """Give a person another role."""
        with self._changing(name, "role-set") as (connection, user, details):
            update_user(connection, user.name, role=check_role(role))
            details |= {"before": user.role, "after": role}
        return self._now(name)

    def set_units(self, name: str, units: Iterable[str]) -> User:
        """Grant units in the place of those granted before."""
        with self._changing(name, "units-set") as (connection, user, details):
            granted = check_units(connection, units, user.role)
            update_user(connection, user.name, units=json.dumps(granted))
            details |= {"before": user.units, "after": granted}
        return self._now(name)

    def disable(self, name: str) -> User:
        """Let a person in no more; every session ends."""
        with self._changing(name, "user-disabled") as (connection, user, details):
            update_user(connection, user.name, disabled_at=user.disabled_at or self.database.clock())
            details["sessions_ended"] = end_sessions(connection, user.name)
        return self._now(name)

    def enable(self, name: str) -> User:
        """Let a person in again."""
        with self._changing(name, "user-enabled") as (connection, user, _):
            update_user(connection, user.name, disabled_at=None)
        return self._now(name)

    def unlock(self, name: str) -> User:
        """Forget wrong log-ins of a person."""
        with self._changing(name, "user-unlocked") as (connection, user, _):
            forget_failures(connection, origin_of_name(user.name, 0))
        return self._now(name)

    @contextmanager
    def _changing(self, name: str, kind: str) -> Iterator[tuple[sa.Connection, User, dict[str, Any]]]:
        """Open a transaction on a person, whose change is logged with what is put into the details."""
        with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
            user, details = known_user(connection, name), dict[str, Any]()
            yield connection, user, details
            self._record(connection, self.database.clock(), kind, user.name, **details)

    def _record(self, connection: sa.Connection, now: datetime, kind: str, name: str, **details: object) -> None:
        record(connection, now, Entry(actor=self.actor, kind=kind, subject=f"user:{name}", details=details))

    def _now(self, name: str) -> User:
        with transaction(self.database.engine) as connection:
            return known_user(connection, name)

    def _hashed(self, password: str | None, name: str, employee: str | None) -> str | None:
        if password is None:
            return None
        check_new_password(password, name, employee)
        return self.passwords.hash(password)
