"""Looks at the page of a timeline in a browser: its scale, what is shown, where an event is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LANE_Y = {"s": 42 + 32, "o": 42 + 46 + 18, "a": 42 + 46 + 28 + 35}
"""Where the lanes of the first pacing are drawn, from the top: below the words, where low events are too."""


def scale(page: Page) -> float:
    return float(str(page.get_attribute("#scroller", "data-scale")))


def shown_ms(page: Page) -> tuple[float, float]:
    left, width = page.eval_on_selector("#scroller", "e => [e.scrollLeft, e.clientWidth]")
    return left / scale(page), (left + width) / scale(page)


def place(page: Page, row: str) -> tuple[float, float]:
    """Where in the window the middle of an event of the first pacing is drawn."""
    box = page.locator("#drawing").bounding_box()
    assert box
    middle, lane = page.eval_on_selector(
        f"#{row}",
        """row => {
            const before = (list, all) => all.slice(0, all.indexOf(list)).reduce((sum, each) =>
                sum + Number(each.dataset.ms.split(" ")[1]), 0);
            const lists = [...document.querySelectorAll("ol[data-view='0']")];
            const [start, end] = row.dataset.t.split(" ").map(Number);
            return [before(row.parentElement, lists) + (start + end) / 2, row.dataset.l];
        }""",
    )
    left = page.eval_on_selector("#scroller", "e => e.scrollLeft")
    return box["x"] + middle * scale(page) - left, box["y"] + LANE_Y[lane]


def drawn(page: Page) -> None:
    """Waits until what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def colour(page: Page, x: float, y: float) -> str:
    """The colour of the drawing at a place of the window."""
    drawn(page)
    red, green, blue = page.evaluate(
        """([x, y]) => {
            const canvas = document.getElementById("drawing"), box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
            pen.drawImage(canvas, (x - box.x) * ratio, (y - box.y) * ratio, 1, 1, 0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        [x, y],
    )
    return f"#{red:02x}{green:02x}{blue:02x}"
