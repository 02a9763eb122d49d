"""Numbers said once more in words beside their figures: both must say the same."""

import re

from service.imports.cells import CellError

_ONES = {
    "nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11,
}  # fmt: skip
_TENS = {"belas": 10, "puluh": 10, "ratus": 100}
_GROUPS = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "milyar": 10**9, "triliun": 10**12, "trilyun": 10**12}
_ONE_OF = {"seratus": 100, "seribu": 1000, "sejuta": 10**6}
_BRACKETS = re.compile(r"\s*\(\s*([^\W\d_][^\d()]*?)\s*\)")
UNIT_WORDS = frozenset({
    "rupiah", "jp", "jpl", "jam", "pelajaran", "pelatihan", "pembelajaran", "orang", "org", "peserta", "pegawai",
    "kursi", "pax", "tahun", "thn", "persen",
})  # fmt: skip
DIFFERENT = "the figures and the words in brackets say different numbers"


def number_in_words(words: str) -> int | None:
    """Return the number that Indonesian words say; None where they are no number.

    Examples
    --------
    >>> number_in_words("satu juta lima ratus ribu rupiah"), number_in_words("dua puluh empat"), number_in_words("juta")
    (1500000, 24, None)
    """
    told = [word for word in re.findall(r"[a-z]+", words.lower()) if word not in UNIT_WORDS]
    whole = group = last = 0
    if not told or not ({*_ONES, *_ONE_OF} & set(told)):
        return None
    for word in told:
        if word in _ONES:
            last += _ONES[word]
        elif word in _ONE_OF:
            group, last = group + last, 0
            if word == "seratus":
                group += 100
            else:
                whole, group = whole + (group + 1) * _ONE_OF[word], 0
        elif word == "belas":
            last += 10
        elif word in _TENS:
            group, last = group + last * _TENS[word], 0
        elif word in _GROUPS:
            whole, group, last = whole + (group + last) * _GROUPS[word], 0, 0
        else:
            return None
    return whole + group + last


def without_brackets(text: str) -> str:
    """Return a text without what stands in brackets in words.

    Examples
    --------
    >>> without_brackets("1.250 (seribu dua ratus lima puluh) orang")
    '1.250 orang'
    """
    return _BRACKETS.sub("", text)


def apart(text: str, code: str, *, remarks: bool = False) -> tuple[str, int | None]:
    """Return a number's figures, and what words in brackets say of them.

    Parameters
    ----------
    text : As written, such as ``30 (tiga puluh) orang``.
    code : Of the problem where words in brackets are no number.
    remarks : Whether other words are passed over, such as the name of a mark; they are not where they may be a unit.

    Raises
    ------
    CellError
        When words in brackets may change what the figures mean.

    Examples
    --------
    >>> apart("30 (tiga puluh) orang", ""), apart("24 (jam)", ""), apart("85 (Baik)", "", remarks=True)
    (('30 orang', 30), ('24', None), ('85', None))
    """
    found = _BRACKETS.search(text)
    if found is None:
        return text, None
    number, words = number_in_words(found[1]), set(re.findall(r"[a-z]+", found[1].lower()))
    is_remark = remarks and not words & {*_GROUPS, "ribuan", "jutaan", "jt", "rb", "usd"}
    if number is None and not (words <= UNIT_WORDS or is_remark):
        raise CellError(code, "words in brackets that may change what the figures mean; give the figures alone")
    return text[: found.start()] + text[found.end() :], number


def need_same(value: float, told: int | None, code: str) -> None:
    """Refuse figures beside words that say another number.

    Raises
    ------
    CellError
        With the code given.
    """
    if told is not None and told != value:
        raise CellError(code, DIFFERENT)
