"""Where the plan comes from: the model's verdict in words, and what is needed to make the plan again."""

import math
from datetime import datetime

from recommender.plan import Plan, PlanTotals
from service.labels import NO_FIGURE
from service.phrases import PLAN_STATES, verdict_text
from service.reports.view import Row, Section, TableView
from service.wording import Wording


def status_text(totals: PlanTotals, wording: Wording) -> str:
    """Say in plain words how good the plan is known to be."""
    gap = wording.percent(totals.gap, 2) if math.isfinite(totals.gap) else ""
    if totals.status == "optimal":
        return wording.text("It is proven that no plan under these rules is better.")
    if totals.status == "within-gap":
        return wording.text(
            "It is proven that this plan falls short of the best one under these rules by at most {gap}.", gap=gap
        )
    if totals.status == "infeasible":
        return wording.text("Not all demands are met; this is the nearest plan.")
    if gap and math.isfinite(totals.bound):
        return wording.text("It is not proven to be the best plan; the proven bound leaves {gap} open.", gap=gap)
    return wording.text("It is not proven to be the best plan, and no bound was found.")


def verdict_texts(plan: Plan, wording: Wording) -> tuple[str, ...]:
    """Say which model served and what its verdict was."""
    source = plan.provenance
    served: tuple[str, ...] = (wording.text("The benefit was predicted by the plain rule, not by a learned model."),
                               wording.text("The rule takes what a course closes from published averages; what "
                                            "courses close in this office is not measured in it."))  # fmt: skip
    if source.model_state == "model":
        served = (wording.text("The benefit was predicted by the learned model {model}.", model=source.model),)
    own = (wording.text("Verdict: {words}", words=verdict_text(source.verdict, wording)),) if source.verdict else ()
    return (*served, *own)


def _solver(solver: str, wording: Wording) -> str:
    """Return what solved a plan: its name and version, and in words what it was given."""
    name, comma, method = solver.partition(", ")
    return f"{name}{comma}{wording.text(method) if method else ''}"


def _facts(plan: Plan, plan_id: str, made_at: datetime | None, wording: Wording) -> list[tuple[str, str]]:
    """Return what identifies the plan, label in English and value as a text."""
    source, totals = plan.provenance, plan.totals
    is_known = math.isfinite(totals.bound)
    clock = "%H.%M" if wording.lang == "id" else "%H:%M"
    at = f"{wording.date(made_at.date())}, {made_at.strftime(clock)}" if made_at else ""
    return [
        ("Plan", plan_id),
        ("Plan year", str(source.year)),
        ("As of", wording.date(source.on)),
        ("Made at", at),
        ("Catalogue version", source.catalog),
        ("Workforce version", source.workforce),
        ("Policy version", source.policy),
        ("Model", wording.text("the rule") if source.model == "rule" else source.model),
        ("Solver", _solver(source.solver, wording)),
        ("Seed", str(source.seed)),
        ("Time limit in seconds", wording.number(source.seconds, 1)),
        ("Ended by the time limit", wording.text("yes") if source.stopped_by_clock else wording.text("no")),
        ("Status", wording.text(PLAN_STATES[totals.status])),
        ("Value of the plan", wording.number(totals.objective, 3)),
        ("Proven upper bound", wording.number(totals.bound, 3) if is_known else wording.text("none")),
        ("Optimality gap", wording.percent(totals.gap, 2) if is_known and math.isfinite(totals.gap) else NO_FIGURE),
        ("Expected levels closed", wording.number(totals.benefit, 3)),
        ("Ties", wording.text(source.tie_rule) if source.tie_rule else ""),
    ]


def provenance_rows(
    plan: Plan, plan_id: str, wording: Wording, made_at: datetime | None = None
) -> list[tuple[str, str]]:
    """Return what is needed to make a plan again: labels and values in the reader's language."""
    return [(wording.text(label), value) for label, value in _facts(plan, plan_id, made_at, wording) if value]


def source_section(plan: Plan, plan_id: str, made_at: datetime | None, wording: Wording) -> Section:
    """Return the model's verdict and the plan's provenance.

    Parameters
    ----------
    plan : The plan.
    plan_id : Id under which it is stored; empty for none.
    made_at : When; given by the caller, so that the report itself asks no clock.
    wording : Language.
    """
    rows = tuple(Row(cells=pair) for pair in provenance_rows(plan, plan_id, wording, made_at))
    table = TableView(
        id="provenance",
        caption=wording.text("What is needed to make this plan again"),
        headers=(wording.text("Item"), wording.text("Value")),
        rows=rows,
        n_text=2,
    )
    return Section(
        id="source",
        title=wording.text("Where this plan comes from"),
        parts=(
            Section(id="verdict", title=wording.text("The model"), sentences=verdict_texts(plan, wording)),
            Section(id="origin", title=wording.text("Provenance"), tables=(table,)),
        ),
    )
