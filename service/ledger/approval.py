"""Plans that are approved, which reserves their money, and withdrawn, which gives it back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from recommender.plan import Plan
from service.ledger.classes import SPENT, classes_of, open_class, settle_classes
from service.ledger.pages import FEE, RELEASE, RESERVE, TRAVEL, Page, Seat, find_seats, new_page
from service.plan_document import unpack_plan
from service.storage.database import APPROVED, DRAFT, RETIRED, WITHDRAWN, Database
from service.storage.decisions import plans_before
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_CLASSES, LEDGER_SEATS, LIVE, RESERVED, TAKEN
from service.storage.schema import PLANS
from training_catalog.errors import ConflictError, UnknownIdError


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerResult:
    """What a plan holds.

    Parameters
    ----------
    plan, state : Which one.
    replaces : Earlier plans in whose place it came.
    seats : Number of its seats.
    reserved, spent : Whole rupiah that it holds now, fixed costs of classes included.
    """

    plan: str
    state: str
    replaces: tuple[str, ...]
    seats: int
    reserved: int
    spent: int


def approve_plan(database: Database, plan_id: str, author: str) -> LedgerResult:
    """Approve a draft and reserve its money, line by line, at the prices it was made with; twice is once.

    A plan that was made from an approved one takes its place: in the same transaction the earlier one gives back what
    it still reserves, and what it spent stays spent.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    ConflictError
        When it is no draft, its recount disagrees, a seat is another plan's already, or a line has not enough left.
    """
    with new_page(database, author) as page:
        state, plan = _read(page.connection, plan_id)
        if state != APPROVED:
            _refuse_unless_sound(plan_id, state, plan)
            states = plan_states(page.connection, plans_before(page.connection, plan_id))
            replaced = [earlier for earlier in states if states[earlier] == APPROVED]
            _reserve(page, plan_id, plan, replaced)
            for earlier in replaced:
                _set_state(page.connection, earlier, RETIRED)
            _set_state(page.connection, plan_id, APPROVED)
    return _result(database, plan_id)


def withdraw_plan(database: Database, plan_id: str, author: str) -> LedgerResult:
    """Withdraw a draft or an approved plan: what it still reserves is given back, what was spent stays; twice is once.

    Raises
    ------
    UnknownIdError
        When there is no such plan.
    ConflictError
        When another plan took its place.
    """
    with new_page(database, author) as page:
        state = plan_states(page.connection, [plan_id]).get(plan_id)
        if state is None:
            raise UnknownIdError("plan", plan_id)
        if state not in {DRAFT, APPROVED, WITHDRAWN}:
            raise ConflictError("plan '{plan}' is {kind}; only a draft or an approved plan can be withdrawn",
                                plan=plan_id, kind=state)  # fmt: skip
        for seat in find_seats(page.connection, LEDGER_SEATS.c.plan == plan_id, LEDGER_SEATS.c.state.in_(LIVE)):
            page.release(seat, RELEASE)
        settle_classes(page, classes_of(page, [plan_id]))
        _set_state(page.connection, plan_id, WITHDRAWN)
    return _result(database, plan_id)


def plan_states(connection: sa.Connection, plans: Sequence[str]) -> dict[str, str]:
    """Return the states of those plans that are on file, in their order."""
    query = sa.select(PLANS.c.plan_id, PLANS.c.state).where(PLANS.c.plan_id.in_(plans))
    states = {row.plan_id: row.state for row in connection.execute(query)}
    return {plan: states[plan] for plan in plans if plan in states}


def _read(connection: sa.Connection, plan_id: str) -> tuple[str, Plan]:
    row = connection.execute(sa.select(PLANS.c.state, PLANS.c.document).where(PLANS.c.plan_id == plan_id)).first()
    if row is None:
        raise UnknownIdError("plan", plan_id)
    return row.state, unpack_plan(row.document)


def _set_state(connection: sa.Connection, plan_id: str, state: str) -> None:
    connection.execute(sa.update(PLANS).where(PLANS.c.plan_id == plan_id).values(state=state))


def _refuse_unless_sound(plan_id: str, state: str, plan: Plan) -> None:
    if state != DRAFT:
        raise ConflictError("plan '{plan}' is {kind}; only a draft can be approved", plan=plan_id, kind=state)
    if not plan.is_sound:
        raise ConflictError("plan '{plan}' cannot be approved: the recount or a demand fails; "
                            "what the plan says of itself names which", plan=plan_id)  # fmt: skip


def _reserve(page: Page, plan_id: str, plan: Plan, replaced: Sequence[str]) -> None:
    """Reserve every seat and opened class of a plan; seats of replaced plans that it keeps stay the same seats."""
    wanted = {(seat.employee, seat.offering): seat for seat in _seats_of(plan_id, plan)}
    is_taken = LEDGER_SEATS.c.state.in_(TAKEN) & (LEDGER_SEATS.c.year == plan.provenance.year)
    taken = {(seat.employee, seat.offering): seat for seat in find_seats(page.connection, is_taken)}
    _refuse_doubles([taken[key] for key in wanted if key in taken and taken[key].plan not in replaced])
    for key, old in taken.items():
        if old.plan in replaced and key in wanted:
            _take_over(page, old, wanted[key])
        elif old.plan in replaced and old.is_live:
            page.release(old, RELEASE)
    fresh = [seat for key, seat in wanted.items() if key not in taken]
    if fresh:
        columns = [column.name for column in LEDGER_SEATS.c]
        page.connection.execute(
            sa.insert(LEDGER_SEATS), [{name: getattr(seat, name) for name in columns} for seat in fresh]
        )
    for seat in fresh:
        _book_reservation(page, seat)
    opened = plan.offerings[plan.offerings["opened"] & (plan.offerings["fixed_cost"] > 0)]
    for row in opened.to_dict("records"):
        open_class(page, row["offering"], plan=plan_id, year=plan.provenance.year, line=row["line"],
                   amount=int(row["fixed_cost"]), instead_of=replaced)  # fmt: skip
    settle_classes(page, classes_of(page, replaced))


def _seats_of(plan_id: str, plan: Plan) -> list[Seat]:
    """Return the seats of a plan at its frozen prices."""
    return [
        Seat(seat=f"s-{uuid.uuid4().hex[:16]}", plan=plan_id, employee=row["employee"], offering=row["offering"],
             year=plan.provenance.year, state=RESERVED, version=1,
             fee_line=row["fee_line"], travel_line=row["travel_line"],
             fee_reserved=int(row["fee"]), travel_reserved=int(row["travel"]), fee_spent=0, travel_spent=0)
        for row in plan.assignments.to_dict("records")
    ]  # fmt: skip


def _refuse_doubles(seats: Sequence[Seat]) -> None:
    if seats:
        raise ConflictError(
            "{n} seats are held by approved plans already, such as one in class {offering} by plan '{plan}'; "
            "plan again from that one (cancel classes and plan again)",
            n=len(seats), offering=seats[0].offering, plan=seats[0].plan,
        )  # fmt: skip


def _book_reservation(page: Page, seat: Seat) -> None:
    page.book(seat, RESERVE, RESERVE, {FEE: (seat.fee_reserved, 0), TRAVEL: (seat.travel_reserved, 0)})


def _take_over(page: Page, old: Seat, new: Seat) -> None:
    """Make a replaced plan's seat one of the new plan; a completed one keeps its money."""
    if not old.is_live:
        page.change(old, plan=new.plan)
        return
    page.book(old, RELEASE, RELEASE, {FEE: (-old.fee_reserved, 0), TRAVEL: (-old.travel_reserved, 0)})
    prices = {name: getattr(new, name) for name in ("fee_line", "travel_line", "fee_reserved", "travel_reserved")}
    page.change(old, plan=new.plan, **prices)
    _book_reservation(page, replace(new, seat=old.seat))


def _result(database: Database, plan_id: str) -> LedgerResult:
    with transaction(database.engine) as connection:
        states = plan_states(connection, [plan_id, *plans_before(connection, plan_id)])
        seats = find_seats(connection, LEDGER_SEATS.c.plan == plan_id)
        query = sa.select(LEDGER_CLASSES.c.state, sa.func.sum(LEDGER_CLASSES.c.amount)).group_by(LEDGER_CLASSES.c.state)
        classes = {
            state: int(total) for state, total in connection.execute(query.where(LEDGER_CLASSES.c.plan == plan_id))
        }
    return LedgerResult(
        plan=plan_id,
        state=states.pop(plan_id),
        replaces=tuple(earlier for earlier, state in states.items() if state == RETIRED),
        seats=len(seats),
        reserved=sum(seat.reserved for seat in seats) + classes.get(RESERVED, 0),
        spent=sum(seat.spent for seat in seats) + classes.get(SPENT, 0),
    )
