"""The JP that count: a training's hours, at most its form's daily cap times the days, and its monthly cap a month."""

from datetime import date

import numpy as np
import pandas as pd

from training_catalog.columns import DateArray, FloatArray, IndexArray, TextArray, look_up
from training_catalog.frames import dates_of, numbers_of, text_of
from training_catalog.offering import Offerings
from training_catalog.training import Trainings

SCOPE = "national"  # classes abroad have rates of their own, which an offering cannot name yet


def rules_in_force(rules: pd.DataFrame, on: date) -> pd.DataFrame:
    """Return the latest national rule of each form that holds on a day, by form."""
    since = dates_of(rules, "valid_from")
    holds = np.isnat(since) | (since <= np.datetime64(on, "D"))
    holds &= np.isin(text_of(rules, "scope", SCOPE), (SCOPE,))
    current = rules.loc[holds].sort_values(["form", "valid_from"], kind="stable", na_position="first")
    return current.drop_duplicates("form", keep="last")


def daily_caps(rules: pd.DataFrame, forms: TextArray, on: date) -> FloatArray:
    """Return the most JP in a day for each form; infinite where no rule caps it.

    Parameters
    ----------
    rules : The table ``hour_rules``; the latest rule of a form that holds on the day counts.
    forms : Form codes.
    on : Day.
    """
    current = rules_in_force(rules, on)
    found = look_up(text_of(current, "form"), forms)
    return np.append(numbers_of(current, "daily_cap", np.inf), np.inf)[found]


def monthly_caps(rules: pd.DataFrame, forms: TextArray, on: date) -> FloatArray:
    """Return the most JP in a month for each form: sessions a month times JP a session; infinite where none is given.

    Parameters
    ----------
    rules, forms, on : As in `daily_caps`.

    Notes
    -----
    Coaching and mentoring: 2 JP a session, at most 2 sessions a month (BPS letter B-031/BPS/2600/02/2019).
    """
    current = rules_in_force(rules, on)
    sessions = numbers_of(current, "monthly_session_cap")
    most = np.where(np.isnan(sessions), np.inf, numbers_of(current, "rate") * sessions)
    return np.append(most, np.inf)[look_up(text_of(current, "form"), forms)]


def months_spanned(start: DateArray, end: DateArray) -> IndexArray:
    """Return the calendar months from one day to another, both included.

    Examples
    --------
    >>> months_spanned(np.array(["2027-01-30"], dtype="M8[D]"), np.array(["2027-03-01"], dtype="M8[D]")).tolist()
    [3]
    """
    return (end.astype("M8[M]") - start.astype("M8[M]")).astype(np.int64) + 1


def credited_hours(offerings: Offerings, trainings: Trainings, rules: pd.DataFrame, on: date) -> FloatArray:
    """Return the JP that each class is credited with.

    Notes
    -----
    A 20-JP e-learning at 3 JP a day is credited whole only when it lasts 7 days or more
    (BPS letter B-031/BPS/2600/02/2019 after Peraturan LAN 10/2018).
    """
    form = trainings.form[offerings.training]
    by_days = daily_caps(rules, form, on) * offerings.n_days
    by_months = monthly_caps(rules, form, on) * months_spanned(offerings.start, offerings.end)
    return np.minimum(trainings.hours[offerings.training], np.minimum(by_days, by_months))
