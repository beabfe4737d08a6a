"""A real Chromium for tests of pages: the system's own, driven by playwright."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.real_parts import report_missing, require_real

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox",  # it refuses to run as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000
Scheme = Literal["light", "dark"]
WIDE, PHONE = (1280, 800), (360, 740)


def running_chromium() -> Generator[Browser]:
    """One browser, ended at the end."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require_real("chromium", program is not None, "apt install chromium")
    require_real("playwright", find_spec("playwright") is not None, "make setup")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        except Error as error:
            report_missing("chromium", f"it is there and does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    size: tuple[int, int] = WIDE,
    scheme: Scheme = "light",
    *,
    script: bool = True,
    before: str = "",
    ready: str = "html[data-ready]",
) -> Generator[Page]:
    """A page from a file, ready. A request for anything else fails the test, and so does a complaint.

    What is a blob or data was in the page already. ``before`` is JavaScript to run before the page's own,
    ``ready`` what is there once it is.
    """
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        has_touch=size[0] < WIDE[0],
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    if before:
        page.add_init_script(before)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    inside = (path.as_uri(), "blob:", "data:")
    page.on("request", lambda request: None if request.url.startswith(inside) else wrong.append(request.url))
    try:
        page.goto(path.as_uri())
        if script:
            page.wait_for_selector(ready)
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def looked_at_by_axe(page: Page) -> tuple[list[str], int]:
    """What axe finds wrong with a page for people with disabilities, and how many of its rules it passes."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]], len(found["passes"])
