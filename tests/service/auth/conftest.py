from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from argon2 import PasswordHasher

from service.auth.accounts import Accounts
from service.auth.authenticator import Authenticator
from service.auth.passwords import Passwords
from service.auth.settings import AuthSettings
from service.storage.database import Database, open_database

NIP, OTHER_NIP = "199003152014021987", "198706122010010001"
PASSWORD = "kuda laut berenang"  # noqa: S105 (of nobody)
QUICK = PasswordHasher(time_cost=1, memory_cost=64)  # the defaults take 64 MiB and a moment
START = datetime(2027, 1, 4, 8, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = START

    def __call__(self):
        return self.moment

    def pass_by(self, **span):
        self.moment += timedelta(**span)


def office(url, clock):
    """Return a database with two units and two employees in one of them."""
    database = Database(open_database(url).engine, author="sari", clock=clock)
    with database.writing() as writing:
        database.upsert(writing, "units", pd.DataFrame({"unit": ["U-1", "U-2"], "name": ["Satu", "Dua"]}))
        database.upsert(writing, "employees", pd.DataFrame({
            "employee": [NIP, OTHER_NIP], "name": ["Ani", "Budi"], "unit": ["U-1", "U-1"], "position": ["A", "A"],
        }))  # fmt: skip
    return database


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(database_url, clock):
    return office(database_url, clock)


@pytest.fixture
def accounts(database):
    return Accounts(database, "account:sari", Passwords(QUICK))


@pytest.fixture
def settings():
    return AuthSettings()


@pytest.fixture
def authenticator(database, settings, clock):
    made = Authenticator(database, settings, clock, Passwords(QUICK))
    yield made
    made.close()
