"""What is believed of levels: planted variances are found, and beliefs are as sure as they say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.gap import find_gaps
from recommender.levels import (
    FEWEST_REPEATED,
    Belief,
    LevelSpread,
    believe,
    believed_once,
    expect,
    found_missing,
    missing,
    one_course,
)
from recommender.policy import GapRules
from tests.builders import ON, office, rows, trainings

PERSON, OWN, ERROR, EXCESS, NOISE = 0.4, 0.6, 0.3, 0.5, 0.5  # standard deviations, but for the excess
MEANS = np.array([-0.2, -0.6, -1.0])


def crowd(n_people, seed, twice=0.6, said=0.5):
    """Return an office whose people's levels are planted, and the levels above the required one."""
    rng = np.random.default_rng(seed)
    names = [f"E{i:04}" for i in range(n_people)]
    above = MEANS + PERSON * rng.normal(size=(n_people, 1)) + OWN * rng.normal(size=(n_people, 3))
    lines = []
    for (i, j), level in np.ndenumerate(3 + above):
        if rng.random() < 0.3:
            continue  # never assessed
        days = ("2023-05-01", "2025-05-01")[: 1 + (rng.random() < twice)]
        about = (names[i], ("M.01", "M.02", "M.03")[j])
        lines += [(*about, level + rng.normal(0, ERROR), day, "assessment-centre") for day in days]
        if rng.random() < said:
            lines.append((*about, level + EXCESS + rng.normal(0, NOISE), "2025-01-01", "self"))
    here = office(
        frameworks=rows("framework name level_min level_max direction", "ASN ASN - - higher"),
        competencies=rows("competency name framework weight", "M.01 A ASN -", "M.02 B ASN -", "M.03 C ASN -"),
        employees=rows("employee", *names),
        requirements=rows("position competency level", "J M.01 3", "J M.02 3", "J M.03 3"),
        assessments=pd.DataFrame(lines, columns=["employee", "competency", "level", "assessed_on", "method"]),
        **trainings(P1="M.01 5"),
    )
    return here, above


def test_planted_variances_are_found():
    here, _ = crowd(2_000, seed=1)
    spread = expect(here.workforce, here.catalog, ON, GapRules()).spread
    assert spread.centre == pytest.approx(MEANS, abs=0.06)
    assert [spread.person, spread.own, spread.error] == pytest.approx([PERSON**2, OWN**2, ERROR**2], abs=0.04)
    assert [spread.excess, spread.noise] == pytest.approx([EXCESS, NOISE**2], abs=0.05)


def test_beliefs_come_closer_than_what_was_found_and_are_as_sure_as_they_say():
    here, above = crowd(2_000, seed=2)
    gaps = find_gaps(here.workforce, here.catalog, ON, GapRules())
    spread = expect(here.workforce, here.catalog, ON, GapRules()).spread
    belief = believe(here.workforce, gaps, ON, spread)
    away = (belief.above - above.ravel()) / belief.spread
    assert away.mean() == pytest.approx(0, abs=0.05)
    assert away.std() == pytest.approx(1, abs=0.05)
    known = ~np.isnan(gaps.assessed)
    found = gaps.assessed - gaps.required
    errors = [np.mean((one - above.ravel())[known] ** 2) for one in (belief.above, found)]
    assert errors[0] < 0.9 * errors[1]
    assert belief.spread[known].max() < belief.spread[~known].mean()


def test_of_one_assessment_alone_the_belief_is_the_same_where_nothing_else_was_written_down():
    spread = LevelSpread(step=np.array([1.0, 25.0]), is_known=True, centre=np.array([-0.5, -0.5]), person=0.0, own=0.4,
                         error=0.1, excess=0.0, noise=np.inf)  # fmt: skip
    belief = believed_once(np.array([-1.5, -37.5]), np.array([0, 1]), spread)
    assert belief.above == pytest.approx(np.array([1, 25]) * (-0.5 - 0.8))
    assert belief.spread == pytest.approx(np.array([1, 25]) * np.sqrt(0.08))
    assert found_missing(belief) == pytest.approx(
        np.array([1, 25]) * missing(np.array([-1.3, -1.3]), np.sqrt([0.18, 0.18]))
    )


def test_too_few_levels_found_twice_leave_levels_as_they_were_found():
    n = FEWEST_REPEATED - 1
    levels = (2, 2.75, 3)
    lines = [f"E{i:03} M.01 {levels[i % 3]} {day}" for i in range(n) for day in ("2024-05-01", "2025-05-01")]
    here = office(
        employees=rows("employee", "A", *(f"E{i:03}" for i in range(n))), **trainings(P1="M.01 3"),
        assessments=rows("employee competency level assessed_on", *lines),
    )  # fmt: skip
    gaps = find_gaps(here.workforce, here.catalog, ON, GapRules())
    spread = expect(here.workforce, here.catalog, ON, GapRules()).spread
    assert not spread.is_known
    belief = believe(here.workforce, gaps, ON, spread)
    assert belief.spread.tolist() == [0] * (n + 1)
    assert belief.above[0] == -GapRules().unknown_deficit  # A was never assessed
    assert belief.above[1:4].tolist() == [-1, -0.25, 0]
    courses = one_course(gaps, belief, here.catalog.trainings, np.array([0, 1, 2, 3]), np.zeros(4, dtype=np.int64))
    assert courses.tolist() == pytest.approx([0.4, 0.4, 0.25, 0])  # what a course teaches, or all that is missing


@settings(max_examples=60)
@given(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 2))
def test_what_is_missing_grows_with_doubt_and_shrinks_with_the_level(above, spread, more):
    low, high = missing(np.array([above, above]), np.array([spread, spread + more]))
    assert low <= high + 1e-9
    assert max(-above, 0) - 1e-9 <= low
    assert missing(np.array([above + more]), np.array([spread]))[0] <= low + 1e-9


@settings(max_examples=8)
@given(st.lists(st.floats(0, 2), min_size=2, max_size=20, unique=True), st.floats(0, 1))
def test_a_course_closes_no_more_than_it_teaches_nor_than_is_missing(lacks, doubt):
    people = [f"E{place:02}" for place in range(len(lacks))]
    here = office(
        frameworks=rows("framework name level_min level_max direction", "ASN ASN - - higher"),
        competencies=rows("competency name framework weight", "M.01 A ASN -"),
        employees=rows("employee", *people), trainings=rows("training name", "P1 P1"),
        training_targets=rows("training competency level_from level_to", "P1 M.01 -9 3"),
        assessments=[{"employee": name, "competency": "M.01", "level": 3 - lack, "assessed_on": "2025-05-01"}
                     for name, lack in zip(people, sorted(lacks), strict=True)],
    )  # fmt: skip
    gaps = find_gaps(here.workforce, here.catalog, ON, GapRules())
    everybody, none = np.arange(len(people)), np.zeros(len(people))
    belief = Belief(above=gaps.assessed - gaps.required, spread=none + doubt, error=none, step=none + 1)
    course = one_course(gaps, belief, here.catalog.trainings, everybody, np.zeros(len(people), dtype=np.int64))
    assert (course <= 0.4 + 1e-12).all()
    assert (course <= missing(belief.above, belief.spread) + 0.05).all()  # quantiles of a normal are coarse
    assert (np.diff(course) >= -1e-12).all()  # each lacks more than the one before


@pytest.mark.parametrize(("lowest", "highest", "closes"), [(1, 5, 0.4), (0, 100, 0.4)])
def test_on_a_longer_scale_a_course_teaches_as_much_of_it_and_counts_alike(lowest, highest, closes):
    here = office(
        frameworks=rows("framework name level_min level_max direction", f"ASN ASN {lowest} {highest} higher"),
        competencies=rows("competency name framework weight", "M.01 A ASN -"), trainings=rows("training name", "P1 P1"),
        requirements=rows("position competency level", f"J M.01 {highest}"),
        assessments=rows("employee competency level assessed_on", f"A M.01 {lowest} 2025-05-01"),
        training_targets=rows("training competency level_from level_to", f"P1 M.01 {lowest} {highest}"),
    )  # fmt: skip
    gaps = find_gaps(here.workforce, here.catalog, ON, GapRules())
    belief = believe(here.workforce, gaps, ON, expect(here.workforce, here.catalog, ON, GapRules()).spread)
    first = np.zeros(1, dtype=np.int64)
    assert one_course(gaps, belief, here.catalog.trainings, first, first).tolist() == pytest.approx([closes])
