"""Records that approved plans hold money of, or by: without them nobody could give it back."""

import sqlalchemy as sa

from service.storage.ledger import LEDGER_LINES, LEDGER_SEATS, LIVE
from service.storage.schema import KEY_SEPARATOR


def is_held(connection: sa.Connection, name: str, row_key: str) -> bool:
    """Tell whether an approved plan holds money of a budget line, or a seat in a class that is not over.

    Parameters
    ----------
    connection, name, row_key : Where, of which table, and which row.
    """
    code, _, year = row_key.partition(KEY_SEPARATOR)
    lines, seats = LEDGER_LINES.c, LEDGER_SEATS.c
    if name == "budgets":
        is_line = (lines.line == code) & (lines.year == int(year))
        query = sa.select(lines.line).where(is_line, lines.own_reserved + lines.own_spent > 0)
    elif name == "offerings":
        query = sa.select(seats.seat).where(seats.offering == code, seats.state.in_(LIVE))
    else:
        return False
    return connection.execute(query.limit(1)).first() is not None
