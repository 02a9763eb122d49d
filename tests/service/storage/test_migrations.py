"""Each step of the database, with rows in every table before it."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from service.storage import access, ledger  # noqa: F401 (declare their tables)
from service.storage.database import open_database
from service.storage.decisions import log_decision
from service.storage.engine import make_engine, transaction
from service.storage.jobs import JOBS
from service.storage.migrate import _config
from service.storage.schema import DATABASE_TABLES, METADATA, VERSIONS
from tests.service.storage.test_decisions import LIST
from tests.service.storage.test_killed import ROOT, wait_until_it_writes
from training_catalog.errors import InputError, StorageError

assert JOBS.metadata is METADATA  # its tables are declared beside the others
STEPS = sorted(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
SAMPLES = (
    (sa.LargeBinary, b"\x00\xff"),
    (sa.Date, date(2027, 1, 4)),
    (sa.DateTime, datetime(2027, 1, 4, tzinfo=UTC)),
    (sa.BigInteger, 2**53 + 1),
    (sa.Float, 0.1),
    (sa.Text, "Ngurah Śāstra"),
)
BOUND = {("ledger_lines", "spent"): 2**53 + 1, ("ledger_lines", "ceiling"): 2**54 + 2}  # the database adds these up

STATEMENTS = (
    "UPDATE changes SET author = ''", "DELETE FROM changes", "UPDATE decisions SET result = ''",
    "DELETE FROM decisions", "UPDATE policies SET document = ''", "DELETE FROM policies",
)  # fmt: skip


def bring_to(engine, revision):
    config = _config()
    with transaction(engine, is_writer=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def sample_of(column):
    return next(value for kind, value in SAMPLES if isinstance(column.type, kind))


def fill(engine):
    """Put one row into every table as it stands, and return what was put."""
    reflected = sa.MetaData()
    reflected.reflect(engine)
    rows = {}
    with transaction(engine, is_writer=True) as connection:
        for name, table in reflected.tables.items():
            if name != "alembic_version":
                rows[name] = {
                    column.name: BOUND.get((name, column.name), sample_of(column)) for column in table.columns
                }
                connection.execute(sa.insert(table).values(rows[name]))
    return rows


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_what_was_stored_before_a_step_is_there_after_the_last(empty_database_url, step):
    engine = make_engine(empty_database_url)
    bring_to(engine, step)
    rows = fill(engine)
    database = open_database(empty_database_url)
    with transaction(database.engine) as connection:
        for name, row in rows.items():
            table = METADATA.tables[name]
            found = connection.execute(sa.select(*[table.c[column] for column in row])).mappings().all()
            assert row in [dict(one) for one in found], name


def test_migrations_make_the_declared_tables(empty_database_url):
    engine = open_database(empty_database_url).engine
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names()) - {"alembic_version"} == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        made = {column["name"]: (column["type"].compile(engine.dialect), column["nullable"])
                for column in inspector.get_columns(name)}  # fmt: skip
        assert made == {c.name: (c.type.compile(engine.dialect), bool(c.nullable)) for c in table.columns}


@pytest.mark.parametrize("step", ["0001", STEPS[-2], STEPS[-1]])
def test_rows_in_sqlite_are_kept_by_their_keys(tmp_path, step):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    bring_to(make_engine(url), step)
    with transaction(open_database(url).engine) as connection:
        made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
        assert all(
            made[name].endswith(" WITHOUT ROWID") for name in (*DATABASE_TABLES, *(f"{n}_versions" for n in VERSIONS))
        )
        assert not [name for name in made if name.endswith("_before")]
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_step_back_keeps_the_rows(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'office.db'}")
    bring_to(engine, "0015")
    rows = fill(engine)
    config = _config()
    with transaction(engine, is_writer=True) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
    with transaction(engine) as connection:
        for name in DATABASE_TABLES:
            (found,) = connection.execute(sa.select(*[METADATA.tables[name].c[c] for c in rows[name]])).mappings()
            assert dict(found) == rows[name]
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'employees'").scalar_one()
    assert "ROWID" not in made


def test_a_database_of_a_newer_release_is_refused(empty_database_url):
    database = open_database(empty_database_url)
    with transaction(database.engine, is_writer=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="newer release"):
        open_database(empty_database_url)


def test_a_step_that_breaks_leaves_the_database_as_it_was(empty_database_url):
    engine = make_engine(empty_database_url)
    bring_to(engine, "0001")
    rows = fill(engine)
    with transaction(engine, is_writer=True) as connection:
        connection.exec_driver_sql("DROP TABLE positions")  # the second half of 0002 finds no table
    with pytest.raises((StorageError, sa.exc.ProgrammingError), match="positions"):
        bring_to(engine, "0002")
    with transaction(engine) as connection:
        columns = {column["name"] for column in sa.inspect(connection).get_columns("competencies")}
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0001"
    assert columns == set(rows["competencies"])


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_what_only_grows_still_does_after_every_step(empty_database_url, step):
    engine = make_engine(empty_database_url)
    bring_to(engine, step)
    fill(engine)
    database = open_database(empty_database_url)
    log_decision(database, LIST)
    for statement in STATEMENTS:
        with (
            pytest.raises((StorageError, sa.exc.DBAPIError), match="append-only"),
            transaction(database.engine, is_writer=True) as connection,
        ):
            connection.execute(sa.text(statement))


def start_upgrade(url):
    return subprocess.Popen([sys.executable, "-m", "service", "--database", url, "database", "upgrade"], cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3])
def test_an_upgrade_that_is_killed_leaves_the_release_before_and_the_next_one_is_whole(empty_database_url, delay):
    engine = make_engine(empty_database_url)
    bring_to(engine, "0003")
    rows = fill(engine)
    process = start_upgrade(empty_database_url)
    wait_until_it_writes(process, empty_database_url)
    time.sleep(delay)
    process.kill()
    process.wait()
    with transaction(make_engine(empty_database_url)) as connection:
        revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        tables = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    assert (revision, tables) in (("0003", set(rows)), (STEPS[-1], set(METADATA.tables)))
    if delay == 0.0:
        assert revision == "0003"
    assert start_upgrade(empty_database_url).wait(120) == 0
    with transaction(open_database(empty_database_url).engine) as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == STEPS[-1]
        for name, row in rows.items():
            table = METADATA.tables[name]
            found = connection.execute(sa.select(*[table.c[column] for column in row])).mappings().all()
            assert row in [dict(one) for one in found], name
