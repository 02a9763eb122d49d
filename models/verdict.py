"""The verdict on a model, in words: not enough data, no better than the rule, or approved."""

from dataclasses import dataclass

from models.evaluation import Comparison

FEWEST_ROWS = 400  # outcomes needed for fitting and judging together
FEWEST_TEST_ROWS = 100  # later outcomes needed for judging
FEWEST_MEASURED = 50  # later outcomes of people who completed and were assessed again
NOT_ENOUGH_DATA, NO_BETTER, APPROVED = "not-enough-data", "no-better-than-rule", "approved"


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
    comparison: Comparison


def judge(
    comparison: Comparison,
    *,
    fewest_rows: int = FEWEST_ROWS,
    fewest_test_rows: int = FEWEST_TEST_ROWS,
    fewest_measured: int = FEWEST_MEASURED,
) -> Verdict:
    """Judge a model by how much better than the rule it ordered later outcomes.

    Parameters
    ----------
    comparison : Model against rule.
    fewest_rows, fewest_test_rows, fewest_measured : Below any of these nothing is concluded.

    Returns
    -------
    ``approved`` only when the 95 % interval of the difference lies above zero and the error is no larger.
    """
    c = comparison
    n_rows = c.n_train + c.n_test
    if n_rows < fewest_rows or c.n_test < fewest_test_rows or c.n_measured < fewest_measured:
        rows = "row" if n_rows == 1 else "rows"
        words = (
            f"Too few data: {n_rows} {rows} with a known outcome, {c.n_test} of them later, "
            f"{c.n_measured} of these measured after completing; "
            f"needs {fewest_rows}, {fewest_test_rows} and {fewest_measured}."
        )
        return Verdict(code=NOT_ENOUGH_DATA, words=words, comparison=c)
    figures = (
        f"orders {c.model_concordance:.1%} of pairs rightly, the rule {c.rule_concordance:.1%} "
        f"(difference {c.gain_lower:+.1%} to {c.gain_upper:+.1%}); "
        f"error {c.model_error:.3f} levels, rule {c.rule_error:.3f}"
    )
    if c.gain_lower > 0 and c.model_error <= c.rule_error:
        return Verdict(code=APPROVED, words=f"Better than the rule: {figures}.", comparison=c)
    return Verdict(code=NO_BETTER, words=f"No better than the rule: {figures}.", comparison=c)
