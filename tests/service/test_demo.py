import json
from datetime import date
from pathlib import Path

import pytest

from service.demo.city import build_city
from service.settings import Settings
from service.terminal import Terminal


def test_a_small_city_goes_from_files_to_a_verified_plan(bangkom, tmp_path):
    run = bangkom("demo", tmp_path / "city", "--people", "60", "--time-limit", "4", "--json")
    assert run.code == 0, run.err
    answer = json.loads(run.out)
    assert answer["verified"] == {"ok": True, "violations": []}
    assert answer["assignments"] > 0
    report = Path(answer["report"]).read_text(encoding="utf-8")
    assert "<h1" in report
    assert "http://" not in report
    assert "[6/6]" in run.err
    folder = tmp_path / "city"
    assert (folder / "rencana" / "assignments.csv").exists()
    leaves = [line for line in answer["lines"] if "/5." in line["line"]]
    assert all(line["free"] >= 0 for line in leaves)
    someone = bangkom("plans", "list", "--json").document["plans"][0]
    assert someone["plan"] == answer["plan"]
    dearest = bangkom("plans", "prices", answer["plan"], "--json").document["prices"][0]
    asked = ("plans", "prices", answer["plan"], "--line", dearest["line"], "--more", "2000000", "--time-limit", "10")
    climbed = bangkom(*asked, "--json").document
    assert [step["more"] for step in climbed["steps"]] == [2_000_000]
    assert 0 <= climbed["steps"][0]["closes"] <= climbed["steps"][0]["at_most"] + 1e-6
    assert climbed["holds_up_to"] in {0, 2_000_000}
    assert "Rp2.000.000" in bangkom(*asked, lang="id").out
    assert "did you mean" in bangkom("plans", "prices", answer["plan"], "--line", dearest["line"][:-1]).err
    assert bangkom("plans", "approve", answer["plan"]).code == 0


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'r.db'}", lang="id", on=date(2027, 1, 4))
    _, files = build_city(Terminal(settings), settings, tmp_path / "once", n_people=60, seed=5)
    _, again = build_city(Terminal(settings), settings, tmp_path / "again", n_people=60, seed=5)
    assert [f.read_bytes() for f in files] == [f.read_bytes() for f in again]


@pytest.mark.long
def test_a_cancelled_class_is_planned_around_and_everybody_else_keeps_their_place(bangkom, tmp_path):
    made = bangkom("demo", tmp_path / "city", "--people", "80", "--time-limit", "4", "--json").document
    url = made["database"]
    before = bangkom("--database", url, "plans", "show", made["plan"], "--full", "--json").document
    cancelled = before["chosen"][0]["offering"]
    after = bangkom(
        "--database", url, "plans", "replan", made["plan"], "--cancel", cancelled, "--time-limit", "5", "--json"
    ).document
    kept = {(row["employee"], row["offering"]) for row in before["chosen"] if row["offering"] != cancelled}
    assert kept <= {(row["employee"], row["offering"]) for row in after["chosen"]}
    assert cancelled not in {row["offering"] for row in after["chosen"]}
    changes = bangkom("--database", url, "plans", "compare", made["plan"], after["plan"], "--json").document["changes"]
    assert {row["old"] for row in changes} <= {cancelled, None}
