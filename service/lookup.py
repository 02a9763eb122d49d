"""One person's gaps and recommendations as documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from recommender.catalog_day import CatalogDay
from recommender.counterfactual import Setting, change_to_rank_first
from recommender.eligibility import REASONS
from recommender.explanation import Context, explain_row, is_blind_spot
from recommender.gap import STATE_NAMES, Gaps, find_gaps, job_person_match
from recommender.policy import Policy
from recommender.prospects import Prospects
from recommender.ranking import RankedLists
from recommender.use_cases import find_prospects, rank_prospects
from recommender.workforce import Workforce
from service.phrases import competency_name, left_out_text, reason_text, verdict_text
from service.pipeline import Background, Office, explanation_context
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray
from training_catalog.training import MODES


def _plain(value: float) -> float | int | None:
    """Return a figure without a needless point; None where it is not known."""
    if value != value:  # noqa: PLR0124 (not a number; numpy takes ten times as long to say so of one figure)
        return None
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


def gap_rows(gaps: Gaps, catalog: Catalog, wording: Wording) -> list[dict[str, Any]]:
    """Return every required competency of the people in `gaps`, levels as on the framework's own scale."""
    sign = catalog.competencies.direction[gaps.competency]
    return [
        {
            "competency": str(catalog.competencies.ids[competency]),
            "name": competency_name(catalog, competency, wording),
            "required": _plain(gaps.required[i] * sign[i]),
            "assessed": _plain(gaps.assessed[i] * sign[i]),
            "deficit": _plain(gaps.deficit[i]),
            "state": STATE_NAMES[int(gaps.state[i])],
            "assessed_on": None if np.isnat(gaps.assessed_on[i]) else gaps.assessed_on[i].item(),
            "self_rated": _plain(gaps.self_rated[i] * sign[i]),
            "default": bool(gaps.is_default[i]),
        }
        for i, competency in enumerate(gaps.competency.tolist())
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person before a catalogue.

    Parameters
    ----------
    office : Catalogue, predictor and day.
    crew : Workforce of this one person.
    name : As on file.
    row : Row in the workforce of the office; None for rows that are not its own.
    """

    office: Office
    crew: Workforce
    name: str
    row: int | None = None

    @property
    def unit(self) -> str:
        """Code of the unit; empty for none."""
        unit = int(self.crew.unit[0])
        return str(self.crew.units.ids[unit]) if unit >= 0 else ""

    @property
    def identity(self) -> dict[str, Any]:
        """Number, name, position and unit, as documents show them."""
        position, unit = int(self.crew.position[0]), int(self.crew.unit[0])
        names = self.office.catalog.positions.names
        return {
            "employee": str(self.crew.ids[0]),
            "name": self.name,
            "position": str(names[position]) if position >= 0 else None,
            "unit": str(self.crew.units.names[unit]) if unit >= 0 else None,
        }


def person_of(office: Office, nip: str) -> Person:
    """Return a person of an office.

    Raises
    ------
    UnknownIdError
        When nobody has that number.
    """
    crew, people = office.workforce.take(office.person(nip)), office.tables["employees"]
    return Person(office=office, crew=crew, name=str(people.loc[people["employee"] == nip, "name"].iloc[0]))


def gap_document(person: Person, policy: Policy, wording: Wording) -> dict[str, Any]:
    """Return one person's gaps."""
    office = person.office
    gaps = find_gaps(person.crew, office.catalog, office.on, policy.gap)
    match = job_person_match(gaps)
    return {
        **person.identity,
        "on": office.on,
        "catalog": office.catalog.version,
        "gaps": gap_rows(gaps, office.catalog, wording),
        "job_person_match": _plain(match[0]) if len(match) else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """What to show of a list.

    Parameters
    ----------
    limit : Most items.
    mode : Only classes of this mode.
    max_cost : Only classes of at most this cost, in rupiah.
    start, end : Only classes that begin on or after, and end on or before.
    """

    limit: int = 10
    mode: str | None = None
    max_cost: int | None = None
    start: date | None = None
    end: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether classes have to be chosen anew."""
        return any(value is not None for value in (self.mode, self.max_cost, self.start, self.end))


def _keeps(office: Office, wanted: ListFilter) -> Callable[[int, int], bool]:
    """Return a test of a class by its offering and cost."""
    offerings = office.catalog.offerings

    def keeps(offering: int, cost: int) -> bool:
        starts, ends = offerings.start[offering].item(), offerings.end[offering].item()
        return (
            (wanted.mode is None or MODES[int(offerings.mode[offering])] == wanted.mode)
            and (wanted.max_cost is None or cost <= wanted.max_cost)
            and (wanted.start is None or starts >= wanted.start)
            and (wanted.end is None or ends <= wanted.end)
        )

    return keeps


def _option_shown(lists: RankedLists, row: int, keeps: Callable[[int, int], bool] | None) -> int | None:
    """Return the option to show of a row: the list's own, or the cheapest that passes the filter; None for none."""
    if keeps is None:
        return int(lists.option[row])
    options = lists.options
    mine = np.flatnonzero(options.pair == lists.pair[row])
    passing = [int(i) for i in mine if keeps(int(options.offering[i]), int(options.cost[i]))]
    return min(passing, key=lambda i: (int(options.cost[i]), int(options.offering[i])), default=None)


def _item(office: Office, lists: RankedLists, row: int, option: int) -> dict[str, Any]:
    catalog = office.catalog
    training = int(lists.training[row])
    item: dict[str, Any] = {
        "training": str(catalog.trainings.ids[training]),
        "name": str(catalog.trainings.names[training]),
        "offering": None,
        "benefit": round(float(lists.benefit[row]), 6),
        "low": round(float(lists.lower[row]), 6),
        "high": round(float(lists.upper[row]), 6),
        "completion": round(float(lists.completion[row]), 6),
        "cost": None,
        "hours": _plain(catalog.trainings.hours[training]),
        "mode": MODES[int(catalog.trainings.mode[training])],
        "start": None,
        "end": None,
    }
    if option >= 0:
        offering = int(lists.options.offering[option])
        item |= {
            "offering": str(catalog.offerings.ids[offering]),
            "cost": int(lists.options.cost[option]),
            "hours": _plain(catalog.class_hours[offering]),
            "mode": MODES[int(catalog.offerings.mode[offering])],
            "start": catalog.offerings.start[offering].item(),
            "end": catalog.offerings.end[offering].item(),
        }
    return item


def _worth_showing(lists: RankedLists, shown: list[tuple[int, int]], limit: int) -> list[tuple[int, tuple[int, int]]]:
    """Return the first rows with their rank; the best light class is added if none is among them."""
    ranked = list(enumerate(shown, start=1))
    first = ranked[:limit]
    if not any(lists.suits_full_calendar[row] for _, (row, _) in first):
        first += [entry for entry in ranked[limit:] if lists.suits_full_calendar[entry[1][0]]][:1]
    return first


def item_reasons(
    person: Person, lists: RankedLists, row: int, context: Context, wording: Wording, spots: BoolArray | None = None
) -> list[dict[str, Any]]:
    """Return why a row is recommended: codes, figures and sentences."""
    return [
        {
            "code": r.code,
            "competency": str(person.office.catalog.competencies.ids[r.competency]) if r.competency >= 0 else None,
            "levels": _plain(r.levels),
            "text": reason_text(r, person.office.catalog, wording),
        }
        for r in explain_row(lists, row, person.crew, person.office.catalog, context, spots)
    ]


def recommendation_document(
    person: Person, wanted: ListFilter, wording: Wording, policy: Policy, background: Background,
    day: CatalogDay | None = None, prospects: Prospects | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return one person's ranked trainings with reasons, and those left out with theirs.

    Parameters
    ----------
    person, wanted, wording, policy, background : Who, what of it, and what lists are made from.
    day : From `open_catalog`, where it is at hand.
    prospects : From `find_prospects` of this person, where they are at hand.
    """
    office, crew = person.office, person.crew
    prospects = prospects or find_prospects(crew, office.catalog, office.on, policy, expected=background.expected,
                                            day=day, past=background.past)  # fmt: skip
    lists = rank_prospects(prospects, office.predictor.predictor)
    context = explanation_context(office, crew, policy, background.links)
    spots = is_blind_spot(lists)
    keeps = _keeps(office, wanted) if wanted.narrows else None
    shown = [
        (row, option) for row in range(len(lists.pair)) if (option := _option_shown(lists, row, keeps)) is not None
    ]
    items = [
        {
            "rank": rank,
            **_item(office, lists, row, option),
            "reasons": item_reasons(person, lists, row, context, wording, spots),
        }
        for rank, (row, option) in _worth_showing(lists, shown, wanted.limit)
    ]
    return {
        **person.identity,
        "on": office.on,
        "model": office.predictor.identifier,
        "catalog": office.catalog.version,
        "state": office.predictor.state,
        "verdict": verdict_text(office.predictor.verdict, wording),
        "gaps": gap_rows(lists.candidates.gaps, office.catalog, wording),
        "notice": _notice(lists, crew, wording),
        "items": items,
        "left_out": _left_out(office, lists, wording),
    }


def change_text(
    person: Person, training: str, policy: Policy, background: Background, wording: Wording,
    day: CatalogDay | None = None,
) -> str:  # fmt: skip
    """Say what would have to be found of a person for a training to rank first; nothing where no one level would."""
    office = person.office
    rows = np.flatnonzero(office.catalog.trainings.ids == training)
    if not len(rows):
        return ""
    setting = Setting(catalog=office.catalog, model=office.predictor.predictor, on=office.on, policy=policy,
                      expected=background.expected, day=day, past=background.past)  # fmt: skip
    change = change_to_rank_first(person.crew, int(rows[0]), setting)
    if change is None:
        return ""
    level = change.level * float(office.catalog.competencies.direction[change.competency])
    return wording.text("With a level {level} assessment in {name} it would rank first.", level=wording.number(level),
                        name=competency_name(office.catalog, change.competency, wording))  # fmt: skip


def _notice(lists: RankedLists, crew: Workforce, wording: Wording) -> str | None:
    """Say what a reader must know of the list as a whole."""
    gaps = lists.candidates.gaps
    if int(crew.position[0]) < 0:
        return wording.text("No position is on file, so there is nothing to compare with.")
    if not len(gaps.state):
        return wording.text("The position has no competency standard on file.")
    if (gaps.state == STATE_NAMES.index("never-assessed")).all():
        return wording.text("Not assessed yet: the list follows the position's standard.")
    return None


def _left_out(office: Office, lists: RankedLists, wording: Wording) -> list[dict[str, Any]]:
    left, ids = lists.left_out, office.catalog.trainings.ids
    rows = []
    for i in range(len(left.reason)):
        requires = str(ids[left.requires[i]]) if left.requires[i] >= 0 else ""
        code = REASONS[int(left.reason[i])]
        rows.append({"training": str(ids[left.training[i]]), "code": code,
                     "text": left_out_text(code, requires, wording)})  # fmt: skip
    return rows
