"""What is described in company is, for each person, what would have been described alone."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.catalog_day import open_catalog
from recommender.habits import learn_habits
from recommender.levels import expect
from recommender.policy import Policy
from recommender.use_cases import find_prospects
from tests.builders import office, rows, trainings
from tests.recommender.test_use_cases import crowd


def parts(here):
    policy = Policy()
    return {
        "catalog": here.catalog, "on": here.on, "policy": policy,
        "expected": expect(here.workforce, here.catalog, here.on, policy.gap),
        "day": open_catalog(here.catalog, here.workforce.units, here.on),
        "past": learn_habits(here.workforce, here.catalog, here.on),
    }  # fmt: skip


@given(st.integers(0, 9))
@settings(deadline=None, max_examples=6)
def test_who_is_described_in_company_is_described_as_if_alone(seed):
    here = office(**crowd(seed))
    given_parts = parts(here)
    together = find_prospects(here.workforce, **given_parts)
    pairs, options = together.candidates.employee, together.options
    for person in range(here.workforce.n_people):
        own, mine = find_prospects(here.workforce.take(np.array([person])), **given_parts), pairs == person
        first, held = int(np.argmax(options.employee == person)), options.employee[together.held_option] == person
        for name in ("features", "cost", "suits_full_calendar"):
            assert np.array_equal(getattr(own, name), getattr(together, name)[mine], equal_nan=name == "features"), name
        assert np.array_equal(own.held, together.held[held], equal_nan=True)
        assert np.array_equal(own.held_option, together.held_option[held] - first)
        assert np.array_equal(own.shown, np.where(together.shown[mine] >= 0, together.shown[mine] - first, -1))
        assert own.order.tolist() == (together.order[mine] - np.argmax(mine)).tolist()


def test_classes_held_otherwise_are_described_for_each_person():
    classes = rows("offering training start_date end_date mode", "K1 P1 2026-05-01 2026-05-03 online",
                   "K2 P1 2026-06-01 2026-06-03 face-to-face")  # fmt: skip
    here = office(employees=rows("employee", "A", "B"), offerings=classes, **trainings(P1="M.01 3", P2="M.01 2"))
    together = find_prospects(here.workforce, **parts(here))
    options = together.options
    assert options.employee[together.held_option].tolist() == [0, 1]
    assert here.catalog.offerings.ids[options.offering[together.held_option]].tolist() == ["K1", "K1"]
    with pytest.raises(ValueError, match="read-only"):
        together.shown[0] = 9


def test_nobody_has_no_prospects():
    here = office(employees=rows("employee position"), on=date(2026, 2, 1), **trainings(P1="M.01 3"))
    assert len(find_prospects(here.workforce, **parts(here)).features) == 0
