from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.candidates import assessment_age_years
from recommender.gap import GapState, expected_deficits, find_gaps, job_person_match
from recommender.policy import GapRules
from tests.builders import ON, office, rows
from tests.examples import tries

STANDARD = rows("position competency level", "J M.01 3", "J M.02 3", "J M.03 2")
LEVELS = st.one_of(st.none(), st.integers(1, 5))


def assessed(*lines):
    return rows("employee competency level assessed_on", *lines)


def of(gaps, here, employee):
    mine = np.flatnonzero(gaps.employee == here.person(employee))
    return {str(here.catalog.competencies.ids[gaps.competency[i]]): int(i) for i in mine}


def test_a_surplus_in_one_competency_never_hides_a_deficit_in_another():
    here = office(
        requirements=STANDARD,
        assessments=assessed("A M.01 5 2025-06-01", "A M.02 1 2025-06-01", "A M.03 2 2025-06-01"),
    )
    gaps = here.gaps()
    row = of(gaps, here, "A")
    assert [gaps.deficit[row[c]] for c in ("M.01", "M.02", "M.03")] == [0, 2, 0]
    assert [GapState(gaps.state[row[c]]).name for c in ("M.01", "M.02", "M.03")] == ["MET", "DEFICIT", "MET"]
    assert gaps.needs().toarray()[0].tolist() == [0, 2, 0, 0]


def test_never_assessed_is_a_state_and_a_real_zero_is_a_level():
    scale = rows("framework name level_min level_max direction", "ASN ASN 0 5 higher")
    here = office(
        frameworks=scale,
        requirements=rows("position competency level", "J M.01 3", "J M.02 3"),
        employees=rows("employee", "A", "B", "C"),
        assessments=assessed("A M.01 3 2025-06-01", "A M.02 - 2025-06-01", "B M.01 0 2025-06-01"),
    )
    gaps = here.gaps(expected=None)
    known = {(str(here.workforce.ids[gaps.employee[i]]), str(here.catalog.competencies.ids[gaps.competency[i]])):
             gaps.deficit[i] for i in np.flatnonzero(gaps.state != GapState.NEVER_ASSESSED)}  # fmt: skip
    assert known == {("A", "M.01"): 0.0, ("B", "M.01"): 3.0}
    unknown = gaps.state == GapState.NEVER_ASSESSED
    assert np.isnan(gaps.deficit[unknown]).all()
    assert (gaps.need[unknown] == GapRules().unknown_deficit * 5 / 4).all()  # of 0 to 5, not of 1 to 5


def test_an_assessment_expires_after_its_years_and_keeps_its_level():
    here = office(assessments=assessed("A M.01 1 2022-01-01"))
    gaps = here.gaps()
    assert (gaps.state[0], gaps.deficit[0], gaps.need[0]) == (GapState.EXPIRED, 2, 2)
    longer = find_gaps(here.workforce, here.catalog, ON, GapRules(validity_years=10))
    assert longer.state[0] == GapState.DEFICIT


def test_an_assessment_of_unknown_day_is_expired_and_shows_no_day():
    here = office(requirements=STANDARD, assessments=assessed("A M.01 2 -"))
    gaps = here.gaps()
    i = of(gaps, here, "A")["M.01"]
    assert (gaps.state[i], gaps.assessed[i], gaps.deficit[i]) == (GapState.EXPIRED, 2, 1)
    assert np.isnat(gaps.assessed_on[i])
    assert np.isnan(assessment_age_years(gaps, ON)[i])


def test_the_last_assessment_counts_and_a_later_day_is_not_known_yet():
    here = office(assessments=assessed("A M.01 1 2024-01-01", "A M.01 2 2025-01-01", "A M.01 3 2026-02-02"))
    assert here.gaps().assessed.tolist() == [2]


def test_on_one_day_the_more_rigorous_method_counts():
    found = rows(
        "employee competency level assessed_on method",
        "A M.01 2 2025-01-01 assessment-centre",
        "A M.01 5 2025-01-01 supervisor",
        "A M.01 1 2024-12-31 test",
    )
    assert office(assessments=found).gaps().assessed.tolist() == [2]


def test_a_self_rating_is_reported_and_never_taken_for_an_assessment():
    found = rows(
        "employee competency level assessed_on method",
        "A M.01 1 2024-01-01 test",
        "A M.01 4 2025-01-01 self",
        "B M.01 5 2025-01-01 self",
    )
    gaps = office(employees=rows("employee", "A", "B"), assessments=found).gaps()
    assert gaps.assessed[0] == 1
    assert np.isnan(gaps.assessed[1])
    assert gaps.self_rated.tolist() == [4, 5]
    assert gaps.state.tolist() == [GapState.DEFICIT, GapState.NEVER_ASSESSED]


def test_where_a_lower_level_is_better_a_lower_one_is_no_gap():
    here = office(
        requirements=rows("position competency level", "J R.01 2"),
        employees=rows("employee", "A", "B"),
        assessments=assessed("A R.01 1 2025-01-01", "B R.01 4 2025-01-01"),
    )
    assert here.gaps().deficit.tolist() == [0, 2]


def test_nothing_assumes_a_scale_of_five():
    scale = rows("framework name level_min level_max direction", "ASN ASN 1 10 higher")
    here = office(
        frameworks=scale,
        requirements=rows("position competency level", "J M.01 9"),
        assessments=assessed("A M.01 8 2025-01-01"),
    )
    assert here.gaps().deficit.tolist() == [1]


def test_a_quarter_of_any_scale_counts_as_one_level_of_five_unless_the_office_says_otherwise():
    scales = rows("framework name level_min level_max direction", "ASN ASN 1 5 higher", "HUN Hundred 0 100 higher",
                  "TOP Rank 1 9 lower", "NO None - - higher")  # fmt: skip
    here = office(
        frameworks=scales,
        competencies=rows(
            "competency name framework weight", "A A ASN -", "H H HUN -", "T T TOP -", "N N NO -", "W W HUN 1"
        ),
        requirements=rows("position competency level", "J A 3", "J H 80", "J T 2", "J N 3", "J W 80"),
        assessments=assessed(
            "A A 2 2025-01-01", "A H 55 2025-01-01", "A T 4 2025-01-01", "A N 2 2025-01-01", "A W 55 2025-01-01"
        ),
    )
    gaps = here.gaps()
    row = of(gaps, here, "A")
    assert {c: gaps.deficit[i] for c, i in row.items()} == {"A": 1, "H": 25, "T": 2, "N": 1, "W": 25}
    assert {c: (gaps.need * gaps.weight)[i] for c, i in row.items()} == {"A": 1, "H": 1, "T": 1, "N": 1, "W": 25}


def test_what_is_assumed_for_the_never_assessed_is_the_mean_of_their_own_class():
    here = office(
        positions=rows("position name position_class", "J Clerk K1", "L Lead K2", "N Other -"),
        requirements=rows("position competency level", "J M.01 3", "L M.01 4", "N M.01 5"),
        employees=rows("employee position", "A J", "B J", "C J", "D L", "E N"),
        assessments=assessed("A M.01 1 2025-01-01", "B M.01 2 2025-01-01", "D M.01 1 2025-01-01"),
    )
    expected = expected_deficits(here.gaps(), here.workforce, here.catalog)
    need = here.gaps(expected=expected).need
    assert need[here.person("C")] == 1.5
    assert need[here.person("E")] == GapRules().unknown_deficit


def test_what_is_assumed_is_never_more_than_the_scale_holds():
    here = office(requirements=rows("position competency level", "J M.01 1"))
    assert here.gaps().need.tolist() == [0]


def test_a_person_without_a_position_or_standard_has_no_gaps():
    here = office(employees=rows("employee position", "A J", "B -", "C nowhere"))
    assert np.diff(here.gaps().bounds).tolist() == [1, 0, 0]


def test_job_person_match_is_assessed_over_required_and_at_most_a_hundred():
    here = office(
        requirements=rows("position competency level", "J M.01 3", "J M.02 3"),
        employees=rows("employee", "A", "B", "C"),
        assessments=assessed("A M.01 5 2025-01-01", "A M.02 1 2025-01-01", "B M.01 5 2025-01-01"),
    )
    gaps = here.gaps()
    match = job_person_match(gaps, here.catalog)
    assert match[:2].tolist() == [100, 100]
    assert np.isnan(match[2])
    assert job_person_match(gaps, here.catalog, cap_each=True)[0] == pytest.approx(100 * 4 / 6)


def test_job_person_match_adds_levels_of_unlike_scales_in_proportion():
    here = office(
        frameworks=rows("framework name level_min level_max direction", "ASN ASN 1 5 higher", "T Test 0 100 higher"),
        competencies=rows("competency name framework", "M.01 Integrity ASN", "T.01 Typing T"),
        requirements=rows("position competency level", "J M.01 4", "J T.01 50"),
        assessments=assessed("A M.01 2 2025-01-01", "A T.01 50 2025-01-01"),
    )
    assert job_person_match(here.gaps(), here.catalog).tolist() == [pytest.approx(100 * (2 + 2) / (4 + 2))]


def test_job_person_match_leaves_out_frameworks_where_lower_is_better():
    here = office(
        requirements=rows("position competency level", "J M.01 4", "J R.01 1"),
        assessments=assessed("A M.01 2 2025-01-01", "A R.01 5 2025-01-01"),
    )
    assert job_person_match(here.gaps(), here.catalog).tolist() == [50]


@given(st.lists(LEVELS, min_size=3, max_size=3), st.integers(0, 2), st.booleans())
@settings(max_examples=tries(15, 40))
def test_a_higher_assessed_level_never_widens_a_gap(levels, which, lower_is_better):
    if lower_is_better:
        standard = rows("position competency level", "J R.01 2")
        names, which = ["R.01"], 0
    else:
        standard, names = STANDARD, ["M.01", "M.02", "M.03"]
    found = [f"A {c} {level} 2025-01-01" for c, level in zip(names, levels, strict=False) if level]
    here = office(requirements=standard, assessments=assessed(*found))
    before = here.gaps()
    records = here.workforce.assessments
    if not len(records.level):
        return
    raised = records.level.copy()
    raised[which % len(raised)] += 1
    better = replace(here.workforce, assessments=replace(records, level=raised))
    after = find_gaps(better, here.catalog, ON, GapRules())
    assert (np.nan_to_num(after.deficit) <= np.nan_to_num(before.deficit)).all()
    assert (after.need >= 0).all()
    assert (after.state[np.isnan(after.assessed)] == GapState.NEVER_ASSESSED).all()
