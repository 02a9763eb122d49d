"""People: learning hours reached, who is served in each unit, and selection rates by group."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.reports.charts import Bar, draw_bars
from service.reports.fairness import GroupRate, hidden_units, hiding_rule, rates_by
from service.reports.gap_section import share
from service.reports.records import records
from service.reports.view import Row, Section, TableView, folded
from service.wording import Wording

GROUPS = {
    "employment_type": ("By employment type", {"other": "Other"}),
    "sex": ("By sex", {"F": "Women", "M": "Men"}),
    "age_band": ("By age", {"<30": "Under 30", ">=50": "50 and over"}),
}


def hours_by_type(people: pd.DataFrame) -> pd.DataFrame:
    """Return, for each employment type with a floor, how many reach it and how much is missing.

    Returns
    -------
    Columns employment_type, floor (JP), n_people, n_reached, missing (JP). A person of such a type without a floor of
    their own reached it before the plan.
    """
    floors = people.groupby("employment_type")["hours_floor"].max()
    meant = people[people["employment_type"].isin(floors[floors > 0].index)]
    missing = np.maximum(meant["hours_floor"] - meant["hours_taken"] - meant["hours_planned"], 0.0)
    rows = pd.DataFrame({
        "employment_type": meant["employment_type"], "floor": meant["hours_floor"], "n_people": 1,
        "n_reached": (missing == 0).astype(np.int64), "missing": missing,
    })  # fmt: skip
    how = {"floor": "max", "n_people": "sum", "n_reached": "sum", "missing": "sum"}
    return rows.groupby("employment_type", as_index=False).agg(how)


def hours_section(plan: Plan, names: Names, wording: Wording) -> Section:  # noqa: ARG001 (all sections are called alike)
    """Return who reaches the yearly floor of learning hours."""
    found = hours_by_type(plan.people)
    headers = ("Employment type", "Floor (JP)", "People", "Reach it", "Share", "Missing (JP)")
    rows = tuple(
        Row(cells=(
            str(row.employment_type), wording.number(row.floor), wording.number(row.n_people),
            wording.number(row.n_reached), wording.percent(share(row.n_reached, row.n_people)),
            wording.number(row.missing),
        ))
        for row in records(found)
    )  # fmt: skip
    table = TableView(
        id="hours-floor",
        caption=wording.text("People who reach the yearly floor of learning hours (JP), with hours already taken"),
        headers=tuple(wording.text(header) for header in headers),
        rows=rows,
    )
    nothing = wording.text("No floor of learning hours is set in the policy.")
    return Section(
        id="hours",
        title=wording.text("Learning hours"),
        sentences=() if rows else (nothing,),
        tables=(table,) if rows else (),
    )


def served_by_unit(people: pd.DataFrame) -> pd.DataFrame:
    """Return columns unit, n_people (with a need) and n_served, by unit."""
    needy = people[people["need"] > 0]
    counts = (needy["n_trainings"] > 0).groupby(needy["unit"]).agg(["size", "sum"]).sort_index()
    return counts.reset_index().set_axis(["unit", "n_people", "n_served"], axis=1).astype({"n_served": np.int64})


def _served_cells(n_people: int, n_served: int, wording: Wording) -> tuple[str, ...]:
    return (
        wording.number(n_people),
        wording.number(n_served),
        wording.percent(share(n_served, n_people)),
    )


def _served_table(found: pd.DataFrame, labels: list[str], is_hidden: list[bool], wording: Wording) -> TableView:
    counts = zip(labels, is_hidden, found["n_people"].tolist(), found["n_served"].tolist(), strict=True)
    nothing = (wording.text("not shown"),) * 3
    rows = [Row(cells=(label, *(nothing if hidden else _served_cells(n_people, n_served, wording))))
            for label, hidden, n_people, n_served in counts]  # fmt: skip
    total = _served_cells(int(found["n_people"].sum()), int(found["n_served"].sum()), wording)
    headers = ("Unit", "People with a need", "Served", "Share")
    return TableView(
        id="served-by-unit",
        caption=wording.text("People with a need who get at least one training, by unit"),
        headers=tuple(wording.text(header) for header in headers),
        rows=(*rows, Row(cells=(wording.text("All"), *total), kind="total")),
        folded=folded(len(found), wording.text("All {n} rows", n=wording.number(len(found)))),
    )


def _served_chart(found: pd.DataFrame, labels: list[str], wording: Wording) -> Markup:
    bars = [
        Bar(
            label=label,
            parts=(float(row.n_served), float(row.n_people - row.n_served)),
            text=wording.text(
                "{served} of {people} ({share})", served=wording.number(row.n_served),
                people=wording.number(row.n_people), share=wording.percent(share(row.n_served, row.n_people)),
            ),
        )
        for label, row in zip(labels, records(found), strict=True)
    ]  # fmt: skip
    return draw_bars(
        "chart-served",
        title=wording.text("People served, by unit"),
        description=wording.text("Bars of units: people with a need who are served, and who are not."),
        series=(wording.text("Served"), wording.text("Not served")),
        bars=bars,
    )


def served_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return people served by unit, with a chart; small units are in the sum alone."""
    found = served_by_unit(plan.people)
    hidden = hidden_units(plan)
    is_hidden = [code in hidden for code in found["unit"].tolist()]
    labels = [names.unit(code) or wording.text("Unit not known") for code in found["unit"]]
    drawn = [label for label, is_small in zip(labels, is_hidden, strict=True) if not is_small]
    without_need = int(((plan.people["need"] <= 0) & (plan.people["n_trainings"] > 0)).sum())
    sentences = (
        [wording.text("Served without a measured need, such as by a mandate: {n}.", n=wording.number(without_need))]
        if without_need
        else []
    )
    return Section(
        id="served",
        title=wording.text("People served, by unit"),
        sentences=(*sentences, *([hiding_rule(wording)] if any(is_hidden) else [])),
        chart=_served_chart(found[~found["unit"].isin(hidden)], drawn, wording) if drawn else Markup(),
        tables=(_served_table(found, labels, is_hidden, wording),),
    )  # fmt: skip


def _rate_cells(rate: GroupRate, wording: Wording) -> tuple[str, ...]:
    if rate.n_people is None or rate.n_served is None:
        return (wording.text("not shown"),) * 3
    return _served_cells(rate.n_people, rate.n_served, wording)


def _rate_table(plan: Plan, column: str, wording: Wording) -> TableView:
    title, labels = GROUPS[column]
    named = {code: wording.text(label) for code, label in labels.items()} | {"": wording.text("Not known")}
    headers = ("Group", "People with a need", "Served", "Share")
    return TableView(
        id=f"rates-{column.replace('_', '-')}",
        caption=wording.text(title),
        headers=tuple(wording.text(header) for header in headers),
        rows=tuple(
            Row(cells=(named.get(rate.group, rate.group), *_rate_cells(rate, wording)))
            for rate in rates_by(plan.people, column)
        ),
    )


def fairness_section(plan: Plan, names: Names, wording: Wording) -> Section:  # noqa: ARG001 (all sections are called alike)
    """Return selection rates by employment type, sex and age."""
    rule = hiding_rule(wording)
    use = wording.text(
        "Sex and age decide nothing in this plan; they are shown here only so that its effect can be seen."
    )
    return Section(
        id="fairness",
        title=wording.text("Selection rates by group"),
        sentences=(use, rule),
        tables=tuple(_rate_table(plan, column, wording) for column in GROUPS),
    )
