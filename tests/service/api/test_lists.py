"""Lists over HTTP: fresh in the very next answer, logged, joined by feedback, ranked for people who are not on file."""

import gc
import json
import threading
import time
import weakref
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from service.answers import Answers, Question
from service.decision_log import SOME_ROOM, DecisionLog
from service.decisions import replay
from service.ledger.approval import approve_plan
from service.ledger.events import seat_event
from service.list_items import ListFilter
from service.snapshot import Snapshots
from service.storage.decisions import list_decisions
from service.storage.schema import CHANGES, FEEDBACK
from tests.offices import of_its_kind
from tests.service.api.conftest import (
    ANI,
    BUDI,
    CITRA,
    DEDI,
    ON,
    POSTGRESQL_LATER,
    filled_office,
    problem,
    service_on,
)
from tests.service.ledger.plans import keep


@pytest.fixture(params=POSTGRESQL_LATER)
def filled_url(request, tmp_path):
    yield from of_its_kind(request, tmp_path, filled_office)


def shown(document):
    return [(item["training"], item["offering"], item["cost"]) for item in document["items"]]


def ask(service, employee=ANI, query="", **more):
    return service.get(f"/employees/{employee}/recommendations{query}", **more)


def test_a_list_is_that_of_the_terminal(service_on_both, terminal_of):
    served = ask(service_on_both).json()
    office = terminal_of(service_on_both.url)
    printed = office("recommend", ANI, "--json", lang="id").document
    assert {**served, "list": None} == {**printed, "list": None}
    assert service_on_both.get(f"/employees/{ANI}/gaps").json() == office("gaps", ANI, "--json", lang="id").document


def test_where_a_training_stands_is_said_alike_over_http_and_on_the_terminal(service_on_both, terminal_of):
    service, office = service_on_both, terminal_of(service_on_both.url)
    document = ask(service).json()
    asked = [item["training"] for item in document["items"]] + [row["training"] for row in document["left_out"]]
    told = {code: service.get(f"/employees/{ANI}/recommendations/{code}").json() for code in asked}
    for item in document["items"]:
        one = told[item["training"]]
        assert {name: one[name] for name in ("rank", "benefit", "low", "high", "completion", "reasons")} == {
            name: item[name] for name in ("rank", "benefit", "low", "high", "completion", "reasons")
        }
        assert (one["code"], bool(one["changes"])) == (None, bool(one["change_text"]))
    assert told[document["items"][0]["training"]]["changes"] == []
    for row in document["left_out"]:
        assert (told[row["training"]]["code"], told[row["training"]]["text"]) == (row["code"], row["text"])
    for code in asked:
        assert office("recommend", ANI, "--about", code, "--json", lang="id").document == told[code]


def test_a_training_or_person_that_is_not_on_file_has_no_standing(service):
    assert problem(service.get(f"/employees/{ANI}/recommendations/NONE"))["status"] == 404
    assert problem(service.get("/employees/199999999999999999/recommendations/P1"))["status"] == 404


def test_a_list_says_which_training_the_person_has_a_seat_for_from_the_very_next_answer_on(
    service_on_both, terminal_of
):
    service = service_on_both
    database = service.parts.database
    before = [ask(service), ask(service, BUDI)]
    assert not any("seat" in item for one in before for item in one.json()["items"])
    plan = keep(database, f"{ANI} P1-1 1000 L1", f"{BUDI} P2-1 0 -")
    approve_plan(database, plan, "test")
    days = {"start": "2027-03-01", "end": "2027-03-03"}
    for state in ("reserved", "enrolled"):
        told = ask(service)
        seats = {item["training"]: item.get("seat") for item in told.json()["items"]}
        assert seats["P1"] == {"offering": "P1-1", "plan": plan, "state": state, **days}
        assert [training for training, seat in seats.items() if seat] == ["P1"]
        assert told.headers["etag"] != before[0].headers["etag"]
        assert ask(service, headers={"If-None-Match": told.headers["etag"]}).status_code == 304
        seat_event(database, plan, ANI, "P1-1", "enrol", "test")
    asked = service("POST", "/recommendations", json={"employees": [ANI, BUDI]}).json()["items"]
    assert [[item["training"] for item in one["recommendations"]["items"] if item.get("seat")] for one in asked] == [
        ["P1"], ["P2"]]  # fmt: skip
    run = terminal_of(service.url)("recommend", ANI, lang="id")
    assert "1. Rencana yang disetujui sudah menyediakan kursi untuk ini: kelas P1-1, 1 Maret 2027." in run.out
    seat_event(database, plan, ANI, "P1-1", "cancel", "test")
    assert ask(service).content == before[0].content


def test_seats_of_an_earlier_release_are_told_as_well(tmp_path):
    url = f"sqlite:///{tmp_path / 'office.db'}"
    with service_on(url) as service:
        approve_plan(service.parts.database, keep(service.parts.database, f"{ANI} P1-1 1000 L1"), "test")
        with service.parts.database.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM table_changes WHERE table_name = 'seats'"))
    with service_on(url) as service:
        assert [item["training"] for item in ask(service).json()["items"] if "seat" in item] == ["P1"]


def test_the_same_question_has_one_answer_and_one_entry_in_the_log(service_on_both):
    service = service_on_both
    first, again = ask(service), ask(service)
    assert first.content == again.content
    assert ask(service, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    ask(service, query="?limit=1")
    service.parts.log.close()
    logged = {entry.decision: entry for entry in list_decisions(service.parts.database)}
    assert len(logged) == 2
    entry = logged[first.json()["list"]]
    assert ANI not in str(entry)
    assert replay(service.parts.database, entry.decision).same


@pytest.mark.parametrize(
    "change",
    [
        (
            "PUT",
            f"/assessments/{ANI}~2M.01~22027-01-02~2test",
            {"employee": ANI, "competency": "M.01", "level": 4, "assessed_on": "2027-01-02", "method": "test"},
        ),
        ("PATCH", "/offerings/P1-1", {"seat_cost": 777_000}),
        ("PATCH", "/trainings/P1", {"name": "Etika Baru"}),
        ("DELETE", f"/assessments/{ANI}~2M.01~22026-06-01~2test", None),
        ("PATCH", f"/employees/{ANI}", {"position": None}),
    ],
)
def test_a_change_is_seen_in_the_very_next_answer(service_on_both, change):
    before, other = ask(service_on_both), ask(service_on_both, BUDI)
    method, path, body = change
    assert service_on_both(method, path, json=body).status_code in (200, 201, 204)
    after = ask(service_on_both)
    assert after.json()["list"] != before.json()["list"]
    assert (after.json()["items"], after.json()["gaps"]) != (before.json()["items"], before.json()["gaps"])
    if path.startswith(("/assessments", "/employees")):  # another person's list is still true
        assert ask(service_on_both, BUDI).content == other.content


def test_a_new_person_and_an_erased_one_are_seen_at_once(service):
    new = "198001012005012009"
    assert ask(service, new).status_code == 404
    service("PUT", f"/employees/{new}", json={"employee": new, "name": "Eka", "position": "J", "unit": "U1"})
    assert ask(service, new).json()["name"] == "Eka"
    assert service("DELETE", f"/employees/{new}").status_code == 200
    with service.parts.database.engine.connect() as connection:
        authors = connection.execute(CHANGES.select().order_by(CHANGES.c.change)).all()
    assert authors[-1].author.startswith("key:k-")
    assert problem(ask(service, new))["type"] == "/problems/unknown-id"


def test_each_day_has_its_own_list(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", on=date(2027, 4, 1)) as service:
        assert shown(ask(service).json())[0][1] != "P1-1"  # it began in March


def test_lists_of_an_earlier_catalogue_hold_it_in_memory_no_longer(service):
    ask(service, BUDI)  # and never again
    earlier = weakref.ref(service.parts.snapshots.current(service.parts.watch.look()).office.catalog.trainings.ids)
    for n in range(2):
        assert service("PATCH", "/trainings/P1", json={"name": f"Etika {n}"}).status_code == 200
        ask(service)
    gc.collect()
    assert earlier() is None


def asked_at_once(service, employee=ANI, answers=None):
    question = Question(employee=employee, wanted=ListFilter(limit=9), lang="id")
    return (answers or service.parts.answers).at_once(question, "test", service.parts.watch.look())


def test_a_list_is_made_at_once_where_it_waits_for_nothing(service):
    assert asked_at_once(service) is None  # its neighbours' lists are not made yet
    ask(service, BUDI)
    made = json.loads(asked_at_once(service).body)
    assert {**made, "list": None} == {**ask(service, query="?limit=8").json(), "list": None}
    assert asked_at_once(service, "404") is None
    service("PATCH", f"/employees/{CITRA}", json={"name": "Citra~Dua"})
    assert asked_at_once(service) is None  # somebody's rows have changed: the database has to be asked whose
    service.parts.log.close()
    assert made["list"] in {entry.decision for entry in list_decisions(service.parts.database)}


def test_no_list_is_made_at_once_while_the_log_is_full(service):
    ask(service, BUDI)
    parts, log = service.parts, DecisionLog(service.parts.database, gather=60, most_waiting=SOME_ROOM + 1)
    answers = Answers(parts.database, parts.snapshots, parts.watch, parts.policy, log)
    for employee in (ANI, BUDI, CITRA):
        answers.answer(Question(employee=employee, wanted=ListFilter(), lang="id"), "test")
    assert asked_at_once(service, DEDI, answers) is None
    log.close()
    assert asked_at_once(service, DEDI, answers) is not None


def test_entries_of_the_log_wait_for_others_but_for_nobody_at_the_end(service):
    parts, log = service.parts, DecisionLog(service.parts.database, gather=60)
    answers = Answers(parts.database, parts.snapshots, parts.watch, parts.policy, log)
    for employee in (ANI, BUDI):
        answers.answer(Question(employee=employee, wanted=ListFilter(), lang="id"), "test")
        time.sleep(0.1)
    assert list_decisions(parts.database) == []
    begun = time.monotonic()
    log.close()
    assert time.monotonic() - begun < 20
    assert len(list_decisions(parts.database)) == 2


def test_the_log_says_few_different_statements_however_many_entries_come_at_once(service):
    ask(service, BUDI)
    (made,), texts = list_entries(service), set()
    sa.event.listen(service.parts.database.engine, "before_cursor_execute", lambda *said: texts.add(said[2]))
    for n in range(1, 33):
        log = DecisionLog(service.parts.database, gather=60)
        for i in range(n):
            log.put(replace(made, decision=f"d-{n}-{i}", content=replace(made.content, subject=ANI)))
        log.close()
    assert len(list_entries(service)) == 1 + sum(range(1, 33))
    assert len({text for text in texts if " IN (" in text and "decisions" in text}) <= 6  # 1, 2, 4, 8, 16, 32


def list_entries(service):
    service.parts.log.close()
    return list_decisions(service.parts.database)


def test_filters_and_language_are_part_of_the_question(service):
    assert all(item["mode"] == "online" for item in ask(service, query="?mode=online").json()["items"])
    assert shown(ask(service, query="?max_cost=1500000").json()) != shown(ask(service).json())
    there = ask(service, headers={"Accept-Language": "en"}).json()
    assert there["items"][0]["reasons"][0]["text"] != ask(service).json()["items"][0]["reasons"][0]["text"]


def test_several_people_are_answered_each_for_itself(service):
    told = service("POST", "/recommendations", json={"employees": [BUDI, "404", ANI]}).json()["items"]
    assert [(item["employee"], item["status"]) for item in told] == [(BUDI, "ok"), ("404", "not-found"), (ANI, "ok")]
    assert told[2]["recommendations"] == ask(service).json()
    for body in ({}, {"employees": []}, {"employees": ["x"] * 1_001}, {"employees": [ANI], "person": {}}):
        assert service("POST", "/recommendations", json=body).status_code == 422


PERSON = {"employee": "anon", "position": "J", "unit": "U1", "employment_type": "PNS", "service_start": "2005-01-01",
          "birth_date": "1980-01-01",
          "assessments": [{"competency": "M.01", "level": 2, "assessed_on": "2026-06-01"}]}  # fmt: skip


def test_a_person_inline_gets_the_list_of_the_same_person_on_file_and_is_stored_nowhere(service):
    inline = service("POST", "/recommendations", json={"person": PERSON}).json()["items"][0]["recommendations"]
    assert shown(inline) == shown(ask(service).json())
    assert inline["employee"] == "anon"
    assert len(service.get("/employees").json()["items"]) == 4
    service.parts.log.close()
    assert [entry.content.subject for entry in list_decisions(service.parts.database)] != ["anon"]


def test_a_code_that_is_not_on_file_is_named_with_its_place(service):
    wrong = {**PERSON, "assessments": [{"competency": "M.99", "level": 2}]}
    told = problem(service("POST", "/recommendations", json={"person": wrong}))
    assert told["errors"][0]["pointer"] == "/person/assessments/0/competency"
    assert told["errors"][0]["message"] == "kompetensi 'M.99' tidak dikenal"
    told = problem(service("POST", "/recommendations", json={"person": {**PERSON, "position": "J9"}}))
    assert told["errors"][0]["message"] == "jabatan 'J9' tidak dikenal"
    assert problem(service.get("/assessments/x"))["detail"] == "penilaian kompetensi 'x' tidak dikenal"


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("assessments", [{"competency": "M.01", "level": 99}], "/assessments/0/level", "level-unreadable"),
        ("assessments", [{"competency": "M.02", "level": 2}, {"competency": "M.01", "level": -5}],
         "/assessments/1/level", "level-unreadable"),
        ("assessments", [{"competency": "M.01", "level": 2}, {"competency": "M.01", "level": 4}],
         "/assessments/0/competency", "row-conflict"),
        ("assessments", [{"competency": "M.01", "level": 2, "assessed_on": "0001-01-01"}],
         "/assessments/0/assessed_on", "date-unreadable"),
        ("performance", [{"scale": "skp-predikat", "rating": 9, "period_end": "2026-12-31"}],
         "/performance/0/rating", "level-unreadable"),
        ("history", [{"training": "P1", "end_date": "2026-01-01", "hours": -5}], "/history/0/hours",
         "number-unreadable"),
        ("history", [{"training": "P1", "end_date": "2026-01-01", "post_score": 500}], "/history/0/post_score",
         "number-unreadable"),
        ("history", [{"training": "P1", "end_date": "2026-01-01", "start_date": "2026-05-01"}], "/history/0/end_date",
         "date-contradicts"),
        ("absences", [{"start_date": "2027-05-01", "end_date": "2027-01-01"}], "/absences/0/end_date",
         "date-contradicts"),
        ("interests", [{"training": "P1"}, {"training": "P1", "kind": "not-interested"}], "/interests/0/training",
         "row-conflict"),
        ("birth_date", "1800-01-01", "/birth_date", "date-unreadable"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/rankings", "/recommendations"])
def test_what_no_file_may_say_of_somebody_is_refused_inline_too(service, path, field, value, pointer, code):
    body = {"person": {**PERSON, field: value}} | ({"trainings": ["P1"]} if path == "/rankings" else {})
    told = problem(service("POST", path, json=body))
    assert (f"/person{pointer}", code) in {(fault["pointer"], fault["code"]) for fault in told["errors"]}
    assert all(fault["message"] and fault["pointer"].startswith("/person/") for fault in told["errors"])


def test_what_is_said_twice_of_somebody_inline_counts_once(service):
    level = PERSON["assessments"][0]
    twice = service("POST", "/recommendations", json={"person": {**PERSON, "assessments": [level, level]}})
    once = service("POST", "/recommendations", json={"person": PERSON})
    assert [shown(one.json()["items"][0]["recommendations"]) for one in (twice, once)] == [
        shown(ask(service).json())
    ] * 2


def test_callers_candidates_come_back_ranked_and_the_others_with_a_code(service):
    body = {"employee": ANI, "trainings": ["P3", "P2", "P1"], "explain": True}
    made = service("POST", "/rankings", json=body).json()
    served = [item["training"] for item in ask(service).json()["items"]]
    ranked = [item["training"] for item in made["items"] if item["rank"]]
    assert ranked == [training for training in served if training in {"P1", "P2", "P3"}]
    assert {item["training"] for item in made["items"]} == {"P1", "P2", "P3"}
    assert all(item["code"] for item in made["items"] if item["rank"] is None)
    assert made["items"][0]["reasons"][0]["text"]
    assert service("POST", "/rankings", json={**body, "trainings": ["P9"]}).status_code == 404
    assert service("POST", "/rankings", json={"person": PERSON, "trainings": ["P1"]}).json()["employee"] == "anon"


@pytest.mark.parametrize(("position", "code"), [(None, "no-position"), ("J0", "no-standard"), ("J", "closes-nothing")])
def test_a_ranking_tells_whether_the_position_its_standard_or_the_training_lacks(service, position, code):
    assert service("PUT", "/positions/J0", json={"position": "J0", "name": "Baru"}).status_code in {200, 201}
    able = [{"competency": name, "level": 5, "assessed_on": "2026-06-01"} for name in ("M.01", "M.02")]
    person = {"employee": "anon", "position": position, "assessments": able}
    made = service("POST", "/rankings", json={"person": person, "trainings": ["P1", "P3"]}).json()
    assert {item["code"] for item in made["items"]} == {code}


def test_a_last_day_before_the_first_is_refused_rather_than_answered_with_nothing(service):
    asked = service.get(f"/employees/{ANI}/recommendations?from=2027-06-01&until=2027-05-31")
    assert [(one["pointer"], one["message"]) for one in problem(asked)["errors"]] == [
        ("until", "until: 2027-05-31 tidak diterima; yang diterima: 2027-06-01, hari pertama, atau sesudahnya")
    ]
    several = service("POST", "/recommendations", json={"employees": [ANI], "start": "2027-06-01", "end": "2027-05-31"})
    assert [one["pointer"] for one in problem(several)["errors"]] == ["/end"]
    same = service.get(f"/employees/{ANI}/recommendations?from=2027-06-01&until=2027-06-01")
    assert same.status_code == 200


def test_feedback_joins_to_the_list_and_interest_is_seen_in_the_next(service_on_both):
    service = service_on_both
    served = ask(service).json()
    said = {"list": served["list"], "employee": ANI, "training": served["items"][0]["training"], "kind": "interested"}
    first = service("POST", "/feedback", json=said, headers={"Idempotency-Key": "k1"})
    again = service("POST", "/feedback", json=said, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, first.json()) == (201, again.json())
    with service.parts.database.engine.connect() as connection:
        assert len(connection.execute(FEEDBACK.select()).all()) == 1
    assert [row["kind"] for row in service.get("/interests").json()["items"]] == ["interested"]
    other = service("POST", "/feedback", json={**said, "kind": "completed"}, headers={"Idempotency-Key": "k1"})
    assert problem(other)["type"] == "/problems/key-reused"
    for wrong, pointer in (({"training": "P9"}, "/training"), ({"list": "d-00000000"}, "/list"),
                           ({"employee": BUDI}, "/list")):  # fmt: skip
        told = problem(service("POST", "/feedback", json={**said, **wrong}))
        assert [fault["pointer"] for fault in told["errors"]] == [pointer]


@pytest.mark.parametrize("explain", [True, False])
def test_feedback_joins_to_a_ranking_and_the_ranking_can_be_made_again(service_on_both, explain):
    service = service_on_both
    body = {"employee": ANI, "trainings": ["P3", "P2", "P1"], "explain": explain}
    made = service("POST", "/rankings", json=body, headers={"Accept-Language": "en"}).json()
    said = {"list": made["list"], "employee": ANI, "training": "P1", "kind": "interested"}
    assert service("POST", "/feedback", json=said).status_code == 201
    assert problem(service("POST", "/feedback", json={**said, "employee": BUDI}))["errors"][0]["pointer"] == "/list"
    logged = list_decisions(service.parts.database, decision=made["list"])[0]
    assert (logged.content.kind, logged.content.request["trainings"]) == ("ranking", ["P3", "P2", "P1"])
    assert logged.content.subject.startswith("e-")
    assert replay(service.parts.database, made["list"]).same
    assert service("PATCH", "/trainings/P1", json={"hours": 100}).status_code == 200
    assert replay(service.parts.database, made["list"]).same  # from the rows of then
    assert service("DELETE", f"/employees/{ANI}").status_code in {200, 204}
    again = problem(service("POST", "/feedback", json=said))
    assert again["status"] == 404


def test_a_list_does_not_wait_for_a_writer_that_holds_the_database(service):
    held, done = threading.Event(), threading.Event()

    def hold():
        with service.parts.database.writing("long import"):
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(5)
    begun = time.monotonic()
    served = ask(service)
    took = time.monotonic() - begun
    done.set()
    thread.join()
    assert served.status_code == 200
    assert took < 10
    service.parts.log.close()
    assert list_decisions(service.parts.database)[0].decision == served.json()["list"]


def test_without_anybody_on_file_the_catalogue_still_ranks_people_inline(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", frames={}) as service:
        assert ask(service).status_code == 404
        told = problem(service("POST", "/recommendations", json={"person": {"position": "J"}}))
        assert told["errors"][0]["pointer"] == "/person/position"
        empty = service("POST", "/recommendations", json={"person": {}}).json()["items"][0]
        assert (empty["status"], empty["recommendations"]["items"]) == ("ok", [])


def test_snapshots_are_made_in_one_thread_whoever_asks(service):
    asked_in, day = [], [ON]

    def today():
        asked_in.append(threading.get_ident())
        return day[0]

    snapshots, callers = Snapshots(service.parts.database, service.parts.policy, today), set()
    for n in range(3):
        day[0] = ON + timedelta(days=n)
        asker = threading.Thread(target=lambda: snapshots.current(service.parts.watch.look()))
        asker.start()
        callers.add(asker.ident)
        asker.join()
    snapshots.close()
    assert len(set(asked_in) - callers) == 1
