"""Whole-rupiah totals of a choice on every line: the solver's answer is held against them before it is believed."""

import numpy as np

from recommender.allocation.capacity import class_loads, line_caps, option_loads
from recommender.allocation.problem import AllocationProblem, Money
from training_catalog.columns import IndexArray


class LineTotals:
    """Adds up choices on every line, those above included.

    Parameters
    ----------
    problem : What may be chosen.
    """

    def __init__(self, problem: AllocationProblem) -> None:
        self._offering = problem.options.offering
        self._loads, self._fixed = option_loads(problem), class_loads(problem)
        self._caps = line_caps(problem)
        self._marks = [(m.at_most, np.isin(problem.classes.training, m.trainings)) for m in problem.rules.earmarks]
        self._cost, self._fixed_cost = problem.options.cost, problem.classes.fixed_cost

    def spent(self, chosen: IndexArray) -> Money:
        """Return what a choice takes from each line: seats, travel and opened classes, with the lines below."""
        opened = np.unique(self._offering[chosen])
        spent: Money = np.asarray(self._loads[chosen].sum(axis=0)).ravel()
        return spent + np.asarray(self._fixed[opened].sum(axis=0)).ravel()

    def over(self, chosen: IndexArray) -> Money:
        """Return the rupiah by which each line is exceeded; 0 where it is kept."""
        return np.maximum(self.spent(chosen) - self._caps, 0)

    def keeps(self, chosen: IndexArray) -> bool:
        """Return whether every line and every earmark's cap is kept to the rupiah."""
        opened = np.unique(self._offering[chosen])
        for at_most, is_own in self._marks:
            if at_most is not None:
                spent = int(self._cost[chosen][is_own[self._offering[chosen]]].sum())
                spent += int(self._fixed_cost[opened][is_own[opened]].sum())
                if spent > at_most:
                    return False
        return not self.over(chosen).any()

    def cover(self, chosen: IndexArray, n_options: int) -> IndexArray:
        """Return columns (options, then classes) that together exceed the most exceeded line, as few as can be."""
        line = int(np.argmax(self.over(chosen)))
        opened = np.unique(self._offering[chosen])
        load = np.concatenate([
            np.asarray(self._loads[chosen][:, [line]].todense()).ravel(),
            np.asarray(self._fixed[opened][:, [line]].todense()).ravel(),
        ])  # fmt: skip
        column = np.concatenate([chosen, n_options + opened])
        order = np.argsort(-load, kind="stable")
        n_needed = int(np.searchsorted(np.cumsum(load[order]), self._caps[line], side="right")) + 1
        return np.sort(column[order[:n_needed]]).astype(np.int64)
