"""Watching a model after it was fitted: what lists are made from, and what came of later participations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from models.baseline import BenefitPredictor
from models.drift import (
    FEWEST_PEOPLE,
    Departure,
    Population,
    Shift,
    compare_departures,
    compare_populations,
    departures,
    describe_population,
)
from models.features import FeatureMatrix
from models.judged import Judged, foretell
from recommender.candidates import find_candidates
from recommender.catalog_day import open_catalog
from recommender.gap import find_gaps
from recommender.habits import learn_habits
from recommender.levels import expect
from recommender.outcomes import gather_outcomes
from recommender.pair_features import make_features
from recommender.person_features import describe_people
from recommender.policy import Policy
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import IndexArray

YEAR = timedelta(days=365)  # in which a training that has classes every year has had one
MOST_WATCHED = 1_000  # people, evenly among all, whose candidates are described
NOBODY = Population(n_people=0, edges={}, shares={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How things lay when a model was fitted; of few people nothing is kept.

    Parameters
    ----------
    population : What lists were made from.
    departures : Seen less foretold on later participations, by outcome.
    """

    population: Population
    departures: Mapping[str, Departure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How things lie now against the reference; `n_outcomes` participations ended since."""

    features: tuple[Shift, ...]
    outcomes: tuple[Shift, ...]
    n_people: int
    n_outcomes: int


def describe_lists(
    workforce: Workforce, catalog: Catalog, on: date, policy: Policy
) -> tuple[FeatureMatrix, IndexArray]:
    """Return the features of what people could be recommended about a day, and whose row each is; of `MOST_WATCHED`.

    Notes
    -----
    Trainings count that have a class in the year before or any time after: as the year's classes pass by, fewer are
    left to list, and that is the calendar, not another catalogue.
    """
    n = workforce.n_people
    chosen = np.unique(np.linspace(0, max(n - 1, 0), min(n, MOST_WATCHED)).astype(np.int64))
    expected = expect(workforce, catalog, on, policy.gap)
    crew = workforce.take(chosen)
    gaps = find_gaps(crew, catalog, on, policy.gap, expected.deficits)
    day = open_catalog(catalog, crew.units, on - YEAR)
    candidates = find_candidates(crew, catalog, gaps, on, policy, day=day)
    people, habits = describe_people(crew, catalog, gaps, on), learn_habits(workforce, catalog, on)
    features = make_features(crew, catalog, candidates, people, on, habits, expected.spread)
    return features, candidates.employee


def refer_to(judged: Judged, workforce: Workforce, catalog: Catalog, on: date, policy: Policy) -> Reference:
    """Describe how things lie at a fit.

    Parameters
    ----------
    judged : Later participations, and what was foretold of them.
    workforce, catalog, on, policy : What lists are made from on the day of the fit.
    """
    features, person = describe_lists(workforce, catalog, on, policy)
    is_enough = len(np.unique(person)) >= FEWEST_PEOPLE
    return Reference(population=describe_population(features, person) if is_enough else NOBODY,
                     departures=departures(judged))  # fmt: skip


def watch_model(
    model: BenefitPredictor, reference: Reference, workforce: Workforce, catalog: Catalog, *, since: date, on: date,
    policy: Policy,
) -> Watch:  # fmt: skip
    """Say whether lists are still made from the like, and whether what is foretold still comes true.

    Parameters
    ----------
    model, reference : The model, and how things lay when it was fitted.
    workforce, catalog, policy : As they are now.
    since, on : Participations that ended after the one day and by the other are new to the model.
    """
    features, person = describe_lists(workforce, catalog, on, policy)
    outcomes = gather_outcomes(workforce, catalog, on, policy.gap)
    new = np.flatnonzero(outcomes.on > np.datetime64(since, "D"))
    rows = outcomes.rows.take(new)
    judged = foretell(model, rows.features, rows.completed, rows.gain, person=rows.person)
    return Watch(
        features=compare_populations(reference.population, features, person),
        outcomes=compare_departures(reference.departures, departures(judged)),
        n_people=len(np.unique(person)), n_outcomes=len(new),
    )  # fmt: skip
