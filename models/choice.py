"""Which open item a person takes next: trees and a line over every signal, learned from everybody's last choice."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Self

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.bins import Bins
from models.choice_rows import Rows, Steps, Together, describe_choices, find_standings, shortlist
from models.histories import Histories
from models.rows import canonical_order
from models.strengths import find_strengths
from models.together import Signal, Strengths, fit_signals
from training_catalog.columns import FloatArray, IndexArray

PEOPLE_AT_ONCE = 200  # bounds memory; the answer does not depend on it
FIRST_KEPT = 25  # candidates of each person that are all learned from
LATER_STEP = 4  # of the later ones every so many, each counted as often
CHOICES_A_LEAF, CHOICES_A_TREE = 200, 20  # last choices to learn from for each leaf of a tree, and for each tree
SMALLEST_LEAVES, SMALLEST_TREES = 4, 60  # of the fewest choices
LINE_PENALTY = 10.0  # on the line's coefficients, of standardised columns
SMALLEST_SHARE = 1e-9  # that a probability is taken for at least
STEPS_BACK = 2  # choices before the last that are learned from too, where the last ones are too few for full trees
FEWEST_CHOICES = 50  # people whose last choice was among their candidates; below, signals are fused as they are

Part = tuple[Rows, FloatArray, FloatArray]  # rows, whether each was chosen, and how often it counts


class ChoiceModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """P(takes | one of the candidates), to be used to order candidates.

    Notes
    -----
    The last item of everybody is held out, the signals are learned from the rest, and the trees learn which of the
    candidates it was (stacking: Wolpert 1992, Neural Networks 5). Signals are then learned again from everything. What
    is learned is how far to believe each signal, so it holds for items and people that were not there.

    Where the last choices of all are too few for trees of full size, the two before are learned from as well, each with
    signals of what came before it. Of few choices few and small trees are learned: those that suit 5,000 people fit the
    noise of 500, and order worse than single signals do (docs/evidence.md). There a line stands beside the trees,
    through the same columns, and the mean of both log odds orders: the two err in different ways (record 0034).

    Parameters
    ----------
    n_candidates : Items of each person that are ordered by the trees; the rest follow.
    n_iterations, n_leaves : Trees, and leaves of each, at most; see `size_of`.
    learning_rate, min_samples_leaf, l2 : Of the trees.
    signals : What finds the signals, given how strongly their links are held back.

    Attributes
    ----------
    strengths_ : How strongly links are held back, see `models.strengths`; nothing where there was too little to learn.
    bins_ : Of the columns, which the trees are handed in place of values.
    model_ : The trees; None when there was too little to learn from.
    line_ : The line beside them; None where last choices are enough for trees of full size.
    """

    def __init__(
        self, n_candidates: int = 100, n_iterations: int = 250, learning_rate: float = 0.05, n_leaves: int = 24,
        min_samples_leaf: int = 100, l2: float = 5.0,
        signals: Callable[[Histories, Strengths], tuple[Signal, ...]] = fit_signals,
    ) -> None:  # fmt: skip
        self.n_candidates = n_candidates
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self.n_leaves = n_leaves
        self.min_samples_leaf = min_samples_leaf
        self.l2 = l2
        self.signals = signals

    def fit(self, histories: Histories) -> Self:
        """Learn from everybody's last choice, of few people from the two before too; a single one tells nothing."""
        self.model_ = self.line_ = None
        steps = self._past_choices(histories)
        parts = list(chain.from_iterable(steps))
        n_choices = _choices_in(parts)
        if n_choices < FEWEST_CHOICES:
            return self
        rows, chosen, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = canonical_order(rows, chosen)
        rows, chosen, weight = rows[order], chosen[order].astype(np.int64), weight[order]
        n_trees, n_leaves = size_of(n_choices, self.n_iterations, self.n_leaves)
        if len(steps) > 1:
            self.line_ = a_line().fit(rows, chosen, logisticregression__sample_weight=weight)
        self.bins_ = Bins().fit(rows, sample_weight=weight)
        self.model_ = HistGradientBoostingClassifier(
            max_iter=n_trees, learning_rate=self.learning_rate, max_leaf_nodes=n_leaves,
            min_samples_leaf=self.min_samples_leaf, l2_regularization=self.l2, early_stopping=False, random_state=0,
        ).fit(self.bins_.transform(rows), chosen, sample_weight=weight)  # fmt: skip
        return self

    def _past_choices(self, histories: Histories) -> list[list[Part]]:
        """Find how strongly links are held back; describe last choices, and earlier ones where these are too few."""
        earlier, last = histories.without_last()
        is_enough = np.count_nonzero(earlier.length) >= FEWEST_CHOICES
        self.strengths_ = find_strengths(earlier, last) if is_enough else {}
        steps = [list(self._learnable(earlier, last))]
        if FEWEST_CHOICES <= _choices_in(steps[0]) < self.n_iterations * CHOICES_A_TREE:
            for _ in range(STEPS_BACK):
                earlier, last = earlier.without_last()
                steps.append(list(self._learnable(earlier, last)))
        return steps

    def look(self, histories: Histories) -> Steps:
        """Return what past choices of everybody say of items."""
        return Steps.of(histories, Together.of(histories, self.signals(histories, self.strengths_)))

    def _learnable(self, earlier: Histories, last: IndexArray) -> Iterator[Part]:
        """Yield rows, whether each was chosen, and how often it counts; of people whose choice is among them."""
        steps = self.look(earlier)
        for people in _chunks(np.flatnonzero(earlier.length > 0)):
            part = earlier.take(people)
            standings = find_standings(steps.together, part)
            person, item = shortlist(standings, self.n_candidates)
            is_chosen = item == last[people][person]
            place = np.arange(len(person)) - np.searchsorted(person, person)
            kept = np.isin(person, person[is_chosen])
            kept &= is_chosen | (place < FIRST_KEPT) | (place % LATER_STEP == 0)
            weight = np.where(is_chosen | (place < FIRST_KEPT), 1.0, LATER_STEP)
            rows = describe_choices(steps, part, standings, person[kept], item[kept])
            yield rows, is_chosen[kept].astype(np.float64), weight[kept]

    def predict(self, rows: Rows) -> FloatArray:
        """Return the score of each row of `describe_choices`; higher is likelier."""
        if self.model_ is None or not len(rows):
            return np.zeros(len(rows))
        shares = [self.model_.predict_proba(self.bins_.transform(rows))[:, 1]]
        if self.line_ is not None:
            shares.append(self.line_.predict_proba(rows)[:, 1])
        return np.asarray(expit(np.mean(logit(np.clip(shares, SMALLEST_SHARE, 1 - SMALLEST_SHARE)), axis=0)))

    def order(self, steps: Steps, histories: Histories) -> Iterator[tuple[IndexArray, FloatArray]]:
        """Score every item for everybody, in chunks of people.

        Parameters
        ----------
        steps : From `look` at everybody, on the day of asking.
        histories : Of the people asked about.

        Yields
        ------
        people : Indices.
        score : shape (n_people, n_items): candidates first, then the others as all signals together say; what was
            taken comes last.
        """
        for people in _chunks(np.arange(histories.n_people)):
            part = histories.take(people)
            standings = find_standings(steps.together, part)
            person, item = shortlist(standings, self.n_candidates)
            score = standings.fused.copy()
            if self.model_ is not None:
                rows = describe_choices(steps, part, standings, person, item)
                score[person, item] = standings.fused.max(axis=1, initial=0.0)[person] + self.predict(rows)
            yield people, score


def _choices_in(parts: list[Part]) -> int:
    return sum(int(chosen.sum()) for _, chosen, _ in parts)


def a_line() -> Pipeline:
    """Return the logistic regression of what was chosen on standardised columns; what is not known is nothing."""
    return make_pipeline(SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True), StandardScaler(),
                         LogisticRegression(C=1.0 / LINE_PENALTY, max_iter=1_000))  # fmt: skip


def size_of(n_choices: int, most_trees: int, most_leaves: int) -> tuple[int, int]:
    """Return how many trees, of how many leaves, so many choices can tell.

    Examples
    --------
    >>> [size_of(n, 250, 24) for n in (300, 2_000, 5_000, 90_000)]
    [(60, 4), (100, 10), (250, 24), (250, 24)]
    """
    n_trees = max(n_choices // CHOICES_A_TREE, SMALLEST_TREES)
    n_leaves = max(n_choices // CHOICES_A_LEAF, SMALLEST_LEAVES)
    return min(n_trees, most_trees), min(n_leaves, most_leaves)


def _chunks(people: IndexArray) -> Iterator[IndexArray]:
    for first in range(0, len(people), PEOPLE_AT_ONCE):
        yield people[first : first + PEOPLE_AT_ONCE]
