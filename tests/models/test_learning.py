"""What may serve: the whole model, the rule with the parts that are clear, or the rule."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from models.baseline import course_gain, rule_gain, usual_completion
from models.benefit import BenefitModel
from models.completion import CompletionModel, UsualCompletion
from models.dose import BY_COURSE, BY_SHARE, DosedRule, hours_per_competency
from models.learning import Rows, _better_form, _is_clearly_closer, _learn_parts, _learn_whole, learn
from models.verdict import FIXED_AMOUNT
from tests.models.planted import COLUMN, Planted, noisy_outcomes
from tests.models.test_dose import courses


def participations(n_rows: int, seed: int, *, power: float, slope: float, past: float = 0.0) -> Planted:
    """Gains go with hours to a power, and completion with the person's record; gains with past ones, if asked for."""
    features = courses(n_rows, seed)
    usual = usual_completion(features)
    record = np.nan_to_num(features[:, COLUMN["completion_rate"]], nan=0.5) - 0.5
    chance = 1 / (1 + np.exp(-(np.log(usual / (1 - usual)) + slope * record)))
    gain = rule_gain(features) * (hours_per_competency(features) / 16.0) ** power
    gain = gain * (1 + past * np.nan_to_num(features[:, COLUMN["mean_past_gain"]], nan=-48.0) / 52.0 + past)
    return noisy_outcomes(features, chance, gain, np.random.default_rng(seed), noise=0.4, share_measured=0.3)


@cache
def learned_of(power: float, slope: float, seed: int = 3):
    """Return what is learned of participations that several tests look at."""
    return learned(participations(6_000, seed=seed, power=power, slope=slope))


def rows_and_splits(planted: Planted, scores: np.ndarray | None = None):
    n = len(planted.features)
    rows = Rows(features=planted.features, completed=planted.y_completed, gain=planted.y_gain,
                score_gain=np.full(n, np.nan) if scores is None else scores, person=np.arange(n))  # fmt: skip
    cuts = [n * 9 // 20, n * 3 // 5, n * 3 // 4, n]
    return rows, [(np.arange(cut), np.arange(cut, end)) for cut, end in pairwise(cuts)]


def learned(planted: Planted, *, scores: np.ndarray | None = None):
    return learn(*rows_and_splits(planted, scores), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("power", "slope", "completion", "words"),
    [
        (0.5, 5.0, CompletionModel, "The rule with learned parts: "),
        pytest.param(0.5, 0.0, UsualCompletion, "The rule with a learned part: hours ", marks=pytest.mark.long),
        pytest.param(0.0, 5.0, CompletionModel, "The rule with a learned part: completion ", marks=pytest.mark.long),
    ],
)
def test_the_parts_that_outcomes_clearly_tell_of_serve_with_the_rule(power, slope, completion, words):
    found = learned_of(power, slope)
    assert found.verdict.code == "approved"
    assert found.verdict.words.startswith(words)
    assert isinstance(found.model.completion_, completion)
    assert isinstance(found.model.benefit_, DosedRule)
    assert (found.model.benefit_.exponent_ > 0) == (power > 0)


def _taught(seed, *, by_course):
    """Participations whose gains are what one course teaches, or the rule's share of the deficit, by their hours."""
    features = courses(6_000, seed)
    rng = np.random.default_rng(seed)
    features[:, COLUMN["one_course"]] = 0.4 * rng.uniform(0.3, 1.0, len(features))
    gain = course_gain(features) if by_course else rule_gain(features)
    gain = gain * (hours_per_competency(features) / 16.0) ** 0.5
    return noisy_outcomes(features, usual_completion(features), gain, rng, noise=0.2, share_measured=0.5)


@pytest.mark.parametrize("by_course", [True, False])
def test_a_course_counts_with_what_it_teaches_where_gains_do_not_say_otherwise(by_course):
    found = learned(_taught(3, by_course=by_course))
    assert found.verdict.code == "approved"
    assert (found.model.benefit_.basis_ == BY_COURSE) == by_course
    assert (FIXED_AMOUNT in found.verdict.words) == by_course
    assert isinstance(found.model.completion_, UsualCompletion)
    assert found.model.benefit_.exponent_ > 0
    assert by_course or found.verdict.words.startswith("The rule with a learned part: hours ")


def test_a_form_that_later_outcomes_lie_clearly_farther_from_gives_way_whatever_its_size():
    rows, splits = rows_and_splits(_taught(3, by_course=True))
    by_share, by_course = (
        _learn_parts(rows, splits, np.random.default_rng(0), None, may_be_course=may) for may in (False, True)
    )
    assert (by_share.model.benefit_.basis_, by_course.model.benefit_.basis_) == (BY_SHARE, BY_COURSE)
    assert _is_clearly_closer(by_course.judged, by_share.judged)
    assert not _is_clearly_closer(by_share.judged, by_course.judged)
    own = by_course.judged.own
    thrice = replace(by_course.judged, own=replace(own, mean=own.mean * 3))
    assert not _is_clearly_closer(by_course.judged, thrice)
    swapped = replace(by_course.judged, own=by_share.judged.own)
    assert _better_form(by_share, by_course).model is by_course.model
    assert _better_form(replace(by_share, judged=by_course.judged), replace(by_course, judged=swapped)) is not by_course


def test_parts_that_are_learned_order_the_truth_better_than_the_rule():
    found = learned_of(0.5, 5.0)
    fresh = participations(4_000, seed=4, power=0.5, slope=5.0)
    mean = found.model.predict(fresh.features).mean
    rule = rule_gain(fresh.features) * usual_completion(fresh.features)
    assert np.corrcoef(mean, fresh.true_mean)[0, 1] > np.corrcoef(rule, fresh.true_mean)[0, 1] + 0.1


def test_where_the_rule_is_the_truth_it_stays():
    found = learned(participations(6_000, seed=5, power=0.0, slope=0.0))
    assert found.verdict.code != "approved"


@pytest.mark.long
@pytest.mark.parametrize("gains", ["kept", "shuffled"])
def test_knowing_how_many_complete_and_nothing_of_who_is_not_better_than_the_rule(gains):
    planted, rng = participations(6_000, seed=3, power=0.0, slope=0.0), np.random.default_rng(3)
    completed, gain = rng.permutation(planted.y_completed), planted.y_gain.copy()
    if gains == "shuffled":
        known = np.flatnonzero(~np.isnan(gain))
        gain[known] = rng.permutation(gain[known])
    mixed = replace(planted, y_completed=completed, y_gain=np.where(completed > 0, gain, np.nan))
    found = learned(mixed)
    assert found.comparison.model_brier < found.comparison.rule_brier  # the share is not the rule's
    assert found.verdict.code == "no-better-than-rule"


def test_too_few_rows_are_too_few_for_parts_as_well():
    found = learned(participations(300, seed=3, power=0.5, slope=5.0))
    assert found.verdict.code == "not-enough-data"
    assert found.verdict.words.startswith("Too few data: ")


@pytest.mark.long
def test_a_whole_model_that_is_approved_goes_before_its_parts_where_it_is_better_than_they_are():
    planted = participations(6_000, seed=3, power=0.5, slope=5.0, past=2.0)
    scores = planted.true_mean * 20 + np.random.default_rng(2).normal(0.0, 3.0, len(planted.true_mean))
    found = learned(planted, scores=scores)
    assert found.verdict.code == "approved"
    assert isinstance(found.model.benefit_, BenefitModel)


@pytest.mark.long
def test_parts_serve_where_a_whole_model_that_is_approved_is_no_better_than_they_are():
    planted = participations(6_000, seed=3, power=0.5, slope=5.0)
    scores = planted.true_mean * 20 + np.random.default_rng(2).normal(0.0, 3.0, len(planted.true_mean))
    found = learned(planted, scores=scores)
    rows = Rows(features=planted.features, completed=planted.y_completed, gain=planted.y_gain, score_gain=scores,
                person=np.arange(6_000))  # fmt: skip
    whole = _learn_whole(rows, [(np.arange(4_500), np.arange(4_500, 6_000))], np.random.default_rng(0))
    assert whole.verdict.code == found.verdict.code == "approved"
    assert isinstance(found.model.benefit_, DosedRule)
