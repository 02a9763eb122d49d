"""Written course titles that wait for a person: each with its suggestion, many confirmed in one go."""

from typing import Any

import pandas as pd
import sqlalchemy as sa
from litestar import Response, get, post

from service.api.context import Call, known_caller, parts_of, rule
from service.api.problems import wording_of
from service.portal.desk.view import asked_for, names_of, paged, with_all
from service.portal.forms import Form, form_of, row_numbers
from service.portal.page import THREAD, go, show
from service.records import EVERYONE, REFUSED, Outcome, write_records
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from service.titles import CONFIRMED, titles_waiting

LIKELY = 0.75  # confidence from which a suggestion is ticked beforehand
MOST_LISTED = 400  # trainings up to which a field offers all of them; with more, codes are typed
TABLE = "training_titles"


def _waiting(call: Call) -> pd.DataFrame:
    """Return the titles that wait; of the history only the rows without a training are read."""
    database, history = parts_of(call).database, DATABASE_TABLES["history"].c
    query = sa.select(history.training, history.training_name).where(history.training.is_(None))
    with transaction(database.engine) as connection:
        tables = {name: database.read(name, connection) for name in (TABLE, "trainings")}
        rows = [tuple(row) for row in connection.execute(query)]
    return titles_waiting({**tables, "history": pd.DataFrame(rows, columns=["training", "training_name"])})


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _page(call: Call, form: Form, status: int = 200) -> Response[str]:
    waiting = _waiting(call)
    pages = paged(call, len(waiting))
    rows = [
        {"title": row["title"], "training": _text(row["training"]), "name": _text(row["name"]),
         "rows": 0 if pd.isna(row["rows"]) else row["rows"],
         "confidence": None if pd.isna(row["confidence"]) else float(row["confidence"])}
        for row in waiting.iloc[pages.shown].to_dict("records")
    ]  # fmt: skip
    numbers = row_numbers(form, ("title",), ((row["title"],) for row in rows))
    rows = [{**row, "n": n, "was_sent": form.has(f"title-{n}")} for row, n in zip(rows, numbers, strict=True)]
    trainings = names_of(call, "trainings")
    return show(call, "desk/titles.html.j2", status=status, form=form, rows=rows, pages=pages, likely=LIKELY,
                all_ticked=bool(asked_for(call, "all")), tick_all=with_all(call),
                trainings=trainings if len(trainings) <= MOST_LISTED else {})  # fmt: skip


@get("/titles", opt=rule("imports.make"), **THREAD)
def title_list(request: Call) -> Response[str]:
    """Show the titles that wait, the surest first."""
    return _page(request, Form())


def chosen_titles(form: Form) -> dict[str, dict[str, Any]]:
    """Return the ticked titles of a form by number, with the trainings they mean; None for none of those on file."""
    return {
        n: {"title": form.get(f"title-{n}"), "training": form.get(f"training-{n}").split(" ")[0] or None,
            "confidence": None, "status": CONFIRMED}
        for n in sorted(form.all("ticked")) if form.get(f"title-{n}")
    }  # fmt: skip


@post("/titles", opt=rule("imports.make"), **THREAD)
def confirm(request: Call) -> Response[Any]:
    """Confirm the ticked titles; what is confirmed is remembered and not asked again."""
    form, wording, database = form_of(request), wording_of(request), parts_of(request).database
    chosen = chosen_titles(form)
    if not chosen:
        form.faults[""] = wording.text("Tick at least one title.")
        return _page(request, form, 422)
    with database.writing_as(known_caller(request).subject, "portal") as writing:
        outcomes = write_records(database, writing, TABLE, list(chosen.values()), EVERYONE, wording)
    for (n, row), outcome in zip(chosen.items(), outcomes, strict=True):
        if outcome.state == REFUSED:
            form.faults[f"training-{n}"] = _said(row, outcome)
    return _page(request, form, 422) if form.faults else go("/titles", "titles-confirmed")


def _said(row: dict[str, Any], outcome: Outcome) -> str:
    return "; ".join(f"{row['title']}: {problem.value or ''} {problem.message}" for problem in outcome.problems)


def title_handlers() -> list[Any]:
    """Return the routes of written titles."""
    return [title_list, confirm]
