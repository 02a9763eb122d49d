"""Everybody's catalogue: trainings found by words, mode and competency, and a page of each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from litestar import Response, get
from litestar.params import FromPath

from service.api.context import Call, parts_of, rule
from service.api.problems import wording_of
from service.phrases import competency_name
from service.portal.desk.view import asked_for, paged
from service.portal.page import THREAD, show
from service.spelling import folded
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import look_up
from training_catalog.errors import UnknownIdError
from training_catalog.offering import UNLIMITED_SEATS
from training_catalog.tables_people import EMPLOYMENT_TYPES
from training_catalog.training import MODES

MOST_CHOICES = 600  # competencies up to which a list offers them


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A training in the list."""

    code: str
    name: str
    mode: str
    hours: float
    teaches: tuple[str, ...]
    next_start: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a training teaches; levels as on the framework's own scale, None where not given."""

    name: str
    level_from: float | None
    level_to: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A dated class."""

    code: str
    mode: str
    start: date
    end: date
    place: str
    seats: int | None
    cost: int
    hours: float
    is_open: bool
    is_past: bool


def catalog_of(call: Call) -> Catalog:
    """Return the catalogue that serves."""
    parts = parts_of(call)
    return parts.snapshots.current(parts.watch.look()).office.catalog


def _targets(catalog: Catalog, training: int) -> slice:
    return slice(int(catalog.trainings.target_bounds[training]), int(catalog.trainings.target_bounds[training + 1]))


def _next_start(catalog: Catalog, training: int) -> date | None:
    """Return the first day of the next open class; None for none."""
    offerings = catalog.offerings
    is_next = (offerings.training == training) & offerings.is_open & (offerings.start >= np.datetime64(catalog.on, "D"))
    return offerings.start[is_next].min().item() if is_next.any() else None


def _course(catalog: Catalog, training: int, wording: Wording) -> Course:
    trainings = catalog.trainings
    taught = trainings.target_competency[_targets(catalog, training)].tolist()
    return Course(
        code=str(trainings.ids[training]), name=str(trainings.names[training]), hours=float(trainings.hours[training]),
        mode=MODES[int(trainings.mode[training])], next_start=_next_start(catalog, training),
        teaches=tuple(competency_name(catalog, one, wording) for one in taught),
    )  # fmt: skip


def _matches(catalog: Catalog, *, words: str, mode: str, competency: str) -> list[int]:
    """Return the open trainings that fit, by name."""
    trainings = catalog.trainings
    fits = trainings.is_open.copy()
    if mode in MODES:
        fits &= trainings.mode == MODES.index(mode)
    if competency:
        wanted = np.flatnonzero(catalog.competencies.ids == competency)
        counts = np.diff(trainings.target_bounds)
        owner = np.repeat(np.arange(len(trainings.ids)), counts)
        fits &= np.isin(np.arange(len(trainings.ids)), owner[np.isin(trainings.target_competency, wanted)])
    found = [int(row) for row in np.flatnonzero(fits) if _has_words(catalog, int(row), words)]
    return sorted(found, key=lambda row: (str(trainings.names[row]).casefold(), row))


def _has_words(catalog: Catalog, row: int, words: str) -> bool:
    trainings = catalog.trainings
    taught = trainings.target_competency[_targets(catalog, row)]
    competencies = " ".join((*catalog.competencies.names[taught], *catalog.competencies.names_en[taught]))
    text = folded(f"{trainings.names[row]} {trainings.ids[row]} {trainings.topic[row]} {competencies}")
    return all(word in text for word in folded(words).split())


def _competency_choices(catalog: Catalog, wording: Wording) -> list[tuple[str, str]]:
    """Return the competencies that are taught; none where they are too many for a list, and found by words."""
    taught = sorted(set(catalog.trainings.target_competency.tolist()))
    if len(taught) > MOST_CHOICES:
        return []
    named = [(str(catalog.competencies.ids[one]), competency_name(catalog, one, wording)) for one in taught]
    return [("", wording.text("any")), *sorted(named, key=lambda pair: pair[1].casefold())]


@get("/catalog", opt=rule("catalog.read"), **THREAD)
def catalog_list(request: Call) -> Response[str]:
    """Show trainings that fit, by name."""
    catalog, wording = catalog_of(request), wording_of(request)
    asked = {name: asked_for(request, name) for name in ("q", "mode", "competency")}
    rows = _matches(catalog, words=asked["q"], mode=asked["mode"], competency=asked["competency"])
    pages = paged(request, len(rows))
    modes = [("", wording.text("any")), *((mode, wording.text(mode)) for mode in MODES)]
    return show(request, "desk/catalog.html.j2", asked=asked, pages=pages, modes=modes,
                courses=[_course(catalog, row, wording) for row in rows[pages.shown]],
                has_courses=bool(catalog.trainings.is_open.any()),
                competencies=_competency_choices(catalog, wording))  # fmt: skip


def targets_of(catalog: Catalog, training: int, wording: Wording) -> list[Target]:
    """Return what a training teaches."""
    rows, trainings = _targets(catalog, training), catalog.trainings
    return [
        Target(name=competency_name(catalog, one, wording), level_from=_level(low * sign), level_to=_level(high * sign))
        for one, low, high, sign in zip(
            trainings.target_competency[rows].tolist(), trainings.level_from[rows].tolist(),
            trainings.level_to[rows].tolist(),
            catalog.competencies.direction[trainings.target_competency[rows]].tolist(), strict=True,
        )
    ]  # fmt: skip


def _level(value: float) -> float | None:
    return None if np.isnan(value) else value


def sessions_of(catalog: Catalog, training: int) -> list[Session]:
    """Return the classes of a training, by first day."""
    offerings = catalog.offerings
    rows = np.flatnonzero(offerings.training == training)
    found = [
        Session(
            code=str(offerings.ids[i]), mode=MODES[int(offerings.mode[i])], start=offerings.start[i].item(),
            end=offerings.end[i].item(), place=str(offerings.city[i] or offerings.province[i]),
            seats=int(offerings.seats_max[i]) if offerings.seats_max[i] < UNLIMITED_SEATS else None,
            cost=int(offerings.seat_cost[i]), hours=float(catalog.class_hours[i]), is_open=bool(offerings.is_open[i]),
            is_past=offerings.end[i].item() < catalog.on,
        )
        for i in rows.tolist()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.is_past, one.start, one.code))


def _for_whom(catalog: Catalog, training: int) -> tuple[str, ...]:
    """Return employment types and position classes that a training is limited to; empty for none."""
    trainings = catalog.trainings
    types = [name for name, may in zip(EMPLOYMENT_TYPES, trainings.type_allowed[training].tolist(), strict=True) if may]
    limited = types if len(types) < len(EMPLOYMENT_TYPES) else []
    if trainings.restricts_class[training]:
        limited = [*limited, *catalog.positions.classes[trainings.class_allowed[training]].tolist()]
    return tuple(str(one) for one in limited)


@get("/catalog/{code:path}", opt=rule("catalog.read"), **THREAD)
def catalog_page(request: Call, code: FromPath[str]) -> Response[str]:
    """Show a training: what it teaches, its classes, and what comes first.

    Raises
    ------
    UnknownIdError
        When there is no such training.
    """
    catalog, wording, wanted = catalog_of(request), wording_of(request), str(code).removeprefix("/")
    trainings = catalog.trainings
    row = int(look_up(trainings.ids, np.asarray([wanted], dtype=np.str_))[0])
    if row < 0:
        raise UnknownIdError("training", wanted)
    first = trainings.requires[int(trainings.prerequisite_bounds[row]) : int(trainings.prerequisite_bounds[row + 1])]
    sessions = sessions_of(catalog, row)
    pages = paged(request, len(sessions))
    return show(request, "desk/training.html.j2", course=_course(catalog, row, wording),
                targets=targets_of(catalog, row, wording), sessions=sessions[pages.shown], pages=pages,
                first=[(str(trainings.ids[one]), str(trainings.names[one])) for one in first.tolist()],
                for_whom=_for_whom(catalog, row), is_open=bool(trainings.is_open[row]),
                topic=str(trainings.topic[row]),
                provider=str(trainings.provider[row]))  # fmt: skip


def catalog_handlers() -> list[Any]:
    """Return the routes of the catalogue."""
    return [catalog_list, catalog_page]
