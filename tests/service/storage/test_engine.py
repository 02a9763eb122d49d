import gc
import sqlite3

import pytest
import sqlalchemy as sa

from service.storage.database import open_database
from service.storage.engine import PAGE_BYTES, STATEMENTS_KEPT, one_of, shown_url, transaction
from tests.offices import copied_file, empty_tables
from training_catalog.errors import InputError, StorageError


def test_a_writer_of_sqlite_holds_the_file_before_its_first_statement(tmp_path):
    engine = open_database(copied_file(tmp_path / "x.db", empty_tables)).engine
    with transaction(engine, is_writer=True), sqlite3.connect(tmp_path / "x.db", timeout=0) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM units").fetchone() == (0,)


def test_a_new_file_has_large_pages_and_one_from_before_keeps_its_own(tmp_path):
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("PRAGMA page_size=4096")
        old.execute("CREATE TABLE other (text)")
    old.close()
    for name, n_bytes in (("old.db", 4096), ("new.db", PAGE_BYTES)):
        database = open_database(f"sqlite:///{tmp_path / name}")
        with transaction(database.engine) as connection:
            assert connection.exec_driver_sql("PRAGMA page_size").scalar() == n_bytes
        assert database.read("units").empty


def test_a_connection_keeps_few_prepared_statements(tmp_path):
    """Each holds memory of SQLite's that Python does not count, on every connection of a service."""
    with transaction(open_database(copied_file(tmp_path / "x.db", empty_tables)).engine) as connection:
        before = n_statements()
        for n in range(3 * STATEMENTS_KEPT):
            connection.exec_driver_sql(f"SELECT {n}")
        assert n_statements() - before <= STATEMENTS_KEPT


def n_statements() -> int:
    gc.collect()
    return sum(type(one).__name__ == "Statement" and type(one).__module__ == "sqlite3" for one in gc.get_objects())


def test_a_database_opens_and_reads_while_another_writes(database_url):
    engine = open_database(database_url).engine
    with transaction(engine, is_writer=True) as connection:
        connection.execute(sa.text("INSERT INTO units (row_key, unit) VALUES ('U', 'U')"))
        assert open_database(database_url).read("units").empty
    assert open_database(database_url).read("units")["unit"].tolist() == ["U"]


def test_a_writer_that_waits_too_long_says_so_and_changes_nothing(database_url):
    engine = open_database(database_url).engine
    with (
        transaction(engine, is_writer=True),
        pytest.raises(StorageError, match=r"lock.*; nothing was changed"),
        transaction(engine, is_writer=True, wait=0.05),
    ):
        pytest.fail("two writers at once")


def test_a_reader_of_postgresql_cannot_write(postgresql_url):
    engine = open_database(postgresql_url).engine
    with pytest.raises(sa.exc.InternalError, match="read-only"), transaction(engine) as connection:
        connection.execute(sa.text("DELETE FROM units"))


@pytest.mark.parametrize("url", ["postgresql://a:secret@127.0.0.1:1/x", "nonsense://a:secret@h:port/x"])
def test_a_password_is_in_no_message(url):
    with pytest.raises(InputError) as refused:
        open_database(url)
    assert "secret" not in str(refused.value)
    assert "***@" in str(refused.value)
    assert shown_url("sqlite:///x.db") == "sqlite:///x.db"


def test_a_list_of_any_length_is_looked_up_in_one_of_few_forms(database_url):
    engine, texts = open_database(database_url).engine, set()
    with transaction(engine, is_writer=True) as connection:
        for n in range(40):
            connection.execute(sa.text("INSERT INTO units (row_key, unit) VALUES (:n, :n)"), {"n": f"{n:02d}"})
    sa.event.listen(engine, "before_cursor_execute", lambda *said: texts.add(said[2]))
    unit = sa.column("unit")
    with transaction(engine) as connection:
        for n in range(40):
            query = sa.select(unit).select_from(sa.table("units")).where(one_of(unit, [f"{i:02d}" for i in range(n)]))
            assert sorted(connection.execute(query).scalars()) == [f"{i:02d}" for i in range(n)]
    assert len(texts) <= 8 + 2  # none, 1, 2, 4, ... 64, and what begins a transaction


def test_transactions_that_follow_each_other_take_the_same_connection(database_url):
    engine, used = open_database(database_url, pool_size=4).engine, []
    with transaction(engine), transaction(engine), transaction(engine):
        pass
    for _ in range(8):
        with transaction(engine) as connection:
            used.append(id(connection.connection.dbapi_connection))
    engine.dispose()
    assert len(set(used)) == 1
