"""A second solver's process that weighs the whole program from nothing while the search goes on; small problems only.

What it finds is taken where the clock ended a step of the search, or where it proved the best plan: a search that ends
by itself answers the same without it.
"""

from threading import Thread
from typing import Self

import numpy as np

from recommender.allocation.exact import Model, chosen_of, demands
from recommender.allocation.highs import NO_ANSWER, Answer, Solver
from recommender.allocation.limits import Deadline
from recommender.allocation.objective import worth
from recommender.allocation.program import Program, demand_rows
from training_catalog.columns import IndexArray

SMALLEST, LARGEST = 200, 40_000  # columns between which it helps: smaller is solved at once, larger finds no plan
LEAST_SECONDS = 4.0  # below which a process has hardly begun


class Nobody:
    """No second process."""

    bound = np.inf
    is_over = False
    was_taken = False  # whether a plan was begun from that it happened to have by then

    def begin(self, model: Model) -> None:
        """Do nothing."""

    def plan(self) -> IndexArray | None:
        """Return no plan."""
        return None

    def take(self) -> IndexArray | None:
        """Return the best plan so far, to begin from; remembered where there is one."""
        found = self.plan()
        self.was_taken |= found is not None
        return found


NOBODY = Nobody()


class Aside(Nobody):
    """A second process, killed at the end whatever it is doing.

    Parameters
    ----------
    deadline : When everything must be over.
    seed : Seed of HiGHS.
    """

    def __init__(self, deadline: Deadline, seed: int) -> None:
        self._deadline, self._solver = deadline, Solver(deadline, seed)
        self._thread: Thread | None = None
        self._said, self._value = NO_ANSWER, -np.inf
        self._best: IndexArray | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._solver.kill()
        if self._thread is not None:
            self._thread.join()
        self._solver.stop()

    def begin(self, model: Model) -> None:
        """Begin to weigh everything, every demand included, where the problem is small.

        A thread hands the program over and listens: the process takes a second until it reads, and waits for its plans
        to be read.
        """
        program = model.program
        is_fit = SMALLEST < len(program.cost) <= LARGEST and self._deadline.left() >= LEAST_SECONDS
        if self._thread is not None or not is_fit:
            return
        groups = demands(model.problem)
        self._solver.begin()
        self._thread = Thread(target=self._work, args=(model, demand_rows(program, groups, np.ones(len(groups)))))
        self._thread.start()

    def _work(self, model: Model, program: Program) -> None:
        """Hear what the process says, until its last word or its end."""
        try:
            self._solver.ask(program, None, seconds=self._deadline.left(), gap=0.0)
            is_last = False
            while not is_last:
                is_last, answer = self._solver.hear()
                self._weigh(model, program, answer)
                self._said = answer.after(self._said)
        except (EOFError, OSError):  # it was stopped
            return

    def _weigh(self, model: Model, program: Program, answer: Answer) -> None:
        """Keep a plan that is worth more and keeps every limit."""
        chosen = chosen_of(program, answer)
        if chosen is None or not model.totals.keeps(chosen):
            return
        value = worth(model.problem, chosen).objective
        if value > self._value:
            self._best, self._value = chosen, value

    def plan(self) -> IndexArray | None:
        """Return the best plan so far; it meets every demand."""
        return self._best

    @property
    def bound(self) -> float:  # type: ignore[override]
        """No plan that meets every demand is worth more."""
        return self._said.bound

    @property
    def is_over(self) -> bool:  # type: ignore[override]
        """Whether it proved its plan the best."""
        return self._said.is_optimal and self._best is not None
