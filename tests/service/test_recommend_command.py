import csv
import json
import math
import sqlite3
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from tests.offices import call, copied_file, reference_rows

DATA = Path(__file__).parents[1] / "data" / "recommend"
ADI, NEW, BARE, PASSED = "198507072010012976", "200001012024032954", "197712312003121965", "199212252019032931"
TODAY = "2026-02-01"


def strict(text):
    """Parse as a strict client does: no NaN, no Infinity, one document."""

    def refuse(word):
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


def write(folder, name, rows):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def small_world(folder, **levels):
    """Write the small world as the files of an office; `levels` replace assessed levels by person."""
    folder.mkdir(exist_ok=True)
    world = json.loads((DATA / "C01-small-world.json").read_text(encoding="utf-8"))
    people = {row["nip"]: row for row in world["pegawai"]}
    people[PASSED] = {"standar": {"M.01": 3, "M.02": 4}, "aktual": {"M.02": 3}}
    for nip, found in levels.items():
        people[nip[1:]]["aktual"] = found
    states = {"buka": "open", "selesai": "closed", "ditutup": "closed"}
    write(folder, "employees", [{"employee": nip, "name": f"Pegawai {nip[-3:]}", "position": f"J{nip[-3:]}",
                                 "employment_type": "PNS"} for nip in people])  # fmt: skip
    write(folder, "positions", [{"position": f"J{nip[-3:]}", "name": "Analis"} for nip in people])
    write(folder, "requirements", [{"position": f"J{nip[-3:]}", "competency": c, "level": level}
                                   for nip, row in people.items() for c, level in row["standar"].items()])  # fmt: skip
    write(folder, "assessments", [
        {"employee": nip, "competency": c, "level": level, "assessed_on": "2025-06-01", "method": "test"}
        for nip, row in people.items() for c, level in row["aktual"].items()
    ])  # fmt: skip
    write(folder, "trainings", [{"training": t["kode"], "name": t["judul"], "hours": 20, "series": t.get("edisi_dari"),
                                 "status": states[t["status"]]} for t in world["katalog"]])  # fmt: skip
    write(folder, "training_targets", [{"training": t["kode"], "competency": c, "level_to": level}
                                       for t in world["katalog"] for c, level in t["kompetensi"].items()])  # fmt: skip
    write(folder, "prerequisites", [{"training": t["kode"], "requires": first}
                                    for t in world["katalog"] for first in t.get("prasyarat", [])])  # fmt: skip
    write(folder, "offerings", [{"offering": f"K-{t['kode']}", "training": t["kode"], "start_date": t["mulai"],
                                 "end_date": t["selesai"], "seat_cost": 500000} for t in world["katalog"]])  # fmt: skip
    write(folder, "history", [{"employee": h["nip"], "training": h["kode"], "end_date": h["tanggal"],
                               "status": h["status"]} for h in world["riwayat"]])  # fmt: skip
    return sorted(folder.glob("*.csv"))


def imported_world(url, **levels):
    """Import the small world into an office."""
    reference_rows(url)
    with TemporaryDirectory() as folder:
        report = strict(call(url, "import", *small_world(Path(folder), **levels), "--json", on=TODAY).stdout)
    assert report["ok"], [p for f in report["files"] for p in f["problems"]]
    assert {"read": sum(f["read"] for f in report["files"])} == {
        "read": sum(f[key] for f in report["files"] for key in ("stored", "unchanged", "refused", "left_out"))
    }


@pytest.fixture
def world(bangkom, tmp_path):
    """Put the small world where the terminal's database is, and return how to ask for somebody's list."""

    def make(**levels):
        if levels:
            imported_world(f"sqlite:///{tmp_path / 'office.db'}", **levels)
        else:
            copied_file(tmp_path / "office.db", imported_world)

        def ask(nip, *arguments, **keywords):
            answered = bangkom("recommend", nip, "--json", *arguments, **{"on": TODAY, **keywords})
            assert answered.code == 0, answered.err
            return strict(answered.out)

        return ask

    return make


def codes(document):
    return [item["training"] for item in document["items"]]


def left_out(document):
    return {row["training"]: row["code"] for row in document["left_out"]}


def test_somebody_who_does_not_exist_is_an_error_and_not_another_person(bangkom, world):
    world()
    run = bangkom("recommend", "198507072010012999", "--json", on=TODAY)
    assert (run.code, run.out) == (3, "")
    assert "employee '198507072010012999' is not known; did you mean 198507072010012976?" in run.err
    assert "Traceback" not in run.err
    named = bangkom("recommend", "976 pegawai", "--json", on=TODAY)
    assert (named.code, named.out) == (3, "")
    assert f"employee '976 pegawai' is not known; did you mean {ADI} (Pegawai 976)?" in named.err


def test_somebody_never_assessed_gets_a_list_that_says_so(world):
    document = world()(NEW)
    assert codes(document) == ["P01", "P02"]
    assert {gap["state"] for gap in document["gaps"]} == {"never-assessed"}
    assert {gap["deficit"] for gap in document["gaps"]} == {None}
    assert document["notice"] == "Not assessed yet: the list follows the position's standard."
    assert {reason["code"] for item in document["items"] for reason in item["reasons"]} == {"assumed-need"}


def test_the_notice_is_indonesian_by_default(world):
    assert "belum" in world()(NEW, lang="id")["notice"].lower()


def test_a_position_without_a_standard_is_said_and_no_empty_silence(world):
    document = world()(BARE)
    assert (document["items"], document["gaps"]) == ([], [])
    assert document["notice"] == "The position has no competency standard on file."


def test_whoever_lacks_no_level_is_told_that_and_not_to_wait_for_classes(world):
    document = world(**{f"n{PASSED}": {"M.01": 4, "M.02": 4}})(PASSED)
    assert document["items"] == []
    assert document["notice"].startswith("No level that the position asks for is lacking, so nothing is suggested.")


def test_gaps_of_a_position_without_a_standard_are_no_empty_table(bangkom, world):
    world()(BARE)
    said = bangkom("--lang", "en", "gaps", BARE, on=TODAY).out
    assert "The position has no competency standard on file." in said
    assert "Required" not in said


def test_what_was_taken_in_another_edition_is_not_offered_again(world):
    document = world()(ADI)
    assert codes(document) == []
    assert left_out(document)["P01"] == "already-taken"


def test_closed_and_past_trainings_are_listed_for_nobody(world):
    ask = world()
    for nip in (ADI, NEW, BARE, PASSED):
        assert not {"P04", "P01-2025"} & set(codes(ask(nip)))
    assert codes(ask(NEW, on="2026-04-01")) == ["P02"]


def test_closing_a_training_removes_it_from_the_very_next_answer(bangkom, world, tmp_path):
    ask = world()
    assert "P02" in codes(ask(NEW))
    write(tmp_path, "trainings", [{"training": "P02", "name": "Kerja Sama Tim", "hours": 20, "status": "closed"}])
    assert bangkom("import", tmp_path / "trainings.csv", on=TODAY).code == 0
    document = ask(NEW)
    assert "P02" not in codes(document)
    assert left_out(document)["P02"] == "closed"


def test_the_first_course_comes_before_the_advanced_one_which_says_what_it_needs(world):
    document = world(**{f"n{ADI}": {"M.01": 3, "M.02": 1}})(ADI)
    assert codes(document) == ["P02"]
    advanced = next(row for row in document["left_out"] if row["training"] == "P03")
    assert (advanced["code"], advanced["text"]) == ("prerequisite-missing", "Needs Kerja Sama Tim (P02) first.")


def test_who_passed_the_first_course_finds_the_advanced_one_open(world):
    document = world()(PASSED)
    assert "P03" in codes(document)
    assert "P02" not in codes(document)


def test_equal_scores_keep_one_order_every_time(bangkom, tmp_path):
    case = json.loads((DATA / "C02-equal-scores.json").read_text(encoding="utf-8"))
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder, "employees", [{"employee": ADI, "name": "A", "position": "J"}])
    write(folder, "positions", [{"position": "J", "name": "Analis"}])
    write(folder, "requirements", [{"position": "J", "competency": "M.01", "level": 3}])
    write(folder, "assessments", [{"employee": ADI, "competency": "M.01", "level": 1, "assessed_on": "2025-06-01"}])
    write(folder, "trainings", [{"training": t["kode"], "name": t["judul"], "hours": 20} for t in case["katalog"]])
    write(folder, "training_targets", [{"training": t["kode"], "competency": c, "level_to": level}
                                       for t in case["katalog"] for c, level in t["kompetensi"].items()])  # fmt: skip
    assert bangkom("import", *sorted(folder.glob("*.csv")), on=TODAY).code == 0
    seen = {tuple(codes(strict(bangkom("recommend", ADI, "--json", on=TODAY).out))) for _ in range(3)}
    assert seen == {("P10", "P20", "P30")}
    write(folder, "employees", [{"employee": NEW, "name": "B", "position": "J"}])
    assert bangkom("import", folder / "employees.csv", on=TODAY).code == 0
    assert codes(strict(bangkom("recommend", ADI, "--json", on=TODAY).out)) == ["P10", "P20", "P30"]


def test_a_cancelled_class_was_neither_taken_nor_passed_and_the_future_is_not_known(bangkom, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder, "employees", [{"employee": nip, "name": "A", "position": "J"} for nip in (ADI, BARE)])
    write(folder, "positions", [{"position": "J", "name": "Analis"}])
    write(folder, "requirements", [{"position": "J", "competency": c, "level": 3} for c in ("M.01", "M.02", "M.03")])
    write(folder, "trainings", [{"training": f"P0{i}", "name": f"Kursus {i}", "hours": 20} for i in (1, 2, 3)])
    write(
        folder, "training_targets", [{"training": f"P0{i}", "competency": f"M.0{i}", "level_to": 3} for i in (1, 2, 3)]
    )
    write(folder, "prerequisites", [{"training": "P03", "requires": "P02"}])
    files = [*sorted(folder.glob("*.csv")), DATA / "C03-history-with-future.csv"]
    run = bangkom("import", *files, "--json", on="2026-01-01")
    assert run.code in (0, 1), run.err
    lists = {nip: strict(bangkom("recommend", nip, "--json", on="2026-01-01").out) for nip in (ADI, BARE)}
    assert left_out(lists[ADI]) == {"P01": "already-taken", "P03": "prerequisite-missing"}
    assert codes(lists[ADI]) == ["P02"]
    assert codes(lists[BARE]) == ["P01", "P02"]
    assert left_out(lists[BARE]) == {"P03": "prerequisite-missing"}
    fitted = strict(bangkom("fit", "--json", on="2026-01-01").out)
    assert fitted["rows"] == 2  # one completed, one not passed


def test_somebody_of_whom_nothing_is_known_and_a_training_that_teaches_nothing_stay_finite(bangkom, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder, "employees", [{"employee": ADI, "name": "I"}])
    write(folder, "trainings", [{"training": "P09", "name": "Tanpa sasaran", "hours": 0}])
    assert bangkom("import", *sorted(folder.glob("*.csv")), on=TODAY).code == 0
    document = strict(bangkom("recommend", ADI, "--json", on=TODAY).out)
    assert document["items"] == []
    assert document["notice"] == "No position is on file, so there is nothing to compare with."
    gaps = strict(bangkom("gaps", ADI, "--json", on=TODAY).out)
    assert gaps["job_person_match"] is None


def test_figures_of_a_list_are_finite_and_in_order(world):
    items = world()(NEW)["items"]
    assert [item["rank"] for item in items] == [1, 2]
    for item in items:
        assert all(math.isfinite(item[key]) for key in ("benefit", "low", "high", "completion", "cost", "hours"))
        assert item["low"] <= item["benefit"] <= item["high"]


def test_one_row_of_history_is_too_little_and_the_rule_goes_on(bangkom, world, tmp_path):
    ask = world()
    with sqlite3.connect(tmp_path / "office.db") as database:
        database.execute("DELETE FROM history WHERE employee = ?", (PASSED,))
    before = ask(NEW)
    run = bangkom("fit", "--json", on=TODAY)
    fitted = strict(run.out)
    assert (fitted["verdict"], fitted["rows"]) == ("not-enough-data", 1)
    assert fitted["words"].startswith("Too few data: ")
    assert "; needs 400" in fitted["words"]
    after = ask(NEW)
    assert (after["state"], after["model"]) == ("rule", "rule")
    assert after["items"] == before["items"]


def test_a_model_of_another_library_version_does_not_serve_and_the_list_says_why(bangkom, world, tmp_path):
    ask = world()
    model = strict(bangkom("fit", "--json", on=TODAY).out)["model"]
    bangkom("models", "approve", model, "--reason", "a trial")
    assert (ask(NEW)["state"], ask(NEW)["model"]) == ("model", model)
    with sqlite3.connect(tmp_path / "office.db") as database:
        text = database.execute("SELECT manifest FROM fitted_models WHERE model_id = ?", (model,)).fetchone()[0]
        manifest = json.loads(text)
        manifest["versions"] |= {"scikit-learn": "1.3.0", "numpy": "2.1"}
        database.execute("UPDATE fitted_models SET manifest = ? WHERE model_id = ?", (json.dumps(manifest), model))
    document = ask(NEW)
    assert (document["state"], document["model"]) == ("rule", "rule")
    assert document["verdict"] == f"model {model} refused: made with numpy 2.1, running {np.__version__}"
    assert codes(document) == ["P01", "P02"]


def test_a_list_can_be_narrowed(world):
    ask = world()
    assert codes(ask(NEW, "--until", "2026-04-01")) == ["P01"]
    assert codes(ask(NEW, "--from", "2026-04-01")) == ["P02"]
    assert codes(ask(NEW, "--max-cost", "499999")) == []
    assert codes(ask(NEW, "--mode", "online")) == []
    assert codes(ask(NEW, "--limit", "1")) == ["P01"]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_everybody_s_lists_go_to_a_file(bangkom, world, tmp_path, suffix):
    world()
    out = tmp_path / f"lists.{suffix}"
    run = bangkom("recommend", "--all", "--out", out, "--json", on=TODAY)
    assert strict(run.out) == {"file": str(out), "rows": 4, "people": 4}
    readers = {"csv": pd.read_csv, "xlsx": partial(pd.read_excel, engine="calamine"), "parquet": pd.read_parquet}
    keywords = {} if suffix == "parquet" else {"dtype": {"employee": str}}
    frame = readers[suffix](out, **keywords)
    found = list(zip(frame["employee"], frame["training"], strict=True))
    assert found == [(PASSED, "P01"), (PASSED, "P03"), (NEW, "P01"), (NEW, "P02")]
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("--all",), 2), ((ADI, "--all", "--out", "x.csv"), 2), ((ADI, "--limit", "0"), 2)],
)
def test_wrong_usage_is_status_two(bangkom, world, arguments, code):
    world()
    run = bangkom("recommend", *arguments, on=TODAY)
    assert run.code == code
    assert "Traceback" not in run.err


def test_a_file_that_cannot_be_written_and_an_empty_database_are_status_three(bangkom, world, tmp_path):
    empty = bangkom("recommend", ADI, on=TODAY)
    assert empty.code == 3
    assert "holds nobody yet" in empty.err
    world()
    assert bangkom("recommend", "--all", "--out", tmp_path / "lists.docx", on=TODAY).code == 3
    assert bangkom("recommend", "--all", "--out", tmp_path / "no" / "lists.csv", on=TODAY).code == 3


def test_hours_are_those_the_class_is_credited_with(bangkom, world, tmp_path):
    ask = world()
    write(tmp_path, "trainings", [{"training": "P02", "name": "Kerja Sama Tim", "hours": 20, "form": "C3",
                                   "mode": "online"}])  # fmt: skip
    assert bangkom("import", tmp_path / "trainings.csv", on=TODAY).code == 0
    item = next(item for item in ask(NEW)["items"] if item["training"] == "P02")
    assert item["hours"] == 9  # e-learning: at most 3 JP a day, and three days
    assert bangkom("recommend", "--all", "--out", tmp_path / "all.csv", on=TODAY).code == 0
    assert pd.read_csv(tmp_path / "all.csv").query("training == 'P02'")["hours"].tolist() == [9]
