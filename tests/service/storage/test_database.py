import tracemalloc

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from service.storage.database import open_database
from training_catalog.errors import InputError, StorageError
from training_catalog.frames import empty_frame
from training_catalog.tables import table


@pytest.fixture
def database(database_url):
    return open_database(database_url)


def people(**columns):
    return pd.DataFrame([{"employee": "a", "name": "A", **columns}])


def test_an_upsert_counts_new_changed_and_unchanged_rows(database):
    with database.writing() as connection:
        assert database.upsert(connection, "employees", people(unit="U")).stored == 1
        assert database.upsert(connection, "employees", people(unit="U")).unchanged == 1
        assert database.upsert(connection, "employees", people(unit="V")).stored == 1
    assert database.read("employees")["unit"].tolist() == ["V"]


def test_columns_that_a_file_does_not_have_keep_what_is_stored(database):
    with database.writing() as connection:
        database.upsert(connection, "employees", people(unit="U"))
        database.upsert(
            connection, "employees", pd.DataFrame([{"employee": "a", "name": "B"}]), frozenset({"employee", "name"})
        )
    row = database.read("employees").iloc[0]
    assert (row["name"], row["unit"]) == ("B", "U")


def test_nothing_of_a_broken_transaction_stays(database):
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        database.upsert(connection, "employees", people())
        raise ZeroDivisionError
    assert database.read("employees").empty


def test_a_long_table_comes_back_whole_without_ever_being_objects_as_a_whole(database):
    number = np.arange(45_000)
    ratings = pd.DataFrame({
        "employee": pd.Series(number).map("P{:07d}".format), "scale": "S", "year": 2020, "rating": 3.0,
    })  # fmt: skip
    with database.writing() as connection:
        database.upsert(connection, "performance", ratings)
    database.read("performance")  # what is made once is made
    tracemalloc.start()
    try:
        found = database.read("performance")
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found["employee"].tolist() == ratings["employee"].tolist()
    assert found.dtypes.equals(empty_frame(table("performance")).dtypes)
    assert most - kept < 8 * 2**20  # bytes; all rows at once as objects are twice that


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/x.db", "nosuch://x"])
def test_an_address_that_opens_nothing_is_named(url):
    with pytest.raises(InputError, match="cannot be opened"):
        open_database(url)


def test_an_approved_model_takes_the_place_of_the_one_before(database):
    day = pd.Timestamp("2027-01-04").date()
    for name in ("m-1", "m-2"):
        database.save_model(name, manifest={}, payload=b"x", state="approved", created_on=day)
    assert database.load_model(None).model_id == "m-2"
    assert {m.model_id: m.state for m in database.list_models()} == {"m-1": "retired", "m-2": "approved"}


def test_a_file_that_may_not_be_written_is_told_with_what_to_do(tmp_path):
    path = tmp_path / "office.db"
    open_database(f"sqlite:///{path}").engine.dispose()
    database = open_database(f"sqlite:///{path}")

    def only_read(connection, _record):
        connection.execute("PRAGMA query_only=on")  # as where the file's rights forbid it, whoever runs the tests

    sa.event.listen(database.engine, "connect", only_read)
    with pytest.raises(StorageError, match="give the right to write in both"), database.writing() as writing:
        database.upsert(writing, "units", pd.DataFrame({"unit": ["U"], "name": ["Unit"]}))
