"""From past participations to the model that may serve: learned whole, in parts, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.benefit import PairModel, is_latest, measured
from models.completion import UsualCompletion
from models.dose import BY_COURSE, SURE, DosedRule, fit_size
from models.evaluation import N_RESAMPLES, Comparison, Split, compare_judged
from models.features import FeatureMatrix
from models.judged import Judged, clustered_error, foretell, put_together, resampled_gains
from models.surrogate import fill_with_surrogate
from models.verdict import APPROVED, CLEAR, NOT_ENOUGH_DATA, Verdict, is_completion_better, judge, judge_parts
from training_catalog.columns import FloatArray, IndexArray, check_lengths, freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Past participations as numbers.

    Parameters
    ----------
    features : shape (n_rows, n_features).
    completed : 1, 0, or NaN where it is not known.
    gain : Weighted levels closed by those who completed; NaN where not measured.
    score_gain : Post-test minus pre-test, in points; NaN where not known.
    person : Number of the person; only tells which rows belong together.
    """

    features: FeatureMatrix
    completed: FloatArray
    gain: FloatArray
    score_gain: FloatArray
    person: IndexArray

    def __post_init__(self) -> None:
        check_lengths("rows", len(self.features), completed=self.completed, gain=self.gain, score_gain=self.score_gain,
                      person=self.person)  # fmt: skip
        freeze(self)

    def take(self, rows: IndexArray) -> "Rows":
        """Keep some rows, in the order given."""
        return Rows(
            features=self.features[rows],
            completed=self.completed[rows],
            gain=self.gain[rows],
            score_gain=self.score_gain[rows],
            person=self.person[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A fitted model with what judged it.

    Parameters
    ----------
    models : One a split; that of the last one, which saw most, may serve.
    judged : What each split's model foretold of its later rows.
    comparison, verdict : Model against rule over all splits.
    """

    models: tuple[PairModel, ...]
    judged: Judged
    comparison: Comparison
    verdict: Verdict

    @property
    def model(self) -> PairModel:
        """The model that may serve."""
        return self.models[-1]


def learn(rows: Rows, splits: Sequence[Split], rng: np.random.Generator) -> Learned:
    """Fit on earlier participations and judge on later ones, at several dates.

    Parameters
    ----------
    rows : Past participations.
    splits : From `models.evaluation.split_repeatedly`; the model of the last one is the one that may serve.
    rng : For the bootstrap of the comparison.

    Returns
    -------
    The rule with the parts that are approved; the whole model where it is approved and orders clearly better than
    those parts, or none is; else the whole model, not approved.

    Notes
    -----
    Later outcomes share errors with earlier ones, so the more there are to judge on, the surer a whole model looks that
    has learned those errors. Parts are judged on the same outcomes and can learn few of them: what the whole model is
    worth beyond them is what counts (decision record 0023).
    """
    whole = _learn_whole(rows, splits, rng)
    if _knows_too_little(whole):
        return whole
    is_better = is_completion_better(whole.comparison) and _tells_who_completes(whole.judged)
    completion = whole.models if is_better else None
    parts = _better_form(*(_learn_parts(rows, splits, rng, completion, may_be_course=may) for may in (False, True)))
    if parts.verdict.code != APPROVED:
        return whole
    return whole if whole.verdict.code == APPROVED and _is_clearly_better(whole, parts, rng) else parts


def _tells_who_completes(judged: Judged) -> bool:
    """Return whether completion is foretold clearly better than by one share for everybody: what each split really had.

    Notes
    -----
    Else a completion that only knows how many complete, and nothing of who, would be taken for better than the rule
    wherever that share is not the rule's: with shuffled outcomes too.
    """
    decided = judged.take(np.flatnonzero(~np.isnan(judged.completed)))
    _, split = np.unique(decided.split, return_inverse=True)
    share = (np.bincount(split, weights=decided.completed) / np.bincount(split))[split]
    gain = (decided.completed - share) ** 2 - (decided.completed - decided.own.completion) ** 2
    return bool(gain.mean() > CLEAR * clustered_error(gain, decided.person))


def _is_clearly_better(whole: Learned, parts: Learned, rng: np.random.Generator) -> bool:
    """Return whether the 95 % interval of the difference in ordering, the same people drawn for both, is above zero."""
    both = replace(whole.judged, rule=parts.judged.own)
    used = both.take(np.flatnonzero(both.is_used))
    return float(np.quantile(resampled_gains(used, N_RESAMPLES, rng), 0.025)) > 0


def _better_form(by_share: Learned, by_course: Learned) -> Learned:
    """Return the parts with a course that teaches a fixed amount, unless a share of the deficit comes clearly closer.

    Notes
    -----
    Where learned parts are approved either way, the form is not what was learned but what is known of courses: it stays
    unless later outcomes lie clearly closer to the other (decision record 0037).
    """
    gain = by_course.model.benefit_
    if not isinstance(gain, DosedRule) or gain.basis_ != BY_COURSE:
        return by_share
    if by_share.verdict.code != APPROVED:
        return by_course
    if _is_clearly_closer(by_share.judged, by_course.judged):
        return by_share
    return replace(by_course, verdict=replace(by_course.verdict, code=APPROVED))


def _is_clearly_closer(one: Judged, other: Judged) -> bool:
    """Return whether later outcomes lie closer to what the one foretold, beyond chance, each at its best size.

    Notes
    -----
    Squared errors, because a benefit is an expectation: the order of single outcomes also tells of how they scatter,
    and those of large deficits scatter more.
    """
    used = np.flatnonzero(one.is_used)
    more = _missed(other.take(used)) - _missed(one.take(used))
    weight, person = one.weight[used], one.person[used]
    return bool(np.average(more, weights=weight) > SURE * clustered_error(more, person, weight))


def _missed(judged: Judged) -> FloatArray:
    """Return squared errors of used rows, after what was foretold was brought to the size that misses least."""
    root = np.sqrt(judged.weight)
    size, _ = fit_size(root * judged.own.mean, root * judged.outcome)
    missed: FloatArray = (judged.outcome - size * judged.own.mean) ** 2
    return missed


def _knows_too_little(learned: Learned) -> bool:
    """Return whether there are too few rows to judge anything; missing test scores matter to the whole model only."""
    return learned.verdict.code == NOT_ENOUGH_DATA and not learned.verdict.lacks_scores


def _learn_whole(rows: Rows, splits: Sequence[Split], rng: np.random.Generator) -> Learned:
    smooth: FloatArray | None = None
    models = []
    for earlier, _ in splits:
        own = rows.take(earlier)
        smooth = fill_with_surrogate(own.features, own.gain, own.score_gain)
        target = own.gain if smooth is None else smooth
        models.append(PairModel().fit(own.features, own.completed, target, y_measured=own.gain))
    judged, comparison = _compared(models, rows, splits, rng)
    verdict = judge(comparison, used_scores=smooth is not None)  # those of the model that may serve
    return Learned(models=tuple(models), judged=judged, comparison=comparison, verdict=verdict)


def _learn_parts(
    rows: Rows, splits: Sequence[Split], rng: np.random.Generator, learned: Sequence[PairModel] | None, *,
    may_be_course: bool,
) -> Learned:  # fmt: skip
    """Learn hours beside completion: that of the models given, with the settings they found; the rule's when None."""
    models = list[PairModel]()
    for i, (earlier, _) in enumerate(splits):
        own, hours = rows.take(earlier), DosedRule(may_be_course=may_be_course)
        completion = UsualCompletion() if learned is None else learned[i].completion_
        models.append(PairModel(completion, hours).fit(
            own.features, own.completed, own.gain, is_calibration=is_latest(len(own.features)),
        ))  # fmt: skip
    hours = hours.fit(own.features, own.gain)  # of the model that may serve
    judged, comparison = _compared(models, rows, splits, rng)
    verdict = judge_parts(comparison, learned_completion=learned is not None, exponent=hours.exponent_,
                          by_course=hours.basis_ == BY_COURSE, size=hours.size_)  # fmt: skip
    return Learned(models=tuple(models), judged=judged, comparison=comparison, verdict=verdict)


def _compared(
    models: Sequence[PairModel], rows: Rows, splits: Sequence[Split], rng: np.random.Generator
) -> tuple[Judged, Comparison]:
    """Return what the models foretold of their later rows, and how they did."""
    parts = []
    for i, (model, (_, later)) in enumerate(zip(models, splits, strict=True)):
        own = rows.take(later)
        parts.append(foretell(model, own.features, own.completed, own.gain, person=own.person, split=i))
    first = rows.take(splits[0][0])
    n_train = int(measured(first.completed, first.gain).sum())
    judged = put_together(parts)
    return judged, compare_judged(judged, rng, n_train)
