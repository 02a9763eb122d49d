import pytest

from tests.postgresql import new_database, server, which_server


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"PostgreSQL: {which_server()}")


@pytest.fixture(scope="session")
def postgresql_server():
    how = which_server()
    if how.startswith("skipped"):
        pytest.skip(how)
    with server() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server):
    with new_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Return the address of an empty database, of each kind in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return f"sqlite:///{tmp_path / 'office.db'}"
