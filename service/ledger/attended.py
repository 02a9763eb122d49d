"""Seats that are over, told to the training history, in the transaction that moves their money."""

from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from service.completions import FROM_SEAT, Completion, enter_completion, take_back
from service.ledger.pages import Page, Seat
from service.plan_document import unpack_plan
from service.storage.database import Database
from service.storage.history import Writing
from service.storage.ledger import COMPLETED, FAILED
from service.storage.schema import DATABASE_TABLES, PLANS


def tell_history(database: Database, page: Page, seat: Seat) -> None:
    """Have the training history say of a seat what the ledger says: completed or failed, or else nothing."""
    source = f"{FROM_SEAT}{seat.seat}"
    writing = Writing(connection=page.connection, author=page.author, source=source, clock=lambda: page.made_at)
    if seat.state not in {COMPLETED, FAILED}:
        take_back(writing, seat.employee, source)
        return
    held = _class_of(page.connection, seat)
    if held is None:
        return
    trainings = DATABASE_TABLES["trainings"].c
    query = sa.select(trainings.name, trainings.hours).where(trainings.training == held["training"])
    known = page.connection.execute(query).first()
    enter_completion(database, writing, Completion(
        employee=seat.employee, training=held["training"], start_date=held["start"], end_date=held["end"],
        status=seat.state, training_name=known.name if known is not None else held["training"],
        hours=known.hours if known is not None else held["hours"],
    ))  # fmt: skip


def _class_of(connection: sa.Connection, seat: Seat) -> dict[str, Any] | None:
    """Return training and days of a seat's class: as on file, or as the plan has them where the class is gone."""
    classes = DATABASE_TABLES["offerings"].c
    query = sa.select(classes.training, classes.start_date, classes.end_date).where(classes.offering == seat.offering)
    row = connection.execute(query).first()
    if row is not None:
        return {"training": row.training, "start": row.start_date, "end": row.end_date, "hours": None}
    document = connection.execute(sa.select(PLANS.c.document).where(PLANS.c.plan_id == seat.plan)).scalar_one()
    seats = unpack_plan(document).assignments
    mine = seats[(seats["offering"] == seat.offering) & seats["training"].notna() & seats["end"].notna()]
    if mine.empty:
        return None
    first = mine.iloc[0]
    return {"training": first["training"], "start": _day(first["start"]), "end": _day(first["end"]),
            "hours": float(first["hours"])}  # fmt: skip


def _day(moment: pd.Timestamp) -> date:
    return moment.date()
