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

    def begin(self, model: Model) -> None:
        """Do nothing."""

    def plan(self) -> IndexArray | None:
        """Return no plan."""
        return None


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
        self._model: Model | None = None
        self._program: Program | None = None
        self._said: Answer = NO_ANSWER
        self._best: IndexArray | None = None
        self._value, self._has_ended = -np.inf, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._solver.stop()

    def begin(self, model: Model) -> None:
        """Begin to weigh everything, every demand included, where the problem is small.

        The program is handed over in a thread: the process takes a second until it reads.
        """
        if self._model is not None:
            return
        program = model.program
        if not SMALLEST < len(program.cost) <= LARGEST or self._deadline.left() < LEAST_SECONDS:
            return
        groups = demands(model.problem)
        self._model, self._program = model, demand_rows(program, groups, np.ones(len(groups)))
        Thread(target=self._ask, args=(self._program,), daemon=True).start()

    def _ask(self, program: Program) -> None:
        try:
            self._solver.ask(program, None, seconds=self._deadline.left(), gap=0.0)
        except OSError:  # it was stopped before it read
            self._has_ended = True

    def _listen(self) -> None:
        """Hear what was said since."""
        while self._model is not None and not self._has_ended:
            try:
                told = self._solver.listen()
            except (EOFError, OSError):
                self._has_ended = True
                return
            if told is None:
                return
            self._has_ended, answer = told
            self._said = answer.after(self._said)
            self._weigh()

    def _weigh(self) -> None:
        """Keep a plan that is worth more and keeps every limit."""
        chosen = chosen_of(self._program, self._said) if self._program is not None else None
        if chosen is None or self._model is None or not self._model.totals.keeps(chosen):
            return
        value = worth(self._model.problem, chosen).objective
        if value > self._value:
            self._best, self._value = chosen, value

    def plan(self) -> IndexArray | None:
        """Return the best plan so far; it meets every demand."""
        self._listen()
        return self._best

    @property
    def bound(self) -> float:  # type: ignore[override]
        """No plan that meets every demand is worth more."""
        self._listen()
        return self._said.bound

    @property
    def is_over(self) -> bool:  # type: ignore[override]
        """Whether it proved its plan the best."""
        self._listen()
        return self._said.is_optimal and self._best is not None
