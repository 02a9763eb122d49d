"""What the plan leaves undone: unmet needs and their reasons, demands that clash, the best use of more money."""

from types import SimpleNamespace

import pandas as pd

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.labels import IN_RUPIAH, NO_FIGURE, UNMET, lower, word_for
from service.phrases import limit_name
from service.reports.class_section import day_text
from service.reports.fairness import hidden_units
from service.reports.records import records
from service.reports.view import Row, Section, TableView
from service.wording import Wording

MOST_NEEDS = 20  # groups of unmet needs shown; all of them are in the XLSX file
MOST_PRICES = 10
SMALL_UNITS = "\x00"  # in the place of units of which no figures of people are said; no unit's code


def unmet_by_reason(unmet: pd.DataFrame) -> pd.DataFrame:
    """Return columns code, n_people, benefit, least and most (rupiah that one of them lacks), most people first."""
    groups = unmet.assign(needs=unmet["needs"].fillna(0)).groupby("code", as_index=False)
    counts = groups.agg(n_people=("employee", "size"), benefit=("benefit", "sum"), least=("needs", "min"),
                        most=("needs", "max"))  # fmt: skip
    return counts.sort_values(["n_people", "code"], ascending=[False, True], ignore_index=True)


def largest_unmet(unmet: pd.DataFrame) -> pd.DataFrame:
    """Return unmet needs without persons: those of one unit, training and reason are one row.

    Returns
    -------
    Columns unit, training, code, n_people, benefit, least and most (rupiah that one of them lacks), next_offering,
    next_start (the earliest) and next_code, by benefit, then unit, training, code.
    """
    keys = ["unit", "training", "code"]
    first = unmet.assign(needs=unmet["needs"].fillna(0), next_code=unmet.get("next_code", ""))
    first = first.sort_values([*keys, "next_start"], na_position="last")
    groups = first.groupby(keys, as_index=False).agg(
        n_people=("employee", "size"), benefit=("benefit", "sum"), least=("needs", "min"), most=("needs", "max"),
        next_offering=("next_offering", "first"), next_start=("next_start", "min"), next_code=("next_code", "first"),
    )  # fmt: skip
    return groups.sort_values(["benefit", *keys], ascending=[False, True, True, True], ignore_index=True)


def lacking_text(least: float, most: float, wording: Wording) -> str:
    """Say how much money one of some people lacks: each alone, for what opens a class for one opens it for all."""
    if most <= 0:
        return NO_FIGURE
    if least == most:
        return wording.money(int(most))
    return wording.text("{least} to {most}", least=wording.money(int(least)), most=wording.money(int(most)))


def _reason_table(unmet: pd.DataFrame, wording: Wording) -> TableView:
    rows = [
        Row(cells=(
            word_for(row.code, UNMET, wording), wording.number(row.n_people), wording.number(row.benefit, 1),
            lacking_text(row.least, row.most, wording),
        ))
        for row in records(unmet_by_reason(unmet))
    ]  # fmt: skip
    total = (wording.text("All"), wording.number(len(unmet)), wording.number(float(unmet["benefit"].sum()), 1),
             NO_FIGURE)  # fmt: skip
    headers = ("Reason", "People", "Levels they would gain", "Money that one of them lacks")
    return TableView(
        id="unmet-by-reason",
        caption=wording.text("People with a need who get nothing, by reason; levels are weighted and expected"),
        headers=tuple(wording.text(header) for header in headers),
        rows=(*rows, Row(cells=total, kind="total")),
        note=wording.text("Of those who lack money for the same class each lacks what opens it; it is paid once."),
    )


def _unit_of_need(code: str, names: Names, wording: Wording) -> str:
    if code == SMALL_UNITS:
        return wording.text("Small units together")
    return names.unit(code) or wording.text("Unit not known")


def _need_row(row: SimpleNamespace, names: Names, wording: Wording) -> Row:
    day = day_text(row.next_start, wording)
    chance = f"{row.next_offering}, {day}" if row.next_offering and day else row.next_offering or NO_FIGURE
    if row.next_code in UNMET:
        chance += f" ({lower(word_for(row.next_code, UNMET, wording))})"
    return Row(
        cells=(
            _unit_of_need(row.unit, names, wording),
            names.training(row.training) or NO_FIGURE,
            word_for(row.code, UNMET, wording),
            wording.number(row.n_people),
            wording.number(row.benefit, 1),
            lacking_text(row.least, row.most, wording),
            chance,
        )
    )


def _largest_table(plan: Plan, names: Names, wording: Wording) -> TableView:
    unit = plan.unmet["unit"]
    groups = largest_unmet(plan.unmet.assign(unit=unit.mask(unit.isin(hidden_units(plan)), SMALL_UNITS)))
    headers = (
        "Unit",
        "Training",
        "Reason",
        "People",
        "Levels they would gain",
        "Money that one of them lacks",
        "Next chance",
    )
    return TableView(
        id="unmet-largest",
        caption=wording.text("Largest unmet needs, by unit and training, without names"),
        headers=tuple(wording.text(header) for header in headers),
        rows=tuple(_need_row(row, names, wording) for row in records(groups.head(MOST_NEEDS))),
        n_text=3,
        text_after=(6,),
        note=wording.text(
            "{shown} of {n} groups; every person's reason is in the XLSX file.",
            shown=wording.number(min(MOST_NEEDS, len(groups))), n=wording.number(len(groups)),
        ),
    )  # fmt: skip


def unmet_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return unmet needs by reason, and the largest of them."""
    title = wording.text("Unmet needs")
    if plan.unmet.empty:
        return Section(id="unmet", title=title, sentences=(wording.text("Every person with a need gets something."),))
    tables = (_reason_table(plan.unmet, wording), _largest_table(plan, names, wording))
    return Section(id="unmet", title=title, tables=tables)


def _clash_row(row: SimpleNamespace, plan: Plan, names: Names, wording: Wording) -> Row:
    figures = wording.money if row.code in IN_RUPIAH else wording.number
    is_person = bool((plan.people["employee"] == row.subject).any())
    subject = wording.text("one person") if is_person else names.trainings.get(row.subject, names.unit(row.subject))
    needed, available = figures(int(row.needed)), figures(int(row.available))
    reason, limit = word_for(row.code, UNMET, wording), names.unit(limit_name(row.code, row.limit, wording))
    return Row(
        cells=(
            subject,
            reason,
            limit,
            needed,
            available,
            wording.number(len(row.people.split(";")) if row.people else 0),
        ),
        kind="alert",
    )


def clash_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return the demands that cannot all be met."""
    title = wording.text("Demands that clash")
    if plan.clashes.empty:
        return Section(id="clashes", title=title, sentences=(wording.text("Every demand is met."),))
    headers = ("Demand", "Reason", "Limit", "Needed", "Available", "People left out")
    table = TableView(
        id="clash-list",
        caption=wording.text("Demands that could not be met; money in rupiah, the rest in people"),
        headers=tuple(wording.text(header) for header in headers),
        rows=tuple(_clash_row(row, plan, names, wording) for row in records(plan.clashes)),
        n_text=3,
    )
    return Section(id="clashes", title=title, tables=(table,))


def best_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines where one more million rupiah would buy most, ties by id."""
    priced = lines[lines["price"] > 0]
    return priced.sort_values(["price", "line"], ascending=[False, True], ignore_index=True).head(MOST_PRICES)


def price_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return where more money would do most."""
    title = wording.text("Best use of the next rupiah")
    found = records(best_lines(plan.lines))
    if not found:
        nothing = wording.text("Near this plan no line would buy more levels with a little more money.")
        return Section(id="prices", title=title, sentences=(nothing,))
    headers = ("Budget line", "Description", "Unit", "Levels for one more million rupiah", "Left free")
    rows = tuple(
        Row(cells=(
            row.line, row.name, names.unit(row.unit), wording.number(row.price, 3), wording.money(row.free),
        ))
        for row in found
    )  # fmt: skip
    table = TableView(
        id="prices-by-line",
        caption=wording.text("Expected levels that one more million rupiah would close, by line"),
        headers=tuple(wording.text(header) for header in headers),
        rows=rows,
        n_text=3,
        note=wording.text("Such a price holds for a little more money near this plan, not for any amount."),
    )
    return Section(id="prices", title=title, tables=(table,))
