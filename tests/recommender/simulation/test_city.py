from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.dose import DosedRule
from recommender.policy import Policy
from recommender.simulation.city import simulate_city
from recommender.simulation.truth import expected_closing, true_benefit, true_plan_benefit
from recommender.use_cases import fit_models
from recommender.workforce_tables import build_workforce
from training_catalog.catalog import build_catalog
from training_catalog.tables import TABLES

ON = date(2027, 1, 4)


def test_the_same_seed_gives_the_same_city(city, reference):
    again = simulate_city(np.random.default_rng(1), n_people=2_000, on=ON, reference=reference)
    for name, frame in city.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    other = simulate_city(np.random.default_rng(2), n_people=2_000, on=ON, reference=reference)
    assert not other.tables["employees"].equals(city.tables["employees"])


def test_every_nip_is_valid_and_no_two_are_equal(city):
    staff = city.tables["employees"]
    ids = staff["employee"]
    assert ids.is_unique
    assert ids.str.fullmatch(r"\d{18}").all()
    assert (pd.to_datetime(ids.str[:8], format="%Y%m%d") == staff["birth_date"]).all()
    assert (ids.str[14].map({"1": "M", "2": "F"}) == staff["sex"]).all()
    assert (ids.str[15:] != "000").all()
    pppk = staff["employment_type"] == "PPPK"
    assert (ids[pppk].str[12] == "2").all()
    assert (
        ids[~pppk].str[10:14].str[2:].astype(int).between(1, 12).all()
        or ids[~pppk].str[12:14].astype(int).between(1, 12).all()
    )


def test_shares_are_as_planted(city):
    staff, tables = city.tables["employees"], city.tables
    assert 0.20 < (staff["employment_type"] == "PPPK").mean() < 0.32
    assessed = tables["assessments"].query("method != 'self'").groupby("employee")["assessed_on"].max()
    never = 1 - staff["employee"].isin(assessed.index).mean()
    expired = (assessed < pd.Timestamp(ON) - pd.Timedelta(days=3 * 365.25)).sum() / len(staff)
    assert 0.22 < never < 0.34
    assert 0.08 < expired < 0.20
    assert 0.07 < tables["history"]["training"].isna().mean() < 0.13
    assert len(tables["trainings"]) == 300
    assert len(tables["offerings"]) == 700
    assert len(tables["units"]) == 40


def test_better_performers_were_sent_to_more_trainings(city):
    rating = city.tables["performance"].query("scale == 'skp-angka'").groupby("employee")["rating"].mean()
    n_taken = city.tables["history"].groupby("employee").size().reindex(rating.index, fill_value=0)
    assert np.corrcoef(rating, n_taken)[0, 1] > 0.2


def test_a_plan_s_true_benefit_is_at_most_the_sum_and_equal_where_nothing_overlaps(city, catalog):
    rng = np.random.default_rng(0)
    employee = np.sort(rng.choice(len(city.truth.employees), 300, replace=False))
    training = rng.integers(0, len(catalog.trainings.ids), 300)
    single = true_benefit(city.truth, catalog.trainings, employee, training)
    assert true_plan_benefit(city.truth, catalog.trainings, employee, training) == pytest.approx(single.sum())
    twice = true_plan_benefit(city.truth, catalog.trainings, np.repeat(employee, 9), np.repeat(training, 9))
    assert twice < 9 * single.sum()
    assert twice <= (city.truth.deficit * city.truth.weight).sum()


def test_what_is_expected_to_close_is_right_at_the_ends():
    deficit, gain = np.array([1.0, 1.0, 0.0, 5.0]), np.array([10.0, 0.5, 0.5, 0.5])
    closed = expected_closing(deficit, gain, np.full(4, 1e-6))
    assert closed == pytest.approx([1.0, 0.5, 0.0, 0.5], abs=1e-5)


@pytest.mark.parametrize("n_people", [50, 51, 333])
def test_small_cities_have_every_table(reference, n_people):
    small = simulate_city(np.random.default_rng(3), n_people=n_people, on=ON, reference=reference)
    assert len(small.tables["employees"]) == n_people
    assert all(len(frame) for frame in small.tables.values())


@pytest.mark.long
def test_a_city_without_test_scores_never_gets_a_whole_model_even_where_later_outcomes_speak_for_it(reference):
    city = simulate_city(np.random.default_rng(38), n_people=7_000, on=ON, reference=reference)
    no_scores = city.tables["history"].assign(pre_score=np.nan, post_score=np.nan)
    tables = {table.name: pd.DataFrame(columns=list(table.column_names)) for table in TABLES}
    tables |= reference | city.tables | {"history": no_scores}
    catalog = build_catalog(tables, ON)
    fitted = fit_models(build_workforce(tables, catalog), catalog, ON, Policy(), np.random.default_rng(38))
    assert isinstance(fitted.model.benefit_, DosedRule)  # the rule's own gain, by hours at most
    assert fitted.verdict.words.startswith("The rule with ")
