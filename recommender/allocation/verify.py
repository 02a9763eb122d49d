"""An independent recount of a plan in whole rupiah; it shares no code with the solvers, only the nouns.

Plain Python over the chosen options: slow enough to be simple, quick enough for a city.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from recommender.allocation.certificate import dual_bound
from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Allocation

CLOSE = 1e-6  # relative difference allowed between the claimed objective and the recount
PEOPLE_PER_LEVEL = 1.0  # a person short of the unit's share costs one level
LEVELS_PER_RUPIAH = 1e-6  # a rupiah short of an earmark's floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that a plan breaks.

    Parameters
    ----------
    code : Stable code of the rule.
    subject : Whom or what it is about.
    limit : The limit.
    found, allowed : In the unit of the limit.
    """

    code: str
    subject: str
    limit: str
    found: float
    allowed: float

    def __str__(self) -> str:
        return f"{self.code}: {self.subject} at {self.limit}: {self.found:.15g}, allowed {self.allowed:.15g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    option: int
    person: int
    offering: int
    training: int
    start: object
    end: object
    is_dated: bool


def _seats(problem: AllocationProblem, allocation: Allocation) -> list[_Seat]:
    options, classes = problem.options, problem.classes
    seats = []
    for option in allocation.chosen.tolist():
        offering = int(options.offering[option])
        start, end = classes.start[offering].item(), classes.end[offering].item()
        seats.append(_Seat(option=option, person=int(options.employee[option]), offering=offering,
                           training=int(classes.training[offering]), start=start, end=end,
                           is_dated=start is not None and end is not None))  # fmt: skip
    return seats


def _money(problem: AllocationProblem, seats: list[_Seat]) -> list[Violation]:
    """Recount every line with its children, and every earmark's cap."""
    options, classes, lines = problem.options, problem.classes, problem.lines
    spent: dict[int, int] = defaultdict(int)

    def pay(line: int, amount: int) -> None:
        visited: list[int] = []
        while line >= 0 and line not in visited:
            spent[line] += amount
            visited.append(line)
            line = int(lines.parent[line])

    by_training: dict[int, int] = defaultdict(int)
    for seat in seats:
        for k in range(int(options.charges.indptr[seat.option]), int(options.charges.indptr[seat.option + 1])):
            amount = int(options.charges.data[k])
            pay(int(options.charges.indices[k]), amount)
            by_training[seat.training] += amount
    for offering in sorted({seat.offering for seat in seats}):
        fixed = int(classes.fixed_cost[offering])
        pay(int(classes.line[offering]), fixed)
        by_training[int(classes.training[offering])] += fixed
    return _unpaid(problem, seats) + _over_lines(problem, spent) + _over_earmarks(problem, by_training)


def _unpaid(problem: AllocationProblem, seats: list[_Seat]) -> list[Violation]:
    """Find opened classes whose fixed cost no line pays."""
    classes = problem.classes
    unpaid = [o for o in sorted({s.offering for s in seats}) if classes.fixed_cost[o] and classes.line[o] < 0]
    return [
        Violation(code="budget", subject=str(classes.ids[o]), limit="", found=int(classes.fixed_cost[o]), allowed=0)
        for o in unpaid
    ]


def _over_lines(problem: AllocationProblem, spent: dict[int, int]) -> list[Violation]:
    found = []
    for line, amount in sorted(spent.items()):
        available = int(problem.lines.amount[line])
        allowed = available - int(available * Fraction(repr(float(problem.rules.reserve_share))))  # as it is written
        if amount > allowed:
            name = str(problem.lines.ids[line])
            found.append(Violation(code="budget", subject=name, limit=name, found=amount, allowed=allowed))
    return found


def _over_earmarks(problem: AllocationProblem, by_training: dict[int, int]) -> list[Violation]:
    found = []
    for mark in problem.rules.earmarks:
        amount = sum(by_training[training] for training in mark.trainings)
        if mark.at_most is not None and amount > mark.at_most:
            found.append(
                Violation(code="earmark", subject=mark.name, limit=mark.name, found=amount, allowed=mark.at_most)
            )
    return found


def _class_sizes(problem: AllocationProblem, seats: list[_Seat]) -> list[Violation]:
    classes = problem.classes
    taken: dict[int, int] = defaultdict(int)
    for seat in seats:
        taken[seat.offering] += 1
    found = []
    for offering, n in sorted(taken.items()):
        name, most, least = (
            str(classes.ids[offering]),
            int(classes.seats_max[offering]),
            int(classes.seats_min[offering]),
        )
        if n > most:
            found.append(Violation(code="seats", subject=name, limit=name, found=n, allowed=most))
        if n < least:
            found.append(Violation(code="minimum-class", subject=name, limit=name, found=n, allowed=least))
    return found


def _one_person(problem: AllocationProblem, person: int, seats: list[_Seat]) -> list[Violation]:
    """Check hours, number, repeats, overlaps, topics and prerequisites of one person."""
    people, classes, options = problem.people, problem.classes, problem.options
    name = str(people.ids[person])
    found = []
    hours = sum(float(classes.hours[seat.offering]) for seat in seats)
    if hours > float(people.hours_cap[person]) + 1e-6:
        found.append(
            Violation(code="hours-cap", subject=name, limit=name, found=hours, allowed=float(people.hours_cap[person]))
        )
    if len(seats) > int(people.max_trainings[person]):
        allowed = int(people.max_trainings[person])
        found.append(Violation(code="max-trainings", subject=name, limit=name, found=len(seats), allowed=allowed))
    for i, one in enumerate(seats):
        topics = set(
            options.addresses.indices[options.addresses.indptr[one.option] : options.addresses.indptr[one.option + 1]]
        )
        for two in seats[i + 1 :]:
            if one.training == two.training:
                training = str(classes.training_ids[one.training])
                found.append(Violation(code="once-per-training", subject=name, limit=training, found=2, allowed=1))
            if one.is_dated and two.is_dated and one.start <= two.end and two.start <= one.end:  # type: ignore[operator]  # dates where dated
                found.append(
                    Violation(code="overlap", subject=name, limit=str(classes.ids[two.offering]), found=2, allowed=1)
                )
            other = options.addresses.indices[
                options.addresses.indptr[two.option] : options.addresses.indptr[two.option + 1]
            ]
            if topics.intersection(other):
                found.append(
                    Violation(code="topic", subject=name, limit=str(classes.ids[two.offering]), found=2, allowed=1)
                )
    return found + _order(problem, person, seats)


def _order(problem: AllocationProblem, person: int, seats: list[_Seat]) -> list[Violation]:
    found = []
    for advanced, required in problem.rules.prerequisites:
        if (person, advanced) in problem.rules.waived:
            continue
        for seat in seats:
            if seat.training != advanced:
                continue
            before = [other for other in seats if other.training == required]
            if seat.is_dated:  # a class without dates can be put anywhere
                before = [o for o in before if not o.is_dated or o.end < seat.start]  # type: ignore[operator]  # dates where dated
            if not before:
                limit = str(problem.classes.training_ids[required])
                name = str(problem.people.ids[person])
                found.append(Violation(code="prerequisite", subject=name, limit=limit, found=0, allowed=1))
    return found


def _days_away(problem: AllocationProblem, seats: list[_Seat]) -> list[Violation]:
    """Count who of a unit is away on each day on which somebody leaves."""
    share = problem.rules.away_share
    if share is None:
        return []
    by_unit: dict[int, list[_Seat]] = defaultdict(list)
    for seat in seats:
        unit = int(problem.people.unit[seat.person])
        if unit >= 0 and seat.is_dated and bool(problem.classes.is_away[seat.offering]):
            by_unit[unit].append(seat)
    found = []
    for unit, away in sorted(by_unit.items()):
        allowed = max(1, floor(int(problem.people.unit_headcount[unit]) * share + 1e-9))
        for day in sorted({seat.start for seat in away}):  # type: ignore[type-var]  # dates only
            n = len([seat for seat in away if seat.start <= day <= seat.end])  # type: ignore[operator]  # dates only
            if n > allowed:
                name = str(problem.people.unit_ids[unit])
                found.append(Violation(code="away-share", subject=name, limit=str(day), found=n, allowed=allowed))
    return found


def _demanded(problem: AllocationProblem, allocation: Allocation, seats: list[_Seat]) -> list[Violation]:
    """Check that pins and mandatory demands are met, or named among the clashes."""
    options, classes = problem.options, problem.classes
    met = {(seat.person, seat.training) for seat in seats if bool(options.is_mandatory[seat.option])}
    sat = {(seat.person, seat.offering) for seat in seats if bool(options.is_pinned[seat.option])}
    excused = {(person, clash.subject) for clash in allocation.clashes for person in clash.people}
    found = []
    for option in range(len(options.employee)):
        if not (options.is_pinned[option] or options.is_mandatory[option]):
            continue
        person, offering = int(options.employee[option]), int(options.offering[option])
        training = int(classes.training[offering])
        names = (str(problem.people.ids[person]), str(classes.training_ids[training]))
        if options.is_pinned[option] and (person, offering) not in sat and names not in excused:
            sat.add((person, offering))
            found.append(Violation(code="pinned", subject=names[0], limit=names[1], found=0, allowed=1))
        if options.is_mandatory[option] and (person, training) not in met and names not in excused:
            found.append(Violation(code="mandatory", subject=names[0], limit=names[1], found=0, allowed=1))
            met.add((person, training))
    return found


def _value(problem: AllocationProblem, allocation: Allocation, seats: list[_Seat]) -> list[Violation]:
    """Add the objective up again and compare it with the claim."""
    options, classes, people, rules = problem.options, problem.classes, problem.people, problem.rules
    cost = options.cost
    hours: dict[int, float] = defaultdict(float)
    total = 0.0
    for seat in seats:
        total += float(options.benefit[seat.option])
        total += rules.stability_weight if bool(options.was_chosen[seat.option]) else 0.0
        hours[seat.person] += float(classes.hours[seat.offering])
    floors = people.hours_floor.tolist()
    total -= rules.hours_weight * sum(
        max(0.0, wanted - hours[person]) for person, wanted in enumerate(floors) if wanted > 0
    )
    total -= PEOPLE_PER_LEVEL * _people_short(problem, seats)
    for mark in rules.earmarks:
        own = [seat for seat in seats if seat.training in mark.trainings]
        money = sum(int(cost[seat.option]) for seat in own)
        money += sum(int(classes.fixed_cost[offering]) for offering in {seat.offering for seat in own})
        total -= LEVELS_PER_RUPIAH * max(0, (mark.at_least or 0) - money)
    if abs(total - allocation.objective) > CLOSE * max(1.0, abs(total)):
        return [Violation(code="objective", subject="plan", limit="plan", found=allocation.objective, allowed=total)]
    return []


def _people_short(problem: AllocationProblem, seats: list[_Seat]) -> int:
    share = problem.rules.unit_floor_share
    if share is None:
        return 0
    units = problem.people.unit.tolist()
    able: dict[int, int] = defaultdict(int)
    served: dict[int, int] = defaultdict(int)
    for person in set(problem.options.employee.tolist()):
        able[units[person]] += 1
    for person in {seat.person for seat in seats}:
        served[units[person]] += 1
    return sum(max(0, ceil(n * share - 1e-9) - served[unit]) for unit, n in able.items() if unit >= 0)


def verify(problem: AllocationProblem, allocation: Allocation) -> tuple[Violation, ...]:
    """Recount a plan against every rule.

    Parameters
    ----------
    problem : The problem as given, never as a solver changed it.
    allocation : What the solver claims.

    Returns
    -------
    Every violation; empty when the plan keeps every rule and its objective is what it claims.
    """
    seats = _seats(problem, allocation)
    repeats = len(seats) - len({seat.option for seat in seats})
    found = _money(problem, seats) + _class_sizes(problem, seats) + _days_away(problem, seats)
    if repeats:
        found.append(Violation(code="duplicate", subject="plan", limit="option", found=repeats, allowed=0))
    by_person: dict[int, list[_Seat]] = defaultdict(list)
    for seat in seats:
        by_person[seat.person].append(seat)
    for person, own in sorted(by_person.items()):
        found += _one_person(problem, person, own)
    found += _demanded(problem, allocation, seats) + _value(problem, allocation, seats)
    if allocation.bound < allocation.objective - CLOSE * max(1.0, abs(allocation.objective)):
        found.append(
            Violation(code="bound", subject="plan", limit="bound", found=allocation.objective, allowed=allocation.bound)
        )
    return tuple(found + _proof(problem, allocation))


def _proof(problem: AllocationProblem, allocation: Allocation) -> list[Violation]:
    """Recompute what the prices prove; the claim may be weaker, never stronger."""
    if allocation.prices is None:
        return []
    proven = dual_bound(problem, allocation.prices, allocation.chosen.tolist())
    if proven > allocation.price_bound + CLOSE * max(1.0, abs(allocation.price_bound)):
        return [Violation(code="bound", subject="plan", limit="prices", found=allocation.price_bound, allowed=proven)]
    return []
