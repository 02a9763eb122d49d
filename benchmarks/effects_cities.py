"""Effects in the simulated city, where what trainings did is planted."""

import tempfile
from datetime import date

import numpy as np
from scipy.special import ndtr

from models.effect import difference, estimate_effect
from recommender.episodes import Episodes, level_episodes, rating_episodes
from recommender.past_effects import effect_on_ratings
from recommender.past_records import days_of
from recommender.simulation.city import City, simulate_city
from recommender.simulation.past import caused_between, levels_at
from recommender.simulation.settings import ASSESSMENT_ERROR
from recommender.workforce import Workforce
from recommender.workforce_tables import build_workforce
from service.reference import open_office
from service.titles import match_history, with_titles
from training_catalog.catalog import Catalog, build_catalog
from training_catalog.columns import FloatArray, look_up
from training_catalog.frames import Tables
from training_catalog.tables import TABLES

ON = date(2027, 1, 4)


def as_found(level: FloatArray) -> FloatArray:
    """Return the level that assessors find on average: whole levels from 1 to 5, with their error."""
    found: FloatArray = 1 + sum(ndtr((level - k - 0.5) / ASSESSMENT_ERROR) for k in range(1, 5))
    return found


def reference_of(url: str) -> Tables:
    """Return the tables that a new office begins with."""
    names = {declared.name for declared in TABLES}
    return {name: frame for name, frame in open_office(url).read_all().items() if name in names and len(frame)}


def office_of(city: City, url: str) -> tuple[Catalog, Workforce]:
    """Import a city's tables, match the titles in its history, and return what an office would have."""
    database = open_office(url)
    with database.writing("benchmark") as writing:
        for name, frame in city.tables.items():
            if len(frame):
                database.upsert(writing, name, frame)
        match_history(database, writing, {"history", "trainings"})
    frames = with_titles(database.read_all())
    catalog = build_catalog(frames, ON)
    return catalog, build_workforce(frames, catalog)


def planted(city: City, catalog: Catalog, episodes: Episodes) -> tuple[float, float]:
    """Return what trainings truly did to the trained: in true levels, and in levels as assessors find them."""
    width, trained = len(catalog.competencies.ids), episodes.rows.is_trained
    keys = city.traits.employee * width + city.traits.competency
    entry = look_up(keys, episodes.rows.person * width + episodes.competency)[trained]
    start, end = (days_of(days)[trained] for days in (episodes.start, episodes.end))
    caused = caused_between(city.traits, city.taken, entry, start, end)
    level = levels_at(city.traits, city.taken, entry, end)
    return float(caused.mean()), float((as_found(level) - as_found(level - caused)).mean())


def simulated(seed: int, n_people: int) -> bool:
    """Compare what is found in a simulated city with what was planted; return whether the interval holds it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/office.db"
        city = simulate_city(np.random.default_rng(seed), n_people=n_people, on=ON, reference=reference_of(url))
        catalog, workforce = office_of(city, url)
    episodes = level_episodes(workforce, catalog, np.datetime64(ON))
    true, found = planted(city, catalog, episodes)
    trained = episodes.rows.is_trained
    later = episodes.before + episodes.rows.outcome
    effect = estimate_effect(episodes.rows)
    holds = effect.lower <= found <= effect.upper
    print(f"city {seed}: planted {true:.3f} levels, {found:.3f} as assessors find them; ours {effect.estimate:.3f}"
          f" [{effect.lower:.3f}, {effect.upper:.3f}] {'holds' if holds else 'MISSES'};"
          f" naive: later levels {later[trained].mean() - later[~trained].mean():.3f},"
          f" changes {effect.naive:.3f}")  # fmt: skip
    ratings = effect_on_ratings(workforce, catalog, np.datetime64(ON))
    naive = difference(rating_episodes(workforce, catalog, np.datetime64(ON)).rows)[0]
    print(f"    ratings: planted 0; naive {naive:.3f}; given the past {ratings.given_past.estimate:.3f}, as change"
          f" {ratings.change.estimate:.3f}; said: {ratings.code}", flush=True)  # fmt: skip
    return holds
