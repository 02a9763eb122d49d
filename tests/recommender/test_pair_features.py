import numpy as np
import pandas as pd
import pytest

from models.features import FEATURE_NAMES, FEATURES
from recommender.candidates import describe_pairs
from recommender.pair_features import make_features
from recommender.person_features import describe_people
from tests.builders import office, rows, trainings


def features(here, employee, training):
    pairs = describe_pairs(here.gaps(), here.catalog, np.array(employee), np.array(training))
    people = describe_people(here.workforce, here.catalog, here.gaps(), here.on)
    return pd.DataFrame(make_features(here.workforce, here.catalog, pairs, people, here.on), columns=FEATURE_NAMES)


def test_a_pair_s_figures_fit_on_paper():
    here = office(
        requirements=rows("position competency level", "J M.01 3", "J M.03 4"),
        assessments=rows(
            "employee competency level assessed_on method", "A M.01 1 2025-02-01 test", "A M.01 3 2025-03-01 self"
        ),
        **trainings(P1="M.01 2, M.03 4, M.02 5"),
        interests=rows("employee training stated_on", "A P1 2026-01-01"),
    )
    row = features(here, [0], [0]).iloc[0]
    # M.01: level 1, need 2, one level covered. M.03 (weight 2): never assessed, assumed need 0.4 at level 3.6
    assert row.covered_deficit == pytest.approx(1 + 2 * 0.4)
    assert row.rule_benefit == pytest.approx(0.4 * (1 + 2 * 0.4))
    assert row.n_covered == 2
    assert row.n_targets == 3
    assert row.levels_too_low == pytest.approx(1 / 1.8)
    assert row.assumed_share == pytest.approx(0.8 / 1.8)
    assert row.assessment_age == pytest.approx(1.0, abs=0.01)
    assert row.self_rating_excess == 2
    assert row.is_interested == 1
    assert row.hours == 20
    assert (row.is_online, row.is_blended) == (0, 0)
    assert row.person_deficit == pytest.approx(2 + 2 * 0.4)
    assert row.position_level == 3.5


def test_an_interest_stated_later_is_not_known_yet():
    here = office(**trainings(P1="M.01 3"), interests=rows("employee training stated_on", "A P1 2026-02-02"))
    assert features(here, [0], [0]).is_interested.tolist() == [0]


def test_a_person_and_a_training_of_which_nothing_is_known_give_no_infinite_figure():
    here = office(employees=rows("employee position", "A -"), **trainings(P1=""))
    row = features(here, [0], [0])
    assert not np.isinf(row.to_numpy()).any()
    assert row.rule_benefit.tolist() == [0]
    assert row.covered_deficit.tolist() == [0]
    assert row.assessment_age.isna().all()


def test_figures_stay_in_the_declared_range():
    here = office(
        requirements=rows("position competency level", "J M.01 5", "J M.02 3", "J M.03 4"),
        assessments=rows("employee competency level assessed_on", "A M.01 1 2020-02-01", "A M.02 4 2025-02-01"),
        **trainings(P1="M.01 5", P2="M.02 5", P3="M.03 2, M.01 2"),
    )
    found = features(here, [0, 0, 0], [0, 1, 2])
    for feature in FEATURES:
        values = found[feature.name].dropna()
        assert values.between(feature.minimum, feature.maximum).all(), feature.name


def test_a_pair_s_figures_do_not_depend_on_the_other_pairs():
    here = office(
        employees=rows("employee", "A", "B"),
        requirements=rows("position competency level", "J M.01 3", "J M.03 4"),
        **trainings(P1="M.01 2, M.03 4", P2="M.03 3"),
    )
    whole = features(here, [0, 0, 1, 1], [0, 1, 0, 1])
    alone = features(here, [1], [0])
    pd.testing.assert_series_equal(whole.iloc[2], alone.iloc[0], check_names=False)
