from datetime import date

import numpy as np
import pandas as pd
import pytest

from recommender.simulation import past
from recommender.simulation.city import simulate_city
from service.reference import open_office
from training_catalog.catalog import build_catalog
from training_catalog.columns import look_up
from training_catalog.frames import text_of
from training_catalog.tables import TABLES

ON = date(2027, 1, 4)


@pytest.fixture(scope="session")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    return {n: f for n, f in open_office(f"sqlite:///{folder / 'r.db'}").read_all().items() if len(f)}


@pytest.fixture(scope="session")
def city(reference):
    return simulate_city(np.random.default_rng(1), n_people=2_000, on=ON, reference=reference)


@pytest.fixture(scope="session")
def catalog(city, reference):
    tables = {}
    for table in TABLES:
        parts = [t[table.name] for t in (city.tables, reference) if table.name in t]
        tables[table.name] = (
            pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(table.column_names))
        )
    return build_catalog(tables, ON)


@pytest.fixture(scope="session")
def traits(city, catalog):
    staff = city.tables["employees"]
    rng = np.random.default_rng(7)
    position = look_up(catalog.positions.ids, text_of(staff, "position"))
    unit = look_up(np.sort(text_of(city.tables["units"], "unit")), text_of(staff, "unit"))
    start = staff["service_start"].to_numpy(dtype="datetime64[s]").astype("datetime64[D]").astype(np.int64)
    return past.draw_traits(catalog, position, unit, rng.uniform(0, 0.28, len(staff)), start, rng)


@pytest.fixture(scope="session")
def taken(traits, catalog):
    nobody_asked = np.array([], dtype=np.int64)
    return past.simulate_participations(traits, catalog, ON, nobody_asked, np.random.default_rng(8))
