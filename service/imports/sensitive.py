"""What is never stored, whatever file it comes in (UU 27/2022; merit system): columns by their headers, and numbers."""

import re
from functools import lru_cache

# Headers in normal form, words and phrases of which one in a header makes the column sensitive.
HEADERS = frozenset({
    "nomor induk kependudukan", "address", "suku", "ethnicity", "riwayat penyakit", "kesehatan", "health", "ras",
    "race", "tk k", "k tk", "alamat", "kk",
})  # fmt: skip
WORDS = frozenset({
    "agama", "religi", "religion", "kepercayaan", "kawin", "perkawinan", "nikah", "pernikahan", "menikah", "marital",
    "ktp", "npwp", "bpjs", "askes", "hp", "telp", "tlp", "telepon", "handphone", "ponsel", "phone", "mobile", "wa",
    "whatsapp", "email", "mail", "surel", "domisili", "disabilitas", "disability", "difabel", "cacat", "etnis", "etnik",
    "ethnic", "dokter", "narkoba", "penyakit", "mcu", "medis", "medical", "skck", "akta", "akte", "paspor", "passport",
    "istri", "suami", "pasangan", "tanggungan", "biometrik", "biometric", "gaji", "almt", "agm", "partai", "seksual",
})  # fmt: skip
NATIONAL = "this looks like a national identity number, which is not stored; give the NIP"
NATIONAL_NUMBER = "nik"  # in some offices the employee's own number; beside another number it is the national one
FREE_KINDS = frozenset({"text", "list"})  # of columns that may hold anything; codes stay as they are
SHORTEST_NATIONAL = 16  # characters
_NATIONAL = re.compile(r"\d{6}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}")  # place, day (+40), month, year
_WITHIN = re.compile(rf"(?<!\d){_NATIONAL.pattern}(?!\d)")
# As people part its digits; more groups behind make it another number.
_PARTED = re.compile(
    r"(?<!\d)(?<!\d[.-])(?:\d{6}([ .-])\d{6}\1\d{4}|\d{4}([ .-])\d{4}\2\d{4}\2\d{4}|"
    r"\d{6}([ .-])\d\d\3\d\d\3\d\d\3\d{4}|\d\d([ .-])\d\d\4\d\d\4(?:\d{6}|\d\d\4\d\d\4\d\d)\4\d{4})(?![ .-]?\d)"
)
_LEFT = re.compile(r" *(?:\( *\)|\[ *\]) *| {2,}")  # brackets of which nothing is left, and spaces around a number
_PHRASES = re.compile(
    r"\balamat\b(?! unit| kantor| opd)|\bgol(?:ongan)?\b.? (?:darah|drh)|\bblood|\b(?:no|nomor|valid)\b.? (?:nik|kk)\b|"
    r"npwp|bpjs|\b(?:suku bangsa|kartu keluarga|status keluarga|nama ibu(?! kota)|ibu kandung|mother|anak kandung|"
    r"jumlah anak|sidik jari|induk kependudukan|(?:status|riwayat|keterangan|ket\.?|surat) (?:kesehatan|sehat)|"
    r"health|(?:no\.?|nomor|kartu) identitas|identity (?:number|card)|national id|id (?:card|document)|tax id|"
    r"tax number|catatan (?:kriminal|kepolisian|kejahatan)|home address)\b"
)


@lru_cache(maxsize=10_000)
def is_sensitive(header: str) -> bool:
    """Return whether a header, as written or in normal form, names what is never stored.

    Examples
    --------
    >>> [is_sensitive(name) for name in ("agama pegawai", "agamaNama", "N.P.W.P", "alamat kantor", "golongan")]
    [True, True, True, False, False]
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).lower()  # as fields of JSON are named
    words = re.findall(r"[a-z]+", header.lower())
    if all(len(word) == 1 for word in words):
        words = ["".join(words)]
    words += re.findall(r"[a-z]+", parted)
    told = " ".join(re.findall(r"[a-z0-9.]+", parted))
    return told in HEADERS or not WORDS.isdisjoint(words) or _PHRASES.search(told) is not None


def without_national(text: str) -> str:
    """Return a text without national identity numbers, wherever they stand in it.

    Examples
    --------
    >>> without_national("Satria (6171-0101-0190-0001)"), without_national("199003152014021987")
    ('Satria', '199003152014021987')
    """
    if is_national(text):
        return ""
    told = _PARTED.sub(lambda found: "" if is_national(found[0]) else found[0], _WITHIN.sub("", text))
    return text if told == text else _LEFT.sub(" ", told).strip()


def is_national(text: str) -> bool:
    """Return whether a text is a national identity number, in whatever parts its digits are.

    Examples
    --------
    >>> is_national("6171 0101 0190 0001"), is_national("199003152014021987")
    (True, False)
    """
    return _NATIONAL.fullmatch(re.sub(r"[\s.'-]", "", text)) is not None
