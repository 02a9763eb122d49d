"""People as columns: who they are, what they were found at, how they did, what they took.

Records keep their dates, so the same workforce answers for today and for any past day.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from training_catalog.columns import (
    BoolArray,
    DateArray,
    FloatArray,
    IndexArray,
    TextArray,
    check_lengths,
    freeze,
    group_bounds,
    join_groups,
)

COMPLETED, FAILED, WITHDRAWN, CANCELLED, ENROLLED = range(5)
ACTIVE, LEAVE, STUDY, INACTIVE, RETIRED = range(5)
UNKNOWN_DAY = np.datetime64("1900-01-01", "D")  # stands for the day of an assessment that has none: before any other
SELF_RATED = 4  # index in METHODS of a level that people gave themselves: a different measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units.

    Parameters
    ----------
    ids : shape (n_units,), ascending.
    names : Names.
    parent : Index of the unit above; -1 for none.
    city, province : Where its people work; empty when not given.
    shortage : Share of authorised posts that are vacant, 0 to 1; NaN when authorised posts are not known.
    headcount : People in the unit who are not inactive or retired.
    """

    ids: TextArray
    names: TextArray
    parent: IndexArray
    city: TextArray
    province: TextArray
    shortage: FloatArray
    headcount: IndexArray

    def __post_init__(self) -> None:
        check_lengths("units", len(self.ids), names=self.names, parent=self.parent, city=self.city,
                      province=self.province, shortage=self.shortage, headcount=self.headcount)  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessments:
    """Levels found, sorted by employee, competency, day.

    Parameters
    ----------
    employee, competency : Indices.
    level : Oriented level.
    on : Day of the assessment.
    method : Index into `METHODS`.
    """

    employee: IndexArray
    competency: IndexArray
    level: FloatArray
    on: DateArray
    method: IndexArray

    def __post_init__(self) -> None:
        check_lengths("assessments", len(self.employee), competency=self.competency, level=self.level, on=self.on,
                      method=self.method)  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Performance ratings, sorted by employee, day.

    Parameters
    ----------
    employee : Index.
    on : Last day of the period.
    goodness : 0 worst to 1 best on the rating's own scale.
    scale : Which scale; ratings of different scales are never subtracted from each other.
    """

    employee: IndexArray
    on: DateArray
    goodness: FloatArray
    scale: IndexArray

    def __post_init__(self) -> None:
        check_lengths("ratings", len(self.employee), on=self.on, goodness=self.goodness, scale=self.scale)
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Trainings taken or begun, sorted by employee, last day.

    Parameters
    ----------
    employee : Index.
    training : Index; -1 where the title matches no training.
    start, end : Days; start is the end where not given.
    status : COMPLETED, FAILED, WITHDRAWN, CANCELLED or ENROLLED.
    hours : JP; the training's when not given, 0 when neither is known.
    pre_score, post_score : Test scores, 0 to 100; NaN when not given.
    """

    employee: IndexArray
    training: IndexArray
    start: DateArray
    end: DateArray
    status: IndexArray
    hours: FloatArray
    pre_score: FloatArray
    post_score: FloatArray

    def __post_init__(self) -> None:
        check_lengths("history", len(self.employee), training=self.training, start=self.start, end=self.end,
                      status=self.status, hours=self.hours, pre_score=self.pre_score,
                      post_score=self.post_score)  # fmt: skip
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """Trainings people asked for (or do not want).

    Parameters
    ----------
    employee, training : Indices, sorted.
    on : Day it was said; NaT when not given.
    is_wanted : False for "not interested".
    """

    employee: IndexArray
    training: IndexArray
    on: DateArray
    is_wanted: BoolArray

    def __post_init__(self) -> None:
        check_lengths("interests", len(self.employee), training=self.training, on=self.on, is_wanted=self.is_wanted)
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """Days on which people cannot attend, sorted by employee.

    Parameters
    ----------
    employee : Index.
    start, end : Days, both included.
    """

    employee: IndexArray
    start: DateArray
    end: DateArray

    def __post_init__(self) -> None:
        check_lengths("absences", len(self.employee), start=self.start, end=self.end)
        freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce:
    """People.

    Parameters
    ----------
    ids : shape (n_people,), ascending.
    unit : Index into `units`; -1 when not known.
    position : Index into the catalogue's positions; -1 when not known.
    employment_type : Index into `EMPLOYMENT_TYPES`.
    status : ACTIVE, LEAVE, STUDY, INACTIVE or RETIRED.
    birth_date : For retirement and the fairness report only; NaT when not known.
    sex : For the fairness report only: 0 not known, 1 male, 2 female.
    service_start, position_since, retirement_date : Days; NaT when not known.
    """

    ids: TextArray
    unit: IndexArray
    position: IndexArray
    employment_type: IndexArray
    status: IndexArray
    birth_date: DateArray
    sex: IndexArray
    service_start: DateArray
    position_since: DateArray
    retirement_date: DateArray
    units: Units
    assessments: Assessments
    ratings: Ratings
    history: History
    interests: Interests
    absences: Absences

    def __post_init__(self) -> None:
        check_lengths("workforce", len(self.ids), unit=self.unit, position=self.position,
                      employment_type=self.employment_type, status=self.status, birth_date=self.birth_date,
                      sex=self.sex, service_start=self.service_start, position_since=self.position_since,
                      retirement_date=self.retirement_date)  # fmt: skip
        freeze(self)

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(self.ids)

    def take(self, rows: IndexArray) -> "Workforce":
        """Return the workforce of some people.

        Parameters
        ----------
        rows : Ascending row numbers.
        """
        n_people = self.n_people
        return replace(
            self,
            ids=self.ids[rows],
            unit=self.unit[rows],
            position=self.position[rows],
            employment_type=self.employment_type[rows],
            status=self.status[rows],
            birth_date=self.birth_date[rows],
            sex=self.sex[rows],
            service_start=self.service_start[rows],
            position_since=self.position_since[rows],
            retirement_date=self.retirement_date[rows],
            assessments=_take_records(self.assessments, rows, n_people),
            ratings=_take_records(self.ratings, rows, n_people),
            history=_take_records(self.history, rows, n_people),
            interests=_take_records(self.interests, rows, n_people),
            absences=_take_records(self.absences, rows, n_people),
        )


Records = TypeVar("Records", Assessments, Ratings, History, Interests, Absences)


def _take_records(records: Records, rows: IndexArray, n_people: int) -> Records:
    """Keep the records of some people and renumber them."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:  # consecutive people: a slice, however many others there are
        first, end = np.searchsorted(records.employee, (rows[0], rows[-1] + 1)).tolist()
        left, kept = records.employee[first:end] - rows[0], np.arange(first, end)
    else:
        left, kept = join_groups(group_bounds(records.employee, n_people), rows)
    columns = {name: getattr(records, name)[kept] for name in records.__dataclass_fields__ if name != "employee"}
    return type(records)(employee=left, **columns)
