"""An approved plan holds its money; what is not there cannot be approved."""

import pytest

from service.ledger.approval import approve_plan, withdraw_plan
from service.ledger.books import balances, entries
from service.ledger.events import reprice, seat_event
from service.storage.database import open_database
from tests.service.ledger.plans import check_books, keep, put_lines
from training_catalog.errors import ConflictError, UnknownIdError


@pytest.fixture
def books(database_url):
    """Return a database with one ceiling over a line for fees and one for travel, of which a part is gone already."""
    database = open_database(database_url)
    put_lines(database, "TOP 2027 1500", "FEE 2027 1000 TOP 100 50", "TRIP 2027 600 TOP")
    return database


def free(database):
    return {one.line: one.free for one in balances(database, 2027)}


def test_an_approved_plan_reserves_each_line_and_those_above_at_its_own_prices(books):
    plan = keep(books, "A K1 200 FEE 100 TRIP", "B K1 200 FEE", "C K2 0 -", classes=["K1 300 FEE"])
    assert free(books) == {"TOP": 1500, "FEE": 850, "TRIP": 600}
    result = approve_plan(books, plan, "sari")
    assert (result.state, result.seats, result.reserved, result.spent) == ("approved", 3, 800, 0)
    assert free(books) == {"TOP": 700, "FEE": 150, "TRIP": 500}
    assert {entry.author for entry in entries(books)} == {"sari"}
    assert sum(entry.reserved for entry in entries(books, plan=plan)) == 800
    assert sum(entry.reserved for entry in entries(books, line="TRIP")) == 100
    newest, *_ = entries(books, limit=1)
    assert [entry.entry for entry in entries(books, before=newest.entry)] == list(range(newest.entry - 1, 0, -1))
    check_books(books, 2027)


def test_approving_twice_is_approving_once(books):
    plan = keep(books, "A K1 200 FEE")
    assert approve_plan(books, plan, "sari") == approve_plan(books, plan, "budi")
    assert len(entries(books)) == 1
    assert free(books)["FEE"] == 650


def test_a_second_plan_that_a_line_cannot_carry_is_refused_with_the_line_and_what_is_short(books):
    approve_plan(books, keep(books, "A K1 500 FEE"), "sari")
    other = keep(books, "B K1 400 FEE 10 TRIP")
    with pytest.raises(ConflictError, match=r"line FEE: Rp400 needed, Rp350 free, Rp50 short") as refused:
        approve_plan(books, other, "sari")
    assert "TRIP" not in str(refused.value)
    assert books.load_plan(other).state == "draft"
    assert (len(entries(books)), free(books)["TRIP"]) == (1, 600)


def test_a_ceiling_stops_what_the_lines_below_it_could_carry(books):
    put_lines(books, "TOP 2027 700")
    with pytest.raises(ConflictError, match="line TOP: Rp750 needed, Rp700 free"):
        approve_plan(books, keep(books, "A K1 400 FEE 350 TRIP"), "sari")
    assert free(books) == {"TOP": 700, "FEE": 850, "TRIP": 600}


def test_only_a_sound_draft_of_a_known_id_is_approved(books):
    with pytest.raises(ConflictError, match="recount"):
        approve_plan(books, keep(books, "A K1 200 FEE", violations=("line FEE",)), "sari")
    gone = keep(books, "A K1 200 FEE")
    assert withdraw_plan(books, gone, "sari").state == "withdrawn"
    with pytest.raises(ConflictError, match="withdrawn; only a draft"):
        approve_plan(books, gone, "sari")
    for act in (approve_plan, withdraw_plan):
        with pytest.raises(UnknownIdError):
            act(books, "p-0", "sari")


def test_a_seat_of_another_approved_plan_is_not_paid_twice(books):
    first = keep(books, "A K1 200 FEE")
    approve_plan(books, first, "sari")
    with pytest.raises(ConflictError, match=f"such as one in class K1 by plan '{first}'"):
        approve_plan(books, keep(books, "A K1 200 FEE", "B K1 200 FEE"), "sari")


def test_a_plan_made_from_an_approved_one_takes_its_place_and_counts_nothing_twice(books):
    seats = ("A K1 200 FEE 100 TRIP", "B K1 200 FEE 100 TRIP", "C K1 200 FEE")
    old = keep(books, *seats, classes=["K1 200 FEE"])
    approve_plan(books, old, "sari")
    seat_event(books, old, "A", "K1", "complete", "sari", cost=310)
    enrolled = seat_event(books, old, "B", "K1", "enrol", "sari")
    draft = keep(books, *seats[:2], earlier=old)
    new = keep(books, "A K1 200 FEE 100 TRIP", "B K1 250 FEE 50 TRIP", "D K2 190 FEE", earlier=draft,
               classes=["K1 200 FEE"])  # fmt: skip
    result = approve_plan(books, new, "sari")
    assert (result.replaces, result.reserved, result.spent, result.seats) == ((old,), 490, 310, 3)
    assert result == approve_plan(books, new, "sari")
    assert books.load_plan(old).state == "retired"
    assert free(books) == {"TOP": 500, "FEE": 0, "TRIP": 450}  # FEE: 210 + 200 spent, 250 + 190 reserved
    moved = seat_event(books, new, "B", "K1", "complete", "sari")
    assert (moved.seat, moved.spent) == (enrolled.seat, 300)
    check_books(books, 2027)
    with pytest.raises(ConflictError, match="retired; only"):
        withdraw_plan(books, old, "sari")


def test_a_class_that_the_new_plan_leaves_out_comes_back(books):
    old = keep(books, "A K1 100 FEE", "A K2 100 FEE", classes=["K1 200 FEE", "K2 150 FEE"])
    approve_plan(books, old, "sari")
    approve_plan(books, keep(books, "A K2 100 FEE", earlier=old, classes=["K2 160 FEE"]), "sari")
    assert free(books)["FEE"] == 850 - 260
    check_books(books, 2027)


def test_a_withdrawn_plan_gives_back_what_it_still_reserves(books):
    before = free(books)
    plan = keep(books, "A K1 200 FEE 100 TRIP", "B K2 300 FEE", classes=["K1 100 FEE", "K2 50 FEE"])
    approve_plan(books, plan, "sari")
    seat_event(books, plan, "B", "K2", "complete", "sari")
    assert withdraw_plan(books, plan, "sari").spent == 350
    assert withdraw_plan(books, plan, "sari").reserved == 0
    assert free(books) == {"TOP": before["TOP"] - 350, "FEE": before["FEE"] - 350, "TRIP": before["TRIP"]}
    check_books(books, 2027)


def test_a_class_is_paid_once_by_two_plans_and_stays_until_the_last_seat_goes(books):
    plans = [keep(books, f"{nip} K1 100 FEE", classes=[f"K1 {cost} FEE"]) for nip, cost in (("A", 300), ("B", 310))]
    for plan in plans:
        approve_plan(books, plan, "sari")
    assert free(books)["FEE"] == 850 - 500
    withdraw_plan(books, plans[0], "sari")
    assert free(books)["FEE"] == 850 - 400
    assert approve_plan(books, plans[1], "sari").reserved == 400  # the class is its own now
    assert sum(entry.reserved for entry in entries(books, plan=plans[0])) == 0
    seat_event(books, plans[1], "B", "K1", "cancel", "sari")
    assert free(books)["FEE"] == 850
    approve_plan(books, keep(books, "C K1 100 FEE", classes=["K1 320 FEE"]), "sari")
    assert free(books)["FEE"] == 850 - 420
    check_books(books, 2027)


def test_books_that_are_cut_below_what_is_held_let_money_back_and_none_out(books):
    plan = keep(books, "A K1 400 FEE", "B K1 400 FEE")
    approve_plan(books, plan, "sari")
    put_lines(books, "FEE 2027 300 TOP")
    assert free(books)["FEE"] == -500
    for act in (
        lambda: reprice(books, "K1", 401, "sari"),
        lambda: approve_plan(books, keep(books, "C K2 1 FEE"), "sari"),
    ):
        with pytest.raises(ConflictError, match="line FEE"):
            act()
    seat_event(books, plan, "A", "K1", "cancel", "sari")
    assert free(books)["FEE"] == -100
    seat_event(books, plan, "B", "K1", "cancel", "sari")
    approve_plan(books, keep(books, "C K2 300 FEE"), "sari")
    check_books(books, 2027)


def test_a_line_that_moves_below_another_ceiling_takes_its_money_along(books):
    plan = keep(books, "A K1 400 FEE", "B K1 200 FEE 50 TRIP")
    approve_plan(books, plan, "sari")
    put_lines(books, "NEW 2027 650", "FEE 2027 1000 NEW")
    assert free(books) == {"TOP": 1450, "NEW": 50, "FEE": 400, "TRIP": 550}  # at once, and not with the next movement
    seat_event(books, plan, "B", "K1", "complete", "sari", cost=260)
    assert free(books) == {"TOP": 1450, "NEW": 40, "FEE": 390, "TRIP": 550}
    check_books(books, 2027)
