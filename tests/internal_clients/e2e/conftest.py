"""The browser of the other browser tests."""

from tests.e2e.conftest import browser, login

__all__ = ["browser", "login"]
