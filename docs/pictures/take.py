"""Take the pictures of the portal that the README shows: a demo city, a real server, Debian's Chromium.

make pictures
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.portal import make_city
from service.demo.accounts import add_demo_accounts
from service.pipeline import fetch_plan
from service.storage.database import open_database
from tests.service.api.conftest import real_server
from tests.service.portal.conftest import FLAGS

HERE = Path(__file__).parent
SHOTS = (  # file, account, path, width, height
    ("profile", "pegawai", "/", 1100, 900), ("suggestions-phone", "pegawai", "/suggestions", 390, 844),
    ("team", "atasan", "/team", 1100, 760), ("plan", "perencana", "/plans/{plan}", 1100, 900),
    ("money", "perencana", "/budget", 1100, 700),
)  # fmt: skip


def take(browser: Browser, address: str, password: str, plan: str) -> None:
    """Take every picture."""
    for name, account, path, width, height in SHOTS:
        with browser.new_context(viewport={"width": width, "height": height}) as context:
            page = context.new_page()
            page.goto(f"{address}/login")
            page.fill("#name", account)
            page.fill("#password", password)
            page.locator("main form button").last.click()
            page.goto(address + path.format(plan=plan))
            page.screenshot(path=str(HERE / f"{name}.png"))
            print(f"docs/pictures/{name}.png")


def main() -> None:
    """Make a city, serve it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = make_city(Path(folder), 600)
        database = open_database(url)
        plan = database.list_plans()[0].plan_id
        _, password = add_demo_accounts(database, fetch_plan(database, plan))
        database.engine.dispose()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with real_server(url) as (address, _):
            take(browser, address, password, plan)
        browser.close()


if __name__ == "__main__":
    main()
