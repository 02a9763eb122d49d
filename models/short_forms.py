"""Short titles: initials of their words (PBJ of "Pengadaan Barang/Jasa"), and blends (latsar of "pelatihan dasar").

What a title is called for short says less than its words, and may fit several: it proposes, and a person decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

INITIALS, BLEND = 0.8, 0.75  # likeness of a short form and the words it stands for; both below `models.matching.SURE`
FEWEST, MOST = 3, 8  # letters of a short form, and words of which initials are taken
PIECE = 3  # letters that a blend takes of each of its two words, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Words of a written and of a known title that stand for each other: one word on one side, some on the other."""

    asked: slice
    known: slice
    likeness: float


class ShortForms:
    """What known titles may be called for short.

    Parameters
    ----------
    known : Words of each title, shape (n_titles,).
    """

    def __init__(self, known: Sequence[Sequence[str]]) -> None:
        self._known = known
        self._initials: dict[str, set[int]] = {}
        self._words: dict[str, set[int]] = {}
        self._first: dict[str, set[int]] = {}
        self._second: dict[str, set[int]] = {}
        for title, words in enumerate(known):
            for initials, _ in _runs(words):
                self._initials.setdefault(initials, set()).add(title)
            for word in words:
                self._words.setdefault(word, set()).add(title)
            for first, second in pairwise(words):
                for index, word in ((self._first, first), (self._second, second)):
                    for begin in range(len(word) - PIECE + 1):
                        index.setdefault(word[begin : begin + PIECE], set()).add(title)

    def titles(self, asked: Sequence[str]) -> set[int]:
        """Return the titles for which a word of a written one may stand, or the other way round."""
        found: set[int] = set()
        for word in filter(_may_be_short, asked):
            found |= self._initials.get(word, set())
            if word not in self._words:
                found |= self._first.get(word[:PIECE], set()) & self._second.get(word[-PIECE:], set())
        for initials, _ in _runs(asked):
            found |= self._words.get(initials, set())
        return found

    def standing(self, asked: Sequence[str], title: int) -> list[Standing]:
        """Return what stands for what in a written title and a known one."""
        known = self._known[title]
        return [
            *(Standing(asked=slice(i, i + 1), known=run, likeness=likeness)
              for i, run, likeness in _short(asked, known)),
            *(Standing(asked=run, known=slice(j, j + 1), likeness=likeness)
              for j, run, likeness in _short(known, asked) if likeness == INITIALS),
        ]  # fmt: skip


def _may_be_short(word: str) -> bool:
    return FEWEST <= len(word) <= MOST and word.isalpha()


def _runs(words: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """Return the initials of words that follow each other, with where they are."""
    for begin in range(len(words) - FEWEST + 1):
        for end in range(begin + FEWEST, min(begin + MOST, len(words)) + 1):
            yield "".join(word[0] for word in words[begin:end]), slice(begin, end)


def _short(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, slice, float]]:
    """Return which words are short for some of the others, unless they stand there themselves.

    Examples
    --------
    >>> list(_short(["bimtek", "pbj"], ["pengadaan", "barang", "jasa", "pemerintah"]))
    [(1, slice(0, 3, None), 0.8)]
    >>> list(_short(["latsar"], ["pelatihan", "dasar", "cpns"]))
    [(0, slice(0, 2, None), 0.75)]
    """
    for i, word in enumerate(words):
        if _may_be_short(word) and word not in others:
            yield from ((i, run, INITIALS) for initials, run in _runs(others) if initials == word)
            yield from ((i, slice(j, j + 2), BLEND) for j, pair in enumerate(pairwise(others))
                        if _is_blend(word, *pair))  # fmt: skip


def _is_blend(word: str, first: str, second: str) -> bool:
    """Return whether a word is made of a piece of one word and a piece of the next."""
    return any(word[:cut] in first and word[cut:] in second for cut in range(PIECE, len(word) - PIECE + 1))
