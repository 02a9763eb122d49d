from dataclasses import replace

import numpy as np
import pytest

from recommender.demand import wanted_pairs
from recommender.policy import Choice, Mandate
from tests.builders import rows, trainings
from tests.recommender.planning import CLASSES, FREE, demand, small_office
from training_catalog.errors import UnknownIdError


def pairs(here, *mandates, pinned=()):
    employee, training = wanted_pairs(
        here.workforce, here.catalog, replace(FREE, mandates=mandates, pinned=pinned), here.on
    )
    return list(zip(here.workforce.ids[employee].tolist(), here.catalog.trainings.ids[training].tolist(), strict=True))


def test_a_mandate_is_for_the_named_for_a_class_of_positions_or_for_all():
    here = small_office(
        positions=rows("position name position_class", "J Clerk K1", "L Lead K2"),
        employees=rows("employee position unit", "A J U", "B L U", "C - U", "D J U"),
    )
    assert pairs(here, Mandate(training="P1", employees=("A", "C"))) == [("A", "P1"), ("C", "P1")]
    assert pairs(here, Mandate(training="P1", position_classes=("K1",))) == [("A", "P1"), ("D", "P1")]
    assert pairs(here, Mandate(training="P1", employees=("A", "B"), position_classes=("K2",))) == [("B", "P1")]
    assert len(pairs(here, Mandate(training="P1"))) == 4


def test_a_mandate_is_met_by_any_edition_with_a_class_to_come():
    taught = trainings(P1="M.01 3", P1_B="M.01 3", P1_C="M.01 3", P2="M.02 3", P3="M.02 3")
    taught["trainings"]["series"] = [None, "P1", "P1", None, None]
    classes = CLASSES.assign(training=["P1", "P1-B", "P1-C"], start_date=["2026-01-04", "2026-06-04", "2026-07-06"])
    here = small_office(**taught, offerings=classes)
    assert pairs(here, Mandate(training="P1", employees=("A",))) == [("A", "P1-B"), ("A", "P1-C")]


@pytest.mark.parametrize(
    ("mandates", "pinned", "kind"),
    [
        ((Mandate(training="P8"),), (), "training 'P8'"),
        ((Mandate(training="P1", employees=("Z",)),), (), "employee 'Z'"),
        ((Mandate(training="P1", position_classes=("K7",)),), (), "position class 'K7'"),
        ((), (Choice(employee="Z", offering="K1"),), "employee 'Z'"),
        ((), (Choice(employee="A", offering="K8"),), "offering 'K8'"),
    ],
)
def test_a_demand_for_what_does_not_exist_is_an_error_and_never_dropped(mandates, pinned, kind):
    with pytest.raises(UnknownIdError, match=kind):
        pairs(small_office(), *mandates, pinned=pinned)


def test_options_that_close_too_little_are_left_out_unless_demanded():
    strict = replace(FREE, plan=replace(FREE.plan, minimum_benefit=5.0))
    assert len(demand(small_office(), strict).employee) == 0
    demanded = replace(strict, mandates=(Mandate(training="P2", employees=("B",)),))
    found = demand(small_office(), demanded)
    assert (found.employee.tolist(), found.offering.tolist(), found.is_wanted.tolist()) == ([1], [1], [True])


def test_only_classes_of_the_year_are_brought():
    classes = CLASSES.assign(start_date=["2026-12-31", "2027-01-01", "2026-07-06"], end_date="2027-01-02")
    assert sorted(set(demand(small_office(offerings=classes)).offering.tolist())) == [0, 2]


def test_each_person_brings_the_best_by_benefit_and_the_best_for_the_money():
    few = replace(FREE, plan=replace(FREE.plan, options_per_person=2))
    found = demand(small_office(), few)
    assert found.offering[found.employee == 0].tolist() == [0, 2]


def test_shares_of_an_option_s_topics_sum_to_one():
    taught = trainings(P1="M.01 3, M.02 3", P2="M.02 3", P3="M.01 3")
    found = demand(small_office(**taught))
    total = np.add.reduceat(found.topic_share, found.topic_bounds[:-1])
    assert total == pytest.approx(np.ones(len(found.employee)))
    assert found.topic_counts[found.offering == 0].tolist() == [2] * 4
