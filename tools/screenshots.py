"""Draw the README's pictures from the running demo (start `make demo` first)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402 -- the path comes first

from complaints.demo.logins import password  # noqa: E402 -- the path comes first

FOLDER = ROOT / "docs" / "screenshots"
ADDRESS = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
PICTURES = (
    ("officer", "/queues/open/", "queue"),
    ("agent", "/complaints/new/", "intake"),
    ("manager", "/dashboard/", "dashboard"),
    ("manager", "/scores/", "scorecard"),
)


def main() -> int:
    """Log in as each role and save its page; the ticket is the newest that three departments worked on."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or None, args=["--no-sandbox"])
        for username, address, name in PICTURES:
            page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
            page.goto(f"{ADDRESS}/accounts/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", password(username))
            page.click(".login form button.btn-primary")
            page.goto(ADDRESS + address)
            page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"{name}.png")
            if name == "queue":
                page.locator("tbody tr[data-href] a").nth(int(os.environ.get("ROW", "4"))).click()
                page.wait_for_load_state()
                page.screenshot(path=FOLDER / "ticket.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
