"""Trainings of which it is not on file what they teach: competencies suggested, levels filled in, stored together."""

import math
from typing import Any

from litestar import Response, get, post

from service.api.context import Call, known_caller, parts_of, rule
from service.api.problems import wording_of
from service.portal.desk.view import paged
from service.portal.forms import Form, form_of, row_numbers
from service.portal.page import THREAD, go, show
from service.records import EVERYONE, REFUSED, write_records
from service.storage.engine import transaction
from service.titles import suggest_competencies

TABLE = "training_targets"


def _suggested(call: Call) -> list[dict[str, Any]]:
    database = parts_of(call).database
    with transaction(database.engine) as connection:
        tables = {name: database.read(name, connection) for name in ("trainings", TABLE, "competencies")}
    return [{str(key): value for key, value in row.items()} for row in suggest_competencies(tables).to_dict("records")]


def _page(call: Call, form: Form, status: int = 200) -> Response[str]:
    found = _suggested(call)
    pages = paged(call, len(found))
    rows = found[pages.shown]
    numbers = row_numbers(form, ("training", "competency"), ((row["training"], row["competency"]) for row in rows))
    rows = [{**row, "n": n} for row, n in zip(rows, numbers, strict=True)]
    return show(call, "desk/teaches.html.j2", status=status, form=form, rows=rows, pages=pages)


@get("/titles/teaches", opt=rule("imports.make"), **THREAD)
def suggestions(request: Call) -> Response[str]:
    """Show competencies that trainings without any may teach, the best first for each."""
    return _page(request, Form())


def _level(form: Form, name: str) -> float | None:
    """Return a level that was filled in, which is checked against its scale when it is stored; None for blank."""
    try:
        level = float(form.get(name).replace(",", "."))
    except ValueError:
        return None
    return level if math.isfinite(level) else None


@post("/titles/teaches", opt=rule("imports.make"), **THREAD)
def store(request: Call) -> Response[Any]:
    """Store what ticked trainings teach; nothing where a level is missing, and all but what is not on its scale."""
    form, wording, database = form_of(request), wording_of(request), parts_of(request).database
    ticked = sorted(form.all("ticked"))
    rows = [
        {"training": form.get(f"training-{n}"), "competency": form.get(f"competency-{n}"),
         "level_from": _level(form, f"from-{n}"), "level_to": _level(form, f"to-{n}")}
        for n in ticked
    ]  # fmt: skip
    for n, row in zip(ticked, rows, strict=True):
        if row["level_to"] is None:
            form.faults[f"to-{n}"] = wording.text(
                "Fill in the level that {training} leads to.", training=row["training"]
            )
    if not rows:
        form.faults[""] = wording.text("Tick at least one training.")
    if form.faults:
        return _page(request, form, 422)
    with database.writing_as(known_caller(request).subject, "portal") as writing:
        outcomes = write_records(database, writing, TABLE, rows, EVERYONE, wording)
    for n, outcome in zip(ticked, outcomes, strict=True):
        if outcome.state == REFUSED:
            form.faults[f"to-{n}"] = "; ".join(f"{p.value or ''} {p.message}".strip() for p in outcome.problems)
    return _page(request, form, 422) if form.faults else go("/titles/teaches", "targets-stored")


def teaches_handlers() -> list[Any]:
    """Return the routes of what trainings teach."""
    return [suggestions, store]
