"""Does more training in a unit go before better public service? One slope with its interval, or an honest no."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

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
    n_periods : Unit-periods behind it.
    is_supported : Whether the interval excludes zero and there were enough periods.
    """

    indicator: str
    effect: float
    lower: float
    upper: float
    n_periods: int
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
    nothing = ServiceLink(indicator=indicator, effect=0.0, lower=0.0, upper=0.0, n_periods=n, is_supported=False)
    n_units = len(np.unique(unit))
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
    return ServiceLink(indicator=indicator, effect=effect, lower=lower, upper=upper, n_periods=n,
                       is_supported=lower > 0 or upper < 0)  # fmt: skip


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
