"""The hold of a worker on a job: every write through it is guarded by the worker's name and a fencing token."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa

from service.jobs.job import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, Job
from service.jobs.messages import too_many_attempts
from service.storage.database import Database
from service.storage.engine import WAIT_SECONDS, transaction
from service.storage.jobs import JOB_FILES, JOBS, PAYLOAD, RESULT
from training_catalog.errors import BusyError

SETTLE_WAIT = 2.0  # seconds that the end of a job waits for a writer before its worker tries again
SHORT_WAIT = 0.3  # seconds that a renewal or a claim waits for a writer before it is tried again later


class LeaseLostError(Exception):
    """The job has been taken over, or is over."""


def plain(document: Any) -> Any:  # noqa: ANN401 (any document)
    """Return a document as JSON has it, with what only a person reads as text."""
    return json.loads(msgspec.json.encode(document, enc_hook=str))


class Lease:
    """The hold of one worker on one job.

    Parameters
    ----------
    database : Where the job is.
    job : As it was when it was claimed.
    owner, token : Who holds it, and the number of the claim; whoever has an older one can write nothing.
    """

    def __init__(self, database: Database, job: Job, owner: str, token: int) -> None:
        self.database, self.job, self.owner, self.token = database, job, owner, token
        self.is_cancelled = job.cancel_asked

    def payload(self) -> bytes:
        """Return the file that went in; empty where there is none."""
        with transaction(self.database.engine) as connection:
            chosen = (JOB_FILES.c.job_id == self.job.job_id, JOB_FILES.c.role == PAYLOAD)
            return connection.execute(sa.select(JOB_FILES.c.content).where(*chosen)).scalar() or b""

    def renew(self, done: int, total: int, stage: str) -> None:
        """Say that the work goes on and how far it is; learn whether it is to stop.

        While another writer holds the database nothing is renewed, and nobody can take the job over either.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over.
        """
        values = {"beat": JOBS.c.beat + 1, "done": done, "total": total, "stage": stage}
        try:
            with self._writing(SHORT_WAIT) as connection:
                asked = self._set(connection, values)
        except BusyError:
            return
        self.is_cancelled = asked is not None

    def succeed(
        self, result: Any, file: tuple[str, bytes] | None = None, connection: sa.Connection | None = None  # noqa: ANN401 (any document)
    ) -> None:  # fmt: skip
        """Store what came out, in the transaction of what was done where one is given.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over; a transaction that is given must then be rolled back.
        """
        if connection is None:
            with self._writing(WAIT_SECONDS) as own:
                self.succeed(result, file, own)
            return
        self._end(connection, SUCCEEDED, result=json.dumps(plain(result)))
        if file is not None:
            connection.execute(sa.insert(JOB_FILES).values(
                job_id=self.job.job_id, role=RESULT, name=file[0], content=file[1]
            ))  # fmt: skip

    def fail(self, code: str, message: str, messages: Mapping[str, str] | None = None) -> None:
        """End the job with an error that another attempt would meet again.

        Parameters
        ----------
        code, message : Its stable code, and its sentence in English.
        messages : The sentence by language.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over.
        """
        with self._writing() as connection:
            error = {"code": code, "message": message, "messages": dict(messages or {})}
            self._end(connection, FAILED, error=json.dumps(error))

    def retry(self, trouble: Mapping[str, Any]) -> None:
        """Give the job back after a failure of the machine; end it when it has had its attempts.

        Parameters
        ----------
        trouble : The failure, from `error_document`.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over.
        """
        with self._writing() as connection:
            if self.job.attempt >= self.job.max_attempts:
                self._end(connection, FAILED, error=json.dumps(too_many_attempts(self.job.attempt, trouble)))
            else:
                self._release(connection, {})

    def hand_back(self) -> None:
        """Give the job back because the worker stops; the attempt does not count.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over.
        """
        with self._writing() as connection:
            self._release(connection, {"attempt": JOBS.c.attempt - 1})

    def cancel(self) -> None:
        """End the job because somebody asked for it.

        Raises
        ------
        LeaseLostError
            When the job has been taken over, or is over.
        """
        with self._writing() as connection:
            self._end(connection, CANCELLED)

    @contextmanager
    def _writing(self, wait: float = SETTLE_WAIT) -> Iterator[sa.Connection]:
        with transaction(self.database.engine, is_writer=True, in_turn=False, wait=wait) as connection:
            yield connection

    def _release(self, connection: sa.Connection, values: dict[str, Any]) -> None:
        """Let the job wait again; end it where somebody asked it to stop."""
        if self._set(connection, {"beat": JOBS.c.beat + 1}) is not None:
            self._end(connection, CANCELLED)
        else:
            self._set(connection, {"state": QUEUED, "worker": "", "stage": "", "done": 0, "total": 0, **values})

    def _end(self, connection: sa.Connection, state: str, **values: str) -> None:
        self._set(connection, {"state": state, "ended_at": self.database.clock(), **values})
        drop_payload(connection, self.job.job_id)

    def _set(self, connection: sa.Connection, values: dict[str, Any]) -> object:
        """Change the job if it is still held; return when it was asked to stop."""
        held = (JOBS.c.job_id == self.job.job_id, JOBS.c.worker == self.owner, JOBS.c.token == self.token,
                JOBS.c.state == RUNNING)  # fmt: skip
        changed = sa.update(JOBS).where(*held).values(values).returning(JOBS.c.cancel_asked_at)
        row = connection.execute(changed).first()
        if row is None:
            raise LeaseLostError(self.job.job_id)
        return row.cancel_asked_at


def drop_payload(connection: sa.Connection, job_id: str) -> None:
    """Forget the file that went into a job; nobody needs it any more."""
    connection.execute(sa.delete(JOB_FILES).where(JOB_FILES.c.job_id == job_id, JOB_FILES.c.role == PAYLOAD))
