"""Sources as others give them out: O*NET's and ESCO's own files, answers of a service in a list, reports of Moodle."""

import json

import pytest

MELUR, SATRIA, EMBUN = "199003152014021987", "198507072010012976", "199212252019032931"
ELEMENTS = "Element ID\tElement Name\tDescription\n1.A.1.a.1\tOral Comprehension\tx\n1.A.1.a.2\tWriting\ty\n"
OCCUPATIONS = "\ufeffDescription\tTitle\tO*NET-SOC Code\nz\tChief Executives\t11-1011.00\n"
VALUES = (
    "O*NET-SOC Code\tTitle\tElement ID\tElement Name\tScale ID\tScale Name\tData Value\tN\t"
    "Recommend Suppress\tNot Relevant\n"
    "11-1011.00\tC\t1.A.1.a.1\tOral\tIM\tImportance\t4.62\t8\tN\tn/a\n"
    "11-1011.00\tC\t1.A.1.a.1\tOral\tLV\tLevel\t4.88\t8\tN\tN\n"
    "11-1011.00\tC\t1.A.1.a.2\tWriting\tLV\tLevel\t4\t8\tY\tN\n"
    "11-1011.00\tC\t1.A.1.a.2\tWriting\tCX\tContext\t3\t8\tN\tN\n"
)


def test_onet_is_read_from_its_own_files(office):
    files = office.bring(VALUES, OCCUPATIONS, ELEMENTS).report.files
    assert {file.profile for file in files} == {"onet"}
    assert [(file.read, file.stored, file.refused, file.left_out) for file in files] == [
        (4, 1, 0, 3), (1, 1, 0, 0), (2, 2, 0, 0),
    ]  # fmt: skip
    (row,) = office.read("requirements").to_dict("records")
    assert (row["position"], row["competency"], row["level"], row["weight"]) == ("11-1011.00", "1.A.1.a.1", 4.88, 4.62)


ESCO = {
    "own": "conceptType,conceptUri,skillType,preferredLabel,altLabels,description\n"
           'KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/0005c151,skill,manage staff,"a\nb",Direct.\n',
    "other-order": "text,extra,label,uuid\nDirect.,1,manage staff,0005c151\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ESCO)
def test_esco_is_read_as_it_is_given_out(office, name):
    (file,) = office.bring(ESCO[name]).report.files
    assert (file.profile, file.stored) == ("esco", 1)
    row = office.read("competencies").set_index("competency").loc["0005c151"]
    assert (row["name"], row["framework"], row["definition"]) == ("manage staff", "ESCO", "Direct.")


def test_answers_of_a_service_in_a_list_are_one_list_of_records(office):
    def answer(number):
        return {"code": 1, "data": {"nipBaru": number, "nama": "X", "unorId": "u1", "unorNama": "Dinas"}}

    office.bring(json.dumps([answer(SATRIA), answer(EMBUN)]), names=["a.json"])
    assert {SATRIA, EMBUN} <= set(office.read("employees")["employee"])


def test_an_answer_without_records_among_others_is_named(office, found):
    imported = office.bring(
        json.dumps([{"code": 1, "data": {"nipBaru": SATRIA}}, {"code": 0, "data": None}]), names=["a.json"]
    )
    assert found(imported) == [("file-kind", None)]
    assert "answer 2" in imported.report.files[0].problems[0].message


def test_who_has_not_completed_a_course_is_left_out_in_words_too(office):
    (file,) = office.bring(
        f"ID number,Course,Completion date\n{MELUR},Arsip,Not completed\n{MELUR},Arsip,2026-03-02\n"
    ).report.files
    assert (file.profile, file.stored, file.left_out) == ("moodle", 1, 1)
