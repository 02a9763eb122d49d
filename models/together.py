"""What goes together in past choices: links between items, from who took what and in which order.

Every signal is a matrix `link` of items x items: a person's score for an item is the sum of the links from what the
person took, each counted less the longer ago it was. One person and five million take the same path, new people score
nothing, and no signal reads anything but who took what.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.linalg import eigh, inv, solve
from scipy.sparse import csr_array

from models.histories import Histories
from training_catalog.columns import FloatArray, freeze

NEIGHBOURS = 200  # links of an item that count, in `cosine`
SHRINKAGE = 10.0  # people added to the size of both items: two items taken by few are not close for sure
EASE_PENALTY = 60.0  # people; tuned on the last training course of MOOCCubeX, as are the next ones
WALK_POWER, WALK_POPULARITY = 0.8, 0.4
FOLLOW_DECAY, FOLLOW_POPULARITY, FOLLOW_SHRINKAGE, FOLLOW_REACH = 0.9, 0.3, 5.0, 20
NEXT_PENALTY, NEXT_DECAY, NEXT_AHEAD_DECAY, NEXT_REACH, NEXT_AHEAD = 60.0, 0.8, 0.3, 20, 5
LATENT_FACTORS, LATENT_POWER = 64, 0.25
ITEMS_PER_FACTOR = 4  # at least; else factors are noise

Settings = Mapping[str, float]
Strengths = Mapping[str, Settings]  # of each kind of link by its name; one that is not named has those above
NO_CHOICE: Strengths = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One way to say what goes with what.

    Parameters
    ----------
    name : Its name.
    decay : How much less each step back counts.
    link : shape (n_items, n_items), from what was taken to what is scored.
    """

    name: str
    decay: float
    link: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", np.ascontiguousarray(self.link))  # else every product copies it
        freeze(self)

    def score(self, histories: Histories) -> FloatArray:
        """Return people x items: higher goes better with what the person took; nothing for who took nothing."""
        return np.asarray(histories.weights(self.decay) @ self.link, dtype=np.float64)


def counts_together(histories: Histories) -> FloatArray:
    """Return items x items: people who took both; the diagonal has those who took each."""
    taken = histories.weights()
    return np.asarray((taken.T @ taken).toarray(), dtype=np.float64)


def cosine(histories: Histories, neighbours: int = NEIGHBOURS, shrinkage: float = SHRINKAGE) -> FloatArray:
    """Link items by the share of people they have in common.

    Notes
    -----
    both / (sqrt(n_i n_j) + shrinkage), and only the nearest items of each (Sarwar et al. 2001, WWW 10).
    """
    together = counts_together(histories)
    size = np.sqrt(np.diag(together))
    link = together / (np.outer(size, size) + shrinkage)
    np.fill_diagonal(link, 0.0)
    if neighbours < len(link):
        link[link < -np.partition(-link, neighbours - 1, axis=0)[neighbours - 1]] = 0.0
    return link


def ease(histories: Histories, penalty: float = EASE_PENALTY) -> FloatArray:
    """Link items by the ridge regression of each on all others (Steck 2019, WWW 28: EASE-R)."""
    gram = counts_together(histories)
    gram[np.diag_indices_from(gram)] += penalty
    precision = inv(gram, overwrite_a=True)
    link = -precision / np.diag(precision)
    np.fill_diagonal(link, 0.0)
    return np.asarray(link, dtype=np.float64)


def walk(histories: Histories, power: float = WALK_POWER, popularity: float = WALK_POPULARITY) -> FloatArray:
    """Link items by a walk from item to person to item, popular ones less (Christoffel et al. 2015: RP3beta)."""
    taken = histories.weights()
    per_item = np.maximum(np.asarray(taken.sum(axis=0)), 1.0)
    per_person = np.maximum(np.asarray(taken.sum(axis=1)), 1.0)
    to_item = csr_array(taken.multiply((per_person**-power)[:, None]))
    to_person = csr_array(taken.multiply((per_item**-power)[None, :]))
    link = np.asarray((to_person.T @ to_item).toarray()) / per_item**popularity
    np.fill_diagonal(link, 0.0)
    return link


def counts_after(histories: Histories, decay: float, reach: int) -> FloatArray:
    """Return items x items: times that the second was taken after the first, each step between them by `decay`."""
    place, item, n = histories.place, histories.item, histories.n_items
    total = np.zeros((n, n))
    for step in range(1, reach + 1):
        row = np.flatnonzero(place >= step)
        if not len(row):
            break
        weight = np.full(len(row), decay ** (step - 1))
        total += csr_array((weight, (item[row - step], item[row])), shape=(n, n)).toarray()
    return total


def follow(
    histories: Histories,
    decay: float = FOLLOW_DECAY,
    popularity: float = FOLLOW_POPULARITY,
    shrinkage: float = FOLLOW_SHRINKAGE,
) -> FloatArray:
    """Link items by how often one came soon after the other, of those who took the first: a decayed Markov chain."""
    size = np.bincount(histories.item, minlength=histories.n_items).astype(np.float64)
    link = counts_after(histories, decay, FOLLOW_REACH) / (size[:, None] + shrinkage)
    link /= np.maximum(size, 1.0) ** popularity
    np.fill_diagonal(link, 0.0)
    return link


def _windows(histories: Histories, decay: float, reach: int, *, ahead: bool) -> csr_array:
    """Return rows x items: what was taken up to each row, or after it, nearer ones more."""
    room = histories.steps_back if ahead else histories.place
    first, sign = (1, 1) if ahead else (0, -1)
    steps = range(first, first + reach)
    rows = [np.flatnonzero(room >= step) for step in steps]
    items = [histories.item[row + sign * step] for row, step in zip(rows, steps, strict=True)]
    values = np.repeat(decay ** (np.array(steps) - first), [len(row) for row in rows])
    shape = (len(histories.item), histories.n_items)
    return csr_array((values, (np.concatenate(rows), np.concatenate(items))), shape=shape)


def succeed(histories: Histories, penalty: float = NEXT_PENALTY) -> FloatArray:
    """Link items by the ridge regression of what came next on what came before.

    Notes
    -----
    One row for every step of every history; both sides decayed (Choi et al. 2021, WWW 30: SLIT, in closed form).
    """
    has_next = np.flatnonzero(histories.steps_back > 0)
    before = _windows(histories, NEXT_DECAY, NEXT_REACH, ahead=False)[has_next]
    after = _windows(histories, NEXT_AHEAD_DECAY, NEXT_AHEAD, ahead=True)[has_next]
    gram = (before.T @ before).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    return np.asarray(solve(gram, (before.T @ after).toarray(), assume_a="pos"), dtype=np.float64)


def latent(histories: Histories, n_factors: int = LATENT_FACTORS, power: float = LATENT_POWER) -> FloatArray:
    """Link items by the factors they share, popular items damped (Cremonesi et al. 2010, RecSys 4: PureSVD).

    Notes
    -----
    Singular vectors of people x items, taken as eigenvectors of items x items: exact counts, whatever the number and
    the order of people.
    """
    together = counts_together(histories)
    damp = np.maximum(np.diag(together), 1.0) ** -power
    n_factors = min(n_factors, len(damp) // ITEMS_PER_FACTOR)
    if n_factors < 1:
        return np.zeros_like(together)
    places = (len(damp) - n_factors, len(damp) - 1)
    _, factors = eigh(damp[:, None] * together * damp, subset_by_index=places)
    return np.asarray((factors * damp[:, None]) @ (factors / damp[:, None]).T, dtype=np.float64)


LINKS: Mapping[str, Callable[..., FloatArray]] = MappingProxyType(
    {"ease": ease, "walk": walk, "cosine": cosine, "follow": follow, "succeed": succeed, "latent": latent}
)


SIGNALS = (  # name, kind of link, and how much less each step back counts
    ("ease", "ease", 1.0), ("ease, lately", "ease", 0.8), ("ease, last", "ease", 0.5),
    ("walk", "walk", 1.0), ("walk, lately", "walk", 0.8), ("walk, last", "walk", 0.5),
    ("cosine", "cosine", 1.0), ("cosine, lately", "cosine", 0.8),
    ("follow", "follow", 0.8), ("follow, last", "follow", 0.5), ("succeed", "succeed", 0.8),
    ("latent", "latent", 1.0), ("latent, lately", "latent", 0.9),
)  # fmt: skip


def popularity(histories: Histories, last: int | None = None) -> FloatArray:
    """Return how many took each item; with `last`, as one of so many latest of theirs."""
    item = histories.item if last is None else histories.item[histories.steps_back < last]
    return np.bincount(item, minlength=histories.n_items).astype(np.float64)


def steady_signals(histories: Histories) -> tuple[Signal, ...]:
    """Fit one signal of each kind that costs little for any number of people; what was taken lately counts more."""
    return (
        Signal(name="ease, lately", decay=0.8, link=ease(histories)),
        Signal(name="walk, lately", decay=0.8, link=walk(histories)),
        Signal(name="cosine, lately", decay=0.8, link=cosine(histories)),
        Signal(name="follow", decay=0.8, link=follow(histories)),
        Signal(name="latent", decay=0.9, link=latent(histories)),
    )


def fit_signals(histories: Histories, strengths: Strengths = NO_CHOICE) -> tuple[Signal, ...]:
    """Fit every signal; the same links serve with and without weight on what was taken lately."""
    made = {name: link(histories, **strengths.get(name, {})) for name, link in LINKS.items()}
    return tuple(Signal(name=name, decay=decay, link=made[kind]) for name, kind, decay in SIGNALS)
