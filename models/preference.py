"""Which of several trainings people take: a conditional logit, for probabilities of logged choices."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training_catalog.columns import FloatArray, IndexArray

PENALTY = 1.0  # on standardised coefficients: keeps what the log does not tell of at nothing


class PreferenceModel:
    """P(alternative | its set) in proportion to exp(coefficients x columns).

    Notes
    -----
    McFadden 1974 (Frontiers in Econometrics). Columns are standardised over all alternatives.

    Attributes
    ----------
    coefficients_ : One a column.
    """

    def fit(self, columns: NDArray[np.float64], owner: IndexArray, chosen: IndexArray) -> Self:
        """Fit on sets of alternatives.

        Parameters
        ----------
        columns : shape (n_alternatives, n_columns), without missing values.
        owner : Set of each alternative, ascending from 0, none empty.
        chosen : Row of the alternative chosen in each set.
        """
        self.middle_, self.spread_ = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-9)
        z = (columns - self.middle_) / self.spread_

        def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
            p = _shares(z @ coefficients, owner)
            value = -np.log(np.maximum(p[chosen], 1e-300)).sum() + PENALTY * (coefficients**2).sum() / 2
            slope = z.T @ p - z[chosen].sum(axis=0) + PENALTY * coefficients
            return float(value), slope

        self.coefficients_ = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B").x
        return self

    def predict(self, columns: NDArray[np.float64], owner: IndexArray) -> FloatArray:
        """Return the probability of each alternative in its set."""
        return _shares(((columns - self.middle_) / self.spread_) @ self.coefficients_, owner)


def _shares(score: FloatArray, owner: IndexArray) -> FloatArray:
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    top = np.maximum.reduceat(score, starts)[owner]
    size = np.exp(score - top)
    shares: FloatArray = size / np.add.reduceat(size, starts)[owner]
    return shares
