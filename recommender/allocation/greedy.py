"""The greedy rule: always a plan that keeps every limit, best for the money first; the safety net of every solver."""

import numpy as np

from recommender.allocation.objective import full_values
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import FloatArray, IndexArray

MOST_ROUNDS = 30  # closing a class below its minimum frees money for another round
FREE_SEAT = 50_000.0  # rupiah that a seat without a price counts as, so that the ratio stays finite


def ratio_scores(problem: AllocationProblem) -> FloatArray:
    """Score options by value for money, a class's fixed cost shared over the seats that are wanted."""
    options, classes = problem.options, problem.classes
    wanted = np.bincount(options.offering, minlength=len(classes.ids))
    seats = np.maximum(np.minimum(wanted, classes.seats_max), 1)
    cost = options.cost + (classes.fixed_cost / seats)[options.offering]
    return full_values(problem) / (cost + FREE_SEAT)


def demand_scores(problem: AllocationProblem) -> FloatArray:
    """Score demanded options by how many demanded people their class could take; all others are worth nothing."""
    options = problem.options
    demanded = np.flatnonzero(options.is_pinned | options.is_mandatory)
    pairs = np.unique(np.stack([options.offering[demanded], options.employee[demanded]]), axis=1)
    people = np.bincount(pairs[0], minlength=len(problem.classes.ids))
    scores = np.zeros(len(options.employee))
    scores[demanded] = people[options.offering[demanded]]
    return scores


def fill(placement: Placement, order: IndexArray) -> None:
    """Add options in order, and close classes that stay below their minimum, until nothing more fits.

    Parameters
    ----------
    placement : Where they are added; what it already holds stays unless its class is too small.
    order : Options, best first.
    """
    banned: set[int] = set()
    offering = placement.problem.options.offering.tolist()
    for _ in range(MOST_ROUNDS):
        for option in order[placement.with_room()[order]].tolist():
            if offering[option] not in banned and placement.fits(option):
                placement.add(option)
        short = placement.short_classes()
        if not short:
            return
        banned |= short
        _close(placement, short)
    while short := placement.short_classes():
        _close(placement, short)


def _close(placement: Placement, classes: set[int]) -> None:
    """Take everybody out of some classes."""
    for option in placement.in_classes(classes):
        _remove_with_followers(placement, option)


def _remove_with_followers(placement: Placement, option: int) -> None:
    """Take an option out, and the person's choices that needed it first."""
    for follower in placement.waits_on(option):
        if follower in placement.chosen:
            _remove_with_followers(placement, follower)
    if option in placement.chosen:
        placement.remove(option)


def order_by(problem: AllocationProblem, scores: FloatArray) -> IndexArray:
    """Return options that help, pinned first, then mandatory, then by score, ties in canonical order."""
    options = problem.options
    first = np.where(options.is_pinned, 2, np.where(options.is_mandatory, 1, 0))
    order = np.lexsort((np.arange(len(scores)), -scores, -first))
    useful = (scores > 0) | (first > 0)
    return order[useful[order]].astype(np.int64)


def greedy(empty: Placement, scores: FloatArray, start: IndexArray | None = None) -> IndexArray:
    """Fill a plan greedily.

    Parameters
    ----------
    empty : Any placement of the problem; it is not changed.
    scores : Score of each option, larger first; options with none above zero are left out.
    start : A choice that keeps every limit, which stays.

    Returns
    -------
    Chosen options, ascending; every limit is kept, class minimums included.
    """
    placement = empty.fresh(start)
    fill(placement, order_by(empty.problem, scores))
    return placement.as_array()
