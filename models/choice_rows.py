"""What is known of (person, item) pairs from past choices: standing by every signal, popularity, last steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.histories import Histories
from models.together import Signal, cosine, counts_after, popularity
from training_catalog.columns import FloatArray, IndexArray, freeze, pair_keys

DEPTH = 300  # places that a signal tells apart; whatever stands lower shares the next one
FUSION = 20.0  # places added before reciprocal ranks are summed: first places weigh more, none alone decides
LATEST = 3  # a person's latest items, to tell what is taken late in a history
STEP_SHRINKAGE = 5.0  # steps added to those that were seen
LAST_STEPS = 2  # latest items whose steps are looked at one by one
LAST_NEAR = 8  # latest items among which the nearest is looked for
SMALLEST = 1e-12
SCORE_BITS = 22  # of a key of 32, at least: beside more items than the rest tells apart, keys have 64

Rows = NDArray[np.float32]  # shape (n_pairs, n_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What past choices of everybody say of items.

    Parameters
    ----------
    signals : Links between items.
    taken : shape (n_items,): people who took each.
    """

    signals: tuple[Signal, ...]
    taken: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @classmethod
    def of(cls, histories: Histories, signals: tuple[Signal, ...]) -> "Together":
        """Put signals, learned from the same histories, beside what is counted of items."""
        return cls(signals=signals, taken=popularity(histories))

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What past choices say of items, and what their order says: all that rows of a choice are made from.

    Parameters
    ----------
    together : Signals and popularity.
    late : shape (n_items,): share of the people who took it to whom it was one of their latest.
    step : shape (n_items, n_items): share of those who took the first that took the second next, shrunk to none.
    near : shape (n_items, n_items): people in common, see `models.together.cosine`.
    """

    together: Together
    late: FloatArray
    step: FloatArray
    near: FloatArray

    def __post_init__(self) -> None:
        freeze(self)

    @classmethod
    def of(cls, histories: Histories, together: Together) -> "Steps":
        """Count what came late, what came next, and what is taken by the same people."""
        step = counts_after(histories, 1.0, 1)
        return cls(
            together=together,
            late=popularity(histories, LATEST) / np.maximum(together.taken, 1.0),
            step=step / (step.sum(axis=1, keepdims=True) + STEP_SHRINKAGE),
            near=cosine(histories),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """How every item stands for some people by each signal.

    Parameters
    ----------
    score : One (n_people, n_items) for each signal, in standard deviations of the person's open items.
    place : As many: items that stand above it, at most `DEPTH`; equal ones share a place.
    fused : shape (n_people, n_items): sum of reciprocal places, popular items first among equals; -1 for what was
        taken.
    """

    score: tuple[NDArray[np.float32], ...]
    place: tuple[NDArray[np.int16], ...]
    fused: FloatArray


def steps_below(score: FloatArray, row: IndexArray, column: IndexArray) -> NDArray[np.uint32]:
    """Return how far each score lies below the best of its row, in equal steps of the row's range.

    Parameters
    ----------
    score : shape (n_rows, n_items), finite.
    row, column : What counts as the lowest, whatever its score.

    Examples
    --------
    >>> below = steps_below(np.array([[3.0, 1.0, 9.0]]), np.array([0]), np.array([2]))
    >>> (below[0, 0] < below[0, 1] < below[0, 2]).tolist(), places(below).tolist()
    (True, [[0, 1, 2]])
    """
    n_steps = 2 ** (32 - _bits_of_an_item(score.shape[1])) - 1
    best, least = score.max(axis=1, keepdims=True, initial=0.0), score.min(axis=1, keepdims=True, initial=0.0)
    scale = (n_steps - 1) / np.maximum(best - least, SMALLEST)
    below = ((best - score) * scale).astype(np.uint32)
    below[row, column] = n_steps
    return below


def _bits_of_an_item(n_items: int) -> int:
    """Return how many of 32 bits of a key the number of its item takes; 0 where it has a key of 64 bits instead."""
    n_bits = max(n_items - 1, 0).bit_length()
    return n_bits if n_bits <= 32 - SCORE_BITS else 0


def places(below: NDArray[np.uint32], depth: int = DEPTH) -> NDArray[np.int16]:
    """Return how many items of its row stand above each, at most `depth`; equal ones share a place.

    Equal ones that begin above the depth and reach it stand at the depth.

    Parameters
    ----------
    below : How far each lies below the best, from `steps_below`.
    depth : Places told apart.

    Notes
    -----
    One number carries how far an item lies below and, in its last bits, which item it is, so that one sort of numbers,
    many times faster than one of indices, orders both.

    Examples
    --------
    >>> places(np.array([[0, 9, 0, 5]], dtype=np.uint32), 3).tolist()
    [[0, 3, 0, 2]]
    """
    n_items = below.shape[1]
    in_short = _bits_of_an_item(n_items)
    shift, kind = (in_short, np.uint32) if in_short else (32, np.uint64)
    key = np.left_shift(below, shift, dtype=kind)
    key |= np.arange(n_items, dtype=kind)
    key.sort(axis=1)
    own = np.zeros(below.shape, dtype=np.int16)
    which = kind((1 << shift) - 1)
    is_lower = (key[:, 1:] ^ key[:, :-1]) > which
    np.multiply(is_lower, np.minimum(np.arange(1, n_items), depth).astype(np.int16), out=own[:, 1:])
    np.maximum.accumulate(own, axis=1, out=own)
    if n_items > depth:
        own[own >= own[:, depth, None]] = depth
    found = np.empty_like(own)
    np.put_along_axis(found, (key & which).astype(np.int64), own, 1)
    return found


def find_standings(together: Together, histories: Histories) -> Standings:
    """Score every item for some people.

    Parameters
    ----------
    together : Learned from everybody.
    histories : Of the people asked about; a few hundred at once, for the answer is dense.
    """
    row, column = histories.person, histories.item
    n_open = np.maximum(together.n_items - histories.length, 1)[:, None]
    scores, found = [], []
    for raw in _scores(together, histories):
        found.append(_places_open(raw, histories))
        score = raw - raw.sum(axis=1, keepdims=True) / n_open
        score[row, column] = 0.0
        spread = np.sqrt((score**2).sum(axis=1, keepdims=True) / n_open)
        standard = (score / np.maximum(spread, SMALLEST)).astype(np.float32)
        standard[row, column] = -np.inf
        scores.append(standard)
    return Standings(score=tuple(scores), place=tuple(found), fused=_fused(together, histories, found))


def fuse(together: Together, histories: Histories) -> FloatArray:
    """Return how every item stands for some people by all signals together, as `find_standings` does."""
    found = (_places_open(score, histories) for score in _scores(together, histories))
    return _fused(together, histories, found)


def _scores(together: Together, histories: Histories) -> Iterator[FloatArray]:
    """Yield (n_people, n_items) for each signal; 0 for what was taken."""
    weights = {decay: histories.weights(decay) for decay in {signal.decay for signal in together.signals}}
    for signal in together.signals:
        score = np.asarray(weights[signal.decay] @ signal.link, dtype=np.float64)
        score[histories.person, histories.item] = 0.0
        yield score


def _places_open(score: FloatArray, histories: Histories) -> NDArray[np.int16]:
    """Return the places of open items; what was taken stands last."""
    return places(steps_below(score, histories.person, histories.item))


def _fused(together: Together, histories: Histories, found: Iterable[NDArray[np.int16]]) -> FloatArray:
    """Return the sum of reciprocal places, see `Standings`."""
    share = 1.0 / (FUSION + np.arange(DEPTH + 1))
    fused = np.zeros((histories.n_people, together.n_items))
    for place in found:
        fused += share[place]
    fused += together.taken * (SMALLEST / max(float(together.taken.max(initial=0.0)), 1.0))
    fused[histories.person, histories.item] = -1.0
    return fused


def share_below(score: FloatArray, row: IndexArray, column: IndexArray) -> FloatArray:
    """Return the share of the other columns of its row that each entry asked for stands above.

    Parameters
    ----------
    score : shape (n_rows, n_columns).
    row, column : shape (n_asked,).

    Examples
    --------
    >>> share_below(np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 0.0]]), np.array([0, 1]), np.array([2, 0])).tolist()
    [0.5, 0.5]
    """
    n_rows, n_columns = score.shape
    ordered = pair_keys(np.arange(n_rows)[:, None], np.sort(score, axis=1)).reshape(-1)
    below = np.searchsorted(ordered, pair_keys(row, score[row, column])) - row * n_columns
    return below / max(n_columns - 1, 1)


def shortlist(standings: Standings, n_best: int) -> tuple[IndexArray, IndexArray]:
    """Return (person, item) pairs: the best open items of each person by all signals together, best first."""
    n_people, n_items = standings.fused.shape
    n_best = min(n_best, n_items)
    part = np.argpartition(-standings.fused, n_best - 1, axis=1)[:, :n_best]
    value = np.take_along_axis(standings.fused, part, 1)
    order = np.lexsort((part, -value), axis=1)
    item, value = np.take_along_axis(part, order, 1), np.take_along_axis(value, order, 1)
    person = np.repeat(np.arange(n_people, dtype=np.int64), n_best)
    is_open = value.ravel() >= 0
    return person[is_open], item.ravel()[is_open].astype(np.int64)


def describe_choices(
    steps: Steps, histories: Histories, standings: Standings, person: IndexArray, item: IndexArray
) -> Rows:
    """Turn pairs into rows of numbers: no id, nothing but past choices.

    Parameters
    ----------
    steps, histories, standings : What everybody took, what these people took, and how items stand for them.
    person, item : shape (n_pairs,): indices.

    Returns
    -------
    For each signal score and log place; fused place; log popularity, and less the mean of the person's own; how late
    it is taken; log length of the history; share of steps from the last items to it, and from it to the last; how near
    the nearest of the latest items is, how long ago that was, and how near the latest are in all.
    """
    popular = np.log1p(steps.together.taken)
    length = histories.length
    own = np.bincount(histories.person, weights=popular[histories.item], minlength=histories.n_people)
    columns = [
        *(score[person, item] for score in standings.score),
        *(np.log1p(place[person, item]) for place in standings.place),
        standings.fused[person, item],
        popular[item],
        popular[item] - (own / np.maximum(length, 1))[person],
        steps.late[item],
        np.log1p(length)[person],
    ]
    for back in range(LAST_STEPS):
        earlier = histories.back(back)[person]
        known = earlier >= 0
        columns += [
            np.where(known, steps.step[earlier, item], np.nan),
            np.where(known, steps.step[item, earlier], np.nan),
        ]
    return np.stack([*columns, *_nearest(steps, histories, person, item)], axis=1).astype(np.float32)


def _nearest(steps: Steps, histories: Histories, person: IndexArray, item: IndexArray) -> list[FloatArray]:
    """Return nearness of the nearest of the latest items, steps back to it, and nearness of the latest in all."""
    near = np.zeros((LAST_NEAR, len(person)))
    for back in range(LAST_NEAR):
        earlier = histories.back(back)[person]
        near[back] = np.where(earlier >= 0, steps.near[earlier, item], 0.0)
    return [near.max(axis=0), near.argmax(axis=0).astype(np.float64), near.sum(axis=0)]
