"""One of several processes on a database: opens it, then counts two rows up together, looking at both in between.

Called as ``python -m tests.service.storage.crowd URL NAME SECONDS``; says how often it counted.
"""

import sys
import time

import pandas as pd

from service.storage.database import open_database
from service.storage.engine import transaction

BOTH = ["u-1", "u-2"]


def staff(frame, unit):
    found = frame.loc[frame["unit"] == unit, "authorised_staff"]
    return int(found.iloc[0]) if len(found) else 0


def count_up(database, name):
    """Add one to both rows and to this process's own, from what the transaction reads."""
    with database.writing() as writing:
        stored = database.read("units", writing.connection)
        units = [*BOTH, name]
        database.upsert(writing, "units", pd.DataFrame({
            "unit": units, "name": units, "authorised_staff": [staff(stored, unit) + 1 for unit in units],
        }))  # fmt: skip


def main(url, name, seconds):
    database = open_database(url)
    end, rounds = time.monotonic() + seconds, 0
    while rounds == 0 or time.monotonic() < end:
        count_up(database, name)
        rounds += 1
        with transaction(database.engine) as reading:
            counts = [staff(database.read("units", reading), unit) for unit in BOTH]
        if counts[0] != counts[1]:
            sys.exit(f"{name} saw two moments in one transaction: {counts}")
    sys.stdout.write(f"{rounds}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
