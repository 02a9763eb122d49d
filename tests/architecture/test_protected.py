"""Protected attributes are never features: by name, by what the code reads, and by what comes out."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.baseline import BaselineRule
from models.features import FEATURES
from tests.builders import office, rows, trainings
from training_catalog.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
PROTECTED = {
    "sex",
    "gender",
    "birth",
    "born",
    "religion",
    "marital",
    "married",
    "disability",
    "ethnicity",
    "name",
    "nip",
}
UNASKED = ("religion", "agama", "marital", "perkawinan", "disability", "disabilitas", "ethnic", "suku")


def readers(attribute):
    """Return the files below the service that read an attribute of a person."""
    return {
        path.relative_to(ROOT).as_posix()
        for room in ("training_catalog", "models", "recommender")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == attribute
    }


def test_no_feature_is_named_for_a_protected_attribute():
    for feature in FEATURES:
        assert PROTECTED.isdisjoint(feature.name.split("_"))
    ages = {feature.name for feature in FEATURES if "age" in feature.name.split("_")}
    assert ages == {"assessment_age"}  # of a record, not of a person


def test_sex_is_read_only_for_the_report_by_group():
    assert readers("sex") == {"recommender/workforce.py", "recommender/plan_tables.py"}


def test_the_date_of_birth_is_read_only_for_retirement_and_the_report_by_group():
    assert readers("birth_date") == {
        "recommender/workforce.py", "recommender/plan_tables.py", "recommender/eligibility.py"
    }  # fmt: skip


def test_the_models_room_has_no_column_that_could_hold_a_person():
    for path in (ROOT / "models").glob("*.py"):
        named = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        assert named.isdisjoint({"TextArray", "Workforce", "employee", "employees", "nip"}), path.name


def test_religion_marital_status_disability_and_ethnicity_are_not_asked_for():
    columns = {name.lower() for table in TABLES for c in table.columns for name in (c.name, c.header_id, *c.aliases)}
    assert [name for name in columns if any(word in name for word in UNASKED)] == []


class Listening(BaselineRule):
    """The rule, which keeps what it was asked."""

    asked = None

    def predict(self, X):  # noqa: N803 (scikit-learn's word)
        type(self).asked = X.copy()
        return super().predict(X)


def test_other_people_with_the_same_record_have_the_same_features_and_the_same_list():
    ids = [f"E{i}" for i in range(8)]
    found = [(e, "M.01", float(1 + i % 3), "2025-06-01") for i, e in enumerate(ids)]
    here = office(
        employees=pd.DataFrame({"employee": ids, "birth_date": "1985-03-04", "sex": ["F", "M"] * 4,
                                "retirement_date": "2045-01-01", "service_start": "2010-01-01"}),
        requirements=rows("position competency level", "J M.01 3", "J M.02 4"),
        assessments=pd.DataFrame(found, columns=["employee", "competency", "level", "assessed_on"]),
        **trainings(P1="M.01 3", P2="M.02 4"),
    )  # fmt: skip
    assert set(here.workforce.sex) == {1, 2}
    lists, features = here.lists(model=Listening()), Listening.asked
    assert len(features) > len(ids)
    days = np.arange(8) * 700 - 9_000
    others = replace(here.workforce, sex=3 - here.workforce.sex, birth_date=days.astype("datetime64[D]"))
    assert not np.array_equal(others.birth_date, here.workforce.birth_date)
    again = replace(here, workforce=others).lists(model=Listening())
    np.testing.assert_array_equal(Listening.asked, features)
    np.testing.assert_array_equal(again.training, lists.training)
    np.testing.assert_array_equal(again.benefit, lists.benefit)
