"""Unit outcomes beside the trainings of the year before: the doses and values that `models.service_link` reads."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from models.service_link import ServiceLink, all_in_view, estimate_link
from recommender.workforce import COMPLETED, Workforce
from training_catalog.columns import FloatArray, IndexArray, TextArray, freeze
from training_catalog.frames import Tables, dates_of, index_of, numbers_of, text_of

YEAR = "datetime64[Y]"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOutcomes:
    """Service indicators of units.

    Parameters
    ----------
    unit : Index into the workforce's units.
    indicator : Name.
    year : Years since 1970 of the period's end.
    value : Value found.
    """

    unit: IndexArray
    indicator: TextArray
    year: IndexArray
    value: FloatArray

    def __post_init__(self) -> None:
        freeze(self)


def build_unit_outcomes(tables: Tables, workforce: Workforce, on: date) -> UnitOutcomes:
    """Build unit outcomes from their table; rows of unknown units, and of periods after a day, are left out."""
    frame = tables["unit_outcomes"]
    unit = index_of(frame, "unit", workforce.units.ids)
    known = (unit >= 0) & (dates_of(frame, "period_end") <= np.datetime64(on, "D"))
    frame, unit = frame.loc[known], unit[known]
    year = dates_of(frame, "period_end").astype(YEAR).astype(np.int64)
    return UnitOutcomes(unit=unit, indicator=text_of(frame, "indicator"), year=year, value=numbers_of(frame, "value"))


def link_service(workforce: Workforce, outcomes: UnitOutcomes) -> tuple[ServiceLink, ...]:
    """Estimate, for each indicator, what goes with one more completed training a head in the year before.

    Notes
    -----
    People are counted in their present unit: earlier units are not on file. All indicators are in view of what is
    claimed (Benjamini & Hochberg 1995), for an office may have many.
    """
    history, n_units = workforce.history, len(workforce.units.ids)
    rows = np.flatnonzero((history.status == COMPLETED) & (workforce.unit[history.employee] >= 0))
    if not len(rows) or not len(outcomes.value):
        return ()
    year = history.end[rows].astype(YEAR).astype(np.int64)
    first = int(min(year.min(), outcomes.year.min())) - 1
    width = int(max(year.max(), outcomes.year.max())) - first + 1
    cell = workforce.unit[history.employee[rows]] * width + (year - first)
    count = np.bincount(cell, minlength=n_units * width).reshape(n_units, width)
    dose = count / np.maximum(workforce.units.headcount, 1)[:, None]
    covered = outcomes.year - 1 >= int(year.min())
    links = []
    for name in np.unique(outcomes.indicator):
        of_it = covered & (outcomes.indicator == name) & ~np.isnan(outcomes.value)
        unit, when = outcomes.unit[of_it], outcomes.year[of_it] - first
        links.append(
            estimate_link(str(name), unit=unit, period=when, dose=dose[unit, when - 1], value=outcomes.value[of_it])
        )
    return all_in_view(links)
