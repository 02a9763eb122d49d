import pandas as pd
import pytest

from service.imports.on_file import OnFile
from service.storage.database import open_database
from service.storage.history import last_change
from tests.offices import copied_file, empty_tables


def units(*names):
    return pd.DataFrame({"unit": list(names), "name": list(names)})


@pytest.fixture
def database(tmp_path):
    return open_database(copied_file(tmp_path / "office.db", empty_tables))


def test_what_an_import_writes_was_not_on_file_before_it(database):
    with database.writing() as writing:
        database.upsert(writing, "units", units("A"))
    with database.writing() as writing:
        on_file = OnFile(database, last_change(writing.connection), writing.connection)
        database.upsert(writing, "units", units("B"))
        database.upsert(writing, "units", units("A").assign(name="Z"))
        assert on_file.ids("units", "unit") == {"A"}
        assert on_file["units"]["name"].tolist() == ["A"]
    assert database.read("units")["name"].tolist() == ["Z", "B"]


def test_what_others_write_between_two_reads_is_not_seen(database):
    on_file = OnFile(database, 0)
    with database.writing() as writing:
        database.upsert(writing, "units", units("A"))
    assert on_file.ids("units", "unit") == set()
    assert on_file["units"].empty


def test_a_table_is_read_once(database):
    on_file = OnFile(database, 0)
    assert on_file["units"] is on_file["units"]
