"""Learning hours (JP) of a year: what each form counts for each person, and their sum."""

from dataclasses import dataclass

import numpy as np

from recommender.workforce import COMPLETED, ENROLLED, Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import FloatArray, IndexArray, TextArray, check_lengths, freeze
from training_catalog.hour_rules import months_spanned

MONTHS = 12  # of the one year that is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfForms:
    """The JP of each person in each form, by person, then form.

    Parameters
    ----------
    employee : Index.
    form : Code of the form; empty where a title matches no training, or its training states none.
    recorded, counted : JP on record, and what counts of them after monthly limits.
    """

    employee: IndexArray
    form: TextArray
    recorded: FloatArray
    counted: FloatArray

    def __post_init__(self) -> None:
        check_lengths("hours", len(self.employee), form=self.form, recorded=self.recorded, counted=self.counted)
        freeze(self)


def hours_by_form(workforce: Workforce, catalog: Catalog, year: int) -> HoursOfForms:
    """Return the JP of each person and form in a year: completed, and enrolled in.

    Parameters
    ----------
    workforce, catalog : People with their past, and what each form is credited with a month.
    year : Records count in the year, and the month, in which they end.

    Notes
    -----
    Forms with a monthly cap (coaching, mentoring) count up to it for each person, form and month; a record that runs
    over several months may count up to it in each.
    """
    history = workforce.history
    in_year = history.end.astype("datetime64[Y]").astype(np.int64) + 1970 == year
    rows = np.flatnonzero(in_year & np.isin(history.status, (COMPLETED, ENROLLED)))
    training = history.training[rows]
    forms, kind = np.unique(np.append(catalog.trainings.form, ""), return_inverse=True)  # -1 reads the appended ""
    owner = history.employee[rows] * len(forms) + kind[training]
    month = history.end[rows].astype("datetime64[M]").astype(np.int64) % MONTHS
    keys, group = np.unique(owner * MONTHS + month, return_inverse=True)
    most = np.zeros(len(keys))
    cap = np.append(catalog.month_caps, np.inf)[training]
    np.maximum.at(most, group, cap * months_spanned(history.start[rows], history.end[rows]))
    recorded = np.bincount(group, weights=history.hours[rows], minlength=len(keys))
    owners, part = np.unique(keys // MONTHS, return_inverse=True)
    return HoursOfForms(
        employee=owners // len(forms),
        form=forms[owners % len(forms)],
        recorded=np.bincount(part, weights=recorded, minlength=len(owners)).astype(np.float64),
        counted=np.bincount(part, weights=np.minimum(recorded, most), minlength=len(owners)).astype(np.float64),
    )


def hours_taken(workforce: Workforce, catalog: Catalog, year: int) -> FloatArray:
    """Return the JP that count for each person in a year; as `hours_by_form`, summed."""
    found = hours_by_form(workforce, catalog, year)
    return np.bincount(found.employee, weights=found.counted, minlength=workforce.n_people).astype(np.float64)
