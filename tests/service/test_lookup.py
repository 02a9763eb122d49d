import msgspec
import numpy as np
import pytest

from models.baseline import BaselineRule
from recommender.policy import Policy
from service.list_items import ListFilter
from service.lookup import gap_document, list_person, person_of, recommendation_document
from service.pipeline import Office, background_of
from service.predictor import Predictor
from service.wording import Wording
from tests.builders import office, rows, trainings
from training_catalog.errors import UnknownIdError

RULE = Predictor(predictor=BaselineRule(), identifier="rule", state="rule", verdict="no approved model")
CLASSES = rows(
    "offering training start_date end_date mode seat_cost",
    "K1 P1 2026-05-01 2026-05-30 - 900",
    "K2 P1 2026-08-01 2026-08-30 online 500",
    "K3 P2 2026-05-01 2026-05-30 - 100",
    "K4 P3 2026-05-01 2026-05-02 - 700",
)


def served(**given):
    people = rows("employee name unit", "A Adi U", "B Bintang -")
    here = office(**{
        "units": rows("unit name authorised_staff", "U Unit~One -"), "employees": people, "offerings": CLASSES,
        "assessments": rows("employee competency level assessed_on", "A M.01 1 2025-06-01"),
        **trainings(P1="M.01 2", P2="M.01 4", P3="M.01 5"), **given,
    })  # fmt: skip
    return Office(tables=here.tables, catalog=here.catalog, workforce=here.workforce, predictor=RULE, on=here.on)


def listed(here, nip="A", **wanted):
    background = background_of(here, Policy())
    own = list_person(person_of(here, nip), Policy(), background)
    return recommendation_document(own, ListFilter(**wanted), Wording("en"))


def gaps_of(here, nip, lang="en"):
    return gap_document(person_of(here, nip), Policy(), Wording(lang))


def shown(document):
    return [(item["rank"], item["training"], item["offering"], item["cost"]) for item in document["items"]]


def test_a_surplus_a_real_gap_and_the_never_assessed_are_told_apart():
    document = gaps_of(
        served(
            requirements=rows("position competency level", "J M.01 3", "J M.02 3", "J R.01 2"),
            assessments=rows("employee competency level assessed_on", "A M.01 5 2025-06-01", "A R.01 4 2025-06-01"),
        ),
        "A",
    )
    told = [(g["competency"], g["required"], g["assessed"], g["deficit"], g["state"]) for g in document["gaps"]]
    assert told == [("M.01", 3, 5, 0, "met"), ("M.02", 3, None, None, "never-assessed"), ("R.01", 2, 4, 2, "deficit")]
    assert (document["name"], document["position"], document["unit"]) == ("Adi", "Clerk", "Unit One")


def test_a_person_without_unit_or_position_has_none_and_an_unknown_one_is_an_error():
    here = served(employees=rows("employee name position unit", "A Adi - gone"))
    assert (listed(here)["position"], listed(here)["unit"]) == (None, None)
    with pytest.raises(UnknownIdError, match="employee 'Z' is not known"):
        listed(here, "Z")


def test_the_cheapest_class_is_shown_and_a_filter_chooses_anew_without_changing_the_order():
    here = served()
    assert shown(listed(here)) == [(1, "P2", "K3", 100), (2, "P1", "K2", 500), (3, "P3", "K4", 700)]  # K2 is online
    assert shown(listed(here, mode="face-to-face"))[1] == (2, "P1", "K1", 900)
    assert [t for _, t, _, _ in shown(listed(here, max_cost=500))] == ["P2", "P1"]
    assert [o for _, _, o, _ in shown(listed(here, start=here.on, end=here.on.replace(month=6)))] == ["K3", "K1", "K4"]


def test_a_training_without_class_is_listed_without_cost_and_drops_out_of_a_filter():
    here = served(offerings=CLASSES.iloc[:2])
    assert shown(listed(here))[0] == (1, "P2", None, None)
    assert [t for _, t, _, _ in shown(listed(here, max_cost=10**9))] == ["P1"]


def test_a_light_class_for_people_short_of_time_is_always_in_the_list():
    busy = {"absences": rows("employee start_date end_date", "A 2026-09-01 2026-12-31")}
    alone = served(**busy, offerings=CLASSES.iloc[[0, 2, 3]])
    assert shown(listed(alone, limit=1)) == [(1, "P1", "K1", 900), (3, "P3", "K4", 700)]
    assert [r["code"] for r in listed(alone, limit=1)["items"][1]["reasons"]][-1] == "suits-full-calendar"
    assert len(listed(served(offerings=CLASSES.iloc[[0, 2, 3]]), limit=1)["items"]) == 1


def test_every_document_is_strict_json_whatever_is_missing():
    here = served(employees=rows("employee name position", "A Adi -", "B Bintang J"),
                  assessments=rows("employee competency level assessed_on"))  # fmt: skip
    for nip in ("A", "B"):
        for document in (listed(here, nip), gaps_of(here, nip, "id")):
            assert b"NaN" not in msgspec.json.encode(document)
    assert np.isfinite([item["benefit"] for item in listed(here, "B")["items"]]).all()
