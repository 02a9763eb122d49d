"""A folder of agencies: the same plan by any processes, recounted; faults name the agency, the field and the value."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.allocation.limits import run_here
from service.nation.planning import Effort, plan_nation
from service.nation.workers import Workers, workers
from training_catalog.errors import InputError

HERE = Effort(run=run_here, processes=1, seconds=60.0)


def agency(folder, name, *, people=4, benefit=1.0, line=None):
    """An agency whose people all want its one class, which costs 2 to open and 2 a seat, from its line."""
    own = folder / f"agency={name}"
    own.mkdir(parents=True)
    ids = [f"{name}{i}" for i in range(people)]
    pq.write_table(pa.table({"line": [f"L{name}"], "amount": [100], "parent": ["NATION"]}), own / "budgets.parquet")
    pq.write_table(pa.table({"offering": [f"K{name}"], "training": [f"T{name}"], "line": [f"L{name}"],
                             "fixed_cost": [2], "min": [2]}), own / "offerings.parquet")  # fmt: skip
    pq.write_table(pa.table({"employee": ids, "line": [line or f"L{name}"] * people}), own / "employees.parquet")
    pq.write_table(pa.table({"employee": ids, "offering": [f"K{name}"] * people,
                             "benefit": [benefit + i / 10 for i in range(people)], "cost": [2] * people,
                             "mandatory": pa.nulls(people, pa.bool_())}), own / "options.parquet")  # fmt: skip
    return own


def nation(folder, amount=16, rules=None, **agencies):
    """Two agencies and what they share."""
    for name, given in (agencies or {"A": {}, "B": {"benefit": 2.0}}).items():
        agency(folder, name, **given)
    shared = {"budgets": [{"line": "NATION", "amount": amount}], "rules": rules or {}}
    (folder / "problem.json").write_text(json.dumps(shared), encoding="utf-8")
    return folder


def seats(plan):
    return {path.parent.name: pq.read_table(path, partitioning=None).column("employee").to_pylist()
            for path in plan.glob("agency=*/part-0.parquet")}  # fmt: skip


def test_the_nation_s_money_goes_where_it_closes_most(tmp_path):
    """16 = one class for all four of B (10), and one for two of A (6)."""
    totals = plan_nation(nation(tmp_path / "in"), tmp_path / "plan", HERE)
    assert seats(tmp_path / "plan") == {"agency=A": ["A2", "A3"], "agency=B": ["B0", "B1", "B2", "B3"]}
    assert totals["objective"] == pytest.approx(2.0 + 0.5 + 8.6)
    assert totals["bound"] >= totals["objective"]
    assert (totals["cost"], totals["assignments"], totals["employees"]) == (16, 6, 8)
    assert totals["lines"][0]["planned"] == 16
    assert totals["verified"] == {"ok": True, "violations": []}
    assert not list((tmp_path / "plan").glob(".pieces-*"))


def test_a_cap_of_the_nation_holds_in_all_agencies_together(tmp_path):
    rules = {"earmarks": [{"name": "both", "trainings": ["TA", "TB"], "at_most": 10}]}
    totals = plan_nation(nation(tmp_path / "in", rules=rules), tmp_path / "plan", HERE)
    assert totals["cost"] <= 10
    assert totals["verified"]["ok"]


@pytest.mark.long
def test_processes_and_a_cluster_make_the_same_plan(tmp_path):
    folder = nation(tmp_path / "in", amount=23, A={"people": 6}, B={"benefit": 2.0}, C={"people": 5})
    here = plan_nation(folder, tmp_path / "here", HERE)
    with workers(2) as (run, n):
        apart = plan_nation(folder, tmp_path / "apart", Effort(run=run, processes=n, seconds=60.0))
    dask = [sys.executable, "-m"]
    address = "tcp://127.0.0.1:28787"
    scheduler = subprocess.Popen([*dask, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "28787",
                                  "--no-dashboard"], stderr=subprocess.DEVNULL)  # fmt: skip
    worker = subprocess.Popen([*dask, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                               "--no-dashboard"], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        far = _on_cluster(address, folder, tmp_path / "far")
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait()
    for other, plan in ((apart, "apart"), (far, "far")):
        assert other == here
        assert seats(tmp_path / plan) == seats(tmp_path / "here")


def _on_cluster(address, folder, out):
    until = time.monotonic() + 60
    while True:
        try:
            with workers(1, address) as (run, n):
                return plan_nation(folder, out, Effort(run=run, processes=n, seconds=60.0))
        except InputError:
            if time.monotonic() > until:
                raise


def _once_killed(marker, item):
    if item == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * 10


@pytest.mark.long
def test_a_killed_worker_changes_nothing(tmp_path):
    assert list(Workers(2)(partial(_once_killed, tmp_path / "killed"), range(5))) == [0, 10, 20, 30, 40]
    assert (tmp_path / "killed").exists()


def _always_killed(_item):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.long
def test_workers_that_always_end_are_said_to():
    with pytest.raises(InputError, match="worker processes end before their work"):
        list(Workers(2)(_always_killed, range(2)))


def _start_method(_item):
    return multiprocessing.get_start_method()


def test_a_worker_s_own_processes_begin_afresh():
    assert list(Workers(2)(_start_method, range(2))) == ["spawn", "spawn"]


def test_nobody_answers_at_the_scheduler_s_address():
    with pytest.raises(InputError, match="no Dask scheduler answers"), workers(1, "tcp://127.0.0.1:9"):
        pass


def test_joblib_s_word_on_a_worker_that_it_ends_as_it_has_grown_is_not_passed_on():
    assert list(Workers(2)(abs, [-1])) == [1]
    warnings.warn("A worker stopped while some jobs were given to the executor.", stacklevel=1)  # elsewhere an error


@pytest.mark.parametrize("effort", [HERE, Effort(run=Workers(2), processes=2)], ids=["here", "apart"])
def test_faults_name_agency_row_field_and_value(tmp_path, effort):
    folder = nation(tmp_path / "in")
    pq.write_table(pa.table({"employee": ["A0", "A1"], "offering": ["KA", "KX"], "benefit": [1.0, -2.0]}),
                   folder / "agency=A" / "options.parquet")  # fmt: skip
    with pytest.raises(InputError, match=r"agency=A:\s*\$\.options\[1\]\.benefit.*-2.*0 or more"):
        plan_nation(folder, tmp_path / "plan", effort)
    assert not (tmp_path / "plan" / "plan.json").exists()


def _without_options(folder):
    (folder / "agency=A" / "options.parquet").unlink()


def _no_table(folder):
    (folder / "agency=A" / "options.parquet").write_text("hello", encoding="utf-8")


def _same_person_elsewhere(folder):
    own = agency(folder, "A2", people=1)
    pq.write_table(pa.table({"employee": ["A0"]}), own / "employees.parquet")
    pq.write_table(pa.table({"employee": ["A0"], "offering": ["KA2"], "benefit": [1.0]}), own / "options.parquet")


def _earmark_of_nothing(folder):
    rules = {"earmarks": [{"name": "x", "trainings": ["TZ"], "at_most": 1}]}
    shared = {"budgets": [{"line": "NATION", "amount": 1}], "rules": rules}
    (folder / "problem.json").write_text(json.dumps(shared), encoding="utf-8")


def _people_in_the_shared_file(folder):
    (folder / "problem.json").write_text(json.dumps({"employees": [{"employee": "A0"}]}), encoding="utf-8")


def _without_shared_file(folder):
    (folder / "problem.json").unlink()


def _class_elsewhere(folder):
    pq.write_table(pa.table({"employee": ["A0"], "offering": ["KB"], "benefit": [1.0]}),
                   folder / "agency=A" / "options.parquet")  # fmt: skip


def _cost_that_no_line_pays(folder):
    pq.write_table(pa.table({"employee": [f"A{i}" for i in range(4)]}), folder / "agency=A" / "employees.parquet")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_cost_that_no_line_pays, "agency=A:\n  $.options[0].line: A0 in KA costs 2 and no line pays"),
        (_without_options, "agency=A/options.parquet: missing"),
        (_no_table, "agency=A/options.parquet: not a Parquet table"),
        (_same_person_elsewhere, "employee: 1 ids stand in two agencies, for example in A and A2"),
        (_earmark_of_nothing, "'TZ' is given by no agency"),
        (_people_in_the_shared_file, "belongs into each agency's folder, as employees.parquet"),
        (_without_shared_file, "problem.json: cannot be read"),
        (_class_elsewhere, "'KB' is not among the agency's offerings"),
    ],
)
def test_a_fault_is_said(tmp_path, harm, said):
    folder = nation(tmp_path / "in")
    harm(folder)
    with pytest.raises(InputError) as caught:
        plan_nation(folder, tmp_path / "plan", HERE)
    assert said in str(caught.value)


def test_the_faults_of_all_agencies_are_said_at_once(tmp_path):
    folder = nation(tmp_path / "in")
    for name in "AB":
        pq.write_table(pa.table({"employee": [f"{name}0"] * 2, "offering": ["KX", "KY"], "benefit": [1.0, 1.0]}),
                       folder / f"agency={name}" / "options.parquet")  # fmt: skip
    with pytest.raises(InputError) as caught:
        plan_nation(folder, tmp_path / "plan", HERE)
    lines = [line.strip() for line in str(caught.value).splitlines()]
    unknown = [f"$.options[{i}].offering: '{value}' is not among the agency's offerings"
               for i, value in enumerate(("KX", "KY"))]  # fmt: skip
    assert lines == ["2 agencies have faults:", "agency=A:", *unknown, "agency=B:", *unknown]


def test_a_plan_is_never_written_over(tmp_path):
    folder = nation(tmp_path / "in")
    plan_nation(folder, tmp_path / "plan", HERE)
    before = (tmp_path / "plan" / "plan.json").read_bytes()
    with pytest.raises(InputError, match="holds a plan already"):
        plan_nation(folder, tmp_path / "plan", HERE)
    assert (tmp_path / "plan" / "plan.json").read_bytes() == before


def test_a_folder_without_agencies_is_said_to_be_empty(tmp_path):
    (tmp_path / "problem.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="no agency here; accepted: folders named agency=NAME"):
        plan_nation(tmp_path, tmp_path / "plan", HERE)
