import pandas as pd
import pytest
import sqlalchemy as sa

from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.kept import KeptTables
from service.storage.people import erase_rows


@pytest.fixture
def database(database_url):
    found = open_database(database_url)
    store(found, "units", unit="U", name="Dinas")
    store(found, "employees", employee="a", name="Ani", unit="U")
    return found


def store(database, table, **values):
    with database.writing() as writing:
        database.upsert(writing, table, pd.DataFrame([values]))


def read(database, kept):
    """Return what is kept, and the tables that were read for it."""
    statements = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    with transaction(database.engine) as connection:
        found = kept.read_all(connection)
    asked = {name for name in found for text in statements if f"FROM {name} " in text.replace("\n", " ")}
    return found, asked


def assert_as_on_file(database, found):
    for name, frame in database.read_all().items():
        pd.testing.assert_frame_equal(found[name], frame)


def test_only_a_table_that_has_changed_is_read_again(database):
    kept = KeptTables(database)
    found, asked = read(database, kept)
    assert asked == set(found)
    assert_as_on_file(database, found)
    assert read(database, kept)[1] == set()
    store(database, "employees", employee="b", name="Budi", unit="U")
    found, asked = read(database, kept)
    assert asked == {"employees"}
    assert_as_on_file(database, found)


def test_a_table_that_mentions_somebody_who_is_erased_is_read_again(database):
    store(database, "units", unit="V", name="Ani")
    kept = KeptTables(database)
    read(database, kept)
    with database.writing() as writing:
        erase_rows(writing, "a", "e-1")
    found, asked = read(database, kept)
    assert {"units", "employees"} <= asked
    assert found["units"]["name"].tolist() == ["Dinas", "e-1"]
    assert_as_on_file(database, found)


def test_what_is_done_to_a_table_does_not_change_what_is_kept(database):
    kept = KeptTables(database)
    found, _ = read(database, kept)
    found["units"]["name"] = "other"
    found["units"].loc[0, "unit"] = "other"
    assert_as_on_file(database, read(database, kept)[0])


def test_tables_that_are_too_large_are_read_each_time(database):
    store(database, "trainings", training="T", name="n" * 5_000, form="classical", mode="online", hours=8)
    kept = KeptTables(database, most_bytes=3_000)
    read(database, kept)
    found, asked = read(database, kept)
    assert "trainings" in asked
    assert "units" not in asked
    assert_as_on_file(database, found)
