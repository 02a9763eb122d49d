"""Five years that people went through: trainings taken, levels gained and lost, assessments, ratings, service."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from recommender.simulation import settings as s
from recommender.simulation.truth import (
    Truth,
    completion_probability,
    dose_of,
    fit_of_level,
    mean_gain,
    motivation_factor,
    transfer,
)
from training_catalog.catalog import Catalog
from training_catalog.columns import BoolArray, FloatArray, IndexArray, group_bounds, join_groups, look_up, rank_within
from training_catalog.quantities import DAYS_PER_YEAR

DAYS_PER_MONTH = 30.44


@dataclass(kw_only=True)
class Traits:
    """What people are like beneath the records; shape (n_people,) throughout, except entries.

    Parameters
    ----------
    motivation, support : 0 to 1.
    shortage : Vacant share of the unit's posts.
    unit, position : Indices.
    employee, competency, required, weight : Entries by person, then competency.
    level : True level of each entry before the simulated years.
    past_rating : Standing in earlier ratings, in SD.
    service_start : Days since 1970.
    """

    motivation: FloatArray
    support: FloatArray
    shortage: FloatArray
    unit: IndexArray
    employee: IndexArray
    competency: IndexArray
    required: FloatArray
    weight: FloatArray
    level: FloatArray
    past_rating: FloatArray
    service_start: IndexArray
    n_people: int


def draw_traits(
    catalog: Catalog, position: IndexArray, unit: IndexArray, shortage: FloatArray, service_start: IndexArray,
    rng: np.random.Generator,
) -> Traits:  # fmt: skip
    """Draw what people are like; competence is what the position requires plus a bias and noise."""
    n_people = len(position)
    employee, row = join_groups(catalog.positions.bounds, position)
    required = catalog.positions.level[row]
    person = rng.normal(0.0, s.LEVEL_SPREAD * np.sqrt(s.PERSON_SHARE), n_people)
    own = rng.normal(0.0, s.LEVEL_SPREAD * np.sqrt(1 - s.PERSON_SHARE), len(row))
    level = np.clip(required + s.LEVEL_BIAS - 0.25 + person[employee] + own, 0.0, 5.0)
    competence = _standing(level - required, employee, n_people)
    noise = rng.normal(0.0, 1.0, n_people)
    rating = s.RATING_BY_COMPETENCE * competence + np.sqrt(1 - s.RATING_BY_COMPETENCE**2) * noise
    return Traits(
        motivation=rng.beta(3.0, 2.2, n_people), support=rng.beta(3.0, 2.0, n_people), shortage=shortage, unit=unit,
        employee=employee, competency=catalog.positions.competency[row], required=required,
        weight=catalog.positions.weight[row], level=level, past_rating=rating, service_start=service_start,
        n_people=n_people,
    )  # fmt: skip


def _standing(values: FloatArray, employee: IndexArray, n_people: int) -> FloatArray:
    """Return each person's mean of entry values, standardised; 0 without entries."""
    count = np.maximum(np.bincount(employee, minlength=n_people), 1)
    mean = np.bincount(employee, weights=values, minlength=n_people) / count
    return (mean - mean.mean()) / max(float(mean.std()), 1e-9)


@dataclass(kw_only=True)
class Participations:
    """Trainings taken, in order of time.

    Parameters
    ----------
    employee, training : Indices.
    start, end : Days since 1970.
    completed : Whether completed; the others failed or withdrew.
    gain_entry, gain_row : Entries that gained, and the participation it came from.
    gain : Levels gained at once.
    half_life : Days after which half of what can be forgotten is lost; infinite when practised.
    """

    employee: IndexArray
    training: IndexArray
    start: IndexArray
    end: IndexArray
    completed: BoolArray
    gain_entry: IndexArray
    gain_row: IndexArray
    gain: FloatArray
    half_life: FloatArray


def _who_goes(traits: Traits, year_start: int, rng: np.random.Generator) -> IndexArray:
    """Draw participations of a year: better rated and more motivated people are sent to more."""
    rate = s.TRAININGS_A_YEAR * np.exp(
        s.SELECTION_BY_RATING * traits.past_rating - s.SELECTION_BY_RATING**2 / 2 + 0.6 * (traits.motivation - 0.5)
    )
    here = np.clip((year_start + DAYS_PER_YEAR - traits.service_start) / DAYS_PER_YEAR, 0.0, 1.0)
    return np.repeat(np.arange(traits.n_people), np.minimum(rng.poisson(rate * here), 4))


def _what_they_take(traits: Traits, catalog: Catalog, who: IndexArray, rng: np.random.Generator) -> IndexArray:
    """Draw trainings: most teach something the position requires, the rest come from offers."""
    trainings = catalog.trainings
    bounds = group_bounds(traits.employee, traits.n_people)
    count = np.diff(bounds)[who]
    entry = bounds[who] + (rng.random(len(who)) * np.maximum(count, 1)).astype(np.int64)
    competency = traits.competency[np.minimum(entry, len(traits.competency) - 1)]
    order = np.argsort(trainings.target_competency, kind="stable")
    teaches = np.repeat(np.arange(len(trainings.ids)), np.diff(trainings.target_bounds))[order]
    by_competency = group_bounds(trainings.target_competency[order], len(catalog.competencies.ids))
    n_teaching = np.diff(by_competency)[competency]
    pick = by_competency[competency] + (rng.random(len(who)) * n_teaching).astype(np.int64)
    suited = teaches[np.minimum(pick, len(teaches) - 1)]
    popular = rng.zipf(1.6, len(who)) * 37 % len(trainings.ids)
    by_offer = (rng.random(len(who)) < s.SHARE_BY_OFFER) | (n_teaching == 0) | (count == 0)
    return np.where(by_offer, popular, suited).astype(np.int64)


def _once_each(employee: IndexArray, training: IndexArray, start: IndexArray, n_trainings: int) -> IndexArray:
    """Keep the first time that a person takes a training."""
    order = np.argsort(start, kind="stable")
    _, first = np.unique((employee * n_trainings + training)[order], return_index=True)
    return np.sort(order[first])


def simulate_participations(
    traits: Traits, catalog: Catalog, on: date, interest: IndexArray, rng: np.random.Generator
) -> Participations:
    """Simulate the trainings of the past years and what they did."""
    today = int(np.datetime64(on, "D").astype(np.int64))
    n_trainings = len(catalog.trainings.ids)
    whos, starts = [], []
    for back in range(s.YEARS_OF_HISTORY, 0, -1):
        year_start = today - int(back * DAYS_PER_YEAR)
        who = _who_goes(traits, year_start, rng)
        whos.append(who)
        starts.append(year_start + rng.integers(30, 330, len(who)))
    employee, start = np.concatenate(whos), np.concatenate(starts).astype(np.int64)
    training = _what_they_take(traits, catalog, employee, rng)
    kept = _once_each(employee, training, start, n_trainings)
    employee, training, start = employee[kept], training[kept], start[kept]
    order = np.lexsort((training, employee, start))
    employee, training, start = employee[order], training[order], start[order]
    mode = catalog.trainings.mode[training]
    wanted = np.isin(employee * n_trainings + training, interest)
    chance = completion_probability(mode, traits.motivation[employee], traits.shortage[employee], wanted)
    completed = rng.random(len(employee)) < chance
    days = np.maximum((catalog.trainings.hours[training] / 6.0).astype(np.int64), 1)
    return _gains(traits, catalog, employee, training, start, start + days, completed, rng)


def _gains(
    traits: Traits, catalog: Catalog, employee: IndexArray, training: IndexArray, start: IndexArray, end: IndexArray,
    completed: BoolArray, rng: np.random.Generator,
) -> Participations:  # fmt: skip
    """Draw gains; levels are taken before the simulated years plus earlier gains, participation after participation."""
    trainings, n_competencies = catalog.trainings, len(catalog.competencies.ids)
    row, target = join_groups(trainings.target_bounds, training)
    keys = traits.employee * n_competencies + traits.competency
    wanted = employee[row] * n_competencies + trainings.target_competency[target]
    entry = look_up(keys, wanted)
    hit = (entry >= 0) & completed[row]
    row, target, entry = row[hit], target[hit], entry[hit]
    who = employee[row]
    noise = rng.normal(0.0, s.GAIN_SPREAD, len(row))
    practised = rng.random(len(row)) < s.SHARE_PRACTISED
    months = rng.uniform(*s.HALF_LIFE_MONTHS, len(row))
    half_life = np.where(practised, np.inf, months * DAYS_PER_MONTH)
    level, dose = traits.level.copy(), dose_of(trainings)
    gain = np.zeros(len(row))
    turn = rank_within(entry, row)
    for k in range(
        int(turn.max()) + 1 if len(turn) else 0
    ):  # a person's second gain in a competency builds on the first
        now = turn == k
        e, t, w = entry[now], target[now], who[now]
        fit = fit_of_level(level[e], trainings.level_from[t], trainings.level_to[t])
        mode = trainings.mode[training[row[now]]]
        mean = mean_gain(mode, dose[training[row[now]]], fit, traits.motivation[w], traits.support[w])
        spread = fit * motivation_factor(traits.motivation[w]) * transfer(traits.support[w])
        gain[now] = np.maximum(mean + noise[now] * spread, 0.0)
        level[e] += gain[now]
    return Participations(employee=employee, training=training, start=start, end=end, completed=completed,
                          gain_entry=entry, gain_row=row, gain=gain, half_life=half_life)  # fmt: skip


def levels_at(
    traits: Traits, taken: Participations, entry: IndexArray, day: IndexArray, gained_by: IndexArray | None = None
) -> FloatArray:
    """Return true levels of entries on days: the level before, plus gains so far less what was forgotten.

    Half of a gain stays for good; the other half fades with its half-life. With `gained_by`, as if nothing had been
    gained after those days.
    """
    order = np.argsort(taken.gain_entry, kind="stable")
    left, event = join_groups(group_bounds(taken.gain_entry[order], len(traits.level)), entry)
    event = order[event]
    since = day[left] - taken.end[taken.gain_row[event]]
    counts = since >= 0 if gained_by is None else (since >= 0) & (day[left] - since <= gained_by[left])
    left_over = np.where(counts, 0.5 + 0.5 * 0.5 ** (np.maximum(since, 0) / taken.half_life[event]), 0.0)
    gained = np.bincount(left, weights=taken.gain[event] * left_over, minlength=len(entry))
    return np.clip(traits.level[entry] + gained, 0.0, 5.0)


def caused_between(
    traits: Traits, taken: Participations, entry: IndexArray, after: IndexArray, until: IndexArray
) -> FloatArray:
    """Return how much higher entries truly stand on a day for what was gained since another day."""
    without = levels_at(traits, taken, entry, until, gained_by=after)
    return levels_at(traits, taken, entry, until) - without


def truth_on(traits: Traits, taken: Participations, catalog: Catalog, employees: np.ndarray, on: date,
             interest: IndexArray) -> Truth:  # fmt: skip
    """Return what is true on the day of planning."""
    today = int(np.datetime64(on, "D").astype(np.int64))
    entries = np.arange(len(traits.level))
    return Truth(
        employees=employees, employee=traits.employee, competency=traits.competency, required=traits.required,
        level=levels_at(traits, taken, entries, np.full(len(entries), today)), weight=traits.weight,
        motivation=traits.motivation, support=traits.support, shortage=traits.shortage, interest=interest,
        n_competencies=len(catalog.competencies.ids), n_trainings=len(catalog.trainings.ids),
    )  # fmt: skip


def to_dates(days: IndexArray | FloatArray) -> pd.Series:
    """Return days since 1970 as dates."""
    return pd.Series(np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[s]"))
