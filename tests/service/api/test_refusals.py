"""What is refused names its field as the caller wrote it, says what is accepted, in the caller's language."""

import pytest

from tests.service.api.conftest import ANI, DEDI, problem

AN_INT = ("ditemukan: bilangan bulat; yang diterima", "found: a whole number; accepted")
NOBODY = "198001012005011009"
LIST = f"/employees/{ANI}/recommendations"


TEXT = ("teks dalam tanda kutip", "a text in quotes")
DAY = ("yang diterima: hari seperti 2027-03-31", "accepted: a day such as 2027-03-31")
MODES = ("yang diterima: blended, face-to-face, online", "accepted: blended, face-to-face, online")
CASES = [
    ("PUT", f"/employees/{ANI}", {"employee": 1}, "/employee",
     (f"{AN_INT[0]}: {TEXT[0]}", f"{AN_INT[1]}: {TEXT[1]}")),
    ("PATCH", f"/employees/{ANI}", {"grade": 5}, "/grade",
     (f"{AN_INT[0]}: {TEXT[0]}, null", f"{AN_INT[1]}: {TEXT[1]}, null")),
    ("PUT", f"/employees/{ANI}", {"employee": ANI, "colour": "x"}, "/colour",
     ("kolom ini tidak ada", "there is no such field")),
    ("PATCH", f"/employees/{ANI}", {"service_start": "31/03/2027"}, "/service_start", DAY),
    ("PUT", "/trainings/P1", {"training": "P1", "name": "x", "hours": "20"}, "/hours",
     (f"ditemukan: {TEXT[0]}; yang diterima: bilangan, null", f"found: {TEXT[1]}; accepted: a number, null")),
    ("PATCH", "/trainings/P1", {"hours": "20"}, "/hours",
     (f"ditemukan: {TEXT[0]}; yang diterima: bilangan, null", f"found: {TEXT[1]}; accepted: a number, null")),
    ("POST", "/plans", {"year": "2027"}, "/year",
     (f"ditemukan: {TEXT[0]}; yang diterima: bilangan bulat, null",
      f"found: {TEXT[1]}; accepted: a whole number, null")),
    ("PUT", "/trainings/P9", {"training": "P9"}, "/name", ("Kolom ini wajib diisi.", "A value is needed here.")),
    ("POST", "/assessments", {"items": []}, "/items",
     ("yang diterima: 1 isian atau lebih", "accepted: 1 entry or more")),
    ("POST", "/recommendations", {"employees": [ANI], "mode": "zoom"}, "/mode", MODES),
    ("POST", "/plans", {"year": 1999}, "/year", ("yang diterima: 2000 atau lebih", "accepted: 2000 or more")),
    ("GET", f"{LIST}?limit=101", None, "limit", ("yang diterima: 100 atau kurang", "accepted: 100 or less")),
    ("GET", f"{LIST}?from=x", None, "from", DAY),
    ("GET", f"{LIST}?mode=zoom", None, "mode", MODES),
    ("GET", "/employees?unit=U1&limit=2", None, "unit",
     ("tidak dikenal; yang diterima: cursor, employee, limit", "not known; accepted: cursor, employee, limit")),
    ("POST", "/imports?dry_run=true", None, "dry_run",
     ("tidak dikenal; di sini tidak ada parameter kueri yang diterima",
      "not known; no query parameter is accepted here")),
    ("GET", "/employees?cursor=zzz", None, "cursor",
     ("cursor: zzz tidak diterima; yang diterima: isi 'next' pada halaman sebelumnya",
      "cursor: zzz is not accepted; accepted: what 'next' of the page before says")),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "pointer", "words"), CASES)
def test_a_refused_value_is_named_and_explained(service, method, path, body, pointer, words):
    for lang, said in zip(("id", "en"), words, strict=True):
        found = problem(service(method, path, json=body, headers={"Accept-Language": lang}))
        assert found["status"] == 422
        assert [(one["pointer"], one["message"]) for one in found["errors"]] == [(pointer, said)]


def test_a_header_is_named_as_in_a_call(service):
    found = problem(service("POST", "/plans", json={"year": 2027}, headers={"Idempotency-Key": "a b"}))
    assert [one["pointer"] for one in found["errors"]] == ["Idempotency-Key"]
    assert found["errors"][0]["message"].startswith("yang diterima: teks berbentuk ^[A-Za-z0-9")


def test_a_number_that_no_machine_holds_is_said_to_be_too_large(service):
    body = b'{"training": "P1", "name": "x", "hours": 1e400}'
    found = problem(service("PUT", "/trainings/P1", content=body, headers={"Content-Type": "application/json"}))
    assert [(one["pointer"], one["message"]) for one in found["errors"]] == [("/hours", "angka terlalu besar")]


@pytest.mark.parametrize(
    ("body", "said"),
    [(b'{"year": 2027', "baris 1, kolom 14: terpotong sebelum selesai"),
     (b"{year: 2027}", "baris 1, kolom 2: kunci ditulis di antara tanda kutip ganda"),
     (b'{"year": "x",\n "budget_factor": ', "baris 2, kolom 19: terpotong sebelum selesai"),
     (b'{"name": "\xc3\xa9",\n "a": 1,}', "baris 2, kolom 9: ada koma sebelum kurung penutup"),
     (b'{"colour": nul}', "baris 1, kolom 16: karakter ini tidak boleh ada di sini")],
)  # fmt: skip
def test_a_body_that_is_no_json_says_where(service, body, said):
    found = problem(service("POST", "/plans", content=body, headers={"Content-Type": "application/json"}))
    assert (found["status"], found["type"]) == (400, "/problems/bad-request")
    assert found["detail"] == f"isi permintaan bukan JSON: {said}"


@pytest.mark.parametrize(
    ("body", "said"), [(b'{"name": "\xff"}', "bukan UTF-8"), (b"[" * 100_000, "bersarang terlalu dalam")]
)
def test_a_body_that_cannot_be_read_says_why(service, body, said):
    found = problem(service("POST", "/plans", content=body, headers={"Content-Type": "application/json"}))
    assert (found["status"], found["detail"]) == (400, f"isi permintaan {said}")


@pytest.mark.parametrize(
    "path", ["/employees/%00", "/units/a%00b", "/jobs/%00", "/plans/%00", "/models/%00", "/plans/%00.csv",
             "/employees/%00/history", "/employees/%00/recommendations"],
)  # fmt: skip
def test_an_address_with_a_nul_character_is_nowhere(service_on_both, path):
    for method in ("GET", "DELETE"):
        found = problem(service_on_both(method, path))
        assert found["status"] == 404 or (method, found["status"]) == ("DELETE", 405)


@pytest.mark.parametrize(
    "query", ["/employees?cursor=AAAA", "/employees?employee=%00", "/assessments?employee=%00", "/employees?cursor=%00",
              "/ledger/entries?line=%00", "/ledger/entries?plan=%00", "/plans/p-1/compare?other=%00",
              "/plans/p-1/why?employee=%00", "/jobs?cursor=%00"],
)  # fmt: skip
def test_a_parameter_with_a_nul_character_is_refused_or_finds_nothing(service_on_both, query):
    assert service_on_both.get(query).status_code in {200, 404, 422}


def test_a_parameter_that_is_missing_is_named(service):
    found = problem(service.get("/plans/p-1/compare"))
    assert [(one["pointer"], one["message"]) for one in found["errors"]] == [("other", "Kolom ini wajib diisi.")]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "/employees/{}", None), ("GET", "/employees/{}/recommendations", None),
     ("GET", "/employees/{}/gaps", None), ("GET", "/employees/{}/history", None), ("GET", "/employees/{}/export", None),
     ("PATCH", "/employees/{}", {"name": "x"}), ("POST", "/rankings", {"employee": "{}", "trainings": ["P1"]}),
     ("POST", "/feedback", {"list": "d-00000000", "employee": "{}", "training": "P1", "kind": "interested"}),
     ("PUT", "/employees/{}", {"employee": "{}", "name": "x", "unit": "U1"}),
     ("PUT", "/employees/{}", {"employee": "{}", "name": "x", "unit": "U3"}),
     ("POST", "/plans/p-1/seats", {"employee": "{}", "offering": "P1-1", "kind": "enrol"}),
     ("DELETE", "/assessments/{}~2M.01~22026-06-01~2test", None)],
)  # fmt: skip
def test_whether_somebody_of_another_unit_is_on_file_cannot_be_told_from_the_answer(service, method, path, body):
    key = service.key("people:read", "people:write", "recommend:read", "plan:write", units=["U1"])
    told = []
    for nip in (DEDI, NOBODY):
        asked = None if body is None else {name: nip if text == "{}" else text for name, text in body.items()}
        found = problem(service(method, path.format(nip), json=asked, key=key))
        assert found["status"] == 404
        told.append({name: str(text).replace(nip, "N") for name, text in found.items() if name != "request_id"})
    assert told[0] == told[1]


LEVEL = {"competency": "M.01", "level": 2, "assessed_on": "2026-06-01", "method": "test"}


@pytest.mark.parametrize(
    "headers", [{}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"If-Match": '"c1"'}], ids=["none", "there", "new", "v"]
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("PUT", "/assessments/{}~2M.01~22026-06-01~2test", LEVEL), ("PUT", "/employees/{}", {"name": "x", "unit": "U1"}),
     ("PATCH", "/employees/{}", {"name": "x"}), ("POST", "/assessments", LEVEL),
     ("POST", "/employees", {"name": "x", "unit": "U1"}), ("POST", "/employees", {"name": "x", "unit": "U3"})],
)  # fmt: skip
def test_neither_a_batch_nor_a_precondition_tells_who_is_on_file(service, method, path, body, headers):
    key, told = service.key("people:write", units=["U1"]), []
    for nip in (DEDI, NOBODY):
        item = {"employee": nip, **body}
        answer = service(method, path.format(nip), json={"items": [item]} if method == "POST" else item, key=key,
                         headers=headers)  # fmt: skip
        refused = method == "POST" and [one["status"] for one in answer.json()["items"]] == ["refused"]
        assert refused or answer.status_code in {404, 412, 422}
        shown = {name: text for name, text in answer.json().items() if name != "request_id"}
        told.append((answer.status_code, str(shown).replace(nip, "N")))
    assert told[0] == told[1]


def test_a_title_is_in_the_language_of_its_detail(service):
    for path, code, titles in (("/units/none", "unknown-id", ("Tidak ditemukan", "Not found")),
                               ("/employees?limit=0", "values-refused",
                                ("Ada nilai yang tidak diterima", "Not acceptable values"))):  # fmt: skip
        for lang, title in zip(("id", "en"), titles, strict=True):
            told = problem(service.get(path, headers={"Accept-Language": lang}))
            assert (told["type"], told["title"]) == (f"/problems/{code}", title)
    assert problem(service.get("/me", key="bk_x"))["title"] == "Pemanggil tidak dikenal"  # said by the gate
    assert problem(service.get("/nothing"))["title"] == "Tidak ditemukan"


@pytest.mark.parametrize(
    ("path", "body", "column"),
    [(f"/employees/{ANI}", {"employee": ANI, "name": "Ani", "birth_date": "0001-01-01"}, "birth_date"),
     (f"/employees/{ANI}", {"employee": ANI, "name": "Ani", "retirement_date": "9999-12-31"}, "retirement_date"),
     ("/budgets/L9~22200", {"line": "L9", "year": 2200, "amount": 1}, "year")],
)  # fmt: skip
def test_a_year_that_no_import_reads_is_refused_here_too(service, path, body, column):
    found = problem(service("PUT", path, json=body))
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [(f"/{column}", "date-unreadable")]
    kept = {**body, column: 2027 if column == "year" else "1980-01-01"}
    assert service("PUT", path.replace("2200", "2027"), json=kept).status_code in {200, 201}


def test_an_error_stands_under_the_address_that_was_asked_for(service):
    assert problem(service.get("/plans/p-1.csv"))["instance"] == "/api/v1/plans/p-1.csv"


@pytest.mark.parametrize(
    ("method", "path", "body", "place", "name"),
    [("PUT", "/trainings/P1", b'{"training": "P1", "name": "x", "hours": 20, "hours": 2}', "/hours", "hours"),
     ("POST", "/plans", b'{"year": 2027, "policy": {"plan": {"max_trainings": 1, "max_trainings": 2}}}',
      "/policy/plan/max_trainings", "max_trainings"),
     ("POST", "/trainings", b'{"items": [{"training": "P1", "name": "x"}, {"training": "P1", "training": "P2"}]}',
      "/items/1/training", "training"),
     ("PUT", "/trainings/P1", b'{"training": "P1", "name": "x", "name": "y", "z": "' + b"z" * 200_000 + b'"}', "/name",
      "name")],
)  # fmt: skip
def test_a_key_that_stands_twice_is_named_and_nothing_is_taken(service, method, path, body, place, name):
    before = service.get("/trainings/P1").json()
    found = problem(service(method, path, content=body, headers={"Content-Type": "application/json"}))
    assert (found["status"], found["type"]) == (400, "/problems/key-repeated")
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [(place, "key-repeated")]
    assert f"kunci {name} tertulis dua kali" in found["detail"]
    assert service.get("/trainings/P1").json() == before
