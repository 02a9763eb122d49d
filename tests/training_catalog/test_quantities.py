import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training_catalog.errors import InvalidValueError
from training_catalog.quantities import Rupiah, Scale, split_evenly


@given(st.integers(0, 10**18), st.integers(1, 2_000))
@settings(max_examples=100)
def test_parts_sum_exactly_and_differ_by_at_most_one_rupiah(amount, n_parts):
    parts = split_evenly(Rupiah(amount), n_parts)
    assert sum(parts) == amount
    assert len(parts) == n_parts
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_no_parts_is_an_error_that_says_what_is_accepted():
    with pytest.raises(InvalidValueError, match="parts: 0 is not accepted; accepted: 1 or more"):
        split_evenly(Rupiah(1), 0)


@given(st.floats(-10, 10), st.floats(0.5, 20), st.booleans())
@settings(max_examples=60)
def test_the_better_end_of_a_scale_is_one_and_the_worse_is_zero(minimum, width, higher_is_better):
    scale = Scale(minimum=minimum, maximum=minimum + width, higher_is_better=higher_is_better)
    ends = scale.goodness(np.array([minimum, minimum + width, np.nan]))
    assert ends[:2] == pytest.approx([0, 1] if higher_is_better else [1, 0])
    assert np.isnan(ends[2])
    middle = scale.goodness(np.linspace(minimum, minimum + width, 9))
    assert (np.diff(middle) > 0).all() == higher_is_better


def test_a_scale_without_a_width_is_refused():
    with pytest.raises(InvalidValueError, match="scale maximum: 3 is not accepted; accepted: above 3"):
        Scale(minimum=3, maximum=3)
