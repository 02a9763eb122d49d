"""Who the identity provider names, and which of the people on file that is."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.journal import Entry, record
from service.auth.settings import OidcSettings
from service.auth.tokens import Identity
from service.auth.users import User, find_user, insert_user, is_name, tidy_name, unit_of, update_user
from service.storage.database import Database
from service.storage.engine import transaction
from training_catalog.errors import InputError, NotAuthenticatedError


def subject_of(identity: Identity) -> str:
    """Return how the log names a person of the identity provider."""
    return f"oidc:{identity.issuer}|{identity.subject}"


def admit(database: Database, identity: Identity, settings: OidcSettings) -> User:
    """Return the user that an identity is, with the role and units of its claims where those are configured.

    Raises
    ------
    NotAuthenticatedError
        ``unknown-person`` or ``account-disabled``.
    """
    with transaction(database.engine) as connection:
        user = find_user(connection, issuer=identity.issuer, subject=identity.subject)
    if user is None:
        with transaction(database.engine, is_writer=True) as connection:
            user = _tied(connection, identity, settings, database.clock())
    if user.disabled_at is not None:
        raise NotAuthenticatedError("account-disabled")
    return with_claims(user, identity)


def with_claims(user: User, identity: Identity) -> User:
    """Return a user with what the claims say, where they are asked."""
    role = user.role if identity.role is None else identity.role
    return replace(user, role=role, units=user.units if identity.units is None else identity.units)


def store_claims(connection: sa.Connection, user: User, identity: Identity, now: datetime) -> None:
    """Store role and units of the claims, for the session that begins; a change is logged."""
    stored = find_user(connection, name=user.name)
    if stored is None or (stored.role, stored.units) == (user.role, user.units):
        return
    update_user(connection, user.name, role=user.role, units=json.dumps(user.units))
    details = {"before": [stored.role, stored.units], "after": [user.role, user.units]}
    _record(connection, identity, "claims-stored", user.name, now, details)


def _tied(connection: sa.Connection, identity: Identity, settings: OidcSettings, now: datetime) -> User:
    """Tie an identity that is new to the user of its staff number, or to one that is made for it."""
    user = find_user(connection, issuer=identity.issuer, subject=identity.subject)  # by another process, meanwhile
    if user is not None:
        return user
    if identity.employee is None:
        raise NotAuthenticatedError("unknown-person")
    user = find_user(connection, employee=identity.employee)
    if user is None:
        return _made(connection, identity, settings, now)
    if user.subject is not None:  # the number is somebody else's already
        raise NotAuthenticatedError("unknown-person")
    update_user(connection, user.name, issuer=identity.issuer, subject=identity.subject)
    _record(connection, identity, "user-tied", user.name, now, {"employee": identity.employee})
    return replace(user, issuer=identity.issuer, subject=identity.subject)


def _made(connection: sa.Connection, identity: Identity, settings: OidcSettings, now: datetime) -> User:
    name = tidy_name(identity.employee or "")
    if not settings.create or identity.employee is None or not is_name(name):
        raise NotAuthenticatedError("unknown-person")
    user = User(name=name, role=settings.create, employee=identity.employee, units=(), password=None, must_change=False,
                issuer=identity.issuer, subject=identity.subject, created_at=now, disabled_at=None)  # fmt: skip
    try:
        unit_of(connection, identity.employee)
        insert_user(connection, user)
    except InputError as error:
        raise NotAuthenticatedError("unknown-person") from error
    _record(connection, identity, "user-added", name, now, {"role": user.role, "employee": identity.employee})
    return user


def _record(
    connection: sa.Connection, identity: Identity, kind: str, name: str, now: datetime, details: dict[str, Any]
) -> None:
    entry = Entry(actor=subject_of(identity), kind=kind, subject=f"user:{name}", details=details)
    record(connection, now, entry)
