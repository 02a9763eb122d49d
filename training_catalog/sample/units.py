"""Forty units of a city like Pontianak: agencies, six districts, nine sub-districts."""

from dataclasses import dataclass

CITY, PROVINCE = "Pontianak", "Kalimantan Barat"


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """A unit.

    Parameters
    ----------
    code, name : As on file.
    parent : Code of the unit above; empty for none.
    kind : ``school``, ``health``, ``office``, ``field``, ``district`` or ``village``.
    people : People in a city of 5,200.
    """

    code: str
    name: str
    parent: str
    kind: str
    people: float


_AGENCIES = (
    ("Sekretariat Daerah", "office", 210), ("Sekretariat DPRD", "office", 70), ("Inspektorat", "office", 75),
    ("Badan Kepegawaian dan Pengembangan SDM", "office", 70), ("Badan Perencanaan Pembangunan Daerah", "office", 75),
    ("Badan Keuangan dan Aset Daerah", "office", 110), ("Badan Pendapatan Daerah", "office", 130),
    ("Badan Kesatuan Bangsa dan Politik", "office", 30), ("Badan Penanggulangan Bencana Daerah", "field", 60),
    ("Rumah Sakit Umum Daerah", "health", 420), ("Dinas Pendidikan dan Kebudayaan", "school", 1750),
    ("Dinas Kesehatan", "health", 620), ("Dinas Pekerjaan Umum dan Penataan Ruang", "field", 190),
    ("Dinas Perumahan dan Kawasan Permukiman", "field", 80), ("Satuan Polisi Pamong Praja", "field", 140),
    ("Dinas Sosial", "office", 70), ("Dinas Kependudukan dan Pencatatan Sipil", "office", 75),
    ("Dinas Perhubungan", "field", 150), ("Dinas Komunikasi dan Informatika", "office", 65),
    ("Dinas Koperasi, Usaha Mikro dan Perdagangan", "office", 110),
    ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "office", 65),
    ("Dinas Pangan, Pertanian dan Perikanan", "field", 95), ("Dinas Lingkungan Hidup", "field", 130),
    ("Dinas Kepemudaan, Olahraga dan Pariwisata", "office", 60), ("Dinas Perpustakaan dan Kearsipan", "office", 55),
)  # fmt: skip
_DISTRICTS = ("Pontianak Barat", "Pontianak Kota", "Pontianak Selatan", "Pontianak Tenggara", "Pontianak Timur",
              "Pontianak Utara")  # fmt: skip
_VILLAGES = (("Sungai Jawi", 1), ("Darat Sekip", 1), ("Benua Melayu Darat", 2), ("Parit Tokaya", 2),
             ("Bangka Belitung Darat", 3), ("Dalam Bugis", 4), ("Tanjung Hulu", 4), ("Siantan Hulu", 5),
             ("Pal Lima", 0))  # fmt: skip

UNITS: tuple[SampleUnit, ...] = (
    *(SampleUnit(f"{i:02d}", name, "", kind, people) for i, (name, kind, people) in enumerate(_AGENCIES, start=1)),
    *(SampleUnit(f"{i:02d}", f"Kecamatan {name}", "", "district", 24) for i, name in enumerate(_DISTRICTS, start=26)),
    *(
        SampleUnit(f"{26 + district}.{i:02d}", f"Kelurahan {name}", f"{26 + district}", "village", 6.5)
        for i, (name, district) in enumerate(_VILLAGES, start=1)
    ),
)
CENTRAL_UNIT = "04"  # the personnel agency, which pays classes held in the city
