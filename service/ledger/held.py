"""Which trainings somebody has a seat for already, so that a list can say so."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from service.storage.ledger import LEDGER_SEATS, LIVE
from service.storage.schema import DATABASE_TABLES


class Held(NamedTuple):
    """A seat of an approved plan that is not over.

    Parameters
    ----------
    training, offering, plan, state : Of what, in which class, by which plan, and how it stands.
    start, end : Days of the class.
    """

    training: str
    offering: str
    plan: str
    state: str
    start: date
    end: date


def seats_held(connection: sa.Connection, employee: str) -> tuple[Held, ...]:
    """Return a person's seats that are not over, the earliest class first."""
    seats, classes = LEDGER_SEATS.c, DATABASE_TABLES["offerings"].c
    query = sa.select(classes.training, seats.offering, seats.plan, seats.state, classes.start_date, classes.end_date)
    query = query.join_from(LEDGER_SEATS, DATABASE_TABLES["offerings"], classes.offering == seats.offering)
    query = query.where(seats.employee == employee, seats.state.in_(LIVE))
    return tuple(Held(*row) for row in connection.execute(query.order_by(classes.start_date, seats.offering)))


def tell_seats(items: Sequence[dict[str, Any]], held: Sequence[Held]) -> list[dict[str, Any]]:
    """Return items of a list, each with the seat that its person has for the training, if any."""
    by_training = {seat.training: seat for seat in reversed(held)}
    return [
        {**item, "seat": {name: value for name, value in by_training[item["training"]]._asdict().items()
                          if name != "training"}}
        if item["training"] in by_training else item
        for item in items
    ]  # fmt: skip
