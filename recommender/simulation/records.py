"""What the office wrote down of the past: assessments, history, ratings, service indicators, interests, absences."""

from datetime import date

import numpy as np
import pandas as pd

from recommender.simulation import settings as s
from recommender.simulation.past import Participations, Traits, levels_at, to_dates
from training_catalog.catalog import Catalog
from training_catalog.columns import IndexArray, group_bounds, join_groups, look_up
from training_catalog.quantities import DAYS_PER_YEAR

MISSPELLINGS = (("Pelatihan", "Plthn"), ("Bimbingan Teknis", "Bimtek"), ("Lanjutan", "Lanjut"), ("dan", "&"),
                ("Dasar", "dsr."), ("E-learning", "Elearning"))  # fmt: skip
PREDICATE_SHARES = (0.07, 0.95, 0.98, 0.995)  # cumulative: very good, good, needs improvement, poor
DAYS_TO_COUNT = 1_000_000  # days since 1970 stay below
COMPLAINTS, SATISFACTION = "complaints-resolved", "satisfaction"


def _today(on: date) -> int:
    return int(np.datetime64(on, "D").astype(np.int64))


def _assessed_on(traits: Traits, on: date, rng: np.random.Generator) -> IndexArray:
    """Draw the day of each person's last assessment: a quarter never, some more than three years ago; -1 for never."""
    draw = rng.random(traits.n_people)
    recent = rng.integers(40, int(2.9 * DAYS_PER_YEAR), traits.n_people)
    old = rng.integers(int(3.05 * DAYS_PER_YEAR), int(4.8 * DAYS_PER_YEAR), traits.n_people)
    back = np.where(draw < s.SHARE_NEVER_ASSESSED + s.SHARE_EXPIRED, old, recent)
    day = _today(on) - back
    never = (draw < s.SHARE_NEVER_ASSESSED) | (day < traits.service_start + 60)
    return np.where(never, -1, day)


def _found(level: np.ndarray, error: np.ndarray) -> np.ndarray:
    return np.clip(np.round(level + error), 1, 5)


def assessment_table(
    traits: Traits, taken: Participations, catalog: Catalog, ids: np.ndarray, on: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Return assessments: the centre's rounds, levels measured again after trainings, and what people say themselves."""
    last = _assessed_on(traits, on, rng)
    entries = np.arange(len(traits.level))
    parts = []
    for back in (0, 3):
        day = np.where(last < 0, -1, last - int(back * DAYS_PER_YEAR))[traits.employee]
        there = (day > 0) & (day > traits.service_start[traits.employee] + 60)
        there &= day > _today(on) - int((s.YEARS_OF_HISTORY + 0.5) * DAYS_PER_YEAR)
        parts.append((entries[there], day[there], "assessment-centre"))
    in_rounds = last > _today(on) - 3 * DAYS_PER_YEAR  # offices that assess at all also measure after trainings
    again = taken.completed & (rng.random(len(taken.completed)) < s.SHARE_MEASURED_AGAIN) & in_rounds[taken.employee]
    rows = np.flatnonzero(again)
    row, target = join_groups(catalog.trainings.target_bounds, taken.training[rows])
    keys = traits.employee * len(catalog.competencies.ids) + traits.competency
    wanted = taken.employee[rows[row]] * len(catalog.competencies.ids) + catalog.trainings.target_competency[target]
    entry = look_up(keys, wanted)
    day = (taken.end[rows] + rng.integers(100, 330, len(rows)))[row]
    there = (entry >= 0) & (day < _today(on))
    parts.append((entry[there], day[there], "post-training"))
    says = rng.random(traits.n_people) < s.SHARE_SELF_RATED
    own = entries[says[traits.employee]]
    parts.append((own, np.full(len(own), _today(on) - 75), "self"))
    return _as_found(traits, taken, catalog, ids, parts, rng)


def _as_found(
    traits: Traits, taken: Participations, catalog: Catalog, ids: np.ndarray,
    parts: list[tuple[IndexArray, IndexArray, str]], rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Return what each part's assessors found: true levels with error, one row for an entry, day and method."""
    staff, competencies = pd.Series(ids, dtype="str"), pd.Series(catalog.competencies.ids, dtype="str")
    frames = []
    for entry, day, method in parts:
        bias, spread = (s.SELF_BIAS, s.SELF_ERROR) if method == "self" else (0.0, s.ASSESSMENT_ERROR)
        error = rng.normal(bias, spread, len(entry))
        level = _found(levels_at(traits, taken, entry, day), error)
        _, first = np.unique(entry * DAYS_TO_COUNT + day, return_index=True)  # days differ from part to part
        first.sort()
        frames.append(pd.DataFrame({
            "employee": _named(staff, traits.employee[entry[first]]),
            "competency": _named(competencies, traits.competency[entry[first]]),
            "level": level[first], "assessed_on": to_dates(day[first]), "method": pd.Series(method, range(len(first)), dtype="str"),
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _named(texts: pd.Series, rows: IndexArray) -> pd.Series:
    """Return the text of each row, in the compact form that a million people's records need."""
    return texts.take(rows).reset_index(drop=True)


def history_table(taken: Participations, catalog: Catalog, ids: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return the training history; some titles were written so that they match no training."""
    n = len(taken.employee)
    status = np.where(taken.completed, "completed", np.where(rng.random(n) < 0.3, "failed", "withdrawn"))  # noqa: PLR2004 (share of failures)
    gained = np.bincount(taken.gain_row, weights=taken.gain, minlength=n)
    pre = np.clip(rng.normal(58, 10, n), 10, 95)
    post = np.where(taken.completed, np.clip(pre + 14 + 12 * gained + rng.normal(0, 7, n), 10, 100), np.nan)
    title = pd.Series(catalog.trainings.names[taken.training]).astype("str")
    unmatched = rng.random(n) < s.SHARE_UNMATCHED_TITLES
    written = title
    for right, wrong in MISSPELLINGS:
        written = written.str.replace(right, wrong, regex=False)
    code = pd.Series(catalog.trainings.ids[taken.training]).astype("str")
    return pd.DataFrame({
        "employee": ids[taken.employee], "training": code.where(~unmatched), "training_name": title.where(~unmatched, written),
        "start_date": to_dates(taken.start), "end_date": to_dates(taken.end), "status": status,
        "hours": catalog.trainings.hours[taken.training], "pre_score": np.round(pre, 1), "post_score": np.round(post, 1),
        "provider": catalog.trainings.provider[taken.training],
    })  # fmt: skip


def performance_table(traits: Traits, ids: np.ndarray, on: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return yearly ratings: numbers to 2021, predicates from 2022, with little variance by design."""
    frames = []
    for year in range(on.year - s.YEARS_OF_RATINGS, on.year):
        end = int(np.datetime64(f"{year}-12-31", "D").astype(np.int64))
        rows = np.flatnonzero(traits.service_start < end - 180)
        z = 0.7 * traits.past_rating[rows] + np.sqrt(1 - 0.7**2) * rng.normal(0, 1, len(rows))
        is_number = year <= 2021  # noqa: PLR2004 (PermenPANRB 6/2022)
        place = 1 - (np.argsort(np.argsort(z)) + 0.5) / max(len(z), 1)
        predicate = 1.0 + np.searchsorted(PREDICATE_SHARES, place, side="right")
        rating = np.round(np.clip(85 + 4 * z, 60, 100), 2) if is_number else predicate
        frames.append(pd.DataFrame({
            "employee": ids[rows], "period_end": pd.Timestamp(year, 12, 31).as_unit("s"),
            "scale": "skp-angka" if is_number else "skp-predikat", "rating": rating,
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def unit_outcome_table(
    traits: Traits, taken: Participations, unit_ids: np.ndarray, on: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Return yearly service indicators; they rise with the trainings of the year before, as planted."""
    n_units = len(unit_ids)
    headcount = np.maximum(np.bincount(traits.unit, minlength=n_units), 1)
    satisfaction, complaints = rng.normal(80, 4, n_units), rng.normal(0.78, 0.06, n_units)
    rows = np.flatnonzero(taken.completed)
    year = (taken.end[rows].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)) + 1970
    frames = []
    for period in range(on.year - s.YEARS_OF_HISTORY + 1, on.year):
        dose = np.bincount(traits.unit[taken.employee[rows[year == period - 1]]], minlength=n_units) / headcount
        frames += [
            pd.DataFrame({"unit": unit_ids, "indicator": name, "period_end": pd.Timestamp(period, 12, 31).as_unit("s"),
                          "value": np.round(np.clip(base + effect * dose + rng.normal(0, noise, n_units), 0, top), digits)})
            for name, base, effect, noise, top, digits in (
                (SATISFACTION, satisfaction, s.SATISFACTION_EFFECT, 0.8, 100, 2),
                (COMPLAINTS, complaints, s.COMPLAINTS_EFFECT, 0.012, 1, 4),
            )
        ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def draw_interest(traits: Traits, catalog: Catalog, rng: np.random.Generator) -> IndexArray:
    """Draw who asked for which training: person x n_trainings + training, ascending."""
    who = np.flatnonzero(rng.random(traits.n_people) < s.SHARE_INTERESTED * (0.5 + traits.motivation))
    who = np.repeat(who, 2)
    bounds = group_bounds(traits.employee, traits.n_people)
    count = np.diff(bounds)[who]
    who, count = who[count > 0], count[count > 0]
    entry = bounds[who] + (rng.random(len(who)) * count).astype(np.int64)
    target = np.argsort(catalog.trainings.target_competency, kind="stable")
    by_competency = group_bounds(catalog.trainings.target_competency[target], len(catalog.competencies.ids))
    competency = traits.competency[entry]
    n_teaching = np.diff(by_competency)[competency]
    who, competency, n_teaching = who[n_teaching > 0], competency[n_teaching > 0], n_teaching[n_teaching > 0]
    pick = target[by_competency[competency] + (rng.random(len(who)) * n_teaching).astype(np.int64)]
    teaches = np.repeat(np.arange(len(catalog.trainings.ids)), np.diff(catalog.trainings.target_bounds))
    return np.unique(who * len(catalog.trainings.ids) + teaches[pick])


def interest_table(interest: IndexArray, catalog: Catalog, ids: np.ndarray, on: date) -> pd.DataFrame:
    """Return stated interests."""
    n_trainings = len(catalog.trainings.ids)
    return pd.DataFrame({
        "employee": ids[interest // n_trainings], "training": catalog.trainings.ids[interest % n_trainings],
        "kind": "interested", "stated_on": pd.Timestamp(on.year - 1, 10, 15).as_unit("s"),
    })  # fmt: skip


def absence_table(traits: Traits, ids: np.ndarray, on: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return days on which people cannot attend; some people's calendars are full of duties."""
    today = _today(on)
    one = np.flatnonzero(rng.random(traits.n_people) < 0.12)  # noqa: PLR2004 (share with a planned absence)
    start = today + rng.integers(10, 330, len(one))
    length = rng.integers(3, 20, len(one))
    busy = np.repeat(np.flatnonzero(rng.random(traits.n_people) < 0.05), 4)  # noqa: PLR2004 (share with a full calendar)
    quarter = np.tile(np.arange(4), len(busy) // 4)
    busy_start = today + 20 + quarter * 88 + rng.integers(0, 10, len(busy))
    frame = pd.DataFrame({
        "employee": ids[np.concatenate([one, busy])], "start_date": to_dates(np.concatenate([start, busy_start])),
        "end_date": to_dates(np.concatenate([start + length, busy_start + 45])),
        "kind": ["leave"] * len(one) + ["duty"] * len(busy),
    })  # fmt: skip
    return frame.drop_duplicates(["employee", "start_date"], ignore_index=True)
