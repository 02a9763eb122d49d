"""Why a person got nothing, or not this class: the limit that binds, what it would take, and the next chance."""

from dataclasses import dataclass

import numpy as np

from recommender.allocation.capacity import people_wanting
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import IndexArray

ALREADY_CHOSEN = "chosen"
_CODES = {"already": "lower-benefit", "earmark": "budget", "": "lower-benefit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why an option was not chosen.

    Parameters
    ----------
    option : The option.
    code : ``budget``, ``seats``, ``minimum-class``, ``overlap``, ``hours-cap``, ``max-trainings``, ``away-share``,
        ``prerequisite``, ``topic``, ``lower-benefit``, or ``chosen``.
    limit : Id of the line, class or training in the way; empty where it is the person's own, or no line pays.
    needs : Rupiah by which money falls short, whatever the code; 0 when none does.
    cutoff : Smallest benefit that still got a seat in the class, or money of the line; NaN when there is none.
    instead : Class chosen for the same person that rules it out; empty when none does.
    next_offering : Index of a later class of the same training for the same person; -1 when there is none.
    """

    option: int
    code: str
    limit: str
    needs: int
    cutoff: float
    instead: str
    next_offering: int


class Reasons:
    """Answers "why not" for one plan.

    Parameters
    ----------
    problem, chosen : The problem and the plan's options.
    """

    def __init__(self, problem: AllocationProblem, chosen: IndexArray) -> None:
        self.problem = problem
        self.placement = Placement(problem)
        for option in chosen.tolist():
            self.placement.add(option)
        options = problem.options
        self._cutoff_class = np.full(len(problem.classes.ids), np.inf)
        np.minimum.at(self._cutoff_class, options.offering[chosen], options.benefit[chosen])
        self._cutoff_line = np.full(len(problem.lines.ids), np.inf)
        charges = options.charges[chosen].tocoo()
        np.minimum.at(self._cutoff_line, charges.coords[1], options.benefit[chosen][charges.coords[0]])
        self.n_wanted = people_wanting(problem)

    def why_not(self, option: int) -> WhyNot:
        """Say why an option was not chosen.

        Parameters
        ----------
        option : Any option of the problem; a chosen one answers ``chosen``.
        """
        options, classes, placement = self.problem.options, self.problem.classes, self.placement
        offering = int(options.offering[option])
        if option in placement.chosen:
            return self._answer(option, ALREADY_CHOSEN, str(classes.ids[offering]))
        code, subject = placement.blocked_by(option)
        needs = placement.missing_money(option)
        if code in ("overlap", "topic", "already"):
            instead = str(classes.ids[options.offering[subject]])
            return self._answer(option, _CODES.get(code, code), "", needs=needs, instead=instead)
        too_few = int(self.n_wanted[offering]) < int(classes.seats_min[offering])
        closed_for_size = code == "" and placement.taken[offering] == 0 and int(classes.seats_min[offering]) > 1
        if code != "budget" and (too_few or closed_for_size):
            return self._answer(option, "minimum-class", str(classes.ids[offering]), needs=needs)
        limit, cutoff = str(classes.ids[offering]), float(self._cutoff_class[offering])
        if code == "budget" and subject < 0:
            limit, cutoff = "", np.inf
        elif code == "budget":
            limit, cutoff = str(self.problem.lines.ids[subject]), float(self._cutoff_line[subject])
        return self._answer(option, _CODES.get(code, code), limit, needs=needs, cutoff=cutoff)

    def _answer(self, option: int, code: str, limit: str, *, needs: int = 0, cutoff: float = np.inf,
                instead: str = "") -> WhyNot:  # fmt: skip
        last = cutoff if np.isfinite(cutoff) else np.nan
        return WhyNot(option=option, code=code, limit=limit, needs=needs, instead=instead, cutoff=last,
                      next_offering=self._next_chance(option))  # fmt: skip

    def _next_chance(self, option: int) -> int:
        """Return a later class of the same training that this person could be put into."""
        options, classes = self.problem.options, self.problem.classes
        bounds = np.searchsorted(options.employee, [options.employee[option], options.employee[option] + 1])
        mine = np.arange(bounds[0], bounds[1])
        where = options.offering[mine]
        here = int(options.offering[option])
        later = where[
            (classes.training[where] == classes.training[here]) & (classes.start[where] > classes.start[here])
        ]
        return int(later[np.lexsort((later, classes.start[later]))[0]]) if len(later) else -1

    def unmet(self) -> list[WhyNot]:
        """Return, for each person with options and nothing chosen, why the best of them was not chosen."""
        options = self.problem.options
        cost, people = options.cost, np.unique(options.employee)
        bounds = np.searchsorted(options.employee, np.append(people, people[-1] + 1 if len(people) else 0))
        answers = []
        for i, person in enumerate(people.tolist()):
            if self.placement.own[person]:
                continue
            mine = np.arange(bounds[i], bounds[i + 1])
            best = mine[np.lexsort((mine, cost[mine], -options.benefit[mine]))[0]]
            answers.append(self.why_not(int(best)))
        return answers

    def class_codes(self) -> list[str]:
        """Return ``opened`` or why a class is not: ``no-demand``, ``minimum-class``, ``budget``, ``lower-benefit``."""
        classes, wanted = self.problem.classes, self.n_wanted
        left = np.array([*self.placement.left, 0])  # line -1: nobody pays
        conditions = [
            np.array(self.placement.taken) > 0,
            wanted == 0,
            wanted < classes.seats_min,
            left[classes.line] < classes.fixed_cost,
        ]
        names = ["opened", "no-demand", "minimum-class", "budget"]
        codes: list[str] = np.select(conditions, names, default="lower-benefit").tolist()
        return codes
