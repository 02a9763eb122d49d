"""Several processes that want the same money at the same moment: no rupiah is held twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.ledger.books import balances, entries
from service.storage.database import open_database
from tests.service.ledger.plans import check_books, keep, put_lines

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
N_PROCESSES = 3


def all_at_once(url, *wishes):
    """Start a process for each wish, let them go together, and return what each says."""
    crowd = [
        subprocess.Popen([sys.executable, "-m", "tests.service.ledger.crowd", url, f"author-{n}", *wish], cwd=ROOT,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n, wish in enumerate(wishes)
    ]  # fmt: skip
    try:
        assert [process.stdout.readline() for process in crowd] == ["ready\n"] * len(crowd)
        for process in crowd:
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate() for process in crowd]
    finally:
        for process in crowd:
            process.kill()
    assert [process.returncode for process in crowd] == [0] * len(crowd), said
    return [out.split() for out, _ in said]


def test_of_plans_approved_at_once_exactly_those_that_fit_are(database_url):
    database = open_database(database_url)
    put_lines(database, "TOP 2027 1100", "FEE 2027 2000 TOP", "TRIP 2027 2000 TOP")
    plans = [keep(database, f"E{n} K1 250 FEE 50 TRIP") for n in range(8)]
    wishes = [("approve", *plans[3 * n :], *plans[: 3 * n]) for n in range(N_PROCESSES)]
    found = all_at_once(database_url, *wishes)
    approved = {stored.plan_id for stored in database.list_plans() if stored.state == "approved"}
    assert len(approved) == 3  # of 300 each under 1100
    assert set().union(*found) == approved
    assert len(entries(database)) == 6  # whoever approved one again moved nothing
    assert {one.line: one.reserved for one in balances(database)} == {"TOP": 900, "FEE": 750, "TRIP": 150}
    check_books(database, 2027)


def test_the_database_itself_stops_writers_that_do_not_take_turns(database_url):
    database = open_database(database_url)
    put_lines(database, "TOP 2027 500", "FEE 2027 1000 TOP")
    taken = all_at_once(database_url, *[("take", "FEE", "7")] * N_PROCESSES)
    assert sum(int(n_times) for (n_times,) in taken) == 500 // 7
    top = next(one for one in balances(database) if one.line == "TOP")
    assert (top.reserved, top.free) == (500 // 7 * 7, 500 % 7)
