"""Engines and transactions: readers see one moment, writers take turns, on SQLite and PostgreSQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, OperationalError

from training_catalog.errors import BusyError, StorageError

WAIT_SECONDS: float = 60  # how long a writer waits for its turn
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that did not come in time
WRITERS_LOCK = 0x62616E676B6F6D  # "bangkom": the advisory lock that one writer at a time holds on PostgreSQL


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction as what it is.

    A read that turns into a write cannot wait for another writer in SQLite, and could lose that writer's update in
    PostgreSQL; so writers say at once what they are.
    """
    options = connection.get_execution_options()
    is_writer, milliseconds = bool(options.get("rw", False)), f"{options.get('wait', WAIT_SECONDS) * 1000:.0f}"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
    elif is_writer:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
        if options.get("in_turn", True):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def shown_url(url: str) -> str:
    """Return a database's address without its password.

    Examples
    --------
    >>> shown_url("postgresql://bkpsdm:secret@db/office")
    'postgresql://bkpsdm:***@db/office'
    """
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):  # no address, or a port that is no number
        return re.sub(r"://.*@", "://***@", url)


def make_engine(url: str, pool_size: int = 0) -> sa.Engine:
    """Return an engine whose transactions begin as what they are.

    Parameters
    ----------
    url : SQLAlchemy URL.
    pool_size : Connections held between transactions; none for a program that runs once.
    """
    kept: dict[str, Any] = {"poolclass": sa.NullPool}
    if pool_size:
        kept = {"poolclass": sa.QueuePool, "pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": True,
                "pool_timeout": WAIT_SECONDS, "pool_recycle": 1800}  # fmt: skip
    engine = sa.create_engine(re.sub(r"^postgres(?=:)", "postgresql", url), **kept)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 (the driver's own types)
    connection.isolation_level = None  # else the driver begins transactions of its own
    for pragma in (
        f"busy_timeout={WAIT_SECONDS * 1000:.0f}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def transaction(
    engine: sa.Engine, *, is_writer: bool = False, in_turn: bool = True, wait: float = WAIT_SECONDS
) -> Iterator[sa.Connection]:
    """Open one transaction: all of it, or nothing; a reader sees one moment.

    Parameters
    ----------
    engine : From `make_engine`.
    is_writer : Whether it writes.
    in_turn : Whether a writer waits for the others; one that only appends need not, where the database lets it.
    wait : Seconds that a writer waits for another one.

    Raises
    ------
    BusyError
        When another writer holds the database for too long.
    StorageError
        When the disk is full or the server is gone.
    """
    driver_error = engine.dialect.loaded_dbapi.OperationalError
    try:
        options = {"rw": is_writer, "in_turn": in_turn, "wait": wait}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except (OperationalError, driver_error) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        kind = BusyError if _is_busy(getattr(error, "orig", None) or error) else StorageError
        raise kind(
            "database {url}: {reason}; nothing was changed", url=shown_url(str(engine.url)), reason=reason
        ) from error


def _is_busy(error: object) -> bool:
    """Tell whether a driver's error says that a lock did not come in time."""
    by_sqlite = str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_BUSY")
    return by_sqlite or getattr(error, "sqlstate", None) == LOCK_NOT_AVAILABLE
