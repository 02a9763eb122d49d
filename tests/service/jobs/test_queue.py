"""What the queue promises, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from service.jobs.job import pack_files
from service.jobs.lease import LeaseLostError
from service.jobs.queue import JobQueue
from service.storage.database import Database, open_database
from service.storage.engine import transaction
from service.storage.jobs import JOB_FILES
from training_catalog.errors import BusyError, InputError

TROUBLE = {"code": "storage", "message": "disk full", "messages": {"id": "cakram penuh", "en": "disk full"}}


def submit(queue, **more):
    return queue.submit("fit", {}, author="ani", **more)


def test_a_job_is_kept_as_it_was_submitted(queue):
    job = queue.get(queue.submit("fit", {"seed": 3}, author="ani", owner="u-1", units=("B", "A")))
    assert (job.kind, job.request, job.author, job.owner, job.units) == ("fit", {"seed": 3}, "ani", "u-1", ("B", "A"))
    assert (job.state, job.attempt, job.max_attempts, job.result, job.error) == ("queued", 0, 3, None, None)
    assert job.submitted_at.tzinfo is not None
    assert queue.get("j-0") is None


@pytest.mark.parametrize(("kind", "request_", "said"), [
    ("dance", {}, "job 'dance' is not known; accepted: import, fit, check, plan, replan, export"),
    ("fit", {"sead": 1}, "request of fit: .*sead"),
    ("plan", {"budget_factor": "much"}, "'much' is no number"),
    ("plan", {"policy": {"plan": {"away_shar": 1}}}, "did you mean 'away_share'"),
    ("import", {"table": "people"}, "table 'people' is not known"),
    ("replan", {"plan": "p-1", "cancelled": []}, "request of replan: .*cancelled"),
    ("plan", {"name": "a\0b"}, "NUL characters"),
    ("plan", {"name": "\ud800"}, "halves of characters"),
    ("fit", {"seed": -1}, "request of fit: .*seed"),
    ("export", {"format": "csv"}, "name a table or a plan"),
    ("export", {"format": "doc", "table": "units"}, "request of export: .*format"),
])  # fmt: skip
def test_a_request_that_no_worker_could_carry_out_is_refused_at_once(queue, kind, request_, said):
    with pytest.raises(InputError, match=said):
        queue.submit(kind, request_, author="ani")
    assert queue.list(limit=9) == []


def test_the_same_key_is_the_same_job_also_when_asked_at_the_same_time(queue):
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: submit(queue, key="k-1"), range(8)))
    assert len(ids) == len(queue.list(limit=9)) == 1
    assert submit(queue) != submit(queue)


def test_lists_are_newest_first_and_go_on_where_they_ended(queue):
    ids = [submit(queue) for _ in range(5)]
    theirs = queue.submit("fit", {}, author="budi")
    first = queue.list(limit=2)
    assert [job.job_id for job in first] == [theirs, ids[4]]
    assert [job.job_id for job in queue.list(limit=9, before=first[-1].job_id, author="ani")] == ids[3::-1]
    assert queue.list(limit=9, before="j-0") == []


def test_jobs_are_claimed_in_their_order_and_none_twice(queue):
    ids = [submit(queue) for _ in range(3)]
    leases = [queue.claim(f"w-{n}") for n in range(4)]
    assert [lease.job.job_id for lease in leases[:3]] == ids
    assert leases[3] is None
    assert queue.get(ids[0]).state == "running"


def test_many_workers_at_once_claim_no_job_twice(database_url, queue):
    ids = {submit(queue) for _ in range(24)}

    def claim_all(n):
        own, got, idle = JobQueue(open_database(database_url)), [], 0
        while idle < 5:
            lease = own.claim(f"w-{n}")
            idle = idle + 1 if lease is None else 0
            got += [] if lease is None else [lease.job.job_id]
        return got

    with ThreadPoolExecutor(4) as pool:
        claimed = [job_id for got in pool.map(claim_all, range(4)) for job_id in got]
    claimed += [lease.job.job_id for _ in range(24) if (lease := queue.claim("rest")) is not None]
    assert len(claimed) == len(set(claimed)) == 24
    assert set(claimed) == ids


def test_progress_is_seen_and_ends_with_the_result(queue):
    lease = queue.claim("w") if submit(queue) else None
    lease.renew(3, 10, "ranking")
    job = queue.get(lease.job.job_id)
    assert (job.stage, job.done, job.total, job.attempt) == ("ranking", 3, 10, 1)
    lease.succeed({"rows": 7}, ("x.csv", b"\x00a"))
    job = queue.get(lease.job.job_id)
    assert (job.state, job.result, job.ended_at is not None) == ("succeeded", {"rows": 7}, True)
    assert queue.result_file(job.job_id) == ("x.csv", b"\x00a")
    assert queue.list(limit=1)[0].result is None


def test_a_holder_without_a_sign_of_life_loses_its_job_and_can_write_nothing_more(queue, clock):
    submit(queue)
    old = queue.claim("w-1")
    assert queue.claim("w-2") is None
    clock.now += 29.9
    assert queue.claim("w-2") is None
    clock.now += 0.1
    new = queue.claim("w-2")
    assert (new.job.job_id, new.job.attempt) == (old.job.job_id, 2)
    for write in (lambda: old.renew(1, 1, "x"), lambda: old.succeed({}), lambda: old.fail("input", "no"),
                  lambda: old.retry(TROUBLE), old.hand_back, old.cancel):  # fmt: skip
        with pytest.raises(LeaseLostError):
            write()
    with pytest.raises(LeaseLostError), old.database.writing() as writing:
        writing.number()
        old.succeed({}, connection=writing.connection)
    new.succeed({"by": 2})
    assert queue.get(new.job.job_id).result == {"by": 2}


def test_a_lease_of_the_same_worker_is_another_lease(queue, clock):
    submit(queue)
    old = queue.claim("w-1")
    queue.claim("w-1")
    clock.now += 30
    new = queue.claim("w-1")
    with pytest.raises(LeaseLostError):
        old.succeed({"by": 1})
    new.succeed({"by": 2})


def test_renewals_keep_a_lease_for_ever(queue, clock):
    submit(queue)
    lease = queue.claim("w-1")
    for _ in range(5):
        assert queue.claim("w-2") is None
        clock.now += 29
        lease.renew(0, 0, "")


def test_no_time_of_day_matters(database_url, clock):
    """The day may jump by years in either direction between renewals, on either machine."""
    moments = iter([datetime(2030, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)] * 50)
    database = open_database(database_url)
    queue = JobQueue(Database(database.engine, author="", clock=lambda: next(moments)), clock, lease_seconds=30.0)
    submit(queue)
    lease = queue.claim("w-1")
    assert queue.claim("w-2") is None
    lease.renew(0, 0, "")
    assert queue.claim("w-2") is None
    clock.now += 29
    assert queue.claim("w-2") is None
    clock.now += 1
    assert queue.claim("w-2") is not None


def test_trouble_is_tried_again_after_a_pause_that_grows_and_not_for_ever(queue, clock):
    job_id = submit(queue)
    for pause in (2.0, 4.0):
        queue.claim("w").retry(TROUBLE)
        assert queue.get(job_id).state == "queued"
        assert queue.claim("w") is None
        clock.now += pause - 0.1
        assert queue.claim("w") is None
        clock.now += 0.1
    queue.claim("w").retry(TROUBLE)
    job = queue.get(job_id)
    assert (job.state, job.attempt, job.error["code"], job.error["cause"]) == (
        "failed",
        3,
        "too-many-attempts",
        "storage",
    )
    assert job.error["messages"]["id"] == "sudah dicoba 3 kali tanpa hasil; yang terakhir: cakram penuh"


def test_a_job_that_kills_its_worker_ends_after_its_attempts(queue, clock):
    job_id = submit(queue, max_attempts=2)
    queue.claim("w-1")
    queue.claim("w-2")
    clock.now += 30
    assert queue.claim("w-2").job.attempt == 2
    queue.claim("w-3")
    clock.now += 30
    assert queue.claim("w-3") is None
    job = queue.get(job_id)
    assert (job.state, job.error["code"], job.ended_at is not None) == ("failed", "too-many-attempts", True)


def test_an_error_of_the_input_ends_the_job_at_once(queue):
    job_id = submit(queue)
    queue.claim("w").fail("input", "no budget", {"id": "tidak ada anggaran"})
    job = queue.get(job_id)
    assert (job.state, job.error["code"], job.error["message"]) == ("failed", "input", "no budget")


def test_a_job_handed_back_is_free_at_once_and_the_attempt_does_not_count(queue):
    job_id = submit(queue)
    queue.claim("w-1").hand_back()
    assert queue.get(job_id).attempt == 0
    assert queue.claim("w-2").job.attempt == 1


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_when_its_worker_hears_of_it(queue):
    waiting, running = submit(queue), None
    assert queue.cancel(waiting)
    assert queue.get(waiting).state == "cancelled"
    running = submit(queue)
    lease = queue.claim("w")
    assert lease.job.job_id == running
    assert queue.cancel(running)
    assert queue.get(running).cancel_asked
    assert not lease.is_cancelled
    lease.renew(0, 0, "")
    assert lease.is_cancelled
    lease.cancel()
    assert queue.get(running).state == "cancelled"
    assert [queue.cancel(job_id) for job_id in (waiting, running, "j-0")] == [False] * 3


@pytest.mark.parametrize("end", ["retry", "hand_back", "die"])
def test_a_job_that_is_to_stop_is_not_tried_again(queue, clock, end):
    job_id = submit(queue)
    lease = queue.claim("w")
    queue.cancel(job_id)
    if end == "die":
        queue.claim("w-2")
        clock.now += 30
        assert queue.claim("w-2") is None
    else:
        lease.retry(TROUBLE) if end == "retry" else lease.hand_back()
    assert queue.get(job_id).state == "cancelled"


def test_what_went_in_is_kept_no_longer_than_needed_and_what_came_out_for_a_while(queue):
    payload = pack_files([("a.csv", b"x")])
    job_id = queue.submit("import", {}, author="ani", payload=payload)
    lease = queue.claim("w")
    assert lease.payload() == payload
    lease.succeed({}, ("r.csv", b"r"))
    assert lease.payload() == b""
    assert queue.remove_old(keep_days=1) == 0
    later = Database(queue.database.engine, clock=lambda: datetime.now(UTC) + timedelta(days=2))
    assert JobQueue(later).remove_old(keep_days=1) == 1
    assert queue.get(job_id) is None
    with transaction(queue.database.engine) as connection:
        assert connection.execute(JOB_FILES.select()).all() == []


def test_while_somebody_writes_for_longer_than_a_lease_nobody_is_taken_for_dead(database_url, clock):
    """An import holds SQLite for its whole transaction: its own worker cannot renew then, and nobody can take over."""
    queue = JobQueue(open_database(database_url), clock, lease_seconds=30.0)
    submit(queue)
    lease = queue.claim("w-1")
    assert queue.claim("w-2") is None
    done = []
    with queue.database.writing() as writing:
        writing.number()
        lease.renew(1, 2, "storing")  # must not wait, nor break
        for _ in range(4):
            clock.now += 31
            if database_url.startswith("postgresql"):
                lease.renew(1, 2, "storing")
            assert queue.claim("w-2") is None
        lease.succeed({"rows": 1}, connection=writing.connection)
        done.append(True)
    assert queue.get(lease.job.job_id).state == "succeeded"
    assert queue.claim("w-2") is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where a writer keeps holders from renewing
def test_after_a_long_writer_a_holder_has_a_whole_lease_to_renew_in(queue, clock):
    submit(queue)
    lease = queue.claim("w-1")
    assert queue.claim("w-2") is None
    with queue.database.writing():
        clock.now += 31
        assert queue.claim("w-2") is None
    clock.now += 29
    assert queue.claim("w-2") is None
    lease.succeed({})


def test_a_writer_that_waits_in_vain_says_that_the_database_is_busy(database_url):
    database = open_database(database_url)
    with database.writing(), pytest.raises(BusyError), transaction(database.engine, is_writer=True, wait=0.05):
        pass


def test_a_crowd_of_submissions_is_numbered_without_a_gap_or_a_repeat(queue):
    barrier = threading.Barrier(4)

    def some(_):
        barrier.wait()
        return [submit(queue) for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        ids = [job_id for part in pool.map(some, range(4)) for job_id in part]
    assert sorted(ids) == sorted(job.job_id for job in queue.list(limit=50))
