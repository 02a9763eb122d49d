from datetime import date

import numpy as np
import pandas as pd
import pytest

from recommender.service_effect import build_unit_outcomes, link_service
from tests.builders import office, rows, trainings

N_UNITS, YEARS = 12, range(2018, 2026)


def units_served(points, seed=0):
    """Return tables of units whose service rises by `points` for each training a head in the year before."""
    rng = np.random.default_rng(seed)
    units = [f"U{i:02}" for i in range(N_UNITS)]
    people = [(f"{u}{j}", u) for u in units for j in range(2)]
    history, outcomes = [], []
    for unit in units:
        base = rng.normal(70, 5)
        dose = dict.fromkeys(range(2016, 2027), 0.0)
        for year in YEARS:
            for employee in (e for e, u in people if u == unit):
                if rng.random() < 0.5:
                    history.append((employee, "P1", f"{year}-05-05"))
                    dose[year] += 0.5
        outcomes += [(unit, "satisfaction", f"{year}-12-31", base + points * dose[year - 1] + rng.normal(0, 0.1))
                     for year in YEARS]  # fmt: skip
    return dict(
        units=pd.DataFrame({"unit": units, "name": units}),
        employees=pd.DataFrame(people, columns=["employee", "unit"]),
        history=pd.DataFrame(history, columns=["employee", "training", "end_date"]),
        unit_outcomes=pd.DataFrame(outcomes, columns=["unit", "indicator", "period_end", "value"]),
        **trainings(P1="M.01 3"),
    )


def city(points, seed=0):
    return office(**units_served(points, seed))


def links(here):
    return link_service(here.workforce, build_unit_outcomes(here.tables, here.workforce, here.on))


def test_a_planted_link_is_found_with_its_interval():
    (link,) = links(city(points=4.0))
    assert link.indicator == "satisfaction"
    assert link.effect == pytest.approx(4.0, abs=0.3)
    assert link.lower < 4.0 < link.upper
    assert link.is_supported
    assert link.n_periods == N_UNITS * (len(YEARS) - 1)  # the trainings before the first year on file are not known


def test_without_outcomes_or_trainings_nothing_is_said():
    assert links(office()) == ()
    lone = office(
        units=rows("unit name", "U A"),
        employees=rows("employee unit", "A U"),
        unit_outcomes=rows(
            "unit indicator period_end value", "U satisfaction 2025-12-31 70", "X satisfaction 2025-12-31 1"
        ),
    )
    assert build_unit_outcomes(lone.tables, lone.workforce, lone.on).value.tolist() == [70]
    assert links(lone) == ()


def test_what_comes_later_is_not_seen():
    own = units_served(points=4.0)
    outcomes = own["unit_outcomes"]
    early = outcomes[outcomes["period_end"] <= "2023-12-31"]
    later = outcomes.assign(value=outcomes["value"].where(outcomes["period_end"] <= "2023-12-31", 10_000.0))
    on = date(2024, 3, 1)
    assert links(office(on, **{**own, "unit_outcomes": later})) == links(office(on, **{**own, "unit_outcomes": early}))


def test_of_many_indicators_that_tell_nothing_hardly_any_is_claimed():
    own, rng = units_served(points=0.0), np.random.default_rng(3)
    many = [own["unit_outcomes"].assign(indicator=f"i{i:03}", value=rng.normal(0, 1, len(own["unit_outcomes"])))
            for i in range(100)]  # fmt: skip
    found = links(office(**{**own, "unit_outcomes": pd.concat(many)}))
    alone = sum(one.lower > 0 or one.upper < 0 for one in found)
    assert alone >= 2
    assert sum(one.is_supported for one in found) <= 1
