import numpy as np
import pytest

from models.service_link import ServiceLink
from recommender.explanation import Context, explain_row, find_grounds
from recommender.person_features import is_short_of_time
from recommender.policy import Policy
from tests.builders import office, rows, trainings


def reasons(here, row=0, links=()):
    lists = here.lists()
    rules = Policy().ranking
    short, full = is_short_of_time(here.workforce, here.on, rules)
    context = Context(is_short_staffed=short, has_full_calendar=full, service_links=links, rules=rules)
    return explain_row(find_grounds(lists, here.workforce, here.catalog, context), row)


def test_reasons_follow_what_is_known_of_each_competency_largest_first():
    here = office(
        requirements=rows("position competency level", "J M.01 2", "J M.02 4", "J M.03 4"),
        assessments=rows("employee competency level assessed_on", "A M.01 1 2025-06-01", "A M.02 1 2019-06-01"),
        **trainings(P1="M.01 2, M.02 4, M.03 5"),
    )
    found = reasons(here)
    names = here.catalog.competencies.ids
    assert [(r.code, str(names[r.competency]), r.levels) for r in found] == [
        ("expired-assessment", "M.02", 3),
        ("closes-deficit", "M.01", 1),
        ("assumed-need", "M.03", pytest.approx(0.4)),
    ]
    assert (found[1].required, found[1].assessed) == (2, 1)
    assert np.isnan(found[2].assessed)


@pytest.mark.parametrize(("ended", "is_said"), [("2024-06-01", True), (None, False)])
def test_a_recommendation_says_that_an_earlier_enrolment_in_it_no_longer_counts(ended, is_said):
    enrolled = rows("employee training training_name end_date status", f"A P1 x {ended} enrolled")
    here = office(**trainings(P1="M.01 3"), **({"history": enrolled} if ended else {}))
    assert ("enrolment-lapsed" in [reason.code for reason in reasons(here)]) is is_said


def test_levels_are_shown_on_the_framework_s_own_scale():
    here = office(
        requirements=rows("position competency level", "J R.01 2"),
        assessments=rows("employee competency level assessed_on", "A R.01 4 2025-06-01"),
        **trainings(P1="R.01 2"),
    )
    one = reasons(here)[0]
    assert (one.code, one.levels, one.required, one.assessed) == ("closes-deficit", 2, 2, 4)


def test_a_blind_spot_is_rated_enough_by_the_person_and_too_low_by_others():
    def spots(own):
        here = office(
            assessments=rows(
                "employee competency level assessed_on method",
                "A M.01 1 2025-06-01 test",
                f"A M.01 {own} 2025-06-01 self",
            ),
            **trainings(P1="M.01 3"),
        )
        return here.lists().candidates.gaps.is_blind_spot.tolist(), [(r.code, r.levels) for r in reasons(here)]

    assert spots(3) == ([True], [("closes-deficit", 2), ("blind-spot", 3)])
    assert spots(2) == ([False], [("closes-deficit", 2)])


def test_a_standard_by_default_an_interest_and_a_lack_of_time_are_said():
    here = office(
        positions=rows("position name position_class", "J Clerk K1"),
        requirements=rows("position competency level"),
        position_defaults=rows("position_class competency level", "K1 M.01 3"),
        units=rows("unit name authorised_staff", "U Unit 4"),
        employees=rows("employee unit", "A U"),
        absences=rows("employee start_date end_date", "A 2026-06-01 2026-12-31"),
        interests=rows("employee training", "A P1"),
        offerings=rows("offering training start_date end_date", "K1 P1 2026-03-01 2026-03-02"),
        **trainings(P1="M.01 3", P2="M.01 3"),
    )
    codes = ["assumed-need", "default-standard", "suits-short-staff", "suits-full-calendar", "asked-for"]
    assert [r.code for r in reasons(here)] == codes
    assert [r.code for r in reasons(here, row=1)] == ["assumed-need", "default-standard"]


def test_only_a_supported_link_to_service_is_a_reason():
    def link(*, is_supported):
        return ServiceLink(
            indicator="complaints",
            effect=2.0,
            lower=1.0,
            upper=4.0,
            rate=0.01,
            n_units=10,
            n_periods=90,
            is_enough=True,
            is_supported=is_supported,
        )

    here = office(**trainings(P1="M.01 3"))
    assert [r.code for r in reasons(here, links=(link(is_supported=False),))] == ["assumed-need"]
    said = reasons(here, links=(link(is_supported=True),))[-1]
    assert (said.code, said.levels, said.indicator) == ("service-effect", 2.0, "complaints")


def test_what_is_explained_is_what_was_ranked():
    here = office(
        requirements=rows("position competency level", "J M.01 3", "J M.03 3"),
        assessments=rows("employee competency level assessed_on", "A M.01 1 2025-06-01", "A M.03 2 2025-06-01"),
        **trainings(P1="M.01 3, M.03 5", P2="M.03 3"),
    )
    lists = here.lists()
    weights, gaps, coverage = here.catalog.competencies.weight, lists.candidates.gaps, lists.candidates.coverage
    covered = coverage.total(coverage.covered * gaps.weight[coverage.gap])[lists.pair]
    for row in range(len(lists.pair)):
        said = sum(r.levels * weights[r.competency] for r in reasons(here, row))
        assert said == pytest.approx(covered[row])
