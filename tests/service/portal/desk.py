"""What tests of the planner's desk share: a planner of the whole office, and forms sent as a browser does."""

import re
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from service.auth.accounts import Accounts
from service.auth.users import update_user
from service.ledger.approval import approve_plan
from service.storage.database import open_database
from service.storage.engine import transaction
from tests.offices import copied_file
from tests.service.api.conftest import service_on
from tests.service.portal.conftest import SECRET, office_with_accounts, sign_in

PLANNER = "rita"


def add_limited_planner(database):
    """Add a planner of one unit, and return the name."""
    Accounts(database, "test").add("nia", role="planner", units=("U2",), password=SECRET)
    with transaction(database.engine, is_writer=True) as connection:
        update_user(connection, "nia", must_change=0)
    return "nia"


class Desk:
    """The portal before a planner."""

    def __init__(self, portal, folder):
        self.portal, self.folder, self.n_worked = portal, folder, 0
        self.token = sign_in(portal, PLANNER)

    def get(self, path, status=200):
        answer = self.portal.client.get(path, follow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        return answer

    def text(self, path, status=200):
        return unescape(self.get(path, status).text)

    def send(self, path, fields=None, files=None, status=303):
        answer = self.portal.client.post(path, data={"csrf": self.token, **(fields or {})}, files=files,
                                         follow_redirects=False)  # fmt: skip
        assert answer.status_code == status, unescape(answer.text)[:3000]
        return answer.headers["location"] if status == 303 else unescape(answer.text)

    def work(self):
        self.n_worked += 1
        return self.portal.work(self.folder / str(self.n_worked))

    def as_somebody(self, name):
        """Sign somebody else in."""
        self.portal.client.cookies.clear()
        self.token = sign_in(self.portal, name)

    def plan(self, **fields):
        """Make a plan by the form, and return its address."""
        job = self.send("/plans", {**filled(self.text("/plans/new")), "year": "2027", "time_limit": "5", **fields})
        assert self.work() == 1
        return re.search(r'class="button" href="(/plans/p-[0-9a-f]+)', self.text(job))[1]


def office_with_a_plan(url):
    """Make a small office with accounts and a plan that its planner made by the form, which takes a search."""
    office_with_accounts(url)
    with TemporaryDirectory() as folder, service_on(url, is_secure=False) as running:
        Desk(running, Path(folder)).plan(name="uji coba")


def office_with_an_approved_plan(url):
    """Make the same office with its plan approved."""
    copied_file(Path(url.removeprefix("sqlite:///")), office_with_a_plan)
    database = open_database(url)
    approve_plan(database, database.list_plans()[0].plan_id, "test")
    database.engine.dispose()


@contextmanager
def desk_with_a_plan(folder, make):
    """Yield the desk on a copy of an office with a plan, and the plan's address."""
    with service_on(copied_file(folder / "office.db", make), is_secure=False) as running:
        (plan,) = running.parts.database.list_plans()
        yield Desk(running, folder), f"/plans/{plan.plan_id}"


def filled(page):
    """Return the fields of a page's main form as they stand in it."""
    body = page[page.index("<main") : page.index("</main>")]
    fields = re.findall(r'<input id="([^"]+)" name="[^"]+" type="(?:text|number)" value="([^"]*)"', body)
    return dict(fields)


def cells_of(page, caption):
    """Return the rows of the table under a caption as texts."""
    table = page[page.index(caption) :]
    table = table[: table.index("</table>")]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    return [[" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row,
             re.DOTALL)] for row in rows]  # fmt: skip
