"""What past trainings did to later levels and ratings, beside what would have been found without them."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from models.crossfit import TrainedRows
from models.effect import LOWERED, NO_DIFFERENCE, RAISED, Effect, estimate_effect
from models.pooling import Grouping, Measured, measure
from recommender.episodes import MEAN_STANDING, Episodes, level_episodes, rating_episodes
from recommender.workforce import Workforce
from training_catalog.catalog import Catalog
from training_catalog.columns import IndexArray, TextArray
from training_catalog.training import MODES

WAYS = ("training", "mode", "provider", "competency")  # what effects can be told by
RATING_SEEDS = 3  # fold seeds; ratings are many, and seeds differ by a twentieth of the error
FEWEST_TOLD = 5  # people, below whom a figure could be traced to one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingEffect:
    """The effect on the next performance rating, read in two ways that err to opposite sides.

    Parameters
    ----------
    code : RAISED or LOWERED only where both readings say so.
    given_past : Among people of the same past standing: errs upwards where the better are sent, for the past tells only
        part of who is better.
    change : Against everybody's own past standing: errs downwards where people are sent after a good year.
    """

    code: str
    given_past: Effect
    change: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEffects:
    """Effects of past trainings.

    Parameters
    ----------
    on : Nothing after this day was used.
    levels : Change of the level, in levels, of a competency that a completed training taught.
    ids : The groups' ids, by way of grouping.
    ratings : Change of the next rating, in standard deviations.
    n_unclear : Stretches left out, see `recommender.episodes.Episodes`.
    """

    on: date
    levels: Measured
    ids: dict[str, TextArray]
    ratings: RatingEffect
    n_unclear: int


def _groupings(episodes: Episodes, catalog: Catalog) -> dict[str, tuple[TextArray, Grouping]]:
    """Return every way of grouping: the ids, and the group of each row; trainings are drawn towards their mode."""
    trainings, training = catalog.trainings, episodes.training
    providers, provider = np.unique(trainings.provider, return_inverse=True)
    provider = np.where(providers[provider] == "", -1, provider) if len(providers) else provider
    alone = np.zeros(max(len(providers), len(catalog.competencies.ids), len(MODES)), dtype=np.int64)
    return {
        "training": (trainings.ids, Grouping(group=training, kind=trainings.mode)),
        "mode": (np.array(MODES), Grouping(group=_of(trainings.mode, training), kind=alone)),
        "provider": (providers, Grouping(group=_of(provider, training), kind=alone)),
        "competency": (catalog.competencies.ids, Grouping(group=episodes.competency, kind=alone)),
    }


def _of(values: IndexArray, training: IndexArray) -> IndexArray:
    return np.append(values, -1)[training].astype(np.int64)


def effect_on_ratings(workforce: Workforce, catalog: Catalog, today: np.datetime64) -> RatingEffect:
    """Return the effect of having completed trainings on the next rating.

    Notes
    -----
    Given the past, and as change: the truth lies between the two where people are sent for lasting standing or for a
    passing one (Ding & Li 2019, Political Analysis 27). So only what both say is said.
    """
    episodes = rating_episodes(workforce, catalog, today)
    given_past = estimate_effect(episodes.rows, n_seeds=RATING_SEEDS)
    change = estimate_effect(_changes(episodes), n_seeds=RATING_SEEDS)
    code = given_past.code
    if code in (RAISED, LOWERED) and change.code != code:
        code = change.code if change.code not in (RAISED, LOWERED) else NO_DIFFERENCE
    return RatingEffect(code=code, given_past=given_past, change=change)


def _changes(episodes: Episodes) -> TrainedRows:
    """Return the rows of people rated before, with the change for outcome and without past standing among features."""
    rows = episodes.rows.take(np.flatnonzero(~np.isnan(episodes.before)))
    before = episodes.before[~np.isnan(episodes.before)]
    features = np.delete(rows.features, MEAN_STANDING, axis=1)
    return replace(rows, features=features, outcome=rows.outcome - before)


def find_effects(workforce: Workforce, catalog: Catalog, on: date, ways: tuple[str, ...] = WAYS) -> PastEffects:
    """Estimate what past trainings did.

    Parameters
    ----------
    workforce, catalog : People with their past, and trainings.
    on : Nothing after this day is used.
    ways : What to tell effects by, of `WAYS`.
    """
    today = np.datetime64(on, "D")
    episodes = level_episodes(workforce, catalog, today)
    groupings = {name: pair for name, pair in _groupings(episodes, catalog).items() if name in ways}
    return PastEffects(
        on=on,
        levels=measure(episodes.rows, {name: grouping for name, (_, grouping) in groupings.items()}),
        ids={name: ids for name, (ids, _) in groupings.items()},
        ratings=effect_on_ratings(workforce, catalog, today),
        n_unclear=episodes.n_unclear,
    )
