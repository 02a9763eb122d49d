"""Reasons are what moves the figure: without the deficit that one names, the benefit falls; without others, not."""

import numpy as np
import pytest

from models.baseline import BaselineRule
from models.benefit import PairModel
from recommender.counterfactual import Change, Setting, assessed
from recommender.explanation import Context, explain_row, find_grounds
from recommender.policy import Policy
from tests.builders import ON, office
from tests.models.planted import better_than_rule
from tests.recommender.test_use_cases import crowd


def fitted():
    planted = better_than_rule(1_500, seed=1)
    return PairModel().fit(planted.features, planted.y_completed, planted.y_gain)


def benefit_of(lists, training):
    place = np.flatnonzero(lists.training == training)
    return float(lists.benefit[place[0]]) if len(place) else 0.0


@pytest.mark.parametrize("make", [BaselineRule, fitted])
def test_a_benefit_falls_without_what_its_reasons_name_and_the_rule_s_by_nothing_else(make):
    here = office(**crowd(2))
    setting = Setting(catalog=here.catalog, model=make(), on=ON, policy=Policy())
    context = Context(is_short_staffed=np.zeros(1, dtype=bool), has_full_calendar=np.zeros(1, dtype=bool),
                      service_links=(), rules=Policy().ranking)  # fmt: skip
    n_named = 0
    for row in range(8):
        person = here.workforce.take(np.array([row]))
        lists = setting.list_of(person)
        gaps, grounds = lists.candidates.gaps, find_grounds(lists, person, here.catalog, context)
        for place, training in enumerate(lists.training.tolist()):
            reasons = explain_row(grounds, place)
            named = {reason.competency for reason in reasons if reason.competency >= 0}
            assert named
            for competency, required in zip(gaps.competency.tolist(), gaps.required.tolist(), strict=True):
                met = assessed(person, Change(competency=competency, level=required), ON)
                left = benefit_of(setting.list_of(met), training)
                if competency in named:
                    n_named += 1
                    assert left < lists.benefit[place]
                elif make is BaselineRule:
                    assert left == pytest.approx(lists.benefit[place])
                else:
                    assert left <= lists.benefit[place] + 1e-9  # fewer deficits never raise another benefit
    assert n_named > 20
