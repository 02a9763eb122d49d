"""Who is erased leaves the books as they were, and is nowhere in them."""

import sqlalchemy as sa

from service.ledger.approval import approve_plan, withdraw_plan
from service.ledger.events import seat_event
from service.people import erase_person, person_document
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.schema import METADATA
from tests.service.ledger.plans import check_books, keep, put_lines

NIP, OTHER = "199001012015011001", "199001012015011002"


def test_an_erased_person_leaves_seats_and_sums_behind_and_no_number(database_url):
    database = open_database(database_url)
    put_lines(database, "FEE 2027 1000")
    plan = keep(database, f"{NIP} K1 200 FEE", f"{NIP} K2 100 FEE", f"{OTHER} K1 200 FEE")
    approve_plan(database, plan, "sari")
    seat_event(database, plan, NIP, "K1", "complete", "sari", key="k-1")
    assert sorted(seat["state"] for seat in person_document(database, NIP)["seats"]) == ["completed", "reserved"]
    before = check_books(database, 2027)
    erase_person(database, NIP)
    assert check_books(database, 2027) == before
    with transaction(database.engine) as connection:
        stored = "".join(str(connection.execute(sa.select(one)).fetchall()) for one in METADATA.sorted_tables)
    assert (NIP in stored, OTHER in stored) == (False, True)
    assert withdraw_plan(database, plan, "sari").spent == 200
    assert check_books(database, 2027) == (0, 200)
