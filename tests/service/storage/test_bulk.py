import sqlite3

import numpy as np
import pandas as pd
import pytest

from service.storage.bulk import MANY_ROWS, ROWS_AT_ONCE, load
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.frames import by_key
from service.storage.schema import ROW_KEY, SINCE


@pytest.fixture
def database(database_url):
    return open_database(database_url)


def ratings(numbers):
    """Return rows of which every third has no rating, and every fifth no day."""
    number = pd.Series(numbers)
    days = pd.Series(pd.Timestamp("2026-01-31"), index=number.index).astype("datetime64[s]")
    return pd.DataFrame({
        ROW_KEY: number.map("{:07d}".format).astype("str"), "employee": number.map("P{}".format).astype("str"),
        "period_end": days.where(number % 5 > 0), "rating": number.astype("float64").where(number % 3 > 0), SINCE: 1,
    })  # fmt: skip


@pytest.mark.parametrize("n_rows", [0, 1, 191, 192, 193, ROWS_AT_ONCE + 1])
def test_rows_of_any_number_come_back_as_they_were_put_in(database, n_rows):
    rows = ratings(np.arange(n_rows)[::-1])
    with database.writing() as writing:
        load(writing.connection, "performance", rows)
    found = database.read("performance")
    expected = rows[::-1].reset_index(drop=True)
    for column in ("employee", "period_end", "rating"):
        pd.testing.assert_series_equal(found[column], expected[column])


@pytest.mark.parametrize("twice", [3, 400])
def test_a_key_that_comes_twice_is_an_error_after_which_nothing_stays(database, twice):
    rows = ratings([*range(500), twice])
    driver = database.engine.dialect.loaded_dbapi
    with pytest.raises(driver.IntegrityError), database.writing() as writing:
        load(writing.connection, "performance", rows)
    assert database.read("performance").empty


def test_rows_are_put_in_the_order_of_the_bytes_of_their_keys():
    keys = ["b", "Z\x1f2", "é", "Z\x1f", "Za", ""]
    rows = by_key(pd.DataFrame({ROW_KEY: pd.Series(keys, dtype="str"), "n": range(6)}))
    assert rows[ROW_KEY].tolist() == sorted(keys, key=str.encode)
    assert [keys[n] for n in rows["n"]] == rows[ROW_KEY].tolist()


@pytest.mark.parametrize("n_rows", [0, 3, MANY_ROWS])
def test_a_connection_that_a_service_keeps_remembers_no_more_pages_after_a_load(tmp_path, n_rows):
    with sqlite3.connect(":memory:") as plain:
        (own,) = plain.execute("PRAGMA cache_size").fetchone()
    database = open_database(f"sqlite:///{tmp_path / 'office.db'}", pool_size=1)  # made new: every step has run there
    if n_rows:
        with database.writing() as writing:
            load(writing.connection, "performance", ratings(np.arange(n_rows)))
    with transaction(database.engine) as connection:
        assert connection.exec_driver_sql("PRAGMA cache_size").scalar_one() == own
    database.engine.dispose()
