"""Two plans side by side: totals, and who moves from where to where."""

from typing import Any

import msgspec
import pandas as pd
from litestar import Response, get
from litestar.params import FromPath

from recommender.plan import Plan
from service.api.context import Call, rule
from service.api.plans import difference, plan_rows
from service.api.problems import wording_of
from service.plan_answer import signed, total_rows
from service.portal.desk.plan_head import earlier_than, show_plan, shown_plan
from service.portal.desk.view import asked_for, names_of, paged
from service.portal.page import THREAD, go
from service.schemas.difference import Move

MOST_APART = 30  # lines and competencies shown, those furthest apart


def _titles(call: Call, plans: list[Plan], moves: list[Move]) -> dict[str, str]:
    """Return the names of the trainings of the classes in some moves, by class."""
    codes = {code for move in moves for code in (move.old, move.new) if code is not None}
    pairs = pd.concat([plan.offerings[["offering", "training"]] for plan in plans])
    chosen = pairs[pairs["offering"].isin(codes)].astype("object")
    meant: dict[str, str] = dict(zip(chosen["offering"].tolist(), chosen["training"].tolist(), strict=True))
    names = names_of(call, "trainings", sorted(set(meant.values())))
    return {offering: names.get(training, training) for offering, training in meant.items()}


@get("/plans/{plan_id:str}/compare", opt=rule("plans.read"), **THREAD)
def compare(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show a plan beside another one, or the list of those to choose from."""
    shown, other = shown_plan(request, plan_id), asked_for(request, "other")
    wording = wording_of(request)
    choices = [
        (row.plan, f"{row.name or row.plan} · {row.year} · {wording.date(row.created_on)}")
        for row in plan_rows(request) if row.plan != plan_id
    ]  # fmt: skip
    if not other:
        return show_plan(request, "desk/plan_compare.html.j2", shown, choices=choices, other=None, figures=[], rows=[],
                         pages=paged(request, 0), names={}, titles={}, n_people=0, lines=[], gaps=[],
                         competencies={})  # fmt: skip
    beside = shown_plan(request, other)
    found = difference(request, plan_id, other)
    pages = paged(request, len(found.changes))
    rows = found.changes[pages.shown]
    names = names_of(request, "employees", [row.employee for row in rows])
    titles = _titles(request, [shown.plan, beside.plan], rows)
    return show_plan(request, "desk/plan_compare.html.j2", shown, choices=choices, other=beside, rows=rows, pages=pages,
                     titles=titles, figures=total_rows(msgspec.structs.asdict(found), wording), names=names,
                     n_people=len({row.employee for row in found.changes}), lines=found.lines[:MOST_APART],
                     gaps=found.gaps[:MOST_APART], competencies=names_of(request, "competencies"),
                     signed=signed)  # fmt: skip


@get("/plans/{plan_id:str}/changes", opt=rule("plans.read"), **THREAD)
def changes(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Show what changed from the plan that this one was made from."""
    shown_plan(request, plan_id)
    earlier = earlier_than(request, plan_id)
    if not earlier:
        return go(f"/plans/{plan_id}/compare")
    return go(f"/plans/{earlier[0]}/compare?other={plan_id}")


def plan_compare_handlers() -> list[Any]:
    """Return the routes of comparisons."""
    return [compare, changes]
