"""What headers say in brackets: how a column is to be filled, and in which unit its amounts are."""

import re
from collections.abc import Iterable, Sequence

from service.imports.cells import Cell

THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9
FACTORS = {
    "ribu": THOUSAND, "ribuan": THOUSAND, "thousand": THOUSAND, "thousands": THOUSAND,
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
})  # fmt: skip
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_IN_UNITS = re.compile(rf"\b(?:dalam|in)\s+({'|'.join(FACTORS)})\b", re.IGNORECASE)


def _words(bracket: str) -> list[str]:
    return re.findall(r"[a-z]+", bracket.lower())


def unqualified(header: str) -> str:
    """Return a header without brackets that only say how to fill it in.

    Examples
    --------
    >>> unqualified("NIP (18 digit)"), unqualified("Pagu (Rp ribu)"), unqualified("Jabatan (TMT)")
    ('NIP ', 'Pagu ', 'Jabatan (TMT)')
    """
    return _BRACKETS.sub(lambda found: "" if _IDLE.union(FACTORS) >= set(_words(found[0])) else found[0], header)


def factor_of(header: str) -> int:
    """Return what the amounts below a header are to be multiplied with.

    Examples
    --------
    >>> factor_of("Pagu (dalam ribuan Rupiah)"), factor_of("Pagu (Rp)")
    (1000, 1)
    """
    words = [word for bracket in _BRACKETS.findall(header) for word in _words(bracket)]
    return next((FACTORS[word] for word in words if word in FACTORS), 1)


def factor_above(lines: Iterable[Sequence[Cell]]) -> int:
    """Return what lines above a header say that all amounts are to be multiplied with.

    Examples
    --------
    >>> factor_above([["Anggaran 2027"], ["(dalam jutaan rupiah)"]])
    1000000
    """
    for line in lines:
        for cell in line:
            if found := _IN_UNITS.search(str(cell)):
                return FACTORS[found[1].lower()]
    return 1
