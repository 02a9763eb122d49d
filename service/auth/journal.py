"""The log of access: log-ins, refusals, and every change of people and keys. It only grows, and holds no secret."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.storage.access import ACCESS_LOG
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.watch import touch_access

DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log.

    Parameters
    ----------
    actor : Who did it: a caller's subject, or the machine's account.
    kind : What, such as ``log-in`` or ``key-revoked``.
    subject : To whom or what: ``user:NAME``, ``key:k-...``, ``oidc:ISSUER|SUBJECT``, ``model:m-...``; ``unknown`` for a
        name nobody has.
    outcome : ``done``, or the code of a refusal.
    details : What changed, as JSON values; no secrets.
    address : Where from, where the settings keep it.
    """

    actor: str
    kind: str
    subject: str
    outcome: str = DONE
    details: dict[str, Any]
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """A line as logged."""

    made_at: datetime
    entry: Entry


def actor_of(author: str) -> str:
    """Return how the log names the author of a change: a caller by subject, the machine's account as one.

    Examples
    --------
    >>> actor_of("sari"), actor_of("key:k-1")
    ('account:sari', 'key:k-1')
    """
    return author if ":" in author else f"account:{author}"


def record(connection: sa.Connection, made_at: datetime, entry: Entry) -> None:
    """Add a line within a transaction that writes, so that running services look again at who may come in."""
    touch_access(connection)
    connection.execute(sa.insert(ACCESS_LOG).values(
        entry=f"a-{uuid.uuid4().hex}", made_at=made_at, actor=entry.actor, kind=entry.kind, subject=entry.subject,
        outcome=entry.outcome, details=json.dumps(entry.details, sort_keys=True), address=entry.address,
    ))  # fmt: skip


def list_entries(database: Database, n_last: int | None = None) -> list[LoggedEntry]:
    """Return lines, newest first."""
    query = sa.select(ACCESS_LOG).order_by(ACCESS_LOG.c.made_at.desc(), ACCESS_LOG.c.entry).limit(n_last)
    with transaction(database.engine) as connection:
        return [
            LoggedEntry(made_at=row.made_at, entry=Entry(
                actor=row.actor, kind=row.kind, subject=row.subject, outcome=row.outcome,
                details=json.loads(row.details), address=row.address,
            )) for row in connection.execute(query)
        ]  # fmt: skip
