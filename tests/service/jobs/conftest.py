import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from service.jobs.queue import JobQueue
from service.reference import open_office
from service.storage.database import open_database
from tests.offices import KINDS, of_its_kind, reference_rows

ROOT = Path(__file__).resolve().parents[3]
SOON = 60.0  # seconds; the machine may be busy


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """Return the address of a database with the rows that every office begins with, of each kind in turn."""
    yield from of_its_kind(request, tmp_path, reference_rows)


@pytest.fixture
def queue(database_url, clock):
    return JobQueue(open_database(database_url), clock, lease_seconds=30.0)


@pytest.fixture
def office_queue(database_url):
    """Return the jobs of an office with the reference data, by the clock of the machine."""
    return JobQueue(open_office(database_url))


def worker_process(url, *, n=None, lease=2.0, grace=8.0):
    """Start a worker, or several, as an operator would."""
    environment = {**os.environ, "BANGKOM_DATABASE_URL": url, "BANGKOM_JOB_LEASE_SECONDS": str(lease),
                   "BANGKOM_JOB_GRACE_SECONDS": str(grace), "BANGKOM_LANG": "en"}  # fmt: skip
    program = ["service.jobs.worker"] if n is None else ["service", "worker", "-n", str(n)]
    return subprocess.Popen([sys.executable, "-m", *program], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)  # fmt: skip


@contextmanager
def started(url, **how):
    """Start a worker, and end what is left of it."""
    process = worker_process(url, **how)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        process.stdin.close()
        process.wait()


@pytest.fixture
def start_worker(database_url):
    """Return a function that starts workers on the database."""
    with ExitStack() as workers:
        yield lambda **how: workers.enter_context(started(database_url, **how))


def wait_until(is_so, seconds=SOON):
    """Wait until something is so, and return it."""
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.05)
    return found


def ended(queue, job_id, seconds=SOON):
    """Wait until a job is over, and return it."""

    def job_if_over():
        job = queue.get(job_id)
        return job if job.state in ("succeeded", "failed", "cancelled") else None

    return wait_until(job_if_over, seconds)
