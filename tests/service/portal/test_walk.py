"""Every link and form of each role, walked: no page fails, none is large, and nobody's things are had by another id."""

import re
from html import unescape

import pytest

from tests.offices import copied_file
from tests.service.api.conftest import ANI, BUDI, CITRA, DEDI, service_on
from tests.service.portal.conftest import office_with_accounts, sign_in

LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
REACH = {"ani": {ANI}, "budi": {ANI, BUDI, CITRA}, "rita": {ANI, BUDI, CITRA, DEDI}, "admin": {ANI, BUDI, CITRA, DEDI}}
MOST_BYTES = 150_000
MOST_PAGES = 250


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Return the portal of an office with an approved plan, a draft and an import."""
    folder = tmp_path_factory.mktemp("walk")
    with service_on(copied_file(folder / "office.db", office_with_accounts), is_secure=False) as running:
        with_plans(running, folder)
        yield running


def with_plans(portal, folder):
    """Make an approved plan, a draft and an import with a refused row."""
    for body in ({"year": 2027, "time_limit": 2}, {"year": 2027, "time_limit": 2, "budget_factor": "0,5"}):
        assert portal("POST", "/plans", json=body).status_code == 202
    header = "nip;nama\n"
    answer = portal.client.post("/api/v1/imports", headers={"X-API-Key": portal.everything},
                                files={"files": ("a.csv", header + "1;x\n")}, data={"table": "employees"})  # fmt: skip
    assert answer.status_code == 202
    assert portal.work(folder / "work") == 3
    plan = portal.get("/plans").json()["items"][-1]["plan"]
    assert portal("POST", f"/plans/{plan}/approve").status_code == 200


@pytest.fixture(scope="module")
def walked(portal):
    """Return how to walk once for each role that is signed in."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = walk(portal)
        return found[name]

    return of


def walk(portal):
    """Return each page that links lead to, by its address, with its answer."""
    seen, waiting = {}, ["/"]
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop()
        if path in seen or path.startswith(("/assets", "/auth")):
            continue
        answer = seen[path] = portal.client.get(path, follow_redirects=True)
        if answer.headers["content-type"].startswith("text/html"):
            waiting += sorted({unescape(link) for link in LINK.findall(answer.text)} - set(seen))
    return seen


@pytest.mark.parametrize("name", sorted(REACH))
def test_no_link_of_a_role_leads_to_a_fault_and_no_page_is_large(portal, walked, name):
    sign_in(portal, name)
    pages = walked(name)
    assert 6 < len(pages) < MOST_PAGES
    for path, answer in pages.items():
        assert answer.status_code in {200, 405}, (path, answer.status_code)  # 405: the address of a form
        assert len(answer.content) < MOST_BYTES, (path, len(answer.content))
        assert answer.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("name", ["ani", "budi"])  # the others may see everybody
def test_another_persons_number_in_any_address_of_a_role_shows_nothing_of_them(portal, walked, name):
    token = sign_in(portal, name)
    with_numbers = {path for path in walked(name) if any(nip in path for nip in (ANI, BUDI, CITRA, DEDI))}
    with_numbers |= {f"/team/{ANI}", f"/people/{ANI}", f"/team/{ANI}/word", f"/team/{ANI}/days"}
    for path in sorted(with_numbers):
        for other in {ANI, BUDI, CITRA, DEDI} - REACH[name]:
            address = re.sub(f"{ANI}|{BUDI}|{CITRA}|{DEDI}", other, path)
            for answer in (portal.client.get(address), portal.client.post(address, data={"csrf": token, "a": "b"})):
                assert answer.status_code in {403, 404, 405}, (address, answer.status_code)


@pytest.mark.parametrize("name", ["ani", "budi"])
def test_another_persons_number_as_a_field_changes_nothing(portal, name):
    sign_in(portal, name)
    own = {path: portal.client.get(path).text for path in ("/", "/my-history", "/my-plan")}
    for path, text in own.items():
        for field in ("nip", "employee", "id"):
            page = portal.client.get(f"{path}?{field}={DEDI}").text
            assert page.replace(f"?{field}={DEDI}", "") == text, (path, field)  # the way back from another language
    assert DEDI not in portal.client.get("/my-data/file").text


def test_what_waits_and_its_proof_are_seen_by_planners_of_the_unit_alone(portal):
    token = sign_in(portal, "ani")
    page = portal.client.get("/suggestions").text
    found = re.search(r'name="list" value="(d-[0-9a-f]+)"', page)[1]
    portal.client.post("/suggestions", data={"csrf": token, "list": found, "training": "P1", "kind": "already-taken"},
                       files={"proof": ("c.pdf", b"%PDF-1.7", "application/pdf")})  # fmt: skip
    sign_in(portal, "rita")
    proof = re.search(r'href="(/inbox/s-[0-9a-f]+/proof)"', portal.client.get("/inbox").text)[1]
    assert portal.client.get(proof).content == b"%PDF-1.7"
    for name in ("ani", "budi"):
        sign_in(portal, name)
        assert portal.client.get(proof).status_code == 403
