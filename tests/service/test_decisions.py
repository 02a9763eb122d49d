"""A decision can be made again from what was on file then, whatever was stored since."""

import csv
from dataclasses import replace

import pytest

from service.decisions import _SAID, _figures, replay
from service.storage.database import open_database
from service.storage.decisions import list_decisions, log_decision
from tests.builders import rows as table_rows
from tests.service.test_lookup import listed, served
from training_catalog.errors import InputError, UnknownIdError


@pytest.fixture
def city(bangkom, demo_plan, tmp_path):
    """Return a demo city's plan, and two of its people."""
    bangkom("export", "assessments", tmp_path / "levels.csv")
    with (tmp_path / "levels.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    return demo_plan, [row[0] for row in rows[1:]], rows


@pytest.mark.long
def test_lists_and_plans_are_made_again_after_the_rows_have_changed(bangkom, city, tmp_path):
    plan, people, rows = city
    bangkom("recommend", people[0], "--limit", "3", "--json", lang="id")
    bangkom("recommend", "--all", "--out", tmp_path / "all.csv")
    offering = bangkom("plans", "show", plan, "--full", "--json").document["chosen"][0]["offering"]
    bangkom("plans", "replan", plan, "--cancel", offering, "--time-limit", "60")
    made = bangkom("database", "decisions", "--json").document["decisions"]
    assert [one["kind"] for one in made] == ["plan", "lists", "list", "plan"]
    assert [one["subject"] for one in made[:2]] == [bangkom("plans", "list", "--json").document["plans"][0]["plan"], ""]
    (tmp_path / "levels.csv").write_text(
        "\n".join(";".join([*row[:2], "1" if n else row[2], *row[3:]]) for n, row in enumerate(rows)), encoding="utf-8"
    )
    assert bangkom("import", tmp_path / "levels.csv", "--json").document["files"][0]["stored"] > 0
    bangkom("recommend", people[0], "--limit", "3")
    newest = bangkom("database", "decisions", "--last", "1", "--json").document["decisions"][0]
    assert newest["change"] > made[2]["change"]
    assert newest["result"] != made[2]["result"]
    for one in (newest, *made):
        again = bangkom("database", "replay", one["decision"], "--json")
        assert (again.code, again.document["same"]) == (0, True), one


def test_a_decision_that_comes_out_otherwise_is_said(bangkom, city, tmp_path):
    bangkom("recommend", city[1][0])
    database = open_database(f"sqlite:///{tmp_path / 'office.db'}")
    listed = list_decisions(database, 1)[0].content
    forged = log_decision(database, replace(listed, subject=city[1][0], result="0" * 16))
    assert not replay(database, forged).same
    assert bangkom("database", "replay", forged).code == 1
    unfound = log_decision(database, replace(listed, model="m-gone"))
    with pytest.raises(InputError, match="m-gone cannot be loaded"):
        replay(database, unfound)
    with pytest.raises(UnknownIdError):
        replay(database, "d-none")


def without_what_is_said(answer):
    """Return any JSON without names and sentences, however deep they stand."""
    if isinstance(answer, dict):
        return {key: without_what_is_said(value) for key, value in answer.items() if key not in _SAID}
    return [without_what_is_said(value) for value in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize("nip", ["A", "B"])
def test_what_a_list_is_compared_by_is_all_of_it_but_names_and_sentences(nip):
    took = table_rows("employee training training_name end_date", "A P2 x 2025-05-05")
    document = {"list": "d-1", **listed(served(history=took), nip)}
    assert _figures(document) == without_what_is_said(document)
    assert bool(document["left_out"]) is (nip == "A")
    assert any(item["reasons"] for item in document["items"])
