"""Why somebody got a class of a plan, or did not: any training, and every move between two plans."""

import re

import pytest

from tests.builders import rows
from tests.service.api.conftest import ANI, DEDI, fill


@pytest.fixture
def planned(service, tmp_path):
    """Return what makes plans of a small office in which Dedi's unit can pay for one class of two."""
    fill(service.parts.database, {
        "competencies": rows("competency name framework", "M.09 Lain ASN"),
        "trainings": rows("training name hours mode", "P4 Asing 10 online", "P5 Dalam 10 online"),
        "training_targets": rows("training competency level_from level_to", "P4 M.09 1 3", "P5 M.02 1 3"),
        "offerings": rows("offering training start_date end_date seat_cost seats_min seats_max",
                          "P4-1 P4 2027-03-10 2027-03-11 0 1 10", "P5-1 P5 2027-06-01 2027-06-02 0 1 10"),
        "history": rows("employee training_name training status start_date end_date",
                        f"{DEDI} Dalam P5 completed 2026-02-01 2026-02-02"),
    })  # fmt: skip

    def make(kind="plans", **asked):
        put_in = service("POST", f"/{kind}", json={"time_limit": 5, **asked})
        assert put_in.status_code == 202, put_in.text
        service.work(tmp_path)
        job = service.get(f"/jobs/{put_in.json()['id']}").json()
        assert job["state"] == "succeeded", job
        return job["result"]["plan"]

    return service, make


def told(service, plan, employee, training, lang="en"):
    found = service.get(f"/plans/{plan}/why?employee={employee}&training={training}", headers={"Accept-Language": lang})
    assert found.status_code == 200, found.text
    return found.json()["reasons"]


def test_of_any_training_it_is_said_what_stands_in_the_way(planned):
    service, make = planned
    plan = make(year=2027)
    (chosen,) = told(service, plan, DEDI, "P1")
    assert (chosen["code"], chosen["offering"]) == ("chosen", "P1-1")
    assert "Etika, class P1-1" in chosen["text"]
    (short,) = told(service, plan, DEDI, "P2")
    assert (short["code"], short["offering"], short["needs"]) == ("budget", "P2-1", 2_000_000)
    said = r"Tim, class P2-1 from 1 May 2027, would close [0-9.]+ levels for Rp2,000,000\. What is left of budget"
    assert re.match(said, short["text"])
    assert "mata anggaran L3" in told(service, plan, DEDI, "P2", "id")[0]["text"]
    assert [row["code"] for row in told(service, plan, DEDI, "P3")] == ["no-offering"]
    assert [row["code"] for row in told(service, plan, DEDI, "P4")] == ["no-need"]
    (taken,) = told(service, plan, DEDI, "P5")
    assert (taken["code"], taken["text"]) == ("not-eligible", "Taken already, in this or another edition.")


def test_a_training_that_is_not_on_file_and_a_person_out_of_reach_are_refused(planned):
    service, make = planned
    plan = make(year=2027)
    assert service.get(f"/plans/{plan}/why?employee={DEDI}&training=P77").status_code == 404
    key = service.key("plan:read", units=["U3"])
    assert service.get(f"/plans/{plan}/why?employee={ANI}&training=P1", key=key).status_code == 404


def test_a_class_that_no_line_may_open_is_not_said_to_be_missing(planned):
    service, make = planned
    fill(service.parts.database, {
        "trainings": rows("training name hours mode", "P6 Mahal 10 online"),
        "training_targets": rows("training competency level_from level_to", "P6 M.02 1 3"),
        "offerings": rows("offering training start_date end_date fixed_cost seat_cost seats_min seats_max",
                          "P6-1 P6 2027-06-01 2027-06-02 5000000 0 1 10"),
    })  # fmt: skip
    (row,) = told(service, make(year=2027), DEDI, "P6")
    assert (row["code"], row["text"]) == ("no-payer", "No budget line may pay the fixed cost of its classes: P6-1.")


def test_a_class_that_has_become_too_dear_says_so_of_each_person(planned):
    service, make = planned
    plan = make(year=2027)
    columns = "offering training start_date end_date seat_cost seats_min seats_max"
    fill(service.parts.database, {"offerings": rows(columns, "P1-1 P1 2027-03-01 2027-03-03 90000000 1 10")})
    after = make(f"plans/{plan}/replan", cancelled=["P4-1"])
    changes = service.get(f"/plans/{plan}/compare?other={after}", headers={"Accept-Language": "en"}).json()["changes"]
    (dear,) = [row for row in changes if (row["employee"], row["old"]) == (DEDI, "P1-1")]
    assert dear["code"] == "budget"
    assert dear["text"].startswith("What is left of budget line L3 does not suffice: Rp")


def test_every_move_between_two_plans_has_its_reason(planned):
    service, make = planned
    plan = make(year=2027)
    fill(service.parts.database, {"budgets": rows("line year unit amount", "L1 2027 U1 5000000", "L3 2027 U3 0")})
    after = make(f"plans/{plan}/replan", cancelled=["P2-1"])
    changes = service.get(f"/plans/{plan}/compare?other={after}", headers={"Accept-Language": "en"}).json()["changes"]
    assert {(row["code"], row["text"]) for row in changes if row["old"] == "P2-1"} == {
        ("cancelled", "The class does not take place.")
    }
    (short,) = [row for row in changes if row["employee"] == DEDI]
    assert (short["old"], short["new"], short["code"]) == ("P1-1", None, "budget")
    assert short["text"] == "What is left of budget line L3 does not suffice: Rp1,000,000 more would be needed."
    back = service.get(f"/plans/{after}/compare?other={plan}", headers={"Accept-Language": "en"}).json()["changes"]
    assert [row["code"] for row in back if row["employee"] == DEDI] == ["gained"]
    fill(service.parts.database, {"employees": rows("employee name unit position employment_type service_start status",
                                                    f"{DEDI} Dedi U3 J PNS 2005-01-01 retired")})  # fmt: skip
    last = make(f"plans/{plan}/replan", cancelled=["P4-1"])
    gone = service.get(f"/plans/{plan}/compare?other={last}", headers={"Accept-Language": "en"}).json()["changes"]
    assert [row["code"] for row in gone if row["employee"] == DEDI] == ["not-considered"]


def test_seats_and_smallest_classes_that_bind_have_a_price_in_words(service, tmp_path):
    fill(service.parts.database, {
        "budgets": rows("line year unit amount", "L1 2027 U1 9000000", "L3 2027 U3 9000000"),
        "offerings": rows("offering training start_date end_date seat_cost seats_min seats_max",
                          "P1-1 P1 2027-03-01 2027-03-03 1000000 1 2", "P2-1 P2 2027-05-01 2027-05-04 2000000 1 10"),
    })  # fmt: skip
    job = service("POST", "/plans", json={"year": 2027, "time_limit": 5}).json()["id"]
    service.work(tmp_path)
    plan = service.get(f"/jobs/{job}").json()["result"]["plan"]
    limits = service.get(f"/plans/{plan}/prices", headers={"Accept-Language": "en"}).json()["limits"]
    (seat,) = [row for row in limits if row["kind"] == "seat"]
    assert seat["subject"] == "P1-1"
    assert re.fullmatch(r"One more seat in Etika, class P1-1, would close about [0-9.]+ more levels\.", seat["text"])
    assert seat["price"] > 0
