import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from service.exports.plan_files import write_plan_files
from service.exports.plan_names import names_from
from service.exports.plan_rosters import MOST_SHEETS, rosters
from service.exports.plan_sheets import assignment_sheet, class_sheet, plan_sheets
from service.exports.plan_workbook import cells_of, write_workbook
from service.wording import Wording
from tests.service.reports.plan_cases import PEOPLE, a_city, city_names, five_names, five_people_two_classes
from training_catalog.offering import UNLIMITED_SEATS

ENGLISH, INDONESIAN = Wording("en"), Wording("id")


@pytest.fixture
def written(tmp_path):
    plan = five_people_two_classes()
    return plan, tmp_path, write_plan_files(plan, five_names(), tmp_path, wording=ENGLISH)


def rows_of(content, sheet):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def as_read(cell):
    """Return a cell as calamine reads it: whole and fractional numbers are floats, midnight is a day, None is empty."""
    if isinstance(cell, bool | str):
        return cell
    if cell is None:
        return ""
    return float(cell) if isinstance(cell, int | float) else cell.date()


def test_a_small_plan_is_four_files_and_nothing_else(written):
    _, folder, paths = written
    assert [path.name for path in paths] == ["assignments.csv", "assignments.parquet", "plan.xlsx", "rosters.xlsx"]
    assert sorted(folder.iterdir()) == sorted(paths)


def test_parquet_is_the_frame_itself(written):
    plan, folder, _ = written
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "assignments.parquet"), plan.assignments, check_dtype=False, check_index_type=False
    )


@pytest.mark.parametrize("wording", [ENGLISH, INDONESIAN])
def test_every_sheet_read_again_equals_the_frames(wording):
    plan, names = five_people_two_classes(), five_names()
    sheets = plan_sheets(plan, names, wording)
    content = write_workbook(sheets, made_on=plan.provenance.on, lang=wording.lang)
    for sheet in sheets:
        header, *body = rows_of(content, sheet.title)
        assert header == [field.header for field in sheet.fields]
        expected = [[as_read(cell) for cell in row] for row in zip(*map(cells_of, sheet.fields), strict=True)]
        assert body == expected


def test_money_days_and_numbers_of_people_keep_their_types_in_xlsx(written):
    plan, folder, _ = written
    header, *body = rows_of((folder / "plan.xlsx").read_bytes(), "Assignments")
    by_header = dict(zip(header, zip(*body, strict=True), strict=True))
    assert by_header["Employee number"] == PEOPLE[:3]
    assert list(by_header["Cost"]) == plan.assignments.cost.tolist()
    assert list(by_header["First day"]) == [day.date() for day in plan.assignments.start]
    assert by_header["Mandatory"] == (True, False, False)


def test_a_class_without_a_limit_of_seats_has_an_empty_cell():
    plan = five_people_two_classes()
    plan = five_people_two_classes(offerings=plan.offerings.assign(seats=[UNLIMITED_SEATS, 40]))
    seats = next(field for field in class_sheet(plan, five_names(), ENGLISH).fields if field.header == "Seats")
    assert cells_of(seats) == [None, 40]


def test_a_sheet_longer_than_xlsx_allows_continues_on_the_next():
    plan = five_people_two_classes()
    sheet = assignment_sheet(plan, five_names(), ENGLISH)
    content = write_workbook([sheet], made_on=plan.provenance.on, lang="en", most_rows=2)
    numbers = [row[0] for title in ("Assignments", "Assignments 2") for row in rows_of(content, title)[1:]]
    assert numbers == list(PEOPLE[:3])


def test_csv_has_a_byte_order_mark_and_headers_in_the_readers_language(tmp_path):
    plan = five_people_two_classes()
    write_plan_files(plan, five_names(), tmp_path, wording=INDONESIAN)
    content = (tmp_path / "assignments.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfNIP,Nama,")
    assert b"tatap muka" in content


def test_csv_text_that_looks_like_a_formula_is_neutralised_and_numbers_stay_numbers(written):
    plan, folder, _ = written
    frame = pd.read_csv(folder / "assignments.csv", dtype={"Employee number": str})
    assert frame["Name"].tolist() == ["Ani", "Budi", '\'=HYPERLINK("x")']
    assert frame["Employee number"].tolist() == plan.assignments.employee.tolist()
    assert frame["Cost"].tolist() == plan.assignments.cost.tolist()
    np.testing.assert_array_equal(frame["Expected levels closed"], plan.assignments.benefit)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_dangerous_first_character_reaches_a_csv(tmp_path, start):
    plan = five_people_two_classes()
    names = five_names(trainings={"P01": f"{start}cmd|' /C calc'!A1"})
    write_plan_files(plan, names, tmp_path, wording=ENGLISH)
    frame = pd.read_csv(tmp_path / "assignments.csv", lineterminator="\n" if start == "\r" else None)
    assert frame["Training"].str.startswith("'").all()


def test_equal_plans_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_plan_files(five_people_two_classes(), five_names(), tmp_path / name, wording=INDONESIAN)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    with zipfile.ZipFile(tmp_path / "a" / "plan.xlsx") as archive:
        assert b">2027-01-04T00:00:00Z</dcterms:created>" in archive.read("docProps/core.xml")


def test_a_roster_names_class_days_place_and_each_participant(written):
    _, folder, _ = written
    content = (folder / "rosters.xlsx").read_bytes()
    contents, title = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert rows_of(content, contents)[1][1:3] == ["K1", "Pelatihan Pelayanan"]
    rows = [[cell for cell in row if cell != ""] for row in rows_of(content, title)]
    assert rows[:5] == [
        ["Pelatihan Pelayanan"], ["Class: K1"], ["Days: 1 March 2027 to 3 March 2027"],
        ["Place: Pontianak, Kalimantan Barat"], ["Participants: 3"],
    ]  # fmt: skip
    assert rows[7:] == [
        [1.0, PEOPLE[2], '=HYPERLINK("x")', "Dinas Pendidikan", "Analis"],
        [2.0, PEOPLE[0], "Ani", "Dinas Kesehatan", "Analis"],
        [3.0, PEOPLE[1], "Budi", "Dinas Kesehatan", "Analis"],
    ]


def test_an_empty_plan_is_written_too(tmp_path):
    plan = five_people_two_classes()
    empty = five_people_two_classes(
        assignments=plan.assignments.iloc[:0], offerings=plan.offerings.iloc[:0], unmet=plan.unmet.iloc[:0],
        gaps=plan.gaps.iloc[:0],
    )  # fmt: skip
    write_plan_files(empty, five_names(), tmp_path, wording=INDONESIAN)
    assert len(pd.read_csv(tmp_path / "assignments.csv")) == 0
    sheets = {sheet.title: sheet.n_rows for sheet in plan_sheets(empty, five_names(), INDONESIAN)}
    content = (tmp_path / "plan.xlsx").read_bytes()
    assert {title: len(rows_of(content, title)) - 1 for title in sheets} == sheets


@pytest.mark.long
def test_a_city_gets_one_roster_file_a_class_and_every_seat_is_in_one(tmp_path):
    plan = a_city()
    write_plan_files(plan, city_names(plan), tmp_path, wording=INDONESIAN)
    contents = pd.read_csv(tmp_path / "rosters" / "index.csv")
    assert len(contents) == plan.offerings.opened.sum() > MOST_SHEETS
    people = [pd.read_csv(tmp_path / "rosters" / name, dtype=str) for name in contents.iloc[:, 0]]
    seats = pd.concat(people)[["NIP", "Kode kelas"]].sort_values(["NIP", "Kode kelas"])
    expected = plan.assignments[["employee", "offering"]].sort_values(["employee", "offering"])
    assert seats.to_numpy().tolist() == expected.to_numpy().tolist()


def test_a_later_plan_leaves_no_roster_of_an_earlier_one_and_no_file_of_others_is_touched(tmp_path):
    plan = a_city(n_people=4_000, n_classes=150, n_lines=5)
    write_plan_files(plan, city_names(plan), tmp_path, wording=ENGLISH)
    (tmp_path / "rosters" / "my-own.csv").write_text("mine")
    write_plan_files(five_people_two_classes(), five_names(), tmp_path, wording=ENGLISH)
    assert [path.name for path in (tmp_path / "rosters").iterdir()] == ["my-own.csv"]
    write_plan_files(plan, city_names(plan), tmp_path, wording=ENGLISH)
    assert not (tmp_path / "rosters.xlsx").exists()


def test_class_codes_become_file_names_that_stay_apart():
    plan = five_people_two_classes()
    seats = plan.assignments.assign(offering=["../K/1", "../k/1", "../k/1"])
    offerings = plan.offerings.assign(offering=["../K/1", "../k/1"], opened=True)
    found = list(rosters(five_people_two_classes(assignments=seats, offerings=offerings), five_names(), ENGLISH))
    assert [roster.stem for roster in found] == ["0001-K-1", "0002-k-1"]


def test_names_come_from_the_tables_and_english_ones_only_where_asked():
    tables = {
        "competencies": pd.DataFrame({"competency": ["M.01", "M.02"], "name": ["Integritas", "Kerja sama"],
                                      "name_en": ["Integrity", None]}),
        "units": pd.DataFrame({"unit": ["U0", "U1"], "name": ["Kota", "Dinas"], "parent": [None, "U0"]}),
        "employees": pd.DataFrame({"employee": [PEOPLE[0]], "name": ["Ani"], "position": ["J1"]}),
        "trainings": pd.DataFrame({"training": ["P01"], "name": ["Pelatihan"]}),
        "positions": pd.DataFrame({"position": ["J1"], "name": ["Analis"]}),
    }  # fmt: skip
    names = names_from(tables, lang="en")
    assert (names.office, names.competency("M.01"), names.competency("M.02")) == ("Kota", "Integrity", "Kerja sama")
    assert names.position(PEOPLE[0]) == "Analis"
    assert names_from(tables).competency("M.01") == "Integritas"
