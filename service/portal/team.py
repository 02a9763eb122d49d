"""What supervisors see of their unit: gaps of everybody, hours, absences; and what they say of a person."""

import csv
import io
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
import sqlalchemy as sa
from litestar import Response, get, post
from litestar.params import FromPath

from recommender.gap import STATE_NAMES, Gaps, find_gaps
from recommender.learning_hours import hours_taken
from service import records
from service.access import Reach
from service.api.context import Call, known_caller, parts_of, reach_of_call, rule
from service.api.people import check_person
from service.api.problems import wording_of
from service.api.recommendations import list_of
from service.exports.tables import neutralise
from service.list_items import ListFilter
from service.lookup import Person
from service.phrases import competency_name
from service.portal.desk.view import asked_for, names_of
from service.portal.forms import Form, form_of
from service.portal.own import person_view
from service.portal.page import THREAD, go, page_asked, show
from service.portal.said import said_of, say
from service.snapshot import Snapshot, person_in
from service.spelling import folded
from service.storage.engine import transaction
from service.storage.schema import DATABASE_TABLES
from service.storage.statements import ENDORSED, NOMINATED, NOT_ENDORSED
from service.wording import Wording
from training_catalog.errors import UnknownIdError
from training_catalog.tables_people import EMPLOYMENT_TYPES

A_PAGE = 30  # people
NO_UNIT = "-"  # stands for people who are in no unit
N_WIDEST = 12  # competencies of the map; the rest on request
WORDS = {"leave": "Leave", "study": "Study assignment", "duty": "Duty"}
STATUSES = {NOMINATED: "Nominated", ENDORSED: "Endorsed", NOT_ENDORSED: "Not endorsed"}


def _is_below(hours: float, floor: float | None) -> bool:
    return floor is not None and hours < floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One person in one competency: how it is drawn, and said."""

    kind: str
    text: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a unit."""

    employee: str
    name: str
    position: str
    cells: tuple[Cell, ...]
    n_blind: int
    hours: float
    floor: float | None
    away: tuple[tuple[Any, Any], ...]

    @property
    def is_short(self) -> bool:
        """Whether the year's hours are below the floor."""
        return _is_below(self.hours, self.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of people is narrowed to."""

    unit: str
    words: str
    only_short: bool

    @property
    def address(self) -> str:
        """The same, as the end of an address."""
        told = {"unit": self.unit, "q": self.words, "short": "1" if self.only_short else ""}
        return urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People of a unit, or found by words; a page of them, and the competencies of the map."""

    asked: Asked
    units: tuple[tuple[str, str], ...]
    members: tuple[Member, ...]
    competencies: tuple[tuple[str, str], ...]
    n_competencies: int
    page: int
    n_pages: int
    n_people: int


def _units(connection: sa.Connection, reach: Reach, wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return the units within reach that have people, by name; last, for whoever sees everybody, those without one."""
    people, units = DATABASE_TABLES["employees"], DATABASE_TABLES["units"]
    theirs = (records.within("employees", reach), people.c.unit == units.c.unit)
    query = sa.select(units.c.unit, units.c.name).where(*theirs).distinct().order_by(units.c.name)
    found = tuple((str(row.unit), str(row.name or row.unit)) for row in connection.execute(query))
    strays = sa.select(people.c.employee).where(_is_stray()).limit(1)
    if reach.everyone and connection.execute(strays).first() is not None:
        return (*found, (NO_UNIT, wording.text("Without a unit")))
    return found


def _is_stray() -> sa.ColumnElement[bool]:
    """Return the condition on people who are in no unit that is on file."""
    people, units = DATABASE_TABLES["employees"].c, DATABASE_TABLES["units"].c
    return sa.or_(people.unit.is_(None), people.unit.not_in(sa.select(units.unit)))


def _own_unit(connection: sa.Connection, reach: Reach) -> str:
    people = DATABASE_TABLES["employees"].c
    found = connection.execute(sa.select(people.unit).where(people.employee == (reach.employee or ""))).scalar()
    return str(found) if found is not None and (reach.everyone or found in reach.units) else ""


def _numbers(connection: sa.Connection, reach: Reach, asked: Asked) -> list[str]:
    """Return the numbers of a unit's people by name, or of all within reach whose name or number has all the words."""
    people, words = DATABASE_TABLES["employees"], folded(asked.words).split()
    query = sa.select(people.c.employee, people.c.name).where(records.within("employees", reach))
    if not words:
        query = query.where(_is_stray() if asked.unit == NO_UNIT else people.c.unit == asked.unit)
    query = query.where(sa.func.coalesce(people.c.status, "active").not_in(["inactive", "retired"]))
    rows = connection.execute(query.order_by(people.c.name, people.c.employee)).all()
    told = ((str(row.employee), folded(f"{row.name} {row.employee}")) for row in rows)
    return [number for number, text in told if all(word in text for word in words)]


def _asked(call: Call, own: str, units: Sequence[tuple[str, str]]) -> Asked:
    """Return what is asked for; where no unit is named, the own one or the first.

    Raises
    ------
    UnknownIdError
        When the unit is not within reach.
    """
    unit = asked_for(call, "unit") or own or (units[0][0] if units else "")
    if units and unit not in dict(units):
        raise UnknownIdError("unit", unit)
    return Asked(unit=unit, words=asked_for(call, "q"), only_short=bool(asked_for(call, "short")))


def _people(
    call: Call, snapshot: Snapshot, connection: sa.Connection, asked: Asked
) -> tuple[Sequence[Person], int, int, int]:
    """Return a page of people, its number, how many pages there are, and how many people."""
    parts = parts_of(call)
    numbers = _numbers(connection, reach_of_call(call), asked)

    def known(some: Sequence[str]) -> list[Person]:
        return [person_in(snapshot, parts.database, connection, number)[0] for number in some]

    lacking = [one for one in known(numbers) if _is_below(*_hours(call, one))] if asked.only_short else None
    n_people = len(numbers) if lacking is None else len(lacking)
    n_pages = max(1, -(-n_people // A_PAGE))
    page = page_asked(call, n_pages)
    shown = slice((page - 1) * A_PAGE, page * A_PAGE)
    return known(numbers[shown]) if lacking is None else lacking[shown], page, n_pages, n_people


def team_of(call: Call, *, all_columns: bool) -> Team:
    """Return a page of the people within the caller's reach that are asked for.

    Raises
    ------
    UnknownIdError
        When the unit is not within reach.
    """
    parts, reach = parts_of(call), reach_of_call(call)
    snapshot = parts.snapshots.current(parts.watch.look())
    with transaction(parts.database.engine) as connection:
        units = _units(connection, reach, wording_of(call))
        asked = _asked(call, _own_unit(connection, reach), units)
        people, page, n_pages, n_people = _people(call, snapshot, connection, asked)
    gaps = [find_gaps(one.crew, snapshot.office.catalog, snapshot.office.on, parts.policy.gap) for one in people]
    order = _widest(gaps)
    shown = order if all_columns else order[:N_WIDEST]
    catalog, wording = snapshot.office.catalog, wording_of(call)
    names = tuple((str(catalog.competencies.ids[i]), competency_name(catalog, i, wording)) for i in shown)
    members = tuple(_member(call, one, own, shown) for one, own in zip(people, gaps, strict=True))
    return Team(asked=asked, units=units, members=members, competencies=names, n_competencies=len(order), page=page,
                n_pages=n_pages, n_people=n_people)  # fmt: skip


def _widest(gaps: Sequence[Gaps]) -> list[int]:
    """Return the competencies that somebody's position asks for, those most is lacking in first."""
    total: dict[int, float] = {}
    for own in gaps:
        for competency, need in zip(own.competency.tolist(), own.need.tolist(), strict=True):
            total[competency] = total.get(competency, 0.0) + need
    return sorted(total, key=lambda competency: (-total[competency], competency))


def _hours(call: Call, person: Person) -> tuple[float, float | None]:
    """Return a person's learning hours of this year, and the least that are asked for; None without a floor."""
    parts, kind = parts_of(call), EMPLOYMENT_TYPES[int(person.crew.employment_type[0])]
    hours = hours_taken(person.crew, person.office.catalog, parts.settings.today().year)
    return float(hours[0]), parts.policy.plan.hours_floor.get(kind)


def _member(call: Call, person: Person, gaps: Gaps, shown: Sequence[int]) -> Member:
    crew = person.crew
    rows = {competency: row for row, competency in enumerate(gaps.competency.tolist())}
    hours, floor = _hours(call, person)
    blind = gaps.is_blind_spot
    today = np.datetime64(person.office.on, "D")
    ahead = crew.absences.end >= today
    return Member(
        employee=str(crew.ids[0]), name=person.name, position=str(person.identity["position"] or ""),
        cells=tuple(_cell(call, gaps, rows.get(competency)) for competency in shown), n_blind=int(blind.sum()),
        hours=hours, floor=floor,
        away=tuple(zip(crew.absences.start[ahead].tolist(), crew.absences.end[ahead].tolist(), strict=True)),
    )  # fmt: skip


def _cell(call: Call, gaps: Gaps, row: int | None) -> Cell:
    wording = wording_of(call)
    if row is None:
        return Cell(kind="", text="", words=wording.text("not asked for"))
    state = STATE_NAMES[int(gaps.state[row])]
    if state == "never-assessed":
        return Cell(kind="dx", text="?", words=wording.text("never assessed"))
    deficit = float(gaps.deficit[row])
    if deficit <= 0:
        return Cell(kind="d0", text="0", words=wording.text("meets the standard"))
    mark = "*" if state == "expired" else ""
    return Cell(kind="d1" if deficit < 2 else "d2", text=f"-{wording.brief(deficit)}{mark}",  # noqa: PLR2004 (two levels)
                words=wording.text("{levels} levels short", levels=wording.brief(deficit)))  # fmt: skip


@get("/team", opt=rule("team.read"), **THREAD)
def team(request: Call) -> Response[str]:
    """Show a unit's people."""
    all_columns = "all" in request.query_params
    return show(request, "team.html.j2", team=team_of(request, all_columns=all_columns), form=Form())


@get("/team-file", opt=rule("team.read"), **THREAD)
def team_file(request: Call) -> Response[bytes]:
    """Hand out the people of the page as a file, and nobody else."""
    wording = wording_of(request)
    found = team_of(request, all_columns=True)
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow([wording.text("NIP"), wording.text("Name"), "JP", *(name for _, name in found.competencies)])
    for one in found.members:
        table.writerow([neutralise(one.employee), neutralise(one.name), wording.brief(one.hours),
                        *(cell.text.replace("-", "") for cell in one.cells)])  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="team.csv"'}
    return Response(content=b"\xef\xbb\xbf" + written.getvalue().encode(), media_type="text/csv", headers=headers)


@get("/team/{employee:str}", opt=rule("team.read"), **THREAD)
def member(request: Call, employee: FromPath[str]) -> Response[str]:
    """Show a person of the unit."""
    return _member_page(request, employee, Form())


def _days(employee: str, row: dict[Hashable, Any]) -> dict[str, Any]:
    start = row["start_date"].date()
    return {"id": records.public_id(f"{employee}\x1f{start}"), "start": start, "end": row["end_date"].date(),
            "kind": row["kind"] or "leave"}  # fmt: skip


def _member_page(call: Call, employee: str, form: Form, status: int = 200) -> Response[str]:
    check_person(call, employee)
    found = list_of(call, employee, ListFilter(limit=10))
    with transaction(parts_of(call).database.engine) as connection:
        absences = parts_of(call).database.read_rows_of(connection, "absences", employee)
    days = [_days(employee, row) for row in absences.to_dict("records")]
    said = said_of(call, [employee], NOMINATED, ENDORSED, NOT_ENDORSED)
    return show(
        call, "member.html.j2", status=status, form=form, is_own=False, employee=employee, found=found, days=days,
        kinds=WORDS, statuses=STATUSES, said=said,
        names=names_of(call, "trainings", sorted({one.training for one in said if one.training})),
        **person_view(call, employee),
    )  # fmt: skip


@post("/team/{employee:str}/word", opt=rule("team.write"), **THREAD)
def say_of_member(request: Call, employee: FromPath[str]) -> Response[Any]:
    """Nominate a person for a training, endorse a suggestion, or not, with the reason."""
    check_person(request, employee)
    form, wording, parts = form_of(request), wording_of(request), parts_of(request)
    kind = form.button("kind", STATUSES, wording.text("Choose one of the answers."))
    trainings = parts.snapshots.current(parts.watch.look()).office.catalog.trainings.ids
    if form.get("training") not in trainings:
        form.faults["training"] = wording.text("No training of this code is on file.")
    if kind == NOT_ENDORSED and not form.get("words"):
        form.faults["words"] = wording.text("Say why you do not endorse it.")
    if form.faults or kind is None:
        return _member_page(request, employee, form, 422)
    say(request, kind, employee, training=form.get("training"), words=form.get("words") or None)
    return go(f"/team/{employee}", "nominated")


def _known_days(absences: list[dict[Hashable, Any]], values: dict[str, Any]) -> tuple[date, date] | None:
    """Return the days noted from the same first day on, where they are others: they would be lost without a word."""
    for row in absences:
        start, end = row["start_date"].date(), row["end_date"].date()
        if start == values["start_date"] and (end, row["kind"] or "leave") != (values["end_date"], values["kind"]):
            return start, end
    return None


@post("/team/{employee:str}/days", opt=rule("team.write"), **THREAD)
def set_days(request: Call, employee: FromPath[str]) -> Response[Any]:
    """Note days on which a person cannot attend."""
    check_person(request, employee)
    form, wording, parts = form_of(request), wording_of(request), parts_of(request)
    fault = wording.text("A day such as 2027-03-31 or 31/03/2027.")
    start, end = form.day("start", fault), form.day("end", fault)
    kind = form.choice("kind", WORDS, wording.text("Choose a reason."))
    for name, value in (("start", start), ("end", end)):
        if value is None:
            form.faults.setdefault(name, wording.text("This must be filled in."))
    if start is not None and end is not None and end < start:
        form.faults["end"] = wording.text("This is before the first day.")
    if form.faults:
        return _member_page(request, employee, form, 422)
    values = {"employee": employee, "start_date": start, "end_date": end, "kind": kind}
    with parts.database.writing_as(known_caller(request).subject, "portal") as writing:
        absences = parts.database.read_rows_of(writing.connection, "absences", employee)
        known = _known_days(absences.to_dict("records"), values)
        if known is not None:
            form.faults["start"] = wording.text("Days from {start} to {end} are noted already; take them away first.",
                                                start=wording.date(known[0]), end=wording.date(known[1]))  # fmt: skip
            return _member_page(request, employee, form, 422)
        outcome = records.write_records(parts.database, writing, "absences", [values], reach_of_call(request), wording)[
            0
        ]
    if outcome.state == records.REFUSED:
        form.faults[""] = "; ".join(problem.message for problem in outcome.problems)
        return _member_page(request, employee, form, 422)
    return go(f"/team/{employee}", "away")


@post("/team/{employee:str}/days/remove", opt=rule("team.write"), **THREAD)
def remove_days(request: Call, employee: FromPath[str]) -> Response[Any]:
    """Take noted days away again."""
    check_person(request, employee)
    parts, wanted = parts_of(request), form_of(request).get("days")
    with parts.database.writing_as(known_caller(request).subject, "portal") as writing:
        found = records.read_record(writing.connection, "absences", wanted, reach_of_call(request))
        if found.values["employee"] != employee:
            raise UnknownIdError("absence", wanted)
        records.delete_record(writing, "absences", wanted)
    return go(f"/team/{employee}", "away")


def team_handlers() -> list[Any]:
    """Return the routes of supervisors."""
    return [team, team_file, member, say_of_member, set_days, remove_days]
