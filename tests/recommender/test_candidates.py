from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.candidates import cover, describe_pairs, find_candidates, pairs_with_need
from recommender.catalog_day import teaching_of
from recommender.eligibility import REASONS
from recommender.policy import Policy, RankingRules
from tests.builders import office, rows, trainings

BELOW = rows("employee competency level assessed_on", "A M.01 1 2025-06-01")


def candidates(here, policy=None, **keywords):
    return find_candidates(here.workforce, here.catalog, here.gaps(), here.on, policy or Policy(), **keywords)


def codes(here, found):
    return here.catalog.trainings.ids[found.training].tolist()


def test_what_the_rule_expects_fits_on_paper():
    here = office(assessments=BELOW, **trainings(P2="M.01 2", P3="M.01 3", P4="M.01 5"))
    found = candidates(here)
    benefit = dict(zip(codes(here, found), found.rule_benefit, strict=True))
    # at 1, required 3, classroom 0.4: one level that fits; two levels, entry one too high; two, entry three too high
    assert benefit == pytest.approx({"P2": 0.4, "P3": 2 * 0.5 * 0.4, "P4": 2 * 0.125 * 0.4})
    assert codes(here, found) == ["P2", "P3", "P4"]
    assert found.coverage.covered.tolist() == [1, 2, 2]


def test_a_training_that_closes_none_of_the_gaps_is_no_candidate():
    here = office(
        requirements=rows("position competency level", "J M.01 3", "J M.02 3"),
        assessments=rows("employee competency level assessed_on", "A M.01 1 2025-06-01", "A M.02 5 2025-06-01"),
        **trainings(HELPS="M.01 2", SURPLUS="M.02 5", OTHER="M.03 3", NOTHING="", BELOW="M.01 1"),
    )
    assert codes(here, candidates(here)) == ["HELPS"]


def test_each_person_keeps_the_best_by_the_rule_and_ties_go_to_the_lower_code():
    here = office(assessments=BELOW, **trainings(P3="M.01 2", P1="M.01 2", P2="M.01 2", P0="M.01 5"))
    assert codes(here, candidates(here, Policy(ranking=RankingRules(n_candidates=2)))) == ["P1", "P2"]


def test_the_left_out_keep_their_reason_and_only_where_they_would_help():
    here = office(
        assessments=BELOW,
        **trainings(P1="M.01 2", P2="M.01 3", P3="M.02 3"),
        prerequisites=rows("training requires", "P2 P1"),
        history=rows("employee training end_date", "A P3 2025-01-01"),
    )
    found = candidates(here)
    assert codes(here, found) == ["P1"]
    left = found.left_out
    assert [REASONS[r] for r in left.reason] == ["prerequisite-missing"]
    assert here.catalog.trainings.ids[left.training].tolist() == ["P2"]
    assert here.catalog.trainings.ids[left.requires].tolist() == ["P1"]


@pytest.mark.parametrize(("status", "waits"), [("open", True), ("cancelled", False)])
def test_a_pair_waits_for_its_prerequisite_only_where_that_is_on_offer(status, waits):
    here = office(
        assessments=BELOW,
        **trainings(P1="M.01 2", P2="M.01 3"),
        prerequisites=rows("training requires", "P2 P1"),
        offerings=rows("offering training start_date end_date status", f"K1 P1 2026-05-01 2026-05-02 {status}"),
    )
    found = candidates(here)
    assert (here.training("P1") in found.needs_first) == waits


def test_a_prerequisite_is_on_offer_in_any_edition():
    taught = trainings(P1="M.01 2", P1_2026="M.01 2", P2="M.01 3")
    taught["trainings"]["series"] = [None, "P1", None]
    here = office(
        assessments=BELOW,
        **taught,
        prerequisites=rows("training requires", "P2 P1"),
        offerings=rows("offering training start_date end_date", "K1 P1-2026 2026-05-01 2026-05-02"),
    )
    assert here.training("P1") in candidates(here).needs_first


def test_what_the_planner_wants_stays_whatever_it_closes():
    here = office(assessments=BELOW, **trainings(P1="M.01 2", P2="M.02 3"))
    wanted = (np.array([0]), np.array([here.training("P2")]))
    found = candidates(here, wanted=wanted)
    assert dict(zip(codes(here, found), found.is_wanted, strict=True)) == {"P1": False, "P2": True}


def test_given_pairs_are_described_as_they_stand():
    here = office(assessments=BELOW, **trainings(P1="M.01 2", P2="M.02 3"))
    found = describe_pairs(here.gaps(), here.catalog, np.array([0, 0]), np.array([1, 0]))
    assert found.rule_benefit.tolist() == [0, 0.4]


def test_taking_some_pairs_of_a_coverage_takes_their_rows():
    here = office(
        requirements=rows("position competency level", "J M.01 3", "J M.02 3"),
        **trainings(P1="M.01 3, M.02 3", P2="M.02 3", P3=""),
    )
    whole = cover(here.gaps(), here.catalog.trainings, np.zeros(3, dtype=np.int64), np.arange(3))
    part = whole.take(np.array([2, 0]))
    assert np.diff(part.bounds).tolist() == [0, 2]
    assert part.gap.tolist() == [0, 1]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["M.01", "M.02"]), st.integers(1, 5)), min_size=1, max_size=6),
)
@settings(max_examples=30)
def test_what_is_covered_lies_between_nothing_and_the_need(people, taught):
    here = office(
        employees=rows("employee", *[f"E{i}" for i in range(len(people))]),
        requirements=rows("position competency level", "J M.01 4", "J M.02 3"),
        assessments=rows(
            "employee competency level assessed_on",
            *[f"E{i} {c} {level} 2025-01-01" for i, pair in enumerate(people)
              for c, level in zip(("M.01", "M.02"), pair, strict=True)],
        ),
        **trainings(**{f"P{i}": f"{c} {level}" for i, (c, level) in enumerate(taught)}),
    )  # fmt: skip
    gaps = here.gaps()
    employee, training = pairs_with_need(gaps, teaching_of(here.catalog.trainings, gaps.n_competencies))
    coverage = cover(gaps, here.catalog.trainings, employee, training)
    need = gaps.need[coverage.gap]
    assert (coverage.covered >= 0).all()
    assert (coverage.covered <= need).all()
    assert (coverage.closes <= coverage.covered).all()
    assert (np.diff(coverage.bounds) >= 1).all()


def test_raising_a_requirement_never_lowers_what_a_training_is_expected_to_close():
    levels = range(1, 6)
    each = [(asked, level) for asked in levels for level in levels]
    here = office(
        positions=rows("position name", *[f"J{asked} Clerk" for asked in levels]),
        employees=rows("employee position", *[f"E{asked}{level} J{asked}" for asked, level in each]),
        requirements=rows("position competency level", *[f"J{asked} M.01 {asked}" for asked in levels]),
        assessments=rows(
            "employee competency level assessed_on", *[f"E{a}{level} M.01 {level} 2025-06-01" for a, level in each]
        ),
        **trainings(**{f"P{level_to}": f"M.01 {level_to}" for level_to in levels}),
    )
    people, courses = np.repeat(np.arange(25), 5), np.tile(np.arange(5), 25)
    benefit = describe_pairs(here.gaps(), here.catalog, people, courses).rule_benefit.reshape(5, 5, 5)
    assert (np.diff(benefit, axis=0) >= 0).all()
    assert (benefit[4] > benefit[0]).any()


def test_a_raised_requirement_never_lowers_the_place_of_a_training_that_teaches_it():
    taught = trainings(P1="M.01 4", P2="M.02 3", P3="M.02 4")
    found = rows("employee competency level assessed_on", "A M.01 2 2025-06-01", "A M.02 1 2025-06-01")
    place = []
    for asked in (3, 4, 5):
        standard = rows("position competency level", f"J M.01 {asked}", "J M.02 4")
        ranked = office(requirements=standard, assessments=found, **taught).ranked("A")
        place.append(ranked.index("P1"))
    assert place == sorted(place, reverse=True)


def test_the_order_in_which_rows_come_changes_nothing():
    taught = trainings(P1="M.01 2", P2="M.01 3, M.02 3", P3="M.02 4")
    given = {
        "employees": rows("employee position", "A J", "B J", "C J"),
        "requirements": rows("position competency level", "J M.01 3", "J M.02 4"),
        "assessments": rows("employee competency level assessed_on", "A M.01 1 2025-06-01", "B M.02 1 2025-06-01"),
        **taught,
    }
    here = office(**given)
    turned = office(**{name: frame.iloc[::-1].reset_index(drop=True) for name, frame in given.items()})
    assert turned.catalog.version == here.catalog.version
    one, other = candidates(here), candidates(turned)
    assert one.training.tolist() == other.training.tolist()
    assert one.rule_benefit.tolist() == other.rule_benefit.tolist()
    assert replace(one.coverage, bounds=other.coverage.bounds).closes.tolist() == other.coverage.closes.tolist()
