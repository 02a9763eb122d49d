"""What headers say in brackets: how a column is to be filled, and in which unit its amounts are."""

import re
from collections.abc import Iterable, Sequence

from service.imports.cells import Cell

THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9
FACTORS = {
    "ribu": THOUSAND, "ribuan": THOUSAND, "rb": THOUSAND, "jt": MILLION, "thousand": THOUSAND, "thousands": THOUSAND,
    "juta": MILLION, "jutaan": MILLION, "million": MILLION, "millions": MILLION,
    "miliar": BILLION, "miliaran": BILLION, "milyar": BILLION, "milyaran": BILLION, "billion": BILLION,
    "billions": BILLION,
}  # fmt: skip
# Words that change nothing of what a column is; a bracket with any other word is part of the header's name.
_IDLE = frozenset({
    "rp", "rupiah", "idr", "dalam", "in", "jp", "jpl", "jam", "pelajaran", "orang", "org", "persen", "percent",
    "digit", "digits", "angka", "karakter", "wajib", "diisi", "harus", "required", "mandatory", "opsional",
    "optional", "dd", "mm", "yyyy", "yy", "hh", "tgl", "bln", "thn", "tanggal", "bulan", "tahun", "day", "month",
    "year", "l", "p", "m", "f", "ya", "tidak", "y", "n", "t", "dengan", "tanpa", "gelar", "lengkap", "s", "d",
    "sd", "to", "skala", "scale", "teks", "text", "format", "contoh", "lihat",
    "x", "kelipatan", "satuan", "dgn", "dg", "tnp", "beserta", "serta", "sesuai", "sk",
})  # fmt: skip
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
# Zeros that stand for a unit: Rp 000, x1000, dalam Rp.1.000,-; a million has six of them.
_ZEROS = re.compile(r"(?<!\d)(?<!\d[.,])(?:1[.,]?)?000((?:[.,]?000)*)(?![\d])")
_ZERO_WORDS = frozenset({"rp", "rupiah", "idr", "dalam", "in", "x", "kelipatan", "satuan"})
_IN_ZEROS = re.compile(
    r"\b(?:dalam|in)\s+(?:satuan\s+|kelipatan\s+)?(?:rp\.?|rupiah|idr)?\s*" + _ZEROS.pattern, re.IGNORECASE
)
_IN_UNITS = re.compile(rf"\b(?:dalam|in)\s+({'|'.join(FACTORS)})\b", re.IGNORECASE)


def _words(bracket: str) -> list[str]:
    return re.findall(r"[a-z]+", bracket.lower())


def unqualified(header: str) -> str:
    """Return a header without brackets that only say how to fill it in.

    Examples
    --------
    >>> [unqualified(one) for one in ("NIP (18 digit)", "Pagu (Rp ribu)", "Nama (dgn gelar)", "Jabatan (TMT)")]
    ['NIP ', 'Pagu ', 'Nama ', 'Jabatan (TMT)']
    """
    return _BRACKETS.sub(lambda found: "" if _IDLE.union(FACTORS) >= set(_words(found[0])) else found[0], header)


def factor_of(header: str) -> int:
    """Return what the amounts below a header are to be multiplied with.

    Examples
    --------
    >>> factor_of("Pagu (dalam ribuan Rupiah)"), factor_of("Pagu (Rp)")
    (1000, 1)
    """
    brackets = _BRACKETS.findall(header)
    words = [word for bracket in brackets for word in _words(bracket)]
    told = [_factor_of_zeros(bracket) for bracket in brackets if set(_words(bracket)) <= _ZERO_WORDS]
    return next((FACTORS[word] for word in words if word in FACTORS), max(told, default=1))


def _factor_of_zeros(text: str) -> int:
    """Return what zeros that stand for a unit multiply with.

    Examples
    --------
    >>> _factor_of_zeros("(Rp 000)"), _factor_of_zeros("(x 1.000.000)"), _factor_of_zeros("(Rp)")
    (1000, 1000000, 1)
    """
    found = _ZEROS.search(text)
    return THOUSAND ** (1 + found[1].count("000")) if found else 1


def factor_above(lines: Iterable[Sequence[Cell]]) -> int:
    """Return what lines above a header say that all amounts are to be multiplied with.

    Examples
    --------
    >>> factor_above([["Anggaran 2027"], ["(dalam jutaan rupiah)"]])
    1000000
    """
    for line in lines:
        for cell in line:
            text = str(cell)
            if found := _IN_UNITS.search(text):
                return FACTORS[found[1].lower()]
            if zeros := _IN_ZEROS.search(text):
                return _factor_of_zeros(zeros[0])
            if (factor := factor_of(text)) > 1:
                return factor
    return 1
