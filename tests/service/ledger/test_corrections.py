"""What was noted of a seat is put right by movements of their own, within what lines have left."""

import pytest

from service.ledger.approval import approve_plan, withdraw_plan
from service.ledger.books import entries
from service.ledger.events import reprice
from service.wording import Wording
from tests.builders import rows, tables
from tests.service.ledger.plans import check_books, held, keep
from training_catalog.errors import ConflictError, InvalidValueError, UnknownIdError


@pytest.fixture
def plan(books):
    made = keep(books, "A K1 200 FEE 100 TRIP", "B K1 200 FEE", "C K2 0 -", "D K3 0 - 50 TRIP", classes=["K1 300 FEE"])
    approve_plan(books, made, "sari")
    return made


@pytest.mark.parametrize("end", ["complete", "fail"])
def test_a_cost_noted_too_low_is_corrected_by_its_own_movement(books, happen, end):
    happen("A", end, cost=250)
    before = held(books)["FEE"]
    seat = happen("A", "correct", cost=290)
    assert (seat.fee_spent, seat.travel_spent) == (190, 100)
    assert held(books)["FEE"] == (before[0], before[1] + 40)
    last = entries(books)[0]
    assert (last.kind, last.part, last.reserved, last.spent) == ("correct", "fee", 0, 40)
    n_entries = len(entries(books))
    assert happen("A", "correct", cost=290) == seat
    assert len(entries(books)) == n_entries


def test_a_correction_downwards_comes_back_the_fee_first(books, happen):
    happen("A", "complete")
    seat = happen("A", "correct", cost=40, key="k-1")
    assert (seat.fee_spent, seat.travel_spent) == (0, 40)
    assert happen("A", "correct", cost=40, key="k-1") == seat
    assert held(books)["TRIP"] == (50, 40)


def test_a_correction_that_the_line_has_not_left_is_refused_with_what_is_short(books, happen):
    happen("A", "complete")
    before = (held(books), len(entries(books)))
    with pytest.raises(ConflictError, match="line FEE: Rp301 needed, Rp300 free, Rp1 short"):
        happen("A", "correct", cost=601)
    assert (held(books), len(entries(books))) == before


def test_only_what_is_over_has_a_cost_to_correct_and_only_where_a_line_pays(happen):
    with pytest.raises(ConflictError, match="reserved; accepted: completed; failed; cancelled"):
        happen("A", "correct", cost=1)
    happen("C", "complete", offering="K2")
    with pytest.raises(InvalidValueError, match="no budget line pays"):
        happen("C", "correct", offering="K2", cost=5)
    happen("A", "complete")
    with pytest.raises(InvalidValueError, match="what the seat really cost"):
        happen("A", "correct")


def test_without_a_fee_the_correction_falls_on_the_travel(books, happen):
    happen("D", "cancel", offering="K3")
    assert happen("D", "correct", offering="K3", cost=20).travel_spent == 20
    assert held(books)["TRIP"] == (100, 20)


def test_a_second_cost_says_how_to_correct_it(happen):
    happen("A", "complete", cost=250)
    with pytest.raises(ConflictError) as refused:
        happen("A", "complete", cost=290)
    assert "koreksi (correct)" in refused.value.said(Wording("id").text)


@pytest.mark.parametrize("end", ["complete", "fail"])
def test_an_end_that_was_none_is_undone_with_all_its_money(books, happen, end):
    happen("A", "enrol")
    before = held(books)
    happen("A", end, cost=250)
    happen("A", "refund", cost=10)
    seat = happen("A", "undo")
    assert (seat.state, seat.reserved, seat.spent) == ("enrolled", 300, 0)
    assert held(books) == before  # the class is not held any more
    assert happen("A", "complete", cost=260).spent == 260  # another event than the first completion
    assert happen("A", "complete", cost=260).spent == 260
    assert happen("A", "undo").state == "enrolled"
    assert happen("A", "cancel").state == "cancelled"
    check_books(books, 2027)


def test_the_class_stays_held_while_somebody_completed_it(books, happen):
    happen("A", "complete")
    happen("B", "complete")
    assert happen("A", "undo").state == "reserved"
    assert held(books)["FEE"] == (200, 500)
    with pytest.raises(ConflictError, match="reserved; accepted: completed; failed"):
        happen("A", "undo")
    with pytest.raises(InvalidValueError, match="none for enrol and undo"):
        happen("B", "undo", cost=1)


def test_nothing_is_reserved_again_in_a_plan_that_is_withdrawn(books, plan, happen):
    happen("A", "complete")
    withdraw_plan(books, plan, "sari")
    assert held(books) == {"FEE": (0, 500), "TRIP": (0, 100)}
    assert happen("A", "undo").state == "cancelled"
    assert held(books) == {"FEE": (0, 0), "TRIP": (0, 0)}


def test_an_end_is_not_undone_where_the_line_has_not_left_what_was_reserved(books, happen):
    happen("B", "complete", cost=0)
    other = keep(books, "E K5 490 FEE")
    approve_plan(books, other, "sari")
    with pytest.raises(ConflictError, match="line FEE: Rp200 needed, Rp10 free"):
        happen("B", "undo")
    check_books(books, 2027)


def test_an_end_is_not_undone_beside_another_seat_in_the_class(books, happen):
    happen("B", "fail")
    other = keep(books, "B K1 100 FEE")
    approve_plan(books, other, "sari")
    with pytest.raises(ConflictError, match=f"plan '{other}' has given this person a seat"):
        happen("B", "undo")


def test_a_class_without_seats_is_told_from_one_that_is_not_on_file(books, happen):
    happen("A", "enrol")
    with books.writing() as writing:
        row = rows("offering training start_date end_date", "K9 T 2027-03-01 2027-03-02")
        books.upsert(writing, "offerings", tables(offerings=row)["offerings"])
    with pytest.raises(ConflictError, match="no approved plan has a seat in class K9"):
        reprice(books, "K9", 10, "sari")
    with pytest.raises(UnknownIdError):
        reprice(books, "K8", 10, "sari")
