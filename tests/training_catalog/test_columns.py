from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from training_catalog.columns import (
    check_lengths,
    find_rows,
    first_within,
    freeze,
    group_bounds,
    join_groups,
    look_up,
    order_within,
    rank_within,
)
from training_catalog.errors import LengthMismatchError, UnknownIdError

IDS = st.lists(st.text("ab1", min_size=1, max_size=3), unique=True, max_size=8).map(sorted)


@given(IDS, st.lists(st.text("ab1", min_size=1, max_size=4), max_size=8))
@settings(max_examples=60)
def test_an_id_is_found_where_it_is_and_nowhere_else(ids, wanted):
    found = look_up(np.array(ids, dtype=np.str_), np.array(wanted, dtype=np.str_))
    assert found.tolist() == [ids.index(w) if w in ids else -1 for w in wanted]


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("K01-9", ("K01-1", "K01-2", "K01-3")),
        ("K011", ("K011-1",)),
        ("K011-12", ("K011-1",)),
        ("K02", ()),
        ("", ()),
    ],
)
def test_an_id_that_is_not_known_brings_those_that_begin_most_like_it(wanted, near):
    ids = np.array(["K01-1", "K01-2", "K01-3", "K01-4", "K011-1", "L01-1"])
    with pytest.raises(UnknownIdError) as caught:
        find_rows("offering", ids, ["L01-1", wanted])
    assert (caught.value.identifier, caught.value.suggestions) == (wanted, near)
    assert find_rows("offering", ids, []).tolist() == []


@given(st.lists(st.integers(0, 9), unique=True, max_size=8).map(sorted), st.lists(st.integers(-1, 9), max_size=8))
@settings(max_examples=60)
def test_a_key_is_found_as_an_id_is(keys, wanted):
    found = look_up(np.array(keys, dtype=np.int64), np.array(wanted, dtype=np.int64))
    assert found.tolist() == [keys.index(w) if w in keys else -1 for w in wanted]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), max_size=12))
@settings(max_examples=60)
def test_ranks_in_a_group_follow_the_keys_and_ties_the_rows(rows):
    group, first, second = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    ordered = sorted(range(len(rows)), key=lambda row: (*rows[row], row))
    expected = [
        sum(rows[other][0] == rows[row][0] for other in ordered[: ordered.index(row)]) for row in range(len(rows))
    ]
    assert rank_within(group, first, second).tolist() == expected
    assert order_within(group, first, second).tolist() == np.lexsort((second, first, group)).tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), max_size=12).map(sorted))
@settings(max_examples=60)
def test_the_first_of_each_group_is_the_one_that_ranks_first(rows):
    group, second, first = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    ranks = rank_within(group, first, second)
    expected = [int(np.flatnonzero((group == i) & (ranks == 0))[0]) if i in group else -1 for i in range(5)]
    assert first_within(group, 5, first, second).tolist() == expected


def test_keys_far_apart_are_found_as_near_ones_are():
    wanted = np.array([7, 10**15, 8, -(10**15), 10**15 + 1])
    assert look_up(np.array([7, 8, 10**15]), wanted).tolist() == [0, 2, 1, -1, -1]


@given(st.lists(st.integers(0, 4), max_size=12).map(sorted), st.lists(st.integers(-1, 4), max_size=8))
@settings(max_examples=60)
def test_a_join_pairs_each_left_row_with_every_right_row_of_its_group(groups, keys):
    left, right = join_groups(group_bounds(np.array(groups, dtype=np.int64), 5), np.array(keys, dtype=np.int64))
    expected = [(i, j) for i, key in enumerate(keys) for j, group in enumerate(groups) if group == key]
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == expected


def test_no_groups_pair_with_nothing():
    left, right = join_groups(np.array([0]), np.array([-1, -1]))
    assert (len(left), len(right)) == (0, 0)


@dataclass(frozen=True)
class Pair:
    numbers: np.ndarray
    matrix: csr_array


def test_frozen_columns_cannot_be_written_to():
    pair = Pair(np.arange(3), csr_array(np.eye(2)))
    freeze(pair)
    with pytest.raises(ValueError, match="read-only"):
        pair.numbers[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        pair.matrix.data[0] = 1


def test_a_column_of_another_length_is_named():
    with pytest.raises(LengthMismatchError, match=r"people.unit has 1 entries, expected 2"):
        check_lengths("people", 2, unit=np.arange(1))
