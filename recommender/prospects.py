"""What is known of people's candidates before a model speaks: described, put into classes, in order among equals.

Nothing here depends on the model, and nothing of one person on who else is looked at: some dozens of people are
described together for little more than one costs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.features import FEATURE_NAMES, FeatureMatrix
from recommender.candidates import Candidates
from recommender.options import Options
from recommender.pair_features import held_in
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, IndexArray, check_lengths, first_within, freeze, order_within
from training_catalog.quantities import RupiahArray

NO_COST = np.iinfo(np.int64).max  # sorts a pair without any class after the others
LIKED = FEATURE_NAMES.index("goes_with_past")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects:
    """All that lists are made from but the model's word.

    Parameters
    ----------
    candidates, options : Pairs, and their classes.
    features : shape (n_pairs, n_features).
    held : shape (n_held, n_features): of the options whose class is held in another mode than its training usually is.
    held_option : shape (n_held,): those options, ascending.
    shown : shape (n_pairs,): the class shown, as a row of `options`: for a person short of time the cheapest light one,
        else the cheapest; ties by the earlier start, then id; -1 when the training has no class yet.
    cost : Whole rupiah in that class; 0 without class.
    suits_full_calendar : Whether that class is light and the person's unit is short of staff or calendar full.
    order : All pairs, in order among equal benefits: by person, by lower cost, by what goes with the person's past, by
        training.
    """

    candidates: Candidates
    options: Options
    features: FeatureMatrix
    held: FeatureMatrix
    held_option: IndexArray
    shown: IndexArray
    cost: RupiahArray
    suits_full_calendar: BoolArray
    order: IndexArray

    def __post_init__(self) -> None:
        freeze(self)


def arrange(
    catalog: Catalog, candidates: Candidates, options: Options, features: FeatureMatrix, prefers_light: BoolArray
) -> Prospects:
    """Put candidates beside their classes.

    Parameters
    ----------
    catalog : Starts and modes of classes.
    candidates, options, features : Pairs, their classes, and what describes the pairs.
    prefers_light : shape (n_people,): whose unit is short of staff or calendar is full.

    Raises
    ------
    LengthMismatchError
        When the features are not one row a pair, or the preferences not one a person.
    """
    check_lengths("prospects", candidates.n_pairs, features=features)
    check_lengths("prospects", candidates.gaps.n_people, prefers_light=prefers_light)
    shown = _class_shown(catalog, options, candidates.n_pairs, prefers_light)
    cost = np.append(options.cost, 0)[shown]
    is_light = np.append(options.is_light, False)[shown]
    held_option, held = _held_otherwise(catalog, candidates, options, features)
    return Prospects(
        candidates=candidates,
        options=options,
        features=features,
        held=held,
        held_option=held_option,
        shown=shown,
        cost=cost,
        suits_full_calendar=is_light & prefers_light[candidates.employee],
        order=_order(candidates, np.where(shown >= 0, cost, NO_COST), features[:, LIKED]),
    )


def _class_shown(catalog: Catalog, options: Options, n_pairs: int, prefers_light: BoolArray) -> IndexArray:
    """Return the option shown for each pair; -1 where the pair has none."""
    heavy = prefers_light[options.employee] & ~options.is_light
    turn = np.empty(len(catalog.offerings.start), dtype=np.int64)
    turn[np.argsort(catalog.offerings.start, kind="stable")] = np.arange(len(turn))
    return first_within(options.pair, n_pairs, heavy, options.cost, turn[options.offering])


def _held_otherwise(
    catalog: Catalog, candidates: Candidates, options: Options, features: FeatureMatrix
) -> tuple[IndexArray, FeatureMatrix]:
    """Return the options held in another mode than their training usually is, and what describes them."""
    usual = catalog.trainings.mode[candidates.training[options.pair]]
    mode = catalog.offerings.mode[options.offering]
    other = np.flatnonzero(usual != mode)
    return other, held_in(features[options.pair[other]], usual[other], mode[other])


def _order(candidates: Candidates, cost: RupiahArray, likely: NDArray[np.float32]) -> IndexArray:
    """Return pairs in order among equal benefits; what nothing is known of comes last."""
    return order_within(candidates.employee, cost, -np.nan_to_num(likely), candidates.training)
