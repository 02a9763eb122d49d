"""Four processes on one database: nothing is lost, nobody is turned away."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.storage.database import open_database
from tests.service.storage.crowd import BOTH, staff

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("p-1", "p-2", "p-3", "p-4")


@pytest.mark.long
@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_four_processes_lose_no_update_and_none_is_turned_away(database_url, seconds):
    crowd = [
        subprocess.Popen([sys.executable, "-m", "tests.service.storage.crowd", database_url, name, str(seconds)],
                         cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in NAMES
    ]  # fmt: skip
    try:
        said = [process.communicate() for process in crowd]
    finally:
        for process in crowd:
            process.kill()
    assert [process.returncode for process in crowd] == [0] * len(NAMES), said
    rounds = [int(out) for out, _ in said]
    units = open_database(database_url).read("units")
    assert [staff(units, name) for name in NAMES] == rounds
    assert [staff(units, unit) for unit in BOTH] == [sum(rounds)] * 2
