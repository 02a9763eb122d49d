from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.baseline import BaselineRule
from recommender.catalog_day import open_catalog
from recommender.policy import Policy
from recommender.use_cases import fit_models, recommend, recommend_in_chunks
from tests.builders import ON, office, rows, trainings
from tests.examples import tries
from training_catalog.catalog import content_digest

TAUGHT = trainings(P1="M.01 2", P2="M.01 3, M.02 3", P3="M.02 4, M.03 3", P4="M.03 5", P5="M.01 5")
STANDARD = rows("position competency level", "J M.01 3", "J M.02 4", "J M.03 3", "L M.01 5", "L M.03 2")
CLASSES = rows(
    "offering training start_date end_date mode seat_cost",
    "K1 P1 2026-05-01 2026-05-03 - 300",
    "K2 P2 2026-05-01 2026-05-03 online 100",
    "K3 P3 2026-05-01 2026-05-30 - 100",
)


def crowd(seed=0, n_people=40):
    rng = np.random.default_rng(seed)
    ids = [f"E{i:03}" for i in range(n_people)]
    people = pd.DataFrame({"employee": ids, "position": rng.choice(["J", "L"], n_people), "unit": "U"})
    pairs = [(e, c) for e in ids for c in ("M.01", "M.02", "M.03") if rng.random() < 0.6]
    found = pd.DataFrame(pairs, columns=["employee", "competency"])
    found["level"] = rng.integers(1, 6, len(found)).astype(float)
    found["assessed_on"] = "2025-06-01"
    took = [(e, "P1", "2024-05-05") for e in ids if rng.random() < 0.3]
    return {
        "positions": rows("position name", "J Clerk", "L Lead"),
        "requirements": STANDARD,
        "units": rows("unit name authorised_staff", "U Unit 44"),
        "employees": people,
        "assessments": found,
        "history": pd.DataFrame(took, columns=["employee", "training", "end_date"]),
        "offerings": CLASSES,
        **TAUGHT,
    }


def told(lists, crew):
    return pd.DataFrame({
        "employee": crew.ids[lists.employee], "training": lists.training, "offering": lists.offering,
        "benefit": lists.benefit, "cost": lists.cost, "rank": lists.rank,
    })  # fmt: skip


def test_what_is_worked_out_once_for_a_day_changes_no_list():
    here = office(**crowd(3))
    day = open_catalog(here.catalog, here.workforce.units, ON)
    for row in range(40):
        crew = here.workforce.take(np.array([row]))
        alone = recommend(crew, here.catalog, BaselineRule(), ON, Policy())
        assert told(recommend(crew, here.catalog, BaselineRule(), ON, Policy(), day=day), crew).equals(
            told(alone, crew)
        )


@given(st.integers(0, 5), st.lists(st.integers(1, 39), max_size=4, unique=True))
@settings(max_examples=tries(6, 15))
def test_everybody_s_list_is_the_same_alone_and_in_any_company(seed, cuts):
    here = office(**crowd(seed))
    whole = told(here.lists(), here.workforce)
    parts = []
    for part in np.split(np.arange(40), sorted(cuts)):
        crew = here.workforce.take(part)
        parts.append(told(here.lists(rows=part), crew))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole, check_exact=True)


def test_chunks_are_the_lists_of_consecutive_people():
    here = office(**crowd(3))
    seen = []
    chunks = list(
        recommend_in_chunks(here.workforce, here.catalog, BaselineRule(), ON, Policy(), on_progress=seen.append)
    )
    assert [first for first, _, _ in chunks] == [0]
    assert seen == [40]
    pd.testing.assert_frame_equal(told(chunks[0][2], chunks[0][1]), told(here.lists(), here.workforce))


@given(st.randoms(use_true_random=False))
@settings(max_examples=tries(4, 10))
def test_the_order_of_rows_changes_nothing(random):
    given_rows = crowd(1)
    here = office(**given_rows)
    turned = office(
        **{
            name: frame.iloc[random.sample(range(len(frame)), len(frame))].reset_index(drop=True)
            for name, frame in given_rows.items()
        }
    )
    assert turned.catalog.version == here.catalog.version
    assert content_digest(turned.workforce) == content_digest(here.workforce)
    pd.testing.assert_frame_equal(
        told(turned.lists(), turned.workforce), told(here.lists(), here.workforce), check_exact=True
    )


def test_nobody_s_first_place_goes_to_a_training_that_closes_nothing_of_theirs():
    given_rows = crowd(2, n_people=200)
    ids = given_rows["employees"]["employee"]
    given_rows["history"] = pd.DataFrame({"employee": ids[:180], "training": "P4", "end_date": "2018-05-05"})
    here = office(**given_rows)
    lists = here.lists()
    gaps, coverage = lists.candidates.gaps, lists.candidates.coverage
    covered = coverage.total(coverage.covered * gaps.weight[coverage.gap])[lists.pair]
    assert (covered > 0).all()
    first = lists.training[lists.rank == 1]
    assert len(np.unique(first)) >= 3


def test_nobody_at_all_and_nothing_at_all_are_answered():
    nobody = office(employees=rows("employee position"), **TAUGHT)
    assert len(nobody.lists().pair) == 0
    nothing = office(employees=rows("employee", "A", "B"))
    assert np.diff(nothing.lists().bounds).tolist() == [0, 0]
    unknown = office(employees=rows("employee position", "A -"), offerings=CLASSES, **TAUGHT)
    assert len(unknown.lists().pair) == 0


def test_one_past_participation_is_too_little_to_learn_from():
    here = office(**TAUGHT, history=rows("employee training end_date", "A P1 2025-03-28"))
    fitted = fit_models(here.workforce, here.catalog, here.on, Policy(), np.random.default_rng(0))
    assert fitted.verdict.code == "not-enough-data"
    assert fitted.n_rows == 1


def test_no_past_at_all_is_too_little_as_well():
    here = office(**TAUGHT)
    fitted = fit_models(here.workforce, here.catalog, here.on, Policy(), np.random.default_rng(0))
    assert fitted.verdict.code == "not-enough-data"
    assert (fitted.n_rows, fitted.cut) == (0, here.on)


@pytest.mark.parametrize("days", [0, 400])
def test_what_is_known_later_changes_nothing_today(days):
    given_rows = crowd(4)
    later = (ON + timedelta(days=1 + days)).isoformat()
    more = dict(given_rows)
    ids = given_rows["employees"]["employee"]
    tomorrow = pd.DataFrame({"employee": ids, "competency": "M.01", "level": 5.0, "assessed_on": later})
    more["assessments"] = pd.concat([given_rows["assessments"], tomorrow], ignore_index=True)
    done = pd.DataFrame({"employee": ids, "training": "P2", "end_date": later})
    more["history"] = pd.concat([given_rows["history"], done], ignore_index=True)
    here, there = office(**given_rows), office(**more)
    pd.testing.assert_frame_equal(told(here.lists(), here.workforce), told(there.lists(), there.workforce))
