import gc
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.offices import FOLDER, KINDS, Server, empty_tables, of_its_kind
from tests.postgresql import server, which_server

settings.register_profile("bangkom", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test is timed
settings.load_profile("bangkom")


def pytest_configure(config):
    if FOLDER not in os.environ:  # else this is a worker of a run that has one
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="bangkom-offices-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(FOLDER)))


def pytest_collection_finish():
    """Leave what the libraries hold out of every collection of garbage: a tenth of the time in tests that are short."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"PostgreSQL: {which_server()}")


@pytest.fixture(scope="session")
def postgresql_server():
    how = which_server()
    if how.startswith("skipped"):
        pytest.skip(how)
    with server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql(postgresql_server):
    made = Server(postgresql_server)
    yield made
    made.close()


@pytest.fixture
def postgresql_url(postgresql):
    """Return the address of a database without tables."""
    with postgresql.empty() as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_database_url(request, tmp_path):
    """Return the address of a database without tables, of each kind in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return f"sqlite:///{tmp_path / 'office.db'}"


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """Return the address of a database with tables and without rows, of each kind in turn."""
    yield from of_its_kind(request, tmp_path, empty_tables)
