"""Candidates in dated classes, with what each costs for this person: fee, daily allowance, travel and lodging."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from recommender.candidates import Candidates
from recommender.catalog_day import CatalogDay, open_catalog
from recommender.eligibility import retirement_days
from recommender.policy import Policy
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, IndexArray, freeze, group_bounds, join_groups
from training_catalog.quantities import RupiahArray
from training_catalog.training import ONLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One candidate in one class, by pair, then offering.

    Parameters
    ----------
    pair : Row in the candidates.
    employee, offering : Indices.
    fee : Course fee per head, in whole rupiah.
    travel : Allowance, transport and lodging, in whole rupiah.
    is_light : Online, or of few days: what suits a person with a full calendar or a unit short of staff.
    """

    pair: IndexArray
    employee: IndexArray
    offering: IndexArray
    fee: RupiahArray
    travel: RupiahArray
    is_light: BoolArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def cost(self) -> RupiahArray:
        """Fee and travel; shape (n_options,)."""
        return self.fee + self.travel


def _is_absent(workforce: Workforce, catalog: Catalog, employee: IndexArray, offering: IndexArray) -> BoolArray:
    """Return options whose days overlap one of the person's absences."""
    absences = workforce.absences
    left, row = join_groups(group_bounds(absences.employee, workforce.n_people), employee)
    start, end = catalog.offerings.start[offering[left]], catalog.offerings.end[offering[left]]
    hit = (absences.start[row] <= end) & (absences.end[row] >= start)
    absent = np.zeros(len(employee), dtype=np.bool_)
    absent[left[hit]] = True
    return absent


def find_options(
    workforce: Workforce,
    catalog: Catalog,
    candidates: Candidates,
    on: date,
    policy: Policy,
    day: CatalogDay | None = None,
) -> Options:
    """Put every candidate into every open class of its training that the person can attend.

    Parameters
    ----------
    workforce, catalog, candidates : People, classes and pairs.
    on : Classes that began before this day are left out.
    policy : What counts as short; retirement.
    day : From `open_catalog`, where it is at hand.
    """
    day = day or open_catalog(catalog, workforce.units, on)
    pair, row = join_groups(day.class_bounds, candidates.training)
    offering = day.classes[row]
    employee = candidates.employee[pair]
    retires = retirement_days(workforce, policy.eligibility)[employee]
    can_attend = ~_is_absent(workforce, catalog, employee, offering) & ~(retires <= catalog.offerings.end[offering])
    pair, employee, offering = pair[can_attend], employee[can_attend], offering[can_attend]
    return Options(
        pair=pair,
        employee=employee,
        offering=offering,
        fee=catalog.offerings.seat_cost[offering],
        travel=day.travel[day.home[workforce.unit[employee]], offering],
        is_light=(catalog.offerings.mode[offering] == ONLINE)
        | (catalog.offerings.n_days[offering] <= policy.ranking.short_days),
    )
