"""Each role's journey by the keyboard alone, from the door on; where one is must be seen at each step."""

import pytest
from playwright.sync_api import expect

from tests.service.api.conftest import ANI
from tests.service.portal.conftest import SECRET
from tests.service.portal.desk import PLANNER

MOST_STOPS = 120


def go_to(page, selector):
    """Press Tab until something is reached; each stop on the way shows that it is one."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        there = page.evaluate("""selector => {
            const one = document.activeElement;
            const style = getComputedStyle(one);
            const isSeen = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
            return [isSeen, one.matches(selector), one.outerHTML];
        }""", selector)  # fmt: skip
        assert there[0], there[2][:300]
        if there[1]:
            return
    pytest.fail(f"Tab never reaches {selector} on {page.url}")


def press(page, selector, key="Enter"):
    """Go to something and press a key there."""
    go_to(page, selector)
    page.keyboard.press(key)


def write(page, selector, text):
    """Go to a field and write over what it holds."""
    go_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def come_in(page, browsing, name):
    page.goto(f"{browsing.address}/login")
    write(page, "#name", name)
    write(page, "#password", SECRET)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.browser
def test_an_employee_finds_reasons_declares_interest_and_objects(browsing):
    with browsing.page() as page:
        come_in(page, browsing, "ani")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        press(page, "nav a[href='/suggestions']")
        page.wait_for_url("**/suggestions")
        press(page, "article button[value=interested], form button[value=interested]")
        expect(page.get_by_role("status")).to_be_visible()
        press(page, "nav a[href='/my-data']")
        page.wait_for_url("**/my-data")
        write(page, "#words", "by keyboard")
        press(page, "form button")
        expect(page.get_by_role("status")).to_be_visible()
        assert page.get_by_text("by keyboard").count() == 1


@pytest.mark.browser
def test_a_supervisor_nominates_and_notes_days_away(browsing):
    with browsing.page() as page:
        come_in(page, browsing, "budi")
        press(page, "nav a[href='/team']")
        page.wait_for_url("**/team")
        press(page, f"a[href='/team/{ANI}']")
        page.wait_for_url(f"**/team/{ANI}")
        write(page, "#training", "P2")
        press(page, "button[value=nominated]")
        expect(page.get_by_role("status")).to_be_visible()
        for field in ("#start", "#end"):
            go_to(page, field)
            page.keyboard.type("06012027")
        press(page, "form[action$='/days'] button")
        expect(page.get_by_role("status")).to_be_visible()
        press(page, "form[action$='/days/remove'] button")
        expect(page.locator("form[action$='/days/remove']")).to_have_count(0)


@pytest.mark.browser
def test_a_planner_makes_and_approves_a_plan(browsing, work):
    with browsing.page() as page:
        come_in(page, browsing, PLANNER)
        press(page, "nav a[href='/plans']")
        page.wait_for_url("**/plans")
        press(page, "main a[href='/plans/new']")
        page.wait_for_url("**/plans/new")
        write(page, "#time_limit", "3")
        press(page, "main form button")
        page.wait_for_url("**/jobs/*")
        work()
        expect(page.locator("main a.button[href^='/plans/']")).to_be_visible()
        press(page, "main a.button[href^='/plans/']")
        page.wait_for_url("**/plans/p-*")
        press(page, "main a[href$='/approve']")
        page.wait_for_url("**/approve")
        press(page, "#confirmed", "Space")
        press(page, "main form button")
        expect(page.get_by_role("status")).to_contain_text("Rencana disetujui")
        press(page, "main .actions a[href$='/seats']")
        page.wait_for_url("**/seats")
        press(page, "tbody td a")
        page.wait_for_url("**/seats?class=*")
        press(page, "tbody input[type=checkbox]", "Space")
        write(page, "tbody input[inputmode]", "1.500")
        press(page, "button[value=complete]")
        expect(page.get_by_role("status")).to_contain_text("Tersimpan")
        press(page, "tbody th a")
        page.wait_for_url("**/seat?employee=*")
        press(page, "button[value=undo]")
        expect(page.locator("button[value=complete]")).to_be_visible()


@pytest.mark.browser
def test_an_administrator_adds_a_person_and_shuts_somebody_out(browsing):
    with browsing.page() as page:
        come_in(page, browsing, "admin")
        press(page, "nav a[href='/users']")
        page.wait_for_url("**/users")
        write(page, "form[action='/users'] #name", "tamu")
        press(page, "form[action='/users'] button")
        expect(page.get_by_role("status")).to_contain_text("tamu")
        press(page, "tr:has(#role-tamu) summary")
        press(page, "tr:has(#role-tamu) button[value=disable]")
        expect(page.locator("tr:has(#role-tamu) .tag.bad")).to_be_visible()
