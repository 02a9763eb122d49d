"""Trainings: what is taught, in which form and mode, how many hours, for whom, and what must come first."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training_catalog.columns import (
    BoolArray,
    FloatArray,
    IndexArray,
    TextArray,
    check_lengths,
    freeze,
    group_bounds,
)
from training_catalog.competency import Competencies
from training_catalog.errors import InvalidValueError
from training_catalog.frames import choice_of, index_of, numbers_of, sorted_by_key, text_of
from training_catalog.tables_people import EMPLOYMENT_TYPES

MODES = ("face-to-face", "online", "blended")
FACE_TO_FACE, ONLINE, BLENDED = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainings:
    """Trainings and what they teach.

    Parameters
    ----------
    ids : shape (n_trainings,), ascending.
    names, topic, form, provider : Texts; empty when not given.
    mode : Index into `MODES`.
    hours : JP.
    series : Index of the training of which this is an edition; its own index when it is none.
    is_open : Whether it is offered at all.
    class_allowed : shape (n_trainings, n_classes): position classes it is for.
    restricts_class : Whether it is for some classes only.
    type_allowed : shape (n_trainings, n_employment_types): employment types it is for.
    retake_after_years : Years before it may be taken again; NaN leaves it to the policy.
    target_bounds : shape (n_trainings + 1,): the rows of each training below.
    target_competency : Competency taught, ascending within a training.
    level_from, level_to : Levels, oriented: what a participant should have, and what it leads to.
    prerequisite_bounds, requires : The trainings that must come first, as in a CSR matrix.
    """

    ids: TextArray
    names: TextArray
    topic: TextArray
    form: TextArray
    provider: TextArray
    mode: IndexArray
    hours: FloatArray
    series: IndexArray
    is_open: BoolArray
    class_allowed: BoolArray
    restricts_class: BoolArray
    type_allowed: BoolArray
    retake_after_years: FloatArray
    target_bounds: IndexArray
    target_competency: IndexArray
    level_from: FloatArray
    level_to: FloatArray
    prerequisite_bounds: IndexArray
    requires: IndexArray

    def __post_init__(self) -> None:
        check_lengths("trainings", len(self.ids), names=self.names, topic=self.topic, form=self.form,
                      mode=self.mode, hours=self.hours, series=self.series, is_open=self.is_open,
                      class_allowed=self.class_allowed, type_allowed=self.type_allowed)  # fmt: skip
        check_lengths("targets", len(self.target_competency), level_from=self.level_from, level_to=self.level_to)
        freeze(self)


def _series(frame: pd.DataFrame, ids: TextArray) -> IndexArray:
    """Follow each edition to the training it is an edition of."""
    own = np.arange(len(ids), dtype=np.int64)
    parent = index_of(frame, "series", ids)
    parent = np.where(parent >= 0, parent, own)
    series = own
    for _ in range(len(ids) + 1):
        further = parent[series]
        if np.array_equal(further, series):
            return series
        series = further
    circle = ids[np.flatnonzero(parent[series] != series)[0]]
    raise InvalidValueError("series", circle, "an edition chain that ends")


def _allowed(listed: TextArray, choices: tuple[str, ...] | TextArray) -> BoolArray:
    """Turn lists such as ``PNS;CPNS`` into truth columns; an empty list allows everybody."""
    spelled = [{part.strip() for part in entry.split(";") if part.strip()} for entry in listed]
    return np.array(
        [[not names or choice in names for choice in choices] for names in spelled], dtype=np.bool_
    ).reshape(len(listed), len(choices))


def _pairs(frame: pd.DataFrame, first: IndexArray, second: IndexArray) -> pd.DataFrame:
    """Keep the rows whose two ids are known, in order."""
    rows = frame.assign(first=first, second=second)
    return rows[(rows["first"] >= 0) & (rows["second"] >= 0)].sort_values(["first", "second"], kind="stable")


def build_trainings(
    trainings: pd.DataFrame,
    targets: pd.DataFrame,
    prerequisites: pd.DataFrame,
    competencies: Competencies,
    classes: TextArray,
) -> Trainings:
    """Build trainings from the tables ``trainings``, ``training_targets`` and ``prerequisites``.

    Raises
    ------
    InvalidValueError
        When editions refer to each other in a circle.
    """
    trainings = sorted_by_key(trainings, "training")
    ids = text_of(trainings, "training")
    taught = _pairs(targets, index_of(targets, "training", ids), index_of(targets, "competency", competencies.ids))
    competency = taught["second"].to_numpy(np.int64)
    direction = competencies.direction[competency]
    level_to = numbers_of(taught, "level_to") * direction
    level_from = numbers_of(taught, "level_from") * direction
    first = _pairs(prerequisites, index_of(prerequisites, "training", ids), index_of(prerequisites, "requires", ids))
    listed_classes = text_of(trainings, "position_classes")
    return Trainings(
        ids=ids,
        names=text_of(trainings, "name"),
        topic=text_of(trainings, "topic"),
        form=text_of(trainings, "form"),
        provider=text_of(trainings, "provider"),
        mode=choice_of(trainings, "mode", MODES, "face-to-face"),
        hours=numbers_of(trainings, "hours", 0.0),
        series=_series(trainings, ids),
        is_open=text_of(trainings, "status", "open") == "open",
        class_allowed=_allowed(listed_classes, classes),
        restricts_class=listed_classes != "",
        type_allowed=_allowed(text_of(trainings, "employment_types"), EMPLOYMENT_TYPES),
        retake_after_years=numbers_of(trainings, "retake_after_years"),
        target_bounds=group_bounds(taught["first"].to_numpy(np.int64), len(ids)),
        target_competency=competency,
        level_from=np.where(np.isnan(level_from), level_to - 1.0, level_from),
        level_to=level_to,
        prerequisite_bounds=group_bounds(first["first"].to_numpy(np.int64), len(ids)),
        requires=first["second"].to_numpy(np.int64),
    )
