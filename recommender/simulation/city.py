"""A whole simulated city: every table an office would have, and the truth behind them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from recommender.simulation import money, past, people, records
from recommender.simulation.truth import Truth
from training_catalog.catalog import Catalog, build_catalog
from training_catalog.columns import look_up
from training_catalog.frames import Tables, canonical, text_of
from training_catalog.sample import competencies, positions, trainings, units
from training_catalog.tables import TABLES, table


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A simulated city.

    Parameters
    ----------
    tables : Every table that the city's files hold, canonical columns and types; reference tables are not among them.
    truth : What is true of its people on the day of planning.
    traits, taken : What its people are like, and what they went through.
    on : Day of planning.
    """

    tables: dict[str, pd.DataFrame]
    truth: Truth
    traits: past.Traits
    taken: past.Participations
    on: date


def typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table's declared columns with their canonical types."""
    return canonical(frame, table(name))


def catalogue_tables(on: date) -> dict[str, pd.DataFrame]:
    """Return the tables of what the city teaches and requires, without chance."""
    technical = competencies.TECHNICAL
    required = [
        (p.code, c, positions.TECHNICAL_LEVELS[p.position_class]) for p in positions.POSITIONS for c in p.competencies
    ]
    sample = trainings.TRAININGS
    provider = {"city": "BKPSDM Kota Pontianak", "away": "Lembaga pelatihan luar daerah", "online": "Penyedia daring"}
    tables = {
        "frameworks": pd.DataFrame([{"framework": competencies.FRAMEWORK, "name": competencies.FRAMEWORK_NAME,
                                     "level_min": 1, "level_max": 5, "direction": "higher",
                                     "source": "Disusun untuk kota contoh"}]),
        "competencies": pd.DataFrame([
            {"competency": code, "name": name, "name_en": english, "framework": competencies.FRAMEWORK, "kind": "technical"}
            for code, (name, english, _) in technical.items()
        ]),
        "positions": people.position_table(),
        "requirements": pd.DataFrame(required, columns=["position", "competency", "level"]).assign(
            valid_from=pd.Timestamp(on.year - 6, 1, 1).as_unit("s"), source="SKJ kota contoh"),
        "trainings": pd.DataFrame([
            {"training": t.code, "name": t.name, "topic": t.topic, "form": t.form, "mode": t.mode, "hours": t.hours,
             "provider": provider[t.place], "status": "open", "position_classes": t.position_classes or None}
            for t in sample
        ]),
        "training_targets": pd.DataFrame([
            {"training": t.code, "competency": c, "level_from": low, "level_to": high}
            for t in sample for c, low, high in t.targets
        ]),
        "prerequisites": pd.DataFrame([{"training": t.code, "requires": t.requires} for t in sample if t.requires]),
    }  # fmt: skip
    return {name: typed(name, frame) for name, frame in tables.items()}


def _with_reference(tables: dict[str, pd.DataFrame], reference: Tables) -> dict[str, pd.DataFrame]:
    """Join the city's tables with the reference data; tables that neither has are empty."""
    joined = {}
    for declared in TABLES:
        parts = [source[declared.name] for source in (tables, reference) if declared.name in source]
        empty = pd.DataFrame(columns=list(declared.column_names))
        joined[declared.name] = typed(declared.name, pd.concat(parts, ignore_index=True) if parts else empty)
    return joined


def simulate_city(rng: np.random.Generator, *, n_people: int, on: date, reference: Tables) -> City:
    """Simulate a city and its past.

    Parameters
    ----------
    rng : Source of all chance; the same seed gives the same city.
    n_people : 50 to 1,000,000.
    on : Day of planning.
    reference : Reference tables, whose default standards apply to the nine competencies.
    """
    chance = dict(zip(("people", "units", "traits", "past", "records", "money"), rng.spawn(6), strict=True))
    tables = catalogue_tables(on)
    staff = people.employee_table(n_people, on, chance["people"])
    unit_codes = np.sort(np.array([u.code for u in units.UNITS]))
    unit = look_up(unit_codes, text_of(staff, "unit"))
    counted = np.bincount(unit, minlength=len(unit_codes))
    headcount = counted[look_up(unit_codes, np.array([u.code for u in units.UNITS]))]
    tables["units"] = people.unit_table(headcount, chance["units"])
    tables["offerings"] = money.offering_table(n_people, on, chance["money"])
    tables["budgets"] = money.budget_table(headcount, on)
    tables["price_book"] = money.price_table(on)
    catalog = build_catalog(_with_reference(tables, reference), on)
    authorised = tables["units"].sort_values("unit")["authorised_staff"].to_numpy(dtype=np.float64)
    shortage = np.clip(1 - counted / np.maximum(authorised, 1), 0, 1)[unit]
    start = staff["service_start"].to_numpy(dtype="datetime64[s]").astype("datetime64[D]").astype(np.int64)
    position = look_up(catalog.positions.ids, text_of(staff, "position"))
    traits = past.draw_traits(catalog, position, unit, shortage, start, chance["traits"])
    interest = records.draw_interest(traits, catalog, chance["records"])
    taken = past.simulate_participations(traits, catalog, on, interest, chance["past"])
    ids = text_of(staff, "employee")
    tables["employees"] = staff
    tables |= _record_tables(traits, taken, catalog, ids, unit_codes, on, interest, chance["records"])
    return City(
        tables={name: typed(name, frame) for name, frame in tables.items()},
        truth=past.truth_on(traits, taken, catalog, ids, on, interest),
        traits=traits,
        taken=taken,
        on=on,
    )


def _record_tables(
    traits: past.Traits, taken: past.Participations, catalog: Catalog, ids: np.ndarray, unit_ids: np.ndarray, on: date,
    interest: np.ndarray, rng: np.random.Generator,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    return {
        "assessments": records.assessment_table(traits, taken, catalog, ids, on, rng),
        "history": records.history_table(taken, catalog, ids, rng),
        "performance": records.performance_table(traits, ids, on, rng),
        "unit_outcomes": records.unit_outcome_table(traits, taken, unit_ids, on, rng),
        "interests": records.interest_table(interest, catalog, ids, on),
        "absences": records.absence_table(traits, ids, on, rng),
    }
