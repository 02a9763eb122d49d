"""Ranked lists: best first by benefit, ties by lower cost, by the person's past, then by training id; a total order."""

from dataclasses import dataclass

import numpy as np

from models.baseline import BenefitEstimates
from recommender.candidates import Candidates, LeftOut
from recommender.class_estimates import COLUMNS
from recommender.options import Options
from recommender.prospects import Prospects
from training_catalog.columns import (
    BoolArray,
    FloatArray,
    IndexArray,
    check_lengths,
    freeze,
    group_bounds,
    order_within,
)
from training_catalog.quantities import RupiahArray

EQUAL_BENEFIT_DIGITS = 9  # benefits that agree to so many decimals are equal


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedLists:
    """The ranked trainings of every person, by person, best first.

    Parameters
    ----------
    bounds : shape (n_people + 1,): the rows of each person.
    pair : Row in `candidates`.
    training, employee : Indices.
    offering : The class shown: for a person short of time the cheapest light one, else the cheapest; ties by the
        earlier start, then id; -1 when the training has no class yet.
    option : Row in `options`; -1 when the training has no class yet.
    cost : Whole rupiah for this person in that class; 0 without class.
    benefit, lower, upper : Weighted levels expected to close in the class shown, with the model's interval.
    completion : Probability of completing it.
    suits_full_calendar : Whether the class shown is light and the person's unit is short of staff or calendar full.
    candidates, options : What was ranked.
    by_class : As predicted, by option.
    """

    bounds: IndexArray
    pair: IndexArray
    employee: IndexArray
    training: IndexArray
    offering: IndexArray
    option: IndexArray
    cost: RupiahArray
    benefit: FloatArray
    lower: FloatArray
    upper: FloatArray
    completion: FloatArray
    suits_full_calendar: BoolArray
    candidates: Candidates
    options: Options
    by_class: BenefitEstimates

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def left_out(self) -> LeftOut:
        """Pairs that may not be recommended, with their reasons."""
        return self.candidates.left_out

    @property
    def rank(self) -> IndexArray:
        """Rank of each row within its person's list, from 1."""
        return np.arange(len(self.pair), dtype=np.int64) - self.bounds[self.employee] + 1


def _shown_in(estimates: BenefitEstimates, by_class: BenefitEstimates, shown: IndexArray) -> BenefitEstimates:
    """Return what is expected of each pair in the class shown; of its training where there is none."""
    if not len(by_class.mean):
        return estimates
    has = shown >= 0
    return BenefitEstimates(
        **{name: np.where(has, getattr(by_class, name)[shown], getattr(estimates, name)) for name in COLUMNS}
    )


def rank(prospects: Prospects, estimates: BenefitEstimates, by_class: BenefitEstimates) -> RankedLists:
    """Rank each person's candidates that can be taken now and close something.

    Parameters
    ----------
    prospects : Pairs and their classes.
    estimates, by_class : Predicted benefit of each pair, and of each option.

    Returns
    -------
    Best first by benefit in the class shown, ties by lower cost, then by what goes with the person's past, then by
    training id.

    Raises
    ------
    LengthMismatchError
        When the estimates are not one a pair, or not one an option.
    """
    candidates, options, shown = prospects.candidates, prospects.options, prospects.shown
    check_lengths("ranking", candidates.n_pairs, estimates=estimates.mean)
    check_lengths("ranking", len(options.pair), by_class=by_class.mean)
    estimates = _shown_in(estimates, by_class, shown)
    benefit = np.round(estimates.mean, EQUAL_BENEFIT_DIGITS)
    order = prospects.order
    order = order[order_within(candidates.employee[order], -benefit[order])]
    order = order[(candidates.needs_first[order] < 0) & (candidates.rule_benefit[order] > 0)]
    employee = candidates.employee[order]
    return RankedLists(
        bounds=group_bounds(employee, candidates.gaps.n_people),
        pair=order,
        employee=employee,
        training=candidates.training[order],
        offering=np.append(options.offering, -1)[shown[order]],
        option=shown[order],
        cost=prospects.cost[order],
        benefit=estimates.mean[order],
        lower=estimates.lower[order],
        upper=estimates.upper[order],
        completion=estimates.completion[order],
        suits_full_calendar=prospects.suits_full_calendar[order],
        candidates=candidates,
        options=options,
        by_class=by_class,
    )
