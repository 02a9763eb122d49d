"""Frameworks with their own scale and direction, and the competencies in them.

Levels are kept *oriented*: multiplied by the framework's direction, so that a larger one is always better.
Multiply by `Competencies.direction` again to show a level.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training_catalog.columns import FloatArray, IndexArray, TextArray, check_lengths, freeze
from training_catalog.frames import index_of, numbers_of, sorted_by_key, text_of

ASN_FRAMEWORK = "ASN"  # the framework meant when a row names none
STEPS = 4.0  # from the lowest to the highest level of the scale of which one level counts as one: the ASN's, 1 to 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Frameworks:
    """Competency dictionaries.

    Parameters
    ----------
    ids : shape (n_frameworks,), ascending.
    names : Full names.
    level_min, level_max : Ends of the scale as written; NaN for a framework without levels.
    direction : 1 when a higher level is better, -1 when a lower one is.
    """

    ids: TextArray
    names: TextArray
    level_min: FloatArray
    level_max: FloatArray
    direction: FloatArray

    def __post_init__(self) -> None:
        check_lengths("frameworks", len(self.ids), names=self.names, level_min=self.level_min,
                      level_max=self.level_max, direction=self.direction)  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Competencies:
    """Competencies.

    Parameters
    ----------
    ids : shape (n_competencies,), ascending.
    names, names_en : In the office's language and in English (empty when not given).
    framework : Index into `Frameworks.ids`; -1 when it has none.
    kind : ``technical``, ``managerial``, ``socio-cultural`` or ``other``.
    weight : Weight of one level in the benefit; where none is given a level of a longer scale counts less, so that the
        whole of any scale counts alike.
    direction : 1 or -1, from the framework.
    lowest, highest : Ends of the scale as oriented levels; infinite without levels.
    """

    ids: TextArray
    names: TextArray
    names_en: TextArray
    framework: IndexArray
    kind: TextArray
    weight: FloatArray
    direction: FloatArray
    lowest: FloatArray
    highest: FloatArray

    def __post_init__(self) -> None:
        check_lengths("competencies", len(self.ids), names=self.names, names_en=self.names_en,
                      framework=self.framework, kind=self.kind, weight=self.weight, direction=self.direction,
                      lowest=self.lowest, highest=self.highest)  # fmt: skip
        freeze(self)

    @property
    def step(self) -> FloatArray:
        """How many levels of a competency's own scale are as much as one level of the ASN's; 1 without a scale."""
        return steps_of(self.lowest, self.highest)


def steps_of(lowest: FloatArray, highest: FloatArray) -> FloatArray:
    """Return how many levels of each scale are as much as one level of the ASN's; 1 where an end is infinite."""
    width = highest - lowest
    return np.where(np.isfinite(width) & (width > 0), width / STEPS, 1.0)


def build_frameworks(frame: pd.DataFrame) -> Frameworks:
    """Build frameworks from their table."""
    frame = sorted_by_key(frame, "framework")
    return Frameworks(
        ids=text_of(frame, "framework"),
        names=text_of(frame, "name"),
        level_min=numbers_of(frame, "level_min"),
        level_max=numbers_of(frame, "level_max"),
        direction=np.where(text_of(frame, "direction") == "lower", -1.0, 1.0),
    )


def build_competencies(frame: pd.DataFrame, frameworks: Frameworks) -> Competencies:
    """Build competencies from their table; a row without framework belongs to the ASN's."""
    frame = sorted_by_key(frame, "competency")
    framework = index_of(
        frame.assign(framework=text_of(frame, "framework", ASN_FRAMEWORK)), "framework", frameworks.ids
    )
    known = framework >= 0
    safe = np.where(known, framework, 0)
    n_frameworks = len(frameworks.ids)
    direction = np.where(known, frameworks.direction[safe], 1.0) if n_frameworks else np.ones(len(frame))
    ends = np.full((2, len(frame)), np.nan)
    if n_frameworks:
        ends = np.stack([frameworks.level_min[safe] * direction, frameworks.level_max[safe] * direction])
        ends[:, ~known] = np.nan
    lowest = np.where(np.isnan(ends[0]), -np.inf, ends.min(axis=0))
    highest = np.where(np.isnan(ends[1]), np.inf, ends.max(axis=0))
    given = numbers_of(frame, "weight")
    return Competencies(
        ids=text_of(frame, "competency"),
        names=text_of(frame, "name"),
        names_en=text_of(frame, "name_en"),
        framework=framework,
        kind=text_of(frame, "kind", "other"),
        weight=np.where(np.isnan(given), 1.0 / steps_of(lowest, highest), given),
        direction=direction,
        lowest=lowest,
        highest=highest,
    )
