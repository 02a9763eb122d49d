"""One person's gaps and recommendations as documents."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.catalog_day import CatalogDay
from recommender.eligibility import REASONS
from recommender.explanation import Grounds, find_grounds
from recommender.gap import STATE_NAMES, find_gaps, job_person_match
from recommender.policy import Policy
from recommender.ranking import RankedLists
from recommender.use_cases import find_prospects, rank_prospects, recommend
from recommender.workforce import Workforce
from service.list_items import (
    Faces,
    ListFilter,
    gap_rows,
    item_of,
    item_reasons,
    keeper,
    left_out_rows,
    plain,
    shown_rows,
    worth_showing,
)
from service.phrases import LEFT_OUT, verdict_text
from service.pipeline import Background, Office, explanation_context
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import find_rows


def unit_of(people: Workforce, row: int) -> str:
    """Return the code of a person's unit; empty for none."""
    unit = int(people.unit[row])
    return str(people.units.ids[unit]) if unit >= 0 else ""


def identity_of(office: Office, people: Workforce, row: int, name: str) -> dict[str, Any]:
    """Return number, name, position and unit of one of some people, as documents show them."""
    position, unit = int(people.position[row]), int(people.unit[row])
    return {
        "employee": str(people.ids[row]),
        "name": name,
        "position": str(office.catalog.positions.names[position]) if position >= 0 else None,
        "unit": str(people.units.names[unit]) if unit >= 0 else None,
    }


OF_PERSONS = ("inactive", "on-leave", "retiring-soon")  # reasons that stand for every training


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
        return unit_of(self.crew, 0)

    @property
    def identity(self) -> dict[str, Any]:
        """Number, name, position and unit, as documents show them."""
        return identity_of(self.office, self.crew, 0, self.name)


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
    match = job_person_match(gaps, office.catalog)
    return {
        **person.identity,
        "on": office.on,
        "catalog": office.catalog.version,
        "gaps": gap_rows(gaps, Faces(office.catalog), wording),
        "job_person_match": plain(match[0]) if len(match) else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A person whose list is made, perhaps beside those of others.

    Parameters
    ----------
    office : Catalogue, predictor and day.
    identity : From `identity_of`.
    unit : Code of the unit; empty for none.
    grounds : The lists, and what reasons are given from.
    place : Which of the people in them.
    faces : What is said of trainings and classes.
    """

    office: Office
    identity: dict[str, Any]
    unit: str
    grounds: Grounds
    place: int
    faces: Faces


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """A caller's candidates, ranked.

    Parameters
    ----------
    lists, rows : What was ranked, and its rows in order.
    items : Each of them, without reasons; then those that do not come into question.
    """

    lists: RankedLists
    rows: list[int]
    items: list[dict[str, Any]]


def list_person(
    person: Person, policy: Policy, background: Background, day: CatalogDay | None = None, faces: Faces | None = None
) -> Listed:
    """Make the list of one person alone."""
    office = person.office
    prospects = find_prospects(person.crew, office.catalog, office.on, policy, expected=background.expected, day=day,
                               past=background.past)  # fmt: skip
    lists = rank_prospects(prospects, office.predictor.predictor)
    context = explanation_context(office, person.crew, policy, background.links)
    return Listed(
        office=office, identity=person.identity, unit=person.unit, place=0, faces=faces or Faces(office.catalog),
        grounds=find_grounds(lists, person.crew, office.catalog, context),
    )  # fmt: skip


def recommendation_document(listed: Listed, wanted: ListFilter, wording: Wording) -> dict[str, Any]:
    """Return one person's ranked trainings with reasons, and those left out with theirs."""
    office, grounds, place, faces = listed.office, listed.grounds, listed.place, listed.faces
    catalog, lists = office.catalog, grounds.lists
    left_out = left_out_rows(lists, place, faces, wording)
    shown = shown_rows(lists, place, keeper(faces, wanted) if wanted.narrows else None)
    items = [
        {
            **item_of(faces, lists, rank, row, option),
            "reasons": item_reasons(grounds, row, faces, wording),
        }
        for rank, (row, option) in worth_showing(lists, shown, wanted.limit)
    ]
    return {
        **listed.identity,
        "on": office.on,
        "model": office.predictor.identifier,
        "catalog": catalog.version,
        "state": office.predictor.state,
        "verdict": verdict_text(office.predictor.verdict, wording),
        "gaps": gap_rows(lists.candidates.gaps, faces, wording, place),
        "notice": _notice(listed, {row["code"] for row in left_out}, wording),
        "items": items,
        "left_out": left_out,
    }


def rank_candidates(person: Person, trainings: list[str], policy: Policy, background: Background) -> Candidates:
    """Rank some trainings for a person; those that do not come into question end the list, with a code.

    Raises
    ------
    UnknownIdError
        When a training is not on file.
    """
    catalog = person.office.catalog
    asked = np.unique(find_rows("training", catalog.trainings.ids, list(dict.fromkeys(trainings))))
    everything = replace(policy, ranking=replace(policy.ranking, n_candidates=len(catalog.trainings.ids)))
    lists = recommend(
        person.crew, catalog, person.office.predictor.predictor, person.office.on, everything,
        expected=background.expected, past=background.past, wanted=(np.zeros(len(asked), dtype=np.int64), asked),
    )  # fmt: skip
    rows = np.flatnonzero(np.isin(lists.training, asked)).tolist()
    items: list[dict[str, Any]] = [
        {
            "training": str(catalog.trainings.ids[lists.training[row]]), "rank": rank,
            "benefit": round(float(lists.benefit[row]), 6), "low": round(float(lists.lower[row]), 6),
            "high": round(float(lists.upper[row]), 6), "completion": round(float(lists.completion[row]), 6),
            "code": None, "reasons": None,
        }
        for rank, row in enumerate(rows, 1)
    ]  # fmt: skip
    others = [str(catalog.trainings.ids[i]) for i in asked.tolist()]
    ranked = {item["training"] for item in items}
    nothing = _why_nothing(person, lists)
    items += [_not_ranked(name, lists, catalog, nothing) for name in others if name not in ranked]
    return Candidates(lists=lists, rows=rows, items=items)


def _why_nothing(person: Person, lists: RankedLists) -> str:
    """Return the code of a training that no rule keeps from a person, and that nonetheless closes nothing of theirs."""
    if person.crew.position[0] < 0:
        return "no-position"
    return "closes-nothing" if len(lists.candidates.gaps.employee) else "no-standard"


def _not_ranked(training: str, lists: RankedLists, catalog: Catalog, otherwise: str) -> dict[str, Any]:
    """Return a training that is not recommended, with the code that says why."""
    left = lists.left_out
    row = np.flatnonzero(catalog.trainings.ids[left.training] == training)
    code = REASONS[int(left.reason[row[0]])] if len(row) else otherwise
    nothing = dict.fromkeys(("rank", "benefit", "low", "high", "completion", "reasons"))
    return {"training": training, **nothing, "code": code}


def _notice(listed: Listed, left_out: set[str], wording: Wording) -> str | None:
    """Say what a reader must know of the list as a whole; `left_out` are the codes of what is not in it."""
    for code in (one for one in OF_PERSONS if one in left_out):
        return wording.text("{why} Nothing is suggested for that reason; if it is wrong, whoever keeps the staff "
                            "records can put it right.", why=wording.text(LEFT_OUT[code]))  # fmt: skip
    gaps = listed.grounds.lists.candidates.gaps
    own = slice(*gaps.bounds[listed.place : listed.place + 2].tolist())
    if not len(gaps.state[own]):
        return without_standard(listed.identity["position"], wording)
    if (gaps.state[own] == STATE_NAMES.index("never-assessed")).all():
        return wording.text("Not assessed yet: the list follows the position's standard.")
    if not gaps.need[own].any():
        return wording.text("No level that the position asks for is lacking, so nothing is suggested. Another position "
                            "or a new assessment would change that.")  # fmt: skip
    return None


def without_standard(position: str | None, wording: Wording) -> str:
    """Say why somebody has no gap at all: no position is on file, or it has no standard."""
    if position is None:
        return wording.text("No position is on file, so there is nothing to compare with.")
    return wording.text("The position has no competency standard on file.")
