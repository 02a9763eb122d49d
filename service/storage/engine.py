"""Engines and transactions: readers see one moment, writers take turns, on SQLite and PostgreSQL."""

import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from training_catalog.errors import BusyError, StorageError

WAIT_SECONDS: float = 60  # how long a writer waits for its turn
PAGE_BYTES = 8_192  # of a new SQLite file: half as many pages to write as by default, and short writes as fast
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that did not come in time
STATEMENTS_KEPT = 32  # prepared, by each connection to SQLite: some ten kilobytes each, and the driver would keep 128
READ_ONLY = (
    "database {url}: this account may not write it; SQLite writes in the file and in its folder, so give the right to "
    "write in both; nothing was changed"
)
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
    pool_size : Connections held between transactions, the one used last first, so that few of them remember pages and
        statements; none for a program that runs once.
    """
    kept: dict[str, Any] = {"poolclass": sa.NullPool}
    if pool_size:
        kept = {"poolclass": sa.QueuePool, "pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": True,
                "pool_timeout": WAIT_SECONDS, "pool_recycle": 1800, "pool_use_lifo": True}  # fmt: skip
    kept["hide_parameters"] = True  # what is stored of people has no place in errors, which end in logs
    if url.startswith("sqlite"):
        kept["connect_args"] = {"cached_statements": STATEMENTS_KEPT}
    engine = sa.create_engine(re.sub(r"^postgres(?=:)", "postgresql", url), **kept)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        if pool_size and (path := file_of(engine)):
            _hold_to_the_file(engine, path)
    event.listen(engine, "begin", _begin)
    return engine


def file_of(engine: sa.Engine) -> str | None:
    """Return the file of a SQLite database; None for one in memory, and for a server's."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return name if name and name != ":memory:" and not name.startswith("file:") else None


def file_id(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one at the same path; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (asked before every request)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _hold_to_the_file(engine: sa.Engine, path: str) -> None:
    """Let kept connections go when another file, or none, stands at the path, and make no new file in its place.

    An open connection goes on with the file that it has, which may have been moved away or replaced by a backup: what
    is written there would be lost. And an empty database beside the old one's log would damage both.
    """
    seen = False

    def on_connecting(*_: object) -> None:
        if seen and file_id(path) is None:
            raise sqlite3.OperationalError("the database file is gone")

    def on_connect(_connection: object, record: ConnectionPoolEntry) -> None:
        nonlocal seen
        seen, record.info["file"] = True, file_id(path)

    def on_checkout(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if file_id(path) != record.info["file"]:
            raise DisconnectionError("the database file is another one")

    event.listen(engine, "do_connect", on_connecting)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "checkout", on_checkout)


def _set_up_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401 (the driver's own types)
    connection.isolation_level = None  # else the driver begins transactions of its own
    for pragma in (
        f"busy_timeout={WAIT_SECONDS * 1000:.0f}",
        f"page_size={PAGE_BYTES}",  # before anything is written
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
        cause = getattr(error, "orig", None) or error
        kind = BusyError if _is_busy(cause) else StorageError
        told = READ_ONLY if _is_read_only(cause) else "database {url}: {reason}; nothing was changed"
        raise kind(told, url=shown_url(str(engine.url)), reason=reason) from error


def _is_read_only(error: object) -> bool:
    """Tell whether SQLite may not write."""
    return str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_READONLY")


def _is_busy(error: object) -> bool:
    """Tell whether a driver's error says that a lock did not come in time."""
    by_sqlite = str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_BUSY")
    return by_sqlite or getattr(error, "sqlstate", None) == LOCK_NOT_AVAILABLE


def one_of(column: sa.ColumnElement[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """Return ``column IN (values)`` in one of few forms: the last value is said again, up to a power of two.

    Notes
    -----
    Drivers and servers keep each statement they have seen, by its text: a form for each number of values would be
    hundreds of them, in each connection.

    Examples
    --------
    >>> str(one_of(sa.column("x"), "abc").compile(compile_kwargs={"literal_binds": True}))
    "x IN ('a', 'b', 'c', 'c')"
    """
    said = list(values)
    if said:
        said += said[-1:] * ((1 << (len(said) - 1).bit_length()) - len(said))
    return column.in_(said)
