"""What the limits of a plan cost, in words: money, seats, smallest classes, shares of units, people away."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from recommender.allocation.limits import SolveLimits
from recommender.allocation.result import Prices
from recommender.allocation.solve import solve
from recommender.more_money import Step, climb
from recommender.plan import Plan, Proof
from recommender.plan_tables import PRICE_PER
from service.wording import Wording
from training_catalog.columns import find_rows

LEAST_PRICE = 0.005  # levels; less is said of nothing
HOLDS = 0.1  # of its price, by which a rupiah may close less and the price still holds
LIMITS = {
    "seat": "One more seat in {training}, class {offering}, would close about {levels} more levels.",
    "smallest-class": "If class {offering} of {training} could open with one person fewer, about {levels} more"
    " levels would close.",
    "unit-floor": "If one person fewer of {unit} had to be served, about {levels} more levels would close.",
    "away": "One more person of {unit} away on {day} would close about {levels} more levels.",
    "earmark-cap": "One million rupiah more for {topic} would close about {levels} more levels.",
    "earmark-floor": "One million rupiah less that must go to {topic} would close about {levels} more levels.",
}
Row = dict[str, Any]


def limit_rows(
    plan: Plan, proof: Proof, wording: Wording, names: Mapping[str, str], units: Mapping[str, str]
) -> list[Row]:
    """Return the limits of classes and rules that have a price, the dearest first.

    Parameters
    ----------
    plan : As far as the reader may see it: nothing is told of units without people in it.
    proof : What it was made from, with the prices that prove its bound.
    names, units : Names of trainings and units by code; codes stand for those that are missing.

    Returns
    -------
    Rows of kind (``seat``, ``smallest-class``, ``unit-floor``, ``away``, ``earmark-cap``, ``earmark-floor``), subject,
    price in weighted levels for one seat, one person or a million rupiah, and text.
    """
    prices = proof.allocation.prices
    if prices is None:
        return []
    rows = [*_of_classes(plan, proof, prices, wording, names), *_of_units(plan, proof, prices, wording, units),
            *_of_earmarks(proof, prices, wording)]  # fmt: skip
    return sorted((row for row in rows if row["price"] >= LEAST_PRICE), key=lambda row: (-row["price"], row["subject"]))


def _of_classes(plan: Plan, proof: Proof, prices: Prices, wording: Wording, names: Mapping[str, str]) -> Iterator[Row]:
    """Yield seats of classes that are full, and people whom classes need that have just enough, or do not open."""
    classes = proof.problem.classes
    taken = np.bincount(proof.problem.options.offering[proof.allocation.chosen], minlength=len(classes.ids))
    training = dict(zip(plan.offerings["offering"].tolist(), plan.offerings["training"].tolist(), strict=True))
    for kind, price in (
        ("seat", np.where((taken > 0) & (taken >= classes.seats_max), prices.seats, 0.0)),
        ("smallest-class", np.where(taken <= classes.seats_min, prices.fewest, 0.0)),
    ):
        for k in np.flatnonzero(price >= LEAST_PRICE).tolist():
            offering = str(classes.ids[k])
            code = training.get(offering, "")
            yield _row(kind, offering, float(price[k]), wording, training=names.get(code, code), offering=offering)


def _of_units(plan: Plan, proof: Proof, prices: Prices, wording: Wording, units: Mapping[str, str]) -> Iterator[Row]:
    seen, codes = set(plan.people["unit"]), proof.problem.people.unit_ids.tolist()
    for code, price in zip(codes, prices.units.tolist(), strict=True):
        if code in seen:
            yield _row("unit-floor", code, price, wording, unit=units.get(code, code))
    days = prices.away_day.astype("datetime64[D]").tolist()
    for unit, day, price in zip(prices.away_unit.tolist(), days, prices.away.tolist(), strict=True):
        code = codes[unit]
        if code in seen:
            yield _row("away", f"{code} {day.isoformat()}", price, wording, unit=units.get(code, code),
                       day=wording.date(day))  # fmt: skip


def _of_earmarks(proof: Proof, prices: Prices, wording: Wording) -> Iterator[Row]:
    marks = zip(proof.problem.rules.earmarks, prices.caps.tolist(), prices.floors.tolist(), strict=True)
    for mark, cap, floor in marks:
        yield _row("earmark-cap", mark.name, cap * PRICE_PER, wording, topic=mark.name)
        yield _row("earmark-floor", mark.name, floor * PRICE_PER, wording, topic=mark.name)


def _row(kind: str, subject: str, price: float, wording: Wording, **fields: str) -> Row:
    text = wording.text(LIMITS[kind], levels=wording.number(price, 2), **fields)
    return {"kind": kind, "subject": subject, "price": price, "text": text}


def usual_amounts(proof: Proof, line: str) -> tuple[int, ...]:
    """Return what is tried where nobody says how much: a tenth, a quarter, a half and all of a line again.

    Raises
    ------
    UnknownIdError
        When the plan has no such line.
    """
    amount = int(proof.problem.lines.amount[_line_row(proof, line)])
    return tuple(dict.fromkeys(max(1, amount * part // 100) for part in (10, 25, 50, 100)))


def _line_row(proof: Proof, line: str) -> int:
    return int(find_rows("line", proof.problem.lines.ids, [line])[0])


def climb_line(proof: Proof, line: str, amounts: Sequence[int], limits: SolveLimits) -> Iterator[Step]:
    """Plan again with more and more money on a line; see `recommender.more_money.climb`."""
    row = _line_row(proof, line)
    return climb(proof.problem, proof.allocation.chosen, row, amounts, lambda problem: solve(problem, limits))


def line_document(plan_id: str, plan: Plan, line: str, steps: Sequence[Step]) -> Row:
    """Return what more money on a line closed, step by step, and up to where its price holds.

    Returns
    -------
    plan, line, price (weighted levels per million rupiah near the plan), value (with the money there is), holds_up_to
    (the largest amount of which the average rupiah closes nine tenths of the price or more; 0 for none), and steps
    with more, closes, at_most (by the proven bound), per_million, cost, seats and people.
    """
    price = float(plan.lines.loc[plan.lines["line"] == line, "price"].iloc[0])
    first, *rest = steps
    rows = [
        {"more": step.more, "closes": step.value - first.value, "at_most": max(step.bound - first.value, 0.0),
         "per_million": (step.value - first.value) / step.more * PRICE_PER, "cost": step.cost, "seats": step.seats,
         "people": step.people}
        for step in rest
    ]  # fmt: skip
    holding = [row["more"] for row in rows if price > 0 and row["per_million"] >= (1.0 - HOLDS) * price]
    return {"plan": plan_id, "line": line, "price": price, "value": first.value,
            "holds_up_to": max(holding, default=0), "steps": rows}  # fmt: skip
