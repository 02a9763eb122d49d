"""What is never stored, whatever file it comes in (UU 27/2022; merit system): columns by their headers, and numbers."""

import re

# Headers in normal form, and words of which one in a header makes the column sensitive.
HEADERS = frozenset({
    "religion", "marital status", "nomor induk kependudukan", "address", "suku", "suku bangsa", "ethnicity",
    "blood type", "disability", "nomor hp", "no hp", "no. hp", "no wa", "no. wa", "nomor wa", "no kk", "no. kk",
    "nomor kk", "kartu keluarga", "nama ibu", "ibu kandung", "nama ibu kandung", "surat dokter",
    "nomor surat keterangan dokter", "riwayat penyakit",
})  # fmt: skip
WORDS = frozenset({
    "agama", "kawin", "perkawinan", "nikah", "pernikahan", "ktp", "npwp", "bpjs", "askes", "hp", "telp", "telepon",
    "whatsapp", "email", "disabilitas", "difabel",
})  # fmt: skip
NATIONAL = "this looks like a national identity number, which is not stored; give the NIP"
NATIONAL_NUMBER = "nik"  # in some offices the employee's own number; beside another number it is the national one
_NATIONAL = re.compile(r"\d{6}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}")  # place, day (+40), month, year
_PHRASES = re.compile(
    r"\balamat\b(?! unit| kantor| opd)|\bgol(?:ongan)?\b.? darah|\b(?:no|nomor|valid)\b.? nik\b|npwp|bpjs"
)


def is_sensitive(name: str) -> bool:
    """Return whether a header, in normal form, names what is never stored.

    Examples
    --------
    >>> [is_sensitive(name) for name in ("agama pegawai", "gol. darah", "no nik", "alamat kantor", "golongan")]
    [True, True, True, False, False]
    """
    words = re.findall(r"[a-z]+", name)
    return name in HEADERS or not WORDS.isdisjoint(words) or _PHRASES.search(name) is not None


def is_national(text: str) -> bool:
    """Return whether a text is a national identity number, in whatever parts its digits are.

    Examples
    --------
    >>> is_national("6171 0101 0190 0001"), is_national("199003152014021987")
    (True, False)
    """
    return _NATIONAL.fullmatch(re.sub(r"[\s.'-]", "", text)) is not None
