"""Prints what is estimated of one data set, and whether the published figure came out again."""

import time
from dataclasses import dataclass

import numpy as np

from models.crossfit import TrainedRows
from models.effect import N_SEEDS, Effect, difference, estimate_effect

MET = {True: "met", False: "MISSED"}


@dataclass(frozen=True, kw_only=True)
class Published:
    """A figure as it was printed, with its standard error, to so many digits."""

    value: float
    error: float
    digits: int = 2

    def __str__(self) -> str:
        return f"{self.value:,.{self.digits}f} ({self.error:,.{self.digits}f})"

    def is_reproduced(self, value: float, error: float) -> bool:
        """Return whether the estimate is the same when rounded, and its error within one of the last digit printed.

        Errors are clustered by person here and were not everywhere, so their last digit may differ by one.
        """
        step = 10.0**-self.digits
        return abs(value - self.value) <= 0.5 * step + 1e-9 and abs(error - self.error) <= 1.5 * step

    def verdict(self, value: float, error: float) -> str:
        """Return in words whether a figure is this one."""
        return "reproduced" if self.is_reproduced(value, error) else "NOT REPRODUCED"


def tell(
    name: str, rows: TrainedRows, published: Published | str, *, digits: int = 2, on_all: bool = False,
    n_seeds: int = N_SEEDS,
) -> Effect:  # fmt: skip
    """Print what is estimated, and return it.

    Parameters
    ----------
    name : Of the line.
    rows : Trained and untrained.
    published : What the plain difference was printed as, or in words why there is nothing.
    digits : Printed where nothing was published.
    on_all, n_seeds : Of `models.effect.estimate_effect`.
    """
    begun = time.perf_counter()
    effect = estimate_effect(rows, on_all=on_all, n_seeds=n_seeds)
    naive, error = difference(rows)
    if isinstance(published, Published):
        plain, digits = published.verdict(naive, error), published.digits
        said = f"published {published}; plain difference {naive:,.{digits}f} ({error:,.{digits}f}): {plain}"
    else:
        said = f"{published}; plain difference {naive:,.{digits}f} ({error:,.{digits}f})"
    print(f"{name}\n    {said}; ours {told(effect, digits)}")
    print(f"    {effect.n_trained:,} trained, {effect.n_untrained:,} untrained{limits(effect, digits)};"
          f" {time.perf_counter() - begun:.0f} s", flush=True)  # fmt: skip
    return effect


def told(effect: Effect, digits: int) -> str:
    """Return estimate, error and interval, or the refusal in words."""
    if not np.isfinite(effect.estimate):
        return effect.code
    value, error, lower, upper = (f"{part:,.{digits}f}" for part in (effect.estimate, effect.error, effect.lower,
                                                                     effect.upper))  # fmt: skip
    return f"{value} ({error}) [{lower}, {upper}]: {effect.code}"


def limits(effect: Effect, digits: int) -> str:
    """Return how far an effect may be doubted; of a refusal, what was lacking."""
    if not np.isfinite(effect.left_out):
        return ""
    lacking = f", {effect.left_out:.0%} without counterparts, untrained worth {effect.n_comparable:,.0f}"
    if not np.isfinite(effect.estimate):
        return lacking
    return (f"{lacking}; seeds apart {effect.spread:,.{digits}f}; a hidden cause must explain {effect.strength:.1%}"
            f" ({effect.strength_of_doubt:.1%} for the interval)")  # fmt: skip
