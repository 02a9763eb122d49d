"""The first page: what was decided, in one paragraph, and what must be known before anybody signs."""

from recommender.plan import Plan
from service.labels import clock_warnings, cut, warning_texts
from service.phrases import violation_text
from service.reports.gap_section import share
from service.reports.money_section import available, checks, top_lines
from service.reports.people_section import hours_by_type
from service.reports.source_section import status_text
from service.reports.view import Notice, Section
from service.wording import Wording


def _decided(plan: Plan, wording: Wording) -> str:
    """Say what the plan takes and what it is expected to do."""
    before, closed = float(plan.gaps["before"].sum()), float(plan.gaps["closed"].sum())
    return wording.text(
        "Of {available} that can be planned for {year}, the plan uses {cost} for {seats} seats in {classes} classes. "
        "{people} people attend. It is expected to close {closed} of {before} weighted levels of competency gaps, "
        "{share}.",
        available=wording.money(int(available(top_lines(plan.lines)).sum())),
        year=plan.provenance.year,
        cost=wording.money(plan.totals.cost),
        seats=wording.number(plan.totals.assignments),
        classes=wording.number(int(plan.offerings["opened"].astype(bool).sum())),
        people=wording.number(plan.totals.people),
        closed=wording.number(closed, 1),
        before=wording.number(before, 1),
        share=wording.percent(share(closed, before)),
    )


def _left(plan: Plan, wording: Wording) -> str:
    """Say who is left without anything, and who stays below the floor of hours."""
    hours = hours_by_type(plan.people)
    short = int((hours["n_people"] - hours["n_reached"]).sum())
    return wording.text(
        "{unmet} people with a need get nothing this year, each with a reason. {short} people stay below their yearly "
        "floor of learning hours.",
        unmet=wording.number(len(plan.unmet)),
        short=wording.number(short),
    )


def alerts(plan: Plan, wording: Wording) -> tuple[Notice, ...]:
    """Return red boxes: the recount failed, sums do not agree, demands are not met."""
    found = []
    if plan.violations:
        broken = tuple(violation_text(violation, wording) for violation in plan.violations)
        title = wording.text("Do not sign: the independent recount found broken rules.")
        found.append(Notice(kind="alert", title=title, lines=cut(broken, wording)))
    off = tuple(
        f"{wording.text(check)} {wording.text('off by {amount}', amount=wording.money(amount))}"
        for check, amount in checks(plan)
        if amount
    )
    if off:
        found.append(Notice(kind="alert", title=wording.text("Do not sign: sums do not agree."), lines=off))
    if plan.totals.status == "infeasible":
        title = wording.text("Not all demands are met.")
        line = wording.text("This is the nearest plan. {n} demands are listed below with what they lack.",
                            n=wording.number(len(plan.clashes)))  # fmt: skip
        found.append(Notice(kind="alert", title=title, lines=(line,)))
    return tuple(found)


def _cautions(plan: Plan, wording: Wording) -> tuple[Notice, ...]:
    by_clock = clock_warnings(plan.totals.status, was_stopped=plan.provenance.stopped_by_clock)
    lines = warning_texts((*plan.warnings, *by_clock), wording)
    if not lines:
        return ()
    return (Notice(kind="caution", title=wording.text("To know before signing"), lines=lines),)


def summary_section(plan: Plan, wording: Wording) -> Section:
    """Return notices, then the decision in words."""
    recount = wording.text("An independent recount found that the plan keeps every rule.")
    return Section(
        id="summary",
        title=wording.text("What was decided"),
        notices=(*alerts(plan, wording), *_cautions(plan, wording)),
        sentences=(
            _decided(plan, wording),
            status_text(plan.totals, wording) + ("" if plan.violations else f" {recount}"),
            _left(plan, wording),
        ),
    )
