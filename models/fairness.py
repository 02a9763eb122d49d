"""What a model means for groups that it never sees: who would be chosen, and whether what is expected comes true."""

from dataclasses import dataclass

import numpy as np

from models.judged import Judged, clustered_error
from models.slices import FEWEST_MEASURED, INTERVAL
from training_catalog.columns import BoolArray, FloatArray, IndexArray

CHOSEN_SHARE = 0.25  # of the later participations, those foretold to close most: as if there were seats for a quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigure:
    """One group.

    Parameters
    ----------
    n_people, n_rows : Later participations, and people behind them.
    chosen, chosen_by_rule : Share of the rows among the quarter foretold to close most, by model and by rule.
    expected : Mean levels foretold where the outcome is known; NaN where too few are.
    found : Mean levels found there.
    excess, excess_lower, excess_upper : Found less expected, with a 95 % interval by person.
    """

    n_people: int
    n_rows: int
    chosen: float
    chosen_by_rule: float
    expected: float = np.nan
    found: float = np.nan
    excess: float = np.nan
    excess_lower: float = np.nan
    excess_upper: float = np.nan


def compare_groups(judged: Judged, group: IndexArray, n_groups: int) -> tuple[GroupFigure, ...]:
    """Return selection rate and benefit by group.

    Parameters
    ----------
    judged : Later rows of all splits.
    group : Group of each row; -1 for none.
    n_groups : How many there are.
    """
    own, rule = _chosen(judged.own.mean, judged.split), _chosen(judged.rule.mean, judged.split)
    return tuple(_figure(judged, np.flatnonzero(group == g), own, rule) for g in range(n_groups))


def _figure(judged: Judged, rows: IndexArray, own: FloatArray, rule: FloatArray) -> GroupFigure:
    size = {"n_people": len(np.unique(judged.person[rows])), "n_rows": len(rows)}
    if not len(rows):
        return GroupFigure(**size, chosen=0.0, chosen_by_rule=0.0)
    shares = {"chosen": float(own[rows].mean()), "chosen_by_rule": float(rule[rows].mean())}
    part = judged.take(rows)
    used = part.take(np.flatnonzero(part.is_used))
    if int((used.completed == 1).sum()) < FEWEST_MEASURED:
        return GroupFigure(**size, **shares)  # type: ignore[arg-type]  # counts are integers
    excess = used.outcome - used.own.mean
    middle = float(np.average(excess, weights=used.weight))
    half = INTERVAL * clustered_error(excess, used.person, used.weight)
    return GroupFigure(
        **size, **shares, expected=float(np.average(used.own.mean, weights=used.weight)),  # type: ignore[arg-type]  # as above
        found=float(np.average(used.outcome, weights=used.weight)), excess=middle, excess_lower=middle - half,
        excess_upper=middle + half,
    )  # fmt: skip


def _chosen(mean: FloatArray, split: IndexArray) -> FloatArray:
    """Return by how much each row is among the quarter of its split; what is foretold alike at the end shares."""
    chosen = np.zeros(len(mean))
    for one in np.unique(split):
        rows = np.flatnonzero(split == one)
        seats = CHOSEN_SHARE * len(rows)
        last = np.sort(mean[rows])[::-1][min(int(seats), len(rows) - 1)]
        is_above: BoolArray = mean[rows] > last
        is_last: BoolArray = mean[rows] == last
        chosen[rows] = is_above + is_last * (seats - is_above.sum()) / is_last.sum()
    return chosen
