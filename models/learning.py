"""From past participations to the model that may serve: learned whole, in parts, or not at all."""

from dataclasses import dataclass

import numpy as np

from models.benefit import PairModel, is_latest, measured
from models.completion import CompletionModel, UsualCompletion
from models.dose import DosedRule
from models.evaluation import Comparison, compare
from models.features import FeatureMatrix
from models.surrogate import fill_with_surrogate
from models.verdict import APPROVED, NOT_ENOUGH_DATA, Verdict, is_completion_better, judge, judge_parts
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
    """

    features: FeatureMatrix
    completed: FloatArray
    gain: FloatArray
    score_gain: FloatArray

    def __post_init__(self) -> None:
        check_lengths("rows", len(self.features), completed=self.completed, gain=self.gain, score_gain=self.score_gain)
        freeze(self)

    def take(self, rows: IndexArray) -> "Rows":
        """Keep some rows, in the order given."""
        return Rows(
            features=self.features[rows],
            completed=self.completed[rows],
            gain=self.gain[rows],
            score_gain=self.score_gain[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A fitted model with what judged it."""

    model: PairModel
    comparison: Comparison
    verdict: Verdict


def learn(earlier: Rows, later: Rows, rng: np.random.Generator) -> Learned:
    """Fit on earlier participations and judge on later ones.

    Parameters
    ----------
    earlier, later : In the order of time.
    rng : For the bootstrap of the comparison.

    Returns
    -------
    The whole model when it is approved; else the rule with the parts that are; else the whole model, not approved.
    """
    whole = _learn_whole(earlier, later, rng)
    if whole.verdict.code == APPROVED or _knows_too_little(whole):
        return whole
    is_better = is_completion_better(whole.comparison)
    parts = _learn_parts(earlier, later, rng, whole.model.completion_ if is_better else None)
    return parts if parts.verdict.code == APPROVED else whole


def _knows_too_little(learned: Learned) -> bool:
    """Return whether there are too few rows to judge anything; missing test scores matter to the whole model only."""
    return learned.verdict.code == NOT_ENOUGH_DATA and not learned.verdict.lacks_scores


def _learn_whole(earlier: Rows, later: Rows, rng: np.random.Generator) -> Learned:
    smooth = fill_with_surrogate(earlier.features, earlier.gain, earlier.score_gain)
    model = PairModel().fit(
        earlier.features, earlier.completed, earlier.gain if smooth is None else smooth, y_measured=earlier.gain
    )
    comparison = _compared(model, earlier, later, rng)
    return Learned(model=model, comparison=comparison, verdict=judge(comparison, used_scores=smooth is not None))


def _learn_parts(
    earlier: Rows, later: Rows, rng: np.random.Generator, learned: CompletionModel | UsualCompletion | None
) -> Learned:
    """Learn hours beside completion; `learned` is its estimator with the settings found, None for the rule's."""
    hours = DosedRule()
    model = PairModel(learned or UsualCompletion(), hours).fit(
        earlier.features, earlier.completed, earlier.gain, is_calibration=is_latest(len(earlier.features))
    )
    comparison = _compared(model, earlier, later, rng)
    exponent = hours.fit(earlier.features, earlier.gain).exponent_
    verdict = judge_parts(comparison, learned_completion=learned is not None, exponent=exponent)
    return Learned(model=model, comparison=comparison, verdict=verdict)


def _compared(model: PairModel, earlier: Rows, later: Rows, rng: np.random.Generator) -> Comparison:
    n_train = int(measured(earlier.completed, earlier.gain).sum())
    return compare(model, later.features, later.completed, later.gain, rng, n_train)
