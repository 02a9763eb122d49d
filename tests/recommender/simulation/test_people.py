from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.simulation.people import _employee_numbers, _spread_birthdays, employee_table
from training_catalog.sample.positions import POSITIONS
from training_catalog.sample.units import UNITS

ON = date(2027, 1, 4)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32 - 1), n_people=st.integers(50, 600))
def test_employee_numbers_say_what_the_other_columns_say(seed, n_people):
    staff = employee_table(n_people, ON, np.random.default_rng(seed))
    ids = staff["employee"]
    assert ids.is_unique
    assert ids.is_monotonic_increasing
    assert ids.str.fullmatch(r"\d{18}").all()
    assert (ids.str[:8] == staff["birth_date"].dt.strftime("%Y%m%d")).all()
    assert (ids.str[8:12] == staff["service_start"].dt.strftime("%Y")).all()
    pppk = staff["employment_type"] == "PPPK"
    assert ids[pppk].str[12:14].eq("21").all()
    assert (ids[~pppk].str[12:14] == staff["service_start"][~pppk].dt.strftime("%m")).all()
    assert (ids.str[14] == staff["sex"].map({"M": "1", "F": "2"})).all()
    assert ids.str[15:].ne("000").all()


def test_thousands_born_on_one_day_still_have_numbers_of_eighteen_digits():
    n = 2_500
    birth = pd.Series(np.full(n, np.datetime64("2005-01-04", "s")))
    start = pd.Series(np.full(n, np.datetime64("2026-01-01", "s")))
    sex, is_pppk = pd.Series(["F"] * n), np.full(n, True)
    spread = _spread_birthdays(birth, start, sex, is_pppk)
    numbers = _employee_numbers(spread, start, sex, is_pppk)
    assert numbers.is_unique
    assert numbers.str.len().eq(18).all()
    assert (numbers.str[:8] == spread.dt.strftime("%Y%m%d")).all()
    assert spread.nunique() == 3


def test_birthdays_without_crowds_stay():
    birth = pd.Series(pd.date_range("1980-01-01", periods=400, unit="s"))
    start = pd.Series(np.full(400, np.datetime64("2010-03-01", "s")))
    moved = _spread_birthdays(birth, start, pd.Series(["M"] * 400), np.full(400, False))
    assert (moved == birth).all()


@pytest.mark.parametrize("n_people", [50, 5_200])
def test_every_unit_has_one_head_and_forty_units_have_people(n_people):
    staff = employee_table(n_people, ON, np.random.default_rng(4))
    heads = {"office": "S01", "field": "S01", "health": "S01", "school": "S01", "district": "S02", "village": "S05"}
    head = staff["unit"].map({u.code: heads[u.kind] for u in UNITS})
    n_heads = (staff["position"] == head).groupby(staff["unit"]).sum()
    assert len(n_heads) == len(UNITS)
    assert n_heads.eq(1).all()


def test_villages_have_six_or_seven_people_and_the_school_agency_has_hundreds():
    staff = employee_table(5_200, ON, np.random.default_rng(4))
    count = staff["unit"].value_counts()
    villages = [u.code for u in UNITS if u.kind == "village"]
    assert count[villages].between(6, 7).all()
    assert count.max() > 1_000


def test_types_of_employment_have_their_shares():
    staff = employee_table(5_200, ON, np.random.default_rng(4))
    share = staff["employment_type"].value_counts(normalize=True)
    assert 0.70 < share["PNS"] < 0.75
    assert share["CPNS"] > 0.005
    assert 0.50 < (staff["sex"] == "F").mean() < 0.56


def test_contract_staff_hold_no_structural_post():
    staff = employee_table(5_200, ON, np.random.default_rng(4))
    structural = [p.code for p in POSITIONS if p.position_class in ("JPT Pratama", "Administrator", "Pengawas")]
    assert staff.loc[staff["employment_type"] == "PPPK", "position"].isin(structural).sum() == 0
