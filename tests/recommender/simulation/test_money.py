import numpy as np
import pandas as pd
import pytest

from recommender.simulation.settings import BUDGET_PER_HEAD, CENTRAL_SHARE
from training_catalog.sample.units import CENTRAL_UNIT


def test_a_class_costs_something_to_open_or_for_each_head_and_has_room(city):
    classes, trainings = city.tables["offerings"], city.tables["trainings"].set_index("training")
    assert (classes["seats_min"] <= classes["seats_max"]).all()
    assert (classes["start_date"] <= classes["end_date"]).all()
    assert classes["start_date"].dt.year.eq(2027).all()
    assert classes["end_date"].dt.year.eq(2027).all()
    in_city = classes["budget_line"].notna()
    assert (classes.loc[in_city, "fixed_cost"] > 0).all()
    assert classes.loc[~in_city, "fixed_cost"].eq(0).all()
    assert set(classes["training"]) == set(trainings.index)


def test_classes_without_a_place_are_the_online_ones(city):
    classes = city.tables["offerings"].merge(city.tables["trainings"], on="training", suffixes=("", "_of_training"))
    assert (classes["province"].isna() == (classes["mode_of_training"] == "online")).all()


def test_every_class_line_and_every_ceiling_is_there_and_ceilings_hold_back(city):
    lines = city.tables["budgets"].set_index("line")
    assert lines.index.is_unique
    assert city.tables["offerings"]["budget_line"].dropna().isin(lines.index).all()
    below = lines.dropna(subset="parent")
    assert below["parent"].isin(lines.index).all()
    whole = below.groupby("parent")["amount"].sum()
    assert (lines.loc[whole.index, "amount"] < whole).all()
    assert {"APBD", "DAK", "BLUD"} <= set(lines["funding_source"].dropna())


def test_the_money_is_what_the_settings_say_to_a_thousand_a_line(city):
    lines = city.tables["budgets"]
    leaves = lines[lines["account"].notna()]
    total = len(city.tables["employees"]) * BUDGET_PER_HEAD
    assert total - 1_000 * len(leaves) * 2 <= leaves["amount"].sum() <= total
    assert leaves["amount"].mod(1_000).eq(0).all()
    central = leaves.loc[leaves["unit"] == CENTRAL_UNIT, "amount"].sum()
    assert central / leaves["amount"].sum() == pytest.approx(CENTRAL_SHARE, abs=0.001)


def test_every_province_with_a_class_has_its_travel_prices(city):
    prices = city.tables["price_book"]
    used = set(city.tables["offerings"]["province"].dropna())
    for item in ("transport", "lodging"):
        assert used <= set(prices.loc[prices["item"] == item, "region"])
    assert (prices["amount"] > 0).all()


def test_a_class_in_the_city_is_an_order_cheaper_a_head_than_a_course_elsewhere(city):
    """The worked example of a real hospital's budget has about one to eighteen, travel included."""
    classes = city.tables["offerings"].merge(city.tables["trainings"], on="training", suffixes=("", "_t"))
    few_days = classes[classes["hours"].between(24, 48)]
    home = few_days[few_days["budget_line"].notna()]
    away = few_days[few_days["budget_line"].isna() & few_days["province"].notna()]
    head_home = (home["fixed_cost"] / home["seats_max"] + home["seat_cost"]).astype(np.float64).mean()
    travel = city.tables["price_book"].set_index(["item", "region"])["amount"]
    fare = pd.Series([travel["transport", p] for p in away["province"]], index=away.index)
    head_away = (away["seat_cost"] + fare).astype(np.float64).mean()
    assert 5 < head_away / head_home < 25
