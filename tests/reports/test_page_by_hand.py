"""The page of a timeline in a real browser, used: by mouse, by fingers, by keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import PHONE, WIDE, opened
from tests.support.paced_timelines import chapter, event, paced, shipped
from tests.support.page_driver import drawn, place, scale, shown_ms
from voice_coach.reports.timeline_page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("chromium")
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def test_buttons_and_keys_zoom_between_the_whole_and_moments(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        whole = scale(page)
        assert page.locator("#out").is_disabled()
        page.click("#in")
        assert scale(page) == pytest.approx(whole * 1.6)
        page.click("#out")
        assert scale(page) == pytest.approx(whole)
        page.focus("#scroller")
        for _ in range(30):
            page.keyboard.press("+")
        assert scale(page) == 0.25
        assert page.locator("#in").is_disabled()
        page.keyboard.press("-")
        assert scale(page) == pytest.approx(0.25 / 1.6)
        page.keyboard.press("0")
        assert scale(page) == pytest.approx(whole)
        assert shown_ms(page)[1] == pytest.approx(shipped("lower-back-short").timeline.duration_ms)


def test_two_fingers_zoom_around_what_is_between_them(browser: Browser, alone: Path) -> None:
    with opened(browser, alone, PHONE) as page:
        box = page.locator("#drawing").bounding_box()
        assert box
        before, x, y = scale(page), box["x"] + 100, box["y"] + 60
        fingers = page.context.new_cdp_session(page)

        def touch(kind: str, *apart: float) -> None:
            points = [
                {"x": x + sign * each / 2, "y": y, "id": n}
                for each in apart
                for n, sign in enumerate((-1, 1))
            ]
            fingers.send(  # pyright: ignore[reportUnknownMemberType]
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )

        under = 100 / before
        touch("touchStart", 40)
        for apart in (60, 80, 120):
            touch("touchMove", apart)
        touch("touchEnd")
        assert scale(page) == pytest.approx(before * 3, rel=0.01)
        assert shown_ms(page)[0] + 100 / scale(page) == pytest.approx(under, abs=2 / scale(page))
        assert page.evaluate("visualViewport.scale") == 1


def test_the_wheel_zooms_with_ctrl_only(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        before = scale(page)
        page.locator("#scroller").hover()
        page.mouse.wheel(0, -100)
        drawn(page)
        assert scale(page) == before
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.wait_for_function("before => Number(scroller.dataset.scale) > before", arg=before)


@SIZES
def test_an_event_that_is_tapped_tells_its_words_its_source_and_what_set_it(
    browser: Browser, alone: Path, size: tuple[int, int]
) -> None:
    made = shipped("lower-back-short").timeline
    part = next(n for n, each in enumerate(made.chapters) if each.exercise == "pelvic-tuck")
    events = made.chapters[part].events
    hold = next(n for n, each in enumerate(events) if each.kind == "hold")
    prompt = next(n for n, each in enumerate(events) if each.kind == "prompt" and "breathe" in each.text)
    with opened(browser, alone, size) as page:
        page.select_option("#part", str(part))
        for number in (prompt, hold):
            x, y = place(page, f"a{part}-{number}")
            if size == PHONE:
                page.touchscreen.tap(x, y)
            else:
                page.mouse.click(x, y)
            told, chosen = page.inner_text("#chosen"), events[number]
            assert chosen.text in told
            assert f"{chosen.mark.where.file.split('/')[-1]}:{chosen.mark.where.line}" in told
            assert page.locator(".chosen-row").get_attribute("id") == f"a{part}-{number}"
        assert "hold 30s (entry)" in page.inner_text("#chosen")
        page.click("text=show in the list")
        assert page.locator(f"#a{part}-{hold}").is_visible()


def test_parts_are_jumped_to(browser: Browser, alone: Path) -> None:
    made = shipped("lower-back-short").timeline
    with opened(browser, alone) as page:
        for number, (each, start_ms) in enumerate(zip(made.chapters, made.starts_ms(), strict=True)):
            page.select_option("#part", str(number))
            shown = shown_ms(page)
            assert shown[0] == pytest.approx(start_ms, abs=1_000)
            assert shown[1] == pytest.approx(start_ms + each.duration_ms, abs=1_000)
        page.click("table a:text-is('Knee slide')")
        assert page.locator("h3:text-is('Knee slide')").bounding_box()
        assert page.url.endswith("#part3")


def test_the_longest_quiet_and_the_fullest_minute_are_shown(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        links = page.locator("a[data-from]")
        assert links.count() == 2 * len(shipped("lower-back-short").timeline.chapters)
        for number in range(links.count()):
            _, part, start, end = (
                int(each) for each in str(links.nth(number).get_attribute("data-from")).split()
            )
            links.nth(number).click()
            first = shipped("lower-back-short").timeline.starts_ms()[part]
            shown = shown_ms(page)
            pixel_ms = 1 / scale(page)
            assert shown[0] <= first + start + 2 * pixel_ms
            assert shown[1] >= first + end - 2 * pixel_ms
            assert page.evaluate("document.activeElement.id") == "scroller"


def test_the_overview_is_dragged(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        page.select_option("#part", "0")
        box = page.locator("#overview").bounding_box()
        assert box
        duration = shipped("lower-back-short").timeline.duration_ms
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
        page.mouse.down()
        assert sum(shown_ms(page)) / 2 == pytest.approx(0.25 * duration, rel=0.02)
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
        page.mouse.up()
        assert sum(shown_ms(page)) / 2 == pytest.approx(0.5 * duration, rel=0.02)


def test_keys_go_from_event_to_event_and_lane_to_lane(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        rows = [str(row.get_attribute("id")) for row in page.locator(".chapter li").all()]

        def chosen() -> str:
            return str(page.locator(".chosen-row").get_attribute("id"))

        page.focus("#scroller")
        page.keyboard.press("ArrowRight")
        assert chosen() == rows[0]
        for _ in range(40):
            page.keyboard.press("ArrowRight")
        assert chosen() == rows[40]
        page.keyboard.press("ArrowLeft")
        assert chosen() == rows[39]
        lanes = {"s": 0, "o": 1, "a": 2}
        lane = str(page.get_attribute(f"#{rows[39]}", "data-l"))
        for key, by in (("ArrowUp", -1), ("ArrowUp", -1), ("ArrowDown", 1), ("ArrowDown", 1)):
            page.keyboard.press(key)
            expected = max(0, min(2, lanes[lane] + by))
            lane = str(page.get_attribute(f"#{chosen()}", "data-l"))
            assert lanes[lane] == expected
        page.keyboard.press("End")
        assert chosen() == rows[-1]
        page.keyboard.press("Enter")
        assert page.url.endswith(f"#{rows[-1]}")
        page.focus("#scroller")
        page.keyboard.press("Home")
        assert chosen() == rows[0]
        page.click("#after")
        assert chosen() == rows[1]
        page.click("#before")
        assert chosen() == rows[0]


def test_all_that_is_used_can_be_reached_by_tab(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        reached: list[str] = []
        for _ in range(8):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        assert reached[:6] == ["skip", "part", "in", "scroller", "before", "after"]


def test_eight_hours_of_breath_are_drawn_at_once(browser: Browser, tmp_path: Path) -> None:
    breaths = [
        event("action", "inhale" if n % 2 == 0 else "exhale", n * 5_000, (n + 1) * 5_000)
        for n in range(5_760)
    ]
    write_page(tmp_path / "page.html", paced(chapter("Breath", 28_800_000, *breaths)), None, force=False)
    with opened(browser, tmp_path / "page.html") as page:
        page.focus("#scroller")
        page.keyboard.press("End")
        for _ in range(20):
            page.keyboard.press("+")
        assert scale(page) == 0.25
        assert shown_ms(page)[1] == pytest.approx(28_800_000, rel=0.001)


@pytest.mark.parametrize("many", [0, 1])
def test_next_to_nothing_is_drawn_too(browser: Browser, tmp_path: Path, many: int) -> None:
    made = paced(chapter("Nothing", 1, *[event("action", "pause", 0, 1)] * many))
    write_page(tmp_path / "page.html", made, None, force=False)
    with opened(browser, tmp_path / "page.html") as page:
        page.click("#after")
        page.focus("#scroller")
        for key in ("ArrowRight", "ArrowDown", "Enter", "+", "0", "End", "Home"):
            page.keyboard.press(key)
