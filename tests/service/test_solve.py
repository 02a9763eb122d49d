import itertools
import json
import random
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[1] / "data" / "solve"


def write(tmp_path, **parts):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(parts), encoding="utf-8")
    return path


def test_d01_names_the_clash_and_offers_the_nearest_plan(bangkom):
    run = bangkom("solve", CASES / "D01.json", "--json")
    assert run.code == 1
    answer = run.document
    assert answer["status"] == "infeasible"
    (clash,) = answer["clashes"]
    assert (clash["subject"], clash["limit"], clash["code"]) == ("W01", "A", "budget")
    assert (clash["needed"], clash["available"], clash["short"]) == (60_000_000, 50_000_000, 10_000_000)
    assert len(answer["chosen"]) == 10
    assert len(clash["people"]) == 2
    assert {row["employee"] for row in answer["chosen"]}.isdisjoint(clash["people"])


def test_d02_fits_exactly_and_never_one_rupiah_over(bangkom):
    exact = bangkom("solve", CASES / "D02-1.json", "--json").document
    assert sorted(row["offering"] for row in exact["chosen"]) == ["A", "B", "C"]
    assert exact["lines"][0]["free"] == 0
    short = bangkom("solve", CASES / "D02-2.json", "--json").document
    assert len(short["chosen"]) == 2
    assert short["cost"] <= 2_999_999_999
    assert short["verified"]["ok"]


def test_d03_keeps_a_trillion_beside_one_rupiah(bangkom):
    answer = bangkom("solve", CASES / "D03.json", "--json").document
    assert sorted(row["offering"] for row in answer["chosen"]) == ["B", "C"]
    assert answer["cost"] == 1_000_000_000_000


def test_d04_does_not_open_a_class_that_is_too_small(bangkom):
    answer = bangkom("solve", CASES / "D04.json", "--json").document
    opened = {row["offering"]: row["taken"] for row in answer["offerings"] if row["opened"]}
    assert opened == {"K2": 7}
    assert answer["cost"] == 3_500_000


def test_d05_gives_the_same_three_people_in_every_order(bangkom, tmp_path):
    problem = json.loads((CASES / "D05.json").read_text(encoding="utf-8"))
    expected = ["199001012015011900", "199001012015011902", "199001012015011904"]
    for seed in range(5):
        shuffled = {key: random.Random(seed).sample(value, len(value)) for key, value in problem.items()}
        answer = bangkom("solve", write(tmp_path, **shuffled), "--json").document
        assert [row["employee"] for row in answer["chosen"]] == expected
        assert "lower employee id" in answer["tie_rule"]


def test_d06_moves_only_the_people_of_the_cancelled_class(bangkom):
    answer = bangkom("solve", CASES / "D06.json", "--json").document
    assert len(answer["changes"]) == 8
    assert {row["old"] for row in answer["changes"]} == {"K2"}
    assert {row["new"] for row in answer["changes"]} <= {"K1", "K3", "K4"}
    assert all(row["reason"] for row in answer["changes"])


def test_every_change_against_an_earlier_plan_says_what_is_in_the_way(bangkom, tmp_path):
    path = write(
        tmp_path,
        budgets=[{"line": "A", "amount": 10}],
        offerings=[{"offering": "K", "max": 1}, {"offering": "L"}, {"offering": "M"}],
        employees=[{"employee": name} for name in "DEFG"],
        options=[
            {"employee": "D", "offering": "K", "benefit": 5},
            {"employee": "E", "offering": "K", "benefit": 1},
            {"employee": "F", "offering": "L", "benefit": 1, "cost": 14},
            {"employee": "G", "offering": "M", "benefit": 1, "cost": 10},
        ],
        rules={"stability_weight": 0},
        previous=[{"employee": "D", "offering": "M"}, {"employee": "E", "offering": "K"},
                  {"employee": "F", "offering": "L"}, {"employee": "X", "offering": "K"}],
    )  # fmt: skip
    changes = bangkom("--lang", "en", "solve", path, "--json").document["changes"]
    assert [(row["employee"], row["old"], row["new"], row["code"], row["reason"]) for row in changes] == [
        ("D", "M", "K", "moved", "Class M is no longer an option for D."),
        ("E", "K", None, "dropped", "Class K is full; the last seat went at an expected gain of 5.00 levels."),
        ("F", "L", None, "dropped", "What is left of budget line A does not suffice: Rp14 more would be needed."),
        ("G", None, "M", "added", "There is a seat and the money for it."),
        ("X", "K", None, "dropped", "X is no longer among the employees."),
    ]


def test_what_is_in_the_way_is_named_as_what_it_is(bangkom, tmp_path):
    """An earmark is no budget line; a class without seats is not full; nothing gained is not given to others."""
    path = write(
        tmp_path,
        budgets=[{"line": "A", "amount": 100}],
        offerings=[{"offering": "K"}, {"offering": "L", "min": 0, "max": 0}, {"offering": "M"}],
        employees=[{"employee": name} for name in "EFG"],
        options=[
            {"employee": "E", "offering": "K", "benefit": 1, "cost": 9},
            {"employee": "F", "offering": "L", "benefit": 1},
            {"employee": "G", "offering": "M", "benefit": 0},
        ],
        rules={"earmarks": [{"name": "Digital", "trainings": ["K"], "at_most": 5}]},
    )
    unmet = bangkom("--lang", "en", "solve", path, "--json").document["unmet"]
    assert [(row["code"], row["needs"], row["text"]) for row in unmet] == [
        ("budget", 4, "The most money for Digital does not suffice: Rp4 more would be needed."),
        ("seats", 0, "Class L has no seats."),
        ("lower-benefit", 0, "It would close nothing."),
    ]


def test_d08_says_why_each_person_got_nothing(bangkom):
    answer = bangkom("solve", CASES / "D08.json", "--json").document
    assert [row["employee"] for row in answer["chosen"]] == ["199001012015011900", "199001012015012901"]
    unmet = {row["employee"]: row for row in answer["unmet"]}
    assert unmet["199001012015011902"]["code"] in ("seats", "budget")
    assert unmet["199001012015011902"]["needs"] == 5_000_000
    assert unmet["199001012015012903"]["code"] == "budget"
    assert unmet["199001012015011904"]["code"] == "no-offering"


def test_d09_keeps_every_rule_when_time_runs_out(bangkom, tmp_path):
    rng = random.Random(1)
    classes = [{"offering": f"K{i:03d}", "fixed_cost": 2_000_000, "min": 3, "max": 20, "line": "A"} for i in range(60)]
    people = [{"employee": f"E{i:04d}", "max_trainings": 2} for i in range(700)]
    options = [
        {
            "employee": p["employee"],
            "offering": c["offering"],
            "benefit": round(rng.random(), 3),
            "cost": rng.randint(1, 9) * 100_000,
        }
        for p in people
        for c in rng.sample(classes, 8)
    ]
    path = write(
        tmp_path, budgets=[{"line": "A", "amount": 300_000_000}], offerings=classes, employees=people, options=options
    )
    run = bangkom("solve", path, "--time-limit", "1", "--json")
    answer = run.document
    assert run.code == 0
    assert answer["verified"]["ok"]
    assert answer["assignments"] > 0
    assert answer["status"] in ("heuristic", "within-gap", "optimal")
    assert answer["bound"] >= answer["objective"]


SMALL = {
    "budgets": [{"line": "A", "amount": 10}],
    "offerings": [{"offering": "K", "max": 1}],
    "employees": [{"employee": "E"}],
    "options": [{"employee": "E", "offering": "K", "benefit": 1.0, "cost": 1}],
}
BAD = {
    "an id that is a number": ("employees", {"employee": 199001012015011900}, "is a number"),
    "an amount below zero": ("budgets", {"line": "A", "amount": -1}, "accepted: 0 or more"),
    "an amount with cents": ("budgets", {"line": "A", "amount": 1.5}, "1.5 is not accepted"),
    "an unknown field": ("offerings", {"offering": "K", "maximum": 3}, "unknown field"),
    "seats below the minimum": ("offerings", {"offering": "K", "min": 5, "max": 2}, "accepted: min (5) or more"),
    "an end before its start": (
        "offerings",
        {"offering": "K", "start": "2027-02-02", "end": "2027-02-01"},
        "is before start",
    ),
    "an unknown line": ("employees", {"employee": "E", "line": "AA"}, "did you mean 'A'"),
    "a benefit that is no number": (
        "options",
        {"employee": "E", "offering": "K", "benefit": "x"},
        '"x" is not accepted; accepted: a number',
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_its_place(bangkom, tmp_path, name):
    table, row, words = BAD[name]
    run = bangkom("solve", write(tmp_path, **{**SMALL, table: [row]}), "--json")
    assert run.code == 3
    assert run.out == ""
    assert f"$.{table}[0]" in run.err
    assert words in run.err
    assert "Traceback" not in run.err


def test_every_option_that_no_line_pays_is_named(bangkom, tmp_path):
    lines = [{"line": "A", "amount": 10}, {"line": "B", "amount": 10}]
    offerings = [{"offering": "K"}, {"offering": "L", "seat_cost": 7}]
    options = [{"employee": "E", "offering": "K", "benefit": 1.0, "cost": 3},
               {"employee": "E", "offering": "K", "benefit": 1.0, "cost": 3, "line": "B"},
               {"employee": "E", "offering": "L", "benefit": 1.0, "charges": [{"line": "A", "amount": 1}]},
               {"employee": "E", "offering": "K", "benefit": 1.0}]  # fmt: skip
    run = bangkom("solve", write(tmp_path, **{**SMALL, "budgets": lines, "offerings": offerings, "options": options}))
    assert run.code == 3
    assert [line.partition(" and ")[0].strip() for line in run.err.splitlines() if "$." in line] == [
        "$.options[0].line: E in K costs 3", "$.options[2].line: E in L costs 7"]  # fmt: skip


ODD = {
    "the same unit twice": ({"units": [{"unit": "U", "headcount": 3}] * 2}, "units[1].unit: 'U' stands already at [0]"),
    "a headcount below zero": ({"units": [{"unit": "U", "headcount": -3}]}, "units[0].headcount: -3"),
    "costs whose sum is no number any more": (
        {"options": [{"employee": "E", "offering": "K", "benefit": 1, "cost": 2**62}] * 2}, "$: all costs together"),
    "a benefit beyond reckoning": (
        {"options": [{"employee": "E", "offering": "K", "benefit": 1e300}]}, "options[0].benefit: 1e+300"),
    "a cap below its floor": (
        {"rules": {"earmarks": [{"name": "x", "trainings": ["K"], "at_most": 5, "at_least": 9}]}},
        "earmarks[0].at_least: 9 is not accepted; accepted: at_most (5) or less"),
    "an earmark twice": (
        {"rules": {"earmarks": [{"name": "x", "trainings": ["K"]}] * 2}}, "earmarks[1].name: 'x' stands already"),
    "a prerequisite of a training that is misspelt": (
        {"offerings": [{"offering": "KL"}], "options": [],
         "rules": {"prerequisites": [{"training": "LK", "requires": "KL"}]}}, "prerequisites[0].training: 'LK'"),
    "a circle beside another prerequisite": (
        {"offerings": [{"offering": name} for name in "KLM"], "rules": {"prerequisites": [
            {"training": "K", "requires": "L"}, {"training": "K", "requires": "M"},
            {"training": "L", "requires": "K"}]}},
        "requires goes in a circle: K -> L -> K"),
    "a class without an id": ({"options": [{"employee": "E", "offering": "", "benefit": 1}]}, "[0].offering: empty"),
    "an id that ends in nothing": ({"employees": [{"employee": "E\0"}]}, "an id without the character NUL"),
    "rules in a list": ({"rules": []}, "$.rules: [] is not accepted; accepted: an object"),
    "budgets that are no list": ({"budgets": {}}, "$.budgets: {} is not accepted; accepted: a list"),
    "topics that are numbers": (
        {"options": [{"employee": "E", "offering": "K", "benefit": 1, "addresses": [1]}]}, "accepted: a list of texts"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_a_solver_could_only_guess_at_is_refused(bangkom, tmp_path, name):
    parts, words = ODD[name]
    run = bangkom("--lang", "en", "solve", write(tmp_path, **{**SMALL, **parts}), "--json")
    assert run.code == 3
    assert run.out == ""
    assert words in run.err


def test_a_pin_listed_with_two_lines_is_met_by_either(bangkom, tmp_path):
    lines = [{"line": "A", "amount": 1}, {"line": "B", "amount": 9}]
    pin = {"employee": "E", "offering": "K", "benefit": 1.0, "cost": 9, "pinned": True}
    for options in ([{**pin, "line": "A"}, {**pin, "line": "B"}], [{**pin, "line": "B"}] * 2):
        run = bangkom("solve", write(tmp_path, **{**SMALL, "budgets": lines, "options": options}), "--json")
        assert (run.code, run.document["status"], run.document["cost"]) == (0, "optimal", 9)


FAULTS_IN_INDONESIAN = {
    "offerings[0].maximum: isian tidak dikenal; maksud Anda 'max'?": ("offerings", {"offering": "K", "maximum": 3}),
    "units[0].x9: isian tidak dikenal; yang diterima: unit": ("units", {"unit": "U", "headcount": 1, "x9": 1}),
    'units[0].headcount: "x" tidak diterima; yang diterima: bilangan bulat': ("units", {"unit": "U", "headcount": "x"}),
    "offerings[0].away: 1 tidak diterima; yang diterima: true atau false": ("offerings", {"offering": "K", "away": 1}),
    'offerings[0].start: "x" tidak diterima; yang diterima: tanggal': ("offerings", {"offering": "K", "start": "x"}),
    "options[0].addresses: 3 tidak diterima; yang diterima: daftar": (
        "options", {"employee": "E", "offering": "K", "benefit": 1, "addresses": 3}),
    "options[0]: benefit tidak ada": ("options", {"employee": "E", "offering": "K"}),
    "budgets[0].amount: -1 tidak diterima; yang diterima: 0 atau lebih": ("budgets", {"line": "A", "amount": -1}),
    "budgets[0].amount: 4611686018427387905 tidak diterima; yang diterima: paling besar 4611686018427387904": (
        "budgets", {"line": "A", "amount": 2**62 + 1}),
    "employees[0].line: 'AA' tidak dikenal; maksud Anda 'A'?": ("employees", {"employee": "E", "line": "AA"}),
}  # fmt: skip


@pytest.mark.parametrize("words", FAULTS_IN_INDONESIAN)
def test_faults_are_said_in_the_reader_s_language(bangkom, tmp_path, words):
    table, row = FAULTS_IN_INDONESIAN[words]
    run = bangkom("--lang", "id", "solve", write(tmp_path, **{**SMALL, table: [row]}))
    assert run.code == 3
    assert words in run.err


def test_each_of_many_faults_stands_on_its_own_line_up_to_a_limit(bangkom, tmp_path):
    lines = [{"line": f"L{i}", "amount": -1} for i in range(60)]
    run = bangkom("--lang", "id", "solve", write(tmp_path, **{**SMALL, "budgets": lines, "options": []}))
    said = run.err.splitlines()
    assert said[1].startswith("  $.budgets[0].amount: ")
    assert said[50].startswith("  $.budgets[49].amount: ")
    assert said[51].strip() == "... dan 10 lagi"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe\x00", b'{"budgets": 1}'])
def test_a_file_that_is_no_problem_is_refused(bangkom, tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    run = bangkom("solve", path)
    assert run.code == 3
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"budgets": [],\n "offerings": [],}', "bukan JSON: baris 2, kolom 18: ada koma sebelum kurung penutup"),
        ('{"budgets": [', "bukan JSON: baris 1, kolom 14: terpotong sebelum selesai"),
        ('{"budgets": [{"line": "L", "amount": 1, "amount": 9}]}',
         "kunci amount tertulis dua kali dalam satu objek, pada $.budgets[0].amount"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_json_is_told_with_its_place(bangkom, tmp_path, content, said):
    path = tmp_path / "masalah.json"
    path.write_text(content, encoding="utf-8")
    run = bangkom("--lang", "id", "solve", path)
    assert (run.code, said in run.err) == (3, True), run.err
    policy = tmp_path / "kebijakan.json"
    policy.write_text('{"plan": {"max_trainings": 1, "max_trainings": 2}}', encoding="utf-8")
    run = bangkom("--lang", "id", "plan", "--policy", policy)
    assert (run.code, "pada $.plan.max_trainings" in run.err) == (3, True), run.err


def test_a_missing_file_is_refused(bangkom, tmp_path):
    assert bangkom("solve", tmp_path / "none.json").code == 3


def test_more_budget_never_lowers_the_total(bangkom, tmp_path):
    people = [{"employee": f"E{i}"} for i in range(6)]
    options = [
        {"employee": p["employee"], "offering": k, "benefit": 1 + (i * 7 + j * 3) % 5, "cost": 2 + (i + j) % 4}
        for (i, p), (j, k) in itertools.product(enumerate(people), enumerate(["K", "L"]))
    ]
    offerings = [{"offering": "K", "max": 4, "fixed_cost": 3}, {"offering": "L", "max": 3, "min": 2}]
    totals = []
    for amount in (0, 5, 10, 15, 25, 40):
        path = write(
            tmp_path, budgets=[{"line": "A", "amount": amount}], offerings=offerings, employees=people, options=options
        )
        totals.append(bangkom("solve", path, "--json").document["objective"])
    assert totals == sorted(totals)
    assert totals[0] == 0


def test_a_clash_names_the_money_and_not_what_was_planned_in_its_stead(bangkom, tmp_path):
    path = write(
        tmp_path,
        budgets=[{"line": "A", "amount": 100}],
        offerings=[{"offering": "DEAR", "training": "W"}, {"offering": "CHEAP", "training": "C"}],
        employees=[{"employee": "P", "line": "A"}],
        options=[
            {"employee": "P", "offering": "DEAR", "benefit": 1.0, "cost": 101, "addresses": ["t"], "mandatory": True},
            {"employee": "P", "offering": "CHEAP", "benefit": 1.0, "cost": 50, "addresses": ["t"]},
        ],
    )
    answer = bangkom("solve", path, "--json").document
    assert [row["offering"] for row in answer["chosen"]] == ["CHEAP"]
    (clash,) = answer["clashes"]
    assert (clash["code"], clash["limit"], clash["needed"], clash["available"]) == ("budget", "A", 101, 100)


@pytest.mark.long
def test_more_than_a_city_is_planned_in_regions_by_any_number_of_processes(bangkom, tmp_path):
    """20,400 people in towns of 4,080, each with a class of 1,500 seats that cost 2 each; there is money for 6,000."""
    people, towns = range(20_400), [f"K{i:03d}" for i in range(5)]
    problem = {
        "budgets": [{"line": "N", "amount": 12_000}],
        "offerings": [{"offering": town, "max": 1_500} for town in towns],
        "employees": [{"employee": f"E{i:05d}"} for i in people],
        "options": [
            {"employee": f"E{i:05d}", "offering": towns[i // 4_080], "cost": 2, "benefit": 1 + i % 4_080 / 4_080}
            for i in people
        ],
    }
    file = write(tmp_path, **problem)
    one, two = (bangkom("solve", file, "--json", "--processes", n).document for n in ("1", "2"))
    assert one["chosen"] == two["chosen"]
    assert one["objective"] == two["objective"]
    assert one["verified"]["ok"]
    assert one["assignments"] == 6_000
    assert "regions" in one["solver"]
    assert one["gap"] < 0.002
