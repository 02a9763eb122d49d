"""The verdict at its limits, on figures made by hand."""

from dataclasses import replace

import pytest

from models.evaluation import Comparison
from models.verdict import is_completion_better, judge, judge_parts

BETTER = Comparison(
    n_train=300, n_test=100, n_measured=50, n_known=100, n_known_measured=50, model_concordance=0.7,
    rule_concordance=0.6, gain=0.1, gain_lower=0.05, gain_upper=0.15, model_error=0.2, rule_error=0.3,
    model_brier=0.1, rule_brier=0.12, brier_error=0.01,
    model_calibration=0.01, coverage=0.8, nominal_coverage=0.8,
)  # fmt: skip


def test_just_enough_data_and_clearly_better_is_approved_with_its_figures():
    verdict = judge(BETTER, used_scores=True)
    assert verdict.code == "approved"
    assert verdict.words == (
        "Better than the rule: orders 70.0% of pairs rightly, the rule 60.0% (difference +5.0% to +15.0%); "
        "error 0.200 levels, rule 0.300."
    )
    assert verdict.comparison == BETTER


def test_what_was_learned_without_test_scores_is_not_approved_however_good_it_looks():
    verdict = judge(BETTER, used_scores=False)
    assert verdict.code == "not-enough-data"
    assert verdict.words.startswith("Too few data: no test scores ")
    assert "70.0% of pairs rightly" in verdict.words
    assert judge(replace(BETTER, gain_lower=0.0), used_scores=False).code == "no-better-than-rule"


@pytest.mark.parametrize("change", [{"n_train": 299}, {"n_test": 99, "n_train": 500}, {"n_measured": 49},
                                    {"n_known": 99, "n_train": 500}, {"n_known_measured": 49}])  # fmt: skip
def test_one_row_too_few_of_any_kind_is_too_few(change):
    assert judge(replace(BETTER, **change), used_scores=True).code == "not-enough-data"


def test_later_outcomes_that_are_known_are_counted_also_where_they_cannot_be_judged_by():
    few = replace(BETTER, n_train=124, n_test=0, n_measured=0, n_known=161, n_known_measured=56)
    assert judge(few, used_scores=True).words == (
        "Too few data: 285 with a known outcome, 161 of them later, 56 of these measured after completing; "
        "needs 400, 100 and 50."
    )
    thin = replace(few, n_train=300)
    assert judge(thin, used_scores=True).words.startswith(
        "Too few data: of 161 later outcomes that are known, 56 of them measured after completing, only 0 and 0 can "
    )


@pytest.mark.parametrize("change", [{"gain_lower": 0.0}, {"gain_lower": -0.01}, {"model_error": 0.31}])
def test_a_difference_that_may_be_nothing_or_a_larger_error_is_no_better(change):
    verdict = judge(replace(BETTER, **change), used_scores=True)
    assert verdict.code == "no-better-than-rule"
    assert verdict.words.startswith("No better than the rule: ")


@pytest.mark.parametrize(("model_brier", "is_better"), [(0.1099, True), (0.1101, False), (0.13, False)])
def test_completion_is_better_when_it_is_so_by_more_than_a_standard_error(model_brier, is_better):
    assert is_completion_better(replace(BETTER, model_brier=model_brier)) is is_better


COMPLETION, HOURS = "completion (Brier score 0.1000, the rule's 0.1200)", "hours (exponent 0.50)"


@pytest.mark.parametrize(
    ("learned_completion", "exponent", "words"),
    [
        (True, 0.5, f"parts: {COMPLETION} and {HOURS}"),
        (True, 0.0, f"part: {COMPLETION}"),
        (False, 0.5, f"part: {HOURS}"),
    ],
)
def test_learned_parts_serve_unless_they_order_later_outcomes_worse(learned_completion, exponent, words):
    parts = {"learned_completion": learned_completion, "exponent": exponent}
    verdict = judge_parts(BETTER, **parts)
    assert verdict.code == "approved"
    assert words in verdict.words
    assert verdict.words.endswith("; orders 70.0% of pairs rightly, the rule 60.0%.")
    assert judge_parts(replace(BETTER, model_concordance=0.6), **parts).code == "approved"
    assert judge_parts(replace(BETTER, model_concordance=0.599), **parts).code == "no-better-than-rule"


def test_that_a_course_counts_with_what_it_teaches_is_said_and_is_no_learned_part():
    found = judge_parts(BETTER, learned_completion=True, exponent=0.5, by_course=True)
    assert found.code == "approved"
    assert found.words.endswith(
        "the rule 60.0%. A course counts with what one course teaches, not with a share of the deficit."
    )
    assert judge_parts(BETTER, learned_completion=False, exponent=0.0, by_course=True).code == "no-better-than-rule"


def test_how_much_smaller_gains_were_than_expected_is_said_last():
    found = judge_parts(BETTER, learned_completion=True, exponent=0.5, by_course=True, size=0.7)
    assert found.words.endswith(" What is expected is 70% of what is known of courses, as measured gains say.")


def test_without_a_learned_part_nothing_serves_but_the_rule():
    assert judge_parts(BETTER, learned_completion=False, exponent=0.0).code == "no-better-than-rule"
