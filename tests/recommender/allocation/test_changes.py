"""What changes of a problem may do to what its best plan is worth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import tiny_problems
from test_laws import FEW, QUICK, solved

from recommender.allocation.verify import verify


def with_money_times(problem, factor):
    """Return a problem with every rupiah multiplied; without floors of earmarks, which miss levels a rupiah."""
    marks = tuple(replace(mark, at_least=None, at_most=None if mark.at_most is None else mark.at_most * factor)
                  for mark in problem.rules.earmarks)  # fmt: skip
    return replace(
        problem,
        lines=replace(problem.lines, amount=problem.lines.amount * factor),
        classes=replace(problem.classes, fixed_cost=problem.classes.fixed_cost * factor),
        options=replace(problem.options, charges=problem.options.charges * factor),
        rules=replace(problem.rules, earmarks=marks),
    )


def with_options(problem, rows):
    """Return a problem with some of its options, in the order given."""
    options = problem.options
    columns = ("employee", "offering", "benefit", "charges", "is_mandatory", "is_pinned", "was_chosen", "addresses")
    return replace(problem, options=replace(options, **{name: getattr(options, name)[rows] for name in columns}))


def with_people_renamed(problem, place):
    """Return a problem in which person i has the number, and with it the id, `place[i]`."""
    people, rules, order = problem.people, problem.rules, np.argsort(place)
    columns = {name: getattr(people, name)[order] for name in ("unit", "hours_floor", "hours_cap", "max_trainings")}
    employee = np.asarray(place)[problem.options.employee]
    moved = with_options(problem, np.lexsort((problem.options.offering, employee)))
    waived = frozenset((int(place[who]), training) for who, training in rules.waived)
    return replace(
        moved, people=replace(people, **columns), rules=replace(rules, waived=waived),
        options=replace(moved.options, employee=np.sort(employee)),
    )  # fmt: skip


def n_unmet(allocation):
    return sum(len(clash.people) for clash in allocation.clashes)


@QUICK
@given(tiny_problems(), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_more_seats_never_lower_the_total(problem, extra):
    seats = problem.classes.seats_max + np.array(extra[: len(problem.classes.ids)])
    more = replace(problem, classes=replace(problem.classes, seats_max=seats))
    assert solved(more).objective >= solved(problem).objective - 1e-6


@QUICK
@given(tiny_problems(), st.integers(0, 7))
def test_one_more_option_of_somebody_who_has_one_never_lowers_the_total(problem, number):
    """A person's first option may: the unit then has one more who could be served, and its floor is a share of them."""
    employee = problem.options.employee
    number %= len(employee)
    assume((employee == employee[number]).sum() > 1)
    fewer = with_options(problem, np.delete(np.arange(len(employee)), number))
    assert solved(problem).objective >= solved(fewer).objective - 1e-6


@QUICK
@given(tiny_problems(), st.sampled_from([7, 10**4, 10**9]))
def test_money_in_another_unit_changes_nothing(problem, factor):
    """Tens at first, so that a reserve of a tenth is whole."""
    here, there = solved(with_money_times(problem, 10)), solved(with_money_times(problem, 10 * factor))
    assert there.objective == pytest.approx(here.objective, abs=1e-6)
    assert there.chosen.tolist() == here.chosen.tolist()


@FEW
@given(tiny_problems(demanded=True), st.data())
def test_other_names_of_the_same_people_change_nothing(problem, data):
    """Where demands clash, as many are met; the lower id decides which, and so what the rest can be worth."""
    place = data.draw(st.permutations(range(len(problem.people.ids))))
    here, renamed = solved(problem), with_people_renamed(problem, place)
    there = solved(renamed)
    assert verify(renamed, there) == ()
    assert there.status == here.status
    assert n_unmet(there) == n_unmet(here)
    if here.status != "infeasible":
        assert there.objective == pytest.approx(here.objective, abs=1e-6)
