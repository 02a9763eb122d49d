"""A job as stored, and the files that go into it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = STATES = ("queued", "running", "succeeded", "failed", "cancelled")
ENDED = (SUCCEEDED, FAILED, CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job.

    Parameters
    ----------
    job_id : ``j-...``.
    kind, request : What is to be done.
    state : One of `STATES`.
    author, owner : Who asked for it, as history names them, and whose it is.
    units : Units whose data it touches; all when None.
    stage, done, total : How far it is: a code, and a count within the stage.
    attempt, max_attempts : Attempts begun, and how many may be.
    submitted_at, started_at, ended_at : Moments; `started_at` is of the latest attempt.
    result, error : What came out; `error` has `code`, `message` (English), and `messages` by language.
    cancel_asked : Whether somebody asked for it to stop.
    """

    job_id: str
    kind: str
    state: str
    author: str
    owner: str
    units: tuple[str, ...] | None
    request: dict[str, Any]
    stage: str
    done: int
    total: int
    attempt: int
    max_attempts: int
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    cancel_asked: bool


def job_of(row: Any) -> Job:  # noqa: ANN401 (a row of the database)
    """Return the job of a row."""
    same = ("job_id", "kind", "state", "author", "owner", "stage", "done", "total", "attempt", "max_attempts",
            "submitted_at", "started_at", "ended_at")  # fmt: skip
    read: dict[str, Any] = {
        name: None if row[name] is None else json.loads(row[name]) for name in ("request", "result", "error")
    }
    units = None if row["units"] is None else tuple(json.loads(row["units"]))
    plain: dict[str, Any] = {name: row[name] for name in same}
    return Job(**plain, **read, units=units,
               cancel_asked=row["cancel_asked_at"] is not None)  # fmt: skip


def pack_files(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return named files as the payload of an import.

    Examples
    --------
    >>> unpack_files(pack_files([("pegawai.csv", b"nip")]))
    [('pegawai.csv', b'nip')]
    """
    return msgspec.msgpack.encode(files)


def unpack_files(payload: bytes) -> list[tuple[str, bytes]]:
    """Return the files of a payload."""
    return msgspec.msgpack.decode(payload, type=list[tuple[str, bytes]])
