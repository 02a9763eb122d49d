import hashlib
import json
import re

import pandas as pd
import pytest


def digests(folder):
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
            for f in sorted(folder.rglob("*")) if f.is_file() and not f.name.startswith("bangkom.db")}  # fmt: skip


@pytest.fixture
def city(bangkom, tmp_path):
    def make(name):
        run = bangkom("demo", tmp_path / name, "--people", "60", "--time-limit", "60", "--json")
        assert run.code == 0, run.err
        assert re.search(r"Best so far \d+\.\d levels, at most \d+\.\d", run.err), run.err
        return json.loads(run.out), tmp_path / name

    return make


@pytest.mark.long
def test_the_main_job_from_files_to_a_recounted_plan_and_the_same_bytes_again(city):
    answer, folder = city("once")
    assert answer["verified"] == {"ok": True, "violations": []}
    assert not answer["stopped_by_clock"]
    assert (answer["status"], answer["clashes"]) == ("optimal", [])
    for line in answer["lines"]:
        assert min(line["planned"], line["reserve"], line["free"]) >= 0
    files = digests(folder)
    assert {f"rencana/{name}" for name in ("assignments.csv", "plan.xlsx", "report.html")} <= set(files)
    seats = pd.read_parquet(folder / "rencana" / "assignments.parquet")
    assert len(seats) == answer["assignments"]
    assert seats["employee"].str.fullmatch(r"\d{18}").all()
    again, other = city("again")
    assert again["plan"] == answer["plan"]
    assert digests(other) == files


@pytest.mark.long
def test_prices_are_for_a_rupiah_in_the_plan_for_a_million_where_named_and_prove_the_stored_plan(bangkom, city):
    answer, _ = city("once")
    listed = bangkom("--database", answer["database"], "plans", "prices", answer["plan"], "--json").document
    assert listed["unit"] == "weighted levels per million rupiah"
    million = {row["line"]: row["price"] for row in listed["prices"]}
    assert max(million.values()) > 0
    assert {line["line"]: line["price"] * 1e6 for line in answer["lines"]} == pytest.approx(million)
    ran = bangkom("--database", answer["database"], "plans", "verify", answer["plan"], "--json")
    assert (ran.code, ran.document["ok"], ran.document["violations"]) == (0, True, [])
    assert ran.document["value"] == pytest.approx(answer["objective"])
    assert ran.document["value"] <= ran.document["claimed_bound"] <= ran.document["proven_bound"] + 1e-6
    assert ran.document["proven_gap"] < 0.2


@pytest.mark.long
def test_a_mandate_that_no_line_can_pay_needs_attention_and_is_not_approved(bangkom, city, tmp_path):
    answer, folder = city("once")
    heads = pd.read_parquet(folder / "rencana" / "assignments.parquet")["employee"].unique()[:2].tolist()
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[[mandates]]\ntraining = "D162"\nemployees = {json.dumps(heads)}\n', encoding="utf-8")
    run = bangkom("--database", answer["database"], "plan", "--policy", policy, "--time-limit", "60", "--json")
    assert run.code == 1
    assert run.document["status"] == "infeasible"
    assert run.document["clashes"]
    assert bangkom("--database", answer["database"], "plans", "approve", run.document["plan"]).code == 1
