"""Claim: what people take next is ranked better than by any single peer, and no worse than by a plain stack.

Leave-last-out: every person's last course is held out, and all courses the person has not taken are ranked. Ties count
half. Peers are tuned on the last training course of each person, then everything is tested once. Tells nDCG, recall
and mean reciprocal rank at 10, and a paired bootstrap interval of the differences over all people.

    python benchmarks/ranking.py [--data FOLDER] [--users 10000] [--without-peers]

FOLDER holds sequences.csv.gz (user, items, test_item) or interactions.csv.gz (user, item, time), or folders ranking-*
with such files. Peers of other packages: pip install -e '.[peers]'.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from ranking_data import folders_in, read_sequences
from ranking_peers import PEERS, Peer, Scorer, plain_signals

from models.choice import ChoiceModel
from models.histories import Histories
from models.metrics import discounted_gain, target_ranks
from training_catalog.errors import InputError

DATA = Path(__file__).parents[2] / "shared" / "datasets"
PUBLISHED = {"all": 0.2111, "10000": 0.1781}  # nDCG@10 of the plain stack in the notes of MOOCCubeX
AIM = 1.05  # times the best single peer
N_RESAMPLES, PEOPLE_AT_ONCE = 1_000, 1_000
Ranks = np.ndarray


def ranks_of(scorer: Scorer, histories: Histories, target: np.ndarray) -> Ranks:
    """Return the rank of everybody's target among what they have not taken."""
    found = np.empty(histories.n_people)
    for first in range(0, histories.n_people, PEOPLE_AT_ONCE):
        people = np.arange(first, min(first + PEOPLE_AT_ONCE, histories.n_people))
        part = histories.take(people)
        score = np.asarray(scorer(people, part), dtype=np.float64)
        score[part.person, part.item] = -np.inf
        found[people] = target_ranks(score, target[people])
    return found


def tuned(peer: Peer, histories: Histories) -> dict:
    """Return the settings that rank the last training choice best."""
    if len(peer.settings) == 1:
        return dict(peer.settings[0])
    earlier, last = histories.without_last()
    quality = [discounted_gain(ranks_of(peer.fit(earlier, **one), earlier, last)).mean() for one in peer.settings]
    return dict(peer.settings[int(np.argmax(quality))])


def by_choice(model: ChoiceModel, histories: Histories, target: np.ndarray) -> Ranks:
    """Fit a stacked ranker, learn the signals again from everything, and rank."""
    model.fit(histories)
    steps, found = model.look(histories), np.empty(histories.n_people)
    for people, score in model.order(steps, histories):
        found[people] = target_ranks(score, target[people])
    return found


def told(name: str, run: Callable[[], tuple[Ranks, str]]) -> Ranks:
    """Run, print a row of the table, and return the ranks."""
    begun = time.perf_counter()
    rank, note = run()
    row = [discounted_gain(rank).mean(), (rank <= 10).mean(), np.where(rank <= 10, 1 / rank, 0.0).mean()]
    print(f"{name:24} {row[0]:8.4f} {row[1]:10.4f} {row[2]:8.4f} {time.perf_counter() - begun:7.0f} s  {note}",
          flush=True)  # fmt: skip
    return rank


def difference(own: Ranks, other: Ranks, rng: np.random.Generator) -> str:
    """Return the difference in nDCG@10 with its paired bootstrap interval, in words."""
    gain = discounted_gain(own) - discounted_gain(other)
    means = [gain[rng.integers(len(gain), size=len(gain))].mean() for _ in range(N_RESAMPLES)]
    lower, upper = np.quantile(means, [0.025, 0.975])
    return f"{gain.mean():+.4f} [{lower:+.4f}, {upper:+.4f}] ({gain.mean() / discounted_gain(other).mean():+.1%})"


def run_peer(peer: Peer, histories: Histories, target: np.ndarray) -> tuple[Ranks, str]:
    """Tune and test one peer."""
    settings = tuned(peer, histories)
    words = ", ".join(f"{key} {value:g}" for key, value in settings.items())
    return ranks_of(peer.fit(histories, **settings), histories, target), words


def one_folder(folder: Path, n_users: int | None, *, with_packages: bool) -> None:
    """Print the table of one data set."""
    histories, target = read_sequences(folder, n_users)
    print(f"\n{folder.name}: {histories.n_people:,} people, {histories.n_items:,} courses, {len(histories.item):,} "
          f"choices to learn from\n{'':24} {'nDCG@10':>8} {'recall@10':>10} {'MRR@10':>8}")  # fmt: skip
    peers: dict[str, Ranks] = {}
    for peer in PEERS:
        if peer.package and not (with_packages and peer.is_here):
            print(f"{peer.name:24} left out: {peer.package} is not installed, or was not asked for")
            continue
        peers[peer.name] = told(peer.name, lambda peer=peer: run_peer(peer, histories, target))
    plain = told("plain stack", lambda: (by_choice(ChoiceModel(signals=plain_signals), histories, target), ""))
    ours = told("ours", lambda: (by_choice(ChoiceModel(), histories, target), ""))
    rng = np.random.default_rng(1)
    best = max(peers, key=lambda name: discounted_gain(peers[name]).mean())
    print(f"ours minus {best}: {difference(ours, peers[best], rng)}; 95 % paired bootstrap over people")
    print(f"ours minus plain stack: {difference(ours, plain, rng)}")
    quality, aim = discounted_gain(ours).mean(), AIM * discounted_gain(peers[best]).mean()
    print(f"aim {AIM:.2f} x {best} = {aim:.4f}: {'met' if quality >= aim else 'MISSED'}")
    published = PUBLISHED.get("all" if n_users is None else str(n_users)) if "mooccubex" in folder.name else None
    if published:
        print(f"aim, the published plain stack {published}: {'met' if quality >= published else 'MISSED'}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data")
    parser.add_argument("--users", type=int, default=None, help="only the first so many people")
    parser.add_argument("--without-peers", action="store_true", help="leave other packages out")
    asked = parser.parse_args()
    try:
        folders = folders_in(asked.data)
    except InputError as error:
        parser.error(str(error))
    for folder in folders:
        one_folder(folder, asked.users, with_packages=not asked.without_peers)


if __name__ == "__main__":
    main()
