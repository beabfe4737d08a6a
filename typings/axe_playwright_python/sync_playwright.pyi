"""What the tests use of axe-playwright-python, which brings no types."""

from typing import Any

from playwright.sync_api import Page

class AxeResults:
    response: dict[str, list[dict[str, Any]]]

class Axe:
    def run(self, page: Page) -> AxeResults: ...
