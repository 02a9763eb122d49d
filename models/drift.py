"""Whether the world is still as it was when a model was fitted: what the model reads, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, norm

from models.features import FEATURE_NAMES, FeatureMatrix, check_features
from models.judged import Judged, clustered_error
from training_catalog.columns import FloatArray, IndexArray

N_BINS = 10
FEWEST_PEOPLE = 100  # on either side; below, nothing is said
CHANCE = 0.01  # of calling anything drifted when nothing is, a check, for what is read and for what comes of it each
LARGE_SHIFT = 0.25  # population stability index from which a shift is large (Siddiqi 2006, Credit Risk Scorecards)
LARGE_COMPLETION = 0.05  # share by which completion must depart from what was foretold, more than it did at the fit
LARGE_GAIN = 0.25  # the same of gains, as a share of what was foretold on average
CLOCKS = ("assessment_age", "years_of_service")  # grow by the passing of time: told, and no drift (age makes stale)
DRIFTED, MOVED, SAME, NOT_ENOUGH_DATA = "drifted", "moved", "same", "not-enough-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """How features lay among people, each person counting once.

    Parameters
    ----------
    n_people : How many.
    edges : Inner ends of the bins, ascending, by feature.
    shares : Share in each bin, and last of what is missing, by feature.
    """

    n_people: int
    edges: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How one thing shifted.

    Parameters
    ----------
    name : Feature, or ``completion`` or ``gain``.
    code : ``drifted``: surely and by much; ``moved``: surely, but by little; ``same``; ``not-enough-data``.
    size : Population stability index; for outcomes, seen less foretold now, beyond the same at the fit.
    limit : Size that chance alone hardly exceeds.
    """

    name: str
    code: str
    size: float = np.nan
    limit: float = np.nan


def describe_population(X: FeatureMatrix, person: IndexArray) -> Population:
    """Describe how features lie among people.

    Parameters
    ----------
    X : shape (n_rows, n_features): what lists are made from.
    person : Whose rows they are; a person's rows share the weight of one.
    """
    check_features(X)
    weight, n_people = _once_each(person)
    edges = {name: _edges(X[:, i]) for i, name in enumerate(FEATURE_NAMES)}
    shares = {name: _shares(X[:, i], weight, edges[name]) for i, name in enumerate(FEATURE_NAMES)}
    return Population(n_people=n_people, edges=edges, shares=shares)


def compare_populations(before: Population, X: FeatureMatrix, person: IndexArray) -> tuple[Shift, ...]:
    """Return how each feature shifted.

    Parameters
    ----------
    before : The population at the fit; features it does not know are passed over.
    X, person : Rows of now.

    Notes
    -----
    Population stability index; where nothing shifted it is about (1/n + 1/m) times a chi-squared variable with one
    degree of freedom less than bins (Yurdakul & Naranjo 2020, Journal of Risk Model Validation 14), n and m people.
    Several rows of a person, and people who are in both, make it smaller: the limit errs to the quiet side. The chance
    is shared among features (Bonferroni). A shift that is sure and small is told, and is no drift.
    """
    check_features(X)
    weight, n_now = _once_each(person)
    known = [name for name in FEATURE_NAMES if name in before.shares]
    if min(before.n_people, n_now) < FEWEST_PEOPLE:
        return tuple(Shift(name=name, code=NOT_ENOUGH_DATA) for name in known)
    spread, found = 1.0 / before.n_people + 1.0 / n_now, []
    for name in known:
        now = np.array(_shares(X[:, FEATURE_NAMES.index(name)], weight, before.edges[name]))
        size, n_bins = stability_index(np.array(before.shares[name]), now, before.n_people, n_now)
        limit = float(spread * chi2.ppf(1 - CHANCE / len(known), max(n_bins - 1, 1)))
        code = SAME if size <= limit else DRIFTED if size >= LARGE_SHIFT and name not in CLOCKS else MOVED
        found.append(Shift(name=name, code=code, size=size, limit=limit))
    return tuple(found)


def stability_index(before: FloatArray, now: FloatArray, n_before: int, n_now: int) -> tuple[float, int]:
    """Return the population stability index, and the bins that anybody is in.

    Notes
    -----
    An empty bin counts as half a person, because the logarithm of nothing says everything.

    Examples
    --------
    >>> stability_index(np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5, 0.0]), 100, 100)
    (0.0, 2)
    """
    used = (before > 0) | (now > 0)
    p, q = np.maximum(before[used], 0.5 / n_before), np.maximum(now[used], 0.5 / n_now)
    return float(((q - p) * np.log(q / p)).sum()), int(used.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Seen less foretold: mean, its standard error by person, people, and the mean foretold."""

    mean: float
    error: float
    n_people: int
    foretold: float


def departures(judged: Judged) -> dict[str, Departure]:
    """Return by how much completion and gains depart from what was foretold; weighted to stand for all."""
    decided = judged.take(np.flatnonzero(~np.isnan(judged.completed)))
    used = judged.take(np.flatnonzero(judged.is_used))
    return {
        "completion": _departure(decided.completed, decided.own.completion, np.ones(len(decided.split)), decided),
        "gain": _departure(used.outcome, used.own.mean, used.weight, used),
    }


def compare_departures(before: Mapping[str, Departure], now: Mapping[str, Departure]) -> tuple[Shift, ...]:
    """Return whether outcomes depart from what is foretold otherwise than they did at the fit.

    Notes
    -----
    Difference of two means with errors by person; the chance is shared by both outcomes (Bonferroni).
    """
    bound = float(norm.ppf(1 - CHANCE / 4))  # two outcomes, two sides
    found = []
    for name, large in (("completion", LARGE_COMPLETION), ("gain", LARGE_GAIN)):
        if name not in before or min(before[name].n_people, now[name].n_people) < FEWEST_PEOPLE:
            found.append(Shift(name=name, code=NOT_ENOUGH_DATA))
            continue
        size = now[name].mean - before[name].mean
        limit = bound * float(np.hypot(before[name].error, now[name].error))
        least = large if name == "completion" else large * abs(before[name].foretold)
        code = SAME if abs(size) <= limit else DRIFTED if abs(size) >= least else MOVED
        found.append(Shift(name=name, code=code, size=size, limit=limit))
    return tuple(found)


def _departure(seen: FloatArray, foretold: FloatArray, weight: FloatArray, rows: Judged) -> Departure:
    n_people = len(np.unique(rows.person))
    if not n_people:
        return Departure(mean=0.0, error=0.0, n_people=0, foretold=0.0)
    return Departure(
        mean=float(np.average(seen - foretold, weights=weight)),
        error=clustered_error(seen - foretold, rows.person, weight),
        n_people=n_people, foretold=float(np.average(foretold, weights=weight)),
    )  # fmt: skip


def _once_each(person: IndexArray) -> tuple[FloatArray, int]:
    """Return weights of rows with which everybody counts once, and how many people there are."""
    _, place, count = np.unique(person, return_inverse=True, return_counts=True)
    return 1.0 / count[place], len(count)


def _edges(column: FeatureMatrix) -> tuple[float, ...]:
    known = column[~np.isnan(column)]
    if not len(known):
        return ()
    inner = np.quantile(known, np.linspace(0, 1, N_BINS + 1)[1:-1], method="inverted_cdf")
    return tuple(np.unique(inner).astype(float).tolist())


def _shares(column: FeatureMatrix, weight: FloatArray, edges: tuple[float, ...]) -> tuple[float, ...]:
    missing = np.isnan(column)
    place = np.where(missing, len(edges) + 1, np.searchsorted(np.array(edges), column, side="left"))
    share = np.bincount(place, weights=weight, minlength=len(edges) + 2) / max(weight.sum(), 1.0)
    return tuple(share.tolist())
