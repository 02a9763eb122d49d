"""What a plan and its prices prove, recounted by whoever does not believe it."""

from dataclasses import dataclass

from recommender.allocation.certificate import dual_bound
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Allocation
from recommender.allocation.verify import Violation, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What a recount found.

    Parameters
    ----------
    value : What the plan is worth.
    bound : What its prices prove that no plan is worth more than; infinite without prices.
    claimed : What the search said that no plan is worth more than.
    violations : Rules that the plan breaks, and claims that do not hold.
    """

    value: float
    bound: float
    claimed: float
    violations: tuple[Violation, ...]

    @property
    def gap(self) -> float:
        """Share by which a better plan could still beat this one, going by its prices alone."""
        return max(self.bound - self.value, 0.0) / max(abs(self.bound), 1e-12)


def recount(problem: AllocationProblem, allocation: Allocation) -> Recount:
    """Add a plan up again against every rule, and compute what its prices prove."""
    prices = allocation.prices
    bound = float("inf") if prices is None else dual_bound(problem, prices, allocation.chosen.tolist())
    return Recount(
        value=allocation.objective, bound=bound, claimed=allocation.bound, violations=verify(problem, allocation)
    )
