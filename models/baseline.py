"""The plain rule: deficit covered, discounted by level fit, mode and completion. Every model must beat it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.features import FEATURE_NAMES, FeatureMatrix, check_features
from training_catalog.columns import FloatArray, check_lengths, freeze

# Share of a one-level deficit that one matching classroom course closes: learning d = 0.60 (Arthur et al. 2003,
# doi 10.1037/0021-9010.88.2.234) at about one SD a level, times a mean transfer to the job of 0.65 (assumption).
CLASSROOM_EFFECT = 0.4
BLENDED_EFFECT = 0.46  # +0.1 SD over the classroom, a cautious reading of Sitzmann 2006 and 2009
ONLINE_EFFECT = 0.4  # same instructional method, other medium: no difference (Sitzmann & Ely 2009)
MODE_EFFECTS = np.array([CLASSROOM_EFFECT, ONLINE_EFFECT, BLENDED_EFFECT])  # face-to-face, online, blended

# Probability of completing by mode: classroom with an assignment letter, voluntary online (Jordan 2015 puts open
# online courses lower still), blended between. Assumptions of the demo's sources; a fitted model replaces them.
MODE_COMPLETION = np.array([0.95, 0.35, 0.85])

# Factors for level fit; assumptions of the field notes, no published figure was found.
TOO_HIGH_FACTOR = 0.5  # for each level by which the entry level exceeds the person's
BELOW_LEVEL_FACTOR = 0.2  # when the training ends at or below the level that the person already has

FEWEST_OF_A_TIME = 30  # measured outcomes, between two dates, that can stand for those not measured

_COLUMN = {name: i for i, name in enumerate(FEATURE_NAMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitEstimates:
    """What is expected of each pair.

    Parameters
    ----------
    mean, lower, upper : shape (n_pairs,), weighted levels of deficit closed; lower <= mean <= upper.
    completion : Probability of completing.
    """

    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    completion: FloatArray

    def __post_init__(self) -> None:
        check_lengths("estimates", len(self.mean), lower=self.lower, upper=self.upper, completion=self.completion)
        freeze(self)


class BenefitPredictor(Protocol):
    """Whatever estimates benefits: the rule, or a fitted model."""

    def predict(self, X: FeatureMatrix) -> BenefitEstimates:
        """Estimate every pair."""
        ...


def level_fit(level: FloatArray, level_from: FloatArray, level_to: FloatArray, required: FloatArray) -> FloatArray:
    """Discount for how well a training's levels fit the person, 0 to 1.

    Parameters
    ----------
    level : The person's level.
    level_from, level_to : Entry and target level of the training.
    required : Level the position asks for; what is taught beyond it does not count.

    Returns
    -------
    1 when entry is at the person's level; 0.5 for each level it is too high; 0.2 when the training ends at or
    below the person's level.

    Examples
    --------
    >>> level_fit(
    ...     np.array([1.0, 1.0, 3.0]), np.array([1.0, 2.0, 1.0]), np.array([2.0, 3.0, 2.0]), np.full(3, 4.0)
    ... ).tolist()
    [1.0, 0.5, 0.2]
    """
    too_high = np.clip(level_from - level, 0.0, None)
    fit = np.exp2(too_high * np.log2(TOO_HIGH_FACTOR))  # of two: less than half the time of another power
    return np.where(np.minimum(level_to, required) <= level, np.minimum(fit, BELOW_LEVEL_FACTOR), fit)


def mode_effectiveness(mode: NDArray[np.int64]) -> FloatArray:
    """Share of a covered deficit that a completed training of each mode closes.

    Parameters
    ----------
    mode : 0 face-to-face, 1 online, 2 blended.

    Examples
    --------
    >>> mode_effectiveness(np.array([0, 1, 2])).tolist()
    [0.4, 0.4, 0.46]
    """
    return MODE_EFFECTS[mode]


def _column(X: FeatureMatrix, name: str) -> FloatArray:
    return np.nan_to_num(X[:, _COLUMN[name]].astype(np.float64))


def rule_gain(X: FeatureMatrix) -> FloatArray:
    """Return what the rule expects to be closed by a completed training, in weighted levels; nothing where missing."""
    return np.maximum(_column(X, "rule_benefit"), 0.0)


def course_gain(X: FeatureMatrix) -> FloatArray:
    """Return what one course of usual size is expected to close, in weighted levels; nothing where missing."""
    return np.maximum(_column(X, "one_course"), 0.0)


def covered_deficit(X: FeatureMatrix) -> FloatArray:
    """Return the most that a training can close, in weighted levels; nothing where it is not known."""
    return np.maximum(_column(X, "covered_deficit"), 0.0)


def usual_completion(X: FeatureMatrix) -> FloatArray:
    """Return the completion usual for the mode of each row; face-to-face where the mode is not known."""
    online, blended = _column(X, "is_online"), _column(X, "is_blended")
    return np.where(online > 0, MODE_COMPLETION[1], np.where(blended > 0, MODE_COMPLETION[2], MODE_COMPLETION[0]))


class BaselineRule:
    """The rule as a predictor: what it expects to be closed, times the completion usual for the mode."""

    def predict(self, X: FeatureMatrix) -> BenefitEstimates:
        """Estimate every pair; the interval runs from nothing to all that is covered.

        Raises
        ------
        LengthMismatchError
            When the columns are not those of `FEATURES`.
        """
        check_features(X)
        completion = usual_completion(X)
        mean = rule_gain(X) * completion
        return BenefitEstimates(
            mean=mean,
            lower=np.zeros(len(X)),
            upper=np.maximum(covered_deficit(X), mean),
            completion=completion,
        )
