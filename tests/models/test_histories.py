"""Histories: order, holding out the last, weights by steps back."""

import numpy as np
import pytest

from models.histories import Histories
from training_catalog.errors import InvalidValueError, LengthMismatchError


@pytest.fixture
def three_people() -> Histories:
    """The first took 4, 2, 0; the second nothing; the third 1."""
    return Histories(bounds=np.array([0, 3, 3, 4]), item=np.array([4, 2, 0, 1]), n_items=5)


def test_rows_are_ordered_by_time_and_an_item_counts_the_first_time():
    person, item, day = np.array([1, 0, 0, 0]), np.array([3, 2, 1, 2]), np.array([1, 9, 8, 7])
    found = Histories.of(person, item, day, n_people=3, n_items=4)
    assert found.item.tolist() == [2, 1, 3]
    assert found.bounds.tolist() == [0, 2, 3, 3]


def test_the_last_item_of_everybody_is_held_out(three_people):
    earlier, last = three_people.without_last()
    assert last.tolist() == [0, -1, 1]
    assert (earlier.bounds.tolist(), earlier.item.tolist()) == ([0, 2, 2, 2], [4, 2])


def test_items_are_weighed_by_steps_back(three_people):
    assert three_people.weights(0.5).toarray()[0].tolist() == [1.0, 0.0, 0.5, 0.0, 0.25]


def test_the_item_some_steps_back_is_known_only_where_there_is_one(three_people):
    assert three_people.back(0).tolist() == [0, -1, 1]
    assert three_people.back(2).tolist() == [4, -1, -1]


def test_people_are_taken_in_the_order_given(three_people):
    assert three_people.take(np.array([2, 0])).item.tolist() == [1, 4, 2, 0]


def test_items_outside_the_catalogue_and_bounds_that_do_not_fit_are_refused():
    with pytest.raises(InvalidValueError, match="0 to 1"):
        Histories(bounds=np.array([0, 1]), item=np.array([2]), n_items=2)
    with pytest.raises(LengthMismatchError, match=r"histories\.item"):
        Histories(bounds=np.array([0, 3]), item=np.array([0]), n_items=2)


def test_people_are_alike_who_took_the_same_in_the_same_order():
    bounds, item = np.array([0, 2, 2, 4, 6, 7, 7]), np.array([1, 0, 0, 1, 1, 0, 1])
    assert Histories(bounds=bounds, item=item, n_items=2).alike().tolist() == [0, 1, 2, 0, 4, 1]
