"""Free text to what is on file: written titles to trainings, texts of trainings to competencies, with confidence.

Titles are compared as spellings, word by word, so that misspelt and abbreviated words still stand for each other while
a word too many does not. Texts are compared by what they share with a competency, in four ways that are added up.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import scipy.sparse as sp
import snowballstemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from models.short_forms import INITIALS, ShortForms, Standing
from training_catalog.columns import FloatArray, IndexArray

# Chosen on planted misspellings and abbreviations; docs/adr/0011-free-text-matching.md has the figures.
SURE = 0.87  # confidence from which a written title is taken for a training without asking
UNSURE = 0.5  # most confidence that titles of different numbers can have; below it nothing is proposed
ALIKE = 0.62  # similarity below which two words have nothing to do with each other
BEGINNING, SKELETON = 0.93, 0.85  # similarity of "pelat" and "pelatihan", and of "prncn" and "perencanaan"
FORM_WEIGHT = 0.15  # of a word that names the form of a training, beside 1 for any other
SHORTEST_PART = 3  # letters from which a word may stand for a longer one
SKELETON_SHARE = 0.7  # most of a word's length that its skeleton may have
N_COMPARED = 10  # trainings that are compared word by word, the nearest by character n-grams
TEXTS_A_CHUNK = 256

_FORM_WORDS = frozenset(
    "pelatihan diklat kursus bimtek penataran workshop seminar training course lat sus pent latihan".split()  # noqa: SIM905 (words read better in a line)
)
_FILLERS = frozenset("dan di dalam bagi untuk ke pada dengan the of and for in to".split())  # noqa: SIM905 (as above)
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
# As the national reference list of structural trainings and offices shorten it ("DIKLAT PIM TK. III").
_SPELLED_OUT = {"pim": ("kepemimpinan",), "diklatpim": ("diklat", "kepemimpinan")}
# Titles that differ in these alone are courses of their own, however long the rest that they share.
_STEPS = {
    "dasar": "first", "dsr": "first", "basic": "first", "menengah": "middle", "intermediate": "middle",
    "lanjut": "advanced", "lanjutan": "advanced", "advanced": "advanced",
}  # fmt: skip
_EDITION = re.compile(r"\b(angkatan|gelombang|batch)\s+\w+|\b(tahun\s+)?(19|20)\d\d\b")


def title_words(title: str) -> list[str]:
    """Return the words that tell trainings apart: without batch, year and fillers, Roman numerals as digits.

    Examples
    --------
    >>> title_words("Pelatihan Kepemimpinan dan Etika Tk. III Angkatan V Tahun 2021")
    ['pelatihan', 'kepemimpinan', 'etika', 'tk', '3']
    """
    found = re.findall(r"[^\W_]+", _EDITION.sub(" ", title.casefold()))
    words = [part for word in found for part in _SPELLED_OUT.get(word, (word,))]
    return [_ROMAN.get(word, word) for word in words if word not in _FILLERS]


def match_titles(titles: Sequence[str], written: Sequence[str]) -> tuple[IndexArray, FloatArray]:
    """Find the training that each written title means.

    Parameters
    ----------
    titles : Titles of the trainings, shape (n_titles,).
    written : Titles as people wrote them, shape (n_written,).

    Returns
    -------
    best : shape (n_written,): index of the nearest title, -1 where no word agrees; ties go to the earlier title.
    confidence : shape (n_written,), 0 to 1; at least `SURE` may be taken without asking.

    Notes
    -----
    Confidence is the smaller of two shares: of the written title's words that the training's title has, and of the
    training's title that the written one has. A word stands for another as far as `_word_likeness` says, and for some
    words of the other title where it is short for them (`models.short_forms`), which is never sure; one that is short
    for words of several titles alike has `UNSURE` at most.
    """
    best, confidence = np.full(len(written), -1, dtype=np.int64), np.zeros(len(written))
    own, known = _names(titles)
    asked = [title_words(title) for title in written]
    if not any(known) or not any(asked):
        return best, confidence
    likeness, short = _WordLikeness(known, asked), ShortForms(known)
    near = _nearest([" ".join(words) for words in known], [" ".join(words) for words in asked])
    for i, words in enumerate(asked):
        meant = short.titles(words)
        shares = {}
        for j in sorted(meant.union(near[i].tolist())):
            shares[j] = likeness.smaller_share(words, known[j])
            if j in meant:
                in_short = likeness.smaller_share(words, known[j], short.standing(words, j))
                shares[j] = max(shares[j], min(in_short, INITIALS))
            if shares[j] > confidence[i]:
                best[i], confidence[i] = own[j], shares[j]
        if len({own[j] for j in meant if shares[j] == confidence[i]}) > 1:  # short for several
            confidence[i] = min(confidence[i], UNSURE)
    return best, confidence


def _names(titles: Sequence[str]) -> tuple[list[int], list[list[str]]]:
    """Return the words of every title, then those of each name in it that a slash sets apart and only it has.

    Examples
    --------
    >>> _names(["SEPALA/ADUM", "Arsip"])
    ([0, 1, 0, 0], [['sepala', 'adum'], ['arsip'], ['sepala'], ['adum']])
    """
    parts = [(i, title_words(part)) for i, title in enumerate(titles) if "/" in title for part in title.split("/")]
    held = Counter(tuple(words) for _, words in parts)
    alone = [(i, words) for i, words in parts if held[tuple(words)] == 1 and not _FORM_WORDS.issuperset(words)]
    named = [*((i, title_words(title)) for i, title in enumerate(titles)), *alone]
    return [i for i, _ in named], [words for _, words in named]


def _nearest(known: list[str], asked: list[str]) -> IndexArray:
    """Return the indices of the nearest texts by character n-grams, in ascending order."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    targets = vectorizer.fit_transform(known).T.tocsr()
    n = min(N_COMPARED, len(known))
    found = np.empty((len(asked), n), dtype=np.int64)
    for begin in range(0, len(asked), TEXTS_A_CHUNK):
        chunk = slice(begin, begin + TEXTS_A_CHUNK)
        cosine = (vectorizer.transform(asked[chunk]) @ targets).toarray()
        found[chunk] = np.sort(np.argsort(-cosine, axis=1, kind="stable")[:, :n], axis=1)
    return found


class _WordLikeness:
    """How far each asked word stands for each known one, computed once for all titles."""

    def __init__(self, known: list[list[str]], asked: list[list[str]]) -> None:
        columns, rows = sorted({w for words in known for w in words}), sorted({w for words in asked for w in words})
        self.column = {word: i for i, word in enumerate(columns)}
        self.row = {word: i for i, word in enumerate(rows)}
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), use_idf=False)
        targets = grams.fit_transform(columns)
        self.values = (grams.transform(rows) @ targets.T).toarray()
        by_letter: dict[str, list[str]] = {}
        for word in columns:
            by_letter.setdefault(word[0], []).append(word)
        for word in rows:
            for other in by_letter.get(word[0], []):
                here = self.row[word], self.column[other]
                self.values[here] = _word_likeness(word, other, float(self.values[here]))
        self.values[self.values < ALIKE] = 0.0

    def smaller_share(self, asked: list[str], known: list[str], short: Sequence[Standing] = ()) -> float:
        """Return the smaller of the two shares of words that have a counterpart, short forms included."""
        if not asked or not known:
            return 0.0
        pairs = self.values[np.ix_([self.row[w] for w in asked], [self.column[w] for w in known])]
        weight = np.array([FORM_WEIGHT if word in _FORM_WORDS else 1.0 for word in known])
        own = np.array([FORM_WEIGHT if word in _FORM_WORDS else 1.0 for word in asked])
        own = np.where(pairs.max(axis=1) > 0, weight[pairs.argmax(axis=1)], own)
        for one in short:
            pairs[one.asked, one.known] = np.maximum(pairs[one.asked, one.known], one.likeness)
            own[one.asked] = np.maximum(own[one.asked], 1.0)
        share = min(float(own @ pairs.max(axis=1) / own.sum()), float(weight @ pairs.max(axis=0) / weight.sum()))
        steps, other_steps = _steps(asked), _steps(known)
        is_same = _numbers(asked) == _numbers(known) and (not steps or not other_steps or steps == other_steps)
        return share if is_same else min(share, UNSURE)


def _numbers(words: list[str]) -> list[str]:
    return sorted(word for word in words if word.isdecimal())


def _steps(words: list[str]) -> set[str]:
    """Return which steps of a course, the first, the middle or the advanced one, words name."""
    return {_STEPS[word] for word in words if word in _STEPS}


def _word_likeness(word: str, other: str, cosine: float) -> float:
    """Return how far two words of one first letter stand for each other: equal, abbreviated, or misspelt."""
    if word == other:
        return 1.0
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) < SHORTEST_PART or shorter.isdecimal():
        return 0.0
    if longer.startswith(shorter):
        return max(cosine, BEGINNING)
    if shorter == word and len(shorter) < SKELETON_SHARE * len(longer) and _is_skeleton(shorter, longer):
        return max(cosine, SKELETON)
    return cosine


def _is_skeleton(shorter: str, longer: str) -> bool:
    """Return whether the letters of a word stand in another in their order."""
    rest = iter(longer)
    return all(letter in rest for letter in shorter)


_stem_indonesian: Callable[[str], str] = cache(snowballstemmer.stemmer("indonesian").stemWord)
_stem_english: Callable[[str], str] = cache(snowballstemmer.stemmer("english").stemWord)


def stems(text: str) -> list[str]:
    """Return the stems of a text that may be Indonesian, English or both.

    Examples
    --------
    >>> stems("Pengelolaan anggaran") == stems("mengelola anggaran"), stems("managing budgets")
    (True, ['manag', 'budget'])
    """
    words = re.findall(r"[^\W_]+", text.casefold())
    return [_stem_english(_stem_indonesian(word)) for word in words if word not in ENGLISH_STOP_WORDS]


class TextMatcher:
    """Ranks named things by a text, such as competencies by what a training says of itself.

    Parameters
    ----------
    names : Names, shape (n_things,).
    texts : All that is known in words of each, its name included, shape (n_things,).

    Notes
    -----
    Four lexical matchers, of words (stems) and of characters (n-grams of 3 to 5): the cosine with the whole text, and
    the share of the name that the query has. Each is standardised over all things, and the four are added up.
    """

    def __init__(self, names: Sequence[str], texts: Sequence[str]) -> None:
        self._parts = []
        for analyzer in ("word", "char_wb"):
            own = {"analyzer": stems} if analyzer == "word" else {"analyzer": analyzer, "ngram_range": (3, 5)}
            cosine = TfidfVectorizer(sublinear_tf=True, **own)
            self._parts.append((cosine, cosine.fit_transform(texts).T.tocsr(), False))
            share = TfidfVectorizer(norm=None, **own)
            weights = share.fit_transform(names)
            whole = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), np.finfo(float).tiny)
            self._parts.append((share, (sp.diags_array(1 / whole) @ weights).T.tocsr(), True))

    def likeness(self, queries: Sequence[str]) -> FloatArray:
        """Return the four matchers' values, 0 to 1, shape (4, n_queries, n_things)."""
        found = []
        for vectorizer, targets, is_share in self._parts:
            grams = vectorizer.transform(queries)
            found.append(((grams > 0).astype(np.float64) if is_share else grams) @ targets)
        return np.array([values.toarray() for values in found])

    def scores(self, queries: Sequence[str]) -> FloatArray:
        """Return a sort key of each query and thing, shape (n_queries, n_things)."""
        return _fuse(self.likeness(queries))

    def best(self, queries: Sequence[str], k: int) -> tuple[IndexArray, FloatArray]:
        """Return the `k` best things of each query, best first, with confidence.

        Returns
        -------
        index : shape (n_queries, k); ties go to the earlier thing.
        confidence : shape (n_queries, k), the mean of the four values, 0 to 1; 0 where nothing agrees.
        """
        index, confidence = [], []
        for begin in range(0, len(queries), TEXTS_A_CHUNK):
            likeness = self.likeness(queries[begin : begin + TEXTS_A_CHUNK])
            order = np.argsort(-_fuse(likeness), axis=1, kind="stable")[:, :k]
            index.append(order)
            confidence.append(np.take_along_axis(likeness.mean(axis=0), order, axis=1))
        return np.concatenate(index), np.concatenate(confidence)


def _fuse(likeness: FloatArray) -> FloatArray:
    spread = likeness.std(axis=2, keepdims=True)
    centred = likeness - likeness.mean(axis=2, keepdims=True)
    total: FloatArray = (centred / np.where(spread > 0, spread, 1.0)).sum(axis=0)
    return total
