"""Plans made from a plan: again without some classes, and next year's with this year's unmet needs."""

import json
from collections import defaultdict
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from recommender.plan import Plan
from service.api.context import Call, parts_of, rule
from service.api.jobs import attachment, submit
from service.api.plans import KINDS
from service.api.problems import wording_of
from service.exports.plan_files import to_csv
from service.exports.plan_names import NAMED, names_from
from service.exports.plan_sheets import unmet_sheet
from service.labels import UNMET, word_for
from service.plan_why import rows_of
from service.portal.desk.plan_form import MOST_SECONDS
from service.portal.desk.plan_head import Shown, show_plan, shown_plan
from service.portal.desk.plan_list import budget_years, class_years
from service.portal.desk.view import asked_for, job_key, names_of, once_token
from service.portal.forms import Form, form_of
from service.portal.page import THREAD, go
from service.reports.need_section import unmet_by_reason
from service.spelling import folded

MOST_SHOWN = 200  # classes that the form lists; a search narrows them
MOST_CANCELLED = 1_000
# Reasons that another year may take away; of the others it is known that the person may not, or need not, attend.
MAY_PASS = ("budget", "seats", "minimum-class", "overlap", "hours-cap", "max-trainings", "away-share", "lower-benefit",
            "earmark", "no-payer")  # fmt: skip


def _seconds(call: Call, form: Form) -> float:
    """Return the seconds to search that a form asks for; the fault is noted."""
    found = form.whole("time_limit", "", least=1, most=MOST_SECONDS)
    if found is None:
        form.faults["time_limit"] = wording_of(call).text(
            "Accepted: 1 to {most} seconds.", most=wording_of(call).number(MOST_SECONDS)
        )
    return float(found or 1)


def _replan_page(call: Call, shown: Shown, form: Form, status: int = 200) -> Response[str]:
    text = folded(asked_for(call, "q"))
    opened = shown.plan.offerings[shown.plan.offerings["opened"].astype(bool)].sort_values(["start", "offering"])
    names = names_of(call, "trainings", sorted(set(opened["training"])))
    rows = [{**row, "name": names.get(row["training"], row["training"])} for row in rows_of(opened)]
    rows = [row for row in rows if text in folded(f"{row['name']} {row['offering']}")]
    return show_plan(call, "desk/plan_again.html.j2", shown, status=status, form=form, rows=rows[:MOST_SHOWN],
                     n=len(rows), text=asked_for(call, "q"), once=form.get("once") or once_token())  # fmt: skip


@get("/plans/{plan_id:str}/replan", opt=rule("plans.make"), **THREAD)
def replan_form(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Ask which classes are cancelled."""
    return _replan_page(request, shown_plan(request, plan_id), Form())


@post("/plans/{plan_id:str}/replan", opt=rule("plans.make"), **THREAD)
def replan(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Put in a plan that keeps every choice which still stands."""
    shown, form, wording = shown_plan(request, plan_id), form_of(request), wording_of(request)
    cancelled = sorted({*form.all("class"), *form.get("others").split()})
    known = set(shown.plan.offerings["offering"])
    unknown = [code for code in cancelled if code not in known]
    if unknown:
        form.faults["others"] = wording.text("Not a class of this plan: {value}.", value=", ".join(unknown[:5]))
    elif not 0 < len(cancelled) <= MOST_CANCELLED:
        form.faults["others"] = wording.text("Choose at least one class.")
    asked = {"plan": plan_id, "cancelled": cancelled, "time_limit": _seconds(request, form)}
    if form.faults:
        return _replan_page(request, shown, form, 422)
    job = submit(request, "replan", asked, key=job_key(request, form, asked))
    return go(f"/jobs/{job.content.id}")


def carried_policy(plan: Plan, codes: set[str]) -> tuple[dict[str, Any], int]:
    """Return a plan's policy for another year, in which people with unmet needs must get what would have suited them.

    A policy knows no weight of a person; a mandate is the only way in which it puts people before others. Pins and
    exclusions name classes of the year that ends, and are dropped.

    Parameters
    ----------
    plan : The plan that leaves needs unmet.
    codes : Reasons whose people are carried over.

    Returns
    -------
    policy : As a document.
    n_people : Number of people carried over.
    """
    document: dict[str, Any] = {**json.loads(plan.provenance.rules), "pinned": [], "excluded": []}
    left = plan.unmet[plan.unmet["code"].isin(codes) & (plan.unmet["training"] != "")]
    people: dict[str, list[str]] = defaultdict(list)
    for training, employee in zip(left["training"].tolist(), left["employee"].tolist(), strict=True):
        people[training].append(employee)
    mandates = [{"training": training, "employees": sorted(who), "position_classes": []}
                for training, who in sorted(people.items())]  # fmt: skip
    document["mandates"] = [*document.get("mandates", []), *mandates]
    return document, int(left["employee"].nunique())


def _next_page(call: Call, shown: Shown, form: Form, status: int = 200) -> Response[str]:
    wording, unmet = wording_of(call), shown.plan.unmet
    rows = [{**row, "words": word_for(row["code"], UNMET, wording), "may_pass": row["code"] in MAY_PASS,
             "n_carried": int((unmet.loc[unmet["code"] == row["code"], "training"] != "").sum())}
            for row in rows_of(unmet_by_reason(unmet))]  # fmt: skip
    year = shown.plan.provenance.year + 1
    chosen = form.all("code") if form.values else [row["code"] for row in rows if row["may_pass"]]
    return show_plan(call, "desk/plan_next.html.j2", shown, status=status, form=form, rows=rows, year=year,
                     chosen=chosen, has_budget=year in budget_years(call),
                     once=form.get("once") or once_token())  # fmt: skip


@get("/plans/{plan_id:str}/next-year", opt=rule("plans.make"), **THREAD)
def next_year_form(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Ask whose unmet needs are carried over to next year."""
    return _next_page(request, shown_plan(request, plan_id), Form())


@post("/plans/{plan_id:str}/next-year", opt=rule("plans.make"), **THREAD)
def next_year(request: Call, plan_id: FromPath[str]) -> Response[Any]:
    """Put in next year's plan, in which the people carried over come first."""
    shown, form, wording = shown_plan(request, plan_id), form_of(request), wording_of(request)
    year = shown.plan.provenance.year + 1
    policy, n_people = carried_policy(shown.plan, set(form.all("code")))
    if not n_people:
        form.faults["code"] = wording.text("Choose at least one reason with people to carry over.")
    if year not in {*budget_years(request), *class_years(request)}:
        form.faults[""] = wording.text(
            "No budget line and no class of {year} is on file; import them first.", year=year
        )
    asked = {"year": year, "name": form.get("name")[:200], "policy": policy, "time_limit": _seconds(request, form)}
    if form.faults:
        return _next_page(request, shown, form, 422)
    job = submit(request, "plan", asked, key=job_key(request, form, asked))
    return go(f"/jobs/{job.content.id}")


@get("/plans/{plan_id:str}/unmet.csv", opt=rule("plans.read"), **THREAD)
def unmet_file(request: Call, plan_id: FromPath[str]) -> Response[bytes]:
    """Hand out everybody within reach with an unmet need, and why, as CSV."""
    shown, wording = shown_plan(request, plan_id), wording_of(request)
    names = names_from(parts_of(request).database.read_some(NAMED), lang=wording.lang)
    content = to_csv(unmet_sheet(shown.plan, names, wording), wording)
    return Response(content=content, media_type=KINDS["csv"], headers=attachment(f"{plan_id}-unmet.csv"))


def plan_again_handlers() -> list[Any]:
    """Return the routes of plans made from plans."""
    return [replan_form, replan, next_year_form, next_year, unmet_file]
