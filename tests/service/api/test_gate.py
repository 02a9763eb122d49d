"""The gate: errors of every kind, sizes, origins, rates, HEAD and OPTIONS."""

import asyncio
import inspect
import json

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient
from sqlalchemy import event

from service.api.context import check_call
from service.api.rate import Buckets
from service.app import behind, build
from service.auth.accounts import Accounts
from service.auth.random_tokens import csrf_token
from service.auth.users import update_user
from service.settings import service_settings
from service.storage.engine import transaction
from tests.offices import copied_file
from tests.service.api.conftest import ANI, LOG, filled_office, parts_on, problem, service_on
from training_catalog.errors import InvalidValueError

PHRASE = "a long enough secret"
EVERY_ANSWER = ("x-content-type-options", "x-frame-options", "content-security-policy", "referrer-policy",
                "x-request-id")  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("DELETE", "/recommendations", 405), ("GET", "/units/none", 404),
        ("GET", "/employees?limit=0", 422), ("GET", "/employees?limit=x", 422), ("GET", "/plans/p-1", 404),
        ("GET", "/jobs/j-1", 404), ("GET", "/models/m-1", 404), ("POST", "/models/m-1/approve", 404),
        ("GET", "/employees/%00", 404), ("GET", "/employees/1/recommendations?mode=flying", 422),
    ],
)  # fmt: skip
def test_every_error_is_a_problem_with_the_headers_of_every_answer(service, method, path, status):
    answer = service(method, path)
    assert problem(answer)["status"] == status
    assert all(name in answer.headers for name in EVERY_ANSWER)


def test_errors_speak_indonesian_first_and_english_on_request(service):
    here = service.get("/units/none").json()["detail"]
    there = service.get("/units/none", headers={"Accept-Language": "en"}).json()["detail"]
    assert here != there
    assert "not known" in there


def test_a_body_beyond_its_limit_is_cut_off_whatever_its_headers_say(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", body_limit=2_000) as service:
        told = problem(service("PUT", "/units/U1", json={"unit": "U1", "name": "x" * 3_000}))
        assert (told["status"], "2000" in told["detail"]) == (413, True)
        read = []

        def parts():
            for _ in range(100_000):
                read.append(1)
                yield b" " * 1_000

        answer = service("PUT", "/units/U1", content=parts(), headers={"Content-Type": "application/json"})
        assert problem(answer)["status"] == 413


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/units", b"application/json"),
                                            ("/api/v1/imports", b"multipart/form-data; boundary=x"),
                                            ("/login", b"application/x-www-form-urlencoded")])  # fmt: skip
def test_a_body_that_breaks_off_is_no_fault_of_the_service(service, path, kind):
    headers = [(b"x-api-key", service.everything.encode()), (b"content-type", kind), (b"transfer-encoding", b"chunked"),
               (b"host", b"testserver")]  # fmt: skip
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80), "scheme": "http",
             "http_version": "1.1", "root_path": "", "state": {}, "asgi": {"version": "3.0"}}  # fmt: skip
    waiting, said = [{"type": "http.request", "body": b'{"it', "more_body": True}, {"type": "http.disconnect"}], []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        said.append(message)

    asyncio.run(service.gate(scope, receive, send))
    assert said[0]["status"] == 400
    assert b"isi permintaan terputus" in b"".join(one.get("body", b"") for one in said)


def test_what_looks_at_every_body_needs_no_thread():
    assert inspect.iscoroutinefunction(check_call)


def test_a_body_of_another_kind_is_refused(service):
    for kind in ("text/plain", "application/x-msgpack", "application/xml", ""):
        answer = service("PUT", "/units/U1", content=b'{"unit":"U1","name":"x"}', headers={"Content-Type": kind})
        assert problem(answer)["status"] == 415
    assert problem(service("POST", "/imports", json={}))["status"] == 415


def test_head_is_a_get_without_body_and_options_lists_every_method(service):
    whole, head = service.get("/employees"), service("HEAD", "/employees")
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200, b"", whole.headers["content-length"])  # fmt: skip
    assert service("OPTIONS", f"/employees/{ANI}").headers["allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"
    assert problem(service("OPTIONS", "/nothing"))["status"] == 404
    assert service("DELETE", "/recommendations").headers["allow"] == "POST, OPTIONS"
    for method in ("TRACE", "DELETE"):
        refused = service(method, "/employees")
        assert problem(refused)["status"] == 405
        assert refused.headers["allow"] == service("OPTIONS", "/employees").headers["allow"]


def test_scripts_of_a_listed_origin_may_read_every_answer_and_others_none(tmp_path):
    listed, other = "https://hr.example", "https://evil.example"
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", cors_origins=frozenset({listed})) as service:
        for method, path, key in (("OPTIONS", "/employees", ""), ("GET", "/nothing", None), ("GET", "/employees", ""),
                                  ("PUT", "/units/U1", None)):  # fmt: skip
            body = {"json": {}} if method == "PUT" else {}
            answers = [service(method, path, key=key, headers={"Origin": one}, **body) for one in (listed, other)]
            assert answers[0].headers["access-control-allow-origin"] == listed, path
            assert "access-control-allow-origin" not in answers[1].headers
        asked = service("OPTIONS", "/employees", key="", headers={"Origin": listed})
        assert "X-API-Key" in asked.headers["access-control-allow-headers"]


def test_a_caller_who_calls_too_often_waits_and_others_do_not(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", rate=0.5, burst=3) as service:
        one, other = service.key("people:read"), service.key("people:read")
        assert [service.get("/me", key=one).status_code for _ in range(4)] == [200, 200, 200, 429]
        told = service.get("/me", key=one)
        assert (problem(told)["status"], int(told.headers["retry-after"]) >= 1) == (429, True)
        assert service.get("/me", key=other).status_code == 200
        assert service.get("/health/live", key="").status_code == 200


def test_who_tries_keys_or_tokens_that_do_not_let_in_waits_like_any_stranger(tmp_path):
    with service_on(f"sqlite:///{tmp_path / 'office.db'}", rate=0.5, burst=3) as service:
        tried = [{"X-API-Key": f"bk_{n}_x"} for n in range(2)] + [
            {"Authorization": f"Bearer {n}.b.c"} for n in range(3)
        ]
        codes = [service.get("/me", key="", headers=one).status_code for one in tried]
        assert codes == [401, 401, 401, 429, 429]
        assert service.get("/me").status_code == 200


def test_buckets_are_shared_between_processes_and_refill(tmp_path):
    moments = iter([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    mine = Buckets(1.0, 2.0, tmp_path / "rate", clock=lambda: next(moments))
    theirs = Buckets(1.0, 2.0, tmp_path / "rate", clock=lambda: next(moments))
    assert [b.take("ani") > 0 for b in (mine, theirs, mine, theirs, mine, theirs)] == [
        False, False, True, True, False, True]  # fmt: skip
    assert theirs.take("budi") == 0
    assert Buckets(0.0, 1.0).take("ani") == 0


def test_a_request_keeps_its_id_if_it_has_a_sane_one(service):
    assert service.get("/me", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    for bad in ("x" * 65, "a b", "a\tb"):
        assert service.get("/me", headers={"X-Request-Id": bad}).headers["x-request-id"] != bad


def test_a_browser_sent_from_another_site_is_refused(service):
    headers = {"Cookie": "bangkom_session=x", "Sec-Fetch-Site": "cross-site"}
    told = service("POST", "/feedback", key="", json={}, headers=headers)
    assert (problem(told)["status"], told.json()["type"]) == (403, "/problems/cross-site")


def test_a_session_in_a_cookie_changes_things_only_with_its_token(service):
    Accounts(service.parts.database, "test").add("ani", role="admin", password=PHRASE)
    token = service("POST", "/sessions", key="", json={"name": "ani", "password": PHRASE}).json()["token"]
    body = {"current": PHRASE, "new": "another long secret"}
    headers = {"Cookie": f"bangkom_session={token}"}
    assert service.get("/me", key="", headers=headers).status_code == 200
    for given in ({}, {"X-CSRF-Token": "x"}):
        told = service("PUT", "/sessions/current/password", key="", json=body, headers={**headers, **given})
        assert problem(told)["type"] == "/problems/csrf"
    allowed = service("PUT", "/sessions/current/password", key="", json=body,
                      headers={**headers, "X-CSRF-Token": csrf_token(token)})  # fmt: skip
    assert allowed.status_code == 200


def queries_of(database):
    """Return the statements that are sent to a database from now on."""
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    return seen


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("UPDATE users SET role = 'planner' WHERE name = 'ani'", 200),
        ("UPDATE users SET disabled_at = '2027-01-04 00:00:00.000000' WHERE name = 'ani'", 401),
        ("UPDATE users SET must_change = 1 WHERE name = 'ani'", 403),
        ("DELETE FROM sessions WHERE name = 'ani'", 401),
        ("UPDATE sessions SET expires_at = '2000-01-01 00:00:00.000000' WHERE name = 'ani'", 401),
    ],
)
def test_what_is_changed_of_a_session_counts_in_the_very_next_request(service, change, status):
    database = service.parts.database
    Accounts(database, "test").add("ani", role="admin", password=PHRASE)
    with transaction(database.engine, is_writer=True) as connection:
        update_user(connection, "ani", must_change=0)
    token = service("POST", "/sessions", key="", json={"name": "ani", "password": PHRASE}).json()["token"]
    asked = {"key": "", "headers": {"Cookie": f"bangkom_session={token}"}}
    seen = queries_of(database)
    for n_looks in (1, 0):  # then it is at hand
        assert service.get("/audit/access", **asked).status_code == 200
        assert sum("sessions" in query for query in seen) == n_looks
        seen.clear()
    with transaction(database.engine, is_writer=True) as connection:
        connection.execute(sa.text(change))  # by whatever program: nothing of ours notes it
    told = service.get("/plans", **asked)
    assert told.status_code == status
    if status == 200:
        assert service.get("/audit/access", **asked).status_code == 403


def test_the_logs_are_read_by_those_who_may(service):
    service.get(f"/employees/{ANI}/recommendations")
    service.parts.log.close()
    decided = service.get("/audit/decisions").json()["items"]
    assert [row["kind"] for row in decided] == ["list"]
    assert ANI not in str(decided)
    assert "key-created" in {row["kind"] for row in service.get("/audit/access").json()["items"]}
    assert service.get("/audit/access", key=service.key("plan:read")).status_code == 403


def test_an_erased_person_has_no_account_left(service):
    Accounts(service.parts.database, "test").add("ani", role="employee", employee=ANI, password=PHRASE)
    asked = {"name": "ani", "password": PHRASE}
    token = service("POST", "/sessions", key="", json=asked).json()["token"]
    assert service("DELETE", f"/employees/{ANI}").status_code == 200
    assert service.get("/me", key="", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert service("POST", "/sessions", key="", json=asked).status_code == 401


def test_live_and_ready_are_apart_and_ready_says_which_part_fails(service, tmp_path):
    assert service.get("/health/ready", key="").json() == {
        "status": "ok", "database": "ok", "snapshot": "ok", "log": "ok", "predictor": "rule"}  # fmt: skip
    place = tmp_path / "office.db"
    service.parts.watch.close()
    place.rename(tmp_path / "away.db")
    place.mkdir()
    service.parts.database.engine.dispose()
    failing = service.get("/health/ready", key="")
    assert (failing.status_code, failing.json()["database"]) == (503, "failing")
    assert service.get("/health/live", key="").status_code == 200
    assert problem(service.get("/employees"))["status"] == 503
    place.rmdir()
    (tmp_path / "away.db").rename(place)
    assert service.get("/health/ready", key="").status_code == 200
    assert service.get("/employees").status_code == 200


def test_counts_name_routes_and_never_people(service):
    service.get(f"/employees/{ANI}")
    text = service.get("/metrics", key="").text
    assert 'route="/api/v1/employees/{record_id}"' in text
    assert ANI not in text


def test_the_log_holds_no_name_number_key_or_body(service):
    begun = LOG.tell()
    service.get(f"/employees/{ANI}")
    service("PUT", "/units/U1", json={"unit": "U1", "name": "Rahasia"})
    service.get("/me", key="bk_wrong_secret")
    lines = LOG.getvalue()[begun:].decode().splitlines()
    text = "\n".join(line for line in lines if '"httpx"' not in line)  # what the client of this test says itself
    assert "/api/v1/employees/{record_id}" in text
    for secret in (ANI, "Ani", "Rahasia", service.everything, "bk_wrong_secret"):
        assert secret not in text


def test_an_error_that_nobody_foresaw_is_logged_by_its_places_and_names_nobody(service_on_both):
    service, begun = service_on_both, LOG.tell()
    with transaction(service.parts.database.engine, is_writer=True) as connection:
        connection.execute(sa.text("ALTER TABLE interests RENAME COLUMN stated_on TO said_on"))
    item = {"employee": ANI, "training": "P1", "kind": "interested", "stated_on": "2027-01-04"}
    told = problem(service("PUT", f"/interests/{ANI}~2P1", json=item))
    lines = [json.loads(line) for line in LOG.getvalue()[begun:].decode().splitlines()]
    (logged,) = [line for line in lines if line["event"] in {"internal-error", "database"}]
    assert logged["request_id"] == told["request_id"]
    assert ANI not in json.dumps(lines)
    if told["status"] == 500:
        assert any(place.endswith(" read_record") for place in logged["exception"])


def test_the_page_of_the_documentation_asks_nobody_else(service):
    page = service.get("/docs", key="")
    assert "http" not in page.text.replace("<!doctype html>", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert service.get(f"/docs/{name}", key="").status_code == 200
    assert service.get("/docs/..%2F__init__.py", key="").status_code == 404


@pytest.mark.parametrize(("proxies", "codes"), [((), [200, 429]), (("testclient",), [200, 200])], ids=["none", "one"])
def test_callers_behind_a_proxy_are_told_apart_where_the_proxy_is_named(tmp_path, proxies, codes):
    parts = parts_on(copied_file(tmp_path / "office.db", filled_office), rate=0.001, burst=1.0)
    with TestClient(behind(build(parts), proxies)) as client:
        found = [client.get("/openapi.json", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in (1, 2)]
    assert [answer.status_code for answer in found] == codes


def test_a_proxy_that_is_no_address_is_refused_at_the_start():
    assert service_settings({"BANGKOM_PROXIES": "127.0.0.1, 10.1.0.0/24"}).proxies == ("127.0.0.1", "10.1.0.0/24")
    with pytest.raises(InvalidValueError, match="BANGKOM_PROXIES: everyone is not accepted"):
        service_settings({"BANGKOM_PROXIES": "everyone"})


@pytest.mark.parametrize("told", ["1.5", "-1", "255", "much"])
def test_a_limit_of_memory_that_no_process_could_keep_is_refused_at_the_start(told):
    for given, read in (("", 0), ("0", 0), ("900", 900)):
        assert service_settings({"BANGKOM_WORKER_MEMORY": given}).worker_memory == read
    with pytest.raises(InvalidValueError, match=f"BANGKOM_WORKER_MEMORY: {told} is not accepted"):
        service_settings({"BANGKOM_WORKER_MEMORY": told})


def test_a_clock_that_begins_anew_locks_nobody_out_and_lets_nobody_have_more(tmp_path):
    now = [1e6]
    buckets = Buckets(1.0, 2.0, tmp_path / "rate", clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 1.0]
    now[0] = 5.0  # the machine was started again; the folder of the run is a lasting one
    assert buckets.take("a") == 1.0
    now[0] = 6.0
    assert buckets.take("a") == 0.0
    buckets.close()
