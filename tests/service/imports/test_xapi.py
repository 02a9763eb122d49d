import json

import pytest

PEOPLE = "nip,nama\n199003152014021987,Melur\n"
TRAININGS = "kode_pelatihan,nama,jp\nP01,Dasar Audit,24\n"
ADL, CMI5 = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/"


def statement(verb, day="2026-03-02", *, about="https://lms.example/courses/P01", person="199003152014021987", **more):
    context = {"registration": more.pop("registration")} if "registration" in more else {}
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": person}},
        "verb": {"id": verb}, "timestamp": f"{day}T23:30:00+07:00", "context": context,
        "object": {"id": about, "definition": {"name": {"en-US": "Audit basics", "id": "Dasar Audit"}}}, **more,
    }  # fmt: skip


@pytest.fixture
def bring(desk):
    desk.bring(PEOPLE, TRAININGS)

    def of(document):
        imported = desk.bring(json.dumps(document), names=["statements.json"])
        (report,) = imported.report.files
        assert (report.profile, report.table) == ("xapi", "history")
        return report, desk.read("history")

    return of


@pytest.mark.parametrize("shape", ["list", "envelope", "single"])
def test_a_completion_is_a_row_of_its_person_training_and_day(bring, shape):
    one = statement(ADL + "completed", result={"score": {"scaled": 0.85}})
    _, history = bring({"list": [one], "envelope": {"statements": [one], "more": ""}, "single": one}[shape])
    (row,) = history.to_dict("records")
    assert (row["employee"], row["training"], row["training_name"]) == ("199003152014021987", "P01", "Dasar Audit")
    assert (str(row["end_date"].date()), row["status"], row["post_score"]) == ("2026-03-02", "completed", 85)


@pytest.mark.parametrize(("verb", "result", "status"), [
    (ADL + "passed", {}, "completed"), (CMI5 + "satisfied", {}, "completed"), (ADL + "failed", {}, "failed"),
    (ADL + "completed", {"success": False}, "failed"), (CMI5 + "abandoned", {}, "withdrawn"),
    (ADL + "terminated", {"completion": True}, "completed"), (ADL + "completed", {"completion": False}, None),
    (ADL + "initialized", {}, None), (CMI5 + "waived", {}, None),
])  # fmt: skip
def test_each_verb_and_result_says_one_outcome_or_none(bring, verb, result, status):
    report, history = bring([statement(verb, result=result)])
    assert history["status"].tolist() == ([] if status is None else [status])
    assert report.left_out == (status is None)


def test_the_statements_of_one_attempt_are_one_row_with_the_best_outcome_and_the_last_score(bring):
    report, history = bring([
        statement(ADL + "failed", "2026-03-01", registration="r1", result={"score": {"raw": 4, "max": 10}}),
        statement(ADL + "passed", "2026-03-02", registration="r1", result={"score": {"scaled": 0.9}}),
        statement(ADL + "completed", "2026-03-02", registration="r1"),
        statement(ADL + "completed", "2026-07-01", registration="r2"),
    ])  # fmt: skip
    assert (report.read, report.stored, report.left_out) == (4, 2, 2)
    assert [p.line for p in report.problems if p.code == "row-repeated"] == [2, 4]
    assert history["status"].tolist() == ["completed", "completed"]
    assert history["post_score"].iloc[0] == 90


def test_a_voided_statement_and_the_one_that_voids_it_are_left_out(bring):
    void = statement(ADL + "voided", about="s1")
    report, history = bring([statement(ADL + "completed", id="s1"), void])
    assert (report.left_out, len(history)) == (2, 0)


def test_a_person_without_a_number_is_refused_and_never_matched_by_name_or_address(bring):
    by_mail = statement(ADL + "completed") | {"actor": {"name": "Melur", "mbox": "mailto:melur@example.org"}}
    report, history = bring([by_mail, statement(ADL + "completed", person="Melur")])
    assert [(p.line, p.code) for p in report.problems if p.severity == "error"] == [
        (2, "required-missing"), (3, "person-by-name"),
    ]  # fmt: skip
    assert history.empty


@pytest.mark.parametrize("broken", [
    {"actor": "x", "verb": 3, "object": None}, {"actor": {"account": []}, "verb": {"id": ADL + "passed"}, "object": []},
    {"actor": {"account": {"name": {"no": "name"}}}, "verb": {"id": ADL + "passed"}, "object": {"id": ["x"]}},
    {"actor": {}, "verb": {"id": [1]}, "object": {"definition": {"name": "x"}}, "result": {"score": [1]}},
])  # fmt: skip
def test_a_misshapen_statement_is_refused_or_left_out_never_stored(bring, broken):
    report, history = bring([broken])
    assert (report.read, report.stored, len(history)) == (1, 0, 0)


def test_two_attempts_of_one_day_are_one_row_with_the_better_outcome(bring):
    verbs = (("failed", "r1", 0.4), ("passed", "r2", 0.9))
    report, history = bring([statement(ADL + verb, registration=one, result={"score": {"scaled": score}})
                             for verb, one, score in verbs])  # fmt: skip
    assert (report.stored, report.left_out, report.refused) == (1, 1, 0)
    assert history[["status", "post_score"]].to_numpy().tolist() == [["completed", 90]]


@pytest.mark.parametrize("moment", ["20260302T233000Z", "kemarin pukul 10"])
def test_what_is_no_moment_is_shown_whole(bring, moment):
    report, _ = bring([statement(ADL + "completed") | {"timestamp": moment}])
    assert [(p.code, p.value) for p in report.problems if p.severity == "error"] == [("date-unreadable", moment)]


def test_several_people_without_an_account_are_each_refused(bring):
    people = [statement(ADL + "completed") | {"actor": {"mbox": f"mailto:{name}@example.org"}} for name in "ab"]
    report, history = bring(people)
    assert (report.refused, report.left_out, len(history)) == (2, 0, 0)
