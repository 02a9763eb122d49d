"""What happens to a seat moves its money, once."""

import pytest
import sqlalchemy as sa

from service.ledger.approval import approve_plan
from service.ledger.books import entries
from service.ledger.events import cancel_class, reprice
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_ENTRIES
from service.wording import Wording
from tests.service.ledger.plans import check_books, held, keep
from training_catalog.errors import ConflictError, InputError, InvalidValueError, UnknownIdError


@pytest.fixture
def plan(books):
    """Return an approved plan of three seats in a class with a fixed cost, and a free one."""
    made = keep(books, "A K1 200 FEE 100 TRIP", "B K1 200 FEE", "C K2 0 -", classes=["K1 300 FEE"])
    approve_plan(books, made, "sari")
    return made


def test_enrolment_moves_nothing_and_completion_spends_what_was_reserved(books, happen):
    assert happen("A", "enrol").state == "enrolled"
    assert held(books) == {"FEE": (700, 0), "TRIP": (100, 0)}
    seat = happen("A", "complete")
    assert (seat.state, seat.version, seat.fee_spent, seat.travel_spent) == ("completed", 3, 200, 100)
    assert held(books) == {"FEE": (200, 500), "TRIP": (0, 100)}  # with the first completion the class was held


@pytest.mark.parametrize(
    ("cost", "fee", "travel"), [(0, 0, 0), (60, 0, 60), (100, 0, 100), (290, 190, 100), (450, 350, 100)]
)
def test_what_a_seat_really_cost_falls_on_the_fee_beyond_the_travel(books, happen, cost, fee, travel):
    seat = happen("A", "complete", cost=cost)
    assert (seat.fee_spent, seat.travel_spent) == (fee, travel)
    assert held(books) == {"FEE": (200, 300 + fee), "TRIP": (0, travel)}


def test_a_cost_that_the_line_has_not_left_is_refused_and_moves_nothing(books, happen):
    before = (held(books), len(entries(books)))
    with pytest.raises(ConflictError, match="line FEE: Rp301 needed, Rp300 free, Rp1 short"):
        happen("A", "complete", cost=601)
    assert (held(books), len(entries(books))) == before
    assert happen("A", "complete", cost=600).spent == 600


def test_a_failed_seat_was_held_and_is_spent_and_a_cancelled_one_comes_back(books, happen):
    assert happen("A", "cancel", cost=30).spent == 30
    assert held(books) == {"FEE": (500, 30), "TRIP": (0, 0)}
    assert happen("B", "fail").state == "failed"
    assert held(books) == {"FEE": (0, 530), "TRIP": (0, 0)}


def test_the_fixed_cost_comes_back_with_the_last_seat(books, happen):
    happen("A", "cancel")
    assert held(books)["FEE"] == (500, 0)
    happen("B", "cancel")
    assert held(books)["FEE"] == (0, 0)


def test_refunds_come_back_as_often_as_they_happen_and_never_beyond_what_was_spent(books, happen):
    with pytest.raises(ConflictError, match="reserved; accepted: completed"):
        happen("A", "refund", cost=1)
    happen("A", "complete")
    for key in ("r-1", "r-1", "r-2"):
        happen("A", "refund", cost=120, key=key)
    assert held(books) == {"FEE": (200, 300), "TRIP": (0, 60)}
    with pytest.raises(InputError, match="1 to Rp60"):
        happen("A", "refund", cost=61)
    assert happen("A", "refund").spent == 0


@pytest.mark.parametrize("key", [None, "k-1"])
@pytest.mark.parametrize("kind", ["enrol", "complete", "fail", "cancel"])
def test_the_same_event_twice_moves_nothing_twice(books, happen, kind, key):
    first = happen("A", kind, key=key)
    n_entries = len(entries(books))
    assert happen("A", kind, key=key) == first
    assert len(entries(books)) == n_entries
    check_books(books, 2027)


@pytest.mark.parametrize(("kind", "noted"), [("complete", None), ("complete", 120), ("fail", 0), ("cancel", 30)])
def test_the_same_event_with_another_cost_is_refused_rather_than_passed_over(books, happen, kind, noted):
    first = happen("A", kind, cost=noted)
    n_entries = len(entries(books))
    with pytest.raises(ConflictError, match=f"noted before, with Rp{first.spent:,}, "):
        happen("A", kind, cost=first.spent + 1)
    assert happen("A", kind, cost=first.spent) == happen("A", kind) == first
    assert len(entries(books)) == n_entries


def test_states_are_named_in_the_readers_language(happen):
    with pytest.raises(ConflictError) as refused:
        happen("A", "refund", cost=1)
    assert refused.value.said(Wording("id").text).endswith("yang diterima: selesai; tidak lulus; batal")


@pytest.mark.parametrize(("first", "then"), [("complete", "cancel"), ("cancel", "complete"), ("complete", "enrol"),
                                             ("enrol", "refund"), ("fail", "complete")])  # fmt: skip
def test_an_event_that_does_not_follow_from_the_state_is_refused(happen, first, then):
    happen("A", first)
    with pytest.raises(ConflictError, match=r"K1 is .*; accepted: "):
        happen("A", then)


def test_who_has_no_seat_or_what_is_no_event_is_named(happen, plan):
    with pytest.raises(UnknownIdError, match=f"seat '{plan} K2'"):
        happen("A", "enrol", offering="K2")
    with pytest.raises(InvalidValueError, match="kind: lost is not accepted; accepted: enrol, complete"):
        happen("A", "lost")
    for kind, cost in (("complete", -1), ("enrol", 5)):
        with pytest.raises(InvalidValueError, match=f"cost: {cost} "):
            happen("A", kind, cost=cost)


def test_a_free_seat_goes_its_way_without_money(books, happen):
    with pytest.raises(InvalidValueError, match="no budget line pays"):
        happen("C", "complete", offering="K2", cost=10)
    assert happen("C", "complete", offering="K2").spent == 0
    assert held(books)["FEE"] == (700, 0)


def test_another_price_moves_the_seats_that_are_not_over_all_or_none(books, happen):
    happen("A", "complete")
    assert [seat.fee_reserved for seat in reprice(books, "K1", 450, "sari")] == [450]
    assert reprice(books, "K1", 450, "sari") == []
    assert held(books)["FEE"] == (450, 500)
    with pytest.raises(ConflictError, match="line FEE: Rp51 needed, Rp50 free"):
        reprice(books, "K1", 501, "sari")
    reprice(books, "K1", 0, "sari")
    assert held(books)["FEE"] == (0, 500)
    with pytest.raises(InvalidValueError, match="fee"):
        reprice(books, "K1", -1, "sari")
    with pytest.raises(ConflictError, match="K2 was free"):
        reprice(books, "K2", 10, "sari")
    with pytest.raises(UnknownIdError):
        reprice(books, "K9", 10, "sari")


def test_a_cancelled_class_gives_everything_back(books, happen):
    happen("A", "enrol")
    assert [seat.state for seat in cancel_class(books, "K1", "sari")] == ["cancelled"] * 2
    assert held(books) == {"FEE": (0, 0), "TRIP": (0, 0)}
    assert cancel_class(books, "K1", "sari") == []


@pytest.mark.usefixtures("plan")
def test_the_database_itself_keeps_entries_and_refuses_the_same_event(books):
    with transaction(books.engine) as connection:
        first = dict(connection.execute(sa.select(LEDGER_ENTRIES).limit(1)).mappings().one())
    for forbidden in (sa.delete(LEDGER_ENTRIES), sa.update(LEDGER_ENTRIES).values(reserved=0)):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), transaction(books.engine, is_writer=True) as c:
            c.execute(forbidden)
    again = sa.insert(LEDGER_ENTRIES).values(**{**first, "entry": 99})
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"), transaction(books.engine, is_writer=True) as connection:
        connection.execute(again)
