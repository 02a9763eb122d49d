"""The verdict on a model, in words: not enough data, no better than the rule, or approved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever only wants the words need not load scikit-learn
    from models.evaluation import Comparison

FEWEST_ROWS = 400  # outcomes needed for fitting and judging together
FEWEST_TEST_ROWS = 100  # later outcomes needed for judging
FEWEST_MEASURED = 50  # later outcomes of people who completed and were assessed again
NOT_ENOUGH_DATA, NO_BETTER, APPROVED = "not-enough-data", "no-better-than-rule", "approved"

TOO_FEW = (
    "Too few data: {n_rows} with a known outcome, {n_test} of them later, {n_measured} of these measured after "
    "completing; needs {rows}, {test} and {measured}."
)
BETTER = (
    "Better than the rule: orders {model} of pairs rightly, the rule {rule} (difference {lower} to {upper}); error "
    "{model_error} levels, rule {rule_error}."
)
NOT_BETTER = (
    "No better than the rule: orders {model} of pairs rightly, the rule {rule} (difference {lower} to {upper}); error "
    "{model_error} levels, rule {rule_error}."
)
NO_SCORES = (
    "Too few data: no test scores tell of the gains, and measured levels alone mislead; orders {model} of pairs "
    "rightly, the rule {rule} (difference {lower} to {upper}); error {model_error} levels, rule {rule_error}."
)
WORDS = (TOO_FEW, BETTER, NOT_BETTER, NO_SCORES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may be done with a model.

    Parameters
    ----------
    code : ``not-enough-data``, ``no-better-than-rule`` or ``approved``.
    words : One English sentence with the figures.
    comparison : The figures.
    """

    code: str
    words: str
    comparison: "Comparison"


def judge(
    comparison: "Comparison",
    *,
    used_scores: bool,
    fewest_rows: int = FEWEST_ROWS,
    fewest_test_rows: int = FEWEST_TEST_ROWS,
    fewest_measured: int = FEWEST_MEASURED,
) -> Verdict:
    """Judge a model by how much better than the rule it ordered later outcomes.

    Parameters
    ----------
    comparison : Model against rule.
    used_scores : Whether test scores told enough of gains to learn from them (`models.surrogate`).
    fewest_rows, fewest_test_rows, fewest_measured : Below any of these nothing is concluded.

    Returns
    -------
    ``approved`` only when the 95 % interval of the difference lies above zero, the error is no larger, and scores were
    used: learned from measured levels alone, models are found better on later outcomes that share their bias.
    """
    c = comparison
    n_rows = c.n_train + c.n_test
    if n_rows < fewest_rows or c.n_test < fewest_test_rows or c.n_measured < fewest_measured:
        words = TOO_FEW.format(n_rows=n_rows, n_test=c.n_test, n_measured=c.n_measured, rows=fewest_rows,
                               test=fewest_test_rows, measured=fewest_measured)  # fmt: skip
        return Verdict(code=NOT_ENOUGH_DATA, words=words, comparison=c)
    code, words = NO_BETTER, NOT_BETTER
    if c.gain_lower > 0 and c.model_error <= c.rule_error:
        code, words = (APPROVED, BETTER) if used_scores else (NOT_ENOUGH_DATA, NO_SCORES)
    figures = words.format(
        model=f"{c.model_concordance:.1%}", rule=f"{c.rule_concordance:.1%}", lower=f"{c.gain_lower:+.1%}",
        upper=f"{c.gain_upper:+.1%}", model_error=f"{c.model_error:.3f}", rule_error=f"{c.rule_error:.3f}",
    )  # fmt: skip
    return Verdict(code=code, words=figures, comparison=c)
