"""Money: what each line had, what the plan takes, what is left, and whether it adds up."""

import numpy as np
import pandas as pd
from markupsafe import Markup

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.reports.charts import Bar, draw_bars
from service.reports.records import records
from service.reports.view import Row, Section, TableView, folded
from service.wording import Wording

MONEY = ("amount", "reserved", "spent", "planned", "reserve", "free")
MOST_BARS = 20  # lines drawn; the table has all of them
_BILLION, _MILLION = 1_000_000_000, 1_000_000


def in_tree_order(lines: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Return row positions so that each line follows the line above it, and each one's depth.

    Notes
    -----
    Lines stay in table order among their own; one whose line above is not in the table, or that is above itself,
    stands at the top.
    """
    ids, parents = lines["line"].tolist(), lines["parent"].tolist()
    known = set(ids)
    below: dict[str, list[int]] = {}
    for i, parent in enumerate(parents):
        below.setdefault(parent if parent in known else "", []).append(i)
    order: list[int] = []
    depth: list[int] = []
    waiting = [(i, 0) for i in reversed(below.get("", []))]
    seen: set[int] = set()
    while waiting or len(seen) < len(ids):
        if not waiting:  # only circles are left: break one open
            waiting.append((min(set(range(len(ids))) - seen), 0))
        i, level = waiting.pop()
        if i not in seen:
            seen.add(i)
            order.append(i)
            depth.append(level)
            waiting += [(child, level + 1) for child in reversed(below.get(ids[i], []))]
    return order, depth


def top_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines without one above them: their sums are the office's."""
    order, depth = in_tree_order(lines)
    return lines.iloc[[i for i, level in zip(order, depth, strict=True) if level == 0]]


def available(lines: pd.DataFrame) -> pd.Series:
    """Return what could still be planned on each line; an overspent line has nothing."""
    left: pd.Series = (lines["amount"] - lines["reserved"] - lines["spent"]).clip(lower=0)
    return left


def _line_rows(lines: pd.DataFrame, wording: Wording) -> tuple[Row, ...]:
    order, depth = in_tree_order(lines)
    money = {column: lines[column].tolist() for column in MONEY}
    names, ids = lines["name"].tolist(), lines["line"].tolist()
    overspent = (lines["amount"] < lines["reserved"] + lines["spent"]).tolist()
    rows = [
        Row(
            cells=(ids[i], names[i], *(wording.money(money[column][i]) for column in MONEY)),
            level=level,
            kind="alert" if overspent[i] else "",
        )
        for i, level in zip(order, depth, strict=True)
    ]
    totals = top_lines(lines)[list(MONEY)].sum()
    total = Row(cells=(wording.text("All"), "", *(wording.money(int(totals[c])) for c in MONEY)), kind="total")
    return (*rows, total)


def _line_table(lines: pd.DataFrame, wording: Wording) -> TableView:
    headers = (
        "Budget line",
        "Description",
        "Ceiling",
        "Reserved before",
        "Spent",
        "Planned",
        "Reserve kept",
        "Left free",
    )
    return TableView(
        id="lines",
        caption=wording.text("Money by line, in rupiah; lines below others are indented and contained in them"),
        headers=tuple(wording.text(header) for header in headers),
        rows=_line_rows(lines, wording),
        n_text=2,
        note=wording.text(
            "Ceiling = reserved before + spent + planned + reserve kept + left free. The sum counts the top lines "
            "only, because they contain the others."
        ),
        folded=folded(len(lines), wording.text("All {n} lines", n=wording.number(len(lines)))),
    )


def short_money(amount: float, wording: Wording) -> str:
    """Return an amount rounded to millions or billions, for charts; less than a million stays whole."""
    if abs(amount) < _MILLION:
        return wording.money(int(amount))
    if abs(amount) >= _BILLION:
        return wording.text("Rp{n} billion", n=wording.number(amount / _BILLION, 2))
    return wording.text("Rp{n} million", n=wording.number(amount / _MILLION, 1))


def _line_bars(lines: pd.DataFrame, wording: Wording) -> list[Bar]:
    """Return bars of the paying lines with most planned; with all of them the chart would be a wall."""
    leaves = lines[~lines["line"].isin(set(lines["parent"]))]
    shown = leaves.sort_values(["planned", "amount", "line"], ascending=[False, False, True]).head(MOST_BARS)
    columns = ("spent", "reserved", "planned", "reserve", "free")
    text = "{planned} planned, {free} free"
    return [
        Bar(
            label=f"{row.line} {row.name}".strip(),
            parts=tuple(max(float(getattr(row, column)), 0.0) for column in columns),
            text=wording.text(text, planned=short_money(row.planned, wording), free=short_money(row.free, wording)),
        )
        for row in records(shown)
    ]


def _chart(lines: pd.DataFrame, wording: Wording) -> Markup:
    bars = _line_bars(lines, wording)
    series = ("Spent", "Reserved before", "Planned", "Reserve kept", "Left free")
    return draw_bars(
        "chart-lines",
        title=wording.text("Money by line"),
        description=wording.text(
            "Bars of the {n} paying lines with most planned: spent, reserved, planned, kept in reserve and free. "
            "The table holds the figures of all lines.",
            n=wording.number(len(bars)),
        ),
        series=[wording.text(name) for name in series],
        bars=bars,
    )


def checks(plan: Plan) -> tuple[tuple[str, int], ...]:
    """Add the plan's money up again.

    Returns
    -------
    Each check in English with the rupiah by which it fails; 0 where it holds.
    """
    lines, seats = plan.lines, plan.assignments
    off = available(lines) - lines["planned"] - lines["reserve"] - lines["free"]
    opened = plan.offerings["opened"].astype(bool)
    fixed = int(plan.offerings.loc[opened, "fixed_cost"].sum())
    seat_cost = int(seats["cost"].sum())
    off_by_seat = int((seats["fee"] + seats["travel"] - seats["cost"]).abs().sum())
    on_lines = int(top_lines(lines)["planned"].sum())
    return (
        ("On every line, planned + reserve + free is what was left before the plan.", int(off.abs().sum())),
        ("Course fee + travel is the cost of every seat.", off_by_seat),
        ("Seats + fixed cost of opened classes is the cost of the plan.", abs(seat_cost + fixed - plan.totals.cost)),
        ("The sum planned on the lines is the cost of the plan.", abs(on_lines - plan.totals.cost)),
        ("No line is planned beyond what it has.", int(np.maximum(-lines["free"], 0).sum())),
    )


def _check_table(plan: Plan, wording: Wording) -> TableView:
    rows = tuple(
        Row(
            cells=(
                wording.text(check),
                wording.text("adds up") if off == 0 else wording.text("off by {amount}", amount=wording.money(off)),
            ),
            kind="alert" if off else "",
        )
        for check, off in checks(plan)
    )
    return TableView(
        id="checks",
        caption=wording.text("Sums made again for this report"),
        headers=(wording.text("Check"), wording.text("Result")),
        rows=rows,
        n_text=2,
    )


def _purposes(plan: Plan, wording: Wording) -> str:
    opened = plan.offerings["opened"].astype(bool)
    return wording.text(
        "The plan costs {cost}: course fees {fee}, travel {travel}, fixed cost of opened classes {fixed}.",
        cost=wording.money(plan.totals.cost),
        fee=wording.money(int(plan.assignments["fee"].sum())),
        travel=wording.money(int(plan.assignments["travel"].sum())),
        fixed=wording.money(int(plan.offerings.loc[opened, "fixed_cost"].sum())),
    )


def money_section(plan: Plan, names: Names, wording: Wording) -> Section:  # noqa: ARG001 (all sections are called alike)
    """Return money by line, with its chart and its checks."""
    overspent = int((plan.lines["amount"] < plan.lines["reserved"] + plan.lines["spent"]).sum())
    sentences = [_purposes(plan, wording)]
    if overspent:
        sentences.append(
            wording.text("Overspent before the plan: {n} lines, marked below.", n=wording.number(overspent))
        )
    return Section(
        id="money",
        title=wording.text("Money by line"),
        sentences=tuple(sentences),
        chart=_chart(plan.lines, wording),
        tables=(_line_table(plan.lines, wording), _check_table(plan, wording)),
    )
