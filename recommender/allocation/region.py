"""A region: people with classes and limits that are theirs alone, and what it takes from limits that regions share."""

from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.objective import worth
from recommender.allocation.priced_rows import CAP, FLOOR, LINE, OPENING, PricedRows
from recommender.allocation.problem import AllocationProblem, Money
from recommender.allocation.recount import LineTotals
from training_catalog.columns import FloatArray, IndexArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region.

    Parameters
    ----------
    problem : Its people, classes and lines, with no reserve kept; shared lines and earmarks hold here what they hold
        for everybody.
    shared : shape (n_lines,): each line's place among the shared lines; -1 for the region's own.
    n_shared : How many shared lines there are, of all regions.
    """

    problem: AllocationProblem
    shared: IndexArray
    n_shared: int

    def shared_rows(self, priced: PricedRows) -> tuple[IndexArray, IndexArray]:
        """Return the priced rows that other regions share, and their places among the shared limits."""
        n_lines, n_marks = self.n_shared, len(self.problem.rules.earmarks)
        place = np.full(len(priced.limit), -1, dtype=np.int64)
        lines, caps, floors = (np.flatnonzero(priced.kind == kind) for kind in (LINE, CAP, FLOOR))
        place[lines] = self.shared[priced.subject[lines]]
        place[caps] = n_lines + priced.subject[caps]
        place[floors] = n_lines + n_marks + priced.subject[floors]
        rows = np.flatnonzero(place >= 0)
        return rows, place[rows]

    def opening_rows(self, priced: PricedRows) -> IndexArray:
        """Return the rows of what shared lines spend on opening classes: no region can tell."""
        rows = np.flatnonzero(priced.kind == OPENING)
        return rows[self.shared[priced.subject[rows]] >= 0]

    def within(self, share: Money, prices: FloatArray) -> AllocationProblem:
        """Return the region's problem within its share of what regions share; money for a floor is worth its price."""
        problem, n, n_marks = self.problem, self.n_shared, len(self.problem.rules.earmarks)
        own = self.shared >= 0
        amount = problem.lines.amount.copy()
        amount[own] = share[self.shared[own]]
        marks = [replace(mark, at_most=None if mark.at_most is None else int(part), at_least=None)
                 for mark, part in zip(problem.rules.earmarks, share[n : n + n_marks], strict=True)]  # fmt: skip
        paid = np.zeros(len(problem.classes.training_ids))
        for mark, price in zip(marks, prices[n + n_marks :].tolist(), strict=True):
            paid[list(mark.trainings)] += price
        benefit = problem.options.benefit
        benefit = benefit + problem.options.cost * paid[problem.classes.training[problem.options.offering]]
        return replace(
            problem,
            lines=replace(problem.lines, amount=amount),
            options=replace(problem.options, benefit=benefit),
            rules=replace(problem.rules, earmarks=tuple(marks)),
        )

    def worth(self, chosen: IndexArray) -> float:
        """Return what a choice is worth, but for the floors of earmarks, which no region misses alone."""
        marks = tuple(replace(mark, at_least=None) for mark in self.problem.rules.earmarks)
        return worth(replace(self.problem, rules=replace(self.problem.rules, earmarks=marks)), chosen).objective

    def use(self, chosen: IndexArray) -> Money:
        """Return the rupiah that a choice takes of each shared limit; of a floor, with its sign turned."""
        problem, n, n_marks = self.problem, self.n_shared, len(self.problem.rules.earmarks)
        use = np.zeros(n + 2 * n_marks, dtype=np.int64)
        own = self.shared >= 0
        use[self.shared[own]] = LineTotals(problem).spent(chosen)[own]
        training = problem.classes.training
        opened = np.unique(problem.options.offering[chosen])
        cost = problem.options.cost[chosen]
        for i, mark in enumerate(problem.rules.earmarks):
            is_own = np.isin(training, mark.trainings)
            spent = int(cost[is_own[problem.options.offering[chosen]]].sum())
            spent += int(problem.classes.fixed_cost[opened][is_own[opened]].sum())
            use[n + i] = spent if mark.at_most is not None else 0
            use[n + n_marks + i] = -spent if mark.at_least else 0
        return use
