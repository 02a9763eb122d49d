"""Databases laid out once in a run, of which tests get copies: laying one out takes longer than most tests."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from click.testing import CliRunner

from service.cli import main_group
from service.reference import open_office
from service.storage.database import open_database
from tests.postgresql import new_database


def empty_tables(url):
    """Lay out the tables of the newest release."""
    open_database(url).engine.dispose()


def reference_rows(url):
    """Lay out the tables, with the rows that every office begins with."""
    open_office(url).engine.dispose()


def call(url, *arguments, on="2027-01-04"):
    """Run the terminal on a file, which holds all of the database afterwards."""
    run = CliRunner().invoke(main_group, ["--database", url, "--lang", "en", "--on", on, *map(str, arguments)])
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return run


def demo_city(url):
    """Lay out the demo city with a fitted model and a plan, as the command does."""
    with tempfile.TemporaryDirectory() as folder:
        run = call(url, "demo", folder, "--people", 60, "--time-limit", 60, "--json")
    assert run.exit_code in (0, 1), run.output


FOLDER = "BANGKOM_TEST_OFFICES"  # of the run, set for all of its workers before they begin


@cache
def _file(make):
    """Return what a function makes, as the first worker of the run that needs it has made it."""
    path = Path(os.environ[FOLDER]) / f"{make.__module__}.{make.__qualname__}.db"
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
        if not path.exists():
            half = path.with_suffix(".half")
            half.unlink(missing_ok=True)
            make(f"sqlite:///{half}")
            half.rename(path)
    return path


def copied_file(path, make):
    """Put a copy of what a function makes at a path, and return its address."""
    shutil.copy(_file(make), path)
    return f"sqlite:///{path}"


KINDS = ["sqlite", "postgresql"]


def of_its_kind(request, folder, make):
    """Yield the address of a copy of what a function makes, in a database of the kind that a fixture is asked for."""
    if request.param == "sqlite":
        yield copied_file(folder / "office.db", make)
    else:
        with request.getfixturevalue("postgresql").copied(make) as url:
            yield url


class Server:
    """A PostgreSQL server, and the databases on it that are copied."""

    def __init__(self, url):
        self.url, self._templates = url, {}

    @contextmanager
    def empty(self):
        """Yield the address of a database without tables."""
        with new_database(self.url) as url:
            yield url

    @contextmanager
    def copied(self, make):
        """Yield the address of a copy of what a function makes."""
        if make not in self._templates:
            made = new_database(self.url)
            make(url := made.__enter__())
            self._templates[make] = (made, url.rpartition("/")[2].partition("?")[0])
        with new_database(self.url, template=self._templates[make][1]) as url:
            yield url

    def close(self):
        """Drop what was copied."""
        for made, _ in self._templates.values():
            made.__exit__(None, None, None)
