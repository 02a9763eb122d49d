from dataclasses import replace

import numpy as np
import pytest

from recommender.policy import Choice, Mandate, PlanRules, Policy
from tests.builders import rows
from tests.recommender.planning import CLASSES, FREE, LINES, plan, seats, small_office


def clashes(made):
    return [(c.code, c.subject, c.limit, c.needed, c.people) for c in made.clashes.itertuples()]


def test_a_tiny_plan_fits_on_paper():
    made = plan(small_office())
    # two seats in K1 close 0.38 each; K2 closes 0.38 at 4.5 million from fee and travel, K3 0.14 for nothing
    assert made.totals.status == "optimal"
    assert made.violations == ()
    assert [o for _, o in seats(made)].count("K1") == 2
    assert [o for _, o in seats(made)].count("K2") == 1
    assert made.totals.cost == 2 * 10**6 + 2 * 10**6 + 2_500_000
    assert made.totals.people == 4
    assert made.unmet.empty
    assert made.totals.benefit == pytest.approx(3 * 0.38 + 3 * 0.14)


def test_what_keeping_choices_counts_for_is_in_neither_value_nor_bound():
    here = small_office()
    without = plan(here)
    earlier = (np.array([here.person(e) for e, _ in seats(without)]),
               np.array([here.catalog.offerings.ids.tolist().index(o) for _, o in seats(without)]))  # fmt: skip
    made = plan(here, replace(FREE, plan=replace(FREE.plan, stability_weight=100.0)), earlier=earlier)
    assert seats(made) == seats(without)
    assert made.totals.kept == made.totals.assignments == 6
    assert made.totals.objective == pytest.approx(without.totals.objective)
    assert made.totals.objective <= made.totals.bound == pytest.approx(without.totals.bound, abs=0.05)
    assert made.totals.gap < 0.05
    assert (without.totals.kept, plan(here, earlier=earlier).totals.kept) == (0, 0)


def test_planned_reserve_and_free_are_what_was_available_on_every_line():
    made = plan(small_office(), replace(FREE, plan=replace(FREE.plan, reserve_share=0.1)))
    lines = made.lines
    assert (lines["planned"] + lines["reserve"] + lines["free"]
            == lines["amount"] - lines["reserved"] - lines["spent"]).all()  # fmt: skip
    by_line = lines.set_index("line")
    assert by_line.loc["FEE", "reserve"] == 500_000
    assert by_line.loc["TOP", "planned"] == by_line.loc[["FEE", "TRIP"], "planned"].sum() == made.totals.cost


def test_the_plan_is_the_same_whatever_the_order_of_rows():
    here = small_office()
    turned = {name: frame.iloc[::-1] for name, frame in here.tables.items() if len(frame)}
    one, other = plan(here), plan(small_office(**turned))
    assert seats(one) == seats(other)
    assert one.provenance.workforce == other.provenance.workforce
    assert one.provenance.catalog == other.provenance.catalog


def test_more_budget_never_lowers_the_total():
    totals = []
    for amount in (1_000_000, 2_500_000, 4_000_000, 9_000_000):
        lines = LINES.assign(amount=["100000000", str(amount), "9000000"])
        totals.append(plan(small_office(budgets=lines)).totals.benefit)
    assert totals == sorted(totals)
    assert totals[0] < totals[-1]


def test_who_may_take_nothing_is_told_why_and_not_that_nothing_is_on_offer():
    here = small_office(employees=rows("employee unit status", "A U active", "B U leave", "C U inactive", "D U study"))
    told = plan(here).unmet.set_index("employee")
    assert told[["code", "limit"]].to_numpy().tolist() == [
        ["not-eligible", "on-leave"], ["not-eligible", "inactive"], ["not-eligible", "on-leave"],
    ]  # fmt: skip


def test_who_gets_nothing_is_told_which_limit_binds_and_what_it_takes():
    policy = replace(FREE, plan=replace(FREE.plan, max_trainings=1))
    here = small_office(offerings=CLASSES.iloc[:1], assessments=rows(
        "employee competency level assessed_on", *[f"{e} M.01 {level} 2025-06-01" for e, level in
                                                   (("A", 2), ("B", 2), ("C", 2), ("D", 3))],
    ))  # fmt: skip
    made = plan(here, policy)
    assert seats(made) == [("A", "K1"), ("B", "K1")]
    told = made.unmet.set_index("employee")
    assert told.loc["C", ["code", "limit"]].tolist() == ["seats", "K1"]
    assert told.loc["D", "code"] == "no-offering"


def test_a_mandate_and_a_pin_come_first():
    policy = replace(
        FREE, mandates=(Mandate(training="P2", employees=("D",)),), pinned=(Choice(employee="C", offering="K1"),)
    )
    made = plan(small_office(), policy)
    assert {("D", "K2"), ("C", "K1")} <= set(seats(made))
    flags = made.assignments.set_index(["employee", "offering"])
    assert flags.loc[("D", "K2"), "mandatory"]
    assert flags.loc[("C", "K1"), "pinned"]
    assert clashes(made) == []


def test_a_mandate_that_nobody_could_meet_is_named_and_never_forgotten():
    here = small_office(
        offerings=CLASSES.iloc[1:],
        employees=rows("employee unit status", "A U active", "B U leave", "C U retired", "D U active"),
        history=rows("employee training end_date", "D P1 2025-05-05"),
    )
    made = plan(here, replace(FREE, mandates=(Mandate(training="P1"),)))
    assert made.totals.status == "infeasible"
    assert clashes(made) == [("no-offering", "P1", "", 1, "A"), ("not-eligible", "P1", "on-leave", 1, "B")]


def test_a_pin_that_cannot_hold_is_named():
    here = small_office(absences=rows("employee start_date end_date", "A 2026-05-04 2026-05-04"))
    made = plan(here, replace(FREE, pinned=(Choice(employee="A", offering="K1"),)))
    assert made.totals.status == "infeasible"
    assert clashes(made) == [("no-offering", "P1", "K1", 1, "A")]


def test_a_mandate_that_exceeds_the_budget_is_named_with_its_shortfall():
    made = plan(small_office(offerings=CLASSES.iloc[:2]), replace(FREE, mandates=(Mandate(training="P2"),)))
    assert made.totals.status == "infeasible"
    found = made.clashes.iloc[0]
    assert (found.code, found.subject, found.limit) == ("budget", "P2", "FEE")
    assert found.needed > found.available


@pytest.mark.parametrize(("seconds", "warned"), [(1e6, set()), (0.0, {"demands-not-proved"})])
def test_a_mandate_given_up_for_want_of_time_is_told_apart_from_one_that_cannot_be_met(seconds, warned):
    here = small_office(offerings=CLASSES.iloc[:2])
    made = plan(here, replace(FREE, mandates=(Mandate(training="P2"),)), seconds=seconds)
    assert made.totals.status == "infeasible"
    assert {code for code, _ in made.warnings} == warned


def test_the_advanced_class_comes_after_the_first_one_of_the_same_plan():
    here = small_office(prerequisites=rows("training requires", "P2 P1"), budgets=LINES.assign(amount="90000000"))
    made = seats(plan(here))
    assert {e for e, o in made if o == "K2"} <= {e for e, o in made if o == "K1"}
    turned = small_office(
        prerequisites=rows("training requires", "P2 P1"),
        offerings=CLASSES.assign(start_date=["2026-08-01", "2026-06-04", "2026-07-06"], end_date="2026-08-02"),
    )
    assert "K2" not in {o for _, o in seats(plan(turned))}


def test_the_provenance_makes_the_plan_again():
    made = plan(small_office())
    p = made.provenance
    assert (p.model, p.model_state, p.year) == ("rule", "rule", 2026)
    assert p.policy != plan(small_office(), Policy(plan=PlanRules(max_trainings=1))).provenance.policy
    assert '"max_trainings": 3' in p.rules


def test_what_the_planner_should_know_is_a_warning():
    lines = rows("line year unit account amount", "FEE 2026 U 5.1 6000000")
    classes = CLASSES.assign(fixed_cost=["1", "0", "0"], budget_line=["X", None, None])
    made = plan(small_office(budgets=lines, price_book=rows("item region amount"), offerings=classes))
    assert made.warnings == (("no-price", "Jawa Barat"), ("no-line-for-class", "K1"))


def test_a_plan_counts_the_enrolments_that_no_longer_count():
    began = rows("employee training training_name end_date status", "A P1 x 2024-03-28 enrolled",
                 "B P1 x 2023-03-28 enrolled", "B P2 y 2026-01-28 enrolled")  # fmt: skip
    assert plan(small_office(history=began)).warnings == (("lapsed-enrolment", "2"),)
    assert plan(small_office(history=began.iloc[2:])).warnings == ()


def test_an_office_without_any_class_gets_an_answer():
    made = plan(small_office(offerings=CLASSES.iloc[:0]))
    assert made.totals.assignments == 0
    assert made.totals.cost == 0
    assert set(made.unmet["code"]) == {"no-offering"}
    assert len(made.unmet) == 4


@pytest.mark.parametrize("lines", [[], ["FEE 2025 U 5.1 APBD 6000000 - - -"]])
def test_without_a_budget_of_the_year_what_costs_nothing_is_planned_and_the_plan_says_so(lines):
    columns = "line year unit account funding_source amount reserved spent parent"
    made = plan(small_office(budgets=rows(columns, *lines)))
    assert seats(made) == [(person, "K3") for person in "ABCD"]
    assert (made.totals.cost, made.violations, len(made.lines)) == (0, (), 0)
    assert ("no-budget", "2026") in made.warnings
    assert "no-budget" not in dict(plan(small_office()).warnings)
