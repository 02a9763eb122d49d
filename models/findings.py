"""Several findings at once: which of them may be claimed, where a few would look true by luck."""

import numpy as np

from training_catalog.columns import BoolArray, FloatArray

FALSE_CLAIMS = 0.05  # expected share of false claims in one table
SMALLEST_ERROR = 1e-12  # keeps weights finite where outcomes do not vary


def stand_together(rate: FloatArray, false_share: float = FALSE_CLAIMS) -> BoolArray:
    """Return which of several findings may be claimed, by how probable each is of nothing (Benjamini & Hochberg 1995).

    Parameters
    ----------
    rate : shape (n,): probability, 0 to 1, of a finding at least as strong where there is nothing to find.
    false_share : Expected share of claims that are false.

    Examples
    --------
    >>> stand_together(np.array([0.01, 0.04, 0.2])).tolist()
    [True, False, False]
    """
    order = np.argsort(rate, kind="stable")
    below = np.flatnonzero(rate[order] <= false_share * np.arange(1, len(rate) + 1) / len(rate))
    claimed = np.zeros(len(rate), dtype=bool)
    claimed[order[: below[-1] + 1 if len(below) else 0]] = True
    return claimed
