"""Who is erased leaves what was spent in the books, gives back what is reserved, and is nowhere in them."""

import sqlalchemy as sa

from service.ledger.approval import approve_plan, withdraw_plan
from service.ledger.books import entries
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
    assert check_books(database, 2027) == (300, 200)
    erase_person(database, NIP)
    assert check_books(database, 2027) == (200, 200)  # the seat that was not over came back
    newest = entries(database)[0]
    assert (newest.kind, newest.reserved, newest.author) == ("release", -100, database.author)
    with transaction(database.engine) as connection:
        stored = "".join(str(connection.execute(sa.select(one)).fetchall()) for one in METADATA.sorted_tables)
    assert (NIP in stored, OTHER in stored) == (False, True)
    assert withdraw_plan(database, plan, "sari").spent == 200
    assert check_books(database, 2027) == (0, 200)


def test_the_last_seat_that_is_erased_gives_the_class_back_and_frees_it_for_another_plan(database_url):
    database = open_database(database_url)
    put_lines(database, "FEE 2027 500")
    plan = keep(database, f"{NIP} K1 200 FEE", classes=["K1 300 FEE"])
    approve_plan(database, plan, "sari")
    erase_person(database, NIP)
    assert check_books(database, 2027) == (0, 0)
    approve_plan(database, keep(database, f"{OTHER} K1 200 FEE", classes=["K1 300 FEE"]), "sari")
    assert check_books(database, 2027) == (500, 0)
