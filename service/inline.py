"""People who are not on file: described whole by the caller, ranked, and stored nowhere."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import pandas as pd

from recommender.explanation import find_grounds
from service.answers import Answers
from service.imports import checks
from service.imports.report import Problem
from service.imports.rows import Rows
from service.list_items import ListFilter, item_reasons
from service.lookup import Person, list_person, rank_candidates, recommendation_document
from service.pipeline import explanation_context
from service.record_checks import check_cells, check_repeats, check_years
from service.snapshot import Snapshot, nobody
from service.storage.decisions import new_decision_id
from service.storage.people import EMPLOYEE
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.columns import TextArray, look_up
from training_catalog.errors import InputError, UnknownIdError
from training_catalog.frames import canonical
from training_catalog.tables import table

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
MOST_ROWS = 2_000


class InlineAssessment(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A level that the person was found at, on the framework's scale."""

    competency: Code
    level: Number
    assessed_on: dt.date | None = None
    method: Literal["assessment-centre", "test", "post-training", "supervisor", "self"] = "assessment-centre"


class InlineRating(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A performance rating on a scale on file."""

    scale: Code
    rating: Number
    period_end: dt.date


class InlineTraining(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A past training by its code on file."""

    training: Code
    end_date: dt.date
    start_date: dt.date | None = None
    status: Literal["completed", "failed", "withdrawn", "cancelled", "enrolled"] = "completed"
    hours: Number | None = None
    pre_score: Number | None = None
    post_score: Number | None = None


class InlineInterest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A training that the person asked for, or does not want."""

    training: Code
    kind: Literal["interested", "not-interested"] = "interested"


class InlineAbsence(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Days on which the person cannot attend, both included."""

    start_date: dt.date
    end_date: dt.date


_Many = msgspec.Meta(max_length=MOST_ROWS)


class InlinePerson(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole person; what is absent is not known.

    Parameters
    ----------
    employee : Any label; it comes back in the answer and is stored nowhere.
    position, unit : Codes on file.
    """

    employee: Code = "inline"
    position: Code | None = None
    unit: Code | None = None
    employment_type: Literal["PNS", "PPPK", "CPNS", "other"] | None = None
    status: Literal["active", "leave", "study", "inactive", "retired"] | None = None
    birth_date: dt.date | None = None
    service_start: dt.date | None = None
    position_since: dt.date | None = None
    retirement_date: dt.date | None = None
    assessments: Annotated[list[InlineAssessment], _Many] = []
    performance: Annotated[list[InlineRating], _Many] = []
    history: Annotated[list[InlineTraining], _Many] = []
    interests: Annotated[list[InlineInterest], _Many] = []
    absences: Annotated[list[InlineAbsence], _Many] = []


class UnknownCodeError(UnknownIdError):
    """A code in a request that is not on file.

    Parameters
    ----------
    pointer : Where it stands.
    """

    def __init__(self, pointer: str, kind: str, identifier: str) -> None:
        self.pointer = pointer
        super().__init__(kind, identifier)


def _check_codes(person: InlinePerson, catalog: Catalog, units: TextArray, scales: TextArray) -> None:
    """Refuse codes that are not on file: nothing about them could be known."""
    wanted = [("/person/position", "position", catalog.positions.ids, person.position)]
    wanted.append(("/person/unit", "unit", units, person.unit))
    wanted += [(f"/person/assessments/{i}/competency", "competency", catalog.competencies.ids, row.competency)
               for i, row in enumerate(person.assessments)]  # fmt: skip
    wanted += [(f"/person/performance/{i}/scale", "scale", scales, row.scale)
               for i, row in enumerate(person.performance)]  # fmt: skip
    courses = {"history": [row.training for row in person.history],
               "interests": [row.training for row in person.interests]}  # fmt: skip
    wanted += [(f"/person/{name}/{i}/training", "training", catalog.trainings.ids, code)
               for name, codes in courses.items() for i, code in enumerate(codes)]  # fmt: skip
    for pointer, kind, ids, value in wanted:
        if value is not None and look_up(ids, np.asarray([value], dtype=np.str_))[0] < 0:
            raise UnknownCodeError(pointer, kind, value)


class InlineValuesError(InputError):
    """Values of a person in a request that no file may hold.

    Parameters
    ----------
    faults : Where each stands, its code, and what is said of it.
    """

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        self.faults = faults
        super().__init__("values are not accepted")


def _checked(snapshot: Snapshot, tables: dict[str, pd.DataFrame], wording: Wording) -> dict[str, pd.DataFrame]:
    """Return a person's rows by the rules of files, each of them once."""
    checked, faults = {}, []
    for name, frame in tables.items():
        different = frame.drop_duplicates()
        rows = Rows(table=table(name), frame=different.reset_index(drop=True), line=different.index.to_numpy(),
                    refused=np.zeros(len(different), dtype=np.bool_), given=frozenset(frame.columns),
                    wording=wording)  # fmt: skip
        check_cells(rows, without=(EMPLOYEE,))
        check_years(rows)
        if name != "employees" and len(different):
            checks.check_rows(rows, lambda other: snapshot.office.tables[other])
            check_repeats(rows, of=tuple(column for column in rows.table.key if column != EMPLOYEE))
        checked[name] = rows.frame
        faults += [(_place(name, problem), problem.code, problem.message) for problem in rows.problems
                   if problem.severity == "error"]  # fmt: skip
    if faults:
        raise InlineValuesError(tuple(faults))
    return checked


def _place(name: str, problem: Problem) -> str:
    row = "" if name == "employees" else f"/{name}/{problem.line}"
    return f"/person{row}/{problem.column}"


def person_inline(snapshot: Snapshot, given: InlinePerson, wording: Wording) -> Person:
    """Return a person before a snapshot's catalogue.

    Raises
    ------
    UnknownCodeError
        When a code is not on file.
    InlineValuesError
        When a value is none that a file may hold; it is told in the language of `wording`.
    """
    scales = np.asarray(sorted(snapshot.office.tables["rating_scales"]["scale"]), dtype=np.str_)
    catalog, units = snapshot.office.catalog, snapshot.office.workforce.units
    _check_codes(given, catalog, units.ids, scales)
    tables: dict[str, pd.DataFrame] = nobody()
    own = {name: getattr(given, name) for name in InlinePerson.__struct_fields__ if name not in tables}
    rows: dict[str, list[dict[str, Any]]] = {"employees": [{**own, "name": given.employee}]}
    for name in ("assessments", "performance", "history", "interests", "absences"):
        rows[name] = [{**msgspec.structs.asdict(row), "employee": given.employee} for row in getattr(given, name)]
    for row in rows["history"]:
        row["training_name"] = row["training"]
    made = {
        name: canonical(pd.DataFrame(found, columns=list(table(name).column_names), dtype=object), table(name))
        for name, found in rows.items()
    }
    tables.update(_checked(snapshot, made, wording))
    return snapshot.of_tables(tables, given.employee)


def inline_document(answers: Answers, given: InlinePerson, wanted: ListFilter, wording: Wording) -> dict[str, Any]:
    """Return the list of a person who is not on file; it has an id, and is in no log."""
    snapshot = answers.snapshots.current(answers.watch.look())
    person = person_inline(snapshot, given, wording)
    listed = list_person(person, answers.policy, snapshot.background, snapshot.day, snapshot.blocks.faces)
    return {"list": new_decision_id(), **recommendation_document(listed, wanted, wording)}


def ranking_document(
    answers: Answers, snapshot: Snapshot, person: Person, trainings: list[str], wording: Wording, *, explain: bool
) -> dict[str, Any]:
    """Return some trainings ranked for a person, with reasons where they are wanted.

    Raises
    ------
    UnknownIdError
        When a training is not on file.
    """
    office, policy = person.office, answers.policy
    found = rank_candidates(person, trainings, policy, snapshot.background)
    if explain:
        context = explanation_context(office, person.crew, policy, snapshot.background.links)
        grounds = find_grounds(found.lists, person.crew, office.catalog, context)
        for row, item in zip(found.rows, found.items, strict=False):
            item["reasons"] = item_reasons(grounds, row, snapshot.blocks.faces, wording)
    return {
        "list": new_decision_id(), "employee": str(person.crew.ids[0]), "on": office.on,
        "model": office.predictor.identifier, "catalog": office.catalog.version, "state": office.predictor.state,
        "items": found.items,
    }  # fmt: skip
