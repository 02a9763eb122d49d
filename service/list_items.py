"""What a person's list says line by line: gaps, trainings in their classes, reasons, and what is left out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from recommender.eligibility import REASONS
from recommender.explanation import Grounds, Reason, explain_row
from recommender.gap import STATE_NAMES, Gaps
from recommender.ranking import RankedLists
from service.phrases import competency_name, left_out_text, reason_text
from service.wording import Wording
from training_catalog.catalog import Catalog
from training_catalog.training import MODES

_left_out_text = lru_cache(maxsize=10_000)(left_out_text)


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


def gap_rows(gaps: Gaps, catalog: Catalog, wording: Wording, person: int = 0) -> list[dict[str, Any]]:
    """Return every required competency of one of the people in `gaps`, levels as on the framework's own scale."""
    rows = slice(*gaps.bounds[person : person + 2].tolist())
    competency = gaps.competency[rows]
    sign = catalog.competencies.direction[competency]
    columns = (competency, gaps.required[rows] * sign, gaps.assessed[rows] * sign, gaps.deficit[rows],
               gaps.state[rows], gaps.assessed_on[rows], gaps.self_rated[rows] * sign,
               gaps.is_default[rows])  # fmt: skip
    return [
        {
            "competency": str(catalog.competencies.ids[i]),
            "name": competency_name(catalog, i, wording),
            "required": plain(required),
            "assessed": plain(assessed),
            "deficit": plain(deficit),
            "state": STATE_NAMES[state],
            "assessed_on": assessed_on,
            "self_rated": plain(self_rated),
            "default": default,
        }
        for i, required, assessed, deficit, state, assessed_on, self_rated, default in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


class Faces:
    """What lists say of the trainings and classes of a catalogue, whoever they are for; each is put together once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._trainings: dict[int, tuple[Any, ...]] = {}
        self._classes: dict[int, tuple[Any, ...]] = {}

    def training(self, row: int) -> tuple[Any, ...]:
        """Return code, name, hours and mode of a training."""
        found = self._trainings.get(row)
        if found is None:
            known = self.catalog.trainings
            found = (str(known.ids[row]), str(known.names[row]), plain(known.hours[row]), MODES[int(known.mode[row])])
            self._trainings[row] = found
        return found

    def class_(self, row: int) -> tuple[Any, ...]:
        """Return code, hours, mode, first and last day of a class."""
        found = self._classes.get(row)
        if found is None:
            known = self.catalog.offerings
            found = (str(known.ids[row]), plain(self.catalog.class_hours[row]), MODES[int(known.mode[row])],
                     known.start[row].item(), known.end[row].item())  # fmt: skip
            self._classes[row] = found
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


def item_reasons(grounds: Grounds, row: int, catalog: Catalog, wording: Wording) -> list[dict[str, Any]]:
    """Return why a row is recommended: codes, figures and sentences."""
    return [_reason_row(reason, catalog, wording) for reason in explain_row(grounds, row)]


def _reason_row(reason: Reason, catalog: Catalog, wording: Wording) -> dict[str, Any]:
    """Return a reason as a document; the same few come again and again, whoever they are given to."""
    competency = reason.competency
    named = (str(catalog.competencies.ids[competency]), competency_name(catalog, competency, wording)) if (
        competency >= 0
    ) else (None, "")  # fmt: skip
    figures = (value if value == value else math.nan for value in reason[2:5])  # noqa: PLR0124 (one NaN for all)
    return dict(_worded(reason.code, *named, *figures, reason.indicator, wording))


@lru_cache(maxsize=20_000)
def _worded(
    code: str, competency: str | None, name: str, levels: float, required: float, assessed: float, indicator: str,
    wording: Wording,
) -> dict[str, Any]:  # fmt: skip
    reason = Reason(code, levels=levels, required=required, assessed=assessed, indicator=indicator)
    return {
        "code": code,
        "competency": competency,
        "levels": plain(levels),
        "text": reason_text(reason, name, wording),
    }


def left_out_rows(lists: RankedLists, person: int, catalog: Catalog, wording: Wording) -> list[dict[str, Any]]:
    """Return trainings that one of the people may not take, each with why."""
    left, ids = lists.left_out, catalog.trainings.ids
    rows = slice(*np.searchsorted(left.employee, (person, person + 1)).tolist())
    columns = zip(*(column[rows].tolist() for column in (left.training, left.reason, left.requires)), strict=True)
    return [
        {
            "training": str(ids[training]),
            "code": REASONS[reason],
            "text": _left_out_text(REASONS[reason], str(ids[requires]) if requires >= 0 else "", wording),
        }
        for training, reason, requires in columns
    ]
