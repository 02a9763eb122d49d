"""The money of a plan on the terminal, from the draft to the last rupiah."""

import pytest


@pytest.fixture
def city(bangkom, demo_plan):
    """Return the plan of a demo city in which every demand is met, and its seats."""
    made = bangkom("plan", "--year", "2027", "--time-limit", "4", "--full", "--json").document
    assert made["plan"] != demo_plan
    assert made["verified"]["ok"]
    assert made["clashes"] == []
    return made


def held(bangkom):
    """Return reserved and spent of the lines that nobody stands below, added up."""
    lines = bangkom("plans", "ledger", "--year", "2027", "--json").document["lines"]
    paying = [one for one in lines if one["line"] not in {other["parent"] for other in lines}]
    return sum(one["reserved"] for one in paying), sum(one["spent"] for one in paying)


def free_of(document):
    return {one["line"]: one["planned"] + one["reserve"] + one["free"] for one in document["lines"]}


@pytest.mark.long
def test_the_money_of_a_plan_is_followed_to_the_end(bangkom, city):
    plan, cost = city["plan"], city["cost"]
    assert bangkom("plans", "approve", plan).code == 0
    assert bangkom("plans", "approve", plan, "--json").document["reserved"] == cost
    assert held(bangkom) == (cost, 0)
    again = bangkom("plan", "--year", "2027", "--time-limit", "4", "--json").document
    assert sum(free_of(again).values()) < sum(free_of(city).values())
    assert bangkom("plans", "approve", again["plan"]).code in (1, 3)
    first, second, third = [seat for seat in city["chosen"] if seat["cost"]][:3]
    nip, offering = first["employee"], first["offering"]
    assert bangkom("plans", "enrol", plan, nip, offering, "--json").document["seats"][0]["state"] == "enrolled"
    done = bangkom("plans", "complete", plan, nip, offering, "--cost", first["cost"] - 1, "--json").document["seats"][0]
    assert (done["state"], done["spent"]) == ("completed", first["cost"] - 1)
    failed = bangkom("plans", "complete", plan, second["employee"], second["offering"], "--failed", "--json")
    assert failed.document["seats"][0]["state"] == "failed"
    before = held(bangkom)
    assert bangkom("plans", "cancel-seat", plan, third["employee"], third["offering"]).code == 0
    assert held(bangkom)[0] <= before[0] - third["cost"]
    assert bangkom("plans", "cancel-seat", plan, nip, offering).code == 3
    decision = bangkom("database", "decisions", "--last", "1", "--json").document["decisions"][0]["decision"]
    assert bangkom("database", "replay", decision, "--json").document["same"]  # by the books of then
    replanned = bangkom("plans", "replan", plan, "--time-limit", "4", "--json").document["plan"]
    assert bangkom("plans", "approve", replanned, "--json").document["replaces"] == [plan]
    assert bangkom("plans", "withdraw", replanned).code == 0
    assert held(bangkom)[0] == 0


def test_movements_of_a_line_are_shown_and_an_unknown_one_is_named(bangkom, city):
    bangkom("plans", "approve", city["plan"])
    seat = next(seat for seat in city["chosen"] if seat["cost"])
    entries = [entry for line in city["lines"]
               for entry in bangkom("plans", "ledger", line["line"], "--json").document["entries"]]  # fmt: skip
    assert sum(entry["reserved"] for entry in entries if entry["offering"] == seat["offering"]) >= seat["cost"]
    assert seat["employee"] not in str(entries)
    line = entries[0]["line"]
    assert "cadangkan" in bangkom("plans", "ledger", line, lang="id").out
    assert "Dicadangkan" in bangkom("plans", "ledger", lang="id").out
    shown = bangkom("plans", "reprice", seat["offering"], "--fee", "0", lang="id")
    assert (shown.code, "dicadangkan" in shown.out) == (0, True)
    unknown = bangkom("plans", "ledger", "L-none", lang="id")
    assert (unknown.code, "mata anggaran 'L-none' tidak dikenal" in unknown.err) == (3, True)


def test_who_came_after_a_plan_is_told_so_and_a_name_is_answered_with_numbers(bangkom, demo_plan, tmp_path):
    people, new = bangkom("plans", "show", demo_plan, "--full", "--json").document["chosen"], "199001012015011001"
    (tmp_path / "new.csv").write_text(f"NIP;Nama\n{new};Melur Pagi\n", encoding="utf-8")
    assert bangkom("import", tmp_path / "new.csv").code == 0
    late = bangkom("plans", "why", demo_plan, new, lang="id")
    assert (late.code, f"{new} ada dalam data, tetapi belum ada ketika {demo_plan} dibuat." in late.err) == (3, True)
    named = bangkom("plans", "why", demo_plan, "melur pagi")
    assert (named.code, f"did you mean {new} (Melur Pagi)?" in named.err) == (3, True)
    assert bangkom("plans", "why", demo_plan, people[0]["employee"]).code == 0
