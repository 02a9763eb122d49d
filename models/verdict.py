"""The verdict on a model, in words: not enough data, no better than the rule, approved; later drifted or stale."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.baseline import FEWEST_OF_A_TIME

if TYPE_CHECKING:  # whoever only wants the words need not load scikit-learn
    from models.evaluation import Comparison

FEWEST_ROWS = 400  # outcomes needed for fitting and judging together
FEWEST_TEST_ROWS = 100  # later outcomes needed for judging
FEWEST_MEASURED = 50  # later outcomes of people who completed and were assessed again
NOT_ENOUGH_DATA, NO_BETTER, APPROVED = "not-enough-data", "no-better-than-rule", "approved"
DRIFTED, STALE = "drifted", "stale"  # of a model that was approved once: the world, or its age, has moved on
NOT_BETTER_OVERALL, HARMS = "not-better", "harms"  # what stands against letting a model serve

TOO_FEW = (
    "Too few data: {n_rows} with a known outcome, {n_test} of them later, {n_measured} of these measured after "
    "completing; needs {rows}, {test} and {measured}."
)
TOO_THIN = (
    "Too few data: of {n_known} later outcomes that are known, {n_known_measured} of them measured after completing, "
    "only {n_test} and {n_measured} can be judged by; needs {test} and {measured}. Between two dates at least {least} "
    "people must be measured, or they do not stand for those who were not."
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
BOTH_PARTS = (
    "The rule with learned parts: completion (Brier score {model_brier}, the rule's {rule_brier}) and hours (exponent "
    "{exponent}); orders {model} of pairs rightly, the rule {rule}."
)
COMPLETION_PART = (
    "The rule with a learned part: completion (Brier score {model_brier}, the rule's {rule_brier}); orders {model} of "
    "pairs rightly, the rule {rule}."
)
HOURS_PART = (
    "The rule with a learned part: hours (exponent {exponent}); orders {model} of pairs rightly, the rule {rule}."
)
FIXED_AMOUNT = "A course counts with what one course teaches, not with a share of the deficit."  # said after the parts
SIZED = "What is expected is {size} of what is known of courses, as measured gains say."  # said last
WORDS = (TOO_FEW, TOO_THIN, BETTER, NOT_BETTER, NO_SCORES, BOTH_PARTS, COMPLETION_PART, HOURS_PART)
STANDINGS = {
    DRIFTED: "Drifted: what it reads, or what comes of it, is no longer as when it was fitted.",
    STALE: "Stale: it is too old, or the standards have changed since it was fitted.",
}  # said before the words of the fit
REFUSED = "model {model} refused: {why}"  # said where the rule serves because a model cannot be opened
UNREADABLE = "model {model} refused: cannot be read ({problem})"
OTHER_BYTES = "digest of the file is {found}, its manifest says {expected}"
OTHER_ID = "id does not belong to the file, whose id is {found}"
OTHER_SCHEMA = "schema version is {found}, this release reads {expected}"
OTHER_FEATURES = "features are {found}, this release has {expected}"
OTHER_LIBRARY = "made with {name} {found}, running {expected}"
NO_MODEL = "holds {found}, not a model"
REFUSALS = (OTHER_BYTES, OTHER_ID, OTHER_SCHEMA, OTHER_FEATURES, OTHER_LIBRARY, NO_MODEL)
CLEAR = 1.0  # standard errors by which a learned completion must be better than the usual one


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may be done with a model.

    Parameters
    ----------
    code : ``not-enough-data``, ``no-better-than-rule`` or ``approved``.
    words : One English sentence with the figures.
    comparison : The figures.
    lacks_scores : Whether only test scores were missing.
    """

    code: str
    words: str
    comparison: "Comparison"
    lacks_scores: bool = False


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
    needed = {"rows": fewest_rows, "test": fewest_test_rows, "measured": fewest_measured}
    if c.n_train + c.n_known < fewest_rows or c.n_known < fewest_test_rows or c.n_known_measured < fewest_measured:
        words = TOO_FEW.format(n_rows=c.n_train + c.n_known, n_test=c.n_known, n_measured=c.n_known_measured, **needed)
        return Verdict(code=NOT_ENOUGH_DATA, words=words, comparison=c)
    if c.n_test < fewest_test_rows or c.n_measured < fewest_measured:
        words = TOO_THIN.format(n_known=c.n_known, n_known_measured=c.n_known_measured, n_test=c.n_test,
                                n_measured=c.n_measured, least=FEWEST_OF_A_TIME, **needed)  # fmt: skip
        return Verdict(code=NOT_ENOUGH_DATA, words=words, comparison=c)
    code, words = NO_BETTER, NOT_BETTER
    if c.gain_lower > 0 and c.model_error <= c.rule_error:
        code, words = (APPROVED, BETTER) if used_scores else (NOT_ENOUGH_DATA, NO_SCORES)
    figures = words.format(
        model=f"{c.model_concordance:.1%}", rule=f"{c.rule_concordance:.1%}", lower=f"{c.gain_lower:+.1%}",
        upper=f"{c.gain_upper:+.1%}", model_error=f"{c.model_error:.3f}", rule_error=f"{c.rule_error:.3f}",
    )  # fmt: skip
    return Verdict(code=code, words=figures, comparison=c, lacks_scores=words == NO_SCORES)


def is_completion_better(comparison: "Comparison") -> bool:
    """Return whether completion, judged apart, was foretold better than by the rule on later participations.

    Notes
    -----
    Every participation says whether it was completed: nothing is measured with error or for some people only, so one
    standard error (by person) of the paired Brier scores is asked for, not two (the simpler one unless the other is
    better by more: Breiman et al. 1984, Classification and Regression Trees).
    """
    return comparison.rule_brier - comparison.model_brier > CLEAR * comparison.brier_error


def judge_parts(
    comparison: "Comparison", *, learned_completion: bool, exponent: float, by_course: bool = False, size: float = 1.0
) -> Verdict:
    """Judge the rule with the parts that outcomes clearly tell of.

    Parameters
    ----------
    comparison : The rule with its learned parts, against the rule.
    learned_completion : Whether completion is learned, by `is_completion_better`.
    exponent : How hours count (`models.dose`); 0 when outcomes do not tell.
    by_course : Whether a course counts with what it teaches, instead of a share of the deficit.
    size : What is expected, as a share of what the rule's sources say.

    Returns
    -------
    ``approved`` when there is a learned part, and together they order later outcomes no worse than the rule.
    """
    c = comparison
    words = (HOURS_PART, BOTH_PARTS)[learned_completion] if exponent > 0 else COMPLETION_PART
    figures = words.format(
        model_brier=f"{c.model_brier:.4f}", rule_brier=f"{c.rule_brier:.4f}", exponent=f"{exponent:.2f}",
        model=f"{c.model_concordance:.1%}", rule=f"{c.rule_concordance:.1%}",
    )  # fmt: skip
    said = [figures, *([FIXED_AMOUNT] if by_course else []), *([SIZED.format(size=f"{size:.0%}")] if size != 1 else [])]
    is_learned = learned_completion or exponent > 0
    code = APPROVED if is_learned and c.model_concordance >= c.rule_concordance else NO_BETTER
    return Verdict(code=code, words=" ".join(said), comparison=c)


def objections(code: str, *, does_harm: bool, standing: str = "") -> tuple[str, ...]:
    """Return what stands against letting a model serve; where there is anything, only a person may, for a reason.

    Parameters
    ----------
    code : Verdict of the fit.
    does_harm : Whether it is clearly worse than the rule for some slice (`models.slices`).
    standing : ``drifted`` or ``stale`` where it was found to be so since.

    Examples
    --------
    >>> objections("approved", does_harm=False)
    ()
    >>> objections("no-better-than-rule", does_harm=True, standing="stale")
    ('not-better', 'harms', 'stale')
    """
    found = [NOT_BETTER_OVERALL] if code != APPROVED else []
    found += [HARMS] if does_harm else []
    return (*found, *([standing] if standing in {DRIFTED, STALE} else []))
