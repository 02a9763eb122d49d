import numpy as np
import pytest

from models.features import FEATURE_NAMES
from recommender.levels import unknown_spread
from recommender.outcomes import gather_outcomes
from recommender.policy import GapRules
from recommender.unaided import find_unaided_closing, unaided_closing
from tests.builders import ON, office, rows, trainings


def took(*lines):
    return rows("employee training start_date end_date status pre_score post_score", *lines)


def found(*lines):
    return rows("employee competency level assessed_on", *lines)


def outcomes(**given):
    here = office(**{**trainings(P1="M.01 3", P2="M.01 3, M.02 3"), **given})
    return gather_outcomes(here.workforce, here.catalog, here.on, GapRules())


def test_what_closed_is_the_next_assessment_less_the_one_before():
    result = outcomes(
        history=took("A P1 2025-03-20 2025-03-28 completed 40 70"),
        assessments=found("A M.01 1 2025-01-01", "A M.01 2 2025-09-01"),
    )
    assert result.gain.tolist() == [1]
    assert result.was_completed.tolist() == [1]
    assert result.score_gain.tolist() == [30]
    assert result.on.astype(str).tolist() == ["2025-03-28"]


def test_a_level_found_later_than_the_window_or_never_before_measures_nothing():
    late = outcomes(
        history=took("A P1 2022-03-20 2022-03-28 completed - -"),
        assessments=found("A M.01 1 2022-01-01", "A M.01 3 2024-01-01"),
    )
    assert np.isnan(late.gain).all()
    never = outcomes(history=took("A P1 2025-03-20 2025-03-28 completed - -"), assessments=found("A M.01 3 2025-09-01"))
    assert np.isnan(never.gain).all()
    half = outcomes(
        requirements=rows("position competency level", "J M.01 3", "J M.02 3"),
        history=took("A P2 2025-03-20 2025-03-28 completed - -"),
        assessments=found("A M.01 1 2025-01-01", "A M.02 1 2025-01-01", "A M.01 2 2025-09-01"),
    )
    assert np.isnan(half.gain).all()


def test_an_assessment_after_the_day_is_not_known_yet():
    result = outcomes(
        history=took("A P1 2025-12-20 2025-12-28 completed - -"),
        assessments=found("A M.01 1 2025-01-01", "A M.01 3 2026-02-02"),
    )
    assert np.isnan(result.gain).all()


def test_cancelled_and_future_ones_are_left_out_and_the_failed_did_not_complete():
    result = outcomes(
        employees=rows("employee", "A", "B", "C", "D", "E"),
        history=took("A P1 2025-03-20 2025-03-28 completed - -", "B P1 2025-03-20 2025-03-28 cancelled - -",
                     "C P1 2025-03-20 2025-03-28 failed 40 50", "D P1 2025-03-20 2025-03-28 withdrawn - -",
                     "E P1 2026-03-20 2026-12-31 completed - -"),
    )  # fmt: skip
    assert result.was_completed.tolist() == [1, 0, 0]
    assert np.isnan(result.gain).all()
    assert np.isnan(result.score_gain[1])


def test_a_pair_is_described_by_what_was_known_before_it_began():
    columns = {name: i for i, name in enumerate(FEATURE_NAMES)}
    result = outcomes(
        history=took("A P1 2025-05-20 2025-05-28 completed - -", "A P1 2025-08-20 2025-08-28 completed - -"),
        assessments=found("A M.01 1 2025-01-01", "A M.01 2 2025-07-01", "A M.01 3 2025-12-01"),
    )
    assert result.features[:, columns["person_deficit"]].tolist() == [2, 1]
    assert result.features[:, columns["n_completed"]].tolist() == [0, 1]


def test_what_closes_unaided_is_taken_off():
    crowd = [f"E{i:02}" for i in range(40)]
    lines = [f"{e} M.01 {level} {day}" for e in crowd for level, day in ((1, "2023-01-01"), (2, "2024-01-01"))]
    here = office(
        employees=rows("employee", "A", *crowd), **trainings(P1="M.01 3"),
        history=took("A P1 2025-03-20 2025-03-28 completed - -"),
        assessments=found(*lines, "A M.01 1 2025-01-01", "A M.01 3 2025-09-01"),
    )  # fmt: skip
    unaided = find_unaided_closing(here.workforce, here.catalog, ON, unknown_spread(here.catalog.competencies))
    assert unaided[:3].tolist() == [0, 0.5, 1]  # of two levels one closed unaided; the share, for other deficits
    gain = gather_outcomes(here.workforce, here.catalog, ON, GapRules()).gain
    assert gain.tolist() == [1]


def test_who_was_trained_in_between_says_nothing_of_what_closes_unaided():
    here = office(
        **trainings(P1="M.01 3"), history=took("A P1 2023-03-20 2023-03-28 completed - -"),
        assessments=found("A M.01 1 2023-01-01", "A M.01 3 2024-01-01"),
    )  # fmt: skip
    assert find_unaided_closing(here.workforce, here.catalog, ON, unknown_spread(here.catalog.competencies)).sum() == 0


@pytest.mark.parametrize("given", [{}, {"requirements": rows("position competency level")}])
def test_without_any_past_nothing_closes_unaided_and_there_are_no_outcomes(given):
    here = office(**given)
    assert (
        find_unaided_closing(here.workforce, here.catalog, ON, unknown_spread(here.catalog.competencies)).tolist()
        == [0] * 7
    )
    assert outcomes(**given).features.shape == (0, len(FEATURE_NAMES))


def test_outcomes_of_a_crowd_are_counted_from_what_is_believed_of_the_level_before():
    """Nobody learns anything: counted from levels found, the worst found would all seem to gain."""
    rng = np.random.default_rng(5)
    names = [f"E{i:04}" for i in range(1_500)]
    level = 2.2 + 0.7 * rng.normal(size=len(names))
    days = ("2022-01-01", "2025-01-01", "2025-09-01")
    lines = [f"{name} M.01 {true + rng.normal(0, 0.5):.3f} {day}"
             for name, true in zip(names, level, strict=True) for day in days]  # fmt: skip
    here = office(
        frameworks=rows("framework name level_min level_max direction", "ASN ASN -9 15 higher"),
        competencies=rows("competency name framework weight", "M.01 A ASN -"),
        employees=rows("employee", *names), assessments=found(*lines), **trainings(P1="M.01 3"),
        history=took(*(f"{name} P1 2025-03-20 2025-03-28 completed - -" for name in names)),
    )  # fmt: skip
    result = gather_outcomes(here.workforce, here.catalog, ON, GapRules())
    covered = result.features[:, FEATURE_NAMES.index("covered_deficit")]
    known = ~np.isnan(result.gain) & (covered > 0)
    assert known.sum() > 800
    worst = known & (covered > np.quantile(covered[known], 0.8))
    assert abs(result.gain[known].mean()) < 0.03
    assert abs(result.gain[worst].mean()) < 0.08


def test_between_whole_levels_it_is_interpolated_and_an_unknown_deficit_closes_nothing():
    assert unaided_closing(np.array([0.0, 0.4, 1.0]), np.array([0.5, 1.5, 9.0, np.nan])).tolist() == pytest.approx(
        [0.2, 0.7, 1.0, 0.0]
    )
