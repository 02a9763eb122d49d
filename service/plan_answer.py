"""A plan as the documents of ``plan --json`` and ``plans``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from recommender.plan import Plan
from recommender.plan_tables import PRICE_PER
from recommender.scenarios import Figures, figures_of
from service.phrases import unmet_code, unmet_text
from service.plan_moves import moves
from service.plan_why import PlanReasons, rows_of
from service.wording import Wording

MOST_NAMED = 3  # cancelled classes in the name of a plan
LEAST_TOLD = 0.05  # levels; less is no difference
TOTALS = (  # of two plans: heading, name in `differences`, how it is said
    ("Value of the plan", "objective", "level"), ("Levels closed", "benefit", "level"), ("Cost", "cost", "money"),
    ("People", "people", "number"), ("Seats", "assignments", "number"), ("JP missing", "missing_hours", "number"),
    ("Units left out", "units_left_out", "number"), ("Least served unit", "least_served", "percent"),
)  # fmt: skip
LINE_AMOUNTS = ("planned", "reserve", "spent", "free")  # whole rupiah


def again_name(cancelled: Sequence[str], wording: Wording) -> str:
    """Return the name of a plan that is made from another one: without which classes, or again.

    Examples
    --------
    >>> again_name(["K1", "K2", "K3", "K4"], Wording("en")), again_name([], Wording("en"))
    ('Without K1, K2, K3 and 1 more', 'Planned again')
    """
    if not cancelled:
        return wording.text("Planned again")
    named = ", ".join(cancelled[:MOST_NAMED])
    more = len(cancelled) - MOST_NAMED
    if more > 0:
        return wording.text("Without {classes} and {n} more", classes=named, n=more)
    return wording.text("Without {classes}", classes=named)


def _finite(value: float) -> float | None:
    return float(value) if abs(value) != float("inf") and value == value else None  # noqa: PLR0124 (NaN test)


def unmet_rows(plan: Plan, wording: Wording) -> list[dict[str, Any]]:
    """Return people with a need and nothing chosen, with the reason in words."""
    return [
        {"employee": row["employee"], "code": unmet_code(row["code"]), "text": unmet_text(row, wording),
         "needs": int(row["needs"]), "training": row["training"] or None, "offering": row["offering"] or None}
        for row in rows_of(plan.unmet)
    ]  # fmt: skip


def _line_rows(lines: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the lines with their amounts in whole rupiah, and the price of one more rupiah, as `solve` has it."""
    return [
        {"line": row["line"], **{k: int(row[k]) for k in LINE_AMOUNTS}, "price": float(row["price"]) / PRICE_PER}
        for row in rows_of(lines)
    ]


def plan_document(plan_id: str, plan: Plan, wording: Wording, *, full: bool) -> dict[str, Any]:
    """Return the answer; `chosen` and `unmet` only when the whole is asked for."""
    totals = plan.totals
    document: dict[str, Any] = {
        "plan": plan_id, "year": plan.provenance.year, "status": totals.status, "objective": totals.objective,
        "bound": _finite(totals.bound), "gap": _finite(totals.gap), "benefit": totals.benefit, "cost": totals.cost,
        "assignments": totals.assignments, "people": totals.people, "kept": totals.kept,
        "lines": _line_rows(plan.lines),
        "offerings": [{"offering": r["offering"], "opened": bool(r["opened"]), "seats": int(r["seats"]),
                       "taken": int(r["taken"]), "code": r["code"]} for r in plan.offerings.to_dict("records")],
        "clashes": plan.clashes.to_dict("records"),
        "unmet_by_code": {str(k): int(v) for k, v in plan.unmet["code"].map(unmet_code).value_counts().items()},
        "warnings": [list(warning) for warning in plan.warnings],
        "verified": {"ok": not plan.violations, "violations": list(plan.violations)},
        "model": plan.provenance.model, "model_state": plan.provenance.model_state, "catalog": plan.provenance.catalog,
        "solver": plan.provenance.solver, "stopped_by_clock": plan.provenance.stopped_by_clock,
        "tie_rule": plan.provenance.tie_rule,
    }  # fmt: skip
    if full:
        chosen = plan.assignments[["employee", "offering", "training", "cost", "benefit"]]
        document["chosen"] = chosen.to_dict("records")
        document["unmet"] = unmet_rows(plan, wording)
    return document


def differences(one: Plan, other: Plan, answers: PlanReasons | None, wording: Wording) -> dict[str, Any]:
    """Return what differs from one plan to another: totals, fairness, money, gaps, and who moved where, and why.

    Parameters
    ----------
    one, other : Two plans, as far as the reader may see them.
    answers : What the other plan was made from; None where it is not stored.
    """
    return {
        "objective": [one.totals.objective, other.totals.objective],
        "cost": [one.totals.cost, other.totals.cost],
        "people": [one.totals.people, other.totals.people],
        "assignments": [one.totals.assignments, other.totals.assignments],
        **{name: list(pair) for name, pair in _pairs(figures_of(one), figures_of(other))},
        "lines": _planned(one, other),
        "gaps": _closed(one, other),
        "changes": moves(one, other, answers, wording),
    }


def signed(value: float, said: str) -> str:
    """Return a difference with its sign."""
    return f"+{said}" if value > 0 else said


def total_rows(found: Mapping[str, Any], wording: Wording) -> list[dict[str, str]]:
    """Return the totals of two plans in words: title, one, other and change.

    Parameters
    ----------
    found : From `differences`.
    """
    says = {"level": lambda value: wording.number(value, 1), "money": wording.money, "number": wording.number,
            "percent": wording.percent}  # fmt: skip
    rows = []
    for title, name, kind in TOTALS:
        say, (before, after) = says[kind], found[name]
        rows.append({"title": wording.text(title), "one": say(before), "other": say(after),
                     "change": signed(after - before, say(after - before))})  # fmt: skip
    return rows


def _pairs(one: Figures, other: Figures) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield the figures that tell two plans apart in what they are for."""
    for name in ("benefit", "missing_hours", "people_short", "units_left_out", "least_served"):
        yield name, (getattr(one, name), getattr(other, name))


def _planned(one: Plan, other: Plan) -> list[dict[str, Any]]:
    """Return the lines of which not the same is planned, in whole rupiah, the largest difference first."""
    both = pd.concat({"one": one.lines.set_index("line")["planned"], "other": other.lines.set_index("line")["planned"]},
                     axis=1).fillna(0).astype("int64")  # fmt: skip
    names = {**dict(zip(other.lines["line"], other.lines["name"], strict=True)),
             **dict(zip(one.lines["line"], one.lines["name"], strict=True))}  # fmt: skip
    both = both[both["one"] != both["other"]].sort_index()
    both = both.loc[(both["other"] - both["one"]).abs().sort_values(ascending=False, kind="stable").index]
    return [{"line": line, "name": names[line], "planned": [int(row["one"]), int(row["other"])]}
            for line, row in both.iterrows()]  # fmt: skip


def _closed(one: Plan, other: Plan) -> list[dict[str, Any]]:
    """Return the competencies of which not the same is closed, in weighted levels, the largest difference first."""
    both = pd.concat({side: plan.gaps.groupby("competency")["closed"].sum() for side, plan in
                      (("one", one), ("other", other))}, axis=1).fillna(0.0).sort_index()  # fmt: skip
    apart = (both["other"] - both["one"]).abs()
    both = both.loc[apart[apart >= LEAST_TOLD].sort_values(ascending=False, kind="stable").index]
    return [{"competency": competency, "closed": [float(row["one"]), float(row["other"])]}
            for competency, row in both.iterrows()]  # fmt: skip


def price_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return what one more million rupiah would buy on each line, best first."""
    lines = plan.lines.sort_values(["price", "line"], ascending=[False, True])
    return [{"line": r["line"], "name": r["name"], "price": float(r["price"]), "free": int(r["free"])}
            for r in lines.to_dict("records")]  # fmt: skip
