"""What it costs to be at a class: daily allowance, travel and lodging, from each home city."""

import numpy as np

from recommender.workforce import Units
from training_catalog.catalog import Catalog
from training_catalog.columns import IndexArray, TextArray
from training_catalog.price_book import LODGING, PER_DIEM_TRAINING, TRANSPORT
from training_catalog.quantities import MINUTES_PER_HOUR_JP, RupiahArray
from training_catalog.training import BLENDED, ONLINE

LONG_DAY_HOURS = 8.0  # in-town classes of more hours a day pay the allowance (SBM 2024 text; assumed for SHSR)
BLENDED_IN_PERSON_SHARE = 0.25  # assumption: share of a blended class's days that are held in person


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
