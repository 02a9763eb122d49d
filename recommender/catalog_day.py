"""The catalogue as it stands on a day for whoever asks: worked out once for many people, one at a time or in chunks."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import csr_array

from recommender.eligibility import training_reasons, upcoming_offerings
from recommender.travel import travel_costs
from recommender.workforce import Units
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, IndexArray, freeze, group_bounds
from training_catalog.quantities import RupiahArray
from training_catalog.training import Trainings


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogDay:
    """What a day's catalogue means, whoever the person is.

    Parameters
    ----------
    teaching : Competencies x trainings: 1 where a training teaches a competency.
    reason : shape (n_trainings,): why nobody can take a training, see `training_reasons`.
    is_on_offer : shape (n_trainings,): whether some edition of it can be begun.
    classes : Offerings that can be begun, by training.
    class_bounds : shape (n_trainings + 1,): the classes of each training.
    travel : shape (n_homes, n_offerings), whole rupiah, see `travel_costs`.
    home : shape (n_units + 1,): row in `travel` of each unit; the last is for people without one.
    """

    teaching: csr_array
    reason: IndexArray
    is_on_offer: BoolArray
    classes: IndexArray
    class_bounds: IndexArray
    travel: RupiahArray
    home: IndexArray

    def __post_init__(self) -> None:
        freeze(self)


def teaching_of(trainings: Trainings, n_competencies: int) -> csr_array:
    """Return competencies x trainings: 1 where a training teaches a competency."""
    ones = np.ones(len(trainings.target_competency))
    shape = (len(trainings.ids), n_competencies)
    return csr_array((ones, trainings.target_competency, trainings.target_bounds), shape=shape).T.tocsr()


def open_catalog(catalog: Catalog, units: Units, on: date) -> CatalogDay:
    """Work out what a catalogue means on a day.

    Parameters
    ----------
    catalog, units : Trainings with their classes, and where people are at home.
    on : The day.
    """
    trainings, n_trainings = catalog.trainings, len(catalog.trainings.ids)
    upcoming = np.flatnonzero(upcoming_offerings(catalog, on))
    offered = catalog.offerings.training[upcoming]
    classes = upcoming[np.argsort(offered, kind="stable")]
    homes, home = np.unique(units.city, return_inverse=True)
    return CatalogDay(
        teaching=teaching_of(trainings, len(catalog.competencies.ids)),
        reason=training_reasons(catalog, on),
        is_on_offer=np.isin(trainings.series, trainings.series[offered[trainings.is_open[offered]]]),
        classes=classes,
        class_bounds=group_bounds(catalog.offerings.training[classes], n_trainings),
        travel=travel_costs(catalog, np.append(homes, "")),
        home=np.append(home, len(homes)),
    )
