"""Selection rates and benefits by group, on groups that are known to differ or not."""

from dataclasses import replace

import numpy as np
import pytest

from models.fairness import CHOSEN_SHARE, compare_groups
from tests.models.judging import estimates, judged_rows


def test_a_quarter_is_chosen_whatever_ties_there_are():
    for digits in (0, 1, 9):
        rows = judged_rows(400, 0, splits=3)
        rounded = replace(rows, own=estimates(np.round(rows.own.mean, digits), rows.own.completion))
        (one,) = compare_groups(rounded, np.zeros(400, dtype=np.int64), 1)
        assert one.chosen == pytest.approx(CHOSEN_SHARE)


def test_a_group_foretold_too_little_is_chosen_less_and_gets_more_than_was_expected():
    group = np.arange(2_000) % 2
    rows = judged_rows(2_000, 0)
    low = replace(rows, own=estimates(rows.own.mean - 0.2 * group, rows.own.completion))
    before, after = compare_groups(rows, group, 2), compare_groups(low, group, 2)
    assert after[1].chosen < before[1].chosen - 0.05
    assert after[1].chosen_by_rule == before[1].chosen_by_rule
    assert after[1].excess == pytest.approx(before[1].excess + 0.2)
    assert after[1].excess_lower > 0
    assert after[0].excess == before[0].excess


def test_figures_of_found_gains_need_some_that_were_measured():
    rows = judged_rows(100, 0)
    group = (np.arange(100) >= 15).astype(np.int64)
    few, many = compare_groups(rows, group, 2)
    assert np.isnan(few.found)
    assert few.n_rows == 15
    assert many.found == pytest.approx(rows.outcome[15:].mean())
    assert compare_groups(rows, group, 3)[2].n_people == 0
