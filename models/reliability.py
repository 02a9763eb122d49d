"""Calibration: what was foretold beside what was seen, in bins of what was foretold."""

from dataclasses import dataclass

import numpy as np

from models.judged import Judged, clustered_error
from models.slices import INTERVAL
from training_catalog.columns import FloatArray, IndexArray

N_BINS = 10
FEWEST_ROWS = 50  # in a bin; of fewer rows there are fewer bins


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Rows that were foretold alike.

    Parameters
    ----------
    n_rows, n_people : How many.
    foretold, seen : Weighted means.
    lower, upper : 95 % interval of what was seen, by person.
    """

    n_rows: int
    n_people: int
    foretold: float
    seen: float
    lower: float
    upper: float


def completion_bins(judged: Judged) -> tuple[Bin, ...]:
    """Return foretold and seen shares of completion, least likely first."""
    rows = judged.take(np.flatnonzero(~np.isnan(judged.completed)))
    bins = _bins(rows.own.completion, rows.completed, np.ones(len(rows.person)), rows.person)
    return tuple(_as_share(one) for one in bins)


def benefit_bins(judged: Judged) -> tuple[Bin, ...]:
    """Return foretold and seen levels closed, smallest first; outcomes are weighted to stand for all."""
    rows = judged.take(np.flatnonzero(judged.is_used))
    return tuple(_bins(rows.own.mean, rows.outcome, rows.weight, rows.person))


def _bins(foretold: FloatArray, seen: FloatArray, weight: FloatArray, person: IndexArray) -> list[Bin]:
    """Cut rows into bins of about equal numbers; what is foretold alike stays together."""
    n_bins = max(1, min(N_BINS, len(foretold) // FEWEST_ROWS))
    inner = np.quantile(foretold, np.linspace(0, 1, n_bins + 1)[1:-1]) if len(foretold) else np.zeros(0)
    place = np.searchsorted(np.unique(inner), foretold, side="left")
    found = []
    for i in np.unique(place).tolist():
        own = np.flatnonzero(place == i)
        mean = float(np.average(seen[own], weights=weight[own]))
        half = INTERVAL * clustered_error(seen[own], person[own], weight[own])
        found.append(Bin(
            n_rows=len(own), n_people=len(np.unique(person[own])),
            foretold=float(np.average(foretold[own], weights=weight[own])), seen=mean, lower=mean - half,
            upper=mean + half,
        ))  # fmt: skip
    return found


def _as_share(one: Bin) -> Bin:
    """Return a bin of shares with Wilson's interval (1927, JASA 22), for as many people as its spread is worth."""
    half = (one.upper - one.seen) / INTERVAL
    p = one.seen
    n = p * (1 - p) / half**2 if 0 < half < np.inf else float(one.n_people)
    z = INTERVAL
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return Bin(n_rows=one.n_rows, n_people=one.n_people, foretold=one.foretold, seen=p,
               lower=max(0.0, float(middle - reach)), upper=min(1.0, float(middle + reach)))  # fmt: skip
