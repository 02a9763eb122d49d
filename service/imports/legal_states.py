"""Legal states of civil servants (kedudukan hukum) as the national service codes and names them, and ours."""

import re

# Code, name and our state; the list of the service (see the sources of domain tables).
_STATES = (
    ("01", "Aktif", "active"), ("02", "CLTN", "leave"), ("03", "Tugas Belajar", "study"),
    ("04", "Pemberhentian Sementara", "inactive"), ("05", "Penerima Uang Tunggu", "inactive"),
    ("06", "Prajurit Wajib", "inactive"), ("07", "Pejabat Negara", "inactive"), ("08", "Kepala Desa", "inactive"),
    ("09", "Sedang dlm Proses Banding BAPEK", "inactive"), ("11", "Pegawai Titipan", "inactive"),
    ("12", "Pengungsi", "inactive"), ("13", "Perpanjangan CLTN", "leave"),
    ("14", "PNS yang dinyatakan hilang", "inactive"), ("15", "PNS kena hukuman disiplin", "inactive"),
    ("16", "Pemindahan dalam rangka penurunan Jabatan", "inactive"), ("20", "Masa Persiapan Pensiun", "retired"),
    ("51", "CPNS yang belum menerima SK CPNS", "inactive"), ("52", "Tidak Aktif", "inactive"),
    ("66", "Diberhentikan", "inactive"), ("67", "Punah", "inactive"), ("68", "Eks PNS Timor Timur", "inactive"),
    ("69", "TMS Dari Pengadaan", "inactive"), ("70", "Pembatalan NIP", "inactive"),
    ("77", "Pemberhentian tanpa hak pensiun", "retired"), ("88", "Pemberhentian dengan hak pensiun", "retired"),
    ("89", "Tidak aktif tetapi diusulkan Pensiun", "retired"), ("90", "Tidak Ikut PUPNS 2015", "inactive"),
    ("91", "Tindak Pidana/ Tindak Pidana Jabatan", "inactive"), ("92", "Pemblokiran Data PNS", "inactive"),
    ("98", "Mencapai BUP", "retired"), ("99", "Pensiun", "retired"),
)  # fmt: skip
_WORDS = (("tugas belajar", "study"), ("cltn", "leave"), ("cuti", "leave"), ("pensiun", "retired"),
          ("diberhentikan", "inactive"), ("pemberhentian", "inactive"), ("hukuman disiplin", "inactive"))  # fmt: skip


def _bare(told: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", told.casefold()).strip()


_KNOWN = {_bare(name): state for _, name, state in _STATES} | {code.lstrip("0"): state for code, _, state in _STATES}


def state_of(told: str) -> str:
    """Return our state of a legal state by its code or name; one that nobody knows as it stands, to be asked about.

    Examples
    --------
    >>> state_of("13"), state_of("PPPK Aktif"), state_of("Tidak aktif (cuti)"), state_of("Perbantuan")
    ('leave', 'active', 'leave', 'Perbantuan')
    """
    bare = _bare(told)
    found = _KNOWN.get(bare.lstrip("0")) or next((state for words, state in _WORDS if words in bare), None)
    if found is None and re.search(r"\b(?:tidak|non|belum) ?aktif\b", bare):
        return "inactive"
    return found or ("active" if re.search(r"\baktif\b", bare) else told)
