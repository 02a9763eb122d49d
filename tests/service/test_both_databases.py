"""SQLite and PostgreSQL give the same answers to the same files and questions."""

import pytest

from training_catalog.tables import TABLES


@pytest.fixture
def offices(terminal_of, postgresql_url, tmp_path):
    """Return the terminals of two offices, one on each kind of database, that imported the same city."""
    terminals = [terminal_of(f"sqlite:///{tmp_path / 'office.db'}"), terminal_of(postgresql_url)]
    terminals[0]("demo", tmp_path / "city", "--people", "60", "--time-limit", "4", "--json")
    files = sorted(path for path in (tmp_path / "city" / "berkas").iterdir() if path.suffix in (".csv", ".xlsx"))
    return terminals, files


@pytest.mark.long
def test_both_databases_store_list_learn_and_plan_the_same(offices, tmp_path):
    (here, there), files = offices
    assert there("import", *files, "--json").code in (0, 1)
    again = [office("import", *files, "--json").document for office in (here, there)]
    assert again[0] == again[1]
    assert all(part["stored"] == 0 for part in again[1]["files"])
    for table in TABLES:
        copies = [tmp_path / f"{n}-{table.name}.csv" for n in range(2)]
        for office, copy in zip((here, there), copies, strict=True):
            assert office("export", table.name, copy).code == 0
        assert copies[0].read_bytes() == copies[1].read_bytes(), table.name
    nips = [line.split(",")[0] for line in (tmp_path / "0-employees.csv").read_text("utf-8").splitlines()[1:]]
    questions = [("gaps", nips[0]), ("recommend", nips[1]), ("recommend", nips[2], "--limit", "3"), ("fit",)]
    for question in questions:
        answers = [office(*question, "--json").document for office in (here, there)]
        assert answers[0] == answers[1], question
    plan = ("plan", "--year", "2027", "--time-limit", "60", "--full", "--json")
    chosen = [office(*plan).document["chosen"] for office in (here, there)]
    assert chosen[0] == chosen[1] != []


@pytest.mark.long
def test_the_demo_models_and_plans_live_in_postgresql(terminal_of, postgresql_url, tmp_path):
    bangkom = terminal_of(postgresql_url)
    made = bangkom("demo", tmp_path / "city", "--people", "60", "--time-limit", "4", "--json").document["plan"]
    model = bangkom("models", "list", "--json").document["models"][0]["model"]
    nip = bangkom("plans", "show", made, "--full", "--json").document["chosen"][0]["employee"]
    for call in (("models", "show", model), ("models", "approve", model, "--reason", "a trial"),
                 ("models", "rollback"), ("plans", "list"), ("plans", "show", made), ("plans", "why", made, nip),
                 ("plans", "prices", made),
                 ("plans", "compare", made, made), ("plans", "approve", made), ("database", "upgrade"),
                 ("recommend", "--all", "--out", tmp_path / "semua.parquet")):  # fmt: skip
        run = bangkom(*call)
        assert run.code in (0, 1), (call, run.err)  # 1: a mandate of so small a city cannot be met


def test_characters_that_no_database_holds_are_taken_out_or_refused(terminal_of, database_url, tmp_path):
    office, copy = terminal_of(database_url), tmp_path / "copy.csv"
    torn, half = tmp_path / "torn.csv", tmp_path / "half.json"
    torn.write_bytes(b"unit,na\0me\nU\0-1,Di\0nas\n")
    half.write_bytes(rb'[{"unit": "U-2", "name": "\ud800"}]')
    report = office("import", torn, "--table", "units", "--json").document["files"][0]
    assert [(p["code"], p["column"]) for p in report["problems"]] == [
        ("cell-cleaned", "unit"),
        ("cell-cleaned", "name"),
    ]
    assert office("import", half, "--table", "units", "--json").code == 3
    office("export", "units", copy)
    assert "\nU-1,Dinas," in copy.read_text(encoding="utf-8-sig")


def test_the_short_name_of_postgresql_opens_it(terminal_of, postgresql_url):
    run = terminal_of(postgresql_url.replace("postgresql:", "postgres:"))("database", "upgrade")
    assert (run.code, "is at revision" in run.err) == (0, True)
