"""How strongly links between items are held back, and over how many factors: found from what everybody took last.

What suits the many short histories of learners on the web does not suit the long ones of a small house: ridge
regression with a penalty of 60 people orders one catalogue best, and another with 400.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from models.histories import Histories
from models.metrics import discounted_gain, target_ranks
from models.together import LINKS, Settings
from training_catalog.columns import FloatArray, IndexArray

PEOPLE_AT_ONCE = 1_000  # bounds memory; the answer does not depend on it
DIGITS = 9  # of a quality: what differs later differs by the order of people


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of link and the settings it may have.

    Parameters
    ----------
    name : Its name in `models.together.LINKS`.
    decay : How much less each step back counts where it is judged.
    settings : To choose from; the first of equals.
    """

    name: str
    decay: float
    settings: tuple[Settings, ...]


def grid(**values: tuple[float, ...]) -> tuple[dict[str, float], ...]:
    """Return every combination.

    Examples
    --------
    >>> grid(power=(0.6, 1.0), popularity=(0.4,))
    ({'power': 0.6, 'popularity': 0.4}, {'power': 1.0, 'popularity': 0.4})
    """
    return tuple(dict(zip(values, one, strict=True)) for one in product(*values.values()))


KINDS = (
    Kind(name="ease", decay=1.0, settings=grid(penalty=(60.0, 20.0, 150.0, 400.0, 1_000.0))),
    Kind(name="walk", decay=1.0, settings=grid(power=(0.8, 0.6, 1.0), popularity=(0.4, 0.2, 0.6))),
    Kind(name="cosine", decay=1.0, settings=grid(neighbours=(200, 1_000), shrinkage=(10.0, 2.0, 50.0))),
    Kind(name="follow", decay=0.8, settings=grid(decay=(0.9, 0.8), popularity=(0.3, 0.2, 0.4))),
    Kind(name="succeed", decay=0.8, settings=grid(penalty=(60.0, 20.0, 200.0, 600.0, 2_000.0))),
    Kind(name="latent", decay=1.0, settings=grid(n_factors=(64, 8, 16, 32, 128), power=(0.25, 0.0, 0.5))),
)


def find_strengths(earlier: Histories, last: IndexArray) -> dict[str, Settings]:
    """Return, of each kind of link, the settings with which it alone ranks best what everybody took last.

    Parameters
    ----------
    earlier, last : From `Histories.without_last`.
    """
    people = np.flatnonzero((earlier.length > 0) & (last >= 0))
    asked, target = earlier.take(people), last[people]
    found: dict[str, Settings] = {}
    for kind in KINDS:
        qualities = [_quality(LINKS[kind.name](earlier, **one), kind.decay, asked, target) for one in kind.settings]
        found[kind.name] = kind.settings[int(np.argmax(qualities))]
    return found


def _quality(link: FloatArray, decay: float, asked: Histories, target: IndexArray) -> float:
    """Return nDCG at 10 of the order that one link gives."""
    gains = [discounted_gain(rank) for rank in _ranks(link, decay, asked, target)]
    return round(float(np.concatenate(gains).mean()), DIGITS) if gains else 0.0


def _ranks(link: FloatArray, decay: float, asked: Histories, target: IndexArray) -> Iterator[FloatArray]:
    for first in range(0, asked.n_people, PEOPLE_AT_ONCE):
        people = np.arange(first, min(first + PEOPLE_AT_ONCE, asked.n_people))
        part = asked.take(people)
        score = np.asarray(part.weights(decay) @ link, dtype=np.float64)
        score[part.person, part.item] = -np.inf
        yield target_ranks(score, target[people])
