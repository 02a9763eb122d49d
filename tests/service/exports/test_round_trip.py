"""What is exported and imported again is identical: any values that an import stores, every table and kind of file."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from service.exports.tables import write_frame, write_table
from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.storage.database import open_database
from service.wording import Wording
from tests.examples import tries
from tests.offices import copied_file, reference_rows
from training_catalog.errors import InputError
from training_catalog.frames import canonical
from training_catalog.tables import TABLES, table

BASE = {
    "units": "unit,name\nU1,Dinas\n=U2,Bidang\n", "positions": "position,name\n007,Analis\n",
    "employees": "employee,name\n199003152014021987,Melur\n-5,Satria\n",
    "trainings": "training,name,hours\nT1,Dasar Audit,24\n+T2,=Etika,8\n",
    "budgets": "line,year,amount\n1.02.03,2027,1000000\n", "frameworks": "framework,name\nBEBAS,Tanpa level\n",
    "competencies": "competency,name,framework\nB.1,Bebas,BEBAS\n",
}  # fmt: skip
KNOWN = {name: [line.split(",")[0] for line in content.splitlines()[1:]] for name, content in BASE.items()} | {
    "rating_scales": ["skp-angka"],
}  # fmt: skip
NASTY = st.text("=+-@'\"\t;,|\n\u00a0\u200bÉaZ019.%/ ", min_size=1, max_size=9)
WORDS = NASTY | st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "''",
        "-",
        "007",
        "1E5",
        "1.500",
        "3,5",
        "2026-01-02",
        "TRUE",
        "#N/A",
        "null",
        "NaN",
        "'Abdul",
        '="7"',
    ]
)
NUMBERS = st.floats(0, 1e9) | st.integers(0, 10**6).map(float) | st.sampled_from([0.1, 1 / 3, 1e-7, 2.5])
BY_KIND = {
    "text": WORDS, "id": WORDS, "integer": st.integers(0, 10**6), "money": st.integers(0, 10**15 - 1),
    "decimal": NUMBERS, "hours": NUMBERS, "level": st.floats(0, 9) | st.integers(1, 5).map(float),
    "date": st.dates(date(1920, 1, 1), date(2120, 12, 31)), "list": st.lists(NASTY, max_size=3).map(";".join),
}  # fmt: skip


@pytest.fixture
def office(tmp_path):
    database = open_database(copied_file(tmp_path / "office.db", reference_rows))
    for name, content in BASE.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(content, encoding="utf-8")
        assert import_files(database, [path], ImportOptions(table=name), Wording("en")).report.ok
    return database


def values(column):
    if column.references:
        return st.sampled_from(KNOWN[column.references])
    if column.choices:
        return st.sampled_from([name for name, _ in column.choices])
    return BY_KIND[column.kind]


# Each example is two imports: what fails is told as found, for making it small takes minutes.
@settings(max_examples=tries(12, 40), phases=(Phase.explicit, Phase.reuse, Phase.generate),
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_what_is_exported_and_imported_again_is_identical(office, tmp_path, data):
    table = data.draw(st.sampled_from(TABLES))
    row = {c.name: values(c) if c.required else st.none() | values(c) for c in table.columns}
    drawn = data.draw(st.lists(st.fixed_dictionaries(row), min_size=1, max_size=4))
    source = tmp_path / "drawn.parquet"
    canonical(pd.DataFrame(drawn, columns=list(table.column_names)), table).to_parquet(source)
    import_files(office, [source], ImportOptions(table=table.name), Wording("en"))
    before = office.read(table.name)
    path = tmp_path / f"x{data.draw(st.sampled_from(['.csv', '.parquet', '.csv', '.xlsx']))}"
    write_table(office, table.name, path, data.draw(st.sampled_from(["id", "en"])))
    (report,) = import_files(office, [path], ImportOptions(), Wording("en")).report.files
    assert report.table == table.name
    assert (report.unchanged, report.read) == (len(before), len(before)), report.problems
    assert office.read(table.name).equals(before)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_table_without_a_row_comes_back_as_that_table(office, tmp_path, kind):
    write_table(office, "training_titles", tmp_path / f"x.{kind}", "id")
    (report,) = import_files(office, [tmp_path / f"x.{kind}"], ImportOptions(), Wording("en")).report.files
    assert (report.table, report.read, report.refused) == ("training_titles", 0, 0)


def test_a_number_that_a_workbook_would_shorten_comes_back(office, tmp_path):
    hours = 0.1 + 0.2
    changed = office.read("trainings").head(1).assign(hours=hours)
    changed.to_parquet(tmp_path / "one.parquet")
    import_files(office, [tmp_path / "one.parquet"], ImportOptions(table="trainings"), Wording("en"))
    write_table(office, "trainings", tmp_path / "x.xlsx", "en")
    (report,) = import_files(office, [tmp_path / "x.xlsx"], ImportOptions(), Wording("en")).report.files
    assert (report.stored, report.refused) == (0, 0)
    assert hours in office.read("trainings")["hours"].tolist()


def test_a_file_for_spreadsheets_runs_no_formula_and_keeps_numbers_numbers(office, tmp_path):
    write_table(office, "trainings", tmp_path / "x.csv", "en")
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert not [cell for line in text.splitlines() for cell in line.split(",") if cell.startswith(("=", "+", "@"))]
    assert "'+T2,'=Etika" in text
    assert ",24.0," in text


@pytest.mark.parametrize("number", ["0.0000001", "0.1", "123456789.125"])
def test_numbers_of_any_size_come_back_exactly_from_csv(office, tmp_path, number):
    source = tmp_path / "s.csv"
    source.write_text(f"scale,minimum,maximum,direction\nX,0,{number},higher\n", encoding="utf-8")
    assert import_files(office, [source], ImportOptions(), Wording("en")).report.ok
    write_table(office, "rating_scales", tmp_path / "x.csv", "id")
    assert office.read("rating_scales").set_index("scale")["maximum"]["X"] == float(number)
    (report,) = import_files(office, [tmp_path / "x.csv"], ImportOptions(), Wording("en")).report.files
    assert report.unchanged == report.read


@pytest.mark.parametrize("labels", ["=Baik", "satu=Baik", "1=Baik;;x"])
def test_a_scale_whose_labels_have_no_value_is_refused_and_later_imports_go_on(office, tmp_path, labels):
    source = tmp_path / "s.csv"
    source.write_text(f'scale;minimum;maximum;direction;labels\nX;0;3;higher;"{labels}"\n', encoding="utf-8")
    for _ in range(2):
        (report,) = import_files(office, [source], ImportOptions(), Wording("en")).report.files
        assert [(p.code, p.column) for p in report.problems if p.severity == "error"] == [
            ("number-unreadable", "labels")
        ]


def test_an_id_of_marks_alone_is_missing(office, tmp_path):
    source = tmp_path / "s.csv"
    source.write_text("unit,name\n'`,Tanpa kode\n", encoding="utf-8")
    (report,) = import_files(office, [source], ImportOptions(table="units"), Wording("en")).report.files
    assert [(p.code, p.line) for p in report.problems if p.severity == "error"] == [("required-missing", 2)]


def test_a_workbook_that_would_lose_a_text_or_a_row_is_refused_and_not_begun(tmp_path):
    row = {"competency": "M.01", "name": "Integritas", "definition": "x" * 32_768}
    frame = canonical(pd.DataFrame([row]), table("competencies"))
    path = tmp_path / "kompetensi.xlsx"
    with pytest.raises(InputError, match="32768 characters in definition"):
        write_frame(frame, table("competencies"), path, "id")
    many = canonical(pd.DataFrame({"competency": [""], "name": [""]}).loc[[0] * 1_048_576], table("competencies"))
    with pytest.raises(InputError, match="1048576 rows"):
        write_frame(many, table("competencies"), path, "id")
    assert not path.exists()
    write_frame(frame, table("competencies"), tmp_path / "kompetensi.csv", "id")
