"""Claim: what people take next is ranked better than by any single peer, and no worse than by a plain stack.

Leave-last-out: every person's last course is held out, and all courses the person has not taken are ranked. Ties count
half. Peers are tuned on the last training course of each person, then everything is tested once. Tells nDCG, recall
and mean reciprocal rank at 10, and a paired bootstrap interval of the differences over all people.

    python benchmarks/ranking.py [--data FOLDER] [--users 10000] [--only ROWS] [--without-peers] [--quick]

FOLDER holds sequences.csv.gz (user, items, test_item) or interactions.csv.gz (user, item, time), or folders ranking-*
with such files; a single file of either form may be named instead. Peers of other packages: pip install -e '.[peers]'.
`--quick` takes the first 5,000 people and tunes each peer over two settings; `--only "EASE-R,ours"` makes those rows.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from progress import QUICK, Progress
from ranking_data import files_in, read_sequences
from ranking_peers import PEERS, Peer, Scorer, plain_signals

from models.choice import ChoiceModel
from models.histories import Histories
from models.metrics import discounted_gain, target_ranks
from training_catalog.errors import InputError

DATA = Path(__file__).parents[2] / "shared" / "datasets"
PUBLISHED = {"all": 0.2111, "10000": 0.1781}  # nDCG@10 of the plain stack in the notes of MOOCCubeX
AIM = 1.05  # times the best single peer
N_RESAMPLES, PEOPLE_AT_ONCE = 1_000, 1_000
QUICK_PEOPLE, QUICK_SETTINGS = 5_000, 2
PLAIN, OURS = "plain stack", "ours"
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


def tuned(peer: Peer, histories: Histories, progress: Progress) -> dict:
    """Return the settings that rank the last training choice best."""
    if len(peer.settings) == 1:
        return dict(peer.settings[0])
    earlier, last = histories.without_last()
    quality = []
    for i, one in enumerate(peer.settings):
        progress.note(f"{peer.name}: setting {i + 1} of {len(peer.settings)}")
        quality.append(discounted_gain(ranks_of(peer.fit(earlier, **one), earlier, last)).mean())
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


def run_peer(peer: Peer, histories: Histories, target: np.ndarray, progress: Progress) -> tuple[Ranks, str]:
    """Tune and test one peer."""
    settings = tuned(peer, histories, progress)
    words = ", ".join(f"{key} {value:g}" for key, value in settings.items())
    return ranks_of(peer.fit(histories, **settings), histories, target), words


def run_peers(histories: Histories, target: np.ndarray, asked: argparse.Namespace, progress: Progress
              ) -> dict[str, Ranks]:  # fmt: skip
    """Print a row for each peer; one that is not installed, or breaks, is named as left out."""
    found: dict[str, Ranks] = {}
    for peer in (peer for peer in PEERS if peer.name in asked.only):
        progress.step(peer.name)
        if peer.package and (asked.without_peers or not peer.is_here):
            why = "was not asked for" if asked.without_peers else "is not installed"
            print(f"{peer.name:24} left out: {peer.package} {why}", flush=True)
            continue
        own = replace(peer, settings=peer.settings[:QUICK_SETTINGS]) if asked.quick else peer
        try:
            found[peer.name] = told(peer.name, lambda own=own: run_peer(own, histories, target, progress))
        except Exception as error:
            if not peer.package:
                raise
            print(f"{peer.name:24} left out: {peer.package} broke: {type(error).__name__}: {error}", flush=True)
    return found


def one_file(path: Path, asked: argparse.Namespace) -> None:
    """Print the table of one data set."""
    n_users = asked.users or (QUICK_PEOPLE if asked.quick else None)
    progress = Progress("ranking", len(asked.only))
    progress.note(f"reading {path}")
    histories, target = read_sequences(path, n_users)
    name = path.parent.name if path.parent.name.startswith("ranking") else path.name
    print(f"\n{name}: {histories.n_people:,} people, {histories.n_items:,} courses, "
          f"{len(histories.item):,} choices to learn from{f'; {QUICK}' if asked.quick else ''}\n"
          f"{'':24} {'nDCG@10':>8} {'recall@10':>10} {'MRR@10':>8}", flush=True)  # fmt: skip
    peers = run_peers(histories, target, asked, progress)
    stacks = {}
    for row, model in ((PLAIN, ChoiceModel(signals=plain_signals)), (OURS, ChoiceModel())):
        if row in asked.only:
            progress.step(row)
            stacks[row] = told(row, lambda model=model: (by_choice(model, histories, target), ""))
    if OURS in stacks:
        published = PUBLISHED.get("all" if n_users is None else str(n_users)) if "mooccubex" in name else None
        tell_differences(stacks.pop(OURS), peers, stacks, published)


def tell_differences(ours: Ranks, peers: dict[str, Ranks], stacks: dict[str, Ranks], published: float | None) -> None:
    """Print what ours is above the best single peer and the plain stack, and whether the aims are met."""
    rng, quality = np.random.default_rng(1), discounted_gain(ours).mean()
    if peers:
        best = max(peers, key=lambda name: discounted_gain(peers[name]).mean())
        print(f"ours minus {best}: {difference(ours, peers[best], rng)}; 95 % paired bootstrap over people")
        aim = AIM * discounted_gain(peers[best]).mean()
        print(f"aim {AIM:.2f} x {best} = {aim:.4f}: {'met' if quality >= aim else 'MISSED'}")
    for name, rank in stacks.items():
        print(f"ours minus {name}: {difference(ours, rank, rng)}")
    if published:
        print(f"aim, the published plain stack {published}: {'met' if quality >= published else 'MISSED'}")


def rows_of(text: str) -> list[str]:
    """Return the rows named, all where none is; refuse what is no row."""
    every = [*(peer.name for peer in PEERS), PLAIN, OURS]
    names = [name.strip() for name in text.split(",")] if text else every
    unknown = [name for name in names if name not in every]
    if unknown:
        raise argparse.ArgumentTypeError(f"no row {unknown[0]!r}; accepted: {', '.join(every)}")
    return names


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data, or one file")
    parser.add_argument("--users", type=int, default=None, help="only the first so many people")
    parser.add_argument("--only", type=rows_of, default="", metavar="ROWS", help="rows to make, with commas between")
    parser.add_argument("--without-peers", action="store_true", help="leave other packages out")
    parser.add_argument("--quick", action="store_true", help="on a sample, with fewer settings")
    asked = parser.parse_args()
    try:
        for path in files_in(asked.data):
            one_file(path, asked)
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
