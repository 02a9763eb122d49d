"""Does more training in a unit go before better public service? One slope with its interval, or an honest no."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from models.findings import SMALLEST_ERROR, stand_together

MINIMUM_PERIODS = 60  # unit-periods below which nothing is said
FEWEST_UNITS = 5  # units below which nothing is said: the interval is clustered by unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLink:
    """Change of a service indicator that goes with one more unit of training dose a head.

    Parameters
    ----------
    indicator : Name of the indicator.
    effect : Points of the indicator for each unit of dose.
    lower, upper : 95 % interval.
    rate : How probable so large an effect is where there is none; 1 where nothing is said.
    n_units, n_periods : Units, and unit-periods, behind it.
    is_enough : Whether there was enough to say anything.
    is_supported : Whether the interval excludes zero and there was enough.
    """

    indicator: str
    effect: float
    lower: float
    upper: float
    rate: float
    n_units: int
    n_periods: int
    is_enough: bool
    is_supported: bool


def estimate_link(
    indicator: str,
    *,
    unit: NDArray[np.int64],
    period: NDArray[np.int64],
    dose: NDArray[np.float64],
    value: NDArray[np.float64],
) -> ServiceLink:
    """Regress an indicator on the training of the period before, within units and within periods.

    Parameters
    ----------
    indicator : Name.
    unit, period : shape (n,): which unit and which period.
    dose : Trainings completed a head in the period before.
    value : The indicator.

    Returns
    -------
    The within-unit, within-period slope with an interval clustered by unit; unsupported when there are fewer than
    `MINIMUM_PERIODS` unit-periods or `FEWEST_UNITS` units, or the dose does not vary.

    Notes
    -----
    Two-way fixed effects by alternating demeaning; sandwich variance summed by unit, with the t distribution of
    n_units - 1 degrees of freedom and the factor n_units / (n_units - 1) for few units (Cameron & Miller 2015, Journal
    of Human Resources 50). It describes what went together in the past, not a proof of cause: units that improve for
    other reasons may also train more.
    """
    n = len(value)
    n_units = len(np.unique(unit))
    nothing = ServiceLink(indicator=indicator, effect=0.0, lower=0.0, upper=0.0, rate=1.0, n_units=n_units, n_periods=n,
                          is_enough=False, is_supported=False)  # fmt: skip
    if n < MINIMUM_PERIODS or n_units < FEWEST_UNITS:
        return nothing
    x, y = _within(dose, unit, period), _within(value, unit, period)
    spread = float(x @ x)
    if spread < 1e-9:  # noqa: PLR2004 (a dose that does not vary)
        return nothing
    effect = float(x @ y) / spread
    by_unit = np.bincount(unit, weights=x * (y - effect * x))
    error = float(np.sqrt(by_unit @ by_unit * n_units / (n_units - 1))) / spread
    reach = float(stdtrit(n_units - 1, 0.975)) * error
    lower, upper = effect - reach, effect + reach
    rate = 2 * float(stdtr(n_units - 1, -abs(effect) / max(error, SMALLEST_ERROR)))
    return ServiceLink(indicator=indicator, effect=effect, lower=lower, upper=upper, rate=rate, n_units=n_units,
                       n_periods=n, is_enough=True, is_supported=lower > 0 or upper < 0)  # fmt: skip


def all_in_view(links: Sequence[ServiceLink]) -> tuple[ServiceLink, ...]:
    """Return links of several indicators, supported only where they are with all that are asked at once in view."""
    enough = np.array([one.is_enough for one in links], dtype=np.bool_)
    claimed = np.zeros(len(links), dtype=np.bool_)
    claimed[enough] = stand_together(np.array([one.rate for one in links])[enough])
    return tuple(replace(one, is_supported=bool(is_claimed) and one.is_supported)
                 for one, is_claimed in zip(links, claimed, strict=True))  # fmt: skip


def _within(
    values: NDArray[np.float64], unit: NDArray[np.int64], period: NDArray[np.int64], n_rounds: int = 50
) -> NDArray[np.float64]:
    """Take unit means and period means out, in turn, until both are gone."""
    rest = values.astype(np.float64)
    for _ in range(n_rounds):
        for group in (unit, period):
            count = np.bincount(group)
            mean = np.bincount(group, weights=rest) / np.maximum(count, 1)
            rest = rest - mean[group]
    return rest
