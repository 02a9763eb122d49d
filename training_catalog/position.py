"""Positions and their standards: the position's own rows, else the default of its class, labelled as default."""

from dataclasses import dataclass
from datetime import date

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
    join_groups,
)
from training_catalog.competency import Competencies
from training_catalog.frames import dates_of, index_of, numbers_of, sorted_by_key, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Positions with the standard that holds on one day.

    Parameters
    ----------
    ids : shape (n_positions,), ascending.
    names : Names.
    position_class : Index into `classes`; -1 when it has none.
    classes : shape (n_classes,), ascending.
    bounds : shape (n_positions + 1,): the rows of each position below, as in a CSR ``indptr``.
    competency : Index of the competency, ascending within a position.
    level : Required level, oriented.
    weight : Importance in this position times the competency's own weight.
    is_default : Whether the row comes from the class's default rather than the position's own standard.
    """

    ids: TextArray
    names: TextArray
    position_class: IndexArray
    classes: TextArray
    bounds: IndexArray
    competency: IndexArray
    level: FloatArray
    weight: FloatArray
    is_default: BoolArray

    def __post_init__(self) -> None:
        check_lengths("positions", len(self.ids), names=self.names, position_class=self.position_class)
        check_lengths("requirements", len(self.competency), level=self.level, weight=self.weight,
                      is_default=self.is_default)  # fmt: skip
        freeze(self)


def _valid_rows(frame: pd.DataFrame, on: date) -> pd.DataFrame:
    """Keep the rows that hold on a day."""
    day = np.datetime64(on, "D")
    since, until = dates_of(frame, "valid_from"), dates_of(frame, "valid_until")
    holds = (np.isnat(since) | (since <= day)) & (np.isnat(until) | (until >= day))
    return frame.loc[holds]


def _standard_rows(frame: pd.DataFrame, owner: IndexArray, competencies: Competencies) -> pd.DataFrame:
    """Bring own or default rows to one shape; the latest `valid_from` wins."""
    competency = index_of(frame, "competency", competencies.ids)
    weight = numbers_of(frame, "weight", 1.0) if "weight" in frame else np.ones(len(frame))
    rows = pd.DataFrame({
        "owner": owner, "competency": competency, "level": numbers_of(frame, "level"), "weight": weight,
        "since": dates_of(frame, "valid_from").astype(np.int64),
    })  # fmt: skip
    rows = rows[(rows.owner >= 0) & (rows.competency >= 0) & rows.level.notna()]
    return rows.sort_values(["owner", "competency", "since"], kind="stable").drop_duplicates(
        ["owner", "competency"], keep="last"
    )


def build_positions(
    positions: pd.DataFrame, requirements: pd.DataFrame, defaults: pd.DataFrame, competencies: Competencies, on: date
) -> Positions:
    """Build positions with the standard that holds on a day.

    Parameters
    ----------
    positions, requirements, defaults : The tables ``positions``, ``requirements`` and ``position_defaults``.
    competencies : Where the competency codes are looked up.
    on : Day on which the standard must hold.

    Notes
    -----
    A position's own row wins over its class's default competency by competency.
    """
    positions = sorted_by_key(positions, "position")
    ids = text_of(positions, "position")
    class_names = text_of(positions, "position_class")
    classes = np.unique(class_names[class_names != ""])
    position_class = index_of(positions, "position_class", classes)
    requirements, defaults = _valid_rows(requirements, on), _valid_rows(defaults, on)
    own = _standard_rows(requirements, index_of(requirements, "position", ids), competencies).assign(is_default=False)
    by_class = _standard_rows(defaults, index_of(defaults, "position_class", classes), competencies)
    left, right = join_groups(group_bounds(by_class.owner.to_numpy(np.int64), len(classes)), position_class)
    inherited = by_class.iloc[right].assign(owner=left, is_default=True)
    rows = pd.concat([own, inherited]).drop_duplicates(["owner", "competency"], keep="first")
    rows = rows.sort_values(["owner", "competency"], kind="stable")
    competency = rows.competency.to_numpy(np.int64)
    return Positions(
        ids=ids,
        names=text_of(positions, "name"),
        position_class=position_class,
        classes=classes,
        bounds=group_bounds(rows.owner.to_numpy(np.int64), len(ids)),
        competency=competency,
        level=rows.level.to_numpy(np.float64) * competencies.direction[competency],
        weight=rows.weight.to_numpy(np.float64) * competencies.weight[competency],
        is_default=rows.is_default.to_numpy(np.bool_),
    )
