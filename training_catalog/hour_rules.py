"""The JP a class is credited with: a training's hours, at most the daily cap of its form times the class's days."""

from datetime import date

import numpy as np
import pandas as pd

from training_catalog.columns import FloatArray, TextArray, look_up
from training_catalog.frames import dates_of, numbers_of, text_of
from training_catalog.offering import Offerings
from training_catalog.training import Trainings

SCOPE = "national"  # classes abroad have rates of their own, which an offering cannot name yet


def daily_caps(rules: pd.DataFrame, forms: TextArray, on: date) -> FloatArray:
    """Return the most JP in a day for each form; infinite where no rule caps it.

    Parameters
    ----------
    rules : The table ``hour_rules``; the latest rule of a form that holds on the day counts.
    forms : Form codes.
    on : Day.
    """
    since = dates_of(rules, "valid_from")
    holds = np.isnat(since) | (since <= np.datetime64(on, "D"))
    holds &= np.isin(text_of(rules, "scope", SCOPE), (SCOPE,))
    current = rules.loc[holds].sort_values(["form", "valid_from"], kind="stable", na_position="first")
    current = current.drop_duplicates("form", keep="last")
    found = look_up(text_of(current, "form"), forms)
    return np.append(numbers_of(current, "daily_cap", np.inf), np.inf)[found]


def credited_hours(offerings: Offerings, trainings: Trainings, rules: pd.DataFrame, on: date) -> FloatArray:
    """Return the JP that each class is credited with.

    Notes
    -----
    A 20-JP e-learning at 3 JP a day is credited whole only when it lasts 7 days or more
    (BPS letter B-031/BPS/2600/02/2019 after Peraturan LAN 10/2018).
    """
    cap = daily_caps(rules, trainings.form[offerings.training], on)
    return np.minimum(trainings.hours[offerings.training], cap * offerings.n_days)
