"""People who may log in: added, changed, disabled; every change stands in the log of access."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.caller import ADMIN, EMPLOYEE, EVERY_UNIT, PLANNER, ROLE_SCOPES, ROLES, SUPERVISOR, Caller
from service.storage.access import API_KEYS, USERS
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from training_catalog.errors import InvalidValueError, UnknownIdError

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
LONGEST_TYPED = 256  # characters of a name that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may log in, as stored.

    Parameters
    ----------
    name, role, employee : What the person is called, may do, and is numbered.
    units : Codes of the units granted.
    password : Its argon2id hash; None for who only comes from the identity provider.
    must_change : Whether the password was set by somebody else.
    issuer, subject : Who the identity provider says it is, once it said so.
    """

    name: str
    role: str
    employee: str | None
    units: tuple[str, ...]
    password: str | None
    must_change: bool
    issuer: str | None
    subject: str | None
    created_at: datetime
    disabled_at: datetime | None


def tidy_name(name: str) -> str:
    """Return a name as it is compared.

    Examples
    --------
    >>> tidy_name(" Ani ")
    'ani'
    """
    return unicodedata.normalize("NFKC", name[:LONGEST_TYPED]).strip().casefold()


def is_name(tidied: str) -> bool:
    """Return whether a tidied name is one that somebody can have."""
    return _NAME.fullmatch(tidied) is not None


def check_name(name: str) -> str:
    """Return a name as it is stored, or refuse it."""
    tidied = tidy_name(name)
    if not is_name(tidied):
        raise InvalidValueError("name", name, "1 to 64 of a-z, 0-9, dot, hyphen, underscore and @")
    return tidied


def check_role(role: str) -> str:
    """Return a role, or refuse it."""
    if role not in ROLES:
        raise InvalidValueError("role", role, ", ".join(ROLES))
    return role


def check_units(connection: sa.Connection, units: Iterable[str], role: str = "") -> tuple[str, ...]:
    """Return units in their order, or refuse one that is not on file; a planner may have every one, also of later."""
    wanted = sorted({unit for unit in units if unit})
    if role == PLANNER and EVERY_UNIT in wanted:
        return (EVERY_UNIT,)
    stored = DATABASE_TABLES["units"].c.unit
    known = set(connection.execute(sa.select(stored).where(stored.in_(wanted))).scalars())
    for unit in wanted:
        if unit not in known:
            raise UnknownIdError("unit", unit)
    return tuple(wanted)


def unit_of(connection: sa.Connection, employee: str) -> str | None:
    """Return the unit of an employee.

    Raises
    ------
    UnknownIdError
        When the number is not on file.
    """
    people = DATABASE_TABLES["employees"].c
    found = connection.execute(sa.select(people.unit).where(people.employee == employee)).first()
    if found is None:
        raise UnknownIdError("employee", employee)
    return None if found.unit is None else str(found.unit)


def user_of(row: Any) -> User:  # noqa: ANN401 (a row of the database)
    """Return a user from a row that has the columns of one."""
    return User(
        name=row.name, role=row.role, employee=row.employee, units=tuple(json.loads(row.units)), password=row.password,
        must_change=bool(row.must_change), issuer=row.issuer, subject=row.subject, created_at=row.created_at,
        disabled_at=row.disabled_at,
    )  # fmt: skip


def find_user(connection: sa.Connection, **wanted: str) -> User | None:
    """Return the user whose columns have these values; None when there is none."""
    query = sa.select(USERS).where(*[USERS.c[name] == value for name, value in wanted.items()])
    row = connection.execute(query).first()
    return None if row is None else user_of(row)


def known_user(connection: sa.Connection, name: str) -> User:
    """Return the user of a name, or refuse the name."""
    found = find_user(connection, name=tidy_name(name))
    if found is None:
        raise UnknownIdError("user", name)
    return found


def insert_user(connection: sa.Connection, user: User) -> None:
    """Store a new user, or refuse a name or a staff number that somebody has."""
    if find_user(connection, name=user.name) is not None:
        raise InvalidValueError("name", user.name, "a name that nobody has yet")
    if user.employee is not None and find_user(connection, employee=user.employee) is not None:
        raise InvalidValueError("employee", user.employee, "a staff number that no other user has")
    connection.execute(sa.insert(USERS).values(
        name=user.name, role=user.role, employee=user.employee, units=json.dumps(user.units), password=user.password,
        must_change=int(user.must_change), issuer=user.issuer, subject=user.subject, created_at=user.created_at,
        disabled_at=user.disabled_at,
    ))  # fmt: skip


def update_user(connection: sa.Connection, name: str, **values: object) -> None:
    """Change columns of a user."""
    connection.execute(sa.update(USERS).where(USERS.c.name == name).values(**values))


def caller_of(
    connection: sa.Connection, user: User, *, subject: str, kind: str, must_change_password: bool = False
) -> Caller:
    """Return a user as a caller: supervisors have their own unit besides those granted, admins all."""
    return Caller(
        subject=subject, kind=kind, role=user.role, employee=user.employee, units=_units_of(connection, user),
        scopes=ROLE_SCOPES[user.role], must_change_password=must_change_password,
    )  # fmt: skip


def _units_of(connection: sa.Connection, user: User) -> frozenset[str] | None:
    if user.role == ADMIN or (user.role == PLANNER and EVERY_UNIT in user.units):
        return None
    if user.role == EMPLOYEE:
        return frozenset()
    own = None
    if user.role == SUPERVISOR and user.employee is not None:
        try:
            own = unit_of(connection, user.employee)
        except UnknownIdError:  # gone from the rows: only what was granted is left
            own = None
    return frozenset(user.units) | ({own} if own is not None else frozenset())


def anybody_may_come_in(database: Database) -> bool:
    """Tell whether there is a user who is not disabled, or a key that is not revoked."""
    with transaction(database.engine) as connection:
        users = sa.select(USERS.c.name).where(USERS.c.disabled_at.is_(None)).limit(1)
        keys = sa.select(API_KEYS.c.key_id).where(API_KEYS.c.revoked_at.is_(None)).limit(1)
        return connection.execute(users).first() is not None or connection.execute(keys).first() is not None
