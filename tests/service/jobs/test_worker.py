"""Workers as an operator runs them: stopped, killed, cancelled, without their database; every job ends once."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.jobs.job import pack_files
from service.jobs.queue import JobQueue
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.jobs import JOBS
from service.storage.schema import CHANGES
from tests.service.jobs.conftest import ended, wait_until, worker_process

pytestmark = pytest.mark.long

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # of processes, not of databases
LEASE = 1.5  # seconds, in the tests that kill


def submit_import(queue, n, n_rows=40, **more):
    """Put in an import whose one row no other job has, and return its id."""
    rows = "".join(f"U{n:03}-{row:05},Unit {n} {row}\n" for row in range(n_rows))
    content = ("unit,name\n" + rows).encode()
    return queue.submit("import", {"lang": "en"}, author=f"a-{n}", payload=pack_files([(f"u{n}.csv", content)]), **more)


def children_of(pid):
    """Return the processes that a process has started, and theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found + [inner for child in found for inner in children_of(child)]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def is_running(queue, job_id):
    return lambda: queue.get(job_id).state == "running"


@pytest.fixture
def long_job(office_queue):
    """Return a job of minutes: a big import, which holds the writers' turn while it stores."""
    return submit_import(office_queue, 0, n_rows=200_000)


def test_a_running_job_is_cancelled_and_its_process_is_gone(office_queue, start_worker, long_job):
    worker = start_worker()
    wait_until(lambda: office_queue.get(long_job).stage == "reading")
    started = children_of(worker.pid)
    assert office_queue.cancel(long_job)
    job = ended(office_queue, long_job)
    assert (job.state, job.error, job.result) == ("cancelled", None, None)
    wait_until(lambda: not any(map(is_alive, started)))
    assert office_queue.database.read("units").empty
    assert ended(office_queue, submit_import(office_queue, 1)).state == "succeeded"


def test_a_worker_that_is_told_to_stop_hands_its_job_back_and_leaves_nothing_half_done(
    office_queue, start_worker, long_job
):
    worker = start_worker(grace=0.5)
    wait_until(is_running(office_queue, long_job))
    started = children_of(worker.pid)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    job = office_queue.get(long_job)
    assert (job.state, job.attempt) == ("queued", 0)
    assert not any(map(is_alive, started))
    assert office_queue.database.read("units").empty


@ON_ONE
def test_a_worker_that_is_told_to_stop_finishes_what_it_can(office_queue, start_worker):
    job_id = submit_import(office_queue, 0)
    worker = start_worker(grace=60)
    wait_until(is_running(office_queue, job_id))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert (office_queue.get(job_id).state, office_queue.get(job_id).attempt) == ("succeeded", 1)


@ON_ONE
def test_nothing_that_a_killed_worker_started_stays_behind(office_queue, start_worker, long_job):
    worker = start_worker(lease=LEASE)
    wait_until(is_running(office_queue, long_job))
    started = wait_until(lambda: children_of(worker.pid))
    worker.kill()
    wait_until(lambda: not any(map(is_alive, started)), 10)
    start_worker(lease=LEASE)
    wait_until(lambda: office_queue.get(long_job).attempt == 2)


@ON_ONE
def test_a_job_whose_process_is_killed_is_tried_again_by_the_same_worker(office_queue, start_worker):
    job_id = submit_import(office_queue, 0, n_rows=20_000)
    worker = start_worker(lease=600)
    wait_until(lambda: office_queue.get(job_id).stage)
    for pid in children_of(worker.pid):
        os.kill(pid, signal.SIGKILL)
    job = ended(office_queue, job_id)
    assert (job.state, job.attempt) == ("succeeded", 2)


@ON_ONE
def test_workers_end_when_their_parent_is_killed_and_one_that_dies_is_started_again(office_queue, start_worker):
    parent = start_worker(n=2, grace=0.5)
    first = wait_until(lambda: len(found := children_of(parent.pid)) == 2 and found)
    os.kill(first[0], signal.SIGKILL)
    both = wait_until(lambda: len(found := children_of(parent.pid)) == 2 and first[0] not in found and found)
    assert ended(office_queue, submit_import(office_queue, 0)).state == "succeeded"
    both = children_of(parent.pid)
    parent.kill()
    wait_until(lambda: not any(map(is_alive, both)), 20)


@ON_ONE
def test_workers_stop_together(start_worker):
    parent = start_worker(n=2, grace=0.5)
    started = wait_until(lambda: len(found := children_of(parent.pid)) == 2 and found)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(20) == 0
    assert not any(map(is_alive, started))


def test_a_database_that_goes_away_and_comes_back_needs_no_hand(postgresql_url, postgresql_server):
    queue = JobQueue(open_database(postgresql_url))
    worker = worker_process(postgresql_url)
    try:
        assert ended(queue, submit_import(queue, 0)).state == "succeeded"
        name = sa.make_url(postgresql_url).database
        server = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with server.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            connection.exec_driver_sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 (our own name)
            )
        time.sleep(3)
        assert worker.poll() is None
        with server.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert ended(queue, submit_import(queue, 1)).state == "succeeded"
    finally:
        worker.terminate()
        worker.wait(20)
        worker.stdin.close()


@pytest.mark.parametrize("n_jobs", [8, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(3000)])])
def test_every_job_has_its_effect_once_however_workers_and_their_processes_are_killed(
    office_queue, start_worker, n_jobs
):
    """Each import changes rows that no other has: the list of changes tells how often it had its effect."""
    moments = random.Random(n_jobs)
    ids = [submit_import(office_queue, n, max_attempts=1000) for n in range(n_jobs)]
    workers = [start_worker(lease=LEASE) for _ in range(2)]
    n_kills, until = 0, time.monotonic() + n_jobs * 2.0
    while count_ended(office_queue) < n_jobs and time.monotonic() < until:
        time.sleep(moments.uniform(0.2, 6.0))
        victim = moments.randrange(2)
        targets = [workers[victim].pid, *children_of(workers[victim].pid)]
        os.kill(moments.choice(targets), signal.SIGKILL)
        n_kills += 1
        if moments.random() < 0.8 and workers[victim].poll() is not None:
            workers[victim] = start_worker(lease=LEASE)
    workers = [start_worker(lease=LEASE) for _ in range(2)]
    jobs = [ended(office_queue, job_id, 60 + n_jobs * 5) for job_id in ids]
    assert [job.state for job in jobs] == ["succeeded"] * n_jobs, [job.error for job in jobs]
    with transaction(office_queue.database.engine) as connection:
        authors = sa.select(CHANGES.c.author).where(CHANGES.c.source != "").where(CHANGES.c.author.like("a-%"))
        effects = sorted(connection.execute(authors).scalars())
        tokens = connection.execute(sa.select(sa.func.sum(JOBS.c.token))).scalar()
    assert effects == sorted(f"a-{n}" for n in range(n_jobs))
    assert len(office_queue.database.read("units")) == 40 * n_jobs
    print(f"{n_jobs} jobs, {n_kills} kills, {tokens} claims, effects {len(effects)}")  # noqa: T201 (figures)


def count_ended(queue):
    with transaction(queue.database.engine) as connection:
        query = sa.select(sa.func.count()).where(JOBS.c.state == "succeeded")
        return connection.execute(query).scalar()
