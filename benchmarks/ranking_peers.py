"""Peers of the ranker, each with the settings it is tuned over; those that are not installed say so."""

import importlib.util
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from threadpoolctl import threadpool_limits

from models.histories import Histories
from models.strengths import grid
from models.together import LINKS, Signal, Strengths, cosine, ease, follow, popularity, walk

Scorer = Callable[[NDArray[np.int64], Histories], NDArray[np.float64]]  # people, and what they took: people x items
SEED = 1


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A way to rank, the settings it is tuned over, and the package it needs."""

    name: str
    fit: Callable[..., Scorer]
    settings: tuple[Mapping[str, Any], ...]
    package: str = ""

    @property
    def is_here(self) -> bool:
        """Whether its package is installed."""
        return not self.package or importlib.util.find_spec(self.package) is not None


def by_link(link: Callable[..., NDArray[np.float64]]) -> Callable[..., Scorer]:
    """Turn a link between items into a peer; `decay` is how much less each step back counts."""

    def fit(histories: Histories, decay: float = 1.0, **settings: float) -> Scorer:
        signal = Signal(name="", decay=decay, link=link(histories, **settings))
        return lambda _, part: signal.score(part)

    return fit


def by_popularity(histories: Histories) -> Scorer:
    """Rank by how many took each."""
    taken = popularity(histories)
    return lambda people, _: np.tile(taken, (len(people), 1))


def taken(histories: Histories) -> csr_matrix:
    """Return people x items as the packages want it."""
    return csr_matrix(histories.weights(), dtype=np.float32)


def by_implicit(kind: str, **fixed: float) -> Callable[..., Scorer]:
    """Fit a factor model of `implicit`."""

    def fit(histories: Histories, alpha: float = 1.0, **settings: float) -> Scorer:
        module = importlib.import_module(f"implicit.{kind}")
        made = getattr(module, {"als": "AlternatingLeastSquares", "bpr": "BayesianPersonalizedRanking"}[kind])
        model = made(**fixed, **settings, random_state=SEED, num_threads=1)
        with threadpool_limits(1, "blas"):
            model.fit(taken(histories) * np.float32(alpha), show_progress=False)
        return lambda people, _: model.user_factors[people] @ model.item_factors.T

    return fit


def by_lightfm(histories: Histories, epochs: int, **settings: float) -> Scorer:
    """Fit LightFM with the WARP loss on ids."""
    model = importlib.import_module("lightfm").LightFM(loss="warp", random_state=SEED, **settings)
    model.fit(coo_matrix(taken(histories)), epochs=epochs, num_threads=1)
    bias, items = model.get_item_representations()
    _, users = model.get_user_representations()
    return lambda people, _: users[people] @ items.T + bias


def plain_signals(histories: Histories, strengths: Strengths) -> tuple[Signal, ...]:
    """Return the usual signals with the whole history counting alike: what a plain stack stands on."""
    decays = {"ease": 1.0, "walk": 1.0, "cosine": 1.0, "follow": 0.8, "latent": 1.0}
    return tuple(
        Signal(name=name, decay=decay, link=LINKS[name](histories, **strengths.get(name, {})))
        for name, decay in decays.items()
    )


logging.getLogger("implicit").setLevel(logging.ERROR)
PEERS = (
    Peer(name="popularity", fit=by_popularity, settings=({},)),
    Peer(name="item-kNN (cosine)", fit=by_link(cosine), settings=grid(neighbours=(100, 200), shrinkage=(10.0, 50.0))),
    Peer(name="EASE-R", fit=by_link(ease), settings=grid(penalty=(30.0, 60.0, 150.0, 400.0))),
    Peer(name="RP3beta", fit=by_link(walk), settings=grid(power=(0.6, 0.8, 1.0), popularity=(0.3, 0.4, 0.5))),
    Peer(name="decayed Markov", fit=by_link(follow),
         settings=grid(decay=(0.8, 0.9), popularity=(0.2, 0.3, 0.4), shrinkage=(5.0,))
         + grid(decay=(0.8, 0.9), popularity=(0.3,), shrinkage=(50.0,))),
    Peer(name="ALS (implicit)", package="implicit", fit=by_implicit("als", factors=128, iterations=15),
         settings=grid(alpha=(20.0,), regularization=(0.05, 3.0, 10.0))),
    Peer(name="BPR (implicit)", package="implicit", fit=by_implicit("bpr", factors=128, iterations=100),
         settings=grid(learning_rate=(0.05, 0.1), regularization=(0.01, 0.05))),
    Peer(name="LightFM WARP", package="lightfm", fit=by_lightfm,
         settings=grid(epochs=(25,), no_components=(64,), learning_rate=(0.03, 0.05))),
)  # fmt: skip
