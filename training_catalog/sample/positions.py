"""Positions of the demo city: structural posts, functional families with their tiers, and clerical posts."""

from dataclasses import dataclass

# Required level of technical competencies by class: an assumption of the demo, not a regulation.
TECHNICAL_LEVELS = {
    "JPT Pratama": 4, "Administrator": 3, "Pengawas": 3, "Pelaksana": 2, "JF Ahli Madya": 4, "JF Ahli Muda": 3,
    "JF Ahli Pertama": 2, "JF Penyelia": 3, "JF Mahir": 2, "JF Terampil": 2, "JF Pemula": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SamplePosition:
    """A position.

    Parameters
    ----------
    code, name : As on file.
    position_class : Class whose default standard applies to the nine competencies.
    competencies : Technical competencies it requires.
    kinds : Share of people in each kind of unit.
    """

    code: str
    name: str
    position_class: str
    competencies: tuple[str, ...]
    kinds: dict[str, float]


_OFFICE = {"office": 1.0, "field": 1.0, "district": 1.0}
_STRUCTURAL = (
    ("Kepala Perangkat Daerah", "JPT Pratama", ("T.03", "T.04", "T.42"), {"office": 0.012, "field": 0.008, "health": 0.002, "school": 0.0006}),
    ("Camat", "Administrator", ("T.11", "T.37", "T.24"), {"district": 0.04}),
    ("Kepala Bidang", "Administrator", ("T.03", "T.05", "T.39"), {"office": 0.05, "field": 0.035, "health": 0.008, "school": 0.003}),
    ("Kepala Subbagian", "Pengawas", ("T.04", "T.36", "T.10"), {"office": 0.06, "field": 0.04, "health": 0.01, "school": 0.004, "district": 0.2}),
    ("Lurah", "Pengawas", ("T.11", "T.12", "T.24"), {"village": 0.15}),
)  # fmt: skip
_CLERKS = (
    ("Pengadministrasi Perkantoran", ("T.33", "T.36"), {"office": 0.18, "field": 0.16, "health": 0.10, "school": 0.07, "district": 0.3, "village": 0.35}),
    ("Pengelola Layanan Operasional", ("T.11", "T.12"), {"office": 0.10, "field": 0.17, "health": 0.03, "school": 0.02, "district": 0.2, "village": 0.35}),
    ("Penata Laporan Keuangan", ("T.08", "T.09"), {"office": 0.07, "field": 0.05, "health": 0.02, "school": 0.01, "district": 0.1, "village": 0.05}),
    ("Penelaah Teknis Kebijakan", ("T.01", "T.29"), {"office": 0.10, "field": 0.06, "health": 0.02, "school": 0.01, "district": 0.1, "village": 0.1}),
    ("Anggota Satuan Tugas", ("T.24", "T.25"), {"field": 0.16}),
)  # fmt: skip
_EXPERT = ("JF Ahli Pertama", "JF Ahli Muda", "JF Ahli Madya")
_SKILLED = ("JF Terampil", "JF Mahir", "JF Penyelia")
_TIER_SHARES = (0.5, 0.35, 0.15)
_FAMILIES = (
    ("Guru", _EXPERT, ("T.20", "T.21", "T.22", "T.33"), {"school": 0.87}),
    ("Perawat", (*_SKILLED, "JF Ahli Pertama", "JF Ahli Muda"), ("T.16", "T.17", "T.18"), {"health": 0.36}),
    ("Bidan", _SKILLED, ("T.16", "T.18", "T.19"), {"health": 0.13}),
    ("Dokter", _EXPERT, ("T.17", "T.18", "T.19"), {"health": 0.12}),
    ("Sanitarian", ("JF Terampil", "JF Ahli Pertama"), ("T.18", "T.19", "T.27"), {"health": 0.05, "field": 0.03}),
    ("Penyuluh Kesehatan", _EXPERT, ("T.19", "T.35", "T.37"), {"health": 0.06}),
    ("Analis Kebijakan", _EXPERT, ("T.01", "T.02", "T.05"), {"office": 0.09, "field": 0.02}),
    ("Perencana", _EXPERT, ("T.03", "T.04", "T.07"), {"office": 0.06, "field": 0.03}),
    ("Auditor", _EXPERT, ("T.06", "T.08", "T.42"), {"office": 0.05}),
    ("Pranata Komputer", ("JF Terampil", "JF Ahli Pertama", "JF Ahli Muda"), ("T.29", "T.30", "T.31", "T.32"), {"office": 0.06, "health": 0.015}),
    ("Arsiparis", ("JF Terampil", "JF Mahir", "JF Ahli Pertama"), ("T.34", "T.36"), {"office": 0.04, "field": 0.01}),
    ("Analis SDM Aparatur", _EXPERT, ("T.43", "T.29", "T.44"), {"office": 0.03}),
    ("Pranata Humas", ("JF Terampil", "JF Ahli Pertama", "JF Ahli Muda"), ("T.35", "T.36", "T.32"), {"office": 0.03}),
    ("Pengelola Pengadaan", _EXPERT, ("T.40", "T.42", "T.39"), {"office": 0.02, "field": 0.03}),
    ("Pustakawan", ("JF Terampil", "JF Ahli Pertama"), ("T.38", "T.34"), {"office": 0.012}),
    ("Pekerja Sosial", _EXPERT, ("T.23", "T.37", "T.12"), {"office": 0.02}),
    ("Teknik Tata Bangunan", _EXPERT, ("T.41", "T.39", "T.40"), {"field": 0.09}),
    ("Penguji Kendaraan", _SKILLED, ("T.26", "T.12"), {"field": 0.05}),
    ("Penyuluh Pertanian", ("JF Terampil", "JF Ahli Pertama", "JF Ahli Muda"), ("T.28", "T.37"), {"field": 0.05}),
    ("Administrator Kependudukan", ("JF Ahli Pertama", "JF Ahli Muda"), ("T.14", "T.29", "T.12"), {"office": 0.03}),
    ("Penata Perizinan", ("JF Ahli Pertama", "JF Ahli Muda"), ("T.15", "T.11", "T.12"), {"office": 0.03}),
)  # fmt: skip


def _functional() -> tuple[SamplePosition, ...]:
    positions = []
    for number, (family, tiers, competencies, kinds) in enumerate(_FAMILIES, start=1):
        shares = _TIER_SHARES if len(tiers) == len(_TIER_SHARES) else tuple(1 / len(tiers) for _ in tiers)
        for tier, (position_class, share) in enumerate(zip(tiers, shares, strict=True), start=1):
            label = position_class.removeprefix("JF ")
            own = {kind: part * share for kind, part in kinds.items()}
            positions.append(
                SamplePosition(f"F{number:02d}{tier}", f"{family} {label}", position_class, competencies, own)
            )
    return tuple(positions)


POSITIONS: tuple[SamplePosition, ...] = (
    *(SamplePosition(f"S{i:02d}", *entry) for i, entry in enumerate(_STRUCTURAL, start=1)),
    *(SamplePosition(f"P{i:02d}", name, "Pelaksana", c, kinds) for i, (name, c, kinds) in enumerate(_CLERKS, start=1)),
    *_functional(),
)
