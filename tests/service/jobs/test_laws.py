"""Laws of the queue under any order of what may happen: no lease but the last one writes, each job ends once."""

import uuid

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from service.jobs.job import CANCELLED, ENDED, FAILED, QUEUED, RUNNING, SUCCEEDED
from service.jobs.lease import LeaseLostError
from service.jobs.queue import JobQueue
from service.storage.database import open_database
from tests.service.jobs.conftest import Clock

TROUBLE = {"code": "storage", "message": "disk full", "messages": {}}


class Laws(RuleBasedStateMachine):
    url = ""  # of the database, set by the test
    jobs, leases = Bundle("jobs"), Bundle("leases")

    def __init__(self):
        super().__init__()
        self.clock, self.mark = Clock(), uuid.uuid4().hex
        self.queues = [JobQueue(open_database(self.url), self.clock, lease_seconds=30.0) for _ in range(2)]
        for job in self.queues[0].list(limit=100):
            self.queues[0].cancel(job.job_id)
            self.clean()
        self.holder, self.over = {}, {}

    def clean(self):
        """Let whatever an earlier run left come to its end."""
        while self.queues[0].claim("cleaner"):
            pass
        self.clock.now += 1000
        while lease := self.queues[0].claim("cleaner"):
            lease.fail("input", "left over")

    @rule(target=jobs, max_attempts=st.integers(1, 3))
    def submit(self, max_attempts):
        return self.queues[0].submit("fit", {}, author=self.mark, max_attempts=max_attempts)

    @rule(target=leases, worker=st.integers(0, 1))
    def claim(self, worker):
        lease = self.queues[worker].claim(f"w-{worker}")
        if lease is not None:
            assert lease.job.state == RUNNING
            assert lease.job.job_id not in self.over
            assert 1 <= lease.job.attempt <= lease.job.max_attempts
            old = self.holder.get(lease.job.job_id)
            assert old is None or lease.token > old.token
            self.holder[lease.job.job_id] = lease
        return lease

    @rule(seconds=st.sampled_from([1.0, 5.0, 31.0]))
    def wait(self, seconds):
        self.clock.now += seconds

    @rule(job_id=jobs)
    def cancel(self, job_id):
        assert self.queues[0].cancel(job_id) == (job_id not in self.over)

    @rule(lease=leases, how=st.sampled_from(["renew", "succeed", "fail", "retry", "hand_back", "cancel"]))
    def write(self, lease, how):
        if lease is None:
            return
        writes = {"renew": lambda: lease.renew(1, 2, "x"), "succeed": lambda: lease.succeed({"token": lease.token}),
                  "fail": lambda: lease.fail("input", "no"), "retry": lambda: lease.retry(TROUBLE),
                  "hand_back": lease.hand_back, "cancel": lease.cancel}  # fmt: skip
        before = self.queues[0].get(lease.job.job_id)
        is_held = self.holder.get(lease.job.job_id) is lease and before.state == RUNNING
        try:
            writes[how]()
        except LeaseLostError:
            assert not is_held
            assert self.queues[0].get(lease.job.job_id) == before
        else:
            assert is_held

    @invariant()
    def what_is_over_stays_so(self):
        for job in self.queues[0].list(limit=100, author=self.mark):
            assert job.state in (QUEUED, RUNNING, *ENDED)
            assert (job.ended_at is not None) == (job.state in ENDED)
            assert (job.error is not None) == (job.state == FAILED)
            assert job.state != CANCELLED or job.cancel_asked or job.job_id in self.holder
            assert self.over.get(job.job_id, job) == job
            if job.state in ENDED and job.job_id not in self.over:
                self.over[job.job_id] = job
                result = self.queues[0].get(job.job_id).result
                token = self.holder[job.job_id].token if job.job_id in self.holder else None
                assert result == ({"token": token} if job.state == SUCCEEDED else None)


@pytest.mark.long
@pytest.mark.parametrize("n_examples", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_whatever_happens_only_the_last_holder_writes_and_each_job_ends_once(database_url, n_examples):
    run_state_machine_as_test(
        type("LawsHere", (Laws,), {"url": database_url}),
        settings=settings(max_examples=n_examples, stateful_step_count=20),
    )
