"""What supervisors said, as rules of a plan: the newest word on a person and a training counts, for a year."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from service.api.context import Call, parts_of
from service.portal.desk.view import names_of
from service.portal.forms import Form
from service.portal.said import said_of
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from service.storage.statements import ENDORSED, NOMINATED, NOT_ENDORSED

COUNTS_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box of the form of a plan.

    Parameters
    ----------
    name, kind : Its field, and the kind of word that it takes up.
    title, hint : What it does, in English.
    is_ticked : Whether a new form has it ticked.
    """

    name: str
    kind: str
    title: str
    hint: str
    is_ticked: bool = False


BOXES = (
    Box(name="take_nominated", kind=NOMINATED, title="Whom supervisors nominated must get that training ({n})",
        hint="As a mandate: it goes before what the gaps alone would give, and what cannot be met is listed."),
    Box(name="take_endorsed", kind=ENDORSED, title="Suggestions that supervisors endorsed must be met too ({n})",
        hint="As a mandate, as above. Without it an endorsed suggestion competes like any other."),
    Box(name="leave_not_endorsed", kind=NOT_ENDORSED, title="Leave out what supervisors did not endorse ({n})",
        hint="That person does not get a class of that training in this year.", is_ticked=True),
)  # fmt: skip


def newest_words(call: Call) -> dict[tuple[str, str], str]:
    """Return the newest word of the last year on each person and training, both on file."""
    said = said_of(call, None, NOMINATED, ENDORSED, NOT_ENDORSED)
    since = parts_of(call).database.clock() - COUNTS_FOR
    newest: dict[tuple[str, str], str] = {}
    for one in said:
        if one.training and one.made_at >= since:
            newest.setdefault((one.employee, one.training), one.kind)
    people = names_of(call, "employees", sorted({employee for employee, _ in newest}))
    trainings = names_of(call, "trainings", sorted({training for _, training in newest}))
    return {pair: kind for pair, kind in newest.items() if pair[0] in people and pair[1] in trainings}


def boxes_shown(call: Call, form: Form) -> list[dict[str, Any]]:
    """Return the boxes that have something to take up, with how much it is and whether they are ticked."""
    n = Counter(newest_words(call).values())
    return [{"name": box.name, "title": box.title, "hint": box.hint, "n": n[box.kind],
             "is_ticked": form.has(box.name) if form.values else box.is_ticked}
            for box in BOXES if n[box.kind]]  # fmt: skip


def take_up(call: Call, form: Form, document: dict[str, Any], year: int) -> None:
    """Put what the ticked boxes take up into a policy's document, as mandates and exclusions."""
    ticked = {box.kind for box in BOXES if form.has(box.name)}
    if not ticked:
        return
    wanted, ruled_out = defaultdict(list), []
    for (employee, training), kind in sorted(newest_words(call).items()):
        if kind in ticked and kind == NOT_ENDORSED:
            ruled_out.append((employee, training))
        elif kind in ticked:
            wanted[training].append(employee)
    document["mandates"] = [*document["mandates"], *(
        {"training": training, "employees": people, "position_classes": []} for training, people in wanted.items()
    )]  # fmt: skip
    classes = _classes_of(call, {training for _, training in ruled_out}, year)
    document["excluded"] = [*document["excluded"], *(
        {"employee": employee, "offering": offering}
        for employee, training in ruled_out for offering in classes[training]
    )]  # fmt: skip


def _classes_of(call: Call, trainings: set[str], year: int) -> dict[str, list[str]]:
    """Return the classes of trainings that begin in a year."""
    table = DATABASE_TABLES["offerings"]
    query = sa.select(table.c.offering, table.c.training, table.c.start_date).where(table.c.training.in_(trainings))
    found: dict[str, list[str]] = defaultdict(list)
    with transaction(parts_of(call).database.engine) as connection:
        for row in connection.execute(query.order_by(table.c.offering)):
            if row.start_date.year == year:
                found[row.training].append(row.offering)
    return found
