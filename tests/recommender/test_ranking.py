from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import BenefitEstimates
from models.features import FEATURE_NAMES
from recommender.candidates import find_candidates
from recommender.options import find_options
from recommender.policy import Policy
from recommender.prospects import arrange
from recommender.ranking import rank
from tests.builders import office, rows, trainings
from training_catalog.errors import LengthMismatchError

CLASSES = rows(
    "offering training start_date end_date mode seat_cost",
    "K1 P1 2026-05-01 2026-05-03 - 300",
    "K2 P2 2026-05-01 2026-05-03 - 100",
    "K3 P3 2026-05-01 2026-05-03 - 100",
    "K9 P3 2026-04-01 2026-04-20 - 100",
    "K8 P3 2026-06-01 2026-06-20 online 500",
)
EQUAL = trainings(P4="M.01 3", P3="M.01 3", P2="M.01 3", P1="M.01 3")


def ranked(here, mean=None, *, prefers_light=False, likely=None):
    candidates = find_candidates(here.workforce, here.catalog, here.gaps(), here.on, Policy())
    options = find_options(here.workforce, here.catalog, candidates, here.on, Policy())
    mean = candidates.rule_benefit if mean is None else np.asarray(mean, dtype=np.float64)
    estimates = BenefitEstimates(mean=mean, lower=mean * 0, upper=mean, completion=mean * 0 + 0.9)
    by_class = BenefitEstimates(**{f.name: getattr(estimates, f.name)[options.pair] for f in fields(BenefitEstimates)})
    light = np.full(here.workforce.n_people, prefers_light)
    features = np.full((candidates.n_pairs, len(FEATURE_NAMES)), np.nan, dtype=np.float32)
    features[:, FEATURE_NAMES.index("goes_with_past")] = np.nan if likely is None else likely
    return rank(arrange(here.catalog, candidates, options, features, light), estimates, by_class)


def codes(here, lists):
    return here.catalog.trainings.ids[lists.training].tolist()


def test_equal_benefits_go_to_the_lower_cost_then_to_the_lower_code_and_no_class_comes_last():
    here = office(offerings=CLASSES, **EQUAL)
    assert codes(here, ranked(here)) == ["P2", "P3", "P1", "P4"]
    assert ranked(here).rank.tolist() == [1, 2, 3, 4]


def test_among_equal_benefits_and_costs_what_goes_with_the_past_comes_first_and_unknown_comes_last():
    here = office(offerings=CLASSES, **EQUAL)
    liked = np.array([0.9, np.nan, 0.2, 1.0], dtype=np.float32)
    assert codes(here, ranked(here, likely=liked)) == ["P3", "P2", "P1", "P4"]


def test_a_difference_below_what_can_be_told_apart_decides_nothing():
    here = office(offerings=CLASSES, **EQUAL)
    assert codes(here, ranked(here, [0.3, 0.3, 0.3 + 1e-12, 0.3])) == ["P2", "P3", "P1", "P4"]
    assert codes(here, ranked(here, [0.3, 0.3, 0.3 + 1e-6, 0.3]))[0] == "P3"


def test_a_benefit_that_is_no_number_never_comes_first():
    here = office(offerings=CLASSES, **EQUAL)
    assert codes(here, ranked(here, [0.3, np.nan, 0.1, 0.2]))[-1] == "P2"


def test_the_class_shown_is_the_cheapest_then_the_earliest_and_a_light_one_for_people_short_of_time():
    here = office(offerings=CLASSES, **EQUAL)
    shown = ranked(here)
    row = codes(here, shown).index("P3")
    assert here.catalog.offerings.ids[shown.offering[row]] == "K9"
    light = ranked(here, prefers_light=True)
    row = codes(here, light).index("P3")
    assert here.catalog.offerings.ids[light.offering[row]] == "K3"
    assert light.suits_full_calendar[row]
    without = codes(here, light).index("P4")
    assert (light.offering[without], light.option[without], light.cost[without]) == (-1, -1, 0)


def test_estimates_of_another_length_are_refused():
    with pytest.raises(LengthMismatchError, match="lower has 2 entries, expected 1"):
        BenefitEstimates(mean=np.ones(1), lower=np.ones(2), upper=np.ones(1), completion=np.ones(1))


def test_what_waits_for_a_prerequisite_is_not_in_the_list():
    here = office(offerings=CLASSES, prerequisites=rows("training requires", "P1 P2"), **EQUAL)
    assert codes(here, ranked(here)) == ["P2", "P3", "P4"]


@pytest.mark.long
@given(st.lists(st.sampled_from([0.1, 0.2, 0.2 + 1e-13, 0.3]), min_size=8, max_size=8), st.permutations(range(4)))
@settings(max_examples=40)
def test_a_ranking_is_a_permutation_in_a_total_order(means, order):
    turned = {name: frame.iloc[list(order)] for name, frame in EQUAL.items()}
    here = office(employees=rows("employee", "A", "B"), offerings=CLASSES, **turned)
    lists = ranked(here, means)
    keys = [
        (int(e), -round(float(b), 9), int(c) if o >= 0 else 10**9, int(t))
        for e, b, c, o, t in zip(lists.employee, lists.benefit, lists.cost, lists.option, lists.training, strict=True)
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert sorted(lists.pair.tolist()) == list(range(8))
    again = ranked(office(employees=rows("employee", "B", "A"), offerings=CLASSES.iloc[::-1], **EQUAL), means)
    assert again.training.tolist() == lists.training.tolist()
    assert again.offering.tolist() == lists.offering.tolist()


def test_a_list_s_arrays_cannot_be_written_to():
    lists = ranked(office(offerings=CLASSES, **EQUAL))
    with pytest.raises(ValueError, match="read-only"):
        lists.benefit[0] = 9
    assert replace(lists, cost=lists.cost + 1).cost[0] == lists.cost[0] + 1
