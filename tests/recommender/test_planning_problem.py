from dataclasses import replace

import numpy as np
import pytest

from recommender.learning_hours import hours_taken
from recommender.policy import Choice, Mandate, MoneyFor
from tests.builders import rows, trainings
from tests.recommender.planning import CLASSES, FREE, plan, problem, seats, small_office


def named(built):
    """Return each option as person, class and what every line pays."""
    p = built.problem
    charges = p.options.charges.toarray()
    return [
        (str(p.people.ids[e]), str(p.classes.ids[o]),
         {str(p.lines.ids[i]): int(charges[row, i]) for i in np.flatnonzero(charges[row])})
        for row, (e, o) in enumerate(zip(p.options.employee, p.options.offering, strict=True))
    ]  # fmt: skip


def test_fee_and_travel_are_charged_to_their_own_lines():
    found = named(problem(small_office()))
    assert found[:3] == [
        ("A", "K1", {"FEE": 1_000_000}),
        ("A", "K2", {"FEE": 2_000_000, "TRIP": 2 * 100_000 + 1_500_000 + 2 * 400_000}),
        ("A", "K3", {}),
    ]
    assert len(found) == 12
    lines = problem(small_office()).problem.lines
    assert dict(zip(lines.ids.tolist(), lines.amount.tolist(), strict=True))["FEE"] == 5_000_000


def test_a_second_funding_source_is_an_alternative_option():
    more = rows(
        "line year unit account funding_source amount",
        "FEE1 2026 U 5.1 APBD 6000000",
        "FEE2 2026 U 5.1 DAK 6000000",
        "FEE3 2026 U 5.1 BLUD 6000000",
        "TRIP 2026 U 5.2 APBD 6000000",
    )
    found = named(problem(small_office(budgets=more)))
    assert [lines for e, o, lines in found if (e, o) == ("A", "K1")] == [{"FEE1": 10**6}, {"FEE2": 10**6}]


def test_what_no_line_may_pay_is_named_and_offered_to_nobody():
    only_fees = rows("line year unit account amount", "FEE 2026 U 5.1 6000000")
    built = problem(small_office(budgets=only_fees))
    assert {o for _, o, _ in named(built)} == {"K1", "K3"}
    assert len(built.unpayable) == 4


def test_a_fixed_cost_goes_to_the_class_s_line_or_to_the_office_s_own():
    office_line = rows(
        "line year unit account amount", "ALL 2026 - 5.1 9000000", "OWN 2026 U 5.1 9000000", "TRIP 2026 U 5.2 9000000"
    )
    classes = CLASSES.assign(fixed_cost=[10, 20, 30], budget_line=["OWN", None, "GONE"])
    built = problem(small_office(budgets=office_line, offerings=classes))
    found = built.problem.classes
    payer = {str(c): str(built.problem.lines.ids[i]) for c, i in zip(found.ids, found.line, strict=True)}
    assert payer == {"K1": "OWN", "K2": "ALL"}
    assert built.unopenable.tolist() == [2]


def test_hours_of_the_year_count_against_floor_and_cap():
    here = small_office(
        employees=rows("employee unit employment_type", "A U PNS", "B U PPPK", "C U other", "D U PPPK"),
        history=rows(
            "employee training training_name end_date status hours",
            "A P1 x 2026-01-15 completed 8",
            "A - y 2026-03-15 enrolled 4",
            "A - z 2026-01-20 cancelled 9",
            "B P3 x 2025-12-31 completed 7",
            "D - x 2026-01-15 completed 30",
        ),
    )
    assert hours_taken(here.workforce, here.catalog, 2026).tolist() == [12, 0, 0, 30]
    people = problem(here).problem.people
    assert people.hours_floor.tolist() == [8, 0, 0, 0]
    assert people.hours_cap.tolist() == [np.inf, 24, np.inf, 0]


def test_mandates_and_pins_reach_the_problem_and_exclusions_leave_it():
    policy = replace(
        FREE,
        mandates=(Mandate(training="P2", employees=("B",)),),
        pinned=(Choice(employee="C", offering="K1"),),
        excluded=(Choice(employee="A", offering="K3"), Choice(employee="nobody", offering="K3")),
    )
    built = problem(small_office(), policy)
    options, found = built.problem.options, named(built)
    assert [found[i][:2] for i in np.flatnonzero(options.is_mandatory)] == [("B", "K2")]
    assert [found[i][:2] for i in np.flatnonzero(options.is_pinned)] == [("C", "K1")]
    assert ("A", "K3") not in [row[:2] for row in found]
    assert len(found) == 11


def test_a_pin_is_met_whichever_funding_source_pays():
    more = rows(
        "line year unit account funding_source amount", "FEE1 2026 U 5.1 APBD 10", "FEE2 2026 U 5.1 DAK 6000000"
    )
    policy = replace(FREE, pinned=(Choice(employee="C", offering="K1"),))
    here = small_office(budgets=more)
    assert problem(here, policy).problem.options.is_pinned.sum() == 2
    made = plan(here, policy)
    assert made.totals.status == "optimal"
    assert made.assignments.set_index(["employee", "offering"]).loc[("C", "K1"), "fee_line"] == "FEE2"


def test_a_pin_to_one_class_does_not_demand_another_of_its_training():
    twice = rows(
        "offering training start_date end_date mode city province seat_cost seats_min seats_max",
        "K1 P1 2026-05-04 2026-05-05 - - - 1000000 - 2",
        "K1B P1 2026-06-04 2026-06-05 - - - 1000000 - 2",
    )
    here = small_office(offerings=twice)
    for mandates in ((), (Mandate(training="P1", employees=("C",)),)):
        policy = replace(FREE, mandates=mandates, pinned=(Choice(employee="C", offering="K1B"),))
        made = plan(here, policy)
        assert made.totals.status == "optimal"
        assert ("C", "K1B") in seats(made)
        assert made.violations == ()


def test_a_prerequisite_binds_who_lacks_it_and_is_waived_for_who_has_it():
    here = small_office(
        prerequisites=rows("training requires", "P2 P1"),
        history=rows("employee training end_date", "B P1 2025-05-05"),
    )
    built = problem(here)
    one, two = here.training("P1"), here.training("P2")
    assert built.problem.rules.prerequisites == ((two, one),)
    assert built.problem.rules.waived == {(here.person("B"), two)}


def test_editions_are_one_training_and_earmarks_are_topics():
    taught = trainings(P1="M.01 3", P1_B="M.01 3", P2="M.02 3", P3="M.02 3")
    taught["trainings"]["series"] = [None, "P1", None, None]
    taught["trainings"]["topic"] = ["it", None, "it", "law"]
    classes = CLASSES.assign(training=["P1", "P1-B", "P3"])
    policy = replace(FREE, earmarks=(MoneyFor(name="it", topics=("it",), at_most=5),))
    here = small_office(**taught, offerings=classes)
    built = problem(here, policy)
    assert built.problem.classes.training.tolist() == [0, 0, here.training("P3")]
    assert built.problem.rules.earmarks[0].trainings == (here.training("P1"), here.training("P2"))


def test_choices_of_an_earlier_plan_are_marked():
    here = small_office()
    built = problem(here, earlier=(np.array([here.person("D")]), np.array([0])))
    found = named(built)
    assert [found[i][:2] for i in np.flatnonzero(built.problem.options.was_chosen)] == [("D", "K1")]


@pytest.mark.parametrize(("wanted", "width"), [(True, 4), (False, 0)])
def test_one_training_for_each_deficit_is_a_rule_that_can_be_waived(wanted, width):
    policy = replace(FREE, plan=replace(FREE.plan, one_training_per_deficit=wanted))
    assert problem(small_office(), policy).problem.options.addresses.shape == (12, width)
