"""Classes of the coming year with their cost, local prices, and budget lines that cover about a third of the need."""

from datetime import date

import numpy as np
import pandas as pd

from recommender.simulation import settings as s
from training_catalog.columns import IndexArray
from training_catalog.sample.trainings import TRAININGS, SampleTraining
from training_catalog.sample.units import CENTRAL_UNIT, CITY, PROVINCE, UNITS

N_OFFERINGS = 700
ELSEWHERE = (("Jakarta", "DKI Jakarta"), ("Bandung", "Jawa Barat"), ("Yogyakarta", "DI Yogyakarta"),
             ("Surabaya", "Jawa Timur"), ("Singkawang", "Kalimantan Barat"))  # fmt: skip
# Local price assumptions of the demo, rupiah: return trip and night.
TRANSPORT = {"DKI Jakarta": 3_400_000, "Jawa Barat": 3_800_000, "DI Yogyakarta": 3_900_000, "Jawa Timur": 3_900_000,
             "Kalimantan Barat": 450_000}  # fmt: skip
LODGING = {"DKI Jakarta": 730_000, "Jawa Barat": 570_000, "DI Yogyakarta": 600_000, "Jawa Timur": 600_000,
           "Kalimantan Barat": 430_000}  # fmt: skip
HOUR_FEE = 300_000  # instructor's fee for a JP: a hospital's training budget of 2026
ROOM_AND_COMMITTEE = 350_000  # a day, assumption
MEALS, KIT = 60_000, 75_000  # a person and day (same budget), a person (assumption)
CENTRAL_LINES = {"classes": "5.1.02.02.12.0001", "bimtek": "5.1.02.02.12.0003", "leadership": "5.1.02.02.12.0004"}


def price_table(on: date) -> pd.DataFrame:
    """Return the city's own prices for travel."""
    rows = [("transport", region, amount, "person-trip") for region, amount in TRANSPORT.items()]
    rows += [("lodging", region, amount, "person-night") for region, amount in LODGING.items()]
    frame = pd.DataFrame(rows, columns=["item", "region", "amount", "unit"])
    return frame.assign(
        valid_from=pd.Timestamp(on.year, 1, 1).as_unit("s"), source="Standar harga satuan kota contoh (asumsi)"
    )


def line_code(unit: str, account: str, source: str = "APBD") -> str:
    """Return a line's code: unit, sub-activity, account and funding source."""
    return f"{unit}/5.04.02.2.01/{account}/{source}"


def offering_table(n_people: int, on: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the classes: each training twice or three times, in the city, elsewhere or online."""
    counts = np.full(len(TRAININGS), N_OFFERINGS // len(TRAININGS))
    counts[rng.permutation(len(TRAININGS))[: N_OFFERINGS - counts.sum()]] += 1
    scale = max(n_people / 5_200, 0.05)
    rows = []
    for training, count in zip(TRAININGS, counts, strict=True):
        first = rng.integers(32, 75)
        for k in range(int(count)):
            start = date(on.year, 1, 1).toordinal() + int(first) + k * 95 + int(rng.integers(0, 25))
            rows.append(_offering(training, k, start, scale, rng))
    return pd.DataFrame(rows)


def _offering(t: SampleTraining, k: int, start: int, scale: float, rng: np.random.Generator) -> dict[str, object]:
    """Return one class with place, seats and cost."""
    end = min(start + t.days - 1, date(date.fromordinal(start).year, 12, 15).toordinal())
    row: dict[str, object] = {
        "offering": f"{t.code}-{k + 1}", "training": t.code, "start_date": pd.Timestamp(date.fromordinal(start)).as_unit("s"),
        "end_date": pd.Timestamp(date.fromordinal(end)).as_unit("s"), "city": CITY, "province": PROVINCE,
        "fixed_cost": 0, "seat_cost": 0, "seats_min": 1, "seats_max": 30, "budget_line": None, "status": "open",
    }  # fmt: skip
    if t.place == "online":
        row |= {"seat_cost": int(rng.integers(0, 8)) * 100_000, "seats_max": int(150 * max(scale, 1)), "city": None,
                "province": None}  # fmt: skip
    elif t.place == "away":
        city, province = ELSEWHERE[int(rng.integers(0, len(ELSEWHERE)))]
        row |= {"city": city, "province": province, "seats_max": int(max(3, 10 * scale)),
                "seat_cost": int(rng.integers(20, 56)) * 100_000 + int(t.hours) * 20_000}  # fmt: skip
    else:
        days = min(t.days, 6)
        fixed = int(t.hours) * HOUR_FEE + days * ROOM_AND_COMMITTEE
        kind = {"B1": "leadership", "B10": "bimtek"}.get(t.form, "classes")
        least = 10 if scale > 0.5 else 4  # noqa: PLR2004 (small offices run small classes)
        row |= {"fixed_cost": fixed, "seat_cost": days * MEALS + KIT, "seats_min": least, "seats_max": int(rng.choice([30, 35, 40])),
                "budget_line": line_code(CENTRAL_UNIT, CENTRAL_LINES[kind])}  # fmt: skip
    return row


def budget_table(headcount: IndexArray, on: date) -> pd.DataFrame:
    """Return the lines of the year: a third of the need, split over units, accounts and sources."""
    total = int(headcount.sum()) * s.BUDGET_PER_HEAD
    rows: list[dict[str, object]] = []
    central = int(total * s.CENTRAL_SHARE)
    shares = {"5.1.02.02.12.0001": 0.62, "5.1.02.02.12.0003": 0.2, "5.1.02.02.12.0004": 0.18}
    rows += [_line(CENTRAL_UNIT, account, int(central * share), "APBD", None, on) for account, share in shares.items()]
    agencies = [(i, u) for i, u in enumerate(UNITS) if not u.parent and u.code != CENTRAL_UNIT]
    below = {u.parent: 0 for u in UNITS if u.parent}
    for i, u in enumerate(UNITS):
        if u.parent:
            below[u.parent] += int(headcount[i])
    people = sum(int(headcount[i]) + below.get(u.code, 0) for i, u in agencies)
    for i, u in agencies:
        amount = int((total - central) * (int(headcount[i]) + below.get(u.code, 0)) / max(people, 1))
        rows += _agency_lines(u.code, u.kind, amount, on)
    return pd.DataFrame(rows)


def _agency_lines(unit: str, kind: str, amount: int, on: date) -> list[dict[str, object]]:
    ceiling = f"{unit}/5.04.02.2.01"
    parts = [
        ("5.1.02.02.12.0001", 0.5, "APBD"),
        ("5.1.02.02.12.0003", 0.15, "APBD"),
        ("5.1.02.04.01.0001", 0.35, "APBD"),
    ]
    if kind == "health":
        parts = [("5.1.02.02.12.0001", 0.3, "APBD"), ("5.1.02.02.12.0001", 0.25, "BLUD"),
                 ("5.1.02.02.12.0003", 0.12, "DAK"), ("5.1.02.04.01.0001", 0.33, "APBD")]  # fmt: skip
    lines = [_line(unit, account, int(amount * share), source, ceiling, on) for account, share, source in parts]
    whole = sum(int(str(line["amount"])) for line in lines)
    parent = {"line": ceiling, "year": on.year, "name": "Pagu pengembangan kompetensi", "unit": unit,
              "activity": "5.04.02.2.01", "account": None, "funding_source": None, "amount": int(whole * 0.97),
              "reserved": 0, "spent": 0, "parent": None}  # fmt: skip
    return [parent, *lines]


def _line(unit: str, account: str, amount: int, source: str, parent: str | None, on: date) -> dict[str, object]:
    names = {"5.1.02.02.12.0001": "Belanja kursus singkat/pelatihan", "5.1.02.02.12.0003": "Belanja bimbingan teknis",
             "5.1.02.02.12.0004": "Belanja diklat kepemimpinan", "5.1.02.04.01.0001": "Belanja perjalanan dinas biasa"}  # fmt: skip
    rounded = amount // 1_000 * 1_000
    return {"line": line_code(unit, account, source), "year": on.year, "name": names[account], "unit": unit,
            "activity": "5.04.02.2.01", "account": account, "funding_source": source, "amount": rounded,
            "reserved": 0, "spent": 0, "parent": parent}  # fmt: skip
