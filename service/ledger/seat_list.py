"""Seats of a plan in a list: whose each is, in which class, how it stands and what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from service.ledger.pages import Seat
from service.storage.ledger import LEDGER_SEATS
from service.storage.schema import DATABASE_TABLES, ROW_KEY

_PEOPLE, _CLASSES, _TRAININGS = (DATABASE_TABLES[name].c for name in ("employees", "offerings", "trainings"))
_ROWS = (
    LEDGER_SEATS.outerjoin(DATABASE_TABLES["employees"], _PEOPLE[ROW_KEY] == LEDGER_SEATS.c.employee)
    .outerjoin(DATABASE_TABLES["offerings"], _CLASSES[ROW_KEY] == LEDGER_SEATS.c.offering)
    .outerjoin(DATABASE_TABLES["trainings"], _TRAININGS[ROW_KEY] == _CLASSES.training)
)  # by the keys, which have an index: the id, where a row is known by one


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """A seat with what people know it by.

    Parameters
    ----------
    seat : As the ledger has it.
    name : Of the person; None where nobody of that number is on file any more.
    training : Official title of what is taught; None where class or training are gone.
    start, end : Days of the class; None where it is gone.
    """

    seat: Seat
    name: str | None
    training: str | None
    start: date | None
    end: date | None


def seats_where(
    plan: str, reach: sa.ColumnElement[bool], *, text: str = "", offering: str = ""
) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on seats of a plan.

    Parameters
    ----------
    plan : Which one.
    reach : Condition on the people that the reader may see.
    text : Part of a person's name or number, of a class's code or of a training's title; empty for any.
    offering : A class; empty for any.
    """
    found = [LEDGER_SEATS.c.plan == plan, reach]
    if offering:
        found.append(LEDGER_SEATS.c.offering == offering)
    if text:
        columns = (_PEOPLE.name, LEDGER_SEATS.c.employee, LEDGER_SEATS.c.offering, _TRAININGS.name)
        found.append(sa.or_(*[column.icontains(text, autoescape=True) for column in columns]))
    return tuple(found)


def count_by_state(connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]]) -> dict[str, int]:
    """Return how many seats there are in each state; states without any are not there."""
    state = LEDGER_SEATS.c.state
    query = sa.select(state, sa.func.count()).select_from(_ROWS).where(*where).group_by(state)
    return {str(name): int(n) for name, n in connection.execute(query)}


def list_seats(
    connection: sa.Connection, where: Sequence[sa.ColumnElement[bool]], states: Sequence[str], shown: slice
) -> list[SeatRow]:
    """Return seats in some states, the earliest class first, in it by name and number.

    Parameters
    ----------
    connection, where : In which transaction, and which seats.
    states : States to show.
    shown : Which of them.
    """
    query = sa.select(LEDGER_SEATS, _PEOPLE.name.label("person"), _TRAININGS.name.label("training"),
                      _CLASSES.start_date, _CLASSES.end_date)  # fmt: skip
    query = query.select_from(_ROWS).where(*where, LEDGER_SEATS.c.state.in_(states))
    query = query.order_by(_CLASSES.start_date, LEDGER_SEATS.c.offering, _PEOPLE.name, LEDGER_SEATS.c.employee)
    found = connection.execute(query.offset(shown.start).limit(shown.stop - shown.start)).mappings()
    names = [column.name for column in LEDGER_SEATS.c]
    return [
        SeatRow(seat=Seat(**{name: row[name] for name in names}), name=row["person"], training=row["training"],
                start=row["start_date"], end=row["end_date"])
        for row in found
    ]  # fmt: skip
