"""The verdict at its limits, on figures made by hand."""

from dataclasses import replace

import pytest

from models.evaluation import Comparison
from models.verdict import judge

BETTER = Comparison(
    n_train=300, n_test=100, n_measured=50, model_concordance=0.7, rule_concordance=0.6, gain=0.1, gain_lower=0.05,
    gain_upper=0.15, model_error=0.2, rule_error=0.3, model_brier=0.1, rule_brier=0.1, model_calibration=0.01,
    coverage=0.8, nominal_coverage=0.8,
)  # fmt: skip


def test_just_enough_data_and_clearly_better_is_approved_with_its_figures():
    verdict = judge(BETTER)
    assert verdict.code == "approved"
    assert verdict.words == (
        "Better than the rule: orders 70.0% of pairs rightly, the rule 60.0% (difference +5.0% to +15.0%); "
        "error 0.200 levels, rule 0.300."
    )
    assert verdict.comparison == BETTER


@pytest.mark.parametrize("change", [{"n_train": 299}, {"n_test": 99, "n_train": 500}, {"n_measured": 49}])
def test_one_row_too_few_of_any_kind_is_too_few(change):
    assert judge(replace(BETTER, **change)).code == "not-enough-data"


@pytest.mark.parametrize("change", [{"gain_lower": 0.0}, {"gain_lower": -0.01}, {"model_error": 0.31}])
def test_a_difference_that_may_be_nothing_or_a_larger_error_is_no_better(change):
    verdict = judge(replace(BETTER, **change))
    assert verdict.code == "no-better-than-rule"
    assert verdict.words.startswith("No better than the rule: ")
