"""Classes: how many open, how many do not and why, and the list of all."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from recommender.plan import Plan
from service.exports.plan_names import Names
from service.labels import CLASSES, word_for
from service.phrases import MODES
from service.reports.records import records
from service.reports.view import Row, Section, TableView
from service.wording import Wording
from training_catalog.offering import UNLIMITED_SEATS

ALL_COLUMNS = ("Class", "Training", "First day", "Last day", "Place", "Taken", "Seats", "Fewest seats", "Could gain",
               "Fixed cost", "Outcome")  # fmt: skip


def day_text(day: object, wording: Wording) -> str:
    """Return a day in words; empty where it is not known."""
    known = isinstance(day, date) and not pd.isna(day)  # a Timestamp is a date as well
    return wording.date(day) if known and isinstance(day, date) else ""


def limited_seats(offerings: pd.DataFrame) -> pd.Series:
    """Return the seats of each class; 0 where there is no limit, so that sums count limited seats only."""
    return offerings["seats"].where(offerings["seats"] < UNLIMITED_SEATS, 0)


def classes_by_code(offerings: pd.DataFrame) -> pd.DataFrame:
    """Return columns code, n, seats, taken; opened first, then most classes first, ties by code."""
    limited = offerings.assign(seats=limited_seats(offerings))
    counts = limited.groupby("code").agg(n=("offering", "size"), seats=("seats", "sum"), taken=("taken", "sum"))
    counts = counts.reset_index()
    is_later = (counts["code"] != "opened").astype(np.int64)
    order = counts.assign(is_later=is_later).sort_values(["is_later", "n", "code"], ascending=[True, False, True])
    return order.drop(columns="is_later").reset_index(drop=True)


def _summary_table(offerings: pd.DataFrame, wording: Wording) -> TableView:
    rows = [
        Row(cells=(
            word_for(row.code, CLASSES, wording), wording.number(row.n), wording.number(row.taken),
            wording.number(row.seats),
        ))
        for row in records(classes_by_code(offerings))
    ]  # fmt: skip
    totals = (len(offerings), int(offerings["taken"].sum()), int(limited_seats(offerings).sum()))
    total = Row(cells=(wording.text("All"), *(wording.number(n) for n in totals)), kind="total")
    headers = ("Outcome", "Classes", "Taken", "Limited seats")
    return TableView(
        id="classes-by-outcome",
        caption=wording.text("Classes by outcome"),
        headers=tuple(wording.text(header) for header in headers),
        rows=(*rows, total),
    )


def _place(row: SimpleNamespace, wording: Wording) -> str:
    return str(row.city or row.province or word_for(row.mode, MODES, wording))


def _class_row(row: SimpleNamespace, names: Names, wording: Wording) -> Row:
    return Row(
        cells=(
            row.offering,
            names.training(row.training),
            day_text(row.start, wording),
            day_text(row.end, wording),
            _place(row, wording),
            wording.number(row.taken),
            wording.number(row.seats) if row.seats < UNLIMITED_SEATS else wording.text("no limit"),
            wording.number(row.seats_min),
            wording.number(row.wanted),
            wording.money(row.fixed_cost),
            word_for(row.code, CLASSES, wording),
        )
    )


def _all_classes(offerings: pd.DataFrame, names: Names, wording: Wording) -> TableView:
    ordered = records(offerings.sort_values(["opened", "start", "offering"], ascending=[False, True, True]))
    return TableView(
        id="classes",
        caption=wording.text("All classes: opened ones first, by first day"),
        headers=tuple(wording.text(header) for header in ALL_COLUMNS),
        rows=tuple(_class_row(row, names, wording) for row in ordered),
        n_text=5,
        text_after=(len(ALL_COLUMNS) - 1,),
        folded=wording.text("All {n} classes", n=wording.number(len(offerings))),
    )


def class_section(plan: Plan, names: Names, wording: Wording) -> Section:
    """Return classes by outcome, and all of them in a folded table."""
    opened = plan.offerings[plan.offerings["opened"].astype(bool)]
    sentence = wording.text(
        "{opened} of {n} classes open with {taken} participants; classes with a limit have {seats} seats.",
        opened=wording.number(len(opened)), n=wording.number(len(plan.offerings)),
        taken=wording.number(int(opened["taken"].sum())), seats=wording.number(int(limited_seats(opened).sum())),
    )  # fmt: skip
    return Section(
        id="offerings",
        title=wording.text("Classes opened and not opened"),
        sentences=(sentence,),
        tables=(_summary_table(plan.offerings, wording), _all_classes(plan.offerings, names, wording)),
    )
