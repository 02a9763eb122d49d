"""The link between training and service: a planted one is found, and none is found where none is."""

import numpy as np
import pytest
from scipy.stats import t

from models.service_link import FEWEST_UNITS, MINIMUM_PERIODS, estimate_link


def panel(n_units: int, n_periods: int, effect: float, seed: int):
    """Units that differ, years that differ, and training that goes to the better units."""
    rng = np.random.default_rng(seed)
    unit, period = np.repeat(np.arange(n_units), n_periods), np.tile(np.arange(n_periods), n_units)
    quality, year = rng.normal(0, 5, n_units), rng.normal(0, 3, n_periods)
    dose = np.maximum(1 + 0.1 * quality[unit] + rng.normal(0, 0.5, len(unit)), 0)
    value = 70 + quality[unit] + year[period] + effect * dose + rng.normal(0, 1, len(unit))
    return {"unit": unit, "period": period, "dose": dose, "value": value}


def test_a_planted_link_is_found_although_better_units_train_more():
    found = estimate_link("satisfaction", **panel(40, 5, effect=1.5, seed=0))
    assert found.lower < 1.5 < found.upper
    assert found.effect == pytest.approx(1.5, abs=0.5)
    assert found.is_supported


def test_where_there_is_no_link_it_is_seldom_claimed_even_with_few_units():
    claims = [estimate_link("x", **panel(8, 8, effect=0.0, seed=seed)).is_supported for seed in range(300)]
    assert np.mean(claims) < 0.1


def test_the_order_of_rows_changes_nothing():
    rows = panel(20, 5, effect=1.0, seed=1)
    mixed = np.random.default_rng(0).permutation(100)
    one = estimate_link("x", **rows)
    other = estimate_link("x", **{name: column[mixed] for name, column in rows.items()})
    assert one.effect == pytest.approx(other.effect)
    assert one.upper == pytest.approx(other.upper)


@pytest.mark.parametrize(("n_units", "n_periods"), [(FEWEST_UNITS - 1, 40), (MINIMUM_PERIODS // 5 - 1, 5)])
def test_too_few_units_or_periods_support_nothing(n_units, n_periods):
    assert not estimate_link("x", **panel(n_units, n_periods, effect=5.0, seed=2)).is_supported


def test_training_that_never_varies_supports_nothing():
    rows = panel(20, 5, effect=1.0, seed=3)
    rows["dose"] = np.ones(100)
    found = estimate_link("x", **rows)
    assert (found.effect, found.is_supported) == (0.0, False)


def test_effect_and_interval_are_those_of_least_squares_with_a_dummy_for_each_unit_and_period():
    rows = panel(12, 6, effect=0.8, seed=4)
    unit, period, dose, value = rows["unit"], rows["period"], rows["dose"], rows["value"]
    dummies = np.column_stack([unit[:, None] == np.arange(12), period[:, None] == np.arange(1, 6)]).astype(float)
    design = np.column_stack([dose, dummies])
    coefficients, *_ = np.linalg.lstsq(design, value, rcond=None)
    own = dose - dummies @ np.linalg.lstsq(dummies, dose, rcond=None)[0]
    scores = np.array([(own * (value - design @ coefficients))[unit == u].sum() for u in range(12)])
    error = np.sqrt(12 / 11 * (scores**2).sum()) / (own**2).sum()
    found = estimate_link("x", **rows)
    assert found.effect == pytest.approx(coefficients[0])
    assert found.upper - found.effect == pytest.approx(t.ppf(0.975, 11) * error)
