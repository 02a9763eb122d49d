"""Rows about people go when their time is over, people so long after they left, and nothing of them is logged."""

import logging

import pytest
import sqlalchemy as sa

from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.schema import CHANGES
from tests.offices import KINDS, of_its_kind, reference_rows

MELUR, SATRIA = "198507072010012976", "197712312003121965"
PEOPLE = f"nip,nama,tmt pensiun\n{MELUR},Melur Pagi,\n{SATRIA},Satria Awan,2019-12-31\n"
RATINGS = f"nip,tahun,skala,nilai\n{MELUR},2018,skp-angka,80\n{MELUR},2025,skp-predikat,2\n"
LEVELS = (f"nip,kompetensi,level,tanggal,penilai\n{MELUR},M.01,3,2017-05-01,Satria Awan\n"
          f"{MELUR},M.02,3,2026-05-01,Satria Awan\n{MELUR},M.03,3,,{SATRIA}\n")  # fmt: skip


@pytest.fixture(params=KINDS)
def office_url(request, tmp_path):
    """Return the address of a database with the rows that every office begins with, of each kind in turn."""
    yield from of_its_kind(request, tmp_path, reference_rows)


@pytest.fixture
def office(terminal_of, office_url, tmp_path, monkeypatch):
    bangkom = terminal_of(office_url)
    for name, text in (("p", PEOPLE), ("r", RATINGS), ("l", LEVELS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    assert bangkom("import", *[tmp_path / f"{name}.csv" for name in "prl"]).code == 0
    monkeypatch.setenv("BANGKOM_RETENTION_YEARS", "assessments=5,7")
    return bangkom, open_database(office_url)


def erased(run):
    return {one["table"]: one["rows"] for one in run.document["tables"] if one["rows"]}


def test_a_dry_run_counts_what_a_real_one_erases_and_what_is_of_unknown_day_stays(office):
    bangkom, database = office
    expected = {"assessments": 1, "performance": 1, "employees": 1}
    assert erased(bangkom("database", "retain", "--dry-run", "--json")) == expected
    assert len(database.read("assessments")) == 3
    assert erased(bangkom("database", "retain", "--json")) == expected
    assert database.read("assessments")["competency"].tolist() == ["M.02", "M.03"]
    assert database.read("performance")["scale"].tolist() == ["skp-predikat"]
    assert database.read("employees")["employee"].tolist() == [MELUR]
    assert erased(bangkom("database", "retain", "--json")) == {}
    with transaction(database.engine) as connection:
        assert "retention" in connection.execute(sa.select(CHANGES.c.source)).scalars().all()


def test_who_is_erased_is_gone_from_the_texts_of_others_too(office, tmp_path):
    bangkom, database = office
    bangkom("database", "retain")
    assert database.read("assessments")["assessor"].str.startswith("e-").all()
    if database.engine.dialect.name == "sqlite":
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("office.db*"))
        assert b"Satria Awan" not in stored
        assert SATRIA.encode() not in stored
        assert MELUR.encode() in stored


@pytest.mark.parametrize("told", ["", "lama", "units=3", "history=0"])
def test_a_setting_that_is_none_is_a_sentence(bangkom, monkeypatch, told):
    monkeypatch.setenv("BANGKOM_RETENTION_YEARS", told)
    run = bangkom("database", "retain")
    assert run.code != 0
    assert "BANGKOM_RETENTION_YEARS" in run.err


def test_nothing_personal_is_logged_by_imports_plans_and_errors(office, caplog, tmp_path):
    bangkom, _ = office
    caplog.set_level(logging.DEBUG)
    (tmp_path / "bad.csv").write_text(f"nip,nama,tanggal lahir\n{MELUR},Melur Pagi,31-02-1985\n", encoding="utf-8")
    runs = [bangkom("import", tmp_path / "bad.csv", "--json"), bangkom("plan", "--year", "2027"),
            bangkom("recommend", "--all"), bangkom("database", "retain"),
            bangkom("import", tmp_path / "missing.csv", "--json")]  # fmt: skip
    said = caplog.text + "".join(run.err for run in runs)
    for personal in (MELUR, SATRIA, "Melur", "Satria", "1985", "07-07"):
        assert personal not in said
