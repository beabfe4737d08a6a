"""The page of a timeline in a real browser: how it looks in light and dark, large and small, to axe too."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reports.test_timeline_page import DARK, HOSTILE, LIGHT
from tests.support.chromium import PHONE, WIDE, Scheme, looked_at_by_axe, opened
from tests.support.paced_timelines import chapter, event, paced, shipped
from tests.support.page_driver import colour, place
from voice_coach.reports.comparison import PacedTimeline
from voice_coach.reports.timeline_page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("chromium")
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
KINDS_DRAWN = ("hold", "rest", "pause", "move", "prompt", "sound", "inhale", "exhale")


def _beginnings(made: PacedTimeline) -> PacedTimeline:
    """A session with the first and last events of each chapter, of all kinds: axe looks long at each."""
    chapters = (replace(each, events=each.events[:12] + each.events[-4:]) for each in made.timeline.chapters)
    return replace(made, timeline=replace(made.timeline, chapters=tuple(chapters)))


@SIZES
@SCHEMES
def test_it_opens_without_network_and_fits(
    browser: Browser, beside: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    with opened(browser, beside, size, scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert page.locator("#drawing").is_visible()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        expected = (LIGHT if scheme == "light" else DARK)["page"]
        assert ground == "rgb({}, {}, {})".format(*(int(expected[at : at + 2], 16) for at in (1, 3, 5)))


@SIZES
@SCHEMES
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, size: tuple[int, int], scheme: Scheme) -> None:
    first, second = (_beginnings(shipped("lower-back-short", level)) for level in ("key", "names"))
    for name, other in (("alone.html", None), ("beside.html", second)):
        write_page(tmp_path / name, first, other, force=False)
        with opened(browser, tmp_path / name, size, scheme) as page:
            page.locator("#after").click()
            for details in page.locator("details:not([open]) summary").all():
                details.click()
            violations, passes = looked_at_by_axe(page)
            assert violations == []
            assert passes > 15


def test_everything_is_read_without_the_script(browser: Browser, alone: Path) -> None:
    made = shipped("lower-back-short").timeline
    with opened(browser, alone, script=False) as page:
        assert not page.locator("#timeline").is_visible()
        assert page.locator("h3").all_inner_texts() == [each.title for each in made.chapters]
        rows = page.locator(".chapter li").all_inner_texts()
        assert len(rows) == sum(len(each.events) for each in made.chapters)


@SCHEMES
def test_it_is_drawn_in_the_colours_of_the_kinds(browser: Browser, alone: Path, scheme: Scheme) -> None:
    colours = LIGHT if scheme == "light" else DARK
    with opened(browser, alone, scheme=scheme) as page:
        for kind in KINDS_DRAWN:
            row = str(page.locator(f".chapter li[data-k={kind}]").first.get_attribute("id"))
            page.select_option("#part", row[1 : row.index("-")])
            assert colour(page, *place(page, row)) == colours[kind], kind


def test_a_theme_that_changes_is_followed(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        page.select_option("#part", "1")
        spot = place(page, str(page.locator("#part2 li[data-k=hold]").first.get_attribute("id")))
        assert colour(page, *spot) == LIGHT["hold"]
        page.emulate_media(color_scheme="dark")
        assert colour(page, *spot) == DARK["hold"]


def _drawn(page: Page) -> list[list[float | str]]:
    """The texts that are drawn anew, each with its left and right end."""
    return page.evaluate(
        """async () => {
            const pen = CanvasRenderingContext2D.prototype, fillText = pen.fillText, drawn = [];
            pen.fillText = function (text, x, y) {
                drawn.push([text, x, x + this.measureText(text).width]);
                fillText.call(this, text, x, y);
            };
            document.getElementById("scroller").dispatchEvent(new Event("scroll"));
            await new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
            pen.fillText = fillText;
            return drawn;
        }"""
    )


@SIZES
def test_times_stand_along_the_whole_top_and_apart(
    browser: Browser, alone: Path, size: tuple[int, int]
) -> None:
    with opened(browser, alone, size) as page:
        times = [each for each in _drawn(page) if re.fullmatch(r"\d+:\d\d", str(each[0]))]
        width = page.locator("#drawing").evaluate("e => e.clientWidth")
    assert len(times) >= width // 150 >= 1
    assert all(float(before[2]) < float(after[1]) for before, after in pairwise(times))
    assert float(times[-1][2]) > width * 0.6


def test_the_marks_over_what_only_one_says_are_explained(browser: Browser, alone: Path, beside: Path) -> None:
    told = "above speech: said in this pacing only"
    with opened(browser, beside) as page:
        assert told in page.inner_text("#legend")
        shown = page.locator(".notch").evaluate("e => getComputedStyle(e).backgroundColor")
        assert shown == "rgb({}, {}, {})".format(*(int(LIGHT["ink"][at : at + 2], 16) for at in (1, 3, 5)))
    with opened(browser, alone) as page:
        assert told not in page.inner_text("#legend")


def test_both_pacings_are_drawn_and_told_apart(browser: Browser, beside: Path) -> None:
    with opened(browser, beside) as page:
        assert page.locator("h1 ~ .pacing").all_inner_texts()[1].startswith("B: guidance key · ")
        both = page.locator("#scroller").bounding_box()
        assert both
        assert both["height"] > 300
        only = page.locator("li.only").first
        only.click()
        assert "only in A: plain" in page.inner_text("#chosen")
        row = page.locator("#part2 ol[data-view='1'] li").first
        row.click()
        assert "B: guidance key" in page.inner_text("#chosen")
        page.select_option("#part", "1")
        x, y = place(
            page, str(page.locator("#part2 ol[data-view='0'] li[data-k=hold]").first.get_attribute("id"))
        )
        assert colour(page, x, y) == LIGHT["hold"]
        assert page.locator("tfoot td").all_inner_texts()[:3] == ["26:39", "21:47", "−4:52"]


@SIZES
def test_hostile_texts_run_nothing(browser: Browser, tmp_path: Path, size: tuple[int, int]) -> None:
    words = event("speech", "prompt", 0, 9_000, HOSTILE, file=f"{HOSTILE}.yaml")
    made = paced(chapter(HOSTILE, 9_000, words), title=HOSTILE, name=HOSTILE)
    write_page(tmp_path / "page.html", made, made, force=False)
    with opened(browser, tmp_path / "page.html", size) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.click("#after")
        assert page.locator("#chosen .said").text_content() == f"“{HOSTILE}”"
        assert page.title() == HOSTILE
        assert page.locator("img, script:not(:last-child)").count() == 0
