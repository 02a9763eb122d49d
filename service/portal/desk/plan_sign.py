"""Approving a plan in steps, and withdrawing it: what will be reserved line by line, then a confirmation."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from recommender.plan import Plan
from service.api.context import Call, known_caller, parts_of, rule
from service.api.problems import wording_of
from service.ledger.approval import approve_plan, plan_states, withdraw_plan
from service.ledger.books import LineBalance, balances
from service.portal.desk.plan_head import Shown, earlier_than, show_plan, shown_plan
from service.portal.desk.view import paged
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go
from service.storage.database import APPROVED
from service.storage.engine import transaction
from service.storage.ledger_lines import above, held, last_entry
from training_catalog.errors import ConflictError

REFUSALS = {"unconfirmed": "Tick that you have looked at it."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What approval takes of a line, in whole rupiah.

    Parameters
    ----------
    line, name : Its code, and what it is called in the plan; empty where it has no name.
    amount : What this plan takes of it, by the lines below as well.
    back : What plans in whose place it comes give back.
    free, after : What is free now, and what will be.
    """

    line: str
    name: str
    amount: int
    back: int
    free: int
    after: int


def taken_by(plan: Plan) -> dict[str, int]:
    """Return what a plan takes of each line that pays: fees, travel, and the fixed cost of classes that open."""
    found: dict[str, int] = defaultdict(int)
    seats = plan.assignments
    for line, amount in (("fee_line", "fee"), ("travel_line", "travel")):
        for code, total in seats.groupby(line)[amount].sum().items():
            found[str(code)] += int(total)
    opened = plan.offerings[plan.offerings["opened"].astype(bool)]
    for code, total in opened.groupby("line")["fixed_cost"].sum().items():
        found[str(code)] += int(total)
    return {line: amount for line, amount in found.items() if line and amount}


def reservations(plan: Plan, lines: list[LineBalance], given_back: dict[str, int]) -> list[Reservation]:
    """Return what each line, and each above it, will hold; those without enough first, by their codes."""
    parents = {line.line: line.parent for line in lines}
    taken: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    for sums, own in ((taken, taken_by(plan)), (back, given_back)):
        for line, amount in own.items():
            for one in above(line, parents):
                sums[one] += amount
    free = {line.line: line.free for line in lines}
    names = dict(zip(plan.lines["line"].tolist(), plan.lines["name"].fillna("").tolist(), strict=True))
    found = [
        Reservation(line=line, name=names.get(line, ""), amount=taken[line], back=back[line], free=free.get(line, 0),
                    after=free.get(line, 0) + back[line] - taken[line])
        for line in sorted(set(taken) | set(back))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.after >= 0)


def _replaced(call: Call, plan_id: str) -> list[str]:
    """Return the approved plans in whose place this one would come."""
    earlier = earlier_than(call, plan_id)
    with transaction(parts_of(call).database.engine) as connection:
        states = plan_states(connection, earlier)
    return [plan for plan, state in states.items() if state == APPROVED]


def _given_back(call: Call, year: int, replaced: list[str]) -> dict[str, int]:
    """Return what replaced plans still reserve of each line."""
    if not replaced:
        return {}
    with transaction(parts_of(call).database.engine) as connection:
        until = last_entry(connection)
        with_them, without = held(connection, year, until), held(connection, year, until, replaced)
    return {line: reserved - without.get(line, (0, 0))[0] for line, (reserved, _) in with_them.items()}


def _approve_page(call: Call, shown: Shown, form: Form, status: int = 200) -> Response[str]:
    replaced = _replaced(call, shown.plan_id)
    year = shown.plan.provenance.year
    rows = reservations(shown.plan, balances(parts_of(call).database, year), _given_back(call, year, replaced))
    pages = paged(call, len(rows))
    return show_plan(
        call, "desk/plan_approve.html.j2", shown, status=status, form=form, rows=rows[pages.shown], pages=pages,
        replaced=replaced, is_short=any(row.after < 0 for row in rows), total=sum(taken_by(shown.plan).values()),
    )  # fmt: skip


@get("/plans/{plan_id:str}/approve", opt=rule("plans.sign"), **THREAD)
def approval(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show what approval would reserve, before anybody confirms."""
    return _approve_page(request, shown_plan(request, plan_id), Form())


@post("/plans/{plan_id:str}/approve", opt=rule("plans.sign"), **THREAD)
def approve(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Approve a plan that was confirmed, and reserve its money."""
    shown, form = shown_plan(request, plan_id), form_of(request)
    if not form.has("confirmed"):
        form.faults["confirmed"] = wording_of(request).text(REFUSALS["unconfirmed"])
        return _approve_page(request, shown, form, 422)
    try:
        approve_plan(parts_of(request).database, plan_id, known_caller(request).subject)
    except ConflictError as error:
        form.faults[""] = error.said(wording_of(request).text)
        return _approve_page(request, shown_plan(request, plan_id), form, 409)
    return go(f"/plans/{plan_id}", "plan-approved")


@get("/plans/{plan_id:str}/withdraw", opt=rule("plans.sign"), **THREAD)
def withdrawal(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Ask whether a plan is to be withdrawn."""
    return show_plan(request, "desk/plan_withdraw.html.j2", shown_plan(request, plan_id), form=Form())


@post("/plans/{plan_id:str}/withdraw", opt=rule("plans.sign"), **THREAD)
def withdraw(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Withdraw a plan."""
    form = form_of(request)
    try:
        withdraw_plan(parts_of(request).database, plan_id, known_caller(request).subject)
    except ConflictError as error:
        form.faults[""] = error.said(wording_of(request).text)
        return show_plan(request, "desk/plan_withdraw.html.j2", shown_plan(request, plan_id), status=409, form=form)
    return go(f"/plans/{plan_id}", "plan-withdrawn")


def plan_sign_handlers() -> list[Any]:
    """Return the routes of approval and withdrawal."""
    return [approval, approve, withdrawal, withdraw]
