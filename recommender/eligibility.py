"""Who may take what: small named rules, each with its reason; the first rule that blocks gives it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.policy import EligibilityRules
from recommender.workforce import COMPLETED, ENROLLED, INACTIVE, LEAVE, RETIRED, STUDY, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, DateArray, IndexArray, freeze, join_groups, look_up
from training_catalog.quantities import DAYS_PER_YEAR

DAYS_PER_MONTH = DAYS_PER_YEAR / 12

# In the order in which they are tried: what the person is, then what the training is, then the two together.
REASONS = (
    "eligible",
    "inactive",
    "on-leave",
    "retiring-soon",
    "closed",
    "past",
    "already-taken",
    "already-enrolled",
    "wrong-employment-type",
    "wrong-position",
    "prerequisite-missing",
    "not-interested",
)
CODE = {name: code for code, name in enumerate(REASONS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """The verdict on each pair.

    Parameters
    ----------
    reason : Index into `REASONS`; 0 when eligible.
    requires : For a missing prerequisite, the training that must come first; else -1.
    has_lapsed : Whether an enrolment in it has no outcome and no longer counts.
    """

    reason: IndexArray
    requires: IndexArray
    has_lapsed: BoolArray

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def is_eligible(self) -> BoolArray:
        """Whether each pair is eligible."""
        eligible: BoolArray = self.reason == 0
        return eligible


def retirement_days(workforce: Workforce, rules: EligibilityRules) -> DateArray:
    """Return each person's retirement: the date on file, else the birthday at the policy's age; NaT when unknown."""
    by_age = workforce.birth_date + np.timedelta64(round(rules.retirement_age * DAYS_PER_YEAR), "D")
    return np.where(np.isnat(workforce.retirement_date), by_age, workforce.retirement_date)


def person_reasons(workforce: Workforce, on: date, rules: EligibilityRules) -> IndexArray:
    """Return why a person may take nothing at all; 0 where there is no such reason; shape (n_people,)."""
    reason = np.zeros(workforce.n_people, dtype=np.int64)
    horizon = np.datetime64(on, "D") + np.timedelta64(round(rules.retirement_months * DAYS_PER_MONTH), "D")
    reason[retirement_days(workforce, rules) <= horizon] = CODE["retiring-soon"]
    reason[np.isin(workforce.status, (LEAVE, STUDY))] = CODE["on-leave"]
    reason[np.isin(workforce.status, (INACTIVE, RETIRED))] = CODE["inactive"]
    return reason


def upcoming_offerings(catalog: Catalog, on: date) -> BoolArray:
    """Return which offerings are open and begin on or after a day; shape (n_offerings,)."""
    starts: BoolArray = catalog.offerings.start >= np.datetime64(on, "D")
    return catalog.offerings.is_open & starts


def training_reasons(catalog: Catalog, on: date) -> IndexArray:
    """Return why a training can be taken by nobody; 0 where it can; shape (n_trainings,).

    A training without any offering on file can still be recommended: only its date is not known yet.
    """
    n_trainings = len(catalog.trainings.ids)
    has_dates = np.bincount(catalog.offerings.training, minlength=n_trainings) > 0
    upcoming = np.bincount(catalog.offerings.training[upcoming_offerings(catalog, on)], minlength=n_trainings) > 0
    reason = np.where(has_dates & ~upcoming, CODE["past"], 0)
    reason[~catalog.trainings.is_open] = CODE["closed"]
    return reason.astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Trainings taken before a day, by person and series, ascending by key.

    Parameters
    ----------
    keys : person x n_trainings + series.
    last : Last day of the latest edition completed.
    """

    keys: IndexArray
    last: DateArray

    def find(self, keys: IndexArray) -> DateArray:
        """Return when each key was last completed; NaT when never."""
        return np.append(self.last, np.datetime64("NaT", "D"))[look_up(self.keys, keys)]


def lapsed_enrolments(workforce: Workforce, on: date, rules: EligibilityRules) -> BoolArray:
    """Return records of an enrolment whose class ended so long ago that no outcome will come; shape (n_records,)."""
    history = workforce.history
    horizon = np.datetime64(on, "D") - np.timedelta64(round(rules.enrolment_years * DAYS_PER_YEAR), "D")
    lapsed: BoolArray = (history.status == ENROLLED) & (history.end < horizon)
    return lapsed


def taken_before(workforce: Workforce, catalog: Catalog, on: date) -> Taken:
    """Find what each person completed on or before a day, in any edition.

    Parameters
    ----------
    workforce, catalog : People with their history, and the series of each training.
    on : A record that ends later is in the future and does not count as completed.
    """
    history = workforce.history
    return _last_of_each(workforce, catalog, (history.status == COMPLETED) & (history.end <= np.datetime64(on, "D")))


def _last_of_each(workforce: Workforce, catalog: Catalog, counts: BoolArray) -> Taken:
    """Find the last of some records of each person and series."""
    history = workforce.history
    rows = np.flatnonzero(counts & (history.training >= 0))
    keys = history.employee[rows] * len(catalog.trainings.ids) + catalog.trainings.series[history.training[rows]]
    order = np.lexsort((history.end[rows], keys))
    keys, last = keys[order], history.end[rows][order]
    is_last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
    return Taken(keys=keys[is_last], last=last[is_last])


def _retake_after(catalog: Catalog, rules: EligibilityRules) -> NDArray[np.timedelta64]:
    """Return how long after its end each training is due again; shape (n_trainings,)."""
    own = catalog.trainings.retake_after_years
    return (np.where(np.isnan(own), rules.retake_after_years, own) * DAYS_PER_YEAR).astype("timedelta64[D]")


def _missing_prerequisite(
    taken: Taken, catalog: Catalog, employee: IndexArray, training: IndexArray
) -> tuple[BoolArray, IndexArray]:
    """Return which pairs lack a prerequisite, and the first one lacking."""
    trainings = catalog.trainings
    asks = np.flatnonzero((np.diff(trainings.prerequisite_bounds) > 0)[training])
    left, row = join_groups(trainings.prerequisite_bounds, training[asks])
    pair, required = asks[left], trainings.requires[row]
    keys = employee[pair] * len(trainings.ids) + trainings.series[required]
    lacking = np.flatnonzero(np.isnat(taken.find(keys)))
    requires = np.full(len(training), -1, dtype=np.int64)
    requires[pair[lacking[::-1]]] = required[lacking[::-1]]  # backwards, so that the first one stays
    return requires >= 0, requires


def _is_unwanted(workforce: Workforce, n_trainings: int, employee: IndexArray, training: IndexArray) -> BoolArray:
    no = ~workforce.interests.is_wanted
    keys = workforce.interests.employee[no] * n_trainings + workforce.interests.training[no]
    return np.isin(employee * n_trainings + training, keys)


def _type_is_wrong(workforce: Workforce, catalog: Catalog, employee: IndexArray, training: IndexArray) -> BoolArray:
    return ~catalog.trainings.type_allowed[training, workforce.employment_type[employee]]


def _position_is_wrong(workforce: Workforce, catalog: Catalog, employee: IndexArray, training: IndexArray) -> BoolArray:
    """Return pairs whose training is for other position classes; a person of no class fits none of them."""
    position_class = np.append(catalog.positions.position_class, -1)[workforce.position[employee]]
    if not len(catalog.positions.classes):
        return catalog.trainings.restricts_class[training]
    fits = catalog.trainings.class_allowed[training, position_class] & (position_class >= 0)
    wrong: BoolArray = catalog.trainings.restricts_class[training] & ~fits
    return wrong


def what_is_done(
    workforce: Workforce,
    catalog: Catalog,
    on: date,
    rules: EligibilityRules,
    *,
    employee: IndexArray,
    training: IndexArray,
    taken: Taken | None = None,
) -> tuple[BoolArray, BoolArray]:
    """Return which pairs were taken, in any edition, and are not due again; and which are under way."""
    keys = employee * len(catalog.trainings.ids) + catalog.trainings.series[training]
    last = (taken or taken_before(workforce, catalog, on)).find(keys)
    is_taken: BoolArray = last + _retake_after(catalog, rules)[training] > np.datetime64(on, "D")
    under_way = (workforce.history.status == ENROLLED) & ~lapsed_enrolments(workforce, on, rules)
    return is_taken, ~np.isnat(_last_of_each(workforce, catalog, under_way).find(keys))


def judge_pairs(
    workforce: Workforce,
    catalog: Catalog,
    on: date,
    rules: EligibilityRules,
    *,
    employee: IndexArray,
    training: IndexArray,
    of_training: IndexArray | None = None,
) -> Eligibility:
    """Judge (person, training) pairs on a day.

    Parameters
    ----------
    workforce, catalog, on, rules : People, trainings, the day and the horizons.
    employee, training : shape (n_pairs,), indices.
    of_training : From `training_reasons`, where it is at hand.

    Returns
    -------
    One verdict a pair; where several rules block, the first in the order of `REASONS`.
    """
    n_trainings = len(catalog.trainings.ids)
    taken = taken_before(workforce, catalog, on)
    is_taken, is_enrolled = what_is_done(
        workforce, catalog, on, rules, employee=employee, training=training, taken=taken
    )
    lacks, requires = _missing_prerequisite(taken, catalog, employee, training)
    tried = (
        ("not-interested", _is_unwanted(workforce, n_trainings, employee, training)),
        ("prerequisite-missing", lacks),
        ("wrong-position", _position_is_wrong(workforce, catalog, employee, training)),
        ("wrong-employment-type", _type_is_wrong(workforce, catalog, employee, training)),
        ("already-enrolled", is_enrolled),
        ("already-taken", is_taken),
    )
    reason = np.zeros(len(training), dtype=np.int64)
    for name, blocked in tried:  # last to first, so that the first rule's reason stays
        reason[blocked] = CODE[name]
    closed = (training_reasons(catalog, on) if of_training is None else of_training)[training]
    reason = np.where(closed > 0, closed, reason)
    of_person = person_reasons(workforce, on, rules)[employee]
    reason = np.where(of_person > 0, of_person, reason)
    lapsed = _last_of_each(workforce, catalog, lapsed_enrolments(workforce, on, rules))
    keys = employee * n_trainings + catalog.trainings.series[training]
    return Eligibility(
        reason=reason,
        requires=np.where(reason == CODE["prerequisite-missing"], requires, -1),
        has_lapsed=~np.isnat(lapsed.find(keys)),
    )
