"""The doorway: every feature of an (employee, training) pair, with unit, range and monotone direction.

Ids are never features, and neither are protected attributes (sex, age, religion, marital status, disability):
merit system of the civil service, and the fairness report would be worthless otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training_catalog.errors import LengthMismatchError

FeatureMatrix = NDArray[np.float32]  # shape (n_pairs, n_features), columns in the order of FEATURES; NaN is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One column of the feature matrix.

    Parameters
    ----------
    name : Column name.
    unit : Unit of the values.
    minimum, maximum : Range of possible values.
    meaning : One sentence.
    benefit_direction, completion_direction : 1 when a larger value never lowers the prediction,
        -1 when it never raises it, 0 when free.
    tells_completion : Whether the completion model sees it. Deficits and what is known of them are kept from it:
        whether a class is finished is read from mode, length, the person's record and the unit, and the expected
        benefit, which is a product, then never falls as a deficit rises.
    tells_gain : Whether the model of the gain sees it. What is often taken, and by whom, says who takes and completes a
        training, and nothing of how much it closes.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    meaning: str
    benefit_direction: int = 0
    completion_direction: int = 0
    tells_completion: bool = True
    tells_gain: bool = True


FEATURES: tuple[Feature, ...] = (
    Feature(name="rule_benefit", unit="weighted levels", minimum=0, maximum=100, benefit_direction=1,
            tells_completion=False, meaning="Deficit the rule expects this training to close."),
    Feature(name="covered_deficit", unit="weighted levels", minimum=0, maximum=100, benefit_direction=1,
            tells_completion=False, meaning="Deficit in the competencies it teaches, up to the level it leads to."),
    Feature(name="one_course", unit="weighted levels", minimum=0, maximum=100, benefit_direction=1,
            tells_completion=False, meaning="Deficit that one course closes if it teaches a fixed amount, with levels"
            " as uncertain as the records leave them."),
    Feature(name="person_deficit", unit="weighted levels", minimum=0, maximum=200, benefit_direction=1,
            tells_completion=False, meaning="All deficits of the person."),
    Feature(name="n_covered", unit="competencies", minimum=0, maximum=50, benefit_direction=1,
            tells_completion=False, meaning="Competencies with a deficit that it teaches."),
    Feature(name="levels_too_high", unit="levels", minimum=0, maximum=10, benefit_direction=-1,
            completion_direction=-1, meaning="Mean distance by which its entry level exceeds the person's."),
    Feature(name="levels_too_low", unit="levels", minimum=0, maximum=10, benefit_direction=-1, tells_completion=False,
            meaning="Mean distance by which its target level falls short of the required one."),
    Feature(name="assumed_share", unit="share", minimum=0, maximum=1, tells_completion=False,
            meaning="Share of the covered deficit that is assumed: never assessed or expired."),
    Feature(name="assessment_age", unit="years", minimum=0, maximum=30, tells_completion=False,
            meaning="Mean age of the assessments behind the covered deficit; missing when never assessed."),
    Feature(name="hours", unit="JP", minimum=0, maximum=2000, meaning="Learning hours."),
    Feature(name="is_online", unit="truth", minimum=0, maximum=1, meaning="1 when held online."),
    Feature(name="is_blended", unit="truth", minimum=0, maximum=1, meaning="1 when blended."),
    Feature(name="n_targets", unit="competencies", minimum=0, maximum=50, meaning="Competencies it teaches in all."),
    Feature(name="rating", unit="0 worst .. 1 best", minimum=0, maximum=1, completion_direction=0,
            meaning="Last performance rating on its own scale."),
    Feature(name="rating_trend", unit="change", minimum=-1, maximum=1,
            meaning="Last rating minus the mean of the earlier ones on the same scale."),
    Feature(name="n_completed", unit="trainings", minimum=0, maximum=200, meaning="Trainings completed in five years."),
    Feature(name="completion_rate", unit="share", minimum=0, maximum=1, completion_direction=1,
            meaning="Share of past trainings completed, shrunk to the mean."),
    Feature(name="online_completion_rate", unit="share", minimum=0, maximum=1, completion_direction=1,
            meaning="Share of past online trainings completed, shrunk to the mean."),
    Feature(name="mean_past_gain", unit="score points", minimum=-100, maximum=100, benefit_direction=1,
            meaning="Mean post-test minus pre-test score of the person's past trainings."),
    Feature(name="is_interested", unit="truth", minimum=0, maximum=1, completion_direction=1,
            meaning="1 when the person asked for it."),
    Feature(name="self_rating_excess", unit="levels", minimum=-10, maximum=10, tells_completion=False,
            meaning="Self-rated minus assessed level in what it teaches; missing when not self-rated."),
    Feature(name="years_of_service", unit="years", minimum=0, maximum=60, meaning="Years since service began."),
    Feature(name="position_level", unit="levels", minimum=0, maximum=10,
            meaning="Mean required level of the person's position."),
    Feature(name="unit_shortage", unit="share", minimum=0, maximum=1, completion_direction=-1,
            meaning="Share of the unit's authorised posts that are vacant."),
    Feature(name="goes_with_past", unit="share", minimum=0, maximum=1, tells_gain=False,
            meaning="Share of trainings that everybody's past choices put below it for a person with this past; missing"
            " for people without a past."),
    Feature(name="taken_by_class", unit="share", minimum=0, maximum=1, tells_gain=False,
            meaning="Share of the position class that began it before, shrunk to the share of everybody."),
    Feature(name="completion_above_usual", unit="share", minimum=-1, maximum=1, completion_direction=1,
            tells_gain=False, meaning="Share of those who began it before that completed, shrunk, less the usual share"
            " for its mode; missing when nobody began it."),
)  # fmt: skip

FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)


def check_features(X: FeatureMatrix, schema: tuple[Feature, ...] = FEATURES) -> None:
    """Check that a matrix has the columns of a schema.

    Raises
    ------
    LengthMismatchError
        Naming both widths.
    """
    if X.ndim != 2 or X.shape[1] != len(schema):  # noqa: PLR2004 (rows and columns)
        message = f"features have shape {X.shape}, expected (n_pairs, {len(schema)})"
        raise LengthMismatchError(message)
