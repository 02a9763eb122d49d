"""Records: one and in batch, with versions, pages and the same checks as files."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.ledger.approval import approve_plan, withdraw_plan
from service.records import from_cursor, public_id, row_key_of, to_cursor
from service.storage.engine import transaction
from service.storage.schema import REQUEST_KEYS
from tests.service.api.conftest import ANI, BUDI, PEOPLE, problem
from tests.service.ledger.plans import keep
from training_catalog.errors import InvalidValueError
from training_catalog.tables import TABLES

KEYS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30
)  # no key has NUL


@given(KEYS)
def test_an_id_is_one_path_segment_and_gives_its_key_back(key):
    identifier = public_id(key)
    assert "/" not in identifier
    assert identifier.strip(".")
    assert row_key_of(identifier) == key
    assert from_cursor("units", to_cursor("units", key)) == key


@given(KEYS, st.integers(0, 30))
def test_a_cursor_with_a_nul_character_is_none_of_ours(key, place):
    with pytest.raises(InvalidValueError, match="cursor"):
        from_cursor("units", to_cursor("units", f"{key[:place]}\0{key[place:]}"))


def test_a_cursor_of_another_list_is_refused_rather_than_passing_rows_over(service):
    following = service.get("/units?limit=1").json()["next"]
    assert [one["id"] for one in service.get(f"/units?limit=1&cursor={following}").json()["items"]] == ["U2"]
    for other in ("/employees", "/trainings", "/assessments"):
        told = problem(service.get(f"{other}?cursor={following}"))
        assert (told["status"], told["errors"][0]["pointer"]) == (422, "cursor")


def test_a_record_is_stored_read_changed_and_deleted_with_its_version(service):
    unit = {"unit": "U/9 x", "name": "Seksi", "parent": "U1"}
    made = service("PUT", "/units/U~19 x", json=unit)
    assert (made.status_code, made.json()["name"], made.json()["id"]) == (201, "Seksi", "U~19 x")
    seen = service.get("/units/U~19 x")
    etag = seen.headers["etag"]
    assert etag == made.headers["etag"] == seen.json()["etag"]
    assert service.get("/units/U~19 x", headers={"If-None-Match": etag}).status_code == 304
    again = service("PUT", "/units/U~19 x", json=unit)
    assert (again.status_code, again.headers["etag"]) == (200, etag)
    changed = service("PATCH", "/units/U~19 x", json={"city": "Pontianak"}, headers={"If-Match": etag})
    assert (changed.json()["city"], changed.json()["name"]) == ("Pontianak", "Seksi")
    late = service("PATCH", "/units/U~19 x", json={"city": "Sintang"}, headers={"If-Match": etag})
    assert (late.status_code, problem(late)["type"]) == (412, "/problems/changed-since")
    assert service("PUT", "/units/U~19 x", json=unit, headers={"If-None-Match": "*"}).status_code == 412
    emptied = service("PATCH", "/units/U~19 x", json={"city": None})
    assert emptied.json()["city"] is None
    gone = service("DELETE", "/units/U~19 x", headers={"If-Match": emptied.headers["etag"]})
    assert (gone.status_code, service.get("/units/U~19 x").status_code) == (204, 404)


def test_what_others_refer_to_is_not_deleted(service):
    told = problem(service("DELETE", "/units/U1"))
    assert (told["status"], told["type"]) == (409, "/problems/in-use")
    assert "employees" in told["detail"]
    assert (
        service("DELETE", f"/employees/{ANI}", key=service.key("people:write")).status_code == 403
    )  # erased, by admin


def test_a_class_names_its_budget_line_and_a_line_the_one_above_it(service_on_both):
    service, line = service_on_both, {"line": "L9", "year": 2027, "amount": 5, "parent": "L1"}
    assert service("PUT", "/budgets/L9~22027", json=line).status_code == 201
    assert service("PATCH", "/offerings/P1-1", json={"budget_line": "L9"}).status_code == 200
    told = problem(service("PATCH", "/offerings/P1-1", json={"budget_line": "L8"}))
    assert [(one["pointer"], one["code"]) for one in told["errors"]] == [("/budget_line", "reference-unknown")]
    assert problem(service("DELETE", "/budgets/L9~22027"))["type"] == "/problems/in-use"
    assert problem(service("DELETE", "/budgets/L1~22027"))["type"] == "/problems/in-use"
    assert service("PUT", "/budgets/L9~22028", json={**line, "year": 2028}).status_code == 201
    assert service("DELETE", "/budgets/L9~22027").status_code == 204  # the class still finds its line in a year
    both = [{"line": name, "year": 2029, "amount": 5, "parent": above} for name, above in (("LA", "LB"), ("LB", None))]
    assert service("POST", "/budgets", json={"items": both}).json()["stored"] == 2


def test_what_an_approved_plan_holds_money_of_is_not_deleted(service_on_both):
    service = service_on_both
    database = service.parts.database
    for year in (2027, 2028):
        line = {"line": "L9", "year": year, "amount": 5_000, "parent": "L1" if year == 2027 else None}
        assert service("PUT", f"/budgets/L9~2{year}", json=line).status_code == 201
    plan = keep(database, f"{ANI} P1-1 1000 L9")
    approve_plan(database, plan, "test")
    for held in ("/budgets/L9~22027", "/offerings/P1-1"):
        told = problem(service("DELETE", held))
        assert told["type"] == "/problems/in-use"
        assert "rencana yang disetujui" in told["detail"]
    assert service("DELETE", "/budgets/L9~22028").status_code == 204
    assert service("DELETE", "/offerings/P2-1").status_code == 204
    withdraw_plan(database, plan, "test")
    assert service("DELETE", "/budgets/L9~22027").status_code == 204
    assert service("DELETE", "/offerings/P1-1").status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        ("/units/Z", {"unit": "Z", "name": "Z", "parent": "nowhere"}, "/parent", "reference-unknown"),
        ("/units/Z", {"unit": "Y", "name": "Z"}, "/unit", "key-differs"),
        ("/units/U1", {"unit": "U1", "name": "Satu", "parent": "U2"}, "/parent", "parent-circle"),
        ("/rating_scales/S", {"scale": "S", "name": "S", "minimum": 5, "maximum": 1, "direction": "higher"},
         "/maximum", "scale-empty"),
        ("/employees/198013012005011001", {"employee": "198013012005011001", "name": "X"}, "/employee", "id-structure"),
        ("/offerings/K9", {"offering": "K9", "training": "P1", "start_date": "2027-03-02", "end_date": "2027-03-01"},
         "/end_date", "date-contradicts"),
        ("/units/Z", {"unit": "Z", "name": "a\u0000b"}, "/name", "value-refused"),
        ("/units/Z", {"unit": 12, "name": "Z"}, "/unit", "value-refused"),
        ("/units/Z", {"unit": "Z", "name": "Z", "nama": "Z"}, "/nama", "value-refused"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(service, path, body, pointer, code):
    told = problem(service("PUT", path, json=body))
    assert told["status"] == 422
    assert code in {fault["code"] for fault in told["errors"]}
    assert pointer in {fault["pointer"] for fault in told["errors"]}
    assert all(fault["message"] for fault in told["errors"])


@pytest.mark.parametrize(
    ("table", "item", "column", "code"),
    [
        ("trainings", {"training": "P9", "name": "Etika", "hours": -1}, "hours", "number-unreadable"),
        ("trainings", {"training": "P9", "name": "Etika", "retake_after_years": -3}, "retake_after_years",
         "number-unreadable"),
        ("trainings", {"training": "P9", "name": " \u200b "}, "name", "required-missing"),
        ("trainings", {"training": "P1 ", "name": "Etika"}, "training", "id-structure"),
        ("trainings", {"training": "P\u200b1", "name": "Etika"}, "training", "id-structure"),
        ("trainings", {"training": "   ", "name": "Etika"}, "training", "required-missing"),
        ("budgets", {"line": "L9", "year": 2027, "amount": -5}, "amount", "money-unclear"),
        ("budgets", {"line": "L9", "year": 2027, "amount": 5, "spent": -5}, "spent", "money-unclear"),
        ("offerings", {"offering": "K9", "training": "P1", "seats_max": -1, "start_date": "2027-03-01",
                       "end_date": "2027-03-02"}, "seats_max", "number-unreadable"),
        ("history", {"employee": ANI, "training_name": "Etika", "end_date": "2026-03-01", "hours": -40}, "hours",
         "number-unreadable"),
        ("employees", {"employee": f"{ANI[:8]} {ANI[8:14]} {ANI[14:]}", "name": "Ani"}, "employee", "id-structure"),
        ("employees", {"employee": f"'{ANI}", "name": "Ani"}, "employee", "id-structure"),
    ],
)  # fmt: skip
def test_what_a_file_would_not_hold_is_refused_here_too(service, table, item, column, code):
    before = service.get(f"/{table}").json()
    told = service("POST", f"/{table}", json={"items": [item]}).json()["items"][0]
    assert [(one["pointer"], one["code"]) for one in told["errors"]] == [(f"/items/0/{column}", code)]
    assert service.get(f"/{table}").json() == before


def test_texts_are_stored_as_a_file_would_have_them(service):
    made = service("PUT", "/trainings/P9", json={"training": "P9", "name": " Etika\u00a0 \u200bkerja ", "topic": " "})
    assert (made.json()["name"], made.json()["topic"]) == ("Etika kerja", None)
    assert service("PATCH", "/trainings/P9", json={"name": "Etika  kerja"}).headers["ETag"] == made.headers["ETag"]


def test_a_key_of_texts_is_stored_as_a_file_has_it_and_an_address_names_no_other(service):
    row = {"employee": ANI, "training_name": " Etika  kerja", "end_date": "2026-03-01"}
    made = service("POST", "/history", json={"items": [row]}).json()["items"][0]
    assert (made["status"], made["id"]) == ("stored", f"{ANI}~2Etika kerja~22026-03-01")
    place = f"/history/{ANI}~2 Lain  lagi~22026-03-01"
    told = problem(service("PUT", place, json={**row, "training_name": " Lain  lagi"}))
    assert [(one["pointer"], one["code"]) for one in told["errors"]] == [("/training_name", "id-structure")]
    assert "Lain lagi" in told["errors"][0]["message"]
    assert [one["id"] for one in service.get("/history").json()["items"]] == [made["id"]]


def test_trainings_are_no_editions_of_each_other_in_a_circle(service):
    assert service("PATCH", "/trainings/P1", json={"series": "P1"}).status_code == 200
    assert service("PATCH", "/trainings/P1", json={"series": "P2"}).status_code == 200
    told = problem(service("PATCH", "/trainings/P2", json={"series": "P1"}))
    assert [(fault["pointer"], fault["code"]) for fault in told["errors"]] == [("/series", "parent-circle")]


def test_a_level_off_its_scale_is_refused_as_in_a_file(service):
    level = {"employee": ANI, "competency": "M.02", "level": 9, "assessed_on": "2026-01-01", "method": "test"}
    told = service("POST", "/assessments", json={"items": [level, {**level, "level": 3}]}).json()
    assert [item["status"] for item in told["items"]] == ["refused", "refused"]  # the same key twice: which is meant?
    told = service("POST", "/assessments", json={"items": [level]}).json()
    assert (told["refused"], told["items"][0]["errors"][0]["pointer"]) == (1, "/items/0/level")


def test_a_batch_reports_each_item_and_the_same_again_changes_nothing(service):
    items = [{"training": f"N{i}", "name": f"Kelas {i}"} for i in range(3)]
    first = service("POST", "/trainings", json={"items": items}).json()
    assert (first["stored"], first["unchanged"], first["refused"]) == (3, 0, 0)
    again = service("POST", "/trainings", json={"items": items}).json()
    assert (again["stored"], again["unchanged"]) == (0, 3)
    assert [item["etag"] for item in again["items"]] == [item["etag"] for item in first["items"]]


def stored_once(service, name, key="muat-1", **more):
    items = [{"training": "N1", "name": name}, {"training": "N2", "name": 2}]
    return service("POST", "/trainings", json={"items": items}, headers={"Idempotency-Key": key}, **more)


def test_a_batch_with_a_key_is_stored_once_and_answered_alike(service_on_both):
    service = service_on_both
    first = stored_once(service, "Satu")
    assert (first.status_code, first.json()["stored"], first.json()["refused"]) == (200, 1, 1)
    service("PUT", "/trainings/N1", json={"training": "N1", "name": "Lain"})  # somebody else, meanwhile
    again = stored_once(service, "Satu")
    assert again.json() == first.json()
    assert service.get("/trainings/N1").json()["name"] == "Lain"
    told = problem(stored_once(service, "Dua"))
    assert (told["status"], told["type"]) == (422, "/problems/key-reused")
    assert problem(service("POST", "/units", json={"items": [{"unit": "U9", "name": "x"}]},
                           headers={"Idempotency-Key": "muat-1"}))["type"] == "/problems/key-reused"  # fmt: skip
    assert service.get("/units/U9").status_code == 404
    assert stored_once(service, "Dua", key="muat-2").json()["stored"] == 1


def test_a_batch_that_comes_many_times_at_once_is_stored_once(service_on_both):
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: stored_once(service_on_both, "Satu"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["stored"] == 1


def test_a_batch_that_comes_again_brings_nobody_back_who_was_erased(service):
    new = "198001012005012009"
    body = {"items": [{"employee": new, "name": "Eka", "unit": "U1"}]}
    headers = {"Idempotency-Key": "pegawai"}
    assert service("POST", "/employees", json=body, headers=headers).json()["stored"] == 1
    assert service("DELETE", f"/employees/{new}").status_code == 200
    told = problem(service("POST", "/employees", json=body, headers=headers))
    assert (told["status"], told["type"]) == (409, "/problems/conflict")
    assert service.get(f"/employees/{new}").status_code == 404
    with transaction(service.parts.database.engine) as connection:
        assert new not in str(connection.execute(sa.select(REQUEST_KEYS)).all())


ODD = [  # an item that is no such record, where its fault is, and what is said of it
    (5, "", "found: a whole number; accepted: an object"), (None, "", "found: null; accepted: an object"),
    ("N9", "", "found: a text in quotes; accepted: an object"), ([], "", "found: a list; accepted: an object"),
    ({"training": 9, "name": "x"}, "/training", "found: a whole number; accepted: a text in quotes"),
    ({"training": "N9", "name": "x", "hours": "20"}, "/hours", "found: a text in quotes; accepted: a number, null"),
    ({"training": "N9"}, "/name", "A value is needed here."), ({}, "/training", "A value is needed here."),
    ({"training": "N9", "name": "x", "colour": 1}, "/colour", "there is no such field"),
    ({"training": "N9", "name": "a\u0000b"}, "/name", "accepted: a text of the form"),
    ({"training": "N9", "name": "x", "mode": "zoom"}, "/mode", "accepted: blended, face-to-face, online"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "pointer", "words"), ODD)
def test_an_item_that_is_no_record_is_refused_alone_and_the_others_are_stored(service, item, pointer, words):
    items = [{"training": "N1", "name": "Satu"}, item, {"training": "N2", "name": "Dua"}]
    answer = service("POST", "/trainings", json={"items": items}, headers={"Accept-Language": "en"})
    told = answer.json()
    assert (answer.status_code, told["stored"], told["refused"], told["unchanged"]) == (200, 2, 1, 0)
    assert [(one["index"], one["status"]) for one in told["items"]] == [(0, "stored"), (1, "refused"), (2, "stored")]
    (fault,) = told["items"][1]["errors"]
    assert (fault["pointer"], fault["code"]) == (f"/items/1{pointer}", "value-refused")
    assert fault["message"].startswith(words)
    assert service.get("/trainings/N2").json()["name"] == "Dua"
    assert service.get("/trainings/N9").status_code == 404


def test_items_of_every_kind_of_fault_keep_their_places(service_on_both):
    service = service_on_both
    good = [{"training": f"N{n}", "name": "x"} for n in range(2)]
    items = [{"training": "N7", "name": 1}, good[0], {"training": "N8", "name": "x", "series": "none"}, good[1], 3]
    told = service("POST", "/trainings", json={"items": items}).json()
    assert [one["status"] for one in told["items"]] == ["refused", "stored", "refused", "stored", "refused"]
    assert [one["errors"][0]["pointer"] for one in told["items"] if one["errors"]] == [
        "/items/0/name", "/items/2/series", "/items/4"]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [(b'{"items": [{"training": "N1", "name": "x"}, {]}', 400, None), (b'{"items": {"training": "N1"}}', 422, "/items"),
     (b'{"items": [{"training": "N1", "name": "\xff"}, {"training": "N2", "name": "x"}]}', 400, None),
     (b'{"items": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}", 400, None), (b'{"items": []}', 422, "/items"),
     (b'{"items": [' + b"1," * 1_000 + b"1]}", 422, "/items"), (b'[{"training": "N1", "name": "x"}]', 422, ""),
     (b'{"items": [{"training": "N1", "name": "x"}], "more": 1}', 422, "/more"), (b"{}", 422, "/items")],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused_as_a_whole(service, body, status, pointer):
    found = problem(service("POST", "/trainings", content=body, headers={"Content-Type": "application/json"}))
    assert found["status"] == status
    assert [one["pointer"] for one in found["errors"]] == ([] if pointer is None else [pointer])
    assert service.get("/trainings/N1").status_code == 404


def test_versions_are_read_from_headers_as_the_standard_has_them(service):
    etag = service.get("/units/U1").headers["etag"]
    for known in (f'"x",{etag}', f"W/{etag}", "*"):
        assert service.get("/units/U1", headers={"If-None-Match": known}).status_code == 304
    body = {"unit": "U1", "name": "Dinas Satu"}
    for known, status in ((f'"x",{etag}', 200), (f'"x", {etag}', 200), ("*", 200), (f"W/{etag}", 412), ("c1", 412)):
        assert service("PUT", "/units/U1", json=body, headers={"If-Match": known}).status_code == status, known
    assert service("PUT", "/units/U1", json=body, headers={"If-None-Match": etag}).status_code == 412
    assert service("PUT", "/units/U1", json=body, headers={"If-None-Match": '"x"'}).status_code == 200


def test_pages_show_each_row_once_while_rows_come_and_go(service):
    names = [f"N{i:03}" for i in range(40)]
    service("POST", "/trainings", json={"items": [{"training": name, "name": name} for name in names]})
    seen, cursor = [], ""
    while cursor is not None:
        page = service.get(f"/trainings?limit=7{f'&cursor={cursor}' if cursor else ''}").json()
        seen += [item["id"] for item in page["items"]]
        if page["items"] and page["next"]:
            service("PUT", f"/trainings/A{len(seen):03}", json={"training": f"A{len(seen):03}", "name": "before"})
            service("DELETE", f"/trainings/{seen[-1]}")
        cursor = page["next"]
    assert seen == sorted({*names, "P1", "P2", "P3"})
    assert service.get("/trainings?cursor=!!").status_code == 422
    assert problem(service.get("/trainings?cursor=_w"))["status"] == 422


def test_numbers_of_people_are_strings_everywhere(service):
    text = service.get(f"/employees/{ANI}/recommendations").text + service.get("/employees").text
    for nip in PEOPLE["employee"]:
        assert f'"{nip}"' in text or nip not in text
        assert f":{nip}" not in text
    told = problem(service("POST", "/recommendations", json={"employees": [int(BUDI)]}))
    assert "teks dalam tanda kutip" in told["errors"][0]["message"]


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_every_table_is_listed_and_its_rows_stored_again_as_they_were_read(service, table):
    page = service.get(f"/{table}?limit=3").json()
    for item in page["items"]:
        body = {key: value for key, value in item.items() if key not in {"id", "etag"}}
        first, again = (service("PUT", f"/{table}/{item['id']}", json=body) for _ in range(2))
        assert first.status_code == 200, (first.text, body)
        assert again.json() == first.json()
        assert {key: value for key, value in first.json().items() if body.get(key) is not None} == {
            key: value for key, value in body.items() if value is not None
        }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_as_a_body_are_refused_in_words(service, body, kind):
    answer = service("PUT", "/units/U1", content=body, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500
    problem(answer)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"\xff\xfe", 400), (b"[" * 100_000, 400), (b"{", 400), (b"", 422), (json.dumps(["x"]).encode(), 422)],
)
def test_broken_json_is_said_to_be_broken(service, body, status):
    answer = service("PUT", "/units/U1", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer)["status"] == status


def test_a_text_with_a_national_identity_number_is_refused(service):
    told = problem(service("PUT", "/units/U77", json={"unit": "U77", "name": "Seksi 6171010101900001"}))
    assert (told["status"], told["errors"][0]["code"]) == (422, "id-national")
    assert "6171010101900001" not in json.dumps(told)
