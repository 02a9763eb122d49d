"""The prices of an answer by the ids of what they stand for, and back: what anybody can recompute its bound from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from recommender.allocation.problem import AllocationProblem
from recommender.allocation.result import Prices
from training_catalog.columns import FloatArray, IndexArray, TextArray, look_up

Document = dict[str, Any]


def _named(ids: TextArray, prices: FloatArray) -> dict[str, float]:
    paid = np.flatnonzero(prices)
    return dict(zip(ids[paid].tolist(), prices[paid].tolist(), strict=True))


def prices_document(problem: AllocationProblem, prices: Prices) -> Document:
    """Return prices by id; what costs nothing is left out."""
    people, classes = problem.people, problem.classes
    marks = np.array([mark.name for mark in problem.rules.earmarks], dtype=np.str_)
    bounds = prices.cover_bounds.tolist()
    return {
        "lines": _named(problem.lines.ids, prices.lines), "openings": _named(problem.lines.ids, prices.openings),
        "caps": _named(marks, prices.caps), "floors": _named(marks, prices.floors),
        "seats": _named(classes.ids, prices.seats), "fewest": _named(classes.ids, prices.fewest),
        "units": _named(people.unit_ids, prices.units),
        "away": [
            {"unit": str(people.unit_ids[unit]), "day": str(day), "price": price}
            for unit, day, price in zip(prices.away_unit, prices.away_day, prices.away.tolist(), strict=True) if price
        ],
        "covers": [
            {"offerings": classes.ids[prices.cover_class[bounds[i] : bounds[i + 1]]].tolist(), "price": price}
            for i, price in enumerate(prices.covers.tolist()) if price
        ],
        "openers": [
            {"employee": str(people.ids[who]), "offering": str(classes.ids[where]), "price": price}
            for who, where, price in zip(prices.opener, prices.opened, prices.openers.tolist(), strict=True) if price
        ],
    }  # fmt: skip


def _spread(ids: TextArray, prices: Mapping[str, float]) -> FloatArray:
    spread = np.zeros(len(ids))
    for name, price in prices.items():
        spread[np.flatnonzero(ids == name)] = price
    return spread


def _rows(ids: TextArray, names: Sequence[str]) -> IndexArray:
    rows = look_up(ids, np.array(names, dtype=np.str_)) if len(names) else np.empty(0, dtype=np.int64)
    if (rows < 0).any():
        raise ValueError(f"unknown id {names[int(np.argmin(rows))]}")
    return rows


def prices_of(problem: AllocationProblem, document: Document) -> Prices:
    """Return the prices of a document."""
    people, classes = problem.people, problem.classes
    marks = np.array([mark.name for mark in problem.rules.earmarks], dtype=np.str_)
    away, covers, openers = document["away"], document["covers"], document["openers"]
    return Prices(
        lines=_spread(problem.lines.ids, document["lines"]), openings=_spread(problem.lines.ids, document["openings"]),
        caps=_spread(marks, document["caps"]), floors=_spread(marks, document["floors"]),
        away_unit=_rows(people.unit_ids, [row["unit"] for row in away]),
        away_day=np.array([row["day"] for row in away], dtype="datetime64[D]"),
        away=np.array([row["price"] for row in away], dtype=np.float64),
        cover_bounds=np.cumsum([0, *(len(row["offerings"]) for row in covers)], dtype=np.int64),
        cover_class=_rows(classes.ids, [name for row in covers for name in row["offerings"]]),
        covers=np.array([row["price"] for row in covers], dtype=np.float64),
        seats=_spread(classes.ids, document["seats"]), fewest=_spread(classes.ids, document["fewest"]),
        units=_spread(people.unit_ids, document["units"]),
        opener=_rows(people.ids, [row["employee"] for row in openers]),
        opened=_rows(classes.ids, [row["offering"] for row in openers]),
        openers=np.array([row["price"] for row in openers], dtype=np.float64),
    )  # fmt: skip
