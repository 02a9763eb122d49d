"""Why a person got nothing, or not this class: the limit that binds, what it would take, and the next chance."""

from dataclasses import dataclass, field

import numpy as np

from recommender.allocation.capacity import people_wanting, raise_for
from recommender.allocation.placement import Placement
from recommender.allocation.problem import AllocationProblem
from training_catalog.columns import IndexArray

ALREADY_CHOSEN = "chosen"
MONEY = ("budget", "earmark")  # codes of which money is what is in the way
OWN = ("overlap", "topic", "already")  # codes of which another choice of the person's is


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why an option was not chosen.

    Parameters
    ----------
    option : The option.
    code : ``budget``, ``earmark``, ``seats``, ``minimum-class``, ``overlap``, ``already``, ``topic``, ``hours-cap``,
        ``max-trainings``, ``away-share``, ``prerequisite``, ``lower-benefit``, or ``chosen``.
    limit : Ids of the lines and names of the earmarks, joined by `LISTED`, or of the class in the way; empty where it
        is the person's own, where no line pays, and with ``lower-benefit`` unless the class as a whole stays closed.
    needs : Rupiah by which money falls short, whatever the code, on the line or earmark that lacks most: with so much
        more on each that is named it would be paid for, a closed class with its fewest people. 0 when none lacks any.
    cutoff : Smallest benefit that still got a seat in the class, or money of the line; NaN when there is none.
    instead : Class chosen for the same person that rules it out; empty when none does.
    next_offering : Index of a later class of the same training for the same person; -1 when there is none.
    next_code : What is in the way there; empty when nothing is, and where there is none.
    """

    option: int
    code: str
    limit: str
    needs: int
    cutoff: float
    instead: str
    next_offering: int
    next_code: str = ""


LISTED = ", "  # between ids of lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is in the way of one option."""

    code: str
    limit: str = ""
    needs: int = 0
    cutoff: float = np.inf
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Short:
    """Lines and earmarks that lack money for an option, with the rupiah, those that lack most first."""

    lines: list[tuple[int, int]] = field(default_factory=list)
    earmarks: list[tuple[int, int]] = field(default_factory=list)

    @property
    def most(self) -> int:
        """Rupiah that the one which lacks most lacks; 0 when none does."""
        return max([short for _, short in (*self.lines, *self.earmarks)], default=0)


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
        self._rows_of_class = np.argsort(options.offering, kind="stable")
        self._class_bounds = np.searchsorted(options.offering[self._rows_of_class], np.arange(len(self.n_wanted) + 1))
        self._free: dict[int, list[int]] = {}

    def why_not(self, option: int) -> WhyNot:
        """Say why an option was not chosen.

        Parameters
        ----------
        option : Any option of the problem; a chosen one answers ``chosen``.
        """
        found = self._in_the_way(option)
        later = self._next_chance(option)
        offering = -1 if later < 0 else int(self.problem.options.offering[later])
        return WhyNot(
            option=option, code=found.code, limit=found.limit, needs=found.needs, instead=found.instead,
            cutoff=found.cutoff if np.isfinite(found.cutoff) else np.nan, next_offering=offering,
            next_code="" if later < 0 else self._in_the_way(later).code,
        )  # fmt: skip

    def _in_the_way(self, option: int) -> _Found:
        options, classes, placement = self.problem.options, self.problem.classes, self.placement
        offering = int(options.offering[option])
        name = str(classes.ids[offering])
        if option in placement.chosen:
            return _Found(code=ALREADY_CHOSEN, limit=name)
        code, subject = placement.blocked_by(option)
        if code == "budget" and subject < 0:
            return _Found(code=code, needs=int(classes.fixed_cost[offering]))
        if int(self.n_wanted[offering]) < int(classes.seats_min[offering]) and code not in OWN:
            return _Found(code="minimum-class", limit=name)
        if not code or code in MONEY:
            return self._without_money(option)
        needs = self._short(option, []).most
        if code in OWN:
            return _Found(code=code, needs=needs, instead=str(classes.ids[options.offering[subject]]))
        return _Found(code=code, limit=name, needs=needs, cutoff=float(self._cutoff_class[offering]))

    def _without_money(self, option: int) -> _Found:
        """Say what keeps out an option that nothing but money does: money, or that others do more good with it."""
        classes, offering = self.problem.classes, int(self.problem.options.offering[option])
        others = self._others(option)
        if others is not None and (short := self._short(option, others)).most:
            return self._money(short)
        is_closed = self.placement.taken[offering] == 0 and int(classes.seats_min[offering]) > 1
        return _Found(code="lower-benefit", limit=str(classes.ids[offering]) if is_closed else "")

    def _others(self, option: int) -> list[int] | None:
        """Return the cheapest choices of others with which a closed class has its fewest people; none where it is open.

        Returns
        -------
        None where too few of those who could attend it are free to, together with this person.
        """
        placement, offering = self.placement, int(self.problem.options.offering[option])
        n_others = int(self.problem.classes.seats_min[offering]) - 1
        if placement.taken[offering] or n_others < 1:
            return []
        held = [option]
        placement.add(option)
        for row in self._free_for(offering):
            if len(held) <= n_others and placement.blocked_by(row)[0] in ("", *MONEY):
                placement.add(row)
                held.append(row)
        for row in reversed(held):
            placement.remove(row)
        return held[1:] if len(held) > n_others else None

    def _free_for(self, offering: int) -> list[int]:
        """Return the options of a class that nothing but money keeps out, seats that can be paid for first."""
        if offering not in self._free:
            rows = self._rows_of_class[self._class_bounds[offering] : self._class_bounds[offering + 1]].tolist()
            cost, placement = self.problem.options.cost, self.placement
            able = [row for row in rows if placement.is_possible[row]]
            free = [row for row in able if placement.blocked_by(row)[0] in ("", *MONEY)]
            is_short = {row: bool(placement.short_of([row], is_open=True)[0]) for row in free}
            self._free[offering] = sorted(free, key=lambda row: (is_short[row], int(cost[row]), row))
        return self._free[offering]

    def _short(self, option: int, others: list[int]) -> _Short:
        """Return which lines and earmarks lack money for an option, and for those with whom its class opens."""
        lines, marks = self.placement.short_of([option, *others])
        lines = [(line, raise_for(self.problem, line, short)) for line, short in lines]
        return _Short(lines=sorted(lines, key=lambda one: (-one[1], one[0])),
                      earmarks=sorted(marks, key=lambda one: (-one[1], one[0])))  # fmt: skip

    def _money(self, short: _Short) -> _Found:
        """Name the lines that lack money, and the earmarks."""
        names = [self.placement.capped[i].name for i, _ in short.earmarks]
        if not short.lines:
            return _Found(code="earmark", limit=LISTED.join(names), needs=short.most)
        ids = [str(self.problem.lines.ids[line]) for line, _ in short.lines]
        cutoff = float(self._cutoff_line[short.lines[0][0]])
        return _Found(code="budget", limit=LISTED.join(ids + names), needs=short.most, cutoff=cutoff)

    def _next_chance(self, option: int) -> int:
        """Return the option of a later class of the same training for the same person; -1 for none."""
        options, classes = self.problem.options, self.problem.classes
        bounds = np.searchsorted(options.employee, [options.employee[option], options.employee[option] + 1])
        mine = np.arange(bounds[0], bounds[1])
        where, here = options.offering[mine], int(options.offering[option])
        is_later = (classes.training[where] == classes.training[here]) & (classes.start[where] > classes.start[here])
        later = mine[is_later]
        where = options.offering[later]
        return int(later[np.lexsort((later, where, classes.start[where]))[0]]) if len(later) else -1

    def unmet(self) -> list[WhyNot]:
        """Return, for each person with options and nothing chosen, why the best of them was not chosen.

        The best of those that some plan could hold; where none could, of all.
        """
        options = self.problem.options
        cost, people = options.cost, np.unique(options.employee)
        is_impossible = ~np.array(self.placement.is_possible, dtype=np.bool_)
        bounds = np.searchsorted(options.employee, np.append(people, people[-1] + 1 if len(people) else 0))
        answers = []
        for i, person in enumerate(people.tolist()):
            if self.placement.own[person]:
                continue
            mine = np.arange(bounds[i], bounds[i + 1])
            best = mine[np.lexsort((mine, cost[mine], -options.benefit[mine], is_impossible[mine]))[0]]
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
