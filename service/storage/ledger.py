"""Tables of the ledger: entries, which only grow, seats, classes, and what approved plans hold of each budget line."""

import sqlalchemy as sa

from service.storage.schema import METADATA, Moment

RESERVED, ENROLLED, COMPLETED, CANCELLED, FAILED = "reserved", "enrolled", "completed", "cancelled", "failed"
LIVE = (RESERVED, ENROLLED)  # states of seats whose money is reserved
TAKEN = (*LIVE, COMPLETED)  # states in which a person has one seat in a class and no second
CEILING = "ck_ledger_lines_ceiling"


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


LEDGER_ENTRIES = sa.Table(
    "ledger_entries", METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("made_at", Moment, nullable=False),
    *_texts("author", "plan"), *_whole("year"),
    *_texts("line", "seat", "offering", "part", "kind", "event"),  # no line where there is nothing to pay
    *_whole("reserved", "spent"),  # movements in rupiah, with their sign
    sa.UniqueConstraint("plan", "seat", "offering", "part", "event", name="uq_ledger_entries_event"),
    sa.Index("ix_ledger_entries_line", "year", "line"),
)  # fmt: skip

LEDGER_SEATS = sa.Table(
    "ledger_seats", METADATA,
    sa.Column("seat", sa.Text, primary_key=True),
    *_texts("plan", "employee", "offering"), *_whole("year"), *_texts("state"), *_whole("version"),
    *_texts("fee_line", "travel_line"),
    *_whole("fee_reserved", "travel_reserved", "fee_spent", "travel_spent"),
    sa.Index("ix_ledger_seats_plan", "plan"), sa.Index("ix_ledger_seats_offering", "offering"),
)  # fmt: skip
_IS_TAKEN = LEDGER_SEATS.c.state.in_(TAKEN)
sa.Index(
    "uq_ledger_seats_taken", LEDGER_SEATS.c.employee, LEDGER_SEATS.c.offering, unique=True,
    sqlite_where=_IS_TAKEN, postgresql_where=_IS_TAKEN,
)  # fmt: skip

LEDGER_CLASSES = sa.Table(
    "ledger_classes", METADATA,
    sa.Column("offering", sa.Text, primary_key=True),
    *_texts("plan"), *_whole("year"), *_texts("line", "state"), *_whole("version", "amount"),
)  # fmt: skip

LEDGER_LINES = sa.Table(
    "ledger_lines", METADATA,
    sa.Column("year", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("line", sa.Text, primary_key=True),
    *_texts("parent"),
    *_whole("ceiling", "own_reserved", "own_spent", "reserved", "spent"),  # own: without the lines below
    sa.CheckConstraint("own_reserved >= 0 AND reserved >= own_reserved", name="ck_ledger_lines_reserved"),
    sa.CheckConstraint("own_spent >= 0 AND spent >= own_spent", name="ck_ledger_lines_spent"),
    sa.CheckConstraint("reserved + spent <= ceiling", name=CEILING),
)  # fmt: skip
