"""A client that a well-known generator makes from the OpenAPI document works for the journey of an HR system."""

import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from service.auth.caller import SCOPES
from service.auth.keys import create_key
from service.jobs.kinds import perform
from service.jobs.queue import JobQueue
from service.reference import open_office
from tests.service.api.conftest import ANI, fill, real_server, small_office

pytestmark = pytest.mark.long

NEW = "198001012005012009"


@pytest.fixture
def journey(tmp_path, monkeypatch):
    """Return the generated package's importer, a client of it, and a function that does waiting jobs."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    database = open_office(url)
    fill(database, small_office())
    key = create_key(database, "hr", actor="test", scopes=SCOPES)[1]
    with real_server(url) as (address, _):
        generator = Path(sys.executable).with_name("openapi-python-client")
        made = subprocess.run([generator, "generate", "--url", f"{address}/openapi.json", "--meta", "none",
                               "--output-path", tmp_path / "bangkom_client", "--overwrite"],
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        assert "WARNING" not in made.stdout.upper().replace("WARNINGS AS", ""), made.stdout
        monkeypatch.syspath_prepend(tmp_path)
        kind = import_module("bangkom_client").AuthenticatedClient
        client = kind(base_url=address, token=key, prefix="", auth_header_name="X-API-Key")

        def work():
            queue = JobQueue(database)
            lease = queue.claim("test")
            folder = tmp_path / lease.job.job_id
            folder.mkdir()
            perform(database, lease, folder, lambda *_: None)

        with client:  # closes its connections
            yield lambda name: import_module(f"bangkom_client.{name}"), client, work


def test_people_go_in_and_recommendations_feedback_a_plan_and_results_come_out(journey):
    of, client, work = journey
    models = of("models")
    person = models.EmployeeIn.from_dict({"employee": NEW, "name": "Eka", "unit": "U1", "position": "J"})
    stored = of("api.employees.store_employees").sync(client=client, body=models.EmployeeBatch(items=[person]))
    assert (stored.stored, stored.refused) == (1, 0)
    level = {"employee": NEW, "competency": "M.01", "level": 2, "assessed_on": "2026-08-01", "method": "test"}
    batch = models.AssessmentBatch(items=[models.AssessmentIn.from_dict(level)])
    assert of("api.assessments.store_assessments").sync(client=client, body=batch).stored == 1
    served = of("api.recommendations.get_recommendations").sync(NEW, client=client)
    assert (served.employee, served.items[0].rank) == (NEW, 1)
    said = models.FeedbackIn.from_dict({"list": served.list_, "employee": NEW, "training": served.items[0].training,
                                        "kind": "interested"})  # fmt: skip
    assert of("api.recommendations.give_feedback").sync(client=client, body=said).feedback.startswith("f-")
    asked = of("api.plans.make_plan").sync(client=client, body=models.PlanAsk(year=2027, time_limit=5))
    assert asked.state == "queued"
    work()
    for _ in range(50):
        job = of("api.jobs.read_job").sync(asked.id, client=client)
        if job.state == "succeeded":
            break
        time.sleep(0.1)
    plan = of("api.plans.read_plan").sync(job.result["plan"], client=client, full=True)
    assert plan.verified.ok
    assert {seat.employee for seat in plan.chosen} & {NEW, ANI}
    assert of("api.plans.approve_plan").sync(plan.plan, client=client).state == "approved"
    wrong = of("api.employees.read_employee").sync_detailed("404", client=client)
    assert json.loads(wrong.content)["type"] == "/problems/unknown-id"
