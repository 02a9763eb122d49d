"""Later participations beside what was foretold of them: by a model that saw only earlier ones, and by the rule."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from models.baseline import BaselineRule, BenefitEstimates, BenefitPredictor, covered_deficit
from models.benefit import outcome_weights, outcomes_of
from models.features import FeatureMatrix
from models.metrics import concordances
from training_catalog.columns import BoolArray, FloatArray, IndexArray, check_lengths, freeze

RESAMPLES_AT_ONCE = 50  # bounds memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Participations that models are judged on.

    Parameters
    ----------
    split : Which split of time the row was judged in; each split has a model of its own.
    person : Number of the person; only tells which rows belong together.
    completed : 1, 0, or NaN where it is not known.
    outcome : Weighted levels closed; NaN where it is not known.
    weight : How often the outcome counts, see `models.benefit.outcome_weights`; 0 where it is not known.
    covered : The most that could be closed, in weighted levels.
    own, rule : What the split's model and the rule foretold.
    """

    split: IndexArray
    person: IndexArray
    completed: FloatArray
    outcome: FloatArray
    weight: FloatArray
    covered: FloatArray
    own: BenefitEstimates
    rule: BenefitEstimates

    def __post_init__(self) -> None:
        check_lengths("judged rows", len(self.split), person=self.person, completed=self.completed,
                      outcome=self.outcome, weight=self.weight, covered=self.covered, own=self.own.mean,
                      rule=self.rule.mean)  # fmt: skip
        freeze(self)

    def take(self, rows: IndexArray) -> "Judged":
        """Keep some rows, in the order given."""
        columns = {c.name: getattr(self, c.name)[rows] for c in fields(self) if c.name not in {"own", "rule"}}
        return Judged(**columns, own=_rows_of(self.own, rows), rule=_rows_of(self.rule, rows))

    @property
    def is_used(self) -> BoolArray:
        """Whether the row's outcome is known and counts."""
        used: BoolArray = self.weight > 0
        return used


def _rows_of(estimates: BenefitEstimates, rows: IndexArray) -> BenefitEstimates:
    return BenefitEstimates(**{c.name: getattr(estimates, c.name)[rows] for c in fields(BenefitEstimates)})


def foretell(
    model: BenefitPredictor, X: FeatureMatrix, y_completed: FloatArray, y_gain: FloatArray, *,
    person: IndexArray | None = None, split: int = 0,
) -> Judged:  # fmt: skip
    """Set what a model and the rule foretell beside what happened.

    Parameters
    ----------
    model : Fitted on earlier rows only.
    X, y_completed, y_gain : Later rows; gains as they were really measured.
    person : Whose row it is; everybody another one when None.
    split : Number of the split.
    """
    return Judged(
        split=np.full(len(X), split), person=np.arange(len(X)) if person is None else person, completed=y_completed,
        outcome=outcomes_of(y_completed, y_gain), weight=outcome_weights(X, y_completed, y_gain),
        covered=covered_deficit(X), own=model.predict(X), rule=BaselineRule().predict(X),
    )  # fmt: skip


def put_together(parts: Sequence[Judged]) -> Judged:
    """Stack the rows of several splits, at least one."""
    columns = {c.name: np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(Judged)
               if c.name not in {"own", "rule"}}  # fmt: skip
    estimates = {
        name: BenefitEstimates(**{
            c.name: np.concatenate([getattr(getattr(part, name), c.name) for part in parts])
            for c in fields(BenefitEstimates)
        })
        for name in ("own", "rule")
    }  # fmt: skip
    return Judged(**columns, **estimates)  # type: ignore[arg-type]  # names of two kinds of columns


def orderings(judged: Judged, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the concordance of model and rule under several weightings of used rows.

    Parameters
    ----------
    judged : Used rows only.
    weights : shape (n_rows, m).

    Returns
    -------
    own, rule : shape (m,). Pairs are taken within a split, because no two models ever rank together; splits count by
        the weight of their outcomes.
    """
    own, rule, total = np.zeros(weights.shape[1]), np.zeros(weights.shape[1]), 0.0
    for split in np.unique(judged.split):
        rows = np.flatnonzero(judged.split == split)
        size = float(judged.weight[rows].sum())
        own += size * concordances(judged.outcome[rows], judged.own.mean[rows], weights[rows])
        rule += size * concordances(judged.outcome[rows], judged.rule.mean[rows], weights[rows])
        total += size
    return own / total, rule / total


def resampled_gains(judged: Judged, n_resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return differences in concordance, model less rule, of people drawn with replacement.

    Parameters
    ----------
    judged : Used rows only, at least one.
    n_resamples : How many.
    rng : For the draws.

    Notes
    -----
    Paired bootstrap by person (Efron & Tibshirani 1993): all rows of a person, in whatever split, are drawn together,
    and model and rule are judged on the same draw. Models are not fitted again: how they vary is seen from split to
    split.
    """
    _, person = np.unique(judged.person, return_inverse=True)
    n_people = int(person.max()) + 1
    parts = []
    for first in range(0, n_resamples, RESAMPLES_AT_ONCE):
        size = min(RESAMPLES_AT_ONCE, n_resamples - first)
        drawn = rng.multinomial(n_people, np.full(n_people, 1.0 / n_people), size=size).T
        own, rule = orderings(judged, drawn[person] * judged.weight[:, None])
        parts.append(own - rule)
    return np.concatenate(parts)


def clustered_error(values: FloatArray, person: IndexArray, weight: FloatArray | None = None) -> float:
    """Return the standard error of a weighted mean whose rows belong to people.

    Notes
    -----
    Sandwich, with the factor G / (G - 1) for G people (Liang & Zeger 1986, Biometrika 73); infinite for one person.

    Examples
    --------
    >>> clustered_error(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    count = np.ones(len(values)) if weight is None else weight
    if not count.sum() > 0:
        return float("inf")
    _, own = np.unique(person, return_inverse=True)
    away = np.bincount(own, weights=count * (values - np.average(values, weights=count)))
    if len(away) < 2:  # noqa: PLR2004 (one person has no spread)
        return float("inf")
    return float(np.sqrt((away**2).sum() * len(away) / (len(away) - 1)) / count.sum())
