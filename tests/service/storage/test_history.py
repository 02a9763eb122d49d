"""What a row was, who changed it and when: kept, read back as of any day, and never rewritten."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from service.storage.database import Database, open_database
from service.storage.engine import transaction
from service.storage.history import changes_of, last_change
from service.storage.schema import CHANGES, VERSIONS
from tests.offices import copied_file, empty_tables
from training_catalog.errors import StorageError

DAYS = [date(2027, 1, day) for day in (4, 5, 6)]


def at_noon(day):
    return lambda: datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def write(database, day, author="sari", **units):
    """Store units and their staff on a day; return the counts."""
    own = Database(database.engine, author=author, clock=at_noon(day))
    frame = pd.DataFrame({"unit": list(units), "name": list(units), "authorised_staff": list(units.values())})
    with own.writing(f"units-{day}.csv") as writing:
        return own.upsert(writing, "units", frame)


def staff(frame):
    return dict(zip(frame["unit"], frame["authorised_staff"], strict=True))


@pytest.fixture
def database(database_url):
    return open_database(database_url)


def n_rows(database, table):
    with transaction(database.engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def test_the_state_of_every_day_can_be_read(database):
    write(database, DAYS[0], a=1, b=10)
    write(database, DAYS[1], a=2, c=20)
    write(database, DAYS[2], a=3)
    assert [staff(database.read_as_of("units", day)) for day in (date(2027, 1, 3), *DAYS)] == [
        {}, {"a": 1, "b": 10}, {"a": 2, "b": 10, "c": 20}, {"a": 3, "b": 10, "c": 20},
    ]  # fmt: skip
    assert staff(database.read("units")) == staff(database.read_as_of("units", DAYS[2]))


def test_who_changed_what_when_before_and_after(database):
    write(database, DAYS[0], author="sari", a=1)
    write(database, DAYS[1], author="dewi", a=2, b=1)
    with transaction(database.engine) as connection:
        first, second = changes_of(connection, "units", "a")
    assert (first.author, first.source, first.made_at) == ("sari", "units-2027-01-04.csv", at_noon(DAYS[0])())
    assert (first.before, first.after) == (None, {"unit": "a", "name": "a", "authorised_staff": 1})
    assert (second.author, second.made_at, second.key) == ("dewi", at_noon(DAYS[1])(), {"unit": "a"})
    assert (second.before, second.after) == ({"authorised_staff": 1}, {"authorised_staff": 2})


def test_the_same_rows_twice_change_nothing_and_write_no_history(database):
    write(database, DAYS[0], a=1, b=2)
    before = n_rows(database, CHANGES), n_rows(database, VERSIONS["units"])
    assert write(database, DAYS[1], a=1, b=2).unchanged == 2
    assert (n_rows(database, CHANGES), n_rows(database, VERSIONS["units"])) == before


def test_one_transaction_is_one_change_however_often_it_writes_a_row(database):
    with database.writing() as writing:
        for n in (1, 2):
            database.upsert(writing, "units", pd.DataFrame({"unit": ["a"], "authorised_staff": [n]}))
    assert n_rows(database, VERSIONS["units"]) == 0
    with transaction(database.engine) as connection:
        assert [one.after["authorised_staff"] for one in changes_of(connection, "units", "a")] == [2]


def test_a_clock_that_goes_back_does_not_turn_history_round(database):
    write(database, DAYS[2], a=1)
    write(database, DAYS[0], a=2)
    assert staff(database.read_as_of("units", DAYS[1])) == {}
    assert staff(database.read_as_of("units", DAYS[2])) == {"a": 2}


def test_a_table_with_a_column_named_like_one_of_the_changes_tells_them_apart(database):
    with database.writing("standar.csv") as writing:
        database.upsert(writing, "frameworks", pd.DataFrame({"framework": ["X"], "source": ["Perwali 7/2026"]}))
    with transaction(database.engine) as connection:
        (made,) = changes_of(connection, "frameworks", "X")
    assert (made.source, made.after["source"]) == ("standar.csv", "Perwali 7/2026")


@settings(max_examples=15)
@given(steps=st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), min_size=1), max_size=5))
def test_what_was_read_after_a_change_is_read_as_of_it_for_ever(tmp_path_factory, steps):
    database = open_database(copied_file(tmp_path_factory.mktemp("law") / "x.db", empty_tables))
    seen = []
    for units in steps:
        write(database, DAYS[0], **units)
        with transaction(database.engine) as connection:
            seen.append((last_change(connection), database.read("units", connection)))
    for change, frame in seen:
        pd.testing.assert_frame_equal(database.read("units", change=change), frame)


def refused(database, statement):
    """Return whether the database refuses a statement because the table only grows."""
    with (
        pytest.raises((sa.exc.DBAPIError, StorageError), match="append-only"),
        transaction(database.engine, is_writer=True) as connection,
    ):
        connection.execute(sa.text(statement))
    return True


def test_the_list_of_changes_only_grows(database):
    write(database, DAYS[0], a=1)
    statements = ["UPDATE changes SET author = 'nobody'", "DELETE FROM changes", "DELETE FROM changes WHERE change = 1"]
    if database.engine.dialect.name == "sqlite":
        statements.append("INSERT OR REPLACE INTO changes VALUES (0, '2027-01-04', 'nobody', '')")
    else:
        statements.append("TRUNCATE changes")
    assert all(refused(database, statement) for statement in statements)
    assert n_rows(database, CHANGES) == 2
