"""A plan looked at: totals, lines, classes, units, prices."""

import math
from collections import Counter
from typing import Any

import pandas as pd
from litestar import Response, get
from litestar.params import FromPath

from recommender.plan import Plan
from service.api.context import Call, rule
from service.api.plans import limits_in
from service.api.problems import wording_of
from service.labels import CLASSES, clock_warnings, warning_texts, word_for
from service.phrases import clash_text, recount_texts
from service.plan_answer import price_rows
from service.plan_why import rows_of
from service.portal.desk.plan_head import Shown, earlier_than, show_plan, shown_plan
from service.portal.desk.plan_list import may_call
from service.portal.desk.view import asked_for, names_of, paged
from service.portal.page import THREAD
from service.reports.class_section import day_text
from service.reports.gap_section import share
from service.reports.people_section import served_by_unit
from service.reports.source_section import provenance_rows, status_text, verdict_texts
from service.reports.summary_section import alerts
from service.wording import Wording
from training_catalog.offering import UNLIMITED_SEATS

MOST_CLASHES = 30  # demands that are said; all are in the API's answer
MOST_LIMITS = 20  # classes and rules shown; all are in the API's answer


def _cautions(plan: Plan, wording: Wording) -> tuple[str, ...]:
    by_clock = clock_warnings(plan.totals.status, was_stopped=plan.provenance.stopped_by_clock)
    return warning_texts((*plan.warnings, *by_clock), wording)


def _recount(shown: Shown, wording: Wording) -> str:
    """Say what the recount found; which rules broke may name people, and is for who may see all."""
    said = recount_texts(shown.plan.violations, wording)
    return said[0]


@get("/plans/{plan_id:str}", opt=rule("plans.read"), **THREAD)
def overview(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show a plan's totals, what is proven of it, warnings, and where it comes from."""
    shown, wording = shown_plan(request, plan_id), wording_of(request)
    plan = shown.plan
    before, closed = float(plan.gaps["before"].sum()), float(plan.gaps["closed"].sum())
    totals = plan.totals
    return show_plan(
        request, "desk/plan.html.j2", shown, tab="", proven=status_text(totals, wording),
        recount=_recount(shown, wording), alerts=alerts(plan, wording) if shown.is_whole else (),
        cautions=_cautions(plan, wording), verdicts=verdict_texts(plan, wording),
        sources=provenance_rows(plan, plan_id, wording), n_opened=int(plan.offerings["opened"].sum()),
        bound=totals.bound if math.isfinite(totals.bound) else None,
        gap=totals.gap if math.isfinite(totals.gap) else None,
        closed=closed, before=before, closed_share=share(closed, before), n_unmet=len(plan.unmet),
        earlier=earlier_than(request, plan_id), clashes=_clash_rows(request, shown, wording),
        may_note=may_call(request, "seats.note"),
    )  # fmt: skip


def _clash_rows(call: Call, shown: Shown, wording: Wording) -> list[str]:
    """Say which demands are not met, with the names of trainings, units and people beside their codes."""
    rows = rows_of(shown.plan.clashes)[:MOST_CLASHES]
    ids = sorted({code for row in rows for code in (row["subject"], *str(row["people"]).split(";")) if code})
    names: dict[str, str] = {}
    for table in ("trainings", "units", "employees"):
        names |= names_of(call, table, ids)

    def named(code: str) -> str:
        return f"{names[code]} ({code})".replace(";", ",") if code in names else code

    return [
        clash_text({**row, "subject": named(row["subject"]),
                    "people": ";".join(map(named, str(row["people"]).split(";")))}, wording)
        for row in rows
    ]  # fmt: skip


@get("/plans/{plan_id:str}/lines", opt=rule("plans.read"), **THREAD)
def lines(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show what the plan takes of each budget line."""
    shown = shown_plan(request, plan_id)
    frame = shown.plan.lines.sort_values("line")
    pages = paged(request, len(frame))
    rows = rows_of(frame.iloc[pages.shown])
    leaves = frame[~frame["line"].isin(frame["parent"])]
    sums = {name: int(leaves[name].sum()) for name in ("planned", "reserve")}
    return show_plan(request, "desk/plan_lines.html.j2", shown, tab="/lines", rows=rows, pages=pages, sums=sums,
                     units=names_of(request, "units"))  # fmt: skip


@get("/plans/{plan_id:str}/classes", opt=rule("plans.read"), **THREAD)
def classes(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show which classes open, with their rosters, and why others do not."""
    shown, wording = shown_plan(request, plan_id), wording_of(request)
    frame = shown.plan.offerings
    counts = Counter(frame["code"].tolist())
    chosen = asked_for(request, "state") or "opened"
    if chosen != "all":
        frame = frame[frame["code"] == chosen]
    frame = frame.sort_values(["start", "offering"])
    pages = paged(request, len(frame))
    rows = rows_of(frame.iloc[pages.shown])
    for row in rows:
        row["days"] = _days(row, wording)
        row["limit"] = int(row["seats"]) if row["seats"] < UNLIMITED_SEATS else None
        row["why"] = word_for(row["code"], CLASSES, wording)
    choices = [("all", f"{wording.text('All')} ({len(shown.plan.offerings)})"),
               *((code, f"{word_for(code, CLASSES, wording)} ({n})") for code, n in counts.most_common())]  # fmt: skip
    names = names_of(request, "trainings", sorted({row["training"] for row in rows}))
    with_people = frozenset(shown.plan.assignments["offering"])  # within reach: of others there is no roster
    return show_plan(request, "desk/plan_classes.html.j2", shown, tab="/classes", rows=rows, pages=pages,
                     chosen=chosen, choices=choices, names=names, with_people=with_people)  # fmt: skip


def _days(row: dict[str, Any], wording: Wording) -> str:
    first, last = day_text(row["start"], wording), day_text(row["end"], wording)
    return first if first == last or not last else wording.text("{first} to {last}", first=first, last=last)


@get("/plans/{plan_id:str}/units", opt=rule("plans.read"), **THREAD)
def units(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show who is served in each unit, for how much, and how much of its gaps closes."""
    shown = shown_plan(request, plan_id)
    frame = by_unit(shown.plan)
    pages = paged(request, len(frame))
    return show_plan(request, "desk/plan_units.html.j2", shown, tab="/units", pages=pages,
                     rows=rows_of(frame.iloc[pages.shown]), names=names_of(request, "units"))  # fmt: skip


def by_unit(plan: Plan) -> pd.DataFrame:
    """Return columns unit, n_people (with a need), n_served, seats, cost, before, closed and share, by unit."""
    served = served_by_unit(plan.people).set_index("unit")
    seats = plan.assignments.groupby("unit").agg(seats=("offering", "size"), cost=("cost", "sum"))
    gaps = plan.gaps.groupby("unit")[["before", "closed"]].sum()
    found = served.join([seats, gaps], how="outer").fillna(0).sort_index()
    found["share"] = [share(c, b) for c, b in zip(found["closed"].tolist(), found["before"].tolist(), strict=True)]
    counts = ["n_people", "n_served", "seats", "cost"]
    return found.astype(dict.fromkeys(counts, "int64")).rename_axis("unit").reset_index()


@get("/plans/{plan_id:str}/prices", opt=rule("plans.read"), **THREAD)
def prices(request: Call, plan_id: FromPath[str]) -> Response[str]:
    """Show what one more million rupiah would buy on each line, best first."""
    shown = shown_plan(request, plan_id)
    rows = [row for row in price_rows(shown.plan) if row["price"] > 0]
    pages = paged(request, len(rows))
    most = max([row["price"] for row in rows], default=0.0)
    return show_plan(request, "desk/plan_prices.html.j2", shown, tab="/prices", rows=rows[pages.shown], pages=pages,
                     most=most, limits=limits_in(request, plan_id, shown.plan)[:MOST_LIMITS])  # fmt: skip


def plan_page_handlers() -> list[Any]:
    """Return the routes of a plan's views without people."""
    return [overview, lines, classes, units, prices]
