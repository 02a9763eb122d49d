"""Whole rupiah, levels on a scale with a direction, and learning hours (JP)."""

from dataclasses import dataclass
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from training_catalog.columns import FloatArray
from training_catalog.errors import InvalidValueError

Rupiah = NewType("Rupiah", int)  # whole rupiah; arrays of money are int64
RupiahArray = NDArray[np.int64]

DAYS_PER_YEAR = 365.25  # the Julian year
MINUTES_PER_HOUR_JP = 45  # one jam pelajaran; BPS letter B-031/BPS/2600/02/2019 after Peraturan LAN 10/2018


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The levels of one framework or rating: lowest, highest, and which end is better.

    Parameters
    ----------
    minimum, maximum : Ends of the scale, both included.
    higher_is_better : False for ratings where 1 is the best.
    """

    minimum: float
    maximum: float
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise InvalidValueError("scale maximum", self.maximum, f"above {self.minimum}")

    def goodness(self, values: FloatArray) -> FloatArray:
        """Map values to 0 (worst end) .. 1 (best end); missing stays missing.

        Examples
        --------
        >>> Scale(minimum=1, maximum=5, higher_is_better=False).goodness(np.array([1.0, 5.0])).tolist()
        [1.0, 0.0]
        """
        share = (values - self.minimum) / (self.maximum - self.minimum)
        return share if self.higher_is_better else 1.0 - share


def split_evenly(amount: Rupiah, n_parts: int) -> list[Rupiah]:
    """Split an amount into equal whole parts; the remainder goes one rupiah each to the first parts.

    Examples
    --------
    >>> split_evenly(Rupiah(100_000_000), 3)
    [33333334, 33333333, 33333333]
    """
    if n_parts < 1:
        raise InvalidValueError("parts", n_parts, "1 or more")
    share, remainder = divmod(amount, n_parts)
    return [Rupiah(share + (1 if part < remainder else 0)) for part in range(n_parts)]
