"""Plans to begin from, filled one option after another: by value for money, by what was chosen, by what is near."""

import numpy as np

from recommender.allocation.greedy import greedy, ratio_scores
from recommender.allocation.nearness import Nearness
from recommender.allocation.objective import worth
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.ties import prefer_lower_ids
from training_catalog.columns import IndexArray

KINDNESS = (1e-3, 2e-2)  # of what an option is usually worth, by which it may miss its exit price and be filled in


def better(problem: AllocationProblem, *plans: IndexArray) -> IndexArray:
    """Return the plan that is worth most; the first of equals."""
    return max(plans, key=lambda plan: worth(problem, plan).objective)


def by_value(empty: Placement, first: IndexArray) -> IndexArray:
    """Fill by value for money, or with what an earlier plan chose and this one can keep and then by value for money.

    Parameters
    ----------
    empty : Any placement of the problem; it is not changed.
    first : A choice that keeps every limit, which stays.
    """
    scores, was_chosen = ratio_scores(empty.problem), empty.problem.options.was_chosen
    plain = greedy(empty, scores, first)
    if not was_chosen.any():
        return plain
    kept = greedy(empty, scores, greedy(empty, was_chosen.astype(np.float64), first))
    return better(empty.problem, plain, kept)


def by_nearness(empty: Placement, near: Nearness, kindness: float, first: IndexArray) -> IndexArray:
    """Fill with what misses its exit price least, then by value for money."""
    return greedy(empty, ratio_scores(empty.problem), greedy(empty, kindness - near.losses, first))


def filled_up(empty: Placement, chosen: IndexArray) -> IndexArray:
    """Add what still fits and helps, by value for money: no seat stays free for want of a longer search.

    Parameters
    ----------
    empty : Any placement of the problem; it is not changed.
    chosen : A plan that keeps every limit.

    Returns
    -------
    The plan as it was where nothing fits; else with more, equal seats with the lower ids.
    """
    more = greedy(empty, ratio_scores(empty.problem), chosen)
    return chosen if len(more) == len(chosen) else prefer_lower_ids(empty.fresh(better(empty.problem, chosen, more)))
