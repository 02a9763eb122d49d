import hashlib
import re
from datetime import date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest

from recommender.simulation.city import simulate_city
from service.demo.files import CSV_FILES, SEMICOLON, WORKBOOKS, _write_csv, write_city_files
from service.imports.importer import ImportOptions, import_files
from service.storage.database import open_database
from service.wording import Wording
from tests.offices import copied_file, reference_rows
from training_catalog.tables import table

ON = date(2027, 1, 4)
REFERENCE = ("frameworks", "competencies", "position_defaults", "hour_rules", "rating_scales", "price_book", "accounts")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    office = open_database(copied_file(tmp_path_factory.mktemp("office") / "r.db", reference_rows)).read_all()
    reference = {name: office[name] for name in REFERENCE}
    return simulate_city(np.random.default_rng(2), n_people=150, on=ON, reference=reference)


@pytest.fixture(scope="module")
def folder(city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    write_city_files(city, folder, np.random.default_rng(3))
    return folder


def read(folder, name):
    filename = next(f for f, n in CSV_FILES.items() if n == name)
    return pd.read_csv(folder / filename, sep=";" if name in SEMICOLON else ",", dtype="str")


def test_the_same_city_and_chance_write_the_same_bytes(city, folder, tmp_path):
    told = []
    written = write_city_files(city, tmp_path / "again", np.random.default_rng(3), told.append)
    assert [f.name for f in written] == sorted([*WORKBOOKS, *CSV_FILES])
    assert sorted(told) == [f.name for f in written]
    for path in written:
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256((folder / path.name).read_bytes()).digest()


@pytest.mark.parametrize("rows_a_chunk", [1, 7, 10_000])
@pytest.mark.parametrize("name", ["employees", "budgets", "history"])
def test_the_size_of_chunks_changes_nothing(city, tmp_path, name, rows_a_chunk):
    few = {**city.tables, "history": city.tables["history"].head(40)}[name]
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    _write_csv(whole, few, name, rng=np.random.default_rng(5))
    _write_csv(parts, few, name, rng=np.random.default_rng(5), rows_a_chunk=rows_a_chunk)
    assert whole.read_bytes() == parts.read_bytes()


def test_headers_are_those_of_the_indonesian_templates(folder):
    for name in CSV_FILES.values():
        declared = {column.header_id for column in table(name).columns}
        assert set(read(folder, name).columns) <= declared
        required = {column.header_id for column in table(name).columns if column.required}
        assert required <= set(read(folder, name).columns)


def test_semicolon_files_write_days_first_and_decimal_commas(folder):
    staff, ratings = read(folder, "employees"), read(folder, "performance")
    day = staff["NIP"].str[6:8] + "/" + staff["NIP"].str[4:6] + "/" + staff["NIP"].str[:4]
    assert (staff["Tanggal Lahir"] == day).all()
    assert ratings["Nilai"].str.fullmatch(r"\d+(,\d+)?").all()
    assert ratings["Nilai"].str.contains(",").any()


def test_comma_files_write_iso_days_and_decimal_points(folder):
    history = read(folder, "history")
    assert history["Tanggal Selesai"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert history["Nilai Prates"].dropna().str.fullmatch(r"\d+(\.\d+)?").all()


def test_the_budget_is_in_rupiah_and_ends_with_a_total_line(city, folder):
    lines = read(folder, "budgets")
    assert lines["Kode Anggaran"].iloc[-1] == "JUMLAH"
    amounts = lines["Pagu"].iloc[:-1]
    assert all(re.fullmatch(r"Rp\d{1,3}(\.\d{3})*", amount) for amount in amounts)
    whole = amounts.str.replace(r"\D", "", regex=True).astype("int64")
    assert whole.tolist() == city.tables["budgets"]["amount"].astype("int64").tolist()


def test_some_employees_stand_twice_and_agree_but_for_spaces(city, folder):
    staff = read(folder, "employees")
    n = len(city.tables["employees"])
    assert len(staff) == n + round(n * 0.02)
    again = staff.iloc[n:]
    assert again["Nama"].str.endswith("  ").all()
    first = staff.iloc[:n].set_index("NIP").loc[again["NIP"]].reset_index()
    trimmed = again.assign(Nama=again["Nama"].str.rstrip())[first.columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, trimmed)


def test_workbooks_hold_ids_as_text_and_a_date_of_their_own(folder):
    book = openpyxl.load_workbook(folder / "02-organisasi-dan-jabatan.xlsx")
    assert book.properties.created == datetime(2020, 1, 1)  # noqa: DTZ001 (a workbook's date has no zone)
    assert book.sheetnames == [table(name).title_id for name in ("units", "positions", "requirements")]
    codes = [cell.value for cell in book["Unit Kerja"]["A"][1:]]
    assert len(codes) == 40
    assert "01" in codes


def test_what_is_written_is_imported_again_without_a_refusal_and_unchanged(city, folder, tmp_path):
    database = open_database(copied_file(tmp_path / "office.db", reference_rows))
    report = import_files(database, sorted(folder.iterdir()), ImportOptions(), Wording("en")).report
    for file in report.files:
        assert file.read == file.stored + file.unchanged + file.refused + file.left_out
        assert file.refused == 0, [str(p) for p in file.problems][:3]
    for name, frame in city.tables.items():
        if name in REFERENCE:
            continue  # the office's own rows stand among those of the reference data
        key = list(table(name).key)
        stored = database.read(name).sort_values(key, ignore_index=True)
        stored, expected = stored[frame.columns], frame.sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(stored, expected, check_dtype=False)
