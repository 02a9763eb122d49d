"""The server's time for each page as a ratio to the API calls that feed it, on a demo city over loopback.

    python benchmarks/portal.py [--people 1000] [--rounds 30]

Both are asked in turn by one client, each round anew, so that a busy machine slows both; printed is the ratio of
the medians. Aim: below 2. A list is shown twice: from memory on both sides, and made anew on both (from another day
each time). A page that shows more than one call answers is set against the sum of its calls.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import httpx

from service.auth.accounts import Accounts
from service.auth.keys import create_key
from service.auth.users import update_user
from service.storage.database import open_database
from service.storage.engine import transaction
from tests.service.api.conftest import real_server

SECRET = "a long enough secret"  # noqa: S105 (of a database that lives as long as this run)
ON = "2027-01-04"
FULL = 10  # cards of a page


def make_city(folder: Path, people: int) -> str:
    """Make a demo city with an approved plan, and return its database."""
    url = f"sqlite:///{folder / 'bangkom.db'}"
    command = [sys.executable, "-m", "service"]
    subprocess.run([*command, "demo", str(folder), "--people", str(people), "--time-limit", "5"], check=False,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    plan = open_database(url).list_plans()[0].plan_id
    subprocess.run([*command, "--database", url, "plans", "approve", plan], check=True, stdout=subprocess.DEVNULL)
    return url


def somebody_with_suggestions(url: str, people: list[str]) -> str:
    """Return somebody in the middle of the office whose page of suggestions is full."""
    for employee in people[len(people) // 2 :]:
        command = [sys.executable, "-m", "service", "--database", url, "--on", ON, "recommend", employee, "--json"]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        if len(found["items"]) >= FULL:
            return employee
    raise SystemExit("nobody has a full page of suggestions; ask for more people")


def pages_of(plan: str, employee: str) -> dict[str, tuple[str, list[str]]]:
    """Return who opens each page, and the calls that feed it."""
    api = "/api/v1"
    person = f"{api}/employees/{employee}"
    return {
        "/": ("ani", [f"{person}/gaps", f"{person}/history", f"{person}/recommendations?limit=3"]),
        "/suggestions": ("ani", [f"{person}/recommendations?limit=100"]),
        "/suggestions?from={day}": ("ani", [f"{person}/recommendations?limit=100&from={{day}}"]),
        "/my-history": ("ani", [f"{person}/history"]),
        f"/plans/{plan}": ("rita", [f"{api}/plans/{plan}"]),
        f"/plans/{plan}/lines": ("rita", [f"{api}/plans/{plan}/lines"]),
        f"/plans/{plan}/prices": ("rita", [f"{api}/plans/{plan}/prices"]),
        f"/plans/{plan}/seats": ("rita", [f"{api}/plans/{plan}", f"{api}/ledger/entries?plan={plan}"]),
        "/plans": ("rita", [f"{api}/plans"]),
        "/models": ("rita", [f"{api}/models"]),
    }


def seconds_of(client: httpx.Client, path: str) -> float:
    """Return how long an answer takes, and refuse one that is none."""
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun


def main() -> None:
    """Print the ratio of each page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = make_city(Path(name), asked.people)
        database = open_database(url)
        seats = database.list_plans()[0]
        employee = somebody_with_suggestions(url, database.read("employees")["employee"].tolist())
        accounts, roots = Accounts(database, "benchmark"), database.read("units").query("parent.isna()")["unit"]
        accounts.add("ani", role="employee", employee=employee, password=SECRET)
        accounts.add("rita", role="planner", units=tuple(roots), password=SECRET)
        with transaction(database.engine, is_writer=True) as connection:
            for user in ("ani", "rita"):
                update_user(connection, user, must_change=0)
        key = create_key(
            database, "benchmark", actor="benchmark", scopes=["recommend:read", "people:read", "plan:read"]
        )
        database.engine.dispose()
        with real_server(url) as (address, _):
            compare(address, key[1], pages_of(seats.plan_id, employee), asked.rounds)


def compare(address: str, key: str, pages: dict[str, tuple[str, list[str]]], rounds: int) -> None:
    """Ask for pages and calls in turn, and print the ratios of their medians."""
    api = httpx.Client(base_url=address, headers={"X-API-Key": key}, timeout=60)
    browsers = {}
    for name in {who for who, _ in pages.values()}:
        browsers[name] = httpx.Client(base_url=address, timeout=60)
        browsers[name].post("/login", data={"name": name, "password": SECRET})
    worst = 0.0
    for path, (who, calls) in pages.items():
        page, fed = [], []
        for n in range(rounds):
            days = [date(2026, 1, 1) + timedelta(days=2 * n + side) for side in (0, 1)]  # in the past: all classes
            page.append(seconds_of(browsers[who], path.replace("{day}", days[0].isoformat())))
            fed.append(sum(seconds_of(api, call.replace("{day}", days[1].isoformat())) for call in calls))
        ratio = statistics.median(page) / statistics.median(fed)
        worst = max(worst, ratio)
        shown = re.sub(r"p-[0-9a-f]+", "{plan}", path)
        milliseconds = statistics.median(page) * 1_000
        print(f"{shown:26} {ratio:6.2f} times {len(calls)} call(s) of the API ({milliseconds:.1f} ms)")
    print(f"largest ratio: {worst:.2f} (aim: below 2)")


if __name__ == "__main__":
    main()
