"""What is described in company is, for each person, what would have been described alone."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import BaselineRule
from recommender.catalog_day import open_catalog
from recommender.habits import learn_habits
from recommender.policy import Policy
from recommender.prospects import Prospects
from recommender.use_cases import expect, find_prospects, rank_prospects, recommend
from tests.builders import office, rows, trainings
from tests.recommender.test_use_cases import crowd
from training_catalog.catalog import content_digest


def parts(here):
    policy = Policy()
    return {
        "catalog": here.catalog, "on": here.on, "policy": policy,
        "expected": expect(here.workforce, here.catalog, here.on, policy),
        "day": open_catalog(here.catalog, here.workforce.units, here.on),
        "past": learn_habits(here.workforce, here.catalog, here.on),
    }  # fmt: skip


def alone(here, person, given_parts) -> Prospects:
    return find_prospects(here.workforce.take(np.array([person])), **given_parts)


def leave_out_place(prospects):
    """Return everything but places, which are told by their order alone."""
    return {name: getattr(prospects, name) for name in prospects.__dataclass_fields__ if name != "place"}


@given(st.integers(0, 9))
@settings(deadline=None, max_examples=6)
def test_a_slice_of_what_was_described_together_is_what_is_described_alone(seed):
    here = office(**crowd(seed))
    given_parts = parts(here)
    together = find_prospects(here.workforce, **given_parts)
    for person in range(here.workforce.n_people):
        slice_, own = together.of_person(person), alone(here, person, given_parts)
        assert content_digest(*leave_out_place(slice_).values()) == content_digest(*leave_out_place(own).values())
        assert np.argsort(slice_.place).tolist() == np.argsort(own.place).tolist()


@given(st.integers(0, 9))
@settings(deadline=None, max_examples=6)
def test_lists_from_slices_are_the_lists_of_everybody(seed):
    here = office(**crowd(seed))
    given_parts = parts(here)
    whole = recommend(here.workforce, model=BaselineRule(), **given_parts)
    together = find_prospects(here.workforce, **given_parts)
    for person in range(here.workforce.n_people):
        own = rank_prospects(together.of_person(person), BaselineRule())
        mine = slice(*whole.bounds[person : person + 2].tolist())
        for name in ("training", "offering", "cost", "benefit", "lower", "upper", "completion", "suits_full_calendar"):
            assert np.array_equal(getattr(own, name), getattr(whole, name)[mine]), name


def test_classes_held_otherwise_stay_with_their_person():
    classes = rows("offering training start_date end_date mode", "K1 P1 2026-05-01 2026-05-03 online",
                   "K2 P1 2026-06-01 2026-06-03 face-to-face")  # fmt: skip
    here = office(employees=rows("employee", "A", "B"), offerings=classes, **trainings(P1="M.01 3", P2="M.01 2"))
    together = find_prospects(here.workforce, **parts(here))
    assert len(together.held) == 2
    second = together.of_person(1)
    assert here.catalog.offerings.ids[second.options.offering[second.held_option]].tolist() == ["K1"]
    with pytest.raises(ValueError, match="read-only"):
        second.shown[0] = 9


def test_nobody_has_no_prospects():
    here = office(employees=rows("employee position"), on=date(2026, 2, 1), **trainings(P1="M.01 3"))
    assert find_prospects(here.workforce, **parts(here)).n_people == 0
