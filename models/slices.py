"""Model against rule for kinds of people and trainings: where it is better, where it does harm, where nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from models.judged import Judged, clustered_error, orderings, resampled_gains
from training_catalog.columns import FloatArray, IndexArray

FEWEST_PEOPLE = 20  # with a known outcome, in a slice that is judged
FEWEST_MEASURED = 20  # measured outcomes in a slice that is judged
N_RESAMPLES = 200  # behind each standard error of a slice
CHANCE = 0.05  # of a false claim anywhere among the slices of one model
BETTER, HARMED, NO_DIFFERENCE, NOT_ENOUGH_DATA = "better", "harmed", "no-difference-seen", "not-enough-data"
ORDERING, COMPLETION = "ordering", "completion"  # of which a claim is made
TESTS_A_SLICE = 2  # ordering and completion
INTERVAL = float(norm.ppf(0.975))  # standard errors to either side of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceFigure:
    """Model against rule in one slice.

    Parameters
    ----------
    code : ``better``, ``harmed``, ``no-difference-seen`` or ``not-enough-data``.
    claimed : Of what ``better`` or ``harmed`` is claimed: ``ordering``, ``completion``, or both with a space between.
    n_people, n_rows, n_measured : With a known outcome; rows count participations.
    model_concordance, rule_concordance : Share of pairs within the slice ordered rightly; NaN in too small a slice.
    gain, gain_lower, gain_upper : Difference of the two, with a 95 % interval by a bootstrap of people.
    brier_gain, brier_lower, brier_upper : Brier score of completion, the rule's less the model's, with a 95 % interval.
    """

    code: str
    n_people: int
    n_rows: int
    n_measured: int
    model_concordance: float = np.nan
    rule_concordance: float = np.nan
    gain: float = np.nan
    gain_lower: float = np.nan
    gain_upper: float = np.nan
    brier_gain: float = np.nan
    brier_lower: float = np.nan
    brier_upper: float = np.nan
    claimed: str = ""


def judge_slices(
    judged: Judged, slices: Mapping[str, tuple[int, IndexArray]], rng: np.random.Generator
) -> dict[str, tuple[SliceFigure, ...]]:
    """Judge a model on each group of each way of slicing.

    Parameters
    ----------
    judged : Later rows of all splits.
    slices : By name: number of groups, and the group of each row; -1 for none.
    rng : For the bootstrap.

    Returns
    -------
    One figure a group. ``better`` and ``harmed`` are claimed of ordering or completion (harm goes before) so that the
    chance of any false claim among all slices is at most `CHANCE` a direction (Bonferroni). The size of the benefit is
    not asked: measured gains err to the small side, so whoever foretells little looks right (decision record 0012).
    """
    found = {}
    for name, (n_groups, group) in slices.items():
        found[name] = tuple(_measure(judged.take(np.flatnonzero(group == g)), rng) for g in range(n_groups))
    n_tests = TESTS_A_SLICE * sum(one.code == NO_DIFFERENCE for figures in found.values() for one in figures)
    bound = float(norm.ppf(1 - CHANCE / max(n_tests, 1)))
    return {name: tuple(_claim(one, bound) for one in figures) for name, figures in found.items()}


def _measure(rows: Judged, rng: np.random.Generator) -> SliceFigure:
    used = rows.take(np.flatnonzero(rows.is_used))
    n_people, n_measured = len(np.unique(used.person)), int((used.completed == 1).sum())
    if n_people < FEWEST_PEOPLE or n_measured < FEWEST_MEASURED:
        return SliceFigure(code=NOT_ENOUGH_DATA, n_people=n_people, n_rows=len(used.person), n_measured=n_measured)
    own, rule = (float(part[0]) for part in orderings(used, used.weight[:, None]))
    error = float(resampled_gains(used, N_RESAMPLES, rng).std(ddof=1))
    decided = rows.take(np.flatnonzero(~np.isnan(rows.completed)))
    briers = _brier_gains(decided)
    brier, brier_error = float(briers.mean()), clustered_error(briers, decided.person)
    return SliceFigure(
        code=NO_DIFFERENCE, n_people=n_people, n_rows=len(used.person), n_measured=n_measured,
        model_concordance=own, rule_concordance=rule,
        gain=own - rule, gain_lower=own - rule - INTERVAL * error, gain_upper=own - rule + INTERVAL * error,
        brier_gain=brier, brier_lower=brier - INTERVAL * brier_error, brier_upper=brier + INTERVAL * brier_error,
    )  # fmt: skip


def _brier_gains(decided: Judged) -> FloatArray:
    own = (decided.completed - decided.own.completion) ** 2
    return (decided.completed - decided.rule.completion) ** 2 - own


def _claim(one: SliceFigure, bound: float) -> SliceFigure:
    """Claim what is `bound` standard errors away from nothing."""
    if one.code == NOT_ENOUGH_DATA:
        return one
    pairs = ((one.gain, one.gain_upper), (one.brier_gain, one.brier_upper))
    far = [_distance(value, (upper - value) / INTERVAL) for value, upper in pairs]
    code = HARMED if min(far) < -bound else BETTER if max(far) > bound else NO_DIFFERENCE
    sign = -1 if code == HARMED else 1
    told = [of for of, one_far in zip((ORDERING, COMPLETION), far, strict=True) if sign * one_far > bound]
    return replace(one, code=code, claimed=" ".join(told))


def _distance(value: float, error: float) -> float:
    """Return how many standard errors a difference is from nothing; none where nothing differs."""
    return value / error if error > 0 else 0.0
