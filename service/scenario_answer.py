"""What scenarios come to, as a document: figures, what a choice costs, what more money buys."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from recommender.scenarios import Figures, figures_of
from service.scenarios import BASE, HOURS_FIRST, MOST_EVEN, UNIT_FLOOR, Made
from service.wording import Wording

STEP = 100_000_000  # rupiah by which more money is told
WORDS = {BASE: "As asked", HOURS_FIRST: "Hours for everybody first", MOST_EVEN: "The least served unit first"}


def name_of(made: Made, wording: Wording) -> str:
    """Return what a scenario is called."""
    if made.name in WORDS:
        return wording.text(WORDS[made.name])
    if made.name.startswith(UNIT_FLOOR):
        share = made.request.policy.plan.unit_floor_share or 0.0
        return wording.text("At least {share} of each unit", share=wording.percent(share))
    return wording.text("Budget times {factor}", factor=wording.brief(float(made.factor)))


def scenario_document(made: Sequence[Made], wording: Wording) -> dict[str, Any]:
    """Return the figures of every scenario, in levels against the one as asked.

    Notes
    -----
    ``costs`` is what a choice closes less than the plan as asked; ``is_told`` says whether that is more than the proven
    gaps of the two would explain. ``more`` is what the next smaller budget misses: levels for another 100 million
    rupiah between the two; null where there is no smaller one.
    """
    found = [(one, figures_of(one.plan)) for one in made]
    base = next(figures for one, figures in found if one.name == BASE)
    curve = [(one, figures) for one, figures in found if one.name == BASE or one.factor != 1]
    more = {one.name: _more(before, own) for (_, before), (one, own) in pairwise(curve)}
    rows = [
        {**asdict(figures), "name": one.name, "title": name_of(one, wording), "factor": float(one.factor),
         "status": one.plan.totals.status, "is_sound": one.plan.is_sound,
         "gap": figures.gap if math.isfinite(figures.gap) else None, "costs": base.benefit - figures.benefit,
         "is_told": abs(base.benefit - figures.benefit) > base.benefit * base.gap + figures.benefit * figures.gap,
         "more": more.get(one.name)} for one, figures in found
    ]  # fmt: skip
    return {"year": made[0].request.year, "unit": "weighted levels", "step": STEP, "scenarios": rows}


def _more(before: Figures, after: Figures) -> float | None:
    money = after.budget - before.budget
    return None if money <= 0 else (after.benefit - before.benefit) / money * STEP
