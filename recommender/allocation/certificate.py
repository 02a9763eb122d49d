"""An independent recount of what prices prove: it shares no code with the price search, only the nouns.

Plain Python over options that are worth something after prices. Any prices >= 0 give a valid bound on plans that
meet at least the demands a plan meets, so there is nothing to trust but this file.
"""

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, inf

from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Prices

MOST_FOR_A_PERSON = 1.0  # levels lost for a person by which a unit stays below its share
MOST_FOR_A_RUPIAH = 1e-6  # levels lost for a rupiah below an earmark's floor
MET = 1e5  # levels that meeting a demand counts for while one person's sets are compared


class _Facts:
    """The problem as plain lists, and what no plan can hold."""

    def __init__(self, problem: AllocationProblem) -> None:
        options, classes, self.problem = problem.options, problem.classes, problem
        self.employee, self.offering = options.employee.tolist(), options.offering.tolist()
        self.training, self.hours = classes.training.tolist(), classes.hours.tolist()
        self.start, self.end = classes.start.tolist(), classes.end.tolist()
        self.cost, self.fixed = options.cost.tolist(), classes.fixed_cost.tolist()
        self.line = classes.line.tolist()
        kept = Fraction(str(float(problem.rules.reserve_share)))  # the share as it is written
        self.caps = [int(amount) - int(int(amount) * kept) for amount in problem.lines.amount]
        self.above = [self._above(line) for line in range(len(self.caps))]
        bounds, lines, money = (part.tolist() for part in
                                (options.charges.indptr, options.charges.indices, options.charges.data))  # fmt: skip
        self.loads = [self._spread(list(zip(lines[a:b], money[a:b], strict=True))) for a, b in pairwise(bounds)]
        self.fixed_loads = [
            self._spread([(line, cost)] if line >= 0 and cost else [])
            for line, cost in zip(self.line, self.fixed, strict=True)
        ]
        bounds, topics = options.addresses.indptr.tolist(), options.addresses.indices.tolist()
        self.topics = [frozenset(topics[a:b]) for a, b in pairwise(bounds)]
        self._find_possible()

    def _above(self, line: int) -> list[int]:
        found: list[int] = []
        while line >= 0 and line not in found:
            found.append(line)
            line = int(self.problem.lines.parent[line])
        return found

    def _spread(self, charges: list[tuple[int, int]]) -> dict[int, int]:
        """Return rupiah by line, those above included."""
        loads: dict[int, int] = defaultdict(int)
        for line, amount in charges:
            for above in self.above[line]:
                loads[above] += amount
        return {line: amount for line, amount in loads.items() if amount}

    def _fits(self, loads: dict[int, int]) -> bool:
        return all(amount <= self.caps[line] for line, amount in loads.items())

    def _find_possible(self) -> None:
        """Find options that some plan can hold: affordable, in a class that can open, within the person's hours."""
        classes, people = self.problem.classes, self.problem.people
        wanting: dict[int, set[int]] = defaultdict(set)
        for person, offering in zip(self.employee, self.offering, strict=True):
            wanting[offering].add(person)
        can_open = [
            self._fits(self.fixed_loads[k]) and (not self.fixed[k] or self.line[k] >= 0)
            and len(wanting[k]) >= least and most >= max(least, 1)
            for k, (least, most) in enumerate(zip(classes.seats_min.tolist(), classes.seats_max.tolist(), strict=True))
        ]  # fmt: skip
        caps = people.hours_cap.tolist()
        self.possible = [
            i for i, (person, offering) in enumerate(zip(self.employee, self.offering, strict=True))
            if can_open[offering] and self._fits(self.loads[i]) and self.hours[offering] <= caps[person] + 1e-9
        ]  # fmt: skip
        self.wanting: dict[int, set[int]] = defaultdict(set)
        for i in self.possible:
            self.wanting[self.offering[i]].add(self.employee[i])
        self.own_lines = self._lines_of_one_class()

    def _lines_of_one_class(self) -> dict[int, int]:
        """Return lines that only people of one class that must be opened are paid from: their money waits for it."""
        payers: dict[int, set[int]] = defaultdict(set)
        for i in self.possible:
            for line in self.loads[i]:
                payers[line].add(self.offering[i])
        for line in {line for loads in self.fixed_loads for line in loads}:
            payers.pop(line, None)
        least = self.problem.classes.seats_min.tolist()
        one = {line: next(iter(classes)) for line, classes in payers.items() if len(classes) == 1}
        return {line: k for line, k in one.items() if self.fixed[k] or least[k] > 1}


def dual_bound(problem: AllocationProblem, prices: Prices, chosen: list[int]) -> float:
    """Compute what prices prove.

    Parameters
    ----------
    problem : The problem as given.
    prices : Any prices >= 0.
    chosen : A plan's options; the bound holds for plans that meet every demand it meets.

    Returns
    -------
    No such plan is worth more; infinite when a price is negative, or higher than a soft floor can cost, or
    when classes are said to be demanded that are not.
    """
    if not _are_prices(prices):
        return inf
    facts = _Facts(problem)
    value = _values_after_prices(facts, prices)
    demanded = _demanded(facts, chosen)
    if not _are_demanded(facts, demanded, _covers(prices)):
        return inf
    by_person: dict[int, list[int]] = defaultdict(list)
    for i in facts.possible:
        by_person[facts.employee[i]].append(i)
    credit_of, units = prices.units.tolist(), problem.people.unit.tolist()
    bound = _constant(facts, prices)
    for person, own in by_person.items():
        credit = credit_of[units[person]] if units[person] >= 0 else 0.0
        bound += _best_set(facts, person, own, value, credit, demanded.get(person, []))
    return bound + sum(max(0.0, rent) for rent in _rents(facts, prices))


def _are_prices(prices: Prices) -> bool:
    every = (prices.lines, prices.openings, prices.caps, prices.floors, prices.away, prices.covers, prices.seats,
             prices.fewest, prices.units, prices.openers)  # fmt: skip
    lowest = min(float(part.min(initial=0.0)) for part in every)
    rupiah, person = float(prices.floors.max(initial=0.0)), float(prices.units.max(initial=0.0))
    return lowest >= 0.0 and rupiah <= MOST_FOR_A_RUPIAH * (1 + 1e-9) and person <= MOST_FOR_A_PERSON


def _of_earmarks(facts: _Facts, prices: Prices) -> dict[int, float]:
    """Return the price of a rupiah spent on each training: caps cost, floors pay."""
    by_training: dict[int, float] = defaultdict(float)
    for mark, cap, paid in zip(facts.problem.rules.earmarks, prices.caps.tolist(), prices.floors.tolist(), strict=True):
        for training in set(mark.trainings):
            by_training[training] += (cap if mark.at_most is not None else 0.0) - (paid if mark.at_least else 0.0)
    return by_training


def _values_after_prices(facts: _Facts, prices: Prices) -> dict[int, float]:
    problem, lines, seats = facts.problem, prices.lines.tolist(), prices.seats.tolist()
    options, fewest, units = problem.options, prices.fewest.tolist(), problem.people.unit.tolist()
    least, is_away = problem.classes.seats_min.tolist(), problem.classes.is_away.tolist()
    marks = _of_earmarks(facts, prices)
    days: dict[int, list[tuple[object, float]]] = defaultdict(list)
    for unit, day, price in zip(prices.away_unit.tolist(), prices.away_day.tolist(), prices.away.tolist(), strict=True):
        days[unit].append((day, price))
    pays = dict(
        zip(zip(prices.opener.tolist(), prices.opened.tolist(), strict=True), prices.openers.tolist(), strict=True)
    )
    values = {}
    for i in facts.possible:
        person, k = facts.employee[i], facts.offering[i]
        value = float(options.benefit[i]) + (problem.rules.stability_weight if options.was_chosen[i] else 0.0)
        value -= sum(lines[line] * amount for line, amount in facts.loads[i].items()) + seats[k]
        value -= marks[facts.training[k]] * facts.cost[i] + pays.get((person, k), 0.0)
        value += fewest[k] if least[k] > 1 else 0.0
        start, end = facts.start[k], facts.end[k]
        if units[person] >= 0 and is_away[k] and start is not None and end is not None:
            value -= sum(price for day, price in days[units[person]] if start <= day <= end)
        values[i] = value
    return values


def _rents(facts: _Facts, prices: Prices) -> list[float]:
    """Return what each class earns by opening; one that nobody can attend never opens."""
    classes, lines, openings = facts.problem.classes, prices.lines.tolist(), prices.openings.tolist()
    marks, seats, fewest = _of_earmarks(facts, prices), prices.seats.tolist(), prices.fewest.tolist()
    rents = []
    for k, (least, most) in enumerate(zip(classes.seats_min.tolist(), classes.seats_max.tolist(), strict=True)):
        rent = seats[k] * min(most, len(facts.wanting[k])) - (fewest[k] * least if least > 1 else 0.0)
        rent -= sum((lines[line] + openings[line]) * amount for line, amount in facts.fixed_loads[k].items())
        rents.append(rent - marks[facts.training[k]] * facts.fixed[k])
    for person, k, price in zip(prices.opener.tolist(), prices.opened.tolist(), prices.openers.tolist(), strict=True):
        if person in facts.wanting[k]:
            rents[k] += price
    for cover, price in zip(_covers(prices), prices.covers.tolist(), strict=True):
        for k in cover:
            rents[k] += price
    for line, k in facts.own_lines.items():
        rents[k] += lines[line] * facts.caps[line]
    return [rent for k, rent in enumerate(rents) if facts.wanting[k]]


def _covers(prices: Prices) -> list[set[int]]:
    """Return the sets of classes of which one is said to be open."""
    listed = prices.cover_class.tolist()
    return [set(listed[a:b]) for a, b in pairwise(prices.cover_bounds.tolist())]


def _are_demanded(facts: _Facts, demanded: dict[int, list[list[int]]], covers: list[set[int]]) -> bool:
    """Say whether each set of classes holds every class in which some demand can be met."""
    possible = set(facts.possible)
    wanted = [{facts.offering[i] for i in group if i in possible} for groups in demanded.values() for group in groups]
    return all(any(classes <= cover for classes in wanted) for cover in covers)


def _constant(facts: _Facts, prices: Prices) -> float:
    problem = facts.problem
    rules, people = problem.rules, problem.people
    total = -rules.hours_weight * float(people.hours_floor.sum()) - float(prices.covers.sum())
    total += sum(price * cap for line, (price, cap) in enumerate(zip(prices.lines.tolist(), facts.caps, strict=True))
                 if line not in facts.own_lines)  # fmt: skip
    for line in prices.openings.nonzero()[0].tolist():
        total += float(prices.openings[line]) * _most_on_opening(facts, line)
    for mark, cap, paid in zip(rules.earmarks, prices.caps.tolist(), prices.floors.tolist(), strict=True):
        total += cap * (mark.at_most or 0) - paid * (mark.at_least or 0)
    for unit, price in zip(prices.away_unit.tolist(), prices.away.tolist(), strict=True):
        share = inf if rules.away_share is None else rules.away_share
        total += price * max(1, floor(int(people.unit_headcount[unit]) * share + 1e-9))
    able: dict[int, int] = defaultdict(int)
    for person in set(facts.employee):
        able[int(people.unit[person])] += 1
    for unit, price in enumerate(prices.units.tolist()):
        total -= price * ceil(able[unit] * (rules.unit_floor_share or 0.0) - 1e-9)
    return total


def _most_on_opening(facts: _Facts, line: int) -> int:
    """Return the largest sum of fixed costs that a line can carry, by trying every sum."""
    sums = {0}
    for k, loads in enumerate(facts.fixed_loads):
        amount = loads.get(line, 0)
        if amount and facts.wanting[k]:
            sums |= {total + amount for total in sums if total + amount <= facts.caps[line]}
    return max(sums)


def _demanded(facts: _Facts, chosen: list[int]) -> dict[int, list[list[int]]]:
    """Return, by person, the groups of options that pins and mandates ask for and the plan meets."""
    options, held = facts.problem.options, set(chosen)
    groups: dict[tuple[bool, int, int], list[int]] = defaultdict(list)
    found: dict[int, list[list[int]]] = defaultdict(list)
    for i in range(len(facts.employee)):
        if options.is_pinned[i]:
            groups[True, facts.employee[i], facts.offering[i]].append(i)
        if options.is_mandatory[i]:
            groups[False, facts.employee[i], facts.training[facts.offering[i]]].append(i)
    for (_, person, _), group in groups.items():
        if held.intersection(group):
            found[person].append(group)
    return found


def _best_set(facts: _Facts, person: int, own: list[int], value: dict[int, float], credit: float,
              demanded: list[list[int]]) -> float:  # fmt: skip
    """Return what the best of all sets that keep one person's rules is worth."""
    people, weight = facts.problem.people, facts.problem.rules.hours_weight
    cap, wanted, most = (float(people.hours_cap[person]), float(people.hours_floor[person]),
                         int(people.max_trainings[person]))  # fmt: skip
    wish = {i: value[i] + MET * sum(1 for group in demanded if i in group) for i in own}
    needed = {required for _, required in facts.problem.rules.prerequisites}
    able = [i for i in own if facts.training[facts.offering[i]] in needed
            or wish[i] + weight * min(facts.hours[facts.offering[i]], wanted) + credit > 0]  # fmt: skip
    best = 0.0

    def grow(first: int, held: list[int], worth: float, hours: float) -> None:
        nonlocal best
        total = worth + weight * min(hours, wanted) + (credit if held else 0.0)
        if total > best and _in_order(facts, person, held):
            best = total
        if len(held) >= most:
            return
        for place in range(first, len(able)):
            i = able[place]
            length = facts.hours[facts.offering[i]]
            if hours + length <= cap + 1e-9 and all(_go_together(facts, i, j) for j in held):
                grow(place + 1, [*held, i], worth + wish[i], hours + length)

    grow(0, [], 0.0, 0.0)
    return best - MET * len(demanded)


def _go_together(facts: _Facts, i: int, j: int) -> bool:
    a, b = facts.offering[i], facts.offering[j]
    if facts.training[a] == facts.training[b] or facts.topics[i] & facts.topics[j]:
        return False
    days = (facts.start[a], facts.end[a], facts.start[b], facts.end[b])
    if None in days:
        return True
    return bool(days[1] < days[2] or days[3] < days[0])


def _in_order(facts: _Facts, person: int, held: list[int]) -> bool:
    """Say whether what each option needs stands before it; without dates any order will do."""
    rules = facts.problem.rules
    for i in held:
        here = facts.offering[i]
        needs = [r for a, r in rules.prerequisites if a == facts.training[here]]
        if not needs or (person, facts.training[here]) in rules.waived:
            continue
        before = set()
        for j in held:
            there = facts.offering[j]
            days = (facts.start[here], facts.end[here], facts.start[there], facts.end[there])
            if None in days or days[3] < days[0]:
                before.add(facts.training[there])
        if not before.issuperset(needs):
            return False
    return True
