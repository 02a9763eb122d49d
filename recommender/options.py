"""Candidates in dated classes, with what each costs for this person: fee, daily allowance, travel and lodging."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from recommender.candidates import Candidates
from recommender.eligibility import retirement_days, upcoming_offerings
from recommender.policy import Policy
from recommender.workforce import Units, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, IndexArray, TextArray, freeze, group_bounds, join_groups
from training_catalog.price_book import LODGING, PER_DIEM_TRAINING, TRANSPORT
from training_catalog.quantities import MINUTES_PER_HOUR_JP, RupiahArray
from training_catalog.training import BLENDED, ONLINE

LONG_DAY_HOURS = 8.0  # in-town classes of more hours a day pay the allowance (SBM 2024 text; assumed for SHSR)
BLENDED_IN_PERSON_SHARE = 0.25  # assumption: share of a blended class's days that are held in person


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


def _in_person_days(catalog: Catalog) -> IndexArray:
    """Return the days of each class on which people must be there in person."""
    offerings = catalog.offerings
    share = np.where(offerings.mode == BLENDED, BLENDED_IN_PERSON_SHARE, 1.0)
    share[offerings.mode == ONLINE] = 0.0
    return np.ceil(offerings.n_days * share).astype(np.int64)


def _known(price: RupiahArray) -> RupiahArray:
    """Read a price that the book does not have as nothing to pay; `unpriced_places` names them."""
    return np.maximum(price, 0)


def travel_costs(catalog: Catalog, cities: TextArray) -> RupiahArray:
    """Work out what travel to each class costs from each home city.

    Parameters
    ----------
    catalog : Classes with place and days, and the price book.
    cities : shape (n_homes,), home cities.

    Returns
    -------
    shape (n_homes, n_offerings), whole rupiah.

    Notes
    -----
    Out of town: days x allowance + transport + lodging for each night before a day of class. In town: days x
    allowance where a day has more than 8 hours. Online: nothing. A class whose city is not given counts as in town.
    """
    offerings = catalog.offerings
    days = _in_person_days(catalog)
    per_diem = _known(catalog.prices.unit_price(PER_DIEM_TRAINING, offerings.province))
    away = days * per_diem + _known(catalog.prices.unit_price(TRANSPORT, offerings.province))
    away = np.where(days > 0, away + days * _known(catalog.prices.unit_price(LODGING, offerings.province)), 0)
    hours_a_day = catalog.trainings.hours[offerings.training] * MINUTES_PER_HOUR_JP / 60.0 / offerings.n_days
    in_town = np.where((days > 0) & (hours_a_day > LONG_DAY_HOURS), days * per_diem, 0)
    is_home = (offerings.city[None, :] == cities[:, None]) | (offerings.city == "")[None, :]
    return np.where(is_home, in_town[None, :], away[None, :]).astype(np.int64)


def unpriced_places(catalog: Catalog, units: Units) -> tuple[str, ...]:
    """Return provinces of out-of-town classes for which the price book has no transport or lodging, ascending."""
    offerings = catalog.offerings
    away = (_in_person_days(catalog) > 0) & (offerings.city != "") & ~np.isin(offerings.city, units.city)
    provinces = np.unique(offerings.province[away])
    missing = np.zeros(len(provinces), dtype=np.bool_)
    for item in (PER_DIEM_TRAINING, TRANSPORT, LODGING):
        missing |= catalog.prices.unit_price(item, provinces) < 0
    return tuple(str(province) for province in provinces[missing])


def _is_absent(workforce: Workforce, catalog: Catalog, employee: IndexArray, offering: IndexArray) -> BoolArray:
    """Return options whose days overlap one of the person's absences."""
    absences = workforce.absences
    left, row = join_groups(group_bounds(absences.employee, workforce.n_people), employee)
    start, end = catalog.offerings.start[offering[left]], catalog.offerings.end[offering[left]]
    hit = (absences.start[row] <= end) & (absences.end[row] >= start)
    absent = np.zeros(len(employee), dtype=np.bool_)
    absent[left[hit]] = True
    return absent


def find_options(workforce: Workforce, catalog: Catalog, candidates: Candidates, on: date, policy: Policy) -> Options:
    """Put every candidate into every open class of its training that the person can attend.

    Parameters
    ----------
    workforce, catalog, candidates : People, classes and pairs.
    on : Classes that began before this day are left out.
    policy : What counts as short; retirement.
    """
    upcoming = np.flatnonzero(upcoming_offerings(catalog, on))
    by_training = upcoming[np.argsort(catalog.offerings.training[upcoming], kind="stable")]
    bounds = group_bounds(catalog.offerings.training[by_training], len(catalog.trainings.ids))
    pair, row = join_groups(bounds, candidates.training)
    offering = by_training[row]
    employee = candidates.employee[pair]
    retires = retirement_days(workforce, policy.eligibility)[employee]
    can_attend = ~_is_absent(workforce, catalog, employee, offering) & ~(retires <= catalog.offerings.end[offering])
    pair, employee, offering = pair[can_attend], employee[can_attend], offering[can_attend]
    homes, home = np.unique(workforce.units.city, return_inverse=True)
    travel = travel_costs(catalog, np.append(homes, ""))
    home_of = np.append(home, len(homes))[workforce.unit[employee]]
    return Options(
        pair=pair,
        employee=employee,
        offering=offering,
        fee=catalog.offerings.seat_cost[offering],
        travel=travel[home_of, offering],
        is_light=(catalog.offerings.mode[offering] == ONLINE)
        | (catalog.offerings.n_days[offering] <= policy.ranking.short_days),
    )
