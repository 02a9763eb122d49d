"""What employees see of themselves: standing, hours, history, everything on file."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pandas as pd
from litestar import Response, get
from markupsafe import Markup

from recommender.gap import blind_spots
from service.api.context import Call, known_caller, parts_of, rule
from service.api.people import PersonHistory, document_of, history_of
from service.api.problems import wording_of
from service.api.recommendations import gaps_of, list_of
from service.exports.badges import CREDENTIAL_TABLES, credentials
from service.list_items import ListFilter
from service.portal.drawings import Standing, draw_standings
from service.portal.menu import home_of, menu_of
from service.portal.page import THREAD, go, show
from service.portal.said import answered_of
from service.records import OutOfReachError
from service.schemas.lists import Gap, GapList
from service.storage.engine import transaction
from service.storage.statements import CLAIMED, CONFIRMED, REFUSED
from service.titles import with_titles
from service.wording import Wording

N_FIRST = 3  # suggestions on the first page
STATES = {
    "met": "Meets the standard", "deficit": "Below the standard", "never-assessed": "Never assessed",
    "expired": "Assessment has expired",
}  # fmt: skip
TONES = {"met": "good", "deficit": "bad", "never-assessed": "care", "expired": "care"}
METHODS = {
    "assessment-centre": "Assessment centre", "test": "Test", "post-training": "After a training",
    "supervisor": "By the supervisor", "self": "Self-rating",
}  # fmt: skip


def own_number(call: Call) -> str:
    """Return the caller's own staff number.

    Raises
    ------
    OutOfReachError
        When the caller has none.
    """
    employee = known_caller(call).employee
    if employee is None:
        raise OutOfReachError
    return employee


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One competency as it is shown."""

    gap: Gap
    state: str
    tone: str
    method: str
    is_blind: bool


def gap_rows(call: Call, employee: str, gaps: GapList) -> list[GapRow]:
    """Return competencies with the method of the assessment that counts, the widest gap first."""
    wording, methods = wording_of(call), _methods(call, employee)
    rows = [
        GapRow(gap=gap, state=wording.text(STATES[gap.state]), tone=TONES[gap.state],
               method=wording.text(METHODS[found]) if (found := methods.get((gap.competency, gap.assessed_on)))
               else "", is_blind=is_blind)
        for gap, is_blind in zip(gaps.gaps, _blind_spots(gaps.gaps), strict=True)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-(row.gap.deficit or 0), row.gap.state == "met", row.gap.name))


def _blind_spots(gaps: list[Gap]) -> list[bool]:
    levels = [[np.nan if level is None else level for level in column] for column in (
        [gap.deficit for gap in gaps], [gap.required for gap in gaps], [gap.assessed for gap in gaps],
        [gap.self_rated for gap in gaps])]  # fmt: skip
    return blind_spots(*(np.asarray(column, dtype=np.float64) for column in levels)).tolist()


def _methods(call: Call, employee: str) -> dict[tuple[str, date | None], str]:
    parts = parts_of(call)
    with transaction(parts.database.engine) as connection:
        rows = parts.database.read_rows_of(connection, "assessments", employee)
    rows = rows[rows["method"] != "self"]
    days = [None if pd.isna(day) else day.date() for day in rows["assessed_on"]]
    kinds = rows["method"].fillna("assessment-centre")
    return dict(zip(zip(rows["competency"], days, strict=True), kinds, strict=True))


def draw_gaps(rows: list[GapRow], wording: Wording) -> Markup:
    """Return the picture of where somebody stands."""
    most = max([1.0, *(float(v) for row in rows for v in (row.gap.required, row.gap.assessed) if v is not None)])

    def share(level: float | None) -> float | None:
        return None if level is None else min(1.0, max(0.0, level / most))

    def words(gap: Gap) -> str:
        found = "?" if gap.assessed is None else wording.brief(gap.assessed)
        return wording.text("{assessed} of {required}", assessed=found, required=wording.brief(gap.required or 0))

    standings = [Standing(label=row.gap.name, required=share(row.gap.required), assessed=share(row.gap.assessed),
                          text=words(row.gap), has_expired=row.gap.state == "expired") for row in rows]  # fmt: skip
    return draw_standings(
        "standing", rows=standings, title=wording.text("Levels found and required"),
        description=wording.text(
            "A bar for the level found, dashed where the assessment has expired; a line for the level required; "
            "the table below says the same."
        ),
    )  # fmt: skip


@get("/", opt=rule("pages.own"), **THREAD)
def home(request: Call) -> Response[Any]:
    """Show where the reader stands, or send on who has no profile of their own."""
    caller = known_caller(request)
    if caller.employee is None:
        return go(home_of(menu_of(caller, parts_of(request).reach)))
    return show(request, "profile.html.j2", is_own=True, **person_view(request, caller.employee))


def person_view(call: Call, employee: str) -> dict[str, Any]:
    """Return what a person's page shows: gaps, hours, first suggestions."""
    gaps = gaps_of(call, employee)
    rows = gap_rows(call, employee, gaps)
    found = list_of(call, employee, ListFilter(limit=N_FIRST))
    return {"person": gaps, "rows": rows, "picture": draw_gaps(rows, wording_of(call)),
            "history": history_of(call, employee), "first": found.items[:N_FIRST], "notice": found.notice}  # fmt: skip


@get("/my-history", opt=rule("people.read"), **THREAD)
def own_history(request: Call) -> Response[str]:
    """Show past trainings and learning hours."""
    employee = own_number(request)
    history: PersonHistory = history_of(request, employee)
    claims = answered_of(request, employee, CLAIMED)
    return show(request, "history.html.j2", history=history, statuses=STATUSES, counted=WORDS, claims=claims,
                claimed=CLAIM_STATES, names=_training_names(request) if claims else {})  # fmt: skip


def _training_names(call: Call) -> dict[str, str]:
    parts = parts_of(call)
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings
    return dict(zip(trainings.ids.tolist(), trainings.names.tolist(), strict=True))


@get("/my-history/certificates", opt=rule("people.export"), **THREAD)
def own_certificates(request: Call) -> Response[bytes]:
    """Hand out a credential for each completed training, as Open Badges 3.0."""
    employee = own_number(request)
    database = parts_of(request).database
    tables = database.read_some(CREDENTIAL_TABLES)
    with transaction(database.engine) as connection:
        tables["history"] = database.read_rows_of(connection, "history", employee)
    found = credentials(with_titles(tables), employee)
    headers = {"Content-Disposition": 'attachment; filename="certificates.json"'}
    content = msgspec.json.format(msgspec.json.encode(found), indent=1)
    return Response(content=content, media_type="application/json", headers=headers)


WORDS = {
    "": "as recorded; no rule of this form is on file", "actual": "as long as it lasted, times {rate}",
    "day": "{rate} JP a day", "session": "{rate} JP a session", "semester": "{rate} JP a semester",
    "assignment": "{rate} JP an assignment", "visit": "{rate} JP a visit",
}  # fmt: skip
CLAIM_STATES = {CONFIRMED: "Confirmed, and entered", REFUSED: "Not confirmed"}
STATUSES = {
    "completed": "Completed", "failed": "Not passed", "withdrawn": "Withdrawn", "cancelled": "Cancelled",
    "enrolled": "Enrolled",
}  # fmt: skip


@get("/my-data/file", opt=rule("people.export"), **THREAD)
def own_data_file(request: Call) -> Response[bytes]:
    """Hand out everything on file as a file."""
    document = document_of(request, own_number(request))
    content = json.dumps(msgspec.to_builtins(document), ensure_ascii=False, indent=1).encode()
    headers = {"Content-Disposition": 'attachment; filename="bangkom-data.json"'}
    return Response(content=content, media_type="application/json", headers=headers)


def own_handlers() -> list[Any]:
    """Return the routes of employees' own pages."""
    return [home, own_history, own_certificates, own_data_file]
