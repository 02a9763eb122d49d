"""A page that is kept shows what a page made now would: whatever anybody changed is on the very next one."""

import re
from functools import partial

import pytest
import sqlalchemy as sa

from service.portal import suggestions
from service.portal.kept import KeptPages
from service.storage.engine import transaction
from tests.builders import rows, tables
from tests.service.api.conftest import ANI, fill
from tests.service.portal.conftest import sign_in

CLAIM = (
    "INSERT INTO statements (statement, made_at, author, kind, employee, training) "
    "SELECT 's-1', '2027-01-04 00:00:00.000000', 'user:ani', 'already-taken', employee, 'P1' FROM users "
    "WHERE name = 'ani'"
)
REFUSAL = (
    "INSERT INTO statements (statement, made_at, author, kind, employee, training, answers) "
    "SELECT 's-2', '2027-01-05 00:00:00.000000', 'user:rita', 'claim-refused', employee, 'P1', 's-1' FROM users "
    "WHERE name = 'ani'"
)


@pytest.fixture
def looking(portal):
    """Return the portal, and what asks for the page of suggestions again and again."""
    sign_in(portal, "ani")
    portal.look = partial(portal.client.get, "/suggestions", follow_redirects=False)
    return portal


def change(portal, statement):
    """Change the database as any other program might, which nothing of ours notes."""
    with transaction(portal.parts.database.engine, is_writer=True) as connection:
        connection.execute(sa.text(statement))


def test_the_same_page_is_made_once_as_long_as_it_shows_the_same(looking):
    first = looking.look()
    key, page = list(suggestions._PAGES._kept.items())[-1]
    assert page == first.content
    suggestions._PAGES.keep(key, page + b"<!-- kept -->")  # only a page that is not made again says so
    second = looking.look()
    assert second.content == first.content + b"<!-- kept -->"
    assert second.headers["content-type"] == first.headers["content-type"] == "text/html; charset=utf-8"
    assert second.headers["cache-control"] == "no-store"
    change(looking, "UPDATE users SET role = 'planner' WHERE name = 'rita'")  # of others: shown nowhere here
    assert looking.look().content == second.content


def test_a_claim_shows_at_once_and_so_does_that_it_is_gone(looking):
    first = looking.look().text
    change(looking, CLAIM)
    assert "menunggu konfirmasi" in looking.look().text
    change(looking, REFUSAL)
    assert looking.look().text == first


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("DELETE FROM sessions WHERE name = 'ani'", 303),
        ("UPDATE users SET disabled_at = '2027-01-04 00:00:00.000000' WHERE name = 'ani'", 303),
        ("UPDATE users SET must_change = 1 WHERE name = 'ani'", 303),
        ("UPDATE users SET employee = NULL WHERE name = 'ani'", 404),
    ],
)
def test_who_may_not_look_any_more_is_shown_nothing_that_is_kept(looking, statement, status):
    assert [looking.look().status_code for _ in range(2)] == [200, 200]
    change(looking, statement)
    assert looking.look().status_code == status


def test_another_role_has_another_menu_at_once(looking):
    assert 'href="/plans"' not in looking.look().text
    change(looking, "UPDATE users SET role = 'planner' WHERE name = 'ani'")
    assert 'href="/plans"' in looking.look().text


def test_level_name_language_zone_session_and_filters_each_make_another_page(looking):
    seen = [looking.look().text]

    def is_new(**more):
        seen.append(looking.look(**more).text)
        return seen[-1] not in seen[:-1]

    token = re.search(r'name="csrf" value="([^"]+)"', seen[0])[1]
    row = {"employee": ANI, "competency": "M.01", "level": 3, "assessed_on": "2027-01-03", "method": "test"}
    assert looking("POST", "/assessments", json={"items": [row]}).status_code == 200
    assert is_new()
    training = {"training": "P1", "name": "Etika Baru", "hours": 20, "mode": "online"}
    assert looking("PUT", "/trainings/P1", json=training).status_code == 200
    assert is_new()
    assert "Etika Baru" in seen[-1]
    for query in ({"mode": "blended"}, {"competency": "M.02"}, {"hours": "20"}, {"all": "1"}, {"said": "seat"}):
        assert is_new(params=query), query
        assert "Etika" in looking.look().text
    for choice in ({"zone": "WIT"}, {"lang": "en"}):
        looking.client.post("/choices", data={"csrf": token, **choice})
        assert is_new(), choice
    other = sign_in(looking, "ani")
    assert is_new()
    assert set(re.findall(r'name="csrf" value="([^"]+)"', seen[-1])) == {other} != {token}


def test_all_are_shown_by_a_link_that_keeps_the_filters_and_says_nothing_twice(looking):
    codes = [f"T{n}" for n in range(12)]
    fill(looking.parts.database, tables(
        trainings=rows("training name hours mode", *[f"{code} Kelas 5 online" for code in codes]),
        training_targets=rows("training competency level_from level_to", *[f"{code} M.01 2 4" for code in codes]),
        offerings=rows("offering training start_date end_date seat_cost seats_min seats_max",
                       *[f"{code}-1 {code} 2027-03-01 2027-03-03 0 1 9" for code in codes]),
    ))  # fmt: skip
    page = looking.look(params={"mode": "online", "said": "feedback-interested"}).text
    assert page.count("<article") == 10
    found = re.search(r'<a class="button quiet" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert found == "/suggestions?mode=online&all=1"
    assert looking.client.get(found).text.count("<article") > 10


def test_the_pages_that_are_used_least_go_first():
    pages = KeptPages(2)
    for key in "ab":
        assert pages.keep(key, key.encode()) == key.encode()
    pages.find("a")
    pages.keep("c", b"c")
    assert [pages.find(key) for key in "abc"] == [b"a", None, b"c"]
