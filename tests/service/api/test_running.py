"""The service as it runs: real processes of `bangkom serve` and `bangkom worker`, asked over the loopback."""

import io
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest
import sqlalchemy as sa

from models.artifact import pack
from service.auth.caller import SCOPES
from service.auth.keys import create_key
from service.reference import open_office
from service.settings import LEAST_MEMORY
from service.storage.engine import make_engine, transaction
from tests.service.api.conftest import ANI, ON, fill, real_server, small_office
from tests.service.jobs.conftest import wait_until, worker_process

pytestmark = pytest.mark.long

EXIT_SECONDS = 25  # that a stop may take: ten for open requests, and what a busy machine adds
AT_ONCE = 2.0  # seconds in which a busy machine still answers "at once"
ENDED = ("succeeded", "failed", "cancelled")
HEAD = "nip;nama;unit_kerja;jabatan"


def numbers(n):
    """Return staff numbers that are valid, and nobody's in the small office."""
    first = date(1970, 1, 1)
    return [f"{first + timedelta(days=i // 900):%Y%m%d}2010011{i % 900 + 1:03}" for i in range(n)]


def people(n):
    """Return people as rows of a file."""
    return [(nip, f"Pegawai {i}", "U1", "J") for i, nip in enumerate(numbers(n))]


def as_csv(n):
    return "\n".join([HEAD, *(";".join(row) for row in people(n))]).encode()


def as_workbook(n):
    written = io.BytesIO()
    pd.DataFrame(people(n), columns=HEAD.split(";")).to_excel(written, index=False)
    return written.getvalue()


def new_office(url):
    """Fill a database, and return a key that may do everything."""
    database = open_office(url)
    fill(database, small_office())
    return create_key(database, "test", actor="test", scopes=SCOPES)[1]


class Client:
    """Someone who calls the service with a key."""

    def __init__(self, address, key):
        self.address = address
        self.http = httpx.Client(base_url=f"{address}/api/v1", headers={"X-API-Key": key}, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def put_in(self, name, content):
        answer = self.http.post("/imports", files={"files": (name, content)}, data={"table": "employees"})
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def job(self, job_id):
        answer = self.http.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(self, job_id, seconds=240):
        return wait_until(lambda: job if (job := self.job(job_id))["state"] in ENDED else None, seconds)

    def store_training(self, code):
        body = {"training": code, "name": f"Pelatihan {code}", "hours": 10}
        return self.http.put(f"/trainings/{code}", json=body)


@contextmanager
def worker_on(url, **how):
    """Run `bangkom worker` beside the server."""
    process = worker_process(url, n=1, **how)
    try:
        yield process
    finally:
        stop(process)
        process.stdin.close()


def stop(process):
    """Tell a process to stop, and return its exit code and the seconds it took."""
    begun = time.monotonic()
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(EXIT_SECONDS), time.monotonic() - begun


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def either(request, tmp_path):
    return request.getfixturevalue("postgresql_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/o.db"


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'office.db'}"


def n_employees(url):
    with transaction(make_engine(url)) as connection:
        return connection.execute(sa.text("SELECT count(*) FROM employees")).scalar()


def children(pid):
    """Return the processes that a process has started, and theirs."""
    own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return own + [late for child in own for late in children(child)]


def sockets(process):
    """Return how many sockets the server's processes hold."""
    n = 0
    for pid in [process.pid, *children(process.pid)]:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                n += str(entry.readlink()).startswith("socket:")
            except FileNotFoundError:
                continue
    return n


def memory_of(pid):
    """Return the MiB that a process keeps."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.parametrize("n", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_e07_an_import_and_50_writes_all_succeed(either, n):
    key = new_office(either)
    with real_server(either) as (address, _), worker_on(either), Client(address, key) as client:
        job = client.put_in("pegawai.csv", as_csv(n))
        wait_until(lambda: client.job(job)["state"] != "queued")
        with ThreadPoolExecutor(8) as pool:
            codes = [answer.status_code for answer in pool.map(client.store_training, [f"W{i}" for i in range(50)])]
        assert codes == [201] * 50
        report = client.ended(job)
        assert report["state"] == "succeeded", report
        assert report["result"]["files"][0]["stored"] == n
        assert n_employees(either) == n + 4
        stored = client.http.get("/trainings", params={"limit": 200}).json()["items"]
        assert {row["training"] for row in stored} >= {f"W{i}" for i in range(50)}


def hang_up(address, request):
    """Send the beginning of a request, and hang up."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(request)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset, no goodbye


def test_e08_failing_requests_and_clients_that_hang_up_leave_no_connection_behind(either):
    key = new_office(either)
    with real_server(either) as (address, process), Client(address, key) as client:
        job = client.put_in("pegawai.csv", as_csv(3))  # waits for ever: no worker runs
        shown = f"Host: x\r\nX-API-Key: {key}\r\n"
        half = (
            f"POST /api/v1/trainings HTTP/1.1\r\n{shown}Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{{"
        )
        events = f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\n{shown}\r\n"
        unread = f"GET /api/v1/employees/{ANI}/recommendations HTTP/1.1\r\n{shown}\r\n"
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(client.store_training, [f"V{i}" for i in range(16)]))  # every connection of the pool in use
            before = sockets(process)
            failing = [("GET", "/employees/404/recommendations", None), ("PUT", "/trainings/a", {"training": 1}),
                       ("POST", "/plans", {"policy": {"nosuch": 1}}), ("GET", "/nosuch", None)]  # fmt: skip
            answers = list(pool.map(lambda i: client.http.request(
                failing[i % 4][0], failing[i % 4][1], json=failing[i % 4][2]), range(200)))  # fmt: skip
            list(pool.map(lambda i: hang_up(address, (half, events, unread)[i % 3].encode()), range(200)))
        assert {answer.status_code for answer in answers} <= {404, 422}
        begun = time.monotonic()
        assert client.http.get(f"/employees/{ANI}/recommendations").status_code == 200
        assert time.monotonic() - begun < AT_ONCE
        wait_until(lambda: sockets(process) <= before + 2, 30)
        assert process.said().count('"internal-error"') == 0


def ask_while(address, is_over):
    """Ask for the server's health every 100 ms until something is over, and return the seconds of each answer."""
    took = []
    with httpx.Client(timeout=30) as http:
        while not is_over():
            begun = time.perf_counter()
            assert http.get(f"{address}/health/live").status_code == 200
            took.append(time.perf_counter() - begun)
            time.sleep(max(0.0, 0.1 - took[-1]))
    return took


def health_during_import(url, n):
    """Import a workbook, and return how long answers about health took meanwhile."""
    key, workbook = new_office(url), as_workbook(n)
    with real_server(url) as (address, _), worker_on(url), Client(address, key) as client:
        over = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask_while, address, over.is_set)
            try:
                job = client.ended(client.put_in("pegawai.xlsx", workbook), 280)
            finally:
                over.set()
        assert (job["state"], job["result"]["files"][0]["stored"]) == ("succeeded", n)
        return asking.result()


@pytest.mark.slow
def test_e09_a_workbook_that_is_imported_stops_nobody(sqlite_url):
    took = health_during_import(sqlite_url, 1_500)
    assert len(took) > 5
    assert statistics.median(took) < 0.25


@pytest.mark.slow
def test_e09_health_is_answered_within_250_ms_while_50000_rows_are_imported(sqlite_url):
    took = health_during_import(sqlite_url, 50_000)
    p99 = statistics.quantiles(took, n=100)[98]
    sys.stderr.write(f"{len(took)} answers, p99 {p99 * 1e3:.0f} ms, longest {max(took) * 1e3:.0f} ms\n")
    assert p99 < 0.25


def start(url, **environment):
    """Start a server that is expected to refuse, and return its exit code and what it said."""
    command = [sys.executable, "-m", "service", "--lang", "en", "--database", url, "serve", "--dev", "--port", "0"]
    ended = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
                           check=False)  # fmt: skip
    return ended.returncode, ended.stderr


def half_migrated(path):
    """Leave a database that says it is at its first step while tables of later ones are there."""
    url = f"sqlite:///{path}"
    open_office(url)
    with transaction(make_engine(url), is_writer=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0006'"))
    return url


def of_newer_release(path):
    url = f"sqlite:///{path}"
    open_office(url)
    with transaction(make_engine(url), is_writer=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    return url


@pytest.mark.parametrize(
    ("make_url", "environment", "said"),
    [
        (lambda folder: f"sqlite:///{folder}/nosuch/office.db", {}, "cannot be opened"),
        (lambda _: "postgresql://nobody@127.0.0.1:1/office", {}, "cannot be opened"),
        (lambda _: "nosuch://x", {}, "cannot be opened"),
        (lambda folder: f"sqlite:///{folder}/o.db", {"BANGKOM_BURST": "many"}, "BANGKOM_BURST: many is not accepted"),
        (lambda folder: f"sqlite:///{folder}/o.db", {"BANGKOM_POLICY": "nosuch.toml"}, "BANGKOM_POLICY: nosuch.toml"),
        (lambda folder: f"sqlite:///{folder}/o.db", {"BANGKOM_OIDC_AUDIENCE": "x"}, "BANGKOM_OIDC_ISSUER is not"),
        (lambda folder: of_newer_release(folder / "o.db"), {}, "newer release"),
        (lambda folder: half_migrated(folder / "o.db"), {}, "cannot be opened"),
    ],
    ids=["no-folder", "no-server", "no-dialect", "setting", "policy", "provider", "newer", "half-migrated"],
)
def test_e10_what_cannot_start_says_why_in_one_sentence_and_leaves_nothing_open(tmp_path, make_url, environment, said):
    url = make_url(tmp_path)
    code, told = start(url, TMPDIR=str(tmp_path), **environment)
    assert code not in (0, -signal.SIGKILL)
    assert said in told
    assert len(told.strip().splitlines()) == 1, told
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("o.db")] == []


def damaged_model():
    """Return a model of which a byte was lost on the way, and its manifest."""
    payload, manifest = pack(SimpleNamespace(rows_digest_="r"), created_on=ON, verdict="", n_rows=1, details={})
    return payload[:-1], manifest.to_dict()


@pytest.mark.parametrize(
    ("make", "why"), [(lambda: (b"", {}), "manifest"), (damaged_model, "digest")], ids=["missing", "corrupt"]
)
def test_e10_a_model_that_cannot_be_read_leaves_the_rule_to_serve_which_says_why(sqlite_url, make, why):
    key, (payload, manifest) = new_office(sqlite_url), make()
    open_office(sqlite_url).save_model("m-0", manifest=manifest, payload=payload, state="approved", created_on=ON)
    with real_server(sqlite_url) as (address, _), Client(address, key) as client:
        ready = httpx.get(f"{address}/health/ready").json()
        assert (ready["status"], ready["predictor"]) == ("ok", "rule")
        listed = client.http.get(f"/employees/{ANI}/recommendations", headers={"Accept-Language": "en"})
        assert (listed.status_code, listed.json()["state"]) == (200, "rule")
        assert why in listed.json()["verdict"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["import", "plan"])
def test_e11_a_stop_ends_in_time_and_the_job_goes_on_after_the_restart(sqlite_url, kind):
    key = new_office(sqlite_url)
    with (
        real_server(sqlite_url) as (address, server), worker_on(sqlite_url, grace=1.0) as worker,
        Client(address, key) as client,
    ):  # fmt: skip
        if kind == "import":
            job = client.put_in("pegawai.csv", as_csv(8_000))
        else:
            job = client.http.post("/plans", json={"year": 2027, "time_limit": 5}).json()["id"]
        wait_until(lambda: client.job(job)["state"] == "running")
        ends = [stop(process) for process in (worker, server)]
        assert [code for code, _ in ends] == [0, 0]
        assert n_employees(sqlite_url) in (4, 8_004)
    with real_server(sqlite_url) as (address, _), worker_on(sqlite_url), Client(address, key) as client:
        done = client.ended(job)
        assert done["state"] == "succeeded", done
        assert n_employees(sqlite_url) == (8_004 if kind == "import" else 4)


def follow(address, key, job):
    """Follow a job until the service ends the stream, and return the events."""
    with httpx.stream("GET", f"{address}/api/v1/jobs/{job}/events", headers={"X-API-Key": key}, timeout=60) as stream:
        return [line for line in stream.iter_lines() if line.startswith("data:")]


def test_e11_nobody_who_follows_a_job_holds_up_a_stop(sqlite_url, tmp_path):
    key = new_office(sqlite_url)
    folder = tmp_path / "run"
    for _ in range(2):  # the second start finds what the first has left
        with (
            real_server(sqlite_url, BANGKOM_RUN_FOLDER=str(folder)) as (address, server), ThreadPoolExecutor(1) as pool,
            Client(address, key) as client,
        ):  # fmt: skip
            job = client.put_in("pegawai.csv", as_csv(1))  # no worker runs
            events = pool.submit(follow, address, key, job)
            time.sleep(1.0)
            assert not events.done()
            code, seconds = stop(server)
            assert (code, len(events.result())) == (0, 1)
            assert seconds < 8  # the server kills after ten


def counted(address, route):
    """Return how many requests of a route the metrics tell of, and the sum of what waits for the log."""
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    found = [line for line in lines if line.startswith("bangkom_http_requests_total{") and f'route="{route}"' in line]
    waiting = [line for line in lines if line.startswith("bangkom_decisions_waiting")]
    return sum(float(line.split()[-1]) for line in found), sum(float(line.split()[-1]) for line in waiting)


@pytest.mark.slow
def test_counts_of_several_workers_are_one_and_outlive_a_worker_that_dies(sqlite_url, tmp_path):
    key, folder = new_office(sqlite_url), tmp_path / "run"
    environment = {"BANGKOM_RUN_FOLDER": str(folder), "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of an earlier run")
    with real_server(sqlite_url, "--workers", "2", **environment) as (address, server):
        ask = lambda _: httpx.get(f"{address}/api/v1/me", headers={"X-API-Key": key}).status_code  # noqa: E731
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(ask, range(60))) == {200}
        assert counted(address, "/api/v1/me") == (60, 0)
        pids = {int(path.stem.rpartition("_")[2]) for path in folder.glob("counter_*.db")}
        assert len(pids) >= 2  # both have answered
        victim = next(iter(pids & set(children(server.pid))))
        live = next(folder.glob(f"gauge_live*_{victim}.db"), None)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in children(server.pid))
        wait_until(lambda: ask(0) == 200)
        n, waiting = counted(address, "/api/v1/me")
        assert (n >= 61, waiting) == (True, 0)
        assert live is not None
        assert not live.exists()


def test_a_worker_that_keeps_too_much_memory_is_replaced_and_no_request_is_lost(sqlite_url):
    key, said = new_office(sqlite_url), []
    with real_server(sqlite_url, BANGKOM_WORKER_MEMORY=str(LEAST_MEMORY)) as (address, server):
        (first,) = children(server.pid)
        assert memory_of(first) > LEAST_MEMORY  # the libraries alone
        with Client(address, key) as client:

            def ask():
                said.append(client.http.get("/me").status_code)
                return first not in children(server.pid)

            wait_until(ask, 120)
            assert ask()
        assert set(said) == {200}
        assert stop(server)[0] == 0
