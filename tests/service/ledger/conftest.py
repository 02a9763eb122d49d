"""Books of two lines, and what happens in them to the seats of a module's plan."""

import pytest

from service.ledger.events import seat_event
from service.storage.database import open_database
from tests.offices import copied_file, empty_tables
from tests.service.ledger.plans import put_lines


@pytest.fixture
def books(tmp_path):
    database = open_database(copied_file(tmp_path / "office.db", empty_tables))
    put_lines(database, "FEE 2027 1000", "TRIP 2027 600")
    return database


@pytest.fixture
def happen(books, plan):
    def happens(nip, kind, offering="K1", **given):
        return seat_event(books, plan, nip, offering, kind, "sari", **given)

    return happens
