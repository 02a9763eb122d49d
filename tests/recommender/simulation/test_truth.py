import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.simulation.truth import (
    completion_probability,
    expected_closing,
    fit_of_level,
    retained,
    true_benefit,
    true_completion,
    true_plan_benefit,
)
from training_catalog.training import BLENDED, FACE_TO_FACE, ONLINE


@settings(max_examples=60)
@given(deficit=st.floats(0, 5), more=st.floats(0, 2), gain=st.floats(0, 3), spread=st.floats(1e-4, 1))
def test_a_larger_deficit_or_gain_never_closes_less_and_nothing_closes_more_than_there_is(deficit, more, gain, spread):
    def closed(d, g):
        return float(expected_closing(np.array([d]), np.array([g]), np.array([spread]))[0])

    assert -1e-9 <= closed(deficit, gain) <= deficit
    assert closed(deficit + more, gain) >= closed(deficit, gain) - 1e-9
    assert closed(deficit, gain + more) >= closed(deficit, gain) - 1e-9


def test_what_is_expected_to_close_is_the_mean_of_what_closes():
    rng = np.random.default_rng(0)
    deficit, gain, spread = 0.7, 0.5, 0.2
    drawn = np.minimum(deficit, rng.normal(gain, spread, 400_000)).mean()
    assert expected_closing(np.array([deficit]), np.array([gain]), np.array([spread]))[0] == pytest.approx(
        drawn, abs=2e-3
    )


def test_classrooms_are_completed_more_than_online_courses_and_motivation_helps():
    mode = np.array([FACE_TO_FACE, BLENDED, ONLINE])
    middling = completion_probability(mode, np.full(3, 0.5), np.zeros(3), np.full(3, False))
    assert middling == pytest.approx([0.95, 0.88, 0.45])
    keen = completion_probability(mode, np.full(3, 0.9), np.zeros(3), np.full(3, True))
    short = completion_probability(mode, np.full(3, 0.5), np.full(3, 0.3), np.full(3, False))
    assert (keen > middling).all()
    assert (short < middling).all()


def test_a_course_fits_best_from_its_entry_level_up_to_its_target():
    level = np.array([0.0, 1.0, 2.0, 2.9, 3.0, 4.5])
    fit = fit_of_level(level, np.full(6, 2.0), np.full(6, 3.0))
    assert fit == pytest.approx([0.25, 0.5, 1.0, 1.0, 0.2, 0.2])


def test_less_is_retained_as_months_go_by_and_half_for_good():
    assert retained(0) == pytest.approx(1)
    assert 1 > retained(6) > retained(24) > 0.79


def test_a_pair_s_benefit_is_between_nothing_and_the_person_s_deficit(city, catalog):
    rng = np.random.default_rng(0)
    employee = rng.integers(0, len(city.truth.employees), 2_000)
    training = rng.integers(0, len(catalog.trainings.ids), 2_000)
    benefit = true_benefit(city.truth, catalog.trainings, employee, training)
    whole = np.bincount(city.truth.employee, weights=city.truth.deficit * city.truth.weight)[employee]
    chance = true_completion(city.truth, catalog.trainings, employee, training)
    assert (benefit >= 0).all()
    assert (benefit <= whole * chance + 1e-9).all()
    assert (benefit > 0.05).any()
    assert (benefit == 0).any()  # nothing that the position asks for


def test_a_plan_s_order_does_not_matter(city, catalog):
    rng = np.random.default_rng(1)
    employee, training = rng.integers(0, 500, 400), rng.integers(0, 300, 400)
    shuffled = rng.permutation(400)
    there = true_plan_benefit(city.truth, catalog.trainings, employee, training)
    again = true_plan_benefit(city.truth, catalog.trainings, employee[shuffled], training[shuffled])
    assert there == pytest.approx(again)


def test_the_truth_cannot_be_written_to(city):
    with pytest.raises(ValueError, match="read-only"):
        city.truth.level[0] = 5.0
