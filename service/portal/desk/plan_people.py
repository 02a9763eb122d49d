"""The people of a plan, those within the reader's reach: who gets what, who gets nothing, and why."""

from typing import Any

import pandas as pd
from litestar import Response, get
from litestar.params import FromPath

from service.api.context import Call, rule
from service.api.plans import reasons_about, reasons_in
from service.api.problems import wording_of
from service.labels import UNMET, word_for
from service.phrases import unmet_text
from service.plan_why import rows_of
from service.portal.desk.plan_head import Shown, show_plan, shown_plan
from service.portal.desk.view import asked_for, names_of, paged
from service.portal.meant import trainings_meant
from service.portal.page import THREAD
from service.reports.need_section import lacking_text, unmet_by_reason
from service.spelling import all_folded, folded

SERVED, LEFT = "served", "left"


def _named(call: Call, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of people with their names, by name and number."""
    names = names_of(call, "employees", frame["employee"].tolist())
    named = frame.assign(name=frame["employee"].map(names).fillna(""))
    return named.sort_values(["name", "employee"], kind="stable")


def _matching(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """Return the rows whose name or number holds a text, whatever its case."""
    if not text:
        return frame
    is_meant = all_folded(frame["name"]).str.contains(folded(text), regex=False)
    return frame[is_meant | frame["employee"].str.contains(text, regex=False)]


@get("/plans/{plan_id:str}/people", opt=rule("plans.read"), **THREAD)
def people(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show people with what they get, searched by name or number."""
    shown, text, state = shown_plan(request, plan_id), asked_for(request, "q"), asked_for(request, "state")
    frame = shown.plan.people
    if state == SERVED:
        frame = frame[frame["n_trainings"] > 0]
    elif state == LEFT:
        frame = frame[frame["employee"].isin(shown.plan.unmet["employee"])]
    unit = asked_for(request, "unit")
    if unit:
        frame = frame[frame["unit"] == unit]
    frame = _matching(_named(request, frame), text)
    pages = paged(request, len(frame))
    return show_plan(request, "desk/plan_people.html.j2", shown, tab="/people", pages=pages, text=text, state=state,
                     unit=unit, rows=rows_of(frame.iloc[pages.shown]), units=names_of(request, "units"))  # fmt: skip


def seats_of(call: Call, shown: Shown, employee: str) -> list[dict[str, Any]]:
    """Return a person's seats, by first day, with the names of the trainings."""
    mine = shown.plan.assignments[shown.plan.assignments["employee"] == employee].sort_values("start")
    names = names_of(call, "trainings", sorted(set(mine["training"])))
    return [{**row, "name": names.get(row["training"], row["training"])} for row in rows_of(mine)]


@get("/plans/{plan_id:str}/person", opt=rule("plans.read"), **THREAD)
def person(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show what a plan says of one person, and why."""
    employee = asked_for(request, "employee")
    shown = shown_plan(request, plan_id)
    reasons, asked = reasons_in(request, shown.plan, employee), asked_for(request, "training")
    meant = trainings_meant(request, asked) if asked else []
    about = reasons_about(request, plan_id, shown.plan, employee, [code for code, _ in meant])
    told = [(code, name, [one.text for one in found]) for (code, name), found in zip(meant, about, strict=True)]
    row = rows_of(shown.plan.people[shown.plan.people["employee"] == employee])[0]
    name = names_of(request, "employees", [employee]).get(employee, employee)
    return show_plan(request, "desk/plan_person.html.j2", shown, tab="/people", employee=employee, name=name,
                     person=row, reasons=[r for r in reasons if r.code != "chosen"], asked=asked, told=told,
                     seats=seats_of(request, shown, employee), units=names_of(request, "units"))  # fmt: skip


@get("/plans/{plan_id:str}/unmet", opt=rule("plans.read"), **THREAD)
def unmet(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show people with a need who get nothing: counts by reason, then each with theirs."""
    shown, wording, code = shown_plan(request, plan_id), wording_of(request), asked_for(request, "code")
    frame = shown.plan.unmet
    counts = [{**row, "words": word_for(row["code"], UNMET, wording),
               "lacking": lacking_text(row["least"], row["most"], wording)}
              for row in rows_of(unmet_by_reason(frame))]  # fmt: skip
    if code:
        frame = frame[frame["code"] == code]
    frame = _named(request, frame)
    pages = paged(request, len(frame))
    rows = [{**row, "text": unmet_text(row, wording)} for row in rows_of(frame.iloc[pages.shown])]
    names = names_of(request, "trainings", sorted({row["training"] for row in rows if row["training"]}))
    return show_plan(request, "desk/plan_unmet.html.j2", shown, tab="/unmet", pages=pages, code=code, counts=counts,
                     rows=rows, names=names, units=names_of(request, "units"))  # fmt: skip


def plan_people_handlers() -> list[Any]:
    """Return the routes of a plan's people."""
    return [people, person, unmet]
