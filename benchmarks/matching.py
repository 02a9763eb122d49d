"""How well free text is matched: planted misspellings of course names, and labelled sentences against ESCO skills.

Takes a folder (argument, or BANGKOM_DATASETS) with any of:
``siasn-ref-kursus.json`` (course names as ``nama``), ``textmatch-esco/`` and ``taxonomy-esco/skills.csv.gz``.
"""

import argparse
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from models.matching import SURE, TextMatcher, match_titles, title_words
from models.metrics import r_precision, reciprocal_rank
from models.short_forms import FEWEST, MOST

SPLITS = {"house_test": 0.344, "tech_test": 0.442, "techwolf_test": 0.328}  # RP@5 of five lexical matchers fused
VOWELS = "AIUEO"


def _misspell(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    wrong = (
        word[:at] + word[at + 1 :],  # a letter lost
        word[:at] + word[at] + word[at:],  # doubled
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],  # swapped with the next
        word[:at] + rng.choice("AINTS") + word[at + 1 :],  # wrong
    )
    return rng.choice(wrong)


def _shorten(word: str, rng: random.Random) -> str:
    if rng.random() < 0.7:
        return word[: rng.choice((3, 4, 5))] + "."
    return word[0] + "".join(letter for letter in word[1:] if letter not in VOWELS)[:4]


def plant(title: str, kind: str, rng: random.Random) -> str:
    """Write a title as people do: misspelt, abbreviated, or dressed with form, batch and year."""
    words = title.split()
    if kind == "dressed":
        before = [rng.choice(("PELATIHAN", "DIKLAT", "BIMTEK"))] if rng.random() < 0.6 else []
        after = ["ANGKATAN", rng.choice(("I", "II", "III", "IV")), "TAHUN", str(rng.randrange(2012, 2026))]
        return " ".join([*before, *("&" if w == "DAN" else w for w in words), *after]).title()
    long = [i for i, word in enumerate(words) if len(word) >= 6]
    rng.shuffle(long)
    for i in long[: max(1, len(long) // 2)]:
        words[i] = _misspell(words[i], rng) if kind == "misspelt" else _shorten(words[i], rng)
    return " ".join(words).title()


def titles(path: Path) -> None:
    """Half of the list is on file; all of it is written by people, so half of what is asked has no right answer."""
    rng = random.Random(20)
    names = sorted({" ".join(entry["nama"].split()) for entry in json.loads(path.read_text(encoding="utf-8"))})
    on_file = sorted(rng.sample(range(len(names)), len(names) // 2))
    place = {row: i for i, row in enumerate(on_file)}
    print(f"{len(names)} course names, {len(on_file)} of them on file; matched from confidence {SURE}")
    for kind in ("misspelt", "abbreviated", "dressed"):
        right = np.array([place.get(row, -1) for row in range(len(names))])
        best, confidence = match_titles([names[row] for row in on_file], [plant(n, kind, rng) for n in names])
        is_matched = confidence >= SURE
        hits = int((is_matched & (best == right)).sum())
        first = float((best == right)[right >= 0].mean())
        print(f"  {kind:12} precision {hits / is_matched.sum():.3f}  recall {hits / len(on_file):.3f}"
              f"  right title first {first:.3f}")  # fmt: skip
    _short([names[row] for row in on_file])


def _short(names: list[str]) -> None:
    """Ask by initials for the titles of three to eight words; such titles are proposed, and never taken."""
    called = {n: "".join(w[0] for w in title_words(n) if w.isalpha()) for n in names}
    asked = [n for n in names if len(title_words(n)) == len(called[n]) and FEWEST <= len(called[n]) <= MOST]
    best, confidence = match_titles(names, [called[n] for n in asked])
    right = np.array([names.index(n) for n in asked])
    alone = np.array([list(called.values()).count(called[n]) == 1 for n in asked])
    print(f"  initials     {len(asked)} titles, right title first {(best == right).mean():.3f}"
          f" ({(best == right)[alone].mean():.3f} of the {alone.sum()} whose initials no other has)"
          f"  taken without asking {(confidence >= SURE).mean():.3f}")  # fmt: skip


def _sentences(path: Path, place: dict[str, int]) -> Iterator[tuple[str, list[int]]]:
    rows = pd.read_csv(path)
    for sentence, group in rows[rows["label"].isin(place)].groupby("sentence", sort=False):
        yield str(sentence), sorted({place[label] for label in group["label"]})


def skills(folder: Path) -> None:
    """Query = sentence, things = all labels; the gold are those of its labels that are in the list."""
    labels = pd.read_csv(folder / "textmatch-esco" / "targets.csv.gz")["label"].astype(str).tolist()
    known = pd.read_csv(folder / "taxonomy-esco" / "skills.csv.gz").dropna(subset=["label"]).drop_duplicates("label")
    text = dict(zip(known["label"], known["text"], strict=True))
    place = {label: i for i, label in enumerate(labels)}
    matcher = TextMatcher(labels, [text.get(label, label) for label in labels])
    for split, bar in SPLITS.items():
        asked, gold = zip(*_sentences(folder / "textmatch-esco" / f"{split}.csv.gz", place), strict=True)
        figures = []
        for scores, own in zip(matcher.scores(asked), gold, strict=True):
            relevant = np.isin(np.arange(len(labels)), own)
            figures.append((r_precision(relevant, scores, 5), r_precision(relevant, scores, 10),
                            reciprocal_rank(relevant, scores)))  # fmt: skip
        five, ten, first = np.mean(figures, axis=0)
        print(
            f"  {split:14} {len(asked):4} sentences  RP@5 {five:.3f} (bar {bar:.3f})  RP@10 {ten:.3f}  MRR {first:.3f}"
        )


def main() -> None:
    """Print what the folder has data for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get("BANGKOM_DATASETS"))
    folder = parser.parse_args().folder
    if folder is None:
        parser.error("name the folder with the data, or set BANGKOM_DATASETS")
    for path in sorted(Path(folder).rglob("siasn-ref-kursus.json")):
        titles(path)
    for path in sorted(Path(folder).rglob("textmatch-esco")):
        print("labelled sentences against ESCO skills")
        skills(path.parent)


if __name__ == "__main__":
    main()
