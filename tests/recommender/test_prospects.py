"""What is described in company is, for each person, what would have been described alone."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import mode_effectiveness
from models.features import FEATURE_NAMES
from recommender.catalog_day import open_catalog
from recommender.habits import learn_habits
from recommender.levels import expect
from recommender.policy import Policy
from recommender.use_cases import find_prospects
from tests.builders import office, rows, trainings
from tests.recommender.test_use_cases import crowd
from training_catalog.training import BLENDED, FACE_TO_FACE, ONLINE


def parts(here):
    policy = Policy()
    return {
        "catalog": here.catalog, "on": here.on, "policy": policy,
        "expected": expect(here.workforce, here.catalog, here.on, policy.gap),
        "day": open_catalog(here.catalog, here.workforce.units, here.on),
        "past": learn_habits(here.workforce, here.catalog, here.on),
    }  # fmt: skip


@given(st.integers(0, 9))
@settings(max_examples=6)
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


MODES = ("is_online", "is_blended")


def two_people_and_classes_in_two_modes():
    """P1, usually face-to-face, is held online in K1, as usual in K2, blended in K3; P2 has one class, as usual."""
    classes = rows("offering training start_date end_date mode", "K1 P1 2026-05-01 2026-05-03 online",
                   "K2 P1 2026-06-01 2026-06-03 face-to-face", "K3 P1 2026-07-01 2026-07-03 blended",
                   "K4 P2 2026-08-01 2026-08-03 face-to-face")  # fmt: skip
    taught = trainings(P1="M.01 3", P2="M.01 2")
    taught["trainings"]["mode"] = "face-to-face"
    return office(employees=rows("employee", "A", "B"), offerings=classes, **taught)


def test_just_the_classes_in_another_mode_are_described_for_each_person_and_by_their_own_mode():
    here = two_people_and_classes_in_two_modes()
    together = find_prospects(here.workforce, **parts(here))
    options, column = together.options, {name: i for i, name in enumerate(FEATURE_NAMES)}
    held = here.catalog.offerings.ids[options.offering[together.held_option]].tolist()
    assert list(zip(options.employee[together.held_option].tolist(), held, strict=True)) == [
        (0, "K1"), (0, "K3"), (1, "K1"), (1, "K3")]  # fmt: skip
    assert together.held[:, [column[name] for name in MODES]].tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    usual = together.features[options.pair[together.held_option]]
    assert usual[:, [column[name] for name in MODES]].tolist() == [[0, 0]] * 4
    better = mode_effectiveness(np.array([ONLINE, BLENDED] * 2)) / mode_effectiveness(np.array([FACE_TO_FACE]))
    for closes in (column["rule_benefit"], column["one_course"]):
        assert together.held[:, closes] == pytest.approx(usual[:, closes] * better)
        assert (usual[:, closes] > 0).all()
    same = [i for name, i in column.items() if name not in {*MODES, "rule_benefit", "one_course"}]
    assert np.array_equal(together.held[:, same], usual[:, same], equal_nan=True)


def test_what_is_known_of_people_before_a_model_speaks_cannot_be_changed():
    together = find_prospects((here := two_people_and_classes_in_two_modes()).workforce, **parts(here))
    for name in ("features", "held", "held_option", "shown", "cost", "order"):
        assert not getattr(together, name).flags.writeable, name


def test_nobody_has_no_prospects():
    here = office(employees=rows("employee position"), on=date(2026, 2, 1), **trainings(P1="M.01 3"))
    assert len(find_prospects(here.workforce, **parts(here)).features) == 0
