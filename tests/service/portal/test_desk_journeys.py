"""A planner's day in a browser: files in, a plan made and followed, looked at, approved; scripts on and off."""

import re

import pytest
from playwright.sync_api import expect

from tests.service.portal.conftest import faults_of
from tests.service.portal.desk import PLANNER

FILE = {
    "name": "pegawai.csv", "mimeType": "text/csv",
        "buffer": b"nip;nama;unit_kerja;jabatan\n198001012005012009;Eka;U1;J\n198013012005011001;Salah;U1;J\n",
}  # fmt: skip


def look(page, *, scripts):
    """Check a page as it is shown: nothing wrong for readers of any kind, and no way to scroll aside."""
    if scripts:
        assert faults_of(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
        cut = "[...document.querySelectorAll('caption')].filter(one => one.getBoundingClientRect().right > innerWidth)"
        assert page.evaluate(f"{cut}.length") == 0, page.url


def wait_for(page, work, name, *, scripts):
    """Do the work, and go where it leads: the page finds out itself, or is asked to look again."""
    work()
    if not scripts:
        page.locator("main a.quiet").first.click()
    expect(page.locator("main a.button", has_text=name)).to_be_visible()
    look(page, scripts=scripts)
    page.locator("main a.button", has_text=name).click()


WORDS = {
    "id": ("Laporan setiap baris", "Buka rencana", "Setujui, langkah demi langkah", "Rencana disetujui"),
    "en": ("Report of every row", "Open the plan", "Approve, step by step", "The plan is approved"),
}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "scripts", "width"),
    [
        ("id", True, 360),
        pytest.param("en", True, 1440, marks=pytest.mark.long),
        pytest.param("id", False, 360, marks=pytest.mark.long),
    ],
)
def test_a_planners_day(browsing, work, lang, scripts, width):
    report, opened, approve, approved = WORDS[lang]
    scheme = "dark" if width > 1000 else "light"
    with browsing.page(PLANNER, lang=lang, scripts=scripts, viewport={"width": width, "height": 800},
                       color_scheme=scheme) as page:  # fmt: skip
        page.goto(f"{browsing.address}/imports")
        look(page, scripts=scripts)
        page.set_input_files("#files", FILE)
        page.locator("main form button").last.click()
        look(page, scripts=scripts)
        wait_for(page, work, report, scripts=scripts)
        look(page, scripts=scripts)
        assert "id-structure" in page.inner_text("main")
        page.goto(f"{browsing.address}/plans/new")
        look(page, scripts=scripts)
        page.fill("#name", f"{lang} {scripts}")
        page.fill("#time_limit", "3")
        page.fill("#reserve_share", {"id": "1", "en": "2"}[lang] if scripts else "3")
        page.locator("main form button").last.click()
        look(page, scripts=scripts)
        wait_for(page, work, opened, scripts=scripts)
        plan = re.search(r"/plans/p-[0-9a-f]+", page.url)[0]
        for tail in ("", "/lines", "/classes?state=all", "/units", "/people", "/unmet", "/prices", "/compare",
                     "/replan", "/next-year", "/withdraw"):  # fmt: skip
            page.goto(f"{browsing.address}{plan}{tail}")
            look(page, scripts=scripts)
        page.goto(f"{browsing.address}{plan}/people?state=served")
        page.locator("tbody a").first.click()
        look(page, scripts=scripts)
        page.goto(f"{browsing.address}{plan}")
        page.get_by_role("link", name=approve).click()
        page.locator("main form button").last.click()
        assert page.locator("#confirmed[aria-invalid=true]").count() == 1
        look(page, scripts=scripts)
        page.check("#confirmed")
        page.locator("main form button").last.click()
        expect(page.get_by_role("status")).to_contain_text(approved)
        for path in (
            "/budget",
            "/budget/line?line=L1",
            "/jobs",
            "/titles",
            "/titles/teaches",
            "/catalog",
            "/catalog/P1",
            "/plans",
        ):
            page.goto(f"{browsing.address}{path}")
            look(page, scripts=scripts)
        page.goto(f"{browsing.address}{plan}/withdraw")
        page.locator("main form button").last.click()


@pytest.mark.browser
def test_a_number_has_a_slider_beside_it_and_a_file_can_be_dropped(browsing):
    with browsing.page(PLANNER) as page:
        page.goto(f"{browsing.address}/plans/new")
        slider = page.locator("#away_share + input[type=range]")
        slider.evaluate("one => { one.value = 35; one.dispatchEvent(new Event('input')); }")
        assert page.input_value("#away_share") == "35"
        page.fill("#away_share", "10")
        assert slider.input_value() == "10"
        page.goto(f"{browsing.address}/imports")
        page.locator("[data-drop]").evaluate("""box => {
            const given = new DataTransfer();
            given.items.add(new File(["nip"], "a.csv"));
            box.dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
        }""")
        assert page.locator("#files").evaluate("one => one.files[0].name") == "a.csv"
