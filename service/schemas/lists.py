"""The shape of ``recommend --json`` and ``gaps --json``, and of the same over HTTP."""

import datetime as dt
from typing import Literal

import msgspec

GapState = Literal["deficit", "met", "never-assessed", "expired"]


class Gap(msgspec.Struct, kw_only=True):
    """One required competency of a person; levels are on the framework's own scale.

    Parameters
    ----------
    competency, name : Code and name.
    required, assessed, deficit : Levels; null where not known.
    state : What is known.
    assessed_on : Day of the assessment that counts.
    self_rated : Level that the person gave themselves.
    default : Whether the standard is the default of the position's class.
    """

    competency: str
    name: str
    required: float | None
    assessed: float | None
    deficit: float | None
    state: GapState
    assessed_on: dt.date | None
    self_rated: float | None
    default: bool


class GapList(msgspec.Struct, kw_only=True):
    """A person's gaps; `job_person_match` is a share reported beside, and never ranked on."""

    employee: str
    name: str
    position: str | None
    unit: str | None
    on: dt.date
    catalog: str
    gaps: list[Gap]
    job_person_match: float | None


class Reason(msgspec.Struct, kw_only=True):
    """Why a training is recommended: a stable code, figures and a sentence."""

    code: str
    competency: str | None
    levels: float | None
    text: str


class SeatHeld(msgspec.Struct, kw_only=True):
    """A seat that the person has for a training in an approved plan, and that is not over."""

    offering: str
    plan: str
    state: Literal["reserved", "enrolled"]
    start: dt.date
    end: dt.date


class RecommendedItem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One training of a list, with the class that suits best.

    Parameters
    ----------
    rank : From 1.
    training, name, offering : Codes, and the training's name; no offering where none is planned.
    benefit, low, high : Expected deficit closed, in weighted levels, with its 80 % interval.
    completion : Probability of completing.
    cost, hours, mode, start, end : Of the class: whole rupiah, JP, days.
    reasons : Why.
    seat : The seat that the person has for it already; absent for none.
    """

    rank: int
    training: str
    name: str
    offering: str | None
    benefit: float
    low: float
    high: float
    completion: float
    cost: int | None
    hours: float | None
    mode: Literal["face-to-face", "online", "blended"]
    start: dt.date | None
    end: dt.date | None
    reasons: list[Reason]
    seat: SeatHeld | None = None


class Found(msgspec.Struct, kw_only=True):
    """A level that would have to be found in a competency, on the framework's own scale."""

    competency: str
    level: float


class Standing(msgspec.Struct, kw_only=True):
    """Where one training stands for a person.

    Parameters
    ----------
    employee, name, position, unit : Whose.
    on, model, catalog, state : As of which day, by which model or rule, from which catalogue.
    training, training_name : Which training.
    rank : In the person's list; null where it is not in it.
    benefit, low, high, completion : As in a list; null where nothing is expected.
    code, text : Why it is not in the list (null where it is), and the same, or the rank, in words.
    reasons : Why it is recommended.
    changes : Levels that would have to be found for it to rank first; empty where no such small change is found.
    change_text : The same in words.
    """

    employee: str
    name: str
    position: str | None
    unit: str | None
    on: dt.date
    model: str
    catalog: str
    state: Literal["model", "rule"]
    training: str
    training_name: str
    rank: int | None
    benefit: float | None
    low: float | None
    high: float | None
    completion: float | None
    code: str | None
    text: str
    reasons: list[Reason]
    changes: list[Found]
    change_text: str


class Left(msgspec.Struct, kw_only=True):
    """A training that does not come into question, and why."""

    training: str
    code: str
    text: str


class Recommendations(msgspec.Struct, kw_only=True):
    """A person's list.

    Parameters
    ----------
    list_id : Its id, which feedback refers to.
    employee, name, position, unit : Whose.
    on, model, catalog, state, verdict : As of which day, by which model or rule, from which catalogue.
    gaps, notice, items, left_out : What is asked, what a reader must know, what is recommended, and what is not.
    """

    list_id: str = msgspec.field(name="list")
    employee: str
    name: str
    position: str | None
    unit: str | None
    on: dt.date
    model: str
    catalog: str
    state: Literal["model", "rule"]
    verdict: str
    gaps: list[Gap]
    notice: str | None
    items: list[RecommendedItem]
    left_out: list[Left]
