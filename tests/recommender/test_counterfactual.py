"""What would rank first: the change is applied and the list made again; no smaller one does it."""

import numpy as np
import pytest

from models.baseline import BaselineRule
from models.benefit import PairModel
from recommender.counterfactual import Change, Setting, assessed, change_to_rank_first
from recommender.policy import Policy
from tests.builders import ON, office, rows
from tests.models.planted import better_than_rule
from tests.recommender.test_use_cases import TAUGHT, crowd


def one_of(here, row, model=None):
    return here.workforce.take(np.array([row])), Setting(
        catalog=here.catalog, model=model or BaselineRule(), on=ON, policy=Policy()
    )


def first(lists):
    return int(lists.training[0]) if len(lists.training) else -1


def smaller(person, found, setting):
    """Return every change of one level that is smaller, worked out apart from the code that searches."""
    gaps = setting.list_of(person).candidates.gaps
    now = {int(c): (float(a) if np.isfinite(a) else float(r)) for c, a, r in zip(
        gaps.competency, gaps.assessed, gaps.required, strict=True)}  # fmt: skip
    size = abs(found.level - now[found.competency])
    return [Change(competency=c, level=level) for c in now for level in (1.0, 2.0, 3.0, 4.0, 5.0)
            if 0 < abs(level - now[c]) < size]  # fmt: skip


@pytest.fixture(params=["rule", "model"])
def model(request):
    if request.param == "rule":
        return BaselineRule()
    planted = better_than_rule(1_500, seed=1)
    return PairModel().fit(planted.features, planted.y_completed, planted.y_gain)


def test_the_change_makes_it_first_and_no_smaller_change_of_what_it_teaches_does(model):
    here = office(**crowd(2))
    n_found = 0
    for row in range(12):
        person, setting = one_of(here, row, model)
        before = setting.list_of(person)
        for training in before.training[1:].tolist():
            found = change_to_rank_first(person, training, setting)
            if found is None:
                continue
            n_found += 1
            assert first(setting.list_of(assessed(person, found, ON))) == training
            bounds = here.catalog.trainings.target_bounds
            taught = here.catalog.trainings.target_competency[bounds[training] : bounds[training + 1]].tolist()
            for other in smaller(person, found, setting):
                if other.competency in taught:
                    assert first(setting.list_of(assessed(person, other, ON))) != training
    assert n_found >= 3


def test_what_is_first_already_or_may_not_be_taken_has_no_change():
    history = rows("employee training end_date status", "A P1 2025-05-05 completed")
    here = office(history=history, requirements=rows("position competency level", "J M.01 3", "J M.02 4"), **TAUGHT)
    person, setting = one_of(here, 0)
    lists = setting.list_of(person)
    assert change_to_rank_first(person, first(lists), setting) is None
    taken = int(np.flatnonzero(here.catalog.trainings.ids == "P1")[0])
    assert change_to_rank_first(person, taken, setting) is None


def test_a_change_leaves_the_person_s_other_records_as_they_are():
    here = office(**crowd(2))
    person, _ = one_of(here, 3)
    changed = assessed(person, Change(competency=1, level=2.0), ON)
    assert len(changed.assessments.level) == len(person.assessments.level) + 1
    last = np.flatnonzero(changed.assessments.competency == 1)[-1]
    assert (changed.assessments.level[last], changed.assessments.on[last]) == (2.0, np.datetime64(ON))
    assert changed.history is person.history
