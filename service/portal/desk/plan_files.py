"""A plan as files: seats, workbook, report, rosters; each within the reader's reach."""

import io
import zipfile
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from service.api.context import Call, parts_of, rule
from service.api.jobs import attachment
from service.api.plans import KINDS, plan_content
from service.api.problems import wording_of
from service.exports.plan_files import to_csv
from service.exports.plan_names import NAMED, Names, names_from
from service.exports.plan_rosters import MOST_SHEETS, Roster, roster_sheet, roster_workbook, rosters
from service.portal.desk.plan_head import Shown, shown_plan
from service.portal.desk.view import asked_for
from service.portal.page import THREAD
from service.records import OutOfReachError
from service.reports.plan_report import render_report
from training_catalog.errors import UnknownIdError

CSV, XLSX, ZIP, HTML = KINDS["csv"], KINDS["xlsx"], "application/zip", "text/html; charset=utf-8"


def _file(name: str, content: bytes, kind: str) -> Response[bytes]:
    return Response(content=content, media_type=kind, headers=attachment(name))


@get("/plans/{plan_id:str}/files/{kind:str}", opt=rule("plans.read"), **THREAD)
def seats_file(request: Call, plan_id: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
    """Hand out the seats as CSV or Parquet, or the plan as XLSX.

    Raises
    ------
    UnknownIdError
        When there is no such kind of file.
    """
    if kind not in KINDS:
        raise UnknownIdError("file", kind, tuple(KINDS))
    name, content = plan_content(request, plan_id, kind)
    return _file(f"{plan_id}-{name}", content, KINDS[kind])


def _names(call: Call) -> Names:
    return names_from(parts_of(call).database.read_some(NAMED), lang=wording_of(call).lang)


@get("/plans/{plan_id:str}/report", opt=rule("plans.read"), **THREAD)
def report(request: Call, plan_id: FromPath[str]) -> Response[bytes]:
    """Hand out the report, whose sums are those of everybody, to who may see everybody.

    Raises
    ------
    OutOfReachError
        For everybody else.
    """
    shown = shown_plan(request, plan_id)
    if not shown.is_whole:
        raise OutOfReachError
    page = render_report(shown.plan, _names(request), wording_of(request), plan_id=plan_id)
    return _file(f"{plan_id}.html", page.encode(), HTML)


def _rosters(call: Call, shown: Shown) -> list[Roster]:
    return list(rosters(shown.plan, _names(call), wording_of(call)))


@get("/plans/{plan_id:str}/roster", opt=rule("plans.read"), **THREAD)
def roster(request: Call, plan_id: FromPath[str]) -> Response[bytes]:
    """Hand out who sits in one class.

    Raises
    ------
    UnknownIdError
        When no class of the plan with people in reach has that code.
    """
    shown, offering = shown_plan(request, plan_id), asked_for(request, "class")
    for found in _rosters(request, shown):
        if found.offering == offering:
            return _file(
                f"{found.stem}.csv", to_csv(roster_sheet(found, wording_of(request)), wording_of(request)), CSV
            )
    raise UnknownIdError("offering", offering)


@get("/plans/{plan_id:str}/rosters", opt=rule("plans.read"), **THREAD)
def all_rosters(request: Call, plan_id: FromPath[str]) -> Response[bytes]:
    """Hand out the rosters: one workbook, or a ZIP with a CSV file a class where there are many."""
    shown, wording = shown_plan(request, plan_id), wording_of(request)
    found = _rosters(request, shown)
    if len(found) <= MOST_SHEETS:
        return _file(f"{plan_id}-rosters.xlsx", roster_workbook(found, shown.plan, wording), XLSX)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in found:
            archive.writestr(f"{one.stem}.csv", to_csv(roster_sheet(one, wording), wording))
    return _file(f"{plan_id}-rosters.zip", buffer.getvalue(), ZIP)


def plan_file_handlers() -> list[Any]:
    """Return the routes of a plan's files."""
    return [seats_file, report, roster, all_rosters]
