"""Whatever happens in whatever order: the books add up at any moment, and no rupiah is held twice."""

import itertools
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from service.ledger.approval import approve_plan, withdraw_plan
from service.ledger.books import entries
from service.ledger.events import cancel_class, reprice, seat_event
from service.people import erase_person
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_SEATS
from service.storage.schema import PLANS
from tests.service.ledger.plans import check_books, keep, put_lines
from training_catalog.errors import ConflictError, InputError, UnknownIdError

YEARS = itertools.count(2027)  # each run has a year of its own: entries stay for good
PEOPLE, CLASSES = st.sampled_from("ABCDE"), st.sampled_from(("K1", "K2", "K3"))
RUPIAH = st.integers(0, 60)
PAYS = st.sampled_from(("L1", "L2"))


class Books(RuleBasedStateMachine):
    """Plans of one year, on lines that carry only some of them."""

    database = None

    def __init__(self):
        super().__init__()
        self.year, self.drafts, self.approved, self.n_entries = next(YEARS), [], [], 0
        put_lines(self.database, *[f"{line} {self.year} {rest}" for line, rest in (
            ("TOP", "260"), ("L1", "150 TOP 10 20"), ("L2", "120 TOP"), ("L3", "90"))])  # fmt: skip

    @contextmanager
    def may_be_refused(self):
        """Let money be gone or a state be wrong; then nothing was entered."""
        before = self._newest()
        try:
            yield
        except (ConflictError, InputError):
            assert self._newest() == before

    def _newest(self):
        return max((entry.entry for entry in entries(self.database, limit=1)), default=0)

    def _seats(self):
        query = LEDGER_SEATS.select().where(LEDGER_SEATS.c.year == self.year).order_by(LEDGER_SEATS.c.seat)
        with transaction(self.database.engine) as connection:
            return connection.execute(query).all()

    def _plan(self, data, earlier=None):
        pairs = data.draw(st.lists(st.tuples(PEOPLE, CLASSES), min_size=1, max_size=4, unique=True))
        drawn = [(who, where, data.draw(RUPIAH), data.draw(PAYS), data.draw(RUPIAH)) for who, where in pairs]
        seats = [f"{who} {where}-{self.year} {fee} {line} {travel} L3" for who, where, fee, line, travel in drawn]
        opened = [
            f"{where}-{self.year} {data.draw(RUPIAH) + 1} {data.draw(PAYS)}" for where in sorted({p[1] for p in pairs})
        ]
        self.drafts.append(keep(self.database, *seats, classes=opened, year=self.year, earlier=earlier))

    @rule(data=st.data())
    def make(self, data):
        self._plan(data)

    @precondition(lambda self: self.approved)
    @rule(data=st.data())
    def replan(self, data):
        self._plan(data, earlier=data.draw(st.sampled_from(self.approved)))

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def approve(self, data):
        plan = data.draw(st.sampled_from(self.drafts))
        with self.may_be_refused():
            result = approve_plan(self.database, plan, "law")
            self.approved = [one for one in [*self.approved, plan] if one not in result.replaces]
            self.drafts.remove(plan)

    @precondition(lambda self: self.approved)
    @rule(data=st.data(), kind=st.sampled_from(("enrol", "complete", "complete", "fail", "cancel", "refund", "correct",
                                                "undo")),
          cost=st.none() | st.integers(0, 150), times=st.sampled_from((1, 2)))  # fmt: skip
    def happen(self, data, kind, cost, times):
        seat = data.draw(st.sampled_from(self._seats()))
        for _ in range(times):
            with self.may_be_refused():
                seat_event(self.database, seat.plan, seat.employee, seat.offering, kind, "law", cost=cost)

    @precondition(lambda self: self.approved)
    @rule(fee=st.integers(0, 120), where=CLASSES)
    def change_the_price(self, fee, where):
        if any(seat.offering == f"{where}-{self.year}" for seat in self._seats()):
            with self.may_be_refused():
                reprice(self.database, f"{where}-{self.year}", fee, "law")

    @precondition(lambda self: self.approved)
    @rule(who=PEOPLE)
    def erase(self, who):
        with suppress(UnknownIdError):  # nobody of that letter has had a seat yet
            erase_person(self.database, who, is_last=False)

    @rule(where=CLASSES)
    def call_off(self, where):
        cancel_class(self.database, f"{where}-{self.year}", "law")

    @precondition(lambda self: self.approved)
    @rule(data=st.data())
    def withdraw(self, data):
        plan = data.draw(st.sampled_from(self.approved))
        withdraw_plan(self.database, plan, "law")
        self.approved.remove(plan)

    @invariant()
    def books_add_up(self):
        check_books(self.database, self.year)

    def teardown(self):
        """Give everything back: what is left is what was spent."""
        for plan in self.approved:
            withdraw_plan(self.database, plan, "law")
        for number, seat in enumerate(self._seats()):
            if seat.fee_spent + seat.travel_spent:
                seat_event(self.database, seat.plan, seat.employee, seat.offering, "refund", "law", key=f"all-{number}")
        reserved, spent = check_books(self.database, self.year)
        held = sum(cost for cost in self._held_classes())
        assert (reserved, spent) == (0, held)
        with transaction(self.database.engine, is_writer=True) as connection:
            connection.execute(PLANS.delete())  # else erasing somebody reads the plans of every run before

    def _held_classes(self):
        """Yield what classes that were held cost, on their line and the ceiling above it."""
        with transaction(self.database.engine) as connection:
            query = "SELECT amount FROM ledger_classes WHERE state = 'spent' AND year = :year"
            yield from (2 * amount for (amount,) in connection.exec_driver_sql(query.replace(":year", str(self.year))))


def keeps_the_laws(url, n_runs, n_steps):
    machine = type("BooksHere", (Books,), {"database": open_database(url)})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=n_runs, stateful_step_count=n_steps, database=None,
        suppress_health_check=list(HealthCheck),
    ))  # fmt: skip


@pytest.mark.long
def test_the_books_add_up_at_any_moment_on_sqlite(tmp_path):
    keeps_the_laws(f"sqlite:///{tmp_path / 'office.db'}", 25, 25)


@pytest.mark.long
def test_the_books_add_up_at_any_moment_on_postgresql(postgresql_url):
    keeps_the_laws(postgresql_url, 6, 20)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_books_add_up_at_any_moment_in_many_more_orders(database_url):
    keeps_the_laws(database_url, 300, 40)
