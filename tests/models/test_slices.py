"""Slices: harm that is planted is found, and none is claimed where there is none."""

import numpy as np
import pytest

from models.slices import BETTER, HARMED, NO_DIFFERENCE, NOT_ENOUGH_DATA, judge_slices
from tests.models.judging import judged_rows


def judged(rows, group, n_groups, seed=0):
    return judge_slices(rows, {"kind": (n_groups, group)}, np.random.default_rng(seed))["kind"]


def test_a_slice_that_is_harmed_is_named_though_the_model_is_better_overall():
    group = (np.arange(1_200) % 4 == 0).astype(np.int64)
    rows = judged_rows(1_200, 0, skill=0.8, of_whom=(group == 1, 0.1))
    others, harmed = judged(rows, group, 2)
    assert (others.code, harmed.code) == (BETTER, HARMED)
    assert (others.claimed, harmed.claimed) == ("ordering", "ordering")
    assert harmed.gain_upper < 0 < others.gain_lower
    assert (harmed.n_rows, others.n_rows) == (300, 900)


def test_a_worse_completion_is_harm_too():
    rows = judged_rows(1_200, 0)
    completion = np.where(np.arange(1_200) < 300, 0.3, 0.8)
    spoilt = type(rows)(
        **{
            **{name: getattr(rows, name) for name in rows.__dataclass_fields__},
            "own": type(rows.own)(
                mean=rows.own.mean, lower=rows.own.lower, upper=rows.own.upper, completion=completion
            ),
        }
    )
    group = (np.arange(1_200) >= 300).astype(np.int64)
    found = judged(spoilt, group, 2)
    assert [one.code for one in found] == [HARMED, NO_DIFFERENCE]
    assert [one.claimed for one in found] == ["completion", ""]
    assert found[0].brier_upper < 0
    assert found[1].brier_gain == 0.0


def test_without_any_difference_harm_is_hardly_ever_claimed():
    rng = np.random.default_rng(0)
    claimed = 0
    for seed in range(60):
        rows = judged_rows(500, seed)
        codes = {one.code for one in judged(rows, rng.integers(0, 5, 500), 5, seed)}
        claimed += HARMED in codes
    assert claimed <= 7  # 5 % are allowed: 3 of 60, and 7 or fewer with a probability of 0.99


@pytest.mark.parametrize("n_rows", [0, 19])
def test_a_slice_of_few_is_not_judged(n_rows):
    rows = judged_rows(100, 0, skill=0.9)
    small, _ = judged(rows, (np.arange(100) >= n_rows).astype(np.int64), 2)
    assert small.code == NOT_ENOUGH_DATA
    assert np.isnan(small.gain)


def test_many_rows_of_few_people_are_not_judged():
    rows = judged_rows(400, 0, skill=0.9, n_people=15)
    assert judged(rows, np.zeros(400, dtype=np.int64), 1)[0].code == NOT_ENOUGH_DATA
