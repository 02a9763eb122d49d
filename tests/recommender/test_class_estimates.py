"""A class counts as it is held, whatever the mode of its training."""

import numpy as np
import pytest

from models.baseline import MODE_COMPLETION, MODE_EFFECTS
from recommender.demand import demand_of
from recommender.policy import Policy
from tests.builders import office, rows, trainings

CLASSES = rows(
    "offering training start_date end_date mode seat_cost",
    "K1 P1 2026-05-01 2026-05-03 - 300",
    "K2 P1 2026-06-01 2026-06-03 online 400",
    "K3 P1 2026-07-01 2026-07-03 blended 500",
    "L1 P2 2026-05-01 2026-05-03 online 100",
    "L2 P2 2026-05-01 2026-05-03 face-to-face 200",
)
COVERED = 1.0  # one level is asked for, and taught


@pytest.fixture
def here():
    found = rows("employee competency level assessed_on", "A M.01 2 2025-06-01")
    return office(offerings=CLASSES, assessments=found, **trainings(P1="M.01 3", P2="M.01 3", P3="M.01 3"))


def expected(mode):
    return COVERED * MODE_EFFECTS[mode] * MODE_COMPLETION[mode]


def test_each_class_is_expected_to_close_what_its_own_mode_does(here):
    demand = demand_of(here.lists(), here.catalog, Policy(), 2026, 0)
    by_class = dict(zip(here.catalog.offerings.ids[demand.offering].tolist(), demand.benefit.tolist(), strict=True))
    assert by_class == pytest.approx({"K1": expected(0), "K2": expected(1), "K3": expected(2), "L1": expected(1),
                                      "L2": expected(0)}, abs=1e-6)  # fmt: skip
    completion = dict(zip(here.catalog.offerings.ids[demand.offering].tolist(), demand.completion, strict=True))
    assert completion["K2"] == MODE_COMPLETION[1]


def test_a_list_says_what_the_class_shown_is_expected_to_close_and_ranks_by_it(here):
    lists = here.lists()
    codes = here.catalog.trainings.ids[lists.training].tolist()
    shown = [str(here.catalog.offerings.ids[row]) if row >= 0 else "" for row in lists.offering]
    assert dict(zip(codes, shown, strict=True)) == {"P1": "K1", "P2": "L1", "P3": ""}
    assert dict(zip(codes, lists.benefit, strict=True)) == pytest.approx(
        {"P1": expected(0), "P2": expected(1), "P3": expected(0)}, abs=1e-6
    )
    assert codes == ["P1", "P3", "P2"]
    assert lists.completion[codes.index("P2")] == MODE_COMPLETION[1]
    assert (lists.lower <= lists.benefit).all()
    assert (lists.benefit <= lists.upper).all()


def test_classes_in_their_training_s_own_mode_are_as_their_training(here):
    lists = here.lists()
    same = here.catalog.offerings.mode[lists.options.offering] == here.catalog.trainings.mode[
        here.catalog.offerings.training[lists.options.offering]
    ]  # fmt: skip
    assert same.sum() == 2
    assert np.allclose(lists.by_class.mean[same], expected(0), atol=1e-6)
