"""A worker: claims jobs one after the other, has each done in a process that it can kill, and keeps the lease alive."""

import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from service.jobs.job import SUCCEEDED
from service.jobs.lease import Lease, LeaseLostError
from service.jobs.messages import WORKER_DIED, error_document
from service.jobs.queue import JobQueue
from service.jobs.running import DONE, LOST, REFUSED, Runner, RunnerDiedError
from service.settings import JobSettings, job_settings, trace_settings
from service.storage.database import open_database
from service.tracing import Traces
from training_catalog.errors import BangkomError, BusyError, StorageError

POLL_SECONDS = 0.5  # between looks at the queue
TICK_SECONDS = 0.25  # between looks at a job's process
TOLD_SECONDS = 0.5  # progress is written at most so often
RENEWALS_PER_LEASE = 10
IDLE_SECONDS = 60.0  # after which the process for jobs is ended, to free its memory
SWEEP_SECONDS = 3600.0  # between removals of old jobs
GONE_SECONDS = 2.0  # between attempts while the database is gone
GONE = (StorageError, SQLAlchemyError)


@dataclass(slots=True)
class Progress:
    """How far a job is, and when that was last written."""

    stage: str = ""
    done: int = 0
    total: int = 0
    is_new: bool = True
    written_at: float = 0.0

    def hear(self, told: dict[str, Any]) -> None:
        """Take over what the job's process told."""
        self.stage, self.done, self.total, self.is_new = told["stage"], told["done"], told["total"], True


class Worker:
    """One worker.

    Parameters
    ----------
    url : Address of the database.
    queue : Its jobs.
    owner : Name that no other worker has.
    settings : Times.
    stop : Set when the worker is to stop.
    traces : Where the spans of jobs go.
    """

    def __init__(self, url: str, queue: JobQueue, *, owner: str, settings: JobSettings, stop: threading.Event,
                 traces: Traces) -> None:  # fmt: skip
        self.url, self.queue, self.owner, self.settings, self.stop = url, queue, owner, settings, stop
        self.traces = traces
        self._runner: Runner | None = None
        self._is_gone = False
        self._busy_at = self._swept_at = -float("inf")

    def run(self) -> None:
        """Do jobs until told to stop; a database that is gone is waited for."""
        try:
            while not self.stop.is_set():
                try:
                    lease = self.queue.claim(self.owner)
                    if lease is not None:
                        self._work(lease)
                        continue
                    self._sweep()
                    self._is_gone = False
                except GONE as error:
                    if not self._is_gone:
                        _tell(f"{error}; waiting for it")
                    self._is_gone = True
                    self.stop.wait(GONE_SECONDS)
                if time.monotonic() - self._busy_at > IDLE_SECONDS:
                    self._drop_runner()
                self.stop.wait(POLL_SECONDS)
        finally:
            self._drop_runner()

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at > SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            self.queue.remove_old(self.settings.keep_days)

    def _drop_runner(self) -> None:
        if self._runner is not None:
            self._runner.kill()
            self._runner = None

    def _ready_runner(self) -> Runner:
        """Return the process for jobs, started where there is none or it has died in between."""
        if self._runner is None or self._runner.process.poll() is not None:
            self._drop_runner()
            self._runner = Runner(self.url)
        return self._runner

    def _work(self, lease: Lease) -> None:
        """Have a job done, and see to it that the queue learns how it ended."""
        folder = tempfile.mkdtemp(prefix="bangkom-job-")
        _tell(f"{lease.job.job_id} {lease.job.kind}: attempt {lease.job.attempt}")
        try:
            with self.traces.job(lease.job.job_id, lease.job.kind, lease.job.attempt) as span:
                self._settle(self._watch(lease, folder))
                span.state = self._state_of(lease)
        except LeaseLostError:
            self._drop_runner()  # whatever it still does cannot be stored
        except BaseException:
            self._drop_runner()  # it may still be at this job
            raise
        finally:
            self._busy_at = time.monotonic()
            shutil.rmtree(folder, ignore_errors=True)

    def _state_of(self, lease: Lease) -> str:
        """Return what a span says of how an attempt ended."""
        try:
            job = self.queue.get(lease.job.job_id) if self.traces.is_on else None
        except GONE:
            job = None
        return "" if job is None else job.state

    def _settle(self, end: Callable[[], None]) -> None:
        """Write how a job ended; while the database is gone, for as long as the lease may still hold."""
        until = time.monotonic() + (self.settings.grace_seconds if self.stop.is_set() else self.settings.lease_seconds)
        while True:
            try:
                end()
            except GONE as error:
                is_held = isinstance(error, BusyError) and not self.stop.is_set()  # nobody can take the job over then
                if time.monotonic() > until and not is_held:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return

    def _watch(self, lease: Lease, folder: str) -> Callable[[], None]:
        """Follow a job to its end, and return what there is to be written about it."""
        progress, until = Progress(), float("inf")
        try:
            runner = self._ready_runner()
            runner.order({"job_id": lease.job.job_id, "owner": lease.owner, "token": lease.token, "folder": folder})
            while True:
                told = runner.hear(TICK_SECONDS)
                if told is not None and "outcome" in told:
                    return _end_of(lease, told)
                if told is not None:
                    progress.hear(told)
                if self.stop.is_set():
                    until = min(until, time.monotonic() + self.settings.grace_seconds)
                if time.monotonic() >= until:
                    self._drop_runner()
                    return lease.hand_back
                self._renew(lease, progress)
                if lease.is_cancelled:
                    self._drop_runner()
                    return lease.cancel
        except RunnerDiedError:
            self._drop_runner()
            died = error_document("worker-died", BangkomError(WORKER_DIED))
            return lambda: lease.retry(died)

    def _renew(self, lease: Lease, progress: Progress) -> None:
        """Renew when there is news or it is time; a job that has just been stored needs no lease any more."""
        pause = TOLD_SECONDS if progress.is_new else self.settings.lease_seconds / RENEWALS_PER_LEASE
        if time.monotonic() - progress.written_at < pause:
            return
        progress.written_at, progress.is_new = time.monotonic(), False
        try:
            lease.renew(progress.done, progress.total, progress.stage)
        except GONE as error:
            _tell(f"{error}; the job goes on")
        except LeaseLostError:
            job = self.queue.get(lease.job.job_id)
            if job is None or job.state != SUCCEEDED:
                raise


def _end_of(lease: Lease, told: dict[str, Any]) -> Callable[[], None]:
    """Return what is to be written after an outcome."""
    error = told.get("error") or {}
    if told["outcome"] in (DONE, LOST):
        return lambda: None
    if told["outcome"] == REFUSED:
        return lambda: lease.fail(error["code"], error["message"], error["messages"])
    return lambda: lease.retry(error)


def _tell(sentence: str) -> None:
    """Tell the operator; no data of people are in it."""
    sys.stderr.write(f"bangkom worker {os.getpid()}: {sentence}\n")


def main() -> None:
    """Be a worker until told to stop, or until standard input closes because the parent is gone."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def wait_for_parent() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_parent, daemon=True).start()
    url = os.environ["BANGKOM_DATABASE_URL"]
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    traces = Traces(trace_settings())
    try:
        worker = Worker(
            url, JobQueue(open_database(url)), owner=owner, settings=job_settings(), stop=stop, traces=traces
        )
        worker.run()
    finally:
        traces.close()


if __name__ == "__main__":
    main()
