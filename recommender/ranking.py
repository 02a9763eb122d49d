"""Ranked lists: best first by benefit, ties by lower cost, by the person's past, then by training id; a total order."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.baseline import BenefitEstimates
from recommender.candidates import Candidates, LeftOut
from recommender.options import Options
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray, check_lengths, freeze, group_bounds
from training_catalog.quantities import RupiahArray

EQUAL_BENEFIT_DIGITS = 9  # benefits that agree to so many decimals are equal
NO_COST = np.iinfo(np.int64).max  # sorts a pair without any class after the others


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


def _class_shown(catalog: Catalog, options: Options, n_pairs: int, prefers_light: BoolArray) -> IndexArray:
    """Return the option shown for each pair; -1 where the pair has none."""
    heavy = prefers_light[options.employee] & ~options.is_light
    order = np.lexsort((options.offering, catalog.offerings.start[options.offering], options.cost, heavy, options.pair))
    bounds = group_bounds(options.pair[order], n_pairs)
    has = bounds[1:] > bounds[:-1]
    return np.where(has, np.append(order, -1)[np.where(has, bounds[:-1], len(order))], -1)


def _shown_in(estimates: BenefitEstimates, by_class: BenefitEstimates, shown: IndexArray) -> BenefitEstimates:
    """Return what is expected of each pair in the class shown; of its training where there is none."""
    columns = {}
    for column in fields(BenefitEstimates):
        in_class = np.append(getattr(by_class, column.name), 0.0)[shown]
        columns[column.name] = np.where(shown >= 0, in_class, getattr(estimates, column.name))
    return BenefitEstimates(**columns)


def rank(
    catalog: Catalog,
    candidates: Candidates,
    estimates: BenefitEstimates,
    by_class: BenefitEstimates,
    options: Options,
    prefers_light: BoolArray,
    likely: NDArray[np.float32] | None = None,
) -> RankedLists:
    """Rank each person's candidates that can be taken now and close something.

    Parameters
    ----------
    catalog : Starts of classes.
    candidates, estimates : Pairs and their predicted benefit, same order.
    by_class, options : Predicted benefit in each class, and the classes with cost, same order.
    prefers_light : shape (n_people,): whose unit is short of staff or calendar is full.
    likely : shape (n_pairs,): how well each goes with what the person took; NaN where nothing is known.

    Returns
    -------
    Best first by benefit in the class shown, ties by lower cost, then by what goes with the person's past, then by
    training id.

    Raises
    ------
    LengthMismatchError
        When the estimates are not one a pair, or not one an option.
    """
    check_lengths("ranking", candidates.n_pairs, estimates=estimates.mean)
    check_lengths("ranking", len(options.pair), by_class=by_class.mean)
    shown = _class_shown(catalog, options, candidates.n_pairs, prefers_light)
    cost = np.append(options.cost, 0)[shown]
    estimates = _shown_in(estimates, by_class, shown)
    sort_cost = np.where(shown >= 0, cost, NO_COST)
    benefit = np.round(estimates.mean, EQUAL_BENEFIT_DIGITS)
    liked = np.zeros(candidates.n_pairs) if likely is None else np.nan_to_num(likely.astype(np.float64))
    order = np.lexsort((candidates.training, -liked, sort_cost, -benefit, candidates.employee))
    order = order[(candidates.needs_first[order] < 0) & (candidates.rule_benefit[order] > 0)]
    employee = candidates.employee[order]
    is_light = np.append(options.is_light, False)[shown]
    return RankedLists(
        bounds=group_bounds(employee, candidates.gaps.n_people),
        pair=order.astype(np.int64),
        employee=employee,
        training=candidates.training[order],
        offering=np.append(options.offering, -1)[shown][order],
        option=shown[order],
        cost=cost[order],
        benefit=estimates.mean[order],
        lower=estimates.lower[order],
        upper=estimates.upper[order],
        completion=estimates.completion[order],
        suits_full_calendar=(is_light & prefers_light[candidates.employee])[order],
        candidates=candidates,
        options=options,
        by_class=by_class,
    )
