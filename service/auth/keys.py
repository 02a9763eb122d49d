"""API keys: made and shown once, found by id and digest, revoked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.auth.caller import SCOPES
from service.auth.journal import Entry, record
from service.auth.random_tokens import digest_of, new_key
from service.auth.users import check_units
from service.storage.access import API_KEYS
from service.storage.database import Database
from service.storage.engine import transaction
from training_catalog.errors import InvalidValueError, UnknownIdError

LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as stored, without its secret.

    Parameters
    ----------
    key_id, label : ``k-...``, and what it is for.
    scopes : What it may do.
    units : Codes of the units it is limited to; None for no limit.
    """

    key_id: str
    label: str
    scopes: tuple[str, ...]
    units: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


def key_of(row: Any) -> ApiKey:  # noqa: ANN401 (a row of the database)
    """Return a key from its row."""
    return ApiKey(
        key_id=row.key_id, label=row.label, scopes=tuple(json.loads(row.scopes)),
        units=None if row.units is None else tuple(json.loads(row.units)), created_at=row.created_at,
        expires_at=row.expires_at, revoked_at=row.revoked_at, used_at=row.used_at,
    )  # fmt: skip


def create_key(
    database: Database, label: str, *, actor: str, scopes: Iterable[str], units: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:  # fmt: skip
    """Make a key, and return it with its text, which nothing can show again.

    Raises
    ------
    InputError
        When a scope, a unit, the label or the expiry is not accepted.
    """
    now = database.clock()
    wanted = _checked_scopes(scopes)
    if not label.strip() or len(label) > LONGEST_LABEL or not label.isprintable():
        raise InvalidValueError("label", label, "1 to 200 printable characters")
    if expires_at is not None and expires_at <= now:
        raise InvalidValueError("expires", expires_at.date().isoformat(), "a day to come")
    key_id, text = new_key()
    with transaction(database.engine, is_writer=True, in_turn=False) as connection:
        limit = None if units is None else check_units(connection, units)
        connection.execute(sa.insert(API_KEYS).values(
            key_id=key_id, label=label.strip(), digest=digest_of(text), scopes=json.dumps(wanted),
            units=None if limit is None else json.dumps(limit), created_at=now, expires_at=expires_at,
        ))  # fmt: skip
        details = {"label": label.strip(), "scopes": wanted, "units": limit,
                   "expires_at": None if expires_at is None else expires_at.isoformat()}  # fmt: skip
        record(connection, now, Entry(actor=actor, kind="key-created", subject=f"key:{key_id}", details=details))
    made = ApiKey(key_id=key_id, label=label.strip(), scopes=wanted, units=limit, created_at=now, expires_at=expires_at,
                  revoked_at=None, used_at=None)  # fmt: skip
    return made, text


def _checked_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    asked = set(scopes)
    for scope in sorted(asked - set(SCOPES)):
        raise InvalidValueError("scope", scope, ", ".join(SCOPES))
    if not asked:
        raise InvalidValueError("scope", "-", ", ".join(SCOPES))
    return tuple(scope for scope in SCOPES if scope in asked)


def list_keys(database: Database) -> list[ApiKey]:
    """Return every key, the oldest first."""
    query = sa.select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.key_id)
    with transaction(database.engine) as connection:
        return [key_of(row) for row in connection.execute(query)]


def revoke_key(database: Database, key_id: str, *, actor: str) -> ApiKey:
    """Revoke a key from this moment on; one that was revoked before stays so.

    Raises
    ------
    UnknownIdError
        When there is no such key.
    """
    now, is_this = database.clock(), API_KEYS.c.key_id == key_id
    with transaction(database.engine, is_writer=True, in_turn=False) as connection:
        changed = connection.execute(
            sa.update(API_KEYS).where(is_this, API_KEYS.c.revoked_at.is_(None)).values(revoked_at=now)
        ).rowcount
        row = connection.execute(sa.select(API_KEYS).where(is_this)).first()
        if row is None:
            raise UnknownIdError("key", key_id)
        if changed:
            record(connection, now, Entry(actor=actor, kind="key-revoked", subject=f"key:{key_id}", details={}))
    return key_of(row)
