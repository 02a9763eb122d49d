"""Gaps before and after, by competency and by unit."""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.reports.charts import Bar, draw_bars
from service.reports.fairness import hidden_units, hiding_rule
from service.reports.records import records
from service.reports.view import Row, Section, TableView, folded
from service.wording import Wording

MOST_BARS = 20  # competencies drawn; the table has all of them


def by(gaps: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return before, closed and after by unit or competency, largest gap first, ties by code."""
    sums = gaps.groupby(key, as_index=False)[["n_people", "before", "closed", "after"]].sum()
    return sums.sort_values(["before", key], ascending=[False, True], ignore_index=True)


def share(part: float, whole: float) -> float:
    """Return part of whole; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def _cells(before: float, closed: float, after: float, wording: Wording) -> tuple[str, ...]:
    levels = (wording.number(value, 1) for value in (before, closed, after))
    return (*levels, wording.percent(share(closed, before)))


def _units(plan: Plan) -> tuple[pd.DataFrame, list[str]]:
    """Return the gaps of units that may be shown, and the codes of those with too few people who have a need."""
    sums = by(plan.gaps, "unit")
    hidden = sums["unit"].isin(hidden_units(plan))
    return sums[~hidden].reset_index(drop=True), sorted(sums.loc[hidden, "unit"])


def _table(
    sums: pd.DataFrame, *, table: str, texts: tuple[str, str], labels: list[str], wording: Wording,
    total: pd.DataFrame | None = None, hidden: Sequence[str] = (),
) -> TableView:  # fmt: skip
    """Return a table of gaps.

    Parameters
    ----------
    sums : From `by`.
    total : Of which the last row is the sum; `sums` when None.
    hidden : Names of rows whose figures are not shown.
    table : Id.
    texts : Caption and first header, in English.
    labels : Names of the rows.
    wording : Language.
    """
    rows = [
        Row(cells=(label, *_cells(row.before, row.closed, row.after, wording)))
        for label, row in zip(labels, records(sums), strict=True)
    ]
    rows += [Row(cells=(label, *[wording.text("not shown")] * 4)) for label in hidden]
    every = (sums if total is None else total)[["before", "closed", "after"]].sum()
    rows.append(
        Row(cells=(wording.text("All"), *_cells(every.before, every.closed, every.after, wording)), kind="total")
    )
    headers = (texts[1], "Before", "Expected to close", "After", "Share closed")
    return TableView(
        id=table,
        caption=wording.text(texts[0]),
        headers=tuple(wording.text(header) for header in headers),
        rows=tuple(rows),
        folded=folded(len(rows) - 1, wording.text("All {n} rows", n=wording.number(len(rows) - 1))),
    )


def _chart(sums: pd.DataFrame, labels: list[str], wording: Wording) -> Markup:
    bars = [
        Bar(
            label=label,
            parts=(row.closed, max(row.after, 0.0)),
            text=wording.text(
                "{before} to {after}", before=wording.number(row.before, 1), after=wording.number(row.after, 1)
            ),
        )
        for label, row in zip(labels, records(sums.head(MOST_BARS)), strict=False)
    ]
    return draw_bars(
        "chart-gaps",
        title=wording.text("Gaps before and after the plan, by competency"),
        description=wording.text(
            "Bars of the {n} competencies with the largest gap: the part expected to close and the part that stays. "
            "The table holds the figures of all competencies.",
            n=wording.number(len(bars)),
        ),
        series=(wording.text("Expected to close"), wording.text("Stays open")),
        bars=bars,
    )


def gap_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return gaps by competency, with a chart, and by unit."""
    competencies, (units, hidden) = by(plan.gaps, "competency"), _units(plan)
    labels = [names.competency(code) for code in competencies["competency"]]
    of_unit = [
        [names.unit(code) or wording.text("Unit not known") for code in codes] for codes in (units["unit"], hidden)
    ]
    of_competencies = _table(
        competencies, table="gaps-by-competency", labels=labels, wording=wording,
        texts=("Gaps by competency, in weighted levels", "Competency"),
    )  # fmt: skip
    of_units = _table(
        units, table="gaps-by-unit", labels=of_unit[0], wording=wording, total=plan.gaps, hidden=of_unit[1],
        texts=("Gaps by unit, in weighted levels", "Unit"),
    )  # fmt: skip
    return Section(
        id="gaps",
        title=wording.text("Gaps before and after"),
        sentences=(
            wording.text(
                "A gap is what a position asks for less what was assessed, in levels, weighted by importance. What was "
                "never assessed counts with the level it is assumed to lack, not as zero. What closes is expected, not "
                "certain."
            ),
        ),
        parts=(
            Section(
                id="gaps-competency",
                title=wording.text("By competency"),
                chart=_chart(competencies, labels, wording),
                tables=(of_competencies,),
            ),
            Section(
                id="gaps-unit",
                title=wording.text("By unit"),
                sentences=(hiding_rule(wording),) if hidden else (),
                tables=(of_units,),
            ),
        ),
    )
