"""Seats of an approved plan noted as completed or not, corrected and taken back, at the planner's desk."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from service.ledger.books import balances
from service.ledger.pages import find_seats
from service.ledger.seat_list import count_by_state, list_seats, seats_where
from service.storage.engine import transaction
from service.storage.ledger import LEDGER_SEATS
from tests.service.api.conftest import DEDI
from tests.service.portal.conftest import faults_of, sign_in
from tests.service.portal.desk import (
    PLANNER,
    Desk,
    add_limited_planner,
    cells_of,
    desk_with_a_plan,
    office_with_an_approved_plan,
)


@pytest.fixture
def desk(portal, tmp_path):
    return Desk(portal, tmp_path)


@pytest.fixture
def approved(tmp_path):
    """Yield the desk with an approved plan, and its address."""
    with desk_with_a_plan(tmp_path, office_with_an_approved_plan) as found:
        yield found


def seats_in(desk):
    with transaction(desk.portal.parts.database.engine) as connection:
        return find_seats(connection, LEDGER_SEATS.c.plan != "")


def fields_of(page):
    """Return the hidden fields of a page's table of seats."""
    return dict(re.findall(r'type="hidden" name="((?:employee|name|class|version)-\d+)" value="([^"]*)"', page))


def history_of(desk, employee):
    with transaction(desk.portal.parts.database.engine) as connection:
        return desk.portal.parts.database.read_rows_of(connection, "history", employee)


def spent(desk):
    return sum(line.spent for line in balances(desk.portal.parts.database, 2027) if not line.parent)


def test_many_seats_are_noted_at_once_each_with_its_own_cost(approved):
    desk, path = approved
    page = desk.text(f"{path}/seats")
    before = seats_in(desk)
    assert len(cells_of(page, "seats-caption")) == len(before) + 1
    fields, ticked = fields_of(page), [str(n) for n in range(len(before))]
    place = desk.send(
        f"{path}/seats?state=open", {**fields, "ticked": ticked, "cost-0": "Rp 1.500", "kind": "complete"}
    )
    assert place == f"{path}/seats?state=open&said=seat-noted"
    after = {(seat.employee, seat.offering): seat for seat in seats_in(desk)}
    assert {seat.state for seat in after.values()} == {"completed"}
    own = after[fields["employee-0"], fields["class-0"]]
    assert own.spent == 1_500
    others = [seat.reserved for seat in before if (seat.employee, seat.offering) != (own.employee, own.offering)]
    assert spent(desk) == 1_500 + sum(others)
    assert "completed" in set(history_of(desk, own.employee)["status"])
    page = desk.text(place)
    assert "Tersimpan. Dana mata anggaran" in page
    assert "Tidak ada kursi dalam jangkauan Anda yang cocok." in page  # none is left that is not over
    assert desk.send(f"{path}/seats", {**fields, "ticked": ticked, "cost-0": "1500", "kind": "complete"})  # once more
    assert spent(desk) == 1_500 + sum(others)


def test_all_of_a_page_can_be_ticked_without_scripts(approved):
    desk, path = approved
    page = desk.text(f"{path}/seats?class=P1-1")
    assert page.count(" checked>") == 0
    link = re.search(r'href="([^"]+all=1)"', page)[1]
    assert "class=P1-1" in link
    ticked = desk.text(link)
    assert ticked.count(" checked>") == len(cells_of(ticked, "seats-caption")) - 1 > 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "complete"}, "Centang sedikitnya satu kursi."),
        ({"ticked": "0", "kind": "erase"}, "Pilih apa yang terjadi dengan salah satu tombol."),
        ({"ticked": "0"}, "Pilih apa yang terjadi dengan salah satu tombol."),
        ({"ticked": "0", "cost-0": "banyak", "kind": "complete"}, "Yang diterima: rupiah bulat"),
        ({"ticked": "0", "cost-0": "1.5", "kind": "complete"}, "Yang diterima: rupiah bulat"),
        ({"ticked": "0", "cost-0": "-1", "kind": "complete"}, "Yang diterima: rupiah bulat"),
    ],
)
def test_what_is_wrong_stands_beside_its_seat_and_nothing_moves(approved, fields, said):
    desk, path = approved
    before = seats_in(desk)
    page = desk.send(f"{path}/seats", {**fields_of(desk.text(f"{path}/seats")), **fields}, status=422)
    assert said in page
    assert seats_in(desk) == before
    if "cost-0" in fields:
        assert 'id="cost-0-fault"' in page
        assert f'value="{fields["cost-0"]}"' in page
        assert page.count(" checked>") == 1


def test_a_seat_that_cannot_be_noted_keeps_no_other_back(approved):
    desk, path = approved
    fields = fields_of(desk.text(f"{path}/seats"))
    ticked = {"ticked": ["0", "1"], "cost-0": "9.000.000.000.000", "kind": "complete"}
    page = desk.send(f"{path}/seats", {**fields, **ticked}, status=409)
    assert "1 dari 2 tersimpan" in page
    assert f"{fields['name-0']}: dananya tidak tersedia" in page
    states = {(seat.employee, seat.offering): seat.state for seat in seats_in(desk)}
    assert states[fields["employee-0"], fields["class-0"]] == "reserved"
    assert states[fields["employee-1"], fields["class-1"]] == "completed"
    assert page.count(" checked>") == 1


def test_what_somebody_else_changed_meanwhile_is_not_written_over(approved):
    desk, path = approved
    fields = fields_of(desk.text(f"{path}/seats"))
    who = {"employee": fields["employee-0"], "class": fields["class-0"]}
    assert desk.send(f"{path}/seat", {**who, "version": fields["version-0"], "kind": "enrol"})
    page = desk.send(f"{path}/seats", {**fields, "ticked": "0", "kind": "complete"}, status=409)
    assert "sementara itu diubah orang lain" in page
    assert {seat.state for seat in seats_in(desk) if seat.employee == who["employee"]} >= {"enrolled"}
    seen = {**who, "version": str(int(fields["version-0"]) + 1)}
    desk.send(f"{path}/seat", {**seen, "kind": "complete", "cost_end": "100"})
    seen["version"] = str(int(seen["version"]) + 1)
    desk.send(f"{path}/seat", {**seen, "kind": "correct", "cost_correct": "200"})
    assert desk.send(f"{path}/seat", {**seen, "kind": "correct", "cost_correct": "200"})  # sent twice by a slip
    page = desk.send(f"{path}/seat", {**seen, "kind": "correct", "cost_correct": "300"}, status=409)  # of somebody else
    assert "sementara itu diubah orang lain" in page
    assert 'value="300"' in page
    assert spent(desk) == 200


def test_a_seat_is_corrected_refunded_and_taken_back_on_its_own_page(approved):
    desk, path = approved
    fields = fields_of(desk.text(f"{path}/seats"))
    who = {"employee": fields["employee-0"], "class": fields["class-0"]}
    reserved = next(s.reserved for s in seats_in(desk) if (s.employee, s.offering) == tuple(who.values()))

    def happen(**more):
        place = f"{path}/seat?employee={who['employee']}&class={who['class']}"
        version = re.search(r'name="version" value="(\d+)"', desk.text(place))[1]
        return desk.text(desk.send(f"{path}/seat", {**who, "version": version, **more}))

    page = happen(kind="fail", cost_end="1.000.000")
    assert ("Tidak lulus" in page, spent(desk)) == (True, 1_000_000)
    assert "Batalkan kursi" not in page
    page = happen(kind="correct", cost_correct="900,000")
    assert ("Biaya dikoreksi" in page, spent(desk)) == (True, 900_000)
    happen(kind="refund", cost_refund="100000")
    assert spent(desk) == 800_000
    assert len(history_of(desk, who["employee"])) == 1
    page = happen(kind="undo")
    assert ("Kursi dicadangkan" in page, "Catatan dicabut" in page, spent(desk)) == (True, True, 0)
    assert len(history_of(desk, who["employee"])) == 0
    assert next(s.reserved for s in seats_in(desk) if (s.employee, s.offering) == tuple(who.values())) == reserved
    page = happen(kind="cancel")
    assert "Dibatalkan" in page
    page = desk.send(f"{path}/seat", {**who, "kind": "correct"}, status=422)
    assert 'id="cost_correct-fault"' in page
    page = desk.send(f"{path}/seat", {**who, "kind": "refund", "cost_refund": "5"}, status=409)
    assert "Yang diterima: 1 sampai Rp0, yaitu yang sudah dibelanjakan untuk kursi itu." in page


def test_seats_are_seen_within_reach_and_noted_by_planners_alone(approved):
    desk, path = approved
    fields = fields_of(desk.text(f"{path}/seats"))
    database = desk.portal.parts.database
    sign_in(desk.portal, "budi")
    page = desk.text(f"{path}/seats")
    assert (DEDI in page, "ticked" in page) == (False, False)
    desk.get(f"{path}/seat?employee={DEDI}&class=P1-1", 404)
    desk.as_somebody(add_limited_planner(database))  # of unit U2
    other = next(n for n in range(9) if fields.get(f"employee-{n}") == DEDI)
    own = {name: value for name, value in fields.items() if name.endswith(f"-{other}")}
    answer = desk.portal.client.post(f"{path}/seats", data={"csrf": desk.token, **own, "ticked": str(other),
                                                            "kind": "complete"}, follow_redirects=False)  # fmt: skip
    assert answer.status_code in {403, 404}
    assert {seat.state for seat in seats_in(desk)} == {"reserved"}


def test_seats_are_listed_without_reading_everybody_for_each(approved):
    desk, path = approved
    where = seats_where(path.rpartition("/")[2], sa.true())
    with transaction(desk.portal.parts.database.engine) as connection:
        plans = []

        def listen(_connection, _cursor, statement, values, _context, _many):
            if statement.startswith("SELECT"):
                plans.append(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())

        sa.event.listen(connection, "before_cursor_execute", listen)
        count_by_state(connection, where)
        assert len(list_seats(connection, where, ("reserved",), slice(0, 50))) > 1
    steps = [step[-1] for plan in plans for step in plan]
    assert any("SEARCH employees" in step for step in steps)
    assert [step for step in steps if step.startswith("SCAN")] == []


def test_a_draft_has_no_seats_and_says_so(desk):
    assert "rencana ini masih konsep" in desk.text(f"{desk.plan()}/seats")


WORDS = {
    "id": ("Catat kehadiran", "Centang semua di halaman ini", "Yang dicentang: selesai", "Cabut catatan"),
    "en": ("Note who attended", "Tick all of this page", "Ticked: completed", "Take it back"),
}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "scripts", "width"),
    [pytest.param("id", False, 1440, marks=pytest.mark.long), ("en", True, 320)],  # 1280 pixels at 400 %
)
def test_a_planner_notes_who_attended(browsing, work, lang, scripts, width):
    words = WORDS[lang]
    scheme = "dark" if scripts else "light"
    with browsing.page(PLANNER, lang=lang, scripts=scripts, viewport={"width": width, "height": 800},
                       color_scheme=scheme) as page:  # fmt: skip

        def look():
            if scripts:
                assert faults_of(page) == [], page.url
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url

        page.goto(f"{browsing.address}/plans/new")
        page.fill("#time_limit", "3")
        page.fill("#reserve_share", "4" if scripts else "5")  # or it were the very plan that was withdrawn before
        page.locator("main form button").last.click()
        work()
        if not scripts:
            page.goto(page.url)  # else the page looks again by itself
        opened = page.locator("main a.button[href^='/plans/']")
        expect(opened).to_be_visible()
        opened.click()
        page.locator("main a[href$='/approve']").first.click()
        page.check("#confirmed")
        page.locator("main form button").last.click()
        page.get_by_role("link", name=words[0]).click()
        look()
        page.emulate_media(media="print")  # a list to be signed: the table, and nothing to click on
        assert page.locator("tbody tr").first.is_visible()
        assert not [one for one in page.locator("nav, button, a.button, .foot a").all() if one.is_visible()]
        page.emulate_media(media="screen")
        page.locator("button[value=complete]").click()  # nothing ticked
        look()
        assert page.get_by_role("link", name=words[1]).count() == 0  # not of every class at once
        page.locator("tbody td a").first.click()
        page.get_by_role("link", name=words[1]).click()
        page.locator("tbody input[inputmode]").first.fill("nonsense")
        page.get_by_role("button", name=words[2]).click()
        expect(page.locator("tbody .fault")).to_be_visible()
        look()
        page.locator("tbody input[inputmode]").first.fill("1.500")
        page.get_by_role("button", name=words[2]).click()
        expect(page.get_by_role("status")).to_be_visible()
        assert page.locator("tbody .tag.good").count() == page.locator("tbody tr").count()
        look()
        seats = page.url
        for n in range(page.locator("tbody tr").count()):
            page.goto(seats)
            page.locator("tbody th a").nth(n).click()
            look()
            page.get_by_role("button", name=words[3]).click()
            expect(page.get_by_role("status")).to_be_visible()
            look()
        plan = re.search(r"/plans/p-[0-9a-f]+", page.url)[0]
        page.goto(f"{browsing.address}{plan}/withdraw")
        page.locator("main form button").last.click()
