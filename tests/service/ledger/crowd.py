"""One of several processes that want the same money at the same moment.

Called as ``python -m tests.service.ledger.crowd URL AUTHOR approve PLAN ...``, says which plans it found approved;
or as ``... take LINE RUPIAH``, takes from a line out of turn until nothing is left, and says how often.
"""

import sys

from service.ledger.approval import approve_plan
from service.storage.database import open_database
from service.storage.engine import transaction
from service.storage.ledger_lines import move
from training_catalog.errors import ConflictError

YEAR = 2027


def approve(database, author, plans):
    for plan in plans:
        try:
            approve_plan(database, plan, author)
        except ConflictError:
            continue
        yield plan


def take(database, line, rupiah):
    """Take without waiting for the other writers: only the database's own check stands in between."""
    n_times = 0
    while True:
        try:
            with transaction(database.engine, is_writer=True, in_turn=False) as connection:
                move(connection, YEAR, {line: (rupiah, 0)})
        except ConflictError:
            return n_times
        n_times += 1


def main(url, author, wish, *rest):
    database = open_database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    found = list(approve(database, author, rest)) if wish == "approve" else [str(take(database, rest[0], int(rest[1])))]
    sys.stdout.write(" ".join(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
