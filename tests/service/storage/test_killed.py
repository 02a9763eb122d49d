"""An import that is killed at any moment leaves all of it or nothing, and the next one gives the full result."""

import random
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.imports.importer import import_files
from service.imports.options import ImportOptions
from service.reference import open_office
from service.storage.database import open_database
from service.wording import Wording
from tests.postgresql import new_database

ROOT = Path(__file__).resolve().parents[3]
N_PEOPLE, N_LEVELS = 2_000, 8


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Import people and their levels once; return the files, the tables, and the seconds in all and storing."""
    folder = tmp_path_factory.mktemp("files")
    people = [f"199001{n % 28 + 1:02}2015011{n // 28 + 1:03}" for n in range(N_PEOPLE)]
    (folder / "employees.csv").write_text(
        "employee,name,unit\n" + "".join(f"{nip},Pegawai {nip},U{nip[-2:]}\n" for nip in people), encoding="utf-8"
    )
    (folder / "assessments.csv").write_text(
        "employee,competency,level,assessed_on\n"
        + "".join(f"{nip},M.0{c},{c % 5 + 1},2026-01-05\n" for nip in people for c in range(1, N_LEVELS + 1)),
        encoding="utf-8",
    )
    paths = sorted(folder.glob("*.csv"))
    url = f"sqlite:///{folder / 'whole.db'}"
    open_office(url)
    start = time.monotonic()
    process = start_import(url, paths)
    begun = wait_until_it_writes(process, url)
    assert process.wait() == 0
    seconds = time.monotonic() - start, time.monotonic() - begun
    return paths, open_database(url).read_all(), seconds


def start_import(url, paths):
    return subprocess.Popen([sys.executable, "-m", "service", "--database", url, "import", *map(str, paths)],
                            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def wait_until_it_writes(process, url):
    """Wait until an import is in its transaction or over, and return the moment."""
    while process.poll() is None and not is_written_to(url):
        time.sleep(0.01)
    return time.monotonic()


def is_written_to(url):
    """Return whether some process is in a transaction that writes."""
    if url.startswith("sqlite"):
        probe = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        try:
            probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            probe.close()
        return False
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        held = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
        held += " WHERE locktype = 'advisory' AND d.datname = current_database()"
        return connection.exec_driver_sql(held).scalar() > 0


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path):
    """Return a context that gives the address of another empty database each time."""
    if request.param == "sqlite":
        return lambda: nullcontext(f"sqlite:///{tmp_path / uuid.uuid4().hex}.db")
    return partial(new_database, request.getfixturevalue("postgresql_server"))


def check(url, paths, whole):
    """Look at what a killed import left, then import again."""
    if url.startswith("sqlite") and Path(url.removeprefix("sqlite:///")).exists():
        with sa.create_engine(url).connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    left = open_database(url).read_all()
    for part in (("employees", "assessments"), ("frameworks", "competencies", "price_book")):
        n_rows = [len(left[name]) for name in part]
        assert n_rows in ([0] * len(part), [len(whole[name]) for name in part])
    imported = import_files(open_office(url), paths, ImportOptions(), Wording("en"))
    assert imported.report.ok
    again = open_database(url).read_all()
    assert all(again[name].equals(whole[name]) for name in whole)


@pytest.mark.long
@pytest.mark.parametrize("n_kills", [2, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_a_killed_import_leaves_all_or_nothing_and_the_next_one_is_whole(new_url, files, n_kills):
    paths, whole, (seconds, storing) = files
    moments = random.Random(n_kills)
    for n in range(n_kills):
        with new_url() as url:
            if n % 2:  # while the database is being made, or at any moment after it
                process = start_import(url, paths)
                time.sleep(moments.uniform(0.3, 1.0) * seconds)
            else:  # while rows are being stored
                open_office(url)
                process = start_import(url, paths)
                wait_until_it_writes(process, url)
                time.sleep(moments.uniform(0, 1.0) * storing)
            process.kill()
            process.wait()
            check(url, paths, whole)
