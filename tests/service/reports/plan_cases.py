"""Two plans to read and write: one whose sums fit on paper, one the size of a city."""

from datetime import date

import numpy as np
import pandas as pd

from recommender.allocation.limits import TIE_RULE
from recommender.plan import Plan, PlanTotals, Provenance
from service.exports.plan_names import Names

PEOPLE = tuple(f"1980010120050110{n:02d}" for n in range(1, 6))
HOSTILE = '<script>alert("x")</script>'
VERDICT = (
    "Better than the rule: orders 71.0% of pairs rightly, the rule 60.0% (difference +5.0% to +15.0%); error 0.200 "
    "levels, rule 0.300."
)


def _provenance(**changes):
    figures = {
        "on": date(2027, 1, 4), "year": 2027, "catalog": "c-0123456789ab", "workforce": "w-0123456789ab",
        "policy": "y-0123456789ab", "model": "m-42", "model_state": "model",
        "verdict": VERDICT, "solver": "HiGHS 1.16", "seed": 7,
        "seconds": 1.25, "stopped_by_clock": False, "tie_rule": TIE_RULE,
    }  # fmt: skip
    return Provenance(**(figures | changes))


def five_people_two_classes(**changes):
    """Nine and a quarter million rupiah on three lines: three seats in one class, the other does not open."""
    one, two, three, four, five = PEOPLE
    seats = pd.DataFrame({
        "employee": [one, two, three], "unit": ["U1", "U1", "U2"], "offering": "K1", "training": "P01",
        "mode": "face-to-face", "start": pd.to_datetime(["2027-03-01"] * 3), "end": pd.to_datetime(["2027-03-03"] * 3),
        "hours": 24.0, "fee": [1_500_000] * 3, "travel": [0, 0, 750_000], "cost": [1_500_000, 1_500_000, 2_250_000],
        "fee_line": "1.02.1", "travel_line": ["", "", "1.02.2"], "benefit": [0.8, 0.5, 0.6], "low": [0.4, 0.2, 0.3],
        "high": [1.0, 0.9, 0.8], "completion": [0.9, 0.85, 0.95], "competencies": "M.01",
        "mandatory": [True, False, False], "pinned": [False, False, True],
    })  # fmt: skip
    lines = pd.DataFrame({
        "line": ["1.02", "1.02.1", "1.02.2"], "name": ["Pengembangan", "Kursus", "Perjalanan"],
        "unit": ["", "U1", "U1"], "account": ["", "5.1.02.02", "5.1.02.04"], "funding_source": "APBD",
        "parent": ["", "1.02", "1.02"],
        "amount": [100_000_000, 60_000_000, 20_000_000], "reserved": [5_000_000, 5_000_000, 0],
        "spent": [10_000_000, 10_000_000, 0], "planned": [9_250_000, 8_500_000, 750_000],
        "reserve": [8_500_000, 4_500_000, 2_000_000], "free": [67_250_000, 32_000_000, 17_250_000],
        "price": [0.0, 0.0, 0.35],
    })  # fmt: skip
    offerings = pd.DataFrame({
        "offering": ["K1", "K2"], "training": ["P01", "P02"], "mode": ["face-to-face", "online"],
        "start": pd.to_datetime(["2027-03-01", "2027-05-10"]), "end": pd.to_datetime(["2027-03-03", "2027-05-14"]),
        "city": ["Pontianak", ""], "province": ["Kalimantan Barat", ""], "opened": [True, False], "seats_min": [2, 10],
        "seats": [30, 40], "taken": [3, 0], "wanted": [4, 2], "fixed_cost": [4_000_000, 6_000_000],
        "line": "1.02.1", "code": ["opened", "minimum-class"],
    })  # fmt: skip
    unmet = pd.DataFrame({
        "employee": [four, five], "unit": ["U1", "U2"], "code": ["minimum-class", "budget"], "training": ["P02", "P01"],
        "offering": ["K2", "K1"], "benefit": [0.7, 0.2], "needs": [0, 2_250_000], "limit": ["K2", "1.02.2"],
        "cutoff": [np.nan, np.nan], "instead": "", "next_offering": ["K2B", ""],
        "next_start": pd.to_datetime(["2027-09-06", None]),
    })  # fmt: skip
    gaps = pd.DataFrame({
        "unit": ["U1", "U1", "U2"], "competency": ["M.01", "M.02", "M.01"], "n_people": [3, 1, 2],
        "before": [3.0, 1.0, 2.0], "closed": [1.3, 0.0, 0.6], "after": [1.7, 1.0, 1.4],
    })  # fmt: skip
    people = pd.DataFrame({
        "employee": PEOPLE, "unit": ["U1", "U1", "U2", "U1", "U2"],
        "employment_type": ["PNS", "PNS", "PPPK", "PNS", "PNS"],
        "sex": ["F", "M", "F", "M", ""], "age_band": ["30-39", "30-39", "<30", ">=50", "40-49"],
        "need": [2.0, 1.0, 1.0, 1.0, 1.0], "closed": [0.8, 0.5, 0.6, 0.0, 0.0], "n_trainings": [1, 1, 1, 0, 0],
        "hours_taken": [0.0, 0.0, 0.0, 12.0, 20.0], "hours_planned": [24.0, 24.0, 24.0, 0.0, 0.0],
        "hours_floor": [20.0, 20.0, 0.0, 20.0, 0.0], "hours_cap": [np.inf, np.inf, 24.0, np.inf, np.inf],
    })  # fmt: skip
    clashes = pd.DataFrame({
        "code": ["seats"], "subject": ["P02"], "limit": ["K2"], "needed": [12], "available": [10],
        "people": [f"{four};{five}"],
    })  # fmt: skip
    parts = {
        "totals": PlanTotals(status="optimal", objective=1.9, bound=1.9, gap=0.0, benefit=1.9, cost=9_250_000,
                             assignments=3, people=3),
        "provenance": _provenance(), "assignments": seats, "lines": lines, "offerings": offerings, "unmet": unmet,
        "gaps": gaps, "people": people, "clashes": clashes, "violations": (), "warnings": (),
    }  # fmt: skip
    return Plan(**(parts | changes))


def five_names(**changes):
    """Names of the small plan; one person's name is an attack on spreadsheets."""
    parts = {
        "office": "Pemerintah Kota Contoh",
        "employees": dict(zip(PEOPLE, ("Ani", "Budi", '=HYPERLINK("x")', "Dewi", "Eko"), strict=True)),
        "units": {"U1": "Dinas Kesehatan", "U2": "Dinas Pendidikan"},
        "competencies": {"M.01": "Integritas", "M.02": "Kerja sama"},
        "trainings": {"P01": "Pelatihan Pelayanan", "P02": "Pelatihan Data"},
        "positions": {"J1": "Analis"},
        "position_of": dict.fromkeys(PEOPLE, "J1"),
    }  # fmt: skip
    return Names(**(parts | changes))


def _city_offerings(rng, n_classes):
    start = np.datetime64("2027-02-01") + rng.integers(0, 300, n_classes)
    opened = np.arange(n_classes) % 3 > 0
    return pd.DataFrame({
        "offering": [f"K{n:04d}" for n in range(n_classes)], "training": [f"P{n % 200:03d}" for n in range(n_classes)],
        "mode": rng.choice(["face-to-face", "online", "blended"], n_classes), "start": start.astype("datetime64[s]"),
        "end": (start + rng.integers(0, 6, n_classes)).astype("datetime64[s]"), "city": "Pontianak",
        "province": "Kalimantan Barat", "opened": opened, "seats_min": 5, "seats": 30, "taken": 0,
        "wanted": rng.integers(0, 90, n_classes), "fixed_cost": np.where(opened, 2_000_000, 3_000_000),
        "line": "L000", "code": np.where(opened, "opened", rng.choice(["no-demand", "budget", "seats"], n_classes)),
    })  # fmt: skip


def _city_seats(rng, people, offerings, n_lines):
    opened = offerings[offerings.opened].reset_index(drop=True)
    served = people.iloc[np.sort(rng.choice(len(people), 3_900, replace=False))].reset_index(drop=True)
    at = np.arange(len(served)) % len(opened)
    fee, travel = rng.integers(0, 40, len(served)) * 50_000, rng.integers(0, 9, len(served)) * 125_000
    benefit = rng.random(len(served))
    return pd.DataFrame({
        "employee": served.employee, "unit": served.unit, "offering": opened.offering[at].to_numpy(),
        "training": opened.training[at].to_numpy(), "mode": opened["mode"][at].to_numpy(),
        "start": opened.start[at].to_numpy(), "end": opened.end[at].to_numpy(), "hours": 24.0, "fee": fee,
        "travel": travel, "cost": fee + travel, "fee_line": [f"L{n % n_lines:03d}" for n in range(len(served))],
        "travel_line": "L000", "benefit": benefit, "low": benefit / 2, "high": benefit + 0.1, "completion": 0.9,
        "competencies": "M.01;M.02", "mandatory": False, "pinned": False,
    })  # fmt: skip


def _city_lines(rng, seats, offerings, n_lines):
    ids = [f"L{n:03d}" for n in range(n_lines)]
    planned = seats.groupby("fee_line").fee.sum().reindex(ids, fill_value=0).to_numpy().copy()
    planned[0] += seats.travel.sum() + offerings.fixed_cost[offerings.opened].sum()
    amount = planned + rng.integers(1, 500, n_lines) * 1_000_000
    frame = pd.DataFrame({
        "line": ids, "name": "Kursus singkat", "unit": [f"U{n % 42:02d}" for n in range(n_lines)], "account": "5.1.02",
        "funding_source": "APBD", "parent": "TOP", "amount": amount, "reserved": 0, "spent": 0, "planned": planned,
        "reserve": 0, "free": amount - planned, "price": np.round(rng.random(n_lines), 4),
    })  # fmt: skip
    top = frame[["amount", "reserved", "spent", "planned", "reserve", "free"]].sum()
    head = pd.DataFrame([{"line": "TOP", "name": "Seluruhnya", "unit": "", "account": "", "funding_source": "",
                          "parent": "", "price": 0.0, **top.to_dict()}])  # fmt: skip
    return pd.concat([frame, head], ignore_index=True)[list(frame.columns)]


def _city_people(rng, n_people):
    return pd.DataFrame({
        "employee": [f"19800101200501{n:04d}" for n in range(n_people)],
        "unit": [f"U{n:02d}" for n in rng.integers(0, 42, n_people)],
        "employment_type": rng.choice(["PNS", "PPPK"], n_people, p=[0.8, 0.2]),
        "sex": rng.choice(["F", "M"], n_people), "age_band": rng.choice(["<30", "30-39", "40-49", ">=50"], n_people),
        "need": np.round(rng.random(n_people) * 3, 3), "closed": 0.0, "n_trainings": 0,
        "hours_taken": rng.integers(0, 3, n_people) * 8.0, "hours_planned": 0.0, "hours_floor": 20.0,
        "hours_cap": np.inf,
    })  # fmt: skip


def _city_gaps(rng):
    units, competencies = [f"U{n:02d}" for n in range(42)], [f"M.{n:02d}" for n in range(60)]
    cells = pd.MultiIndex.from_product([units, competencies], names=["unit", "competency"]).to_frame(index=False)
    before = rng.random(len(cells)) * 40
    closed = before * rng.random(len(cells))
    return cells.assign(n_people=rng.integers(1, 60, len(cells)), before=before, closed=closed, after=before - closed)


def a_city(*, n_people=5_200, n_classes=700, n_lines=110, seed=0):
    """A city's plan with random figures whose sums agree."""
    rng = np.random.default_rng(seed)
    people, offerings = _city_people(rng, n_people), _city_offerings(rng, n_classes)
    seats = _city_seats(rng, people, offerings, n_lines)
    taken = seats.groupby("offering").size()
    offerings["taken"] = offerings.offering.map(taken).fillna(0).astype(np.int64)
    is_served = people.employee.isin(seats.employee)
    people["n_trainings"] = is_served.astype(np.int64)
    people["hours_planned"] = np.where(is_served, 24.0, 0.0)
    people["closed"] = people.employee.map(seats.set_index("employee").benefit).fillna(0.0)
    left = people[~is_served].reset_index(drop=True)
    unmet = pd.DataFrame({
        "employee": left.employee, "unit": left.unit,
        "code": rng.choice(["budget", "seats", "lower-benefit", "no-offering"], len(left)),
        "training": rng.choice([f"P{n:03d}" for n in range(200)], len(left)), "offering": "K0001",
        "benefit": rng.random(len(left)), "needs": rng.integers(1, 40, len(left)) * 100_000, "limit": "L000",
        "cutoff": 0.4, "instead": "", "next_offering": "K0003",
        "next_start": pd.to_datetime(["2027-10-04"] * len(left)),
    })  # fmt: skip
    cost = int(seats.cost.sum() + offerings.fixed_cost[offerings.opened].sum())
    benefit = float(seats.benefit.sum())
    small = five_people_two_classes()
    return Plan(
        totals=PlanTotals(status="within-gap", objective=benefit, bound=benefit * 1.004, gap=0.004, benefit=benefit,
                          cost=cost, assignments=len(seats), people=int(is_served.sum())),
        provenance=_provenance(), assignments=seats, lines=_city_lines(rng, seats, offerings, n_lines),
        offerings=offerings, unmet=unmet, gaps=_city_gaps(rng), people=people, clashes=small.clashes.iloc[:0],
    )  # fmt: skip


def city_names(plan):
    """Names for the city's ids; people's names are recognisable, so that one in the wrong place is seen."""
    return Names(
        office="Pemerintah Kota Contoh",
        employees={who: f"Nama Rahasia {who[-4:]}" for who in plan.people.employee},
        units={f"U{n:02d}": f"Dinas Urusan Pemerintahan Nomor {n}" for n in range(42)},
        competencies={f"M.{n:02d}": f"Kompetensi nomor {n}" for n in range(60)},
        trainings={f"P{n:03d}": f"Pelatihan Teknis Nomor {n}" for n in range(200)},
    )
