"""A small office behind the real application, in this process and, where a test needs it, as a real server."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from service.api.parts import put_together
from service.app import build_api, with_gate
from service.auth.caller import SCOPES
from service.auth.keys import create_key
from service.auth.passwords import Passwords
from service.auth.settings import AuthSettings
from service.jobs.kinds import perform
from service.reference import open_office
from service.settings import ServiceSettings
from service.telemetry import set_up_log
from tests.builders import rows, tables
from tests.offices import KINDS, copied_file, of_its_kind, reference_rows
from tests.service.auth.conftest import QUICK

ON = date(2027, 1, 4)
LOG = io.BytesIO()  # what the application logs in this process
set_up_log("info", LOG)
logging.getLogger("httpx").setLevel(logging.WARNING)
PEOPLE = rows(
    "employee name unit position employment_type service_start",
    "198001012005011001 Ani U1 J PNS 2005-01-01", "198001012005011002 Budi U1 J PNS 2005-01-01",
    "198001012005011003 Citra U2 J PPPK 2005-01-01", "198001012005011004 Dedi U3 J PNS 2005-01-01",
)  # fmt: skip
ANI, BUDI, CITRA, DEDI = PEOPLE["employee"]


def small_office():
    """Return the tables of an office with three units in a tree, four people and three trainings."""
    return tables(
        frameworks=rows("framework name level_min level_max direction", "ASN Kamus 1 5 higher"),
        competencies=rows("competency name framework", "M.01 Integritas ASN", "M.02 Kerja~Sama ASN"),
        units=rows("unit name parent", "U1 Dinas~Satu -", "U2 Bidang~Dua U1", "U3 Dinas~Tiga -"),
        positions=rows("position name", "J Analis"),
        requirements=rows("position competency level", "J M.01 4", "J M.02 3"),
        employees=PEOPLE,
        assessments=rows("employee competency level assessed_on method",
                         *[f"{nip} M.01 2 2026-06-01 test" for nip in PEOPLE["employee"]]),
        trainings=rows("training name hours mode", "P1 Etika 20 online", "P2 Tim 30 -", "P3 Lanjut 10 -"),
        training_targets=rows("training competency level_from level_to", "P1 M.01 2 4", "P2 M.02 1 3", "P3 M.01 4 5"),
        offerings=rows("offering training start_date end_date seat_cost seats_min seats_max",
                       "P1-1 P1 2027-03-01 2027-03-03 1000000 1 10", "P2-1 P2 2027-05-01 2027-05-04 2000000 1 10"),
        budgets=rows("line year unit amount", "L1 2027 U1 5000000", "L3 2027 U3 1000000"),
    )  # fmt: skip


@dataclass
class Service:
    """A running application with its parts, and keys to come in with."""

    client: TestClient
    parts: object
    url: str
    app: object
    gate: object

    def key(self, *scopes, units=None):
        return create_key(self.parts.database, "test", actor="test", scopes=scopes or SCOPES, units=units)[1]

    def __call__(self, method, path, *, key=None, json=None, headers=None, **more):
        shown = {"X-API-Key": self.everything if key is None else key} if key != "" else {}
        address = path if path.startswith(("/health", "/metrics", "/openapi", "/docs")) else f"/api/v1{path}"
        return self.client.request(method, address, json=json, headers={**shown, **(headers or {})}, **more)

    def work(self, folder):
        """Do the jobs that wait, as a worker does, and return how many there were."""
        n_done = 0
        while (lease := self.parts.queue.claim("test")) is not None:
            place = folder / lease.job.job_id
            place.mkdir(parents=True)
            perform(self.parts.database, lease, place, lambda *_: None)
            n_done += 1
        return n_done

    def get(self, path, **more):
        return self("GET", path, **more)

    def __post_init__(self):
        self.everything = self.key()


def fill(database, frames):
    """Store tables as an import does."""
    with database.writing("test") as writing:
        for name, frame in frames.items():
            if len(frame):
                database.upsert(writing, name, frame)


def filled_office(url):
    """Make a small office."""
    database = open_office(url)
    fill(database, small_office())
    database.engine.dispose()


_FREE = []  # applications that no test uses: their routes take a second to lay out


@contextmanager
def an_api():
    """Yield an application whose parts are to be set."""
    app = _FREE.pop() if _FREE else build_api()
    try:
        yield app
    finally:
        _FREE.append(app)


def parts_on(url, auth=None, **settings):
    """Put together what the application is made of, with passwords that take no time."""
    chosen = ServiceSettings(**{"is_dev": True, "on": ON, "rate": 0.0, **settings})
    return put_together(url, chosen, auth or AuthSettings(), Passwords(QUICK))


@contextmanager
def service_on(url, frames=None, **settings):
    """Yield the application on a database; a new file gets a small office, any database the rows that are given."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        copied_file(path, filled_office if frames is None else reference_rows)
    parts = parts_on(url, **settings)
    if frames is not None:
        fill(parts.database, frames)
    with an_api() as app:
        gate = with_gate(app, parts)
        with TestClient(gate, raise_server_exceptions=False) as client:
            yield Service(client, parts, url, gate.app, gate)


@pytest.fixture
def service(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}") as running:
        yield running


# Of what makes lists and plans: the statements beneath are asked of both kinds in tests of their own.
POSTGRESQL_LATER = ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)]


@pytest.fixture(params=KINDS)
def filled_url(request, tmp_path):
    """Return the address of a small office, in a database of each kind in turn."""
    yield from of_its_kind(request, tmp_path, filled_office)


@pytest.fixture
def service_on_both(filled_url):
    with service_on(filled_url) as running:
        yield running


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def real_server(url, *options, **environment):
    """Run `bangkom serve` as a process of its own, and yield its address and process; `said` tells what it logged."""
    port = free_port()
    command = [sys.executable, "-m", "service", "--database", url, "--on", ON.isoformat(), "serve", "--dev", "--port",
               str(port), *options]  # fmt: skip
    with (
        tempfile.NamedTemporaryFile("ab") as log,
        subprocess.Popen(command, env={**os.environ, "BANGKOM_RATE": "0", **environment}, stderr=log) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        process.said = lambda: Path(log.name).read_text(encoding="utf-8")
        try:
            wait_until_ready(address, lambda: process.poll() is not None and (process.said() or "it ended"))
            yield address, process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(address, why_not, seconds=60):
    """Wait for a service, unless it says why it will not come."""
    end = time.monotonic() + seconds
    with httpx.Client(base_url=address, timeout=5) as client:
        while time.monotonic() < end:
            assert not (why := why_not()), why
            try:
                if client.get("/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError(address)


def problem(response):
    """Return an error after checking that it is one as it must be."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document = json.loads(response.text)
    assert set(document) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert document["status"] == response.status_code
    assert document["request_id"] == response.headers["x-request-id"]
    return document
