"""What a person's list says line by line: gaps, trainings in their classes, reasons, and what is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np

from recommender.eligibility import REASONS
from recommender.explanation import Grounds, Reason, explain_row
from recommender.gap import STATE_NAMES, Gaps
from recommender.ranking import RankedLists
from service.phrases import competency_name, left_out_text, reason_text
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.errors import BangkomError, InvalidValueError
from training_catalog.training import MODES

MOST_KEPT = 20_000  # sentences of a catalogue; some hundred bytes each


def check_days(start: date | None, end: date | None, name: str) -> None:
    """Refuse a last day before the first: no class could be between them.

    Parameters
    ----------
    start, end : Days, where they are given.
    name : Of the last day, as the caller knows it.

    Raises
    ------
    InvalidValueError
        When the last day is before the first.
    """
    if start is not None and end is not None and end < start:
        raise InvalidValueError(name, end, BangkomError("{start}, the first day, or later", start=start))


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


def plain(value: float) -> float | int | None:
    """Return a figure without a needless point; None where it is not known."""
    if value != value:  # noqa: PLR0124 (not a number; numpy takes ten times as long to say so of one figure)
        return None
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


class Faces:
    """What lists say of a catalogue's trainings, classes and reasons, whoever they are for; each is worded once.

    Attributes
    ----------
    direction : Of competencies: turns a level back to the framework's own scale.
    training : Of its row: code, name, hours and mode.
    class_ : Of its row: code, hours, mode, first and last day.
    competency : Of its row and a language: code and name.
    reason : Of a reason and a language: its document, which is not to be changed.
    left_out : Of training, reason, missing prerequisite and language: the same.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.direction = catalog.competencies.direction
        self.training = cache(partial(_training_face, catalog))
        self.class_ = cache(partial(_class_face, catalog))
        self.competency = cache(partial(_competency_face, catalog))
        self.reason = lru_cache(MOST_KEPT)(partial(_reason_row, catalog))
        self.left_out = lru_cache(MOST_KEPT)(partial(_left_out_row, catalog))


def _training_face(catalog: Catalog, row: int) -> tuple[str, str, float | int | None, str]:
    known = catalog.trainings
    return str(known.ids[row]), str(known.names[row]), plain(known.hours[row]), MODES[int(known.mode[row])]


def _class_face(catalog: Catalog, row: int) -> tuple[str, float | int | None, str, date, date]:
    known = catalog.offerings
    return (str(known.ids[row]), plain(catalog.class_hours[row]), MODES[int(known.mode[row])],
            known.start[row].item(), known.end[row].item())  # fmt: skip


def _competency_face(catalog: Catalog, row: int, lang: str) -> tuple[str, str]:
    return str(catalog.competencies.ids[row]), competency_name(catalog, row, Wording(lang))


def _reason_row(catalog: Catalog, reason: Reason, lang: str) -> dict[str, Any]:
    known, wording = reason.competency >= 0, Wording(lang)
    return {
        "code": reason.code,
        "competency": str(catalog.competencies.ids[reason.competency]) if known else None,
        "levels": plain(reason.levels),
        "text": reason_text(reason, catalog, wording),
    }


def _left_out_row(catalog: Catalog, training: int, reason: int, requires: int, lang: str) -> dict[str, Any]:
    ids, code = catalog.trainings.ids, REASONS[reason]
    first = f"{catalog.trainings.names[requires]} ({ids[requires]})" if requires >= 0 else ""
    return {"training": str(ids[training]), "code": code, "text": left_out_text(code, first, Wording(lang))}


def gap_rows(gaps: Gaps, faces: Faces, wording: Wording, person: int = 0) -> list[dict[str, Any]]:
    """Return every required competency of one of the people in `gaps`, levels as on the framework's own scale."""
    rows = slice(*gaps.bounds[person : person + 2].tolist())
    competency = gaps.competency[rows]
    sign = faces.direction[competency]
    columns = (competency, gaps.required[rows] * sign, gaps.assessed[rows] * sign, gaps.deficit[rows],
               gaps.state[rows], gaps.assessed_on[rows], gaps.self_rated[rows] * sign,
               gaps.is_default[rows])  # fmt: skip
    found = []
    for i, required, assessed, deficit, state, assessed_on, self_rated, default in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        code, name = faces.competency(i, wording.lang)
        found.append({
            "competency": code, "name": name, "required": plain(required), "assessed": plain(assessed),
            "deficit": plain(deficit), "state": STATE_NAMES[state], "assessed_on": assessed_on,
            "self_rated": plain(self_rated), "default": default,
        })  # fmt: skip
    return found


def item_of(faces: Faces, lists: RankedLists, rank: int, row: int, option: int) -> dict[str, Any]:
    """Return a row of a list in one of its options, or in none, without its reasons."""
    training, name, hours, mode = faces.training(int(lists.training[row]))
    offering, cost, start, end = None, None, None, None
    if option >= 0:
        options = lists.options
        offering, hours, mode, start, end = faces.class_(int(options.offering[option]))
        cost = int(options.fee[option]) + int(options.travel[option])
    return {
        "rank": rank,
        "training": training,
        "name": name,
        "offering": offering,
        "benefit": round(float(lists.benefit[row]), 6),
        "low": round(float(lists.lower[row]), 6),
        "high": round(float(lists.upper[row]), 6),
        "completion": round(float(lists.completion[row]), 6),
        "cost": cost,
        "hours": hours,
        "mode": mode,
        "start": start,
        "end": end,
    }


def keeper(faces: Faces, wanted: ListFilter) -> Callable[[int, int], bool]:
    """Return a test of a class by its offering and cost."""

    def keeps(offering: int, cost: int) -> bool:
        _, _, mode, starts, ends = faces.class_(offering)
        return (
            (wanted.mode is None or mode == wanted.mode)
            and (wanted.max_cost is None or cost <= wanted.max_cost)
            and (wanted.start is None or starts >= wanted.start)
            and (wanted.end is None or ends <= wanted.end)
        )

    return keeps


def shown_rows(
    lists: RankedLists, person: int, keeps: Callable[[int, int], bool] | None
) -> list[tuple[int, int]]:  # fmt: skip
    """Return the rows of a person with the option to show of each; a filter that keeps none of its classes drops one.

    Parameters
    ----------
    lists, person : Whose.
    keeps : From `keeper`; None to show the list's own options.
    """
    first, end = lists.bounds[person : person + 2].tolist()
    if keeps is None:
        return list(enumerate(lists.option[first:end].tolist(), start=first))
    shown = ((row, _cheapest(lists, row, keeps)) for row in range(first, end))
    return [(row, option) for row, option in shown if option is not None]


def _cheapest(lists: RankedLists, row: int, keeps: Callable[[int, int], bool]) -> int | None:
    """Return the cheapest option of a row that passes a filter; None for none."""
    options, pair = lists.options, int(lists.pair[row])
    first, end = np.searchsorted(options.pair, (pair, pair + 1)).tolist()
    offerings, costs = options.offering[first:end].tolist(), (options.fee + options.travel)[first:end].tolist()
    passing = [(cost, offering, first + i) for i, (offering, cost) in enumerate(zip(offerings, costs, strict=True))
               if keeps(offering, cost)]  # fmt: skip
    return min(passing)[2] if passing else None


def worth_showing(lists: RankedLists, shown: list[tuple[int, int]], limit: int) -> list[tuple[int, tuple[int, int]]]:
    """Return the first rows with their rank; the best light class is added if none is among them."""
    ranked = list(enumerate(shown, start=1))
    first = ranked[:limit]
    if not any(lists.suits_full_calendar[row] for _, (row, _) in first):
        first += [entry for entry in ranked[limit:] if lists.suits_full_calendar[entry[1][0]]][:1]
    return first


def item_reasons(grounds: Grounds, row: int, faces: Faces, wording: Wording) -> list[dict[str, Any]]:
    """Return why a row is recommended: codes, figures and sentences."""
    return [dict(faces.reason(reason, wording.lang)) for reason in explain_row(grounds, row)]


def left_out_rows(lists: RankedLists, person: int, faces: Faces, wording: Wording) -> list[dict[str, Any]]:
    """Return trainings that one of the people may not take, each with why."""
    left = lists.left_out
    rows = slice(*np.searchsorted(left.employee, (person, person + 1)).tolist())
    columns = (left.training[rows].tolist(), left.reason[rows].tolist(), left.requires[rows].tolist())
    return [dict(faces.left_out(*figures, wording.lang)) for figures in zip(*columns, strict=True)]
