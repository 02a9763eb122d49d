"""People of the simulated city: units, positions, employee numbers, names, grades; all as columns."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.simulation.settings import SHARE_CPNS, SHARE_PPPK, SHARE_WOMEN
from training_catalog.columns import IndexArray
from training_catalog.quantities import DAYS_PER_YEAR
from training_catalog.sample.positions import POSITIONS
from training_catalog.sample.units import CITY, PROVINCE, UNITS

_GIVEN_F = ("Siti Aminah,Dewi Lestari,Rina,Sri Wahyuni,Nur Hidayah,Maria Yosefa,Fitriani,Yuliana,Melur,Embun,Kirana,Ratna,"
            "Endang,Wati,Lina,Novita,Agustina,Rosmala,Halimah,Theresia,Indah,Puspita,Anisa,Mei Ling,Veronika").split(",")  # fmt: skip
_GIVEN_M = ("Budi,Agus,Ahmad,Hendra,Yohanes,Rudi,Syarif,Dedi,Iwan,Fajar,Guntur,Satria,Bintang,Rizky,Andi,Joko,Petrus,"
            "Abdul Rahman,Hasan,Bambang,Eko,Wahyu,Lintang,Marselinus,Tan Wei").split(",")  # fmt: skip
_FAMILY = ("Pratama,Saputra,Wijaya,Santoso,Hidayat,Kurniawan,Rahayu,Lestari,Utami,Siregar,Gunawan,Setiawan,Maulana,Firdaus,"
           "Ningsih,Simanjuntak,Halim,Pangestu,Anggraini,Kusuma,Ramadhan,Susanto,Alfian,Permata,Awan,Rimba,Samudra,Lembah,"
           "Segara,Bahari").split(",")  # fmt: skip
_TITLES = ("", "", "", ", S.E.", ", S.Sos.", ", S.T.", ", S.Kom.", ", A.Md.", ", S.Pd.", ", M.Si.", ", S.H.", ", S.KM.")
_RETIREMENT_AGE = {"JPT Pratama": 60, "JF Ahli Madya": 60}  # years; 58 for the others
_GRADES = {
    "JPT Pratama": ("IV/b", "IV/c"), "Administrator": ("III/d", "IV/a"), "Pengawas": ("III/c", "III/d"),
    "Pelaksana": ("II/b", "III/b"), "JF Ahli Madya": ("IV/a", "IV/b"), "JF Ahli Muda": ("III/c", "III/d"),
    "JF Ahli Pertama": ("III/a", "III/b"), "JF Penyelia": ("III/c", "III/d"), "JF Mahir": ("III/a", "III/b"),
    "JF Terampil": ("II/c", "II/d"), "JF Pemula": ("II/a", "II/b"),
}  # fmt: skip
_SENIORITY = {"JPT Pratama": 24, "Administrator": 18, "Pengawas": 13, "JF Ahli Madya": 18, "JF Ahli Muda": 11,
              "JF Penyelia": 14, "JF Mahir": 8}  # years of service at least  # fmt: skip
CROWD = 900  # people on one birthday before the next are moved: serials end at 999, and the day before has its own


def unit_table(headcount: IndexArray, rng: np.random.Generator) -> pd.DataFrame:
    """Return the units; authorised posts exceed people by up to a third, so that some are short of staff."""
    vacancy = rng.uniform(0.0, 0.28, len(UNITS))
    return pd.DataFrame({
        "unit": [u.code for u in UNITS], "name": [u.name for u in UNITS],
        "parent": [u.parent or None for u in UNITS], "city": CITY, "province": PROVINCE,
        "authorised_staff": np.ceil(headcount / (1 - vacancy)).astype(np.int64),
    })  # fmt: skip


def position_table() -> pd.DataFrame:
    """Return the positions."""
    return pd.DataFrame({"position": [p.code for p in POSITIONS], "name": [p.name for p in POSITIONS],
                         "position_class": [p.position_class for p in POSITIONS]})  # fmt: skip


def _assign_units(n_people: int) -> IndexArray:
    """Spread people over units in proportion; every unit gets one while there are enough."""
    weight = np.array([u.people for u in UNITS])
    ideal = weight / weight.sum() * n_people
    count = np.maximum(np.floor(ideal), 1 if n_people >= len(UNITS) else 0).astype(np.int64)
    order = np.lexsort((np.arange(len(UNITS)), -(ideal - count)))
    i = 0
    while count.sum() < n_people:
        count[order[i % len(order)]] += 1
        i += 1
    while count.sum() > n_people:
        count[np.argmax(count)] -= 1
    return np.repeat(np.arange(len(UNITS)), count)


def _assign_positions(unit: IndexArray, rng: np.random.Generator) -> IndexArray:
    """Draw positions by kind of unit; each unit that has a head's post has exactly one head."""
    position = np.zeros(len(unit), dtype=np.int64)
    heads = {"office": 0, "field": 0, "health": 0, "school": 0, "district": 1, "village": 4}
    for u, sample in enumerate(UNITS):
        rows = np.flatnonzero(unit == u)
        share = np.array([p.kinds.get(sample.kind, 0.0) for p in POSITIONS])
        head = heads[sample.kind]
        share[head] = 0.0
        position[rows] = rng.choice(len(POSITIONS), size=len(rows), p=share / share.sum())
        if len(rows):
            position[rows[0]] = head
    return position


def _dates(
    service: NDArray[np.float64], on: date, rng: np.random.Generator, is_pppk: NDArray[np.bool_]
) -> pd.DataFrame:
    """Draw start of service and birth; nobody began before 19 or is past retirement."""
    today = np.datetime64(on, "D")
    start = today - (service * DAYS_PER_YEAR).astype(np.int64).astype("timedelta64[D]")
    start = np.where(is_pppk, start.astype("datetime64[Y]").astype("datetime64[D]"),
                     start.astype("datetime64[M]").astype("datetime64[D]"))  # fmt: skip
    age_at_start = np.clip(rng.normal(26, 3.5, len(service)), 20, 40)
    age = np.maximum(age_at_start + service, 22)
    age = np.where(age > 57.6, 57.6 - rng.uniform(0.0, 12.0, len(service)), age)  # noqa: PLR2004 (just before retirement)
    birth = today - (age * DAYS_PER_YEAR).astype(np.int64).astype("timedelta64[D]")
    return pd.DataFrame({"start": start.astype("datetime64[s]"), "birth": birth.astype("datetime64[s]")})


def _employee_numbers(birth: pd.Series, start: pd.Series, sex: pd.Series, is_pppk: NDArray[np.bool_]) -> pd.Series:
    """Build valid NIPs and NI PPPK from the first fifteen digits and a serial number."""
    return _first_digits(birth, start, sex, is_pppk) + (_rank_among_equals(birth, start, sex, is_pppk) + 1).astype(
        "str"
    ).str.zfill(3)


def _first_digits(birth: pd.Series, start: pd.Series, sex: pd.Series, is_pppk: NDArray[np.bool_]) -> pd.Series:
    middle = np.where(is_pppk, start.dt.strftime("%Y") + "21", start.dt.strftime("%Y%m"))
    return birth.dt.strftime("%Y%m%d") + pd.Series(middle) + sex.map({"M": "1", "F": "2"})


def _rank_among_equals(birth: pd.Series, start: pd.Series, sex: pd.Series, is_pppk: NDArray[np.bool_]) -> pd.Series:
    """Count from 0 those who share the first fifteen digits."""
    prefix = _first_digits(birth, start, sex, is_pppk)
    return prefix.groupby(prefix).cumcount()


def _spread_birthdays(birth: pd.Series, start: pd.Series, sex: pd.Series, is_pppk: NDArray[np.bool_]) -> pd.Series:
    """Move birthdays on which a serial number would need a fourth digit, a day for every nine hundred people.

    Notes
    -----
    Only cities near a million people have such days: the draw of ages has an edge, and everybody beyond it is born on
    one day. The days before hold fewer than a hundred of the same kind, so that one pass is enough.
    """
    crowd = _rank_among_equals(birth, start, sex, is_pppk) // CROWD
    return birth - pd.to_timedelta(crowd, unit="D").astype("timedelta64[s]")


def _names(sex: NDArray[np.str_], rng: np.random.Generator) -> pd.Series:
    given = np.where(sex == "F", rng.choice(_GIVEN_F, len(sex)), rng.choice(_GIVEN_M, len(sex)))
    family, title = rng.choice(_FAMILY, len(sex)), rng.choice(_TITLES, len(sex))
    return pd.Series(np.char.add(np.char.add(np.char.add(given, " "), family), title)).astype("str")


def employee_table(n_people: int, on: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the employees in order of their number.

    Parameters
    ----------
    n_people : How many.
    on : Day of planning.
    rng : Source of all chance.
    """
    unit = _assign_units(n_people)
    position = _assign_positions(unit, rng)
    classes = np.array([p.position_class for p in POSITIONS])[position]
    may_be_pppk = ~np.isin(classes, ("JPT Pratama", "Administrator", "Pengawas", "JF Ahli Madya"))
    is_pppk = may_be_pppk & (rng.random(n_people) < SHARE_PPPK / max(may_be_pppk.mean(), 0.01))
    least = np.array([_SENIORITY.get(p.position_class, 1.0) for p in POSITIONS])[position]
    service = np.where(is_pppk, rng.uniform(0.5, 6.0, n_people), least + rng.gamma(2.0, 4.0, n_people))
    is_cpns = ~is_pppk & (least <= 1) & (rng.random(n_people) < SHARE_CPNS)
    service = np.where(is_cpns, rng.uniform(0.1, 1.0, n_people), np.clip(service, 0.1, 37.0))
    sex = np.where(rng.random(n_people) < SHARE_WOMEN, "F", "M")
    dates = _dates(service, on, rng, is_pppk)
    dates["birth"] = _spread_birthdays(dates.birth, dates.start, pd.Series(sex), is_pppk)
    number = _employee_numbers(dates.birth, dates.start, pd.Series(sex), is_pppk)
    age_limit = np.array([_RETIREMENT_AGE.get(p.position_class, 58) for p in POSITIONS])[position]
    retires = dates.birth + pd.to_timedelta(np.round(age_limit * DAYS_PER_YEAR).astype(np.int64), unit="D")
    grade = np.array([_GRADES[p.position_class] for p in POSITIONS])[position, rng.integers(0, 2, n_people)]
    status = rng.choice(["active", "leave", "study", "inactive"], n_people, p=[0.965, 0.015, 0.015, 0.005])
    frame = pd.DataFrame({
        "employee": number, "name": _names(sex, rng), "unit": np.array([u.code for u in UNITS])[unit],
        "position": np.array([p.code for p in POSITIONS])[position],
        "employment_type": np.select([is_pppk, is_cpns], ["PPPK", "CPNS"], "PNS"), "status": status,
        "birth_date": dates.birth, "sex": sex, "grade": np.where(is_pppk, "IX", grade), "service_start": dates.start,
        "position_since": dates.start + (pd.Timestamp(on) - dates.start) * rng.uniform(0.0, 0.9, n_people),
        "retirement_date": retires.astype("datetime64[s]").dt.normalize(),
    })  # fmt: skip
    frame["position_since"] = frame["position_since"].dt.normalize().astype("datetime64[s]")
    return frame.sort_values("employee", ignore_index=True)
