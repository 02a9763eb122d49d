"""What befalls a service in its years: each trouble is a clear state, and it is over when the cause is."""

import os
import pwd
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.postgresql import SETTING, find_programs, pg_ctl, private_server, which_server
from tests.service.api.conftest import ANI, ON, PEOPLE, problem, real_server
from tests.service.api.test_running import AT_ONCE, Client, as_csv, children, new_office, worker_on

pytestmark = pytest.mark.long

LIST = f"/employees/{ANI}/recommendations"


def is_ready(address):
    return httpx.get(f"{address}/health/ready", timeout=70).json()


def assert_failing(address, client):
    """The process lives, says what fails, and answers what needs the database with 503 and when to come back."""
    assert httpx.get(f"{address}/health/live").status_code == 200
    state = is_ready(address)
    assert (state["status"], state["database"]) == ("failing", "failing")
    for answer in (client.http.get(LIST), client.store_training("X")):
        assert problem(answer)["type"] == "/problems/database"
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def assert_well(address, client):
    assert is_ready(address)["status"] == "ok"
    assert client.http.get(LIST).status_code == 200
    assert client.store_training("W").status_code in (200, 201)


def test_a_sqlite_file_that_is_gone_is_missed_and_served_again_when_it_is_back(tmp_path):
    path = tmp_path / "office.db"
    url = f"sqlite:///{path}"
    key = new_office(url)
    with real_server(url) as (address, _), worker_on(url), Client(address, key) as client:
        assert_well(address, client)
        path.rename(tmp_path / "elsewhere.db")
        assert_failing(address, client)
        assert not path.exists()  # an empty database in its place would damage it
        (tmp_path / "elsewhere.db").rename(path)
        assert_well(address, client)
        assert client.ended(client.put_in("a.csv", as_csv(3)))["state"] == "succeeded"


@pytest.mark.slow
@pytest.mark.skipif(SETTING in os.environ or which_server().startswith("skipped"), reason="needs a server to stop")
def test_a_postgresql_server_that_stops_is_missed_and_served_again_when_it_is_back():
    programs = find_programs()
    with private_server(programs) as url:
        key = new_office(url)
        with real_server(url) as (address, _), worker_on(url), Client(address, key) as client:
            assert_well(address, client)
            pg_ctl(programs, url, "stop", "-m", "immediate")
            assert_failing(address, client)
            pg_ctl(programs, url, "start")
            assert_well(address, client)
            assert client.ended(client.put_in("a.csv", as_csv(3)))["state"] == "succeeded"


def limit_files(process, n_bytes):
    """Let no process of the server write a file beyond a size, as a full disk would not."""
    for pid in [process.pid, *children(process.pid)]:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))


def test_a_full_disk_refuses_writes_serves_reads_and_is_over_when_there_is_room(tmp_path):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    key = new_office(url)
    with real_server(url) as (address, process), Client(address, key) as client:
        assert_well(address, client)
        limit_files(process, 4096)
        refused = client.store_training("V")
        assert (refused.status_code, problem(refused)["type"]) == (503, "/problems/database")
        assert client.http.get(LIST).status_code == 200
        assert client.http.get("/trainings/V").status_code == 404  # nothing of it was stored
        assert httpx.get(f"{address}/health/live").status_code == 200
        limit_files(process, resource.RLIM_INFINITY)
        assert client.store_training("V").status_code == 201
        assert_well(address, client)


@contextmanager
def small_disk(n_megabytes):
    """Yield a folder on a disk of its own."""
    with tempfile.TemporaryDirectory(prefix="bangkom-disk-", dir="/tmp") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={n_megabytes}m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or SETTING in os.environ or which_server().startswith("skipped"),
                    reason="needs the right to mount a disk, and a server of its own")  # fmt: skip
def test_a_full_disk_of_postgresql_refuses_writes_serves_reads_and_is_over_when_there_is_room():
    with private_server(find_programs()) as server, small_disk(120) as disk:
        place = disk / "tables"
        place.mkdir()
        shutil.chown(place, "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody")
        engine = sa.create_engine(
            server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{place}'")
            connection.exec_driver_sql("CREATE DATABASE office TABLESPACE small")
        engine.dispose()
        url = server.replace("/postgres?", "/office?")
        key = new_office(url)
        with real_server(url) as (address, _), worker_on(url), Client(address, key) as client:
            assert_well(address, client)
            fill_up(disk / "filler")
            file = {"files": ("many.csv", as_csv(20_000))}
            refused = client.http.post("/imports", files=file, data={"table": "employees"})
            assert (refused.status_code, problem(refused)["type"]) == (503, "/problems/database")
            assert client.http.get(LIST).status_code == 200
            assert httpx.get(f"{address}/health/live").status_code == 200
            (disk / "filler").unlink()
            assert client.ended(client.put_in("many.csv", as_csv(20_000)))["state"] == "succeeded"
            assert_well(address, client)


def fill_up(path):
    """Write until there is no room."""
    with suppress(OSError), path.open("wb") as filler:
        while True:
            filler.write(b"x" * 65_536)
            filler.flush()


@pytest.mark.slow
def test_a_hundred_clients_that_dawdle_keep_nobody_waiting(tmp_path):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    key = new_office(url)
    with real_server(url) as (address, _), Client(address, key) as client:
        host, _, port = address.removeprefix("http://").partition(":")
        head = b"POST /api/v1/trainings/S HTTP/1.1\r\nHost: x\r\nX-API-Key: " + key.encode()
        parts = (head, head + b"\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        slow = [socket.create_connection((host, int(port)), timeout=10) for _ in range(100)]
        try:
            for n, line in enumerate(slow):
                line.sendall(parts[n % 2])
            for n in range(5):
                begun = time.monotonic()
                assert client.http.get(LIST).status_code == 200
                assert client.store_training(f"T{n}").status_code == 201
                assert time.monotonic() - begun < AT_ONCE
        finally:
            for line in slow:
                line.close()


def test_a_damaged_model_that_comes_to_serve_gives_way_to_the_rule_in_the_next_answer(service_on_both):
    service = service_on_both
    assert service.get(LIST).status_code == 200
    service.parts.database.save_model("m-0", manifest={}, payload=b"x", state="approved", created_on=ON)
    assert service.get("/health/ready").json()["predictor"] == "rule"
    listed = service.get(LIST, headers={"Accept-Language": "en"}).json()
    assert (listed["state"], "manifest" in listed["verdict"]) == ("rule", True)


def dump_sqlite(url, folder):
    """Copy a database in use as docs/operations.md says, and return the copy's address."""
    copy = folder / "backup.db"
    with closing(sqlite3.connect(sa.make_url(url).database)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return f"sqlite:///{copy}"


def dump_postgresql(url, folder):
    """As above, into a new database of the same server."""
    programs, copy = find_programs(), str(folder / "office.dump")
    plain = sa.make_url(url)
    subprocess.run([programs / "pg_dump", "-Fc", "-f", copy, url], check=True)
    restored = plain.set(database=f"{plain.database}_restored").render_as_string(hide_password=False)
    engine = sa.create_engine(plain.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT",
                              poolclass=sa.NullPool)  # fmt: skip
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{plain.database}_restored"')
    subprocess.run([programs / "pg_restore", "-d", restored, copy], check=True)
    return restored


def answers_of(client):
    """Return what the service says of people, lists and records, without the ids of lists, which are new each time."""
    listed = [client.http.get(f"/employees/{nip}/recommendations").json() for nip in PEOPLE["employee"]]
    trainings = client.http.get("/trainings", params={"limit": 500}).json()["items"]
    return [{**one, "list": ""} for one in listed], trainings


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_the_service_writes_gives_the_same_answers_when_it_is_restored(request, tmp_path, kind):
    url = f"sqlite:///{tmp_path}/o.db" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    key, over = new_office(url), threading.Event()

    def write(client):
        n = 0
        while not over.is_set():
            n += 1
            assert client.store_training(f"B{n:05}").status_code == 201
        return n

    with real_server(url) as (address, _), Client(address, key) as client, ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write, client)
        try:
            time.sleep(0.5)
            copy = (dump_sqlite if kind == "sqlite" else dump_postgresql)(url, tmp_path)
        finally:
            time.sleep(0.3)
            over.set()
        n_written = writing.result()
        lists, trainings = answers_of(client)
    with real_server(copy) as (address, _), Client(address, key) as client:
        restored_lists, restored = answers_of(client)
        written = [row["training"] for row in restored if row["training"].startswith("B")]
        assert written == [f"B{i + 1:05}" for i in range(len(written))]  # one moment: nothing is missing in between
        assert 0 < len(written) < n_written
        assert restored == [row for row in trainings if row["training"] in {one["training"] for one in restored}]
        assert [names(one) for one in restored_lists] == [names(one) for one in lists]
        assert client.store_training("AFTER").status_code == 201


def names(listed):
    return listed["employee"], [item["training"] for item in listed["items"]]


def test_a_backup_put_in_the_place_of_the_file_is_served_and_written_to(tmp_path):
    url, path = f"sqlite:///{tmp_path / 'office.db'}", tmp_path / "office.db"
    key = new_office(url)
    with real_server(url) as (address, process), Client(address, key) as client:
        copy = Path(sa.make_url(dump_sqlite(url, tmp_path)).database)
        assert client.store_training("LOST").status_code == 201
        for left in tmp_path.glob("office.db-*"):
            left.unlink()
        copy.replace(path)
        assert client.http.get("/trainings/LOST").status_code == 404
        assert client.store_training("KEPT").status_code == 201
        assert process.poll() is None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM trainings WHERE training = 'KEPT'").fetchone() == (1,)
