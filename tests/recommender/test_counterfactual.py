"""What would rank first: the change is applied and the list made again; no smaller one does it."""

from itertools import combinations

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


def levels_now(gaps):
    return {int(c): (float(a) if np.isfinite(a) else None, float(r)) for c, a, r in zip(
        gaps.competency, gaps.assessed, gaps.required, strict=True)}  # fmt: skip


def worked_out(person, training, setting):
    """Return every change of one level that counts, with its size, worked out apart from the code that searches."""
    bounds = setting.catalog.trainings.target_bounds
    taught = setting.catalog.trainings.target_competency[bounds[training] : bounds[training + 1]].tolist()
    found = []
    for c, (now, required) in levels_now(setting.list_of(person).candidates.gaps).items():
        for level in (1.0, 2.0, 3.0, 4.0, 5.0):
            if c in taught and level < required and level != now:
                found.append((abs(level - (required if now is None else now)), Change(competency=c, level=level)))
            if c not in taught and now is not None and now < level <= required:
                found.append((level - now, Change(competency=c, level=level)))
            if c not in taught and now is None and level == required:
                found.append((0.5, Change(competency=c, level=level)))
    return found


def first_after(person, changes, setting):
    for change in changes:
        person = assessed(person, change, ON)
    return first(setting.list_of(person))


@pytest.fixture(params=["rule", "model"])
def model(request):
    if request.param == "rule":
        return BaselineRule()
    planted = better_than_rule(1_500, seed=1)
    return PairModel().fit(planted.features, planted.y_completed, planted.y_gain)


def test_the_changes_make_it_first_and_nothing_smaller_does(model):
    here = office(**crowd(2))
    n_single = n_pairs = 0
    for row in range(12):
        person, setting = one_of(here, row, model)
        for training in setting.list_of(person).training[1:].tolist():
            found = change_to_rank_first(person, training, setting)
            singles = worked_out(person, training, setting)
            does = [size for size, one in singles if first_after(person, [one], setting) == training]
            if not found:
                assert does == []
                continue
            assert first_after(person, found, setting) == training
            if len(found) == 1:
                n_single += 1
                assert min(does) == min(size for size, one in singles if one == found[0])
            else:
                n_pairs += 1
                assert does == []
                assert found[0].competency != found[1].competency
                sizes = {(one.competency, one.level): size for size, one in singles}
                own = sum(sizes[one.competency, one.level] for one in found)
                smaller = [(a, b) for (x, a), (y, b) in combinations(singles, 2)
                           if a.competency != b.competency and x + y < own]  # fmt: skip
                assert all(first_after(person, pair, setting) != training for pair in smaller)
    assert n_single >= 3
    assert n_pairs >= 1


def test_a_level_found_higher_in_what_others_teach_may_make_a_training_first():
    """Both competencies lack one level; M.01 is asked for first. Were M.01 met, P2 would be first."""
    found = rows("employee competency level assessed_on method", "A M.01 2 2025-06-01 test", "A M.02 3 2025-06-01 test")
    here = office(requirements=rows("position competency level", "J M.01 4", "J M.02 4"), assessments=found, **TAUGHT)
    person, setting = one_of(here, 0)
    lists = setting.list_of(person)
    second = int(lists.training[1])
    found = change_to_rank_first(person, second, setting)
    taught = here.catalog.trainings.target_competency[here.catalog.trainings.target_bounds[second]]
    assert len(found) == 1
    assert found[0].competency != int(taught)
    assert first_after(person, found, setting) == second


def test_what_is_first_already_or_may_not_be_taken_has_no_change():
    history = rows("employee training end_date status", "A P1 2025-05-05 completed")
    here = office(history=history, requirements=rows("position competency level", "J M.01 3", "J M.02 4"), **TAUGHT)
    person, setting = one_of(here, 0)
    lists = setting.list_of(person)
    assert change_to_rank_first(person, first(lists), setting) == ()
    taken = int(np.flatnonzero(here.catalog.trainings.ids == "P1")[0])
    assert change_to_rank_first(person, taken, setting) == ()


def test_a_change_leaves_the_person_s_other_records_as_they_are():
    here = office(**crowd(2))
    person, _ = one_of(here, 3)
    changed = assessed(person, Change(competency=1, level=2.0), ON)
    assert len(changed.assessments.level) == len(person.assessments.level) + 1
    last = np.flatnonzero(changed.assessments.competency == 1)[-1]
    assert (changed.assessments.level[last], changed.assessments.on[last]) == (2.0, np.datetime64(ON))
    assert changed.history is person.history
