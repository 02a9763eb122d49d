"""The problem with every limit that several people share turned into a price; what is left falls apart by person.

For any prices >= 0 no plan is worth more than what every person would choose under them, what every class would
earn by opening, and the prices times what there is: see `Relaxation.evaluate`.
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from scipy.sparse import csr_array

from recommender.allocation.capacity import demanded_classes, possible_options
from recommender.allocation.kernel import best_sets, exit_losses
from recommender.allocation.objective import UNIT_FLOOR_WEIGHT, option_values, unit_goals
from recommender.allocation.person_rules import person_choices
from recommender.allocation.priced_rows import AWAY, CAP, COVER, FLOOR, LINE, OPENING, priced_rows
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Prices
from training_catalog.columns import BoolArray, FloatArray, IndexArray

DEMAND = 1e4  # levels that meeting a demand counts for while sets are compared; taken off the bound again

SMALL = 1e-9  # instead of nothing, where something is divided by
FREE, OPENED, CLOSED = 0, 1, -1  # a class decides for itself, or it was decided for


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What prices prove.

    Parameters
    ----------
    bound : No plan is worth more.
    excess : shape (n_prices,): by how much each limit is exceeded; positive where its price should rise.
    opens : shape (n_classes,): classes that open.
    taken : shape (n_possible_options,): options that people choose.
    """

    bound: float
    excess: FloatArray
    opens: BoolArray
    taken: BoolArray


class Relaxation:
    """People and classes that decide for themselves, given prices.

    Parameters
    ----------
    problem : What may be chosen.
    demanded : Groups of options of one person of which one must be chosen, and can be.

    Notes
    -----
    Prices stand in five groups: rows of `PricedRows`; seats of classes; fewest people of classes that have a
    minimum; floors of units; and, for each person who could sit in a class that must be opened, what this person
    alone pays towards opening it. The last keep a class from being opened in part.
    """

    def __init__(self, problem: AllocationProblem, demanded: tuple[IndexArray, ...] = ()) -> None:
        self.problem = problem
        self.rows = np.flatnonzero(possible_options(problem)).astype(np.int64)
        options, people = problem.options, problem.people
        self.offering, self.employee = options.offering[self.rows], options.employee[self.rows]
        self.persons, first = np.unique(self.employee, return_index=True)
        self.bounds = np.append(first, len(self.rows)).astype(np.int64)
        value = option_values(problem)
        self.usual = max(float(np.mean(value[self.rows])), SMALL) if len(self.rows) else SMALL
        for group in demanded:
            value[group] += DEMAND
        self.value = value[self.rows]
        self.constant = -problem.rules.hours_weight * float(people.hours_floor.sum()) - DEMAND * len(demanded)
        self.demanded = demanded
        self.priced = priced_rows(problem, self.rows, demanded)
        self.dues = np.zeros(len(problem.classes.ids))
        self.lay_back()
        self._add_classes()
        self._add_units()
        self.choices = person_choices(problem, self.rows, self.persons, self.bounds)
        self._count_prices()

    def _count_prices(self) -> None:
        """Count the prices of each group, and find the highest that make sense."""
        self.sizes = [len(self.priced.limit), len(self.seats), len(self.minimum), len(self.units), len(self.pair_class)]
        self.highest = np.concatenate([
            self.priced.highest, np.where(self.has_choice | self.is_scarce, np.inf, 0.0),
            np.full(self.sizes[2], np.inf), np.full(self.sizes[3], UNIT_FLOOR_WEIGHT), np.full(self.sizes[4], np.inf),
        ])  # fmt: skip

    def charge(self, rows: IndexArray, prices: FloatArray) -> None:
        """Charge what some limits hold at prices that stay, and leave those limits to whoever shares them.

        Parameters
        ----------
        rows : Limits, as numbers among `priced`.
        prices : shape (n_rows,), in levels for a rupiah or person.
        """
        at = prices * self.priced.unit[rows]
        self.value = self.value - self.priced.loads[:, rows] @ at
        self.dues = self.dues + self.priced.fixed[:, rows] @ at
        self.priced = self.priced.without(rows)
        self.lay_back()
        self._count_prices()

    def lay_back(self) -> None:
        """Lay the priced rows out by limit."""
        self._back, self._fixed_back = csr_array(self.priced.loads.T), csr_array(self.priced.fixed.T)

    def _add_classes(self) -> None:
        """Count seats that are wanted, and pair people with the classes that must be opened for them."""
        classes, width = self.problem.classes, max(len(self.problem.people.ids), 1)
        keys, pair = np.unique(self.offering * width + self.employee, return_inverse=True)
        wanted = np.bincount(keys // width, minlength=len(classes.ids))
        self.seats = np.minimum(classes.seats_max, wanted).astype(np.float64)
        self.least = np.where(classes.seats_min > 1, classes.seats_min, 0).astype(np.float64)
        self.minimum = np.flatnonzero(self.least)
        self.is_scarce = wanted > classes.seats_max
        self.has_choice = (classes.fixed_cost > 0) | (classes.seats_min > 1)
        kept = np.flatnonzero(self.has_choice[keys // width])
        number = np.full(len(keys), len(kept), dtype=np.int64)
        number[kept] = np.arange(len(kept))
        self.pair_of = number[pair]
        self.pair_class, self.pair_person = keys[kept] // width, keys[kept] % width

    def _add_units(self) -> None:
        """Find the units with a goal, and which of them each person belongs to."""
        goals = unit_goals(self.problem).astype(np.float64)
        self.units = np.flatnonzero(goals > 0)
        self.goals = goals[self.units]
        place = np.full(len(goals) + 1, len(self.units))
        place[self.units] = np.arange(len(self.units))
        self.unit_of = place[self.problem.people.unit[self.persons]]

    @property
    def n_prices(self) -> int:
        """How many prices there are."""
        return len(self.highest)

    def split(self, prices: FloatArray) -> list[FloatArray]:
        """Split prices into their five groups; asked for several times at each step of the search."""
        ends = [*accumulate(self.sizes)]
        return [prices[end - size : end] for end, size in zip(ends, self.sizes, strict=True)]

    def reduced(self, prices: FloatArray) -> FloatArray:
        """Return what each possible option is worth after prices; hours towards a floor come on top."""
        limits, seats, least, _, pairs = self.split(prices)
        by_class = seats.copy()
        by_class[self.minimum] -= least
        return self.value - self.priced.loads @ limits - by_class[self.offering] - np.append(pairs, 0.0)[self.pair_of]

    def credit(self, prices: FloatArray) -> FloatArray:
        """Return what each person's having anything at all is worth to the unit."""
        credit: FloatArray = np.append(self.split(prices)[3], 0.0)[self.unit_of]
        return credit

    def rents(self, prices: FloatArray) -> FloatArray:
        """Return what each class earns by opening: its seats and people, less its fixed cost and its minimum.

        One that nobody can attend never opens.
        """
        limits, seats, least, _, pairs = self.split(prices)
        rent: FloatArray = seats * self.seats - self.priced.fixed @ limits - self.dues
        rent += np.bincount(self.pair_class, weights=pairs, minlength=len(seats))
        rent[self.minimum] -= least * self.least[self.minimum]
        rent[self.seats == 0.0] = 0.0
        return rent

    def nobody_decided(self) -> IndexArray:
        """Return what is decided when every class decides for itself; shape (n_classes,)."""
        return np.full(len(self.seats), FREE, dtype=np.int64)

    def evaluate(self, prices: FloatArray, decided: IndexArray | None = None) -> Evaluation:
        """Compute the bound of prices, and how far demand exceeds what there is.

        Parameters
        ----------
        prices : shape (n_prices,), each from 0 to `highest`.
        decided : shape (n_classes,), ``FREE``, ``OPENED`` or ``CLOSED``: the bound holds for plans that agree. All
            free where not given.

        Notes
        -----
        bound = constant + sum over people of their best set after prices + sum over classes of max(0, rent)
        + prices x limits - prices of units x goals.
        """
        limits, _, _, units, _ = self.split(prices)
        taken = np.zeros(len(self.rows), dtype=np.bool_)
        decided = self.nobody_decided() if decided is None else decided
        is_open = (decided != CLOSED)[self.offering]
        values = best_sets(self.choices, self.reduced(prices), self.credit(prices), is_open, taken)
        rent = self.rents(prices)
        opens = ((rent > 0) & (decided != CLOSED)) | (decided == OPENED)
        bound = self.constant + float(values.sum()) + float(rent[opens].sum())
        bound += float(limits @ self.priced.limit) - float(units @ self.goals)
        return Evaluation(bound=bound, excess=self._excess(taken, opens), opens=opens, taken=taken)

    def _excess(self, taken: BoolArray, opens: BoolArray) -> FloatArray:
        chosen = np.flatnonzero(taken)
        demand = np.bincount(self.offering[chosen], minlength=len(self.seats)).astype(np.float64)
        is_served = np.zeros(len(self.problem.people.ids), dtype=np.bool_)
        is_served[self.employee[chosen]] = True
        served = np.bincount(self.unit_of[is_served[self.persons]], minlength=len(self.units) + 1)[:-1]
        sits = np.bincount(self.pair_of[chosen], minlength=len(self.pair_class) + 1)[:-1]
        minimum = self.minimum
        return np.concatenate([
            self._back @ taken.astype(np.float64) + self._fixed_back @ opens.astype(np.float64) - self.priced.limit,
            demand - self.seats * opens,
            self.least[minimum] * opens[minimum] - demand[minimum],
            self.goals - served,
            sits - opens[self.pair_class].astype(np.float64),
        ])  # fmt: skip

    def losses(self, prices: FloatArray, margin: float, decided: IndexArray | None = None) -> FloatArray:
        """Return by how much each possible option makes its person's best set worse; infinite beyond a margin."""
        decided = self.nobody_decided() if decided is None else decided
        is_open = (decided != CLOSED)[self.offering]
        return exit_losses(self.choices, self.reduced(prices), self.credit(prices), is_open, margin)

    def stakes(self) -> FloatArray:
        """Return what a price is of the order of: the value that hangs on a limit, for each unit of it."""
        usual = self.usual
        loads, fixed = abs(self._back), abs(self._fixed_back)
        value = (loads > 0) @ np.full(len(self.rows), usual) + (fixed > 0) @ (self.seats * usual)
        load = np.asarray(loads.sum(axis=1)).ravel() + np.asarray(fixed.sum(axis=1)).ravel()
        rows = np.where(load > 0, value / np.maximum(load, SMALL), usual)
        return np.concatenate([rows, np.full(self.n_prices - len(rows), usual)])

    def named(self, prices: FloatArray) -> Prices:
        """Return prices in levels for one unit of each limit, by what they stand for."""
        problem, priced = self.problem, self.priced
        limits, seats, least, units, pairs = self.split(prices)
        by_unit = limits / priced.unit

        def spread(kind: int, n: int) -> FloatArray:
            values = np.zeros(n)
            values[priced.subject[priced.kind == kind]] = by_unit[priced.kind == kind]
            return values

        n_lines, n_marks = len(problem.lines.ids), len(problem.rules.earmarks)
        fewest, served = np.zeros(len(seats)), np.zeros(len(problem.people.unit_ids))
        fewest[self.minimum], served[self.units] = least, units
        covers, away, paid = demanded_classes(problem, self.demanded), priced.kind == AWAY, np.flatnonzero(pairs)
        return Prices(
            lines=spread(LINE, n_lines), openings=spread(OPENING, n_lines), caps=spread(CAP, n_marks),
            floors=spread(FLOOR, n_marks), away_unit=priced.subject[away],
            away_day=priced.day[away].astype("datetime64[D]"), away=by_unit[away],
            cover_bounds=np.cumsum([0, *map(len, covers)], dtype=np.int64),
            cover_class=np.concatenate([*covers, np.empty(0, dtype=np.int64)]), covers=by_unit[priced.kind == COVER],
            seats=seats, fewest=fewest, units=served, opener=self.pair_person[paid], opened=self.pair_class[paid],
            openers=pairs[paid],
        )  # fmt: skip
