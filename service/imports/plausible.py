"""What no table can mean: fewer seats than it takes to open, a score above its end, two standards on one day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from service.imports.rows import Rows

HIGHEST_SCORE = 100
# Least and largest value of columns whose scale is the same everywhere.
ENDS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("history", "pre_score"): (0, HIGHEST_SCORE), ("history", "post_score"): (0, HIGHEST_SCORE),
    ("requirements", "weight"): (0, np.inf), ("competencies", "weight"): (0, np.inf),
    ("training_titles", "confidence"): (0, 1), ("hour_rules", "rate"): (0, np.inf),
    ("hour_rules", "daily_cap"): (0, np.inf),
}  # fmt: skip
# Days of what has happened; a row of another day is stored, and named.
PAST = {"employees": ("birth_date",), "assessments": ("assessed_on",), "history": ("end_date",)}
LONGEST_YEARS = 3  # of a class; a slip in the year makes one of ten
DAYS_OF_YEAR = 366
TERMS = frozenset({"requirements", "position_defaults"})  # of one subject only one row holds on a day


def check_ends(rows: Rows) -> None:
    """Refuse values beyond the ends of their column."""
    for (table, column), (low, high) in ENDS.items():
        if table == rows.table.name and column in rows.given:
            value = rows.frame[column].to_numpy(dtype=np.float64)
            with np.errstate(invalid="ignore"):
                bad = (value < low) | (value > high)
            accepted = f"{low:g} - {high:g}" if np.isfinite(high) else f">= {low:g}"
            for row in np.flatnonzero(bad).tolist():
                rows.refuse(row, "number-unreadable", "out of range; accepted: {accepted}", column=column,
                            value=value[row], accepted=accepted)  # fmt: skip


def check_seats(rows: Rows) -> None:
    """Refuse classes that take fewer people than they need to open."""
    least, most = rows.frame["seats_min"], rows.frame["seats_max"]
    for row in np.flatnonzero((least > most).fillna(value=False).to_numpy(dtype=np.bool_)).tolist():
        rows.refuse(row, "seats-contradict", "more than the seats, {seats}; the class could never open",
                    column="seats_min", value=least.iloc[row], seats=most.iloc[row])  # fmt: skip


def check_targets(rows: Rows, directions: pd.Series) -> None:
    """Refuse trainings that lead to a lower level than they begin at.

    Parameters
    ----------
    rows : Training targets.
    directions : By competency, ``lower`` where the lower level is the better one.
    """
    begin, end = rows.frame["level_from"], rows.frame["level_to"]
    is_lower = rows.frame["competency"].map(directions).eq("lower")
    worse = np.where(is_lower, end > begin, end < begin)
    for row in np.flatnonzero(worse & ~rows.refused).tolist():
        rows.refuse(row, "level-contradicts", "leads to a lower level than it begins at, {level}", column="level_to",
                    value=float(end.iloc[row]), level=f"{begin.iloc[row]:g}")  # fmt: skip


def warn_of_overspent(rows: Rows) -> None:
    """Warn of budget lines of which more is promised and spent than they hold."""
    used = rows.frame["reserved"].fillna(0) + rows.frame["spent"].fillna(0)
    over = (used > rows.frame["amount"]).fillna(value=False).to_numpy(dtype=np.bool_)
    for row in np.flatnonzero(over & ~rows.refused).tolist():
        rows.note("amount-exceeded", "reserved and spent add up to {used}, more than the line holds",
                  severity="warning", line=int(rows.line[row]), column="amount", value=rows.frame["amount"].iloc[row],
                  used=rows.wording.money(int(used.iloc[row])))  # fmt: skip


def warn_of_parts(rows: Rows) -> None:
    """Warn of budget lines whose code begins that of others, in a file that does not say what is part of what."""
    if "parent" in rows.given:
        return
    accepted = rows.frame.loc[~rows.refused, ["line", "amount"]].dropna()
    codes = accepted["line"].tolist()
    split = [code.split(".") for code in codes]
    parent = rows.table.column("parent")
    shown_parent = parent.header_en if rows.wording.lang == "en" else parent.header_id
    n_under = Counter(".".join(parts[:n]) for parts in split for n in range(1, len(parts)))
    for row, code in zip(accepted.index.tolist(), codes, strict=True):
        if n_under[code] and accepted.loc[row, "amount"]:
            rows.note("amount-twice", "the codes of {n} other lines begin with this one; if they are its parts, their "
                      "money counts twice: say so under {parent}, or take this line out", severity="warning",
                      line=int(rows.line[row]), column="line", value=code, n=n_under[code],
                      parent=shown_parent)  # fmt: skip


def warn_of_days(rows: Rows, on: date) -> None:
    """Warn of past things on days to come, and of classes that last for years.

    Parameters
    ----------
    rows : Rows of one table.
    on : Today.
    """
    for column in PAST.get(rows.table.name, ()):
        if column in rows.given:
            late = (rows.frame[column] > pd.Timestamp(on)).to_numpy(dtype=np.bool_)
            if rows.table.name == "history":
                late = late & ~rows.frame["status"].isin(("enrolled", "cancelled", "withdrawn")).to_numpy()
            for row in np.flatnonzero(late & ~rows.refused).tolist():
                rows.note("date-future", "this day is yet to come", severity="warning", line=int(rows.line[row]),
                          column=column, value=rows.frame[column].iloc[row])  # fmt: skip
    if rows.table.name in {"offerings", "history"} and {"start_date", "end_date"} <= rows.given:
        length = (rows.frame["end_date"] - rows.frame["start_date"]).dt.days
        for row in np.flatnonzero((length > LONGEST_YEARS * DAYS_OF_YEAR).to_numpy() & ~rows.refused).tolist():
            rows.note("date-doubtful", "from the first day to this one are {days} days; is the year right?",
                      severity="warning", line=int(rows.line[row]), column="end_date",
                      value=rows.frame["end_date"].iloc[row],
                      days=rows.wording.number(int(length.iloc[row])))  # fmt: skip


def warn_of_overlaps(rows: Rows) -> None:
    """Warn of standards of one position and competency that hold on the same day; the one that began last counts."""
    if rows.table.name not in TERMS or "valid_until" not in rows.given:
        return
    subject = [name for name in rows.table.key if name != "valid_from"]
    told = rows.frame.loc[~rows.refused, [*subject, "valid_from", "valid_until"]].assign(
        line=rows.line[~rows.refused],
        valid_from=rows.frame.loc[~rows.refused, "valid_from"].fillna(pd.Timestamp.min.as_unit("s")),
    )
    told = told.sort_values([*subject, "valid_from"], kind="stable")
    before = told.shift()
    same = (told[subject] == before[subject]).all(axis=1) & (told["valid_from"] > before["valid_from"])
    until = before["valid_until"]
    for row in told.index[(same & (until.notna() & (until >= told["valid_from"]))).to_numpy()]:
        rows.note("date-overlaps", "line {other} still holds on this day; from here on this one counts",
                  severity="warning", line=int(told.loc[row, "line"]), column="valid_from",
                  value=told.loc[row, "valid_from"], other=int(before.loc[row, "line"]))  # fmt: skip


def check_plausible(rows: Rows, on: date | None) -> None:
    """Check what the columns of one row say of each other.

    Parameters
    ----------
    rows : Rows of one table.
    on : Today; None where nobody told it.
    """
    check_ends(rows)
    if rows.table.name == "offerings" and {"seats_min", "seats_max"} <= rows.given:
        check_seats(rows)
    if rows.table.name == "budgets":
        warn_of_overspent(rows)
        warn_of_parts(rows)
    if on is not None:
        warn_of_days(rows, on)
    warn_of_overlaps(rows)
