"""Evidence: whose and which participations stand in which slice."""

import numpy as np
import pandas as pd
import pytest

from models.evaluation import split_repeatedly
from models.learning import learn
from recommender.evidence import MOST_KINDS, OTHER, gather_evidence, groups_of, slices_of, unit_kinds
from recommender.outcomes import gather_outcomes
from recommender.policy import Policy
from recommender.use_cases import LATER_SHARES, fit_models
from tests.builders import ON, office, rows, trainings

PEOPLE = rows(
    "employee unit employment_type sex birth_date",
    "A D1 PNS F 1980-01-01",
    "B D2 PPPK M 2000-01-01",
    "C K1 PNS - -",
)


def here():
    taught = trainings(P1="M.01 3", P2="M.01 3")
    taught["trainings"]["mode"] = ["online", "face-to-face"]
    history = rows(
        "employee training end_date status",
        "A P1 2024-01-10 completed",
        "A P1 2025-01-10 completed",
        "B P1 2025-02-10 failed",
        "C P2 2025-03-10 completed",
    )
    units = pd.DataFrame({"unit": ["D1", "D2", "K1"], "name": ["Dinas Sosial", "DINAS Pangan", "Kelurahan Pal"]})
    return office(employees=PEOPLE, units=units, history=history, **taught)


def told(groups):
    names, of = groups
    return [names[g] if g >= 0 else None for g in of.tolist()]


def test_later_participations_are_told_apart_by_person_training_and_place():
    own = here()
    outcomes = gather_outcomes(own.workforce, own.catalog, ON, Policy().gap)
    _, splits = split_repeatedly(outcomes.on, (0.75,), ON)
    slices = slices_of(outcomes, splits, own.workforce, own.catalog)
    rows_of = np.concatenate([later for _, later in splits])
    who = own.workforce.ids[outcomes.employee[rows_of]].tolist()
    assert who == ["B", "C"]
    assert told(slices["unit_kind"]) == ["Dinas", "Kelurahan Pal"]
    assert told(slices["employment_type"]) == ["PPPK", "PNS"]
    assert told(slices["person"]) == ["new", "new"]
    assert told(slices["training"]) == ["known", "new"]
    assert told(slices["mode"]) == ["online", "face-to-face"]
    groups = groups_of(outcomes, splits, own.workforce, ON)
    assert told(groups["sex"]) == ["M", ""]
    assert told(groups["age_band"]) == ["<30", ""]


def test_a_person_is_new_to_a_split_s_model_and_known_to_the_next():
    own = here()
    outcomes = gather_outcomes(own.workforce, own.catalog, ON, Policy().gap)
    _, splits = split_repeatedly(outcomes.on, (0.99, 0.5), ON)
    newness = told(slices_of(outcomes, splits, own.workforce, own.catalog)["person"])
    assert newness == ["known", "new", "new"]  # A again, then B before the second date, then C


def test_kinds_of_units_beyond_the_largest_stand_together():
    names = [f"Kind{chr(65 + i)} X" for i in range(MOST_KINDS + 3)]
    units = pd.DataFrame({"unit": [f"U{i:02}" for i in range(len(names))], "name": names})
    crew = [(f"E{i:02}{j}", f"U{i:02}") for i in range(len(names)) for j in range(len(names) - i)]
    own = office(employees=pd.DataFrame(crew, columns=["employee", "unit"]), units=units)
    kinds, kind = unit_kinds(own.workforce)
    assert kinds == (*names[:MOST_KINDS], OTHER)
    assert kind.tolist() == [min(i, MOST_KINDS) for i in range(len(names))]


def test_a_kind_of_units_is_as_many_words_as_all_their_names_share():
    names = ["Rumah Sakit Umum", "RUMAH SAKIT Jiwa", "Dinas Sosial", "Dinas", "Sekretariat Daerah", ""]
    units = pd.DataFrame({"unit": [f"U{i}" for i in range(len(names))], "name": names})
    own = office(employees=pd.DataFrame({"employee": ["A"], "unit": ["U0"]}), units=units)
    kinds, kind = unit_kinds(own.workforce)
    told = [kinds[i] for i in kind]
    assert told == ["Rumah Sakit", "Rumah Sakit", "Dinas", "Dinas", "Sekretariat Daerah", OTHER]


def test_an_office_without_a_past_has_evidence_of_nothing():
    own = office(employees=PEOPLE, **trainings(P1="M.01 3"))
    found = fit_models(own.workforce, own.catalog, ON, Policy(), np.random.default_rng(0))
    assert found.verdict.code == "not-enough-data"
    assert found.evidence.completion == found.evidence.benefit == ()
    assert {one.code for figures in found.evidence.slices.values() for one in figures} == {"not-enough-data"}


@pytest.mark.parametrize("shares", [LATER_SHARES, (0.25,)])
def test_every_later_participation_is_in_the_bins_of_completion_once(shares):
    own = here()
    outcomes = gather_outcomes(own.workforce, own.catalog, ON, Policy().gap)
    _, splits = split_repeatedly(outcomes.on, shares, ON)
    learned = learn(outcomes.rows, splits, np.random.default_rng(0))
    found = gather_evidence(learned.judged, outcomes, splits, own.workforce, own.catalog, ON, np.random.default_rng(0))
    n_later = sum(len(later) for _, later in splits)
    assert sum(one.n_rows for one in found.completion) == n_later
    assert sum(one.n_rows for one in found.fairness["sex"]) == n_later
