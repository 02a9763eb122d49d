"""The queue of jobs in the database: put in, looked at, cancelled, claimed."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from service.jobs.job import CANCELLED, ENDED, FAILED, QUEUED, RUNNING, Job, job_of
from service.jobs.lease import SHORT_WAIT, Lease, drop_payload
from service.jobs.messages import WORKER_DIED, error_document, too_many_attempts
from service.jobs.requests import check_request
from service.settings import job_settings
from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.jobs import JOB_FILES, JOBS, PAYLOAD, RESULT
from training_catalog.errors import BangkomError, BusyError

SUBMITTING_LOCK = 0x62616E676A6F62  # "bangjob": the advisory lock under which jobs get their numbers on PostgreSQL
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds before another attempt: the first pause, doubled up to the longest


class JobQueue:
    """Jobs in the tables of a database.

    Whether a holder has died is told by this process's own watch: its job shows no renewal for as long as a lease
    lasts. No clock of another machine, and no time of day, is compared with anything.

    Parameters
    ----------
    database : Where the jobs are.
    clock : Seconds that only go forward.
    lease_seconds : After how long without a renewal a job may be taken over; the setting when None.
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.monotonic, lease_seconds: float | None = None
    ) -> None:
        self.database, self.clock = database, clock
        self.lease_seconds = job_settings().lease_seconds if lease_seconds is None else lease_seconds
        self._seen: dict[str, tuple[tuple[str, int, int], float]] = {}

    def submit(
        self, kind: str, request: dict[str, Any], *, author: str, owner: str = "",
        units: tuple[str, ...] | None = None, payload: bytes | None = None, key: str | None = None,
        max_attempts: int = 3,
    ) -> str:  # fmt: skip
        """Put a job in and return its id; the same key again returns the job it has put in.

        Raises
        ------
        InputError
            When there is no such kind, or its request is not accepted.
        """
        check_request(kind, request)
        row = {
            "job_id": f"j-{uuid.uuid4().hex[:16]}", "request_key": key, "kind": kind, "state": QUEUED,
            "author": author, "owner": owner, "units": None if units is None else json.dumps(units),
            "request": json.dumps(request), "stage": "", "done": 0, "total": 0, "attempt": 0,
            "max_attempts": max_attempts, "worker": "", "token": 0, "beat": 0, "submitted_at": self.database.clock(),
        }  # fmt: skip
        with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
            return self._insert(connection, row, payload)

    def _insert(self, connection: sa.Connection, row: dict[str, Any], payload: bytes | None) -> str:
        """Put the job in under the next number, one at a time, so that lists grow at one end only."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SUBMITTING_LOCK})")
        if row["request_key"] is not None:
            same = sa.select(JOBS.c.job_id).where(JOBS.c.request_key == row["request_key"])
            known = connection.execute(same).scalar()
            if known is not None:
                return str(known)
        last = connection.execute(sa.select(sa.func.max(JOBS.c.sequence))).scalar() or 0
        connection.execute(sa.insert(JOBS).values(**row, sequence=int(last) + 1))
        if payload is not None:
            connection.execute(sa.insert(JOB_FILES).values(
                job_id=row["job_id"], role=PAYLOAD, name="", content=payload
            ))  # fmt: skip
        return str(row["job_id"])

    def get(self, job_id: str) -> Job | None:
        """Return a job, or None when there is none of that id."""
        with transaction(self.database.engine) as connection:
            row = connection.execute(sa.select(JOBS).where(JOBS.c.job_id == job_id)).mappings().first()
        return None if row is None else job_of(row)

    def list(self, *, limit: int, before: str | None = None, author: str | None = None,
             kind: str | None = None) -> list[Job]:  # fmt: skip
        """Return jobs, newest first, without their results, which may be long.

        Parameters
        ----------
        limit : At most so many.
        before : Only jobs put in before this one; none when it is not known.
        author, kind : Only those of an author, or of a kind.
        """
        columns = [sa.null().label("result") if column is JOBS.c.result else column for column in JOBS.c]
        query = sa.select(*columns).order_by(JOBS.c.sequence.desc()).limit(limit)
        if before is not None:
            last = sa.select(JOBS.c.sequence).where(JOBS.c.job_id == before).scalar_subquery()
            query = query.where(JOBS.c.sequence < last)
        for column, value in ((JOBS.c.author, author), (JOBS.c.kind, kind)):
            if value is not None:
                query = query.where(column == value)
        with transaction(self.database.engine) as connection:
            return [job_of(row) for row in connection.execute(query).mappings()]

    def cancel(self, job_id: str) -> bool:
        """Ask for a job to stop; one that waits is over at once. Return whether there was anything to stop."""
        moment, chosen = self.database.clock(), JOBS.c.job_id == job_id
        with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
            state = connection.execute(sa.select(JOBS.c.state).where(chosen).with_for_update()).scalar()
            if state is None or state in ENDED:
                return False
            values: dict[str, Any] = {"cancel_asked_at": sa.func.coalesce(JOBS.c.cancel_asked_at, moment)}
            if state == QUEUED:
                values |= {"state": CANCELLED, "ended_at": moment}
                drop_payload(connection, job_id)
            connection.execute(sa.update(JOBS).where(chosen).values(values))
            return True

    def result_file(self, job_id: str) -> tuple[str, bytes] | None:
        """Return name and content of the file that a job made, or None where it made none."""
        chosen = (JOB_FILES.c.job_id == job_id, JOB_FILES.c.role == RESULT)
        with transaction(self.database.engine) as connection:
            row = connection.execute(sa.select(JOB_FILES.c.name, JOB_FILES.c.content).where(*chosen)).first()
        return None if row is None else (row.name, bytes(row.content))

    def claim(self, owner: str) -> Lease | None:
        """Take the oldest job that can be taken: one that waits, or one whose holder shows no sign of life."""
        with transaction(self.database.engine) as connection:
            query = sa.select(JOBS.c.job_id, JOBS.c.state, JOBS.c.token, JOBS.c.beat, JOBS.c.attempt)
            alive = connection.execute(query.where(JOBS.c.state.in_((QUEUED, RUNNING))).order_by(JOBS.c.sequence)).all()
        for row in self._ripe(alive):
            try:
                lease = self._take(row, owner)
            except BusyError:  # while somebody writes, a holder could not renew either: watch anew
                self._seen = {}
                return None
            if lease is not None:
                return lease
        return None

    def _ripe(self, alive: Any) -> Any:  # noqa: ANN401 (rows of the database)
        """Return the jobs that have not changed for as long as they must not."""
        now, seen = self.clock(), self._seen
        marks = {row.job_id: (row.state, row.token, row.beat) for row in alive}
        self._seen = {
            job_id: seen[job_id] if job_id in seen and seen[job_id][0] == mark else (mark, now)
            for job_id, mark in marks.items()
        }
        return [row for row in alive if now - self._seen[row.job_id][1] >= self._delay(row)]

    def _delay(self, row: Any) -> float:  # noqa: ANN401 (a row of the database)
        if row.state == RUNNING:
            return self.lease_seconds
        return min(FIRST_PAUSE * 2.0 ** (row.attempt - 1), LONGEST_PAUSE) if row.attempt else 0.0

    def _take(self, seen: Any, owner: str) -> Lease | None:  # noqa: ANN401 (a row of the database)
        """Claim a job as it was seen; None when it has changed since, or must not be tried again."""
        same = (JOBS.c.job_id == seen.job_id, JOBS.c.state == seen.state, JOBS.c.token == seen.token,
                JOBS.c.beat == seen.beat)  # fmt: skip
        engine = self.database.engine
        with transaction(engine, is_writer=True, in_turn=False, wait=SHORT_WAIT) as connection:
            query = sa.select(JOBS).where(*same).with_for_update(skip_locked=True)
            row = connection.execute(query).mappings().first()
            if row is None or self._gave_up(connection, job_of(row)):
                return None
            token = row["token"] + 1
            taken = sa.update(JOBS).where(JOBS.c.job_id == seen.job_id).returning(*JOBS.c).values(
                state=RUNNING, worker=owner, token=token, beat=0, attempt=JOBS.c.attempt + 1, done=0, total=0,
                stage="", started_at=self.database.clock(),
            )  # fmt: skip
            return Lease(self.database, job_of(connection.execute(taken).mappings().one()), owner, token)

    def _gave_up(self, connection: sa.Connection, job: Job) -> bool:
        """End a job that is not to be tried again."""
        values: dict[str, Any] = {}
        if job.cancel_asked:
            values = {"state": CANCELLED}
        elif job.attempt >= job.max_attempts:
            error = too_many_attempts(job.attempt, error_document("worker-died", BangkomError(WORKER_DIED)))
            values = {"state": FAILED, "error": json.dumps(error)}
        if values:
            ended = {**values, "ended_at": self.database.clock(), "worker": ""}
            connection.execute(sa.update(JOBS).where(JOBS.c.job_id == job.job_id).values(ended))
            drop_payload(connection, job.job_id)
        return bool(values)

    def remove_old(self, keep_days: float) -> int:
        """Remove jobs that ended so long ago, with their files; return how many."""
        end = self.database.clock() - timedelta(days=keep_days)
        old = sa.select(JOBS.c.job_id).where(JOBS.c.state.in_(ENDED), JOBS.c.ended_at < end)
        with transaction(self.database.engine, is_writer=True, in_turn=False, wait=SHORT_WAIT) as connection:
            connection.execute(sa.delete(JOB_FILES).where(JOB_FILES.c.job_id.in_(old)))
            return connection.execute(sa.delete(JOBS).where(JOBS.c.job_id.in_(old))).rowcount
