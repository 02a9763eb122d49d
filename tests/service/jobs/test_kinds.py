"""Each kind of job comes to what its command does, done by a worker as an operator starts it."""

import io
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from service.cli import main_group
from service.jobs.job import pack_files
from service.jobs.kinds import perform
from service.jobs.lease import LeaseLostError
from service.jobs.queue import JobQueue
from service.reference import open_office
from tests.offices import copied_file, reference_rows
from tests.service.jobs.conftest import ended, started

ON = "2027-01-04"


@pytest.fixture(scope="module")
def city_files(tmp_path_factory):
    """Return the files of a small city, and the policy made for it."""
    folder = tmp_path_factory.mktemp("city")
    called = ["--on", ON, "demo", str(folder), "--people", "60", "--time-limit", "4", "--json"]
    run = CliRunner().invoke(main_group, called)
    assert run.exit_code in (0, 1), run.output
    found = sorted(path for path in (folder / "berkas").iterdir() if path.suffix in (".csv", ".xlsx"))
    return [(path.name, path.read_bytes()) for path in found]


def succeed(queue, kind, request, **more):
    job = ended(queue, queue.submit(kind, {"lang": "en", "on": ON, **request}, author="ani", **more), 120)
    assert job.state == "succeeded", job.error
    assert job.attempt == 1
    return job


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_each_kind_gives_the_document_of_its_command(office_queue, start_worker, terminal_of, database_url, city_files,
                                                     tmp_path):  # fmt: skip
    queue, bangkom = office_queue, terminal_of(database_url)
    start_worker()
    imported = succeed(queue, "import", {}, payload=pack_files(city_files)).result
    assert {file["file"] for file in imported["files"]} == {name for name, _ in city_files}
    assert all(f["read"] == f["stored"] + f["unchanged"] + f["refused"] + f["left_out"] for f in imported["files"])
    folder = tmp_path / "again"
    folder.mkdir()
    for name, content in city_files:
        (folder / name).write_bytes(content)
    again = succeed(queue, "import", {"dry_run": True}, payload=pack_files(city_files)).result
    said = bangkom("import", "--dry-run", "--json", *[folder / name for name, _ in city_files]).document
    assert again == said
    assert said["files"][0]["stored"] == 0

    fitted = succeed(queue, "fit", {}).result
    assert fitted == bangkom("fit", "--json").document

    asked = {"year": 2027, "time_limit": 4, "name": "satu"}
    planned = succeed(queue, "plan", asked).result
    assert planned == bangkom("plans", "show", planned["plan"], "--json").document
    assert planned["year"] == 2027
    offering = next(o["offering"] for o in planned["offerings"] if o["taken"])
    replanned = succeed(queue, "replan", {"plan": planned["plan"], "cancelled": [offering], "time_limit": 4}).result
    assert not any(o["taken"] for o in replanned["offerings"] if o["offering"] == offering)
    plans = bangkom("plans", "list", "--json").document["plans"]
    names = {plan["plan"]: plan["name"] for plan in plans}
    assert (names[planned["plan"]], names[replanned["plan"]]) == ("satu", f"Without {offering}")

    exported = succeed(queue, "export", {"table": "employees", "format": "csv"})
    bangkom("export", "employees", tmp_path / "employees.csv")
    content = (tmp_path / "employees.csv").read_bytes()
    assert queue.result_file(exported.job_id) == ("employees.csv", content)
    assert exported.result == {"table": "employees", "rows": 60, "file": "employees.csv"}
    bangkom("plans", "show", planned["plan"], "--out", tmp_path / "plan", "--json")
    for suffix, name in (("csv", "assignments.csv"), ("xlsx", "plan.xlsx"), ("parquet", "assignments.parquet")):
        job = succeed(queue, "export", {"plan": planned["plan"], "format": suffix})
        file = f"{planned['plan']}.{suffix}"
        assert queue.result_file(job.job_id) == (file, (tmp_path / "plan" / name).read_bytes())
    changes = bangkom("database", "changes", "employees", pd.read_csv(io.BytesIO(content), dtype=str).iloc[0, 0],
                      "--json").document  # fmt: skip
    assert "ani" in str(changes)


@pytest.fixture(scope="module")
def worked_queue(tmp_path_factory):
    """Return the jobs of one office whose worker, a process that takes seconds to start, serves several tests."""
    url = copied_file(tmp_path_factory.mktemp("worked") / "office.db", reference_rows)
    with started(url):
        yield JobQueue(open_office(url))


@pytest.mark.parametrize(("kind", "request_", "code", "said"), [
    ("plan", {"year": 2031}, "input", "budgets: no line and no class for 2031"),
    ("replan", {"plan": "p-0", "cancelled": ["K"]}, "unknown-id", "plan 'p-0' is not known"),
])  # fmt: skip
def test_an_error_of_the_input_is_told_in_both_languages_and_not_tried_again(worked_queue, kind, request_, code, said):
    files = [("p.csv", b"nip;nama;jabatan\n198001012005011001;Ani;Analis\n")]
    succeed(worked_queue, "import", {}, payload=pack_files(files))
    job = ended(worked_queue, worked_queue.submit(kind, request_, author="ani"))
    assert (job.state, job.attempt, job.error["code"]) == ("failed", 1, code)
    assert said in job.error["message"]
    assert set(job.error["messages"]) == {"id", "en"}
    assert job.error["messages"]["id"] != job.error["message"]


def test_an_import_of_a_worker_that_was_taken_for_dead_stores_nothing(office_queue, tmp_path):
    files = [("u.csv", b"unit,name\nU1,Unit\n")]
    job_id = office_queue.submit("import", {}, author="ani", payload=pack_files(files))
    lease = office_queue.claim("w-1")
    lease.token -= 1  # as if it had been claimed again since
    with pytest.raises(LeaseLostError):
        perform(office_queue.database, lease, tmp_path, lambda *_: None)
    assert office_queue.database.read("units").empty
    assert office_queue.get(job_id).state == "running"


def test_refused_rows_come_out_as_files_under_any_name_of_the_upload(worked_queue):
    people = b"nip;nama\n198001012005011001;Ani\n1,98E+17;Budi\n"
    one = succeed(worked_queue, "import", {}, payload=pack_files([("../../x/pegawai.csv", people)]))
    assert one.result["files"][0]["file"] == "pegawai.csv"
    assert not one.result["ok"]
    name, content = worked_queue.result_file(one.job_id)
    assert (name, content.decode("utf-8-sig").splitlines()) == (
        "refused-1-employees.csv",
        ["nip;nama", "1,98E+17;Budi"],
    )
    both = pack_files([("a.csv", people), ("a.csv", people.replace(b"1,98E+17", b"2,98E+17"))])
    two = succeed(worked_queue, "import", {"all_or_nothing": True}, payload=both)
    name, content = worked_queue.result_file(two.job_id)
    assert (name, len(zipfile.ZipFile(io.BytesIO(content)).namelist())) == ("refused.zip", 2)
    assert all(file["stored"] == 0 for file in two.result["files"])
