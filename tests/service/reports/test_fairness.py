import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reports.fairness import FEWEST_PEOPLE, GroupRate, hidden_groups, rates_by

sizes = st.lists(st.integers(1, 40), min_size=1, max_size=7).map(lambda values: np.array(values, dtype=np.int64))


@given(sizes)
@settings(max_examples=200)
def test_no_small_group_is_shown_and_none_can_be_worked_out_from_the_sum(groups):
    hidden = hidden_groups(groups)
    assert (groups[~hidden] >= FEWEST_PEOPLE).all()
    if hidden.any() and len(groups) > 1:
        assert hidden.sum() > 1
        assert hidden.all() or groups[hidden].sum() >= FEWEST_PEOPLE


@given(sizes)
@settings(max_examples=200)
def test_nothing_is_hidden_where_no_group_is_small(groups):
    assert not hidden_groups(groups + FEWEST_PEOPLE).any()


def people(**counts):
    """Two of each group are served; names of groups come from the arguments."""
    groups = [group for group, n in counts.items() for _ in range(n)]
    served = [1 if i < 2 else 0 for n in counts.values() for i in range(n)]
    return pd.DataFrame({"employment_type": groups, "need": 1.0, "n_trainings": served})


def test_a_small_group_takes_the_next_smallest_with_it():
    assert rates_by(people(CPNS=3, PNS=50, PPPK=8), "employment_type") == (
        GroupRate(group="CPNS", n_people=None, n_served=None),
        GroupRate(group="PNS", n_people=50, n_served=2),
        GroupRate(group="PPPK", n_people=None, n_served=None),
    )


def test_two_groups_too_small_together_take_a_third_with_them():
    hidden = hidden_groups(np.array([1, 2, 30, 9]))
    assert hidden.tolist() == [True, True, False, True]


def test_people_without_a_need_do_not_count():
    frame = people(PNS=10, PPPK=10)
    frame.loc[frame.employment_type == "PPPK", "need"] = 0.0
    assert rates_by(frame, "employment_type") == (GroupRate(group="PNS", n_people=10, n_served=2),)


def test_age_bands_stand_in_order_of_age_with_not_known_last():
    frame = pd.DataFrame({"age_band": ["", ">=50", "<30", "40-49", "30-39"] * 6, "need": 1.0, "n_trainings": 0})
    assert [rate.group for rate in rates_by(frame, "age_band")] == ["<30", "30-39", "40-49", ">=50", ""]
