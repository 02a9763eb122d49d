"""Wrong log-ins, counted by name and by address in the database; too many lock for a while."""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from service.storage.access import LOGIN_FAILURES

_NETWORK_BITS = 64  # one office has so much of IPv6
CLOCKS_DIFFER = timedelta(minutes=5)  # by which clocks of hosts may differ, or be set back, and nothing is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What failures are counted by.

    Parameters
    ----------
    digest : Of a name or an address; names that nobody has are counted alike.
    limit : Failures until it is locked.
    """

    digest: str
    limit: int


def origin_of_name(name: str, limit: int) -> Origin:
    """Return what failures of a name are counted by."""
    return Origin(digest=_digest("name", name), limit=limit)


def origin_of_address(address: str, limit: int) -> Origin:
    """Return what failures from an address are counted by; of IPv6, its network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Origin(digest=_digest("address", address), limit=limit)
    if parsed.version == 6:  # noqa: PLR2004 (IPv6)
        mapped = parsed.ipv4_mapped
        network = str(mapped or ipaddress.ip_network((int(parsed), _NETWORK_BITS), strict=False))
        return Origin(digest=_digest("address", network), limit=limit)
    return Origin(digest=_digest("address", str(parsed)), limit=limit)


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode("utf-8", "surrogatepass")).hexdigest()


def is_locked(connection: sa.Connection, origins: Sequence[Origin], now: datetime, lockout: timedelta) -> bool:
    """Return whether one of these is locked; a lock that a clock which ran ahead has set is none."""
    until = LOGIN_FAILURES.c.locked_until
    query = sa.select(until).where(
        LOGIN_FAILURES.c.origin.in_([origin.digest for origin in origins]),
        until > now, until <= now + lockout + CLOCKS_DIFFER,
    )  # fmt: skip
    return connection.execute(query).first() is not None


def count_failure(connection: sa.Connection, origin: Origin, now: datetime, lockout: timedelta) -> bool:
    """Count a failure, and return whether it locked; failures older than the lockout are forgotten."""
    failures = LOGIN_FAILURES.c
    connection.execute(sa.delete(LOGIN_FAILURES).where(
        failures.last_at <= now - lockout, sa.or_(failures.locked_until.is_(None), failures.locked_until <= now)
    ))  # fmt: skip
    first = f"INSERT INTO {LOGIN_FAILURES.name} (origin, failures, last_at) VALUES (:origin, 0, :now)"  # noqa: S608 (our own name)
    statement = sa.text(f"{first} ON CONFLICT DO NOTHING").bindparams(sa.bindparam("now", type_=failures.last_at.type))
    connection.execute(statement, {"origin": origin.digest, "now": now})
    is_this = failures.origin == origin.digest
    connection.execute(sa.update(LOGIN_FAILURES).where(is_this).values(failures=failures.failures + 1, last_at=now))
    full = sa.and_(is_this, failures.failures >= origin.limit)
    locked = connection.execute(
        sa.update(LOGIN_FAILURES).where(full).values(failures=0, locked_until=now + lockout)
    ).rowcount
    return locked > 0


def forget_failures(connection: sa.Connection, origin: Origin) -> None:
    """Forget the failures of a name or an address, and unlock it."""
    connection.execute(sa.delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.origin == origin.digest))
