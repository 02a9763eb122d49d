"""Long work over HTTP: put in, followed, done once, and what comes out of it."""

import json

import pytest

from service.auth.random_tokens import key_id_of
from tests.offices import of_its_kind
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI, POSTGRESQL_LATER, filled_office, problem

NEW = "198001012005012009"
CSV = f"nip;nama;unit_kerja;jabatan\n{NEW};Eka;U1;J\n198013012005011001;Salah;U1;J\n".encode()


def send(service, *files, key=None, **fields):
    headers = {"Idempotency-Key": key} if key else {}
    return service("POST", "/imports", headers=headers, data={"table": "employees", **fields},
                   files=[("files", (name, content, "text/csv")) for name, content in files])  # fmt: skip


def test_an_import_is_a_job_whose_result_is_the_report_and_whose_file_is_what_was_refused(service_on_both, tmp_path):
    service = service_on_both
    put_in = send(service, ("pegawai.csv", CSV))
    assert (put_in.status_code, put_in.json()["state"]) == (202, "queued")
    place = put_in.headers["location"].removeprefix("/api/v1")
    assert service.work(tmp_path) == 1
    job = service.get(place).json()
    assert job["state"] == "succeeded", job
    report = job["result"]["files"][0]
    assert (report["file"], report["read"], report["stored"], report["refused"]) == ("pegawai.csv", 2, 1, 1)
    refused = service.get(f"{place}/file")
    assert b"198013012005011001" in refused.content
    assert "attachment" in refused.headers["content-disposition"]
    assert service.get(f"/employees/{NEW}/recommendations").status_code == 200


def test_the_same_key_puts_in_one_job_and_another_request_under_it_is_refused(service):
    first, again = (send(service, ("a.csv", CSV), key="k-1") for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert problem(send(service, ("a.csv", CSV + b"x"), key="k-1"))["type"] == "/problems/key-reused"
    assert len(service.get("/jobs").json()["items"]) == 1
    other = service.key("people:write")
    assert service("POST", "/imports", key=other, headers={"Idempotency-Key": "k-1"}, data={},
                   files=[("files", ("a.csv", CSV, "text/csv"))]).json()["id"] != first.json()["id"]  # fmt: skip


def test_options_that_are_not_accepted_are_refused_before_anybody_waits(service):
    assert problem(send(service, ("a.csv", CSV), profile="nosuch"))["status"] == 422
    assert service("POST", "/imports", data={"table": "employees"}).status_code in (415, 422)
    assert problem(service("POST", "/plans", json={"policy": {"nosuch": 1}}))["status"] == 422
    assert problem(service("POST", "/plans", json={"budget_factor": "-1"}))["status"] == 422
    assert problem(service("POST", "/exports", json={"table": "nosuch"}))["status"] == 422
    assert service.get("/jobs").json()["items"] == []


def test_a_job_that_waits_is_cancelled_and_one_that_ended_is_not(service, tmp_path):
    job = service("POST", "/models", json={}).json()["id"]
    assert service("DELETE", f"/jobs/{job}").json()["state"] == "cancelled"
    again = problem(service("DELETE", f"/jobs/{job}"))
    assert (again["status"], again["detail"]) == (409, "tugas sudah dibatalkan")
    assert service.work(tmp_path) == 0


def test_jobs_are_followed_as_events_until_they_end(service, tmp_path):
    job = service("POST", "/exports", json={"table": "units", "format": "csv"}).json()["id"]
    service.work(tmp_path)
    followed = service.get(f"/jobs/{job}/events")
    assert followed.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in followed.text.splitlines() if line[:6] == "data: "]
    assert events[-1]["state"] == "succeeded"
    assert b"Dinas Satu" in service.get(f"/jobs/{job}/file").content


def test_pages_of_jobs_are_newest_first(service):
    made = [service("POST", "/models", json={"seed": n}).json()["id"] for n in range(5)]
    first = service.get("/jobs?limit=3").json()
    rest = service.get(f"/jobs?limit=3&cursor={first['next']}").json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


@pytest.fixture(params=POSTGRESQL_LATER)
def filled_url(request, tmp_path):
    yield from of_its_kind(request, tmp_path, filled_office)


@pytest.fixture
def planned(service_on_both, tmp_path):
    """Return a service with a plan made by a job, and the plan's id."""
    put_in = service_on_both("POST", "/plans", json={"year": 2027, "time_limit": 5, "name": "uji"})
    assert put_in.status_code == 202, put_in.text
    service_on_both.work(tmp_path)
    job = service_on_both.get(f"/jobs/{put_in.json()['id']}").json()
    assert job["state"] == "succeeded", job
    return service_on_both, job["result"]["plan"]


def test_a_plan_is_read_explained_and_handed_out(planned):
    service, plan = planned
    whole = service.get(f"/plans/{plan}?full=true").json()
    assert whole["verified"]["ok"]
    assert len(whole["chosen"]) == whole["assignments"] > 0
    assert [row["plan"] for row in service.get("/plans").json()["items"]] == [plan]
    assert service.get(f"/plans/{plan}/lines").json()["lines"] == whole["lines"]
    assert service.get(f"/plans/{plan}/prices").json()["prices"]
    chosen = whole["chosen"][0]["employee"]
    assert service.get(f"/plans/{plan}/why?employee={chosen}").json()["reasons"][0]["code"] == "chosen"
    assert service.get(f"/plans/{plan}/compare?other={plan}").json()["changes"] == []
    assert service.get(f"/plans/{plan}/why?employee=404").status_code == 404
    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("parquet", b"PAR1")):
        assert service.get(f"/plans/{plan}.{kind}").content.startswith(start)
        assert service.get(f"/plans/{plan}/files/{kind}").status_code == 200


def test_a_plan_shows_each_caller_the_people_within_reach(planned):
    service, plan = planned
    key = service.key("plan:read", units=["U3"])
    mine = service.get(f"/plans/{plan}?full=true", key=key).json()
    assert {row["employee"] for row in mine["chosen"] + mine["unmet"]} <= {DEDI}
    assert {row["line"] for row in mine["lines"]} == {"L3"}
    for other in (ANI, BUDI, CITRA):
        assert service.get(f"/plans/{plan}/why?employee={other}", key=key).status_code == 404
        for kind in ("csv", "xlsx", "parquet"):
            assert other.encode() not in service.get(f"/plans/{plan}.{kind}", key=key).content


def test_money_is_reserved_by_approval_moved_by_seats_and_adds_up(planned):
    service, plan = planned
    cost = service.get(f"/plans/{plan}").json()["cost"]
    assert service("POST", f"/plans/{plan}/approve").json()["state"] == "approved"
    assert service("POST", f"/plans/{plan}/approve").status_code == 200

    def held():
        lines = service.get("/ledger/lines?year=2027").json()["items"]
        assert all(line["amount"] == line["imported_reserved"] + line["imported_spent"] + line["reserved"]
                   + line["spent"] + line["free"] for line in lines)  # fmt: skip
        return sum(line["reserved"] for line in lines), sum(line["spent"] for line in lines)

    assert held() == (cost, 0)
    seat = service.get(f"/plans/{plan}?full=true").json()["chosen"][0]
    event = {"employee": seat["employee"], "offering": seat["offering"]}
    enrolled = service("POST", f"/plans/{plan}/seats", json={**event, "kind": "enrol"})
    assert enrolled.json()["state"] == "enrolled", enrolled.text
    done = service("POST", f"/plans/{plan}/seats", json={**event, "kind": "complete"})
    assert done.json()["state"] == "completed"
    assert service("POST", f"/plans/{plan}/seats", json={**event, "kind": "complete"}).json() == done.json()
    assert held() == (cost - seat["cost"], seat["cost"])
    for body, place in (({"kind": "complete", "cost": 1}, []), ({"kind": "refund", "cost": 10**12}, ["/cost"]),
                        ({"kind": "enrol", "cost": 5}, ["/cost"])):  # fmt: skip
        wrong = problem(service("POST", f"/plans/{plan}/seats", json={**event, **body}))
        assert [fault["pointer"] for fault in wrong["errors"]] == place, body
    assert held() == (cost - seat["cost"], seat["cost"])
    wrong = problem(service("POST", f"/plans/{plan}/seats", json={**event, "kind": "cancel"}))
    assert (wrong["status"], wrong["type"]) == (409, "/problems/conflict")
    moved = service.get(f"/ledger/entries?plan={plan}&limit=2").json()
    assert len(moved["items"]) == 2
    assert seat["employee"] not in json.dumps(moved)
    assert service.get(f"/ledger/entries?cursor={moved['next']}").status_code == 200


def test_a_model_is_fitted_as_a_job_and_approved_and_withdrawn_in_the_very_next_list(service_on_both, tmp_path):
    service = service_on_both
    put_in = service("POST", "/models", json={}).json()
    service.work(tmp_path)
    made = service.get(f"/jobs/{put_in['id']}").json()
    assert made["result"]["verdict"] == "not-enough-data", made
    model = made["result"]["model"]
    listed = service.get("/models").json()
    assert (listed["serving"], [row["model"] for row in listed["items"]]) == ("rule", [model])
    before = service.get(f"/employees/{ANI}/recommendations").json()
    refused = problem(service("POST", f"/models/{model}/approve", json={"reason": " "}))
    assert refused["status"] == 422
    assert "tidak terbukti lebih baik dari aturan dasar" in refused["detail"]
    assert problem(service("POST", f"/models/{model}/approve"))["status"] == 422
    card = service("POST", f"/models/{model}/approve", json={"reason": "Agreed with the head."}).json()
    assert (card["state"], card["card"]["approval"]["reason"]) == ("approved", "Agreed with the head.")
    assert [one["code"] for one in card["objections"]] == card["card"]["approval"]["against"] == ["not-better"]
    after = service.get(f"/employees/{ANI}/recommendations").json()
    assert (before["state"], after["state"], after["model"]) == ("rule", "model", model)
    assert service.get("/health/ready", key="").json()["predictor"] == model
    assert service("POST", f"/models/{model}/rollback").json()["serving"] == "rule"
    assert service.get(f"/employees/{ANI}/recommendations").json()["state"] == "rule"
    assert problem(service("POST", f"/models/{model}/rollback"))["status"] == 409
    caller = f"key:{key_id_of(service.everything)}"
    entered = [one for one in service.get("/audit/access").json()["items"] if one["subject"] == f"model:{model}"]
    assert [(one["kind"], one["actor"]) for one in entered] == [("model-withdrawn", caller), ("model-approved", caller)]
    assert entered[1]["details"] == {"words": "Agreed with the head."}


UPLOADS = {
    "misspelt": ({"dryrun": "true"}, "/dryrun", "kolom ini tidak ada"),
    "pair": ({"set": "unit"}, "", "KOLOM=NILAI"),
    "line": ({"header_line": "0"}, "/header_line", "1 atau lebih"),
}  # fmt: skip


@pytest.mark.parametrize("name", UPLOADS)
def test_a_field_of_an_upload_that_is_not_known_or_not_clear_is_refused(service, name):
    fields, pointer, words = UPLOADS[name]
    told = problem(send(service, ("a.csv", CSV), **fields))
    assert told["status"] == 422
    assert words in json.dumps(told)
    assert pointer in {"", *(error["pointer"] for error in told["errors"])}
    assert service.get("/jobs").json()["items"] == []


def test_what_the_terminal_can_say_of_a_file_can_be_said_of_an_upload(service, tmp_path):
    content = b"Daftar\nnip;nama;jabatan\n" + f"{NEW};Eka;J\n".encode()
    for fields in ({"set": "unit=U1"}, {"set": ["unit=U1", "grade=III/a"]}):
        job = send(service, ("a.csv", content), header_line="2", **fields).json()["id"]
        service.work(tmp_path)
        assert service.get(f"/jobs/{job}").json()["result"]["files"][0]["refused"] == 0
    assert service.get(f"/employees/{NEW}").json()["unit"] == "U1"


BROKEN = {
    "text": b'--B\r\nContent-Disposition: form-data; name="files"\r\n\r\nabc\r\n--B--\r\n',
    "cut": b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nnip\r\n',
    "name": b'--B\r\nContent-Disposition: form-data; name="files"; filename="\xe9.csv"\r\n\r\nnip\r\n--B--\r\n',
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_upload_that_cannot_be_read_says_what_is_accepted(service, name):
    told = problem(service("POST", "/imports", content=BROKEN[name],
                           headers={"Content-Type": "multipart/form-data; boundary=B"}))  # fmt: skip
    assert "yang diterima: berkas" in json.dumps(told) or "nama berkas ditulis dalam UTF-8" in told["detail"]
