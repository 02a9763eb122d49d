"""Every route with every role, against one declared table."""

from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from service.access import ANYBODY, RULES, Reach, Rule, branches, may, reach_of
from service.api.headers import is_page
from service.auth.accounts import Accounts
from service.auth.caller import ROLE_SCOPES, ROLES, Caller
from service.pipeline import fetch_plan
from service.plan_document import pack_plan
from service.records import write_records
from service.storage.engine import transaction
from service.storage.schema import PLANS
from service.wording import Wording
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI, problem


def routes_of(app):
    """Return (method, path, handler) of every route of the application."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            for method in handler.http_methods - {"OPTIONS"}:
                yield method, route.path_format, handler


def caller(role, units=None, employee=None, **more):
    return Caller(subject=f"user:{role}", kind="session", role=role, employee=employee,
                  units=None if units is None else frozenset(units), scopes=ROLE_SCOPES[role], **more)  # fmt: skip


def test_every_route_names_a_declared_rule_and_every_rule_has_a_route(service):
    named = {handler.opt.get("rule") for _, path, handler in routes_of(service.app) if not path.startswith("/schema")}
    assert named <= set(RULES), named - set(RULES)
    assert set(RULES) == named


def test_nobody_may_call_anything_but_what_is_declared_open(service):
    opened = set()
    for method, path, handler in routes_of(service.app):
        if path.startswith("/schema"):  # the framework's own pages: guarded, and open to nobody
            assert service.client.request(method, path).status_code == 401
            continue
        address = path.replace("{name}", "swagger-ui.css").replace("{", "").replace("}", "")
        is_form = is_page(path) and method == "POST"
        as_json = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
        body = {"data": {"csrf": "x"}} if is_form else as_json
        answer = service.client.request(method, address, follow_redirects=False, **body)
        if answer.status_code == 303 and answer.headers["location"].startswith("/login"):  # a page: to the door
            continue
        if answer.status_code != 401 and not path.startswith("/auth/"):
            opened.add(handler.opt["rule"])
    assert opened == {name for name, rule in RULES.items() if rule.reach == ANYBODY}


# What each role may call at all; rows are checked where they are read.
MAY = {
    "employee": {"session.own", "pages.own", "recommendations.read", "rankings.make", "feedback.give", "people.read",
                 "people.export", "catalog.read", "jobs.read"},
    "supervisor": {"session.own", "pages.own", "recommendations.read", "rankings.make", "feedback.give", "people.read",
                   "people.export", "catalog.read", "jobs.read", "plans.read", "budgets.read", "models.read",
                   "team.read", "team.write"},
    "planner": {"session.own", "pages.own", "recommendations.read", "rankings.make", "feedback.give",
                "people.read", "people.write", "people.export", "catalog.read", "catalog.write", "jobs.read",
                "plans.read", "budgets.read", "budgets.write", "models.read", "imports.make", "exports.make",
                "plans.make", "plans.sign", "ledger.read", "seats.note", "seats.reprice", "team.read",
                "team.write", "inbox.answer"},
    "admin": set(RULES),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_call_just_what_the_table_says(role):
    everyone = Reach(everyone=role in {"planner", "admin"}, units=frozenset(), employee=None)
    allowed = {name for name, rule in RULES.items() if may(caller(role), rule, everyone)}
    opened = {name for name, rule in RULES.items() if rule.reach == ANYBODY}
    assert allowed == MAY[role] | opened


def test_what_is_not_declared_is_denied_and_so_is_who_must_set_a_password():
    assert not may(caller("admin"), None, None)
    assert not may(caller("admin", must_change_password=True), RULES["catalog.read"], None)
    assert not may(None, Rule(scope=None), None)


def test_a_planner_of_some_units_may_not_decide_for_all():
    limited = Reach(everyone=False, units=frozenset({"U1"}), employee=None)
    for name in ("plans.make", "plans.sign", "imports.make", "exports.make"):
        assert not may(caller("planner", units={"U1"}), RULES[name], limited)


def test_reach_goes_down_the_tree_of_units_and_never_up():
    ids, parent = np.array(["A", "B", "C", "D"]), np.array([-1, 0, 1, -1])
    assert branches(ids, parent, frozenset({"B"})) == {"B", "C"}
    reach = reach_of(caller("supervisor", units={"B"}, employee="9"), ids, parent)
    assert [reach.covers(*pair) for pair in (("1", "C"), ("1", "A"), ("9", "A"), ("1", ""))] == [
        True,
        False,
        True,
        False,
    ]
    assert reach_of(caller("employee", units={"B"}, employee="9"), ids, parent).units == frozenset()


@pytest.fixture
def as_role(service):
    """Return a function that opens a session of a role and returns its headers."""

    def come_in(role, units=(), employee=None):
        name, first, secret = f"{role}.{len(units)}.{employee}", "a long enough secret", "another long secret"
        Accounts(service.parts.database, "test").add(name, role=role, units=units, employee=employee, password=first)
        opened = service("POST", "/sessions", key="", json={"name": name, "password": first}).json()
        assert opened["must_change_password"]
        headers = {"Authorization": f"Bearer {opened['token']}"}
        assert problem(service.get("/employees", key="", headers=headers))["type"] == "/problems/password-must-change"
        changed = service("PUT", "/sessions/current/password", key="", headers=headers,
                          json={"current": first, "new": secret}).json()  # fmt: skip
        assert service.get("/me", key="", headers=headers).status_code == 401
        return {"Authorization": f"Bearer {changed['token']}"}

    return come_in


PERSON_PATHS = ("/employees/{}", "/employees/{}/recommendations", "/employees/{}/gaps", "/employees/{}/history",
                "/employees/{}/export")  # fmt: skip


@pytest.mark.parametrize(
    ("role", "units", "own", "seen"),
    [
        ("employee", (), ANI, {ANI}),
        ("employee", ("U1",), None, set()),
        ("supervisor", ("U1",), DEDI, {ANI, BUDI, CITRA, DEDI}),
        ("supervisor", ("U2",), None, {CITRA}),
        ("planner", ("U3",), None, {DEDI}),
        ("admin", (), None, {ANI, BUDI, CITRA, DEDI}),
    ],
)
def test_rows_outside_a_callers_reach_are_not_there(service, as_role, role, units, own, seen):
    headers = as_role(role, units, own)
    listed = {item["id"] for item in service.get("/employees", key="", headers=headers).json()["items"]}
    assert listed == seen
    levels = service.get("/assessments", key="", headers=headers).json()["items"]
    assert {item["employee"] for item in levels} == seen
    for nip in (ANI, BUDI, CITRA, DEDI):
        for path in PERSON_PATHS:
            answer = service.get(path.format(nip), key="", headers=headers)
            assert answer.status_code == (200 if nip in seen else 404), (path, nip, answer.text)
    asked = service("POST", "/recommendations", key="", headers=headers, json={"employees": [ANI, BUDI, CITRA, DEDI]})
    assert {item["employee"] for item in asked.json()["items"] if item["status"] == "ok"} == seen
    lost = [(n, item) for n, item in enumerate(asked.json()["items"]) if item["status"] == "not-found"]
    assert [item["errors"][0]["pointer"] for _, item in lost] == [f"/employees/{n}" for n, _ in lost]


def test_jobs_and_what_they_make_are_seen_by_who_asked_and_by_administrators(service):
    mine, other = service.key("model:write"), service.key("model:write")
    job = service("POST", "/models", key=mine, json={}).json()["id"]
    for path in (f"/jobs/{job}", f"/jobs/{job}/file", f"/jobs/{job}/events"):
        assert service.get(path, key=other).status_code == 404
    assert service("DELETE", f"/jobs/{job}", key=other).status_code == 404
    assert service.get("/jobs", key=other).json()["items"] == []
    assert service.get(f"/jobs/{job}", key=mine).status_code == 200
    assert service.get(f"/jobs/{job}").status_code == 200


def test_a_key_limited_to_units_writes_only_its_people(service):
    limited, new = service.key("people:read", "people:write", units=["U1"]), "198001012005011009"
    inside = {"employee": CITRA, "competency": "M.02", "level": 2, "assessed_on": "2026-08-01", "method": "test"}
    answer = service("POST", "/assessments", key=limited, json={"items": [inside, {**inside, "employee": DEDI}]})
    assert [item["status"] for item in answer.json()["items"]] == ["stored", "refused"]
    assert [one["code"] for one in answer.json()["items"][1]["errors"]] == ["reference-unknown"]
    moved = service("PATCH", f"/employees/{CITRA}", key=limited, json={"unit": "U3"})
    assert [(one["pointer"], one["code"]) for one in problem(moved)["errors"]] == [("/unit", "out-of-reach")]
    taken = service("PATCH", f"/employees/{DEDI}", key=limited, json={"unit": "U1"})
    assert taken.status_code == 404
    people = [{"employee": nip, "name": "x", "unit": "U1"} for nip in (CITRA, DEDI, new)]
    told = service("POST", "/employees", key=limited, json={"items": people}).json()["items"]
    assert [[one["code"] for one in item["errors"]] for item in told] == [[], ["unknown-id"], ["unknown-id"]]
    assert service("PUT", f"/employees/{new}", key=limited, json=people[2]).status_code == 404
    assert service("PUT", f"/employees/{new}", json=people[2]).status_code == 201
    assert service("PUT", f"/employees/{new}", key=limited, json={**people[2], "name": "y"}).status_code == 200


def test_somebody_without_units_writes_not_even_the_own_row(service):
    own = Reach(everyone=False, units=frozenset({"U3"}), employee=ANI)
    values = [{"employee": ANI, "competency": "M.02", "level": 5, "assessed_on": "2026-08-01", "method": "test"}]
    with service.parts.database.writing("test") as writing:
        told = write_records(service.parts.database, writing, "assessments", values, own, Wording("en"))[0]
    assert (told.state, [one.code for one in told.problems]) == ("refused", ["out-of-reach"])


def test_a_scope_that_a_key_has_not_is_named(service):
    told = problem(service("POST", "/models", key=service.key("plan:read"), json={}))
    assert (told["status"], "model:write" in told["detail"]) == (403, True)


def test_what_a_recount_found_is_told_in_full_to_who_may_see_everybody(service, tmp_path):
    service("POST", "/plans", json={"year": 2027, "time_limit": 2})
    service.work(tmp_path / "work")
    database, plan = service.parts.database, service.get("/plans").json()["items"][0]["plan"]
    made = fetch_plan(database, plan)
    broken = replace(made, violations=(f"seats: {ANI} at P1-1: 2, allowed 1",))
    with transaction(database.engine, is_writer=True) as connection:
        connection.execute(sa.update(PLANS).where(PLANS.c.plan_id == plan).values(document=pack_plan(broken)))
    whole, limited = (service.get(f"/plans/{plan}", key=key).json()["verified"]
                      for key in (service.key("plan:read"), service.key("plan:read", units=["U3"])))  # fmt: skip
    assert whole == {"ok": False, "violations": list(broken.violations)}
    assert limited == {"ok": False, "violations": []}
