"""A real server with a small office and its accounts, and Debian's Chromium."""

import asyncio
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.sync_api import sync_playwright

from service.app import with_gate
from service.auth.accounts import Accounts
from service.auth.passwords import Passwords
from service.auth.users import update_user
from service.jobs.kinds import perform
from service.jobs.queue import JobQueue
from service.reference import open_office
from service.storage.engine import transaction
from tests.offices import copied_file
from tests.service.api.conftest import (
    ANI,
    BUDI,
    CITRA,
    DEDI,
    an_api,
    filled_office,
    free_port,
    parts_on,
    service_on,
    wait_until_ready,
)  # fmt: skip
from tests.service.auth.conftest import QUICK

SECRET = "a long enough secret"  # noqa: S105 (of accounts that exist in tests alone)
ACCOUNTS = {  # name: role, units, employee
    "ani": ("employee", (), ANI), "citra": ("employee", (), CITRA), "dedi": ("employee", (), DEDI),
    "budi": ("supervisor", ("U1",), BUDI), "rita": ("planner", ("U1", "U3"), None), "admin": ("admin", (), None),
}  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@cache
def hashed():
    """Return the hash of the password, which takes its time to make."""
    return Passwords(QUICK).hash(SECRET)


def add_accounts(database):
    """Add an account of each role, with a password that need not be changed."""
    accounts = Accounts(database, "test")
    for name, (role, units, employee) in ACCOUNTS.items():
        accounts.add(name, role=role, units=units, employee=employee, password=None)
        with transaction(database.engine, is_writer=True) as connection:
            update_user(connection, name, must_change=0, password=hashed())


def office_with_accounts(url):
    """Make a small office with an account of each role, each of which takes a hash to make."""
    filled_office(url)
    database = open_office(url)
    add_accounts(database)
    database.engine.dispose()


@dataclass
class Browsing:
    """A browser before a running office."""

    engine: object
    address: str
    url: str

    @contextmanager
    def page(self, name=None, *, lang="id", scripts=True, **context):
        """Yield a page of somebody who has signed in; any error of the page's scripts fails the test.

        Only the cookies of coming in are fetched, in less time than its pages; the door itself is looked at by hand.
        """
        with self.engine.new_context(java_script_enabled=scripts, **context) as own:
            own.set_default_timeout(15_000)
            page, errors = own.new_page(), []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            if lang != "id":
                own.request.post(f"{self.address}/choices", form={"lang": lang}, max_redirects=0)
            if name is not None:
                own.request.post(f"{self.address}/login", form={"name": name, "password": SECRET}, max_redirects=0)
            page.goto(f"{self.address}/{'login' if name is None else ''}")
            yield page
            assert [error for error in errors if "status of 4" not in error] == []

    def client(self, name):
        """Return an HTTP client of somebody who has signed in."""
        client = httpx.Client(base_url=self.address, follow_redirects=False, timeout=30)
        answer = client.post("/login", data={"name": name, "password": SECRET})
        assert answer.status_code == 303, answer.text
        return client


def token_of(client, path="/password"):
    """Return the token that forms of a session carry."""
    return re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)[1]


LOOKED_FOR = {"resultTypes": ["violations"]}  # of the rest one example each: to tell of everything takes far longer
COLOURS = {**LOOKED_FOR, "runOnly": ["color-contrast", "link-in-text-block"]}


def faults_of(page, options=LOOKED_FOR):
    """Return what axe finds wrong on a page."""
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], node["html"][:200]) for one in found for node in one["nodes"]]


def faults_in_both_themes(page):
    """Return what axe finds wrong on a page in its light colours, and what its dark ones make of it."""
    found = faults_of(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")  # colours that are still changing
    found += [("dark", *fault) for fault in faults_of(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def office_url(tmp_path_factory):
    """Return the database of a small office with accounts."""
    return copied_file(tmp_path_factory.mktemp("portal") / "office.db", office_with_accounts)


@contextmanager
def served(url):
    """Serve the application from a thread, by HTTP as `bangkom serve` does, and yield its address."""
    with an_api() as app, ThreadPoolExecutor(1) as thread:
        gate = with_gate(app, parts_on(url, is_secure=False))
        server = Server(gate, port=free_port(), interface=Interfaces.ASGI, log_enabled=False, websockets=False)
        loop = asyncio.new_event_loop()
        serving = thread.submit(loop.run_until_complete, server.serve())
        address = f"http://{server.bind_addr}:{server.bind_port}"
        try:
            wait_until_ready(address, lambda: serving.done() and serving.exception())
            yield address
        finally:
            loop.call_soon_threadsafe(server.stop)
            serving.result(30)
            loop.close()


@pytest.fixture(scope="module")
def server(office_url):
    with served(office_url) as address:
        yield address


@pytest.fixture
def browsing(chromium, server, office_url):
    return Browsing(chromium, server, office_url)


@pytest.fixture
def work(office_url, tmp_path):
    """Return what does the jobs that wait, as a worker does."""
    database = open_office(office_url)
    queue = JobQueue(database)

    def do():
        while (lease := queue.claim("test")) is not None:
            (tmp_path / lease.job.job_id).mkdir()
            perform(database, lease, tmp_path / lease.job.job_id, lambda *_: None)

    return do


@pytest.fixture
def portal(tmp_path):
    """Yield the application in this process with accounts, for tests that need no browser."""
    url = copied_file(tmp_path / "office.db", office_with_accounts)
    with service_on(url, is_secure=False) as running:
        yield running


def sign_in(service, name):
    """Sign somebody in at the door, and return the token of their forms."""
    answer = service.client.post("/login", data={"name": name, "password": SECRET}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return re.search(r'name="csrf" value="([^"]+)"', service.client.get("/password").text)[1]
