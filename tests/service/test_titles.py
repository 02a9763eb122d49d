"""Written titles from the history's file to a person's decision, and competencies for trainings without any."""

import csv
from datetime import date

import pandas as pd
import pytest

from service.pipeline import load_office
from service.reference import open_office
from service.titles import CONFIRMED, MATCHED, WAITING, with_titles
from training_catalog.frames import canonical
from training_catalog.tables import table

MELUR, SATRIA = "199003152014021987", "198507072010012976"
PEOPLE = f"nip;nama\n{MELUR};Melur\n{SATRIA};Satria\n"
TRAININGS = """kode pelatihan;nama pelatihan;jp
P01;Pelatihan Pengelolaan Barang Milik Daerah;24
P02;Audit Internal Pemerintah;16
P03;Komunikasi Efektif;8
"""
HISTORY = f"""nip;nama pelatihan;tanggal selesai
{MELUR};Pengelolan Barang Milik Daerah Angkatan II;2024-03-01
{SATRIA};Audit Internal Tingkat Lanjut;2024-04-01
{SATRIA};Kursus Memasak Sehat;2024-05-01
{MELUR};Kursus Memasak Sehat;2024-06-01
"""


@pytest.fixture
def office(bangkom, tmp_path):
    def bring(**contents):
        paths = []
        for name, content in contents.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(content, encoding="utf-8")
        return bangkom("import", *paths, "--json")

    bring(pegawai=PEOPLE, pelatihan=TRAININGS, riwayat=HISTORY)
    return bring


def rewrite(path, change):
    """Let a planner change the rows of a list: dictionaries in, those to keep out."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in map(change, rows) if row is not None]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(kept)


def test_sure_titles_are_matched_and_others_wait_the_surest_first(bangkom, office):
    answer = bangkom("match", "list", "--json").document
    assert (answer["matched"], answer["confirmed"]) == (1, 0)
    assert [(row["title"], row["training"], row["rows"]) for row in answer["waiting"]] == [
        ("Audit Internal Tingkat Lanjut", "P02", 1), ("Kursus Memasak Sehat", None, 2),
    ]  # fmt: skip
    assert "2 titles of the history" in office(riwayat=HISTORY).err


def test_what_a_planner_decides_in_one_go_is_remembered(bangkom, office, tmp_path):
    path = tmp_path / "judul.csv"
    assert bangkom("match", "list", path).code == 0
    rewrite(path, lambda row: row | {"Training": "P03"} if row["Written title"].startswith("Audit") else row)
    assert bangkom("match", "confirm", path).code == 0
    assert bangkom("match", "list", "--json").document == {"waiting": [], "matched": 1, "confirmed": 2}
    office(pelatihan=TRAININGS + "P09;Audit Internal Tingkat Lanjut;8\n", riwayat=HISTORY)
    assert bangkom("match", "list", "--json").document["confirmed"] == 2
    assert bangkom("export", "training_titles", tmp_path / "t.parquet").code == 0
    kept = pd.read_parquet(tmp_path / "t.parquet").set_index("title")
    assert kept.loc["Audit Internal Tingkat Lanjut", ["training", "status"]].tolist() == ["P03", CONFIRMED]
    assert pd.isna(kept.loc["Kursus Memasak Sehat", "training"])


@pytest.mark.usefixtures("office")
def test_a_row_that_is_deleted_waits_on_and_an_unknown_training_is_refused(bangkom, tmp_path):
    path = tmp_path / "judul.csv"
    bangkom("match", "list", path)
    rewrite(path, lambda row: row | {"Training": "P77"} if row["Written title"].startswith("Audit") else None)
    run = bangkom("match", "confirm", path)
    assert (run.code, "P77" in run.err or "reference-unknown" in run.err) == (1, True)
    assert len(bangkom("match", "list", "--json").document["waiting"]) == 2


def test_new_trainings_find_titles_that_waited(bangkom, office):
    office(pelatihan=TRAININGS + "P04;Memasak Sehat;8\n")
    answer = bangkom("match", "list", "--json").document
    assert (answer["matched"], [row["title"] for row in answer["waiting"]]) == (2, ["Audit Internal Tingkat Lanjut"])


def test_a_dry_run_matches_nothing(bangkom, tmp_path):
    for name, content in (("pegawai", PEOPLE), ("pelatihan", TRAININGS), ("riwayat", HISTORY)):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    bangkom("import", *sorted(tmp_path.glob("*.csv")), "--dry-run")
    assert bangkom("match", "list", "--json").document == {"waiting": [], "matched": 0, "confirmed": 0}


def test_only_what_is_sure_or_confirmed_counts_and_a_code_of_the_file_stays():
    history = canonical(pd.DataFrame({"training": [None, None, None, None, "P9"], "training_name": list("abcda")}),
                        table("history"))  # fmt: skip
    titles = {"title": list("abcd"), "training": ["P1", "P2", "P3", None],
              "status": [MATCHED, WAITING, CONFIRMED, CONFIRMED]}  # fmt: skip
    tables = {"history": history, "training_titles": canonical(pd.DataFrame(titles), table("training_titles"))}
    filled = with_titles(tables)["history"]["training"]
    assert filled.where(filled.notna(), "-").tolist() == ["P1", "-", "P3", "-", "P9"]
    assert filled.dtype == history["training"].dtype


@pytest.mark.usefixtures("office")
def test_a_matched_training_counts_as_taken_and_the_title_stays_as_written(tmp_path):
    database = open_office(f"sqlite:///{tmp_path / 'office.db'}")
    tables = load_office(database, date(2027, 1, 4)).tables
    assert set(tables["history"]["training"].dropna()) == {"P01"}
    assert database.read("history")["training"].isna().all()


@pytest.mark.usefixtures("office")
def test_trainings_without_competencies_get_suggestions_that_can_be_imported(bangkom, tmp_path):
    path = tmp_path / "sasaran.csv"
    assert bangkom("match", "competencies", path).code == 0
    best = {}

    def keep_communication(row):
        best.setdefault(row["Training"], row)
        return row | {"To level": "3"} if row["Competency"] == "M.03" else None

    rewrite(path, keep_communication)
    assert best["P03"]["Competency name"] == "Komunikasi"
    run = bangkom("import", path, "--table", "training_targets", "--json")
    assert (run.code, run.document["files"][0]["stored"]) == (0, 1)
    suggestions = bangkom("match", "competencies", "--json").document["suggestions"]
    assert {row["training"] for row in suggestions} == set(best) - {"P03"}
