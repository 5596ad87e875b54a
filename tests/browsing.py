"""A browser on a live server; pages are asked for as people ask for them."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from organization.models import Staff

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "demo-password-1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop of its own in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=CHROMIUM_FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def login(browser: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """Return a function that logs a person in and returns their page; anything wrong in the console fails the test."""
    contexts, troubles = [], []

    def _login(person: Staff, *, width: int = 1280, locale: str = "zh-CN", scheme: str = "light") -> Page:
        person.set_password(PASSWORD)
        person.save()
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, locale=locale, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: troubles.append(message.text) if message.type == "error" and "Security" in message.text else None,
        )
        page.goto("/accounts/login/")
        page.fill("input[name=login]", person.username)
        page.fill("input[name=password]", PASSWORD)
        page.click(".login form button.btn-primary")
        page.wait_for_url(lambda url: "login" not in url)
        return page

    yield _login
    for context in contexts:
        context.close()
    assert troubles == []
